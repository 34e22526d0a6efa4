/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * States, gates, all gradients, Jacobians, spectra and products of Jacobians
 * against every file in tests/engine/golden-probe, which
 * tests/oracles/make_probe_golden.py made with PyTorch and NumPy.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/jacobian.h"
#include "engine/pool.h"
#include "engine/spectrum.h"

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-12
#define TRACE_TOLERANCE 1e-12
#else
/* The states from which the cell starts are floats, and so are the parameters. */
#define TOLERANCE 1e-5
#define TRACE_TOLERANCE 1e-5
#endif

typedef struct
{
  const char   *name;
  JsonParser   *parser;
  JsonObject   *root;
  guint         n_steps;
  guint         n_units;
  guint         size;
  AnmSequences *sequences;
  AnmNetwork   *network;
  anm_real     *parameters;
  AnmProbe     *probe;
} Golden;

static double
get (JsonArray *array, gsize index)
{
  return json_array_get_double_element (array, (guint) index);
}

static void
copy (JsonObject *root, const char *member, anm_real *to)
{
  JsonArray *array = json_object_get_array_member (root, member);

  for (guint i = 0; i < json_array_get_length (array); i++)
    to[i] = (anm_real) get (array, i);
}

static void
golden_load (Golden *self, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "golden-probe", file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = NULL;
  AnmTargetShape target = { ANM_TARGET_REGRESSION, 2, FALSE };
  g_autofree AnmColumn *columns = NULL;
  guint n_inputs;

  *self = (Golden){ .name = name, .parser = json_parser_new () };
  json_parser_load_from_file (self->parser, path, &error);
  g_assert_no_error (error);
  self->root = json_node_get_object (json_parser_get_root (self->parser));
  self->n_steps = (guint) json_object_get_int_member (self->root, "n_steps");
  self->n_units = (guint) json_object_get_int_member (self->root, "units");
  self->size = (guint) json_object_get_int_member (self->root, "size");
  n_inputs = (guint) json_object_get_int_member (self->root, "n_inputs");

  self->sequences = anm_sequences_new (1, &(gsize){ self->n_steps }, n_inputs, 0, &target);
  columns = g_new (AnmColumn, n_inputs);
  for (guint k = 0; k < n_inputs; k++)
    columns[k] = (AnmColumn){ ANM_COLUMN_VALUE, k };
  anm_sequences_set_columns (self->sequences, columns, n_inputs);
  copy (self->root, "inputs", self->sequences->values);
  copy (self->root, "target", self->sequences->targets);

  spec = anm_network_spec_parse (json_object_get_string_member (self->root, "network"), &error);
  g_assert_no_error (error);
  self->network = anm_network_new (spec, n_inputs, &target, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (anm_network_get_n_parameters (self->network), ==, json_array_get_length (json_object_get_array_member (self->root, "parameters")));
  self->parameters = g_new (anm_real, anm_network_get_n_parameters (self->network));
  copy (self->root, "parameters", self->parameters);
  self->probe = anm_probe_new (self->network, ANM_LOSS_MEAN_SQUARED_ERROR);
  anm_probe_run (self->probe, self->parameters, self->sequences, 0, TRUE);
}

static void
golden_clear (Golden *self)
{
  anm_probe_free (self->probe);
  anm_network_unref (self->network);
  anm_sequences_unref (self->sequences);
  g_free (self->parameters);
  g_object_unref (self->parser);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Golden, golden_clear)

static void
assert_near (const Golden *self, const char *what, const char *symbol, guint step, double expected, double found, double tolerance)
{
  if (!(fabs (expected - found) <= tolerance * (1.0 + fabs (expected))))
    g_error ("%s: %s of %s at step %u is %.15g instead of %.15g", self->name, what, symbol, step, found, expected);
}

/* Row @t of a member's table of a symbol, or NULL. */
static JsonArray *
find_row (const Golden *self, const char *member, const char *symbol, guint t)
{
  JsonObject *table = json_object_get_object_member (self->root, member);

  if (!json_object_has_member (table, symbol))
    return NULL;
  return json_array_get_array_element (json_object_get_array_member (table, symbol), t);
}

static void
test_traces (gconstpointer name)
{
  g_auto (Golden) self = { 0 };
  AnmLayerTraces traces;
  guint n_checked = 0;

  golden_load (&self, name);
  g_assert_cmpfloat_with_epsilon (anm_probe_get_loss (self.probe), json_object_get_double_member (self.root, "loss"), TRACE_TOLERANCE);
  g_assert_true (anm_probe_get_layer_traces (self.probe, 0, &traces));
  for (guint k = 0; k < traces.n_traces; k++)
    for (guint t = 0; t < self.n_steps; t++)
      {
        const AnmTrace *trace = &traces.traces[k];
        gboolean gradient = g_str_has_prefix (trace->symbol, "dL/d");
        JsonArray *row = gradient ? find_row (&self, "gradients", trace->symbol + strlen ("dL/d"), t) : find_row (&self, "values", trace->symbol, t);

        g_assert_true (row != NULL || g_str_equal (trace->symbol, "x"));
        for (guint j = 0; row != NULL && j < trace->n_units; j++, n_checked++)
          assert_near (&self, "the trace", trace->symbol, t, get (row, j), (double) trace->values[t * trace->n_units + j], TRACE_TOLERANCE);
      }
  g_assert_cmpuint (n_checked, >=, 2 * self.n_steps * self.n_units);
}

static void
test_cell (gconstpointer name)
{
  g_auto (Golden) self = { 0 };
  g_autoptr (AnmCell) cell = NULL;
  AnmLayerTraces traces;
  guint n_checked = 0;

  golden_load (&self, name);
  cell = anm_cell_new (self.network, 0, ANM_DIRECTION_FORWARDS, NULL);
  anm_cell_set_parameters (cell, self.parameters);
  g_assert_true (anm_probe_get_layer_traces (self.probe, 0, &traces));
  for (guint t = 0; t < self.n_steps; t++)
    for (guint j = 0; j < self.n_units; j++)
      {
        g_autoptr (AnmCellReading) reading = anm_cell_read (cell, &traces, t, j, NULL);

        for (guint e = 0; e < reading->n_equations; e++)
          {
            const AnmCellEquation *equation = &reading->equations[e];
            JsonArray *value = find_row (&self, "values", equation->symbol, t);
            JsonArray *gradient = find_row (&self, "gradients", equation->symbol, t);
            JsonArray *sum = find_row (&self, "sums", equation->symbol, t);
            JsonArray *sum_gradient = find_row (&self, "sum_gradients", equation->symbol, t);

            if (value == NULL)
              continue;
            assert_near (&self, "the value", equation->symbol, t, get (value, j), equation->value, TOLERANCE);
            assert_near (&self, "the gradient", equation->symbol, t, get (gradient, j), equation->gradient.value, TOLERANCE);
            n_checked += 2;
            if (sum == NULL)
              continue;
            assert_near (&self, "the sum", equation->symbol, t, get (sum, j), equation->sum, TOLERANCE);
            assert_near (&self, "the sum's gradient", equation->symbol, t, get (sum_gradient, j), equation->sum_gradient.value, TOLERANCE);
            n_checked += 2;
          }
      }
  g_assert_cmpuint (n_checked, >=, 4 * self.n_steps * self.n_units);
}

/* Each wanted eigenvalue has one near it: of equal modulus their order is anyone's. */
static void
assert_spectrum (const Golden *self, const char *what, guint step, JsonObject *wanted, guint n, const double *real, const double *imaginary)
{
  JsonArray *reals = json_object_get_array_member (wanted, "real"), *imaginaries = json_object_get_array_member (wanted, "imaginary");

  g_assert_cmpuint (json_array_get_length (reals), ==, n);
  for (guint i = 0; i < n; i++)
    {
      double nearest = HUGE_VAL;

      for (guint k = 0; k < n; k++)
        nearest = fmin (nearest, hypot (real[k] - get (reals, i), imaginary[k] - get (imaginaries, i)));
      /* Where two are near each other, both move with the root of a change of the matrix. */
      assert_near (self, what, "an eigenvalue", step, 0.0, nearest, sqrt (TOLERANCE));
      if (i == 0)
        assert_near (self, what, "the largest modulus", step, hypot (get (reals, 0), get (imaginaries, 0)), hypot (real[0], imaginary[0]), 10 * TOLERANCE);
    }
}

typedef struct
{
  const Golden *golden;
  AnmJacobian  *jacobian;
  guint         n_calls;
} Check;

static void
check_spectrum (const AnmSpectrum *spectrum, gpointer data)
{
  Check *check = data;
  JsonObject *wanted = json_array_get_object_element (json_object_get_array_member (check->golden->root, "jacobians"), spectrum->step);

  assert_near (check->golden, "the norm", "J", spectrum->step, json_object_get_double_member (wanted, "norm"), spectrum->largest_singular_value, TOLERANCE);
  if (spectrum->n_eigenvalues > 0)
    assert_spectrum (check->golden, "J", spectrum->step, wanted, spectrum->n_eigenvalues, spectrum->real, spectrum->imaginary);
  check->n_calls++;
}

static void
check_reach (const AnmReach *reach, gpointer data)
{
  Check *check = data;
  JsonObject *wanted = json_array_get_object_element (json_object_get_array_member (check->golden->root, "products"), check->n_calls++);
  JsonArray *matrix = json_object_get_array_member (wanted, "matrix");

  g_assert_cmpint (reach->lag, ==, json_object_get_int_member (wanted, "lag"));
  for (guint i = 0; i < check->golden->size * check->golden->size; i++)
    assert_near (check->golden, "the product", "J", reach->lag, get (matrix, i), reach->matrix[i] * exp (reach->log_scale), TOLERANCE);
  assert_near (check->golden, "the norm", "the product", reach->lag, json_object_get_double_member (wanted, "norm"), exp (reach->log_norm), TOLERANCE);
  assert_near (check->golden, "the norm", "the product of h", reach->lag, json_object_get_double_member (wanted, "hidden_norm"), exp (reach->log_hidden_norm), TOLERANCE);
}

static void
test_jacobians (gconstpointer name)
{
  g_auto (Golden) self = { 0 };
  g_autoptr (AnmJacobian) jacobian = NULL;
  g_autofree double *matrix = NULL;
  JsonArray *wanted;
  AnmLayerTraces traces;
  Check check = { &self };

  golden_load (&self, name);
  check.jacobian = jacobian = anm_jacobian_new (self.network, 0, ANM_DIRECTION_FORWARDS, NULL);
  g_assert_cmpuint (anm_jacobian_get_size (jacobian), ==, self.size);
  anm_jacobian_set_parameters (jacobian, self.parameters);
  g_assert_true (anm_probe_get_layer_traces (self.probe, 0, &traces));
  matrix = g_new (double, self.size * self.size);
  wanted = json_object_get_array_member (self.root, "jacobians");
  for (guint t = 0; t < self.n_steps; t++)
    {
      JsonArray *row = json_object_get_array_member (json_array_get_object_element (wanted, t), "matrix");

      g_assert_true (anm_jacobian_compute (jacobian, &traces, t, matrix, NULL, NULL));
      for (guint i = 0; i < self.size * self.size; i++)
        assert_near (&self, "an element", "J", t, get (row, i), matrix[i], TOLERANCE);
    }
  g_assert_true (anm_jacobian_spectra (jacobian, &traces, 0, self.n_steps, TRUE, check_spectrum, &check, NULL, NULL));
  g_assert_cmpuint (check.n_calls, ==, 2 * self.n_steps);
  check.n_calls = 0;
  g_assert_true (anm_jacobian_reach (jacobian, &traces, self.n_steps - 1, G_MAXUINT, check_reach, &check, NULL, NULL));
  g_assert_cmpuint (check.n_calls, ==, self.n_steps - 1);
}

static void
test_recurrent_matrices (gconstpointer name)
{
  g_auto (Golden) self = { 0 };
  g_autoptr (AnmCell) cell = NULL;
  g_autofree double *matrix = NULL, *real = NULL, *imaginary = NULL;
  JsonObject *wanted;
  const char *const *gates;

  golden_load (&self, name);
  cell = anm_cell_new (self.network, 0, ANM_DIRECTION_FORWARDS, NULL);
  anm_cell_set_parameters (cell, self.parameters);
  gates = anm_cell_get_recurrent_gates (cell);
  wanted = json_object_get_object_member (self.root, "recurrent");
  g_assert_cmpuint (g_strv_length ((char **) gates), ==, json_object_get_size (wanted));
  matrix = g_new (double, self.n_units * self.n_units);
  real = g_new (double, self.n_units);
  imaginary = g_new (double, self.n_units);
  for (guint k = 0; gates[k] != NULL; k++)
    {
      g_assert_true (anm_cell_get_recurrent_matrix (cell, gates[k], matrix));
      g_assert_true (anm_eigenvalues (self.n_units, matrix, real, imaginary, NULL, NULL));
      assert_spectrum (&self, gates[k], 0, json_object_get_object_member (wanted, gates[k]), self.n_units, real, imaginary);
    }
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "gru", "gru-reset-before", "lstm", "simple-rnn", "simple-rnn-relu" };
  static const struct
  {
    const char      *name;
    GTestDataFunc    func;
  } tests[] = {
    { "traces", test_traces },
    { "cell", test_cell },
    { "jacobians", test_jacobians },
    { "recurrent-matrices", test_recurrent_matrices },
  };

  g_test_init (&argc, &argv, NULL);
  anm_pool_enter_computing_thread ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (tests); k++)
      {
        g_autofree char *path = g_strdup_printf ("/probe-golden/%s/%s", names[i], tests[k].name);

        g_test_add_data_func (path, names[i], tests[k].func);
      }
  return g_test_run ();
}
