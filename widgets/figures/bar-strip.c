/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/bar-strip.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/columns.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

typedef struct
{
  AnmFigure   base;
  AnmColumns  columns;
  char       *y_label;
  double     *values;      /* [columns.n_columns] */
  AnmAxisKind kind;
  double      low, high;
  gboolean    axes;
} BarStrip;

static void
bar_strip_finalize (AnmFigure *figure)
{
  BarStrip *self = (BarStrip *) figure;

  anm_columns_clear (&self->columns);
  g_free (self->y_label);
  g_free (self->values);
}

static guint
get_value_ticks (const BarStrip *self,
                 const AnmTheme *theme,
                 double height,
                 AnmTick *ticks)
{
  AnmAxis axis = { .kind = self->kind, .low = self->low, .high = self->high, .start = height, .end = 0 };
  double each = (self->kind == ANM_AXIS_LOG ? 30 : 44) * theme->text_scale;

  return anm_axis_get_ticks (&axis, (guint) CLAMP (height / each + 1, 2, 6), ticks);
}

static AnmArea
lay_out (const BarStrip *self,
         const AnmTheme *theme,
         const AnmArea *area)
{
  double scale = theme->text_scale;

  if (!self->axes)
    return *area;

  double top = (7 + (*self->y_label != '\0' && area->height >= 100 * scale ? 16 : 0)) * scale;
  double bottom = (*self->columns.label != '\0' && area->height >= 100 * scale ? 36 : 21) * scale;
  double height = MAX (floor (area->height - top - bottom), 1);
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = get_value_ticks (self, theme, height, ticks);
  double left = 34 * scale;

  for (guint i = 0; i < n_ticks; i++)
    {
      double width;
      anm_text_measure (theme, ANM_TEXT_AXIS, ticks[i].label, 0, &width, NULL);
      left = MAX (left, width + 8);
    }
  left = floor (left);
  return (AnmArea){ area->x + left, area->y + floor (top), MAX (floor (area->width - left - 10 * scale), 1), height };
}

static void
draw_axes (const BarStrip *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *area,
           const AnmArea *plot)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  AnmAxis axis = { .kind = self->kind, .low = self->low, .high = self->high, .start = plot->y + plot->height, .end = plot->y };
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = get_value_ticks (self, theme, plot->height, ticks);

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < n_ticks; i++)
    {
      double y = anm_axis_project (&axis, ticks[i].value);

      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
      cairo_move_to (cr, plot->x, anm_sharp (y));
      cairo_line_to (cr, plot->x + plot->width, anm_sharp (y));
      cairo_stroke (cr);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[i].label, plot->x - 6, y, 1, 0.5, 0);
    }
  anm_columns_draw_ticks (&self->columns, cr, theme, plot);
  if (area->height < 100 * theme->text_scale)
    return;
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->columns.label, plot->x + plot->width / 2,
                 plot->y + plot->height + 28 * theme->text_scale, 0.5, 0.5, area->width);
  if (*self->y_label != '\0')
    {
      g_autofree char *text = g_strconcat ("↑ ", self->y_label, NULL);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, text, area->x, area->y + 7 * theme->text_scale, 0, 0.5, area->width);
    }
}

/* Bars share columns of pixels if there are more of them: the highest is drawn. */
static void
draw_bars (const BarStrip *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *plot)
{
  guint n_drawn = MIN (self->columns.n_columns, (guint) MAX (plot->width, 1));
  double pitch = plot->width / n_drawn;
  double gap = pitch >= 5 ? 1 : pitch >= 2.5 ? 0.5 : 0;
  double bottom = plot->y + plot->height;
  AnmAxis axis = { .kind = self->kind, .low = self->low, .high = self->high, .start = bottom, .end = plot->y };

  for (guint i = 0; i < n_drawn; i++)
    {
      guint first = (guint) ((guint64) i * self->columns.n_columns / n_drawn);
      guint end = MAX ((guint) ((guint64) (i + 1) * self->columns.n_columns / n_drawn), first + 1);
      double value = NAN;

      for (guint k = first; k < end; k++)
        if (isnan (value) || self->values[k] > value)
          value = self->values[k];
      if (isnan (value))
        continue;

      /* What lies below the scale still was computed: a hairline. */
      double top = value > self->low ? MAX (anm_axis_project (&axis, MIN (value, self->high)), plot->y) : bottom - 1;
      cairo_rectangle (cr, plot->x + i * pitch + gap / 2, top, MAX (pitch - gap, 0.5), bottom - top);
    }
  anm_set_colour (cr, anm_colour_fade (anm_theme_get_colour (theme, ANM_COLOUR_NO_EVENT), 0.88));
  cairo_fill (cr);

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, plot->x, anm_sharp (bottom - 1));
  cairo_line_to (cr, plot->x + plot->width, anm_sharp (bottom - 1));
  cairo_stroke (cr);
}

static void
bar_strip_draw (const AnmFigure *figure,
                cairo_t *cr,
                const AnmTheme *theme,
                const AnmArea *area)
{
  const BarStrip *self = (const BarStrip *) figure;
  AnmArea plot = lay_out (self, theme, area);

  if (self->axes)
    draw_axes (self, cr, theme, area, &plot);
  draw_bars (self, cr, theme, &plot);
}

static gboolean
bar_strip_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  const BarStrip *self = (const BarStrip *) figure;
  AnmArea plot = lay_out (self, theme, area);

  *top = plot.y;
  *bottom = plot.y + plot.height;
  return anm_columns_project (&self->columns, &plot, x, pixel_x);
}

static gboolean
bar_strip_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const BarStrip *self = (const BarStrip *) figure;
  AnmArea plot = lay_out (self, theme, area);
  int column = anm_columns_at_pixel (&self->columns, &plot, pixel_x);

  if (column < 0 || pixel_y < plot.y || pixel_y > plot.y + plot.height)
    return FALSE;
  place->x = anm_columns_get_x (&self->columns, (guint) column);
  place->y = self->values[column];
  place->series = 0;
  place->index = column;
  return TRUE;
}

static double
bar_strip_step_x (const AnmFigure *figure,
                  double x,
                  int direction)
{
  return anm_columns_step_x (&((const BarStrip *) figure)->columns, x, direction);
}

static char *
bar_strip_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const BarStrip *self = (const BarStrip *) figure;
  int column = place->index >= 0 ? place->index : anm_columns_find (&self->columns, place->x);

  if (column < 0 || (guint) column >= self->columns.n_columns)
    return NULL;

  double value = self->values[column];
  g_autofree char *where = anm_columns_describe (&self->columns, (guint) column);
  g_autofree char *number = self->kind == ANM_AXIS_LOG && value == 0 ? g_strdup (_("below 10⁻³⁸")) : anm_number_format (value, 3);
  return g_strdup_printf ("%s: %s", where, number);
}

static void
bar_strip_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const BarStrip *self = (const BarStrip *) figure;

  anm_table_add (table, *self->columns.label != '\0' ? self->columns.label : _("step"), *self->y_label != '\0' ? self->y_label : _("value"), NULL);
  for (guint i = 0; i < self->columns.n_columns && self->values != NULL; i++)
    {
      g_autofree char *x = anm_table_number (anm_columns_get_x (&self->columns, i));
      g_autofree char *value = anm_table_number (self->values[i]);
      anm_table_add (table, x, value, NULL);
    }
}

static double
bar_strip_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  return (((const BarStrip *) figure)->axes ? 170 : 36) * theme->text_scale;
}

static const AnmFigureClass bar_strip_class = {
  .instance_size = sizeof (BarStrip),
  .finalize = bar_strip_finalize,
  .draw = bar_strip_draw,
  .locate = bar_strip_locate,
  .project_x = bar_strip_project_x,
  .step_x = bar_strip_step_x,
  .describe = bar_strip_describe,
  .fill_table = bar_strip_fill_table,
  .natural_height = bar_strip_natural_height,
};

AnmFigure *
anm_bar_strip_new (const AnmBarStrip *strip)
{
  g_return_val_if_fail (strip != NULL, NULL);

  BarStrip *self = anm_figure_new (&bar_strip_class, strip->title, strip->caption, strip->finding, strip->empty_text);
  AnmAxis axis = { .kind = strip->log ? ANM_AXIS_LOG : ANM_AXIS_LINEAR };
  gboolean any = FALSE;
  double low = strip->low, high = strip->high, least = INFINITY, greatest = 0;

  anm_columns_init (&self->columns, strip->n_bars, strip->x_first, strip->x_step, strip->x_label, strip->x_time_unit);
  self->y_label = g_strdup (strip->y_label != NULL ? strip->y_label : "");
  self->values = strip->values != NULL ? g_memdup2 (strip->values, strip->n_bars * sizeof *strip->values) : NULL;
  self->kind = axis.kind;
  self->axes = strip->axes;

  for (guint i = 0; i < strip->n_bars && self->values != NULL; i++)
    {
      any |= !isnan (self->values[i]);
      if (!isfinite (self->values[i]) || !(self->values[i] > 0))
        continue;
      least = MIN (least, self->values[i]);
      greatest = MAX (greatest, self->values[i]);
    }
  self->base.empty = !any;

  /* No scale given: from the data, whole decades on a log scale. */
  if (!(high > low))
    {
      low = strip->log ? (isfinite (least) ? pow (10, floor (log10 (least) - 1e-9)) : 1e-3) : 0;
      high = greatest > 0 ? (strip->log ? pow (10, ceil (log10 (greatest) - 1e-9)) : greatest) : 1;
    }
  anm_axis_set_range (&axis, low, high);
  self->low = axis.low;
  self->high = axis.high;
  return (AnmFigure *) self;
}
