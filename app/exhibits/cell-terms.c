/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-step.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/cell-symbol.h"
#include "app/exhibits/patient-states.h"
#include "app/exhibits/time-words.h"
#include "app/exhibits/training-curves.h"
#include "widgets/figures/activation-curve.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/number.h"
#include "widgets/figures/waterfall.h"

/* Of a unit over time. */
#define MOST_LINES 3

/* The sum's terms */

static const char *
get_question (const AnmCellEquation *equation)
{
  static const struct { const char *symbol, *question; } questions[] = {
    { "i", N_("What opens the input gate") },   { "f", N_("What opens the forget gate") }, { "o", N_("What opens the output gate") },
    { "z", N_("What opens the update gate") },  { "r", N_("What opens the reset gate") },  { "g", N_("What makes the candidate") },
    { "h~", N_("What makes the candidate") },   { "c", N_("What makes the memory") },      { "h", N_("What makes the hidden state") },
    { "gamma_h", N_("What lets the state decay") }, { "h^", N_("What is left of the state") },
    { "tanh c^", N_("What bends the memory") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    if (g_str_equal (questions[i].symbol, equation->symbol))
      return _(questions[i].question);
  return _(equation->label);
}

/* Into which of an equation's terms to look for an input of its own name. */
static gboolean
is_of_units (const AnmCellTerm *term)
{
  return term->operand != NULL && strchr ("hcr", term->operand[0]) != NULL;
}

static char *
name_part (const AnmCellLens *lens,
           const AnmCellTerm *term,
           guint part)
{
  const char *name = anm_cell_lens_name_input (lens, term->operand, part);

  if (term->operand == NULL)
    return g_strdup (g_str_has_prefix (term->symbol, "b'") ? _("recurrent bias") : _("bias"));
  if (name == NULL)
    return anm_cell_symbol_to_text (term->symbol);
  /* A gru_d reads each channel twice: its value, and whether it was measured. */
  if (g_str_equal (term->operand, "m"))
    /* Translators: a channel, and not its value but whether it was measured. */
    return g_strdup_printf (_("%s measured"), name);
  return g_strdup (name);
}

typedef struct
{
  GArray    *terms;  /* AnmWaterfallTerm */
  GPtrArray *labels;
  guint      n_first;
} Terms;

static void
add_terms (const AnmCellLens *lens,
           const AnmCellEquation *equation,
           gboolean biases,
           Terms *terms)
{
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];

      if ((term->operand == NULL) != biases)
        continue;
      for (guint i = 0; i < term->n_parts; i++)
        {
          AnmWaterfallTerm one = { name_part (lens, term, i), term->parts[i].value, is_of_units (term) && term->n_parts > 1 };

          g_ptr_array_add (terms->labels, (gpointer) one.label);
          g_array_append_val (terms->terms, one);
        }
    }
  if (biases)
    terms->n_first = terms->terms->len;
}

static char *
write_effect (const AnmCellEquation *equation)
{
  if (anm_cell_equation_is_gate (equation) && equation->function == ANM_CELL_SIGMOID)
    return g_strdup (equation->sum > 0 ? _("opens the gate") : _("closes the gate"));
  return NULL;
}

static AnmCurveKind
get_curve (const AnmCellEquation *equation)
{
  static const AnmCurveKind kinds[] = {
    [ANM_CELL_LINEAR] = ANM_CURVE_LINEAR, [ANM_CELL_SIGMOID] = ANM_CURVE_SIGMOID, [ANM_CELL_TANH] = ANM_CURVE_TANH,
    [ANM_CELL_RELU] = ANM_CURVE_RELU,     [ANM_CELL_DECAY] = ANM_CURVE_DECAY,
  };
  return kinds[equation->function];
}

/* "σ(1.73) = <b>0.85</b>" */
static char *
write_result (const AnmCellEquation *equation)
{
  g_autofree char *sum = anm_number_format_term (equation->sum);
  g_autofree char *value = anm_number_format_term (equation->value);
  g_autofree char *symbol = anm_cell_symbol_to_markup (equation->symbol, FALSE);

  if (equation->function == ANM_CELL_LINEAR)
    return g_strdup_printf ("%s<span style='normal'> = <b>%s</b></span>", symbol, value);
  if (equation->function == ANM_CELL_DECAY)
    return g_strdup_printf ("<span style='normal'>exp(−max(0, %s)) = <b>%s</b></span>", sum, value);
  return g_strdup_printf ("<span style='normal'>%s(%s) = <b>%s</b></span>", anm_curve_get_symbol (get_curve (equation)), sum, value);
}

static const char *
find_why_empty (const AnmCellLens *lens)
{
  if (lens == NULL)
    return _("No step is chosen, or no network.");
  if (lens->why_not != NULL)
    return lens->why_not;
  return _("This step is passed over: nothing was measured, and the state is carried unchanged.");
}

static const AnmCellEquation *
choose_equation (const AnmCellLens *lens,
                 const char *symbol)
{
  const char *chosen = anm_cell_lens_choose_equation (lens, symbol);

  return chosen != NULL ? anm_cell_lens_find_equation (lens, chosen) : NULL;
}

static char *
write_caption (const AnmCellLens *lens,
               const char *weights)
{
  g_autofree char *where = NULL;

  if (weights == NULL)
    return g_strdup (_("each term of its sum, largest first"));
  where = g_strdup_printf (_("each term of its sum, largest first; %s, unit %u, %s"), lens->layer_title, lens->unit + 1, lens->when);
  return *weights != '\0' ? g_strdup_printf ("%s; %s", where, weights) : g_steal_pointer (&where);
}

AnmFigure *
anm_cell_terms_exhibit_new (const AnmCellLens *lens,
                            const char *symbol,
                            gboolean expanded,
                            const char *weights)
{
  const AnmCellEquation *equation = choose_equation (lens, symbol);

  if (equation == NULL)
    return anm_waterfall_new (&(AnmWaterfall){ .title = _("Terms of the sum"), .finding = find_why_empty (lens), .empty_text = find_why_empty (lens) });

  g_autoptr (GArray) array = g_array_new (FALSE, TRUE, sizeof (AnmWaterfallTerm));
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  Terms terms = { array, labels, 0 };
  g_autofree char *caption = write_caption (lens, weights);
  g_autofree char *effect = write_effect (equation);
  g_autofree char *result = write_result (equation);
  g_autofree char *sum = anm_number_format_term (equation->sum);
  /* Translators: and the letter that it has in formulas. */
  g_autofree char *sum_label = g_strdup_printf (_("sum, %s"), anm_cell_lens_get_sum_symbol (lens));
  g_autofree char *finding = NULL;
  const AnmWaterfallTerm *all;
  guint largest = 0;

  add_terms (lens, equation, TRUE, &terms);
  add_terms (lens, equation, FALSE, &terms);
  all = (const AnmWaterfallTerm *) (gpointer) array->data;
  for (guint k = 0; k < array->len; k++)
    if (fabs (all[k].value) > fabs (all[largest].value))
      largest = k;

  g_autofree char *most = array->len > 0 ? anm_number_format_term (all[largest].value) : NULL;
  /* Translators: how many terms; the largest one's name and value; what all add up to. */
  finding = array->len > 0 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u term; the largest is %s, %s; the sum is %s.", "%u terms; the largest is %s, %s; the sum is %s.", array->len),
                                              array->len, all[largest].label, most, sum) : g_strdup ("");
  return anm_waterfall_new (&(AnmWaterfall){
    .title = get_question (equation),
    .caption = caption,
    .finding = finding,
    .n_terms = array->len,
    .terms = all,
    .n_first = terms.n_first,
    .sum = equation->sum,
    .sum_label = equation->function == ANM_CELL_LINEAR ? _("sum") : sum_label,
    .result = result,
    .note = effect,
    .expanded = expanded,
  });
}

AnmFigure *
anm_attention_terms_exhibit_new (const AnmPatientReading *reading,
                                 int layer,
                                 guint unit,
                                 gboolean expanded)
{
  const gboolean there = reading != NULL && layer >= 0 && (guint) layer < reading->n_layers && reading->n_steps > 0;
  const AnmReadingTrace *alpha = there ? anm_patient_reading_find_trace (reading, (guint) layer, "alpha") : NULL;
  const AnmReadingTrace *x = there ? anm_patient_reading_find_trace (reading, (guint) layer, "x") : NULL;
  const AnmReadingTrace *y = there ? anm_patient_reading_find_trace (reading, (guint) layer, "y") : NULL;

  if (alpha == NULL || x == NULL || y == NULL || alpha->n_units != 1 || x->n_units != y->n_units || unit >= y->n_units)
    return NULL;

  const guint n = reading->n_steps;
  const double sum = (double) y->values[(gsize) (n - 1) * y->n_units + unit];
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  g_autofree AnmWaterfallTerm *terms = g_new0 (AnmWaterfallTerm, n);
  double total = 0;
  guint most = 0;

  for (guint k = 0; k < n; k++)
    {
      const double weight = (double) alpha->values[k];

      g_ptr_array_add (labels, anm_number_format_time (anm_patient_reading_get_x (reading, k), reading->cohort->time_unit));
      terms[k] = (AnmWaterfallTerm){ g_ptr_array_index (labels, k), weight * (double) x->values[(gsize) k * x->n_units + unit], FALSE };
      total += isnan (terms[k].value) ? 0 : terms[k].value;
      if (weight > (double) alpha->values[most] || isnan (alpha->values[most]))
        most = k;
    }
  /* A layer that looks at something else than what enters it. */
  if (!(fabs (total - sum) <= 1e-3 * MAX (1, fabs (sum))))
    return NULL;

  g_autofree char *share = anm_number_format_share ((double) alpha->values[most]);
  g_autofree char *title = g_strdup_printf (_("What makes number %u of the answer"), unit + 1);
  g_autofree char *value = anm_number_format_term (sum);
  g_autofree char *result = g_strdup_printf ("y<span style='normal'> = Σ </span>α x<span style='normal'> = <b>%s</b></span>", value);
  /* Translators: a share, and the step that has it. */
  g_autofree char *finding = g_strdup_printf (_("The largest weight, %s, is that of %s."), share, terms[most].label);
  return anm_waterfall_new (&(AnmWaterfall){
    .title = title,
    .caption = _("weight times state of each step, largest first"),
    .finding = finding,
    .n_terms = n,
    .terms = terms,
    .sum = sum,
    .sum_label = _("sum"),
    .result = result,
    .expanded = expanded,
  });
}

AnmFigure *
anm_cell_curve_exhibit_new (const AnmCellLens *lens,
                            const char *symbol,
                            const char *weights)
{
  const AnmCellEquation *equation = choose_equation (lens, symbol);

  if (equation == NULL)
    return anm_activation_curve_new (&(AnmActivationCurve){ .title = _("Activation"), .finding = find_why_empty (lens), .empty_text = find_why_empty (lens) });

  g_autofree char *text = anm_cell_symbol_to_text (equation->symbol);
  /* Translators: an equation's name and symbol: "Forget gate f". */
  g_autofree char *title = g_strdup_printf (_("%s %s"), _(equation->label), text);
  g_autofree char *where = g_strdup_printf (_("%s, unit %u, %s"), lens->layer_title, lens->unit + 1, lens->when);
  g_autofree char *caption = weights != NULL ? g_strdup_printf ("%s; %s", where, weights) : g_strdup (where);
  g_autofree char *sum = anm_number_format_term (equation->sum);
  g_autofree char *value = anm_number_format_term (equation->value);
  g_autofree char *slope = anm_curve_describe_slope (get_curve (equation), equation->slope);
  /* Translators: sum, what becomes of it, slope in words. */
  g_autofree char *finding = g_strdup_printf (_("From the sum %s comes %s; %s."), sum, value, slope);

  return anm_activation_curve_new (&(AnmActivationCurve){
    .title = title,
    .caption = caption,
    .finding = finding,
    .kind = get_curve (equation),
    .at = equation->sum,
    .value = equation->value,
    .slope = equation->slope,
  });
}

/* Where, and the unit over time */

static char *
explain_reading (const AnmPatientReading *reading,
                 int layer)
{
  if (reading == NULL)
    return g_strdup (_("No patient and no network yet."));
  if (reading->n_steps == 0)
    return g_strdup (_("This patient has no measurements."));
  if (layer < 0 || (guint) layer >= reading->n_layers)
    return g_strdup (_("This network has no recurrent layer: it holds nothing over time."));
  return NULL;
}

static const AnmReadingTrace *
find_trace (const AnmPatientReading *reading,
            int layer,
            const char *symbol)
{
  return anm_patient_reading_find_trace (reading, (guint) layer, symbol);
}

AnmFigure *
anm_cell_where_exhibit_new (const AnmPatientReading *reading,
                            int layer,
                            int unit,
                            const guint *order)
{
  if (layer < 0 && reading != NULL)
    layer = anm_patient_reading_find_recurrent (reading);

  g_autofree char *reason = explain_reading (reading, layer);
  const AnmReadingTrace *trace = reason == NULL ? find_trace (reading, layer, "h") : NULL;

  if (reason == NULL && trace == NULL)
    reason = g_strdup (_("This layer has no hidden state."));
  if (reason != NULL)
    return anm_heat_map_new (&(AnmHeatMap){ .title = _("Where"), .finding = reason, .empty_text = reason, .selected_row = -1 });

  g_autofree char *title = anm_layer_get_title (reading->network, (guint) layer);
  g_autofree char *caption = g_strdup_printf (_("%s hidden state; click to move"), title);
  g_autofree char *finding = NULL;
  g_autofree float *cells = anm_reading_trace_by_unit (trace, reading->n_steps, NULL, NULL);

  finding = unit >= 0 ? g_strdup_printf (_("Unit %d of %u."), unit + 1, trace->n_units) : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u unit.", "%u units.", trace->n_units), trace->n_units);
  return anm_heat_map_new (&(AnmHeatMap){
    .title = _("Where"),
    .caption = caption,
    .finding = finding,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .y_label = _("unit"),
    .x_time_unit = reading->cohort->time_unit,
    .scale = ANM_HEAT_DIVERGING,
    .range = 1,
    .n_rows = trace->n_units,
    .n_columns = reading->n_steps,
    .cells = cells,
    .row_order = order,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .selected_row = unit,
    .bare = TRUE,
    .crossed = TRUE,
  });
}

/* Of a unit to which both halves of a layer add: what each holds, and what they make. */
static guint
add_merged_lines (const AnmPatientReading *reading,
                  int layer,
                  int unit,
                  const double *x,
                  double *y,
                  AnmLine *lines)
{
  static const struct { const char *symbol; AnmColourRole colour; AnmLineStyle style; } wanted[] = {
    { "→h", ANM_COLOUR_RUN_FIRST + 3, ANM_LINE_THIN }, { "←h", ANM_COLOUR_RUN_FIRST + 2, ANM_LINE_THIN }, { "h", ANM_COLOUR_INK, ANM_LINE_THICK },
  };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      const AnmReadingTrace *trace = anm_patient_reading_find_trace (reading, (guint) layer, wanted[i].symbol);
      double *values = y + (gsize) n * reading->n_steps;

      for (guint k = 0; k < reading->n_steps; k++)
        values[k] = (double) trace->values[(gsize) k * trace->n_units + (guint) unit];
      lines[n++] = (AnmLine){ .label = wanted[i].symbol, .name = _(trace->label), .colour = wanted[i].colour, .style = wanted[i].style,
                              .n_points = reading->n_steps, .x = x, .y = values };
    }
  return n;
}

static gboolean
is_merged (const AnmPatientReading *reading,
           int layer)
{
  const AnmReadingTrace *half = anm_patient_reading_find_trace (reading, (guint) layer, "→h");

  return half != NULL && half->n_units == reading->layers[layer].n_units;
}

/* What the unit holds, as lines; of the half that it belongs to in a layer that reads both ways. */
static guint
add_lines (const AnmPatientReading *reading,
           int layer,
           int unit,
           const double *x,
           double *y,
           AnmLine *lines)
{
  static const struct { const char *symbol, *label; AnmColourRole colour; AnmLineStyle style; } wanted[] = {
    { "c", "c", ANM_COLOUR_RUN_FIRST + 3, ANM_LINE_THICK }, { "h", "h", ANM_COLOUR_INK, ANM_LINE_THICK },
  };
  const AnmReadingLayer *states = &reading->layers[layer];
  guint n = 0;

  if (is_merged (reading, layer))
    return add_merged_lines (reading, layer, unit, x, y, lines);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    for (guint t = 0; t < states->n_traces; t++)
      {
        const AnmReadingTrace *trace = &states->traces[t];
        const char *bare = trace->symbol + (anm_reading_trace_get_half (trace) < 0 ? 0 : strlen ("→"));
        const int own = anm_reading_trace_find_unit (trace, states, (guint) unit);
        double *values = y + (gsize) n * reading->n_steps;

        if (!g_str_equal (bare, wanted[i].symbol) || own < 0 || (g_str_equal (bare, "h") && anm_reading_trace_get_half (trace) >= 0))
          continue;
        for (guint k = 0; k < reading->n_steps; k++)
          values[k] = (double) trace->values[(gsize) k * trace->n_units + (guint) own];
        lines[n++] = (AnmLine){ .label = wanted[i].label, .name = _(trace->label), .colour = wanted[i].colour, .style = wanted[i].style,
                                .n_points = reading->n_steps, .x = x, .y = values };
        break;
      }
  return n;
}

AnmFigure *
anm_cell_unit_exhibit_new (const AnmPatientReading *reading,
                           int layer,
                           int unit)
{
  if (layer < 0 && reading != NULL)
    layer = anm_patient_reading_find_recurrent (reading);

  g_autofree char *reason = explain_reading (reading, layer);
  const AnmReadingTrace *trace = reason == NULL ? find_trace (reading, layer, "h") : NULL;

  if (reason == NULL && (trace == NULL || unit < 0 || (guint) unit >= trace->n_units))
    reason = g_strdup (trace == NULL ? _("This layer has no hidden state.") : _("No unit is chosen."));
  if (reason != NULL)
    return anm_line_plot_new (&(AnmLinePlot){ .title = _("Unit over time"), .finding = reason, .empty_text = reason,
                                              .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN });

  g_autofree double *x = g_new (double, reading->n_steps);
  g_autofree double *y = g_new (double, MOST_LINES * (gsize) reading->n_steps);
  AnmLine lines[MOST_LINES];

  for (guint k = 0; k < reading->n_steps; k++)
    x[k] = anm_patient_reading_get_x (reading, k);

  const guint n_lines = add_lines (reading, layer, unit, x, y, lines);
  g_autofree char *title = g_strdup_printf (_("Unit %d over time"), unit + 1);
  g_autofree char *first = anm_number_format_fixed ((double) trace->values[unit], 2);
  g_autofree char *last = anm_number_format_fixed ((double) trace->values[(gsize) (reading->n_steps - 1) * trace->n_units + (guint) unit], 2);
  g_autofree char *finding = g_strdup_printf (_("The output goes from %s to %s."), first, last);

  return anm_line_plot_new (&(AnmLinePlot){
    .title = title,
    .caption = n_lines == 3 ? _("output h, and what both halves hold") : n_lines == 2 ? _("memory c and output h") : _("output h"),
    .finding = finding,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_time_unit = reading->cohort->time_unit,
    .x_min = NAN,
    .x_max = NAN,
    .y_min = NAN,
    .y_max = NAN,
    .n_lines = n_lines,
    .lines = lines,
  });
}
