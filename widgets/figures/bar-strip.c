/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/bar-strip.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/columns.h"
#include "widgets/figures/line-path.h"
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
  double      given_low, given_high;  /* scale asked for, none if not low < high */
  double      least, greatest;        /* above 0 and finite; greatest 0 = there is none */
  double      most_negative;          /* 0 = none is */
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
                 plot->y + plot->height + 28 * theme->text_scale, 0.5, 0.5, anm_room_around (area, plot->x + plot->width / 2));
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
  AnmAxis time = anm_columns_get_axis (&self->columns, plot);
  guint first_shown, end_shown;

  anm_columns_get_shown (&self->columns, &first_shown, &end_shown);
  double left = anm_axis_project (&time, anm_columns_get_x (&self->columns, first_shown) - self->columns.step / 2);
  double right = anm_axis_project (&time, anm_columns_get_x (&self->columns, end_shown - 1) + self->columns.step / 2);
  guint n_shown = end_shown - first_shown;
  guint n_drawn = MIN (n_shown, (guint) MAX (right - left, 1));
  double pitch = (right - left) / n_drawn;
  double gap = pitch >= 5 ? 1 : pitch >= 2.5 ? 0.5 : 0;
  double bottom = plot->y + plot->height;
  AnmAxis axis = { .kind = self->kind, .low = self->low, .high = self->high, .start = bottom, .end = plot->y };

  /* On a linear scale bars grow from 0, up and down. */
  gboolean signs = self->kind != ANM_AXIS_LOG && self->low < 0;
  double base = signs ? anm_axis_project (&axis, MIN (self->high, 0)) : bottom;

  cairo_save (cr);
  cairo_rectangle (cr, plot->x, plot->y, plot->width, plot->height);
  cairo_clip (cr);
  for (guint i = 0; i < n_drawn; i++)
    {
      guint first = first_shown + (guint) ((guint64) i * n_shown / n_drawn);
      guint end = MAX (first_shown + (guint) ((guint64) (i + 1) * n_shown / n_drawn), first + 1);
      double value = NAN;

      for (guint k = first; k < end; k++)
        if (isnan (value) || (signs ? fabs (self->values[k]) > fabs (value) : self->values[k] > value))
          value = self->values[k];
      if (isnan (value))
        continue;

      if (signs)
        {
          double tip = CLAMP (anm_axis_project_clamped (&axis, value), plot->y, bottom);
          cairo_rectangle (cr, left + i * pitch + gap / 2, MIN (tip, base), MAX (pitch - gap, 0.5), MAX (fabs (tip - base), 1));
          continue;
        }

      /* What lies below the scale still was computed: a hairline. */
      double top = value > self->low ? MAX (anm_axis_project (&axis, MIN (value, self->high)), plot->y) : bottom - 1;
      cairo_rectangle (cr, left + i * pitch + gap / 2, top, MAX (pitch - gap, 0.5), bottom - top);
    }
  anm_set_colour (cr, anm_colour_fade (anm_theme_get_colour (theme, ANM_COLOUR_NO_EVENT), 0.88));
  cairo_fill (cr);
  cairo_restore (cr);

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, plot->x, anm_sharp (base - 1));
  cairo_line_to (cr, plot->x + plot->width, anm_sharp (base - 1));
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

/* No scale given, or another than the one it was given for: from the data, whole decades on a log scale. */
static void
set_scale (BarStrip *self,
           AnmAxisKind kind,
           gboolean as_given)
{
  gboolean log_scale = kind == ANM_AXIS_LOG;
  AnmAxis axis = { .kind = kind };
  double low = self->given_low, high = self->given_high;

  if (!as_given || !(high > low))
    {
      low = log_scale ? (self->greatest > 0 ? pow (10, floor (log10 (self->least) - 1e-9)) : 1e-3) : self->axes ? self->most_negative : 0;
      high = self->greatest > 0 ? (log_scale ? pow (10, ceil (log10 (self->greatest) - 1e-9)) : self->greatest) : low < 0 ? 0 : 1;
    }
  anm_axis_set_range (&axis, low, high);
  self->kind = kind;
  self->low = axis.low;
  self->high = axis.high;
}

static AnmFigureAbilities
bar_strip_get_abilities (const AnmFigure *figure)
{
  const BarStrip *self = (const BarStrip *) figure;

  return ANM_FIGURE_ZOOMS_X | ANM_FIGURE_BRUSHES_SPAN | (self->axes ? ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_HAS_LOG : 0);
}

static void
bar_strip_get_axes (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    AnmAxis *x,
                    AnmAxis *y)
{
  const BarStrip *self = (const BarStrip *) figure;
  AnmArea plot = lay_out (self, theme, area);

  *x = anm_columns_get_axis (&self->columns, &plot);
  *y = (AnmAxis){ .kind = self->kind, .low = self->low, .high = self->high, .start = plot.y + plot.height, .end = plot.y };
}

static void
bar_strip_set_frame (AnmFigure *copy,
                     const AnmFigureFrame *frame)
{
  BarStrip *self = (BarStrip *) copy;
  AnmAxisKind kind = frame->scale == ANM_FIGURE_SCALE_LOG ? ANM_AXIS_LOG : ANM_AXIS_LINEAR;

  anm_columns_set_span (&self->columns, frame->x_low, frame->x_high);
  if (frame->scale != ANM_FIGURE_SCALE_OWN && kind != self->kind)
    set_scale (self, kind, FALSE);
  if (!isnan (frame->y_low) && (self->kind != ANM_AXIS_LOG || frame->y_high > 0))
    {
      AnmAxis axis = { .kind = self->kind };
      anm_axis_set_range (&axis, frame->y_low, frame->y_high);
      self->low = axis.low;
      self->high = axis.high;
    }
}

static gboolean
bar_strip_is_log (const AnmFigure *figure)
{
  return ((const BarStrip *) figure)->kind == ANM_AXIS_LOG;
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
  .get_abilities = bar_strip_get_abilities,
  .get_axes = bar_strip_get_axes,
  .set_frame = bar_strip_set_frame,
  .is_log = bar_strip_is_log,
};

AnmFigure *
anm_bar_strip_new (const AnmBarStrip *strip)
{
  g_return_val_if_fail (strip != NULL, NULL);

  BarStrip *self = anm_figure_new (&bar_strip_class, strip->title, strip->caption, strip->finding, strip->empty_text);
  gboolean any = FALSE;

  anm_columns_init (&self->columns, strip->n_bars, strip->x_first, strip->x_step, strip->x_label, strip->x_time_unit);
  self->y_label = g_strdup (strip->y_label != NULL ? strip->y_label : "");
  self->values = strip->values != NULL ? g_memdup2 (strip->values, strip->n_bars * sizeof *strip->values) : NULL;
  self->axes = strip->axes;
  self->given_low = strip->low;
  self->given_high = strip->high;
  self->least = INFINITY;

  for (guint i = 0; i < strip->n_bars && self->values != NULL; i++)
    {
      any |= !isnan (self->values[i]);
      if (isfinite (self->values[i]))
        self->most_negative = MIN (self->most_negative, self->values[i]);
      if (!isfinite (self->values[i]) || !(self->values[i] > 0))
        continue;
      self->least = MIN (self->least, self->values[i]);
      self->greatest = MAX (self->greatest, self->values[i]);
    }
  self->base.empty = !any;
  set_scale (self, strip->log ? ANM_AXIS_LOG : ANM_AXIS_LINEAR, TRUE);
  return (AnmFigure *) self;
}
