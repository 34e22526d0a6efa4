/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The equations of one step with their numbers: against the naive twin, against
 * what the network computed itself, against the gradients of the parameters,
 * and against their own finite differences. Built and run in both precisions.
 */
#include "cases.h"
#include "naive.h"

#include "engine/cell.h"

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-12
#define GRADIENT_TOLERANCE 1e-10
#else
#define TOLERANCE 4e-6
#define GRADIENT_TOLERANCE 2e-5
#endif

static const char *const networks[] = {
  "simple_rnn(5) > dense(1)",
  "simple_rnn(6, activation=relu) > dense(1)",
  "simple_rnn(4, activation=sigmoid, return_sequences) > simple_rnn(3) > dense(1)",
  "lstm(5) > dense(1)",
  "gru(6) > dense(1)",
  "gru(5, reset_after=false) > dense(1)",
  "lstm(4, return_sequences) > gru(3, return_sequences) > gru(5, reset_after=false, return_sequences) > lstm(3) > dense(1)",
  "lstm(1) > dense(1)",
  "lstm(3, bidirectional) > dense(1)",
  "gru_d(4) > dense(1)",
  "simple_rnn(5, layer_norm) > dense(1)",
  "lstm(4, layer_norm) > dense(1)",
  "gru(4, layer_norm) > dense(1)",
  "gru(3, layer_norm, reset_after=false, bidirectional) > dense(1)",
  "gru_d(3, bidirectional, return_sequences) > lstm(2) > dense(1)",
  "gru(3, bidirectional=sum, return_sequences) > gru(3, bidirectional=mean, reset_after=false) > dense(1)",
};

typedef struct
{
  AnmNetwork   *network;
  anm_real     *parameters;
  AnmSequences *sequences;
  AnmLossKind   loss;
  AnmProbe     *probe;
  NaiveRun     *run;
  guint         sequence;
  const char   *text;
} Case;

/* @naive: the layer's twin, or that of the half that is looked into, whose parameters' names begin with @prefix */
typedef void (*CaseFunc) (const Case *self, guint layer, AnmCell *cell, const AnmLayerTraces *traces,
                          const NaiveLayer *naive, gboolean backwards, guint n_units, const char *prefix, const char *arrow);

static void
for_each_half (const Case *self, guint layer, CaseFunc func)
{
  const NaiveLayer *naive = &self->run->layers[layer];
  gboolean both_ways = naive->halves != NULL;
  AnmLayerTraces traces;
  AnmTrace trace;

  g_assert_true (anm_probe_get_layer_traces (self->probe, layer, &traces));
  g_assert_true (anm_probe_get_trace (self->probe, layer, both_ways ? "→h" : "h", &trace));
  for (guint half = 0; half < (both_ways ? 2 : 1); half++)
    {
      g_autoptr (AnmCell) cell = anm_cell_new (self->network, layer, half == 0 ? ANM_DIRECTION_FORWARDS : ANM_DIRECTION_BACKWARDS, NULL);

      anm_cell_set_parameters (cell, self->parameters);
      func (self, layer, cell, &traces, both_ways ? &naive->halves[half] : naive, half == 1, trace.n_units,
            !both_ways ? "" : half == 0 ? "forward." : "backward.", !both_ways ? "" : half == 0 ? "→" : "←");
    }
}

/* Every recurrent layer over every sequence, one loss at the end or one at every step. */
static void
for_each_layer (CaseFunc func)
{
  const CaseShape shapes[] = { SHAPE_RAGGED, SHAPE_SKIP, SHAPE_ONE_STEP };

  for (gsize i = 0; i < G_N_ELEMENTS (networks) * G_N_ELEMENTS (shapes) * 2; i++)
    {
      const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, i % 2 == 1 };
      g_autoptr (AnmSequences) sequences = make_batch (shapes[i / 2 % 3], &target, 300 + i);
      g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (networks[i / 6], NULL);
      g_autoptr (AnmNetwork) network = NULL;
      g_autofree anm_real *parameters = NULL;
      g_autofree char *text = NULL;
      Case self = { .sequences = sequences };

      for (guint l = 0; l < spec->n_layers && target.per_step; l++)
        if (anm_layer_class_is_recurrent (spec->layers[l]->klass))
          anm_layer_spec_set (spec->layers[l], "return_sequences", 1, NULL);
      self.text = text = anm_network_spec_to_text (spec);
      self.network = network = make_case_network (text, sequences, 400 + i, &parameters);
      self.parameters = parameters;
      self.loss = resolve_loss (ANM_LOSS_AUTO, network, &target);
      self.probe = anm_probe_new (network, self.loss);
      for (self.sequence = 0; self.sequence < sequences->n_sequences; self.sequence++)
        {
          self.run = naive_run (network, parameters, self.loss, sequences, self.sequence, NULL);
          anm_probe_run (self.probe, parameters, sequences, self.sequence, TRUE);
          for (guint l = 0; l < anm_network_get_n_layers (network); l++)
            if (anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, l))))
              for_each_half (&self, l, func);
          naive_run_free (self.run);
        }
      anm_probe_free (self.probe);
    }
}

static void
assert_near (const Case *self, const char *what, double expected, double found, double tolerance)
{
  if (!(fabs (expected - found) <= tolerance * (1.0 + fabs (expected))))
    g_error ("%s, sequence %u: %s is %.12g instead of %.12g", self->text, self->sequence, what, found, expected);
}

static double
get_naive (const NaiveLayer *layer, const char *symbol, gboolean backwards, guint n_units, guint t, guint unit)
{
  gsize at = (gsize) t * n_units + unit;
  double before = t == (backwards ? layer->n_steps - 1 : 0) ? 0.0 : layer->h[backwards ? at + n_units : at - n_units];

  if (g_str_equal (symbol, "tanh c"))
    return tanh (layer->c[at]);
  if (g_str_equal (symbol, "tanh c^"))
    return layer->h[at] / layer->o[at];
  if (g_str_equal (symbol, "r h'"))
    return layer->r[at] * before;
  if (g_str_equal (symbol, "gamma_h"))
    return layer->gamma_h[at];
  if (g_str_equal (symbol, "h^"))
    return layer->gamma_h[at] * before;
  if (g_str_equal (symbol, "r h^"))
    return layer->r[at] * layer->gamma_h[at] * before;
  return (g_str_equal (symbol, "h") ? layer->h : g_str_equal (symbol, "c") ? layer->c : g_str_equal (symbol, "i") ? layer->i
          : g_str_equal (symbol, "f") ? layer->f : g_str_equal (symbol, "g") ? layer->g : g_str_equal (symbol, "o") ? layer->o
          : g_str_equal (symbol, "z") ? layer->z : g_str_equal (symbol, "r") ? layer->r : layer->candidate)[at];
}

/* The waterfall: every part, added in order, makes the term and the sum to the last bit. */
static void
check_sum (const Case *self, const AnmCellEquation *equation)
{
  double sum = 0.0;

  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];
      double value = 0.0;

      for (guint i = 0; i < term->n_parts; i++)
        {
          g_assert_cmpfloat (term->parts[i].value, ==, term->factor * term->parts[i].weight * term->parts[i].input);
          value += term->parts[i].value;
          sum += term->parts[i].value;
        }
      g_assert_cmpfloat (term->value, ==, value);
    }
  g_assert_cmpfloat (equation->sum, ==, sum);
}

static double
bend (AnmCellFunction function, double sum)
{
  return function == ANM_CELL_DECAY ? exp (-fmax (sum, 0.0)) : function == ANM_CELL_TANH ? tanh (sum) : function == ANM_CELL_SIGMOID ? naive_sigmoid (sum) : function == ANM_CELL_RELU ? fmax (sum, 0.0) : sum;
}

static void
check_forward (const Case *self, guint layer, AnmCell *cell, const AnmLayerTraces *traces,
               const NaiveLayer *naive, gboolean backwards, guint n_units, const char *prefix, const char *arrow)
{
  for (guint t = 0; t < traces->n_steps; t++)
    for (guint unit = t % 2; unit < n_units; unit += 2)
      {
        g_autoptr (AnmCellReading) reading = anm_cell_read (cell, traces, t, unit, NULL);

        g_assert_cmpint (reading->skipped, ==, traces->skip != NULL && traces->skip[t]);
        g_assert_cmpint (reading->n_equations == 0, ==, reading->skipped);
        for (guint e = 0; e < reading->n_equations; e++)
          {
            const AnmCellEquation *equation = &reading->equations[e];
            double slope = (bend (equation->function, equation->sum + 1e-6) - bend (equation->function, equation->sum - 1e-6)) / 2e-6;

            check_sum (self, equation);
            assert_near (self, equation->symbol, get_naive (naive, equation->symbol, backwards, n_units, t, unit), equation->value, TOLERANCE);
            assert_near (self, "the slope", slope, equation->slope, 1e-9);
            g_assert_cmpfloat_with_epsilon (equation->value, bend (equation->function, equation->sum), 1e-15 * (1.0 + fabs (equation->value)));
            if (g_str_equal (equation->symbol, "tanh c^") || (!strchr (equation->symbol, ' ') && !g_str_equal (equation->symbol, "h^")))
              assert_near (self, equation->symbol, equation->value, equation->traced, TOLERANCE);
            else
              g_assert_true (isnan (equation->traced));
          }
      }
}

static void
test_forward (void)
{
  for_each_layer (check_forward);
}

static void
check_gradient (const Case *self, const char *symbol, const AnmCellGradient *gradient)
{
  double value = 0.0;

  for (guint k = 0; k < gradient->n_shares; k++)
    {
      const AnmCellShare *share = &gradient->shares[k];
      double sum = 0.0;

      for (guint i = 0; i < share->n_parts; i++)
        sum += share->parts[i].value;
      g_assert_cmpfloat (share->value, ==, share->n_parts > 0 ? sum : share->slope * share->gradient);
      value += share->value;
    }
  g_assert_cmpfloat (gradient->value, ==, value);
  /* What is nearly nothing can't be told from the rounding of what it is made of. */
  if (!(gradient->relative_error <= 1e-7) && !(fabs (gradient->value - gradient->difference) <= 1e-11))
    g_error ("%s, sequence %u: dL/d(%s) is %.12g and its difference %.12g", self->text, self->sequence, symbol, gradient->value, gradient->difference);
}

static double
get_trace (const AnmLayerTraces *traces, const char *symbol, guint t, guint unit)
{
  for (guint k = 0; k < traces->n_traces; k++)
    if (g_str_equal (traces->traces[k].symbol, symbol))
      return (double) traces->traces[k].values[(gsize) t * traces->traces[k].n_units + unit];
  return NAN;
}

/* The shares, the finite differences, and what the network's own backward pass says. */
static void
check_backward (const Case *self, guint layer, AnmCell *cell, const AnmLayerTraces *traces,
                const NaiveLayer *naive, gboolean backwards, guint n_units, const char *prefix, const char *arrow)
{
  for (guint t = 0; t < traces->n_steps; t++)
    for (guint unit = 0; unit < n_units; unit += 2)
      {
        g_autoptr (AnmCellReading) reading = anm_cell_read (cell, traces, t, unit, NULL);

        g_assert_cmpint (reading->has_gradients, ==, !isnan (anm_probe_get_loss (self->probe)));
        if (!reading->has_gradients)
          continue;
        for (guint e = 0; e < reading->n_equations; e++)
          {
            const AnmCellEquation *equation = &reading->equations[e];
            g_autofree char *name = g_strconcat (arrow, "dL/d", equation->symbol, NULL);
            double traced = get_trace (traces, name, t, unit);

            check_gradient (self, equation->symbol, &equation->gradient);
            check_gradient (self, "a sum", &equation->sum_gradient);
            if (!isnan (traced))
              assert_near (self, name, traced, equation->gradient.value, GRADIENT_TOLERANCE);
          }
        for (guint p = 0; p < reading->n_previous; p++)
          check_gradient (self, reading->previous[p].symbol, &reading->previous[p].gradient);
      }
}

static void
test_backward (void)
{
  for_each_layer (check_backward);
}

static double
get_parameter_gradient (const Case *self, const anm_real *gradient, guint layer, const char *name, gsize column)
{
  const anm_real *weights = naive_find (self->network, gradient, layer, name);

  return weights == NULL ? (double) NAN : (double) weights[column];
}

/* Summed over the steps, dL/dz of a gate is the gradient of its bias. */
static void
check_parameters (const Case *self, guint layer, AnmCell *cell, const AnmLayerTraces *traces,
                  const NaiveLayer *naive, gboolean backwards, guint n_units, const char *prefix, const char *arrow)
{
  g_autofree char *bias = g_strconcat (prefix, "bias", NULL);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (self->network, self->loss, 1, anm_sequences_get_max_length (self->sequences), TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (self->network);
  g_autofree anm_real *gradient = g_new0 (anm_real, anm_network_get_n_parameters (self->network));
  const char *const gates[] = { "i", "f", "g", "o", "z", "r", "h~" };
  const guint blocks[] = { 0, 1, 2, 3, 0, 1, 2 };
  double weight;

  anm_packed_fill (packed, self->parameters);
  anm_workspace_load (workspace, self->sequences, &(guint32){ self->sequence }, 1);
  anm_workspace_forward (workspace, packed, NULL);
  anm_workspace_get_loss (workspace, &weight);
  if (weight == 0.0)
    return;
  anm_workspace_backward (workspace, packed, 1.0 / weight, gradient, NULL);
  for (guint unit = 0; unit < n_units; unit++)
    {
      double sums[G_N_ELEMENTS (gates)] = { 0.0 };
      gboolean there[G_N_ELEMENTS (gates)] = { FALSE };

      for (guint t = 0; t < traces->n_steps; t++)
        {
          g_autoptr (AnmCellReading) reading = anm_cell_read (cell, traces, t, unit, NULL);

          for (guint e = 0; e < reading->n_equations; e++)
            for (gsize k = 0; k < G_N_ELEMENTS (gates); k++)
              if (g_str_equal (reading->equations[e].symbol, gates[k]))
                {
                  there[k] = TRUE;
                  sums[k] += reading->equations[e].sum_gradient.value;
                }
        }
      for (gsize k = 0; k < G_N_ELEMENTS (gates); k++)
        if (there[k])
          assert_near (self, gates[k], get_parameter_gradient (self, gradient, layer, bias, (gsize) blocks[k] * n_units + unit), sums[k], GRADIENT_TOLERANCE);
    }
}

static void
test_parameters (void)
{
  for_each_layer (check_parameters);
}

static void
test_refused (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(3) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_autoptr (AnmCell) cell = anm_cell_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
  g_autoptr (AnmCellReading) reading = NULL;
  g_autoptr (GError) error = NULL;
  AnmLayerTraces traces;

  g_assert_null (anm_cell_new (network, 1, ANM_DIRECTION_FORWARDS, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_null (anm_cell_new (network, 0, ANM_DIRECTION_BACKWARDS, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_false (anm_probe_get_layer_traces (probe, 0, &traces));
  anm_probe_run (probe, parameters, sequences, 0, FALSE);
  g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
  anm_cell_set_parameters (cell, parameters);
  g_assert_null (anm_cell_read (cell, &traces, 6, 0, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  g_clear_error (&error);
  g_assert_null (anm_cell_read (cell, &traces, 0, 3, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  g_clear_error (&error);

  /* Without gradients the way back is not there. */
  reading = anm_cell_read (cell, &traces, 5, 2, &error);
  g_assert_no_error (error);
  g_assert_false (reading->has_gradients);
  g_assert_cmpuint (reading->n_equations, ==, 7);
  g_assert_cmpstr (reading->equations[1].terms[1].symbol, ==, "U_f h'");
  g_assert_true (isnan (reading->equations[0].gradient.value));
  g_assert_cmpuint (reading->equations[0].gradient.n_shares, ==, 0);

  /* A trace that the cell needs is missing. */
  traces.n_traces = 1;
  g_assert_null (anm_cell_read (cell, &traces, 5, 2, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
}

static void
test_not_finite (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (networks[i], sequences, 1, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
      g_autoptr (AnmCell) cell = anm_cell_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
      g_autoptr (AnmCellReading) reading = NULL;
      AnmLayerTraces traces;

      for (gsize k = 0; k < anm_network_get_n_parameters (network); k++)
        parameters[k] = k % 3 == 0 ? (anm_real) NAN : (anm_real) INFINITY;
      anm_probe_run (probe, parameters, sequences, 0, TRUE);
      g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
      anm_cell_set_parameters (cell, parameters);
      reading = anm_cell_read (cell, &traces, 2, 0, NULL);
      g_assert_true (isnan (reading->equations[0].sum));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cell/forward", test_forward);
  g_test_add_func ("/engine/cell/backward", test_backward);
  g_test_add_func ("/engine/cell/parameters", test_parameters);
  g_test_add_func ("/engine/cell/refused", test_refused);
  g_test_add_func ("/engine/cell/not-finite", test_not_finite);
  return g_test_run ();
}
