/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/patient-time-line.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-words.h"
#include "app/exhibits/time-words.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/number.h"

gboolean
anm_patient_get_span (const AnmCohort *cohort,
                      gsize            patient,
                      double          *begin,
                      double          *end)
{
  *begin = 0;
  *end = 1;
  if (isnan (cohort->begins[patient]))
    return FALSE;

  *begin = MIN (0, cohort->begins[patient]);
  *end = cohort->ends[patient] > *begin ? cohort->ends[patient] : *begin + 1;
  return TRUE;
}

static gboolean
is_shown (const AnmCohort          *cohort,
          gsize                     patient,
          guint                     channel,
          const AnmPatientTimeLine *options)
{
  return !options->measured_only || anm_cohort_get_series (cohort, patient, channel, NULL, NULL) > 0;
}

guint
anm_patient_time_line_count (const AnmCohort          *cohort,
                             gsize                     patient,
                             const AnmPatientTimeLine *options)
{
  guint n = 0;

  for (guint c = 0; c < cohort->n_channels; c++)
    n += is_shown (cohort, patient, c, options);

  return n;
}

/* How much of this record lies outside what is normal. */
static char *
write_finding (const AnmCohort *cohort,
               gsize            patient)
{
  gsize n = 0, n_outside = 0;
  g_autofree char *count = NULL;
  g_autofree char *share = NULL;

  for (guint c = 0; c < cohort->n_channels; c++)
    {
      const AnmField *field = &cohort->channels[c];
      const float *values;
      const gsize n_series = anm_cohort_get_series (cohort, patient, c, NULL, &values);

      if (isnan (field->normal_low) && isnan (field->normal_high))
        continue;
      for (gsize i = 0; i < n_series; i++)
        n_outside += values[i] < field->normal_low || values[i] > field->normal_high;
      n += n_series;
    }

  if (n == 0)
    return anm_patient_describe (cohort, patient);

  count = anm_number_format_count (n);
  share = anm_number_format_share ((double) n_outside / n);
  /* Translators: a share, and how many values. */
  return g_strdup_printf (_("%s of %s values with a known normal range lie outside it."), share, count);
}

AnmFigure *
anm_patient_time_line (const AnmCohort          *cohort,
                       gsize                     patient,
                       const AnmPatientTimeLine *options)
{
  g_autofree AnmTimeLineChannel *channels = g_new0 (AnmTimeLineChannel, cohort->n_channels + 1);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *title = g_strdup_printf (_("Patient %s"), cohort->ids[patient]);
  g_autofree char *caption = anm_patient_describe (cohort, patient);
  g_autofree char *finding = write_finding (cohort, patient);
  AnmTimeLine line = { 0 };

  for (guint c = 0; c < cohort->n_channels; c++)
    {
      const AnmField *field = &cohort->channels[c];
      AnmTimeLineChannel *channel = &channels[line.n_channels];

      if (!is_shown (cohort, patient, c, options))
        continue;

      channel->name = anm_field_get_short_label (field);
      channel->unit = anm_field_get_unit (field);
      channel->n_points = anm_cohort_get_series (cohort, patient, c, &channel->times, &channel->values);
      channel->normal_low = field->normal_low;
      channel->normal_high = field->normal_high;
      if (options->summary != NULL && field->kind == ANM_FIELD_NUMERIC)
        {
          channel->mean = options->summary->channels[c].mean;
          channel->deviation = options->summary->channels[c].deviation;
        }
      if (field->kind == ANM_FIELD_CATEGORICAL)
        {
          const char **categories = anm_data_words (field->categories);

          g_ptr_array_add (words, categories);
          channel->categories = categories;
        }
      line.n_channels++;
    }

  anm_patient_get_span (cohort, patient, &line.x_min, &line.x_max);
  if (!isnan (options->x_min))
    line.x_min = options->x_min;
  if (!isnan (options->x_max))
    line.x_max = options->x_max;
  line.title = title;
  line.caption = caption;
  line.finding = finding;
  line.x_label = anm_time_axis_words (cohort->time_unit);
  line.time_unit = cohort->time_unit;
  line.step = options->step;
  line.scale = options->scale;
  line.channels = channels;
  line.cursor = options->cursor;

  return anm_time_line_new (&line);
}

AnmFigure *
anm_patient_sparkline (const AnmCohort *cohort,
                       gsize            patient,
                       guint            channel,
                       double           step,
                       gboolean         normal_range)
{
  const AnmField *field = &cohort->channels[channel];
  g_autofree char *finding = NULL;
  AnmSparkline line = { 0 };

  line.n_points = anm_cohort_get_series (cohort, patient, channel, &line.times, &line.values);
  anm_patient_get_span (cohort, patient, &line.x_min, &line.x_max);
  line.y_min = line.y_max = NAN;
  line.normal_low = normal_range ? field->normal_low : NAN;
  line.normal_high = normal_range ? field->normal_high : NAN;
  line.step = step;

  if (line.n_points > 0)
    {
      g_autofree char *first = anm_number_format (line.values[0], 3);
      g_autofree char *last = anm_number_format (line.values[line.n_points - 1], 3);

      /* Translators: channel, first and last value, unit. */
      finding = g_strdup_printf (_("%s from %s to %s %s"), anm_field_get_label (field), first, last, anm_field_get_unit (field));
    }
  else
    finding = g_strdup_printf (_("%s never measured"), anm_field_get_label (field));
  line.finding = finding;

  return anm_sparkline_new (&line);
}
