/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/columns.h"
#include "widgets/figures/heat-map.h"

G_BEGIN_DECLS

typedef struct
{
  AnmFigure     base;
  AnmColumns    columns;
  char         *y_label;
  AnmHeatScale  scale;
  double        range, floor;      /* always above 0, floor < range */
  guint         n_rows;
  float        *cells;             /* [n_rows][columns.n_columns] */
  gboolean      has_missing;
  guint        *row_order;         /* nullable */
  char        **row_labels;        /* nullable */
  double        y_first, y_step;
  double        row_low, row_high; /* what is shown on the axis of rows, NaN = all */
  int           selected_row;
  gboolean      bare;
  gboolean      seamless;          /* rows touch, however high they are */
  gboolean      crossed;
  guint8       *thin;              /* nullable */
  double       *trace;             /* nullable */
  char         *trace_label;
} AnmHeatMapFigure;

/* The axis of rows over @plot. A row reaches half a row to either side of its number: y where rows have one and lie in order, else its
 * place from above, from 0. */
AnmAxis  anm_heat_map_get_row_axis (const AnmHeatMapFigure *self,
                                   const AnmArea *plot);
/* Shows the stretch @low .. @high of that axis, widened to a row; NaN = all. */
void     anm_heat_map_set_rows     (AnmHeatMapFigure *self,
                                   double low,
                                   double high);
/* Where all rows would lie of which @plot shows some. */
AnmArea  anm_heat_map_get_rows_area (const AnmHeatMapFigure *self,
                                   const AnmArea *plot);
/* The places of which something is shown: @first .. @end - 1. */
void     anm_heat_map_get_shown_rows (const AnmHeatMapFigure *self,
                                   guint *first,
                                   guint *end);
/* The place of a row from above, -1 if there is none; its number on the axis of rows. */
int      anm_heat_map_find_place   (const AnmHeatMapFigure *self,
                                   int row);
double   anm_heat_map_find_y       (const AnmHeatMapFigure *self,
                                   int row);
/* The place at a pixel within @plot. */
guint    anm_heat_map_place_at_pixel (const AnmHeatMapFigure *self,
                                   const AnmArea *plot,
                                   double pixel_y);
/* The rectangle of the cells, on whole pixels. */
AnmArea  anm_heat_map_lay_out     (const AnmHeatMapFigure *self,
                                   const AnmTheme *theme,
                                   const AnmArea *area);
void     anm_heat_map_draw        (const AnmFigure *figure,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *area);
void     anm_heat_map_draw_cursor (const AnmFigure *figure,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *area,
                                   double x);
/* Parts, for figures made of several maps: the cells within @plot, the line over them, the colour bar under it (returns its width). */
void     anm_heat_map_draw_cells  (const AnmHeatMapFigure *self,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *plot);
void     anm_heat_map_draw_trace  (const AnmHeatMapFigure *self,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *plot);
/* The colours of the scale along a line from its low end to its high one. */
cairo_pattern_t *anm_heat_map_make_pattern (const AnmHeatMapFigure *self,
                                   const AnmTheme *theme,
                                   double x,
                                   double y,
                                   double to_x,
                                   double to_y);
double   anm_heat_map_draw_colour_bar (const AnmHeatMapFigure *self,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *plot);
void     anm_heat_map_draw_place  (const AnmFigure *figure,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *area,
                                   const AnmFigurePlace *place);
/* The box around the chosen row. */
void     anm_heat_map_draw_selection (const AnmHeatMapFigure *self,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *plot);
double   anm_heat_map_position    (const AnmHeatMapFigure *self,
                                   double value);
guint    anm_heat_map_row_at      (const AnmHeatMapFigure *self,
                                   guint k);
char    *anm_heat_map_row_name    (const AnmHeatMapFigure *self,
                                   guint row);
char    *anm_heat_map_format_cell (const AnmHeatMapFigure *self,
                                   double value);

G_END_DECLS
