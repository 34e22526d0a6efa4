/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure-private.h"

G_BEGIN_DECLS

/*
 * Where words go so that they cover neither each other nor the lines.
 */

/* Moves @n_positions centres of labels apart to @gap or more within @low .. @high, each as little as can be
 * (least squares), in their order. If they don't all fit they keep as even a gap as there is room for. */
void anm_labels_spread (double *positions,
                        guint n_positions,
                        double gap,
                        double low,
                        double high);

/* Draws the number of a tick of a horizontal axis at @x, with its middle at @y: centred, but within @low .. @high, and not at all where
 * it would touch the one before, which ended at *@end (-INFINITY at first). */
void anm_tick_number_draw (cairo_t *cr,
                           const AnmTheme *theme,
                           const char *text,
                           double x,
                           double y,
                           double low,
                           double high,
                           double *end);

/* A coarse map of what is drawn already. */
typedef struct
{
  AnmArea area;
  guint   n_columns, n_rows;
  guint8 *cells;
} AnmOccupancy;

/* Empty at first. */
void  anm_occupancy_init      (AnmOccupancy *self,
                               const AnmArea *area);
/* Frees what it holds. */
void  anm_occupancy_clear     (AnmOccupancy *self);
/* A line, or a box of words, has been drawn there: words may lie over lines, not over words. */
void  anm_occupancy_mark_line (AnmOccupancy *self,
                               double x1,
                               double y1,
                               double x2,
                               double y2);
void  anm_occupancy_mark_box  (AnmOccupancy *self,
                               const AnmArea *box);
/* How many cells of @box are taken; G_MAXUINT if it isn't wholly inside or has words in it. */
guint anm_occupancy_count     (const AnmOccupancy *self,
                               const AnmArea *box);

/* Words in the colours of the ground on a bar of ink with round ends, on an axis under a plot: where the cursor is. It stays between
 * @least and @most. @clear: so many pixels on either side are wiped first. */
void     anm_pill_draw           (cairo_t *cr,
                                  const AnmTheme *theme,
                                  const char *text,
                                  double centre,
                                  double middle,
                                  double least,
                                  double most,
                                  double clear);

G_END_DECLS
