/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/label-layout.h"
#include "widgets/figures/line-path.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"
#include "widgets/figures/time-line-private.h"

void
anm_time_line_lay_out (const AnmTimeLineFigure *self,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       AnmTimeLineLayout *layout)
{
  const double scale = theme->text_scale;
  gboolean narrow = area->width < 420 * scale;
  double names = 40 * scale;
  double foot = (*self->x_label != '\0' && area->height >= 120 * scale ? 38 : 22) * scale;

  for (guint i = 0; i < self->n_rows; i++)
    {
      names = MAX (names, anm_text_get_width (theme, ANM_TEXT_NAME, self->rows[i].name));
      names = MAX (names, anm_text_get_width (theme, ANM_TEXT_AXIS, self->rows[i].unit));
    }
  layout->name_width = ceil (MIN (names + 1, narrow ? 64 * scale : 118 * scale));

  double left = layout->name_width + (narrow ? 6 : 42) * scale;
  double right = (narrow ? 12 : 68) * scale;
  layout->plot = (AnmArea){ area->x + floor (left), area->y + 2, MAX (floor (area->width - left - right), 1), MAX (floor (area->height - foot - 2), 1) };
  layout->row_height = layout->plot.height / MAX (self->n_rows, 1);
  layout->x = (AnmAxis){ .kind = ANM_AXIS_TIME, .time_unit = self->time_unit, .low = self->x_min, .high = self->x_max,
                         .start = layout->plot.x, .end = layout->plot.x + layout->plot.width };
}

AnmAxis
anm_time_line_row_axis (const AnmTimeLineFigure *self,
                        const AnmTimeLineLayout *layout,
                        guint row)
{
  double top = layout->plot.y + row * layout->row_height;
  double margin = CLAMP (0.12 * layout->row_height, 2, 12);

  return (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->rows[row].low, .high = self->rows[row].high,
                    .start = top + layout->row_height - margin, .end = top + margin };
}

static void
draw_normal_range (const AnmTimeLineFigure *self,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmTimeLineLayout *layout,
                   guint row,
                   const AnmAxis *axis)
{
  const AnmTimeLineRow *channel = &self->rows[row];
  double upper_edge = layout->plot.y + row * layout->row_height + 3, lower_edge = upper_edge + layout->row_height - 6;

  if (isnan (channel->normal_low) && isnan (channel->normal_high))
    return;

  /* A range with one end goes on to the edge of its row. */
  double top = isnan (channel->normal_high) ? upper_edge : anm_axis_project_clamped (axis, channel->normal_high);
  double bottom = isnan (channel->normal_low) ? lower_edge : anm_axis_project_clamped (axis, channel->normal_low);
  top = CLAMP (top, upper_edge, lower_edge);
  bottom = CLAMP (bottom, upper_edge, lower_edge);
  if (bottom - top < 1.5)
    {
      /* One healthy value, as with the coma scale, is a line. */
      anm_set_colour (cr, anm_colour_fade (anm_theme_get_colour (theme, ANM_COLOUR_NORMAL_RANGE), 2.5));
      cairo_rectangle (cr, layout->plot.x, (top + bottom) / 2 - 0.75, layout->plot.width, 1.5);
    }
  else
    {
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_NORMAL_RANGE));
      cairo_rectangle (cr, layout->plot.x, top, layout->plot.width, bottom - top);
    }
  cairo_fill (cr);
}

/* Two numbers beside the row: the normal range in its green, else the span of the data. */
static void
draw_row_numbers (const AnmTimeLineFigure *self,
                  cairo_t *cr,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  const AnmTimeLineLayout *layout,
                  guint row,
                  const AnmAxis *axis)
{
  const AnmTimeLineRow *channel = &self->rows[row];
  gboolean normal = isfinite (channel->normal_low) || isfinite (channel->normal_high);
  gboolean visible = normal && self->scale != ANM_TIME_LINE_Z_SCORE;
  double values[2] = { channel->measurements.least, channel->measurements.greatest };
  double positions[2];
  double top = layout->plot.y + row * layout->row_height;
  guint n_values = 0;

  if (visible)
    {
      values[0] = channel->normal_low;
      values[1] = channel->normal_high;
    }
  for (guint i = 0; i < 2; i++)
    if (isfinite (values[i]) && values[i] >= channel->low && values[i] <= channel->high && (n_values == 0 || values[i] != values[0]))
      {
        values[n_values] = values[i];
        positions[n_values++] = anm_axis_project (axis, values[i]);
      }
  if (layout->row_height < 12 * theme->text_scale)
    return;
  if (n_values == 2 && layout->row_height < 30 * theme->text_scale)
    n_values = 1;

  anm_labels_spread (positions, n_values, 12 * theme->text_scale, top + 7 * theme->text_scale, top + layout->row_height - 7 * theme->text_scale);
  for (guint i = 0; i < n_values; i++)
    {
      g_autofree char *text = anm_time_line_format_value (self, row, values[i]);
      AnmColour colour = visible ? anm_theme_get_text_colour (theme, ANM_COLOUR_NORMAL_RANGE) : anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
      double room = layout->plot.x - 10 - area->x - layout->name_width, width = anm_text_get_width (theme, ANM_TEXT_AXIS, text);
      /* Words are shortened, numbers aren't. */
      if (width > room && channel->categories == NULL)
        continue;
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, colour, text, layout->plot.x - 6, positions[i], 1, 0.5, room);
    }
}

static void
draw_row_name (const AnmTimeLineFigure *self,
               cairo_t *cr,
               const AnmTheme *theme,
               const AnmArea *area,
               const AnmTimeLineLayout *layout,
               guint row)
{
  const AnmTimeLineRow *channel = &self->rows[row];
  double middle = layout->plot.y + (row + 0.5) * layout->row_height;
  gboolean two_lines = layout->row_height >= 30 * theme->text_scale && *channel->unit != '\0';
  AnmTextStyle style = layout->row_height >= 15 * theme->text_scale ? ANM_TEXT_NAME : ANM_TEXT_AXIS;

  if (layout->row_height < 10 * theme->text_scale)
    return;
  anm_text_draw (cr, theme, style, anm_theme_get_colour (theme, ANM_COLOUR_INK), channel->name, area->x,
                 two_lines ? middle - 7.5 * theme->text_scale : middle, 0, 0.5, layout->name_width);
  if (two_lines)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), channel->unit, area->x,
                   middle + 7.5 * theme->text_scale, 0, 0.5, layout->name_width);
}

/* A channel that is measured often and then not at all, for two hours or two steps, whichever is longer. */
static void
draw_outages (const AnmTimeLineFigure *self,
              cairo_t *cr,
              const AnmTheme *theme,
              const AnmTimeLineLayout *layout,
              guint row)
{
  const AnmMeasurements *measured = &self->rows[row].measurements;
  double shortest = MAX (2 * self->step, g_strcmp0 (self->time_unit, "h") == 0 ? 2 : 0);

  if (measured->sparse || !(self->step > 0))
    return;
  for (gsize i = 1; i < measured->n_measured; i++)
    {
      double begin = (anm_time_step_of (measured->times[i - 1], self->step) + 1) * self->step;
      double end = anm_time_step_of (measured->times[i], self->step) * self->step;
      if (end - begin < shortest * (1 - 1e-9))
        continue;

      /* The step's edges, but never over what was measured. */
      double left = MAX (anm_axis_project (&layout->x, begin), layout->plot.x);
      double right = MIN (anm_axis_project (&layout->x, end), layout->plot.x + layout->plot.width);
      AnmArea hatched = { left, layout->plot.y + row * layout->row_height + 3, right - left, layout->row_height - 6 };
      anm_draw_hatching (cr, theme, &hatched);
    }
}

static void
draw_row (const AnmTimeLineFigure *self,
          cairo_t *cr,
          const AnmTheme *theme,
          const AnmArea *area,
          const AnmTimeLineLayout *layout,
          guint row)
{
  const AnmTimeLineRow *channel = &self->rows[row];
  AnmAxis axis = anm_time_line_row_axis (self, layout, row);
  double top = layout->plot.y + row * layout->row_height;

  draw_row_name (self, cr, theme, area, layout, row);
  draw_normal_range (self, cr, theme, layout, row, &axis);
  if (layout->plot.x - area->x > layout->name_width + 20 * theme->text_scale)
    draw_row_numbers (self, cr, theme, area, layout, row, &axis);
  if (channel->measurements.n_measured == 0)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), _("not measured"),
                   layout->plot.x + 8, top + layout->row_height / 2, 0, 0.5, layout->plot.width - 16);

  cairo_save (cr);
  cairo_rectangle (cr, layout->plot.x - 3, top + 1, layout->plot.width + 6, layout->row_height - 2);
  cairo_clip (cr);
  draw_outages (self, cr, theme, layout, row);
  anm_measurements_draw (&channel->measurements, cr, theme, &layout->x, &axis, layout->row_height >= 24 ? 1.6 : 1.2,
                         layout->row_height >= 24 ? 2.6 : 1.6);
  cairo_restore (cr);

  if (row + 1 < self->n_rows)
    {
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, area->x, anm_sharp (top + layout->row_height));
      cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (top + layout->row_height));
      cairo_stroke (cr);
    }
}

static void
draw_time_axis (const AnmTimeLineFigure *self,
                cairo_t *cr,
                const AnmTheme *theme,
                const AnmArea *area,
                const AnmTimeLineLayout *layout)
{
  double bottom = layout->plot.y + layout->plot.height;
  double width = layout->plot.width / theme->text_scale;
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = anm_axis_get_ticks (&layout->x, (guint) CLAMP (width / 52, 2, 12), ticks);
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, layout->plot.x, anm_sharp (bottom));
  cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (bottom));
  for (guint i = 0; i < n_ticks; i++)
    {
      double x = anm_sharp (anm_axis_project (&layout->x, ticks[i].value) - 0.25);
      cairo_move_to (cr, x, bottom);
      cairo_line_to (cr, x, bottom + 4);
    }
  cairo_stroke (cr);
  for (guint i = 0; i < n_ticks; i++)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[i].label, anm_axis_project (&layout->x, ticks[i].value),
                   bottom + 13 * theme->text_scale, 0.5, 0.5, 0);
  if (*self->x_label != '\0' && area->height >= 120 * theme->text_scale)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->x_label, layout->plot.x + layout->plot.width / 2,
                   bottom + 28 * theme->text_scale, 0.5, 0.5, layout->plot.width);
}

void
anm_time_line_draw (const AnmFigure *figure,
                    cairo_t *cr,
                    const AnmTheme *theme,
                    const AnmArea *area)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  AnmTimeLineLayout layout;

  anm_time_line_lay_out (self, theme, area, &layout);
  for (guint i = 0; i < self->n_rows; i++)
    draw_row (self, cr, theme, area, &layout, i);
  draw_time_axis (self, cr, theme, area, &layout);
}

/* What goes with a cursor */

/* The last value up to @x, and when it was measured: in grey if that was before the step that ends at @x. */
static void
draw_values (const AnmTimeLineFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const AnmArea *area,
             const AnmTimeLineLayout *layout,
             double x)
{
  double left = layout->plot.x + layout->plot.width + 8 * theme->text_scale;
  double room = area->x + area->width - left;
  gboolean two_lines = layout->row_height >= 30 * theme->text_scale;

  if (room < 40 * theme->text_scale)
    return;
  for (guint i = 0; i < self->n_rows; i++)
    {
      const AnmMeasurements *measured = &self->rows[i].measurements;
      gssize at = anm_measurements_find (measured, x);
      double middle = layout->plot.y + (i + 0.5) * layout->row_height;
      if (at < 0 || layout->row_height < 12 * theme->text_scale)
        continue;

      gboolean current = !(self->step > 0) || x - measured->times[at] < self->step * (1 + 1e-9);
      g_autofree char *value = anm_time_line_format_value (self, i, measured->values[at]);
      g_autofree char *when = anm_number_format_time (round (10 * measured->times[at]) / 10, self->time_unit);
      anm_text_draw (cr, theme, ANM_TEXT_NAME, anm_theme_get_colour (theme, current ? ANM_COLOUR_INK : ANM_COLOUR_MUTED), value, left,
                     two_lines ? middle - 7.5 * theme->text_scale : middle, 0, 0.5, room);
      if (two_lines)
        anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), when, left,
                       middle + 7.5 * theme->text_scale, 0, 0.5, room);
    }
}

static void
draw_pill (const AnmTimeLineFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmTimeLineLayout *layout,
           double x)
{
  g_autofree char *text = anm_number_format_time (x, self->time_unit);

  anm_pill_draw (cr, theme, text, anm_axis_project (&layout->x, x), layout->plot.y + layout->plot.height + 12.5 * theme->text_scale, layout->plot.x - 20,
                 layout->plot.x + layout->plot.width + 20, 0);
}

static void
draw_at (const AnmTimeLineFigure *self,
         cairo_t *cr,
         const AnmTheme *theme,
         const AnmArea *area,
         const AnmTimeLineLayout *layout,
         double x)
{
  anm_draw_cursor_line (cr, theme, anm_axis_project (&layout->x, x), layout->plot.y, layout->plot.y + layout->plot.height + 4);

  for (guint i = 0; i < self->n_rows; i++)
    {
      const AnmMeasurements *measured = &self->rows[i].measurements;
      AnmAxis axis = anm_time_line_row_axis (self, layout, i);
      gssize at = anm_measurements_find (measured, x);

      if (at >= 0 && fabs (anm_axis_project (&layout->x, measured->times[at]) - anm_axis_project (&layout->x, x)) < 6)
        anm_draw_dot (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_theme_get_ground (theme),
                      anm_axis_project (&layout->x, measured->times[at]), anm_axis_project_clamped (&axis, measured->values[at]), 2.8);
    }
  draw_values (self, cr, theme, area, layout, x);
  draw_pill (self, cr, theme, layout, x);
}

void
anm_time_line_draw_cursor (const AnmFigure *figure,
                           cairo_t *cr,
                           const AnmTheme *theme,
                           const AnmArea *area,
                           double x)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  AnmTimeLineLayout layout;

  anm_time_line_lay_out (self, theme, area, &layout);
  draw_at (self, cr, theme, area, &layout, x);
}

void
anm_time_line_draw_rest (const AnmFigure *figure,
                         cairo_t *cr,
                         const AnmTheme *theme,
                         const AnmArea *area)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  AnmTimeLineLayout layout;

  anm_time_line_lay_out (self, theme, area, &layout);
  if (self->cursor >= layout.x.low && self->cursor <= layout.x.high)
    draw_at (self, cr, theme, area, &layout, self->cursor);
  else
    draw_values (self, cr, theme, area, &layout, layout.x.high);
}

void
anm_time_line_draw_place (const AnmFigure *figure,
                          cairo_t *cr,
                          const AnmTheme *theme,
                          const AnmArea *area,
                          const AnmFigurePlace *place)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  AnmTimeLineLayout layout;

  if (place->series < 0 || (guint) place->series >= self->n_rows)
    return;
  anm_time_line_lay_out (self, theme, area, &layout);

  double top = layout.plot.y + place->series * layout.row_height;
  anm_draw_ring (cr, theme, &(AnmArea){ layout.plot.x - 1, top + 2, layout.plot.width + 2, MAX (layout.row_height - 4, 4) });
}
