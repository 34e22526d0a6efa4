/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/workspace.h"
#include "tests/engine/trainer-cases.h"

#include <math.h>

#define SMALL_NETWORK "simple_rnn(6) > dense(1)"

static AnmPool *pool;

static AnmHyperparameters
make_hyperparameters (AnmOptimizerKind optimizer)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, optimizer);
  hyperparameters.epochs = 3;
  return hyperparameters;
}

/* The order of events, and that it learns. */
static void
test_learns (void)
{
  g_autoptr (AnmSequences) training = make_sequences (300, 2, 6, 1);
  g_autoptr (AnmSequences) validation = make_sequences (100, 2, 6, 2);
  g_autoptr (AnmNetwork) network = make_network ("gru(8) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmTrainer) trainer = NULL;
  guint64 update = 0;

  hyperparameters.learning_rate = 0.02;
  hyperparameters.epochs = 15;
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);
  g_assert_cmpuint (anm_trainer_get_n_updates_per_epoch (trainer), ==, 10);
  for (guint epoch = 1; epoch <= 15; epoch++)
    {
      for (guint batch = 0; batch < 10; batch++)
        {
          g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_UPDATED);
          g_assert_cmpuint (anm_trainer_get_update (trainer)->update, ==, ++update);
          g_assert_cmpuint (anm_trainer_get_update (trainer)->epoch, ==, epoch);
        }
      g_assert_cmpint (make_step (trainer, NULL), ==, epoch < 15 ? ANM_TRAINER_EPOCH_ENDED : ANM_TRAINER_DONE);
      g_assert_cmpuint (anm_trainer_get_epoch (trainer)->epoch, ==, epoch);
      g_assert_cmpuint (anm_trainer_get_epoch (trainer)->update, ==, update);
      g_assert_cmpuint (anm_trainer_get_epoch (trainer)->validation.n_rows, ==, 100);
    }
  g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_DONE);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->training_loss, <, 0.3);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->validation.accuracy, >, 0.9);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->validation.auroc, >, 0.95);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->seconds, >, 0.0);
}

/* One workspace that holds all rows at once gives the gradient that chunks and
 * waves must add up to. */
static void
compute_whole_gradient (const AnmNetwork *network, const AnmSequences *sequences, const anm_real *parameters, anm_real *gradient, double *loss)
{
  g_autofree guint32 *rows = g_new (guint32, sequences->n_sequences);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY, (guint) sequences->n_sequences,
                                                          anm_sequences_get_max_length (sequences), TRUE);
  double weight;

  for (guint32 i = 0; i < sequences->n_sequences; i++)
    rows[i] = i;
  anm_packed_fill (packed, parameters);
  anm_workspace_load (workspace, sequences, rows, (guint) sequences->n_sequences);
  g_assert_true (anm_workspace_forward (workspace, packed, NULL));
  *loss = anm_workspace_get_loss (workspace, &weight);
  *loss /= weight;
  memset (gradient, 0, anm_network_get_n_parameters (network) * sizeof *gradient);
  g_assert_true (anm_workspace_backward (workspace, packed, 1.0 / weight, gradient, NULL));
}

static double
find_norm (const anm_real *vector, gsize n)
{
  double squares = 0.0;

  for (gsize i = 0; i < n; i++)
    squares += (double) vector[i] * (double) vector[i];
  return sqrt (squares);
}

/* A step of SGD with rate 1 moves by the gradient: of the whole minibatch,
 * with 38 chunks in three waves. */
static void
test_gradient (void)
{
  g_autoptr (AnmSequences) training = make_sequences (1200, 1, 9, 1);
  g_autoptr (AnmNetwork) network = make_network ("lstm(5, return_sequences) > simple_rnn(4) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *initial = g_new (anm_real, n);
  g_autofree anm_real *gradient = g_new (anm_real, n);
  g_autofree anm_real *difference = g_new (anm_real, n);
  g_autoptr (AnmTrainer) trainer = NULL;
  const AnmUpdateFigures *figures;
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);
  double layer_squares[3] = { 0.0 };
  double loss;

  hyperparameters.batch_size = 0;
  hyperparameters.learning_rate = 1.0;
  trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  g_assert_cmpuint (anm_trainer_get_n_updates_per_epoch (trainer), ==, 1);
  memcpy (initial, anm_trainer_get_parameters (trainer), n * sizeof *initial);
  compute_whole_gradient (network, training, initial, gradient, &loss);
  g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_UPDATED);

  figures = anm_trainer_get_update (trainer);
  for (gsize i = 0; i < n; i++)
    difference[i] = initial[i] - anm_trainer_get_parameters (trainer)[i] - gradient[i];
  g_assert_cmpfloat (find_norm (gradient, n), >, 0.01);
  g_assert_cmpfloat (find_norm (difference, n), <, 1e-5 * find_norm (gradient, n));
  g_assert_cmpfloat_with_epsilon (figures->loss, loss, 1e-6);
  g_assert_cmpfloat_with_epsilon (figures->gradient_norm, find_norm (gradient, n), 1e-6);
  g_assert_false (figures->clipped);

  g_assert_cmpuint (figures->n_layers, ==, 3);
  for (guint i = 0; i < n_parameters; i++)
    layer_squares[parameters[i].layer] += pow (find_norm (gradient + parameters[i].offset, (gsize) parameters[i].n_rows * parameters[i].n_columns), 2.0);
  for (guint layer = 0; layer < 3; layer++)
    g_assert_cmpfloat_with_epsilon (figures->layer_norms[layer], sqrt (layer_squares[layer]), 1e-6);
}

/* The move is the clipped gradient; the figures are of the gradient before. */
static void
test_clipping (void)
{
  g_autoptr (AnmSequences) training = make_sequences (60, 1, 9, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *move = g_new (anm_real, n);

  hyperparameters.learning_rate = 1.0;
  for (int by_value = 0; by_value <= 1; by_value++)
    {
      g_autoptr (AnmTrainer) trainer = NULL;
      double largest = 0.0;

      hyperparameters.clip_norm = by_value ? 0.0 : 0.01;
      hyperparameters.clip_value = by_value ? 0.01 : 0.0;
      trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
      memcpy (move, anm_trainer_get_parameters (trainer), n * sizeof *move);
      g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_UPDATED);
      for (gsize i = 0; i < n; i++)
        {
          move[i] -= anm_trainer_get_parameters (trainer)[i];
          largest = MAX (largest, fabs ((double) move[i]));
        }
      g_assert_true (anm_trainer_get_update (trainer)->clipped);
      g_assert_cmpfloat (anm_trainer_get_update (trainer)->gradient_norm, >, 0.05);
      g_assert_cmpfloat_with_epsilon (by_value ? largest : find_norm (move, n), 0.01, 1e-6);
    }
}

/* The epoch's figures of g_t are the root mean square over sequences passed
 * through one at a time. */
static void
test_gradient_flow (void)
{
  g_autoptr (AnmSequences) training = make_sequences (70, 2, 9, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(5, return_sequences) > simple_rnn(4) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY, 1, 9, TRUE);
  g_autofree anm_real *gradient = g_new0 (anm_real, anm_network_get_n_parameters (network));
  double sums[4][9] = { { 0 } };
  guint64 counts[4][9] = { { 0 } };
  double *by_step[] = { sums[0], sums[1], NULL }, *before_end[] = { sums[2], sums[3], NULL };
  guint64 *by_step_count[] = { counts[0], counts[1], NULL }, *before_end_count[] = { counts[2], counts[3], NULL };
  const AnmEpochFigures *figures;

  hyperparameters.batch_size = 0;
  hyperparameters.epochs = 1;
  trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  anm_packed_fill (packed, anm_trainer_get_parameters (trainer));
  for (guint32 n = 0; n < 70; n++)
    {
      anm_workspace_load (workspace, training, &n, 1);
      g_assert_true (anm_workspace_forward (workspace, packed, NULL));
      g_assert_true (anm_workspace_backward (workspace, packed, 1.0, gradient, NULL));
      anm_workspace_add_gradient_norms (workspace, by_step, by_step_count, before_end, before_end_count);
    }

  g_assert_cmpint (finish_epoch (trainer), ==, ANM_TRAINER_DONE);
  figures = anm_trainer_get_epoch (trainer);
  g_assert_cmpuint (figures->n_steps, ==, 9);
  g_assert_null (figures->gradient_by_step[2]);
  g_assert_cmpuint (counts[2][0], ==, 70);
  for (guint layer = 0; layer < 2; layer++)
    for (guint k = 0; k < 9; k++)
      {
        double expected = sqrt (sums[layer][k] / (double) counts[layer][k]);
        double expected_before_end = sqrt (sums[2 + layer][k] / (double) counts[2 + layer][k]);

        g_assert_cmpfloat_with_epsilon (figures->gradient_by_step[layer][k] / expected, 1.0, 1e-4);
        g_assert_cmpfloat_with_epsilon (figures->gradient_before_end[layer][k] / expected_before_end, 1.0, 1e-4);
      }
}

/* The epoch's loss is the mean over sequences, though the last minibatch is smaller; layer norms are means over updates. */
static void
test_epoch_figures (void)
{
  g_autoptr (AnmSequences) training = make_sequences (70, 1, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmTrainer) trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  const guint sizes[] = { 32, 32, 6 };

  for (guint epoch = 1; epoch <= 2; epoch++)
    {
      double loss = 0.0, norm = 0.0;

      for (guint batch = 0; batch < 3; batch++)
        {
          g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_UPDATED);
          loss += sizes[batch] * anm_trainer_get_update (trainer)->loss / 70.0;
          norm += anm_trainer_get_update (trainer)->layer_norms[0] / 3.0;
        }
      g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
      g_assert_cmpfloat_with_epsilon (anm_trainer_get_epoch (trainer)->training_loss, loss, 1e-9);
      g_assert_cmpfloat_with_epsilon (anm_trainer_get_epoch (trainer)->layer_norms[0], norm, 1e-9);
      g_assert_true (isnan (anm_trainer_get_epoch (trainer)->validation.loss));
      g_assert_true (isnan (anm_trainer_get_epoch (trainer)->training.auroc));
    }
}

/* Two arms of a race begin at the same loss, bit for bit, and it is that of a prediction. */
static void
test_initial (void)
{
  g_autoptr (AnmSequences) training = make_sequences (100, 1, 9, 1);
  g_autoptr (AnmSequences) validation = make_sequences (90, 1, 12, 2);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters sgd = make_hyperparameters (ANM_OPTIMIZER_SGD);
  AnmHyperparameters adam = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmTrainer) first = make_trainer (network, &sgd, training, validation, pool);
  g_autoptr (AnmTrainer) second = make_trainer (network, &adam, training, validation, pool);
  g_autoptr (AnmTrainer) third = make_trainer (network, &adam, training, NULL, pool);
  g_autoptr (AnmPredictions) predictions = NULL;
  AnmMetrics metrics;
  int stop = 1;

  g_assert_cmpint (anm_trainer_evaluate_initial (first, &stop, NULL), ==, ANM_TRAINER_INTERRUPTED);
  g_assert_cmpint (anm_trainer_evaluate_initial (first, NULL, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
  g_assert_cmpint (anm_trainer_evaluate_initial (second, NULL, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
  g_assert_cmpuint (anm_trainer_get_epoch (first)->epoch, ==, 0);
  g_assert_cmpuint (anm_trainer_get_epoch (first)->update, ==, 0);
  g_assert_cmpfloat (anm_trainer_get_epoch (first)->validation.loss, ==, anm_trainer_get_epoch (second)->validation.loss);
  g_assert_cmpfloat (anm_trainer_get_epoch (first)->validation.auroc, ==, anm_trainer_get_epoch (second)->validation.auroc);
  g_assert_cmpfloat (anm_trainer_get_epoch (first)->training_loss, ==, anm_trainer_get_epoch (second)->training_loss);

  predictions = anm_predict (network, anm_trainer_get_parameters (first), ANM_LOSS_AUTO, validation, pool, NULL);
  g_assert_cmpfloat (anm_trainer_get_epoch (first)->validation.loss, ==, predictions->loss);
  anm_metrics_compute (predictions, validation, &metrics);
  g_assert_cmpfloat (anm_trainer_get_epoch (first)->validation.auroc, ==, metrics.auroc);
  g_assert_null (anm_predict (network, anm_trainer_get_parameters (first), ANM_LOSS_AUTO, validation, pool, &stop));

  g_assert_cmpint (anm_trainer_evaluate_initial (third, NULL, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
  g_assert_true (isfinite (anm_trainer_get_epoch (third)->training_loss));
  g_assert_cmpfloat (anm_trainer_get_epoch (first)->training_loss, ==, anm_trainer_get_epoch (third)->training_loss);
  g_assert_cmpuint (anm_trainer_get_epoch (third)->training.n_rows, ==, 100);
}

/* The loss of a bootstrap resample is computed from outputs; it must be the network's own. */
static void
test_loss_from_outputs (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (50, 1, 9, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, sequences);
  g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  g_autoptr (AnmPredictions) predictions = NULL;
  AnmMetrics low, high;

  sequences->weights = g_new0 (anm_real, 50);
  sequences->weights[7] = 2; /* every resample with it has its loss */
  anm_network_initialize (network, 1, parameters);
  predictions = anm_predict (network, parameters, ANM_LOSS_AUTO, sequences, pool, NULL);
  anm_metrics_bootstrap (predictions, sequences, 50, 0.9, 1, &low, &high);
  g_assert_cmpfloat_with_epsilon (low.loss, predictions->loss, 1e-5);
  g_assert_cmpfloat_with_epsilon (high.loss, predictions->loss, 1e-5);
}

static void
test_early_stopping (void)
{
  g_autoptr (AnmSequences) training = make_sequences (40, 2, 5, 1);
  g_autoptr (AnmSequences) validation = make_sequences (40, 2, 5, 2);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autofree anm_real *best = NULL;
  double best_loss = INFINITY;
  guint best_epoch = 0, epoch = 0, found_epoch;
  AnmTrainerEvent event;
  gsize n;

  /* Targets of validation turned round: learning makes it worse. */
  for (gsize i = 0; i < 40; i++)
    validation->targets[i] = 1 - validation->targets[i];
  network = make_network (SMALL_NETWORK, training);
  n = anm_network_get_n_parameters (network);
  hyperparameters.epochs = 100;
  hyperparameters.patience = 4;
  hyperparameters.learning_rate = 0.01;
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);
  best = g_memdup2 (anm_trainer_get_best_parameters (trainer, &found_epoch), n * sizeof *best);
  g_assert_cmpuint (found_epoch, ==, 0);
  g_assert_cmpmem (best, n * sizeof *best, anm_trainer_get_parameters (trainer), n * sizeof *best);

  do
    {
      const AnmEpochFigures *figures = anm_trainer_get_epoch (trainer);

      event = finish_epoch (trainer);
      epoch++;
      g_assert_cmpint (figures->best, ==, figures->validation.loss < best_loss);
      if (figures->best)
        {
          best_loss = figures->validation.loss;
          best_epoch = epoch;
          memcpy (best, anm_trainer_get_parameters (trainer), n * sizeof *best);
        }
      g_assert_cmpint (event, ==, epoch - best_epoch == 4 ? ANM_TRAINER_DONE : ANM_TRAINER_EPOCH_ENDED);
    }
  while (event != ANM_TRAINER_DONE);
  g_assert_cmpuint (epoch, <, 100);
  g_assert_cmpmem (best, n * sizeof *best, anm_trainer_get_best_parameters (trainer, &found_epoch), n * sizeof *best);
  g_assert_cmpuint (found_epoch, ==, best_epoch);
}

static void
test_change (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autoptr (AnmTrainer) trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  g_autoptr (GError) error = NULL;
  gsize n_bytes = anm_network_get_n_parameters (network) * sizeof (anm_real);
  g_autofree anm_real *before = NULL;
  const AnmTrainerChange *changes;
  guint n_changes;

  make_step (trainer, NULL);
  g_assert_true (anm_trainer_change (trainer, &hyperparameters, &error));
  changes = anm_trainer_get_changes (trainer, &n_changes);
  g_assert_cmpuint (n_changes, ==, 0);

  hyperparameters.learning_rate = 0.5;
  g_assert_true (anm_trainer_change (trainer, &hyperparameters, &error));
  hyperparameters.learning_rate = 1e-30;
  hyperparameters.clip_norm = 2.0;
  g_assert_true (anm_trainer_change (trainer, &hyperparameters, &error));
  before = g_memdup2 (anm_trainer_get_parameters (trainer), n_bytes);
  make_step (trainer, NULL);
  g_assert_cmpmem (before, n_bytes, anm_trainer_get_parameters (trainer), n_bytes); /* too small a rate to move */
  hyperparameters.clip_value = 3.0;
  g_assert_true (anm_trainer_change (trainer, &hyperparameters, &error));
  changes = anm_trainer_get_changes (trainer, &n_changes);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpuint (changes[0].update, ==, 1);
  g_assert_cmpfloat (changes[0].learning_rate, ==, 1e-30);
  g_assert_cmpuint (changes[1].update, ==, 2);
  g_assert_cmpfloat (changes[1].clip_norm, ==, 2.0);
  g_assert_cmpfloat (changes[1].clip_value, ==, 3.0);

  hyperparameters.momentum = 0.9;
  g_assert_false (anm_trainer_change (trainer, &hyperparameters, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
  g_clear_error (&error);
  hyperparameters.momentum = 0.0;
  hyperparameters.learning_rate = -1.0;
  g_assert_false (anm_trainer_change (trainer, &hyperparameters, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
  g_assert_cmpfloat (anm_trainer_get_hyperparameters (trainer)->learning_rate, ==, 1e-30);
}

/* Divergence */

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("\"%s\" lacks \"%s\"", text, part);
}

static gboolean
all_finite (const anm_real *vector, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (vector[i]))
      return FALSE;
  return TRUE;
}

/* Steps until the run fails; checks that it stays so and that the parameters are those before the update that did it. */
static char *
run_until_failure (AnmNetwork *network, const AnmHyperparameters *hyperparameters, AnmSequences *training, AnmSequences *validation, const anm_real *parameters)
{
  g_autoptr (AnmTrainer) trainer = anm_trainer_new (network, hyperparameters, training, validation, parameters, pool, NULL);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *before = g_memdup2 (anm_trainer_get_parameters (trainer), n * sizeof *before);
  g_autofree anm_real *now = g_memdup2 (before, n * sizeof *before);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  gboolean kept;

  for (;;)
    {
      AnmTrainerEvent event = anm_trainer_step (trainer, NULL, &error);

      if (event == ANM_TRAINER_FAILED)
        break;
      g_assert_no_error (error);
      g_assert_cmpint (event, !=, ANM_TRAINER_DONE);
      if (event == ANM_TRAINER_UPDATED)
        {
          memcpy (before, now, n * sizeof *now);
          memcpy (now, anm_trainer_get_parameters (trainer), n * sizeof *now);
        }
    }
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE);
  g_assert_true (all_finite (anm_trainer_get_parameters (trainer), n));
  kept = memcmp (anm_trainer_get_parameters (trainer), before, n * sizeof *before) == 0
         || memcmp (anm_trainer_get_parameters (trainer), now, n * sizeof *now) == 0;
  g_assert_true (kept);
  g_assert_cmpint (anm_trainer_step (trainer, NULL, &again), ==, ANM_TRAINER_FAILED);
  g_assert_cmpstr (again->message, ==, error->message);
  return g_strdup (error->message);
}

static void
test_learning_rate_too_high (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autofree char *message = NULL;

  hyperparameters.learning_rate = 1e39;
  message = run_until_failure (network, &hyperparameters, training, NULL, NULL);
  assert_contains (message, "Update 1 (epoch 1)");
  assert_contains (message, anm_network_get_layer_name (network, 0));
  assert_contains (message, "learning rate 1e+39 is too high. Try 1e+38");
  assert_contains (message, "initial weights are kept");
}

/* Mean squared error on a linear network: each step overshoots further. */
static void
test_overshooting (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 2, 5, 1);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autofree char *message = NULL;

  training->target.kind = ANM_TARGET_REGRESSION;
  network = make_network ("dense(4) > simple_rnn(4) > dense(1)", training);
  hyperparameters.learning_rate = 100.0;
  hyperparameters.epochs = 1000;
  hyperparameters.clip_norm = 1e30;
  message = run_until_failure (network, &hyperparameters, training, NULL, NULL);
  assert_contains (message, "learning rate 100 is too high. Try 10.");
  assert_contains (message, "weights from before update");
}

/* A recurrent kernel of twos on the diagonal doubles the state at each step. */
static void
test_relu_explodes (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 200, 300, 1);
  g_autoptr (AnmNetwork) network = make_network ("simple_rnn(8, activation=relu) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autofree anm_real *weights = g_new0 (anm_real, anm_network_get_n_parameters (network));
  g_autofree char *message = NULL;
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);

  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    weights[i] = 0.1f;
  for (guint i = 0; i < n_parameters; i++)
    if (parameters[i].kind == ANM_PARAMETER_RECURRENT_KERNEL)
      for (guint unit = 0; unit < 8; unit++)
        weights[parameters[i].offset + unit * 9] = 2;
  message = run_until_failure (network, &hyperparameters, training, NULL, weights);
  assert_contains (message, "Update 1 ");
  assert_contains (message, anm_network_get_layer_name (network, 0));
  assert_contains (message, "relu");
  assert_contains (message, "clip");
}

static void
test_input_far_too_large (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 2, 5, 1);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autofree char *message = NULL;

  training->target.kind = ANM_TARGET_REGRESSION;
  training->values[10] = 3e38f;
  training->values[11] = 3e38f;
  network = make_network ("dense(4) > simple_rnn(4) > dense(1)", training);
  hyperparameters.batch_size = 0;
  message = run_until_failure (network, &hyperparameters, training, NULL, NULL);
  assert_contains (message, "Update 1 ");
  assert_contains (message, "Standardise");
}

/* Weights that are fine for training, but not for one validation patient. */
static void
test_validation_not_finite (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 2, 5, 1);
  g_autoptr (AnmSequences) validation = make_sequences (64, 2, 5, 2);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autofree anm_real *weights = NULL;
  g_autofree char *message = NULL;

  training->target.kind = validation->target.kind = ANM_TARGET_REGRESSION;
  for (gsize i = 0; i < 3; i++)
    validation->values[i] = 3e38f;
  network = make_network ("simple_rnn(8, activation=relu) > dense(1)", training);
  weights = g_new (anm_real, anm_network_get_n_parameters (network));
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    weights[i] = 0.5f;
  message = run_until_failure (network, &hyperparameters, training, validation, weights);
  assert_contains (message, "Update 2 (epoch 1): on the validation part the outputs of layer simple_rnn");
  assert_contains (message, "relu");
  assert_contains (message, "weights from before update 2 are kept");
}

/* Refusals */

static void
assert_refused (AnmNetwork *network, const AnmHyperparameters *hyperparameters, AnmSequences *training, AnmSequences *validation, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (anm_trainer_new (network, hyperparameters, training, validation, NULL, pool, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, code);
  assert_contains (error->message, part);
}

static void
test_refusals (void)
{
  g_autoptr (AnmSequences) good = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmSequences) empty = make_sequences (0, 2, 5, 1);
  g_autoptr (AnmSequences) one_class = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmSequences) nobody = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmSequences) no_target = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmSequences) other_columns = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmSequences) regression = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, good);
  g_autoptr (AnmNetwork) gaps_read = make_network ("gru_d(3) > dense(1)", good);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  const AnmColumn column = { ANM_COLUMN_VALUE, 0 };

  assert_refused (network, &hyperparameters, empty, NULL, ANM_ENGINE_ERROR_DATA, "no patients");
  for (gsize i = 0; i < 10; i++)
    one_class->targets[i] = 1;
  assert_refused (network, &hyperparameters, one_class, NULL, ANM_ENGINE_ERROR_DATA, "10 patients with an outcome, and for all of them it is 1");

  /* Two classes, but of one only the target counts. */
  one_class->targets[3] = 0;
  one_class->target_mask = g_new (guint8, 10);
  memset (one_class->target_mask, 1, 10);
  one_class->target_mask[3] = 0;
  assert_refused (network, &hyperparameters, one_class, NULL, ANM_ENGINE_ERROR_DATA, "9 patients with an outcome");

  nobody->target_mask = g_new0 (guint8, 10);
  assert_refused (network, &hyperparameters, nobody, NULL, ANM_ENGINE_ERROR_DATA, "None of the 10 patients");
  no_target->target.kind = ANM_TARGET_NONE;
  assert_refused (network, &hyperparameters, no_target, NULL, ANM_ENGINE_ERROR_DATA, "no target");
  anm_sequences_set_columns (other_columns, &column, 1);
  assert_refused (network, &hyperparameters, other_columns, NULL, ANM_ENGINE_ERROR_DATA, "3 input columns");
  assert_refused (network, &hyperparameters, good, other_columns, ANM_ENGINE_ERROR_DATA, "3 input columns");
  regression->target.kind = ANM_TARGET_REGRESSION;
  assert_refused (network, &hyperparameters, good, regression, ANM_ENGINE_ERROR_DATA, "another kind of target");
  assert_refused (gaps_read, &hyperparameters, good, NULL, ANM_ENGINE_ERROR_DATA, "which values were measured");
  anm_sequences_set_observed (good, 0, 0, TRUE);
  assert_refused (gaps_read, &hyperparameters, good, NULL, ANM_ENGINE_ERROR_DATA, "gaps are missing");
  hyperparameters.balanced_classes = TRUE;
  assert_refused (network, &hyperparameters, regression, NULL, ANM_ENGINE_ERROR_HYPERPARAMETER, "balanced");
  hyperparameters.learning_rate = 0.0;
  assert_refused (network, &hyperparameters, good, NULL, ANM_ENGINE_ERROR_HYPERPARAMETER, "learning rate");
}

/* Patients without outcome are passed over; balanced classes leave the data as they are. */
static void
test_who_counts (void)
{
  g_autoptr (AnmSequences) all = make_sequences (40, 2, 5, 1);
  g_autoptr (AnmSequences) validation = make_sequences (10, 2, 5, 2);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, all);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autoptr (AnmTrainer) trainer = NULL;

  all->target_mask = g_new0 (guint8, 40);
  for (gsize i = 0; i < 33; i++)
    all->target_mask[i] = 1;
  validation->target_mask = g_new0 (guint8, 10);
  hyperparameters.balanced_classes = TRUE;
  trainer = make_trainer (network, &hyperparameters, all, validation, pool);
  g_assert_null (all->class_weights);
  g_assert_cmpuint (anm_trainer_get_n_updates_per_epoch (trainer), ==, 2);
  g_assert_cmpint (finish_epoch (trainer), ==, ANM_TRAINER_EPOCH_ENDED);
  g_assert_cmpuint (anm_trainer_get_epoch (trainer)->training.n_rows, ==, 33);
  g_assert_true (isnan (anm_trainer_get_epoch (trainer)->validation.loss)); /* nobody with an outcome there */
  g_assert_true (anm_trainer_get_epoch (trainer)->best);
}

/* Stopping */

static gpointer
set_stop_later (gpointer data)
{
  g_usleep (30000);
  g_atomic_int_set ((int *) data, 1);
  return NULL;
}

/* Full-batch descent over far more than can be done in the time. */
static void
test_stop_acts_at_once (void)
{
  g_autoptr (AnmSequences) training = make_sequences (4000, 150, 200, 1);
  g_autoptr (AnmNetwork) network = make_network ("lstm(64, return_sequences) > lstm(64) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmTrainer) trainer = NULL;
  gint64 fastest = G_MAXINT64;

  hyperparameters.batch_size = 0;
  trainer = make_trainer (network, &hyperparameters, training, training, pool);
  for (int i = 0; i < 6; i++)
    {
      int stop = 0;
      GThread *thread = g_thread_new ("stop", set_stop_later, &stop);
      gint64 start = g_get_monotonic_time ();
      AnmTrainerEvent event = i % 2 ? make_step (trainer, &stop) : anm_trainer_evaluate_initial (trainer, &stop, NULL);

      g_assert_cmpint (event, ==, ANM_TRAINER_INTERRUPTED);
      fastest = MIN (fastest, g_get_monotonic_time () - start - 30000);
      g_thread_join (thread);
    }
  g_assert_cmpint (fastest, <, 100000);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pool = anm_pool_new (2);
  g_test_add_func ("/trainer/learns", test_learns);
  g_test_add_func ("/trainer/gradient", test_gradient);
  g_test_add_func ("/trainer/clipping", test_clipping);
  g_test_add_func ("/trainer/gradient-flow", test_gradient_flow);
  g_test_add_func ("/trainer/epoch-figures", test_epoch_figures);
  g_test_add_func ("/trainer/initial", test_initial);
  g_test_add_func ("/trainer/loss-from-outputs", test_loss_from_outputs);
  g_test_add_func ("/trainer/early-stopping", test_early_stopping);
  g_test_add_func ("/trainer/change", test_change);
  g_test_add_func ("/trainer/divergence/learning-rate", test_learning_rate_too_high);
  g_test_add_func ("/trainer/divergence/overshooting", test_overshooting);
  g_test_add_func ("/trainer/divergence/relu", test_relu_explodes);
  g_test_add_func ("/trainer/divergence/input", test_input_far_too_large);
  g_test_add_func ("/trainer/divergence/validation", test_validation_not_finite);
  g_test_add_func ("/trainer/refusals", test_refusals);
  g_test_add_func ("/trainer/who-counts", test_who_counts);
  g_test_add_func ("/trainer/stop", test_stop_acts_at_once);
  result = g_test_run ();
  anm_pool_unref (pool);
  return result;
}
