/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees of clusters, principal components and histograms: against SciPy and
 * NumPy (tests/engine/golden-probe/statistics.json, made by
 * tests/oracles/make_probe_golden.py), and what is odd.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "cases.h"
#include "naive.h"

#include "engine/dendrogram.h"
#include "engine/histogram.h"
#include "engine/principal-components.h"

static JsonParser *golden;

static JsonObject *
get_root (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "golden-probe", "statistics.json", NULL);
  g_autoptr (GError) error = NULL;

  if (golden == NULL)
    {
      golden = json_parser_new ();
      json_parser_load_from_file (golden, path, &error);
      g_assert_no_error (error);
    }
  return json_node_get_object (json_parser_get_root (golden));
}

static double
get (const char *member, guint index)
{
  return json_array_get_double_element (json_object_get_array_member (get_root (), member), index);
}

static anm_real *
read_walks (guint *n_units, guint *n_steps)
{
  guint n = json_array_get_length (json_object_get_array_member (get_root (), "values"));
  anm_real *values = g_new (anm_real, n);

  *n_units = (guint) json_object_get_int_member (get_root (), "n_units");
  *n_steps = n / *n_units;
  for (guint i = 0; i < n; i++)
    values[i] = (anm_real) get ("values", i);
  return values;
}

/* Trees */

/* Which leaves a cluster has; their places in the order must be side by side. */
static guint
mark (const AnmDendrogram *tree, guint cluster, gboolean *marked)
{
  if (cluster < tree->n)
    {
      g_assert_false (marked[cluster]);
      marked[cluster] = TRUE;
      return 1;
    }
  return mark (tree, tree->merges[cluster - tree->n].first, marked) + mark (tree, tree->merges[cluster - tree->n].second, marked);
}

static void
check_tree (const AnmDendrogram *tree)
{
  for (guint k = 0; k + 1 < tree->n; k++)
    {
      g_autofree gboolean *marked = g_new0 (gboolean, tree->n);
      g_autofree gboolean *of_first = g_new0 (gboolean, tree->n);
      guint size = mark (tree, tree->n + k, marked), first = tree->n, n_first = mark (tree, tree->merges[k].first, of_first);

      g_assert_cmpuint (tree->merges[k].first, <, tree->n + k);
      g_assert_cmpuint (tree->merges[k].second, <, tree->n + k);
      g_assert_cmpuint (tree->merges[k].size, ==, size);
      if (k > 0)
        g_assert_cmpfloat (tree->merges[k].height, >=, tree->merges[k - 1].height);
      for (guint i = tree->n; i-- > 0;)
        if (marked[tree->order[i]])
          first = i;
      for (guint i = 0; i < size; i++)
        {
          g_assert_true (marked[tree->order[first + i]]);
          g_assert_cmpint (of_first[tree->order[first + i]], ==, i < n_first);
        }
    }
}

static void
test_tree (void)
{
  const char *const members[] = { "euclidean", "correlation" };
  guint n_units, n_steps;
  g_autofree anm_real *values = read_walks (&n_units, &n_steps);

  for (guint m = 0; m < 2; m++)
    {
      g_autoptr (AnmDendrogram) tree = anm_dendrogram_new (values, n_steps, n_units, m == 0 ? ANM_DISTANCE_EUCLIDEAN : ANM_DISTANCE_CORRELATION);

      check_tree (tree);
      for (guint k = 0; k + 1 < n_units; k++)
        {
          JsonArray *wanted = json_array_get_array_element (json_object_get_array_member (get_root (), members[m]), k);

          g_assert_cmpfloat_with_epsilon (tree->merges[k].height, json_array_get_double_element (wanted, 0), 1e-12 * (1 + tree->merges[k].height));
          g_assert_cmpint (tree->merges[k].size, ==, (gint64) json_array_get_double_element (wanted, 1));
        }
    }
}

/* Many units with ties: the same as joining the nearest two again and again. */
static void
test_naive_tree (void)
{
  const guint n = 60, n_steps = 12;
  g_autofree anm_real *values = g_new (anm_real, n * n_steps);
  g_autofree guint *cluster = g_new (guint, n);
  g_autoptr (AnmDendrogram) tree = NULL;

  for (guint i = 0; i < n * n_steps; i++)
    values[i] = (float) anm_random_normal (4, 1, i);
  tree = anm_dendrogram_new (values, n_steps, n, ANM_DISTANCE_EUCLIDEAN);
  check_tree (tree);
  for (guint i = 0; i < n; i++)
    cluster[i] = i;
  for (guint k = 0; k + 1 < n; k++)
    {
      double nearest = HUGE_VAL;
      guint best_a = 0, best_b = 0;

      for (guint a = 0; a < n; a++)
        for (guint b = a + 1; b < n; b++)
          {
            double sum = 0.0;
            guint count = 0;

            if (cluster[a] != a || cluster[b] != b)
              continue;
            for (guint i = 0; i < n; i++)
              for (guint j = 0; j < n; j++)
                if (cluster[i] == a && cluster[j] == b)
                  {
                    double squares = 0.0;

                    for (guint t = 0; t < n_steps; t++)
                      squares += pow ((double) values[t * n + i] - (double) values[t * n + j], 2);
                    sum += sqrt (squares);
                    count++;
                  }
            if (sum / count < nearest)
              {
                nearest = sum / count;
                best_a = a;
                best_b = b;
              }
          }
      g_assert_cmpfloat_with_epsilon (tree->merges[k].height, nearest, 1e-9);
      for (guint i = 0; i < n; i++)
        if (cluster[i] == best_b)
          cluster[i] = best_a;
    }
}

/* Units on a line come out in the order of the line: every branch is turned the right way. */
static void
test_order (void)
{
  const anm_real places[] = { 7, 0, (anm_real) 3.5, 20, 1, (anm_real) 7.5, 30, 3 };
  g_autoptr (AnmDendrogram) tree = anm_dendrogram_new (places, 1, G_N_ELEMENTS (places), ANM_DISTANCE_EUCLIDEAN);
  gboolean rises = places[tree->order[0]] < places[tree->order[1]];

  for (guint i = 1; i < G_N_ELEMENTS (places); i++)
    g_assert_cmpint (places[tree->order[i - 1]] < places[tree->order[i]], ==, rises);
}

static void
test_odd_trees (void)
{
  const anm_real constant[] = { 1, 3, 1, 2, 3, 1, 4, 3, 2 }, bad[] = { 1, (anm_real) NAN, 2, 3, 4, (anm_real) INFINITY }, one[] = { 5, 6 };
  g_autoptr (AnmDendrogram) of_none = anm_dendrogram_new (NULL, 0, 0, ANM_DISTANCE_CORRELATION);
  g_autoptr (AnmDendrogram) of_one = anm_dendrogram_new (one, 2, 1, ANM_DISTANCE_CORRELATION);
  g_autoptr (AnmDendrogram) of_constant = anm_dendrogram_new (constant, 3, 3, ANM_DISTANCE_CORRELATION);
  g_autoptr (AnmDendrogram) of_bad = anm_dendrogram_new (bad, 2, 3, ANM_DISTANCE_EUCLIDEAN);
  g_autoptr (AnmDendrogram) without_steps = anm_dendrogram_new (one, 0, 2, ANM_DISTANCE_CORRELATION);

  g_assert_cmpuint (of_none->n, ==, 0);
  g_assert_cmpuint (of_one->order[0], ==, 0);
  check_tree (of_constant);
  g_assert_cmpfloat_with_epsilon (of_constant->merges[0].height, 1 - 15 / sqrt (252), 1e-12);
  g_assert_cmpfloat (of_constant->merges[1].height, ==, 1.0);
  check_tree (of_bad);
  check_tree (without_steps);
  g_assert_cmpfloat (without_steps->merges[0].height, ==, 0.0);
}

/* Principal components */

static AnmSequences *
make_sequences (guint n_sequences, guint8 skipped)
{
  guint n_units, n_steps;
  g_autofree anm_real *values = read_walks (&n_units, &n_steps);
  g_autofree gsize *lengths = g_new (gsize, n_sequences + 1);
  AnmSequences *sequences;

  for (guint i = 0; i < n_sequences; i++)
    lengths[i] = n_steps / n_sequences;
  lengths[n_sequences] = 3;
  sequences = anm_sequences_new (n_sequences + skipped, lengths, n_units, 0, NULL);
  memcpy (sequences->values, values, n_steps * n_units * sizeof *values);
  if (skipped)
    {
      sequences->skip = g_new0 (guint8, n_steps + 3);
      for (guint t = 0; t < 3; t++)
        {
          sequences->skip[n_steps + t] = 1;
          for (guint j = 0; j < n_units; j++)
            sequences->values[(n_steps + t) * n_units + j] = 100;
        }
    }
  return sequences;
}

static void
test_components (void)
{
  for (guint8 skipped = 0; skipped < 2; skipped++)
    {
      g_autoptr (AnmSequences) sequences = make_sequences (4, skipped);
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network ("gru(3) > dense(1)", sequences, 1, &parameters);
      g_autoptr (AnmPool) pool = anm_pool_new (2);
      g_autoptr (AnmPrincipalComponents) found = anm_principal_components_new (network, parameters, sequences, 0, "x", 9, NULL, pool, NULL, NULL);
      g_autofree double *places = g_new (double, 40 * 7);
      double variance = 0.0;

      g_assert_cmpuint (found->n_components, ==, 7);
      g_assert_cmpuint (found->n_steps, ==, 40);
      g_assert_cmpfloat_with_epsilon (found->total_variance, json_object_get_double_member (get_root (), "total_variance"), 1e-11);
      for (guint k = 0; k < 7; k++)
        {
          g_assert_cmpfloat_with_epsilon (found->mean[k], get ("mean", k), 1e-12);
          g_assert_cmpfloat_with_epsilon (found->variances[k], get ("variances", k), 1e-11);
          for (guint j = 0; j < 7; j++)
            g_assert_cmpfloat_with_epsilon (found->components[k * 7 + j], get ("components", k * 7 + j), 1e-9);
        }
      anm_principal_components_project (found, sequences->values, 40, places);
      for (guint t = 0; t < 40; t++)
        variance += places[t * 7 + 1] * places[t * 7 + 1] / 40;
      g_assert_cmpfloat_with_epsilon (variance, found->variances[1], 1e-11);
    }
}

/* Hidden states of many sequences; a reference decides the signs; threads don't show. */
static void
test_hidden_components (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_SKIP, &target, 3);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(5) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmPool) wide_pool = anm_pool_new (7);
  g_autoptr (AnmPrincipalComponents) found = anm_principal_components_new (network, parameters, sequences, 0, "h", 2, NULL, pool, NULL, NULL);
  g_autoptr (AnmPrincipalComponents) same = anm_principal_components_new (network, parameters, sequences, 0, "h", 2, NULL, wide_pool, NULL, NULL);
  g_autoptr (AnmPrincipalComponents) turned = NULL;
  double mean = 0.0;
  guint n = 0;

  g_assert_cmpuint (found->n_components, ==, 2);
  g_assert_cmpmem (found->components, 10 * sizeof (double), same->components, 10 * sizeof (double));
  for (gsize s = 0; s < sequences->n_sequences; s++)
    {
      g_autoptr (NaiveRun) run = naive_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, s, NULL);

      for (guint t = 0; t < run->layers[0].n_steps; t++)
        if (!sequences->skip[sequences->offsets[s] + t])
          {
            mean += run->layers[0].h[t * 5 + 3];
            n++;
          }
    }
  g_assert_cmpuint (found->n_steps, ==, n);
  g_assert_cmpfloat_with_epsilon (found->mean[3], mean / n, 1e-5);

  for (guint i = 0; i < 10; i++)
    same->components[i] = -same->components[i];
  turned = anm_principal_components_new (network, parameters, sequences, 0, "h", 2, same, pool, NULL, NULL);
  g_assert_cmpmem (turned->components, 10 * sizeof (double), same->components, 10 * sizeof (double));
}

static void
test_no_components (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 3);
  g_autoptr (AnmSequences) empty = anm_sequences_new (0, NULL, 4, 0, NULL);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(5) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmNetworkSpec) large_spec = anm_network_spec_parse ("simple_rnn(4000) > dense(1)", NULL);
  g_autoptr (AnmNetwork) large = anm_network_new (large_spec, 4, NULL, NULL);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmHistogram) histogram = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 4, 0, 1, 0);
  g_autoptr (GError) error = NULL;
  int stop = 1;

  g_assert_null (anm_principal_components_new (network, parameters, sequences, 0, "z", 2, NULL, pool, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_null (anm_principal_components_new (network, parameters, sequences, 0, "dL/dh", 2, NULL, pool, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_null (anm_principal_components_new (large, NULL, sequences, 0, "h", 2, NULL, pool, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_null (anm_principal_components_new (network, parameters, empty, 0, "h", 2, NULL, pool, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  g_clear_error (&error);
  g_assert_null (anm_principal_components_new (network, parameters, sequences, 0, "h", 2, NULL, pool, &stop, &error));
  g_assert_no_error (error);
  g_assert_false (anm_histogram_add_trace (histogram, network, parameters, sequences, 0, "z", pool, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_false (anm_histogram_add_trace (histogram, network, parameters, sequences, 0, "h", pool, &stop, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    parameters[i] = (anm_real) NAN;
  g_assert_null (anm_principal_components_new (network, parameters, sequences, 0, "h", 2, NULL, pool, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE);
}

/* Histograms */

static void
check_histogram (const char *member, AnmHistogram *histogram)
{
  JsonObject *wanted = json_object_get_object_member (get_root (), member);
  JsonArray *edges = json_object_get_array_member (wanted, "edges"), *counts = json_object_get_array_member (wanted, "counts");
  guint64 total = histogram->n_below + histogram->n_above;

  g_assert_cmpuint (histogram->n_bins, ==, json_array_get_length (counts));
  for (guint i = 0; i <= histogram->n_bins; i++)
    g_assert_cmpfloat_with_epsilon (anm_histogram_get_edge (histogram, i), json_array_get_double_element (edges, i), 1e-12 * (1 + fabs (histogram->high)));
  for (guint i = 0; i < histogram->n_bins; i++)
    {
      g_assert_cmpuint (histogram->counts[i], ==, (guint64) json_array_get_int_element (counts, i));
      total += histogram->counts[i];
    }
  g_assert_cmpuint (total, ==, histogram->n_finite);
  g_assert_cmpfloat_with_epsilon (anm_histogram_get_deviation (histogram), json_object_get_double_member (get_root (), "deviation"), 1e-10);
  g_assert_cmpfloat_with_epsilon (anm_histogram_get_mean (histogram), json_object_get_double_member (get_root (), "values_mean"), 1e-12);
}

static void
test_histogram (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (4, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("gru(3) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);

  for (guint from_network = 0; from_network < 2; from_network++)
    {
      g_autoptr (AnmHistogram) linear = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 11, -6, 9, 0);
      g_autoptr (AnmHistogram) logarithmic = anm_histogram_new (ANM_HISTOGRAM_SYMMETRIC_LOG, 12, -20, 20, 0.5);
      AnmHistogram *both[] = { linear, logarithmic };

      for (guint k = 0; k < 2; k++)
        if (from_network)
          g_assert_true (anm_histogram_add_trace (both[k], network, parameters, sequences, 0, "x", pool, NULL, NULL));
        else
          anm_histogram_add (both[k], sequences->values, 40 * 7);
      check_histogram ("linear", linear);
      check_histogram ("symmetric_log", logarithmic);
    }
}

static void
test_odd_histograms (void)
{
  const anm_real values[] = { 0, 1, (anm_real) 0.5, 2, -1, (anm_real) NAN, (anm_real) INFINITY };
  g_autoptr (AnmHistogram) histogram = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 2, 0, 1, 0);
  g_autoptr (AnmHistogram) other = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 2, 0, 1, 0);
  g_autoptr (AnmHistogram) point = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 1, 3, 3, 0);

  g_assert_true (isnan (anm_histogram_get_mean (histogram)) && isnan (histogram->minimum));
  anm_histogram_add (other, values, G_N_ELEMENTS (values));
  anm_histogram_merge (histogram, other);
  anm_histogram_merge (histogram, other);
  /* Each bin holds its left edge, the last one its right edge too. */
  g_assert_cmpuint (histogram->counts[0], ==, 2);
  g_assert_cmpuint (histogram->counts[1], ==, 4);
  g_assert_cmpuint (histogram->n_below, ==, 2);
  g_assert_cmpuint (histogram->n_above, ==, 2);
  g_assert_cmpuint (histogram->n_not_finite, ==, 4);
  g_assert_cmpfloat (histogram->minimum, ==, -1);
  g_assert_cmpfloat (histogram->maximum, ==, 2);
  g_assert_cmpfloat (anm_histogram_get_mean (histogram), ==, 0.5);
  anm_histogram_clear (histogram);
  g_assert_cmpuint (histogram->n_finite + histogram->counts[0], ==, 0);
  anm_histogram_add (point, (anm_real[]){ 3 }, 1);
  g_assert_cmpuint (point->counts[0], ==, 1);
  g_assert_cmpfloat (anm_histogram_get_edge (point, 0), ==, 2.5);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/statistics/tree", test_tree);
  g_test_add_func ("/engine/statistics/naive-tree", test_naive_tree);
  g_test_add_func ("/engine/statistics/order", test_order);
  g_test_add_func ("/engine/statistics/odd-trees", test_odd_trees);
  g_test_add_func ("/engine/statistics/components", test_components);
  g_test_add_func ("/engine/statistics/hidden-components", test_hidden_components);
  g_test_add_func ("/engine/statistics/no-components", test_no_components);
  g_test_add_func ("/engine/statistics/histogram", test_histogram);
  g_test_add_func ("/engine/statistics/odd-histograms", test_odd_histograms);
  status = g_test_run ();
  g_clear_object (&golden);
  return status;
}
