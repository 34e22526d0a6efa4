/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/time-line-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/line-path.h"
#include "widgets/figures/number.h"

static void
time_line_finalize (AnmFigure *figure)
{
  AnmTimeLineFigure *self = (AnmTimeLineFigure *) figure;

  for (guint i = 0; i < self->n_rows; i++)
    {
      g_free (self->rows[i].name);
      g_free (self->rows[i].unit);
      g_strfreev (self->rows[i].categories);
      anm_measurements_clear (&self->rows[i].measurements);
    }
  g_free (self->rows);
  g_free (self->x_label);
  g_free (self->time_unit);
}

char *
anm_time_line_format_value (const AnmTimeLineFigure *self,
                            guint row,
                            double value)
{
  const AnmTimeLineRow *channel = &self->rows[row];

  if (channel->categories != NULL)
    {
      guint n_categories = g_strv_length (channel->categories);
      if (value >= 0 && value < n_categories)
        return g_strdup (channel->categories[(guint) value]);
    }
  if (self->scale == ANM_TIME_LINE_Z_SCORE)
    {
      double z = (value - channel->mean) / channel->deviation;
      g_autofree char *number = anm_number_format_fixed (z, 1);
      return g_strconcat (z > 0 ? "+" : "", number, NULL);
    }
  return anm_number_format (value, fabs (value) >= 1000 ? 5 : 3);
}

/* Places */

static gboolean
time_line_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  AnmTimeLineLayout layout;

  anm_time_line_lay_out ((const AnmTimeLineFigure *) figure, theme, area, &layout);
  if (x < layout.x.low || x > layout.x.high)
    return FALSE;
  *pixel_x = anm_axis_project (&layout.x, x);
  *top = layout.plot.y;
  *bottom = layout.plot.y + layout.plot.height;
  return TRUE;
}

static gboolean
time_line_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  const double edge = 4;
  AnmTimeLineLayout layout;

  anm_time_line_lay_out (self, theme, area, &layout);
  if (pixel_x < layout.plot.x - edge || pixel_x > layout.plot.x + layout.plot.width + edge
      || pixel_y < layout.plot.y || pixel_y >= layout.plot.y + layout.plot.height)
    return FALSE;

  guint row = (guint) MIN ((pixel_y - layout.plot.y) / layout.row_height, self->n_rows - 1);
  const AnmMeasurements *measured = &self->rows[row].measurements;
  double time = CLAMP (anm_axis_invert (&layout.x, pixel_x), layout.x.low, layout.x.high);
  AnmAxis axis = anm_time_line_row_axis (self, &layout, row);

  /* The cursor goes by whole steps, as the strips do that share it. */
  place->x = self->step > 0 ? CLAMP (round (time / self->step) * self->step, layout.x.low, layout.x.high) : time;
  place->y = anm_axis_invert (&axis, pixel_y);
  place->series = (int) row;
  gssize at = anm_nearest_index (measured->times, measured->n_measured, TRUE, time);
  if (at >= 0 && fabs (anm_axis_project (&layout.x, measured->times[at]) - pixel_x) < 12)
    place->index = (int) at;
  return TRUE;
}

static double
time_line_step_x (const AnmFigure *figure,
                  double x,
                  int direction)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  double step = self->step > 0 ? self->step : (self->x_max - self->x_min) / 100;

  if (direction == G_MAXINT)
    return self->x_max;
  if (direction == -G_MAXINT)
    return self->x_min;

  double at = direction > 0 ? floor (x / step + 1e-6) + 1 : ceil (x / step - 1e-6) - 1;
  return CLAMP (at * step, self->x_min, self->x_max);
}

static char *
describe_measurement (const AnmTimeLineFigure *self,
                      guint row,
                      gsize at)
{
  const AnmTimeLineRow *channel = &self->rows[row];
  g_autofree char *when = anm_number_format_time (channel->measurements.times[at], self->time_unit);
  g_autofree char *value = channel->categories != NULL ? anm_time_line_format_value (self, row, channel->measurements.values[at])
                                                       : anm_number_format (channel->measurements.values[at], 4);

  /* Translators: when, channel, value, unit. */
  return g_strchomp (g_strdup_printf (_("%s, %s: %s %s"), when, channel->name, value, channel->unit));
}

/* Between measurements: that there is none, and the last one before. */
static char *
describe_gap (const AnmTimeLineFigure *self,
              guint row,
              double x)
{
  const AnmTimeLineRow *channel = &self->rows[row];
  gssize at = anm_measurements_find (&channel->measurements, x);
  g_autofree char *when = anm_number_format_time (x, self->time_unit);

  if (at < 0)
    /* Translators: when, channel. */
    return g_strdup_printf (_("%s, %s: not measured yet"), when, channel->name);

  g_autofree char *last = describe_measurement (self, row, (gsize) at);
  /* Translators: when, channel; then the last measurement: when, channel, value, unit. */
  return g_strdup_printf (_("%s, %s: no measurement here\nlast: %s"), when, channel->name, last);
}

static char *
time_line_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;

  if (place->series >= 0 && (guint) place->series < self->n_rows)
    {
      const AnmMeasurements *measured = &self->rows[place->series].measurements;
      return place->index >= 0 && (gsize) place->index < measured->n_measured
               ? describe_measurement (self, (guint) place->series, (gsize) place->index)
               : describe_gap (self, (guint) place->series, place->x);
    }

  GString *text = g_string_new (NULL);
  for (guint i = 0; i < self->n_rows; i++)
    {
      gssize at = anm_measurements_find (&self->rows[i].measurements, place->x);
      if (at < 0)
        continue;

      g_autofree char *words = describe_measurement (self, i, (gsize) at);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", words);
    }
  return g_string_free (text, FALSE);
}

static void
time_line_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;

  anm_table_add (table, _("channel"), _("unit"), *self->x_label != '\0' ? self->x_label : _("time"), _("value"), NULL);
  for (guint i = 0; i < self->n_rows; i++)
    for (gsize k = 0; k < self->rows[i].measurements.n_measured; k++)
      {
        const AnmTimeLineRow *row = &self->rows[i];
        g_autofree char *time = anm_table_number (row->measurements.times[k]);
        g_autofree char *value = row->categories != NULL ? anm_time_line_format_value (self, i, row->measurements.values[k])
                                                         : anm_table_float ((float) row->measurements.values[k]);
        anm_table_add (table, row->name, row->unit, time, value, NULL);
      }
}

static double
time_line_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  const AnmTimeLineFigure *self = (const AnmTimeLineFigure *) figure;
  double each = self->n_rows <= 9 ? 84 : self->n_rows <= 16 ? 64 : 54;

  return (self->n_rows * each + 46) * theme->text_scale;
}

static void
time_line_get_axes (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    AnmAxis *x,
                    AnmAxis *y)
{
  AnmTimeLineLayout layout;

  anm_time_line_lay_out ((const AnmTimeLineFigure *) figure, theme, area, &layout);
  *x = layout.x;
}

static void
time_line_set_frame (AnmFigure *copy,
                     const AnmFigureFrame *frame)
{
  AnmTimeLineFigure *self = (AnmTimeLineFigure *) copy;

  if (isnan (frame->x_low))
    return;
  self->x_min = frame->x_low;
  self->x_max = frame->x_high;
}

static int
time_line_step_series (const AnmFigure *figure,
                       int series,
                       int direction)
{
  return anm_step_row (series, direction, ((const AnmTimeLineFigure *) figure)->n_rows, NULL);
}

static const AnmFigureClass time_line_class = {
  .instance_size = sizeof (AnmTimeLineFigure),
  .finalize = time_line_finalize,
  .draw = anm_time_line_draw,
  .draw_cursor = anm_time_line_draw_cursor,
  .draw_rest = anm_time_line_draw_rest,
  .locate = time_line_locate,
  .project_x = time_line_project_x,
  .step_x = time_line_step_x,
  .describe = time_line_describe,
  .fill_table = time_line_fill_table,
  .natural_height = time_line_natural_height,
  .abilities = ANM_FIGURE_ZOOMS_X | ANM_FIGURE_BRUSHES_SPAN,
  .get_axes = time_line_get_axes,
  .set_frame = time_line_set_frame,
  .step_series = time_line_step_series,
  .draw_place = anm_time_line_draw_place,
};

static void
find_moments (AnmTimeLineRow *row)
{
  const AnmMeasurements *measured = &row->measurements;
  double sum = 0, squares = 0;

  for (gsize i = 0; i < measured->n_measured; i++)
    sum += measured->values[i];
  row->mean = measured->n_measured > 0 ? sum / measured->n_measured : 0;
  for (gsize i = 0; i < measured->n_measured; i++)
    squares += (measured->values[i] - row->mean) * (measured->values[i] - row->mean);
  row->deviation = measured->n_measured > 1 ? sqrt (squares / (measured->n_measured - 1)) : 0;
  if (!(row->deviation > 0))
    row->deviation = 1;
}

static void
find_row_range (const AnmTimeLineFigure *self,
                AnmTimeLineRow *row)
{
  double low = row->measurements.least, high = row->measurements.greatest;
  AnmAxis axis = { .kind = ANM_AXIS_LINEAR };

  if (row->categories != NULL)
    {
      low = 0;
      high = MAX (g_strv_length (row->categories), 2) - 1;
    }
  else if (self->scale == ANM_TIME_LINE_FIT)
    {
      low = isnan (row->normal_low) ? low : MIN (low, row->normal_low);
      high = isnan (row->normal_high) ? high : MAX (high, row->normal_high);
    }
  else if (self->scale == ANM_TIME_LINE_Z_SCORE)
    {
      /* The same range in all rows unless a value lies outside it. */
      low = MIN (low, row->mean - 3 * row->deviation);
      high = MAX (high, row->mean + 3 * row->deviation);
    }
  anm_axis_set_range (&axis, low, high);
  row->low = axis.low;
  row->high = axis.high;
}

static void
init_row (const AnmTimeLineFigure *self,
          AnmTimeLineRow *row,
          const AnmTimeLineChannel *channel)
{
  row->name = g_strdup (channel->name != NULL ? channel->name : "");
  row->unit = g_strdup (channel->unit != NULL ? channel->unit : "");
  row->categories = g_strdupv ((char **) channel->categories);
  row->normal_low = row->categories == NULL ? channel->normal_low : NAN;
  row->normal_high = row->categories == NULL ? channel->normal_high : NAN;
  anm_measurements_init (&row->measurements, channel->times, channel->values, channel->n_points, self->step);
  row->mean = channel->mean;
  row->deviation = channel->deviation;
  if (!(row->deviation > 0) || !isfinite (row->deviation) || !isfinite (row->mean))
    find_moments (row);
  find_row_range (self, row);
}

/**
 * anm_time_line_new:
 * @line: what is to be drawn; everything is copied
 *
 * All channels of one patient under one another on one time axis. Missing is
 * missing: lines have gaps, a channel that is measured often and then not at all for two hours (two
 * steps of a record in other units) is hatched, one that is measured seldom is dots.
 */
AnmFigure *
anm_time_line_new (const AnmTimeLine *line)
{
  g_return_val_if_fail (line != NULL, NULL);

  AnmTimeLineFigure *self = anm_figure_new (&time_line_class, line->title, line->caption, line->finding, _("This record has no channels"));
  AnmAxis axis = { .kind = ANM_AXIS_LINEAR };

  self->x_label = g_strdup (line->x_label != NULL ? line->x_label : "");
  self->time_unit = g_strdup (line->time_unit);
  self->step = line->step;
  self->cursor = line->cursor;
  self->scale = line->scale;
  self->n_rows = line->n_channels;
  self->rows = g_new0 (AnmTimeLineRow, line->n_channels);
  for (guint i = 0; i < line->n_channels; i++)
    init_row (self, &self->rows[i], &line->channels[i]);

  double low = line->x_min, high = line->x_max;
  for (guint i = 0; i < self->n_rows && !(line->x_max > line->x_min); i++)
    {
      const AnmMeasurements *measured = &self->rows[i].measurements;
      if (measured->n_measured == 0)
        continue;
      low = fmin (low, measured->times[0]);
      high = fmax (high, measured->times[measured->n_measured - 1]);
    }
  anm_axis_set_range (&axis, low, high);
  self->x_min = axis.low;
  self->x_max = axis.high;
  self->base.empty = self->n_rows == 0;
  return (AnmFigure *) self;
}
