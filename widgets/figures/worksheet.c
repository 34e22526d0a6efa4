/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/worksheet.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pango.h>

#include "widgets/figures/figure-private.h"
#include "widgets/figures/text.h"

#define MARGIN 12
#define FORMULA_SIZE 16
#define LEAST_BLANK 72
#define BLANK_HEIGHT 22
#define PIECE_GAP 5

typedef struct
{
  char    *text;
  gboolean blank;
} Piece;

typedef struct
{
  AnmWorksheetLineKind kind;
  guint                n_pieces;
  Piece               *pieces;
} Line;

typedef struct
{
  AnmFigure base;
  guint     n_lines;
  Line     *lines;
  gboolean  answers;
  char     *foot;
} Sheet;

/* @cr: NULL only measures */
typedef struct
{
  const Sheet    *sheet;
  cairo_t        *cr;
  const AnmTheme *theme;
  double          left, width;
  double          y;
} Pen;

static void
worksheet_finalize (AnmFigure *figure)
{
  Sheet *self = (Sheet *) figure;

  for (guint i = 0; i < self->n_lines; i++)
    {
      for (guint k = 0; k < self->lines[i].n_pieces; k++)
        g_free (self->lines[i].pieces[k].text);
      g_free (self->lines[i].pieces);
    }
  g_free (self->lines);
  g_free (self->foot);
}

static gboolean
is_formula (const Line *line)
{
  return line->kind == ANM_WORKSHEET_FORMULA;
}

static double
text_width (const Pen *pen,
            const Line *line,
            const char *text)
{
  double width;

  if (is_formula (line))
    return anm_formula_draw (NULL, pen->theme, FORMULA_SIZE, (AnmColour){ 0 }, text, 0, 0, 0);
  anm_text_measure (pen->theme, line->kind == ANM_WORKSHEET_TABLE_HEAD ? ANM_TEXT_CAPTION : ANM_TEXT_BODY, text, 0, &width, NULL);
  return width;
}

/* Room for a hand's numbers, and for the answer, so that sheet and key have the same places. */
static double
piece_width (const Pen *pen,
             const Line *line,
             const Piece *piece)
{
  const double width = text_width (pen, line, piece->text);

  return piece->blank ? MAX (width + 12, LEAST_BLANK * pen->theme->text_scale) : width;
}

/* @align: where in the piece's width its words lie. */
static void
draw_piece (const Pen *pen,
            const Line *line,
            const Piece *piece,
            double x,
            double width,
            double baseline,
            double align)
{
  const double scale = pen->theme->text_scale;
  AnmColour ink = anm_theme_get_colour (pen->theme, line->kind == ANM_WORKSHEET_TABLE_HEAD ? ANM_COLOUR_MUTED : ANM_COLOUR_INK);

  if (pen->cr == NULL)
    return;
  if (piece->blank)
    {
      const double top = baseline - 0.74 * BLANK_HEIGHT * scale;

      cairo_set_line_width (pen->cr, 1);
      anm_set_colour (pen->cr, anm_theme_get_colour (pen->theme, ANM_COLOUR_AXIS));
      cairo_rectangle (pen->cr, anm_sharp (x), anm_sharp (top), round (width), round (BLANK_HEIGHT * scale));
      cairo_stroke (pen->cr);
      if (!pen->sheet->answers)
        return;
      ink = anm_theme_get_text_colour (pen->theme, ANM_COLOUR_RUN_FIRST);
      x += 6;
      width -= 12;
    }
  if (is_formula (line))
    anm_formula_draw (pen->cr, pen->theme, FORMULA_SIZE, ink, piece->text, x + align * width, baseline, align);
  else
    anm_text_draw (pen->cr, pen->theme, line->kind == ANM_WORKSHEET_TABLE_HEAD ? ANM_TEXT_CAPTION : ANM_TEXT_BODY, ink, piece->text,
                   x + align * width, baseline - 5 * scale, align, 0.5, MAX (width, 1));
}

static void
set_words (Pen *pen,
           const Line *line)
{
  const double scale = pen->theme->text_scale;
  const AnmColour ink = anm_theme_get_colour (pen->theme, ANM_COLOUR_INK);

  if (line->n_pieces == 0)
    return;
  if (line->kind == ANM_WORKSHEET_HEADING)
    {
      pen->y += 16 * scale;
      if (pen->cr != NULL)
        anm_text_draw (pen->cr, pen->theme, ANM_TEXT_TITLE, ink, line->pieces[0].text, pen->left, pen->y, 0, 0, pen->width);
      pen->y += 26 * scale;
      return;
    }
  pen->y += anm_text_draw_wrapped (pen->cr, pen->theme, ANM_TEXT_CAPTION, anm_theme_get_colour (pen->theme, ANM_COLOUR_MUTED), line->pieces[0].text,
                                   pen->left, pen->y, pen->width, 400 * scale, FALSE) + 6 * scale;
}

static void
set_formula (Pen *pen,
             const Line *line)
{
  const double scale = pen->theme->text_scale, height = 32 * scale;
  double x = pen->left;

  for (guint k = 0; k < line->n_pieces; k++)
    {
      const double width = piece_width (pen, line, &line->pieces[k]);

      if (x > pen->left && x + width > pen->left + pen->width)
        {
          x = pen->left + 24 * scale;
          pen->y += height;
        }
      draw_piece (pen, line, &line->pieces[k], x, width, pen->y + 20 * scale, line->pieces[k].blank ? 0.5 : 0);
      x += width + PIECE_GAP;
    }
  pen->y += height;
}

/* The columns of numbers share the right two thirds. */
static void
set_row (Pen *pen,
         const Line *line)
{
  const double scale = pen->theme->text_scale, height = (line->kind == ANM_WORKSHEET_TABLE_HEAD ? 20 : 27) * scale;
  const double names = line->n_pieces > 1 ? 0.36 * pen->width : pen->width;
  const double column = line->n_pieces > 1 ? (pen->width - names) / (line->n_pieces - 1) : 0;

  for (guint k = 0; k < line->n_pieces; k++)
    {
      const Piece *piece = &line->pieces[k];
      double width = k == 0 ? names : column;
      double x = k == 0 ? pen->left : pen->left + names + (k - 1) * column;

      if (piece->blank)
        {
          const double narrow = MIN (piece_width (pen, line, piece) + 18 * scale, width - 6);

          x += width - narrow;
          width = narrow;
        }
      draw_piece (pen, line, piece, x, width, pen->y + 0.7 * height, k == 0 ? 0 : piece->blank ? 0.5 : 1);
    }
  pen->y += height;
  if (pen->cr != NULL && line->kind == ANM_WORKSHEET_TABLE_HEAD)
    {
      anm_set_colour (pen->cr, anm_theme_get_colour (pen->theme, ANM_COLOUR_AXIS));
      cairo_set_line_width (pen->cr, 1);
      cairo_move_to (pen->cr, pen->left, anm_sharp (pen->y));
      cairo_line_to (pen->cr, pen->left + pen->width, anm_sharp (pen->y));
      cairo_stroke (pen->cr);
      pen->y += 4;
    }
}

/* "Name ________   Date ____": the first has twice the room of each other. */
static void
set_fields (Pen *pen,
            const Line *line)
{
  const double scale = pen->theme->text_scale, baseline = pen->y + 26 * scale, gap = 24 * scale;
  const double room = (pen->width - gap * (line->n_pieces - 1)) / (line->n_pieces + 1);
  double x = pen->left;

  for (guint k = 0; k < line->n_pieces; k++)
    {
      const double width = (k == 0 ? 2 : 1) * room, words = text_width (pen, line, line->pieces[k].text) + 8 * scale;

      draw_piece (pen, line, &line->pieces[k], x, words, baseline, 0);
      if (pen->cr != NULL)
        {
          anm_set_colour (pen->cr, anm_theme_get_colour (pen->theme, ANM_COLOUR_AXIS));
          cairo_set_line_width (pen->cr, 1);
          cairo_move_to (pen->cr, x + words, anm_sharp (baseline));
          cairo_line_to (pen->cr, x + width, anm_sharp (baseline));
          cairo_stroke (pen->cr);
        }
      x += width + gap;
    }
  pen->y += 40 * scale;
}

/* Returns the height. */
static double
set_sheet (const Sheet *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *area)
{
  Pen pen = { self, cr, theme, area->x + MARGIN * theme->text_scale, MAX (area->width - 2 * MARGIN * theme->text_scale, 60), area->y };

  for (guint i = 0; i < self->n_lines; i++)
    switch (self->lines[i].kind)
      {
      case ANM_WORKSHEET_FORMULA:
        set_formula (&pen, &self->lines[i]);
        break;
      case ANM_WORKSHEET_TABLE_HEAD:
      case ANM_WORKSHEET_TABLE_ROW:
        set_row (&pen, &self->lines[i]);
        break;
      case ANM_WORKSHEET_FIELDS:
        set_fields (&pen, &self->lines[i]);
        break;
      case ANM_WORKSHEET_HEADING:
      case ANM_WORKSHEET_TEXT:
      default:
        set_words (&pen, &self->lines[i]);
        break;
      }
  return pen.y - area->y;
}

static void
worksheet_draw (const AnmFigure *figure,
                cairo_t *cr,
                const AnmTheme *theme,
                const AnmArea *area)
{
  const Sheet *self = (const Sheet *) figure;
  const double height = set_sheet (self, cr, theme, area);

  if (self->foot != NULL && area->height > height + 24 * theme->text_scale)
    anm_text_draw (cr, theme, ANM_TEXT_CAPTION, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), self->foot, area->x + area->width - MARGIN * theme->text_scale,
                   area->y + area->height - 12 * theme->text_scale, 1, 0.5, 0);
}

static gboolean
worksheet_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  return FALSE;
}

static gboolean
worksheet_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  return FALSE;
}

static char *
worksheet_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  return NULL;
}

/* Line by line; what is blank on the sheet is empty here too. */
static void
worksheet_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const Sheet *self = (const Sheet *) figure;

  anm_table_add (table, _("line"), _("text"), _("answer"), NULL);
  for (guint i = 0; i < self->n_lines; i++)
    for (guint k = 0; k < self->lines[i].n_pieces; k++)
      {
        const Piece *piece = &self->lines[i].pieces[k];
        g_autofree char *number = g_strdup_printf ("%u", i + 1);
        g_autofree char *plain = NULL;

        if (!is_formula (&self->lines[i]) || !pango_parse_markup (piece->text, -1, 0, NULL, &plain, NULL, NULL))
          plain = g_strdup (piece->text);
        anm_table_add (table, number, piece->blank ? "" : plain, piece->blank && self->answers ? plain : "", NULL);
      }
}

static double
worksheet_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  const AnmArea area = { 0, 0, 758 * theme->text_scale, 1e6 };

  return figure->empty ? 180 * theme->text_scale : set_sheet ((const Sheet *) figure, NULL, theme, &area);
}

static const AnmFigureClass worksheet_class = {
  .instance_size = sizeof (Sheet),
  .finalize = worksheet_finalize,
  .draw = worksheet_draw,
  .locate = worksheet_locate,
  .project_x = worksheet_project_x,
  .describe = worksheet_describe,
  .fill_table = worksheet_fill_table,
  .natural_height = worksheet_natural_height,
};

AnmFigure *
anm_worksheet_new (const AnmWorksheet *worksheet)
{
  g_return_val_if_fail (worksheet != NULL, NULL);

  Sheet *self = anm_figure_new (&worksheet_class, worksheet->title, worksheet->caption, worksheet->finding, worksheet->empty_text);

  self->n_lines = worksheet->n_lines;
  self->lines = g_new0 (Line, MAX (worksheet->n_lines, 1));
  for (guint i = 0; i < worksheet->n_lines; i++)
    {
      const AnmWorksheetLine *from = &worksheet->lines[i];

      self->lines[i] = (Line){ from->kind, from->n_pieces, g_new0 (Piece, MAX (from->n_pieces, 1)) };
      for (guint k = 0; k < from->n_pieces; k++)
        self->lines[i].pieces[k] = (Piece){ g_strdup (from->pieces[k].text != NULL ? from->pieces[k].text : ""), from->pieces[k].blank };
    }
  self->answers = worksheet->answers;
  self->foot = g_strdup (worksheet->foot);
  self->base.empty = worksheet->n_lines == 0;
  return (AnmFigure *) self;
}
