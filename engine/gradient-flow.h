/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * AnmGradientFlow:
 * @n_cells: length of @sums and of @counts
 * @by_step, @before_end: [n_layers], %NULL where a layer isn't recurrent, else
 *   [n_steps] sums of squares, within @sums
 * @by_step_count, @before_end_count: the same, of how many were added
 *
 * Sums for the root mean square of g_t = ||dL_b/dh_t||, by steps from the start
 * and by steps before the end.
 */
typedef struct
{
  guint     n_layers;
  guint     n_steps;
  gsize     n_cells;
  double   *sums;
  guint64  *counts;
  double  **by_step;
  double  **before_end;
  guint64 **by_step_count;
  guint64 **before_end_count;
} AnmGradientFlow;

AnmGradientFlow *_anm_gradient_flow_new              (const AnmNetwork *network,
                                                      guint n_steps);
void             _anm_gradient_flow_free             (AnmGradientFlow *self);
void             _anm_gradient_flow_clear            (AnmGradientFlow *self);
void             _anm_gradient_flow_add              (AnmGradientFlow *self,
                                                      const AnmGradientFlow *other);
void             _anm_gradient_flow_take_square_roots (AnmGradientFlow *self,
                                                      const AnmGradientFlow *sums);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmGradientFlow, _anm_gradient_flow_free)

G_END_DECLS
