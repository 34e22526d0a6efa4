/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"
#include "naive.h"

#include "engine/error.h"
#include "engine/flush-to-zero.h"
#include "engine/probe.h"

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-12
#else
#define TOLERANCE 3e-6
#endif

#define MAX_ROWS 48
#define NETWORK "gru(5, return_sequences) > lstm(4) > dense(3)"
#define NETWORK_PER_STEP "gru(5, return_sequences) > lstm(4, return_sequences) > dense(3)"

typedef struct
{
  AnmSequences *sequences;
  AnmNetwork   *network;
  AnmLossKind   loss;
  anm_real     *parameters;
  gsize         n_parameters;
  AnmPacked    *packed;
  AnmWorkspace *workspace;
} Fixture;

static void
set_up (Fixture *self, CaseShape shape, const char *network, const AnmTargetShape *target)
{
  self->sequences = make_batch (shape, target, 11);
  self->network = make_case_network (network, self->sequences, 12, &self->parameters);
  self->n_parameters = anm_network_get_n_parameters (self->network);
  self->loss = resolve_loss (ANM_LOSS_AUTO, self->network, target);
  self->packed = anm_packed_new (self->network);
  anm_packed_fill (self->packed, self->parameters);
  self->workspace = anm_workspace_new (self->network, self->loss, MAX_ROWS, 9, TRUE);
}

static void
tear_down (Fixture *self)
{
  anm_workspace_free (self->workspace);
  anm_packed_free (self->packed);
  anm_network_unref (self->network);
  anm_sequences_unref (self->sequences);
  g_free (self->parameters);
}

static const AnmTargetShape classes = { ANM_TARGET_CLASSES, 3, FALSE };
static const AnmTargetShape classes_per_step = { ANM_TARGET_CLASSES, 3, TRUE };

/* Rows in any order, some twice: outputs come back as given, the loss is the weighted sum. */
static void
check_order (CaseShape shape, const char *network, const AnmTargetShape *target)
{
  const guint32 rows[] = { 4, 0, 3, 1, 4, 2, 0 };
  Fixture fixture;
  double loss, weight, expected_loss = 0.0, expected_weight = 0.0;

  set_up (&fixture, shape, network, target);
  anm_workspace_load (fixture.workspace, fixture.sequences, rows, G_N_ELEMENTS (rows));
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaiveRun) run = naive_run (fixture.network, fixture.parameters, fixture.loss, fixture.sequences, rows[i], NULL);
      anm_real outputs[9 * 3];

      anm_workspace_get_outputs (fixture.workspace, i, outputs);
      for (guint k = 0; k < run->n_answers * 3; k++)
        g_assert_cmpfloat_with_epsilon ((double) outputs[k], run->answers[k], TOLERANCE);

      for (guint t = 0; t < run->n_answers; t++)
        {
          gsize row = target->per_step ? fixture.sequences->offsets[rows[i]] + t : rows[i];
          guint right = (guint) fixture.sequences->targets[row];
          double w = (double) fixture.sequences->weights[rows[i]] * fixture.sequences->class_weights[right];

          if (fixture.sequences->target_mask == NULL || fixture.sequences->target_mask[row])
            {
              expected_loss -= w * log (run->answers[t * 3 + right]);
              expected_weight += w;
            }
        }
    }
  loss = anm_workspace_get_loss (fixture.workspace, &weight);
  g_assert_cmpfloat_with_epsilon (weight, expected_weight, 1e-12 * expected_weight);
  g_assert_cmpfloat_with_epsilon (loss, expected_loss, 10 * TOLERANCE * expected_loss);
  tear_down (&fixture);
}

static void
test_order (void)
{
  check_order (SHAPE_RAGGED, NETWORK, &classes);
  check_order (SHAPE_SKIP, NETWORK, &classes);
  check_order (SHAPE_RAGGED, NETWORK_PER_STEP, &classes_per_step);
}

static void
add_gradient (Fixture *self, const guint32 *rows, guint n_rows, double scale, anm_real *gradient)
{
  anm_workspace_load (self->workspace, self->sequences, rows, n_rows);
  g_assert_true (anm_workspace_forward (self->workspace, self->packed, NULL));
  g_assert_true (anm_workspace_backward (self->workspace, self->packed, scale, gradient, NULL));
}

/* The gradient is added, is proportional to the scale, and that of a batch is the sum of its parts'. */
static void
test_sums (void)
{
  const guint32 rows[] = { 0, 1, 2, 3, 4 };
  Fixture fixture;
  g_autofree anm_real *whole = NULL, *parts = NULL;

  set_up (&fixture, SHAPE_RAGGED, NETWORK, &classes);
  whole = g_new0 (anm_real, fixture.n_parameters);
  parts = g_new0 (anm_real, fixture.n_parameters);
  add_gradient (&fixture, rows, 5, 2.0, whole);
  add_gradient (&fixture, rows, 2, 1.0, parts);
  add_gradient (&fixture, rows + 2, 3, 1.0, parts);
  add_gradient (&fixture, rows, 5, 1.0, parts);
  for (gsize i = 0; i < fixture.n_parameters; i++)
    g_assert_cmpfloat_with_epsilon ((double) parts[i], (double) whole[i], 20 * TOLERANCE * (1 + fabs ((double) whole[i])));
  tear_down (&fixture);
}

/* g_t of a batch is that of its sequences alone, whatever the weights, the scale and the chunk. Of many equal rows the
 * squares are summed together: each of the five comes @n_times. */
static void
check_gradient_norms (CaseShape shape, const char *network, const AnmTargetShape *target, guint n_times)
{
  const guint32 order[] = { 3, 0, 4, 1, 2 };
  guint32 rows[MAX_ROWS];
  Fixture fixture;
  double by_step[2][9] = { { 0 } }, before_end[2][9] = { { 0 } };
  guint64 by_step_count[2][9] = { { 0 } }, before_end_count[2][9] = { { 0 } };
  double *const by_step_of[] = { by_step[0], by_step[1], NULL }, *const before_end_of[] = { before_end[0], before_end[1], NULL };
  guint64 *const by_step_count_of[] = { by_step_count[0], by_step_count[1], NULL };
  guint64 *const before_end_count_of[] = { before_end_count[0], before_end_count[1], NULL };
  g_autoptr (AnmProbe) probe = NULL;
  g_autofree anm_real *gradient = NULL;

  set_up (&fixture, shape, network, target);
  fixture.sequences->weights[3] = 0; /* doesn't count */
  gradient = g_new0 (anm_real, fixture.n_parameters);
  probe = anm_probe_new (fixture.network, fixture.loss);
  for (guint i = 0; i < 5 * n_times; i++)
    rows[i] = order[i % 5];
  add_gradient (&fixture, rows, 5 * n_times, 0.37, gradient);
  anm_workspace_add_gradient_norms (fixture.workspace, by_step_of, by_step_count_of, before_end_of, before_end_count_of);
  for (guint n = 0; n < 5; n++)
    {
      gsize length = anm_sequences_get_length (fixture.sequences, n);

      anm_probe_run (probe, fixture.parameters, fixture.sequences, n, TRUE);
      for (guint l = 0; l < 2 && !isnan (anm_probe_get_loss (probe)); l++)
        for (gsize t = 0; t < length; t++)
          {
            double norm = anm_probe_get_gradient_norms (probe, l)[t];

            by_step[l][t] -= n_times * norm * norm;
            by_step_count[l][t] -= n_times;
            before_end[l][length - 1 - t] -= n_times * norm * norm;
            before_end_count[l][length - 1 - t] -= n_times;
          }
    }
  for (guint l = 0; l < 2; l++)
    for (guint t = 0; t < 9; t++)
      {
        g_assert_cmpfloat_with_epsilon (by_step[l][t], 0, n_times * 10 * TOLERANCE);
        g_assert_cmpfloat_with_epsilon (before_end[l][t], 0, n_times * 10 * TOLERANCE);
        g_assert_cmpuint (by_step_count[l][t], ==, 0);
        g_assert_cmpuint (before_end_count[l][t], ==, 0);
      }
  tear_down (&fixture);
}

static void
test_gradient_norms (void)
{
  const guint n_times[] = { 1, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (n_times); i++)
    {
      check_gradient_norms (SHAPE_RAGGED, NETWORK, &classes, n_times[i]);
      check_gradient_norms (SHAPE_SKIP, NETWORK, &classes, n_times[i]);
      check_gradient_norms (SHAPE_RAGGED, NETWORK_PER_STEP, &classes_per_step, n_times[i]);
      check_gradient_norms (SHAPE_RAGGED, "gru(5, bidirectional, return_sequences) > lstm(4) > dense(3)", &classes, n_times[i]);
    }
}

/* A layer that sees every second step tells each of the record's steps of it. */
static void
test_gradient_norms_behind_strides (void)
{
  const guint32 rows[] = { 0, 1, 2, 3, 4 };
  Fixture fixture;
  double by_step[9] = { 0 }, before_end[9] = { 0 };
  guint64 by_step_count[9] = { 0 }, before_end_count[9] = { 0 };
  double *const by_step_of[] = { NULL, by_step, NULL }, *const before_end_of[] = { NULL, before_end, NULL };
  guint64 *const by_step_count_of[] = { NULL, by_step_count, NULL }, *const before_end_count_of[] = { NULL, before_end_count, NULL };
  double sum = 0.0;
  g_autofree anm_real *gradient = NULL;

  set_up (&fixture, SHAPE_RAGGED, "conv1d(4, kernel=3, padding=causal, strides=2) > gru(5) > dense(3)", &classes);
  gradient = g_new0 (anm_real, fixture.n_parameters);
  add_gradient (&fixture, rows, 5, 1.0, gradient);
  anm_workspace_add_gradient_norms (fixture.workspace, by_step_of, by_step_count_of, before_end_of, before_end_count_of);
  for (gsize t = 0; t < 9; t++)
    {
      guint n_long = 0;

      for (gsize n = 0; n < 5; n++)
        n_long += anm_sequences_get_length (fixture.sequences, n) > t;
      g_assert_cmpuint (by_step_count[t], ==, n_long);
      g_assert_cmpuint (before_end_count[t], ==, n_long);
      sum += by_step[t] - before_end[t];
    }
  /* Both sequences of seven steps go on at step 5, and no other does. */
  g_assert_cmpfloat (by_step[4], >, 0);
  g_assert_cmpfloat (by_step[4], ==, by_step[5]);
  g_assert_cmpfloat_with_epsilon (sum, 0, 1e-6);
  tear_down (&fixture);
}

static void
test_stop (void)
{
  Fixture fixture;
  int stop = 1;
  g_autofree anm_real *gradient = NULL;

  set_up (&fixture, SHAPE_RAGGED, NETWORK, &classes);
  gradient = g_new0 (anm_real, fixture.n_parameters);
  load_all (fixture.workspace, fixture.sequences);
  g_assert_false (anm_workspace_forward (fixture.workspace, fixture.packed, &stop));
  stop = 0;
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, &stop));
  stop = 1;
  g_assert_false (anm_workspace_backward (fixture.workspace, fixture.packed, 1.0, gradient, &stop));
  /* and it can be used again */
  stop = 0;
  load_all (fixture.workspace, fixture.sequences);
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, &stop));
  g_assert_true (anm_workspace_backward (fixture.workspace, fixture.packed, 1.0, gradient, &stop));
  tear_down (&fixture);
}

/* The layer where NaN or infinity first shows. */
static void
test_not_finite (void)
{
  const char *const names[] = { "gru_1.kernel", "lstm_1.recurrent_kernel", "dense_1.bias" };
  const anm_real values[] = { (anm_real) NAN, (anm_real) INFINITY };
  const AnmParameter *slices;
  guint n_slices;
  Fixture fixture;

  set_up (&fixture, SHAPE_FULL, NETWORK, &classes);
  slices = anm_network_get_parameters (fixture.network, &n_slices);
  load_all (fixture.workspace, fixture.sequences);
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
  g_assert_cmpint (anm_workspace_find_not_finite (fixture.workspace), ==, -1);
  for (guint s = 0; s < n_slices; s++)
    for (guint layer = 0; layer < 3; layer++)
      for (guint v = 0; v < 2; v++)
        {
          anm_real before = fixture.parameters[slices[s].offset];
          double loss, weight;

          /* Infinity in a gate is no more than a shut gate. */
          if (!g_str_equal (slices[s].name, names[layer]) || (v == 1 && layer < 2))
            continue;
          fixture.parameters[slices[s].offset] = values[v];
          anm_packed_fill (fixture.packed, fixture.parameters);
          g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
          g_assert_cmpint (anm_workspace_find_not_finite (fixture.workspace), ==, layer);
          loss = anm_workspace_get_loss (fixture.workspace, &weight);
          g_assert_false (isfinite (loss));
          fixture.parameters[slices[s].offset] = before;
        }
  tear_down (&fixture);
}

/* Denormals are flushed within, and the caller's mode comes back. */
static void
test_floating_mode (void)
{
  Fixture fixture;
  volatile float tiny = 1e-30f;

  set_up (&fixture, SHAPE_FULL, NETWORK, &classes);
  load_all (fixture.workspace, fixture.sequences);
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
  g_assert_cmpfloat ((double) (tiny * 1e-10f), >, 0);
  tear_down (&fixture);
}

#ifndef ANM_REAL_IS_DOUBLE

static gboolean
runs_in_valgrind (void)
{
  return strstr (g_getenv ("LD_PRELOAD") != NULL ? g_getenv ("LD_PRELOAD") : "", "vgpreload") != NULL;
}

/* A gradient that vanishes over 400 steps is zero or a normal number, never a slow one. */
static void
test_vanishing (void)
{
  const gsize length = 400;
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = anm_sequences_new (1, &length, 1, 0, &target);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("simple_rnn(8) > dense(1)", sequences, 3, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  const double *norms;
  AnmTrace trace;
  guint n_tiny = 0;

  if (runs_in_valgrind ())
    {
      g_test_skip ("valgrind doesn't flush to zero");
      return;
    }
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    parameters[i] /= 4;
  anm_probe_run (probe, parameters, sequences, 0, TRUE);
  norms = anm_probe_get_gradient_norms (probe, 0);
  g_assert_cmpfloat (norms[length - 1], >, 1e-3);
  g_assert_cmpfloat (norms[0], <, 1e-37);
  g_assert_true (anm_probe_get_trace (probe, 0, "dL/dh", &trace));
  for (gsize t = 0; t < length; t++)
    {
      double sum = 0.0;

      for (gsize i = t * 8; i < (t + 1) * 8; i++)
        {
          g_assert_cmpint (fpclassify (trace.values[i]), !=, FP_SUBNORMAL);
          sum += (double) trace.values[i] * (double) trace.values[i];
        }
      /* Down to the smallest: their squares are far below what single precision holds. */
      g_assert_cmpfloat (fabs (norms[t] - sqrt (sum)), <=, 1e-6 * sqrt (sum));
      n_tiny += norms[t] > 0.0 && norms[t] < 1e-25;
    }
  g_assert_cmpuint (n_tiny, >, 0);
}

#endif

static void
assert_loss (const char *text, const AnmTargetShape *target, AnmLossKind loss, AnmLossKind expected)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);
  g_autoptr (AnmNetwork) network = anm_network_new (spec, 3, NULL, NULL);
  g_autoptr (GError) error = NULL;
  AnmLossKind resolved;

  g_assert_true (anm_loss_resolve (loss, network, target, &resolved, &error));
  g_assert_no_error (error);
  g_assert_cmpint (resolved, ==, expected);
}

static void
assert_loss_refused (const char *text, const AnmTargetShape *target, AnmLossKind loss, const char *expected)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);
  g_autoptr (AnmNetwork) network = anm_network_new (spec, 3, NULL, NULL);
  g_autoptr (GError) error = NULL;
  AnmLossKind resolved;

  g_assert_false (anm_loss_resolve (loss, network, target, &resolved, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_resolve_loss (void)
{
  const AnmTargetShape none = { ANM_TARGET_NONE, 0, FALSE };
  const AnmTargetShape binary = { ANM_TARGET_BINARY, 1, FALSE };
  const AnmTargetShape labels = { ANM_TARGET_LABELS, 3, FALSE };
  const AnmTargetShape regression = { ANM_TARGET_REGRESSION, 2, FALSE };

  assert_loss ("lstm(4) > dense(1)", &binary, ANM_LOSS_AUTO, ANM_LOSS_BINARY_CROSS_ENTROPY);
  assert_loss ("lstm(4) > dense(1, activation=sigmoid)", &binary, ANM_LOSS_AUTO, ANM_LOSS_BINARY_CROSS_ENTROPY);
  assert_loss ("lstm(4) > dense(1, activation=sigmoid)", &binary, ANM_LOSS_MEAN_SQUARED_ERROR, ANM_LOSS_MEAN_SQUARED_ERROR);
  assert_loss ("lstm(4) > dense(3)", &classes, ANM_LOSS_AUTO, ANM_LOSS_CATEGORICAL_CROSS_ENTROPY);
  assert_loss ("lstm(4) > dense(3, activation=softmax)", &classes, ANM_LOSS_MEAN_SQUARED_ERROR, ANM_LOSS_MEAN_SQUARED_ERROR);
  assert_loss ("lstm(4) > dense(3)", &labels, ANM_LOSS_AUTO, ANM_LOSS_BINARY_CROSS_ENTROPY);
  assert_loss ("lstm(4) > dense(2)", &regression, ANM_LOSS_AUTO, ANM_LOSS_MEAN_SQUARED_ERROR);
  assert_loss_refused ("lstm(4) > dense(2)", &none, ANM_LOSS_AUTO,
                       "There is no target, so there is nothing to learn. Choose an outcome first.");
  assert_loss_refused ("lstm(4) > dense(2)", &regression, ANM_LOSS_BINARY_CROSS_ENTROPY,
                       "The loss binary_crossentropy doesn’t fit a numeric target; allowed are auto, mean_squared_error, mean_absolute_error, huber, log_cosh.");
  assert_loss_refused ("lstm(4) > dense(1)", &binary, ANM_LOSS_CATEGORICAL_CROSS_ENTROPY,
                       "The loss categorical_crossentropy doesn’t fit a yes-or-no target; allowed are auto, binary_crossentropy, binary_focal_crossentropy, mean_squared_error.");
  assert_loss_refused ("lstm(4) > dense(2)", &classes, ANM_LOSS_AUTO,
                       "The last layer, dense(2), has size 2, but a target of 3 classes needs size 3: write dense(3).");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/workspace/order", test_order);
  g_test_add_func ("/engine/workspace/sums", test_sums);
  g_test_add_func ("/engine/workspace/gradient-norms", test_gradient_norms);
  g_test_add_func ("/engine/workspace/gradient-norms-behind-strides", test_gradient_norms_behind_strides);
  g_test_add_func ("/engine/workspace/stop", test_stop);
  g_test_add_func ("/engine/workspace/not-finite", test_not_finite);
  g_test_add_func ("/engine/workspace/floating-mode", test_floating_mode);
#ifndef ANM_REAL_IS_DOUBLE
  g_test_add_func ("/engine/workspace/vanishing", test_vanishing);
#endif
  g_test_add_func ("/engine/workspace/resolve-loss", test_resolve_loss);
  return g_test_run ();
}
