/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

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
