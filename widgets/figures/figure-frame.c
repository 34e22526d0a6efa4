/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/figure-private.h"

/* What of a figure is shown, and what is chosen in it. */

AnmFigureAbilities
anm_figure_get_abilities (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->empty)
    return 0;
  return self->klass->get_abilities != NULL ? self->klass->get_abilities (self) : self->klass->abilities;
}

/* A stretch in order, or NaN on both ends. */
static void
put_in_order (double *low,
              double *high)
{
  if (!isfinite (*low) || !isfinite (*high) || *low == *high)
    *low = *high = NAN;
  else if (*low > *high)
    {
      double swap = *low;
      *low = *high;
      *high = swap;
    }
}

AnmFigure *
anm_figure_reframe (AnmFigure *self,
                    const AnmFigureFrame *frame)
{
  g_return_val_if_fail (self != NULL && frame != NULL, NULL);

  AnmFigure *origin = self->origin != NULL ? self->origin : self;
  AnmFigureAbilities abilities = anm_figure_get_abilities (origin);
  AnmFigureFrame wanted = *frame;

  put_in_order (&wanted.x_low, &wanted.x_high);
  put_in_order (&wanted.y_low, &wanted.y_high);
  if ((abilities & (ANM_FIGURE_ZOOMS_X | ANM_FIGURE_ZOOMS_TOGETHER)) == 0)
    wanted.x_low = wanted.x_high = NAN;
  if ((abilities & (ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_ZOOMS_TOGETHER)) == 0)
    wanted.y_low = wanted.y_high = NAN;
  if ((abilities & ANM_FIGURE_HAS_LOG) == 0)
    wanted.scale = ANM_FIGURE_SCALE_OWN;

  gboolean all = isnan (wanted.x_low) && isnan (wanted.y_low) && wanted.scale == ANM_FIGURE_SCALE_OWN;
  if (all || origin->klass->set_frame == NULL)
    return anm_figure_ref (origin);

  AnmFigure *copy = g_memdup2 (origin, origin->klass->instance_size);
  g_atomic_ref_count_init (&copy->ref_count);
  copy->origin = anm_figure_ref (origin);
  origin->klass->set_frame (copy, &wanted);
  return copy;
}

gboolean
anm_figure_is_log (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->klass->is_log != NULL && self->klass->is_log (self);
}

gboolean
anm_figure_get_axes (const AnmFigure *self,
                     const AnmTheme *theme,
                     double width,
                     double height,
                     gboolean with_title,
                     AnmAxis *x,
                     AnmAxis *y)
{
  g_return_val_if_fail (self != NULL && theme != NULL && x != NULL && y != NULL, FALSE);

  AnmArea body = anm_figure_get_body (self, theme, width, height, with_title);

  *x = *y = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = 0, .high = 1 };
  if (self->empty || self->klass->get_axes == NULL || body.width < 4 || body.height < 4)
    return FALSE;
  self->klass->get_axes (self, theme, &body, x, y);
  return x->start != x->end || y->start != y->end;
}

GArray *
anm_figure_select (const AnmFigure *self,
                   double x_low,
                   double x_high,
                   double y_low,
                   double y_high)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (self != NULL, points);

  if (self->empty || self->klass->select == NULL)
    return points;
  self->klass->select (self, isnan (x_low) ? -INFINITY : x_low, isnan (x_high) ? INFINITY : x_high,
                       isnan (y_low) ? -INFINITY : y_low, isnan (y_high) ? INFINITY : y_high, points);
  return points;
}

double
anm_figure_find_y (const AnmFigure *self,
                   int series)
{
  g_return_val_if_fail (self != NULL, NAN);

  return self->empty || self->klass->find_y == NULL ? NAN : self->klass->find_y (self, series);
}

int
anm_figure_step_series (const AnmFigure *self,
                        int series,
                        int direction)
{
  g_return_val_if_fail (self != NULL && direction != 0, -1);

  if (self->empty || self->klass->step_series == NULL)
    return -1;
  return self->klass->step_series (self, series, direction);
}

int
anm_step_row (int series,
              int direction,
              guint n_series,
              const guint *row_order)
{
  int last = (int) n_series - 1, k = 0;

  if (n_series == 0)
    return -1;
  if (series >= 0)
    {
      k = row_order == NULL ? series : 0;
      while (row_order != NULL && k < last && row_order[k] != (guint) series)
        k++;
      k += CLAMP (direction, -(int) n_series, (int) n_series);
    }
  else if (direction == G_MAXINT)
    k = last;
  k = CLAMP (k, 0, last);
  return row_order != NULL ? (int) row_order[k] : k;
}

void
anm_figure_draw_place (const AnmFigure *self,
                       cairo_t *cr,
                       const AnmTheme *theme,
                       double width,
                       double height,
                       gboolean with_title,
                       const AnmFigurePlace *place)
{
  g_return_if_fail (self != NULL && cr != NULL && theme != NULL && place != NULL);

  AnmArea body = anm_figure_get_body (self, theme, width, height, with_title);

  if (self->empty || self->klass->draw_place == NULL || body.width < 4 || body.height < 4)
    return;
  cairo_save (cr);
  self->klass->draw_place (self, cr, theme, &body, place);
  cairo_restore (cr);
}
