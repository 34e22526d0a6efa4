/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/columns.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

void
anm_columns_init (AnmColumns *self,
                  guint n_columns,
                  double first,
                  double step,
                  const char *label,
                  const char *time_unit)
{
  self->n_columns = n_columns;
  self->first = isfinite (first) ? first : 0;
  self->step = step > 0 && isfinite (step) ? step : 1;
  self->low = self->high = NAN;
  self->label = g_strdup (label != NULL ? label : "");
  self->time_unit = g_strdup (time_unit);
}

void
anm_columns_clear (AnmColumns *self)
{
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->time_unit, g_free);
}

double
anm_columns_get_x (const AnmColumns *self,
                   guint column)
{
  return self->first + column * self->step;
}

/* Steps and epochs have no ticks between them; a scale of numbers has. */
static AnmAxisKind
get_axis_kind (const AnmColumns *self)
{
  if (self->time_unit != NULL)
    return ANM_AXIS_TIME;
  return self->step == floor (self->step) ? ANM_AXIS_WHOLE : ANM_AXIS_LINEAR;
}

AnmAxis
anm_columns_get_axis (const AnmColumns *self,
                      const AnmArea *plot)
{
  return (AnmAxis){
    .kind = get_axis_kind (self),
    .time_unit = self->time_unit,
    .low = isnan (self->low) ? self->first - self->step / 2 : self->low,
    .high = isnan (self->high) ? self->first + (MAX (self->n_columns, 1) - 0.5) * self->step : self->high,
    .start = plot->x,
    .end = plot->x + plot->width,
  };
}

void
anm_stretch_of_columns (const AnmColumns *self,
                        double low,
                        double high,
                        double *shown_low,
                        double *shown_high)
{
  double least = self->first - self->step / 2, greatest = self->first + (MAX (self->n_columns, 1) - 0.5) * self->step;

  *shown_low = *shown_high = NAN;
  if (isnan (low) || isnan (high) || !(high > least) || !(low < greatest))
    return;

  double length = MAX (high - low, self->step);
  double middle = CLAMP ((low + high) / 2, least + length / 2, MAX (greatest - length / 2, least + length / 2));
  if (length >= greatest - least)
    return;
  *shown_low = middle - length / 2;
  *shown_high = middle + length / 2;
}

void
anm_columns_set_span (AnmColumns *self,
                      double low,
                      double high)
{
  anm_stretch_of_columns (self, low, high, &self->low, &self->high);
}

void
anm_columns_get_shown (const AnmColumns *self,
                       guint *first,
                       guint *end)
{
  *first = 0;
  *end = self->n_columns;
  if (isnan (self->low) || self->n_columns == 0)
    return;

  double low = floor ((self->low - self->first) / self->step + 0.5 + 1e-9);
  double high = ceil ((self->high - self->first) / self->step + 0.5 - 1e-9);
  *first = (guint) CLAMP (low, 0, self->n_columns - 1.0);
  *end = (guint) CLAMP (high, *first + 1.0, self->n_columns);
}

gboolean
anm_columns_project (const AnmColumns *self,
                     const AnmArea *plot,
                     double x,
                     double *pixel_x)
{
  AnmAxis axis = anm_columns_get_axis (self, plot);

  if (self->n_columns == 0 || x < axis.low || x > axis.high)
    return FALSE;
  *pixel_x = anm_axis_project (&axis, x);
  return TRUE;
}

int
anm_columns_find (const AnmColumns *self,
                  double x)
{
  double column = floor ((x - self->first) / self->step + 0.5);

  /* The right edge belongs to the last column. */
  if (column == self->n_columns && x <= self->first + (self->n_columns - 0.5) * self->step)
    column--;
  return column >= 0 && column < self->n_columns ? (int) column : -1;
}

int
anm_columns_at_pixel (const AnmColumns *self,
                      const AnmArea *plot,
                      double pixel_x)
{
  if (pixel_x < plot->x || pixel_x > plot->x + plot->width || self->n_columns == 0)
    return -1;

  AnmAxis axis = anm_columns_get_axis (self, plot);
  double column = floor ((anm_axis_invert (&axis, pixel_x) - self->first) / self->step + 0.5);
  return (int) CLAMP (column, 0, self->n_columns - 1.0);
}

double
anm_columns_step_x (const AnmColumns *self,
                    double x,
                    int direction)
{
  if (self->n_columns == 0)
    return NAN;

  double last = self->n_columns - 1;
  double at = (x - self->first) / self->step;
  if (direction == G_MAXINT)
    at = last;
  else if (direction == -G_MAXINT)
    at = 0;
  else
    at = direction > 0 ? floor (at + 1e-6) + 1 : ceil (at - 1e-6) - 1;
  return self->first + CLAMP (at, 0, last) * self->step;
}

char *
anm_columns_describe (const AnmColumns *self,
                      guint column)
{
  double x = anm_columns_get_x (self, column);

  if (self->time_unit != NULL)
    return anm_number_format_time (x, self->time_unit);

  g_autofree char *number = anm_number_format (x, 4);
  /* Translators: the word on a horizontal axis and a number on it, as in "epoch 36". */
  return *self->label != '\0' ? g_strdup_printf (C_("axis", "%s %s"), self->label, number) : g_steal_pointer (&number);
}

static void
draw_tick (cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *plot,
           double pixel_x,
           const char *label,
           double align)
{
  double bottom = plot->y + plot->height;
  double x = align == 0 ? plot->x : align == 1 ? plot->x + plot->width : pixel_x;

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, anm_sharp (pixel_x), bottom + 1);
  cairo_line_to (cr, anm_sharp (pixel_x), bottom + 4);
  cairo_stroke (cr);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), label, x,
                 bottom + 13 * theme->text_scale, align, 0.5, 0);
}

/* The round number nearest to the middle, and none if that is an end. */
static double
find_middle (const AnmColumns *self)
{
  double span = (self->n_columns - 1) * self->step;
  AnmAxis axis = { .kind = self->time_unit != NULL ? ANM_AXIS_TIME : ANM_AXIS_WHOLE, .time_unit = self->time_unit,
                   .low = self->first, .high = self->first + span, .start = 0, .end = 1 };
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = anm_axis_get_ticks (&axis, 4, ticks);
  double middle = self->first + span / 2, best = NAN;

  for (guint i = 0; i < n_ticks; i++)
    if (isnan (best) || fabs (ticks[i].value - middle) < fabs (best - middle))
      best = ticks[i].value;
  return !isnan (best) && fabs (best - middle) < 0.3 * span ? best : NAN;
}

void
anm_columns_draw_foot (const AnmColumns *self,
                       cairo_t *cr,
                       const AnmTheme *theme,
                       const AnmArea *plot)
{
  if (self->n_columns == 0)
    return;
  if (!isnan (self->low))
    {
      anm_columns_draw_ticks (self, cr, theme, plot);
      return;
    }

  double last_x = anm_columns_get_x (self, self->n_columns - 1), pixel_x = 0;
  double middle = self->n_columns > 2 ? find_middle (self) : NAN;
  g_autofree char *first = anm_number_format (self->first, 4);
  g_autofree char *last = anm_number_format_duration (last_x, self->time_unit);
  g_autofree char *middle_text = anm_number_format (middle, 4);
  double first_width, middle_width, last_width;

  anm_text_measure (theme, ANM_TEXT_AXIS, first, 0, &first_width, NULL);
  anm_text_measure (theme, ANM_TEXT_AXIS, middle_text, 0, &middle_width, NULL);
  anm_text_measure (theme, ANM_TEXT_AXIS, last, 0, &last_width, NULL);

  anm_columns_project (self, plot, last_x, &pixel_x);
  draw_tick (cr, theme, plot, pixel_x, last, self->n_columns == 1 ? 0.5 : 1);
  if (self->n_columns == 1 || first_width + last_width + 8 > plot->width)
    return;

  anm_columns_project (self, plot, self->first, &pixel_x);
  draw_tick (cr, theme, plot, pixel_x, first, 0);
  if (isnan (middle) || !anm_columns_project (self, plot, middle, &pixel_x)
      || pixel_x - middle_width / 2 < plot->x + first_width + 8
      || pixel_x + middle_width / 2 > plot->x + plot->width - last_width - 8)
    return;
  draw_tick (cr, theme, plot, pixel_x, middle_text, 0.5);
}

void
anm_columns_draw_ticks (const AnmColumns *self,
                        cairo_t *cr,
                        const AnmTheme *theme,
                        const AnmArea *plot)
{
  AnmAxis axis = anm_columns_get_axis (self, plot);
  AnmAxis centres = axis;
  double width = plot->width / theme->text_scale;
  guint at_most = (guint) CLAMP (MIN (width / 38, 3 + width / 90), 1, 12);
  AnmTick ticks[ANM_AXIS_MAX_TICKS];

  if (self->n_columns == 1)
    {
      g_autofree char *only = anm_number_format (self->first, 4);
      draw_tick (cr, theme, plot, anm_axis_project (&axis, self->first), only, 0.5);
      return;
    }

  /* Ticks where columns are, not at the edges between them. */
  centres.low = MAX (self->first, axis.low);
  centres.high = MIN (anm_columns_get_x (self, self->n_columns - 1), axis.high);
  guint n_ticks = anm_axis_get_ticks (&centres, at_most, ticks);
  double end = -INFINITY, bottom = plot->y + plot->height;
  /* Numbers of panels side by side don't meet. */
  double over = plot->width < 90 * theme->text_scale ? 2 : 9 * theme->text_scale;

  for (guint i = 0; i < n_ticks; i++)
    {
      double x = anm_axis_project (&axis, ticks[i].value);

      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, anm_sharp (x), bottom + 1);
      cairo_line_to (cr, anm_sharp (x), bottom + 4);
      cairo_stroke (cr);
      anm_tick_number_draw (cr, theme, ticks[i].label, x, bottom + 13 * theme->text_scale, plot->x - over, plot->x + plot->width + over, &end);
    }
}
