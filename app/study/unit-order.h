/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/dendrogram.h"

G_BEGIN_DECLS

/**
 * anm_unit_order_new:
 * @values: (n_steps, n_units) row-major, borrowed
 *
 * Puts units that do alike over time beside each other, for the rows of a heat map: the leaves of an
 * AnmDendrogram of Euclidean distances. The upper half is the one with the larger mean.
 *
 * Returns: (transfer full) (array length=n_units): the unit in each row, from the top
 */
guint *anm_unit_order_new (const float *values,
                           guint n_steps,
                           guint n_units);

/* The same with its tree; @order is turned as above, and no branches cross. */
AnmDendrogram *anm_unit_tree_new (const float *values,
                                  guint n_steps,
                                  guint n_units);

G_END_DECLS
