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
 * Pointer: hovering moves the cursor, a click pins it. The wheel zooms at the pointer, horizontally; with Alt vertically;
 * with Shift, or sideways, it moves along, with Shift and Alt up and down. Where the figure lies in something that can itself be scrolled up and down
 * the wheel does that, and zooms with Ctrl. A drag moves what is shown. A drag with Shift, or one along the
 * axis beneath the plot, marks a span, or in a plane the points in a rectangle; one with Shift up or down over rows marks those,
 * too. If there is a menu
 * a double click shows all of a figure that was zoomed, and enlarges one that shows all.
 *
 * Keys: arrows left and right, Home, End move the cursor, up and down the row, bar or point, and read what lies there; with Shift
 * they mark a span, rows, or choose the points that they reach in a plane; + and − zoom, with Alt vertically, 0 shows all; Return is a click; Esc takes the mark away, then releases the cursor;
 * F11 enlarges; Shift+F10 or Menu opens the menu.
 *
 * What there is to say (saved, couldn't be saved) goes to the action "win.show-message" with a string, if
 * the window has it, else into a dialog.
 *
 * Properties: figure (boxed), cursor-x (double, NaN = none; shared between views by binding),
 * cursor-pinned (boolean: set by a click, and then the pointer doesn't move the cursor; shared likewise),
 * show-title (boolean), show-menu (boolean), interactive (boolean), on-card (boolean: the ground is a card);
 * x-low, x-high, y-low, y-high (double, NaN = all is shown: what stretch of the axes is; bind them to zoom
 * figures together); log-scale (boolean); brush-low, brush-high (double, NaN = none: the marked span, shared by
 * binding); zoomable, brushable (boolean: whether the user may; what the figure can't do he can't anyway).
 * Signals: `hovered` (AnmFigurePlace *, nullable), `clicked` (AnmFigurePlace *, n_press), `brushed` (low, high: doubles,
 * the user has marked a span, NaN: has taken it away; while he is at it only the properties change),
 * `selection-changed` (GArray of guint: the points the user has chosen in a plane; while he drags, too),
 * `rows-marked` (GArray of guint: the series whose rows the user has marked; none: has taken that away. Showing them is the
 * listener's affair, in the figure).
 */
#define ANM_TYPE_FIGURE_VIEW (anm_figure_view_get_type ())
G_DECLARE_FINAL_TYPE (AnmFigureView, anm_figure_view, ANM, FIGURE_VIEW, GtkWidget)

/* A view without a figure yet. */
GtkWidget *anm_figure_view_new          (void);
AnmFigure *anm_figure_view_get_figure   (AnmFigureView *self);
void       anm_figure_view_set_figure   (AnmFigureView *self,
                                         AnmFigure *figure);
double     anm_figure_view_get_cursor_x (AnmFigureView *self);
void       anm_figure_view_set_cursor_x (AnmFigureView *self,
                                         double cursor_x);
/* The user's own items at the head of the figure's menu, with actions of whatever the view lies in. */
void       anm_figure_view_add_menu     (AnmFigureView *self,
                                         GMenuModel *items);
/* What stretch of the figure is shown. Stays when the figure is replaced. */
void       anm_figure_view_get_frame    (AnmFigureView *self,
                                         AnmFigureFrame *frame);
void       anm_figure_view_set_frame    (AnmFigureView *self,
                                         const AnmFigureFrame *frame);
/* The marked span, NaN = none. */
void       anm_figure_view_get_brush    (AnmFigureView *self,
                                         double *low,
                                         double *high);
void       anm_figure_view_set_brush    (AnmFigureView *self,
                                         double low,
                                         double high);
/* Pixels at the end of the title's line, with the menu's, over which something else lies; it leaves the caption free. */
void       anm_figure_view_set_title_end (AnmFigureView *self,
                                         double title_end);
/* The points that the user has chosen in a plane, of guint; borrowed. */
const GArray *anm_figure_view_get_selection (AnmFigureView *self);

G_END_DECLS
