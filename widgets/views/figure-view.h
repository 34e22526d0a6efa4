/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* AnmFigure as a boxed type, for properties and bindings. */
#define ANM_TYPE_FIGURE (anm_figure_get_type ())
GType      anm_figure_get_type          (void);

/**
 * AnmFigureView:
 *
 * Shows a figure: follows the desktop's light and dark, font and text scale;
 * hover, pinned and keyboard cursor; a menu on every figure (enlarge, copy picture, copy
 * data, export, show as table); accessible role img with the figure's title as
 * name and its finding as description. The figure itself is cached as a render node; cursor and
 * focus are drawn over it.
 *
 * Keys: arrows, Home, End move the cursor and read what lies there; Esc releases it; Shift+F10 or Menu
 * opens the menu. A double click enlarges if there is a menu.
 *
 * What there is to say (saved, couldn't be saved) goes to the action "win.show-message" with a string, if
 * the window has it, else into a dialog.
 *
 * Properties: figure (boxed), cursor-x (double, NaN = none; shared between views by binding),
 * cursor-pinned (boolean: set by a click, and then the pointer doesn't move the cursor; shared likewise),
 * show-title (boolean), show-menu (boolean), interactive (boolean), on-card (boolean: the ground is a card).
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
