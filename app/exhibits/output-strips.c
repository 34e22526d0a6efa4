/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/output-strips.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/patient-states.h"
#include "app/exhibits/time-words.h"
#include "widgets/figures/number.h"

static const AnmReadingTrace *
get_output (const AnmPatientReading *reading,
            guint layer)
{
  return anm_patient_reading_find_trace (reading, layer, "y");
}

static gboolean
gives_sequences (const AnmPatientReading *reading,
                 guint layer)
{
  return anm_layer_get_gives_sequences (anm_network_get_layer (reading->network, layer));
}

static double
find_most (const AnmReadingTrace *trace,
           guint n_steps)
{
  double most = 0;

  for (gsize i = 0; trace != NULL && i < (gsize) n_steps * trace->n_units; i++)
    if (isfinite (trace->values[i]))
      most = MAX (most, fabs ((double) trace->values[i]));
  return most;
}

double
anm_output_range (const AnmPatientReading *reading,
                  guint layer,
                  double shared)
{
  const double most = find_most (get_output (reading, layer), reading->n_steps);

  if (most <= shared)
    return shared;

  const double decade = pow (10, floor (log10 (most)));
  return most <= decade ? decade : most <= 2 * decade ? 2 * decade : most <= 5 * decade ? 5 * decade : 10 * decade;
}

/* "Farthest from 0: number 25 in hour 46, 3.1." */
static char *
tell_extreme (const AnmPatientReading *reading,
              const AnmReadingTrace *y)
{
  gssize at = -1;
  g_autofree char *value = NULL, *time = NULL;

  for (gsize i = 0; i < (gsize) reading->n_steps * y->n_units; i++)
    if (isfinite (y->values[i]) && (at < 0 || fabsf (y->values[i]) > fabsf (y->values[at])))
      at = (gssize) i;
  if (at < 0)
    return NULL;

  value = anm_number_format ((double) y->values[at], 3);
  time = anm_number_format_time (anm_patient_reading_get_x (reading, (guint) (at / y->n_units)), reading->cohort->time_unit);
  /* Translators: one of a layer's outputs, a point in time, a number. */
  return g_strdup_printf (_("Farthest from 0: number %u in %s, %s."), (guint) (at % y->n_units) + 1, time, value);
}

static AnmFigure *
make_map (const AnmPatientReading *reading,
          const AnmReadingTrace *y,
          const guint *order,
          double range,
          gboolean bare)
{
  const guint n_units = y != NULL ? y->n_units : 0;
  g_autofree float *cells = y != NULL ? anm_reading_trace_by_unit (y, reading->n_steps, NULL, NULL) : NULL;
  g_autofree char *finding = y != NULL ? tell_extreme (reading, y) : NULL;

  return anm_heat_map_new (&(AnmHeatMap){
    .title = _("Output"),
    .caption = _("What the layer gives, by time step"),
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
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_time_unit = reading->cohort->time_unit,
    .selected_row = -1,
    .bare = bare,
    .empty_text = _("No steps"),
  });
}

/* What is given once, after the last step. */
static AnmFigure *
make_vector (const AnmPatientReading *reading,
             const AnmReadingTrace *y,
             const guint *order)
{
  const guint n_units = y != NULL && reading->n_steps > 0 ? y->n_units : 0;
  g_autofree double *values = g_new (double, MAX (1, n_units));
  g_autofree char *finding = n_units > 0 ? tell_extreme (reading, y) : NULL;

  for (guint unit = 0; unit < n_units; unit++)
    values[unit] = (double) y->values[(gsize) (reading->n_steps - 1) * n_units + unit];

  return anm_signed_bars_new (&(AnmSignedBars){
    .title = _("Output"),
    .caption = _("What the layer gives of the whole record"),
    .finding = finding,
    .n_bars = n_units,
    .values = values,
    .row_order = order,
    .range = NAN,
    .low_label = "−",
    .high_label = "+",
  });
}

AnmFigure *
anm_output_strip (const AnmPatientReading *reading,
                  guint layer,
                  const guint *order,
                  double range)
{
  const AnmReadingTrace *y = get_output (reading, layer);

  return gives_sequences (reading, layer) ? make_map (reading, y, order, range, TRUE) : make_vector (reading, y, order);
}

static AnmFigure *
make_bars (const AnmPatientReading *reading,
           const char *title,
           const char *caption,
           const char *finding,
           const double *values,
           double high,
           gboolean alone)
{
  return anm_bar_strip_new (&(AnmBarStrip){
    .title = title,
    .caption = caption,
    .finding = finding,
    .n_bars = reading->n_steps,
    .values = values,
    .low = 0,
    .high = high > 0 ? high : 1,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .y_label = title,
    .x_time_unit = reading->cohort->time_unit,
    .axes = alone,
    .empty_text = _("No steps"),
  });
}

AnmFigure *
anm_output_size_strip (const AnmPatientReading *reading,
                       guint layer)
{
  const AnmReadingTrace *y = get_output (reading, layer);
  g_autofree double *sizes = g_new0 (double, MAX (1, reading->n_steps));
  g_autofree char *finding = NULL;
  double most = 0;

  for (guint k = 0; y != NULL && k < reading->n_steps; k++)
    {
      for (guint unit = 0; unit < y->n_units; unit++)
        sizes[k] += fabs ((double) y->values[(gsize) k * y->n_units + unit]) / y->n_units;
      if (isfinite (sizes[k]))
        most = MAX (most, sizes[k]);
    }
  if (most > 0)
    {
      g_autofree char *size = anm_number_format (most, 2);
      finding = g_strdup_printf (_("At most %s."), size);
    }
  return make_bars (reading, _("Size of the output"), _("Mean of its sizes by time step"), finding, sizes, most, FALSE);
}

/* Attention */

static const AnmReadingTrace *
get_weights (const AnmPatientReading *reading,
             guint layer)
{
  return anm_patient_reading_find_trace (reading, layer, "alpha");
}

gboolean
anm_has_attention (const AnmPatientReading *reading,
                   guint layer)
{
  return get_weights (reading, layer) != NULL;
}

static double *
get_mean_weights (const AnmPatientReading *reading,
                  guint layer)
{
  const AnmReadingTrace *alpha = get_weights (reading, layer);
  double *means = g_new0 (double, MAX (1, reading->n_steps));

  for (guint k = 0; alpha != NULL && k < reading->n_steps; k++)
    for (guint head = 0; head < alpha->n_units; head++)
      means[k] += (double) alpha->values[(gsize) k * alpha->n_units + head] / alpha->n_units;
  return means;
}

int
anm_attention_find_most (const AnmPatientReading *reading,
                         guint layer,
                         double *weight)
{
  g_autofree double *means = get_mean_weights (reading, layer);
  int most = -1;

  for (guint k = 0; k < reading->n_steps; k++)
    if (isfinite (means[k]) && (most < 0 || means[k] > means[most]))
      most = (int) k;
  if (most >= 0 && weight != NULL)
    *weight = means[most];
  return most;
}

static char *
tell_most (const AnmPatientReading *reading,
           guint layer)
{
  double weight = 0;
  const int most = anm_attention_find_most (reading, layer, &weight);
  g_autofree char *share = NULL, *time = NULL;

  if (most < 0)
    return NULL;

  share = anm_number_format_share (weight);
  time = anm_number_format_time (anm_patient_reading_get_x (reading, (guint) most), reading->cohort->time_unit);
  /* Translators: a point in time and a share: "Looks most at hour 39, 12 %." */
  return g_strdup_printf (_("Looks most at %s, %s."), time, share);
}

static AnmFigure *
make_attention_bars (const AnmPatientReading *reading,
                     guint layer,
                     gboolean alone)
{
  g_autofree double *means = get_mean_weights (reading, layer);
  g_autofree char *finding = tell_most (reading, layer);
  double most = 0;

  for (guint k = 0; k < reading->n_steps; k++)
    if (isfinite (means[k]))
      most = MAX (most, means[k]);
  return make_bars (reading, _("Attention"), _("Weight of each time step"), finding, means, most, alone);
}

AnmFigure *
anm_attention_bars (const AnmPatientReading *reading,
                    guint layer)
{
  return make_attention_bars (reading, layer, FALSE);
}

static AnmFigure *
make_attention (const AnmPatientReading *reading,
                guint layer,
                gboolean bare)
{
  const AnmReadingTrace *alpha = get_weights (reading, layer);
  const guint n_heads = alpha != NULL ? alpha->n_units : 0;
  g_autofree float *cells = NULL;
  g_autofree char *finding = NULL;

  if (n_heads < 2)
    return make_attention_bars (reading, layer, !bare);

  cells = anm_reading_trace_by_unit (alpha, reading->n_steps, NULL, NULL);
  finding = tell_most (reading, layer);

  return anm_heat_map_new (&(AnmHeatMap){
    .title = _("Attention"),
    .caption = _("Weight of each time step, a row for each head"),
    .finding = finding,
    .y_label = C_("axis", "head"),
    .scale = ANM_HEAT_SEQUENTIAL,
    .range = NAN,
    .n_rows = n_heads,
    .n_columns = reading->n_steps,
    .cells = cells,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_time_unit = reading->cohort->time_unit,
    .selected_row = -1,
    .bare = bare,
    .empty_text = _("No steps"),
  });
}

AnmFigure *
anm_attention_strip (const AnmPatientReading *reading,
                     guint layer)
{
  return make_attention (reading, layer, TRUE);
}

/* Standing alone */

/* Layer @layer if it has @symbol, or the first that does if @layer is -1; -1: none. */
static int
find_layer (const AnmPatientReading *reading,
            int layer,
            const char *symbol)
{
  for (guint i = 0; reading != NULL && i < reading->n_layers; i++)
    if ((layer < 0 || (guint) layer == i) && anm_patient_reading_find_trace (reading, i, symbol) != NULL)
      return (int) i;
  return -1;
}

static AnmFigure *
make_absent (const char *title,
             const char *text)
{
  return anm_bar_strip_new (&(AnmBarStrip){ .title = title, .finding = text, .high = 1, .axes = TRUE, .empty_text = text });
}

AnmFigure *
anm_output_exhibit_new (const AnmPatientReading *reading,
                        int layer)
{
  const int found = find_layer (reading, layer, "y");

  if (found < 0)
    return make_absent (_("Output"), _("This layer has a hidden state, and no output of its own"));
  if (!gives_sequences (reading, (guint) found))
    return make_vector (reading, get_output (reading, (guint) found), NULL);
  return make_map (reading, get_output (reading, (guint) found), NULL, anm_output_range (reading, (guint) found, 1), FALSE);
}

AnmFigure *
anm_attention_exhibit_new (const AnmPatientReading *reading,
                           int layer)
{
  const int found = find_layer (reading, layer, "alpha");

  if (found < 0)
    return make_absent (_("Attention"), _("The network has no attention layer"));
  return make_attention (reading, (guint) found, FALSE);
}
