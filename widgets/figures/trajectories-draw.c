/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"
#include "widgets/figures/trajectories-private.h"

/* Points nearer to the last one than this aren't drawn. */
#define LEAST_WAY 1.2

void
anm_trajectories_lay_out (const TrajectoriesFigure *self,
                          const AnmTheme *theme,
                          const AnmArea *area,
                          TrajectoriesLayout *layout)
{
  double scale = theme->text_scale;
  double left = 22 * scale, foot = 22 * scale, top, inset = 12;

  layout->legend = area->height >= 110 * scale && (self->n_groups > 0 || self->value_label != NULL);
  top = layout->legend ? 24 * scale : 6;
  layout->plot = (AnmArea){ area->x + left, area->y, MAX (area->width - left - 4, 1), MAX (area->height - foot, 1) };
  layout->x = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->x_min, .high = self->x_max,
                         .start = layout->plot.x + inset, .end = layout->plot.x + layout->plot.width - inset };
  layout->y = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->y_min, .high = self->y_max,
                         .start = layout->plot.y + layout->plot.height - inset, .end = layout->plot.y + top };
}

static AnmColour
track_colour (const TrajectoriesFigure *self,
              const AnmTheme *theme,
              const TrajectoryTrack *track)
{
  if (self->n_groups > 0)
    return anm_theme_get_colour (theme, track->group >= 0 ? self->group_colours[track->group] : ANM_COLOUR_FAINT);
  if (self->value_label != NULL && !isnan (track->value) && self->value_high > self->value_low)
    return anm_theme_get_magnitude (theme, CLAMP ((track->value - self->value_low) / (self->value_high - self->value_low), 0, 1));
  return anm_theme_get_colour (theme, ANM_COLOUR_FAINT);
}

/* Groups are told apart by shape too: a dot, a lozenge, a triangle, a square. */
static void
draw_mark (cairo_t *cr,
           AnmColour colour,
           AnmColour rim,
           int group,
           double x,
           double y,
           double radius)
{
  double r = radius + 0.6;

  if (group <= 0)
    {
      anm_draw_dot (cr, colour, rim, x, y, radius);
      return;
    }
  cairo_new_path (cr);
  switch (group % 4)
    {
    case 1:
      r *= 1.2;
      cairo_move_to (cr, x, y - r);
      cairo_line_to (cr, x + r, y);
      cairo_line_to (cr, x, y + r);
      cairo_line_to (cr, x - r, y);
      break;
    case 2:
      cairo_move_to (cr, x, y - r * 1.15);
      cairo_line_to (cr, x + r * 1.1, y + r * 0.85);
      cairo_line_to (cr, x - r * 1.1, y + r * 0.85);
      break;
    case 3:
      cairo_rectangle (cr, x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r);
      break;
    default:
      cairo_arc (cr, x, y, r, 0, 2 * G_PI);
      break;
    }
  cairo_close_path (cr);
  anm_set_colour (cr, rim);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke_preserve (cr);
  anm_set_colour (cr, colour);
  cairo_fill (cr);
}

static void
trace_track (const TrajectoryTrack *track,
             cairo_t *cr,
             const TrajectoriesLayout *layout,
             guint stride)
{
  double last_x = NAN, last_y = NAN;

  cairo_new_path (cr);
  for (guint k = 0; k < track->n_points; k = k + 1 == track->n_points ? track->n_points : MIN (k + stride, track->n_points - 1))
    {
      double x = anm_axis_project (&layout->x, (double) track->x[k]), y = anm_axis_project (&layout->y, (double) track->y[k]);

      if (isnan (x) || isnan (y))
        last_x = NAN;
      else if (isnan (last_x))
        cairo_move_to (cr, last_x = x, last_y = y);
      else if (k + 1 == track->n_points || hypot (x - last_x, y - last_y) >= LEAST_WAY)
        cairo_line_to (cr, last_x = x, last_y = y);
    }
}

/* The last point that is a number; -1 = none. */
int
anm_trajectory_find_end (const TrajectoryTrack *track)
{
  int k = (int) track->n_points - 1;

  while (k >= 0 && (isnan (track->x[k]) || isnan (track->y[k])))
    k--;
  return k;
}

int
anm_trajectory_find_start (const TrajectoryTrack *track)
{
  guint k = 0;

  while (k < track->n_points && (isnan (track->x[k]) || isnan (track->y[k])))
    k++;
  return k < track->n_points ? (int) k : -1;
}

static void
draw_tracks (const TrajectoriesFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const TrajectoriesLayout *layout)
{
  AnmColour ground = anm_theme_get_ground (theme);
  double alpha = self->n_tracks > 150 ? 0.28 : 0.38;
  double radius = self->n_tracks > 150 ? 2.2 : 2.9;

  cairo_set_line_width (cr, theme->high_contrast ? 1.4 : 0.9);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->n_tracks; i++)
      {
        const TrajectoryTrack *track = &self->tracks[i];
        AnmColour colour = track_colour (self, theme, track);

        if ((int) i == self->chosen || track->pale == (pass == 1))
          continue;
        trace_track (track, cr, layout, self->stride);
        anm_set_colour (cr, anm_colour_fade (colour, track->pale ? 0.1 : theme->high_contrast ? 0.8 : alpha));
        cairo_stroke (cr);
      }
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->n_tracks; i++)
      {
        const TrajectoryTrack *track = &self->tracks[i];
        int end = anm_trajectory_find_end (track);

        if ((int) i == self->chosen || track->pale == (pass == 1) || end < 0)
          continue;
        draw_mark (cr, anm_colour_fade (track_colour (self, theme, track), track->pale ? 0.2 : 1), track->pale ? anm_colour_fade (ground, 0) : ground, track->group,
                   anm_axis_project (&layout->x, (double) track->x[end]), anm_axis_project (&layout->y, (double) track->y[end]), radius);
      }
}

double
anm_trajectory_get_time (const TrajectoriesFigure *self,
                         const TrajectoryTrack *track,
                         int k)
{
  return track->first_time + k * self->time_step;
}

/* "24 h" beside a point, on that side where there is room. */
static void
label_point (const TrajectoriesFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const TrajectoriesLayout *layout,
             const TrajectoryTrack *track,
             int k,
             const char *text,
             AnmOccupancy *occupancy)
{
  static const double sides[][2] = { { 1, -0.7 }, { 1, 0.9 }, { -1, -0.7 }, { -1, 0.9 }, { 0, -1.5 }, { 0, 1.7 } };
  double x = anm_axis_project (&layout->x, (double) track->x[k]), y = anm_axis_project (&layout->y, (double) track->y[k]);
  double width, height, best_x = 0, best_y = 0;
  guint least = G_MAXUINT;

  anm_draw_dot (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_theme_get_ground (theme), x, y, 2.7);
  anm_text_measure (theme, ANM_TEXT_LABEL_BOLD, text, 0, &width, &height);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      AnmArea box = { x + (sides[i][0] > 0 ? 6 : sides[i][0] < 0 ? -6 - width : -width / 2), y + sides[i][1] * 9 * theme->text_scale - height / 2, width, height };
      guint taken = anm_occupancy_count (occupancy, &box);

      if (taken >= least)
        continue;
      least = taken;
      best_x = box.x;
      best_y = box.y + height / 2;
    }
  if (least == G_MAXUINT)
    return;
  anm_text_draw_on (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_theme_get_ground (theme), text, best_x, best_y, 0, 0.5, 0);
  anm_occupancy_mark_box (occupancy, &(AnmArea){ best_x, best_y - height / 2, width, height });
}

static void
draw_chosen (const TrajectoriesFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const TrajectoriesLayout *layout)
{
  if (self->chosen < 0)
    return;

  const TrajectoryTrack *track = &self->tracks[self->chosen];
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  int start = anm_trajectory_find_start (track), end = anm_trajectory_find_end (track);
  double last_x = NAN, last_y = NAN;
  AnmOccupancy occupancy;

  if (end < 0)
    return;
  trace_track (track, cr, layout, 1 + track->n_points / 400);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  anm_set_colour (cr, anm_theme_get_ground (theme));
  cairo_set_line_width (cr, 4.5);
  cairo_stroke_preserve (cr);
  anm_set_colour (cr, ink);
  cairo_set_line_width (cr, theme->high_contrast ? 2.6 : 2);
  cairo_stroke (cr);

  anm_occupancy_init (&occupancy, &layout->plot);
  for (guint k = 0; k < track->n_points; k++)
    {
      double x = anm_axis_project (&layout->x, (double) track->x[k]), y = anm_axis_project (&layout->y, (double) track->y[k]);
      if (!isnan (last_x) && !isnan (x))
        anm_occupancy_mark_line (&occupancy, last_x, last_y, x, y);
      last_x = x;
      last_y = y;
    }

  int marks[] = { end, start, (start + end + 1) / 2 };
  for (guint i = 0; i < G_N_ELEMENTS (marks) && !(i > 0 && end == start) && !(i == 2 && end - start < 2); i++)
    {
      g_autofree char *when = anm_number_format_duration (anm_trajectory_get_time (self, track, marks[i]), self->time_unit);
      g_autofree char *named = self->bare && i == 0 ? g_strdup_printf (C_("patient and time", "%s, %s"), track->name, when) : NULL;

      if (isnan (track->x[marks[i]]) || isnan (track->y[marks[i]]) || (self->bare && i > 0))
        continue;
      label_point (self, cr, theme, layout, track, marks[i], named != NULL ? named : when, &occupancy);
    }
  anm_occupancy_clear (&occupancy);
}

static void
draw_axes (const TrajectoriesFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *area,
           const TrajectoriesLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const AnmArea *plot = &layout->plot;
  double scale = theme->text_scale, width;

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, anm_sharp (plot->x), plot->y);
  cairo_line_to (cr, anm_sharp (plot->x), anm_sharp (plot->y + plot->height));
  cairo_line_to (cr, plot->x + plot->width, anm_sharp (plot->y + plot->height));
  cairo_stroke (cr);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->x_label, plot->x + plot->width, plot->y + plot->height + 12 * scale, 1, 0.5, plot->width);
  anm_text_measure (theme, ANM_TEXT_AXIS, self->y_label, 0, &width, NULL);
  anm_text_draw_upwards (cr, theme, ANM_TEXT_AXIS, muted, self->y_label, plot->x - 6 * scale, plot->y + MIN (width, plot->height) / 2 + 2, plot->height);
}

static void
draw_value_legend (const TrajectoriesFigure *self,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const TrajectoriesLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  g_autofree char *low = anm_number_format (self->value_low, 3);
  g_autofree char *high = anm_number_format (self->value_high, 3);
  double scale = theme->text_scale, y = layout->plot.y + 9 * scale, right = layout->plot.x + layout->plot.width, width, bar = 60 * scale;
  cairo_pattern_t *pattern;

  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, high, right, y, 1, 0.5, 0);
  anm_text_measure (theme, ANM_TEXT_AXIS, high, 0, &width, NULL);
  right -= width + 5;
  pattern = cairo_pattern_create_linear (right - bar, 0, right, 0);
  for (guint i = 0; i <= 20; i++)
    {
      AnmColour colour = anm_theme_get_magnitude (theme, i / 20.0);
      cairo_pattern_add_color_stop_rgb (pattern, i / 20.0, colour.red, colour.green, colour.blue);
    }
  cairo_rectangle (cr, right - bar, y - 4 * scale, bar, 8 * scale);
  cairo_set_source (cr, pattern);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);
  right -= bar + 5;
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, low, right, y, 1, 0.5, 0);
  anm_text_measure (theme, ANM_TEXT_AXIS, low, 0, &width, NULL);
  anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, muted, self->value_label, layout->plot.x + 8, y, 0, 0.5, MAX (right - width - layout->plot.x - 20, 1));
}

/* Two groups stand at both ends, more one after the other. */
static void
draw_legend (const TrajectoriesFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const TrajectoriesLayout *layout)
{
  double y = layout->plot.y + 9 * theme->text_scale, x = layout->plot.x + 14, right = layout->plot.x + layout->plot.width;

  if (!layout->legend)
    return;
  if (self->n_groups == 0)
    {
      draw_value_legend (self, cr, theme, layout);
      return;
    }
  for (guint i = 0; i < self->n_groups; i++)
    {
      AnmColour colour = anm_theme_get_text_colour (theme, self->group_colours[i]);
      double room = self->n_groups == 2 ? (right - layout->plot.x) / 2 - 26 : right - x - 8, width;

      if (room < 24)
        break;
      anm_text_measure (theme, ANM_TEXT_LABEL_BOLD, self->group_labels[i], 0, &width, NULL);
      width = MIN (width, room);
      if (self->n_groups == 2 && i == 1)
        x = right - width - 12;
      draw_mark (cr, anm_theme_get_colour (theme, self->group_colours[i]), anm_theme_get_ground (theme), (int) i, x, y, 2.9);
      anm_text_draw_on (cr, theme, ANM_TEXT_LABEL_BOLD, colour, anm_theme_get_ground (theme), self->group_labels[i], x + 8, y, 0, 0.5, width);
      x += width + 24;
    }
}

void
anm_trajectories_draw (const AnmFigure *figure,
                       cairo_t *cr,
                       const AnmTheme *theme,
                       const AnmArea *area)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  TrajectoriesLayout layout;

  anm_trajectories_lay_out (self, theme, area, &layout);
  if (!self->bare)
    {
      draw_axes (self, cr, theme, area, &layout);
      cairo_save (cr);
      cairo_rectangle (cr, layout.plot.x, layout.plot.y, layout.plot.width + 4, layout.plot.height);
      cairo_clip (cr);
      draw_tracks (self, cr, theme, &layout);
      cairo_restore (cr);
      draw_legend (self, cr, theme, &layout);
    }
  cairo_save (cr);
  cairo_rectangle (cr, layout.plot.x, layout.plot.y, layout.plot.width + 4, layout.plot.height);
  cairo_clip (cr);
  draw_chosen (self, cr, theme, &layout);
  cairo_restore (cr);
}

int
anm_trajectories_find_point (const TrajectoriesFigure *self,
                             double time)
{
  if (self->chosen < 0 || !isfinite (time) || !(self->time_step > 0))
    return -1;

  const TrajectoryTrack *track = &self->tracks[self->chosen];
  double k = round ((time - track->first_time) / self->time_step);

  if (k < 0 || k >= track->n_points || isnan (track->x[(guint) k]) || isnan (track->y[(guint) k]))
    return -1;
  return (int) k;
}

void
anm_trajectories_draw_cursor (const AnmFigure *figure,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              double x)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int k = anm_trajectories_find_point (self, x);
  AnmOccupancy occupancy;
  TrajectoriesLayout layout;

  if (k < 0 || self->bare)
    return;

  const TrajectoryTrack *track = &self->tracks[self->chosen];
  g_autofree char *when = anm_number_format_duration (anm_trajectory_get_time (self, track, k), self->time_unit);

  anm_trajectories_lay_out (self, theme, area, &layout);
  anm_occupancy_init (&occupancy, &layout.plot);
  for (guint i = 1; i < track->n_points; i++)
    if (!isnan (track->x[i - 1]) && !isnan (track->x[i]))
      anm_occupancy_mark_line (&occupancy, anm_axis_project (&layout.x, (double) track->x[i - 1]), anm_axis_project (&layout.y, (double) track->y[i - 1]),
                               anm_axis_project (&layout.x, (double) track->x[i]), anm_axis_project (&layout.y, (double) track->y[i]));
  anm_draw_dot (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_theme_get_ground (theme), anm_axis_project (&layout.x, (double) track->x[k]),
                anm_axis_project (&layout.y, (double) track->y[k]), 4.2);
  label_point (self, cr, theme, &layout, track, k, when, &occupancy);
  anm_occupancy_clear (&occupancy);
}

void
anm_trajectories_draw_place (const AnmFigure *figure,
                             cairo_t *cr,
                             const AnmTheme *theme,
                             const AnmArea *area,
                             const AnmFigurePlace *place)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int end = place->series >= 0 && (guint) place->series < self->n_tracks ? anm_trajectory_find_end (&self->tracks[place->series]) : -1;
  TrajectoriesLayout layout;

  if (end < 0)
    return;
  anm_trajectories_lay_out (self, theme, area, &layout);

  double x = anm_axis_project (&layout.x, (double) self->tracks[place->series].x[end]);
  double y = anm_axis_project (&layout.y, (double) self->tracks[place->series].y[end]);
  if (x >= layout.plot.x && x <= layout.plot.x + layout.plot.width && y >= layout.plot.y && y <= layout.plot.y + layout.plot.height)
    anm_draw_ring (cr, theme, &(AnmArea){ x - 7, y - 7, 14, 14 });
}
