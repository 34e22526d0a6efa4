/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "widgets/figures/equation-private.h"
#include "widgets/figures/text.h"

/* All in pixels of the mock-ups. */
#define NAMES 158
#define WIDE 700
#define CURVE 100
#define RESULT 100
#define GAP 14
#define JOINT 30
#define NARROW_JOINT 18
#define CHIP_JOINT 24
#define LEAST_TERM 40
#define LEAST_CHIP 62
#define TERM_HEIGHT 60
#define CHIP_LINE 50
#define ROW 92
#define LOW_ROW 74
#define HEADING 40
#define PADDING 14
#define NAME_LINES 48

void
_anm_equation_layout_unref (EquationLayout *layout)
{
  if (!g_atomic_ref_count_dec (&layout->ref_count))
    return;
  g_array_unref (layout->boxes);
  g_free (layout->places);
  g_free (layout);
}

static double
formula_width (const AnmTheme *theme,
               double size,
               const char *markup)
{
  return markup != NULL ? anm_formula_draw (NULL, theme, size, (AnmColour){ 0 }, markup, 0, 0, 0) : 0;
}

static double
term_width (const EquationTerm *term,
            const AnmTheme *theme)
{
  const gboolean chip = term->kind != ANM_EQUATION_PLAIN;
  const double symbol = formula_width (theme, chip ? EQUATION_CHIP_SIZE : EQUATION_SIZE, term->symbol);
  const double value = anm_text_get_width (theme, chip ? ANM_TEXT_NAME : ANM_TEXT_BODY, term->value);

  return ceil (MAX (MAX (symbol, value) + (chip ? 16 : 4), (chip ? LEAST_CHIP : LEAST_TERM) * theme->text_scale));
}

static gboolean
has_chips (const EquationRow *row)
{
  return row->n_terms > 0 && row->terms[0].kind != ANM_EQUATION_PLAIN;
}

/* Rows of sums stand in columns. */
static gboolean
is_aligned (const EquationRow *row)
{
  return row->curve != ANM_CURVE_NONE && !has_chips (row);
}

static double
left_width (const EquationRow *row,
            const AnmTheme *theme)
{
  return row->left != NULL ? formula_width (theme, EQUATION_SIZE, row->left) + 12 * theme->text_scale : 0;
}

static double
end_width (const EquationRow *row,
           const AnmTheme *theme)
{
  const double right = formula_width (theme, EQUATION_SIZE, row->right);
  const double total = anm_text_get_width (theme, ANM_TEXT_BODY, row->total);

  return right + total > 0 ? MAX (right, total) + 10 : 0;
}

typedef struct
{
  double  left;
  guint   n;
  double *widths;
} Columns;

static void
find_columns (const EquationFigure *self,
              const AnmTheme *theme,
              Columns *columns)
{
  columns->left = 0;
  columns->n = 0;
  for (guint r = 0; r < self->n_rows; r++)
    if (is_aligned (&self->rows[r]))
      columns->n = MAX (columns->n, self->rows[r].n_terms);
  columns->widths = g_new0 (double, MAX (columns->n, 1));
  for (guint r = 0; r < self->n_rows; r++)
    {
      const EquationRow *row = &self->rows[r];

      if (!is_aligned (row))
        continue;
      columns->left = MAX (columns->left, left_width (row, theme));
      for (guint k = 0; k < row->n_terms; k++)
        columns->widths[k] = MAX (columns->widths[k], term_width (&row->terms[k], theme));
    }
}

static double
total_width (const EquationRow *row,
             const AnmTheme *theme,
             const double *widths,
             double left,
             double joint)
{
  double width = left + end_width (row, theme);

  for (guint k = 0; k < row->n_terms; k++)
    width += widths[k] + (k > 0 ? joint : 0);
  return width;
}

/* Sets the terms into lines between @x and @x + @room, from @y on. Returns the y beneath them. */
static double
place_terms (EquationLayout *layout,
             const EquationRow *row,
             guint index,
             const AnmTheme *theme,
             const Columns *columns,
             double x,
             double y,
             double room)
{
  const double scale = theme->text_scale;
  const gboolean chips = has_chips (row);
  double joint = (chips ? CHIP_JOINT : JOINT) * scale;
  const double line_height = (chips ? CHIP_LINE : TERM_HEIGHT) * scale;
  EquationPlace *place = &layout->places[index];
  g_autofree double *widths = g_new (double, MAX (row->n_terms, 1));
  double left = left_width (row, theme), at, begin;

  for (guint k = 0; k < row->n_terms; k++)
    widths[k] = term_width (&row->terms[k], theme);
  if (is_aligned (row) && total_width (row, theme, columns->widths, columns->left, joint) <= room)
    {
      left = columns->left;
      for (guint k = 0; k < row->n_terms; k++)
        widths[k] = columns->widths[k];
    }

  else if (!chips && total_width (row, theme, widths, left, joint) > room)
    joint = NARROW_JOINT * scale;

  const double feet = (chips ? EQUATION_CHIP_HEIGHT / 2 + 6 : row->n_terms > 0 ? 20 : 22) * scale;
  place->left_x = x;
  place->left_y = y + feet;
  /* Further lines begin beneath the first one's terms, unless there is little room. */
  begin = x + MIN (left, 0.3 * room);
  at = x + left;
  for (guint k = 0; k < row->n_terms; k++)
    {
      if (k > 0)
        at += joint;
      if (k > 0 && at + widths[k] > x + room)
        {
          at = begin + joint;
          y += line_height;
        }
      const EquationBox box = { { at, y, widths[k], (chips ? EQUATION_CHIP_HEIGHT : TERM_HEIGHT - 4) * scale }, joint, index, (int) k, row->terms[k].key };
      g_array_append_val (layout->boxes, box);
      at += widths[k];
    }
  if (row->right != NULL || row->total != NULL)
    {
      at += 8 * scale;
      if (row->n_terms > 0 && at + end_width (row, theme) > x + room + 10)
        {
          at = begin + joint;
          y += line_height;
        }
      place->right_x = at;
      place->right_y = y + feet;
    }
  return y + (row->n_terms > 0 ? line_height - 6 * scale : 30 * scale);
}

static gboolean
has_result (const EquationRow *row)
{
  return row->result != NULL || row->notes[0] != NULL;
}

/* One row from @y on. Returns its foot. */
static double
place_row (EquationLayout *layout,
           const EquationFigure *self,
           guint index,
           const AnmTheme *theme,
           const AnmArea *area,
           const Columns *columns,
           double y)
{
  const EquationRow *row = &self->rows[index];
  EquationPlace *place = &layout->places[index];
  const double scale = theme->text_scale;
  const double result = has_result (row) ? (RESULT + GAP) * scale : 0;
  const double curve = row->curve != ANM_CURVE_NONE ? (CURVE + GAP) * scale : 0;
  const double x = area->x + (layout->wide ? layout->names : PADDING * scale / 2);
  double taken = curve, content, foot;

  place->top = y;
  if (row->heading != NULL)
    y += HEADING * scale;
  place->body = y;
  if (layout->wide)
    taken += result;
  else
    y += NAME_LINES * scale;

  const double room = MAX (area->x + area->width - x - taken, 60);
  content = place_terms (layout, row, index, theme, columns, x, 0, room);
  place->line_x = x;
  place->line_width = room;
  if (row->line != NULL)
    {
      place->line_y = content;
      content += 4 + anm_text_draw_wrapped (NULL, theme, ANM_TEXT_CAPTION, (AnmColour){ 0 }, row->line, 0, 0, room, 400 * scale, FALSE);
    }

  /* In the middle of the row's height. */
  const double least = layout->wide ? (row->curve != ANM_CURVE_NONE ? ROW : LOW_ROW) * scale : row->curve != ANM_CURVE_NONE ? 92 * scale : 0;
  const double height = MAX (least, content + 2 * PADDING * scale);
  const double shift = y + floor ((height - content) / 2);

  for (guint i = layout->boxes->len; i > 0 && g_array_index (layout->boxes, EquationBox, i - 1).row == index; i--)
    g_array_index (layout->boxes, EquationBox, i - 1).area.y += shift;
  place->left_y += shift;
  place->right_y += shift;
  place->line_y += shift;
  foot = y + height;
  if (row->curve != ANM_CURVE_NONE)
    place->curve = (AnmArea){ area->x + area->width - (layout->wide ? result : 0) - CURVE * scale - (layout->wide ? 0 : 4),
                              y + floor ((height - 84 * scale) / 2), CURVE * scale, 84 * scale };
  place->result_width = RESULT * scale;
  place->result_x = area->x + area->width - place->result_width - 4;
  place->result_y = layout->wide ? y + floor (height / 2) + 2 * scale : place->body + 25 * scale;
  if (has_result (row) && row->key >= 0 && row->result != NULL)
    {
      const EquationBox box = { { place->result_x - 4, place->result_y - 19 * scale, place->result_width + 5, 38 * scale }, 0, index, -1, row->key };
      g_array_append_val (layout->boxes, box);
    }
  place->foot = foot;
  return foot;
}

static EquationLayout *
make_layout (const EquationFigure *self,
             const AnmTheme *theme,
             const AnmArea *area)
{
  EquationLayout *layout = g_new0 (EquationLayout, 1);
  Columns columns;
  double y = area->y;

  g_atomic_ref_count_init (&layout->ref_count);
  layout->area = *area;
  layout->text_scale = theme->text_scale;
  layout->font_family = theme->font_family;
  layout->wide = area->width >= WIDE * theme->text_scale;
  layout->names = NAMES * theme->text_scale;
  layout->boxes = g_array_new (FALSE, FALSE, sizeof (EquationBox));
  layout->places = g_new0 (EquationPlace, MAX (self->n_rows, 1));
  find_columns (self, theme, &columns);
  for (guint r = 0; r < self->n_rows; r++)
    y = place_row (layout, self, r, theme, area, &columns, y);
  layout->height = y - area->y;
  g_free (columns.widths);
  return layout;
}

static gboolean
fits (const EquationLayout *layout,
      const AnmTheme *theme,
      const AnmArea *area)
{
  return layout != NULL && layout->area.x == area->x && layout->area.y == area->y && layout->area.width == area->width
         && layout->text_scale == theme->text_scale && layout->font_family == theme->font_family;
}

EquationLayout *
_anm_equation_layout_get (const EquationFigure *figure,
                          const AnmTheme *theme,
                          const AnmArea *area)
{
  EquationFigure *self = (EquationFigure *) figure;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  EquationLayout *found;
  guint i = 0;

  while (i < N_EQUATION_LAYOUTS - 1 && !fits (self->layouts[i], theme, area))
    i++;
  found = self->layouts[i];
  if (!fits (found, theme, area))
    {
      g_clear_pointer (&found, _anm_equation_layout_unref);
      found = make_layout (self, theme, area);
    }
  memmove (self->layouts + 1, self->layouts, i * sizeof *self->layouts);
  self->layouts[0] = found;
  g_atomic_ref_count_inc (&found->ref_count);
  return found;
}
