/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/epoch-map-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/number.h"

/* The row of @panel that holds @epoch; -1 if none does. */
static int
find_row (const EpochPanel *panel,
          double epoch)
{
  double row = round ((epoch - panel->map->y_first) / panel->map->y_step);

  return row >= 0 && row < panel->map->n_rows ? (int) row : -1;
}

static gboolean
epoch_map_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  AnmEpochMapLayout layout;

  anm_epoch_map_lay_out (self, theme, area, &layout);
  for (guint i = 0; i < self->n_panels; i++)
    {
      AnmArea plot = anm_epoch_map_get_panel (self, &layout, i);
      AnmHeatMapFigure map = anm_epoch_map_get_map (self, i);

      *top = plot.y;
      *bottom = plot.y + plot.height;
      if (plot.height > 0 && anm_columns_project (&map.columns, &plot, x, pixel_x))
        return TRUE;
    }
  return FALSE;
}

/* In a map: its number and the column; beside them: the number of maps and that of the line. */
static gboolean
epoch_map_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  AnmEpochMapLayout layout;

  anm_epoch_map_lay_out (self, theme, area, &layout);
  if (pixel_y < layout.maps.y || pixel_y > layout.maps.y + layout.maps.height)
    return FALSE;
  place->y = CLAMP (round (anm_axis_invert (&layout.epochs, pixel_y)), ceil (self->first_epoch), floor (self->last_epoch));
  for (guint i = 0; i < self->n_panels; i++)
    {
      AnmArea plot = anm_epoch_map_get_panel (self, &layout, i);
      const AnmHeatMapFigure map = anm_epoch_map_get_map (self, i);
      int column = anm_columns_at_pixel (&map.columns, &plot, pixel_x);
      guint row;

      if (column < 0 || !(plot.height > 0) || pixel_y > plot.y + plot.height || pixel_y < plot.y)
        continue;
      row = anm_heat_map_place_at_pixel (&map, &plot, pixel_y);
      *place = (AnmFigurePlace){ anm_columns_get_x (&map.columns, (guint) column), map.y_first + row * map.y_step, (int) i, column };
      return TRUE;
    }
  if (!(layout.side.width > 0) || pixel_x < layout.side.x - 10 || pixel_x > layout.side.x + layout.side.width)
    return FALSE;
  place->x = NAN;
  place->series = (int) self->n_panels;
  for (guint i = 0; i < self->n_lines; i++)
    if (self->lines[i].thick)
      place->series = (int) (self->n_panels + i);
  return TRUE;
}

static double
epoch_map_step_x (const AnmFigure *figure,
                  double x,
                  int direction)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;

  return self->n_panels > 0 ? anm_columns_step_x (&self->panels[0].map->columns, x, direction) : NAN;
}

static char *
describe_epoch (double epoch)
{
  g_autofree char *number = anm_number_format (epoch, 6);

  return g_strdup_printf (_("epoch %s"), number);
}

static char *
describe_lines (const AnmEpochMapFigure *self,
                double epoch)
{
  g_autofree char *where = describe_epoch (epoch);
  GString *text = g_string_new (where);

  for (guint i = 0; i < self->n_lines; i++)
    {
      double value = anm_epoch_line_get (&self->lines[i], epoch);
      g_autofree char *words = isnan (value) ? g_strdup (_("none")) : self->side_unit != NULL ? anm_number_format_duration (value, self->side_unit) : anm_number_format (value, 3);
      const char *label = self->lines[i].label != NULL ? self->lines[i].label : self->side_label;

      if (self->n_panels > 1)
        g_string_append_printf (text, "\n%s: %s", label, words);
      else
        g_string_append_printf (text, "%s%s %s", i == 0 ? ": " : ", ", label, words);
    }
  return g_string_free (text, FALSE);
}

static char *
epoch_map_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  double epoch = !isnan (place->y) ? place->y : !isnan (self->chosen) ? self->chosen : floor (self->last_epoch);
  guint i = place->series >= 0 ? (guint) place->series : 0;
  int row, column;

  if (i >= self->n_panels)
    return describe_lines (self, epoch);
  row = find_row (&self->panels[i], epoch);
  column = place->index >= 0 ? place->index : anm_columns_find (&self->panels[i].map->columns, place->x);
  if (row < 0 || column < 0 || (guint) column >= self->panels[i].map->columns.n_columns)
    return NULL;

  const AnmHeatMapFigure *map = self->panels[i].map;
  g_autofree char *when = describe_epoch (epoch);
  g_autofree char *where = anm_columns_describe (&map->columns, (guint) column);
  g_autofree char *value = anm_heat_map_format_cell (map, (double) map->cells[(gsize) row * map->columns.n_columns + (gsize) column]);

  if (self->n_panels > 1)
    /* Translators: a run; an epoch; a point in time; a number. */
    return g_strdup_printf (_("%s, %s, %s: %s"), self->panels[i].label, when, where, value);
  /* Translators: place in a picture: time, row, value. */
  return g_strdup_printf (_("%s, %s: %s"), when, where, value);
}

/* One map as it lies, with its line behind; several one below the other. */
static void
fill_one (const AnmEpochMapFigure *self,
          GPtrArray *table)
{
  const AnmHeatMapFigure *map = self->panels[0].map;
  g_autoptr (GStrvBuilder) header = g_strv_builder_new ();

  g_strv_builder_add (header, _("epoch"));
  for (guint column = 0; column < map->columns.n_columns; column++)
    {
      g_autofree char *x = anm_table_number (anm_columns_get_x (&map->columns, column));
      g_strv_builder_add (header, x);
    }
  for (guint i = 0; i < self->n_lines; i++)
    {
      g_autofree char *name = self->lines[i].label != NULL ? g_strdup_printf (C_("axis", "%s %s"), self->side_label, self->lines[i].label) : g_strdup (self->side_label);
      g_strv_builder_add (header, name);
    }
  g_ptr_array_add (table, g_strv_builder_end (header));

  for (guint row = 0; row < map->n_rows; row++)
    {
      g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
      double epoch = map->y_first + row * map->y_step;
      g_autofree char *number = anm_table_number (epoch);

      g_strv_builder_add (words, number);
      for (guint column = 0; column < map->columns.n_columns; column++)
        {
          g_autofree char *value = anm_table_float (map->cells[(gsize) row * map->columns.n_columns + column]);
          g_strv_builder_add (words, value);
        }
      for (guint i = 0; i < self->n_lines; i++)
        {
          g_autofree char *value = anm_table_number (anm_epoch_line_get (&self->lines[i], epoch));
          g_strv_builder_add (words, value);
        }
      g_ptr_array_add (table, g_strv_builder_end (words));
    }
}

static void
epoch_map_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;

  if (self->n_panels == 1)
    {
      fill_one (self, table);
      return;
    }
  anm_table_add (table, _("run"), _("epoch"), self->x_label, self->value_name, NULL);
  for (guint i = 0; i < self->n_panels; i++)
    {
      const AnmHeatMapFigure *map = self->panels[i].map;

      for (guint row = 0; row < map->n_rows; row++)
        for (guint column = 0; column < map->columns.n_columns; column++)
          {
            g_autofree char *epoch = anm_table_number (map->y_first + row * map->y_step);
            g_autofree char *x = anm_table_number (anm_columns_get_x (&map->columns, column));
            g_autofree char *value = anm_table_float (map->cells[(gsize) row * map->columns.n_columns + column]);
            anm_table_add (table, self->panels[i].label, epoch, x, value, NULL);
          }
    }
}

static void
epoch_map_get_axes (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    AnmAxis *x,
                    AnmAxis *y)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  AnmEpochMapLayout layout;
  AnmHeatMapFigure map;
  AnmArea plot;

  if (self->n_panels == 0)
    return;
  anm_epoch_map_lay_out (self, theme, area, &layout);
  plot = anm_epoch_map_get_panel (self, &layout, 0);
  map = anm_epoch_map_get_map (self, 0);
  *x = anm_columns_get_axis (&map.columns, &plot);
  *y = layout.epochs;
}

/* From run to run, where there are several. */
static int
epoch_map_step_series (const AnmFigure *figure,
                       int series,
                       int direction)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;

  return self->n_panels > 1 ? anm_step_row (series, direction, self->n_panels, NULL) : -1;
}

/* The map that the keyboard has reached. */
static void
epoch_map_draw_place (const AnmFigure *figure,
                      cairo_t *cr,
                      const AnmTheme *theme,
                      const AnmArea *area,
                      const AnmFigurePlace *place)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  AnmEpochMapLayout layout;
  AnmArea plot;

  if (place->series < 0 || (guint) place->series >= self->n_panels)
    return;
  anm_epoch_map_lay_out (self, theme, area, &layout);
  plot = anm_epoch_map_get_panel (self, &layout, (guint) place->series);
  if (plot.height > 0)
    anm_draw_ring (cr, theme, &plot);
}

static void
epoch_map_set_frame (AnmFigure *copy,
                     const AnmFigureFrame *frame)
{
  AnmEpochMapFigure *self = (AnmEpochMapFigure *) copy;

  self->x_low = frame->x_low;
  self->x_high = frame->x_high;
  self->y_low = self->y_high = NAN;
  /* A row at least. */
  if (!isnan (frame->y_low) && frame->y_high > self->first_epoch && frame->y_low < self->last_epoch)
    {
      const double length = MIN (MAX (frame->y_high - frame->y_low, 1), self->last_epoch - self->first_epoch);

      self->y_low = CLAMP (frame->y_low, self->first_epoch, self->last_epoch - length);
      self->y_high = self->y_low + length;
    }
  self->shown_scale = frame->scale;
}

static gboolean
epoch_map_is_log (const AnmFigure *figure)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;

  return self->n_panels > 0 && anm_epoch_map_get_map (self, 0).scale == ANM_HEAT_LOG;
}

static double
epoch_map_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  return 320 * theme->text_scale;
}

static void
epoch_map_finalize (AnmFigure *figure)
{
  AnmEpochMapFigure *self = (AnmEpochMapFigure *) figure;

  for (guint i = 0; i < self->n_panels; i++)
    {
      g_free (self->panels[i].label);
      anm_figure_unref ((AnmFigure *) self->panels[i].map);
      for (guint k = 0; k < self->panels[i].n_notes; k++)
        g_free ((char *) self->panels[i].notes[k].text);
      g_free (self->panels[i].notes);
    }
  g_free (self->panels);
  for (guint i = 0; i < self->n_lines; i++)
    {
      g_free (self->lines[i].label);
      g_free (self->lines[i].epochs);
      g_free (self->lines[i].values);
    }
  g_free (self->lines);
  g_free (self->x_label);
  g_free (self->side_label);
  g_free (self->side_unit);
  g_free (self->value_name);
}

static const AnmFigureClass epoch_map_class = {
  .instance_size = sizeof (AnmEpochMapFigure),
  .finalize = epoch_map_finalize,
  .draw = anm_epoch_map_draw,
  .locate = epoch_map_locate,
  .project_x = epoch_map_project_x,
  .draw_cursor = anm_epoch_map_draw_cursor,
  .step_x = epoch_map_step_x,
  .describe = epoch_map_describe,
  .fill_table = epoch_map_fill_table,
  .natural_height = epoch_map_natural_height,
  .abilities = ANM_FIGURE_ZOOMS_X | ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_HAS_LOG,
  .get_axes = epoch_map_get_axes,
  .set_frame = epoch_map_set_frame,
  .is_log = epoch_map_is_log,
  .step_series = epoch_map_step_series,
  .draw_place = epoch_map_draw_place,
};

static void
add_panel (AnmEpochMapFigure *self,
           const AnmEpochMap *given,
           const AnmEpochPanel *panel)
{
  EpochPanel *own = &self->panels[self->n_panels];
  double step = panel->y_step > 0 ? panel->y_step : 1;

  if (panel->n_rows == 0 || panel->n_columns == 0 || panel->cells == NULL)
    return;
  self->n_panels++;
  own->label = g_strdup (panel->label != NULL ? panel->label : "");
  own->map = (AnmHeatMapFigure *) anm_heat_map_new (&(AnmHeatMap){
    .x_label = given->x_label,
    .y_label = _("epoch"),
    .x_time_unit = given->x_time_unit,
    .scale = given->scale,
    .range = given->range,
    .floor = given->floor,
    .n_rows = panel->n_rows,
    .n_columns = panel->n_columns,
    .cells = panel->cells,
    .x_first = panel->x_first,
    .x_step = panel->x_step,
    .y_first = panel->y_first,
    .y_step = step,
    .trace = panel->trace,
    .trace_label = panel->trace_label,
    .selected_row = -1,
  });
  own->map->seamless = TRUE;
  own->n_notes = panel->n_notes;
  own->notes = g_memdup2 (panel->notes, panel->n_notes * sizeof *panel->notes);
  for (guint i = 0; i < panel->n_notes; i++)
    own->notes[i].text = g_strdup (panel->notes[i].text);
  self->first_epoch = MIN (self->first_epoch, panel->y_first - step / 2);
  self->last_epoch = MAX (self->last_epoch, panel->y_first + (panel->n_rows - 0.5) * step);
}

/**
 * anm_epoch_map_new:
 * @given: what is to be drawn; everything is copied
 *
 * Maps of epochs by columns, side by side in one colour scale, and beside them numbers by
 * epoch; all share the axis of epochs, which goes downwards.
 */
AnmFigure *
anm_epoch_map_new (const AnmEpochMap *given)
{
  g_return_val_if_fail (given != NULL, NULL);

  AnmEpochMapFigure *self = anm_figure_new (&epoch_map_class, given->title, given->caption, given->finding, given->empty_text);

  self->x_label = g_strdup (given->x_label != NULL ? given->x_label : "");
  self->side_label = g_strdup (given->side_label != NULL ? given->side_label : "");
  self->side_unit = g_strdup (given->side_unit);
  self->value_name = g_strdup (given->value_name != NULL ? given->value_name : "");
  self->chosen = given->chosen;
  self->x_low = self->x_high = self->y_low = self->y_high = NAN;
  self->first_epoch = INFINITY;
  self->last_epoch = -INFINITY;
  self->panels = g_new0 (EpochPanel, MAX (given->n_panels, 1));
  for (guint i = 0; i < given->n_panels; i++)
    add_panel (self, given, &given->panels[i]);

  self->n_lines = given->n_lines;
  self->lines = g_new0 (EpochLine, MAX (given->n_lines, 1));
  for (guint i = 0; i < given->n_lines; i++)
    {
      const AnmEpochLine *line = &given->lines[i];

      self->lines[i] = (EpochLine){
        .label = g_strdup (line->label),
        .colour = line->colour,
        .thick = line->thick,
        .n_points = line->n_points,
        .epochs = g_memdup2 (line->epochs, line->n_points * sizeof *line->epochs),
        .values = g_memdup2 (line->values, line->n_points * sizeof *line->values),
      };
      for (guint k = 0; k < line->n_points; k++)
        {
          self->first_epoch = MIN (self->first_epoch, line->epochs[k] - 0.5);
          self->last_epoch = MAX (self->last_epoch, line->epochs[k] + 0.5);
          if (isfinite (line->values[k]))
            self->most = MAX (self->most, line->values[k]);
        }
    }
  self->base.empty = self->n_panels == 0;
  return (AnmFigure *) self;
}
