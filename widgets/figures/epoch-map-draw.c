/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/epoch-map-private.h"
#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

/* Narrower than this the panel beside the maps is left out. */
#define LEAST_WIDTH_WITH_SIDE 360

void
anm_epoch_map_lay_out (const AnmEpochMapFigure *self,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       AnmEpochMapLayout *layout)
{
  const double scale = theme->text_scale, gap = 10;
  double left = 40 * scale, right = 12 * scale, side = 0, foot, height;

  layout->foot = area->height >= 100 * scale;
  layout->head = self->n_panels > 1 && area->height >= 120 * scale ? 17 * scale : 0;
  foot = (layout->foot ? 38 : 21) * scale;
  height = MAX (floor (area->height - layout->head - foot - 3), 1);
  if (self->n_lines > 0 && area->width >= LEAST_WIDTH_WITH_SIDE * scale)
    side = floor (CLAMP (0.235 * area->width, 104 * scale, 190 * scale));

  layout->maps = (AnmArea){ floor (area->x + left), area->y + 3 + layout->head, MAX (floor (area->width - left - right - (side > 0 ? side + 24 : 0)), 4), height };
  layout->width = MAX (floor ((layout->maps.width - (self->n_panels - 1) * gap) / MAX (self->n_panels, 1)), 1);
  layout->pitch = layout->width + gap;
  layout->epochs = (AnmAxis){ .kind = ANM_AXIS_WHOLE, .low = isnan (self->y_low) ? self->first_epoch : self->y_low,
                              .high = isnan (self->y_high) ? self->last_epoch : self->y_high,
                              .start = layout->maps.y, .end = layout->maps.y + height };
  layout->side = (AnmArea){ area->x + area->width - right - side, layout->maps.y, side, height };
  layout->values = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .start = layout->side.x, .end = layout->side.x + side - 14 * scale };
  anm_axis_set_range (&layout->values, 0, self->most > 0 ? self->most * 1.08 : 1);
}

/* The epochs that the rows of a panel stand for, as far as they are shown. */
static void
get_span (const AnmEpochMapFigure *self,
          guint panel,
          double *low,
          double *high)
{
  const AnmHeatMapFigure *map = self->panels[panel].map;

  *low = map->y_first - map->y_step / 2;
  *high = map->y_first + (map->n_rows - 0.5) * map->y_step;
  if (isnan (self->y_low))
    return;
  *low = CLAMP (self->y_low, *low, *high);
  *high = CLAMP (self->y_high, *low, *high);
}

AnmHeatMapFigure
anm_epoch_map_get_map (const AnmEpochMapFigure *self,
                       guint panel)
{
  AnmHeatMapFigure map = *self->panels[panel].map;

  anm_columns_set_span (&map.columns, self->x_low, self->x_high);
  if (!isnan (self->y_low))
    get_span (self, panel, &map.row_low, &map.row_high);
  if (self->shown_scale != ANM_FIGURE_SCALE_OWN)
    map.scale = self->shown_scale == ANM_FIGURE_SCALE_LOG ? ANM_HEAT_LOG : ANM_HEAT_SEQUENTIAL;
  return map;
}

/* A shorter run ends sooner. */
AnmArea
anm_epoch_map_get_panel (const AnmEpochMapFigure *self,
                         const AnmEpochMapLayout *layout,
                         guint panel)
{
  double low, high, top, bottom;

  get_span (self, panel, &low, &high);
  top = anm_axis_project (&layout->epochs, low);
  bottom = anm_axis_project (&layout->epochs, high);
  return (AnmArea){ layout->maps.x + panel * layout->pitch, top, layout->width, high > low ? MAX (bottom - top, 1) : 0 };
}

static void
draw_epoch_axis (const AnmEpochMapFigure *self,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmArea *area,
                 const AnmEpochMapLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  double scale = theme->text_scale;
  guint n_ticks = anm_axis_get_ticks (&layout->epochs, (guint) CLAMP (layout->maps.height / (40 * scale) + 1, 2, 10), ticks);

  for (guint i = 0; i < n_ticks; i++)
    {
      double y = anm_axis_project (&layout->epochs, ticks[i].value);

      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, layout->maps.x - 4, anm_sharp (y));
      cairo_line_to (cr, layout->maps.x - 1, anm_sharp (y));
      cairo_stroke (cr);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[i].label, layout->maps.x - 7, y, 1, 0.5, 0);
    }
  anm_text_draw_upwards (cr, theme, ANM_TEXT_AXIS, muted, _("epoch"), area->x + 12 * scale, layout->maps.y + layout->maps.height / 2, layout->maps.height);
}

/* Over its row or under it, where fewer words and less of the line are. */
static void
draw_note (const AnmHeatMapFigure *map,
           const AnmEpochNote *note,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmEpochMapLayout *layout,
           const AnmArea *plot,
           AnmOccupancy *occupancy)
{
  static const double rows[] = { -1, 1, -2.1, 2.1, -3.2, 3.2 };
  double width, height, x = plot->x + 8, y = anm_axis_project (&layout->epochs, note->epoch);
  const AnmArea all = anm_heat_map_get_rows_area (map, plot);
  double half_row = all.height / map->n_rows / 2;
  guint least = G_MAXUINT;
  AnmArea best = { 0 };

  anm_text_measure (theme, ANM_TEXT_AXIS, note->text, 0, &width, &height);
  if (width + 12 > plot->width || y < plot->y || y > plot->y + plot->height)
    return;
  anm_columns_project (&map->columns, plot, note->x, &x);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint k = 0; k < 3; k++)
      {
        double left = CLAMP (k == 0 ? x : k == 1 ? plot->x + 8 : plot->x + (plot->width - width) / 2, plot->x + 6, plot->x + plot->width - width - 6);
        AnmArea box = { left, y + rows[i] * (height / 2 + 2) + (rows[i] < 0 ? -half_row : half_row) - height / 2, width, height };
        guint taken = anm_occupancy_count (occupancy, &box);

        if (taken >= least)
          continue;
        least = taken;
        best = box;
      }
  if (least == G_MAXUINT)
    return;
  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, (AnmColour){ 1, 1, 1, 1 }, (AnmColour){ 0, 0, 0, 0.45 }, note->text, best.x, best.y + height / 2, 0, 0.5, 0);
  anm_occupancy_mark_box (occupancy, &best);
}

static void
mark_trace (const AnmHeatMapFigure *map,
            const AnmArea *plot,
            AnmOccupancy *occupancy)
{
  const AnmArea rows = anm_heat_map_get_rows_area (map, plot);
  double pitch = rows.height / map->n_rows, last = NAN;

  for (guint k = 0; map->trace != NULL && k < map->n_rows; k++)
    {
      double x;

      if (!anm_columns_project (&map->columns, plot, map->trace[k], &x))
        x = NAN;
      else if (!isnan (last))
        anm_occupancy_mark_line (occupancy, last, rows.y + (k - 0.5) * pitch, x, rows.y + (k + 0.5) * pitch);
      last = x;
    }
}

static void
draw_panels (const AnmEpochMapFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const AnmEpochMapLayout *layout)
{
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);

  for (guint i = 0; i < self->n_panels; i++)
    {
      const EpochPanel *panel = &self->panels[i];
      AnmArea plot = anm_epoch_map_get_panel (self, layout, i);
      AnmArea foot = { plot.x, layout->maps.y, plot.width, layout->maps.height };
      AnmHeatMapFigure map = anm_epoch_map_get_map (self, i);
      AnmOccupancy occupancy;

      if (plot.height > 0)
        {
          anm_heat_map_draw_cells (&map, cr, theme, &plot);
          anm_heat_map_draw_trace (&map, cr, theme, &plot);
          anm_occupancy_init (&occupancy, &plot);
          mark_trace (&map, &plot, &occupancy);
          for (guint k = 0; k < panel->n_notes; k++)
            draw_note (&map, &panel->notes[k], cr, theme, layout, &plot, &occupancy);
          anm_occupancy_clear (&occupancy);
        }
      if (layout->head > 0)
        anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, ink, panel->label, plot.x, layout->maps.y - 9 * theme->text_scale, 0, 0.5, plot.width);
      anm_columns_draw_ticks (&map.columns, cr, theme, &foot);
    }
}

static void
draw_foot (const AnmEpochMapFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmEpochMapLayout *layout)
{
  if (!layout->foot || self->n_panels == 0)
    return;

  AnmArea all = { layout->maps.x, layout->maps.y, (self->n_panels - 1) * layout->pitch + layout->width, layout->maps.height };
  AnmHeatMapFigure map = anm_epoch_map_get_map (self, 0);
  double bar = anm_heat_map_draw_colour_bar (&map, cr, theme, &all);
  double width = anm_text_get_width (theme, ANM_TEXT_AXIS, self->x_label), room = all.width - bar - 8;
  double centre = MIN (all.x + all.width / 2, all.x + room - MIN (width, room) / 2);

  if (room > 40)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), self->x_label, MAX (centre, all.x + MIN (width, room) / 2),
                   all.y + all.height + 28 * theme->text_scale, 0.5, 0.5, room);
}

/* The panel beside the maps */

double
anm_epoch_line_get (const EpochLine *line,
                    double epoch)
{
  for (guint i = 0; i < line->n_points; i++)
    if (fabs (line->epochs[i] - epoch) < 1e-9)
      return line->values[i];
  return NAN;
}

static void
draw_side_axis (const AnmEpochMapFigure *self,
                cairo_t *cr,
                const AnmTheme *theme,
                const AnmEpochMapLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const AnmArea *side = &layout->side;
  double scale = theme->text_scale, bottom = side->y + side->height;
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = anm_axis_get_ticks (&layout->values, (guint) CLAMP (side->width / (32 * scale), 3, 6), ticks);
  double end = -INFINITY;

  for (guint i = 0; i < n_ticks; i++)
    {
      double x = anm_axis_project (&layout->values, ticks[i].value);
      g_autofree char *text = i + 1 == n_ticks && self->side_unit != NULL ? g_strdup_printf ("%s %s", ticks[i].label, self->side_unit) : g_strdup (ticks[i].label);

      anm_set_colour (cr, anm_theme_get_colour (theme, ticks[i].value == 0 ? ANM_COLOUR_AXIS : ANM_COLOUR_GRID));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, anm_sharp (x), side->y);
      cairo_line_to (cr, anm_sharp (x), bottom + (ticks[i].value == 0 ? 4 : 0));
      cairo_stroke (cr);
      anm_tick_number_draw (cr, theme, text, x, bottom + 13 * scale, side->x - 20, side->x + side->width + 10, &end);
    }
  if (layout->foot && self->side_label != NULL)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->side_label, side->x + side->width / 2, bottom + 28 * scale, 0.5, 0.5, side->width + 12);
}

/* Beside its line, in its lower half, where the fewest other lines are. */
static void
label_line (const EpochLine *line,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmEpochMapLayout *layout,
            AnmOccupancy *occupancy)
{
  AnmTextStyle style = line->thick ? ANM_TEXT_LABEL_BOLD : ANM_TEXT_LABEL;
  double width, height;
  guint least = G_MAXUINT;
  AnmArea best = { 0 };

  if (line->label == NULL || line->n_points == 0)
    return;
  anm_text_measure (theme, style, line->label, 0, &width, &height);
  width = MIN (width, layout->side.width - 8);
  for (guint step = 0; step < 24; step++)
    {
      guint i = (guint) ((line->n_points - 1) * (0.88 - step / 24.0 * 0.88));
      double x, y;

      if (isnan (line->values[i]))
        continue;
      x = anm_axis_project (&layout->values, line->values[i]);
      y = anm_axis_project (&layout->epochs, line->epochs[i]);
      if (y < layout->side.y || y > layout->side.y + layout->side.height)
        continue;
      for (int at = 0; at < 2; at++)
        {
          AnmArea box = { at == 0 ? x + 6 : x - 6 - width, y - height / 2, width, height };
          guint taken = anm_occupancy_count (occupancy, &box);

          if (taken == G_MAXUINT || taken + step / 6 >= least)
            continue;
          least = taken + step / 6;
          best = box;
        }
    }
  if (least == G_MAXUINT)
    return;
  anm_text_draw_on (cr, theme, style, anm_theme_get_text_colour (theme, line->colour), anm_theme_get_ground (theme), line->label, best.x, best.y + height / 2, 0, 0.5, width);
  anm_occupancy_mark_box (occupancy, &best);
}

static void
draw_side (const AnmEpochMapFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmEpochMapLayout *layout)
{
  AnmOccupancy occupancy;

  if (!(layout->side.width > 0))
    return;
  draw_side_axis (self, cr, theme, layout);

  cairo_save (cr);
  if (!isnan (self->y_low))
    {
      cairo_rectangle (cr, layout->side.x - 6, layout->side.y, layout->side.width + 16, layout->side.height);
      cairo_clip (cr);
    }
  anm_occupancy_init (&occupancy, &(AnmArea){ layout->side.x, layout->side.y, layout->side.width + 10, layout->side.height });
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->n_lines; i++)
      {
        const EpochLine *line = &self->lines[i];
        double last_x = NAN, last_y = NAN;

        if (line->thick != (pass == 1))
          continue;
        cairo_new_path (cr);
        for (guint k = 0; k < line->n_points; k++)
          {
            double x = anm_axis_project (&layout->values, line->values[k]), y = anm_axis_project (&layout->epochs, line->epochs[k]);

            if (isnan (line->values[k]))
              {
                last_x = NAN;
                continue;
              }
            if (isnan (last_x))
              cairo_move_to (cr, x, y);
            else
              {
                cairo_line_to (cr, x, y);
                anm_occupancy_mark_line (&occupancy, last_x, last_y, x, y);
              }
            last_x = x;
            last_y = y;
          }
        anm_set_colour (cr, anm_theme_get_colour (theme, line->colour));
        cairo_set_line_width (cr, (line->thick ? 2 : 1.2) + (theme->high_contrast ? 0.5 : 0));
        cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke (cr);
        /* A run of one epoch is a point. */
        if (line->n_points == 1 && !isnan (last_x))
          anm_draw_dot (cr, anm_theme_get_colour (theme, line->colour), anm_theme_get_ground (theme), last_x, last_y, line->thick ? 3 : 2.3);
      }
  cairo_restore (cr);
  if (!isnan (self->chosen))
    {
      double y = anm_axis_project (&layout->epochs, self->chosen);
      anm_occupancy_mark_box (&occupancy, &(AnmArea){ layout->side.x, y - 18 * theme->text_scale, layout->side.width, 20 * theme->text_scale });
    }
  for (guint i = self->n_lines; i-- > 0;)
    label_line (&self->lines[i], cr, theme, layout, &occupancy);
  anm_occupancy_clear (&occupancy);
}

/* The chosen epoch, through all panels; on the maps with a rim, so that it is seen on any colour. */
static void
draw_chosen (const AnmEpochMapFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const AnmEpochMapLayout *layout)
{
  static const double dashes[] = { 3.5, 2.5 };
  double y = anm_axis_project (&layout->epochs, self->chosen);
  double end = layout->maps.x + (self->n_panels - 1) * layout->pitch + layout->width;

  if (isnan (self->chosen) || y < layout->maps.y || y > layout->maps.y + layout->maps.height)
    return;

  cairo_save (cr);
  cairo_set_line_width (cr, 3);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.45);
  for (guint i = 0; i < self->n_panels; i++)
    {
      cairo_move_to (cr, layout->maps.x + i * layout->pitch, anm_sharp (y));
      cairo_line_to (cr, layout->maps.x + i * layout->pitch + layout->width, anm_sharp (y));
    }
  cairo_stroke (cr);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (cr, theme->high_contrast ? 1.5 : 1);
  cairo_set_source_rgb (cr, 0, 0, 0);
  for (guint i = 0; i < self->n_panels; i++)
    {
      cairo_move_to (cr, layout->maps.x + i * layout->pitch, anm_sharp (y));
      cairo_line_to (cr, layout->maps.x + i * layout->pitch + layout->width, anm_sharp (y));
    }
  cairo_stroke (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_move_to (cr, end, anm_sharp (y));
  cairo_line_to (cr, layout->side.width > 0 ? layout->side.x + layout->side.width : end + 6, anm_sharp (y));
  cairo_stroke (cr);
  cairo_restore (cr);

  for (guint i = 0; i < self->n_lines && layout->side.width > 0; i++)
    {
      double value = anm_epoch_line_get (&self->lines[i], self->chosen), width;
      double x = anm_axis_project (&layout->values, value);

      if (!self->lines[i].thick || isnan (value) || x < layout->side.x - 1 || x > layout->side.x + layout->side.width + 1)
        continue;

      g_autofree char *words = self->side_unit != NULL ? anm_number_format_duration (value, self->side_unit) : anm_number_format (value, 3);
      anm_text_measure (theme, ANM_TEXT_LABEL_BOLD, words, 0, &width, NULL);
      anm_draw_dot (cr, anm_theme_get_colour (theme, self->lines[i].colour), anm_theme_get_ground (theme), x, y, 3.3);
      anm_text_draw_on (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_theme_get_ground (theme), words,
                        MIN (x + 8, layout->side.x + layout->side.width + 8 - width), y - 9 * theme->text_scale, 0, 0.5, 0);
    }
}

void
anm_epoch_map_draw (const AnmFigure *figure,
                    cairo_t *cr,
                    const AnmTheme *theme,
                    const AnmArea *area)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  AnmEpochMapLayout layout;

  anm_epoch_map_lay_out (self, theme, area, &layout);
  draw_panels (self, cr, theme, &layout);
  draw_epoch_axis (self, cr, theme, area, &layout);
  draw_foot (self, cr, theme, &layout);
  draw_side (self, cr, theme, &layout);
  draw_chosen (self, cr, theme, &layout);
}

void
anm_epoch_map_draw_cursor (const AnmFigure *figure,
                           cairo_t *cr,
                           const AnmTheme *theme,
                           const AnmArea *area,
                           double x)
{
  const AnmEpochMapFigure *self = (const AnmEpochMapFigure *) figure;
  AnmEpochMapLayout layout;

  anm_epoch_map_lay_out (self, theme, area, &layout);
  for (guint i = 0; i < self->n_panels; i++)
    {
      AnmArea plot = anm_epoch_map_get_panel (self, &layout, i);
      AnmHeatMapFigure map = anm_epoch_map_get_map (self, i);
      double pixel_x;

      if (!(plot.height > 0) || !anm_columns_project (&map.columns, &plot, x, &pixel_x))
        continue;
      cairo_set_source_rgba (cr, 1, 1, 1, 0.45);
      cairo_set_line_width (cr, 3);
      cairo_move_to (cr, anm_sharp (pixel_x), plot.y);
      cairo_line_to (cr, anm_sharp (pixel_x), plot.y + plot.height);
      cairo_stroke (cr);
      /* The maps are dark in either theme. */
      anm_draw_cursor_line (cr, &(AnmTheme){ .high_contrast = theme->high_contrast, .font_family = theme->font_family, .text_scale = 1 },
                            pixel_x, plot.y, plot.y + plot.height);
    }
}
