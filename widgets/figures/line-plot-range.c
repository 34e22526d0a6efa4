/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/line-plot-private.h"

/* What stretch of its axes a line plot shows. */

/* Grows the range by all of @values that are numbers. */
static void
include_values (const double *values,
                gsize n_values,
                double *low,
                double *high,
                double *least_positive,
                gboolean *not_positive)
{
  for (gsize i = 0; values != NULL && i < n_values; i++)
    {
      if (!isfinite (values[i]))
        continue;
      *low = MIN (*low, values[i]);
      *high = MAX (*high, values[i]);
      if (values[i] > 0)
        *least_positive = MIN (*least_positive, values[i]);
      else
        *not_positive = TRUE;
    }
}

static void
find_x_range (AnmLinePlotFigure *self,
              double x_min,
              double x_max)
{
  double low = INFINITY, high = -INFINITY, least_positive = INFINITY;
  gboolean not_positive = FALSE;

  for (guint i = 0; i < self->n_lines; i++)
    include_values (self->lines[i].x, self->lines[i].n_points, &low, &high, &least_positive, &not_positive);
  if (self->x_axis.kind == ANM_AXIS_LOG)
    low = least_positive;
  anm_axis_set_range (&self->x_axis,
                      isnan (x_min) ? low : x_min,
                      isnan (x_max) ? high : x_max);
}

static void
find_y_extremes (AnmLinePlotFigure *self)
{
  gboolean ignored = FALSE;

  self->y_least = self->y_least_positive = INFINITY;
  self->y_greatest = -INFINITY;
  for (guint i = 0; i < self->n_lines; i++)
    {
      AnmPlottedLine *line = &self->lines[i];

      include_values (line->y, line->n_points, &self->y_least, &self->y_greatest, &self->y_least_positive, &self->y_not_positive);
      include_values (line->low, line->n_points, &self->y_least, &self->y_greatest, &self->y_least_positive, &ignored);
      include_values (line->high, line->n_points, &self->y_least, &self->y_greatest, &self->y_least_positive, &ignored);
    }
  for (guint i = 0; i < self->n_rules; i++)
    include_values (&self->rules[i].y, 1, &self->y_least, &self->y_greatest, &self->y_least_positive, &ignored);
}

/* The vertical range of the whole figure on the axis' own kind of scale. */
static void
set_y_range (AnmLinePlotFigure *self)
{
  gboolean log_axis = self->y_axis.kind == ANM_AXIS_LOG;
  double low = self->y_least, high = self->y_greatest;

  self->has_below = FALSE;
  if (log_axis)
    {
      self->has_below = self->y_not_positive;
      /* Whole decades; what is 0 gets one of its own beneath. */
      low = isfinite (self->y_least_positive) ? pow (10, floor (log10 (self->y_least_positive) + 1e-9)) : 1e-3;
      high = high > 0 ? pow (10, ceil (log10 (high) - 1e-9)) : 1;
      if (!(high > low))
        high = 10 * low;
      if (self->has_below)
        low /= 10;
    }
  else if (low < high)
    {
      double margin = 0.05 * (high - low);
      /* A loss or a share that isn't negative has no axis that is. */
      low = low >= 0 ? MAX (low - margin, 0) : low - margin;
      high += margin;
    }

  anm_axis_set_range (&self->y_axis,
                      isnan (self->y_min) || (log_axis && !(self->y_min > 0)) ? low : self->y_min,
                      isnan (self->y_max) ? high : self->y_max);
}

void
anm_line_plot_find_ranges (AnmLinePlotFigure *self,
                           double x_min,
                           double x_max)
{
  find_x_range (self, x_min, x_max);
  find_y_extremes (self);
  set_y_range (self);
}

void
anm_line_plot_set_frame (AnmFigure *copy,
                         const AnmFigureFrame *frame)
{
  AnmLinePlotFigure *self = (AnmLinePlotFigure *) copy;
  AnmAxisKind kind = frame->scale == ANM_FIGURE_SCALE_LOG ? ANM_AXIS_LOG : ANM_AXIS_LINEAR;

  if (frame->scale != ANM_FIGURE_SCALE_OWN && kind != self->y_axis.kind)
    {
      self->y_axis.kind = kind;
      set_y_range (self);
    }
  if (!isnan (frame->x_low))
    anm_axis_set_range (&self->x_axis, frame->x_low, frame->x_high);
  if (!isnan (frame->y_low) && (self->y_axis.kind != ANM_AXIS_LOG || frame->y_high > 0))
    {
      self->has_below &= frame->y_low <= self->y_axis.low;
      anm_axis_set_range (&self->y_axis, frame->y_low, frame->y_high);
    }
}
