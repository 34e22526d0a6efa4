/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/*
 * How far back a network remembers, three ways: by the gradient and by its gates
 * (here), and by what its answer loses when the past is hidden (occlusion.h). All in
 * steps.
 */

/* Over sequences or units: those that have a horizon, and how many haven't. Quartiles interpolate linearly (type 7 of
 * R. J. Hyndman, Y. Fan (1996), NumPy's default); NaN if there are none. */
typedef struct
{
  gsize  n;
  gsize  n_none;
  double lower_quartile;
  double median;
  double upper_quartile;
} AnmHorizonSummary;

void     anm_horizon_summarise    (const double *horizons,
                                   gsize n,
                                   AnmHorizonSummary *summary);

/**
 * anm_gradient_horizon:
 * @before_end: [n_steps] g_(T-k) = ||dL/dh_(T-k)||, k steps before the end
 *
 * How far back the loss reaches: the largest lag k with g(T - k) >= g(T) / e.
 *
 * Returns: the lag in steps; NaN if there is none, because nothing reaches the last step or the gradient rises
 *   backwards, so that it is largest at the far end
 */
double   anm_gradient_horizon     (const double *before_end,
                                   guint n_steps);
/* Of each sequence: @horizons [n_sequences]. @loss: resolved. In a bidirectional layer, of both halves' states together. FALSE if
 * stopped, or with @error if the layer isn't recurrent. */
gboolean anm_gradient_horizons    (AnmNetwork *network,
                                   const anm_real *parameters,
                                   AnmLossKind loss,
                                   const AnmSequences *sequences,
                                   guint layer,
                                   AnmPool *pool,
                                   double *horizons,
                                   const int *stop,
                                   GError **error);

/**
 * anm_half_life:
 * @keep: what is left of a number after one step: the forget gate f of an LSTM, 1 - z of a GRU
 *
 * Returns: ln 0.5 / ln @keep, the steps after which half is left; 0 where nothing is kept, infinity where all is, NaN
 *   where @keep isn't between 0 and 1
 */
double   anm_half_life            (double keep);
/* @by_unit: [units] of the mean gate over all steps of all sequences; @by_sequence: [n_sequences] of the mean over a sequence's
 * steps and all units, NaN without steps. Both nullable. FALSE if stopped, or with @error if the layer's cell has no such gate. */
gboolean anm_gate_half_lives      (AnmNetwork *network,
                                   const anm_real *parameters,
                                   const AnmSequences *sequences,
                                   guint layer,
                                   AnmDirection direction,
                                   AnmPool *pool,
                                   double *by_unit,
                                   double *by_sequence,
                                   const int *stop,
                                   GError **error);

G_END_DECLS
