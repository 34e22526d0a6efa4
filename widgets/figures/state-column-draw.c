/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/label-layout.h"
#include "widgets/figures/line-path.h"
#include "widgets/figures/number.h"
#include "widgets/figures/state-column-private.h"
#include "widgets/figures/text.h"

/* Between panels, in pixels. */
#define GAP 12
#define LABEL_GAP 7
#define LABEL_DISTANCE 13

/* Layout */

/* Where the names of channels and panels and the tree stand. */
static double
measure_left (const AnmStateColumnFigure *self,
              const AnmTheme *theme,
              const AnmArea *area)
{
  const double scale = theme->text_scale;
  double names = self->branches != NULL ? 60 * scale : 40 * scale;

  for (guint i = 0; i < self->n_channels; i++)
    {
      names = MAX (names, anm_text_get_width (theme, ANM_TEXT_LABEL, self->channels[i].name) + 8);
      names = MAX (names, anm_text_get_width (theme, ANM_TEXT_AXIS, self->channels[i].unit) + 8);
    }
  /* Beside their numbers. */
  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    {
      names = MAX (names, anm_text_get_width (theme, ANM_TEXT_LABEL, self->panels[i].label) + 32 * scale);
      names = MAX (names, anm_text_get_width (theme, ANM_TEXT_AXIS, self->panels[i].sublabel) + 32 * scale);
    }
  return ceil (MIN (names, CLAMP (0.25 * area->width, 60 * scale, 150 * scale)));
}

static double
measure_right (const AnmStateColumnFigure *self,
               const AnmTheme *theme,
               const AnmArea *area)
{
  const double scale = theme->text_scale;
  double words = 40 * scale;

  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    {
      for (guint k = 0; k < self->panels[i].n_lines; k++)
        words = MAX (words, anm_text_get_width (theme, ANM_TEXT_LABEL_BOLD, self->panels[i].lines[k].label));
      words = MAX (words, anm_text_get_width (theme, ANM_TEXT_LABEL, self->panels[i].end_label));
    }
  if (self->heat->selected_row >= 0)
    {
      g_autofree char *name = anm_heat_map_row_name (self->heat, (guint) self->heat->selected_row);
      words = MAX (words, anm_text_get_width (theme, ANM_TEXT_LABEL_BOLD, name));
    }
  return ceil (MIN (words + LABEL_GAP + 2, CLAMP (0.2 * area->width, 50 * scale, 130 * scale)));
}

static gboolean
has_panel (const AnmStateCurves *panel)
{
  return panel->n_lines > 0 || panel->empty_text != NULL;
}

/* Enough for the states first; then the prediction, the gates, the channels. */
void
anm_state_column_lay_out (const AnmStateColumnFigure *self,
                          const AnmTheme *theme,
                          const AnmArea *area,
                          AnmStateColumnLayout *layout)
{
  const double scale = theme->text_scale;
  const double left = measure_left (self, theme, area), right = measure_right (self, theme, area);
  const double least_heat = MAX (90 * scale, MIN (0.42 * area->height, 12.0 * self->heat->n_rows));
  double room, panel_height, y;

  layout->x_title = *self->columns.label != '\0' && area->height >= 240 * scale;
  layout->plot = (AnmArea){ area->x + left, area->y + 4, MAX (floor (area->width - left - right), 1),
                            MAX (floor (area->height - 4 - (layout->x_title ? 37 : 22) * scale), 1) };
  layout->label_room = area->x + area->width - layout->plot.x - layout->plot.width - LABEL_GAP;
  room = layout->plot.height - least_heat;
  panel_height = CLAMP (0.11 * area->height, 44 * scale, 96 * scale);

  for (int i = ANM_STATE_PANELS - 1; i >= 0; i--)
    {
      const gboolean fits = has_panel (&self->panels[i]) && room >= panel_height + GAP;

      layout->panels[i] = (AnmArea){ layout->plot.x, 0, layout->plot.width, fits ? panel_height : 0 };
      if (fits)
        room -= panel_height + GAP;
    }
  layout->channel_height = self->n_channels > 0 ? CLAMP (MIN (0.052 * area->height, (room - GAP) / self->n_channels), 0, 44 * scale) : 0;
  if (layout->channel_height < 17 * scale)
    layout->channel_height = 0;

  y = layout->plot.y + self->n_channels * layout->channel_height + (layout->channel_height > 0 ? GAP / 2.0 : 0);
  layout->heat = (AnmArea){ layout->plot.x, round (y), layout->plot.width, 0 };
  y = layout->plot.y + layout->plot.height;
  for (int i = ANM_STATE_PANELS - 1; i >= 0; i--)
    if (layout->panels[i].height > 0)
      {
        layout->panels[i].y = round (y - layout->panels[i].height);
        layout->panels[i].height = round (y) - layout->panels[i].y;
        y = layout->panels[i].y - GAP;
      }
  layout->heat.height = MAX (round (y) - layout->heat.y, 1);
  layout->tree = (AnmArea){ 0 };
  if (self->branches != NULL)
    {
      const AnmHeatMapFigure heat = anm_state_column_get_heat (self);
      const AnmArea rows = anm_heat_map_get_rows_area (&heat, &layout->heat);
      const double width = MIN (layout->heat.x - area->x - 6, 62 * scale);

      layout->tree = (AnmArea){ layout->heat.x - 4 - width, rows.y, MAX (width, 0), rows.height };
    }
  layout->x = anm_columns_get_axis (&self->columns, &layout->plot);
}

/* The stretches of time and of rows that are shown are this figure's. */
AnmHeatMapFigure
anm_state_column_get_heat (const AnmStateColumnFigure *self)
{
  AnmHeatMapFigure heat = *self->heat;

  heat.columns = self->columns;
  heat.row_low = self->row_low;
  heat.row_high = self->row_high;
  return heat;
}

AnmAxis
anm_state_column_channel_axis (const AnmStateColumnFigure *self,
                               const AnmStateColumnLayout *layout,
                               guint channel)
{
  const double top = layout->plot.y + channel * layout->channel_height;
  const double margin = MIN (0.16 * layout->channel_height, 6);

  return (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->channels[channel].low, .high = self->channels[channel].high,
                    .start = top + layout->channel_height - margin, .end = top + margin };
}

AnmAxis
anm_state_column_panel_axis (const AnmStateColumnFigure *self,
                             const AnmStateColumnLayout *layout,
                             guint panel)
{
  AnmAxis axis = self->panels[panel].y;

  axis.start = layout->panels[panel].y + layout->panels[panel].height;
  axis.end = layout->panels[panel].y + 4;
  return axis;
}

/* Channels */

/* A step is shown at its end, and its cell reaches half a step to either side: what was measured within the step lies over that cell. */
static AnmAxis
get_time_axis (const AnmStateColumnFigure *self,
               const AnmStateColumnLayout *layout)
{
  AnmAxis axis = layout->x;

  axis.low -= self->columns.step / 2;
  axis.high -= self->columns.step / 2;
  return axis;
}

static void
draw_channel (const AnmStateColumnFigure *self,
              cairo_t *cr,
              const AnmTheme *theme,
              const AnmArea *area,
              const AnmStateColumnLayout *layout,
              guint i)
{
  const AnmStateChannel *channel = &self->channels[i];
  const double scale = theme->text_scale, top = layout->plot.y + i * layout->channel_height;
  const double middle = top + layout->channel_height / 2, room = layout->plot.x - area->x - 8;
  const gboolean two_lines = layout->channel_height >= 30 * scale && *channel->unit != '\0';
  const AnmAxis axis = anm_state_column_channel_axis (self, layout, i), times = get_time_axis (self, layout);

  anm_text_draw (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), channel->name, area->x,
                 two_lines ? middle - 7 * scale : middle, 0, 0.5, room);
  if (two_lines)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), channel->unit, area->x,
                   middle + 7 * scale, 0, 0.5, room);

  cairo_save (cr);
  cairo_rectangle (cr, layout->plot.x - 3, top, layout->plot.width + 6, layout->channel_height);
  cairo_clip (cr);
  anm_measurements_draw (&channel->measurements, cr, theme, &times, &axis, 1.3, 2);
  cairo_restore (cr);
  if (channel->measurements.n_measured == 0)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), _("not measured"), layout->plot.x + 8, middle, 0, 0.5, 0);

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
  cairo_set_line_width (cr, 1);
  if (i + 1 < self->n_channels)
    {
      cairo_move_to (cr, area->x, anm_sharp (top + layout->channel_height));
      cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (top + layout->channel_height));
      cairo_stroke (cr);
    }
}

/* The span of the data, as far as there is room for two numbers. */
static void
draw_channel_span (const AnmStateColumnFigure *self,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmStateColumnLayout *layout,
                   guint i)
{
  const AnmMeasurements *measured = &self->channels[i].measurements;
  const AnmAxis axis = anm_state_column_channel_axis (self, layout, i);
  double values[2] = { measured->greatest, measured->least }, positions[2];
  guint n = measured->n_measured == 0 ? 0 : measured->greatest > measured->least && layout->channel_height >= 26 * theme->text_scale ? 2 : 1;

  for (guint k = 0; k < n; k++)
    positions[k] = anm_axis_project (&axis, values[k]);
  anm_labels_spread (positions, n, 12 * theme->text_scale, layout->plot.y + i * layout->channel_height + 6 * theme->text_scale,
                     layout->plot.y + (i + 1) * layout->channel_height - 6 * theme->text_scale);
  for (guint k = 0; k < n; k++)
    {
      g_autofree char *text = anm_state_column_format_channel (self, i, values[k]);
      /* Numbers aren't shortened: they are left out. */
      if (self->channels[i].categories != NULL || anm_text_get_width (theme, ANM_TEXT_AXIS, text) <= layout->label_room)
        anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), text, layout->plot.x + layout->plot.width + LABEL_GAP,
                       positions[k], 0, 0.5, MAX (layout->label_room, 1));
    }
}

/* States */

static double
get_row_middle (const AnmStateColumnFigure *self,
                const AnmStateColumnLayout *layout,
                int k)
{
  const AnmHeatMapFigure heat = anm_state_column_get_heat (self);
  const AnmArea rows = anm_heat_map_get_rows_area (&heat, &layout->heat);

  return rows.y + (k + 0.5) * rows.height / self->heat->n_rows;
}

/* The row of the chosen unit, from the top; -1 if none is chosen, or it isn't seen. */
static int
find_selected_row (const AnmStateColumnFigure *self,
                   const AnmStateColumnLayout *layout)
{
  const int k = anm_heat_map_find_place (self->heat, self->heat->selected_row);
  const double y = get_row_middle (self, layout, k);

  return k >= 0 && y >= layout->heat.y && y <= layout->heat.y + layout->heat.height ? k : -1;
}

/* Edges in the accent's colour, between tree and rows and at the other end. */
static void
draw_marks (const AnmStateColumnFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmStateColumnLayout *layout)
{
  const AnmHeatMapFigure heat = anm_state_column_get_heat (self);
  const AnmArea rows = anm_heat_map_get_rows_area (&heat, &layout->heat);
  const double pitch = rows.height / heat.n_rows;

  if (self->marked == NULL)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, layout->heat.x - 4, layout->heat.y, layout->heat.width + 8, layout->heat.height);
  cairo_clip (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_ACCENT));
  for (guint k = 0; k < heat.n_rows; k++)
    if (self->marked[anm_heat_map_row_at (&heat, k)])
      {
        const double top = round (rows.y + k * pitch), bottom = MAX (round (rows.y + (k + 1) * pitch), top + 1);

        cairo_rectangle (cr, layout->heat.x - 4, top, 4, bottom - top);
        cairo_rectangle (cr, layout->heat.x + layout->heat.width, top, 4, bottom - top);
      }
  cairo_fill (cr);
  cairo_restore (cr);
}

/* At the bottom right; at the top if the chosen unit's words are there. */
static void
draw_colour_bar (const AnmStateColumnFigure *self,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmStateColumnLayout *layout)
{
  const double scale = theme->text_scale, height = MIN (104 * scale, 0.36 * layout->heat.height), width = 8 * scale;
  const gboolean diverging = self->heat->scale == ANM_HEAT_DIVERGING;
  const int row = find_selected_row (self, layout);
  const AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  g_autofree char *range = anm_number_format (self->heat->range, 2);
  g_autofree char *high = diverging ? g_strconcat ("+", range, NULL) : g_strdup (range);
  g_autofree char *low = diverging ? g_strconcat ("−", range, NULL) : g_strdup ("0");
  const double x = layout->heat.x + layout->heat.width + LABEL_GAP;
  double bottom = layout->heat.y + layout->heat.height - 12 * scale;
  cairo_pattern_t *pattern;

  if (height < 36 * scale || MAX (anm_text_get_width (theme, ANM_TEXT_AXIS, high), anm_text_get_width (theme, ANM_TEXT_AXIS, low)) + width + 5 > layout->label_room)
    return;
  if (row >= 0 && get_row_middle (self, layout, row) > bottom - height - 26 * scale)
    bottom = layout->heat.y + height + 6 * scale;

  pattern = anm_heat_map_make_pattern (self->heat, theme, 0, bottom, 0, bottom - height);
  cairo_rectangle (cr, x, bottom - height, width, height);
  cairo_set_source (cr, pattern);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);

  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, high, x + width + 5, bottom - height + 3 * scale, 0, 0.5, 0);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, low, x + width + 5, bottom - 3 * scale, 0, 0.5, 0);
  if (diverging && height >= 60 * scale)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, "0", x + width + 5, bottom - height / 2, 0, 0.5, 0);
}

/* Units by number have an axis; units by similarity their tree. */
static void
draw_beside_heat (const AnmStateColumnFigure *self,
                  cairo_t *cr,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  const AnmStateColumnLayout *layout)
{
  const AnmHeatMapFigure heat = anm_state_column_get_heat (self);
  const double scale = theme->text_scale;
  const AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const AnmAxis rows = anm_heat_map_get_row_axis (&heat, &layout->heat);
  const double first = ceil (rows.low), last = floor (rows.high);
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  AnmAxis axis = { .kind = ANM_AXIS_WHOLE, .start = anm_axis_project (&rows, first), .end = anm_axis_project (&rows, last) };
  guint n_ticks;

  if (self->branches != NULL)
    {
      cairo_save (cr);
      cairo_rectangle (cr, layout->tree.x - 1, layout->heat.y, layout->tree.width + 2, layout->heat.height);
      cairo_clip (cr);
      anm_branches_draw (cr, theme, self->branches, self->heat->n_rows, self->heat->row_order, self->heat->selected_row,
                         layout->tree.x, layout->tree.y, layout->tree.width, layout->tree.height);
      cairo_restore (cr);
      return;
    }
  if (self->heat->row_order != NULL && self->heat->n_rows > 1)
    return;

  anm_axis_set_range (&axis, first + 1, last + 1);
  n_ticks = anm_axis_get_ticks (&axis, (guint) CLAMP (layout->heat.height / (40 * scale) + 1, 2, 10), ticks);
  for (guint i = 0; i < n_ticks; i++)
    if (ticks[i].value >= first + 1 && ticks[i].value <= last + 1)
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[i].label, layout->heat.x - 7, anm_axis_project (&axis, ticks[i].value), 1, 0.5, 0);
  anm_text_draw (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), self->unit_word, area->x,
                 layout->heat.y + layout->heat.height / 2, 0, 0.5, layout->heat.x - area->x - 30 * scale);
}

/* Panels */

static double
curve_width (const AnmTheme *theme,
             const AnmStateCurve *curve)
{
  return (curve->thick ? 2.2 : 1.6) + (theme->high_contrast ? 0.5 : 0);
}

static void
draw_panel_labels (const AnmStateColumnFigure *self,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmArea *area,
                   const AnmStateColumnLayout *layout,
                   guint i,
                   const AnmAxis *axis)
{
  const AnmStateCurves *panel = &self->panels[i];
  const double scale = theme->text_scale, middle = (axis->start + axis->end) / 2;
  const AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const double room = layout->plot.x - area->x - 32 * scale;
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  const guint n_ticks = anm_axis_get_ticks (axis, layout->panels[i].height >= 60 * scale ? 3 : 2, ticks);

  anm_text_draw (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), panel->label, area->x,
                 panel->sublabel != NULL ? middle - 7 * scale : middle, 0, 0.5, room);
  if (panel->sublabel != NULL)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, panel->sublabel, area->x, middle + 7 * scale, 0, 0.5, room);

  cairo_set_line_width (cr, 1);
  for (guint k = 0; k < n_ticks; k++)
    {
      const double y = anm_axis_project (axis, ticks[k].value);

      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[k].label, layout->plot.x - 6, y, 1, 0.5, 0);
      if (y > axis->start - 1 || theme->high_contrast)
        continue;
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
      cairo_move_to (cr, layout->plot.x, anm_sharp (y));
      cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (y));
      cairo_stroke (cr);
    }
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_move_to (cr, layout->plot.x, anm_sharp (axis->start));
  cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (axis->start));
  cairo_stroke (cr);
}

static void
draw_end_labels (const AnmStateColumnFigure *self,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmArea *area,
                 const AnmStateColumnLayout *layout,
                 guint i,
                 const AnmAxis *axis)
{
  const AnmStateCurves *panel = &self->panels[i];
  const double scale = theme->text_scale, x = layout->plot.x + layout->plot.width + LABEL_GAP, room = area->x + area->width - x;
  const guint n_words = panel->n_lines + (panel->end_label != NULL && isfinite (panel->end_y));
  const guint at_most = (guint) (layout->panels[i].height / (LABEL_DISTANCE * scale)) + 1;
  g_autofree double *positions = g_new (double, n_words + 1);
  g_autofree guint *which = g_new (guint, n_words + 1);
  guint n = 0;

  for (guint k = 0; k < n_words && n < at_most; k++)
    {
      const double y = k < panel->n_lines ? (panel->lines[k].last >= 0 ? panel->lines[k].y[panel->lines[k].last] : NAN) : panel->end_y;

      if (isnan (y) || (k < panel->n_lines && panel->lines[k].label == NULL))
        continue;
      which[n] = k;
      positions[n++] = CLAMP (anm_axis_project_clamped (axis, y), axis->end, axis->start);
    }
  anm_labels_spread (positions, n, LABEL_DISTANCE * scale, axis->end, axis->start + 2);
  for (guint k = 0; k < n; k++)
    {
      const AnmStateCurve *curve = which[k] < panel->n_lines ? &panel->lines[which[k]] : NULL;

      anm_text_draw (cr, theme, curve != NULL && curve->thick ? ANM_TEXT_LABEL_BOLD : ANM_TEXT_LABEL,
                     anm_theme_get_text_colour (theme, curve != NULL ? curve->colour : panel->end_colour),
                     curve != NULL ? curve->label : panel->end_label, x, positions[k], 0, 0.5, room);
    }
}

static void
draw_panel (const AnmStateColumnFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmArea *area,
            const AnmStateColumnLayout *layout,
            guint i)
{
  static const double dashes[] = { 4, 3 };
  const AnmStateCurves *panel = &self->panels[i];
  const AnmAxis axis = anm_state_column_panel_axis (self, layout, i);

  if (panel->n_lines == 0)
    {
      anm_text_draw (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), panel->label, area->x,
                     (axis.start + axis.end) / 2, 0, 0.5, layout->plot.x - area->x - 6);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), panel->empty_text,
                     layout->plot.x + layout->plot.width / 2, (axis.start + axis.end) / 2, 0.5, 0.5, layout->plot.width);
      return;
    }

  draw_panel_labels (self, cr, theme, area, layout, i, &axis);
  cairo_save (cr);
  cairo_rectangle (cr, layout->plot.x, layout->panels[i].y - 2, layout->plot.width, layout->panels[i].height + 4);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint k = panel->n_lines; k > 0; k--)
    {
      const AnmStateCurve *curve = &panel->lines[k - 1];

      if (curve->low == NULL)
        continue;
      anm_set_colour (cr, anm_colour_fade (anm_theme_get_colour (theme, curve->colour), curve->band_faint ? ANM_BAND_FAINT : ANM_BAND_SHARE));
      anm_band_fill (cr, &layout->x, &axis, self->x, curve->low, curve->high, self->columns.n_columns, TRUE, NULL, NULL);
    }
  for (guint k = panel->n_lines; k > 0; k--)
    {
      const AnmStateCurve *curve = &panel->lines[k - 1];
      AnmLinePath path;

      anm_line_path_init (&path, &layout->x, &axis, self->x, curve->y, self->columns.n_columns, TRUE, NULL);
      anm_set_colour (cr, anm_theme_get_colour (theme, curve->colour));
      cairo_set_line_width (cr, curve_width (theme, curve));
      cairo_set_dash (cr, dashes, curve->dashed ? 2 : 0, 0);
      anm_line_path_stroke (&path, cr, 2);
      anm_line_path_clear (&path);
    }
  cairo_restore (cr);

  if (isfinite (panel->end_y))
    anm_draw_dot (cr, anm_theme_get_colour (theme, panel->end_colour), anm_theme_get_ground (theme), layout->plot.x + layout->plot.width,
                  CLAMP (anm_axis_project_clamped (&axis, panel->end_y), axis.end, axis.start), 3.3);
  draw_end_labels (self, cr, theme, area, layout, i, &axis);
}

/* All */

void
anm_state_column_draw (const AnmFigure *figure,
                       cairo_t *cr,
                       const AnmTheme *theme,
                       const AnmArea *area)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  const AnmHeatMapFigure heat = anm_state_column_get_heat (self);
  AnmStateColumnLayout layout;

  anm_state_column_lay_out (self, theme, area, &layout);
  for (guint i = 0; layout.channel_height > 0 && i < self->n_channels; i++)
    draw_channel (self, cr, theme, area, &layout, i);

  draw_beside_heat (self, cr, theme, area, &layout);
  anm_heat_map_draw_cells (&heat, cr, theme, &layout.heat);
  anm_heat_map_draw_selection (&heat, cr, theme, &layout.heat);
  draw_marks (self, cr, theme, &layout);
  draw_colour_bar (self, cr, theme, &layout);

  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    if (layout.panels[i].height > 0)
      draw_panel (self, cr, theme, area, &layout, i);

  if (self->columns.n_columns == 1)
    anm_columns_draw_foot (&self->columns, cr, theme, &layout.plot);
  else
    anm_columns_draw_ticks (&self->columns, cr, theme, &layout.plot);
  if (layout.x_title)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), self->columns.label,
                   layout.plot.x + layout.plot.width / 2, layout.plot.y + layout.plot.height + 29 * theme->text_scale, 0.5, 0.5, area->width);
}

/* Without a cursor */

void
anm_state_column_draw_rest (const AnmFigure *figure,
                            cairo_t *cr,
                            const AnmTheme *theme,
                            const AnmArea *area)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  AnmStateColumnLayout layout;
  int row;

  anm_state_column_lay_out (self, theme, area, &layout);
  row = find_selected_row (self, &layout);
  for (guint i = 0; layout.channel_height > 0 && i < self->n_channels; i++)
    draw_channel_span (self, cr, theme, &layout, i);
  if (row >= 0)
    {
      g_autofree char *name = anm_heat_map_row_name (self->heat, (guint) self->heat->selected_row);
      const double x = layout.heat.x + layout.heat.width + LABEL_GAP;

      anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_colour (theme, ANM_COLOUR_INK), name, x,
                     get_row_middle (self, &layout, row), 0, 0.5, area->x + area->width - x);
    }
}

/* With one */

static void
draw_pill (const AnmStateColumnFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmStateColumnLayout *layout,
           guint column,
           double centre)
{
  g_autofree char *text = anm_columns_describe (&self->columns, column);

  /* No half numbers on either side. */
  anm_pill_draw (cr, theme, text, centre, layout->plot.y + layout->plot.height + 13 * theme->text_scale, layout->plot.x - 20,
                 layout->plot.x + layout->plot.width + 20, 14 * theme->text_scale);
}

static void
draw_channel_value (const AnmStateColumnFigure *self,
                    cairo_t *cr,
                    const AnmTheme *theme,
                    const AnmStateColumnLayout *layout,
                    guint i,
                    double x)
{
  const AnmMeasurements *measured = &self->channels[i].measurements;
  const AnmAxis axis = anm_state_column_channel_axis (self, layout, i), times = get_time_axis (self, layout);
  const gssize at = anm_measurements_find (measured, x);
  gboolean current;

  if (at < 0)
    return;
  /* A number carried on is grey. */
  current = !(self->columns.step > 0) || x - measured->times[at] < self->columns.step * (1 + 1e-9);
  g_autofree char *text = anm_state_column_format_channel (self, i, measured->values[at]);
  anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_colour (theme, current ? ANM_COLOUR_INK : ANM_COLOUR_MUTED), text,
                 layout->plot.x + layout->plot.width + LABEL_GAP, layout->plot.y + (i + 0.5) * layout->channel_height, 0, 0.5, 0);
  if (current)
    anm_draw_dot (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_theme_get_ground (theme),
                  anm_axis_project (&times, measured->times[at]), anm_axis_project_clamped (&axis, measured->values[at]), 2.4);
}

/* The chosen unit's name, and what it holds then. */
static void
draw_unit_value (const AnmStateColumnFigure *self,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmArea *area,
                 const AnmStateColumnLayout *layout,
                 guint column)
{
  const int row = find_selected_row (self, layout);
  const double scale = theme->text_scale, x = layout->heat.x + layout->heat.width + LABEL_GAP, room = area->x + area->width - x;
  double y;

  if (row < 0)
    return;
  y = CLAMP (get_row_middle (self, layout, row), layout->heat.y + 4 * scale, layout->heat.y + layout->heat.height - 16 * scale);
  g_autofree char *name = anm_heat_map_row_name (self->heat, (guint) self->heat->selected_row);
  g_autofree char *value =
    anm_heat_map_format_cell (self->heat, (double) self->heat->cells[(gsize) self->heat->selected_row * self->columns.n_columns + column]);
  anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_colour (theme, ANM_COLOUR_INK), name, x, y, 0, 0.5, room);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), value, x, y + 14 * scale, 0, 0.5, room);
}

void
anm_state_column_draw_cursor (const AnmFigure *figure,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *area,
                              double x)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  const int column = anm_columns_find (&self->columns, x);
  AnmStateColumnLayout layout;
  double pixel_x;

  anm_state_column_lay_out (self, theme, area, &layout);
  if (column < 0 || !anm_columns_project (&self->columns, &layout.plot, x, &pixel_x))
    {
      anm_state_column_draw_rest (figure, cr, theme, area);
      return;
    }

  anm_draw_cursor_line (cr, theme, pixel_x, layout.plot.y, layout.plot.y + layout.plot.height + 4);
  for (guint i = 0; layout.channel_height > 0 && i < self->n_channels; i++)
    draw_channel_value (self, cr, theme, &layout, i, x);
  draw_unit_value (self, cr, theme, area, &layout, (guint) column);
  for (guint i = 0; i < ANM_STATE_PANELS; i++)
    {
      const AnmAxis axis = anm_state_column_panel_axis (self, &layout, i);

      for (guint k = 0; layout.panels[i].height > 0 && k < self->panels[i].n_lines; k++)
        if (isfinite (self->panels[i].lines[k].y[column]))
          anm_draw_dot (cr, anm_theme_get_colour (theme, self->panels[i].lines[k].colour), anm_theme_get_ground (theme), pixel_x,
                        CLAMP (anm_axis_project_clamped (&axis, self->panels[i].lines[k].y[column]), axis.end, axis.start), 2.8);
    }
  draw_pill (self, cr, theme, &layout, (guint) column, pixel_x);
}

/* The cell that the keyboard has reached. */
void
anm_state_column_draw_place (const AnmFigure *figure,
                             cairo_t *cr,
                             const AnmTheme *theme,
                             const AnmArea *area,
                             const AnmFigurePlace *place)
{
  const AnmStateColumnFigure *self = (const AnmStateColumnFigure *) figure;
  AnmStateColumnLayout layout;
  double pixel_x;

  anm_state_column_lay_out (self, theme, area, &layout);
  if (place->series < 0 || (guint) place->series >= self->heat->n_rows || !anm_columns_project (&self->columns, &layout.plot, place->x, &pixel_x))
    return;

  const AnmHeatMapFigure heat = anm_state_column_get_heat (self);
  const AnmArea rows = anm_heat_map_get_rows_area (&heat, &layout.heat);
  const double pitch = rows.height / heat.n_rows, middle = rows.y + (anm_heat_map_find_place (&heat, place->series) + 0.5) * pitch;
  const double width = MAX (layout.x.end - layout.x.start, 1) * self->columns.step / (layout.x.high - layout.x.low);

  if (middle >= layout.heat.y && middle <= layout.heat.y + layout.heat.height)
    anm_draw_ring (cr, theme, &(AnmArea){ pixel_x - width / 2, middle - pitch / 2, width, pitch });
}
