/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/line-path.h"
#include "widgets/figures/measurements.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

typedef struct
{
  AnmFigure       base;
  AnmMeasurements measurements;
  double          x_min, x_max, y_min, y_max;
  double          normal_low, normal_high;
} Sparkline;

static void
sparkline_finalize (AnmFigure *figure)
{
  anm_measurements_clear (&((Sparkline *) figure)->measurements);
}

static void
lay_out (const Sparkline *self,
         const AnmArea *area,
         AnmAxis *x,
         AnmAxis *y)
{
  const double margin = 3;

  *x = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .start = area->x, .end = area->x + area->width };
  *y = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .start = area->y + area->height - margin, .end = area->y + margin };
  anm_axis_set_range (x, self->x_min, self->x_max);
  anm_axis_set_range (y, self->y_min, self->y_max);
}

static void
sparkline_draw (const AnmFigure *figure,
                cairo_t *cr,
                const AnmTheme *theme,
                const AnmArea *area)
{
  const Sparkline *self = (const Sparkline *) figure;
  AnmAxis x, y;

  lay_out (self, area, &x, &y);
  if (!isnan (self->normal_low) || !isnan (self->normal_high))
    {
      /* A range with one end goes on to the edge. */
      double lower_edge = area->y + area->height;
      double top = isnan (self->normal_high) ? area->y : CLAMP (anm_axis_project_clamped (&y, self->normal_high), area->y, lower_edge);
      double bottom = isnan (self->normal_low) ? lower_edge : CLAMP (anm_axis_project_clamped (&y, self->normal_low), area->y, lower_edge);

      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_NORMAL_RANGE));
      cairo_rectangle (cr, area->x, top, area->width, MAX (bottom - top, 1));
      cairo_fill (cr);
    }
  anm_measurements_draw (&self->measurements, cr, theme, &x, &y, 1.3, 1.6);
}

static gboolean
sparkline_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double time,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  AnmAxis x, y;

  lay_out ((const Sparkline *) figure, area, &x, &y);
  if (time < x.low || time > x.high)
    return FALSE;
  *pixel_x = anm_axis_project (&x, time);
  *top = area->y;
  *bottom = area->y + area->height;
  return TRUE;
}

static gboolean
sparkline_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const Sparkline *self = (const Sparkline *) figure;
  AnmAxis x, y;

  lay_out (self, area, &x, &y);
  if (pixel_x < area->x || pixel_x > area->x + area->width || pixel_y < area->y || pixel_y > area->y + area->height)
    return FALSE;
  place->x = anm_axis_invert (&x, pixel_x);
  place->y = anm_axis_invert (&y, pixel_y);
  place->series = 0;
  place->index = (int) anm_nearest_index (self->measurements.times, self->measurements.n_measured, TRUE, place->x);
  return TRUE;
}

static double
sparkline_step_x (const AnmFigure *figure,
                  double time,
                  int direction)
{
  const AnmMeasurements *measured = &((const Sparkline *) figure)->measurements;
  gssize last = (gssize) measured->n_measured - 1;

  if (direction == -G_MAXINT)
    return measured->times[0];
  if (direction == G_MAXINT)
    return measured->times[last];

  gssize at = direction > 0 ? (gssize) anm_lower_bound (measured->times, measured->n_measured, nextafter (time, INFINITY))
                            : (gssize) anm_lower_bound (measured->times, measured->n_measured, time) - 1;
  return at >= 0 && at <= last ? measured->times[at] : time;
}

static char *
sparkline_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const AnmMeasurements *measured = &((const Sparkline *) figure)->measurements;
  gssize at = anm_nearest_index (measured->times, measured->n_measured, TRUE, place->x);

  if (at < 0)
    return NULL;

  g_autofree char *time = anm_number_format (measured->times[at], 4);
  g_autofree char *value = anm_number_format (measured->values[at], 4);
  return g_strdup_printf ("%s: %s", time, value);
}

static void
sparkline_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const AnmMeasurements *measured = &((const Sparkline *) figure)->measurements;

  anm_table_add (table, _("time"), _("value"), NULL);
  for (gsize i = 0; i < measured->n_measured; i++)
    {
      g_autofree char *time = anm_table_number (measured->times[i]);
      g_autofree char *value = anm_table_float ((float) measured->values[i]);
      anm_table_add (table, time, value, NULL);
    }
}

static double
sparkline_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  return 24 * theme->text_scale;
}

static void
sparkline_get_axes (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    AnmAxis *x,
                    AnmAxis *y)
{
  lay_out ((const Sparkline *) figure, area, x, y);
}

static const AnmFigureClass sparkline_class = {
  .instance_size = sizeof (Sparkline),
  .finalize = sparkline_finalize,
  .draw = sparkline_draw,
  .locate = sparkline_locate,
  .project_x = sparkline_project_x,
  .get_axes = sparkline_get_axes,
  .step_x = sparkline_step_x,
  .describe = sparkline_describe,
  .fill_table = sparkline_fill_table,
  .natural_height = sparkline_natural_height,
};

AnmFigure *
anm_sparkline_new (const AnmSparkline *sparkline)
{
  g_return_val_if_fail (sparkline != NULL, NULL);

  Sparkline *self = anm_figure_new (&sparkline_class, NULL, NULL, sparkline->finding, _("not measured"));
  AnmMeasurements *measured = &self->measurements;

  anm_measurements_init (measured, sparkline->times, sparkline->values, sparkline->n_points, sparkline->step);
  self->normal_low = sparkline->normal_low;
  self->normal_high = sparkline->normal_high;
  self->x_min = sparkline->x_min;
  self->x_max = sparkline->x_max;
  if (measured->n_measured > 0 && !(self->x_max > self->x_min))
    {
      self->x_min = measured->times[0];
      self->x_max = measured->times[measured->n_measured - 1];
    }

  double low = measured->least, high = measured->greatest;
  /* fmin and fmax pass NaN over. */
  low = fmin (low, self->normal_low);
  high = fmax (high, self->normal_high);
  self->y_min = isnan (sparkline->y_min) ? low : sparkline->y_min;
  self->y_max = isnan (sparkline->y_max) ? high : sparkline->y_max;
  self->base.empty = measured->n_measured == 0;
  return (AnmFigure *) self;
}
