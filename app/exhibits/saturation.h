/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/histogram-look.h"
#include "engine/saturation.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* The thresholds that are offered, "0.95" among them, and their margin; the usual one for %NULL or what is none. NULL-terminated. */
char     **anm_saturation_list_thresholds   (void);
double     anm_saturation_read_threshold    (const char *text);

/**
 * anm_saturation_exhibit_new:
 * @found: (nullable): %NULL with @lack, which then stands in the figure's place
 * @layer: whose gates and states are shown
 * @epoch: whose weights they are
 *
 * The share of steps in which each unit's gates and states lie where their function is flat, so that no gradient
 * passes; units that do so at every step are named as dead.
 */
AnmFigure *anm_saturation_exhibit_new       (const AnmNetwork *network,
                                             const AnmSaturations *found,
                                             guint layer,
                                             guint epoch,
                                             const char *lack);

/**
 * anm_weight_histogram_exhibit_new:
 * @look: (nullable): %NULL with @lack
 * @chosen: epoch, NaN = none
 *
 * How the numbers of a tensor are distributed, epoch by epoch: shares of all of them on a logarithmic scale.
 */
AnmFigure *anm_weight_histogram_exhibit_new (const AnmNetwork *network,
                                             const AnmHistogramLook *look,
                                             double chosen,
                                             const char *lack);
/* "U of all gates", "gradient of the biases", "hidden state h": what a histogram is of, for a menu. Newly allocated. */
char      *anm_histogram_describe           (const char *what);

G_END_DECLS
