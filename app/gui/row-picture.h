/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/*
 * Row pictures: what rows of long lists draw themselves. A list keeps some 200 rows ready; made of labels and
 * figure views these would hold up a keystroke, drawn they cost what the dozen that is seen costs.
 */

typedef enum
{
  ANM_ROW_TEXT_BOLD = 1 << 0,
  ANM_ROW_TEXT_SMALL = 1 << 1,
  ANM_ROW_TEXT_TINY = 1 << 2,
  ANM_ROW_TEXT_END = 1 << 3,  /* set at the end of its width */
} AnmRowText;

/* Width and height of a text on one line. */
void anm_row_text_measure (GtkWidget *widget,
                           const char *text,
                           AnmRowText style,
                           int *width,
                           int *height);
/* One line at @x, @y, ellipsised to @width. */
void anm_row_text_draw    (GtkWidget *widget,
                           GtkSnapshot *snapshot,
                           const char *text,
                           AnmRowText style,
                           const AnmColour *colour,
                           float x,
                           float y,
                           int width);
void anm_row_figure_draw  (GtkSnapshot *snapshot,
                           const AnmFigure *figure,
                           const AnmTheme *theme,
                           float x,
                           float y,
                           float width,
                           float height);

G_END_DECLS
