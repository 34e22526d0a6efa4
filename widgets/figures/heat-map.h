/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* From a number to a colour. */
typedef enum
{
  ANM_HEAT_DIVERGING,   /* signed, centred on 0, -range .. +range */
  ANM_HEAT_SEQUENTIAL,  /* 0 .. range, viridis */
  ANM_HEAT_LOG,         /* floor .. range, viridis; 0 is drawn as "below floor" */
} AnmHeatScale;

typedef struct
{
  const char    *title, *caption, *finding;
  const char    *x_label, *y_label;
  AnmHeatScale   scale;
  double         range;        /* NaN = from the data */
  double         floor;        /* LOG */
  guint          n_rows, n_columns;
  const float   *cells;        /* [n_rows][n_columns], NaN = missing (hatched) */
  const guint   *row_order;    /* nullable: row drawn at place k */
  const char *const *row_labels; /* nullable */
  double         x_first, x_step; /* x of the first column, width of one */
  int            selected_row; /* -1 = none: boxed */
  gboolean       bare;         /* strip in a card: no colour bar, no y axis, x ticks only */
  const guint8  *thin;         /* nullable [n_rows][n_columns]: 1 = carried on, drawn as a thin strip */
  const char    *empty_text;
  const char    *x_time_unit;  /* "h": "hour 39" in words, and the unit behind a strip's last tick; NULL = x_label and number */
  double         y_first, y_step; /* without row_labels: y of the first row, distance of rows; y_step 0 = numbered from 1 */
  const double  *trace;        /* nullable [n_rows]: x of a white line drawn over the map, NaN = none */
  const char    *trace_label;  /* "memory horizon" */
  gboolean       crossed;      /* a dashed line along the selected row instead of a box, which the cursor crosses */
} AnmHeatMap;

AnmFigure *anm_heat_map_new (const AnmHeatMap *map);

G_END_DECLS
