/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/text.h"

#include <math.h>
#include <pango/pangocairo.h>

/* As in the literature; whichever of these is installed. */
#define FORMULA_FONT "STIX Two Text, STIX, Latin Modern Roman, serif Italic"

/* Pango's font maps belong to a thread, and so does what is made from them. */
static GPrivate thread_context = G_PRIVATE_INIT (g_object_unref);

static PangoContext *
get_context (void)
{
  PangoContext *context = g_private_get (&thread_context);

  if (context == NULL)
    {
      g_autoptr (PangoFontMap) font_map = pango_cairo_font_map_new ();
      cairo_font_options_t *options = cairo_font_options_create ();

      /* The same advances on the screen, in a PNG and in a PDF. */
      cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
      cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
      cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);

      context = pango_font_map_create_context (font_map);
      pango_cairo_context_set_resolution (context, 96);
      pango_cairo_context_set_font_options (context, options);
      pango_context_set_round_glyph_positions (context, FALSE);
      cairo_font_options_destroy (options);
      g_private_set (&thread_context, context);
    }
  return context;
}

static double
style_size (AnmTextStyle style)
{
  static const double sizes[] = {
    [ANM_TEXT_TITLE] = 14.5,
    [ANM_TEXT_BODY] = 14.5,
    [ANM_TEXT_NAME] = 12.5,
    [ANM_TEXT_CAPTION] = 12,
    [ANM_TEXT_LABEL] = 11.5,
    [ANM_TEXT_LABEL_BOLD] = 11.5,
    [ANM_TEXT_AXIS] = 11,
  };
  return sizes[style];
}

/* What a raised character stands for; 0 if it isn't raised. */
static gunichar
lower_superscript (gunichar c)
{
  if (c == 0xb9)
    return '1';
  if (c == 0xb2 || c == 0xb3)
    return '0' + (c - 0xb0);
  if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079))
    return '0' + (c - 0x2070);
  if (c == 0x207b)
    return 0x2212;
  return 0;
}

/* Few fonts have all raised digits and the raised minus in one size: set the plain ones raised. */
static char *
raise_exponents (const char *text,
                 PangoAttrList *attributes)
{
  GString *plain = g_string_new (NULL);
  gboolean raised = FALSE;
  guint begin = 0;

  for (const char *p = text;; p = g_utf8_next_char (p))
    {
      gunichar c = *p == '\0' ? 0 : g_utf8_get_char (p);
      gunichar lowered = c == 0 ? 0 : lower_superscript (c);

      if (lowered != 0 && !raised)
        begin = (guint) plain->len;
      if (lowered == 0 && raised)
        {
          PangoAttribute *list[] = {
            pango_attr_font_scale_new (PANGO_FONT_SCALE_SUPERSCRIPT),
            pango_attr_baseline_shift_new (PANGO_BASELINE_SHIFT_SUPERSCRIPT),
          };
          for (guint i = 0; i < G_N_ELEMENTS (list); i++)
            {
              list[i]->start_index = begin;
              list[i]->end_index = (guint) plain->len;
              pango_attr_list_insert (attributes, list[i]);
            }
        }
      raised = lowered != 0;
      if (c == 0)
        break;
      g_string_append_unichar (plain, raised ? lowered : c);
    }
  return g_string_free (plain, FALSE);
}

static PangoLayout *
make_layout (const AnmTheme *theme,
             AnmTextStyle style,
             const char *text,
             gboolean raise)
{
  PangoLayout *layout = pango_layout_new (get_context ());
  PangoFontDescription *description = pango_font_description_new ();
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *plain = raise ? raise_exponents (valid, attributes) : g_strdup (valid);
  gboolean bold = style == ANM_TEXT_TITLE || style == ANM_TEXT_NAME || style == ANM_TEXT_LABEL_BOLD;

  pango_font_description_set_family_static (description, theme->font_family);
  pango_font_description_set_weight (description, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size (description, style_size (style) * theme->text_scale * PANGO_SCALE);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));

  pango_layout_set_font_description (layout, description);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_text (layout, plain, -1);
  pango_font_description_free (description);
  return layout;
}

/* Layouts that were set before: most words are drawn again and again, and setting them takes longer than drawing them. They
 * aren't changed once they are kept. */
#define MOST_KEPT 1024

static GPrivate thread_layouts = G_PRIVATE_INIT ((GDestroyNotify) g_hash_table_unref);

/* A reference of the caller's, or NULL. */
static PangoLayout *
find_kept (const char *key)
{
  GHashTable *layouts = g_private_get (&thread_layouts);
  PangoLayout *layout = layouts != NULL ? g_hash_table_lookup (layouts, key) : NULL;

  return layout != NULL ? g_object_ref (layout) : NULL;
}

static void
keep (const char *key,
      PangoLayout *layout)
{
  GHashTable *layouts = g_private_get (&thread_layouts);

  if (layouts == NULL)
    {
      layouts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      g_private_set (&thread_layouts, layouts);
    }
  if (g_hash_table_size (layouts) >= MOST_KEPT)
    g_hash_table_remove_all (layouts);
  g_hash_table_replace (layouts, g_strdup (key), g_object_ref (layout));
}

static PangoLayout *
make_line (const AnmTheme *theme,
           AnmTextStyle style,
           const char *text,
           double max_width)
{
  g_autofree char *key = g_strdup_printf ("l %d %g %s %g %s", style, theme->text_scale, theme->font_family, max_width, text);
  PangoLayout *layout = find_kept (key);

  if (layout != NULL)
    return layout;
  layout = make_layout (theme, style, text, TRUE);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (max_width > 0)
    {
      int natural;
      pango_layout_get_size (layout, &natural, NULL);
      /* A width is set only where it is needed: it would change what is measured. */
      if (natural > max_width * PANGO_SCALE)
        {
          /* Pango loses count of its font scales when it shortens what is raised. */
          g_object_unref (layout);
          layout = make_layout (theme, style, text, FALSE);
          pango_layout_set_single_paragraph_mode (layout, TRUE);
          pango_layout_set_width (layout, (int) (max_width * PANGO_SCALE));
          pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
        }
    }
  keep (key, layout);
  return layout;
}

void
anm_text_measure (const AnmTheme *theme,
                  AnmTextStyle style,
                  const char *text,
                  double max_width,
                  double *width,
                  double *height)
{
  g_autoptr (PangoLayout) layout = make_line (theme, style, text, max_width);
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  if (width != NULL)
    *width = (double) logical.width / PANGO_SCALE;
  if (height != NULL)
    *height = (double) logical.height / PANGO_SCALE;
}

/* What tests look at */

static GPrivate thread_boxes;

static void
clear_box (gpointer box)
{
  g_free (((AnmTextBox *) box)->text);
}

void
anm_text_record (GArray *boxes)
{
  if (boxes != NULL)
    g_array_set_clear_func (boxes, clear_box);
  g_private_set (&thread_boxes, boxes);
}

/* The smallest upright rectangle on the surface around one in the user's coordinates. */
static void
to_surface (cairo_t *cr,
            double *left,
            double *top,
            double *right,
            double *bottom)
{
  double corners[4][2] = { { *left, *top }, { *right, *top }, { *left, *bottom }, { *right, *bottom } };

  *left = *top = INFINITY;
  *right = *bottom = -INFINITY;
  for (guint i = 0; i < 4; i++)
    {
      cairo_user_to_device (cr, &corners[i][0], &corners[i][1]);
      *left = MIN (*left, corners[i][0]);
      *right = MAX (*right, corners[i][0]);
      *top = MIN (*top, corners[i][1]);
      *bottom = MAX (*bottom, corners[i][1]);
    }
}

/* @layout is about to be shown at the current point. */
static void
note_box (cairo_t *cr,
          PangoLayout *layout)
{
  GArray *boxes = g_private_get (&thread_boxes);
  PangoRectangle ink;
  double x, y, clip[4];

  if (boxes == NULL)
    return;
  pango_layout_get_extents (layout, &ink, NULL);
  if (ink.width <= 0 || ink.height <= 0)
    return;
  cairo_get_current_point (cr, &x, &y);

  double left = x + (double) ink.x / PANGO_SCALE, top = y + (double) ink.y / PANGO_SCALE;
  double right = left + (double) ink.width / PANGO_SCALE, bottom = top + (double) ink.height / PANGO_SCALE;
  cairo_clip_extents (cr, &clip[0], &clip[1], &clip[2], &clip[3]);
  to_surface (cr, &left, &top, &right, &bottom);
  to_surface (cr, &clip[0], &clip[1], &clip[2], &clip[3]);

  AnmTextBox box = {
    .text = g_strdup (pango_layout_get_text (layout)), .x = left, .y = top, .width = right - left, .height = bottom - top,
    .shortened = pango_layout_is_ellipsized (layout),
    .clipped = left < clip[0] - 0.5 || top < clip[1] - 0.5 || right > clip[2] + 0.5 || bottom > clip[3] + 0.5,
  };
  g_array_append_val (boxes, box);
}

static void
show_layout (cairo_t *cr,
             PangoLayout *layout)
{
  note_box (cr, layout);
  pango_cairo_show_layout (cr, layout);
}

static void
place_line (cairo_t *cr,
            PangoLayout *layout,
            double digit_height,
            double x,
            double y,
            double align_x,
            double align_y)
{
  PangoRectangle logical;
  double baseline = (double) pango_layout_get_baseline (layout) / PANGO_SCALE;

  pango_layout_get_extents (layout, NULL, &logical);

  double width = (double) logical.width / PANGO_SCALE;
  double height = (double) logical.height / PANGO_SCALE;
  double top = align_y == 0.5 ? y + digit_height / 2 - baseline : y - align_y * height;

  /* A width that was set for the ellipsis starts the line at its own left edge. */
  cairo_move_to (cr, x - align_x * width - (double) logical.x / PANGO_SCALE, top);
}

double
anm_text_get_width (const AnmTheme *theme,
                    AnmTextStyle style,
                    const char *text)
{
  double width = 0;

  if (text != NULL && *text != '\0')
    anm_text_measure (theme, style, text, 0, &width, NULL);
  return width;
}

void
anm_text_draw (cairo_t *cr,
               const AnmTheme *theme,
               AnmTextStyle style,
               AnmColour colour,
               const char *text,
               double x,
               double y,
               double align_x,
               double align_y,
               double max_width)
{
  g_autoptr (PangoLayout) layout = make_line (theme, style, text, max_width);

  anm_set_colour (cr, colour);
  place_line (cr, layout, 0.7 * style_size (style) * theme->text_scale, x, y, align_x, align_y);
  show_layout (cr, layout);
}

void
anm_text_draw_on (cairo_t *cr,
                  const AnmTheme *theme,
                  AnmTextStyle style,
                  AnmColour colour,
                  AnmColour ground,
                  const char *text,
                  double x,
                  double y,
                  double align_x,
                  double align_y,
                  double max_width)
{
  g_autoptr (PangoLayout) layout = make_line (theme, style, text, max_width);

  cairo_save (cr);
  place_line (cr, layout, 0.7 * style_size (style) * theme->text_scale, x, y, align_x, align_y);
  pango_cairo_layout_path (cr, layout);
  cairo_set_line_width (cr, 3);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  anm_set_colour (cr, ground);
  cairo_stroke (cr);
  cairo_restore (cr);

  anm_text_draw (cr, theme, style, colour, text, x, y, align_x, align_y, max_width);
}

double
anm_text_draw_wrapped (cairo_t *cr,
                       const AnmTheme *theme,
                       AnmTextStyle style,
                       AnmColour colour,
                       const char *text,
                       double x,
                       double y,
                       double width,
                       double max_height,
                       gboolean centred)
{
  g_autofree char *key = g_strdup_printf ("w %d %g %s %g %g %d %s", style, theme->text_scale, theme->font_family, width, max_height, centred, text);
  g_autoptr (PangoLayout) layout = find_kept (key);
  int height;

  if (layout == NULL)
    {
      layout = make_layout (theme, style, text, FALSE);
      pango_layout_set_width (layout, (int) (MAX (width, 1) * PANGO_SCALE));
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_height (layout, (int) (MAX (max_height, 1) * PANGO_SCALE));
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_alignment (layout, centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
      keep (key, layout);
    }
  pango_layout_get_size (layout, NULL, &height);

  if (cr != NULL)
    {
      anm_set_colour (cr, colour);
      cairo_move_to (cr, x, y);
      show_layout (cr, layout);
    }
  return (double) height / PANGO_SCALE;
}

void
anm_text_draw_upwards (cairo_t *cr,
                       const AnmTheme *theme,
                       AnmTextStyle style,
                       AnmColour colour,
                       const char *text,
                       double x,
                       double y,
                       double max_width)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, -G_PI / 2);
  anm_text_draw (cr, theme, style, colour, text, 0, 0, 0.5, 1, max_width);
  cairo_restore (cr);
}

static PangoLayout *
make_formula (double size,
              const char *markup)
{
  g_autofree char *key = g_strdup_printf ("f %.2f %s", size, markup);
  PangoLayout *layout = find_kept (key);
  PangoFontDescription *description;

  if (layout != NULL)
    return layout;
  layout = pango_layout_new (get_context ());
  description = pango_font_description_from_string (FORMULA_FONT);
  pango_font_description_set_absolute_size (description, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_markup (layout, markup, -1);
  keep (key, layout);
  return layout;
}

double
anm_formula_draw (cairo_t *cr,
                  const AnmTheme *theme,
                  double size,
                  AnmColour colour,
                  const char *markup,
                  double x,
                  double baseline,
                  double align_x)
{
  g_autoptr (PangoLayout) layout = make_formula (size * theme->text_scale, markup);
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);

  const double width = (double) logical.width / PANGO_SCALE;
  if (cr != NULL)
    {
      anm_set_colour (cr, colour);
      cairo_move_to (cr, x - align_x * width, baseline - (double) pango_layout_get_baseline (layout) / PANGO_SCALE);
      show_layout (cr, layout);
    }
  return width;
}

void
anm_set_colour (cairo_t *cr,
                AnmColour colour)
{
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha);
}

AnmColour
anm_colour_fade (AnmColour colour,
                 double alpha)
{
  colour.alpha *= alpha;
  return colour;
}
