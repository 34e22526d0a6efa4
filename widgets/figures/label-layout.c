/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/label-layout.h"

#include <math.h>

#include "widgets/figures/text.h"

#define CELL 2 /* px */

/* What lies in a cell. */
#define LINE 1
#define WORDS 255

static int
compare_positions (gconstpointer a,
                   gconstpointer b,
                   gpointer data)
{
  const double *positions = data;
  guint first = *(const guint *) a, second = *(const guint *) b;

  if (positions[first] != positions[second])
    return positions[first] < positions[second] ? -1 : 1;
  return first < second ? -1 : 1;
}

/*
 * With the gaps taken out (position - k * gap for the k-th label from above) the labels have to be in order and no
 * more: isotonic regression, which pooling neighbours that are out of order solves (Ayer et al. 1955).
 */
void
anm_labels_spread (double *positions,
                   guint n_positions,
                   double gap,
                   double low,
                   double high)
{
  if (n_positions == 0)
    return;
  if (n_positions > 1)
    gap = MIN (gap, MAX (high - low, 0) / (n_positions - 1));

  g_autofree guint *order = g_new (guint, n_positions);
  g_autofree double *means = g_new (double, n_positions);
  g_autofree guint *sizes = g_new (guint, n_positions);
  guint n_pools = 0;

  for (guint k = 0; k < n_positions; k++)
    order[k] = k;
  g_qsort_with_data (order, (int) n_positions, sizeof *order, compare_positions, positions);

  for (guint k = 0; k < n_positions; k++)
    {
      means[n_pools] = positions[order[k]] - k * gap;
      sizes[n_pools++] = 1;
      while (n_pools > 1 && means[n_pools - 2] > means[n_pools - 1])
        {
          guint merged = sizes[n_pools - 2] + sizes[n_pools - 1];
          means[n_pools - 2] = (sizes[n_pools - 2] * means[n_pools - 2] + sizes[n_pools - 1] * means[n_pools - 1]) / merged;
          sizes[n_pools - 2] = merged;
          n_pools--;
        }
    }

  double last = MAX (high - (n_positions - 1) * gap, low);
  for (guint pool = 0, k = 0; pool < n_pools; pool++)
    for (guint i = 0; i < sizes[pool]; i++, k++)
      positions[order[k]] = CLAMP (means[pool], low, last) + k * gap;
}

void
anm_tick_number_draw (cairo_t *cr,
                      const AnmTheme *theme,
                      const char *text,
                      double x,
                      double y,
                      double low,
                      double high,
                      double *end)
{
  const double gap = 5 * theme->text_scale;
  double width;

  anm_text_measure (theme, ANM_TEXT_AXIS, text, 0, &width, NULL);
  if (width > high - low)
    return;

  double left = CLAMP (x - width / 2, low, high - width);
  if (left < *end + gap)
    return;
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), text, left, y, 0, 0.5, 0);
  *end = left + width;
}

void
anm_occupancy_init (AnmOccupancy *self,
                    const AnmArea *area)
{
  self->area = *area;
  self->n_columns = (guint) ceil (MAX (area->width, 1) / CELL);
  self->n_rows = (guint) ceil (MAX (area->height, 1) / CELL);
  self->cells = g_malloc0 ((gsize) self->n_columns * self->n_rows);
}

void
anm_occupancy_clear (AnmOccupancy *self)
{
  g_clear_pointer (&self->cells, g_free);
}

static void
mark_point (AnmOccupancy *self,
            double x,
            double y,
            guint8 mark)
{
  double column = floor ((x - self->area.x) / CELL);
  double row = floor ((y - self->area.y) / CELL);

  if (column >= 0 && column < self->n_columns && row >= 0 && row < self->n_rows)
    {
      guint8 *cell = &self->cells[(gsize) row * self->n_columns + (gsize) column];
      *cell = MAX (*cell, mark);
    }
}

void
anm_occupancy_mark_line (AnmOccupancy *self,
                         double x1,
                         double y1,
                         double x2,
                         double y2)
{
  if (!isfinite (x1) || !isfinite (y1) || !isfinite (x2) || !isfinite (y2))
    return;

  double far = self->area.width + self->area.height;
  y1 = CLAMP (y1, self->area.y - far, self->area.y + far);
  y2 = CLAMP (y2, self->area.y - far, self->area.y + far);

  guint n_parts = (guint) MIN (ceil (MAX (fabs (x2 - x1), fabs (y2 - y1)) / CELL), 1e5);
  for (guint i = 0; i <= n_parts; i++)
    {
      double part = n_parts == 0 ? 0 : (double) i / n_parts;
      mark_point (self, x1 + part * (x2 - x1), y1 + part * (y2 - y1), LINE);
    }
}

void
anm_occupancy_mark_box (AnmOccupancy *self,
                        const AnmArea *box)
{
  const double right = box->x + box->width, bottom = box->y + box->height;

  for (double y = box->y; y < bottom + CELL; y += CELL)
    for (double x = box->x; x < right + CELL; x += CELL)
      mark_point (self, MIN (x, right), MIN (y, bottom), WORDS);
}

guint
anm_occupancy_count (const AnmOccupancy *self,
                     const AnmArea *box)
{
  if (box->x < self->area.x || box->y < self->area.y
      || box->x + box->width > self->area.x + self->area.width
      || box->y + box->height > self->area.y + self->area.height)
    return G_MAXUINT;

  guint first_column = (guint) ((box->x - self->area.x) / CELL);
  guint last_column = MIN ((guint) ((box->x + box->width - self->area.x) / CELL), self->n_columns - 1);
  guint first_row = (guint) ((box->y - self->area.y) / CELL);
  guint last_row = MIN ((guint) ((box->y + box->height - self->area.y) / CELL), self->n_rows - 1);
  guint n_taken = 0;

  for (guint row = first_row; row <= last_row; row++)
    for (guint column = first_column; column <= last_column; column++)
      {
        guint8 cell = self->cells[(gsize) row * self->n_columns + column];
        if (cell == WORDS)
          return G_MAXUINT;
        n_taken += cell;
      }
  return n_taken;
}

void
anm_pill_draw (cairo_t *cr,
               const AnmTheme *theme,
               const char *text,
               double centre,
               double middle,
               double least,
               double most,
               double clear)
{
  const double scale = theme->text_scale, width = anm_text_get_width (theme, ANM_TEXT_AXIS, text) + 14 * scale, height = 17 * scale;
  const double left = CLAMP (centre - width / 2, least, most - width), radius = height / 2;

  if (clear > 0)
    {
      anm_set_colour (cr, anm_theme_get_ground (theme));
      cairo_rectangle (cr, left - clear, middle - radius + 4, width + 2 * clear, height - 4);
      cairo_fill (cr);
    }
  cairo_new_sub_path (cr);
  cairo_arc (cr, left + width - radius, middle, radius, -G_PI / 2, G_PI / 2);
  cairo_arc (cr, left + radius, middle, radius, G_PI / 2, 3 * G_PI / 2);
  cairo_close_path (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_fill (cr);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_VIEW), text, left + width / 2, middle, 0.5, 0.5, 0);
}
