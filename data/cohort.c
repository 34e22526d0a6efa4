/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/cohort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/cohort-builder.h"
#include "data/time-grid.h"

/* As many gaps as tell the step well enough. */
#define MAX_GAPS 200000

/* Widths that people name: of an hour, a day; decimal steps for what has no unit. */
static const double hour_steps[] = { 1.0 / 60, 5.0 / 60, 0.25, 0.5, 1, 2, 4, 6, 12, 24, 48, 168 };
static const double minute_steps[] = { 1.0 / 60, 0.25, 1, 5, 15, 30, 60, 120, 240, 360, 720, 1440 };
static const double second_steps[] = { 0.001, 0.01, 0.1, 1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400 };
static const double day_steps[] = { 1.0 / 24, 0.25, 0.5, 1, 7, 14, 30, 90, 365 };

G_DEFINE_QUARK (anm-data-error-quark, anm_data_error)

AnmCohort *
anm_cohort_ref (AnmCohort *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
free_fields (AnmField *fields,
             guint n_fields)
{
  for (guint i = 0; fields != NULL && i < n_fields; i++)
    anm_field_clear (&fields[i]);
  g_free (fields);
}

static void
free_arrays (AnmCohort *self)
{
  g_strfreev (self->ids);
  g_free (self->begins);
  g_free (self->ends);
  g_free (self->starts);
  g_free (self->times);
  g_free (self->values);
  g_free (self->static_values);
  g_free (self->targets);
}

void
anm_cohort_unref (AnmCohort *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->title);
  g_free (self->time_unit);
  free_fields (self->channels, self->n_channels);
  free_fields (self->statics, self->n_statics);
  g_free (self->target.name);
  g_free (self->target.label);
  g_strfreev (self->target.classes);
  if (self->storage != NULL)
    g_free (self->ids);
  else
    free_arrays (self);
  g_clear_pointer (&self->storage, g_bytes_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_free (self);
}

/**
 * anm_cohort_get_series:
 * @times: (out) (nullable): measurement times, ascending, borrowed
 * @values: (out) (nullable): what was measured, in the channel's unit, borrowed
 *
 * One patient's measurements of one channel.
 *
 * Returns: how many there are; 0 if the channel was never measured
 */
gsize
anm_cohort_get_series (const AnmCohort *self,
                       gsize patient,
                       guint channel,
                       const double **times,
                       const float **values)
{
  gsize series = patient * self->n_channels + channel;

  g_assert (patient < self->n_patients && channel < self->n_channels);
  if (times != NULL)
    *times = self->times + self->starts[series];
  if (values != NULL)
    *values = self->values + self->starts[series];
  return self->starts[series + 1] - self->starts[series];
}

gboolean
anm_cohort_find_patient (const AnmCohort *self,
                         const char *id,
                         gsize *patient)
{
  for (gsize p = 0; p < self->n_patients; p++)
    if (strcmp (self->ids[p], id) == 0)
      {
        *patient = p;
        return TRUE;
      }
  return FALSE;
}

gboolean
anm_cohort_find_channel (const AnmCohort *self,
                         const char *name,
                         guint *channel)
{
  for (guint c = 0; c < self->n_channels; c++)
    if (strcmp (self->channels[c].name, name) == 0)
      {
        *channel = c;
        return TRUE;
      }
  return FALSE;
}

gboolean
anm_cohort_has_target (const AnmCohort *self,
                       gsize patient)
{
  guint width;

  g_assert (patient < self->n_patients);
  if (self->targets == NULL)
    return FALSE;

  width = anm_sequences_get_target_width (&self->target.shape);
  for (guint i = 0; i < width; i++)
    if (isnan (self->targets[patient * width + i]))
      return FALSE;
  return TRUE;
}

/**
 * anm_cohort_count_steps:
 * @step: width of a time step in the cohort's time unit, over 0
 *
 * Returns: time steps from the patient's time zero to its last row; 0 if it has no row
 */
gsize
anm_cohort_count_steps (const AnmCohort *self,
                        gsize patient,
                        double step)
{
  g_assert (patient < self->n_patients && step > 0);
  return (gsize) anm_time_grid_length (self->ends[patient], step);
}

/**
 * anm_cohort_count_measured_steps:
 * @step: width of a time step in the cohort's time unit, over 0
 *
 * Returns: the patient's time steps in which @channel was measured
 */
gsize
anm_cohort_count_measured_steps (const AnmCohort *self,
                                 gsize patient,
                                 guint channel,
                                 double step)
{
  const double *times;
  gsize n = anm_cohort_get_series (self, patient, channel, &times, NULL);
  gsize measured = 0;
  double last = -1;

  g_assert (step > 0);
  for (gsize k = 0; k < n; k++)
    {
      double index = anm_time_grid_index (times[k], step);

      if (index > last)
        {
          measured++;
          last = index;
        }
    }
  return measured;
}

/**
 * anm_cohort_get_missing_share:
 * @step: width of a time step in the cohort's time unit, over 0
 *
 * The share of time steps, from each patient's time zero to its last row, in
 * which @channel was not measured.
 *
 * Returns: 0 .. 1; 1 if no patient has a row
 */
double
anm_cohort_get_missing_share (const AnmCohort *self,
                              guint channel,
                              double step)
{
  double measured = 0;
  double all = 0;

  for (gsize p = 0; p < self->n_patients; p++)
    {
      measured += anm_cohort_count_measured_steps (self, p, channel, step);
      all += anm_cohort_count_steps (self, p, step);
    }
  return all > 0 ? 1 - measured / all : 1;
}

/* All times are whole numbers: their greatest common divisor; 0 if one is not whole. */
static double
common_divisor (const AnmCohort *self)
{
  gsize n = self->starts[self->n_patients * self->n_channels];
  guint64 divisor = 0;

  for (gsize k = 0; k < n; k++)
    {
      double time = fabs (self->times[k]);
      guint64 a, b;

      if (time != floor (time) || time > 9e15)
        return 0;
      for (a = (guint64) time, b = divisor; b != 0;)
        {
          guint64 rest = a % b;

          a = b;
          b = rest;
        }
      divisor = a;
    }
  return (double) MAX (divisor, 1);
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  const double *first = a;
  const double *second = b;

  return (*first > *second) - (*first < *second);
}

static guint
find_busiest_channel (const AnmCohort *self,
                      gsize *most)
{
  guint busiest = 0;

  *most = 0;
  for (guint c = 0; c < self->n_channels; c++)
    {
      gsize n = 0;

      for (gsize p = 0; p < self->n_patients; p++)
        n += anm_cohort_get_series (self, p, c, NULL, NULL);
      if (n > *most)
        {
          *most = n;
          busiest = c;
        }
    }
  return busiest;
}

/* Median time between two measurements of the channel that is measured most; 0 if there are none.
 * @regular: whether there are some, and nine in ten are the same to a ten-thousandth, as a monitor's are. */
static double
median_gap (const AnmCohort *self,
            gboolean *regular)
{
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (double));
  gsize n_measurements, stride;
  guint channel;

  *regular = FALSE;
  if (self->n_channels == 0)
    return 0;

  channel = find_busiest_channel (self, &n_measurements);
  stride = 1 + n_measurements / MAX_GAPS;
  for (gsize p = 0; p < self->n_patients; p += stride)
    {
      const double *times;
      gsize n = anm_cohort_get_series (self, p, channel, &times, NULL);

      for (gsize k = 1; k < n; k++)
        {
          double gap = times[k] - times[k - 1];

          if (gap > 0)
            g_array_append_val (gaps, gap);
        }
    }
  if (gaps->len == 0)
    return 0;

  qsort (gaps->data, gaps->len, sizeof (double), compare_doubles);
  *regular = gaps->len >= 8 && g_array_index (gaps, double, gaps->len - 1 - gaps->len / 20) <= 1.0001 * g_array_index (gaps, double, gaps->len / 20);
  return g_array_index (gaps, double, gaps->len / 2);
}

/* The nearest of @steps by ratio; beyond their ends, 1, 2 or 5 times a power of ten. */
static double
round_to_named_step (double gap,
                     const double *steps,
                     gsize n_steps)
{
  double decade, nearest = 0;

  for (gsize i = 0; i < n_steps; i++)
    if (nearest <= 0 || fabs (log (gap / steps[i])) < fabs (log (gap / nearest)))
      nearest = steps[i];
  if (n_steps > 0 && gap >= steps[0] / 2 && gap <= steps[n_steps - 1] * 2)
    return nearest;

  decade = pow (10, floor (log10 (gap) + 1e-9));
  return gap / decade < 1.5 ? decade : gap / decade < 3.5 ? 2 * decade : gap / decade < 7.5 ? 5 * decade : 10 * decade;
}

/**
 * anm_cohort_guess_step:
 *
 * The width of time step that suits the cohort. For whole-number time axes their
 * greatest common divisor, mostly 1, as long as that leaves no more than 1000
 * steps; else the median gap of the channel measured most, exactly if it is always
 * the same (sampled signals), else rounded to a width that people name (a quarter
 * of an hour, an hour, a day).
 *
 * Returns: in the cohort's time unit, over 0
 */
double
anm_cohort_guess_step (const AnmCohort *self)
{
  double divisor = common_divisor (self);
  gboolean regular;
  double gap = median_gap (self, &regular);
  double end = 0;

  for (gsize p = 0; p < self->n_patients; p++)
    if (self->ends[p] > end)
      end = self->ends[p];

  if (divisor > 0 && (end / divisor <= 1000 || gap <= divisor))
    return divisor;
  if (gap <= 0)
    return 1;
  if (regular)
    return gap;
  if (strcmp (self->time_unit, "h") == 0)
    return round_to_named_step (gap, hour_steps, G_N_ELEMENTS (hour_steps));
  if (strcmp (self->time_unit, "min") == 0)
    return round_to_named_step (gap, minute_steps, G_N_ELEMENTS (minute_steps));
  if (strcmp (self->time_unit, "s") == 0)
    return round_to_named_step (gap, second_steps, G_N_ELEMENTS (second_steps));
  if (strcmp (self->time_unit, "d") == 0)
    return round_to_named_step (gap, day_steps, G_N_ELEMENTS (day_steps));
  return round_to_named_step (gap, NULL, 0);
}
