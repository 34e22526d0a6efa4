/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/trajectories.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/figure-private.h"
#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

/* A pointer this near a track means it. */
#define REACH 7
/* Points nearer to the last one than this aren't drawn. */
#define LEAST_WAY 1.2
/* Beyond so many points on the screen tracks are drawn with fewer. */
#define MOST_POINTS 8000

typedef struct
{
  char    *name;
  int      group;
  double   value, first_time;
  guint    n_points;
  float   *x, *y;
  gboolean pale;
} Track;

typedef struct
{
  AnmFigure      base;
  char          *x_label, *y_label, *value_label, *time_unit;
  guint          n_tracks;
  Track         *tracks;
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
} Layout;

static void
lay_out (const TrajectoriesFigure *self,
         const AnmTheme *theme,
         const AnmArea *area,
         Layout *layout)
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
              const Track *track)
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
trace_track (const Track *track,
             cairo_t *cr,
             const Layout *layout,
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
static int
find_end (const Track *track)
{
  int k = (int) track->n_points - 1;

  while (k >= 0 && (isnan (track->x[k]) || isnan (track->y[k])))
    k--;
  return k;
}

static int
find_start (const Track *track)
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
             const Layout *layout)
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
        const Track *track = &self->tracks[i];
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
        const Track *track = &self->tracks[i];
        int end = find_end (track);

        if ((int) i == self->chosen || track->pale == (pass == 1) || end < 0)
          continue;
        draw_mark (cr, anm_colour_fade (track_colour (self, theme, track), track->pale ? 0.2 : 1), track->pale ? anm_colour_fade (ground, 0) : ground, track->group,
                   anm_axis_project (&layout->x, (double) track->x[end]), anm_axis_project (&layout->y, (double) track->y[end]), radius);
      }
}

static double
track_time (const TrajectoriesFigure *self,
            const Track *track,
            int k)
{
  return track->first_time + k * self->time_step;
}

/* "24 h" beside a point, on that side where there is room. */
static void
label_point (const TrajectoriesFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const Layout *layout,
             const Track *track,
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
             const Layout *layout)
{
  if (self->chosen < 0)
    return;

  const Track *track = &self->tracks[self->chosen];
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  int start = find_start (track), end = find_end (track);
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
      g_autofree char *when = anm_number_format_duration (track_time (self, track, marks[i]), self->time_unit);
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
           const Layout *layout)
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
                   const Layout *layout)
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
             const Layout *layout)
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

static void
trajectories_draw (const AnmFigure *figure,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmArea *area)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  Layout layout;

  lay_out (self, theme, area, &layout);
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

/* Looking. The one axis that a cursor has here is the chosen track's time. */

static int
find_point (const TrajectoriesFigure *self,
            double time)
{
  if (self->chosen < 0 || !isfinite (time) || !(self->time_step > 0))
    return -1;

  const Track *track = &self->tracks[self->chosen];
  double k = round ((time - track->first_time) / self->time_step);

  if (k < 0 || k >= track->n_points || isnan (track->x[(guint) k]) || isnan (track->y[(guint) k]))
    return -1;
  return (int) k;
}

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
  int k = find_point (self, x);
  Layout layout;

  if (k < 0)
    return FALSE;
  lay_out (self, theme, area, &layout);
  *pixel_x = anm_axis_project (&layout.x, (double) self->tracks[self->chosen].x[k]);
  *top = *bottom = anm_axis_project (&layout.y, (double) self->tracks[self->chosen].y[k]);
  return TRUE;
}

static void
trajectories_draw_cursor (const AnmFigure *figure,
                          cairo_t *cr,
                          const AnmTheme *theme,
                          const AnmArea *area,
                          double x)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int k = find_point (self, x);
  AnmOccupancy occupancy;
  Layout layout;

  if (k < 0 || self->bare)
    return;

  const Track *track = &self->tracks[self->chosen];
  g_autofree char *when = anm_number_format_duration (track_time (self, track, k), self->time_unit);

  lay_out (self, theme, area, &layout);
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
  Layout layout;

  lay_out (self, theme, area, &layout);
  if (pixel_x < layout.plot.x || pixel_x > layout.plot.x + layout.plot.width || pixel_y < layout.plot.y || pixel_y > layout.plot.y + layout.plot.height)
    return FALSE;
  for (guint i = 0; i < self->n_tracks; i++)
    {
      const Track *track = &self->tracks[i];
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
          *place = (AnmFigurePlace){ (int) i == self->chosen ? track_time (self, track, (int) k) : NAN, (double) track->y[k], (int) i, (int) k };
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

  const Track *track = &self->tracks[self->chosen];
  int start = find_start (track), end = find_end (track);
  if (end < 0)
    return NAN;
  if (direction == -G_MAXINT)
    return track_time (self, track, start);
  if (direction == G_MAXINT || isnan (x))
    return track_time (self, track, end);
  return track_time (self, track, (int) CLAMP (round ((x - track->first_time) / self->time_step) + direction, start, end));
}

static char *
trajectories_describe (const AnmFigure *figure,
                       const AnmFigurePlace *place)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int i = place->series >= 0 ? place->series : self->chosen;
  int k = place->index >= 0 ? place->index : place->series >= 0 && place->series != self->chosen ? -1 : find_point (self, place->x);

  /* Another than the chosen one is named by where it ends. */
  if (k < 0 && place->series >= 0 && (guint) place->series < self->n_tracks)
    k = find_end (&self->tracks[place->series]);
  if (i < 0 || (guint) i >= self->n_tracks || k < 0 || (guint) k >= self->tracks[i].n_points)
    return NULL;

  const Track *track = &self->tracks[i];
  g_autofree char *when = anm_number_format_time (track_time (self, track, k), self->time_unit);
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
      const Track *track = &self->tracks[i];
      g_autofree char *value = anm_table_number (track->value);
      const char *group = self->n_groups == 0 ? value : track->group >= 0 ? self->group_labels[track->group] : "";

      for (guint k = 0; k < track->n_points; k++)
        {
          g_autofree char *time = anm_table_number (track_time (self, track, (int) k));
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
  Layout layout;

  lay_out ((const TrajectoriesFigure *) figure, theme, area, &layout);
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
      const Track *track = &self->tracks[i];
      int end = find_end (track);

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

static void
trajectories_draw_place (const AnmFigure *figure,
                         cairo_t *cr,
                         const AnmTheme *theme,
                         const AnmArea *area,
                         const AnmFigurePlace *place)
{
  const TrajectoriesFigure *self = (const TrajectoriesFigure *) figure;
  int end = place->series >= 0 && (guint) place->series < self->n_tracks ? find_end (&self->tracks[place->series]) : -1;
  Layout layout;

  if (end < 0)
    return;
  lay_out (self, theme, area, &layout);

  double x = anm_axis_project (&layout.x, (double) self->tracks[place->series].x[end]);
  double y = anm_axis_project (&layout.y, (double) self->tracks[place->series].y[end]);
  if (x >= layout.plot.x && x <= layout.plot.x + layout.plot.width && y >= layout.plot.y && y <= layout.plot.y + layout.plot.height)
    anm_draw_ring (cr, theme, &(AnmArea){ x - 7, y - 7, 14, 14 });
}

static const AnmFigureClass trajectories_class = {
  .instance_size = sizeof (TrajectoriesFigure),
  .finalize = trajectories_finalize,
  .draw = trajectories_draw,
  .locate = trajectories_locate,
  .project_x = trajectories_project_x,
  .draw_cursor = trajectories_draw_cursor,
  .step_x = trajectories_step_x,
  .describe = trajectories_describe,
  .fill_table = trajectories_fill_table,
  .natural_height = trajectories_natural_height,
  .get_abilities = trajectories_get_abilities,
  .get_axes = trajectories_get_axes,
  .set_frame = trajectories_set_frame,
  .select = trajectories_select,
  .step_series = trajectories_step_series,
  .draw_place = trajectories_draw_place,
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
  self->tracks = g_new0 (Track, MAX (given->n_tracks, 1));
  for (guint i = 0; i < given->n_tracks; i++)
    {
      const AnmTrack *track = &given->tracks[i];

      self->tracks[i] = (Track){
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
