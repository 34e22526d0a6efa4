/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/line-path.h"

#include <math.h>

gsize
anm_lower_bound (const double *x,
                 gsize n_points,
                 double value)
{
  gsize low = 0, high = n_points;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (x[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gssize
anm_nearest_index (const double *x,
                   gsize n_points,
                   gboolean x_rises,
                   double value)
{
  if (n_points == 0 || isnan (value))
    return -1;

  if (x_rises)
    {
      gsize at = anm_lower_bound (x, n_points, value);
      if (at == n_points || (at > 0 && value - x[at - 1] <= x[at] - value))
        at--;
      return (gssize) at;
    }

  gssize nearest = -1;
  for (gsize i = 0; i < n_points; i++)
    if (isfinite (x[i]) && (nearest < 0 || fabs (x[i] - value) < fabs (x[nearest] - value)))
      nearest = (gssize) i;
  return nearest;
}

/* Far outside, numbers would overflow cairo's fixed point: some plot heights beyond the edge are enough. */
double
anm_axis_project_clamped (const AnmAxis *axis,
                          double value)
{
  if (isnan (value))
    return NAN;
  if (value == INFINITY)
    return axis->end;
  if (value == -INFINITY || (axis->kind == ANM_AXIS_LOG && !(value > 0)))
    return axis->start;

  double far = 4 * fabs (axis->end - axis->start) + 100;
  double low = MIN (axis->start, axis->end) - far;
  double high = MAX (axis->start, axis->end) + far;
  return CLAMP (anm_axis_project (axis, value), low, high);
}

static void
add_point (AnmLinePath *self,
           double x,
           double y)
{
  self->x[self->n_points] = x;
  self->y[self->n_points++] = y;
}

static void
fill_directly (AnmLinePath *self,
               const AnmAxis *x_axis,
               const AnmAxis *y_axis,
               const double *x,
               const double *y,
               gsize begin,
               gsize end)
{
  for (gsize i = begin; i < end; i++)
    {
      double pixel_x = isfinite (x[i]) ? anm_axis_project_clamped (x_axis, x[i]) : NAN;
      double pixel_y = anm_axis_project_clamped (y_axis, y[i]);

      add_point (self, pixel_x, isnan (pixel_x) ? NAN : pixel_y);
    }
}

/* Least and greatest of values[begin .. end - 1] at @pixel, the nearer to the line's end so far first. */
static void
add_column (AnmLinePath *self,
            const AnmAxis *y_axis,
            const double *y,
            gsize begin,
            gsize end,
            double pixel,
            const AnmExtremes *extremes)
{
  double least, greatest;

  if (!anm_extremes_query (extremes, begin, end, &least, &greatest))
    {
      add_point (self, pixel, NAN);
      return;
    }

  double before = self->n_points > 0 ? self->y[self->n_points - 1] : NAN;
  double low = anm_axis_project_clamped (y_axis, least);
  double high = anm_axis_project_clamped (y_axis, greatest);
  gboolean low_first = isnan (before) || fabs (before - low) <= fabs (before - high);

  if (isnan (y[begin]))
    add_point (self, pixel, NAN);
  add_point (self, pixel, low_first ? low : high);
  if (greatest != least)
    add_point (self, pixel, low_first ? high : low);
  if (isnan (y[end - 1]))
    add_point (self, pixel, NAN);
}

/* What is seen of @x, and one point on either side so that lines run on to the edge. Returns whether there are so
 * many that they are thinned out. */
static gboolean
find_seen (const AnmAxis *x_axis,
           const double *x,
           gsize n_points,
           gboolean x_rises,
           gboolean has_extremes,
           gsize *begin,
           gsize *end,
           gsize *n_columns)
{
  *begin = 0;
  *end = n_points;
  *n_columns = (gsize) ceil (MAX (fabs (x_axis->end - x_axis->start), 1));

  if (x_rises)
    {
      *begin = anm_lower_bound (x, n_points, x_axis->low);
      *end = anm_lower_bound (x, n_points, nextafter (x_axis->high, INFINITY));
      *begin -= *begin > 0;
      *end += *end < n_points;
    }
  return x_rises && has_extremes && *end - *begin > 4 * *n_columns;
}

/* One behind the last point of @column that begins at @from. */
static gsize
column_end (const AnmAxis *x_axis,
            const double *x,
            gsize end,
            gsize column,
            gsize n_columns)
{
  if (column == n_columns)
    return end;
  return anm_lower_bound (x, end, anm_axis_invert (x_axis, x_axis->start + (double) (column + 1)));
}

void
anm_line_path_init (AnmLinePath *self,
                    const AnmAxis *x_axis,
                    const AnmAxis *y_axis,
                    const double *x,
                    const double *y,
                    gsize n_points,
                    gboolean x_rises,
                    const AnmExtremes *extremes)
{
  gsize begin, end, n_columns;
  gboolean thin_out = find_seen (x_axis, x, n_points, x_rises, extremes != NULL, &begin, &end, &n_columns);
  gsize n_allocated = thin_out ? 4 * (n_columns + 1) : MAX (end - begin, 1);

  self->n_points = 0;
  self->x = g_new (double, n_allocated);
  self->y = g_new (double, n_allocated);

  if (!thin_out)
    {
      fill_directly (self, x_axis, y_axis, x, y, begin, end);
      return;
    }

  for (gsize column = 0, from = begin; column <= n_columns && from < end; column++)
    {
      gsize to = column_end (x_axis, x, end, column, n_columns);
      if (to <= from)
        continue;
      add_column (self, y_axis, y, from, to, x_axis->start + (double) column + 0.5, extremes);
      from = to;
    }
}

void
anm_band_fill (cairo_t *cr,
               const AnmAxis *x_axis,
               const AnmAxis *y_axis,
               const double *x,
               const double *low,
               const double *high,
               gsize n_points,
               gboolean x_rises,
               const AnmExtremes *low_extremes,
               const AnmExtremes *high_extremes)
{
  gsize begin, end, n_columns;

  cairo_new_path (cr);
  if (find_seen (x_axis, x, n_points, x_rises, low_extremes != NULL && high_extremes != NULL, &begin, &end, &n_columns))
    {
      for (gsize column = 0, from = begin; column <= n_columns && from < end; column++)
        {
          gsize to = column_end (x_axis, x, end, column, n_columns);
          double least, greatest, ignored;

          if (to <= from)
            continue;
          if (anm_extremes_query (low_extremes, from, to, &least, &ignored)
              && anm_extremes_query (high_extremes, from, to, &ignored, &greatest))
            {
              double top = anm_axis_project_clamped (y_axis, greatest);
              double bottom = anm_axis_project_clamped (y_axis, least);
              cairo_rectangle (cr, floor (x_axis->start) + (double) column, top, 1, MAX (bottom - top, 0));
            }
          from = to;
        }
      cairo_fill (cr);
      return;
    }

  /* One closed shape for each stretch in which both edges are numbers. */
  for (gsize first = begin, last; first < end; first = last + 1)
    {
      for (last = first; last < end && !isnan (low[last]) && !isnan (high[last]) && isfinite (x[last]); last++)
        cairo_line_to (cr, anm_axis_project_clamped (x_axis, x[last]), anm_axis_project_clamped (y_axis, low[last]));
      for (gsize i = last; i > first; i--)
        cairo_line_to (cr, anm_axis_project_clamped (x_axis, x[i - 1]), anm_axis_project_clamped (y_axis, high[i - 1]));
      cairo_close_path (cr);
      cairo_fill (cr);
    }
}

void
anm_line_path_clear (AnmLinePath *self)
{
  g_clear_pointer (&self->x, g_free);
  g_clear_pointer (&self->y, g_free);
  self->n_points = 0;
}

void
anm_line_path_stroke (const AnmLinePath *self,
                      cairo_t *cr,
                      double dot_radius)
{
  gboolean drawing = FALSE;

  cairo_new_path (cr);
  for (gsize i = 0; i < self->n_points; i++)
    {
      if (isnan (self->y[i]))
        {
          drawing = FALSE;
          continue;
        }
      if (drawing)
        cairo_line_to (cr, self->x[i], self->y[i]);
      else
        cairo_move_to (cr, self->x[i], self->y[i]);
      drawing = TRUE;
    }
  cairo_stroke (cr);

  for (gsize i = 0; i < self->n_points; i++)
    if (!isnan (self->y[i]) && (i == 0 || isnan (self->y[i - 1])) && (i + 1 == self->n_points || isnan (self->y[i + 1])))
      {
        cairo_new_sub_path (cr);
        cairo_arc (cr, self->x[i], self->y[i], dot_radius, 0, 2 * G_PI);
      }
  cairo_fill (cr);
}
