/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/histogram.h"

#include "engine/network-private.h"
#include "engine/survey.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static double
to_scale (const AnmHistogram *self, double value)
{
  return self->scale == ANM_HISTOGRAM_LINEAR ? value : copysign (log1p (fabs (value) / self->threshold), value);
}

static double
from_scale (const AnmHistogram *self, double place)
{
  return self->scale == ANM_HISTOGRAM_LINEAR ? place : copysign (self->threshold * expm1 (fabs (place)), place);
}

/**
 * anm_histogram_new:
 * @n_bins: at least 1
 * @low, @high: finite; where they are the same (all values are) the span is made one wide
 * @threshold: > 0, where the symmetric logarithm turns from straight to logarithmic; of no
 *   meaning on a linear scale
 */
AnmHistogram *
anm_histogram_new (AnmHistogramScale scale, guint n_bins, double low, double high, double threshold)
{
  AnmHistogram *self;

  g_return_val_if_fail (n_bins > 0 && isfinite (low) && isfinite (high) && low <= high, NULL);
  g_return_val_if_fail (scale == ANM_HISTOGRAM_LINEAR || threshold > 0.0, NULL);

  self = g_new0 (AnmHistogram, 1);
  self->scale = scale;
  self->n_bins = n_bins;
  self->low = low < high ? low : low - 0.5;
  self->high = low < high ? high : high + 0.5;
  self->threshold = threshold;
  self->counts = g_new0 (guint64, n_bins);
  anm_histogram_clear (self);
  return self;
}

void
anm_histogram_free (AnmHistogram *self)
{
  g_free (self->counts);
  g_free (self);
}

void
anm_histogram_clear (AnmHistogram *self)
{
  memset (self->counts, 0, self->n_bins * sizeof *self->counts);
  self->n_below = self->n_above = self->n_not_finite = self->n_finite = 0;
  self->minimum = self->maximum = NAN;
  self->sum = self->squares = 0.0;
}

double
anm_histogram_get_edge (const AnmHistogram *self, guint index)
{
  double first = to_scale (self, self->low), last = to_scale (self, self->high);

  /* The ends as they were given, without the rounding of there and back. */
  if (index == 0 || index >= self->n_bins)
    return index == 0 ? self->low : self->high;
  return from_scale (self, first + (last - first) * index / self->n_bins);
}

/* One pass with all sums in registers: the counts could be any of the structure's numbers to the compiler. */
void
anm_histogram_add (AnmHistogram *self, const anm_real *values, gsize n)
{
  const double low = self->low, high = self->high, first = to_scale (self, low), width = (to_scale (self, high) - first) / self->n_bins;
  const gboolean is_linear = self->scale == ANM_HISTOGRAM_LINEAR;
  const guint last = self->n_bins - 1;
  double minimum = INFINITY, maximum = -INFINITY, sum = self->sum, squares = self->squares;
  guint64 n_below = 0, n_above = 0, n_finite = 0;
  guint64 *counts = self->counts;

  for (gsize i = 0; i < n; i++)
    {
      double value = (double) values[i];

      if (!isfinite (value))
        continue;
      n_finite++;
      minimum = value < minimum ? value : minimum;
      maximum = value > maximum ? value : maximum;
      sum += value;
      squares += value * value;
      if (value < low)
        n_below++;
      else if (value > high)
        n_above++;
      else
        {
          double bin = ((is_linear ? value : to_scale (self, value)) - first) / width;
          guint index = bin > 0.0 ? (guint) bin : 0;

          counts[index < last ? index : last]++;
        }
    }
  self->n_below += n_below;
  self->n_above += n_above;
  self->n_finite += n_finite;
  self->n_not_finite += n - n_finite;
  self->sum = sum;
  self->squares = squares;
  if (n_finite > 0)
    {
      /* These pass over NaN. */
      self->minimum = fmin (self->minimum, minimum);
      self->maximum = fmax (self->maximum, maximum);
    }
}

void
anm_histogram_merge (AnmHistogram *self, const AnmHistogram *other)
{
  g_return_if_fail (self->scale == other->scale && self->n_bins == other->n_bins && self->low == other->low && self->high == other->high);

  for (guint i = 0; i < self->n_bins; i++)
    self->counts[i] += other->counts[i];
  self->n_below += other->n_below;
  self->n_above += other->n_above;
  self->n_not_finite += other->n_not_finite;
  self->n_finite += other->n_finite;
  /* fmin() and fmax() pass over NaN. */
  self->minimum = fmin (self->minimum, other->minimum);
  self->maximum = fmax (self->maximum, other->maximum);
  self->sum += other->sum;
  self->squares += other->squares;
}

double
anm_histogram_get_mean (const AnmHistogram *self)
{
  return self->n_finite > 0 ? self->sum / (double) self->n_finite : (double) NAN;
}

double
anm_histogram_get_deviation (const AnmHistogram *self)
{
  double n = (double) self->n_finite, mean = self->sum / n;

  return self->n_finite > 0 ? sqrt (fmax (self->squares / n - mean * mean, 0.0)) : (double) NAN;
}

/* Traces */

/* A chunk's buffer: a histogram and, behind it, its counts. */
typedef struct
{
  AnmHistogram *histogram;
  guint         layer;
  const char   *symbol;
} Traced;

static gboolean
wants (guint layer, const AnmTraceInfo *info, gpointer data)
{
  const Traced *self = data;

  return layer == self->layer && g_str_equal (info->symbol, self->symbol);
}

static void
visit (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Traced *self = data;
  const AnmTrace *trace = &row->traces.traces[0];
  AnmHistogram *histogram = buffer;

  if (histogram->n_bins == 0)
    {
      *histogram = *self->histogram;
      histogram->counts = (guint64 *) (histogram + 1);
      anm_histogram_clear (histogram);
    }
  for (guint t = 0; t < trace->n_steps; t++)
    if (row->skips[0] == NULL || !row->skips[0][t])
      anm_histogram_add (histogram, trace->values + (gsize) t * trace->n_units, trace->n_units);
}

static void
collect (gconstpointer buffer, gpointer data)
{
  const AnmHistogram *histogram = buffer;

  if (histogram->n_bins > 0)
    anm_histogram_merge (((const Traced *) data)->histogram, histogram);
}

static gboolean
check_trace (const AnmNetwork *network, guint layer, const char *symbol, GError **error)
{
  const AnmLayerClass *klass = network->layers[layer]->klass;
  g_autoptr (GString) known = g_string_new ("x");

  if (g_str_equal (symbol, "x"))
    return TRUE;
  for (guint k = 0; k < klass->n_traces; k++)
    if (!klass->traces[k].is_gradient)
      {
        if (g_str_equal (klass->traces[k].symbol, symbol))
          return TRUE;
        g_string_append_printf (known, ", %s", klass->traces[k].symbol);
      }
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("Layer %u (%s) has no %s; it has %s."), layer + 1, klass->type, symbol, known->str);
  return FALSE;
}

gboolean
anm_histogram_add_trace (AnmHistogram *self, AnmNetwork *network, const anm_real *parameters, const AnmSequences *sequences, guint layer,
                         const char *symbol, AnmPool *pool, const int *stop, GError **error)
{
  Traced traced = { self, layer, symbol };
  const AnmSurveyFuncs funcs = {
    .buffer_size = sizeof (AnmHistogram) + self->n_bins * sizeof (guint64),
    .wants = wants,
    .visit = visit,
    .collect = collect,
  };

  g_return_val_if_fail (layer < network->n_layers, FALSE);

  return check_trace (network, layer, symbol, error)
         && _anm_survey_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, pool, &funcs, &traced, stop);
}
