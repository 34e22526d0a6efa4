/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/equation-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pango.h>

#define NATURAL_WIDTH 880

static void
row_clear (EquationRow *row)
{
  for (guint k = 0; k < row->n_terms; k++)
    {
      g_free (row->terms[k].joint);
      g_free (row->terms[k].symbol);
      g_free (row->terms[k].value);
    }
  g_free (row->terms);
  g_free (row->name);
  g_free (row->summary);
  g_free (row->heading);
  g_free (row->left);
  g_free (row->right);
  g_free (row->total);
  g_free (row->result);
  g_free (row->notes[0]);
  g_free (row->notes[1]);
  g_free (row->line);
  g_free (row->spoken);
}

static void
equations_finalize (AnmFigure *figure)
{
  EquationFigure *self = (EquationFigure *) figure;

  for (guint r = 0; r < self->n_rows; r++)
    row_clear (&self->rows[r]);
  g_free (self->rows);
  g_strfreev (self->table);
  for (guint i = 0; i < N_EQUATION_LAYOUTS; i++)
    g_clear_pointer (&self->layouts[i], _anm_equation_layout_unref);
  g_mutex_clear (&self->mutex);
}

static gboolean
contains (const AnmArea *area,
          double x,
          double y)
{
  return x >= area->x && x <= area->x + area->width && y >= area->y && y <= area->y + area->height;
}

static gboolean
equations_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const EquationFigure *self = (const EquationFigure *) figure;

  if (pixel_x < area->x || pixel_x > area->x + area->width)
    return FALSE;
  g_autoptr (EquationLayout) layout = _anm_equation_layout_get (self, theme, area);
  for (guint r = 0; r < self->n_rows; r++)
    if (pixel_y >= layout->places[r].body && pixel_y < layout->places[r].foot)
      place->series = (int) r;
  if (place->series < 0)
    return FALSE;
  for (guint i = 0; i < layout->boxes->len; i++)
    {
      const EquationBox *box = &g_array_index (layout->boxes, EquationBox, i);

      if (box->row != (guint) place->series || !contains (&box->area, pixel_x, pixel_y))
        continue;
      place->index = box->term;
      place->x = box->key >= 0 ? box->key : NAN;
      place->y = box->term >= 0 ? self->rows[box->row].terms[box->term].number : self->rows[box->row].bent;
    }
  return TRUE;
}

/* A place on this figure's axis is the number that lights up. */
static gboolean
equations_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  const EquationFigure *self = (const EquationFigure *) figure;

  if (x != floor (x) || x < 0 || x >= self->n_keys)
    return FALSE;
  *pixel_x = area->x;
  *top = area->y;
  *bottom = area->y + area->height;
  return TRUE;
}

static char *
strip_markup (const char *markup)
{
  char *text = NULL;

  return pango_parse_markup (markup, -1, 0, NULL, &text, NULL, NULL) ? text : g_strdup (markup);
}

static char *
equations_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const EquationFigure *self = (const EquationFigure *) figure;

  if (place->series < 0 || (guint) place->series >= self->n_rows)
    return NULL;

  const EquationRow *row = &self->rows[place->series];
  if (place->index < 0 || (guint) place->index >= row->n_terms)
    return NULL;

  g_autofree char *symbol = strip_markup (row->terms[place->index].symbol);
  return g_strdup_printf ("%s: %s", symbol, row->terms[place->index].value);
}

static void
add_plain_row (GPtrArray *table,
               const char *row,
               const char *what,
               const char *value)
{
  g_autofree char *text = strip_markup (what);

  anm_table_add (table, row, text, value, NULL);
}

static void
equations_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const EquationFigure *self = (const EquationFigure *) figure;

  if (self->table != NULL)
    {
      for (guint i = 0; self->table[i] != NULL; i += self->n_columns)
        {
          GStrvBuilder *row = g_strv_builder_new ();
          for (guint k = 0; k < self->n_columns && self->table[i + k] != NULL; k++)
            g_strv_builder_add (row, self->table[i + k]);
          g_ptr_array_add (table, g_strv_builder_end (row));
          g_strv_builder_unref (row);
        }
      return;
    }
  anm_table_add (table, _("equation"), _("term"), _("value"), NULL);
  for (guint r = 0; r < self->n_rows; r++)
    for (guint k = 0; k < self->rows[r].n_terms; k++)
      add_plain_row (table, self->rows[r].name, self->rows[r].terms[k].symbol, self->rows[r].terms[k].value);
}

static double
equations_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  const AnmArea area = { 0, 0, NATURAL_WIDTH * theme->text_scale, 1e6 };

  if (figure->empty)
    return 180 * theme->text_scale;
  g_autoptr (EquationLayout) layout = _anm_equation_layout_get ((const EquationFigure *) figure, theme, &area);
  return layout->height;
}

static const AnmFigureClass equations_class = {
  .instance_size = sizeof (EquationFigure),
  .finalize = equations_finalize,
  .draw = _anm_equations_draw,
  .locate = equations_locate,
  .project_x = equations_project_x,
  .draw_cursor = _anm_equations_draw_cursor,
  .describe = equations_describe,
  .fill_table = equations_fill_table,
  .natural_height = equations_natural_height,
};

static void
copy_row (EquationFigure *self,
          EquationRow *to,
          const AnmEquationRow *from)
{
  *to = (EquationRow){
    .name = g_strdup (from->name != NULL ? from->name : ""),
    .summary = g_strdup (from->summary),
    .heading = g_strdup (from->heading),
    .left = g_strdup (from->left),
    .right = g_strdup (from->right),
    .total = g_strdup (from->total),
    .n_terms = from->n_terms,
    .terms = g_new0 (EquationTerm, MAX (from->n_terms, 1)),
    .curve = from->curve,
    .at = from->at,
    .bent = from->value,
    .slope = from->slope,
    .result = g_strdup (from->result),
    .bar = from->bar,
    .key = from->key,
    .notes = { g_strdup (from->notes[0]), g_strdup (from->notes[1]) },
    .line = g_strdup (from->line),
    .spoken = g_strdup (from->spoken != NULL ? from->spoken : ""),
  };
  self->n_keys = MAX (self->n_keys, from->key + 1);
  for (guint k = 0; k < from->n_terms; k++)
    {
      const AnmEquationTerm *term = &from->terms[k];

      to->terms[k] = (EquationTerm){ term->kind, g_strdup (term->joint), g_strdup (term->symbol != NULL ? term->symbol : ""),
                                     g_strdup (term->value != NULL ? term->value : ""), term->number, term->key };
      self->n_keys = MAX (self->n_keys, term->key + 1);
    }
}

/* Of the plain terms' bars: so that the longest one fits. */
static double
find_bar_range (const EquationFigure *self)
{
  double range = 0;

  for (guint r = 0; r < self->n_rows; r++)
    for (guint k = 0; self->rows[r].curve != ANM_CURVE_NONE && k < self->rows[r].n_terms; k++)
      if (self->rows[r].terms[k].kind == ANM_EQUATION_PLAIN && isfinite (self->rows[r].terms[k].number))
        range = fmax (range, fabs (self->rows[r].terms[k].number));
  return range > 0 ? range : 1;
}

AnmFigure *
anm_equations_new (const AnmEquations *equations)
{
  g_return_val_if_fail (equations != NULL, NULL);

  EquationFigure *self = anm_figure_new (&equations_class, equations->title, equations->caption, equations->finding, equations->empty_text);

  g_mutex_init (&self->mutex);
  self->n_rows = equations->n_rows;
  self->rows = g_new0 (EquationRow, MAX (equations->n_rows, 1));
  for (guint r = 0; r < equations->n_rows; r++)
    copy_row (self, &self->rows[r], &equations->rows[r]);
  self->chosen = equations->chosen;
  self->range = equations->range > 0 ? equations->range : 1;
  self->bar_range = equations->bar_range > 0 ? equations->bar_range : find_bar_range (self);
  self->n_columns = equations->n_columns;
  self->table = g_strdupv ((char **) equations->table);
  self->base.empty = equations->n_rows == 0;
  return (AnmFigure *) self;
}

guint
anm_equations_get_n_rows (const AnmFigure *figure)
{
  g_return_val_if_fail (figure != NULL && figure->klass == &equations_class, 0);

  return ((const EquationFigure *) figure)->n_rows;
}

const char *
anm_equations_get_row_name (const AnmFigure *figure,
                            guint row)
{
  g_return_val_if_fail (row < anm_equations_get_n_rows (figure), NULL);

  return ((const EquationFigure *) figure)->rows[row].name;
}

const char *
anm_equations_get_row_words (const AnmFigure *figure,
                             guint row)
{
  g_return_val_if_fail (row < anm_equations_get_n_rows (figure), NULL);

  return ((const EquationFigure *) figure)->rows[row].spoken;
}

void
anm_equations_get_rows (const AnmFigure *figure,
                        const AnmTheme *theme,
                        double width,
                        double height,
                        gboolean with_title,
                        double *tops)
{
  const AnmArea body = anm_figure_get_body (figure, theme, width, height, with_title);
  const guint n_rows = anm_equations_get_n_rows (figure);

  g_autoptr (EquationLayout) layout = _anm_equation_layout_get ((const EquationFigure *) figure, theme, &body);
  for (guint r = 0; r < n_rows; r++)
    tops[r] = layout->places[r].body;
  tops[n_rows] = n_rows > 0 ? layout->places[n_rows - 1].foot : body.y;
}

double
anm_equations_get_height (const AnmFigure *figure,
                          const AnmTheme *theme,
                          double width,
                          gboolean with_title)
{
  g_return_val_if_fail (figure != NULL && figure->klass == &equations_class, 0);

  const AnmArea body = anm_figure_get_body (figure, theme, width, 1e6, with_title);

  if (figure->empty)
    return anm_figure_get_natural_height (figure, theme, with_title);
  g_autoptr (EquationLayout) layout = _anm_equation_layout_get ((const EquationFigure *) figure, theme, &body);
  return body.y + layout->height + 6;
}
