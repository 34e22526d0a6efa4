/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/heat-map-private.h"
#include "widgets/figures/measurements.h"
#include "widgets/figures/state-column.h"

G_BEGIN_DECLS

typedef struct
{
  char            *name, *unit;
  char           **categories;  /* nullable */
  AnmMeasurements  measurements;
  double           normal_low, normal_high;
  double           low, high;
} AnmStateChannel;

typedef struct
{
  char          *label, *name;
  AnmColourRole  colour;
  gboolean       thick, dashed;
  double        *y;
  double        *low, *high;    /* both or none */
  char          *band_name;     /* nullable */
  gboolean       band_faint;
  gssize         last;          /* -1: no number */
} AnmStateCurve;

typedef struct
{
  char          *label, *sublabel, *empty_text, *end_label;
  AnmAxis        y;             /* without pixels */
  guint          n_lines;
  AnmStateCurve *lines;
  double         end_y;
  AnmColourRole  end_colour;
} AnmStateCurves;

typedef struct
{
  AnmFigure         base;
  AnmColumns        columns;
  double           *x;          /* [n_steps] */
  guint             n_channels;
  AnmStateChannel  *channels;
  AnmHeatMapFigure *heat;       /* bare; an own figure */
  double            row_low, row_high; /* what of its rows is shown, NaN = all */
  AnmBranch        *branches;   /* nullable */
  guint8           *marked;     /* nullable */
  char             *unit_word, *symbol;
  AnmStateCurves    panels[ANM_STATE_PANELS];
} AnmStateColumnFigure;

typedef struct
{
  AnmArea  plot;                       /* of all, foot excluded */
  double   label_room;                 /* for words at the right of the plot */
  AnmArea  heat;
  AnmArea  tree;                       /* of all rows, of which the heat shows some; width 0: there is none */
  double   channel_height;             /* 0: none are shown */
  AnmArea  panels[ANM_STATE_PANELS];   /* height 0: not shown */
  gboolean x_title;
  AnmAxis  x;
} AnmStateColumnLayout;

void     anm_state_column_lay_out     (const AnmStateColumnFigure *self,
                                       const AnmTheme *theme,
                                       const AnmArea *area,
                                       AnmStateColumnLayout *layout);
/* The states as they are shown now: a copy that shares everything. */
AnmHeatMapFigure anm_state_column_get_heat (const AnmStateColumnFigure *self);
AnmAxis  anm_state_column_channel_axis (const AnmStateColumnFigure *self,
                                       const AnmStateColumnLayout *layout,
                                       guint channel);
AnmAxis  anm_state_column_panel_axis  (const AnmStateColumnFigure *self,
                                       const AnmStateColumnLayout *layout,
                                       guint panel);
char    *anm_state_column_format_channel (const AnmStateColumnFigure *self,
                                       guint channel,
                                       double value);
char    *anm_state_column_format_curve (const AnmStateCurves *panel,
                                       double value);
void     anm_state_column_draw        (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area);
void     anm_state_column_draw_cursor (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area,
                                       double x);
void     anm_state_column_draw_rest   (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area);
void     anm_state_column_draw_place  (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area,
                                       const AnmFigurePlace *place);

G_END_DECLS
