/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory horizons: by the gradient against the probe, by gates and by hiding the
 * past against the naive twin.
 */
#include "cases.h"
#include "naive.h"

#include "engine/occlusion.h"
#include "engine/probe.h"

static void
test_summary (void)
{
  const double numbers[] = { 4, NAN, 1, 10, 3 }, infinite[] = { INFINITY, 2, INFINITY, INFINITY }, none[] = { NAN };
  AnmHorizonSummary summary;

  anm_horizon_summarise (numbers, 5, &summary);
  g_assert_cmpuint (summary.n, ==, 4);
  g_assert_cmpuint (summary.n_none, ==, 1);
  g_assert_cmpfloat (summary.lower_quartile, ==, 2.5);
  g_assert_cmpfloat (summary.median, ==, 3.5);
  g_assert_cmpfloat (summary.upper_quartile, ==, 5.5);
  anm_horizon_summarise (infinite, 4, &summary);
  g_assert_true (isinf (summary.median) && isinf (summary.upper_quartile) && isinf (summary.lower_quartile));
  anm_horizon_summarise (none, 1, &summary);
  g_assert_true (isnan (summary.median) && summary.n_none == 1);
  anm_horizon_summarise (NULL, 0, &summary);
  g_assert_true (isnan (summary.median) && summary.n == 0);
  anm_horizon_summarise (numbers, 1, &summary);
  g_assert_cmpfloat (summary.upper_quartile, ==, 4);
}

static void
test_gradient_rule (void)
{
  double decaying[100];
  const double rising[] = { 1, 2, 3, 4 }, flat[] = { 2, 2, 2, 2 }, hump[] = { 1, 5, 0.9, 0.01 }, nothing[] = { 0, 0, 0 }, bad[] = { 1, NAN };

  for (guint k = 0; k < 100; k++)
    decaying[k] = pow (0.93, k);
  /* 0.93^k >= 1/e to k = 13.78 */
  g_assert_cmpfloat (anm_gradient_horizon (decaying, 100), ==, 13);
  g_assert_true (isnan (anm_gradient_horizon (rising, 4)));
  g_assert_cmpfloat (anm_gradient_horizon (flat, 4), ==, 3);
  g_assert_cmpfloat (anm_gradient_horizon (hump, 4), ==, 2);
  g_assert_cmpfloat (anm_gradient_horizon (hump, 1), ==, 0);
  g_assert_true (isnan (anm_gradient_horizon (nothing, 3)));
  g_assert_true (isnan (anm_gradient_horizon (bad, 2)));
  g_assert_true (isnan (anm_gradient_horizon (hump, 0)));
}

static void
test_gradient (void)
{
  const char *const texts[] = { "simple_rnn(4) > dense(1)", "lstm(3, return_sequences) > gru(3) > dense(1)", "gru(3, bidirectional) > dense(1)" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
      g_autoptr (AnmSequences) sequences = make_batch (SHAPE_SKIP, &target, 20 + i);
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (texts[i], sequences, 30 + i, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
      g_autoptr (AnmPool) pool = anm_pool_new (2);
      g_autofree double *horizons = g_new (double, sequences->n_sequences);
      g_autoptr (GError) error = NULL;
      int stop = 1;

      for (guint l = 0; l + 1 < anm_network_get_n_layers (network); l++)
        {
          g_assert_true (anm_gradient_horizons (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, l, pool, horizons, NULL, &error));
          for (gsize s = 0; s < sequences->n_sequences; s++)
            {
              double backwards[16], wanted;
              const double *norms;

              anm_probe_run (probe, parameters, sequences, s, TRUE);
              norms = anm_probe_get_gradient_norms (probe, l);
              for (guint k = 0; k < anm_probe_get_n_steps (probe); k++)
                backwards[k] = norms[anm_probe_get_n_steps (probe) - 1 - k];
              wanted = anm_gradient_horizon (backwards, anm_probe_get_n_steps (probe));
              g_assert_true (isnan (wanted) ? isnan (horizons[s]) : horizons[s] == wanted);
            }
        }
      g_assert_false (anm_gradient_horizons (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, 0, pool, horizons, &stop, &error));
      g_assert_no_error (error);
      g_assert_false (anm_gradient_horizons (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences,
                                             anm_network_get_n_layers (network) - 1, pool, horizons, NULL, &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
    }
}

static void
test_half_life (void)
{
  g_assert_cmpfloat_with_epsilon (anm_half_life (0.5), 1.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (anm_half_life (pow (0.5, 0.1)), 10.0, 1e-12);
  g_assert_cmpfloat (anm_half_life (0.0), ==, 0.0);
  g_assert_true (isinf (anm_half_life (1.0)));
  g_assert_true (isnan (anm_half_life (1.1)) && isnan (anm_half_life (-0.1)) && isnan (anm_half_life (NAN)));
}

static void
test_gates (void)
{
  const char *const texts[] = { "lstm(3) > dense(1)", "gru(4) > dense(1)", "gru_d(3, bidirectional) > dense(1)" };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (texts); i++)
    {
      const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
      g_autoptr (AnmSequences) sequences = make_batch (SHAPE_SKIP, &target, 40 + i);
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (texts[i / 2], sequences, 50 + i, &parameters);
      g_autoptr (AnmPool) pool = anm_pool_new (2);
      double by_unit[8], by_sequence[8], sums[8] = { 0.0 };
      gboolean both_ways = i / 2 == 2;
      AnmDirection direction = both_ways && i % 2 == 1 ? ANM_DIRECTION_BACKWARDS : ANM_DIRECTION_FORWARDS;
      guint n_units = i / 2 == 1 ? 4 : 3, n_steps = 0;

      g_assert_true (anm_gate_half_lives (network, parameters, sequences, 0, direction, pool, by_unit, by_sequence, NULL, NULL));
      for (gsize s = 0; s < sequences->n_sequences; s++)
        {
          g_autoptr (NaiveRun) run = naive_run (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, s, NULL);
          const NaiveLayer *layer = both_ways ? &run->layers[0].halves[direction] : &run->layers[0];
          double sum = 0.0;
          guint n = 0;

          for (guint t = 0; t < layer->n_steps; t++)
            {
              if (sequences->skip[sequences->offsets[s] + t])
                continue;
              n++;
              for (guint j = 0; j < n_units; j++)
                {
                  double keep = i / 2 == 0 ? layer->f[t * n_units + j] : 1.0 - layer->z[t * n_units + j];

                  sum += keep;
                  sums[j] += keep;
                }
            }
          n_steps += n;
          if (n == 0)
            g_assert_true (isnan (by_sequence[s]));
          else
            g_assert_cmpfloat_with_epsilon (by_sequence[s], log (0.5) / log (sum / (n * n_units)), 1e-4);
        }
      for (guint j = 0; j < n_units; j++)
        g_assert_cmpfloat_with_epsilon (by_unit[j], log (0.5) / log (sums[j] / n_steps), 1e-4);
    }
}

static void
test_no_gate (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("simple_rnn(3) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (1);

  for (guint layer = 0; layer < 2; layer++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (anm_gate_half_lives (network, parameters, sequences, layer, ANM_DIRECTION_FORWARDS, pool, NULL, NULL, NULL, &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
    }
}

/* Occlusion */

static void
test_lags (void)
{
  const struct
  {
    guint most, n, wanted;
  } cases[] = { { 0, 10, 1 }, { 5, 10, 6 }, { 9, 10, 10 }, { 1000, 20, 20 }, { 100000, 64, 64 }, { 7, 2, 2 }, { 7, 0, 2 }, { 3, 3, 3 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint n;
      g_autofree guint *lags = anm_occlusion_lags (cases[i].most, cases[i].n, &n);

      g_assert_cmpuint (n, <=, cases[i].wanted);
      g_assert_cmpuint (2 * n, >=, cases[i].wanted);
      g_assert_cmpuint (lags[0], ==, 0);
      g_assert_cmpuint (lags[n - 1], ==, cases[i].most);
      for (guint k = 1; k < n; k++)
        g_assert_cmpuint (lags[k], >, lags[k - 1]);
    }
}

/* Values, masks and gaps, all of which enter. */
static AnmSequences *
make_full_batch (gboolean per_step, guint64 seed)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, per_step };
  AnmSequences *sequences = make_batch (SHAPE_SKIP, &target, seed);
  gsize n_steps = anm_sequences_get_n_steps (sequences);
  const AnmColumn columns[] = { { ANM_COLUMN_VALUE, 0 }, { ANM_COLUMN_VALUE, 2 }, { ANM_COLUMN_OBSERVED, 1 }, { ANM_COLUMN_GAP, 0 }, { ANM_COLUMN_STATIC, 0 } };

  anm_sequences_set_columns (sequences, columns, G_N_ELEMENTS (columns));
  for (gsize i = 0; i < n_steps * CASE_N_CHANNELS; i++)
    {
      anm_sequences_set_observed (sequences, i / CASE_N_CHANNELS, (guint) (i % CASE_N_CHANNELS), anm_random_below (seed, 20, i, 2) > 0);
      sequences->gaps[i] = (float) anm_random_uniform (seed, 21, i);
    }
  return sequences;
}

static double
answer (AnmNetwork *network, const anm_real *parameters, const AnmSequences *sequences, gsize sequence)
{
  g_autoptr (NaiveRun) run = naive_run (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, sequence, NULL);

  return run->answers[run->n_answers - 1];
}

/* Hides steps @first .. @last - 1 of a sequence, and gives back what was there when it is called again with the same arguments. */
static void
exchange (AnmSequences *sequences, gsize sequence, gsize first, gsize last, anm_real *values, anm_real *gaps, guint8 *observed)
{
  for (gsize t = sequences->offsets[sequence] + first; t < sequences->offsets[sequence] + last; t++)
    for (guint c = 0; c < CASE_N_CHANNELS; c++)
      {
        gsize i = t * CASE_N_CHANNELS + c;
        anm_real value = sequences->values[i], gap = sequences->gaps[i];
        gboolean was = anm_sequences_is_observed (sequences, t, c);

        sequences->values[i] = values[i];
        sequences->gaps[i] = gaps[i];
        anm_sequences_set_observed (sequences, t, c, observed[i]);
        values[i] = value;
        gaps[i] = gap;
        observed[i] = was;
      }
}

static void
check_occlusion (const char *text, gboolean per_step, gboolean with_means, guint64 seed)
{
  g_autoptr (AnmSequences) sequences = make_full_batch (per_step, seed);
  gsize n = anm_sequences_get_n_steps (sequences) * CASE_N_CHANNELS;
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (text, sequences, seed, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autofree anm_real *hidden_values = g_new0 (anm_real, n);
  g_autofree anm_real *hidden_gaps = g_new0 (anm_real, n);
  g_autofree guint8 *hidden_observed = g_new0 (guint8, n);
  const guint lags[] = { 0, 1, 2, 3, 5, 6, 7, 9 };
  anm_real values[CASE_N_CHANNELS], gaps[CASE_N_CHANNELS];
  g_autoptr (AnmOcclusion) found = NULL;

  anm_occlusion_means (sequences, values, gaps);
  for (gsize i = 0; i < n && with_means; i++)
    {
      hidden_values[i] = values[i % CASE_N_CHANNELS];
      hidden_gaps[i] = gaps[i % CASE_N_CHANNELS];
    }
  found = anm_occlusion_new (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, lags, G_N_ELEMENTS (lags),
                             with_means ? values : NULL, with_means ? gaps : NULL, pool, NULL, NULL, NULL);
  for (gsize s = 0; s < sequences->n_sequences; s++)
    {
      gsize length = anm_sequences_get_length (sequences, s);
      double whole = answer (network, parameters, sequences, s), horizon = NAN;
      double known[G_N_ELEMENTS (lags)];

      for (guint k = 0; k < G_N_ELEMENTS (lags); k++)
        {
          double one = NAN;
          gsize end = length > lags[k] ? length - lags[k] : 0;

          exchange (sequences, s, 0, end, hidden_values, hidden_gaps, hidden_observed);
          known[k] = fabs (answer (network, parameters, sequences, s) - whole);
          exchange (sequences, s, 0, end, hidden_values, hidden_gaps, hidden_observed);
          if (end > 0)
            {
              exchange (sequences, s, end - 1, end, hidden_values, hidden_gaps, hidden_observed);
              one = fabs (answer (network, parameters, sequences, s) - whole);
              exchange (sequences, s, end - 1, end, hidden_values, hidden_gaps, hidden_observed);
            }
          g_assert_cmpfloat_with_epsilon (found->known[s * G_N_ELEMENTS (lags) + k], known[k], 2e-6);
          if (isnan (one))
            g_assert_true (isnan (found->hidden[s * G_N_ELEMENTS (lags) + k]));
          else
            g_assert_cmpfloat_with_epsilon (found->hidden[s * G_N_ELEMENTS (lags) + k], one, 2e-6);
        }
      for (guint k = 0; k < G_N_ELEMENTS (lags) && isnan (horizon) && known[0] > 1e-6; k++)
        {
          horizon = lags[k];
          for (guint m = k; m < G_N_ELEMENTS (lags); m++)
            if (!(known[m] <= known[0] / exp (1)))
              horizon = NAN;
        }
      g_assert_true (isnan (horizon) ? isnan (found->horizons[s]) : found->horizons[s] == horizon);
    }
  for (guint k = 0; k < G_N_ELEMENTS (lags); k++)
    {
      AnmHorizonSummary summary;

      anm_occlusion_summarise (found, TRUE, k, &summary);
      g_assert_cmpuint (summary.n + summary.n_none, ==, sequences->n_sequences);
      anm_occlusion_summarise (found, FALSE, k, &summary);
      g_assert_cmpuint (summary.n, ==, sequences->n_sequences);
    }
}

static void
test_occlusion (void)
{
  check_occlusion ("lstm(4) > dense(1)", FALSE, FALSE, 60);
  check_occlusion ("gru(4) > dense(1)", FALSE, TRUE, 61);
  check_occlusion ("gru(4, return_sequences) > dense(1)", TRUE, TRUE, 62);
  check_occlusion ("simple_rnn(5, bidirectional) > dense(1)", FALSE, TRUE, 63);
}

static void
count (gsize n_done, gsize n_sequences, gpointer data)
{
  *(gsize *) data = n_done;
}

/* Many long sequences go in groups; a network that looks at nothing has no horizon. */
static void
test_occlusion_groups (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autofree gsize *lengths = g_new (gsize, 300);
  g_autoptr (AnmSequences) columns = make_batch (SHAPE_FULL, &target, 9);
  g_autoptr (AnmSequences) sequences = NULL;
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("gru(2) > dense(1)", columns, 10, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autofree guint *lags = NULL;
  g_autoptr (AnmOcclusion) found = NULL;
  gsize n_done = 0;
  guint n_lags;
  int stop = 1;

  for (gsize i = 0; i < 300; i++)
    lengths[i] = 30 + i % 20;
  sequences = anm_sequences_new (300, lengths, 4, 0, NULL);
  for (gsize i = 0; i < anm_sequences_get_n_steps (sequences) * 4; i++)
    sequences->values[i] = (anm_real) anm_random_normal (1, 2, i);
  lags = anm_occlusion_lags (49, 12, &n_lags);
  found = anm_occlusion_new (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, lags, n_lags, NULL, NULL, pool, count, &n_done, NULL);
  g_assert_cmpuint (n_done, ==, 300);
  for (gsize s = 0; s < 300; s++)
    {
      g_assert_cmpfloat (found->known[s * n_lags], >, 0);
      g_assert_true (found->horizons[s] > 0 && found->horizons[s] < 50);
    }
  g_assert_null (anm_occlusion_new (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, lags, n_lags, NULL, NULL, pool, NULL, NULL, &stop));

  g_clear_pointer (&found, anm_occlusion_free);
  memset (parameters, 0, anm_network_get_n_parameters (network) * sizeof *parameters);
  found = anm_occlusion_new (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, lags, n_lags, NULL, NULL, pool, NULL, NULL, NULL);
  for (gsize s = 0; s < 300; s++)
    g_assert_true (isnan (found->horizons[s]));
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    parameters[i] = (anm_real) NAN;
  g_clear_pointer (&found, anm_occlusion_free);
  found = anm_occlusion_new (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, lags, n_lags, NULL, NULL, pool, NULL, NULL, NULL);
  for (gsize s = 0; s < 300; s++)
    g_assert_true (isnan (found->horizons[s]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/horizon/summary", test_summary);
  g_test_add_func ("/engine/horizon/gradient-rule", test_gradient_rule);
  g_test_add_func ("/engine/horizon/gradient", test_gradient);
  g_test_add_func ("/engine/horizon/half-life", test_half_life);
  g_test_add_func ("/engine/horizon/gates", test_gates);
  g_test_add_func ("/engine/horizon/no-gate", test_no_gate);
  g_test_add_func ("/engine/horizon/lags", test_lags);
  g_test_add_func ("/engine/horizon/occlusion", test_occlusion);
  g_test_add_func ("/engine/horizon/occlusion-groups", test_occlusion_groups);
  return g_test_run ();
}
