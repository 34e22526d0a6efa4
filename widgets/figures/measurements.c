/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/measurements.h"

#include <math.h>

#include "widgets/figures/line-path.h"
#include "widgets/figures/text.h"

double
anm_time_step_of (double time,
                  double step)
{
  return floor (time / step + 1e-9);
}

/* Half of the steps from the first measurement to the last or more hold none. */
static gboolean
is_sparse (const AnmMeasurements *self)
{
  if (self->n_measured < 2 || !(self->step > 0))
    return FALSE;

  gsize n_filled = 1;
  for (gsize i = 1; i < self->n_measured; i++)
    n_filled += anm_time_step_of (self->times[i], self->step) != anm_time_step_of (self->times[i - 1], self->step);

  double n_steps = 1 + anm_time_step_of (self->times[self->n_measured - 1], self->step) - anm_time_step_of (self->times[0], self->step);
  return n_filled <= 0.5 * n_steps;
}

void
anm_measurements_init (AnmMeasurements *self,
                       const double *times,
                       const float *values,
                       gsize n_values,
                       double step)
{
  *self = (AnmMeasurements){ .step = step, .least = INFINITY, .greatest = -INFINITY };
  self->times = g_new (double, MAX (n_values, 1));
  self->values = g_new (double, MAX (n_values, 1));

  for (gsize i = 0; i < n_values; i++)
    {
      if (!isfinite (values[i]) || !isfinite (times[i])
          || (self->n_measured > 0 && times[i] < self->times[self->n_measured - 1]))
        continue;
      self->times[self->n_measured] = times[i];
      self->values[self->n_measured++] = (double) values[i];
      self->least = MIN (self->least, (double) values[i]);
      self->greatest = MAX (self->greatest, (double) values[i]);
    }
  self->sparse = is_sparse (self);

  self->x = g_new (double, 2 * self->n_measured + 1);
  self->y = g_new (double, 2 * self->n_measured + 1);
  for (gsize i = 0; i < self->n_measured; i++)
    {
      gboolean gap = i > 0 && step > 0 && !self->sparse
                     && anm_time_step_of (self->times[i], step) - anm_time_step_of (self->times[i - 1], step) > 1;
      if (gap)
        {
          self->x[self->n_points] = self->times[i];
          self->y[self->n_points++] = NAN;
        }
      self->x[self->n_points] = self->times[i];
      self->y[self->n_points++] = self->values[i];
    }
  if (self->n_points > 512)
    self->extremes = anm_extremes_new (self->y, self->n_points);
}

void
anm_measurements_clear (AnmMeasurements *self)
{
  g_clear_pointer (&self->times, g_free);
  g_clear_pointer (&self->values, g_free);
  g_clear_pointer (&self->x, g_free);
  g_clear_pointer (&self->y, g_free);
  g_clear_pointer (&self->extremes, anm_extremes_free);
}

void
anm_measurements_draw (const AnmMeasurements *self,
                       cairo_t *cr,
                       const AnmTheme *theme,
                       const AnmAxis *x,
                       const AnmAxis *y,
                       double line_width,
                       double dot_radius)
{
  AnmLinePath path;
  gsize begin = anm_lower_bound (self->times, self->n_measured, x->low);
  gsize end = anm_lower_bound (self->times, self->n_measured, nextafter (x->high, INFINITY));
  /* Dots that would touch say less than their line. */
  gboolean dots = self->sparse && (double) (end - begin) * 2.5 * dot_radius <= fabs (x->end - x->start);

  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  anm_line_path_init (&path, x, y, self->x, self->y, self->n_points, TRUE, self->extremes);
  anm_set_colour (cr, anm_theme_get_colour (theme, dots ? ANM_COLOUR_FAINT : ANM_COLOUR_INK));
  cairo_set_line_width (cr, (dots ? 0.75 : 1) * line_width + (theme->high_contrast ? 0.5 : 0));
  anm_line_path_stroke (&path, cr, dot_radius * 0.75);
  anm_line_path_clear (&path);

  if (dots)
    {
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
      for (gsize i = begin; i < end; i++)
        {
          cairo_new_sub_path (cr);
          cairo_arc (cr, anm_axis_project (x, self->times[i]), anm_axis_project_clamped (y, self->values[i]), dot_radius, 0, 2 * G_PI);
        }
      cairo_fill (cr);
    }
  cairo_restore (cr);
}

gssize
anm_measurements_find (const AnmMeasurements *self,
                       double time)
{
  return (gssize) anm_lower_bound (self->times, self->n_measured, nextafter (time, INFINITY)) - 1;
}
