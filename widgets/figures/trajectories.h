/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* A way through the plane, a point a step. */
typedef struct
{
  const char   *name;        /* "132541" */
  int           group;       /* -1 = in none */
  double        value;       /* where tracks are coloured by a number; NaN = none known */
  double        first_time;  /* of point 0 */
  guint         n_points;
  const float  *x, *y;       /* NaN = a gap */
} AnmTrack;

typedef struct
{
  const char    *label;      /* "survived" */
  AnmColourRole  colour;
} AnmTrackGroup;

/* Ways through a plane, as of a hidden state through its principal components. */
typedef struct
{
  const char          *title, *caption, *finding;
  const char          *x_label, *y_label;
  guint                n_tracks;
  const AnmTrack      *tracks;
  guint                n_groups;
  const AnmTrackGroup *groups;       /* each has a hue and a shape of its own; 0 = by value */
  const char          *value_label;  /* what the numbers are: "age, years" */
  double               value_low, value_high;
  double               time_step;
  const char          *time_unit;
  int                  chosen;       /* in ink with its times, -1 = none */
  const guint8        *selected;     /* nullable [n_tracks]: the others are pale */
  double               x_min, x_max, y_min, y_max; /* NaN = from the data */
  gboolean             bare;         /* the chosen track and its name alone, to be laid over the rest */
  const char          *empty_text;
} AnmTrajectories;

AnmFigure *anm_trajectories_new (const AnmTrajectories *trajectories);
/* The ranges it is drawn in, for one that is laid over it. */
void       anm_trajectories_get_ranges (const AnmFigure *figure,
                                        double *x_min,
                                        double *x_max,
                                        double *y_min,
                                        double *y_max);

G_END_DECLS
