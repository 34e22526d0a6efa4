/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/horizon.h"

G_BEGIN_DECLS

/*
 * How far back a network remembers, by hiding the past from it: what changes in
 * its answer (at the last step, if it answers at every one) when
 *
 *   only the last k steps are known (@known), or
 *   the one step k before the last is hidden (@hidden).
 *
 * A hidden step has the mean in place of each value, nothing observed, and the
 * mean gap; statics stay. The change is the Euclidean distance of the answers,
 * probabilities where the loss is a cross-entropy. The horizon is the smallest k
 * such that the change is at most 1/e of what it is when all is hidden, for k and all
 * larger ones that were asked for.
 *
 * M. D. Zeiler, R. Fergus (2014): Visualizing and understanding convolutional
 * networks. ECCV (occlusion).
 */

/**
 * AnmOcclusion:
 * @lags: [n_lags] k
 * @known: [n_sequences][n_lags] the change when only the last k steps are known; 0 from a sequence's length on
 * @hidden: [n_sequences][n_lags] the change when step T - 1 - k is hidden; NaN where there is no such step
 * @horizons: [n_sequences] NaN where the answer hangs on nothing of the past, or that wasn't reached within the lags
 */
typedef struct
{
  gsize   n_sequences;
  guint   n_lags;
  guint  *lags;
  double *known;
  double *hidden;
  double *horizons;
} AnmOcclusion;

typedef void (*AnmOcclusionProgressFunc) (gsize n_done,
                                          gsize n_sequences,
                                          gpointer data);

/* The mean of each channel and of each channel's gap over all steps of @sequences, skipped ones apart: [n_channels]. @gaps is
 * nullable and left as it is where the sequences have none. */
void          anm_occlusion_means      (const AnmSequences *sequences,
                                        anm_real *values,
                                        anm_real *gaps);
/* 0, 1, 2, ... up to @most, thinned geometrically to at most @n numbers (two at least); the caller frees them. */
guint        *anm_occlusion_lags       (guint most,
                                        guint n,
                                        guint *n_lags);
AnmOcclusion *anm_occlusion_new        (AnmNetwork *network,
                                        const anm_real *parameters,
                                        AnmLossKind loss,
                                        const AnmSequences *sequences,
                                        const guint *lags,
                                        guint n_lags,
                                        const anm_real *values,
                                        const anm_real *gaps,
                                        AnmPool *pool,
                                        AnmOcclusionProgressFunc progress,
                                        gpointer data,
                                        const int *stop);
void          anm_occlusion_free       (AnmOcclusion *self);
/* Of @known (or of @hidden) at one lag, over the sequences that have it. */
void          anm_occlusion_summarise  (const AnmOcclusion *self,
                                        gboolean hidden,
                                        guint lag,
                                        AnmHorizonSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmOcclusion, anm_occlusion_free)

G_END_DECLS
