/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/**
 * AnmFigureView:
 *
 * Shows a figure: follows the desktop's light and dark, font and text scale;
 * hover, pinned and keyboard cursor; a menu on every figure (enlarge, copy picture, copy
 * data, export, show as table); accessible role img with the figure's title as
 * name and its finding as description. The figure itself is cached as a render node; cursor and
 * focus are drawn over it.
 *
 * Properties: figure (boxed), cursor-x (double, NaN = none; shared between views by binding),
 * show-title (boolean), show-menu (boolean), interactive (boolean).
 * Signals: `hovered` (AnmFigurePlace *, nullable), `clicked` (AnmFigurePlace *, n_press).
 */
#define ANM_TYPE_FIGURE_VIEW (anm_figure_view_get_type ())
G_DECLARE_FINAL_TYPE (AnmFigureView, anm_figure_view, ANM, FIGURE_VIEW, GtkWidget)

GtkWidget *anm_figure_view_new          (void);
AnmFigure *anm_figure_view_get_figure   (AnmFigureView *self);
void       anm_figure_view_set_figure   (AnmFigureView *self,
                                         AnmFigure *figure);
double     anm_figure_view_get_cursor_x (AnmFigureView *self);
void       anm_figure_view_set_cursor_x (AnmFigureView *self,
                                         double cursor_x);

G_END_DECLS
