/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Truncated back-propagation against its definition: each window for itself,
 * run from the state before its first step as if that were a constant, and
 * differentiated by a complex step, which rounds no more than the forward pass does.
 */
#include "cases.h"

#include "engine/trainer.h"
#include "engine/workspace-private.h"

#include <complex.h>
#include <math.h>

#define MAX_LAYERS 4
#define MAX_UNITS 6
#define MAX_LENGTH 14

typedef double complex Complex;

#define STEP 1e-30

/* h and c of each layer. */
typedef struct
{
  Complex h[MAX_LAYERS][MAX_UNITS];
  Complex c[MAX_LAYERS][MAX_UNITS];
} State;

typedef struct
{
  const AnmNetwork   *network;
  const AnmSequences *sequences;
  const anm_real     *parameters;
  gssize              nudged; /* parameter with an imaginary part, or -1 */
} Naive;

static Complex
get_parameter (const Naive *self, guint layer, AnmParameterKind kind, gsize index)
{
  const AnmParameterSlice *slice = NULL;
  gsize place;

  for (guint k = 0; k < self->network->layers[layer]->n_parameters; k++)
    if (self->network->layers[layer]->parameters[k].kind == kind)
      slice = &self->network->layers[layer]->parameters[k];
  g_assert_nonnull (slice);
  place = self->network->offsets[layer] + slice->offset + index;
  return (double) self->parameters[place] + ((gssize) place == self->nudged ? STEP * _Complex_I : 0.0);
}

static Complex
sum_inputs (const Naive *self, guint layer, AnmParameterKind kind, guint n, const Complex *x, guint column, guint n_columns)
{
  Complex sum = 0.0;

  for (guint i = 0; i < n; i++)
    sum += x[i] * get_parameter (self, layer, kind, (gsize) i * n_columns + column);
  return sum;
}

static Complex
sigmoid (Complex y)
{
  return 1.0 / (1.0 + cexp (-y));
}

/* One layer's step; @output may be @x. */
static void
run_layer (const Naive *self, guint layer, const Complex *x, State *state, Complex *output)
{
  const AnmLayer *shape = self->network->layers[layer];
  const char *type = shape->klass->type;
  guint n = shape->n_units, n_gates = g_str_equal (type, "lstm") ? 4 : g_str_equal (type, "gru") ? 3 : 1;
  Complex sums[4 * MAX_UNITS], recurrent[4 * MAX_UNITS], h[MAX_UNITS];

  for (guint j = 0; j < n_gates * n; j++)
    {
      sums[j] = sum_inputs (self, layer, ANM_PARAMETER_KERNEL, shape->n_inputs, x, j, n_gates * n)
                + get_parameter (self, layer, ANM_PARAMETER_BIAS, j);
      recurrent[j] = g_str_equal (type, "dense") ? 0.0 : sum_inputs (self, layer, ANM_PARAMETER_RECURRENT_KERNEL, n, state->h[layer], j, n_gates * n);
      if (g_str_equal (type, "gru"))
        recurrent[j] += get_parameter (self, layer, ANM_PARAMETER_RECURRENT_BIAS, j);
    }
  for (guint j = 0; j < n; j++)
    if (g_str_equal (type, "dense"))
      h[j] = sums[j];
    else if (g_str_equal (type, "simple_rnn"))
      h[j] = ctanh (sums[j] + recurrent[j]);
    else if (g_str_equal (type, "gru"))
      {
        Complex z = sigmoid (sums[j] + recurrent[j]), r = sigmoid (sums[n + j] + recurrent[n + j]);

        h[j] = (1.0 - z) * state->h[layer][j] + z * ctanh (sums[2 * n + j] + r * recurrent[2 * n + j]);
      }
    else
      {
        Complex i = sigmoid (sums[j] + recurrent[j]), f = sigmoid (sums[n + j] + recurrent[n + j]);
        Complex g = ctanh (sums[2 * n + j] + recurrent[2 * n + j]), o = sigmoid (sums[3 * n + j] + recurrent[3 * n + j]);

        state->c[layer][j] = f * state->c[layer][j] + i * g;
        h[j] = o * ctanh (state->c[layer][j]);
      }
  memcpy (state->h[layer], h, n * sizeof *h);
  memcpy (output, h, n * sizeof *h);
}

/* A step of the whole stack: the answer before any sigmoid. */
static Complex
run_step (const Naive *self, guint sequence, guint t, State *state)
{
  Complex x[MAX_UNITS];
  anm_real row[MAX_UNITS];
  gboolean skipped = self->sequences->skip != NULL && self->sequences->skip[self->sequences->offsets[sequence] + t];

  anm_sequences_fill_row (self->sequences, sequence, t, row);
  for (guint k = 0; k < self->network->n_inputs; k++)
    x[k] = (double) row[k];
  for (guint layer = 0; layer < self->network->n_layers; layer++)
    if (skipped && self->network->layers[layer]->klass->is_recurrent)
      memcpy (x, state->h[layer], self->network->layers[layer]->n_units * sizeof *x);
    else
      run_layer (self, layer, x, state, x);
  return x[0];
}

/* How much of its sequence's loss step @t has. */
static double
get_weight (const AnmSequences *sequences, guint sequence, guint t, guint length, double alpha)
{
  double weight = (double) sequences->weights[sequence];

  if (sequences->target.per_step)
    return sequences->target_mask[sequences->offsets[sequence] + t] ? weight : 0.0;
  return weight * (alpha / length + (t + 1 == length ? 1.0 - alpha : 0.0));
}

/* The losses of steps @from to @end - 1, the state before step @first being a constant. */
static Complex
run_window (const Naive *self, guint sequence, guint first, guint from, guint end, double alpha)
{
  Naive constant = *self;
  State state = { 0 };
  Complex loss = 0.0;
  guint length = (guint) anm_sequences_get_length (self->sequences, sequence);

  constant.nudged = -1;
  for (guint t = 0; t < first; t++)
    run_step (&constant, sequence, t, &state);
  for (guint t = first; t < end; t++)
    {
      Complex y = run_step (self, sequence, t, &state);
      gsize row = self->sequences->target.per_step ? self->sequences->offsets[sequence] + t : sequence;
      double wanted = (double) self->sequences->targets[row];

      if (t < from)
        continue;
      loss += get_weight (self->sequences, sequence, t, length, alpha)
              * (self->sequences->target.kind == ANM_TARGET_BINARY ? clog (1.0 + cexp (y)) - wanted * y : (y - wanted) * (y - wanted));
    }
  return loss;
}

static double
define_derivative (const Naive *self, guint k1, guint k2, double alpha)
{
  double sum = 0.0;

  for (guint n = 0; n < self->sequences->n_sequences; n++)
    {
      guint length = (guint) anm_sequences_get_length (self->sequences, n);

      for (guint from = 0; from < length; from += k1)
        {
          guint end = MIN (from + k1, length);

          sum += cimag (run_window (self, n, end > k2 ? end - k2 : 0, from, end, alpha)) / STEP;
        }
    }
  return sum;
}

typedef struct
{
  const char *network;
  AnmTargetShape target;
  double alpha; /* deep supervision; 0: none */
} Case;

static const Case cases[] = {
  { "simple_rnn(4, return_sequences) > dense(1)", { ANM_TARGET_REGRESSION, 1, TRUE }, 0 },
  { "lstm(3, return_sequences) > dense(1)", { ANM_TARGET_BINARY, 1, TRUE }, 0 },
  { "gru(3, return_sequences) > dense(1)", { ANM_TARGET_BINARY, 1, TRUE }, 0 },
  { "dense(3, activation=linear) > lstm(3, return_sequences) > gru(2, return_sequences) > simple_rnn(3, return_sequences) > dense(1)",
    { ANM_TARGET_REGRESSION, 1, TRUE }, 0 },
  { "lstm(3, return_sequences) > lstm(2) > dense(1)", { ANM_TARGET_BINARY, 1, FALSE }, 0 },
  { "lstm(3, return_sequences) > gru(2) > dense(1)", { ANM_TARGET_BINARY, 1, FALSE }, 0.6 },
};

static const guint lengths_of_windows[][2] = {
  { 1, 1 }, { 1, 3 }, { 2, 2 }, { 2, 5 }, { 3, 4 }, { 3, 7 }, { 4, 4 }, { 5, 6 }, { 4, 13 }, { 13, 13 }, { 6, 40 }
};

static AnmSequences *
make_sequences (const AnmTargetShape *target, gboolean with_skip, guint64 seed)
{
  const gsize lengths[] = { 13, 1, 7, 12, 5, 8, 4, 13 };
  AnmSequences *sequences = anm_sequences_new (G_N_ELEMENTS (lengths), lengths, 3, 0, target);
  gsize n_steps = anm_sequences_get_n_steps (sequences), n_rows = target->per_step ? n_steps : G_N_ELEMENTS (lengths);

  for (gsize i = 0; i < n_steps * 3; i++)
    sequences->values[i] = (float) anm_random_normal (seed, 1, i);
  for (gsize i = 0; i < n_rows; i++)
    sequences->targets[i] = (anm_real) anm_random_below (seed, 2, i, 2);
  sequences->weights = g_new (anm_real, G_N_ELEMENTS (lengths));
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    sequences->weights[i] = (float) (0.5 + anm_random_uniform (seed, 3, i));
  sequences->target_mask = g_new (guint8, n_rows);
  for (gsize i = 0; i < n_rows; i++)
    sequences->target_mask[i] = !target->per_step || anm_random_below (seed, 4, i, 4) > 0;
  if (with_skip)
    {
      sequences->skip = g_new0 (guint8, n_steps);
      for (gsize i = 0; i < n_steps; i++)
        sequences->skip[i] = anm_random_below (seed, 5, i, 5) == 0;
    }
  return sequences;
}

/* The engine's own, of all sequences at once. */
static guint
compute_truncated (AnmNetwork *network, const AnmSequences *sequences, const anm_real *parameters, guint k1, guint k2, double alpha, anm_real *gradient)
{
  g_autoptr (AnmNetwork) taught = alpha > 0.0 ? _anm_network_new_per_step (network) : anm_network_ref (network);
  AnmLossKind loss = sequences->target.kind == ANM_TARGET_BINARY ? ANM_LOSS_BINARY_CROSS_ENTROPY : ANM_LOSS_MEAN_SQUARED_ERROR;
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (taught, loss, (guint) sequences->n_sequences, MAX_LENGTH, TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  guint n_passes;

  _anm_workspace_set_deep_supervision (workspace, alpha);
  _anm_workspace_set_truncation (workspace, k1, k2);
  anm_packed_fill (packed, parameters);
  load_all (workspace, sequences);
  n_passes = _anm_workspace_count_passes (workspace);
  for (guint pass = 0; pass < n_passes; pass++)
    {
      _anm_workspace_set_pass (workspace, pass);
      g_assert_true (anm_workspace_forward (workspace, packed, NULL));
      g_assert_true (anm_workspace_backward (workspace, packed, 1.0, gradient, NULL));
    }
  return n_passes;
}

static void
check_case (const Case *of, gboolean with_skip, guint k1, guint k2, guint64 seed)
{
  g_autoptr (AnmSequences) sequences = make_sequences (&of->target, with_skip, seed);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (of->network, sequences, seed, &parameters);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *gradient = g_new0 (anm_real, n);
  guint n_passes = compute_truncated (network, sequences, parameters, k1, k2, of->alpha, gradient);
  gboolean at_end = !of->target.per_step && of->alpha == 0.0;
  Naive naive = { network, sequences, parameters, -1 };
  double difference = 0.0, size = 0.0;

  g_assert_cmpuint (n_passes, <=, (k2 - 1) / k1 + 2);
  if (at_end)
    g_assert_cmpuint (n_passes, ==, 1);
  for (gsize i = 0; i < n; i++)
    {
      double expected;

      naive.nudged = (gssize) i;
      expected = define_derivative (&naive, k1, k2, of->alpha);
      difference += pow ((double) gradient[i] - expected, 2.0);
      size += expected * expected;
    }
  if (!(sqrt (difference) <= 1e-12 * sqrt (size)))
    g_error ("%s, k1 = %u, k2 = %u: relative error %g", of->network, k1, k2, sqrt (difference / size));
}

static void
test_definition (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (lengths_of_windows); j++)
      check_case (&cases[i], FALSE, lengths_of_windows[j][0], lengths_of_windows[j][1], 10 * i + j);
}

static void
test_skipped_steps (void)
{
  for (gsize i = 0; i < 5; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (lengths_of_windows); j += 2)
      check_case (&cases[i], TRUE, lengths_of_windows[j][0], lengths_of_windows[j][1], 10 * i + j);
}

/* Windows of equal length that fill every sequence need one pass; a horizon longer than all sequences changes nothing. */
static void
test_passes (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, TRUE };
  g_autoptr (AnmSequences) sequences = make_sequences (&target, FALSE, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(3, return_sequences) > dense(1)", sequences, 1, &parameters);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *truncated = g_new0 (anm_real, n), *whole = g_new0 (anm_real, n);

  g_assert_cmpuint (compute_truncated (network, sequences, parameters, 1, 1, 0.0, whole), ==, 1);
  g_assert_cmpuint (compute_truncated (network, sequences, parameters, 4, 4, 0.0, whole), ==, 2);
  g_assert_cmpuint (compute_truncated (network, sequences, parameters, 1, 5, 0.0, whole), ==, 5);
  memset (whole, 0, n * sizeof *whole);
  g_assert_cmpuint (compute_truncated (network, sequences, parameters, 3, 13, 0.0, truncated), ==, 1);
  g_assert_cmpuint (compute_truncated (network, sequences, parameters, 13, 13, 0.0, whole), ==, 1);
  g_assert_cmpmem (truncated, n * sizeof *whole, whole, n * sizeof *whole);
}

/* Through the trainer: the step of plain descent is the truncated gradient; its norms count every sequence once. */
static void
test_trainer (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, TRUE };
  g_autoptr (AnmSequences) sequences = make_sequences (&target, FALSE, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(3, return_sequences) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *gradient = g_new0 (anm_real, n);
  AnmHyperparameters hyperparameters;
  g_autoptr (AnmTrainer) trainer = NULL;
  double weight = 0.0;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  hyperparameters.batch_size = 0;
  hyperparameters.learning_rate = 1.0;
  hyperparameters.truncation_k1 = 2;
  hyperparameters.truncation_k2 = 5;
  trainer = anm_trainer_new (network, &hyperparameters, sequences, NULL, parameters, pool, NULL);
  g_assert_cmpint (anm_trainer_step (trainer, NULL, NULL), ==, ANM_TRAINER_UPDATED);
  compute_truncated (network, sequences, parameters, 2, 5, 0.0, gradient);
  for (gsize i = 0; i < sequences->n_sequences; i++)
    for (gsize t = sequences->offsets[i]; t < sequences->offsets[i + 1]; t++)
      weight += sequences->target_mask[t] * (double) sequences->weights[i];
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon ((double) (parameters[i] - anm_trainer_get_parameters (trainer)[i]), (double) gradient[i] / weight, 1e-12);
  g_assert_cmpint (anm_trainer_step (trainer, NULL, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->gradient_by_step[0][0], >, 0.0);
}

static void
assert_refused (const char *text, const AnmTargetShape *target, guint k1, double alpha, const char *says)
{
  g_autoptr (AnmSequences) sequences = make_sequences (target, FALSE, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (text, sequences, 1, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  hyperparameters.truncation_k1 = hyperparameters.truncation_k2 = k1;
  hyperparameters.deep_supervision = alpha;
  g_assert_null (anm_trainer_new (network, &hyperparameters, sequences, NULL, NULL, pool, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
  if (strstr (error->message, says) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, says);
}

static void
test_refusals (void)
{
  const AnmTargetShape at_end = { ANM_TARGET_BINARY, 1, FALSE }, per_step = { ANM_TARGET_BINARY, 1, TRUE };

  assert_refused ("lstm(3, bidirectional) > dense(1)", &at_end, 3, 0.0, "layer 1, lstm_1, looks ahead");
  assert_refused ("lstm(3, return_sequences) > conv1d(2, padding=causal) > gru(2) > dense(1)", &at_end, 3, 0.0, "layer 2, conv1d_1");
  assert_refused ("dense(3) > dense(1)", &per_step, 3, 0.0, "needs a recurrent layer");
  assert_refused ("lstm(3, bidirectional) > dense(1)", &at_end, 0, 0.5, "layer 1, lstm_1, looks ahead");
  assert_refused ("lstm(3, return_sequences) > dense(1)", &per_step, 0, 0.5, "value at every step");
}

/* Deep supervision with nothing truncated: by the definition over the answers themselves. */
static void
test_deep_supervision (void)
{
  const double alphas[] = { 0.25, 1.0 };

  for (gsize i = 0; i < G_N_ELEMENTS (alphas); i++)
    {
      const Case of = { "gru(3, return_sequences) > lstm(2) > dense(1)", { ANM_TARGET_BINARY, 1, FALSE }, alphas[i] };

      check_case (&of, FALSE, MAX_LENGTH, MAX_LENGTH, i);
    }
}

/* What is trained on is the combined loss, what is evaluated the last step alone. */
static void
test_deep_supervision_in_trainer (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_sequences (&target, FALSE, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("gru(3) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autoptr (AnmPredictions) predictions = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmHyperparameters hyperparameters;
  Naive naive = { network, sequences, parameters, -1 };
  double expected = 0.0, weight = 0.0;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  hyperparameters.batch_size = 0;
  hyperparameters.deep_supervision = 0.75;
  trainer = anm_trainer_new (network, &hyperparameters, sequences, sequences, parameters, pool, NULL);
  for (guint n = 0; n < sequences->n_sequences; n++)
    {
      guint length = (guint) anm_sequences_get_length (sequences, n);

      expected += creal (run_window (&naive, n, 0, 0, length, 0.75));
      weight += (double) sequences->weights[n];
    }
  predictions = anm_predict (network, parameters, ANM_LOSS_AUTO, sequences, pool, NULL);
  g_assert_cmpint (anm_trainer_evaluate_initial (trainer, NULL, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->validation.loss, ==, predictions->loss);
  g_assert_cmpfloat_with_epsilon (anm_trainer_get_epoch (trainer)->training_loss, expected / weight, 1e-12);
  g_assert_cmpint (anm_trainer_step (trainer, NULL, NULL), ==, ANM_TRAINER_UPDATED);
  g_assert_cmpfloat_with_epsilon (anm_trainer_get_update (trainer)->loss, expected / weight, 1e-12);
  g_assert_cmpfloat (fabs (predictions->loss - expected / weight), >, 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/truncation/definition", test_definition);
  g_test_add_func ("/truncation/skipped-steps", test_skipped_steps);
  g_test_add_func ("/truncation/passes", test_passes);
  g_test_add_func ("/truncation/trainer", test_trainer);
  g_test_add_func ("/truncation/refusals", test_refusals);
  g_test_add_func ("/deep-supervision/definition", test_deep_supervision);
  g_test_add_func ("/deep-supervision/trainer", test_deep_supervision_in_trainer);
  return g_test_run ();
}
