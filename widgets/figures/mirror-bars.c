/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/mirror-bars.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/figure-private.h"
#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

typedef struct
{
  char    *label, *note;
  guint    n_bars;
  double  *up, *down;
  guint8  *marked;
} MirrorRow;

typedef struct
{
  AnmFigure  base;
  char      *x_label, *up_label, *down_label, *mark_label;
  guint      n_rows;
  MirrorRow *rows;
  guint      most_bars;
  double     reach;     /* the share that fills a row's half */
} MirrorFigure;

typedef struct
{
  AnmArea  plot;
  double   pitch, half;   /* of a row; what a bar can rise */
  gboolean legend, notes;
} MirrorLayout;

static void
lay_out (const MirrorFigure *self,
         const AnmTheme *theme,
         const AnmArea *area,
         MirrorLayout *layout)
{
  double scale = theme->text_scale, left = 0, right = 0, top, foot = 34 * scale;

  layout->legend = area->height >= 120 * scale;
  layout->notes = area->width >= 260 * scale;
  top = layout->legend ? 20 * scale : 4;
  for (guint i = 0; i < self->n_rows; i++)
    {
      left = MAX (left, anm_text_get_width (theme, ANM_TEXT_LABEL, self->rows[i].label));
      if (self->rows[i].note != NULL && layout->notes)
        right = MAX (right, anm_text_get_width (theme, ANM_TEXT_AXIS, self->rows[i].note));
    }
  left = floor (MIN (left + 10, 0.34 * area->width));
  right = right > 0 ? floor (right + 8) : 6;
  layout->plot = (AnmArea){ area->x + left, area->y + top, MAX (floor (area->width - left - right), 1), MAX (floor (area->height - top - foot), 1) };
  layout->pitch = layout->plot.height / MAX (self->n_rows, 1);
  layout->half = MAX ((layout->pitch - MIN (6, 0.25 * layout->pitch)) / 2, 1);
}

/* The greatest of those bars that share a pixel. */
static double
find_most (const double *values,
           guint first,
           guint end)
{
  double most = NAN;

  for (guint i = first; i < end; i++)
    if (isnan (most) || values[i] > most)
      most = values[i];
  return most;
}

static void
draw_row (const MirrorFigure *self,
          const MirrorRow *row,
          cairo_t *cr,
          const AnmTheme *theme,
          const MirrorLayout *layout,
          double middle)
{
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), faint = anm_theme_get_colour (theme, ANM_COLOUR_FAINT);
  AnmColour event = anm_theme_get_colour (theme, ANM_COLOUR_EVENT);
  guint n = (guint) CLAMP (layout->plot.width / 2, 1, MAX (row->n_bars, 1));
  double width = layout->plot.width / MAX (row->n_bars, 1) * row->n_bars / n, gap = width >= 5 ? 1 : width >= 3 ? 0.5 : 0;

  for (guint i = 0; i < n && row->n_bars > 0; i++)
    {
      guint first = (guint) ((guint64) i * row->n_bars / n), end = MAX ((guint) ((guint64) (i + 1) * row->n_bars / n), first + 1);
      double x = layout->plot.x + i * width, up = find_most (row->up, first, end), down = find_most (row->down, first, end);

      if (up > 0)
        {
          anm_set_colour (cr, ink);
          cairo_rectangle (cr, x + gap / 2, middle - MIN (up / self->reach, 1) * layout->half, width - gap, MIN (up / self->reach, 1) * layout->half);
          cairo_fill (cr);
        }
      if (down > 0)
        {
          anm_set_colour (cr, faint);
          cairo_rectangle (cr, x + gap / 2, middle, width - gap, MIN (down / self->reach, 1) * layout->half);
          cairo_fill (cr);
        }
      for (guint k = first; row->marked != NULL && k < end; k++)
        if (row->marked[k])
          {
            double at = x + width / 2, r = CLAMP (width / 2, 1.5, 3);
            anm_set_colour (cr, event);
            cairo_set_line_width (cr, 1.5);
            cairo_move_to (cr, at - r, middle - r);
            cairo_line_to (cr, at + r, middle + r);
            cairo_move_to (cr, at + r, middle - r);
            cairo_line_to (cr, at - r, middle + r);
            cairo_stroke (cr);
            break;
          }
    }
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, layout->plot.x, anm_sharp (middle));
  cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (middle));
  cairo_stroke (cr);
}

static void
draw_legend (const MirrorFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const AnmArea *area,
             const MirrorLayout *layout)
{
  double scale = theme->text_scale, x = area->width < 330 * scale ? area->x : layout->plot.x, y = area->y + 8 * scale;
  gboolean any_marked = FALSE;

  for (guint i = 0; i < self->n_rows; i++)
    for (guint k = 0; self->rows[i].marked != NULL && k < self->rows[i].n_bars && !any_marked; k++)
      any_marked = self->rows[i].marked[k];
  /* How much a bar is that fills its row. */
  g_autofree char *reach = anm_number_format_share (self->reach);
  g_autofree char *scale_label = g_strdup_printf (_("row: ±%s"), reach);
  double right = area->x + area->width, scale_width = anm_text_get_width (theme, ANM_TEXT_AXIS, scale_label);

  if (area->width >= 240 * scale)
    {
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), scale_label, right, y, 1, 0.5, 0);
      right -= scale_width + 10;
    }
  for (guint i = 0; i < (any_marked ? 3 : 2); i++)
    {
      const char *label = i == 0 ? self->up_label : i == 1 ? self->down_label : self->mark_label;
      double room = right - x - 14;

      if (room < 30)
        break;
      anm_set_colour (cr, anm_theme_get_colour (theme, i == 0 ? ANM_COLOUR_INK : i == 1 ? ANM_COLOUR_FAINT : ANM_COLOUR_EVENT));
      if (i < 2)
        {
          cairo_rectangle (cr, x, y + (i == 0 ? -5 : -3), 8, 8);
          cairo_fill (cr);
        }
      else
        {
          cairo_set_line_width (cr, 1.5);
          cairo_move_to (cr, x + 1, y - 3);
          cairo_line_to (cr, x + 7, y + 3);
          cairo_move_to (cr, x + 7, y - 3);
          cairo_line_to (cr, x + 1, y + 3);
          cairo_stroke (cr);
        }
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), label, x + 13, y, 0, 0.5, room);
      x += 13 + MIN (anm_text_get_width (theme, ANM_TEXT_AXIS, label), room) + 16;
    }
}

static void
draw_axis (const MirrorFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const MirrorLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  AnmAxis axis = { .kind = ANM_AXIS_WHOLE, .low = 0.5, .high = self->most_bars + 0.5, .start = layout->plot.x, .end = layout->plot.x + layout->plot.width };
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  double scale = theme->text_scale, bottom = layout->plot.y + layout->plot.height;
  guint n_ticks = anm_axis_get_ticks (&axis, (guint) CLAMP (layout->plot.width / (44 * scale), 2, 9), ticks);

  double end = -INFINITY;

  for (guint i = 0; i < n_ticks; i++)
    anm_tick_number_draw (cr, theme, ticks[i].label, anm_axis_project (&axis, ticks[i].value), bottom + 11 * scale, layout->plot.x - 20,
                          layout->plot.x + layout->plot.width + 4, &end);
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->x_label, layout->plot.x + layout->plot.width / 2, bottom + 26 * scale, 0.5, 0.5, layout->plot.width);
}

static void
mirror_draw (const AnmFigure *figure,
             cairo_t *cr,
             const AnmTheme *theme,
             const AnmArea *area)
{
  const MirrorFigure *self = (const MirrorFigure *) figure;
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  MirrorLayout layout;

  lay_out (self, theme, area, &layout);
  if (layout.legend)
    draw_legend (self, cr, theme, area, &layout);
  for (guint i = 0; i < self->n_rows; i++)
    {
      const MirrorRow *row = &self->rows[i];
      double middle = layout.plot.y + (i + 0.5) * layout.pitch;

      draw_row (self, row, cr, theme, &layout, middle);
      if (layout.pitch < 11 * theme->text_scale)
        continue;
      anm_text_draw (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), row->label, layout.plot.x - 8, middle, 1, 0.5, layout.plot.x - area->x - 8);
      if (row->note != NULL && layout.notes)
        anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, row->note, layout.plot.x + layout.plot.width + 6, middle, 0, 0.5, 0);
    }
  draw_axis (self, cr, theme, &layout);
}

/* x is a bar's number, from 1. */

static gboolean
mirror_locate (const AnmFigure *figure,
               const AnmTheme *theme,
               const AnmArea *area,
               double pixel_x,
               double pixel_y,
               AnmFigurePlace *place)
{
  const MirrorFigure *self = (const MirrorFigure *) figure;
  MirrorLayout layout;
  guint row, bar;

  lay_out (self, theme, area, &layout);
  if (pixel_x < layout.plot.x || pixel_x > layout.plot.x + layout.plot.width || pixel_y < layout.plot.y || pixel_y > layout.plot.y + layout.plot.height)
    return FALSE;
  row = (guint) MIN ((pixel_y - layout.plot.y) / layout.pitch, self->n_rows - 1);
  if (self->rows[row].n_bars == 0)
    return FALSE;
  bar = (guint) MIN ((pixel_x - layout.plot.x) / layout.plot.width * self->rows[row].n_bars, self->rows[row].n_bars - 1);
  *place = (AnmFigurePlace){ bar + 1.0, NAN, (int) row, (int) bar };
  return TRUE;
}

static gboolean
mirror_project_x (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double x,
                  double *pixel_x,
                  double *top,
                  double *bottom)
{
  const MirrorFigure *self = (const MirrorFigure *) figure;
  MirrorLayout layout;

  if (!(x >= 0.5) || !(x <= self->most_bars + 0.5))
    return FALSE;
  lay_out (self, theme, area, &layout);
  *pixel_x = layout.plot.x + (x - 0.5) / self->most_bars * layout.plot.width;
  *top = layout.plot.y;
  *bottom = layout.plot.y + layout.plot.height;
  return TRUE;
}

static double
mirror_step_x (const AnmFigure *figure,
               double x,
               int direction)
{
  const MirrorFigure *self = (const MirrorFigure *) figure;

  if (direction == -G_MAXINT)
    return 1;
  if (direction == G_MAXINT || isnan (x))
    return self->most_bars;
  return CLAMP (round (x) + direction, 1, self->most_bars);
}

static char *
describe_bar (const MirrorFigure *self,
              const MirrorRow *row,
              guint bar)
{
  g_autofree char *up = anm_number_format_share (row->up[bar]);
  g_autofree char *down = anm_number_format_share (row->down[bar]);

  if (row->marked != NULL && row->marked[bar])
    return g_strdup_printf ("%s: %s", row->label, self->mark_label);
  /* Translators: a row ("forget gate"); a share and what it is a share of, twice: "12 % above 0.95". */
  return g_strdup_printf (_("%s: %s %s, %s %s"), row->label, up, self->up_label, down, self->down_label);
}

static char *
mirror_describe (const AnmFigure *figure,
                 const AnmFigurePlace *place)
{
  const MirrorFigure *self = (const MirrorFigure *) figure;
  int bar = place->index >= 0 ? place->index : isnan (place->x) ? -1 : (int) round (place->x) - 1;
  GString *text;

  if (bar < 0 || (guint) bar >= self->most_bars)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, C_("axis", "%s %d"), self->x_label, bar + 1);
  for (guint i = 0; i < self->n_rows; i++)
    if ((place->series < 0 || (int) i == place->series) && (guint) bar < self->rows[i].n_bars)
      {
        g_autofree char *words = describe_bar (self, &self->rows[i], (guint) bar);
        g_string_append_printf (text, "\n%s", words);
      }
  return g_string_free (text, FALSE);
}

static void
mirror_fill_table (const AnmFigure *figure,
                   GPtrArray *table)
{
  const MirrorFigure *self = (const MirrorFigure *) figure;

  anm_table_add (table, _("of"), self->x_label, self->up_label, self->down_label, self->mark_label, NULL);
  for (guint i = 0; i < self->n_rows; i++)
    for (guint k = 0; k < self->rows[i].n_bars; k++)
      {
        g_autofree char *number = g_strdup_printf ("%u", k + 1);
        g_autofree char *up = anm_table_number (self->rows[i].up[k]);
        g_autofree char *down = anm_table_number (self->rows[i].down[k]);

        anm_table_add (table, self->rows[i].label, number, up, down, self->rows[i].marked != NULL && self->rows[i].marked[k] ? "1" : "0", NULL);
      }
}

static double
mirror_natural_height (const AnmFigure *figure,
                       const AnmTheme *theme)
{
  return CLAMP (((const MirrorFigure *) figure)->n_rows * 44.0 + 54, 160, 420) * theme->text_scale;
}

static void
mirror_finalize (AnmFigure *figure)
{
  MirrorFigure *self = (MirrorFigure *) figure;

  for (guint i = 0; i < self->n_rows; i++)
    {
      g_free (self->rows[i].label);
      g_free (self->rows[i].note);
      g_free (self->rows[i].up);
      g_free (self->rows[i].down);
      g_free (self->rows[i].marked);
    }
  g_free (self->rows);
  g_free (self->x_label);
  g_free (self->up_label);
  g_free (self->down_label);
  g_free (self->mark_label);
}

static const AnmFigureClass mirror_class = {
  .instance_size = sizeof (MirrorFigure),
  .finalize = mirror_finalize,
  .draw = mirror_draw,
  .locate = mirror_locate,
  .project_x = mirror_project_x,
  .step_x = mirror_step_x,
  .describe = mirror_describe,
  .fill_table = mirror_fill_table,
  .natural_height = mirror_natural_height,
};

static double
find_greatest (const MirrorFigure *self)
{
  double greatest = 0;

  for (guint i = 0; i < self->n_rows; i++)
    for (guint k = 0; k < self->rows[i].n_bars; k++)
      {
        greatest = MAX (greatest, isnan (self->rows[i].up[k]) ? 0 : self->rows[i].up[k]);
        greatest = MAX (greatest, isnan (self->rows[i].down[k]) ? 0 : self->rows[i].down[k]);
      }
  return greatest;
}

/**
 * anm_mirror_bars_new:
 * @given: what is to be drawn; everything is copied
 *
 * Rows of bars that rise and hang from their middle, two shares of each thing. All rows share
 * the horizontal axis; where there are more bars than pixels the greatest is drawn.
 */
AnmFigure *
anm_mirror_bars_new (const AnmMirrorBars *given)
{
  g_return_val_if_fail (given != NULL, NULL);

  MirrorFigure *self = anm_figure_new (&mirror_class, given->title, given->caption, given->finding, given->empty_text);

  self->x_label = g_strdup (given->x_label != NULL ? given->x_label : "");
  self->up_label = g_strdup (given->up_label != NULL ? given->up_label : "");
  self->down_label = g_strdup (given->down_label != NULL ? given->down_label : "");
  self->mark_label = g_strdup (given->mark_label != NULL ? given->mark_label : "");
  self->n_rows = given->n_rows;
  self->rows = g_new0 (MirrorRow, MAX (given->n_rows, 1));
  for (guint i = 0; i < given->n_rows; i++)
    {
      const AnmMirrorRow *row = &given->rows[i];

      self->rows[i] = (MirrorRow){
        .label = g_strdup (row->label != NULL ? row->label : ""),
        .note = g_strdup (row->note),
        .n_bars = row->n_bars,
        .up = g_memdup2 (row->up, row->n_bars * sizeof *row->up),
        .down = g_memdup2 (row->down, row->n_bars * sizeof *row->down),
        .marked = row->marked != NULL ? g_memdup2 (row->marked, row->n_bars) : NULL,
      };
      self->most_bars = MAX (self->most_bars, row->n_bars);
    }
  self->reach = anm_axis_nice_step (CLAMP (find_greatest (self), 0.02, 1));
  self->base.empty = self->most_bars == 0;
  return (AnmFigure *) self;
}
