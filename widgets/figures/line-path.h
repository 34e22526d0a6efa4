/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/extremes.h"

G_BEGIN_DECLS

/**
 * AnmLinePath:
 *
 * A line in pixels: as it is while it has few points; else for each column of
 * pixels its least and its greatest point, so that no spike is ever lost. A point that isn't a number breaks the line.
 */
typedef struct
{
  gsize   n_points;
  double *x, *y;    /* y NaN: a break */
} AnmLinePath;

/* @x: [n_points] in any order; thinned out only if it doesn't fall. @extremes: over @y, nullable. Infinite
 * values lie on the edge of the vertical axis, as does what is not above 0 on a log axis. */
void   anm_line_path_init     (AnmLinePath *self,
                               const AnmAxis *x_axis,
                               const AnmAxis *y_axis,
                               const double *x,
                               const double *y,
                               gsize n_points,
                               gboolean x_rises,
                               const AnmExtremes *extremes);
void   anm_line_path_clear    (AnmLinePath *self);
/* Strokes with the context's pen; a point between two breaks becomes a dot of @dot_radius. */
void   anm_line_path_stroke   (const AnmLinePath *self,
                               cairo_t *cr,
                               double dot_radius);
/* How much of its line's colour a band has; an older one. */
#define ANM_BAND_SHARE 0.19
#define ANM_BAND_FAINT 0.1

/* Fills what lies between two edges, thinned out in the same way; where either isn't a number there is nothing. */
void   anm_band_fill          (cairo_t *cr,
                               const AnmAxis *x_axis,
                               const AnmAxis *y_axis,
                               const double *x,
                               const double *low,
                               const double *high,
                               gsize n_points,
                               gboolean x_rises,
                               const AnmExtremes *low_extremes,
                               const AnmExtremes *high_extremes);
/* Index of the first x that isn't below @value, in a rising array. */
gsize  anm_lower_bound        (const double *x,
                               gsize n_points,
                               double value);
/* Index of the x nearest to @value, -1 if there is none. */
gssize anm_nearest_index      (const double *x,
                               gsize n_points,
                               gboolean x_rises,
                               double value);
double anm_axis_project_clamped (const AnmAxis *axis,
                               double value);

G_END_DECLS
