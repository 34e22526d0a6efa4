/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* A rectangle in pixels. */
typedef struct
{
  double x, y, width, height;
} AnmArea;

/**
 * AnmFigureClass:
 *
 * What each kind of figure does. Every function gets the @area that is left
 * when title and caption have been set; a kind never sees them.
 *
 * @draw: the figure itself, without what a cursor changes. Not called if it has no data.
 * @draw_rest: %NULL = nothing; what there is instead while there is no cursor
 * @locate: see anm_figure_locate()
 * @project_x: see anm_figure_project_x()
 * @draw_cursor: %NULL = a dashed line
 * @step_x: see anm_figure_step_x(); %NULL = nowhere to go
 * @describe: see anm_figure_describe()
 * @fill_table: appends header and rows with anm_table_*()
 * @natural_height: the height it likes best without title, %NULL = 180
 * @abilities: what a view can do with it, the same for all of a kind (see @get_abilities)
 * @get_abilities: %NULL = @abilities
 * @get_axes: its axes with their pixels. Sets @x, @y or both; what it leaves alone is no axis
 * @set_frame: makes of a shallow copy the same figure in another frame: may set numbers, but own, free or
 *   change nothing that a pointer leads to. Called on a copy of the figure as it was made, with stretches that lie
 *   in order; must ignore what it can't do
 * @is_log: see anm_figure_is_log()
 * @select: see anm_figure_select(); appends to @points. Sides are set
 * @step_series: see anm_figure_step_series()
 * @draw_place: see anm_figure_draw_place()
 * @find_y: see anm_figure_find_y(); %NULL = nowhere in particular
 */
typedef struct
{
  gsize      instance_size;
  void     (*finalize)       (AnmFigure *self);
  void     (*draw)           (const AnmFigure *self,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *area);
  gboolean (*locate)         (const AnmFigure *self,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              double pixel_x,
                              double pixel_y,
                              AnmFigurePlace *place);
  gboolean (*project_x)      (const AnmFigure *self,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              double x,
                              double *pixel_x,
                              double *top,
                              double *bottom);
  void     (*draw_cursor)    (const AnmFigure *self,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              double x);
  void     (*draw_rest)      (const AnmFigure *self,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *area);
  double   (*step_x)         (const AnmFigure *self,
                              double x,
                              int direction);
  char    *(*describe)       (const AnmFigure *self,
                              const AnmFigurePlace *place);
  void     (*fill_table)     (const AnmFigure *self,
                              GPtrArray *table);
  double   (*natural_height) (const AnmFigure *self,
                              const AnmTheme *theme);
  AnmFigureAbilities abilities;
  AnmFigureAbilities (*get_abilities) (const AnmFigure *self);
  void     (*get_axes)       (const AnmFigure *self,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              AnmAxis *x,
                              AnmAxis *y);
  void     (*set_frame)      (AnmFigure *copy,
                              const AnmFigureFrame *frame);
  gboolean (*is_log)         (const AnmFigure *self);
  void     (*select)         (const AnmFigure *self,
                              double x_low,
                              double x_high,
                              double y_low,
                              double y_high,
                              GArray *points);
  int      (*step_series)    (const AnmFigure *self,
                              int series,
                              int direction);
  void     (*draw_place)     (const AnmFigure *self,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              const AnmFigurePlace *place);
  double   (*find_y)         (const AnmFigure *self,
                              int series);
} AnmFigureClass;

struct _AnmFigure
{
  const AnmFigureClass *klass;
  gatomicrefcount       ref_count;
  char                 *title;
  char                 *caption;
  char                 *finding;
  char                 *empty_text; /* nullable */
  gboolean              empty;      /* nothing to draw: @empty_text takes its place */
  AnmFigure            *origin;     /* of a copy in another frame: whose data it shares */
};

/* A figure of @klass with everything behind the base zeroed. */
gpointer   anm_figure_new          (const AnmFigureClass *klass,
                                    const char *title,
                                    const char *caption,
                                    const char *finding,
                                    const char *empty_text);
/* The area that is left under title and caption. */
AnmArea    anm_figure_get_body     (const AnmFigure *self,
                                    const AnmTheme *theme,
                                    double width,
                                    double height,
                                    gboolean with_title);

/* A row of a table: as many words as the header. Takes none of them. */
void       anm_table_add           (GPtrArray *table,
                                    const char *first,
                                    ...) G_GNUC_NULL_TERMINATED;
/* A number as it is stored in a table and in CSV: full precision, a point, "" if missing. */
char      *anm_table_number        (double value);
char      *anm_table_float         (float value);

/* Where @step_series of @n_series that lie in the order @row_order (nullable) leads. */
int        anm_step_row            (int series,
                                    int direction,
                                    guint n_series,
                                    const guint *row_order);

/* How wide a text may be that is centred on @x and is to stay within @area. */
double     anm_room_around         (const AnmArea *area,
                                    double x);
/* Dashed line of the shared cursor, from @top to @bottom. */
void       anm_draw_cursor_line    (cairo_t *cr,
                                    const AnmTheme *theme,
                                    double x,
                                    double top,
                                    double bottom);
/* A dot with a rim of the ground's colour. */
void       anm_draw_dot            (cairo_t *cr,
                                    AnmColour colour,
                                    AnmColour rim,
                                    double x,
                                    double y,
                                    double radius);
/* A ring in the accent's colour: the place that the keyboard has reached. */
void       anm_draw_ring           (cairo_t *cr,
                                    const AnmTheme *theme,
                                    const AnmArea *area);
/* Slanted lines at 13 % over a rectangle: nothing was measured here. */
void       anm_draw_hatching       (cairo_t *cr,
                                    const AnmTheme *theme,
                                    const AnmArea *area);
/* @value on the middle of a device pixel, so that a line of 1 px is sharp. */
double     anm_sharp               (double value);

G_END_DECLS
