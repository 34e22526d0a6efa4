/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/theme.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

struct _AnmFigureView
{
  GtkWidget      parent_instance;

  AnmFigure     *figure;
  AnmFigure     *shown;       /* the figure in its frame, NULL until it is asked for */
  AnmFigureFrame frame;
  double         brush_low, brush_high;     /* NaN = none */
  double         brush_y_low, brush_y_high; /* of a rectangle, or of rows while they are dragged over */
  GArray        *selection;   /* of guint: points in the brush */
  int            cursor_series;             /* reached by keyboard, -1 = none */
  double         cursor_x;
  gboolean       cursor_pinned;
  gboolean       show_title;
  gboolean       show_menu;
  gboolean       interactive;
  gboolean       on_card;
  double         title_end;
  gboolean       zoomable;
  gboolean       brushable;

  GtkWidget     *menu_button;
  GskRenderNode *node;        /* the figure alone, for the theme and the size below */
  AnmTheme       node_theme;
  int            node_width, node_height, node_scale;
  int            measured_height; /* natural, when last asked for */

  gboolean       hovering;
  AnmFigurePlace hovered;     /* while hovering */
  double         pointer_x, pointer_y;      /* in pixels, NaN outside */
  int            drag;        /* AnmFigureDrag: what the drag under way does */
  double         drag_x, drag_y;            /* where it began, in pixels */
  AnmAxis        drag_x_axis, drag_y_axis;  /* as they were when it began */
  double         brush_anchor;              /* of a brush by keyboard */
  double         row_anchor;                /* of rows marked by keyboard, on the vertical axis */
  gint64         finding_told;
  guint          finding_source;
};

/* How much less is shown after one notch of the wheel or one press of +. */
#define ANM_FIGURE_ZOOM_STEP 0.8

/* Until the pointer or the focus is in the figure. */
#define ANM_FIGURE_MENU_OPACITY 0.55

typedef enum
{
  ANM_FIGURE_DRAG_NONE,
  ANM_FIGURE_DRAG_WAITING,    /* not far enough yet */
  ANM_FIGURE_DRAG_PAN,
  ANM_FIGURE_DRAG_SPAN,
  ANM_FIGURE_DRAG_ROWS,       /* a span, and rows once it goes up or down */
  ANM_FIGURE_DRAG_POINTS,
} AnmFigureDrag;

/* Pointer and focus; the keyboard. */
void        anm_figure_view_add_controllers (AnmFigureView *self);
void        anm_figure_view_add_keys        (AnmFigureView *self);

/* The figure in its frame, NULL without a figure; borrowed. */
AnmFigure  *anm_figure_view_get_shown       (AnmFigureView *self);
gboolean    anm_figure_view_get_axes        (AnmFigureView *self,
                                             gboolean whole,
                                             AnmAxis *x,
                                             AnmAxis *y);
gboolean    anm_figure_view_is_zoomed       (AnmFigureView *self);
/* Whether wheel, keys and drags may do that. */
gboolean    anm_figure_view_can             (AnmFigureView *self,
                                             AnmFigureAbilities ability);
/* Zooms by @factor (below 1: in) around a pixel, NaN = the cursor or the middle; one axis or both. */
void        anm_figure_view_zoom            (AnmFigureView *self,
                                             double factor,
                                             double pixel_x,
                                             double pixel_y,
                                             gboolean vertical);
/* Moves what is shown by pixels, beginning with the axes given. */
void        anm_figure_view_pan             (AnmFigureView *self,
                                             const AnmAxis *x,
                                             const AnmAxis *y,
                                             double dx,
                                             double dy);
/* Moves what is shown so far that @x lies in it. */
void        anm_figure_view_follow          (AnmFigureView *self,
                                             double x);
/* The same for the row, bar or point that the keyboard has reached. */
void        anm_figure_view_follow_series   (AnmFigureView *self,
                                             int series);
void        anm_figure_view_brush           (AnmFigureView *self,
                                             double x_low,
                                             double x_high,
                                             double y_low,
                                             double y_high);
/* The rows of a stretch of the vertical axis are marked; NaN: none any more. Tells listeners; how many they are. */
guint       anm_figure_view_mark_rows       (AnmFigureView *self,
                                             double y_low,
                                             double y_high);
/* The brush is as the user wants it: tells listeners. */
void        anm_figure_view_end_brush       (AnmFigureView *self);
void        anm_figure_view_update_actions  (AnmFigureView *self);
void        anm_figure_view_queue_reframe   (AnmFigureView *self);
void        anm_figure_view_drop_picture    (AnmFigureView *self);
void        anm_figure_view_notify_frame    (AnmFigureView *self);
void        anm_figure_view_notify_brush    (AnmFigureView *self);
void        anm_figure_view_emit_brushed    (AnmFigureView *self);
void        anm_figure_view_emit_selection  (AnmFigureView *self);
void        anm_figure_view_emit_rows       (AnmFigureView *self,
                                             GArray *rows);
void        anm_figure_view_snapshot        (GtkWidget *widget,
                                             GtkSnapshot *snapshot);
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

/* The actions behind the menu: figure.enlarge, .copy-picture, .copy-data, .export(s), .show-table,
 * .show-all, .log-scale. */
void        anm_figure_view_install_actions (GtkWidgetClass *klass);
GMenuModel *anm_figure_view_make_menu       (void);

G_END_DECLS
