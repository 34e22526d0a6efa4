/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/axis.h"
#include "widgets/figures/figure-private.h"
#include "widgets/figures/trajectories.h"

G_BEGIN_DECLS

typedef struct
{
  char    *name;
  int      group;
  double   value, first_time;
  guint    n_points;
  float   *x, *y;
  gboolean pale;
} TrajectoryTrack;

typedef struct
{
  AnmFigure      base;
  char          *x_label, *y_label, *value_label, *time_unit;
  guint          n_tracks;
  TrajectoryTrack         *tracks;
  guint          n_groups;
  char         **group_labels;
  AnmColourRole *group_colours;
  double         value_low, value_high;
  double         time_step;
  int            chosen;
  double         x_min, x_max, y_min, y_max;
  guint          stride;
  gboolean       bare;
} TrajectoriesFigure;

typedef struct
{
  AnmArea plot;
  AnmAxis x, y;
  gboolean legend;
} TrajectoriesLayout;

void     anm_trajectories_lay_out     (const TrajectoriesFigure *self,
                                       const AnmTheme *theme,
                                       const AnmArea *area,
                                       TrajectoriesLayout *layout);
/* The first and the last point that is a number; -1 = none. */
int      anm_trajectory_find_start    (const TrajectoryTrack *track);
int      anm_trajectory_find_end      (const TrajectoryTrack *track);
double   anm_trajectory_get_time      (const TrajectoriesFigure *self,
                                       const TrajectoryTrack *track,
                                       int k);
/* The point of the chosen track at @time, -1 = none. */
int      anm_trajectories_find_point  (const TrajectoriesFigure *self,
                                       double time);
void     anm_trajectories_draw        (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area);
void     anm_trajectories_draw_cursor (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area,
                                       double x);
void     anm_trajectories_draw_place  (const AnmFigure *figure,
                                       cairo_t *cr,
                                       const AnmTheme *theme,
                                       const AnmArea *area,
                                       const AnmFigurePlace *place);

G_END_DECLS
