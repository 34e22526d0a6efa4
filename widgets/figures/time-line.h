/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* One channel of a patient's time line. */
typedef struct
{
  const char   *name, *unit;
  gsize         n_points;
  const double *times;
  const float  *values;
  double        normal_low, normal_high; /* NaN = no band */
  const char *const *categories;         /* nullable: categorical */
  double        mean, deviation;         /* for Z_SCORE; deviation <= 0 = those of the values given */
} AnmTimeLineChannel;

typedef enum
{
  ANM_TIME_LINE_FIT,       /* all normal range and all data */
  ANM_TIME_LINE_OWN_RANGE, /* this patient's range */
  ANM_TIME_LINE_Z_SCORE,   /* mean and deviation given */
} AnmTimeLineScale;

typedef struct
{
  const char               *title, *caption, *finding;
  const char               *x_label;       /* "hours since admission" */
  const char               *time_unit;     /* "h" */
  double                    x_min, x_max;  /* shown span */
  double                    step;          /* a line is broken over gaps longer than this; outages are hatched */
  AnmTimeLineScale          scale;
  guint                     n_channels;
  const AnmTimeLineChannel *channels;
  double                    cursor;        /* values on the right are as of then; NaN = the last ones. A view's cursor goes before it */
} AnmTimeLine;

AnmFigure *anm_time_line_new (const AnmTimeLine *line);

G_END_DECLS
