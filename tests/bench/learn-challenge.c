/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include "data/fitted-recipe.h"
#include "data/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * PhysioNet/CinC Challenge 2012: death in hospital from the first 48 hours in
 * intensive care. Inside set A: five stratified folds, the mean of their areas
 * under the ROC curve; what is trained on is split once more, so that early
 * stopping never sees the fold. From A to B: the whole of set A but for what
 * stops the training early, scored on set B. Recipes are fitted on the training
 * part alone. Several members are networks of other seeds and other validation
 * parts, whose probabilities are averaged; networks with bars between them take
 * turns as members.
 *
 * Che, Purushotham, Cho, Sontag, Liu (2018), set A, five folds: GRU-D 0.8424,
 * GRU-mean 0.8195.
 */

#define N_FOLDS 5
#define N_STOP 7            /* one part in so many stops the training early */
#define FOLD_SEED 20120001  /* the folds are the same for every run */

static AnmCohort *
read_set (const LearnSetting *setting, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (setting->data, "physionet2012", name, NULL);
  const char *const arguments[] = { path, NULL };
  g_autoptr (AnmSource) source = anm_source_open (arguments, &error);
  AnmCohort *cohort = NULL;

  if (source != NULL)
    cohort = anm_source_read (source, NULL, NULL, NULL, &error);
  if (cohort == NULL)
    g_error ("%s", error->message);
  return cohort;
}

static AnmRecipe *
make_recipe (const LearnSetting *setting, const AnmCohort *cohort)
{
  AnmRecipe *recipe = anm_recipe_new_for (cohort);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (setting->network, NULL);

  if (setting->columns != NULL)
    {
      recipe->use_observed = strstr (setting->columns, "observed") != NULL;
      recipe->use_gaps = strstr (setting->columns, "gaps") != NULL;
      recipe->use_statics = strstr (setting->columns, "statics") != NULL;
    }
  recipe->keep_missing = spec != NULL && anm_network_spec_reads_missing (spec);
  recipe->carry_forward = !setting->no_carry_forward;
  recipe->keep_missing = strstr (setting->network, "gru_d") != NULL;
  if (setting->step > 0.0)
    recipe->step = setting->step;
  return recipe;
}

/* Deals patients to @n_parts by @seed, the dead and the others each for themselves. */
static void
deal (const AnmCohort *cohort, const guint32 *patients, gsize n, guint n_parts, guint64 seed, guint *parts)
{
  g_autofree guint32 *order = g_new (guint32, n);
  guint dealt[2] = { 0, 0 };

  anm_random_permutation (seed, 21, order, n);
  for (gsize i = 0; i < n; i++)
    parts[order[i]] = dealt[cohort->targets[patients[order[i]]] > 0.5f]++ % n_parts;
}

/* Those of @patients whose part is @part, or is not. */
static GArray *
pick (const guint32 *patients, gsize n, const guint *parts, guint part, gboolean is_part)
{
  GArray *picked = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (gsize i = 0; i < n; i++)
    if ((parts[i] == part) == is_part)
      g_array_append_val (picked, patients[i]);
  return picked;
}

static AnmSequences *
apply (const AnmFittedRecipe *fitted, const AnmCohort *cohort, GArray *patients)
{
  g_autoptr (GError) error = NULL;
  AnmSequences *sequences = anm_fitted_recipe_apply (fitted, cohort, (const guint32 *) (gpointer) patients->data, patients->len, NULL, &error);

  if (sequences == NULL)
    g_error ("%s", error->message);
  return sequences;
}

/* The network of member @member. */
static char *
choose_network (const LearnSetting *setting, guint member)
{
  g_auto (GStrv) networks = g_strsplit (setting->network, "|", -1);

  return g_strdup (networks[member % g_strv_length (networks)]);
}

/* What the best weights of one network say of @test, early stopping on part @stop_part of what is trained on. */
static AnmPredictions *
predict_member (const LearnSetting *setting, const AnmCohort *cohort, GArray *trained, guint member,
                const AnmCohort *test_cohort, GArray *test_patients, AnmSequences **test)
{
  g_autoptr (GError) error = NULL;
  LearnSetting own = *setting;
  g_autofree char *network = choose_network (setting, member);
  g_autofree guint *parts = g_new (guint, trained->len);
  const guint32 *patients = (const guint32 *) (gpointer) trained->data;
  g_autoptr (GArray) stopping = NULL, training = NULL;
  g_autoptr (AnmRecipe) recipe = NULL;
  g_autoptr (AnmFittedRecipe) fitted = NULL;
  g_autoptr (AnmSequences) training_sequences = NULL, stopping_sequences = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;
  guint best_epoch;

  own.network = network;
  recipe = make_recipe (&own, cohort);
  own.hyperparameters.seed = setting->hyperparameters.seed * 1000 + member;
  deal (cohort, patients, trained->len, N_STOP, own.hyperparameters.seed, parts);
  stopping = pick (patients, trained->len, parts, member % N_STOP, TRUE);
  training = pick (patients, trained->len, parts, member % N_STOP, FALSE);
  fitted = anm_fitted_recipe_new (recipe, cohort, (const guint32 *) (gpointer) training->data, training->len, &error);
  if (fitted == NULL)
    g_error ("%s", error->message);
  training_sequences = apply (fitted, cohort, training);
  stopping_sequences = apply (fitted, cohort, stopping);
  *test = apply (fitted, test_cohort, test_patients);
  trainer = learn_train (&own, training_sequences, stopping_sequences, NULL);
  if (setting->verbose)
    {
      anm_trainer_get_best_parameters (trainer, &best_epoch);
      g_printerr ("member %u: best epoch %u of %u\n", member, best_epoch, anm_trainer_get_epoch (trainer)->epoch);
    }
  return anm_predict (anm_trainer_get_network (trainer), anm_trainer_get_best_parameters (trainer, NULL),
                      ANM_LOSS_BINARY_CROSS_ENTROPY, *test, setting->pool, NULL);
}

/* AUROC of the members' mean probability. */
static double
score_members (const LearnSetting *setting, const AnmCohort *cohort, GArray *trained, const AnmCohort *test_cohort, GArray *test_patients)
{
  g_autoptr (AnmPredictions) sum = NULL;
  g_autoptr (AnmSequences) test = NULL;
  AnmMetrics metrics;

  for (guint member = 0; member < setting->n_members; member++)
    {
      g_autoptr (AnmPredictions) predictions = NULL;

      g_clear_pointer (&test, anm_sequences_unref);
      predictions = predict_member (setting, cohort, trained, member, test_cohort, test_patients, &test);
      for (gsize i = 0; sum != NULL && i < predictions->n_rows; i++)
        sum->outputs[i] += predictions->outputs[i];
      if (sum == NULL)
        sum = g_steal_pointer (&predictions);
    }
  for (gsize i = 0; i < sum->n_rows; i++)
    sum->outputs[i] /= (anm_real) setting->n_members;
  anm_metrics_compute (sum, test, &metrics);
  return metrics.auroc;
}

static GArray *
list_patients (const AnmCohort *cohort)
{
  GArray *patients = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 p = 0; p < cohort->n_patients; p++)
    g_array_append_val (patients, p);
  return patients;
}

static double
run_folds (const LearnTask *task, const LearnSetting *setting)
{
  static AnmCohort *cohort;
  g_autofree guint *folds = NULL;
  g_autoptr (GArray) all = NULL;
  const guint32 *patients;
  double sum = 0.0;

  if (cohort == NULL)
    cohort = read_set (setting, "set-a.tar.gz");
  all = list_patients (cohort);
  patients = (const guint32 *) (gpointer) all->data;
  folds = g_new (guint, all->len);
  deal (cohort, patients, all->len, N_FOLDS, FOLD_SEED, folds);
  for (guint fold = 0; fold < N_FOLDS; fold++)
    {
      g_autoptr (GArray) test = pick (patients, all->len, folds, fold, TRUE);
      g_autoptr (GArray) trained = pick (patients, all->len, folds, fold, FALSE);
      double auroc = score_members (setting, cohort, trained, cohort, test);

      printf ("%.4f ", auroc);
      fflush (stdout);
      sum += auroc;
    }
  printf ("mean ");
  return sum / N_FOLDS;
}

static double
run_to_b (const LearnTask *task, const LearnSetting *setting)
{
  static AnmCohort *a, *b;
  g_autoptr (GArray) trained = NULL, test = NULL;

  if (a == NULL)
    {
      a = read_set (setting, "set-a.tar.gz");
      b = read_set (setting, "set-b.tar.gz");
    }
  trained = list_patients (a);
  test = list_patients (b);
  return score_members (setting, a, trained, b, test);
}

#define CHALLENGE .optimizer = ANM_OPTIMIZER_ADAM, .batch_size = 32, .score = "AUROC"
#define DROPS "dropout=0.3, recurrent_dropout=0.3"

/* Unlike each other, so that their errors are too. */
#define MIXED \
  "gru(64, " DROPS ") > dense(1) | " \
  "gru_d(64, " DROPS ") > dense(1) | " \
  "gru(64, return_sequences, " DROPS ") > pooling(mean) > dense(1) | " \
  "pooling(mean) > dense(32, activation=relu) > dense(1) | " \
  "gru(64) > dense(1)"

const LearnTask learn_challenge_tasks[] = {
  { CHALLENGE, .name = "challenge-gru", .summary = "Challenge 2012, set A, five folds, GRU(64) on values, masks and statics",
    .network = "gru(64) > dense(1)", .epochs = 30, .patience = 5, .bar_kind = LEARN_NO_BAR, .run = run_folds },
  { CHALLENGE, .name = "challenge-gru-d", .summary = "the same folds, GRU-D(64): 0.83 or more (published 0.842)",
    .network = "gru_d(64, " DROPS ") > dense(1)", .epochs = 30, .patience = 8, .bar_kind = LEARN_AT_LEAST, .bar = 0.83, .run = run_folds },
  { CHALLENGE, .name = "challenge-mixed", .summary = "the same folds, five unlike networks averaged",
    .network = MIXED, .members = 5, .epochs = 20, .patience = 6, .bar_kind = LEARN_NO_BAR, .run = run_folds },
  { CHALLENGE, .name = "challenge-b", .summary = "the same, trained on set A, scored on set B: 0.868 or more",
    .network = MIXED, .members = 5, .epochs = 20, .patience = 6, .bar_kind = LEARN_AT_LEAST, .bar = 0.868, .run = run_to_b },
  { NULL },
};
