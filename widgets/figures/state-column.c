/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/line-path.h"
#include "widgets/figures/number.h"
#include "widgets/figures/state-column-private.h"

static void
channel_clear (AnmStateChannel *channel)
{
  g_free (channel->name);
  g_free (channel->unit);
  g_strfreev (channel->categories);
  anm_measurements_clear (&channel->measurements);
}

static void
curves_clear (AnmStateCurves *panel)
{
  for (guint i = 0; i < panel->n_lines; i++)
    {
      g_free (panel->lines[i].label);
      g_free (panel->lines[i].name);
      g_free (panel->lines[i].y);
      g_free (panel->lines[i].low);
      g_free (panel->lines[i].high);
      g_free (panel->lines[i].band_name);
    }
  g_free (panel->lines);
  g_free (panel->label);
  g_free (panel->sublabel);
  g_free (panel->empty_text);
  g_free (panel->end_label);
}

static void
state_column_finalize (AnmFigure *figure)
{
  AnmStateColumnFigure *self = (AnmStateColumnFigure *) figure;

  for (guint i = 0; i < self->n_channels; i++)
    channel_clear (&self->channels[i]);
  g_free (self->channels);
  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    curves_clear (&self->panels[i]);
  anm_columns_clear (&self->columns);
  anm_figure_unref ((AnmFigure *) self->heat);
  g_free (self->branches);
  g_free (self->marked);
  g_free (self->unit_word);
  g_free (self->symbol);
  g_free (self->x);
}

/* Words */

char *
anm_state_column_format_channel (const AnmStateColumnFigure *self,
                                 guint channel,
                                 double value)
{
  char **categories = self->channels[channel].categories;

  if (categories != NULL && value >= 0 && value < g_strv_length (categories))
    return g_strdup (categories[(guint) value]);
  return anm_number_format (value, 3);
}

char *
anm_state_column_format_curve (const AnmStateCurves *panel,
                               double value)
{
  return panel->y.low == 0 && panel->y.high == 1 ? anm_number_format_fixed (value, 2) : anm_number_format (value, 3);
}

/* Which panel and line the @series behind the channels is; FALSE if there is none. */
static gboolean
find_curve (const AnmStateColumnFigure *self,
            guint series,
            guint *panel,
            guint *line)
{
  guint first = self->heat->n_rows + self->n_channels;

  for (*panel = 0; *panel < ANM_STATE_PANELS; (*panel)++)
    {
      if (series >= first && series < first + self->panels[*panel].n_lines)
        {
          *line = series - first;
          return TRUE;
        }
      first += self->panels[*panel].n_lines;
    }
  return FALSE;
}

static void
append_unit (const AnmStateColumnFigure *self,
             GString *text,
             guint unit,
             guint column)
{
  g_autofree char *name = anm_heat_map_row_name (self->heat, unit);
  g_autofree char *value = anm_heat_map_format_cell (self->heat, (double) self->heat->cells[(gsize) unit * self->columns.n_columns + column]);

  g_string_append_printf (text, "%s %s", name, value);
}

static void
append_curve (const AnmStateColumnFigure *self,
              GString *text,
              guint panel,
              guint line,
              guint column)
{
  const AnmStateCurve *curve = &self->panels[panel].lines[line];
  g_autofree char *value = isnan (curve->y[column]) ? g_strdup (_("missing"))
                                                    : anm_state_column_format_curve (&self->panels[panel], curve->y[column]);

  g_string_append_printf (text, "%s %s", curve->name, value);
  if (curve->low != NULL && isfinite (curve->low[column]) && isfinite (curve->high[column]))
    {
      g_autofree char *low = anm_state_column_format_curve (&self->panels[panel], curve->low[column]);
      g_autofree char *high = anm_state_column_format_curve (&self->panels[panel], curve->high[column]);

      g_string_append_printf (text, _(", %s between %s and %s"), curve->band_name, low, high);
    }
}

static guint
first_branch (const AnmStateColumnFigure *self)
{
  guint first = self->heat->n_rows + self->n_channels;

  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    first += self->panels[i].n_lines;
  return first;
}

/* The branch that @series is, -1 if it is none. */
static int
find_branch (const AnmStateColumnFigure *self,
             int series)
{
  const guint first = first_branch (self);

  return self->branches != NULL && series >= 0 && (guint) series >= first && (guint) series - first + 1 < self->heat->n_rows ? series - (int) first : -1;
}

GArray *
anm_state_column_get_branch (const AnmFigure *figure,
                             int series)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  const int branch = self->base.empty ? -1 : find_branch (self, series);

  return branch >= 0 ? anm_branches_list (self->branches, self->heat->n_rows, (guint) branch) : NULL;
}

static char *
describe_branch (const AnmStateColumnFigure *self,
                 guint branch)
{
  g_autoptr (GArray) leaves = anm_branches_list (self->branches, self->heat->n_rows, branch);
  g_autofree char *height = anm_number_format (self->branches[branch].height, 2);

  /* Translators: of a tree of units by similarity: how many are on a branch, and how unlike they are at most. */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Branch of %u row, joined at distance %s", "Branch of %u rows, joined at distance %s", leaves->len),
                          leaves->len, height);
}

static char *
state_column_describe (const AnmFigure *figure,
                       const AnmFigurePlace *place)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  const int column = place->index >= 0 ? place->index : anm_columns_find (&self->columns, place->x);
  const int unit = place->series >= 0 ? place->series : self->heat->selected_row;
  GString *text;
  guint panel, line;

  if (find_branch (self, place->series) >= 0)
    return describe_branch (self, (guint) find_branch (self, place->series));
  if (column < 0 || (guint) column >= self->columns.n_columns)
    return NULL;

  g_autofree char *where = anm_columns_describe (&self->columns, (guint) column);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%s: ", where);
  if (place->series < 0)
    {
      if (unit >= 0)
        append_unit (self, text, (guint) unit, (guint) column);
      for (panel = 0; panel < ANM_STATE_PANELS; panel++)
        for (line = 0; line < self->panels[panel].n_lines; line++)
          {
            if (!g_str_has_suffix (text->str, ": "))
              g_string_append (text, "; ");
            append_curve (self, text, panel, line, (guint) column);
          }
    }
  else if ((guint) unit < self->heat->n_rows)
    append_unit (self, text, (guint) unit, (guint) column);
  else if ((guint) unit < self->heat->n_rows + self->n_channels)
    {
      const AnmStateChannel *channel = &self->channels[(guint) unit - self->heat->n_rows];
      const gssize at = anm_measurements_find (&channel->measurements, self->x[column]);
      g_autofree char *value = at >= 0 ? anm_state_column_format_channel (self, (guint) unit - self->heat->n_rows, channel->measurements.values[at])
                                       : g_strdup (_("not measured"));

      g_string_append_printf (text, "%s %s %s", channel->name, value, at >= 0 ? channel->unit : "");
    }
  else if (find_curve (self, (guint) unit, &panel, &line))
    append_curve (self, text, panel, line, (guint) column);

  g_strchomp (text->str);
  return g_string_free (text, FALSE);
}

/* A row a step: what was measured in it, every unit, every line. */
static void
state_column_fill_table (const AnmFigure *figure,
                         GPtrArray *table)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  g_autoptr (GStrvBuilder) header = g_strv_builder_new ();

  g_strv_builder_add (header, *self->columns.label != '\0' ? self->columns.label : _("step"));
  for (guint unit = 0; unit < self->heat->n_rows; unit++)
    {
      g_autofree char *name = g_strdup_printf ("%s, %s %u", self->symbol, self->unit_word, unit + 1);
      g_strv_builder_add (header, name);
    }
  for (guint i = 0; i < self->n_channels; i++)
    {
      g_autofree char *name = *self->channels[i].unit != '\0' ? g_strdup_printf ("%s (%s)", self->channels[i].name, self->channels[i].unit)
                                                             : g_strdup (self->channels[i].name);
      g_strv_builder_add (header, name);
    }
  for (guint panel = 0; panel < ANM_STATE_PANELS; panel++)
    for (guint line = 0; line < self->panels[panel].n_lines; line++)
      {
        const AnmStateCurve *curve = &self->panels[panel].lines[line];

        g_strv_builder_add (header, curve->name);
        if (curve->low != NULL)
          {
            g_autofree char *low = g_strdup_printf (_("%s, low"), curve->name);
            g_autofree char *high = g_strdup_printf (_("%s, high"), curve->name);
            g_strv_builder_add_many (header, low, high, NULL);
          }
      }
  g_ptr_array_add (table, g_strv_builder_end (header));

  for (guint column = 0; column < self->columns.n_columns; column++)
    {
      g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
      g_autofree char *x = anm_table_number (self->x[column]);

      g_strv_builder_add (words, x);
      for (guint unit = 0; unit < self->heat->n_rows; unit++)
        {
          g_autofree char *word = anm_table_float (self->heat->cells[(gsize) unit * self->columns.n_columns + column]);
          g_strv_builder_add (words, word);
        }
      for (guint i = 0; i < self->n_channels; i++)
        {
          const AnmMeasurements *measured = &self->channels[i].measurements;
          const gssize at = anm_measurements_find (measured, self->x[column]);
          const gboolean current = at >= 0 && self->x[column] - measured->times[at] < self->columns.step * (1 + 1e-9);
          g_autofree char *word = anm_table_float (current ? (float) measured->values[at] : NAN);
          g_strv_builder_add (words, word);
        }
      for (guint panel = 0; panel < ANM_STATE_PANELS; panel++)
        for (guint line = 0; line < self->panels[panel].n_lines; line++)
          {
            const AnmStateCurve *curve = &self->panels[panel].lines[line];
            const double *const columns[] = { curve->y, curve->low, curve->high };

            for (guint k = 0; k < (curve->low != NULL ? 3 : 1); k++)
              {
                g_autofree char *word = anm_table_float ((float) columns[k][column]);
                g_strv_builder_add (words, word);
              }
          }
      g_ptr_array_add (table, g_strv_builder_end (words));
    }
}

/* Places */

static gboolean
state_column_project_x (const AnmFigure *figure,
                        const AnmTheme *theme,
                        const AnmArea *area,
                        double x,
                        double *pixel_x,
                        double *top,
                        double *bottom)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  AnmStateColumnLayout layout;

  anm_state_column_lay_out (self, theme, area, &layout);
  *top = layout.plot.y;
  *bottom = layout.plot.y + layout.plot.height;
  return anm_columns_project (&self->columns, &layout.plot, x, pixel_x);
}

/* The line nearest to a pixel, -1 if none is near. */
static int
find_near_line (const AnmStateColumnFigure *self,
                const AnmStateColumnLayout *layout,
                guint panel,
                guint column,
                double pixel_y)
{
  const AnmAxis axis = anm_state_column_panel_axis (self, layout, panel);
  double nearest = 24;
  int found = -1;

  for (guint line = 0; line < self->panels[panel].n_lines; line++)
    {
      const double y = self->panels[panel].lines[line].y[column];
      const double distance = isnan (y) ? INFINITY : fabs (anm_axis_project_clamped (&axis, y) - pixel_y);

      if (distance < nearest)
        {
          nearest = distance;
          found = (int) line;
        }
    }
  return found;
}

static gboolean
locate_in_tree (const AnmStateColumnFigure *self,
                const AnmStateColumnLayout *layout,
                double pixel_x,
                double pixel_y,
                AnmFigurePlace *place)
{
  const AnmArea *tree = &layout->tree;
  int branch;

  if (!(tree->width > 0) || pixel_x < tree->x || pixel_x > tree->x + tree->width || pixel_y < layout->heat.y || pixel_y > layout->heat.y + layout->heat.height)
    return FALSE;
  branch = anm_branches_find (self->branches, self->heat->n_rows, self->heat->row_order, tree->x, tree->y, tree->width, tree->height, pixel_x, pixel_y);
  if (branch < 0)
    return FALSE;
  *place = (AnmFigurePlace){ NAN, NAN, (int) first_branch (self) + branch, -1 };
  return TRUE;
}

static gboolean
state_column_locate (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double pixel_x,
                     double pixel_y,
                     AnmFigurePlace *place)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  AnmStateColumnLayout layout;
  guint first = self->heat->n_rows;
  int column;

  anm_state_column_lay_out (self, theme, area, &layout);
  if (locate_in_tree (self, &layout, pixel_x, pixel_y, place))
    return TRUE;
  column = anm_columns_at_pixel (&self->columns, &layout.plot, pixel_x);
  if (column < 0 || pixel_y < layout.plot.y || pixel_y > layout.plot.y + layout.plot.height)
    return FALSE;

  place->x = self->x[column];
  place->y = NAN;
  place->series = -1;
  place->index = column;
  if (pixel_y >= layout.heat.y && pixel_y <= layout.heat.y + layout.heat.height)
    {
      const AnmHeatMapFigure heat = anm_state_column_get_heat (self);

      place->series = (int) anm_heat_map_row_at (&heat, anm_heat_map_place_at_pixel (&heat, &layout.heat, pixel_y));
      place->y = place->series;
      return TRUE;
    }
  if (layout.channel_height > 0 && pixel_y < layout.plot.y + self->n_channels * layout.channel_height)
    {
      place->series = (int) (first + (guint) ((pixel_y - layout.plot.y) / layout.channel_height));
      return TRUE;
    }
  first += self->n_channels;
  for (guint panel = 0; panel < ANM_STATE_PANELS; first += self->panels[panel].n_lines, panel++)
    if (layout.panels[panel].height > 0 && pixel_y >= layout.panels[panel].y && pixel_y <= layout.panels[panel].y + layout.panels[panel].height)
      {
        const int line = find_near_line (self, &layout, panel, (guint) column, pixel_y);

        if (line >= 0)
          place->series = (int) first + line;
      }
  return TRUE;
}

static double
state_column_step_x (const AnmFigure *figure,
                     double x,
                     int direction)
{
  return anm_columns_step_x (&((const AnmStateColumnFigure *) figure)->columns, x, direction);
}

static int
state_column_step_series (const AnmFigure *figure,
                          int series,
                          int direction)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;

  return anm_step_row (series < 0 ? self->heat->selected_row : series, direction, self->heat->n_rows, self->heat->row_order);
}

static void
state_column_get_axes (const AnmFigure *figure,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       AnmAxis *x,
                       AnmAxis *y)
{
  const AnmHeatMapFigure heat = anm_state_column_get_heat ((const AnmStateColumnFigure *) figure);
  AnmStateColumnLayout layout;

  anm_state_column_lay_out ((const AnmStateColumnFigure *) figure, theme, area, &layout);
  *x = layout.x;
  *y = anm_heat_map_get_row_axis (&heat, &layout.heat);
}

static double
state_column_find_y (const AnmFigure *figure,
                     int series)
{
  return anm_heat_map_find_y (((const AnmStateColumnFigure *) figure)->heat, series);
}

/* Units whose rows are in the stretch. */
static void
state_column_select (const AnmFigure *figure,
                     double x_low,
                     double x_high,
                     double y_low,
                     double y_high,
                     GArray *points)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;

  for (guint unit = 0; unit < self->heat->n_rows; unit++)
    {
      const double y = anm_heat_map_find_y (self->heat, (int) unit);

      if (y + 0.5 > y_low && y - 0.5 < y_high)
        g_array_append_val (points, unit);
    }
}

static void
state_column_set_frame (AnmFigure *copy,
                        const AnmFigureFrame *frame)
{
  AnmStateColumnFigure *self = (AnmStateColumnFigure *) copy;
  AnmHeatMapFigure heat = *self->heat;

  anm_columns_set_span (&self->columns, frame->x_low, frame->x_high);
  anm_heat_map_set_rows (&heat, frame->y_low, frame->y_high);
  self->row_low = heat.row_low;
  self->row_high = heat.row_high;
}

static double
state_column_natural_height (const AnmFigure *figure,
                             const AnmTheme *theme)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;

  return (CLAMP (self->heat->n_rows * 12.0, 120, 480) + self->n_channels * 40.0 + 250) * theme->text_scale;
}

static const AnmFigureClass state_column_class = {
  .instance_size = sizeof (AnmStateColumnFigure),
  .finalize = state_column_finalize,
  .draw = anm_state_column_draw,
  .draw_rest = anm_state_column_draw_rest,
  .locate = state_column_locate,
  .project_x = state_column_project_x,
  .draw_cursor = anm_state_column_draw_cursor,
  .step_x = state_column_step_x,
  .describe = state_column_describe,
  .fill_table = state_column_fill_table,
  .natural_height = state_column_natural_height,
  .abilities = ANM_FIGURE_ZOOMS_X | ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_BRUSHES_SPAN | ANM_FIGURE_BRUSHES_ROWS,
  .select = state_column_select,
  .find_y = state_column_find_y,
  .get_axes = state_column_get_axes,
  .set_frame = state_column_set_frame,
  .step_series = state_column_step_series,
  .draw_place = anm_state_column_draw_place,
};

/* Making */

static void
copy_channel (AnmStateChannel *to,
              const AnmTimeLineChannel *from,
              double step)
{
  to->name = g_strdup (from->name);
  to->unit = g_strdup (from->unit != NULL ? from->unit : "");
  to->categories = g_strdupv ((char **) from->categories);
  to->normal_low = from->normal_low;
  to->normal_high = from->normal_high;
  anm_measurements_init (&to->measurements, from->times, from->values, from->n_points, step);

  AnmAxis axis = { .kind = ANM_AXIS_LINEAR };
  anm_axis_set_range (&axis, to->measurements.least, to->measurements.greatest);
  to->low = axis.low;
  to->high = axis.high;
}

static void
copy_panel (AnmStateCurves *to,
            const AnmStatePanel *from,
            guint n_steps)
{
  double low = INFINITY, high = -INFINITY;

  to->label = g_strdup (from->label != NULL ? from->label : "");
  to->sublabel = g_strdup (from->sublabel);
  to->empty_text = g_strdup (from->empty_text);
  to->end_label = g_strdup (from->end_label);
  to->end_y = from->n_lines > 0 && from->end_label != NULL ? from->end_y : NAN;
  to->end_colour = from->end_colour;
  to->n_lines = from->n_lines;
  to->lines = g_new0 (AnmStateCurve, MAX (from->n_lines, 1));
  for (guint i = 0; i < from->n_lines; i++)
    {
      const AnmStateLine *line = &from->lines[i];

      to->lines[i] = (AnmStateCurve){
        .label = g_strdup (line->label),
        .name = g_strdup (line->name != NULL ? line->name : line->label != NULL ? line->label : ""),
        .colour = line->colour,
        .thick = line->thick,
        .dashed = line->dashed,
        .y = g_memdup2 (line->y, n_steps * sizeof *line->y),
        .band_faint = line->band_faint,
        .last = -1,
      };
      if (line->low != NULL && line->high != NULL)
        {
          to->lines[i].low = g_memdup2 (line->low, n_steps * sizeof *line->low);
          to->lines[i].high = g_memdup2 (line->high, n_steps * sizeof *line->high);
          to->lines[i].band_name = g_strdup (line->band_name != NULL ? line->band_name : "");
        }
      for (guint k = 0; k < n_steps; k++)
        if (isfinite (line->y[k]))
          {
            low = MIN (low, line->low != NULL && isfinite (line->low[k]) ? MIN (line->low[k], line->y[k]) : line->y[k]);
            high = MAX (high, line->high != NULL && isfinite (line->high[k]) ? MAX (line->high[k], line->y[k]) : line->y[k]);
            to->lines[i].last = k;
          }
    }
  to->y.kind = ANM_AXIS_LINEAR;
  anm_axis_set_range (&to->y, isnan (from->low) ? low : from->low, isnan (from->high) ? high : from->high);
}

AnmFigure *
anm_state_column_new (const AnmStateColumn *column)
{
  g_return_val_if_fail (column != NULL, NULL);

  AnmStateColumnFigure *self = anm_figure_new (&state_column_class, column->title, column->caption, column->finding, column->empty_text);

  anm_columns_init (&self->columns, column->n_steps, column->x_first, column->x_step, column->x_label, column->x_time_unit);
  self->unit_word = g_strdup (column->unit_word != NULL ? column->unit_word : "");
  self->symbol = g_strdup (column->symbol != NULL ? column->symbol : "");
  self->heat = (AnmHeatMapFigure *) anm_heat_map_new (&(AnmHeatMap){
    .y_label = column->unit_word,
    .scale = column->scale,
    .range = column->range,
    .n_rows = column->n_units,
    .n_columns = column->n_steps,
    .cells = column->cells,
    .row_order = column->order,
    .x_first = column->x_first,
    .x_step = column->x_step,
    .selected_row = column->selected,
    .bare = TRUE,
  });
  self->row_low = self->row_high = NAN;
  self->base.empty = column->n_steps == 0 || column->n_units == 0;
  if (self->base.empty)
    return (AnmFigure *) self;

  self->x = g_new (double, column->n_steps);
  for (guint k = 0; k < column->n_steps; k++)
    self->x[k] = anm_columns_get_x (&self->columns, k);
  self->n_channels = column->n_channels;
  self->channels = g_new0 (AnmStateChannel, MAX (column->n_channels, 1));
  for (guint i = 0; i < column->n_channels; i++)
    copy_channel (&self->channels[i], &column->channels[i], column->x_step);
  if (column->branches != NULL && column->order != NULL && column->n_units > 1)
    self->branches = g_memdup2 (column->branches, (column->n_units - 1) * sizeof *column->branches);
  if (column->marked != NULL)
    self->marked = g_memdup2 (column->marked, column->n_units);
  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    copy_panel (&self->panels[i], &column->panels[i], column->n_steps);
  return (AnmFigure *) self;
}
