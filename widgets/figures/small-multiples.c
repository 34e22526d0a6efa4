/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/small-multiples.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/figure-private.h"
#include "widgets/figures/text.h"

#define GAP_X 18
#define GAP_Y 12
#define NAME_HEIGHT 18
#define LEAST_WIDTH 110
#define LEAST_HEIGHT 64
/* Wide by high, what a panel likes. */
#define SHAPE 1.6

typedef struct
{
  AnmFigure   base;
  guint       n_panels, n_columns;
  AnmFigure **panels;
} SmallMultiples;

typedef struct
{
  guint  n_columns, n_rows, n_shown;
  double width, height;  /* of one, with its name */
} Grid;

static void
small_multiples_finalize (AnmFigure *figure)
{
  SmallMultiples *self = (SmallMultiples *) figure;

  for (guint i = 0; i < self->n_panels; i++)
    anm_figure_unref (self->panels[i]);
  g_free (self->panels);
}

static double
size_of (double room,
         guint n,
         double gap)
{
  return (room - (n - 1) * gap) / n;
}

/* The number of columns that gives panels of the best shape; fewer panels where they would be too small to read. */
static Grid
lay_out (const SmallMultiples *self,
         const AnmTheme *theme,
         const AnmArea *area)
{
  double scale = theme->text_scale, best = -1;
  guint most_columns = (guint) CLAMP ((area->width + GAP_X) / (LEAST_WIDTH * scale + GAP_X), 1, self->n_panels);
  guint most_rows = (guint) CLAMP ((area->height - NAME_HEIGHT * scale + GAP_Y) / ((LEAST_HEIGHT + NAME_HEIGHT) * scale + GAP_Y), 1, self->n_panels);
  Grid grid = { 0 };

  for (guint columns = 1; columns <= most_columns; columns++)
    {
      guint wanted = self->n_columns > 0 ? MIN (self->n_columns, most_columns) : columns;
      guint rows = MIN ((self->n_panels + wanted - 1) / wanted, most_rows);
      gboolean all = rows * wanted >= self->n_panels;
      double height = area->height - (all ? 0 : NAME_HEIGHT * scale);
      Grid tried = { wanted, rows, MIN (rows * wanted, self->n_panels), size_of (area->width, wanted, GAP_X), size_of (height, rows, GAP_Y) };
      double score = 1e6 * tried.n_shown + MIN (tried.width, SHAPE * (tried.height - NAME_HEIGHT * scale));

      if (score > best)
        {
          best = score;
          grid = tried;
        }
    }
  return grid;
}

/* The place of a panel under its name. */
static AnmArea
panel_area (const AnmTheme *theme,
            const AnmArea *area,
            const Grid *grid,
            guint panel)
{
  double name = NAME_HEIGHT * theme->text_scale;

  return (AnmArea){ area->x + floor (panel % grid->n_columns * (grid->width + GAP_X)),
                    area->y + floor (panel / grid->n_columns * (grid->height + GAP_Y)) + name,
                    floor (grid->width), MAX (floor (grid->height - name), 1) };
}

static void
small_multiples_draw (const AnmFigure *figure,
                      cairo_t *cr,
                      const AnmTheme *theme,
                      const AnmArea *area)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  Grid grid = lay_out (self, theme, area);

  for (guint i = 0; i < grid.n_shown; i++)
    {
      AnmArea place = panel_area (theme, area, &grid, i);

      anm_text_draw (cr, theme, ANM_TEXT_NAME, anm_theme_get_colour (theme, ANM_COLOUR_INK), anm_figure_get_title (self->panels[i]),
                     place.x, place.y - 9 * theme->text_scale, 0, 0.5, place.width);
      cairo_save (cr);
      cairo_translate (cr, place.x, place.y);
      anm_figure_draw_base (self->panels[i], cr, theme, place.width, place.height, FALSE);
      cairo_restore (cr);
    }
  if (grid.n_shown < self->n_panels)
    {
      g_autofree char *words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", self->n_panels - grid.n_shown), self->n_panels - grid.n_shown);
      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), words, area->x,
                     area->y + area->height - 8 * theme->text_scale, 0, 0.5, area->width);
    }
}

static void
small_multiples_draw_cursor (const AnmFigure *figure,
                             cairo_t *cr,
                             const AnmTheme *theme,
                             const AnmArea *area,
                             double x)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  Grid grid = lay_out (self, theme, area);

  for (guint i = 0; i < grid.n_shown; i++)
    {
      AnmArea place = panel_area (theme, area, &grid, i);

      cairo_save (cr);
      cairo_translate (cr, place.x, place.y);
      anm_figure_draw_cursor (self->panels[i], cr, theme, place.width, place.height, FALSE, x);
      cairo_restore (cr);
    }
}

static void
small_multiples_draw_rest (const AnmFigure *figure,
                           cairo_t *cr,
                           const AnmTheme *theme,
                           const AnmArea *area)
{
  small_multiples_draw_cursor (figure, cr, theme, area, NAN);
}

/* A cursor is in range if it is in that of any panel. */
static gboolean
small_multiples_project_x (const AnmFigure *figure,
                           const AnmTheme *theme,
                           const AnmArea *area,
                           double x,
                           double *pixel_x,
                           double *top,
                           double *bottom)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  Grid grid = lay_out (self, theme, area);

  for (guint i = 0; i < grid.n_shown; i++)
    {
      AnmArea place = panel_area (theme, area, &grid, i);

      if (!anm_figure_project_x (self->panels[i], theme, place.width, place.height, FALSE, x, pixel_x, top, bottom))
        continue;
      *pixel_x += place.x;
      *top += place.y;
      *bottom += place.y;
      return TRUE;
    }
  return FALSE;
}

static gboolean
small_multiples_locate (const AnmFigure *figure,
                        const AnmTheme *theme,
                        const AnmArea *area,
                        double pixel_x,
                        double pixel_y,
                        AnmFigurePlace *place)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  Grid grid = lay_out (self, theme, area);

  for (guint i = 0; i < grid.n_shown; i++)
    {
      AnmArea panel = panel_area (theme, area, &grid, i);

      if (!anm_figure_locate (self->panels[i], theme, panel.width, panel.height, FALSE, pixel_x - panel.x, pixel_y - panel.y, place))
        continue;
      /* Which panel is what a listener wants to know; the rest is in the words. */
      place->series = (int) i;
      place->index = -1;
      return TRUE;
    }
  return FALSE;
}

static double
small_multiples_step_x (const AnmFigure *figure,
                        double x,
                        int direction)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;

  for (guint i = 0; i < self->n_panels; i++)
    {
      double next = anm_figure_step_x (self->panels[i], x, direction);
      if (!isnan (next))
        return next;
    }
  return NAN;
}

static int
small_multiples_step_series (const AnmFigure *figure,
                             int series,
                             int direction)
{
  return anm_step_row (series, direction, ((const SmallMultiples *) figure)->n_panels, NULL);
}

static char *
small_multiples_describe (const AnmFigure *figure,
                          const AnmFigurePlace *place)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  AnmFigurePlace inside = { place->x, place->y, -1, -1 };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_panels; i++)
    {
      g_autofree char *words = place->series < 0 || place->series == (int) i ? anm_figure_describe (self->panels[i], &inside) : NULL;

      if (words != NULL)
        g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", anm_figure_get_title (self->panels[i]), words);
    }
  return text->len > 0 ? g_string_free (text, FALSE) : (g_string_free (text, TRUE), NULL);
}

static void
small_multiples_draw_place (const AnmFigure *figure,
                            cairo_t *cr,
                            const AnmTheme *theme,
                            const AnmArea *area,
                            const AnmFigurePlace *place)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  Grid grid = lay_out (self, theme, area);

  if (place->series < 0 || (guint) place->series >= grid.n_shown)
    return;
  AnmArea panel = panel_area (theme, area, &grid, (guint) place->series);
  anm_draw_ring (cr, theme, &(AnmArea){ panel.x + 1, panel.y + 1, MAX (panel.width - 2, 1), MAX (panel.height - 2, 1) });
}

/* The tables under one another, each row led by its panel's name. */
static void
small_multiples_fill_table (const AnmFigure *figure,
                            GPtrArray *table)
{
  const SmallMultiples *self = (const SmallMultiples *) figure;
  guint n_words = 0;

  for (guint i = 0; i < self->n_panels; i++)
    {
      g_autoptr (GPtrArray) inner = anm_figure_get_table (self->panels[i]);

      for (guint row = i == 0 ? 0 : 1; row < inner->len; row++)
        {
          char **words = g_ptr_array_index (inner, row);
          g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
          guint given = g_strv_length (words);

          if (row == 0)
            n_words = given;
          /* Translators: column header: which of several small figures a row belongs to. */
          g_strv_builder_add (builder, row == 0 && i == 0 ? _("figure") : anm_figure_get_title (self->panels[i]));
          for (guint k = 0; k < n_words; k++)
            g_strv_builder_add (builder, k < given ? words[k] : "");
          g_ptr_array_add (table, g_strv_builder_end (builder));
        }
    }
  if (self->n_panels == 0)
    anm_table_add (table, _("figure"), NULL);
}

static double
small_multiples_natural_height (const AnmFigure *figure,
                                const AnmTheme *theme)
{
  guint n_rows = (((const SmallMultiples *) figure)->n_panels + 2) / 3;

  return CLAMP (n_rows, 1, 4) * 140.0 * theme->text_scale;
}

static const AnmFigureClass small_multiples_class = {
  .instance_size = sizeof (SmallMultiples),
  .finalize = small_multiples_finalize,
  .draw = small_multiples_draw,
  .draw_cursor = small_multiples_draw_cursor,
  .draw_rest = small_multiples_draw_rest,
  .locate = small_multiples_locate,
  .project_x = small_multiples_project_x,
  .step_x = small_multiples_step_x,
  .step_series = small_multiples_step_series,
  .draw_place = small_multiples_draw_place,
  .describe = small_multiples_describe,
  .fill_table = small_multiples_fill_table,
  .natural_height = small_multiples_natural_height,
};

/* The stretch that holds those of all panels. */
static void
find_common (const AnmSmallMultiples *multiples,
             AnmFigureFrame *frame)
{
  AnmTheme theme;
  double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY;

  anm_theme_init (&theme, FALSE);
  for (guint i = 0; i < multiples->n_panels; i++)
    {
      AnmAxis x, y;

      if (!anm_figure_get_axes (multiples->panels[i], &theme, 400, 300, FALSE, &x, &y))
        continue;
      if (x.start != x.end)
        {
          x_low = MIN (x_low, x.low);
          x_high = MAX (x_high, x.high);
        }
      if (y.start != y.end)
        {
          y_low = MIN (y_low, y.low);
          y_high = MAX (y_high, y.high);
        }
    }
  if (multiples->common_x && x_low < x_high)
    {
      frame->x_low = x_low;
      frame->x_high = x_high;
    }
  if (multiples->common_y && y_low < y_high)
    {
      frame->y_low = y_low;
      frame->y_high = y_high;
    }
}

AnmFigure *
anm_small_multiples_new (const AnmSmallMultiples *multiples)
{
  g_return_val_if_fail (multiples != NULL, NULL);

  SmallMultiples *self = anm_figure_new (&small_multiples_class, multiples->title, multiples->caption, multiples->finding, multiples->empty_text);
  AnmFigureFrame frame = ANM_FIGURE_FRAME_ALL;

  find_common (multiples, &frame);
  self->n_panels = multiples->n_panels;
  self->n_columns = multiples->n_columns;
  self->panels = g_new (AnmFigure *, MAX (multiples->n_panels, 1));
  for (guint i = 0; i < multiples->n_panels; i++)
    self->panels[i] = anm_figure_reframe (multiples->panels[i], &frame);
  self->base.empty = self->n_panels == 0;
  return (AnmFigure *) self;
}
