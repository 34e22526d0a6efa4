/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/axis.h"
#include "widgets/figures/extremes.h"
#include "widgets/figures/figure-private.h"
#include "widgets/figures/line-plot.h"

G_BEGIN_DECLS

/* A line as the figure keeps it: own copies, and what is found out once. */
typedef struct
{
  char          *label, *name, *value;
  AnmColourRole  colour;
  AnmLineStyle   style;
  guint          dash;
  gboolean       end_dot, label_inside;
  gsize          n_points;
  double        *x, *y;
  double        *low, *high;                  /* both or none */
  char          *band_name;                   /* nullable */
  gboolean       band_faint;
  gboolean       x_rises;                     /* finite and never falling */
  gssize         last;                        /* last point that is a number, -1 = none */
  AnmExtremes   *y_extremes, *low_extremes, *high_extremes; /* long lines only */
} AnmPlottedLine;

typedef struct
{
  double         y;
  char          *label;
  AnmColourRole  colour;
} AnmPlottedRule;

typedef struct
{
  double  x, y;
  char   *text;
} AnmPlottedAnnotation;

typedef struct
{
  AnmFigure             base;
  char                 *x_label, *y_label, *x_time_unit;
  AnmAxis               x_axis, y_axis;       /* ranges; pixels are the layout's */
  gboolean              has_below;            /* log axis and a value that isn't above 0 */
  double                y_least, y_greatest;  /* finite, with bands and rules; INFINITY, -INFINITY = none */
  double                y_least_positive;
  gboolean              y_not_positive;       /* a value isn't above 0 */
  double                y_min, y_max;         /* given, NaN = from the data */
  guint                 n_lines;
  AnmPlottedLine       *lines;
  guint                 n_rules;
  AnmPlottedRule       *rules;
  guint                 n_annotations;
  AnmPlottedAnnotation *annotations;
} AnmLinePlotFigure;

/* From the plot to the end labels, from them to their values, in pixels. */
#define LABEL_GAP 7
#define VALUE_GAP 8

typedef struct
{
  AnmArea  plot;
  AnmAxis  x, y;
  guint    n_x_ticks, n_y_ticks;
  AnmTick  x_ticks[ANM_AXIS_MAX_TICKS], y_ticks[ANM_AXIS_MAX_TICKS];
  gboolean x_title, end_labels, grid;
  double   label_width;                       /* the end labels' column: labels alone, */
  double   valued_label_width, value_width;   /* labels with a value behind them, the values */
} AnmLinePlotLayout;

void   anm_line_plot_lay_out       (const AnmLinePlotFigure *self,
                                    const AnmTheme *theme,
                                    const AnmArea *area,
                                    AnmLinePlotLayout *layout);
/* From the data and what was given. */
void   anm_line_plot_find_ranges   (AnmLinePlotFigure *self,
                                    double x_min,
                                    double x_max);
void   anm_line_plot_set_frame     (AnmFigure *copy,
                                    const AnmFigureFrame *frame);
void   anm_line_plot_draw          (const AnmFigure *figure,
                                    cairo_t *cr,
                                    const AnmTheme *theme,
                                    const AnmArea *area);
void   anm_line_plot_draw_cursor   (const AnmFigure *figure,
                                    cairo_t *cr,
                                    const AnmTheme *theme,
                                    const AnmArea *area,
                                    double x);
char  *anm_line_plot_format_cursor (const AnmLinePlotFigure *self,
                                    double x);
char  *anm_line_plot_format_value  (const AnmLinePlotFigure *self,
                                    double y);
/* The last point that is shown, -1 if none is. */
gssize anm_plotted_line_last       (const AnmPlottedLine *line,
                                    const AnmAxis *x);
gssize anm_plotted_line_find       (const AnmPlottedLine *line,
                                    double x);

G_END_DECLS
