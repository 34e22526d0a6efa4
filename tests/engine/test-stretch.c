/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The likest stretch of each record against a search without any shortcut, through the probe.
 */
#include "cases.h"

#include "engine/stretch.h"

#include <math.h>

/* Every place, every difference. */
static AnmStretchMatch
search_naively (AnmProbe *probe, const AnmStretch *stretch, guint n_steps, gboolean own, guint own_step, double *sums, double *squares, guint64 *n)
{
  AnmStretchMatch match = { ANM_STRETCH_NONE, INFINITY };
  AnmTrace trace;

  g_assert_true (anm_probe_get_trace (probe, stretch->layer, stretch->symbol, &trace));
  for (guint t = 0; t < trace.n_steps; t++, (*n)++)
    for (guint j = 0; j < stretch->n_units; j++)
      {
        const double value = (double) trace.values[t * trace.n_units + stretch->units[j]];

        sums[j] += value;
        squares[j] += value * value;
      }
  for (guint first = 0; first + stretch->n_steps <= n_steps; first++)
    {
      double sum = 0.0;
      gboolean known = TRUE;

      for (guint k = 0; k < stretch->n_steps; k++)
        {
          int at = -1;

          for (guint t = 0; t < trace.n_steps; t++)
            if (trace.steps[t] <= first + k)
              at = (int) t;
          known = known && at >= 0;
          for (guint j = 0; known && j < stretch->n_units; j++)
            sum += pow ((double) trace.values[(guint) at * trace.n_units + stretch->units[j]] - (double) stretch->values[k * stretch->n_units + j], 2);
        }
      if (!known || (own && ABS ((int) first - (int) own_step) < (int) stretch->n_steps))
        continue;
      if (sqrt (sum / (stretch->n_steps * stretch->n_units)) < match.distance)
        match = (AnmStretchMatch){ first, sqrt (sum / (stretch->n_steps * stretch->n_units)) };
    }
  return match;
}

typedef struct
{
  const char *network;
  guint       layer;
  const char *symbol;
  guint       units[3];
  guint       n_units;
  guint       n_steps;
  CaseShape   shape;
} Case;

static void
test_against_naive (gconstpointer data)
{
  const Case *given = data;
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (given->shape, &target, 5);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (given->network, sequences, 7, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  g_autofree anm_real *values = g_new (anm_real, given->n_steps * given->n_units);
  g_autofree AnmStretchMatch *matches = g_new (AnmStretchMatch, sequences->n_sequences);
  double sums[3] = { 0 }, squares[3] = { 0 }, naive_sums[3] = { 0 }, naive_squares[3] = { 0 };
  AnmStretchSpread spread = { 0, sums, squares };
  AnmStretch stretch = { given->layer, given->symbol, given->n_units, given->units, given->n_steps, values };
  gsize own = 0;
  guint64 n_naive = 0;
  const int stop = 1;
  gboolean whole;
  AnmTrace trace;

  /* Taken out of the longest record. */
  for (gsize s = 1; s < sequences->n_sequences; s++)
    if (anm_sequences_get_length (sequences, s) > anm_sequences_get_length (sequences, own))
      own = s;
  anm_probe_run (probe, parameters, sequences, own, FALSE);
  g_assert_true (anm_probe_get_trace (probe, given->layer, given->symbol, &trace));
  g_assert_cmpuint (trace.n_steps, >, given->n_steps);
  whole = trace.n_steps == anm_sequences_get_length (sequences, own);
  for (guint k = 0; k < given->n_steps; k++)
    for (guint j = 0; j < given->n_units; j++)
      values[k * given->n_units + j] = trace.values[(1 + k) * trace.n_units + given->units[j]];

  g_assert_true (anm_stretch_find (network, parameters, sequences, pool, &stretch, (gssize) own, 1, matches, &spread, NULL));
  for (gsize s = 0; s < sequences->n_sequences; s++)
    {
      AnmStretchMatch naive;

      anm_probe_run (probe, parameters, sequences, s, FALSE);
      naive = search_naively (probe, &stretch, (guint) anm_sequences_get_length (sequences, s), s == own, 1, naive_sums, naive_squares, &n_naive);
      g_assert_cmpuint (matches[s].step, ==, naive.step);
      if (naive.step == ANM_STRETCH_NONE)
        g_assert_true (isnan (matches[s].distance));
      else
        g_assert_cmpfloat_with_epsilon (matches[s].distance, naive.distance, 1e-5);
    }
  g_assert_cmpuint (spread.n_steps, ==, n_naive);
  for (guint j = 0; j < given->n_units; j++)
    g_assert_cmpfloat_with_epsilon (sums[j], naive_sums[j], 1e-3);
  g_assert_cmpfloat (anm_stretch_get_spread (&spread, given->n_units), >, 0);

  /* Without an own place it is found where it was taken from. */
  g_assert_true (anm_stretch_find (network, parameters, sequences, pool, &stretch, -1, 0, matches, &spread, NULL));
  if (whole)
    g_assert_cmpfloat (matches[own].distance, <, 1e-5);

  g_assert_false (anm_stretch_find (network, parameters, sequences, pool, &stretch, -1, 0, matches, &spread, &stop));
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { "lstm(4, return_sequences) > gru(3) > dense(1)", 0, "h", { 0, 2, 3 }, 3, 4, SHAPE_RAGGED },
    { "lstm(4, return_sequences) > gru(3) > dense(1)", 1, "z", { 1 }, 1, 1, SHAPE_FULL },
    { "lstm(4, return_sequences) > gru(3) > dense(1)", 0, "f", { 3, 1 }, 2, 2, SHAPE_SKIP },
    { "gru(3, bidirectional, return_sequences) > simple_rnn(2) > dense(1)", 0, "←r", { 2 }, 1, 3, SHAPE_RAGGED },
    { "conv1d(4, kernel=2, strides=2) > lstm(3) > dense(1)", 1, "h", { 0, 2 }, 2, 2, SHAPE_FULL },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stretch/against-naive/%u", i);

      g_test_add_data_func (path, &cases[i], test_against_naive);
    }
  return g_test_run ();
}
