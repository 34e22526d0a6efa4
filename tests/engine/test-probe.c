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
  "simple_rnn(6, activation=linear) > dense(1)",
  "lstm(5) > dense(1)",
  "lstm(23) > dense(1)",
  "gru(6) > dense(1)",
  "gru(19) > dense(1)",
  "gru(6, reset_after=false) > dense(1)",
  "gru(20, reset_after=false) > dense(1)",
  "gru_d(6) > dense(1)",
  "gru_d(5, bidirectional, return_sequences) > lstm(3) > dense(1)",
  "lstm(5, bidirectional) > dense(1)",
  "gru(6, bidirectional=sum) > dense(1)",
  "dense(3) > simple_rnn(4, bidirectional, return_sequences) > gru(5, reset_after=false, bidirectional=mean) > dense(1)",
  "conv1d(5, kernel=3, activation=tanh) > gru(4) > dense(1)",
  "conv1d(5, kernel=4, padding=causal, dilation=2) > gru(4) > dense(1)",
  "conv1d(5, kernel=3, padding=valid) > gru(4) > dense(1)",
  "conv1d(5, kernel=4, strides=2, activation=relu) > lstm(4) > dense(1)",
  "gru(3, return_sequences) > conv1d(7, kernel=5, padding=causal, strides=3, activation=sigmoid) > gru(4) > dense(1)",
  "conv1d(3, kernel=3, padding=valid, strides=2) > conv1d(3, kernel=2, padding=valid) > simple_rnn(4) > dense(1)",
  "gru(5, return_sequences) > pooling(mean) > dense(1)",
  "gru(5, return_sequences) > pooling(max) > dense(3, activation=tanh) > dense(1)",
  "conv1d(4, kernel=3, strides=2) > pooling(last) > dense(1)",
  "conv1d(4, kernel=3, padding=valid) > pooling(max) > dense(1)",
  "dropout(0.3) > gru(4) > dropout(0.5) > dense(1)",
  "gru(5, return_sequences) > attention(additive, units=6) > dense(1)",
  "gru(4, return_sequences) > attention(additive, units=3, heads=2) > dense(1)",
  "conv1d(5, kernel=3, padding=causal) > attention(dot, units=6, heads=3) > dense(1)",
  "gru(4, return_sequences) > attention(dot, units=5) > dense(3, activation=tanh) > dense(1)",
  "gru(4, return_sequences) > attention(self, units=6, heads=2) > pooling(mean) > dense(1)",
  "dense(3) > attention(self, units=4, causal) > gru(3, return_sequences) > attention(additive, units=3) > dense(1)",
  "attention(self, units=34, heads=2, causal) > dense(3, activation=tanh) > pooling(mean) > dense(1)",
  "conv1d(4, kernel=3, padding=valid) > attention(self, units=4, heads=4) > attention(dot, units=4) > dense(1)",
  "dense(6, activation=tanh) > gru(7, return_sequences) > lstm(5, return_sequences) > gru(4, reset_after=false) > dense(4, activation=softmax) > dense(1)",
};

static void
assert_near (const char *what, const double *expected, const anm_real *found, gsize n, double tolerance)
{
  for (gsize k = 0; k < n; k++)
    if (!(fabs (expected[k] - (double) found[k]) <= tolerance * (1.0 + fabs (expected[k]))) &&
        !(isnan (expected[k]) && isnan (found[k])))
      g_error ("%s: element %zu is %.9g instead of %.9g", what, k, (double) found[k], expected[k]);
}

/* What an arrow before the symbol says: 0 forwards, 1 backwards, -1 neither. */
static int
get_half (const char *symbol)
{
  return g_str_has_prefix (symbol, "→") ? 0 : g_str_has_prefix (symbol, "←") ? 1 : -1;
}

static const double *
get_naive_plane (const NaiveLayer *layer, const char *symbol)
{
  if (get_half (symbol) >= 0)
    return get_naive_plane (&layer->halves[get_half (symbol)], symbol + strlen ("→"));

  const struct
  {
    const char   *symbol;
    const double *plane;
  } planes[] = {
    { "x", layer->x }, { "h", layer->h }, { "c", layer->c }, { "i", layer->i }, { "f", layer->f }, { "g", layer->g },
    { "o", layer->o }, { "z", layer->z }, { "r", layer->r }, { "h~", layer->candidate }, { "y", layer->y },
    { "alpha", layer->alpha },
    { "m", layer->m }, { "delta", layer->gap }, { "gamma_x", layer->gamma_x }, { "x^", layer->input }, { "gamma_h", layer->gamma_h }
  };

  for (gsize k = 0; k < G_N_ELEMENTS (planes); k++)
    if (g_str_equal (planes[k].symbol, symbol))
      return planes[k].plane;
  return NULL;
}

/* Layers without a state show what they give as "y", at the steps that they give it at. */
static gboolean
is_of_output (const AnmNetwork *network, guint layer, const char *symbol)
{
  return g_str_equal (symbol, "y") && naive_is_plain_layer (anm_network_get_spec (network)->layers[layer]);
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

          if (strstr (symbols[k], "dL/") != NULL)
            continue;
          g_assert_true (anm_probe_get_trace (probe, l, symbols[k], &trace));
          g_assert_cmpstr (trace.symbol, ==, symbols[k]);
          g_assert_cmpuint (trace.n_steps, ==, is_of_output (network, l, symbols[k]) ? run->layers[l].n_output_steps : run->layers[l].n_steps);
          assert_near (what, plane, trace.values, (gsize) trace.n_steps * trace.n_units, TOLERANCE);
        }
    }
}

/* Whether the network can answer at every step. */
static gboolean
keeps_steps (const AnmNetworkSpec *spec)
{
  for (guint l = 0; l < spec->n_layers; l++)
    if (anm_layer_spec_get (spec->layers[l], "strides") > 1 || anm_layer_spec_get (spec->layers[l], "padding") == 2)
      return FALSE;
  return TRUE;
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

        if (per_step && !keeps_steps (spec))
          continue;
        for (guint l = 0; l < spec->n_layers && per_step; l++)
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

/* Weights by query: rows add up to 1, and their last (or, of self, their mean) is what is shown as alpha. */
static void
check_weights (AnmProbe *probe, const char *text, AnmNetwork *network, AnmLossKind loss, anm_real *parameters, const AnmSequences *sequences, guint n)
{
  anm_probe_run (probe, parameters, sequences, n, TRUE);
  for (guint l = 0; l < anm_network_get_n_layers (network); l++)
    for (guint head = 0; head < anm_probe_count_heads (probe, l); head++)
      {
        gboolean is_self = g_str_equal (naive_get_choice (anm_network_get_spec (network)->layers[l], "kind"), "self");
        guint n_rows, n_columns;
        g_autofree anm_real *weights = anm_probe_get_weights (probe, l, head, &n_rows, &n_columns);
        AnmTrace alpha;

        g_assert_nonnull (weights);
        g_assert_true (anm_probe_get_trace (probe, l, "alpha", &alpha));
        g_assert_cmpuint (alpha.n_steps, ==, n_columns);
        for (guint row = 0; row < n_rows; row++)
          {
            double sum = 0.0;

            for (guint t = 0; t < n_columns; t++)
              sum += (double) weights[row * n_columns + t];
            g_assert_true (fabs (sum - 1.0) < 1e-5 || sum == 0.0);
          }
        for (guint t = 0; t < n_columns; t++)
          {
            double expected = 0.0;

            for (guint row = is_self ? 0 : n_rows - 1; row < n_rows; row++)
              expected += (double) weights[row * n_columns + t] / (is_self ? n_rows : 1);
            assert_near (text, &expected, alpha.values + (gsize) t * alpha.n_units + head, 1, 2e-6);
          }
      }
}

static void
test_weights (void)
{
  guint n_rows, n_columns;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("gru(3, return_sequences) > attention(dot) > dense(1)", NULL);
  g_autoptr (AnmNetwork) network = anm_network_new (spec, 3, NULL, NULL);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);

  g_assert_cmpuint (anm_probe_count_heads (probe, 0), ==, 0);
  g_assert_cmpuint (anm_probe_count_heads (probe, 1), ==, 1);
  g_assert_null (anm_probe_get_weights (probe, 1, 0, &n_rows, &n_columns));
  for_each_sequence (check_weights, FALSE);
  for_each_sequence (check_weights, TRUE);
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
  prefix->gaps = g_memdup2 (sequences->gaps + first * sequences->n_channels, length * sequences->n_channels * sizeof (anm_real));
  prefix->means = g_memdup2 (sequences->means, sequences->n_channels * sizeof (anm_real));
  for (gsize t = 0; t < length; t++)
    for (guint c = 0; c < sequences->n_channels; c++)
      anm_sequences_set_observed (prefix, t, c, anm_sequences_is_observed (sequences, first + t, c));
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

/* dL/dh (or dL/dc) of every fourth unit and step of one half against nudges of the naive twin; adds the squares to @squares [steps]. */
static void
check_against_nudges (const char *text, const AnmTrace *trace, AnmNetwork *network, AnmLossKind loss, anm_real *parameters,
                      const AnmSequences *sequences, guint n, NaiveNudge nudge, double *squares)
{
  const double step = 1e-4;
  const double offsets[] = { -2, -1, 1, 2 };

  for (guint t = 0; t < trace->n_steps; t++)
    for (guint u = 0; u < trace->n_units; u++)
      {
        const anm_real *found = trace->values + (gsize) t * trace->n_units + u;

        squares[t] += (double) *found * (double) *found;
        if ((t + u + n) % 4 == 0)
          {
            double losses[4], slope;

            nudge.step = t;
            nudge.unit = u;
            for (guint k = 0; k < 4; k++)
              {
                g_autoptr (NaiveRun) run = NULL;

                nudge.amount = step * offsets[k];
                run = naive_run (network, parameters, loss, sequences, n, &nudge);
                losses[k] = run->loss;
              }
            slope = (8 * (losses[2] - losses[1]) - (losses[3] - losses[0])) / (12 * step);
            assert_near (text, &slope, found, 1, GRADIENT_TOLERANCE);
          }
      }
}

/* Of a bidirectional layer dL/dh is that of both halves, side by side. */
static void
check_halves (AnmProbe *probe, guint l, const AnmTrace *both)
{
  for (guint half = 0; half < 2; half++)
    {
      AnmTrace trace;

      g_assert_true (anm_probe_get_trace (probe, l, half == 0 ? "→dL/dh" : "←dL/dh", &trace));
      g_assert_cmpuint (2 * trace.n_units, ==, both->n_units);
      for (guint t = 0; t < trace.n_steps; t++)
        g_assert_cmpmem (trace.values + (gsize) t * trace.n_units, trace.n_units * sizeof (anm_real),
                         both->values + (gsize) (2 * t + half) * trace.n_units, trace.n_units * sizeof (anm_real));
    }
}

static void
check_gradients (AnmProbe *probe, const char *text, AnmNetwork *network, AnmLossKind loss, anm_real *parameters, const AnmSequences *sequences, guint n)
{
  guint n_steps = (guint) anm_sequences_get_length (sequences, n);

  anm_probe_run (probe, parameters, sequences, n, TRUE);
  if (isnan (anm_probe_get_loss (probe)))
    return;
  for (guint l = 0; l < anm_network_get_n_layers (network); l++)
    {
      const double *norms = anm_probe_get_gradient_norms (probe, l);
      g_autofree double *squares = g_new0 (double, n_steps);
      const char *const *symbols = anm_probe_get_symbols (probe, l);
      gboolean both_ways = FALSE;
      AnmLayerTraces traces;
      AnmTrace trace;

      g_assert_true (anm_probe_get_layer_traces (probe, l, &traces));
      for (guint k = 0; symbols[k] != NULL; k++)
        both_ways |= get_half (symbols[k]) >= 0;
      g_assert_true (anm_probe_get_trace (probe, l, "dL/dh", &trace) == (norms != NULL));
      if (both_ways)
        check_halves (probe, l, &trace);
      for (guint k = 0; symbols[k] != NULL; k++)
        {
          NaiveNudge nudge = { .layer = l, .cell = g_str_has_suffix (symbols[k], "dL/dc"), .half = get_half (symbols[k]) == 1 };
          double ignored[16] = { 0.0 };

          if (!anm_probe_get_trace (probe, l, symbols[k], &trace) || strstr (symbols[k], "dL/") == NULL ||
              (both_ways && get_half (symbols[k]) < 0))
            continue;
          check_against_nudges (text, &trace, network, loss, parameters, sequences, n, nudge, nudge.cell ? ignored : squares);
        }
      for (guint t = 0; norms != NULL && t < traces.n_steps; t++)
        g_assert_cmpfloat_with_epsilon (norms[t], sqrt (squares[t]), 1e-5 * (sqrt (squares[t]) + 1e-30));
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
  g_test_add_func ("/engine/probe/weights", test_weights);
  g_test_add_func ("/engine/probe/prediction", test_prediction);
  g_test_add_func ("/engine/probe/gradients", test_gradients);
  g_test_add_func ("/engine/probe/without-target", test_without_target);
  return g_test_run ();
}
