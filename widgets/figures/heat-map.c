/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/heat-map-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

static void
heat_map_finalize (AnmFigure *figure)
{
  AnmHeatMapFigure *self = (AnmHeatMapFigure *) figure;

  anm_columns_clear (&self->columns);
  g_free (self->y_label);
  g_free (self->cells);
  g_free (self->row_order);
  g_strfreev (self->row_labels);
  g_free (self->thin);
  g_free (self->trace);
  g_free (self->trace_label);
}

static double
find_range (const AnmHeatMapFigure *self)
{
  double range = 0;

  for (gsize i = 0; i < (gsize) self->n_rows * self->columns.n_columns; i++)
    if (isfinite (self->cells[i]))
      range = MAX (range, fabs ((double) self->cells[i]));
  return range;
}

/* From a value to the place on its colour map: -1 .. 1 or 0 .. 1. */
double
anm_heat_map_position (const AnmHeatMapFigure *self,
                       double value)
{
  if (self->scale == ANM_HEAT_LOG)
    {
      if (!(value > self->floor))
        return isnan (value) ? NAN : 0;
      return log (MIN (value, self->range) / self->floor) / log (self->range / self->floor);
    }
  return CLAMP (value / self->range, self->scale == ANM_HEAT_DIVERGING ? -1 : 0, 1);
}

/* The row drawn at place @k from above. */
guint
anm_heat_map_row_at (const AnmHeatMapFigure *self,
                     guint k)
{
  return self->row_order != NULL ? self->row_order[k] : k;
}

/* The axis of rows */

static double
first_row (const AnmHeatMapFigure *self)
{
  return self->y_step != 0 && self->row_order == NULL ? self->y_first : 0;
}

static double
row_step (const AnmHeatMapFigure *self)
{
  return self->y_step > 0 && self->row_order == NULL ? self->y_step : 1;
}

AnmAxis
anm_heat_map_get_row_axis (const AnmHeatMapFigure *self,
                           const AnmArea *plot)
{
  const double first = first_row (self), step = row_step (self);

  return (AnmAxis){
    .kind = ANM_AXIS_WHOLE,
    .low = isnan (self->row_low) ? first - step / 2 : self->row_low,
    .high = isnan (self->row_high) ? first + (MAX (self->n_rows, 1) - 0.5) * step : self->row_high,
    .start = plot->y,
    .end = plot->y + plot->height,
  };
}

void
anm_heat_map_set_rows (AnmHeatMapFigure *self,
                       double low,
                       double high)
{
  const AnmColumns rows = { .n_columns = self->n_rows, .first = first_row (self), .step = row_step (self) };

  anm_stretch_of_columns (&rows, low, high, &self->row_low, &self->row_high);
}

AnmArea
anm_heat_map_get_rows_area (const AnmHeatMapFigure *self,
                            const AnmArea *plot)
{
  const double least = first_row (self) - row_step (self) / 2, greatest = least + MAX (self->n_rows, 1) * row_step (self);
  const AnmAxis axis = anm_heat_map_get_row_axis (self, plot);
  const double top = anm_axis_project (&axis, least), bottom = anm_axis_project (&axis, greatest);

  return isnan (self->row_low) ? *plot : (AnmArea){ plot->x, top, plot->width, bottom - top };
}

void
anm_heat_map_get_shown_rows (const AnmHeatMapFigure *self,
                             guint *first,
                             guint *end)
{
  const AnmColumns rows = { .n_columns = self->n_rows, .first = first_row (self), .step = row_step (self), .low = self->row_low, .high = self->row_high };

  anm_columns_get_shown (&rows, first, end);
}

int
anm_heat_map_find_place (const AnmHeatMapFigure *self,
                         int row)
{
  if (row < 0 || (guint) row >= self->n_rows)
    return -1;
  for (guint k = 0; k < self->n_rows; k++)
    if (anm_heat_map_row_at (self, k) == (guint) row)
      return (int) k;
  return -1;
}

double
anm_heat_map_find_y (const AnmHeatMapFigure *self,
                     int row)
{
  const int place = anm_heat_map_find_place (self, row);

  return place >= 0 ? first_row (self) + place * row_step (self) : NAN;
}

guint
anm_heat_map_place_at_pixel (const AnmHeatMapFigure *self,
                             const AnmArea *plot,
                             double pixel_y)
{
  const AnmArea rows = anm_heat_map_get_rows_area (self, plot);

  return (guint) CLAMP ((pixel_y - rows.y) / rows.height * self->n_rows, 0, MAX (self->n_rows, 1) - 1);
}

char *
anm_heat_map_row_name (const AnmHeatMapFigure *self,
                       guint row)
{
  if (self->row_labels != NULL)
    return g_strdup (self->row_labels[row]);

  g_autofree char *number = anm_number_format (self->y_step != 0 ? self->y_first + row * self->y_step : row + 1.0, 5);
  return *self->y_label != '\0' ? g_strdup_printf (C_("axis", "%s %s"), self->y_label, number) : g_steal_pointer (&number);
}

char *
anm_heat_map_format_cell (const AnmHeatMapFigure *self,
                          double value)
{
  if (isnan (value))
    return g_strdup (_("missing"));
  if (self->scale == ANM_HEAT_LOG && value == 0)
    return g_strdup (_("below 10⁻³⁸"));

  g_autofree char *number = self->scale == ANM_HEAT_DIVERGING && self->range <= 10 ? anm_number_format_fixed (value, 2)
                                                                                   : anm_number_format (value, 3);
  return self->scale == ANM_HEAT_DIVERGING && value > 0 ? g_strconcat ("+", number, NULL) : g_steal_pointer (&number);
}

static gboolean
heat_map_project_x (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    double x,
                    double *pixel_x,
                    double *top,
                    double *bottom)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  AnmArea plot = anm_heat_map_lay_out (self, theme, area);

  *top = plot.y;
  *bottom = plot.y + plot.height;
  return anm_columns_project (&self->columns, &plot, x, pixel_x);
}

static gboolean
heat_map_locate (const AnmFigure *figure,
                 const AnmTheme *theme,
                 const AnmArea *area,
                 double pixel_x,
                 double pixel_y,
                 AnmFigurePlace *place)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  AnmArea plot = anm_heat_map_lay_out (self, theme, area);
  int column = anm_columns_at_pixel (&self->columns, &plot, pixel_x);

  if (column < 0 || pixel_y < plot.y || pixel_y > plot.y + plot.height)
    return FALSE;

  guint row = anm_heat_map_row_at (self, anm_heat_map_place_at_pixel (self, &plot, pixel_y));
  place->x = anm_columns_get_x (&self->columns, (guint) column);
  place->y = self->y_step != 0 ? self->y_first + row * self->y_step : row;
  place->series = (int) row;
  place->index = column;
  return TRUE;
}

static double
heat_map_step_x (const AnmFigure *figure,
                 double x,
                 int direction)
{
  return anm_columns_step_x (&((const AnmHeatMapFigure *) figure)->columns, x, direction);
}

static char *
heat_map_describe (const AnmFigure *figure,
                   const AnmFigurePlace *place)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  int column = place->index >= 0 ? place->index : anm_columns_find (&self->columns, place->x);
  int row = place->series >= 0 ? place->series : self->selected_row;

  if (column < 0 || (guint) column >= self->columns.n_columns)
    return NULL;

  g_autofree char *where = anm_columns_describe (&self->columns, (guint) column);
  if (row < 0 || (guint) row >= self->n_rows)
    return g_steal_pointer (&where);

  gsize cell = (gsize) row * self->columns.n_columns + (gsize) column;
  g_autofree char *name = anm_heat_map_row_name (self, (guint) row);
  g_autofree char *value = anm_heat_map_format_cell (self, (double) self->cells[cell]);
  if (self->thin != NULL && self->thin[cell] && !isnan (self->cells[cell]))
    /* Translators: place in a picture: time, row, value that wasn't measured then but carried on. */
    return g_strdup_printf (_("%s, %s: %s, carried on"), where, name, value);
  /* Translators: place in a picture: time, row, value. */
  return g_strdup_printf (_("%s, %s: %s"), where, name, value);
}

static void
heat_map_fill_table (const AnmFigure *figure,
                     GPtrArray *table)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  g_autoptr (GStrvBuilder) header = g_strv_builder_new ();

  g_strv_builder_add (header, *self->y_label != '\0' ? self->y_label : _("row"));
  for (guint column = 0; column < self->columns.n_columns; column++)
    {
      g_autofree char *x = anm_table_number (anm_columns_get_x (&self->columns, column));
      g_strv_builder_add (header, x);
    }
  g_ptr_array_add (table, g_strv_builder_end (header));

  for (guint row = 0; row < self->n_rows; row++)
    {
      g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
      g_autofree char *number = anm_table_number (self->y_step != 0 ? self->y_first + row * self->y_step : row + 1.0);

      g_strv_builder_add (words, self->row_labels != NULL ? self->row_labels[row] : number);
      for (guint column = 0; column < self->columns.n_columns; column++)
        {
          g_autofree char *value = anm_table_float (self->cells[(gsize) row * self->columns.n_columns + column]);
          g_strv_builder_add (words, value);
        }
      g_ptr_array_add (table, g_strv_builder_end (words));
    }
}

static double
heat_map_natural_height (const AnmFigure *figure,
                         const AnmTheme *theme)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;

  return CLAMP (self->n_rows * 11.0, 120, 420) * theme->text_scale;
}

static AnmFigureAbilities
heat_map_get_abilities (const AnmFigure *figure)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;

  /* Rows of strips meet those of the strip beside them. */
  return ANM_FIGURE_ZOOMS_X | ANM_FIGURE_BRUSHES_SPAN | (self->bare ? 0 : ANM_FIGURE_ZOOMS_Y) |
         (self->scale != ANM_HEAT_DIVERGING && !self->bare ? ANM_FIGURE_HAS_LOG : 0);
}

static void
heat_map_get_axes (const AnmFigure *figure,
                   const AnmTheme *theme,
                   const AnmArea *area,
                   AnmAxis *x,
                   AnmAxis *y)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  AnmArea plot = anm_heat_map_lay_out (self, theme, area);

  *x = anm_columns_get_axis (&self->columns, &plot);
  if (!self->bare)
    *y = anm_heat_map_get_row_axis (self, &plot);
}

static double
heat_map_find_y (const AnmFigure *figure,
                 int series)
{
  return anm_heat_map_find_y ((const AnmHeatMapFigure *) figure, series);
}

static void
heat_map_set_frame (AnmFigure *copy,
                    const AnmFigureFrame *frame)
{
  AnmHeatMapFigure *self = (AnmHeatMapFigure *) copy;

  anm_columns_set_span (&self->columns, frame->x_low, frame->x_high);
  anm_heat_map_set_rows (self, frame->y_low, frame->y_high);
  if (frame->scale != ANM_FIGURE_SCALE_OWN && self->scale != ANM_HEAT_DIVERGING)
    self->scale = frame->scale == ANM_FIGURE_SCALE_LOG ? ANM_HEAT_LOG : ANM_HEAT_SEQUENTIAL;
}

static gboolean
heat_map_is_log (const AnmFigure *figure)
{
  return ((const AnmHeatMapFigure *) figure)->scale == ANM_HEAT_LOG;
}

static int
heat_map_step_series (const AnmFigure *figure,
                      int series,
                      int direction)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;

  return anm_step_row (series, direction, self->n_rows, self->row_order);
}

static const AnmFigureClass heat_map_class = {
  .instance_size = sizeof (AnmHeatMapFigure),
  .finalize = heat_map_finalize,
  .draw = anm_heat_map_draw,
  .locate = heat_map_locate,
  .project_x = heat_map_project_x,
  .draw_cursor = anm_heat_map_draw_cursor,
  .step_x = heat_map_step_x,
  .describe = heat_map_describe,
  .fill_table = heat_map_fill_table,
  .natural_height = heat_map_natural_height,
  .get_abilities = heat_map_get_abilities,
  .get_axes = heat_map_get_axes,
  .set_frame = heat_map_set_frame,
  .is_log = heat_map_is_log,
  .step_series = heat_map_step_series,
  .find_y = heat_map_find_y,
  .draw_place = anm_heat_map_draw_place,
};

/**
 * anm_heat_map_new:
 * @map: what is to be drawn; everything is copied
 *
 * Cells row by row; each row and column of cells is as wide as the next. The
 * pixels are never smoothed. Where there are more cells than pixels the one
 * farthest from 0 is drawn, so that nothing that stands out is lost.
 */
AnmFigure *
anm_heat_map_new (const AnmHeatMap *map)
{
  g_return_val_if_fail (map != NULL, NULL);

  AnmHeatMapFigure *self = anm_figure_new (&heat_map_class, map->title, map->caption, map->finding, map->empty_text);
  gsize n_cells = (gsize) map->n_rows * map->n_columns;

  anm_columns_init (&self->columns, map->n_columns, map->x_first, map->x_step, map->x_label, map->x_time_unit);
  self->y_label = g_strdup (map->y_label != NULL ? map->y_label : "");
  self->scale = map->scale;
  self->n_rows = map->n_rows;
  self->cells = g_memdup2 (map->cells, n_cells * sizeof *map->cells);
  self->row_order = map->row_order != NULL ? g_memdup2 (map->row_order, map->n_rows * sizeof *map->row_order) : NULL;
  self->thin = map->thin != NULL ? g_memdup2 (map->thin, n_cells) : NULL;
  self->trace = map->trace != NULL ? g_memdup2 (map->trace, map->n_rows * sizeof *map->trace) : NULL;
  self->trace_label = g_strdup (map->trace_label);
  self->selected_row = map->selected_row >= 0 && (guint) map->selected_row < map->n_rows ? map->selected_row : -1;
  self->bare = map->bare;
  self->crossed = map->crossed;
  self->y_first = map->y_first;
  self->y_step = map->y_step;
  self->row_low = self->row_high = NAN;
  if (map->row_labels != NULL)
    {
      self->row_labels = g_new0 (char *, map->n_rows + 1);
      for (guint i = 0; i < map->n_rows; i++)
        self->row_labels[i] = g_strdup (map->row_labels[i] != NULL ? map->row_labels[i] : "");
    }

  self->base.empty = n_cells == 0 || map->cells == NULL;
  self->range = isnan (map->range) && !self->base.empty ? find_range (self) : fabs (map->range);
  if (!(self->range > 0) || !isfinite (self->range))
    self->range = 1;
  self->floor = map->floor > 0 && map->floor < self->range ? map->floor : self->range * 1e-4;
  for (gsize i = 0; i < n_cells && !self->has_missing && !self->base.empty; i++)
    self->has_missing = isnan (self->cells[i]);
  return (AnmFigure *) self;
}
