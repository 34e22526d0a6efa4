/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/recipe.h"
#include "data/samples.h"
#include "engine/trainer.h"

#include <math.h>

/*
 * The delayed marker: one bit at the first step, asked for 100 noisy steps
 * later. Gradients of a simple recurrent network vanish on the way back and it
 * doesn't learn; an LSTM that begins with its memory open does. Bengio, Simard
 * and Frasconi (1994); Gers, Schmidhuber and Cummins (2000) for the forget gate.
 */

#define N_EPOCHS 25
#define N_SEEDS 5

static AnmPool *pool;

static AnmDataset *
make_dataset (const char *sample)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make (sample, &error);
  g_autoptr (AnmRecipe) recipe = NULL;
  AnmDataset *dataset;

  g_assert_no_error (error);
  recipe = anm_recipe_new_for (cohort);
  recipe->split[ANM_PART_TRAINING] = 2.0 / 3.0;
  recipe->split[ANM_PART_VALIDATION] = 0.0;
  recipe->split[ANM_PART_TEST] = 1.0 / 3.0;
  dataset = anm_dataset_new (cohort, recipe, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dataset->parts[ANM_PART_TRAINING]->n_sequences, ==, 2000);
  g_assert_cmpuint (dataset->parts[ANM_PART_TEST]->n_sequences, ==, 1000);
  return dataset;
}

static AnmTrainer *
make_trainer (const AnmDataset *dataset, const char *text, const AnmHyperparameters *hyperparameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  g_autoptr (AnmNetwork) network = NULL;
  AnmTrainer *trainer;

  g_assert_no_error (error);
  network = anm_network_new (spec, dataset->parts[ANM_PART_TRAINING]->n_columns, &dataset->parts[ANM_PART_TRAINING]->target, &error);
  g_assert_no_error (error);
  trainer = anm_trainer_new (network, hyperparameters, dataset->parts[ANM_PART_TRAINING], dataset->parts[ANM_PART_TEST], NULL, pool, &error);
  g_assert_no_error (error);
  return trainer;
}

static AnmHyperparameters
make_hyperparameters (guint64 seed)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.clip_norm = 1.0;
  hyperparameters.epochs = N_EPOCHS;
  hyperparameters.seed = seed;
  return hyperparameters;
}

/* Accuracy on the test part after up to 25 epochs; ends as soon as @enough is reached. */
static double
train (const AnmDataset *dataset, const char *text, guint64 seed, double enough)
{
  AnmHyperparameters hyperparameters = make_hyperparameters (seed);
  g_autoptr (AnmTrainer) trainer = make_trainer (dataset, text, &hyperparameters);
  g_autoptr (GError) error = NULL;
  const AnmEpochFigures *figures = anm_trainer_get_epoch (trainer);
  AnmTrainerEvent event;

  do
    {
      event = anm_trainer_step (trainer, NULL, &error);
      g_assert_no_error (error);
      if (event == ANM_TRAINER_EPOCH_ENDED && figures->validation.accuracy >= enough)
        break;
    }
  while (event != ANM_TRAINER_DONE);
  g_test_message ("%s, seed %" G_GUINT64_FORMAT ": accuracy %.3f after %u epochs, loss %.4f, %.1f s an epoch",
                  text, seed, figures->validation.accuracy, figures->epoch, figures->validation.loss, figures->seconds);
  return figures->validation.accuracy;
}

/* How many of five seeds reach @enough. */
static guint
count_solved (const AnmDataset *dataset, const char *text, double enough)
{
  guint n_solved = 0;

  for (guint64 seed = 1; seed <= N_SEEDS; seed++)
    n_solved += train (dataset, text, seed, enough) >= enough;
  return n_solved;
}

static void
test_lstm_remembers (void)
{
  g_autoptr (AnmDataset) dataset = make_dataset ("sample:delayed-marker");

  g_assert_cmpuint (count_solved (dataset, "lstm(32, forget_bias=3) > dense(1)", 0.95), >=, 4);
  g_assert_cmpuint (count_solved (dataset, "lstm(32, initializer=per_gate) > dense(1)", 0.95), >=, 4);
}

/* Over 100 steps a simple network still stumbles upon the marker on about one
 * seed in four (6 of 20 here, 4 of 20 with PyTorch and the same initial
 * weights), once it has learnt the training noise by heart and its state has
 * become restless. Over 150 steps it didn't on any of ten. */
static void
test_simple_network_forgets (void)
{
  g_autoptr (AnmDataset) dataset = make_dataset ("sample:delayed-marker?delay=150");

  for (guint64 seed = 1; seed <= N_SEEDS; seed++)
    g_assert_cmpfloat (train (dataset, "simple_rnn(32) > dense(1)", seed, INFINITY), <=, 0.60);
  g_assert_cmpuint (count_solved (dataset, "lstm(32, forget_bias=3) > dense(1)", 0.95), >=, 4);
}

/* With little noise the simple network's state isn't shaken out of the basin
 * that the marker put it into, and it turns round. */
static void
test_little_noise (void)
{
  g_autoptr (AnmDataset) dataset = make_dataset ("sample:delayed-marker?noise=0.3");

  g_assert_cmpuint (count_solved (dataset, "simple_rnn(32) > dense(1)", 0.95), >=, 4);
}

/* g_0 / g_T at the initial weights, from an epoch whose updates are too small to move them. */
static double
find_start_of_flow (const AnmDataset *dataset, const char *text)
{
  AnmHyperparameters hyperparameters = make_hyperparameters (1);
  g_autoptr (AnmTrainer) trainer = NULL;
  const AnmEpochFigures *figures;

  hyperparameters.learning_rate = 1e-30;
  hyperparameters.epochs = 1;
  trainer = make_trainer (dataset, text, &hyperparameters);
  while (anm_trainer_step (trainer, NULL, NULL) == ANM_TRAINER_UPDATED)
    ;
  figures = anm_trainer_get_epoch (trainer);
  g_test_message ("%s: g_0 / g_T = %g", text, figures->gradient_by_step[0][0] / figures->gradient_before_end[0][0]);
  return figures->gradient_by_step[0][0] / figures->gradient_before_end[0][0];
}

static void
test_flow_at_the_start (void)
{
  g_autoptr (AnmDataset) dataset = make_dataset ("sample:delayed-marker");
  double simple_rnn = find_start_of_flow (dataset, "simple_rnn(32) > dense(1)");
  double per_gate = find_start_of_flow (dataset, "lstm(32, initializer=per_gate) > dense(1)");
  double open_memory = find_start_of_flow (dataset, "lstm(32, forget_bias=3) > dense(1)");

  g_assert_cmpfloat (simple_rnn, <, 1e-7);
  g_assert_cmpfloat (per_gate, >, 100.0 * simple_rnn);
  g_assert_cmpfloat (open_memory, >, 100.0 * per_gate);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pool = anm_pool_new (0);
  g_test_add_func ("/long-memory/flow-at-the-start", test_flow_at_the_start);
  if (g_test_slow ())
    {
      g_test_add_func ("/long-memory/lstm-remembers", test_lstm_remembers);
      g_test_add_func ("/long-memory/simple-network-forgets", test_simple_network_forgets);
      g_test_add_func ("/long-memory/little-noise", test_little_noise);
    }
  result = g_test_run ();
  anm_pool_unref (pool);
  return result;
}
