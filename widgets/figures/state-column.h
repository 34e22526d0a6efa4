/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/dendrogram-plot.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/time-line.h"

G_BEGIN_DECLS

/* A line of one of the lower panels, a value a step. */
typedef struct
{
  const char    *label;        /* at its end */
  const char    *name;         /* in tooltip and table; NULL = label */
  AnmColourRole  colour;
  gboolean       thick, dashed;
  const double  *y;            /* [n_steps], NaN = gap */
  const double  *low, *high;   /* band, nullable */
  const char    *band_name;    /* nullable: what lies in it: "95 % of 100 passes" */
  gboolean       band_faint;   /* it isn't the line's own, but an older one */
} AnmStateLine;

/* A panel of lines beneath the states. */
typedef struct
{
  const char         *label, *sublabel; /* on the left; @sublabel nullable */
  double              low, high;        /* NaN = from the data */
  guint               n_lines;
  const AnmStateLine *lines;
  const char         *empty_text;       /* nullable: in its place when it has no lines; without it there is no panel */
  double              end_y;            /* what came true: a dot at the end, NaN = none */
  const char         *end_label;
  AnmColourRole       end_colour;
} AnmStatePanel;

#define ANM_STATE_PANELS 2

/**
 * AnmStateColumn:
 *
 * What a layer held over one record's time, under what was measured and above what was said of it: one column of
 * pictures over one time axis, with the same left and right edge for all.
 */
typedef struct
{
  const char               *title, *caption, *finding, *empty_text;
  const char               *x_label, *x_time_unit;
  guint                     n_steps;
  double                    x_first, x_step;
  guint                     n_channels;
  const AnmTimeLineChannel *channels;   /* times on the same axis */
  AnmHeatScale              scale;
  double                    range;      /* NaN = from the data */
  guint                     n_units;
  const float              *cells;      /* [n_units][n_steps] */
  const guint              *order;      /* nullable: the unit in each row */
  const AnmBranch          *branches;   /* nullable: [n_units - 1], of that order */
  int                       selected;   /* unit, -1 = none */
  const guint8             *marked;     /* nullable [n_units]: 1 = marked together with others, an edge beside its row */
  const char               *unit_word;  /* "unit" */
  const char               *symbol;     /* "h" */
  AnmStatePanel             panels[ANM_STATE_PANELS]; /* gates, prediction */
} AnmStateColumn;

/*
 * Places: @series is a unit's number while it is below the number of units; then channels, then the lines of the panels, in the
 * order of the table's columns; then the branches of the tree. On the vertical axis are the units' places from above, from 0:
 * anm_figure_select() gives the units of a stretch. Copies all it is given.
 */
AnmFigure *anm_state_column_new (const AnmStateColumn *column);
/* The units on the branch that a place's @series is, of guint; NULL if it is none. */
GArray    *anm_state_column_get_branch (const AnmFigure *self,
                                        int series);

G_END_DECLS
