/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/number.h"
#include "widgets/figures/trajectories-private.h"

/* A pointer this near a track means it. */
#define REACH 7
/* Beyond so many points on the screen tracks are drawn with fewer. */
#define MOST_POINTS 8000

/* Looking. The one axis that a cursor has here is the chosen track's time. */

static gboolean
trajectories_project_x (const AnmFigure *figure,
                        const AnmTheme *theme,
                        const AnmArea *area,
                        double x,
                        double *pixel_x,
                        double *top,
                        double *bottom)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int k = anm_trajectories_find_point (self, x);
  TrajectoriesLayout layout;

  if (k < 0)
    return FALSE;
  anm_trajectories_lay_out (self, theme, area, &layout);
  *pixel_x = anm_axis_project (&layout.x, (double) self->tracks[self->chosen].x[k]);
  *top = *bottom = anm_axis_project (&layout.y, (double) self->tracks[self->chosen].y[k]);
  return TRUE;
}

static double
distance_to_segment (double x,
                     double y,
                     double x1,
                     double y1,
                     double x2,
                     double y2)
{
  double dx = x2 - x1, dy = y2 - y1, length = dx * dx + dy * dy;
  double t = length > 0 ? CLAMP (((x - x1) * dx + (y - y1) * dy) / length, 0, 1) : 0;

  return hypot (x - x1 - t * dx, y - y1 - t * dy);
}

static gboolean
trajectories_locate (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double pixel_x,
                     double pixel_y,
                     AnmFigurePlace *place)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  double nearest = REACH;
  TrajectoriesLayout layout;

  anm_trajectories_lay_out (self, theme, area, &layout);
  if (pixel_x < layout.plot.x || pixel_x > layout.plot.x + layout.plot.width || pixel_y < layout.plot.y || pixel_y > layout.plot.y + layout.plot.height)
    return FALSE;
  for (guint i = 0; i < self->n_tracks; i++)
    {
      const TrajectoryTrack *track = &self->tracks[i];
      double last_x = NAN, last_y = NAN, bonus = (int) i == self->chosen ? 1 : 0;

      for (guint k = 0; k < track->n_points; k++)
        {
          double x = anm_axis_project (&layout.x, (double) track->x[k]), y = anm_axis_project (&layout.y, (double) track->y[k]);
          double distance = isnan (last_x) || isnan (x) ? hypot (pixel_x - x, pixel_y - y)
                                                        : distance_to_segment (pixel_x, pixel_y, last_x, last_y, x, y);

          last_x = x;
          last_y = y;
          if (!(distance - bonus < nearest))
            continue;
          nearest = distance - bonus;
          *place = (AnmFigurePlace){ (int) i == self->chosen ? anm_trajectory_get_time (self, track, (int) k) : NAN, (double) track->y[k], (int) i, (int) k };
        }
    }
  return nearest < REACH;
}

static double
trajectories_step_x (const AnmFigure *figure,
                     double x,
                     int direction)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;

  if (self->chosen < 0)
    return NAN;

  const TrajectoryTrack *track = &self->tracks[self->chosen];
  int start = anm_trajectory_find_start (track), end = anm_trajectory_find_end (track);
  if (end < 0)
    return NAN;
  if (direction == -G_MAXINT)
    return anm_trajectory_get_time (self, track, start);
  if (direction == G_MAXINT || isnan (x))
    return anm_trajectory_get_time (self, track, end);
  return anm_trajectory_get_time (self, track, (int) CLAMP (round ((x - track->first_time) / self->time_step) + direction, start, end));
}

static char *
trajectories_describe (const AnmFigure *figure,
                       const AnmFigurePlace *place)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int i = place->series >= 0 ? place->series : self->chosen;
  int k = place->index >= 0 ? place->index : place->series >= 0 && place->series != self->chosen ? -1 : anm_trajectories_find_point (self, place->x);

  /* Another than the chosen one is named by where it ends. */
  if (k < 0 && place->series >= 0 && (guint) place->series < self->n_tracks)
    k = anm_trajectory_find_end (&self->tracks[place->series]);
  if (i < 0 || (guint) i >= self->n_tracks || k < 0 || (guint) k >= self->tracks[i].n_points)
    return NULL;

  const TrajectoryTrack *track = &self->tracks[i];
  g_autofree char *when = anm_number_format_time (anm_trajectory_get_time (self, track, k), self->time_unit);
  g_autofree char *x = anm_number_format_fixed ((double) track->x[k], 2);
  g_autofree char *y = anm_number_format_fixed ((double) track->y[k], 2);
  g_autofree char *value = self->n_groups == 0 && self->value_label != NULL && !isnan (track->value) ? anm_number_format (track->value, 4) : NULL;

  if (self->n_groups > 0 && track->group >= 0)
    /* Translators: a patient's id; a group ("survived"); a point in time; both coordinates. */
    return g_strdup_printf (_("%s, %s; %s: %s, %s"), track->name, self->group_labels[track->group], when, x, y);
  if (value != NULL)
    return g_strdup_printf (_("%s, %s; %s: %s, %s"), track->name, value, when, x, y);
  /* Translators: a patient's id; a point in time; both coordinates. */
  return g_strdup_printf (_("%s; %s: %s, %s"), track->name, when, x, y);
}

static void
trajectories_fill_table (const AnmFigure *figure,
                         GPtrArray *table)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  const char *by = self->n_groups == 0 && self->value_label != NULL ? self->value_label : _("group");

  anm_table_add (table, _("patient"), by, _("time"), self->x_label, self->y_label, NULL);
  for (guint i = 0; i < self->n_tracks; i++)
    {
      const TrajectoryTrack *track = &self->tracks[i];
      g_autofree char *value = anm_table_number (track->value);
      const char *group = self->n_groups == 0 ? value : track->group >= 0 ? self->group_labels[track->group] : "";

      for (guint k = 0; k < track->n_points; k++)
        {
          g_autofree char *time = anm_table_number (anm_trajectory_get_time (self, track, (int) k));
          g_autofree char *x = anm_table_float (track->x[k]);
          g_autofree char *y = anm_table_float (track->y[k]);
          anm_table_add (table, track->name, group, time, x, y, NULL);
        }
    }
}

static double
trajectories_natural_height (const AnmFigure *figure,
                             const AnmTheme *theme)
{
  return 300 * theme->text_scale;
}

static void
trajectories_finalize (AnmFigure *figure)
{
  TrajectoriesFigure *self = (TrajectoriesFigure *) figure;

  for (guint i = 0; i < self->n_tracks; i++)
    {
      g_free (self->tracks[i].name);
      g_free (self->tracks[i].x);
      g_free (self->tracks[i].y);
    }
  g_free (self->tracks);
  g_strfreev (self->group_labels);
  g_free (self->group_colours);
  g_free (self->x_label);
  g_free (self->y_label);
  g_free (self->value_label);
  g_free (self->time_unit);
}

static AnmFigureAbilities
trajectories_get_abilities (const AnmFigure *figure)
{
  return ((const TrajectoriesFigure *) figure)->bare ? ANM_FIGURE_ZOOMS_TOGETHER : ANM_FIGURE_ZOOMS_TOGETHER | ANM_FIGURE_BRUSHES_POINTS;
}

static void
trajectories_get_axes (const AnmFigure *figure,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       AnmAxis *x,
                       AnmAxis *y)
{
  TrajectoriesLayout layout;

  anm_trajectories_lay_out ((const TrajectoriesFigure *) figure, theme, area, &layout);
  *x = layout.x;
  *y = layout.y;
}

static void
trajectories_set_frame (AnmFigure *copy,
                        const AnmFigureFrame *frame)
{
  TrajectoriesFigure *self = (TrajectoriesFigure *) copy;

  if (!isnan (frame->x_low))
    {
      self->x_min = frame->x_low;
      self->x_max = frame->x_high;
    }
  if (!isnan (frame->y_low))
    {
      self->y_min = frame->y_low;
      self->y_max = frame->y_high;
    }
}

/* Tracks by their marks: what is seen to lie in the rectangle. */
static void
trajectories_select (const AnmFigure *figure,
                     double x_low,
                     double x_high,
                     double y_low,
                     double y_high,
                     GArray *points)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;

  for (guint i = 0; i < self->n_tracks; i++)
    {
      const TrajectoryTrack *track = &self->tracks[i];
      int end = anm_trajectory_find_end (track);

      if (end >= 0 && (double) track->x[end] >= x_low && (double) track->x[end] <= x_high && (double) track->y[end] >= y_low && (double) track->y[end] <= y_high)
        g_array_append_val (points, i);
    }
}

static int
trajectories_step_series (const AnmFigure *figure,
                          int series,
                          int direction)
{
  return anm_step_row (series, direction, ((const TrajectoriesFigure *) figure)->n_tracks, NULL);
}

static const AnmFigureClass trajectories_class = {
  .instance_size = sizeof (TrajectoriesFigure),
  .finalize = trajectories_finalize,
  .draw = anm_trajectories_draw,
  .locate = trajectories_locate,
  .project_x = trajectories_project_x,
  .draw_cursor = anm_trajectories_draw_cursor,
  .step_x = trajectories_step_x,
  .describe = trajectories_describe,
  .fill_table = trajectories_fill_table,
  .natural_height = trajectories_natural_height,
  .get_abilities = trajectories_get_abilities,
  .get_axes = trajectories_get_axes,
  .set_frame = trajectories_set_frame,
  .select = trajectories_select,
  .step_series = trajectories_step_series,
  .draw_place = anm_trajectories_draw_place,
};

/* Of all numbers, with a margin for marks; never without width. */
static void
find_ranges (TrajectoriesFigure *self,
             const AnmTrajectories *given)
{
  double x_min = INFINITY, x_max = -INFINITY, y_min = INFINITY, y_max = -INFINITY;

  for (guint i = 0; i < self->n_tracks; i++)
    for (guint k = 0; k < self->tracks[i].n_points; k++)
      {
        double x = (double) self->tracks[i].x[k], y = (double) self->tracks[i].y[k];
        if (!isfinite (x) || !isfinite (y))
          continue;
        x_min = MIN (x_min, x);
        x_max = MAX (x_max, x);
        y_min = MIN (y_min, y);
        y_max = MAX (y_max, y);
      }
  self->base.empty = !(x_min <= x_max);
  if (!(x_max - x_min > 1e-12))
    {
      x_min -= 0.5;
      x_max += 0.5;
    }
  if (!(y_max - y_min > 1e-12))
    {
      y_min -= 0.5;
      y_max += 0.5;
    }
  self->x_min = isnan (given->x_min) ? x_min : given->x_min;
  self->x_max = isnan (given->x_max) ? x_max : given->x_max;
  self->y_min = isnan (given->y_min) ? y_min : given->y_min;
  self->y_max = isnan (given->y_max) ? y_max : given->y_max;
}

void
anm_trajectories_get_ranges (const AnmFigure *figure,
                             double *x_min,
                             double *x_max,
                             double *y_min,
                             double *y_max)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;

  g_return_if_fail (figure != NULL && figure->klass == &trajectories_class);

  *x_min = self->x_min;
  *x_max = self->x_max;
  *y_min = self->y_min;
  *y_max = self->y_max;
}

/**
 * anm_trajectories_new:
 * @given: what is to be drawn; everything is copied
 *
 * Many ways through one plane, each with a mark where it ends; one of them in ink with its
 * times. The plane's axes are components: only shape and nearness mean something, so they have no numbers.
 */
AnmFigure *
anm_trajectories_new (const AnmTrajectories *given)
{
  g_return_val_if_fail (given != NULL, NULL);

  TrajectoriesFigure *self = anm_figure_new (&trajectories_class, given->title, given->caption, given->finding, given->empty_text);
  gsize n_points = 0;

  self->x_label = g_strdup (given->x_label != NULL ? given->x_label : "");
  self->y_label = g_strdup (given->y_label != NULL ? given->y_label : "");
  self->value_label = g_strdup (given->value_label);
  self->time_unit = g_strdup (given->time_unit != NULL ? given->time_unit : "step");
  self->value_low = given->value_low;
  self->value_high = given->value_high;
  self->time_step = given->time_step;
  self->chosen = given->chosen >= 0 && (guint) given->chosen < given->n_tracks ? given->chosen : -1;
  self->bare = given->bare;
  self->n_groups = given->n_groups;
  self->group_labels = g_new0 (char *, given->n_groups + 1);
  self->group_colours = g_new0 (AnmColourRole, MAX (given->n_groups, 1));
  for (guint i = 0; i < given->n_groups; i++)
    {
      self->group_labels[i] = g_strdup (given->groups[i].label);
      self->group_colours[i] = given->groups[i].colour;
    }
  self->n_tracks = given->n_tracks;
  self->tracks = g_new0 (TrajectoryTrack, MAX (given->n_tracks, 1));
  for (guint i = 0; i < given->n_tracks; i++)
    {
      const AnmTrack *track = &given->tracks[i];

      self->tracks[i] = (TrajectoryTrack){
        .name = g_strdup (track->name != NULL ? track->name : ""),
        .group = track->group >= 0 && (guint) track->group < given->n_groups ? track->group : -1,
        .value = track->value,
        .first_time = track->first_time,
        .n_points = track->n_points,
        .x = g_memdup2 (track->x, track->n_points * sizeof *track->x),
        .y = g_memdup2 (track->y, track->n_points * sizeof *track->y),
        .pale = given->selected != NULL && !given->selected[i],
      };
      n_points += track->n_points;
      /* What is no place is a gap. */
      for (guint k = 0; k < track->n_points; k++)
        if (!isfinite (self->tracks[i].x[k]) || !isfinite (self->tracks[i].y[k]))
          self->tracks[i].x[k] = self->tracks[i].y[k] = NAN;
    }
  self->stride = (guint) (1 + n_points / MOST_POINTS);
  find_ranges (self, given);
  return (AnmFigure *) self;
}
