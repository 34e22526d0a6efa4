/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* How a line is drawn. */
typedef enum
{
  ANM_LINE_THICK,   /* validation: 2.2 px */
  ANM_LINE_THIN,    /* training: 1.2 px */
  ANM_LINE_DASHED,
} AnmLineStyle;

/* One line, with or without a band around it. */
typedef struct
{
  const char    *label;       /* set at the line's end; NULL = none */
  AnmColourRole  colour;
  AnmLineStyle   style;
  guint          dash;        /* 0 = solid, else pattern of runs beyond the hues */
  gsize          n_points;
  const double  *x;
  const double  *y;           /* NaN = gap */
  const double  *low;         /* band, nullable */
  const double  *high;
  const char    *band_name;   /* nullable: what lies in the band, for the tooltip: "95 % of 100 passes" */
  gboolean       band_faint;  /* the band isn't the line's own, but an older one */
  gboolean       end_dot;
  const char    *name;        /* in tooltip and table, where the label holds more ("valid. 0.285"); NULL = label */
  const char    *value;       /* nullable: set behind the label, in ink, one column for all lines */
  gboolean       label_inside; /* the label lies along the line, where there is room: earlier runs */
} AnmLine;

/* A note on the plot. */
typedef struct
{
  double      x, y;           /* y NaN: a vertical mark at x */
  const char *text;           /* "best, epoch 36" */
} AnmAnnotation;

/* A horizontal line over the whole width. */
typedef struct
{
  double         y;
  const char    *label;       /* "clipped at 1" */
  AnmColourRole  colour;
} AnmRule;

/* Lines on two axes, with notes and rules. */
typedef struct
{
  const char          *title, *caption, *finding;
  const char          *x_label, *y_label;
  gboolean             x_log, y_log;
  double               x_min, x_max;  /* NaN = from the data */
  double               y_min, y_max;
  guint                n_lines;
  const AnmLine       *lines;
  guint                n_annotations;
  const AnmAnnotation *annotations;
  guint                n_rules;
  const AnmRule       *rules;         /* horizontal */
  const char          *x_time_unit;   /* "h": ticks at whole days and their parts, "hour 39" in words; NULL = x_label and number */
  gboolean             x_whole;       /* epochs, steps: no ticks between whole numbers */
  const char          *empty_text;    /* shown in the axes' place when there is nothing to draw */
} AnmLinePlot;

/* Copies all it is given. */
AnmFigure *anm_line_plot_new (const AnmLinePlot *plot);

G_END_DECLS
