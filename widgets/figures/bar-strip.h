/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* Bars over the same time axis as a strip above: gradient norm by step, share observed by step. */
typedef struct
{
  const char   *title, *caption, *finding;
  guint         n_bars;
  const double *values;       /* NaN = none */
  gboolean      log;
  double        low, high;    /* scale; 0 on a log scale is "below low" */
  double        x_first, x_step;
  const char   *empty_text;
  const char   *x_label, *y_label;
  const char   *x_time_unit;  /* as in a heat map */
  gboolean      axes;         /* stands alone: with both axes, not a strip */
} AnmBarStrip;

/* Copies all it is given. Bars that share a pixel column are drawn by the highest. */
AnmFigure *anm_bar_strip_new (const AnmBarStrip *strip);

/* Horizontal signed bars, one a unit, in the rows of the heat map beside them: a dense layer's weights. */
typedef struct
{
  const char   *title, *caption, *finding;
  guint         n_bars;
  const double *values;
  const guint  *row_order;    /* nullable */
  double        range;        /* NaN = from the data */
  const char   *low_label, *high_label; /* "lowers risk", "raises" */
} AnmSignedBars;

/* Copies all it is given. Row k is bar row_order[k]. */
AnmFigure *anm_signed_bars_new (const AnmSignedBars *bars);

/* A line without axes, as wide as it is given: channel rows, patient rows. */
typedef struct
{
  const char   *finding;
  gsize         n_points;
  const double *times;
  const float  *values;
  double        x_min, x_max;
  double        y_min, y_max;            /* NaN = from the data */
  double        normal_low, normal_high; /* NaN = no band */
  double        step;
} AnmSparkline;

/* Copies all it is given. Gaps of a step or more break the line. */
AnmFigure *anm_sparkline_new (const AnmSparkline *sparkline);

/* Two distributions over each other, by outcome. */
typedef struct
{
  const char   *title, *caption, *finding;
  guint         n_groups;      /* classes, up to the run hues */
  const char *const *labels;
  guint         n_bins;
  const double *density;       /* [n_groups][n_bins] */
  double        low, high;
} AnmDistribution;

/* Copies all it is given. All groups share one vertical scale. */
AnmFigure *anm_distribution_new (const AnmDistribution *distribution);

G_END_DECLS
