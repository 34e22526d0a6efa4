/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/epoch-map.h"
#include "widgets/figures/heat-map-private.h"

G_BEGIN_DECLS

typedef struct
{
  char             *label;
  AnmHeatMapFigure *map;      /* cells, columns, trace */
  guint             n_notes;
  AnmEpochNote     *notes;    /* own texts */
} EpochPanel;

typedef struct
{
  char          *label;
  AnmColourRole  colour;
  gboolean       thick;
  guint          n_points;
  double        *epochs, *values;
} EpochLine;

typedef struct
{
  AnmFigure   base;
  char       *x_label, *side_label, *side_unit, *value_name;
  guint       n_panels;
  EpochPanel *panels;
  guint       n_lines;
  EpochLine  *lines;
  double      chosen;
  double      first_epoch, last_epoch; /* edges of the rows, of all panels and lines */
  double      most;                    /* of the lines */
  double      x_low, x_high;           /* the stretches that are shown, NaN = all */
  double      y_low, y_high;
  AnmFigureScale shown_scale;
} AnmEpochMapFigure;

typedef struct
{
  AnmArea maps;         /* from the first to the last panel */
  double  pitch, width; /* from one panel to the next; of one */
  AnmAxis epochs;       /* downwards */
  AnmArea side;         /* width 0 = left out */
  AnmAxis values;       /* of the side */
  double  head;         /* height of the panels' labels */
  gboolean foot;        /* words and colour bar under the axis numbers */
} AnmEpochMapLayout;

void    anm_epoch_map_lay_out     (const AnmEpochMapFigure *self,
                                   const AnmTheme *theme,
                                   const AnmArea *area,
                                   AnmEpochMapLayout *layout);
/* A panel's map as it is shown now: a copy that shares everything. */
AnmHeatMapFigure anm_epoch_map_get_map (const AnmEpochMapFigure *self,
                                   guint panel);
/* Where its rows are, height 0 if none is seen. */
AnmArea anm_epoch_map_get_panel   (const AnmEpochMapFigure *self,
                                   const AnmEpochMapLayout *layout,
                                   guint panel);
void    anm_epoch_map_draw        (const AnmFigure *figure,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *area);
void    anm_epoch_map_draw_cursor (const AnmFigure *figure,
                                   cairo_t *cr,
                                   const AnmTheme *theme,
                                   const AnmArea *area,
                                   double x);
/* A line's value at @epoch; NaN if it has none. */
double  anm_epoch_line_get        (const EpochLine *line,
                                   double epoch);

G_END_DECLS
