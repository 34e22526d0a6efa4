/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/theme.h"

G_BEGIN_DECLS

/**
 * AnmFigure:
 *
 * A drawing as a value: plain arrays with a title, a caption, a finding
 * and a table. Immutable once made, reference counted, drawable from any
 * thread, on screen and into PNG, SVG, PDF by the same code. Each kind (line plot,
 * heat map, ...) has its own constructor in its own file.
 */
typedef struct _AnmFigure AnmFigure;

/* References are taken and given back from any thread; the last one frees it. */
AnmFigure  *anm_figure_ref          (AnmFigure *self);
void        anm_figure_unref        (AnmFigure *self);
const char *anm_figure_get_title    (const AnmFigure *self);  /* what it is, in a word or two: accessible name */
const char *anm_figure_get_caption  (const AnmFigure *self);  /* one grey line: what is drawn, over whom */
const char *anm_figure_get_finding  (const AnmFigure *self);  /* the finding in a sentence: accessible description */
/* Draws into 0, 0, width, height; @with_title: title and caption too (for export and figures that stand alone). */
void        anm_figure_draw         (const AnmFigure *self,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title);

/* The same without what a cursor changes: for a view that draws that over it with anm_figure_draw_cursor(). */
void        anm_figure_draw_base    (const AnmFigure *self,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title);

/* A place in a figure in its own coordinates. */
typedef struct
{
  double  x;       /* data coordinate on the x axis (step, hour, epoch) */
  double  y;
  int     series;  /* line, row or channel, -1 = none */
  int     index;   /* point or column, -1 = none */
} AnmFigurePlace;

/* What is at a pixel; FALSE outside the plot area. */
gboolean    anm_figure_locate       (const AnmFigure *self,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title,
                                     double pixel_x,
                                     double pixel_y,
                                     AnmFigurePlace *place);
/* Where x lies in pixels (for the shared cursor), with the plot area's top and bottom; FALSE if out of range. */
gboolean    anm_figure_project_x    (const AnmFigure *self,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title,
                                     double x,
                                     double *pixel_x,
                                     double *top,
                                     double *bottom);
/* Draws what goes with the shared cursor at @x: a dashed line, the points it meets, their values. @x NaN or
 * outside: what the figure shows without a cursor. */
void        anm_figure_draw_cursor  (const AnmFigure *self,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title,
                                     double x);
/* Whether that draws anything, so that a view can do without a layer that is empty. */
gboolean    anm_figure_shows_cursor (const AnmFigure *self,
                                     double x);
/* Moves along with the keyboard: the next x in @direction (-1, 1; -G_MAXINT, G_MAXINT: first, last) where
 * there is something; @x NaN: the last, or the first if that is asked for. NaN if there is nothing at all. */
double      anm_figure_step_x       (const AnmFigure *self,
                                     double x,
                                     int direction);
/* "hour 39: 0.30", for tooltip and screen reader; with series -1 all that lies at place->x. %NULL: nothing to say. */
char       *anm_figure_describe     (const AnmFigure *self,
                                     const AnmFigurePlace *place);
/**
 * AnmFigureAbilities:
 * @ANM_FIGURE_ZOOMS_X: a stretch of its horizontal axis can be shown alone
 * @ANM_FIGURE_ZOOMS_Y: a stretch of its vertical axis can be shown alone
 * @ANM_FIGURE_ZOOMS_TOGETHER: both axes are of one kind and are zoomed together (a plane)
 * @ANM_FIGURE_BRUSHES_SPAN: a span of its horizontal axis can be marked
 * @ANM_FIGURE_BRUSHES_POINTS: points in a rectangle can be chosen, see anm_figure_select()
 * @ANM_FIGURE_BRUSHES_ROWS: rows can be marked as well as a span; anm_figure_select() says which
 * @ANM_FIGURE_HAS_LOG: its values can be shown on a linear and on a log scale
 *
 * What a view can do with a figure.
 */
typedef enum
{
  ANM_FIGURE_ZOOMS_X        = 1 << 0,
  ANM_FIGURE_ZOOMS_Y        = 1 << 1,
  ANM_FIGURE_ZOOMS_TOGETHER = 1 << 2,
  ANM_FIGURE_BRUSHES_SPAN   = 1 << 3,
  ANM_FIGURE_BRUSHES_POINTS = 1 << 4,
  ANM_FIGURE_HAS_LOG        = 1 << 5,
  ANM_FIGURE_BRUSHES_ROWS   = 1 << 6,
} AnmFigureAbilities;

/* The scale of a figure's values. */
typedef enum
{
  ANM_FIGURE_SCALE_OWN,     /* as the figure was made */
  ANM_FIGURE_SCALE_LINEAR,
  ANM_FIGURE_SCALE_LOG,
} AnmFigureScale;

/**
 * AnmFigureFrame:
 *
 * What part of a figure is shown, and how: stretches of its axes in data coordinates, each NaN where all is shown.
 */
typedef struct
{
  double         x_low, x_high;
  double         y_low, y_high;
  AnmFigureScale scale;
} AnmFigureFrame;

#define ANM_FIGURE_FRAME_ALL ((AnmFigureFrame){ (double) NAN, (double) NAN, (double) NAN, (double) NAN, ANM_FIGURE_SCALE_OWN })

/* What a view can do with it; nothing while it is empty. */
AnmFigureAbilities anm_figure_get_abilities (const AnmFigure *self);
/* The same figure in another frame: shares the data, costs nothing. A frame replaces the one before. */
AnmFigure  *anm_figure_reframe      (AnmFigure *self,
                                     const AnmFigureFrame *frame);
/* Whether its values are on a log scale now. */
gboolean    anm_figure_is_log       (const AnmFigure *self);
/* Its axes with their pixels, of whatever is shown now. Start and end are the same where there is no such axis; FALSE
 * if there is none at all. */
gboolean    anm_figure_get_axes     (const AnmFigure *self,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title,
                                     AnmAxis *x,
                                     AnmAxis *y);
/* The points in a rectangle of data coordinates, or with NaN for a side as far as there are points: their numbers (guint), rising. */
GArray     *anm_figure_select       (const AnmFigure *self,
                                     double x_low,
                                     double x_high,
                                     double y_low,
                                     double y_high);
/* Moves along with the keyboard where there are rows, bars or points: the next series in @direction (-1 up, 1 down; -G_MAXINT,
 * G_MAXINT: first, last) in the order in which they are drawn; @series -1: the first. -1 if there is none. */
int         anm_figure_step_series  (const AnmFigure *self,
                                     int series,
                                     int direction);
/* Where a series lies on the vertical axis, so that it can be brought into view; NaN: nowhere in particular. */
double      anm_figure_find_y       (const AnmFigure *self,
                                     int series);
/* Draws what marks a place that was reached by keyboard; nothing in most kinds. */
void        anm_figure_draw_place   (const AnmFigure *self,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     gboolean with_title,
                                     const AnmFigurePlace *place);

/* The height it likes best, in pixels. */
double      anm_figure_get_natural_height (const AnmFigure *self,
                                     const AnmTheme *theme,
                                     gboolean with_title);
/* All that is shown as a table: NULL-terminated header, then rows of the same width. */
GPtrArray  *anm_figure_get_table    (const AnmFigure *self);       /* of GStrv, header first */

/* The same as CSV (RFC 4180). */
char       *anm_figure_get_csv      (const AnmFigure *self);

/* A picture that stands alone: title and caption above, the finding beneath. */
gboolean    anm_figure_export       (const AnmFigure *self,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     const char *path,             /* .png .svg .pdf .csv */
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmFigure, anm_figure_unref)

G_END_DECLS
