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
/* Moves along with the keyboard: the next index of a series in @direction (-1, 1). */
char       *anm_figure_describe     (const AnmFigure *self,
                                     const AnmFigurePlace *place); /* "hour 39: 0.30", for tooltip and screen reader */
/* All that is shown as a table: NULL-terminated header, then rows of the same width. */
GPtrArray  *anm_figure_get_table    (const AnmFigure *self);       /* of GStrv, header first */

gboolean    anm_figure_export       (const AnmFigure *self,
                                     const AnmTheme *theme,
                                     double width,
                                     double height,
                                     const char *path,             /* .png .svg .pdf .csv */
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmFigure, anm_figure_unref)

G_END_DECLS
