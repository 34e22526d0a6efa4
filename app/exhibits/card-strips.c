/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/card-strips.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-states.h"
#include "app/exhibits/time-words.h"
#include "widgets/figures/number.h"

/* Decades that a strip of gradients shows at most: below, bars are "almost nothing". */
#define MOST_DECADES 6

/* The largest of @n values and where it is; -1 if none is finite. */
static gssize
find_extreme (const float *values,
              gsize n)
{
  gssize at = -1;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]) && (at < 0 || fabsf (values[i]) > fabsf (values[at])))
      at = (gssize) i;

  return at;
}

static char *
format_step (const AnmPatientReading *reading,
             guint k)
{
  return anm_number_format_time (anm_patient_reading_get_x (reading, k), reading->cohort->time_unit);
}

AnmFigure *
anm_empty_strip (const char *text)
{
  return anm_heat_map_new (&(AnmHeatMap){
    .title = _("Nothing to see yet"),
    .finding = text,
    .scale = ANM_HEAT_DIVERGING,
    .range = 1,
    .selected_row = -1,
    .bare = TRUE,
    .empty_text = text,
  });
}

/* Input */

typedef struct
{
  guint       n_rows;
  guint      *columns;  /* of the input */
  guint      *channels; /* of the sequences */
  const char **names;
  float      *cells;    /* [n_rows][n_steps] */
  guint8     *thin;
} InputRows;

static void
input_rows_clear (InputRows *rows)
{
  g_free (rows->columns);
  g_free (rows->channels);
  g_free (rows->names);
  g_free (rows->cells);
  g_free (rows->thin);
}

/* The channel of the cohort that a column of values shows; its name is the column's. */
static const char *
get_channel_name (const AnmPatientReading *reading,
                  guint column)
{
  g_autofree char *name = anm_fitted_recipe_get_column_name (reading->recipe, column);
  guint channel;

  if (anm_cohort_find_channel (reading->cohort, name, &channel))
    return anm_field_get_label (&reading->cohort->channels[channel]);

  return g_intern_string (name);
}

static void
input_rows_init (InputRows *rows,
                 const AnmPatientReading *reading)
{
  const AnmSequences *sequences = reading->sequences;

  *rows = (InputRows){ 0 };
  rows->columns = g_new (guint, MAX (1, sequences->n_columns));
  rows->channels = g_new (guint, MAX (1, sequences->n_columns));
  rows->names = g_new0 (const char *, sequences->n_columns + 1);
  for (guint i = 0; i < sequences->n_columns; i++)
    if (sequences->columns[i].kind == ANM_COLUMN_VALUE)
      {
        rows->columns[rows->n_rows] = i;
        rows->channels[rows->n_rows] = sequences->columns[i].index;
        rows->names[rows->n_rows++] = get_channel_name (reading, i);
      }

  rows->cells = g_new (float, MAX (1, (gsize) rows->n_rows * reading->n_steps));
  rows->thin = g_new0 (guint8, MAX (1, (gsize) rows->n_rows * reading->n_steps));
  for (guint row = 0; row < rows->n_rows; row++)
    for (guint k = 0; k < reading->n_steps; k++)
      {
        const gsize cell = (gsize) row * reading->n_steps + k;

        rows->cells[cell] = reading->input[(gsize) k * reading->n_columns + rows->columns[row]];
        rows->thin[cell] = sequences->observed != NULL &&
                           !anm_sequences_is_observed (sequences, k, rows->channels[row]);
      }
}

static AnmFigure *
make_input (const AnmPatientReading *reading,
            int selected_channel,
            gboolean bare)
{
  const gboolean standardised = anm_fitted_recipe_get_recipe (reading->recipe)->scale == ANM_SCALE_STANDARD &&
                                !reading->cohort->scaled;
  g_autofree char *finding = NULL;
  AnmFigure *figure;
  InputRows rows;
  int selected = -1;
  gssize extreme;

  input_rows_init (&rows, reading);
  for (guint row = 0; row < rows.n_rows; row++)
    if (selected_channel >= 0 && rows.channels[row] == (guint) selected_channel)
      selected = (int) row;

  extreme = find_extreme (rows.cells, (gsize) rows.n_rows * reading->n_steps);
  if (extreme >= 0)
    {
      g_autofree char *value = anm_number_format ((double) rows.cells[extreme], 3);
      g_autofree char *time = format_step (reading, (guint) (extreme % reading->n_steps));

      /* Translators: a channel, a point in time and a number: "Farthest from 0: Lactate in hour 46, 2.9." */
      finding = g_strdup_printf (_("Farthest from 0: %s in %s, %s."), rows.names[extreme / reading->n_steps], time, value);
    }

  figure = anm_heat_map_new (&(AnmHeatMap){
    .title = _("Input"),
    .caption = standardised ? _("Standard deviations from the training part's mean; thin: carried on")
                            : _("As measured; thin: carried on"),
    .finding = finding,
    .scale = ANM_HEAT_DIVERGING,
    .range = standardised ? ANM_INPUT_RANGE : NAN,
    .n_rows = rows.n_rows,
    .n_columns = reading->n_steps,
    .cells = rows.cells,
    .row_labels = rows.names,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_time_unit = reading->cohort->time_unit,
    .selected_row = selected,
    .bare = bare,
    .thin = rows.thin,
    .empty_text = _("No measurements"),
  });
  input_rows_clear (&rows);
  return figure;
}

AnmFigure *
anm_input_strip (const AnmPatientReading *reading,
                 int selected_channel)
{
  return make_input (reading, selected_channel, TRUE);
}

AnmFigure *
anm_input_exhibit_new (const AnmPatientReading *reading)
{
  return make_input (reading, -1, FALSE);
}

AnmFigure *
anm_observed_strip (const AnmPatientReading *reading)
{
  const AnmSequences *sequences = reading->sequences;
  g_autofree double *shares = g_new0 (double, MAX (1, reading->n_steps));
  g_autofree char *finding = NULL;
  double mean = 0;

  for (guint k = 0; k < reading->n_steps; k++)
    {
      for (guint c = 0; c < sequences->n_channels; c++)
        shares[k] += sequences->observed == NULL || anm_sequences_is_observed (sequences, k, c);
      shares[k] /= MAX (1, sequences->n_channels);
      mean += shares[k] / reading->n_steps;
    }

  if (reading->n_steps > 0)
    {
      g_autofree char *share = anm_number_format_share (mean);
      finding = g_strdup_printf (_("On average %s of the channels were measured."), share);
    }

  return anm_bar_strip_new (&(AnmBarStrip){
    .title = _("Share observed"),
    .caption = _("Channels measured in each step, of all that go in"),
    .finding = finding,
    .n_bars = reading->n_steps,
    .values = shares,
    .low = 0,
    .high = 1,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_time_unit = reading->cohort->time_unit,
  });
}

/* Hidden states */

double
anm_hidden_state_range (const AnmPatientReading *reading)
{
  double most = 0;

  for (guint i = 0; i < reading->n_layers; i++)
    {
      const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, i, "h");
      const gsize n = h != NULL ? (gsize) reading->n_steps * h->n_units : 0;
      const gssize at = h != NULL ? find_extreme (h->values, n) : -1;

      if (at >= 0)
        most = MAX (most, fabs ((double) h->values[at]));
    }

  if (!(most > 1))
    return 1;

  const double decade = pow (10, floor (log10 (most)));
  return most <= decade ? decade : most <= 2 * decade ? 2 * decade : most <= 5 * decade ? 5 * decade : 10 * decade;
}

AnmFigure *
anm_hidden_state_strip (const AnmPatientReading *reading,
                        guint layer,
                        const guint *order,
                        double range,
                        int selected_unit)
{
  const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, layer, "h");
  const guint n_units = h != NULL ? h->n_units : 0;
  g_autofree float *cells = h != NULL ? anm_reading_trace_by_unit (h, reading->n_steps, NULL, NULL) : NULL;
  g_autofree char *finding = NULL;
  gssize extreme;

  extreme = find_extreme (cells, (gsize) n_units * reading->n_steps);
  if (extreme >= 0)
    {
      g_autofree char *value = anm_number_format_fixed ((double) cells[extreme], 2);
      g_autofree char *time = format_step (reading, (guint) (extreme % reading->n_steps));

      /* Translators: a unit of a layer, a point in time and a number: "Farthest from 0: unit 25 in hour 46, −0.93." */
      finding = g_strdup_printf (_("Farthest from 0: unit %u in %s, %s."),
                                 (guint) (extreme / reading->n_steps) + 1, time, value);
    }

  return anm_heat_map_new (&(AnmHeatMap){
    .title = _("Hidden state"),
    .caption = _("Units in order of similarity, by time step"),
    .finding = finding,
    .y_label = C_("axis", "unit"),
    .scale = ANM_HEAT_DIVERGING,
    .range = range,
    .n_rows = n_units,
    .n_columns = reading->n_steps,
    .cells = cells,
    .row_order = order,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_time_unit = reading->cohort->time_unit,
    .selected_row = selected_unit < (int) n_units ? selected_unit : -1,
    .bare = TRUE,
    .empty_text = _("No steps"),
  });
}

/* Gradients */

gboolean
anm_gradient_range (const AnmPatientReading *reading,
                    double *low,
                    double *high)
{
  double least = INFINITY, most = 0;

  for (guint i = 0; i < reading->n_layers; i++)
    for (guint k = 0; reading->layers[i].gradient_norms != NULL && k < reading->n_steps; k++)
      {
        const double norm = reading->layers[i].gradient_norms[k];

        if (!isfinite (norm) || norm <= 0)
          continue;
        least = MIN (least, norm);
        most = MAX (most, norm);
      }

  if (!(most > 0))
    return FALSE;

  const double top = ceil (log10 (most));
  *high = pow (10, top);
  *low = pow (10, CLAMP (floor (log10 (least)), top - MOST_DECADES, top - 1));
  return TRUE;
}

AnmFigure *
anm_gradient_strip (const AnmPatientReading *reading,
                    guint layer,
                    double low,
                    double high)
{
  const double *norms = reading->layers[layer].gradient_norms;
  g_autofree char *finding = NULL;

  if (norms != NULL && reading->n_steps > 0)
    {
      guint begin = 0;

      while (begin + 1 < reading->n_steps && isnan (norms[begin]))
        begin++;
      g_autofree char *first = anm_number_format (norms[begin], 2);
      g_autofree char *last = anm_number_format (norms[reading->n_steps - 1], 2);

      finding = g_strdup_printf (_("%s at the first step, %s at the last."), first, last);
    }

  return anm_bar_strip_new (&(AnmBarStrip){
    .title = _("Gradient of the loss by the hidden state"),
    .caption = _("Norm by time step, logarithmic"),
    .finding = finding,
    .n_bars = norms != NULL ? reading->n_steps : 0,
    .values = norms,
    .log = TRUE,
    .low = low,
    .high = high,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_time_unit = reading->cohort->time_unit,
    .empty_text = _("No outcome, no gradient"),
  });
}

/* Weights */

static AnmFigure *
make_signed_bars (const AnmReadingLayer *layer,
                  const guint *order)
{
  g_autofree double *values = g_new (double, MAX (1, layer->n_inputs));
  g_autofree char *finding = NULL;
  const gssize extreme = find_extreme (layer->weights, layer->n_inputs);

  for (guint i = 0; i < layer->n_inputs; i++)
    values[i] = (double) layer->weights[i];
  if (extreme >= 0)
    {
      g_autofree char *weight = anm_number_format (values[extreme], 3);
      finding = g_strdup_printf (_("Largest: unit %u, %s."), (guint) extreme + 1, weight);
    }

  return anm_signed_bars_new (&(AnmSignedBars){
    .title = _("Weights"),
    .caption = _("One for each unit of the layer before"),
    .finding = finding,
    .n_bars = layer->n_inputs,
    .values = values,
    .row_order = order,
    .range = NAN,
    .low_label = _("lowers"),
    .high_label = _("raises"),
  });
}

static AnmFigure *
make_weight_map (const AnmReadingLayer *layer,
                 const guint *order)
{
  g_autofree char *finding = NULL;
  const gssize extreme = find_extreme (layer->weights, (gsize) layer->n_inputs * layer->n_units);

  if (extreme >= 0)
    {
      g_autofree char *weight = anm_number_format ((double) layer->weights[extreme], 3);
      finding = g_strdup_printf (_("Largest: from unit %u to unit %u, %s."), (guint) (extreme / layer->n_units) + 1,
                                 (guint) (extreme % layer->n_units) + 1, weight);
    }

  return anm_heat_map_new (&(AnmHeatMap){
    .title = _("Weights"),
    .caption = _("Units of the layer before, by output"),
    .finding = finding,
    .x_label = _("output"),
    .y_label = C_("axis", "unit"),
    .scale = ANM_HEAT_DIVERGING,
    .range = NAN,
    .n_rows = layer->n_inputs,
    .n_columns = layer->n_units,
    .cells = layer->weights,
    .row_order = order,
    .x_first = 1,
    .x_step = 1,
    .selected_row = -1,
    .bare = TRUE,
  });
}

AnmFigure *
anm_weights_strip (const AnmPatientReading *reading,
                   guint layer,
                   const guint *order)
{
  const AnmReadingLayer *dense = &reading->layers[layer];

  g_return_val_if_fail (dense->weights != NULL, NULL);

  return dense->n_units == 1 ? make_signed_bars (dense, order) : make_weight_map (dense, order);
}
