/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/**
 * anm_memory_horizon:
 * @before_end: [n_steps] g_(T-k) = ||dL/dh_(T-k)||, k steps before the end
 *
 * How far back the loss reaches: the largest lag k with g(T - k) >= g(T) / e.
 *
 * Returns: the lag in steps; NaN if there is none, because nothing reaches the last step or the gradient rises
 *   backwards, so that it is largest at the far end
 */
double     anm_memory_horizon             (const double *before_end,
                                           guint n_steps);

/**
 * anm_gradient_flow_exhibit_new:
 * @run: (nullable): nothing trained yet
 * @layer: -1 = the first recurrent one
 * @time_unit: of the cohort, "h"
 *
 * g_t of one layer, time by epoch, on a logarithmic scale, so that vanishing and exploding are seen to happen;
 * the memory horizon as a line. Where all sequences are equally long time goes from their start, else from their end,
 * where the loss is.
 */
AnmFigure *anm_gradient_flow_exhibit_new  (AnmRun *run,
                                           int layer,
                                           const char *time_unit);

G_END_DECLS
