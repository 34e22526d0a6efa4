/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/heat-map.h"

G_BEGIN_DECLS

/* Words on a map, over the row of @epoch. */
typedef struct
{
  double      x;        /* where they would like to begin */
  double      epoch;
  const char *text;     /* "explodes at epoch 7" */
} AnmEpochNote;

/* One map: rows are epochs, a row each @y_step from @y_first. */
typedef struct
{
  const char         *label;        /* over it, where there are several */
  guint               n_rows, n_columns;
  const float        *cells;        /* [n_rows][n_columns], NaN = missing */
  double              x_first, x_step;
  double              y_first, y_step;
  const double       *trace;        /* nullable [n_rows]: x of a white line, NaN = none */
  const char         *trace_label;
  guint               n_notes;
  const AnmEpochNote *notes;
} AnmEpochPanel;

/* A number by epoch, beside the maps. */
typedef struct
{
  const char    *label;
  AnmColourRole  colour;
  gboolean       thick;
  guint          n_points;
  const double  *epochs;
  const double  *values;            /* NaN = none */
} AnmEpochLine;

typedef struct
{
  const char          *title, *caption, *finding;
  const char          *x_label;
  const char          *x_time_unit; /* as in a heat map */
  AnmHeatScale         scale;
  double               range, floor; /* of all panels */
  guint                n_panels;
  const AnmEpochPanel *panels;
  guint                n_lines;
  const AnmEpochLine  *lines;       /* 0 = no panel beside the maps */
  const char          *side_label;  /* "memory horizon" */
  const char          *side_unit;   /* "h" */
  double               chosen;      /* an epoch: a dashed line through all panels; NaN = none */
  const char          *value_name;  /* of a cell, in the table: "gradient norm" */
  const char          *empty_text;
} AnmEpochMap;

AnmFigure *anm_epoch_map_new (const AnmEpochMap *map);

G_END_DECLS
