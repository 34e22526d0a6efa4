/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ANM_DISTANCE_EUCLIDEAN,
  /* 1 - r, Pearson's: 0 for units that rise and fall together, 2 for opposite ones; units that never move are at 0 from each other and at
   * 1 from all others */
  ANM_DISTANCE_CORRELATION,
} AnmDistance;

/* Two clusters joined: numbers below n are the units, n + k what was joined at k. */
typedef struct
{
  guint  first;   /* stands before @second in the order of the leaves */
  guint  second;
  guint  size;    /* units in it */
  double height;  /* mean distance between the two's units */
} AnmMerge;

/**
 * AnmDendrogram:
 * @merges: [n - 1] by rising height
 * @order: [n] the leaves from left to right, no branches crossing
 */
typedef struct
{
  guint     n;
  AnmMerge *merges;
  guint    *order;
} AnmDendrogram;

/**
 * anm_dendrogram_new:
 * @values: (n_steps, n_units) row-major, borrowed
 *
 * A tree of units that do alike over time, by average linkage; each branch is
 * turned so that the ends that meet are the nearest. What isn't finite is far
 * from everything. Takes n^2 memory, 300 MB for 4096 units.
 *
 * Chains of nearest neighbours: F. Murtagh (1983): A survey of recent advances in
 * hierarchical clustering algorithms. The Computer Journal 26.
 *
 * Returns: (transfer full): the tree
 */
AnmDendrogram *anm_dendrogram_new  (const anm_real *values,
                                    gsize n_steps,
                                    guint n_units,
                                    AnmDistance distance);
void           anm_dendrogram_free (AnmDendrogram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmDendrogram, anm_dendrogram_free)

G_END_DECLS
