/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/measurements.h"
#include "widgets/figures/time-line.h"

G_BEGIN_DECLS

typedef struct
{
  char            *name, *unit;
  char           **categories; /* nullable */
  AnmMeasurements  measurements;
  double           normal_low, normal_high;
  double           mean, deviation;  /* deviation > 0 */
  double           low, high;        /* vertical range, in the channel's unit */
} AnmTimeLineRow;

typedef struct
{
  AnmFigure         base;
  char             *x_label, *time_unit;
  double            x_min, x_max, step, cursor;
  AnmTimeLineScale  scale;
  guint             n_rows;
  AnmTimeLineRow   *rows;
} AnmTimeLineFigure;

typedef struct
{
  AnmArea plot;        /* of all rows */
  double  row_height;
  double  name_width;  /* of the words on the left, without the numbers beside the plot */
  AnmAxis x;
} AnmTimeLineLayout;

void     anm_time_line_lay_out      (const AnmTimeLineFigure *self,
                                     const AnmTheme *theme,
                                     const AnmArea *area,
                                     AnmTimeLineLayout *layout);
/* The vertical axis of a row. */
AnmAxis  anm_time_line_row_axis     (const AnmTimeLineFigure *self,
                                     const AnmTimeLineLayout *layout,
                                     guint row);
/* A value in words: category, number, or standard deviations from the mean. */
char    *anm_time_line_format_value (const AnmTimeLineFigure *self,
                                     guint row,
                                     double value);
void     anm_time_line_draw         (const AnmFigure *figure,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     const AnmArea *area);
void     anm_time_line_draw_cursor  (const AnmFigure *figure,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     const AnmArea *area,
                                     double x);
void     anm_time_line_draw_place   (const AnmFigure *figure,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     const AnmArea *area,
                                     const AnmFigurePlace *place);
void     anm_time_line_draw_rest    (const AnmFigure *figure,
                                     cairo_t *cr,
                                     const AnmTheme *theme,
                                     const AnmArea *area);

G_END_DECLS
