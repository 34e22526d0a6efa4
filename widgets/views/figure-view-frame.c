/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/views/appearance.h"
#include "widgets/views/figure-view-private.h"

/* What stretch of the figure is shown and what is marked in it. */

/* Deeper than this nobody looks. */
#define DEEPEST 1e5

AnmFigure *
anm_figure_view_get_shown (AnmFigureView *self)
{
  if (self->shown == NULL && self->figure != NULL)
    self->shown = anm_figure_reframe (self->figure, &self->frame);
  return self->shown;
}

void
anm_figure_view_queue_reframe (AnmFigureView *self)
{
  g_clear_pointer (&self->shown, anm_figure_unref);
  anm_figure_view_drop_picture (self);
}

/* Of what is shown, or of the whole figure on the same scale. */
gboolean
anm_figure_view_get_axes (AnmFigureView *self,
                          gboolean whole,
                          AnmAxis *x,
                          AnmAxis *y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AnmFigureFrame all = ANM_FIGURE_FRAME_ALL;
  AnmTheme theme;

  if (self->figure == NULL)
    return FALSE;
  all.scale = self->frame.scale;
  anm_theme_init_for_widget (&theme, widget, self->on_card);

  g_autoptr (AnmFigure) figure = whole ? anm_figure_reframe (self->figure, &all) : anm_figure_ref (anm_figure_view_get_shown (self));
  return anm_figure_get_axes (figure, &theme, gtk_widget_get_width (widget), gtk_widget_get_height (widget), self->show_title, x, y);
}

gboolean
anm_figure_view_is_zoomed (AnmFigureView *self)
{
  return !isnan (self->frame.x_low) || !isnan (self->frame.y_low);
}

gboolean
anm_figure_view_can (AnmFigureView *self,
                     AnmFigureAbilities ability)
{
  const AnmFigureAbilities zooms = ANM_FIGURE_ZOOMS_X | ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_ZOOMS_TOGETHER;

  if (self->figure == NULL || !self->interactive)
    return FALSE;
  if (((ability & zooms) != 0 && !self->zoomable)
      || ((ability & (ANM_FIGURE_BRUSHES_SPAN | ANM_FIGURE_BRUSHES_POINTS)) != 0 && !self->brushable))
    return FALSE;
  return (anm_figure_get_abilities (self->figure) & ability) != 0;
}

/* The stretch between two pixels of @axis, within @whole; NaN on both ends if that is all of it. */
static void
take_stretch (const AnmAxis *axis,
              const AnmAxis *whole,
              double start,
              double end,
              double *low,
              double *high)
{
  double first = anm_axis_project (axis, whole->low), last = anm_axis_project (axis, whole->high);
  double sign = axis->end >= axis->start ? 1 : -1;
  double wanted = (end - start) * sign, all = (last - first) * sign;
  double deepest = whole->kind == ANM_AXIS_WHOLE ? MAX ((whole->high - whole->low) / 2, 1) : whole->kind == ANM_AXIS_TIME ? 1000 : DEEPEST;

  if (!(wanted < all * (1 - 1e-6)))
    {
      *low = *high = NAN;
      return;
    }
  if (wanted < all / deepest)
    {
      double middle = (start + end) / 2;
      wanted = all / deepest;
      start = middle - sign * wanted / 2;
    }
  /* It stays within the whole and keeps its length. */
  double offset = CLAMP ((start - first) * sign, 0, all - wanted);
  *low = offset <= 0 ? whole->low : anm_axis_invert (axis, first + sign * offset);
  *high = offset >= all - wanted ? whole->high : anm_axis_invert (axis, first + sign * (offset + wanted));
}

void
anm_figure_view_zoom (AnmFigureView *self,
                      double factor,
                      double pixel_x,
                      double pixel_y,
                      gboolean vertical)
{
  AnmFigureFrame frame = self->frame;
  AnmAxis x, y, whole_x, whole_y;
  gboolean together = anm_figure_view_can (self, ANM_FIGURE_ZOOMS_TOGETHER);

  if (!anm_figure_view_get_axes (self, FALSE, &x, &y) || !anm_figure_view_get_axes (self, TRUE, &whole_x, &whole_y))
    return;
  if (isnan (pixel_x))
    {
      pixel_x = anm_axis_project (&x, self->cursor_x);
      /* In a plane the cursor goes along a track or by size, not along the axis. */
      if (together || !(self->cursor_x >= x.low) || !(self->cursor_x <= x.high))
        pixel_x = (x.start + x.end) / 2;
    }
  if (isnan (pixel_y))
    {
      const double row = self->cursor_series >= 0 && !together ? anm_figure_find_y (anm_figure_view_get_shown (self), self->cursor_series) : NAN;

      pixel_y = row >= y.low && row <= y.high ? anm_axis_project (&y, row) : (y.start + y.end) / 2;
    }
  pixel_x = CLAMP (pixel_x, MIN (x.start, x.end), MAX (x.start, x.end));
  pixel_y = CLAMP (pixel_y, MIN (y.start, y.end), MAX (y.start, y.end));

  if (together || (!vertical && anm_figure_view_can (self, ANM_FIGURE_ZOOMS_X)))
    take_stretch (&x, &whole_x, pixel_x - (pixel_x - x.start) * factor, pixel_x + (x.end - pixel_x) * factor, &frame.x_low, &frame.x_high);
  if (together || (vertical && anm_figure_view_can (self, ANM_FIGURE_ZOOMS_Y)))
    take_stretch (&y, &whole_y, pixel_y - (pixel_y - y.start) * factor, pixel_y + (y.end - pixel_y) * factor, &frame.y_low, &frame.y_high);
  anm_figure_view_set_frame (self, &frame);
}

void
anm_figure_view_pan (AnmFigureView *self,
                     const AnmAxis *x,
                     const AnmAxis *y,
                     double dx,
                     double dy)
{
  AnmFigureFrame frame = self->frame;
  AnmAxis whole_x, whole_y;

  if (!anm_figure_view_get_axes (self, TRUE, &whole_x, &whole_y))
    return;
  if (!isnan (frame.x_low))
    take_stretch (x, &whole_x, x->start - dx, x->end - dx, &frame.x_low, &frame.x_high);
  if (!isnan (frame.y_low))
    take_stretch (y, &whole_y, y->start - dy, y->end - dy, &frame.y_low, &frame.y_high);
  anm_figure_view_set_frame (self, &frame);
}

void
anm_figure_view_follow (AnmFigureView *self,
                        double position)
{
  AnmAxis x, y;

  if (isnan (self->frame.x_low) || !isfinite (position) || anm_figure_view_can (self, ANM_FIGURE_ZOOMS_TOGETHER) || !anm_figure_view_get_axes (self, FALSE, &x, &y)
      || (position >= x.low && position <= x.high))
    return;

  double at = anm_axis_project (&x, position), margin = 0.1 * (x.end - x.start);
  anm_figure_view_pan (self, &x, &y, position < x.low ? x.start + margin - at : x.end - margin - at, 0);
}

void
anm_figure_view_follow_series (AnmFigureView *self,
                               int series)
{
  AnmAxis x, y;
  double position;

  if (isnan (self->frame.y_low) || anm_figure_view_can (self, ANM_FIGURE_ZOOMS_TOGETHER) || !anm_figure_view_get_axes (self, FALSE, &x, &y))
    return;
  position = anm_figure_find_y (anm_figure_view_get_shown (self), series);
  /* All of a row is to be seen. */
  if (isnan (position) || (position - 0.5 >= y.low && position + 0.5 <= y.high))
    return;

  const double at = anm_axis_project (&y, position), margin = 0.1 * (y.end - y.start), row = fabs (anm_axis_project (&y, position + 0.5) - at);
  anm_figure_view_pan (self, &x, &y, 0, position - 0.5 < y.low ? y.start + MAX (margin, row) - at : y.end - MAX (margin, row) - at);
}

/* Marks */

static gboolean
selections_equal (const GArray *a,
                  const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (guint)) == 0);
}

void
anm_figure_view_brush (AnmFigureView *self,
                       double x_low,
                       double x_high,
                       double y_low,
                       double y_high)
{
  gboolean points = (!isnan (y_low) || !isnan (self->brush_y_low)) && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_POINTS);

  self->brush_low = MIN (x_low, x_high);
  self->brush_high = MAX (x_low, x_high);
  self->brush_y_low = MIN (y_low, y_high);
  self->brush_y_high = MAX (y_low, y_high);
  if (isnan (x_low) || isnan (x_high))
    self->brush_low = self->brush_high = self->brush_y_low = self->brush_y_high = NAN;

  if (points && self->figure != NULL)
    {
      GArray *chosen = isnan (self->brush_low) ? g_array_new (FALSE, FALSE, sizeof (guint))
                                               : anm_figure_select (anm_figure_view_get_shown (self), self->brush_low, self->brush_high,
                                                                    self->brush_y_low, self->brush_y_high);
      gboolean same = selections_equal (chosen, self->selection);
      g_array_unref (self->selection);
      self->selection = chosen;
      if (!same)
        anm_figure_view_emit_selection (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  anm_figure_view_notify_brush (self);
}

guint
anm_figure_view_mark_rows (AnmFigureView *self,
                           double y_low,
                           double y_high)
{
  g_autoptr (GArray) rows = isnan (y_low) || self->figure == NULL ? g_array_new (FALSE, FALSE, sizeof (guint))
                                                                  : anm_figure_select (anm_figure_view_get_shown (self), NAN, NAN, MIN (y_low, y_high), MAX (y_low, y_high));

  if (isnan (y_low))
    self->row_anchor = NAN;
  anm_figure_view_emit_rows (self, rows);
  return rows->len;
}

void
anm_figure_view_end_brush (AnmFigureView *self)
{
  if (anm_figure_view_can (self, ANM_FIGURE_BRUSHES_ROWS) && (!isnan (self->brush_y_low) || isnan (self->brush_low)))
    {
      const double low = self->brush_y_low, high = self->brush_y_high;

      /* The figure shows them from here on, wherever they come to lie. */
      self->brush_y_low = self->brush_y_high = NAN;
      gtk_widget_queue_draw (GTK_WIDGET (self));
      anm_figure_view_mark_rows (self, low, high);
    }
  if (isnan (self->brush_y_low))
    anm_figure_view_emit_brushed (self);
}

void
anm_figure_view_get_frame (AnmFigureView *self,
                           AnmFigureFrame *frame)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self) && frame != NULL);
  *frame = self->frame;
}

static gboolean
same_number (double a,
             double b)
{
  return a == b || (isnan (a) && isnan (b));
}

void
anm_figure_view_set_frame (AnmFigureView *self,
                           const AnmFigureFrame *frame)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self) && frame != NULL);

  if (same_number (frame->x_low, self->frame.x_low) && same_number (frame->x_high, self->frame.x_high)
      && same_number (frame->y_low, self->frame.y_low) && same_number (frame->y_high, self->frame.y_high)
      && frame->scale == self->frame.scale)
    return;
  self->frame = *frame;
  anm_figure_view_queue_reframe (self);
  anm_figure_view_notify_frame (self);
}

void
anm_figure_view_get_brush (AnmFigureView *self,
                           double *low,
                           double *high)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self) && low != NULL && high != NULL);
  *low = self->brush_low;
  *high = self->brush_high;
}

void
anm_figure_view_set_brush (AnmFigureView *self,
                           double low,
                           double high)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self));

  if (!same_number (low, self->brush_low) || !same_number (high, self->brush_high))
    anm_figure_view_brush (self, low, high, NAN, NAN);
}

const GArray *
anm_figure_view_get_selection (AnmFigureView *self)
{
  g_return_val_if_fail (ANM_IS_FIGURE_VIEW (self), NULL);
  return self->selection;
}
