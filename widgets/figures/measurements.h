/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/axis.h"
#include "widgets/figures/extremes.h"
#include "widgets/figures/figure-private.h"

G_BEGIN_DECLS

/**
 * AnmMeasurements:
 *
 * What was measured over time, as it is drawn: a line that is broken wherever
 * at least one whole time step holds no measurement, or, if most steps hold
 * none, dots on a faint line. Values that aren't numbers count as not measured.
 */
typedef struct
{
  gsize        n_measured;  /* numbers among the values */
  double      *times;       /* [n_measured], rising */
  double      *values;      /* [n_measured] */
  double       step;        /* <= 0: no gaps */
  gboolean     sparse;
  double       least, greatest;
  gsize        n_points;    /* with a NaN between stretches */
  double      *x, *y;       /* [n_points] */
  AnmExtremes *extremes;
} AnmMeasurements;

/* Copies what are numbers of @values, which must not go back in time. */
void   anm_measurements_init  (AnmMeasurements *self,
                               const double *times,
                               const float *values,
                               gsize n_values,
                               double step);
/* Frees what it holds. */
void   anm_measurements_clear (AnmMeasurements *self);
/* Between two axes, in ink; the caller clips. */
void   anm_measurements_draw  (const AnmMeasurements *self,
                               cairo_t *cr,
                               const AnmTheme *theme,
                               const AnmAxis *x,
                               const AnmAxis *y,
                               double line_width,
                               double dot_radius);
/* The last measurement at or before the end of the step that ends at @time, -1 if none. */
gssize anm_measurements_find  (const AnmMeasurements *self,
                               double time);
/* The number of the time step, from 0, in which @time lies. */
double anm_time_step_of       (double time,
                               double step);

G_END_DECLS
