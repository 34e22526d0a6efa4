/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/density.h"

#include <math.h>
#include <stdlib.h>

#define N_BINS 512
/* Beyond so many widths the kernel is nothing. */
#define KERNEL_REACH 4

struct _AnmDensity
{
  double  low, high;
  double  spread;     /* min(s, IQR / 1.34) of the sample */
  double  narrowest;  /* least width of the kernel */
  guint   n_groups;
  gsize  *n_values;   /* [n_groups] those outside the span too */
  gsize  *counts;     /* [n_groups][N_BINS] */
};

static int
compare_floats (const void *a,
                const void *b)
{
  const float *p = a, *q = b;

  return (*p > *q) - (*p < *q);
}

static double
get_quantile (const float *sorted,
              gsize        n,
              double       quantile)
{
  const double place = quantile * (n - 1);
  const gsize k = (gsize) place;

  return k + 1 < n ? sorted[k] + (place - k) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

static double
get_deviation (const float *values,
               gsize        n)
{
  double mean = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    mean += values[i];
  mean /= n;
  for (gsize i = 0; i < n; i++)
    squares += (values[i] - mean) * (values[i] - mean);

  return sqrt (squares / n);
}

static gboolean
are_whole (const float *values,
           gsize        n)
{
  for (gsize i = 0; i < n; i++)
    if (values[i] != floorf (values[i]))
      return FALSE;

  return TRUE;
}

AnmDensity *
anm_density_new (float *sample,
                 gsize  n_sample,
                 guint  n_groups)
{
  AnmDensity *self = g_new0 (AnmDensity, 1);
  double range;

  g_assert (n_sample > 0);
  qsort (sample, n_sample, sizeof (float), compare_floats);
  self->low = get_quantile (sample, n_sample, 0.005);
  self->high = get_quantile (sample, n_sample, 0.995);
  /* A single value is drawn as a peak in the middle. */
  if (self->high <= self->low)
    {
      const double margin = MAX (0.5, 0.05 * fabs (self->low));

      self->low -= margin;
      self->high += margin;
    }

  range = (get_quantile (sample, n_sample, 0.75) - get_quantile (sample, n_sample, 0.25)) / 1.34;
  self->spread = get_deviation (sample, n_sample);
  if (range > 0)
    self->spread = MIN (self->spread, range);
  self->narrowest = (self->high - self->low) / 40;
  if (self->spread > 0 && are_whole (sample, n_sample))
    self->narrowest = MAX (self->narrowest, MIN (0.6, (self->high - self->low) / 4));

  self->n_groups = n_groups;
  self->n_values = g_new0 (gsize, n_groups);
  self->counts = g_new0 (gsize, n_groups * N_BINS);

  return self;
}

void
anm_density_free (AnmDensity *self)
{
  g_free (self->n_values);
  g_free (self->counts);
  g_free (self);
}

void
anm_density_get_span (const AnmDensity *self,
                      double           *low,
                      double           *high)
{
  *low = self->low;
  *high = self->high;
}

void
anm_density_add (AnmDensity  *self,
                 guint        group,
                 const float *values,
                 gsize        n_values)
{
  const double bins_per_unit = N_BINS / (self->high - self->low);
  gsize *counts = self->counts + group * N_BINS;

  self->n_values[group] += n_values;
  for (gsize i = 0; i < n_values; i++)
    if (values[i] >= self->low && values[i] <= self->high)
      counts[MIN (N_BINS - 1, (gsize) ((values[i] - self->low) * bins_per_unit))]++;
}

/* Smoothing reflects at the ends of the span: there the values end, and not for want of neighbours. */
static double
smooth_at (const gsize *counts,
           double       place,
           double       width)
{
  const int first = (int) floor (place - KERNEL_REACH * width);
  const int last = (int) ceil (place + KERNEL_REACH * width);
  double sum = 0;

  for (int bin = first; bin <= last; bin++)
    {
      int source = bin < 0 ? -1 - bin : bin;
      const double distance = (bin + 0.5 - place) / width;

      if (source >= N_BINS)
        source = 2 * N_BINS - 1 - source;
      if (source >= 0 && source < N_BINS && counts[source] > 0)
        sum += counts[source] * exp (-0.5 * distance * distance);
    }

  return sum;
}

void
anm_density_estimate (const AnmDensity *self,
                      guint             group,
                      guint             n_points,
                      double           *density)
{
  const gsize n_values = self->n_values[group];
  const double span = self->high - self->low;
  const double silverman = 0.9 * self->spread * pow (MAX (1, n_values), -0.2);
  const double width = MIN (MAX (silverman, self->narrowest), span / 4) * N_BINS / span;
  double sum = 0;

  for (guint i = 0; i < n_points; i++)
    {
      density[i] = smooth_at (self->counts + group * N_BINS, (i + 0.5) * N_BINS / n_points, width);
      sum += density[i] * span / n_points;
    }
  for (guint i = 0; i < n_points && sum > 0; i++)
    density[i] /= sum;
}
