/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jacobians of the state, their spectra and their products against nudges of
 * the naive twin. Built and run in both precisions.
 */
#include "cases.h"
#include "naive.h"

#include "engine/jacobian.h"
#include "engine/pool.h"
#include "engine/spectrum.h"

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-7
#else
#define TOLERANCE 1e-5
#endif

static const char *const networks[] = {
  "simple_rnn(5) > dense(1)",
  "simple_rnn(6, activation=relu) > dense(1)",
  "lstm(4) > dense(1)",
  "gru(5) > dense(1)",
  "gru(5, reset_after=false) > dense(1)",
  "gru(3, return_sequences) > lstm(3, return_sequences) > simple_rnn(4, activation=sigmoid) > dense(1)",
  "lstm(1) > dense(1)",
  "lstm(3, bidirectional) > dense(1)",
  "gru_d(4) > dense(1)",
  "simple_rnn(5, layer_norm) > dense(1)",
  "lstm(4, layer_norm) > dense(1)",
  "gru(4, layer_norm) > dense(1)",
  "gru(4, layer_norm, reset_after=false, bidirectional) > dense(1)",
  "gru_d(3, bidirectional) > dense(1)",
};

typedef struct
{
  AnmNetwork   *network;
  anm_real     *parameters;
  AnmSequences *sequences;
  AnmProbe     *probe;
  guint         sequence;
  guint         layer;
  guint         n_units;
  gboolean      has_cell;
  gboolean      both_ways;
  gboolean      backwards;
} Case;

typedef void (*CaseFunc) (const Case *self, AnmJacobian *jacobian, const AnmLayerTraces *traces);

static void
for_each_layer (CaseFunc func)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  const CaseShape shapes[] = { SHAPE_RAGGED, SHAPE_SKIP };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (networks); i++)
    {
      g_autoptr (AnmSequences) sequences = make_batch (shapes[i % 2], &target, 500 + i);
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (networks[i / 2], sequences, 600 + i, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
      Case self = { network, parameters, sequences, probe };

      for (self.sequence = 0; self.sequence < sequences->n_sequences; self.sequence++)
        {
          anm_probe_run (probe, parameters, sequences, self.sequence, FALSE);
          for (self.layer = 0; self.layer + 1 < anm_network_get_n_layers (network); self.layer++)
            {
              AnmTrace trace;

              self.both_ways = anm_probe_get_trace (probe, self.layer, "→h", &trace);
              g_assert_true (self.both_ways || anm_probe_get_trace (probe, self.layer, "h", &trace));
              self.n_units = trace.n_units;
              for (self.backwards = FALSE; self.backwards <= self.both_ways; self.backwards++)
                {
                  g_autoptr (AnmJacobian) jacobian = anm_jacobian_new (network, self.layer, (AnmDirection) self.backwards, NULL);
                  AnmLayerTraces traces;

                  self.has_cell = anm_jacobian_get_size (jacobian) > self.n_units;
                  anm_jacobian_set_parameters (jacobian, parameters);
                  g_assert_true (anm_probe_get_layer_traces (probe, self.layer, &traces));
                  func (&self, jacobian, &traces);
                }
            }
        }
    }
}

/* The layer's twin, or that of the half that is looked into. */
static const NaiveLayer *
get_naive (const Case *self, const NaiveRun *run)
{
  const NaiveLayer *layer = &run->layers[self->layer];

  return self->both_ways ? &layer->halves[self->backwards] : layer;
}

/* Adds what a nudge by @amount does to s_@to, times @share, to a column of [size][size]. */
static void
add_nudged (const Case *self, guint from, guint to, gsize column, double amount, double share, double *matrix)
{
  gsize n = self->n_units, size = self->has_cell ? 2 * n : n;
  const NaiveNudge nudge = { self->layer, from, (guint) (column % n), column >= n, amount, self->backwards };
  g_autoptr (NaiveRun) run = naive_run (self->network, self->parameters, ANM_LOSS_MEAN_SQUARED_ERROR, self->sequences, self->sequence, &nudge);

  for (gsize row = 0; row < size; row++)
    matrix[row * size + column] += share * (row < n ? get_naive (self, run)->h : get_naive (self, run)->c)[to * n + row % n];
}

/* ∂s_@to / ∂s_@from by nudging the state's unit at @from, to fourth order: [size][size] */
static double *
nudge_naive (const Case *self, guint from, guint to)
{
  gsize n = self->n_units, size = self->has_cell ? 2 * n : n;
  double *matrix = g_new0 (double, size * size);
  const double step = 1e-4;

  for (gsize column = 0; column < size; column++)
    {
      add_nudged (self, from, to, column, step, 8 / (12 * step), matrix);
      add_nudged (self, from, to, column, -step, -8 / (12 * step), matrix);
      add_nudged (self, from, to, column, 2 * step, -1 / (12 * step), matrix);
      add_nudged (self, from, to, column, -2 * step, 1 / (12 * step), matrix);
    }
  return matrix;
}

/* A nudge of c also moves the h that is made from it: that part, (∂s_to/∂h_from) (∂h_from/∂c_from), is taken off again. */
static void
take_off_hidden (const Case *self, guint from, double *matrix)
{
  gsize n = self->n_units, size = 2 * n;
  g_autofree double *at_once = NULL;

  if (!self->has_cell)
    return;
  at_once = nudge_naive (self, from, from);
  for (gsize row = 0; row < size; row++)
    for (gsize k = 0; k < n; k++)
      for (gsize j = 0; j < n; j++)
        matrix[row * size + n + k] -= matrix[row * size + j] * at_once[j * size + n + k];
}

static void
assert_matrices (const Case *self, const char *what, gsize n, const double *expected, const double *found, double scale)
{
  for (gsize i = 0; i < n; i++)
    if (!(fabs (expected[i] - scale * found[i]) <= TOLERANCE))
      g_error ("%s, sequence %u, layer %u: %s: element %zu is %.9g instead of %.9g", anm_network_spec_to_text (anm_network_get_spec (self->network)),
               self->sequence, self->layer + 1, what, i, scale * found[i], expected[i]);
}

static void
check_jacobian (const Case *self, AnmJacobian *jacobian, const AnmLayerTraces *traces)
{
  guint size = anm_jacobian_get_size (jacobian);
  g_autofree double *matrix = g_new (double, size * size);

  for (guint t = 1; t < traces->n_steps; t++)
    {
      guint from = self->backwards ? t : t - 1, to = self->backwards ? t - 1 : t;
      g_autofree double *wanted = nudge_naive (self, from, to);

      take_off_hidden (self, from, wanted);
      g_assert_true (anm_jacobian_compute (jacobian, traces, to, matrix, NULL, NULL));
      assert_matrices (self, "J", size * size, wanted, matrix, 1.0);
    }
}

static void
test_jacobian (void)
{
  for_each_layer (check_jacobian);
}

typedef struct
{
  const Case *self;
  guint       size;
  guint       last;
  guint       n_calls;
} Reach;

static void
check_reach (const AnmReach *reach, gpointer data)
{
  Reach *wanted = data;
  const Case *self = wanted->self;
  gsize n = self->n_units, size = wanted->size;
  g_autofree double *matrix = nudge_naive (self, reach->step, wanted->last);
  g_autofree double *hidden = g_new (double, n * n);

  wanted->n_calls++;
  g_assert_cmpuint (reach->lag, ==, wanted->n_calls);
  g_assert_cmpuint (reach->step, ==, self->backwards ? wanted->last + reach->lag : wanted->last - reach->lag);
  take_off_hidden (self, reach->step, matrix);
  assert_matrices (self, "the product", size * size, matrix, reach->matrix, exp (reach->log_scale));
  for (gsize i = 0; i < n; i++)
    memcpy (hidden + i * n, matrix + i * size, n * sizeof (double));
  g_assert_cmpfloat_with_epsilon (exp (reach->log_norm), anm_largest_singular_value (size, size, matrix, NULL), 10 * TOLERANCE);
  g_assert_cmpfloat_with_epsilon (exp (reach->log_hidden_norm), anm_largest_singular_value (n, n, hidden, NULL), 10 * TOLERANCE);
}

static void
check_reaches (const Case *self, AnmJacobian *jacobian, const AnmLayerTraces *traces)
{
  guint most = traces->n_steps - 1;
  Reach wanted = { self, anm_jacobian_get_size (jacobian), self->backwards ? 0 : most };

  g_assert_true (anm_jacobian_reach (jacobian, traces, wanted.last, G_MAXUINT, check_reach, &wanted, NULL, NULL));
  g_assert_cmpuint (wanted.n_calls, ==, most);
  wanted = (Reach){ self, wanted.size, most / 2 };
  g_assert_true (anm_jacobian_reach (jacobian, traces, wanted.last, 1, check_reach, &wanted, NULL, NULL));
  g_assert_cmpuint (wanted.n_calls, ==, MIN (self->backwards ? most - wanted.last : wanted.last, 1));
}

static void
test_reach (void)
{
  for_each_layer (check_reaches);
}

typedef struct
{
  AnmJacobian          *jacobian;
  const AnmLayerTraces *traces;
  guint                 n_calls;
} Spectra;

/* Sum and sum of squares of the eigenvalues are the traces of J and of its square. */
static void
check_spectrum (const AnmSpectrum *spectrum, gpointer data)
{
  Spectra *self = data;
  gsize n = anm_jacobian_get_size (self->jacobian);
  g_autofree double *matrix = g_new (double, n * n);
  double trace = 0.0, square = 0.0, squares = 0.0, sum = 0.0, square_sum = 0.0;

  g_assert_cmpuint (spectrum->step, ==, self->n_calls++ / 2);
  g_assert_true (anm_jacobian_compute (self->jacobian, self->traces, spectrum->step, matrix, NULL, NULL));
  for (gsize i = 0; i < n; i++)
    {
      trace += matrix[i * n + i];
      for (gsize j = 0; j < n; j++)
        {
          square += matrix[i * n + j] * matrix[j * n + i];
          squares += matrix[i * n + j] * matrix[i * n + j];
        }
    }
  g_assert_cmpfloat_with_epsilon (spectrum->frobenius_norm, sqrt (squares), 1e-12 * (1 + squares));
  g_assert_cmpfloat_with_epsilon (spectrum->largest_singular_value, anm_largest_singular_value (n, n, matrix, NULL), 1e-12);
  g_assert_cmpfloat (spectrum->largest_singular_value, <=, spectrum->frobenius_norm * (1 + 1e-12));
  if (self->n_calls % 2 == 1)
    {
      g_assert_true (isnan (spectrum->spectral_radius) && spectrum->n_eigenvalues == 0);
      return;
    }
  g_assert_cmpuint (spectrum->n_eigenvalues, ==, n);
  for (gsize i = 0; i < n; i++)
    {
      sum += spectrum->real[i];
      square_sum += spectrum->real[i] * spectrum->real[i] - spectrum->imaginary[i] * spectrum->imaginary[i];
    }
  g_assert_cmpfloat_with_epsilon (sum, trace, 1e-12 * (1 + fabs (trace)));
  g_assert_cmpfloat_with_epsilon (square_sum, square, 1e-11 * (1 + fabs (square)));
  g_assert_cmpfloat_with_epsilon (spectrum->spectral_radius, hypot (spectrum->real[0], spectrum->imaginary[0]), 1e-15);
  g_assert_cmpfloat (spectrum->spectral_radius, <=, spectrum->largest_singular_value * (1 + 1e-12));
}

static void
check_spectra (const Case *self, AnmJacobian *jacobian, const AnmLayerTraces *traces)
{
  Spectra spectra = { jacobian, traces };

  g_assert_true (anm_jacobian_spectra (jacobian, traces, 0, traces->n_steps, TRUE, check_spectrum, &spectra, NULL, NULL));
  g_assert_cmpuint (spectra.n_calls, ==, 2 * traces->n_steps);
}

static void
test_spectra (void)
{
  for_each_layer (check_spectra);
}

static void
count_call (const AnmReach *reach, gpointer data)
{
  ++*(guint *) data;
}

static void
count_spectrum (const AnmSpectrum *spectrum, gpointer data)
{
  ++*(guint *) data;
}

/* A product that no number can hold: 600 steps with a slope of 1e-4 or 1e4. */
static void
keep_log_norm (const AnmReach *reach, gpointer data)
{
  *(double *) data = reach->log_norm;
}

static void
test_range (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) columns = make_batch (SHAPE_FULL, &target, 1);
  g_autoptr (AnmSequences) sequences = anm_sequences_new (1, &(gsize){ 600 }, 4, 0, NULL);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("simple_rnn(1, activation=relu) > dense(1)", columns, 1, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_autoptr (AnmJacobian) jacobian = anm_jacobian_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
  const double slopes[] = { 1e-4, 0.0 };

  memset (parameters, 0, anm_network_get_n_parameters (network) * sizeof *parameters);
  parameters[5] = 1; /* the bias keeps the relu open */
  for (gsize i = 0; i < G_N_ELEMENTS (slopes); i++)
    {
      AnmLayerTraces traces;
      double log_norm = NAN;

      parameters[4] = (anm_real) slopes[i];
      anm_probe_run (probe, parameters, sequences, 0, FALSE);
      g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
      anm_jacobian_set_parameters (jacobian, parameters);
      g_assert_true (anm_jacobian_reach (jacobian, &traces, 599, G_MAXUINT, keep_log_norm, &log_norm, NULL, NULL));
      if (slopes[i] > 0)
        g_assert_cmpfloat_with_epsilon (log_norm, 599 * log ((double) parameters[4]), 1e-6);
      else
        g_assert_true (isinf (log_norm) && log_norm < 0);
    }
}

static void
test_refused (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("gru(3) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmNetworkSpec) large_spec = anm_network_spec_parse ("lstm(3000) > dense(1)", NULL);
  g_autoptr (AnmNetwork) large = anm_network_new (large_spec, 1, NULL, NULL);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_autoptr (AnmJacobian) jacobian = anm_jacobian_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
  g_autofree double *matrix = g_new (double, 9);
  g_autoptr (GError) error = NULL;
  AnmLayerTraces traces;
  int stop = 1;
  guint n_calls = 0;

  g_assert_null (anm_jacobian_new (network, 1, ANM_DIRECTION_FORWARDS, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_null (anm_jacobian_new (large, 0, ANM_DIRECTION_FORWARDS, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "GB"));
  g_clear_error (&error);

  anm_probe_run (probe, parameters, sequences, 0, FALSE);
  g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
  anm_jacobian_set_parameters (jacobian, parameters);
  g_assert_false (anm_jacobian_compute (jacobian, &traces, 6, matrix, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  g_clear_error (&error);
  g_assert_false (anm_jacobian_reach (jacobian, &traces, 6, 1, count_call, &n_calls, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  g_clear_error (&error);

  g_assert_false (anm_jacobian_compute (jacobian, &traces, 1, matrix, &stop, &error));
  g_assert_false (anm_jacobian_reach (jacobian, &traces, 5, 5, count_call, &n_calls, &stop, &error));
  g_assert_false (anm_jacobian_spectra (jacobian, &traces, 0, 6, TRUE, count_spectrum, &n_calls, &stop, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_calls, ==, 0);

  for (gsize k = 0; k < anm_network_get_n_parameters (network); k++)
    parameters[k] = (anm_real) NAN;
  anm_probe_run (probe, parameters, sequences, 0, FALSE);
  g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
  g_assert_false (anm_jacobian_reach (jacobian, &traces, 5, 5, count_call, &n_calls, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE);
  g_clear_error (&error);
  g_assert_false (anm_jacobian_spectra (jacobian, &traces, 0, 6, TRUE, count_spectrum, &n_calls, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE);
}

/* U of a gate: the columns of the recurrent kernel that are the gate's. */
static void
test_recurrent_matrix (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 1);
  const struct
  {
    const char *text;
    guint       n_units;
    const char *gates;
  } cases[] = {
    { "simple_rnn(3) > dense(1)", 3, "h" },
    { "lstm(4) > dense(1)", 4, "i f g o" },
    { "gru(3) > dense(1)", 3, "z r h~" },
    { "gru(3, reset_after=false) > dense(1)", 3, "z r h~" },
    { "gru_d(3) > dense(1)", 3, "z r h~" },
    { "simple_rnn(3, layer_norm) > dense(1)", 3, "h" },
    { "lstm(4, layer_norm) > dense(1)", 4, "i f g o" },
    { "gru(3, layer_norm) > dense(1)", 3, "z r h~" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (cases[i].text, sequences, 1, &parameters);
      g_autoptr (AnmCell) cell = anm_cell_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
      const char *const *gates = anm_cell_get_recurrent_gates (cell);
      g_autofree char *joined = g_strjoinv (" ", (char **) gates);
      guint n = cases[i].n_units, n_gates = g_strv_length ((char **) gates);
      g_autofree double *matrix = g_new (double, n * n);

      g_assert_cmpstr (joined, ==, cases[i].gates);
      anm_cell_set_parameters (cell, parameters);
      for (guint gate = 0; gate < n_gates; gate++)
        {
          g_assert_true (anm_cell_get_recurrent_matrix (cell, gates[gate], matrix));
          for (guint row = 0; row < n; row++)
            for (guint column = 0; column < n; column++)
              g_assert_cmpfloat (matrix[row * n + column], ==,
                                 (double) naive_find (network, parameters, 0, "recurrent_kernel")[(row * n_gates + gate) * n + column]);
        }
      g_assert_false (anm_cell_get_recurrent_matrix (cell, "x", matrix));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  anm_pool_enter_computing_thread ();
  g_test_add_func ("/engine/jacobian/jacobian", test_jacobian);
  g_test_add_func ("/engine/jacobian/reach", test_reach);
  g_test_add_func ("/engine/jacobian/spectra", test_spectra);
  g_test_add_func ("/engine/jacobian/range", test_range);
  g_test_add_func ("/engine/jacobian/recurrent-matrix", test_recurrent_matrix);
  g_test_add_func ("/engine/jacobian/refused", test_refused);
  return g_test_run ();
}
