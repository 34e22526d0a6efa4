/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "app/study/hyperparameters-json.h"
#include "app/study/study-error.h"
#include "app/study/templates.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=60"
#define NETWORK "simple_rnn(4) > dense(1)"

static void
count_cb (GObject *object,
          GParamSpec *pspec,
          gpointer data)
{
  ++*(guint *) data;
}

static void
test_empty (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_open (fixture);
  AnmHyperparameters hyperparameters;

  g_assert_cmpstr (anm_study_get_path (study), ==, fixture->path);
  g_assert_null (anm_study_get_cohort (study));
  g_assert_null (anm_study_get_source (study));
  g_assert_null (anm_study_get_dataset (study));
  g_assert_false (anm_study_get_preparing (study));
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (study)), ==, 0);
  g_assert_null (anm_study_find_run (study, 1));
  g_assert_null (anm_study_prepare (study, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY);
  g_clear_error (&error);
  fixture_init_hyperparameters (&hyperparameters, 1);
  g_assert_null (anm_training_start (study, &hyperparameters, 1, FALSE, 1, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY);
}

static void
test_keeps_everything (Fixture *fixture,
                       gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (GBytes) cohort = anm_cohort_serialize (anm_study_get_cohort (study));
  g_autoptr (GBytes) cohort_again = NULL;
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy (anm_study_get_recipe (study));
  AnmHyperparameters hyperparameters;
  g_autofree char *text = NULL;

  recipe->use_gaps = TRUE;
  recipe->split_seed = 5;
  anm_study_set_recipe (study, recipe);
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  hyperparameters.learning_rate = 0.1;
  hyperparameters.momentum = 0.9;
  hyperparameters.nesterov = TRUE;
  hyperparameters.batch_size = 0;
  hyperparameters.seed = G_MAXUINT64;
  anm_study_set_hyperparameters (study, &hyperparameters);
  g_assert_true (anm_study_flush (study, &error));
  g_assert_no_error (error);
  g_object_unref (study);

  study = fixture_open (fixture);
  cohort_again = anm_cohort_serialize (anm_study_get_cohort (study));
  g_assert_true (g_bytes_equal (cohort, cohort_again));
  g_assert_cmpstr (anm_study_get_source (study), ==, SOURCE);
  g_assert_true (anm_recipe_equal (anm_study_get_recipe (study), recipe));
  text = anm_study_dup_network_text (study);
  g_assert_cmpstr (text, ==, NETWORK);
  g_assert_cmpfloat (anm_study_get_hyperparameters (study)->learning_rate, ==, 0.1);
  g_assert_cmpfloat (anm_study_get_hyperparameters (study)->momentum, ==, 0.9);
  g_assert_true (anm_study_get_hyperparameters (study)->nesterov);
  g_assert_cmpuint (anm_study_get_hyperparameters (study)->batch_size, ==, 0);
  g_assert_cmpuint (anm_study_get_hyperparameters (study)->seed, ==, G_MAXUINT64);
  g_object_unref (study);
}

/* What was current before is still in the file: a version never changes. */
static void
test_versions_stay (Fixture *fixture,
                    gconstpointer data)
{
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  AnmRun *run;
  g_autofree char *text = NULL;
  g_autoptr (AnmNetworkSpec) other = anm_network_spec_parse ("lstm(3) > dense(1)", NULL);

  fixture_init_hyperparameters (&hyperparameters, 1);
  fixture_train (study, &hyperparameters);
  anm_study_set_network (study, other);
  g_object_unref (study);

  study = fixture_open (fixture);
  run = anm_study_find_run (study, 1);
  g_assert_nonnull (run);
  text = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  g_assert_cmpstr (text, ==, NETWORK);
  g_assert_true (anm_network_spec_equal (anm_study_get_network (study), other));
  g_object_unref (study);
}

static void
test_notifies (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("gru(5) > dense(1)", NULL);
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:scan?patients=40", NULL);
  g_autofree char *text = NULL, *from_property = NULL;
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (study);
  guint n_network = 0, n_hyperparameters = 0, n_cohort = 0, n_title = 0;

  g_signal_connect (study, "notify::network-text", G_CALLBACK (count_cb), &n_network);
  g_signal_connect (study, "notify::hyperparameters", G_CALLBACK (count_cb), &n_hyperparameters);
  g_signal_connect (study, "notify::cohort", G_CALLBACK (count_cb), &n_cohort);
  g_signal_connect (study, "notify::title", G_CALLBACK (count_cb), &n_title);

  g_assert_true (anm_study_set_network (study, spec));
  g_assert_false (anm_study_set_network (study, spec));
  g_assert_cmpuint (n_network, ==, 1);
  anm_study_set_hyperparameters (study, &hyperparameters);
  g_assert_cmpuint (n_hyperparameters, ==, 0);
  hyperparameters.clip_norm = 2;
  anm_study_set_hyperparameters (study, &hyperparameters);
  g_assert_cmpuint (n_hyperparameters, ==, 1);

  /* Ten classes: the last layer takes their number. */
  anm_study_set_cohort (study, cohort, "sample:scan");
  g_assert_cmpuint (n_cohort, ==, 1);
  g_assert_cmpuint (n_title, ==, 1);
  text = anm_study_dup_network_text (study);
  g_assert_nonnull (strstr (text, "dense(10"));
  g_object_get (study, "network-text", &from_property, NULL);
  g_assert_cmpstr (from_property, ==, text);
}

/* The recipe gives what the network reads, whichever of the two is changed; and back. */
static void
test_recipe_follows_network (Fixture *fixture,
                             gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmNetworkSpec) gru_d = anm_network_spec_parse ("gru_d(4) > dense(1)", NULL);
  g_autoptr (AnmNetworkSpec) gru = anm_network_spec_parse ("gru(4) > dense(1)", NULL);
  g_autoptr (AnmRecipe) plain = anm_recipe_copy (anm_study_get_recipe (study));
  AnmHyperparameters hyperparameters;
  guint n_recipe = 0;

  g_signal_connect (study, "notify::recipe", G_CALLBACK (count_cb), &n_recipe);
  g_assert_false (plain->keep_missing);
  anm_study_set_network (study, gru_d);
  g_assert_true (anm_study_get_recipe (study)->keep_missing);
  g_assert_cmpuint (n_recipe, ==, 1);
  anm_study_set_recipe (study, plain);
  g_assert_true (anm_study_get_recipe (study)->keep_missing);
  g_assert_cmpuint (n_recipe, ==, 1);
  plain->carry_forward = FALSE;
  anm_study_set_recipe (study, plain);
  g_assert_true (anm_study_get_recipe (study)->keep_missing);
  g_assert_false (anm_study_get_recipe (study)->carry_forward);
  g_assert_cmpuint (n_recipe, ==, 2);

  fixture_init_hyperparameters (&hyperparameters, 1);
  fixture_train (study, &hyperparameters);
  g_assert_cmpint (anm_run_get_status (anm_study_find_run (study, 1)), ==, ANM_RUN_FINISHED);
  anm_study_set_network (study, gru);
  g_assert_false (anm_study_get_recipe (study)->keep_missing);
  g_assert_cmpuint (n_recipe, ==, 3);
}

static void
wait_for_dataset (AnmStudy *study)
{
  while (anm_study_get_preparing (study))
    g_main_context_iteration (NULL, TRUE);
}

/* Made on a thread; of two changes at once only the last counts. */
static void
test_prepares_in_background (Fixture *fixture,
                             gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy (anm_study_get_recipe (study));
  guint n_dataset = 0;

  g_assert_true (anm_study_get_preparing (study));
  g_signal_connect (study, "notify::dataset", G_CALLBACK (count_cb), &n_dataset);
  wait_for_dataset (study);
  g_assert_nonnull (anm_study_get_dataset (study));
  g_assert_cmpuint (n_dataset, ==, 1);

  recipe->split[0] = 0.5;
  recipe->split[1] = 0.25;
  recipe->split[2] = 0.25;
  anm_study_set_recipe (study, recipe);
  g_assert_true (anm_study_get_preparing (study));
  g_assert_null (anm_study_get_dataset (study));
  g_main_context_iteration (NULL, FALSE); /* the first is under way when the second is asked for */
  recipe->split[0] = 0.8;
  recipe->split[1] = 0.1;
  recipe->split[2] = 0.1;
  anm_study_set_recipe (study, recipe);
  wait_for_dataset (study);
  g_assert_cmpuint (anm_study_get_dataset (study)->parts[ANM_PART_TRAINING]->n_sequences, ==, 48);
  g_assert_true (anm_study_prepare (study, NULL) == anm_study_get_dataset (study));
}

static void
test_tells_dataset_error (Fixture *fixture,
                          gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy (anm_study_get_recipe (study));
  g_autoptr (GError) error = NULL;

  recipe->channels = g_new0 (char *, 2);
  recipe->channels[0] = g_strdup ("no such channel");
  anm_study_set_recipe (study, recipe);
  wait_for_dataset (study);
  g_assert_null (anm_study_get_dataset (study));
  g_assert_nonnull (anm_study_get_dataset_error (study));
  g_assert_null (anm_study_prepare (study, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE);
}

static void
test_dropped_while_preparing (Fixture *fixture,
                              gconstpointer data)
{
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);

  g_main_context_iteration (NULL, FALSE);
  g_object_unref (study);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* A worker may be at it still; what it brings must find nobody. */
  g_usleep (100000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_templates (void)
{
  guint n_templates;
  const AnmTemplate *templates = anm_templates (&n_templates);
  const AnmTargetShape classes = { ANM_TARGET_CLASSES, 3, FALSE }, binary = { ANM_TARGET_BINARY, 1, FALSE };

  g_assert_cmpuint (n_templates, ==, 4);
  for (guint i = 0; i < n_templates; i++)
    {
      const AnmTargetShape *const targets[] = { &classes, &binary };

      g_assert_true (anm_template_find (templates[i].name) == &templates[i]);
      for (guint k = 0; k < G_N_ELEMENTS (targets); k++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (AnmNetworkSpec) spec = anm_template_make_network (&templates[i], targets[k]);
          g_autoptr (AnmNetwork) network = anm_network_new (spec, 5, targets[k], &error);
          AnmHyperparameters hyperparameters;

          g_assert_no_error (error);
          anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
          hyperparameters.seed = 9;
          anm_template_set_hyperparameters (&templates[i], targets[k], &hyperparameters);
          g_assert_true (anm_hyperparameters_validate (&hyperparameters, NULL));
          g_assert_cmpuint (hyperparameters.seed, ==, 9);
        }
    }
  g_assert_null (anm_template_find ("no such template"));
}

/* Every number comes back as it was, and the same numbers give the same text. */
static void
test_hyperparameters_json (void)
{
  const double rates[] = { 0.1, 1e-3, 1.0 / 3, 1e30, 1e-300, 3e5, 12345678.9 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = NULL, *again = NULL;
      AnmHyperparameters before, after;

      anm_hyperparameters_init (&before, ANM_OPTIMIZER_RMSPROP);
      before.learning_rate = rates[i];
      before.momentum = 0.3;
      before.loss = ANM_LOSS_MEAN_SQUARED_ERROR;
      before.patience = 4;
      before.balanced_classes = TRUE;
      before.seed = G_MAXUINT64 - 1;
      json = anm_hyperparameters_to_json (&before);
      anm_hyperparameters_from_json (&after, json, &error);
      g_assert_no_error (error);
      again = anm_hyperparameters_to_json (&after);
      g_assert_cmpstr (json, ==, again);
      g_assert_cmpfloat (after.learning_rate, ==, rates[i]);
      g_assert_cmpint (after.optimizer, ==, ANM_OPTIMIZER_RMSPROP);
      g_assert_cmpint (after.loss, ==, ANM_LOSS_MEAN_SQUARED_ERROR);
      g_assert_true (after.balanced_classes);
      g_assert_cmpuint (after.seed, ==, G_MAXUINT64 - 1);
    }
}

/* All that a run can be told, member by member; and what an older program wrote, which lacks most of it. */
static void
test_all_hyperparameters_json (void)
{
  const char *const older = "{\"optimizer\": \"adam\", \"loss\": \"auto\", \"learning_rate\": 0.002, \"momentum\": 0, \"rho\": 0.9, \"beta_1\": 0.9, "
                            "\"beta_2\": 0.999, \"epsilon\": 1.0e-07, \"clip_norm\": 1, \"clip_value\": 0, \"batch_size\": 16, \"epochs\": 30, "
                            "\"patience\": 5, \"nesterov\": false, \"balanced_classes\": true, \"seed\": \"3\"}";
  g_autoptr (GError) error = NULL;
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  for (guint kind = 0; kind < ANM_N_OPTIMIZERS; kind++)
    {
      AnmHyperparameters before, after;
      g_autofree char *json = NULL;

      anm_hyperparameters_init (&before, (AnmOptimizerKind) kind);
      for (guint i = 0; i < n_members; i++)
        switch (members[i].kind)
          {
          case ANM_HYPERPARAMETER_REAL:
            G_STRUCT_MEMBER (double, &before, members[i].offset) = 0.1 + i / 97.0;
            break;
          case ANM_HYPERPARAMETER_COUNT:
            G_STRUCT_MEMBER (guint, &before, members[i].offset) = 10 + i;
            break;
          case ANM_HYPERPARAMETER_FLAG:
          default:
            G_STRUCT_MEMBER (gboolean, &before, members[i].offset) = members[i].offset != G_STRUCT_OFFSET (AnmHyperparameters, balanced_classes);
            break;
          }
      before.loss = (AnmLossKind) (1 + kind);
      before.n_class_weights = 3;
      before.class_weights[1] = 1.0 / 3.0;
      before.class_weights[2] = 5;
      g_assert_true (anm_schedule_parse (&before.schedule, "cosine(epochs=7, minimum=1e-5)", NULL));
      json = anm_hyperparameters_to_json (&before);
      g_assert_true (anm_hyperparameters_from_json (&after, json, &error));
      g_assert_no_error (error);
      g_assert_true (anm_hyperparameters_equal (&before, &after));
    }

  {
    AnmHyperparameters read, expected;

    g_assert_true (anm_hyperparameters_from_json (&read, older, &error));
    g_assert_no_error (error);
    anm_hyperparameters_init (&expected, ANM_OPTIMIZER_ADAM);
    expected.learning_rate = 0.002;
    expected.clip_norm = 1;
    expected.batch_size = 16;
    expected.epochs = 30;
    expected.patience = 5;
    expected.balanced_classes = TRUE;
    expected.seed = 3;
    g_assert_true (anm_hyperparameters_equal (&read, &expected));
  }
}

static void
test_change_json (void)
{
  const AnmDropoutRates rates[] = { { 0, 0.25 }, { 1.0 / 3.0, 0 }, { 0, 0 } };
  g_autofree char *json = NULL;
  g_autofree AnmDropoutRates *read = NULL;
  AnmHyperparameters before, after;

  anm_hyperparameters_init (&before, ANM_OPTIMIZER_NADAM);
  json = anm_change_to_json (&before, rates, 3);
  g_assert_true (anm_hyperparameters_from_json (&after, json, NULL));
  g_assert_true (anm_hyperparameters_equal (&before, &after));
  /* The same numbers have the same text. */
  before.clip_value = -0.0;
  {
    g_autofree char *again = anm_change_to_json (&before, rates, 3);

    g_assert_cmpstr (again, ==, json);
  }
  read = anm_change_rates_from_json (json, 3);
  g_assert_cmpmem (read, sizeof rates, rates, sizeof rates);
  g_assert_null (anm_change_rates_from_json (json, 2));
  g_assert_null (anm_change_rates_from_json ("{\"learning_rate\": 1}", 3));
  g_assert_null (anm_change_rates_from_json ("{\"dropout\": [1, 2, 3]}", 3));
  g_assert_null (anm_change_rates_from_json ("nonsense", 3));
  g_assert_null (anm_change_rates_from_json ("{\"dropout\": [[0, 1], [0, 1], [0, {}]]}", 3));
  g_assert_null (anm_change_rates_from_json ("{\"dropout\": [[0, 1], [0, 1], [0]]}", 3));
}

static void
test_bad_hyperparameters_json (void)
{
  const char *const bad[] = { "{\"schedule\": \"magic\"}", "{\"class_weights\": [1, -1]}", "{\"truncation_k2\": 3}", "", "[]", "{\"optimizer\": \"magic\"}", "{\"loss\": \"magic\"}", "{\"learning_rate\": -1}",
                              /* Of a wrong kind, or more than one object. */
                              "{\"optimizer\": 3}", "{\"optimizer\": null}", "{\"schedule\": []}", "{\"nesterov\": [1]}", "{\"epochs\": \"many\"}", "{\"epochs\": -1}",
                              "{\"learning_rate\": \"0.1\"}", "{\"class_weights\": [[1]]}", "{\"class_weights\": 1}", "{\"seed\": -1}", "{\"seed\": \"x\"}",
                              "{} {}", "null{}", "{}x", "{", "{\"a\": \"}", "{\"optimizer\": \"\377\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      AnmHyperparameters hyperparameters;

      if (anm_hyperparameters_from_json (&hyperparameters, bad[i], &error))
        g_error ("“%s” was taken", bad[i]);
      g_assert_nonnull (error);
    }
}

/* Figures as text, every bit of them. */
static char *
describe_run (AnmRun *run)
{
  GString *text = g_string_new (NULL);
  const AnmRunUpdate *updates = anm_run_get_updates (run);

  g_string_append_printf (text, "%s %d %u\n", anm_run_get_name (run), anm_run_get_status (run), anm_run_get_best_epoch (run));
  for (guint i = 0; i < anm_run_get_n_epochs (run); i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, i);

      g_string_append_printf (text, "%u %" G_GUINT64_FORMAT " %a %a %a %a %" G_GSIZE_FORMAT " %d\n", epoch->epoch, epoch->update, epoch->seconds,
                              epoch->training_loss, epoch->validation.loss, epoch->validation.auroc, epoch->validation.n_rows, epoch->best);
      for (guint layer = 0; layer < epoch->n_layers; layer++)
        {
          g_string_append_printf (text, " %a", epoch->layer_norms[layer]);
          for (guint step = 0; epoch->gradient_by_step != NULL && epoch->gradient_by_step[layer] != NULL && step < epoch->n_steps; step++)
            g_string_append_printf (text, " %a %a", (double) (float) epoch->gradient_by_step[layer][step],
                                    (double) (float) epoch->gradient_before_end[layer][step]);
        }
      g_string_append_c (text, '\n');
    }
  for (gsize i = 0; i < anm_run_get_n_updates (run); i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " %a %a\n", updates[i].update, updates[i].loss, updates[i].gradient_norm);
  for (int epoch = ANM_EPOCH_LAST; epoch <= 0; epoch++)
    {
      guint found;
      g_autoptr (GError) error = NULL;
      g_autofree anm_real *parameters = anm_run_load_parameters (run, epoch, &found, &error);

      g_assert_no_error (error);
      g_string_append_printf (text, "%u", found);
      for (gsize i = 0; i < anm_network_get_n_parameters (anm_run_get_network (run)); i++)
        g_string_append_printf (text, " %a", (double) parameters[i]);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static void
test_run_in_another_process (Fixture *fixture,
                             gconstpointer data)
{
  AnmHyperparameters hyperparameters;
  g_autofree char *here = NULL, *there_path = NULL, *there = NULL;
  AnmStudy *study;

  if (g_test_subprocess ())
    {
      g_autoptr (AnmStudy) same = anm_study_open (g_getenv ("ANM_TEST_STUDY"), NULL);
      g_autofree char *text = describe_run (anm_study_find_run (same, 1));

      g_file_set_contents (g_getenv ("ANM_TEST_OUTPUT"), text, -1, NULL);
      return;
    }
  study = fixture_fill (fixture, SOURCE, "lstm(3, return_sequences) > simple_rnn(2) > dense(1)");
  fixture_init_hyperparameters (&hyperparameters, 3);
  here = describe_run (fixture_train (study, &hyperparameters));
  there_path = g_build_filename (fixture->folder, "there", NULL);
  g_setenv ("ANM_TEST_STUDY", fixture->path, TRUE);
  g_setenv ("ANM_TEST_OUTPUT", there_path, TRUE);
  /* While it is open here. */
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_assert_true (g_file_get_contents (there_path, &there, NULL, NULL));
  g_assert_cmpstr (there, ==, here);
  g_object_unref (study);
}

static void
test_snapshots (Fixture *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  g_autofree guint *kept = NULL;
  g_autofree anm_real *parameters = NULL;
  guint n_kept, found;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 4);
  run = fixture_train (study, &hyperparameters);
  kept = anm_run_get_kept_epochs (run, &n_kept);
  g_assert_cmpuint (n_kept, ==, 5);
  for (guint i = 0; i < n_kept; i++)
    g_assert_cmpuint (kept[i], ==, i);
  parameters = anm_run_load_parameters (run, ANM_EPOCH_BEST, &found, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found, ==, anm_run_get_best_epoch (run));
  g_assert_null (anm_run_load_parameters (run, 99, NULL, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_KEPT);
  g_assert_nonnull (strstr (error->message, "0–4"));
}

/* A budget of so many snapshots: what is kept lies evenly over the epochs, with the first, the best and the last. */
static void
test_thinning (Fixture *fixture,
               gconstpointer data)
{
  const guint limit = 12;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  g_autofree guint *kept = NULL, *of_first = NULL;
  guint n_kept, best, widest = 0, n_first;
  gint64 n_bytes, budget;
  AnmRun *run, *first;

  g_assert_true (anm_study_get_snapshot_bytes (study, &n_bytes, &budget, NULL));
  g_assert_cmpint (n_bytes, ==, 0);
  g_assert_cmpint (budget, ==, (gint64) 512 << 20);
  fixture_init_hyperparameters (&hyperparameters, 2);
  first = fixture_train (study, &hyperparameters);
  budget = limit * (gint64) (anm_network_get_n_parameters (anm_run_get_network (first)) * sizeof (anm_real));
  anm_study_set_snapshot_budget (study, budget);
  hyperparameters.epochs = 101;
  run = fixture_train (study, &hyperparameters);
  g_assert_true (anm_study_get_snapshot_bytes (study, &n_bytes, &budget, NULL));
  g_assert_cmpint (n_bytes, <=, budget);
  g_assert_cmpint (n_bytes, >, budget / 3);

  best = anm_run_get_best_epoch (run);
  kept = anm_run_get_kept_epochs (run, &n_kept);
  g_assert_cmpuint (kept[0], ==, 0);
  g_assert_cmpuint (kept[n_kept - 1], ==, 101);
  for (guint i = 1; i < n_kept; i++)
    widest = MAX (widest, kept[i] - kept[i - 1]);
  g_assert_cmpuint (widest, <=, 32);
  for (guint i = 0; i < n_kept; i++)
    {
      g_autofree anm_real *parameters = anm_run_load_parameters (run, (int) kept[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_true (kept[i] == best || kept[i] == 101 || kept[i] % 8 == 0);
    }
  g_free (anm_run_load_parameters (run, (int) best, NULL, &error));
  g_assert_no_error (error);
  of_first = anm_run_get_kept_epochs (first, &n_first);
  g_assert_cmpuint (n_first, ==, 3);

  /* A smaller budget acts at once. */
  anm_study_set_snapshot_budget (study, budget / 2);
  g_assert_true (anm_study_flush (study, &error));
  g_assert_no_error (error);
  g_assert_true (anm_study_get_snapshot_bytes (study, &n_bytes, &budget, NULL));
  g_assert_cmpint (n_bytes, <=, budget);
}

/* Which patients a run learnt from is kept with it, whatever the study's recipe says later. */
static void
test_run_keeps_its_split (Fixture *fixture,
                          gconstpointer data)
{
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  g_autoptr (AnmCohort) other = anm_sample_make ("sample:delayed-marker?delay=3&patients=30", NULL);
  g_autoptr (AnmCohort) cohort = NULL;
  g_autofree guint32 *before = NULL, *after = NULL;
  gsize n_before, n_after;

  fixture_init_hyperparameters (&hyperparameters, 1);
  fixture_train (study, &hyperparameters);
  before = anm_study_load_run_patients (study, anm_study_find_run (study, 1), ANM_PART_TEST, &n_before, NULL);
  g_assert_cmpuint (n_before, ==, 9);
  anm_study_set_cohort (study, other, "other");
  g_assert_true (anm_study_flush (study, NULL));
  g_object_unref (study);

  study = fixture_open (fixture);
  g_assert_cmpuint (anm_study_get_cohort (study)->n_patients, ==, 30);
  cohort = anm_study_load_run_cohort (study, anm_study_find_run (study, 1), NULL);
  g_assert_cmpuint (cohort->n_patients, ==, 60);
  after = anm_study_load_run_patients (study, anm_study_find_run (study, 1), ANM_PART_TEST, &n_after, NULL);
  g_assert_cmpmem (before, n_before * sizeof *before, after, n_after * sizeof *after);
  g_object_unref (study);
}

/* Two programs that add a run to one study at once. */
static void
test_two_writers (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) one = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmStudy) two = NULL;
  g_autoptr (AnmTraining) first = NULL, second = NULL;
  AnmHyperparameters hyperparameters;
  guint first_id, second_id;

  g_assert_true (anm_study_flush (one, NULL));
  two = fixture_open (fixture);
  fixture_init_hyperparameters (&hyperparameters, 3);
  first = anm_training_start (one, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  second = anm_training_start (two, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  anm_training_wait (first, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  anm_training_wait (second, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  first_id = anm_run_get_id (anm_training_get_run (first, 0));
  second_id = anm_run_get_id (anm_training_get_run (second, 0));
  g_assert_cmpuint (MIN (first_id, second_id), ==, 1);
  g_assert_cmpuint (MAX (first_id, second_id), ==, 2);
  g_clear_object (&one);
  g_clear_object (&two);
  one = fixture_open (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (one)), ==, 2);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_study_find_run (one, 2)), ==, 4);
}

/* What another program trains is seen here as it comes. */
static void
test_refresh (Fixture *fixture,
              gconstpointer data)
{
  AnmStudy *study;
  AnmHyperparameters hyperparameters;
  g_autoptr (AnmStudy) watching = NULL;

  if (g_test_subprocess ())
    {
      Fixture child = { NULL, (char *) g_getenv ("ANM_TEST_STUDY") };
      g_autoptr (AnmStudy) other = fixture_open (&child);

      fixture_init_hyperparameters (&hyperparameters, 4);
      anm_run_set_note (fixture_train (other, &hyperparameters), "from elsewhere");
      g_assert_true (anm_study_flush (other, NULL));
      return;
    }
  study = fixture_fill (fixture, SOURCE, NETWORK);
  g_assert_true (anm_study_flush (study, NULL));
  g_object_unref (study);
  watching = fixture_open (fixture);
  anm_study_refresh (watching);
  g_assert_false (anm_study_refresh (watching));
  g_setenv ("ANM_TEST_STUDY", fixture->path, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (watching)), ==, 0);
  g_assert_true (anm_study_refresh (watching));
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (watching)), ==, 1);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_study_find_run (watching, 1)), ==, 5);
  g_assert_cmpint (anm_run_get_status (anm_study_find_run (watching, 1)), ==, ANM_RUN_FINISHED);
  g_assert_cmpstr (anm_run_get_note (anm_study_find_run (watching, 1)), ==, "from elsewhere");
  g_assert_false (anm_study_refresh (watching));
}

/* A program that ends in the middle leaves a run that says so. */
static void
test_cut_off (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (AnmStudy) study = NULL;
  AnmRun *run;

  if (g_test_subprocess ())
    {
      Fixture child = { NULL, (char *) g_getenv ("ANM_TEST_STUDY") };
      AnmStudy *dying = fixture_fill (&child, SOURCE, NETWORK);
      AnmHyperparameters hyperparameters;
      AnmTraining *training;

      fixture_init_hyperparameters (&hyperparameters, 100000);
      training = anm_training_start (dying, &hyperparameters, 1, FALSE, 1, NULL);
      while (anm_run_get_n_epochs (anm_training_get_run (training, 0)) < 3)
        anm_training_drain (training);
      anm_study_flush (dying, NULL);
      _exit (0);
    }
  g_setenv ("ANM_TEST_STUDY", fixture->path, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  study = fixture_open (fixture);
  run = anm_study_find_run (study, 1);
  g_assert_nonnull (run);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_CUT_OFF);
  g_assert_cmpuint (anm_run_get_n_epochs (run), >=, 3);
}

#define ADD(name, function) g_test_add ("/study/study/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

/* Comes back in another session and to another program's reading; no edit; a name is a text or a number. */
static void
test_view (Fixture *fixture,
           gconstpointer data)
{
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autofree char *undo = g_strdup (anm_study_get_undo_label (study));

  g_assert_null (anm_study_get_view_text (study, "page"));
  g_assert_cmpfloat (anm_study_get_view_number (study, "epoch", -1), ==, -1);
  anm_study_set_view_text (study, "page", "inside");
  anm_study_set_view_text (study, "patient", "P-0012 \"张\"");
  anm_study_set_view_number (study, "epoch", 12);
  anm_study_set_view_number (study, "cursor", 0.1);
  anm_study_set_view_text (study, "gone", "soon");
  anm_study_set_view_text (study, "gone", NULL);
  anm_study_set_view_text (study, "never", NULL);
  anm_study_set_view_number (study, "layer", 3);
  anm_study_set_view_number (study, "layer", (double) NAN);
  anm_study_set_view_number (study, "turn", 1);
  anm_study_set_view_text (study, "turn", "text");
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, undo);
  for (guint session = 0; session < 2; session++)
    {
      g_assert_cmpstr (anm_study_get_view_text (study, "page"), ==, "inside");
      g_assert_cmpstr (anm_study_get_view_text (study, "patient"), ==, "P-0012 \"张\"");
      g_assert_cmpfloat (anm_study_get_view_number (study, "epoch", -1), ==, 12);
      g_assert_cmpfloat (anm_study_get_view_number (study, "cursor", -1), ==, 0.1);
      g_assert_null (anm_study_get_view_text (study, "gone"));
      g_assert_cmpfloat (anm_study_get_view_number (study, "layer", -1), ==, -1);
      g_assert_cmpstr (anm_study_get_view_text (study, "turn"), ==, "text");
      g_assert_cmpfloat (anm_study_get_view_number (study, "page", 5), ==, 5);
      g_object_unref (study);
      study = fixture_open (fixture);
    }
  g_object_unref (study);
}

/* Without anybody closing or flushing it. */
static void
test_view_is_written_soon (Fixture *fixture,
                           gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_open (fixture), other = NULL;
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  anm_study_set_view_text (study, "page", "compare");
  while (g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_clear_object (&other);
      other = fixture_open (fixture);
      if (anm_study_get_view_text (other, "page") != NULL)
        break;
      g_usleep (50000);
    }
  g_assert_cmpstr (anm_study_get_view_text (other, "page"), ==, "compare");
}

/* Somebody else's nonsense is nothing. */
static void
test_view_damaged (Fixture *fixture,
                   gconstpointer data)
{
  const char *const values[] = { "", "{", "[1, 2]", "7", "{\"page\": [\"x\"], \"epoch\": null}" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (AnmStudy) study = fixture_open (fixture);
      g_autofree char *sql = g_strdup_printf ("INSERT OR REPLACE INTO setting (name, value) VALUES ('view', '%s')", values[i]);
      sqlite3 *db;

      g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (db);
      g_assert_null (anm_study_get_view_text (study, "page"));
      g_assert_cmpfloat (anm_study_get_view_number (study, "epoch", 4), ==, 4);
      anm_study_set_view_text (study, "page", "records");
      g_assert_cmpstr (anm_study_get_view_text (study, "page"), ==, "records");
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("empty", test_empty);
  ADD ("keeps-everything", test_keeps_everything);
  ADD ("versions-stay", test_versions_stay);
  ADD ("notifies", test_notifies);
  ADD ("recipe-follows-network", test_recipe_follows_network);
  ADD ("prepares-in-background", test_prepares_in_background);
  ADD ("tells-dataset-error", test_tells_dataset_error);
  ADD ("dropped-while-preparing", test_dropped_while_preparing);
  ADD ("run-in-another-process", test_run_in_another_process);
  ADD ("snapshots", test_snapshots);
  ADD ("thinning", test_thinning);
  ADD ("run-keeps-its-split", test_run_keeps_its_split);
  ADD ("two-writers", test_two_writers);
  ADD ("refresh", test_refresh);
  ADD ("cut-off", test_cut_off);
  ADD ("view", test_view);
  ADD ("view-is-written-soon", test_view_is_written_soon);
  ADD ("view-damaged", test_view_damaged);
  g_test_add_func ("/study/study/templates", test_templates);
  g_test_add_func ("/study/study/hyperparameters-json", test_hyperparameters_json);
  g_test_add_func ("/study/study/all-hyperparameters-json", test_all_hyperparameters_json);
  g_test_add_func ("/study/study/change-json", test_change_json);
  g_test_add_func ("/study/study/bad-hyperparameters-json", test_bad_hyperparameters_json);
  return g_test_run ();
}
