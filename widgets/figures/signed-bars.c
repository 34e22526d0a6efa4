/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/bar-strip.h"
#include "widgets/figures/columns.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

typedef struct
{
  AnmFigure  base;
  guint      n_bars;
  double    *values;
  guint     *row_order; /* nullable */
  double     range;
  char      *low_label, *high_label;
} SignedBars;

static void
signed_bars_finalize (AnmFigure *figure)
{
  SignedBars *self = (SignedBars *) figure;

  g_free (self->values);
  g_free (self->row_order);
  g_free (self->low_label);
  g_free (self->high_label);
}

static AnmArea
lay_out (const AnmTheme *theme,
         const AnmArea *area)
{
  double height = floor (area->height - ANM_STRIP_FOOT * theme->text_scale);

  return (AnmArea){ area->x, area->y, area->width, MAX (height, 1) };
}

static guint
row_at (const SignedBars *self,
        guint k)
{
  return self->row_order != NULL ? self->row_order[k] : k;
}

static void
signed_bars_draw (const AnmFigure *figure,
                  cairo_t *cr,
                  const AnmTheme *theme,
                  const AnmArea *area)
{
  const SignedBars *self = (const SignedBars *) figure;
  AnmArea plot = lay_out (theme, area);
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double pitch = plot.height / self->n_bars;
  double gap = pitch >= 8 ? CLAMP (0.2 * pitch, 1, 5) : pitch >= 3 ? 0.8 : 0;
  double middle = anm_sharp (plot.x + plot.width / 2), reach = plot.width / 2 - 2;

  for (guint k = 0; k < self->n_bars; k++)
    {
      double value = self->values[row_at (self, k)];
      if (isnan (value))
        continue;

      double length = CLAMP (value / self->range, -1, 1) * reach;
      anm_set_colour (cr, anm_theme_get_diverging (theme, value < 0 ? -0.6 : 0.6));
      cairo_rectangle (cr, length < 0 ? middle + length : middle, plot.y + k * pitch + gap / 2, fabs (length), pitch - gap);
      cairo_fill (cr);
    }

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, middle, plot.y);
  cairo_line_to (cr, middle, plot.y + plot.height);
  cairo_stroke (cr);

  double y = plot.y + plot.height + 13 * theme->text_scale;
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->low_label, plot.x, y, 0, 0.5, plot.width / 2 - 4);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->high_label, plot.x + plot.width, y, 1, 0.5, plot.width / 2 - 4);
}

/* There is no horizontal axis that a cursor could share. */
static gboolean
signed_bars_project_x (const AnmFigure *figure,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       double x,
                       double *pixel_x,
                       double *top,
                       double *bottom)
{
  return FALSE;
}

static gboolean
signed_bars_locate (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    double pixel_x,
                    double pixel_y,
                    AnmFigurePlace *place)
{
  const SignedBars *self = (const SignedBars *) figure;
  AnmArea plot = lay_out (theme, area);

  if (pixel_x < plot.x || pixel_x > plot.x + plot.width || pixel_y < plot.y || pixel_y > plot.y + plot.height)
    return FALSE;

  guint k = (guint) MIN ((pixel_y - plot.y) / plot.height * self->n_bars, self->n_bars - 1);
  place->series = (int) row_at (self, k);
  place->index = 0;
  place->x = NAN;
  place->y = self->values[place->series];
  return TRUE;
}

static char *
signed_bars_describe (const AnmFigure *figure,
                      const AnmFigurePlace *place)
{
  const SignedBars *self = (const SignedBars *) figure;

  if (place->series < 0 || (guint) place->series >= self->n_bars)
    return NULL;

  double value = self->values[place->series];
  g_autofree char *number = anm_number_format (value, 3);
  return g_strdup_printf (_("unit %d: %s%s"), place->series + 1, value > 0 ? "+" : "", number);
}

static void
signed_bars_fill_table (const AnmFigure *figure,
                        GPtrArray *table)
{
  const SignedBars *self = (const SignedBars *) figure;

  anm_table_add (table, _("unit"), _("weight"), NULL);
  for (guint i = 0; i < self->n_bars && self->values != NULL; i++)
    {
      g_autofree char *unit = g_strdup_printf ("%u", i + 1);
      g_autofree char *value = anm_table_number (self->values[i]);
      anm_table_add (table, unit, value, NULL);
    }
}

static int
signed_bars_step_series (const AnmFigure *figure,
                         int series,
                         int direction)
{
  const SignedBars *self = (const SignedBars *) figure;

  return anm_step_row (series, direction, self->n_bars, self->row_order);
}

static void
signed_bars_draw_place (const AnmFigure *figure,
                        cairo_t *cr,
                        const AnmTheme *theme,
                        const AnmArea *area,
                        const AnmFigurePlace *place)
{
  const SignedBars *self = (const SignedBars *) figure;
  AnmArea plot = lay_out (theme, area);

  if (place->series < 0 || (guint) place->series >= self->n_bars)
    return;

  guint k = 0;
  while (k + 1 < self->n_bars && row_at (self, k) != (guint) place->series)
    k++;
  double pitch = plot.height / self->n_bars, height = MAX (pitch, 6);
  anm_draw_ring (cr, theme, &(AnmArea){ plot.x + 1, plot.y + (k + 0.5) * pitch - height / 2, MAX (plot.width - 2, 1), height });
}

static const AnmFigureClass signed_bars_class = {
  .instance_size = sizeof (SignedBars),
  .finalize = signed_bars_finalize,
  .draw = signed_bars_draw,
  .locate = signed_bars_locate,
  .project_x = signed_bars_project_x,
  .describe = signed_bars_describe,
  .fill_table = signed_bars_fill_table,
  .step_series = signed_bars_step_series,
  .draw_place = signed_bars_draw_place,
};

AnmFigure *
anm_signed_bars_new (const AnmSignedBars *bars)
{
  g_return_val_if_fail (bars != NULL, NULL);

  SignedBars *self = anm_figure_new (&signed_bars_class, bars->title, bars->caption, bars->finding, NULL);

  self->n_bars = bars->n_bars;
  self->values = bars->values != NULL ? g_memdup2 (bars->values, bars->n_bars * sizeof *bars->values) : NULL;
  self->row_order = bars->row_order != NULL ? g_memdup2 (bars->row_order, bars->n_bars * sizeof *bars->row_order) : NULL;
  self->low_label = g_strdup (bars->low_label != NULL ? bars->low_label : "");
  self->high_label = g_strdup (bars->high_label != NULL ? bars->high_label : "");
  self->base.empty = bars->n_bars == 0 || bars->values == NULL;
  self->range = bars->range;
  if (isnan (self->range) && !self->base.empty)
    for (guint i = 0; i < bars->n_bars; i++)
      if (isfinite (bars->values[i]))
        self->range = fmax (isnan (self->range) ? 0 : self->range, fabs (bars->values[i]));
  if (!(self->range > 0))
    self->range = 1;
  return (AnmFigure *) self;
}
