/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The probe, and with it everything that forward computes, against the naive
 * twin: all that a layer holds at each step, the prediction over time, and the
 * gradients that flow back. Built and run in both precisions.
 */
#include "cases.h"
#include "naive.h"

#include "engine/probe-private.h"

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-12
#define GRADIENT_TOLERANCE 1e-8
#else
#define TOLERANCE 2e-6
#define GRADIENT_TOLERANCE 1e-4
#endif

static const char *const networks[] = {
  "simple_rnn(5) > dense(1)",
  "simple_rnn(9, activation=relu) > dense(1, activation=sigmoid)",
  "simple_rnn(17, activation=sigmoid) > dense(1)",
  "lstm(5) > dense(1)",
  "lstm(23) > dense(1)",
  "gru(6) > dense(1)",
  "gru(19) > dense(1)",
  "gru(6, reset_after=false) > dense(1)",
  "gru(20, reset_after=false) > dense(1)",
  "dense(6, activation=tanh) > gru(7, return_sequences) > lstm(5, return_sequences) > gru(4, reset_after=false) > dense(4, activation=softmax) > dense(1)",
};

static void
assert_near (const char *what, const double *expected, const anm_real *found, gsize n, double tolerance)
{
  for (gsize k = 0; k < n; k++)
    if (!(fabs (expected[k] - (double) found[k]) <= tolerance * (1.0 + fabs (expected[k]))))
      g_error ("%s: element %zu is %.9g instead of %.9g", what, k, (double) found[k], expected[k]);
}

static const double *
get_naive_plane (const NaiveLayer *layer, const char *symbol)
{
  const struct
  {
    const char   *symbol;
    const double *plane;
  } planes[] = {
    { "x", layer->x }, { "h", layer->h }, { "c", layer->c }, { "i", layer->i }, { "f", layer->f }, { "g", layer->g },
    { "o", layer->o }, { "z", layer->z }, { "r", layer->r }, { "h~", layer->candidate }, { "y", layer->y }
  };

  for (gsize k = 0; k < G_N_ELEMENTS (planes); k++)
    if (g_str_equal (planes[k].symbol, symbol))
      return planes[k].plane;
  return NULL;
}

static void
check_traces (AnmProbe *probe, const AnmNetwork *network, const NaiveRun *run, const char *text)
{
  for (guint l = 0; l < run->n_layers; l++)
    {
      const char *const *symbols = anm_probe_get_symbols (probe, l);

      g_assert_cmpstr (symbols[0], ==, "x");
      for (guint k = 0; symbols[k] != NULL; k++)
        {
          const double *plane = get_naive_plane (&run->layers[l], symbols[k]);
          g_autofree char *what = g_strdup_printf ("%s, layer %u, %s", text, l + 1, symbols[k]);
          AnmTrace trace;

          if (g_str_has_prefix (symbols[k], "dL/"))
            continue;
          g_assert_true (anm_probe_get_trace (probe, l, symbols[k], &trace));
          g_assert_cmpstr (trace.symbol, ==, symbols[k]);
          g_assert_cmpuint (trace.n_steps, ==, run->layers[l].n_steps);
          assert_near (what, plane, trace.values, (gsize) trace.n_steps * trace.n_units, TOLERANCE);
        }
    }
}

static void
for_each_sequence (void (*check) (AnmProbe *probe, const char *text, AnmNetwork *network, AnmLossKind loss, anm_real *parameters,
                                  const AnmSequences *sequences, guint n),
                   gboolean per_step)
{
  const CaseShape shapes[] = { SHAPE_RAGGED, SHAPE_SKIP };

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
      {
        const AnmTargetShape target = { ANM_TARGET_BINARY, 1, per_step };
        g_autoptr (AnmSequences) sequences = make_batch (shapes[s], &target, 100 + i);
        g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (networks[i], NULL);
        g_autoptr (AnmNetwork) network = NULL;
        g_autofree anm_real *parameters = NULL;
        g_autofree char *text = NULL;
        AnmLossKind loss;

        for (guint l = 0; l < spec->n_layers && per_step; l++)
          if (anm_layer_class_is_recurrent (spec->layers[l]->klass))
            anm_layer_spec_set (spec->layers[l], "return_sequences", 1, NULL);
        text = anm_network_spec_to_text (spec);
        network = make_case_network (text, sequences, 200 + i, &parameters);
        loss = resolve_loss (ANM_LOSS_AUTO, network, &target);
        {
          g_autoptr (AnmProbe) probe = anm_probe_new (network, loss);

          for (guint n = 0; n < sequences->n_sequences; n++)
            check (probe, text, network, loss, parameters, sequences, n);
        }
      }
}

static void
check_forward (AnmProbe *probe, const char *text, AnmNetwork *network, AnmLossKind loss, anm_real *parameters, const AnmSequences *sequences, guint n)
{
  g_autoptr (NaiveRun) run = naive_run (network, parameters, loss, sequences, n, NULL);
  AnmTrace trace;

  anm_probe_run (probe, parameters, sequences, n, FALSE);
  g_assert_cmpuint (anm_probe_get_n_steps (probe), ==, anm_sequences_get_length (sequences, n));
  check_traces (probe, network, run, text);
  g_assert_false (anm_probe_get_trace (probe, 0, "dL/dh", &trace));
  g_assert_false (anm_probe_get_trace (probe, 0, "nothing", &trace));
  g_assert_null (anm_probe_get_gradient_norms (probe, 0));
  if (isnan (run->loss)) /* no target row that counts */
    g_assert_true (isnan (anm_probe_get_loss (probe)));
  else
    g_assert_cmpfloat_with_epsilon (anm_probe_get_loss (probe), run->loss, 4 * TOLERANCE * (1 + run->loss));
}

static void
test_traces (void)
{
  for_each_sequence (check_forward, FALSE);
  for_each_sequence (check_forward, TRUE);
}

/* The sequence's first steps alone, as data of their own. */
static AnmSequences *
make_prefix (const AnmSequences *sequences, guint n, gsize length)
{
  AnmSequences *prefix = anm_sequences_new (1, &length, sequences->n_channels, sequences->n_statics, NULL);
  gsize first = sequences->offsets[n];

  anm_sequences_set_columns (prefix, sequences->columns, sequences->n_columns);
  memcpy (prefix->values, sequences->values + first * sequences->n_channels, length * sequences->n_channels * sizeof (anm_real));
  memcpy (prefix->statics, sequences->statics + n * sequences->n_statics, sequences->n_statics * sizeof (anm_real));
  if (sequences->skip != NULL)
    prefix->skip = g_memdup2 (sequences->skip + first, length);
  return prefix;
}

/* The answer at t is that to the record up to t: in one pass, and prefix by prefix. */
static void
check_prediction (AnmProbe *probe, const char *text, AnmNetwork *network, AnmLossKind loss, anm_real *parameters, const AnmSequences *sequences, guint n)
{
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, loss, 1, anm_sequences_get_max_length (sequences), FALSE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  guint n_steps = (guint) anm_sequences_get_length (sequences, n);
  g_autofree anm_real *prefixes = g_new (anm_real, n_steps);
  const anm_real *prediction;
  guint n_outputs;

  anm_packed_fill (packed, parameters);
  anm_probe_run (probe, parameters, sequences, n, TRUE);
  prediction = anm_probe_get_prediction (probe, &n_outputs);
  g_assert_cmpuint (n_outputs, ==, 1);
  _anm_probe_predict_prefixes (probe, workspace, prefixes);
  for (guint t = 0; t < n_steps; t++)
    {
      g_autoptr (AnmSequences) prefix = make_prefix (sequences, n, t + 1);
      anm_real outputs[16];
      double answer;

      anm_workspace_load (workspace, prefix, &(guint32){ 0 }, 1);
      g_assert_true (anm_workspace_forward (workspace, packed, NULL));
      anm_workspace_get_outputs (workspace, 0, outputs);
      answer = (double) outputs[anm_network_get_per_step (network) ? t : 0];
      assert_near (text, &answer, prediction + t, 1, TOLERANCE);
      assert_near (text, &answer, prefixes + t, 1, TOLERANCE);
    }
}

static void
test_prediction (void)
{
  for_each_sequence (check_prediction, FALSE);
  for_each_sequence (check_prediction, TRUE);
}

/* dL/dh and dL/dc of every fourth unit and step against nudges of the naive twin. */
static void
check_gradients (AnmProbe *probe, const char *text, AnmNetwork *network, AnmLossKind loss, anm_real *parameters, const AnmSequences *sequences, guint n)
{
  guint n_steps = (guint) anm_sequences_get_length (sequences, n);
  const double step = 1e-4;

  anm_probe_run (probe, parameters, sequences, n, TRUE);
  if (isnan (anm_probe_get_loss (probe)))
    return;
  for (guint l = 0; l < anm_network_get_n_layers (network); l++)
    for (gboolean cell = FALSE; cell <= TRUE; cell++)
      {
        const double *norms = anm_probe_get_gradient_norms (probe, l);
        AnmTrace trace;

        if (!anm_probe_get_trace (probe, l, cell ? "dL/dc" : "dL/dh", &trace))
          {
            g_assert_true (cell || norms == NULL);
            continue;
          }
        for (guint t = 0; t < n_steps; t++)
          {
            double squares = 0.0;

            for (guint u = 0; u < trace.n_units; u++)
              {
                if ((t + u + n) % 4 == 0)
                  {
                    NaiveNudge up = { l, t, u, cell, step }, down = { l, t, u, cell, -step };
                    g_autoptr (NaiveRun) above = naive_run (network, parameters, loss, sequences, n, &up);
                    g_autoptr (NaiveRun) below = naive_run (network, parameters, loss, sequences, n, &down);
                    double slope = (above->loss - below->loss) / (2 * step);

                    assert_near (text, &slope, trace.values + (gsize) t * trace.n_units + u, 1, GRADIENT_TOLERANCE);
                  }
                squares += (double) trace.values[(gsize) t * trace.n_units + u] * (double) trace.values[(gsize) t * trace.n_units + u];
              }
            if (!cell)
              g_assert_cmpfloat_with_epsilon (norms[t], sqrt (squares), 1e-5 * (sqrt (squares) + 1e-30));
          }
      }
}

static void
test_gradients (void)
{
  for_each_sequence (check_gradients, FALSE);
  for_each_sequence (check_gradients, TRUE);
}

/* Sequences without a target can be looked at; longer ones after short ones too. */
static void
test_without_target (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  const gsize lengths[] = { 1, 50, 3 };
  g_autoptr (AnmSequences) labelled = make_batch (SHAPE_FULL, &target, 1);
  g_autoptr (AnmSequences) sequences = anm_sequences_new (3, lengths, labelled->n_columns, 0, NULL);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("gru(4) > dense(1)", labelled, 1, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  guint n_outputs;

  for (guint n = 0; n < 3; n++)
    {
      const anm_real *prediction;

      anm_probe_run (probe, parameters, sequences, n, TRUE);
      g_assert_true (isnan (anm_probe_get_loss (probe)));
      g_assert_null (anm_probe_get_gradient_norms (probe, 0));
      g_assert_cmpuint (anm_probe_get_n_steps (probe), ==, lengths[n]);
      prediction = anm_probe_get_prediction (probe, &n_outputs);
      for (gsize t = 0; t < lengths[n]; t++)
        g_assert_true (prediction[t] > 0 && prediction[t] < 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/probe/traces", test_traces);
  g_test_add_func ("/engine/probe/prediction", test_prediction);
  g_test_add_func ("/engine/probe/gradients", test_gradients);
  g_test_add_func ("/engine/probe/without-target", test_without_target);
  return g_test_run ();
}
