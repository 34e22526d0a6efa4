/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/share-bars.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/figure-private.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

typedef struct
{
  AnmFigure   base;
  char       *row_label, *value_label;
  guint       n_bars;
  char      **labels;
  double     *shares;
} ShareBars;

static void
share_bars_finalize (AnmFigure *figure)
{
  ShareBars *self = (ShareBars *) figure;

  g_free (self->row_label);
  g_free (self->value_label);
  g_strfreev (self->labels);
  g_free (self->shares);
}

/* The tracks of the bars, all rows together. */
static AnmArea
lay_out (const ShareBars *self,
         const AnmTheme *theme,
         const AnmArea *area)
{
  double names = 0, values = 0;

  for (guint i = 0; i < self->n_bars; i++)
    {
      g_autofree char *value = anm_number_format_share (self->shares[i]);
      double width;

      anm_text_measure (theme, ANM_TEXT_CAPTION, self->labels[i], 0, &width, NULL);
      names = MAX (names, width + 1);
      anm_text_measure (theme, ANM_TEXT_CAPTION, value, 0, &width, NULL);
      values = MAX (values, width);
    }
  names = MIN (names, 0.45 * area->width);
  return (AnmArea){ area->x + names + 12, area->y, MAX (area->width - names - values - 24, 1), area->height };
}

static void
draw_bar (cairo_t *cr,
          AnmColour colour,
          const AnmArea *bar)
{
  double radius = MIN (bar->height, bar->width) / 2;

  if (!(bar->width > 0))
    return;
  radius = MIN (radius, 2.5);
  cairo_new_sub_path (cr);
  cairo_arc (cr, bar->x + bar->width - radius, bar->y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, bar->x + bar->width - radius, bar->y + bar->height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, bar->x + radius, bar->y + bar->height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, bar->x + radius, bar->y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
  anm_set_colour (cr, colour);
  cairo_fill (cr);
}

static void
share_bars_draw (const AnmFigure *figure,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmArea *area)
{
  const ShareBars *self = (const ShareBars *) figure;
  AnmArea tracks = lay_out (self, theme, area);
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  double pitch = tracks.height / self->n_bars;
  double thickness = CLAMP (0.42 * pitch, 1, 8 * theme->text_scale);
  /* Where rows are lower than letters only each n-th is named. */
  guint every = (guint) ceil (12.5 * theme->text_scale / pitch);

  for (guint i = 0; i < self->n_bars; i++)
    {
      double middle = tracks.y + (i + 0.5) * pitch;
      AnmArea track = { tracks.x, middle - thickness / 2, tracks.width, thickness };
      AnmArea bar = track;

      draw_bar (cr, anm_colour_fade (ink, theme->high_contrast ? 0.2 : 0.08), &track);
      if (!isnan (self->shares[i]))
        {
          /* A share above none is seen, however small. */
          bar.width = self->shares[i] > 0 ? MAX (CLAMP (self->shares[i], 0, 1) * track.width, 2) : 0;
          draw_bar (cr, anm_colour_fade (ink, 0.58), &bar);
        }
      if (i % every != 0 || middle - 6.5 * theme->text_scale < area->y || middle + 7 * theme->text_scale > area->y + area->height)
        continue;

      g_autofree char *value = anm_number_format_share (self->shares[i]);
      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, ink, self->labels[i], area->x, middle, 0, 0.5, tracks.x - 12 - area->x);
      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, ink, value, area->x + area->width, middle, 1, 0.5, 0);
    }
}

static gboolean
share_bars_project_x (const AnmFigure *figure,
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
share_bars_locate (const AnmFigure *figure,
                   const AnmTheme *theme,
                   const AnmArea *area,
                   double pixel_x,
                   double pixel_y,
                   AnmFigurePlace *place)
{
  const ShareBars *self = (const ShareBars *) figure;

  if (pixel_x < area->x || pixel_x > area->x + area->width || pixel_y < area->y || pixel_y >= area->y + area->height)
    return FALSE;
  place->series = (int) MIN ((pixel_y - area->y) / area->height * self->n_bars, self->n_bars - 1);
  place->index = 0;
  place->y = self->shares[place->series];
  return TRUE;
}

static char *
share_bars_describe (const AnmFigure *figure,
                     const AnmFigurePlace *place)
{
  const ShareBars *self = (const ShareBars *) figure;

  if (place->series < 0 || (guint) place->series >= self->n_bars)
    return NULL;

  g_autofree char *value = anm_number_format_share (self->shares[place->series]);
  return *self->value_label != '\0' ? g_strdup_printf ("%s: %s %s", self->labels[place->series], value, self->value_label)
                                    : g_strdup_printf ("%s: %s", self->labels[place->series], value);
}

static void
share_bars_fill_table (const AnmFigure *figure,
                       GPtrArray *table)
{
  const ShareBars *self = (const ShareBars *) figure;

  anm_table_add (table, *self->row_label != '\0' ? self->row_label : _("row"), *self->value_label != '\0' ? self->value_label : _("share"), NULL);
  for (guint i = 0; i < self->n_bars; i++)
    {
      g_autofree char *share = anm_table_number (self->shares[i]);
      anm_table_add (table, self->labels[i], share, NULL);
    }
}

static double
share_bars_natural_height (const AnmFigure *figure,
                           const AnmTheme *theme)
{
  return MAX (((const ShareBars *) figure)->n_bars, 3) * 22 * theme->text_scale;
}

static int
share_bars_step_series (const AnmFigure *figure,
                        int series,
                        int direction)
{
  const ShareBars *self = (const ShareBars *) figure;

  return anm_step_row (series, direction, self->n_bars, NULL);
}

static void
share_bars_draw_place (const AnmFigure *figure,
                       cairo_t *cr,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       const AnmFigurePlace *place)
{
  const ShareBars *self = (const ShareBars *) figure;
  AnmArea plot = *area;

  if (place->series < 0 || (guint) place->series >= self->n_bars)
    return;

  guint k = (guint) place->series;
  double pitch = plot.height / self->n_bars, height = MAX (pitch, 6);
  anm_draw_ring (cr, theme, &(AnmArea){ plot.x + 1, plot.y + (k + 0.5) * pitch - height / 2, MAX (plot.width - 2, 1), height });
}

static const AnmFigureClass share_bars_class = {
  .instance_size = sizeof (ShareBars),
  .finalize = share_bars_finalize,
  .draw = share_bars_draw,
  .locate = share_bars_locate,
  .project_x = share_bars_project_x,
  .describe = share_bars_describe,
  .fill_table = share_bars_fill_table,
  .step_series = share_bars_step_series,
  .draw_place = share_bars_draw_place,
  .natural_height = share_bars_natural_height,
};

AnmFigure *
anm_share_bars_new (const AnmShareBars *bars)
{
  g_return_val_if_fail (bars != NULL, NULL);

  ShareBars *self = anm_figure_new (&share_bars_class, bars->title, bars->caption, bars->finding, bars->empty_text);

  self->row_label = g_strdup (bars->row_label != NULL ? bars->row_label : "");
  self->value_label = g_strdup (bars->value_label != NULL ? bars->value_label : "");
  self->n_bars = bars->labels != NULL && bars->shares != NULL ? bars->n_bars : 0;
  self->labels = g_new0 (char *, self->n_bars + 1);
  for (guint i = 0; i < self->n_bars; i++)
    self->labels[i] = g_strdup (bars->labels[i] != NULL ? bars->labels[i] : "");
  self->shares = g_memdup2 (bars->shares, self->n_bars * sizeof *bars->shares);
  self->base.empty = self->n_bars == 0;
  return (AnmFigure *) self;
}
