/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How answers spread with dropout, against Keras with training=True
 * (tests/oracles/make_dropout_golden.py). The masks are others, so that shares
 * are compared: with so many answers on both sides, six standard errors apart
 * would be one seed in five hundred million.
 */
#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/dropout-passes-private.h"

#define N_PASSES 10000
#define SEED 3
#define ERRORS 6

static void
copy (JsonObject *root, const char *member, anm_real *to)
{
  JsonArray *array = json_object_get_array_member (root, member);

  for (guint i = 0; i < json_array_get_length (array); i++)
    to[i] = (anm_real) json_array_get_double_element (array, i);
}

static void
check_case (JsonObject *golden, JsonObject *one)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  const gsize n_steps = (gsize) json_object_get_int_member (golden, "n_steps");
  const guint n_inputs = (guint) json_object_get_int_member (golden, "n_inputs");
  const double theirs = (double) json_object_get_int_member (golden, "passes");
  const double deviation = json_object_get_double_member (one, "deviation");
  const double error = sqrt (1.0 / N_PASSES + 1.0 / theirs);
  JsonArray *shares = json_object_get_array_member (golden, "shares"), *quantiles = json_object_get_array_member (one, "quantiles");
  g_autoptr (AnmSequences) sequences = anm_sequences_new (1, &n_steps, n_inputs, 0, &target);
  g_autofree AnmColumn *columns = g_new (AnmColumn, n_inputs);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (json_object_get_string_member (one, "network"), NULL);
  g_autoptr (AnmNetwork) network = NULL;
  g_autoptr (AnmDropoutPasses) passes = NULL;
  g_autofree anm_real *parameters = NULL;
  const AnmDropoutRates none[8] = { { 0 } };
  AnmDropoutBand band;

  for (guint k = 0; k < n_inputs; k++)
    columns[k] = (AnmColumn){ ANM_COLUMN_VALUE, k };
  anm_sequences_set_columns (sequences, columns, n_inputs);
  copy (one, "inputs", sequences->values);
  sequences->targets[0] = 0;
  network = anm_network_new (spec, n_inputs, &target, NULL);
  g_assert_cmpuint (anm_network_get_n_parameters (network), ==, json_array_get_length (json_object_get_array_member (one, "parameters")));
  parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  copy (one, "parameters", parameters);

  passes = anm_dropout_passes_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_assert_true (anm_dropout_passes_run (passes, parameters, sequences, 0, FALSE, N_PASSES, SEED, NULL, &band));
  g_assert_cmpfloat_with_epsilon ((double) band.mean[0], json_object_get_double_member (one, "mean"), ERRORS * deviation * error);
  for (guint i = 0; i < json_array_get_length (shares); i++)
    {
      double share = json_array_get_double_element (shares, i), quantile = json_array_get_double_element (quantiles, i), below = 0;

      for (guint p = 0; p < N_PASSES; p++)
        below += (double) _anm_dropout_passes_get_answers (passes, p)[0] <= quantile;
      g_test_message ("%s: %g of theirs, %g of ours", json_object_get_string_member (one, "network"), share, below / N_PASSES);
      g_assert_cmpfloat_with_epsilon (below / N_PASSES, share, ERRORS * sqrt (share * (1 - share)) * error);
    }

  _anm_dropout_passes_set_rates (passes, none);
  g_assert_true (anm_dropout_passes_run (passes, parameters, sequences, 0, FALSE, 1, SEED, NULL, &band));
  g_assert_cmpfloat_with_epsilon ((double) band.mean[0], json_object_get_double_member (one, "without_dropout"), 2e-6);
}

static void
test_keras (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "golden-dropout.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *golden;
  JsonArray *cases;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  golden = json_node_get_object (json_parser_get_root (parser));
  cases = json_object_get_array_member (golden, "cases");
  g_assert_cmpuint (json_array_get_length (cases), >, 0);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (golden, json_array_get_object_element (cases, i));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dropout-golden/keras", test_keras);
  return g_test_run ();
}
