/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/theme.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

struct _AnmFigureView
{
  GtkWidget      parent_instance;

  AnmFigure     *figure;
  double         cursor_x;
  gboolean       cursor_pinned;
  gboolean       show_title;
  gboolean       show_menu;
  gboolean       interactive;
  gboolean       on_card;

  GtkWidget     *menu_button;
  GskRenderNode *node;        /* the figure alone, for the theme and the size below */
  AnmTheme       node_theme;
  int            node_width, node_height, node_scale;
  int            measured_height; /* natural, when last asked for */

  gboolean       hovering;
  AnmFigurePlace hovered;     /* while hovering */
  gint64         finding_told;
  guint          finding_source;
};

/* Until the pointer or the focus is in the figure. */
#define ANM_FIGURE_MENU_OPACITY 0.55

/* Pointer, keyboard and focus. */
void        anm_figure_view_add_controllers (AnmFigureView *self);
gboolean    anm_figure_view_query_tooltip   (GtkWidget *widget,
                                             int x,
                                             int y,
                                             gboolean keyboard,
                                             GtkTooltip *tooltip);
void        anm_figure_view_set_cursor_pinned (AnmFigureView *self,
                                             gboolean pinned);
void        anm_figure_view_emit_hovered    (AnmFigureView *self,
                                             const AnmFigurePlace *place);
void        anm_figure_view_emit_clicked    (AnmFigureView *self,
                                             const AnmFigurePlace *place,
                                             int n_press);
/* Name and @description for screen readers, at once; the figure's finding, at most every ten seconds. */
void        anm_figure_view_tell            (AnmFigureView *self,
                                             const char *description);
void        anm_figure_view_queue_finding   (AnmFigureView *self);

/* The actions behind the menu: figure.enlarge, .copy-picture, .copy-data, .export(s), .show-table. */
void        anm_figure_view_install_actions (GtkWidgetClass *klass);
GMenuModel *anm_figure_view_make_menu       (void);

G_END_DECLS
