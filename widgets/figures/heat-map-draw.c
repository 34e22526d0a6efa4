/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/heat-map-private.h"
#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

#define N_COLOURS 512

/* Row names are left out where rows are lower than letters. */
static gboolean
shows_row_labels (const AnmHeatMapFigure *self,
                  const AnmTheme *theme,
                  double height)
{
  const AnmArea plot = { 0, 0, 1, height }, rows = anm_heat_map_get_rows_area (self, &plot);

  return self->row_labels != NULL && self->n_rows > 0 && rows.height / self->n_rows >= 11.5 * theme->text_scale;
}

static double
plot_height (const AnmHeatMapFigure *self,
             const AnmTheme *theme,
             const AnmArea *area)
{
  double scale = theme->text_scale;
  double foot = self->bare ? ANM_STRIP_FOOT : area->height < 100 * scale ? 21 : 36;

  return MAX (floor (area->height - foot * scale - (self->bare ? 0 : 4)), 1);
}

AnmArea
anm_heat_map_lay_out (const AnmHeatMapFigure *self,
                      const AnmTheme *theme,
                      const AnmArea *area)
{
  double scale = theme->text_scale;
  double height = plot_height (self, theme, area);

  if (self->bare)
    return (AnmArea){ area->x, area->y, MAX (area->width, 1), height };

  double left = 0, right = self->selected_row >= 0 ? 52 * scale : 10 * scale;
  if (shows_row_labels (self, theme, height))
    for (guint i = 0; i < self->n_rows; i++)
      left = MAX (left, anm_text_get_width (theme, ANM_TEXT_AXIS, self->row_labels[i]) + 8);
  else
    left = (*self->y_label != '\0' ? 46 : 32) * scale;
  left = floor (MIN (left, 0.4 * area->width));

  return (AnmArea){ area->x + left, area->y + 4, MAX (floor (area->width - left - right), 1), height };
}

/* Pixels */

typedef struct
{
  const AnmHeatMapFigure *self;
  guint32                 colours[N_COLOURS]; /* over the whole scale */
} Painter;

static guint32
pack_colour (AnmColour colour)
{
  return 0xff000000u | (guint32) lround (255 * colour.red) << 16 | (guint32) lround (255 * colour.green) << 8
         | (guint32) lround (255 * colour.blue);
}

static void
painter_init (Painter *painter,
              const AnmHeatMapFigure *self,
              const AnmTheme *theme)
{
  painter->self = self;
  for (guint i = 0; i < N_COLOURS; i++)
    {
      double position = (double) i / (N_COLOURS - 1);
      painter->colours[i] = pack_colour (self->scale == ANM_HEAT_DIVERGING ? anm_theme_get_diverging (theme, 2 * position - 1)
                                                                          : anm_theme_get_magnitude (theme, position));
    }
}

/* Transparent where nothing was measured. */
static guint32
paint_value (const Painter *painter,
             float value)
{
  if (isnan (value))
    return 0;

  double position = anm_heat_map_position (painter->self, (double) value);
  if (painter->self->scale == ANM_HEAT_DIVERGING)
    position = (position + 1) / 2;
  return painter->colours[(guint) lround (position * (N_COLOURS - 1))];
}

/* The value farthest from 0 of a block of cells. */
static float
block_extreme (const AnmHeatMapFigure *self,
               guint first_k,
               guint end_k,
               guint first_column,
               guint end_column)
{
  float extreme = NAN;

  for (guint k = first_k; k < end_k; k++)
    {
      const float *row = self->cells + (gsize) anm_heat_map_row_at (self, k) * self->columns.n_columns;
      for (guint column = first_column; column < end_column; column++)
        if (isnan (extreme) || fabsf (row[column]) > fabsf (extreme))
          extreme = row[column];
    }
  return extreme;
}

/* Space between rows: none while rows are low, a hairline, more between rows with thin cells. */
static double
row_gap (const AnmHeatMapFigure *self,
         double pitch)
{
  if (self->thin != NULL)
    return pitch >= 6 ? CLAMP (0.1 * pitch, 1, 5) : 0;
  return pitch >= 16 && !self->seamless ? 1 : 0;
}

/* The cells first .. end - 1 of a stretch of cells that share the pixel @i of @n_pixels. */
static void
get_block (guint i,
           guint n_pixels,
           guint first_cell,
           guint end_cell,
           guint *first,
           guint *end)
{
  guint n_cells = end_cell - first_cell;

  *first = first_cell + (guint) ((guint64) i * n_cells / n_pixels);
  *end = MAX (first_cell + (guint) ((guint64) (i + 1) * n_cells / n_pixels), *first + 1);
}

/* One pixel row of an image in which rows have gaps and carried-on cells are thin. */
static void
paint_scanline (const Painter *painter,
                guint32 *pixels,
                guint n_image_columns,
                guint first_column,
                guint end_column,
                guint first_k,
                guint end_k,
                double y,
                double pitch,
                double gap)
{
  const AnmHeatMapFigure *self = painter->self;
  guint k = first_k + (guint) MIN (y / pitch, end_k - first_k - 1);
  double from_middle = fabs (y - (k - first_k + 0.5) * pitch);
  gboolean in_gap = from_middle > (pitch - gap) / 2;
  gboolean thin_only = from_middle > 0.14 * pitch;
  guint row = anm_heat_map_row_at (self, k);

  for (guint i = 0; i < n_image_columns; i++)
    {
      guint first, end;
      get_block (i, n_image_columns, first_column, end_column, &first, &end);
      gboolean thin = self->thin != NULL && self->thin[(gsize) row * self->columns.n_columns + first];

      pixels[i] = in_gap || (thin && thin_only) ? 0 : paint_value (painter, block_extreme (self, k, k + 1, first, end));
    }
}

/* The columns @first_column .. @end_column - 1 of the places @first_k .. @end_k - 1 over @plot. */
static cairo_surface_t *
paint_image (const AnmHeatMapFigure *self,
             const AnmTheme *theme,
             const AnmArea *plot,
             guint first_column,
             guint end_column,
             guint first_k,
             guint end_k)
{
  double pitch = plot->height / (end_k - first_k);
  double gap = row_gap (self, pitch);
  guint n_columns = MIN (end_column - first_column, (guint) CLAMP (2 * plot->width, 1, 16000));
  guint n_lines = gap > 0 || self->thin != NULL ? (guint) CLAMP (2 * plot->height, 1, 16000)
                                                : MIN (end_k - first_k, (guint) CLAMP (2 * plot->height, 1, 16000));
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) n_columns, (int) n_lines);
  int stride = cairo_image_surface_get_stride (image);
  guint8 *data = cairo_image_surface_get_data (image);
  Painter painter;

  if (cairo_surface_status (image) != CAIRO_STATUS_SUCCESS)
    return image;

  cairo_surface_flush (image);
  painter_init (&painter, self, theme);
  for (guint line = 0; line < n_lines; line++)
    {
      guint32 *pixels = (guint32 *) (gpointer) (data + (gsize) line * stride);

      if (gap > 0 || self->thin != NULL)
        {
          paint_scanline (&painter, pixels, n_columns, first_column, end_column, first_k, end_k, (line + 0.5) / n_lines * plot->height, pitch, gap);
          continue;
        }

      guint k, after_k;
      get_block (line, n_lines, first_k, end_k, &k, &after_k);
      for (guint i = 0; i < n_columns; i++)
        {
          guint first, end;
          get_block (i, n_columns, first_column, end_column, &first, &end);
          pixels[i] = paint_value (&painter, block_extreme (self, k, after_k, first, end));
        }
    }
  cairo_surface_mark_dirty (image);
  return image;
}

void
anm_heat_map_draw_cells (const AnmHeatMapFigure *self,
                         cairo_t *cr,
                         const AnmTheme *theme,
                         const AnmArea *plot)
{
  AnmAxis axis = anm_columns_get_axis (&self->columns, plot);
  const AnmArea rows = anm_heat_map_get_rows_area (self, plot);
  const double pitch = rows.height / self->n_rows;
  guint first, end, first_k, end_k;

  anm_columns_get_shown (&self->columns, &first, &end);
  anm_heat_map_get_shown_rows (self, &first_k, &end_k);
  double left = anm_axis_project (&axis, anm_columns_get_x (&self->columns, first) - self->columns.step / 2);
  double right = anm_axis_project (&axis, anm_columns_get_x (&self->columns, end - 1) + self->columns.step / 2);
  AnmArea covered = { left, rows.y + first_k * pitch, MAX (right - left, 1), (end_k - first_k) * pitch };
  cairo_surface_t *image = paint_image (self, theme, &covered, first, end, first_k, end_k);

  if (self->has_missing && self->thin == NULL)
    anm_draw_hatching (cr, theme, plot);

  cairo_save (cr);
  cairo_rectangle (cr, plot->x, plot->y, plot->width, plot->height);
  cairo_clip (cr);
  cairo_translate (cr, covered.x, covered.y);
  cairo_scale (cr, covered.width / cairo_image_surface_get_width (image), covered.height / cairo_image_surface_get_height (image));
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (image);
}

/* Around the cells */

void
anm_heat_map_draw_selection (const AnmHeatMapFigure *self,
                             cairo_t *cr,
                             const AnmTheme *theme,
                             const AnmArea *plot)
{
  const AnmArea rows = anm_heat_map_get_rows_area (self, plot);
  const int k = anm_heat_map_find_place (self, self->selected_row);

  if (k < 0)
    return;

  double pitch = rows.height / self->n_rows;
  double top = round (rows.y + k * pitch), bottom = round (rows.y + (k + 1) * pitch);
  if (bottom <= plot->y || top >= plot->y + plot->height)
    return;
  if (self->crossed)
    {
      const double dashes[] = { 3, 3 };

      cairo_save (cr);
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
      cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, plot->x, anm_sharp ((top + bottom) / 2));
      cairo_line_to (cr, plot->x + plot->width, anm_sharp ((top + bottom) / 2));
      cairo_stroke (cr);
      cairo_restore (cr);
      return;
    }
  cairo_save (cr);
  cairo_rectangle (cr, plot->x, plot->y - 1, plot->width, plot->height + 2);
  cairo_clip (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_set_line_width (cr, 1.6);
  cairo_rectangle (cr, plot->x + 0.8, top, plot->width - 1.6, bottom - top);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_row_axis (const AnmHeatMapFigure *self,
               cairo_t *cr,
               const AnmTheme *theme,
               const AnmArea *area,
               const AnmArea *plot)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const AnmArea rows = anm_heat_map_get_rows_area (self, plot);
  double pitch = rows.height / self->n_rows;
  guint shown, end;

  anm_heat_map_get_shown_rows (self, &shown, &end);
  /* Those whose middle is seen. */
  while (shown + 1 < end && rows.y + (shown + 0.5) * pitch < plot->y)
    shown++;
  while (end > shown + 1 && rows.y + (end - 0.5) * pitch > plot->y + plot->height)
    end--;

  if (shows_row_labels (self, theme, plot->height))
    {
      for (guint k = shown; k < end; k++)
        anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->row_labels[anm_heat_map_row_at (self, k)], plot->x - 6,
                       rows.y + (k + 0.5) * pitch, 1, 0.5, plot->x - area->x - 6);
      return;
    }

  if (*self->y_label != '\0')
    anm_text_draw_upwards (cr, theme, ANM_TEXT_AXIS, muted, self->y_label, area->x + 13 * theme->text_scale,
                           plot->y + plot->height / 2, plot->height);
  /* Rows that were reordered have no axis. */
  if (self->row_order != NULL || self->row_labels != NULL)
    return;

  double first = self->y_step != 0 ? self->y_first : 1, step = self->y_step != 0 ? self->y_step : 1;
  AnmAxis axis = { .kind = ANM_AXIS_WHOLE, .low = first + shown * step, .high = first + (end - 1) * step,
                   .start = rows.y + (shown + 0.5) * pitch, .end = rows.y + (end - 0.5) * pitch };
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  anm_axis_set_range (&axis, axis.low, axis.high);
  guint n_ticks = anm_axis_get_ticks (&axis, (guint) CLAMP (plot->height / (40 * theme->text_scale) + 1, 2, 10), ticks);

  for (guint i = 0; i < n_ticks; i++)
    {
      double y = anm_axis_project (&axis, ticks[i].value);

      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, plot->x - 4, anm_sharp (y));
      cairo_line_to (cr, plot->x - 1, anm_sharp (y));
      cairo_stroke (cr);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[i].label, plot->x - 7, y, 1, 0.5, 0);
    }
}

static char *
format_end (const AnmHeatMapFigure *self,
            double value)
{
  double exponent = log10 (value);

  if (self->scale == ANM_HEAT_LOG && fabs (exponent - round (exponent)) < 1e-6)
    return anm_number_format_power ((int) round (exponent));
  return anm_number_format (value, 2);
}

cairo_pattern_t *
anm_heat_map_make_pattern (const AnmHeatMapFigure *self,
                           const AnmTheme *theme,
                           double x,
                           double y,
                           double to_x,
                           double to_y)
{
  cairo_pattern_t *pattern = cairo_pattern_create_linear (x, y, to_x, to_y);

  for (guint i = 0; i <= 20; i++)
    {
      AnmColour colour = self->scale == ANM_HEAT_DIVERGING ? anm_theme_get_diverging (theme, i / 10.0 - 1) : anm_theme_get_magnitude (theme, i / 20.0);
      cairo_pattern_add_color_stop_rgb (pattern, i / 20.0, colour.red, colour.green, colour.blue);
    }
  return pattern;
}

/* "−1 [=====] +1" at the right under the plot. Returns its width. */
double
anm_heat_map_draw_colour_bar (const AnmHeatMapFigure *self,
                              cairo_t *cr,
                              const AnmTheme *theme,
                              const AnmArea *plot)
{
  const double scale = theme->text_scale, bar_height = 8 * scale;
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  g_autofree char *range = format_end (self, self->range);
  g_autofree char *floor_text = format_end (self, self->floor);
  gboolean diverging = self->scale == ANM_HEAT_DIVERGING;
  g_autofree char *low = diverging ? g_strconcat ("−", range, NULL) : self->scale == ANM_HEAT_LOG ? g_steal_pointer (&floor_text) : g_strdup ("0");
  g_autofree char *high = diverging ? g_strconcat ("+", range, NULL) : g_strdup (range);
  double high_width = anm_text_get_width (theme, ANM_TEXT_AXIS, high), low_width = anm_text_get_width (theme, ANM_TEXT_AXIS, low);
  /* It gives way to the axis' words. */
  double words = *self->columns.label != '\0' ? anm_text_get_width (theme, ANM_TEXT_AXIS, self->columns.label) + 2 : 0;
  double bar_width = CLAMP (plot->width - words - high_width - low_width - 24, 30 * scale, 84 * scale);
  double y = plot->y + plot->height + 28 * scale;
  double right = plot->x + plot->width - high_width - 5;

  cairo_pattern_t *pattern = anm_heat_map_make_pattern (self, theme, right - bar_width, 0, right, 0);
  cairo_rectangle (cr, right - bar_width, y - bar_height / 2, bar_width, bar_height);
  cairo_set_source (cr, pattern);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);

  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, high, plot->x + plot->width, y, 1, 0.5, 0);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, low, right - bar_width - 5, y, 1, 0.5, 0);
  return bar_width + high_width + low_width + 24;
}

/* Beside the line, on its left, where it runs straight, and rather low. FALSE if there is no such place. */
static gboolean
place_trace_label (const double *x,
                   guint n_rows,
                   const AnmArea *plot,
                   const AnmArea *rows,
                   double width,
                   double height,
                   double *label_x,
                   double *label_y)
{
  double pitch = rows->height / n_rows, best_score = INFINITY;
  guint reach = (guint) ceil (height / 2 / pitch);

  for (guint k = reach; k + reach < n_rows; k++)
    {
      double leftmost = INFINITY, y = rows->y + (k + 0.5) * pitch;

      if (y < plot->y + height / 2 || y > plot->y + plot->height - height / 2)
        continue;
      for (guint i = k - reach; i <= k + reach; i++)
        leftmost = fmin (leftmost, x[i]);
      if (!isfinite (leftmost) || isnan (x[k]) || leftmost - 8 - width < plot->x + 4)
        continue;

      double score = x[k] - leftmost + 60 * fabs ((y - plot->y) / plot->height - 0.8);
      if (score < best_score)
        {
          best_score = score;
          *label_x = leftmost - 8;
          *label_y = y;
        }
    }
  return isfinite (best_score);
}

void
anm_heat_map_draw_trace (const AnmHeatMapFigure *self,
                         cairo_t *cr,
                         const AnmTheme *theme,
                         const AnmArea *plot)
{
  const AnmColour white = { 1, 1, 1, 1 };
  const AnmArea rows = anm_heat_map_get_rows_area (self, plot);
  double pitch = rows.height / self->n_rows;
  double label_x = 0, label_y = 0;
  g_autofree double *x = self->trace != NULL ? g_new (double, self->n_rows) : NULL;

  if (self->trace == NULL)
    return;

  cairo_save (cr);
  cairo_rectangle (cr, plot->x, plot->y, plot->width, plot->height);
  cairo_clip (cr);
  for (guint k = 0; k < self->n_rows; k++)
    {
      if (!anm_columns_project (&self->columns, plot, self->trace[anm_heat_map_row_at (self, k)], &x[k]))
        x[k] = NAN;
      else if (k > 0 && !isnan (x[k - 1]))
        cairo_line_to (cr, x[k], rows.y + (k + 0.5) * pitch);
      else
        cairo_move_to (cr, x[k], rows.y + (k + 0.5) * pitch);
    }
  anm_set_colour (cr, white);
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (cr);

  if (self->trace_label != NULL
      && place_trace_label (x, self->n_rows, plot, &rows, anm_text_get_width (theme, ANM_TEXT_AXIS, self->trace_label), 16 * theme->text_scale, &label_x, &label_y))
    anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, white, (AnmColour){ 0, 0, 0, 0.35 }, self->trace_label, label_x, label_y, 1, 0.5, 0);
  cairo_restore (cr);
}

void
anm_heat_map_draw (const AnmFigure *figure,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmArea *area)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  AnmArea plot = anm_heat_map_lay_out (self, theme, area);

  anm_heat_map_draw_cells (self, cr, theme, &plot);
  anm_heat_map_draw_trace (self, cr, theme, &plot);
  anm_heat_map_draw_selection (self, cr, theme, &plot);
  if (self->bare)
    {
      anm_columns_draw_foot (&self->columns, cr, theme, &plot);
      return;
    }

  anm_columns_draw_ticks (&self->columns, cr, theme, &plot);
  draw_row_axis (self, cr, theme, area, &plot);
  if (area->height < 100 * theme->text_scale)
    return;

  double bar_width = anm_heat_map_draw_colour_bar (self, cr, theme, &plot);
  double label_width = anm_text_get_width (theme, ANM_TEXT_AXIS, self->columns.label);
  double free_right = plot.x + plot.width - bar_width;
  double centre = MIN (plot.x + plot.width / 2, free_right - label_width / 2);
  if (*self->columns.label != '\0' && free_right - plot.x > 40)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), self->columns.label,
                   MAX (centre, plot.x + MIN (label_width, free_right - plot.x) / 2), plot.y + plot.height + 28 * theme->text_scale,
                   0.5, 0.5, free_right - plot.x);
}

/* A box around the cell where both lines meet; never too small to be seen. */
static void
draw_crossing (const AnmHeatMapFigure *self,
               cairo_t *cr,
               const AnmTheme *theme,
               const AnmArea *plot,
               double x)
{
  const AnmArea rows = anm_heat_map_get_rows_area (self, plot);
  const double pitch = rows.height / self->n_rows;
  const double width = MAX (plot->width / self->columns.n_columns, 9), height = MAX (pitch, 9);
  const double y = rows.y + (anm_heat_map_find_place (self, self->selected_row) + 0.5) * pitch;

  if (y < plot->y || y > plot->y + plot->height)
    return;
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_set_line_width (cr, 1.6);
  cairo_rectangle (cr, round (x - width / 2), round (y - height / 2), round (width), round (height));
  cairo_stroke (cr);
}

void
anm_heat_map_draw_cursor (const AnmFigure *figure,
                          cairo_t *cr,
                          const AnmTheme *theme,
                          const AnmArea *area,
                          double x)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  AnmArea plot = anm_heat_map_lay_out (self, theme, area);
  int column = anm_columns_find (&self->columns, x);
  double pixel_x;

  if (!anm_columns_project (&self->columns, &plot, x, &pixel_x))
    return;
  anm_draw_cursor_line (cr, theme, pixel_x, plot.y, plot.y + plot.height);
  if (self->crossed && self->selected_row >= 0)
    draw_crossing (self, cr, theme, &plot, pixel_x);
  if (self->bare || self->selected_row < 0 || column < 0)
    return;

  const AnmArea rows = anm_heat_map_get_rows_area (self, &plot);
  g_autofree char *name = anm_heat_map_row_name (self, (guint) self->selected_row);
  g_autofree char *value = anm_heat_map_format_cell (self, (double) self->cells[(gsize) self->selected_row * self->columns.n_columns + (gsize) column]);
  double y = rows.y + (anm_heat_map_find_place (self, self->selected_row) + 0.5) * rows.height / self->n_rows;
  if (y < plot.y || y > plot.y + plot.height)
    return;
  double left = plot.x + plot.width + 6, room = area->x + area->width - left;
  anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_colour (theme, ANM_COLOUR_INK), name, left, y, 0, 0.5, room);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), value, left, y + 14 * theme->text_scale, 0, 0.5, room);
}

void
anm_heat_map_draw_place (const AnmFigure *figure,
                         cairo_t *cr,
                         const AnmTheme *theme,
                         const AnmArea *area,
                         const AnmFigurePlace *place)
{
  const AnmHeatMapFigure *self = (const AnmHeatMapFigure *) figure;
  AnmArea plot = anm_heat_map_lay_out (self, theme, area);
  const AnmArea rows = anm_heat_map_get_rows_area (self, &plot);
  double pitch = rows.height / self->n_rows, centre;
  const int k = anm_heat_map_find_place (self, place->series);
  const double middle = rows.y + (k + 0.5) * pitch;

  if (k < 0 || middle < plot.y || middle > plot.y + plot.height || !anm_columns_project (&self->columns, &plot, place->x, &centre))
    return;

  AnmAxis axis = anm_columns_get_axis (&self->columns, &plot);
  double width = MAX (fabs (anm_axis_project (&axis, place->x + self->columns.step) - centre), 6);
  double height = MAX (pitch, 6);
  anm_draw_ring (cr, theme, &(AnmArea){ centre - width / 2, middle - height / 2, width, height });
}
