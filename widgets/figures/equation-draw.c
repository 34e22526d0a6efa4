/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/activation-curve-private.h"
#include "widgets/figures/equation-private.h"
#include "widgets/figures/text.h"

static void
round_rectangle (cairo_t *cr,
                 double x,
                 double y,
                 double width,
                 double height,
                 double radius)
{
  radius = MIN (radius, MIN (width, height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static AnmColour
mix (AnmColour a,
     AnmColour b,
     double share)
{
  return (AnmColour){ a.red + share * (b.red - a.red), a.green + share * (b.green - a.green), a.blue + share * (b.blue - a.blue), 1 };
}

/* A gate's chip: the wider it is open, the darker (on a dark ground: the lighter). */
static AnmColour
gate_colour (const AnmTheme *theme,
             double value)
{
  const AnmColour closed = theme->dark ? (AnmColour){ 0.24, 0.24, 0.26, 1 } : (AnmColour){ 0.92, 0.92, 0.93, 1 };
  const AnmColour open = theme->dark ? (AnmColour){ 0.46, 0.46, 0.49, 1 } : (AnmColour){ 0.71, 0.71, 0.73, 1 };

  return mix (closed, open, isnan (value) ? 0 : CLAMP (value, 0, 1));
}

/* Letters that stand out from @ground. */
static AnmColour
letters_on (AnmColour ground)
{
  const double light = 0.299 * ground.red + 0.587 * ground.green + 0.114 * ground.blue;

  return light > 0.52 ? (AnmColour){ 0.11, 0.11, 0.13, 1 } : (AnmColour){ 1, 1, 1, 1 };
}

static AnmColour
chip_colour (const EquationFigure *self,
             const EquationTerm *term,
             const AnmTheme *theme)
{
  if (term->kind == ANM_EQUATION_GATE || isnan (term->number))
    return gate_colour (theme, term->number);
  return anm_theme_get_diverging (theme, CLAMP (term->number / self->range, -1, 1));
}

static void
draw_joint (cairo_t *cr,
            const AnmTheme *theme,
            const EquationTerm *term,
            const EquationBox *box)
{
  const double scale = theme->text_scale;
  const gboolean chip = term->kind != ANM_EQUATION_PLAIN;
  const AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const double x = box->area.x - box->gap / 2;
  g_autofree char *markup = NULL;

  if (term->joint == NULL)
    return;
  markup = g_strdup_printf ("<span style='normal'>%s</span>", term->joint);
  if (chip)
    {
      anm_formula_draw (cr, theme, EQUATION_SIZE, anm_theme_get_colour (theme, ANM_COLOUR_INK), markup, x, box->area.y + (EQUATION_CHIP_HEIGHT / 2 + 6) * scale, 0.5);
      return;
    }
  anm_formula_draw (cr, theme, EQUATION_SIZE, muted, markup, x, box->area.y + 20 * scale, 0.5);
  anm_text_draw (cr, theme, ANM_TEXT_CAPTION, muted, term->joint, x, box->area.y + 38 * scale, 0.5, 0.5, 0);
}

static void
draw_chip (const EquationFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const EquationTerm *term,
           const AnmArea *area)
{
  const AnmColour ground = chip_colour (self, term, theme), letters = letters_on (ground);
  const double middle = area->x + area->width / 2, scale = theme->text_scale;

  round_rectangle (cr, area->x, area->y, area->width, area->height, 8);
  anm_set_colour (cr, ground);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1);
  anm_set_colour (cr, anm_theme_get_colour (theme, theme->high_contrast ? ANM_COLOUR_INK : ANM_COLOUR_GRID));
  cairo_stroke (cr);
  anm_formula_draw (cr, theme, EQUATION_CHIP_SIZE, letters, term->symbol, middle, area->y + 16 * scale, 0.5);
  anm_text_draw (cr, theme, ANM_TEXT_NAME, letters, term->value, middle, area->y + 28 * scale, 0.5, 0.5, area->width);
}

static void
draw_plain (const EquationFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const EquationTerm *term,
            const AnmArea *area)
{
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  const double middle = area->x + area->width / 2, scale = theme->text_scale;

  anm_formula_draw (cr, theme, EQUATION_SIZE, ink, term->symbol, middle, area->y + 20 * scale, 0.5);
  anm_text_draw (cr, theme, ANM_TEXT_BODY, ink, term->value, middle, area->y + 38 * scale, 0.5, 0.5, 0);
  if (!isfinite (term->number))
    return;

  const double length = CLAMP (term->number / self->bar_range, -1, 1) * 24 * scale, y = area->y + 49 * scale;
  anm_set_colour (cr, anm_theme_get_diverging (theme, term->number < 0 ? -0.6 : 0.6));
  cairo_rectangle (cr, middle + MIN (length, 0), y, fabs (length), 4 * scale);
  cairo_fill (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, anm_sharp (middle), y - 1);
  cairo_line_to (cr, anm_sharp (middle), y + 4 * scale + 1);
  cairo_stroke (cr);
}

static void
draw_result (cairo_t *cr,
             const AnmTheme *theme,
             const EquationRow *row,
             const EquationPlace *place)
{
  const double scale = theme->text_scale, right = place->result_x + place->result_width;
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double y = place->result_y;

  if (row->result != NULL)
    {
      /* Above its bar, unless it is longer than that. */
      const double width = anm_formula_draw (NULL, theme, EQUATION_SIZE, ink, row->result, 0, 0, 0);
      const gboolean from_left = row->bar != ANM_EQUATION_NO_BAR && width <= place->result_width;
      /* A curve beside it is not written over. */
      const double size = row->curve != ANM_CURVE_NONE && width > place->result_width ? EQUATION_SIZE * place->result_width / width : EQUATION_SIZE;

      anm_formula_draw (cr, theme, size, ink, row->result, from_left ? place->result_x : right, y, from_left ? 0 : 1);
    }
  if (row->bar != ANM_EQUATION_NO_BAR)
    {
      const double height = 7 * scale, top = y + 10 * scale, middle = place->result_x + place->result_width / 2;

      round_rectangle (cr, place->result_x, top, place->result_width, height, height / 2);
      anm_set_colour (cr, anm_colour_fade (ink, 0.08));
      cairo_fill (cr);
      if (row->bar == ANM_EQUATION_GATE_BAR && isfinite (row->bent))
        {
          round_rectangle (cr, place->result_x, top, MAX (CLAMP (row->bent, 0, 1) * place->result_width, 1), height, height / 2);
          anm_set_colour (cr, anm_colour_fade (ink, 0.82));
          cairo_fill (cr);
        }
      else if (row->bar == ANM_EQUATION_SIGNED_BAR && isfinite (row->bent))
        {
          const double length = CLAMP (row->bent, -1, 1) * place->result_width / 2;

          anm_set_colour (cr, anm_theme_get_diverging (theme, CLAMP (row->bent, -1, 1) * 0.4 + (row->bent < 0 ? -0.4 : 0.4)));
          cairo_rectangle (cr, middle + MIN (length, 0), top, fabs (length), height);
          cairo_fill (cr);
          anm_set_colour (cr, ink);
          cairo_set_line_width (cr, 1);
          cairo_move_to (cr, anm_sharp (middle), top - 1);
          cairo_line_to (cr, anm_sharp (middle), top + height + 1);
          cairo_stroke (cr);
        }
      y += 28 * scale;
    }
  else if (row->result != NULL)
    y += 18 * scale;
  else
    y -= 10 * scale;
  for (guint i = 0; i < G_N_ELEMENTS (row->notes); i++, y += 17 * scale)
    if (row->notes[i] != NULL)
      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, muted, row->notes[i], right, y, 1, 0.5, 0);
}

static void
draw_names (const EquationFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmArea *area,
            const EquationLayout *layout,
            guint index)
{
  const EquationRow *row = &self->rows[index];
  const EquationPlace *place = &layout->places[index];
  const double scale = theme->text_scale;
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const double width = layout->wide ? layout->names - 14 : MAX (place->result_x - area->x - 14, 40);
  const double most = 34 * scale;
  double summary = 0, y;

  const double name = anm_text_draw_wrapped (NULL, theme, ANM_TEXT_NAME, ink, row->name, 0, 0, width, most, FALSE);

  if (row->summary != NULL && *row->summary != '\0')
    summary = anm_text_draw_wrapped (NULL, theme, ANM_TEXT_CAPTION, muted, row->summary, 0, 0, width, most, FALSE);
  y = layout->wide ? floor ((place->body + place->foot) / 2 - (summary + name + 2 * scale) / 2) : place->body + 10 * scale;
  anm_text_draw_wrapped (cr, theme, ANM_TEXT_NAME, ink, row->name, area->x + 5, y, width, most, FALSE);
  if (summary > 0)
    anm_text_draw_wrapped (cr, theme, ANM_TEXT_CAPTION, muted, row->summary, area->x + 5, y + name + 2 * scale, width, most, FALSE);
}

static void
draw_row (const EquationFigure *self,
          cairo_t *cr,
          const AnmTheme *theme,
          const AnmArea *area,
          const EquationLayout *layout,
          guint index)
{
  const EquationRow *row = &self->rows[index];
  const EquationPlace *place = &layout->places[index];
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);

  if (row->heading != NULL)
    anm_text_draw (cr, theme, ANM_TEXT_TITLE, ink, row->heading, area->x, place->body - 14 * theme->text_scale, 0, 0.5, area->width);
  if (self->chosen == (int) index)
    {
      round_rectangle (cr, area->x, place->body + 2, area->width, place->foot - place->body - 4, 8);
      anm_set_colour (cr, anm_colour_fade (anm_theme_get_colour (theme, ANM_COLOUR_ACCENT), theme->dark ? 0.22 : 0.1));
      cairo_fill (cr);
    }
  if (index + 1 < self->n_rows)
    {
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, area->x, anm_sharp (place->foot));
      cairo_line_to (cr, area->x + area->width, anm_sharp (place->foot));
      cairo_stroke (cr);
    }
  draw_names (self, cr, theme, area, layout, index);
  if (row->left != NULL)
    anm_formula_draw (cr, theme, EQUATION_SIZE, ink, row->left, place->left_x, place->left_y, 0);
  if (row->right != NULL)
    anm_formula_draw (cr, theme, EQUATION_SIZE, ink, row->right, place->right_x, place->right_y, 0);
  if (row->total != NULL)
    anm_text_draw (cr, theme, ANM_TEXT_BODY, ink, row->total, place->right_x, place->right_y + 18 * theme->text_scale, 0, 0.5, 0);
  if (row->line != NULL)
    anm_text_draw_wrapped (cr, theme, ANM_TEXT_CAPTION, muted, row->line, place->line_x, place->line_y, place->line_width, 400 * theme->text_scale, FALSE);
  if (row->curve != ANM_CURVE_NONE)
    _anm_activation_curve_draw (cr, theme, &place->curve, row->curve, row->at, row->bent, row->slope);
  draw_result (cr, theme, row, place);
}

void
_anm_equations_draw (const AnmFigure *figure,
                     cairo_t *cr,
                     const AnmTheme *theme,
                     const AnmArea *area)
{
  const EquationFigure *self = (const EquationFigure *) figure;

  g_autoptr (EquationLayout) layout = _anm_equation_layout_get (self, theme, area);
  for (guint r = 0; r < self->n_rows; r++)
    draw_row (self, cr, theme, area, layout, r);
  for (guint i = 0; i < layout->boxes->len; i++)
    {
      const EquationBox *box = &g_array_index (layout->boxes, EquationBox, i);
      const EquationTerm *term = box->term >= 0 ? &self->rows[box->row].terms[box->term] : NULL;

      if (term == NULL)
        continue;
      draw_joint (cr, theme, term, box);
      if (term->kind == ANM_EQUATION_PLAIN)
        draw_plain (self, cr, theme, term, &box->area);
      else
        draw_chip (self, cr, theme, term, &box->area);
    }
}

/* The same number wherever it occurs. */
void
_anm_equations_draw_cursor (const AnmFigure *figure,
                            cairo_t *cr,
                            const AnmTheme *theme,
                            const AnmArea *area,
                            double x)
{
  const EquationFigure *self = (const EquationFigure *) figure;
  const AnmColour accent = anm_theme_get_colour (theme, ANM_COLOUR_ACCENT);

  g_autoptr (EquationLayout) layout = _anm_equation_layout_get (self, theme, area);
  cairo_set_line_width (cr, theme->high_contrast ? 3 : 2);
  for (guint i = 0; i < layout->boxes->len; i++)
    {
      const EquationBox *box = &g_array_index (layout->boxes, EquationBox, i);

      if (box->key != (int) x)
        continue;
      round_rectangle (cr, box->area.x - 2, box->area.y - 2, box->area.width + 4, box->area.height + 4, 9);
      anm_set_colour (cr, anm_colour_fade (accent, 0.1));
      cairo_fill_preserve (cr);
      anm_set_colour (cr, accent);
      cairo_stroke (cr);
    }
}
