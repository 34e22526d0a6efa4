/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"
#include "widgets/figures/line-plot.h"

G_BEGIN_DECLS

/* How a loss is called on an axis. */
const char *anm_loss_get_words       (AnmLossKind loss);

/* A run as a line, and a point of the epoch under way for the eye alone (x NaN: none). */
typedef struct
{
  AnmRun     *run;
  const char *label;    /* NULL: the only run */
  double      live_epoch;
  double      live_loss;
} AnmLossArm;

/**
 * anm_loss_exhibit_new:
 * @n_arms: 0: nothing trained yet
 * @previous: (nullable): the run before, in grey and named
 *
 * Loss by epoch: validation thick, training thin, a hue a run, the best epoch marked.
 */
AnmFigure  *anm_loss_exhibit_new     (const AnmLossArm *arms,
                                      guint n_arms,
                                      AnmRun *previous);

/**
 * anm_gradient_norms_exhibit_new:
 * @run: (nullable): nothing trained yet
 *
 * Norm of the gradient by epoch, a line a layer, logarithmic, with the clipping limit; an epoch over ten times a
 * layer's median is named as a burst.
 */
AnmFigure  *anm_gradient_norms_exhibit_new (AnmRun *run);

/* "LSTM", or "LSTM 2" where a network has several. */
char       *anm_layer_get_title      (const AnmNetwork *network,
                                      guint layer);

G_END_DECLS
