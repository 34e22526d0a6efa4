/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <glib.h>

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

AnmFigure  *anm_figure_ref          (AnmFigure *self);
void        anm_figure_unref        (AnmFigure *self);
const char *anm_figure_get_title    (const AnmFigure *self);
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
 * there is something; @x NaN: the last. NaN if there is nothing at all. */
double      anm_figure_step_x       (const AnmFigure *self,
                                     double x,
                                     int direction);
/* "hour 39: 0.30", for tooltip and screen reader; with series -1 all that lies at place->x. %NULL: nothing to say. */
char       *anm_figure_describe     (const AnmFigure *self,
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
