/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/figure-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/text.h"

/* Room that the view's menu button takes from a long title. */
#define MENU_WIDTH 30

gpointer
anm_figure_new (const AnmFigureClass *klass,
                const char *title,
                const char *caption,
                const char *finding,
                const char *empty_text)
{
  g_assert (klass->instance_size >= sizeof (AnmFigure));

  AnmFigure *self = g_malloc0 (klass->instance_size);

  self->klass = klass;
  g_atomic_ref_count_init (&self->ref_count);
  self->title = g_strdup (title != NULL ? title : "");
  self->caption = g_strdup (caption != NULL ? caption : "");
  self->finding = g_strdup (finding != NULL ? finding : "");
  self->empty_text = g_strdup (empty_text);
  return self;
}

AnmFigure *
anm_figure_ref (AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_figure_unref (AnmFigure *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->origin != NULL)
    {
      anm_figure_unref (self->origin);
      g_free (self);
      return;
    }
  self->klass->finalize (self);
  g_free (self->title);
  g_free (self->caption);
  g_free (self->finding);
  g_free (self->empty_text);
  g_free (self);
}

const char *
anm_figure_get_title (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->title;
}

const char *
anm_figure_get_caption (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->caption;
}

const char *
anm_figure_get_finding (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->finding;
}

/* What a small figure drops last before its end labels: the grey line. */
static gboolean
shows_caption (const AnmFigure *self,
               const AnmTheme *theme,
               double height)
{
  return *self->caption != '\0' && height >= 128 * theme->text_scale;
}

static double
title_height (const AnmFigure *self,
              const AnmTheme *theme,
              double height)
{
  double used = 0;

  if (*self->title != '\0')
    used += 21 * theme->text_scale;
  if (shows_caption (self, theme, height))
    used += 17 * theme->text_scale;
  return used > 0 ? used + 9 : 0;
}

AnmArea
anm_figure_get_body (const AnmFigure *self,
                     const AnmTheme *theme,
                     double width,
                     double height,
                     gboolean with_title)
{
  double top = with_title ? title_height (self, theme, height) : 0;

  return (AnmArea){ 0, top, MAX (width, 0), MAX (height - top, 0) };
}

/* Without the last of its clauses, if it is too wide with them. */
static char *
fit_caption (const AnmFigure *self,
             const AnmTheme *theme,
             double width)
{
  static const char *const ends[] = { "; ", "；" };
  char *caption = g_strdup (self->caption);

  while (TRUE)
    {
      double needed;
      char *end = NULL;

      anm_text_measure (theme, ANM_TEXT_CAPTION, caption, 0, &needed, NULL);
      if (needed <= width)
        return caption;
      for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
        end = MAX (end, g_strrstr (caption, ends[i]));
      if (end == NULL)
        return caption;
      *end = '\0';
    }
}

static void
draw_title (const AnmFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            double width,
            double height)
{
  double y = 0;

  if (*self->title != '\0')
    {
      anm_text_draw (cr, theme, ANM_TEXT_TITLE, anm_theme_get_colour (theme, ANM_COLOUR_INK),
                     self->title, 0, y, 0, 0, MAX (width - MAX (MENU_WIDTH, theme->title_end), 1));
      y += 21 * theme->text_scale;
    }
  if (shows_caption (self, theme, height))
    {
      const double room = MAX (width - (theme->title_end > 0 ? MENU_WIDTH : 0), 1);
      g_autofree char *caption = fit_caption (self, theme, room);

      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), caption, 0, y, 0, 0, room);
    }
}

static void
draw_empty (const AnmFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmArea *area)
{
  const char *text = self->empty_text != NULL && *self->empty_text != '\0' ? self->empty_text
                                                                        : _("Nothing to show yet");
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double width = MIN (area->width - 12, 320 * theme->text_scale);

  if (width < 20 || area->height < 12)
    return;

  double height = anm_text_draw_wrapped (NULL, theme, ANM_TEXT_CAPTION, muted, text, 0, 0, width, area->height, TRUE);
  anm_text_draw_wrapped (cr, theme, ANM_TEXT_CAPTION, muted, text,
                         area->x + (area->width - width) / 2, area->y + MAX ((area->height - height) / 2, 0),
                         width, area->height, TRUE);
}

void
anm_figure_draw_base (const AnmFigure *self,
                      cairo_t *cr,
                      const AnmTheme *theme,
                      double width,
                      double height,
                      gboolean with_title)
{
  g_return_if_fail (self != NULL && cr != NULL && theme != NULL);

  if (!(width >= 1) || !(height >= 1))
    return;

  AnmArea body = anm_figure_get_body (self, theme, width, height, with_title);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (with_title)
    draw_title (self, cr, theme, width, height);
  if (self->empty)
    draw_empty (self, cr, theme, &body);
  else if (body.width >= 4 && body.height >= 4)
    self->klass->draw (self, cr, theme, &body);
  cairo_restore (cr);
}

void
anm_figure_draw (const AnmFigure *self,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 double width,
                 double height,
                 gboolean with_title)
{
  anm_figure_draw_base (self, cr, theme, width, height, with_title);
  anm_figure_draw_cursor (self, cr, theme, width, height, with_title, NAN);
}

gboolean
anm_figure_locate (const AnmFigure *self,
                   const AnmTheme *theme,
                   double width,
                   double height,
                   gboolean with_title,
                   double pixel_x,
                   double pixel_y,
                   AnmFigurePlace *place)
{
  g_return_val_if_fail (self != NULL && theme != NULL && place != NULL, FALSE);

  *place = (AnmFigurePlace){ NAN, NAN, -1, -1 };
  if (self->empty)
    return FALSE;

  AnmArea body = anm_figure_get_body (self, theme, width, height, with_title);
  return body.width >= 4 && body.height >= 4
         && self->klass->locate (self, theme, &body, pixel_x, pixel_y, place);
}

gboolean
anm_figure_project_x (const AnmFigure *self,
                      const AnmTheme *theme,
                      double width,
                      double height,
                      gboolean with_title,
                      double x,
                      double *pixel_x,
                      double *top,
                      double *bottom)
{
  g_return_val_if_fail (self != NULL && theme != NULL, FALSE);

  if (self->empty || !isfinite (x))
    return FALSE;

  AnmArea body = anm_figure_get_body (self, theme, width, height, with_title);
  double at, above, below;
  if (body.width < 4 || body.height < 4 || !self->klass->project_x (self, theme, &body, x, &at, &above, &below))
    return FALSE;

  if (pixel_x != NULL)
    *pixel_x = at;
  if (top != NULL)
    *top = above;
  if (bottom != NULL)
    *bottom = below;
  return TRUE;
}

void
anm_figure_draw_cursor (const AnmFigure *self,
                        cairo_t *cr,
                        const AnmTheme *theme,
                        double width,
                        double height,
                        gboolean with_title,
                        double x)
{
  g_return_if_fail (self != NULL && cr != NULL && theme != NULL);

  AnmArea body = anm_figure_get_body (self, theme, width, height, with_title);
  double at, top, bottom;
  gboolean inside = anm_figure_project_x (self, theme, width, height, with_title, x, &at, &top, &bottom);

  cairo_save (cr);
  if (inside && self->klass->draw_cursor != NULL)
    self->klass->draw_cursor (self, cr, theme, &body, x);
  else if (inside)
    anm_draw_cursor_line (cr, theme, at, top, bottom);
  else if (self->klass->draw_rest != NULL && !self->empty && body.width >= 4 && body.height >= 4)
    self->klass->draw_rest (self, cr, theme, &body);
  cairo_restore (cr);
}

gboolean
anm_figure_shows_cursor (const AnmFigure *self,
                         double x)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->empty && (isfinite (x) || self->klass->draw_rest != NULL);
}

double
anm_figure_step_x (const AnmFigure *self,
                   double x,
                   int direction)
{
  g_return_val_if_fail (self != NULL && direction != 0, NAN);

  if (self->empty || self->klass->step_x == NULL)
    return NAN;
  if (isnan (x) && direction != -G_MAXINT)
    return self->klass->step_x (self, x, G_MAXINT);
  return self->klass->step_x (self, x, direction);
}

char *
anm_figure_describe (const AnmFigure *self,
                     const AnmFigurePlace *place)
{
  g_return_val_if_fail (self != NULL && place != NULL, NULL);

  return self->empty ? NULL : self->klass->describe (self, place);
}

double
anm_figure_get_natural_height (const AnmFigure *self,
                               const AnmTheme *theme,
                               gboolean with_title)
{
  g_return_val_if_fail (self != NULL && theme != NULL, 0);

  double body = self->klass->natural_height != NULL ? self->klass->natural_height (self, theme)
                                                    : 180 * theme->text_scale;
  return body + (with_title ? title_height (self, theme, G_MAXDOUBLE) : 0);
}

/* Tables */

GPtrArray *
anm_figure_get_table (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->klass->fill_table (self, table);
  return table;
}

void
anm_table_add (GPtrArray *table,
               const char *first,
               ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  va_list arguments;

  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_strv_builder_add (builder, word);
  va_end (arguments);
  g_ptr_array_add (table, g_strv_builder_end (builder));
}

/* The shortest text that reads back as the same number. */
static char *
shortest (double value,
          int first_digits,
          gboolean single)
{
  if (isnan (value))
    return g_strdup ("");
  if (isinf (value))
    return g_strdup (value > 0 ? "inf" : "-inf");

  char text[G_ASCII_DTOSTR_BUF_SIZE], format[16];
  for (int digits = first_digits; digits <= 17; digits++)
    {
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      double back = g_ascii_strtod (text, NULL);
      if (single ? (float) back == (float) value : back == value)
        break;
    }
  return g_strdup (text);
}

char *
anm_table_number (double value)
{
  return shortest (value, 6, FALSE);
}

char *
anm_table_float (float value)
{
  return shortest ((double) value, 5, TRUE);
}

char *
anm_figure_get_csv (const AnmFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GPtrArray) table = anm_figure_get_table (self);
  GString *csv = g_string_new (NULL);

  for (guint i = 0; i < table->len; i++)
    {
      char **row = g_ptr_array_index (table, i);

      for (guint k = 0; row[k] != NULL; k++)
        {
          if (k > 0)
            g_string_append_c (csv, ',');
          if (strpbrk (row[k], "\",\r\n") != NULL || g_ascii_isspace (row[k][0]))
            {
              g_string_append_c (csv, '"');
              for (const char *p = row[k]; *p != '\0'; p++)
                {
                  if (*p == '"')
                    g_string_append_c (csv, '"');
                  g_string_append_c (csv, *p);
                }
              g_string_append_c (csv, '"');
            }
          else
            g_string_append (csv, row[k]);
        }
      g_string_append (csv, "\r\n");
    }
  return g_string_free (csv, FALSE);
}

/* What several kinds draw */

double
anm_sharp (double value)
{
  return floor (value) + 0.5;
}

double
anm_room_around (const AnmArea *area,
                 double x)
{
  return MAX (2 * MIN (x - area->x, area->x + area->width - x), 1);
}

void
anm_draw_cursor_line (cairo_t *cr,
                      const AnmTheme *theme,
                      double x,
                      double top,
                      double bottom)
{
  const double dashes[] = { 3.5, 2.5 };

  cairo_save (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_set_line_width (cr, theme->high_contrast ? 1.5 : 1);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_move_to (cr, anm_sharp (x), top);
  cairo_line_to (cr, anm_sharp (x), bottom);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
anm_draw_dot (cairo_t *cr,
              AnmColour colour,
              AnmColour rim,
              double x,
              double y,
              double radius)
{
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius + 1.2, 0, 2 * G_PI);
  anm_set_colour (cr, rim);
  cairo_fill (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  anm_set_colour (cr, colour);
  cairo_fill (cr);
}

void
anm_draw_ring (cairo_t *cr,
               const AnmTheme *theme,
               const AnmArea *area)
{
  /* A ring in two colours is seen on any ground. */
  for (int inner = 0; inner <= 1; inner++)
    {
      anm_set_colour (cr, inner ? anm_theme_get_colour (theme, ANM_COLOUR_ACCENT) : anm_theme_get_ground (theme));
      cairo_set_line_width (cr, inner ? 2 : 4);
      cairo_rectangle (cr, area->x, area->y, area->width, area->height);
      cairo_stroke (cr);
    }
}

void
anm_draw_hatching (cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmArea *area)
{
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  const double distance = 5;

  if (!(area->width > 0) || !(area->height > 0))
    return;

  cairo_save (cr);
  cairo_rectangle (cr, area->x, area->y, area->width, area->height);
  cairo_clip (cr);
  anm_set_colour (cr, anm_colour_fade (ink, theme->high_contrast ? 0.4 : 0.13));
  cairo_set_line_width (cr, 1);

  /* Lines x + y = k * distance, so that hatchings beside each other meet. */
  double first = floor ((area->x + area->y) / distance) * distance;
  double last = area->x + area->width + area->y + area->height;
  for (double sum = first; sum <= last; sum += distance)
    {
      cairo_move_to (cr, sum - area->y, area->y);
      cairo_line_to (cr, sum - area->y - area->height, area->y + area->height);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}
