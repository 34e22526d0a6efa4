/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"
#include "engine/pool.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_HISTOGRAM_LINEAR,
  ANM_HISTOGRAM_SYMMETRIC_LOG, /* sign (x) ln (1 + |x| / threshold): straight near 0, logarithmic far from it */
} AnmHistogramScale;

/**
 * AnmHistogram:
 * @low, @high: what the bins span; a bin holds its left edge, the last one also its right
 * @threshold: of the symmetric logarithm
 * @counts: [n_bins]
 * @n_below, @n_above: outside the span; @n_not_finite: NaN and infinities
 * @minimum, @maximum: of what is finite, outside the span too; NaN if nothing is
 * @sum, @squares: of what is finite
 *
 * Bins of equal width on the scale. Fixed, so that those of two epochs can be laid over each other and added.
 */
typedef struct
{
  AnmHistogramScale scale;
  guint             n_bins;
  double            low;
  double            high;
  double            threshold;
  guint64          *counts;
  guint64           n_below;
  guint64           n_above;
  guint64           n_not_finite;
  guint64           n_finite;
  double            minimum;
  double            maximum;
  double            sum;
  double            squares;
} AnmHistogram;

/*
 * W. Webber (2013): A bi-symmetric log transformation for wide-range data.
 * Measurement Science and Technology 24.
 */
AnmHistogram *anm_histogram_new      (AnmHistogramScale scale,
                                      guint n_bins,
                                      double low,
                                      double high,
                                      double threshold);
void          anm_histogram_free     (AnmHistogram *self);
void          anm_histogram_clear    (AnmHistogram *self);
void          anm_histogram_add      (AnmHistogram *self,
                                      const anm_real *values,
                                      gsize n);
/* Adds what another one with the same bins has counted. */
void          anm_histogram_merge    (AnmHistogram *self,
                                      const AnmHistogram *other);
/* Left edge of bin @index; of @n_bins the right edge of the last. */
double        anm_histogram_get_edge (const AnmHistogram *self,
                                      guint index);
double        anm_histogram_get_mean (const AnmHistogram *self);
double        anm_histogram_get_deviation (const AnmHistogram *self); /* standard, of the whole and not a sample */

/* What one layer's trace (one that is no gradient, such as "x", "h", "f") takes on over all @sequences, skipped steps apart, added to
 * @histogram. FALSE if stopped, or with @error if the layer has no such trace. */
gboolean      anm_histogram_add_trace (AnmHistogram *self,
                                      AnmNetwork *network,
                                      const anm_real *parameters,
                                      const AnmSequences *sequences,
                                      guint layer,
                                      const char *symbol,
                                      AnmPool *pool,
                                      const int *stop,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmHistogram, anm_histogram_free)

G_END_DECLS
