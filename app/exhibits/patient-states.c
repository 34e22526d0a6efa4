/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/patient-states.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/time-words.h"
#include "app/exhibits/training-curves.h"
#include "app/study/unit-order.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/number.h"

int
anm_patient_reading_find_recurrent (const AnmPatientReading *reading)
{
  for (guint i = 0; i < reading->n_layers; i++)
    if (anm_layer_class_is_recurrent (reading->layers[i].klass))
      return (int) i;
  return -1;
}

static char *
format_step (const AnmPatientReading *reading,
             guint k)
{
  return anm_number_format_time (anm_patient_reading_get_x (reading, k), reading->cohort->time_unit);
}

/* "Patient 132541; LSTM, 32 units; best epoch 36" */
static char *
write_caption (const AnmPatientReading *reading,
               const char *what,
               const char *weights)
{
  const char *id = reading->cohort->ids[reading->patient];

  if (weights == NULL || *weights == '\0')
    /* Translators: a patient's id; what is drawn. */
    return g_strdup_printf (_("Patient %s; %s"), id, what);
  /* Translators: a patient's id; what is drawn; which weights of the network. */
  return g_strdup_printf (_("Patient %s; %s; %s"), id, what, weights);
}

/* The layer asked for, or the first recurrent one; -1 with the reason if there is none. */
static int
choose_layer (const AnmPatientReading *reading,
              int layer,
              const char **reason)
{
  *reason = NULL;
  if (reading == NULL)
    *reason = _("No patient and no network yet.");
  else if (reading->n_steps == 0)
    *reason = _("This patient has no measurements.");
  else if (layer >= 0 && (guint) layer >= reading->n_layers)
    *reason = _("The network has no such layer.");
  else if (layer < 0 && anm_patient_reading_find_recurrent (reading) < 0)
    *reason = _("This network has no recurrent layer: it holds nothing over time.");
  if (*reason != NULL)
    return -1;
  return layer >= 0 ? layer : anm_patient_reading_find_recurrent (reading);
}

/* Hidden state */

static AnmFigure *
make_empty_map (const char *reason)
{
  AnmHeatMap map = { .title = _("Hidden state"), .finding = reason, .empty_text = reason, .selected_row = -1 };

  return anm_heat_map_new (&map);
}

float *
anm_reading_trace_by_unit (const AnmReadingTrace *trace,
                           guint n_steps,
                           guint *most_unit,
                           guint *most_step)
{
  float *cells = g_new (float, MAX ((gsize) n_steps * trace->n_units, 1));
  float most = -1;
  guint at_unit = 0, at_step = 0;

  for (guint k = 0; k < n_steps; k++)
    for (guint unit = 0; unit < trace->n_units; unit++)
      {
        float value = trace->values[(gsize) k * trace->n_units + unit];

        cells[(gsize) unit * n_steps + k] = value;
        if (fabsf (value) > most)
          {
            most = fabsf (value);
            at_unit = unit;
            at_step = k;
          }
      }
  if (most_unit != NULL)
    *most_unit = at_unit;
  if (most_step != NULL)
    *most_step = at_step;
  return cells;
}

/* Hidden states are within -1 .. 1 and gates within 0 .. 1: one scale for all patients; others by what occurs. */
double
anm_state_range (const AnmReadingTrace *trace,
                 double most)
{
  if (trace->is_gate || (most <= 1 && g_str_equal (trace->symbol, "h")))
    return 1;
  return NAN;
}

AnmFigure *
anm_hidden_state_exhibit_new (const AnmPatientReading *reading,
                              int layer,
                              const char *symbol,
                              const guint *order,
                              int selected_unit,
                              const char *weights)
{
  const char *reason;
  int chosen = choose_layer (reading, layer, &reason);

  if (chosen < 0)
    return make_empty_map (reason);

  const AnmReadingTrace *trace = anm_patient_reading_find_trace (reading, (guint) chosen, symbol);
  g_autofree char *layer_title = anm_layer_get_title (reading->network, (guint) chosen);
  if (trace == NULL || trace->n_units == 0)
    {
      /* Translators: a layer and a symbol, such as c. */
      g_autofree char *text = g_strdup_printf (_("%s has no %s."), layer_title, symbol);
      return make_empty_map (text);
    }

  guint unit, step;
  g_autofree float *cells = anm_reading_trace_by_unit (trace, reading->n_steps, &unit, &step);
  g_autofree guint *similar = order == NULL ? anm_unit_order_new (trace->values, reading->n_steps, trace->n_units) : NULL;
  double most = (double) cells[(gsize) unit * reading->n_steps + step];
  g_autofree char *when = format_step (reading, step);
  g_autofree char *value = anm_number_format_fixed (most, 2);
  /* Translators: a thing of a layer and its symbol: "Hidden state h". */
  g_autofree char *title = g_strdup_printf (_("%s %s"), _(trace->label), trace->symbol);
  g_autofree char *what = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u unit", "%s, %u units ordered by similarity", trace->n_units),
                                           layer_title, trace->n_units);
  g_autofree char *caption = write_caption (reading, what, weights);
  g_autofree char *finding = g_strdup_printf (_("Farthest from 0: unit %u, %s at %s."), unit + 1, value, when);

  return anm_heat_map_new (&(AnmHeatMap){
    .title = title,
    .caption = caption,
    .finding = finding,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .y_label = trace->of_inputs ? _("input") : _("unit"),
    .x_time_unit = reading->cohort->time_unit,
    .scale = trace->is_gate ? ANM_HEAT_SEQUENTIAL : ANM_HEAT_DIVERGING,
    .range = anm_state_range (trace, fabs (most)),
    .n_rows = trace->n_units,
    .n_columns = reading->n_steps,
    .cells = cells,
    .row_order = order != NULL ? order : similar,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .selected_row = selected_unit,
  });
}

/* Gates */

static AnmFigure *
make_empty_plot (const char *title,
                 const char *reason)
{
  AnmLinePlot plot = { .title = title, .finding = reason, .empty_text = reason, .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN };

  return anm_line_plot_new (&plot);
}

static double
get_value (const AnmReadingTrace *trace,
           guint k,
           guint unit)
{
  return (double) trace->values[(gsize) k * trace->n_units + unit];
}

/* The unit whose gates travel farthest, all steps and gates together. */
guint
anm_find_liveliest_unit (const AnmPatientReading *reading,
                         const AnmReadingLayer *layer)
{
  double farthest = -1;
  guint liveliest = 0;

  for (guint unit = 0; unit < layer->n_units; unit++)
    {
      double way = 0;
      for (guint t = 0; t < layer->n_traces; t++)
        {
          const int own = anm_reading_trace_find_unit (&layer->traces[t], layer, unit);

          for (guint k = 1; layer->traces[t].is_gate && own >= 0 && k < reading->n_steps; k++)
            way += fabs (get_value (&layer->traces[t], k, (guint) own) - get_value (&layer->traces[t], k - 1, (guint) own));
        }
      if (way > farthest)
        {
          farthest = way;
          liveliest = unit;
        }
    }
  return liveliest;
}

/* A gate keeps its hue on all pages: input green, forget and update pink, output and reset amber. */
AnmColourRole
anm_gate_colour (const AnmReadingTrace *trace)
{
  const char *symbol = trace->symbol + (anm_reading_trace_get_half (trace) < 0 ? 0 : strlen ("→"));

  if (g_str_equal (symbol, "i"))
    return ANM_COLOUR_RUN_FIRST + 4;
  if (g_str_equal (symbol, "f") || g_str_equal (symbol, "z"))
    return ANM_COLOUR_RUN_FIRST + 2;
  if (g_str_equal (symbol, "o") || g_str_equal (symbol, "r"))
    return ANM_COLOUR_RUN_FIRST + 1;
  return ANM_COLOUR_RUN_FIRST;
}

static char *
describe_gates (const AnmPatientReading *reading,
                const AnmReadingLayer *layer,
                guint unit)
{
  GString *text = g_string_new (NULL);
  g_autofree char *when = format_step (reading, reading->n_steps - 1);

  /* Translators: a unit and a point in time; gates with their values follow. */
  g_string_append_printf (text, _("Unit %u at %s"), unit + 1, when);
  for (guint t = 0, n = 0; t < layer->n_traces; t++)
    if (layer->traces[t].is_gate && anm_reading_trace_find_unit (&layer->traces[t], layer, unit) >= 0)
      {
        const guint own = (guint) anm_reading_trace_find_unit (&layer->traces[t], layer, unit);
        g_autofree char *value = anm_number_format_fixed (get_value (&layer->traces[t], reading->n_steps - 1, own), 2);
        g_string_append_printf (text, "%s%s %s", n++ == 0 ? ": " : ", ", _(layer->traces[t].label), value);
      }
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}

AnmFigure *
anm_gates_exhibit_new (const AnmPatientReading *reading,
                       int layer,
                       int unit,
                       const char *weights)
{
  const char *reason;
  int chosen = choose_layer (reading, layer, &reason);

  if (chosen < 0)
    return make_empty_plot (_("Gates"), reason);

  const AnmReadingLayer *states = &reading->layers[chosen];
  g_autofree char *layer_title = anm_layer_get_title (reading->network, (guint) chosen);
  if (unit < 0 || (guint) unit >= states->n_units)
    unit = (int) anm_find_liveliest_unit (reading, states);

  g_autofree double *x = g_new (double, reading->n_steps);
  g_autofree double *y = g_new (double, (gsize) reading->n_steps * MAX (states->n_traces, 1));
  g_autofree AnmLine *lines = g_new0 (AnmLine, MAX (states->n_traces, 1));
  guint n_lines = 0;

  for (guint k = 0; k < reading->n_steps; k++)
    x[k] = anm_patient_reading_get_x (reading, k);
  for (guint t = 0; t < states->n_traces; t++)
    {
      const AnmReadingTrace *trace = &states->traces[t];
      double *values = y + (gsize) n_lines * reading->n_steps;
      const int own = anm_reading_trace_find_unit (trace, states, (guint) unit);

      if (!trace->is_gate || own < 0)
        continue;
      for (guint k = 0; k < reading->n_steps; k++)
        values[k] = get_value (trace, k, (guint) own);
      lines[n_lines++] = (AnmLine){ .label = _(trace->label), .colour = anm_gate_colour (trace),
                                    .style = anm_reading_trace_get_half (trace) == 1 ? ANM_LINE_DASHED : ANM_LINE_THICK,
                                    .n_points = reading->n_steps, .x = x, .y = values };
    }
  if (n_lines == 0)
    {
      g_autofree char *text = g_strdup_printf (_("%s has no gates."), layer_title);
      return make_empty_plot (_("Gates"), text);
    }

  g_autofree char *what = g_strdup_printf (_("unit %d of %s"), unit + 1, layer_title);
  g_autofree char *caption = write_caption (reading, what, weights);
  g_autofree char *finding = describe_gates (reading, states, (guint) unit);
  return anm_line_plot_new (&(AnmLinePlot){
    .title = _("Gates"),
    .caption = caption,
    .finding = finding,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_time_unit = reading->cohort->time_unit,
    .x_min = NAN,
    .x_max = NAN,
    .y_min = 0,
    .y_max = 1,
    .n_lines = n_lines,
    .lines = lines,
  });
}

/* Gradient by step */

AnmFigure *
anm_gradient_by_step_exhibit_new (const AnmPatientReading *reading,
                                  int layer,
                                  const char *weights)
{
  const char *reason;
  int chosen = choose_layer (reading, layer, &reason);
  const double *norms = chosen >= 0 ? reading->layers[chosen].gradient_norms : NULL;

  if (chosen >= 0 && norms == NULL)
    reason = anm_layer_class_is_recurrent (reading->layers[chosen].klass) ? _("Without a known outcome there is no loss, and no gradient.")
                                                                         : _("This layer isn't recurrent: it has no gradient by time.");
  if (norms == NULL)
    return anm_bar_strip_new (&(AnmBarStrip){ .title = _("Gradient by time"), .finding = reason, .empty_text = reason, .axes = TRUE });

  g_autofree char *layer_title = anm_layer_get_title (reading->network, (guint) chosen);
  g_autofree char *what = g_strdup_printf (_("norm of ∂L/∂h of %s"), layer_title);
  g_autofree char *caption = write_caption (reading, what, weights);
  guint begin = 0;

  while (begin + 1 < reading->n_steps && isnan (norms[begin]))
    begin++;
  g_autofree char *first = norms[begin] > 0 ? anm_number_format (norms[begin], 2) : g_strdup (_("below 10⁻³⁸"));
  g_autofree char *last = norms[reading->n_steps - 1] > 0 ? anm_number_format (norms[reading->n_steps - 1], 2) : g_strdup (_("below 10⁻³⁸"));
  g_autofree char *finding = g_strdup_printf (_("From the last step, %s, to the first, %s."), last, first);
  return anm_bar_strip_new (&(AnmBarStrip){
    .title = _("Gradient by time"),
    .caption = caption,
    .finding = finding,
    .n_bars = reading->n_steps,
    .values = norms,
    .log = TRUE,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .y_label = _("norm"),
    .x_time_unit = reading->cohort->time_unit,
    .axes = TRUE,
  });
}
