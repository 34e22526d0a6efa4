/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* Two clusters joined: numbers below n are the leaves, n + k is what branch k joined. By rising height. */
typedef struct
{
  guint  first, second;
  double height;
} AnmBranch;

/* A tree that stands alone. */
typedef struct
{
  const char        *title, *caption, *finding, *empty_text;
  const char        *leaf_word;     /* "unit" */
  const char        *height_label;  /* under the axis of heights: "distance" */
  guint              n_leaves;
  const AnmBranch   *branches;      /* [n_leaves - 1] */
  const guint       *order;         /* [n_leaves]: the leaf in each row, from the top; no branches cross */
  const char *const *labels;        /* nullable [n_leaves]: else numbered from 1 */
  int                selected;      /* its way to the root is drawn in ink; -1 = none */
} AnmDendrogramPlot;

/* A tree that lies on its side: leaves are rows at the right, the root at the left. Copies all it is given. */
AnmFigure *anm_dendrogram_plot_new (const AnmDendrogramPlot *plot);

/* The tree alone, beside something whose rows are the leaves: row k of n is centred in its share of the height, leaves
 * are at the right edge, the root's line at the left. */
void       anm_branches_draw       (cairo_t *cr,
                                    const AnmTheme *theme,
                                    const AnmBranch *branches,
                                    guint n_leaves,
                                    const guint *order,
                                    int selected,
                                    double x,
                                    double y,
                                    double width,
                                    double height);
/* The branch that is cut off where such a tree is cut at a pixel: all rows that are joined at the right of it, together with that
 * pixel's row. -1: that row alone. */
int        anm_branches_find       (const AnmBranch *branches,
                                    guint n_leaves,
                                    const guint *order,
                                    double x,
                                    double y,
                                    double width,
                                    double height,
                                    double pixel_x,
                                    double pixel_y);
/* The leaves on a branch, of guint. */
GArray    *anm_branches_list       (const AnmBranch *branches,
                                    guint n_leaves,
                                    guint branch);

G_END_DECLS
