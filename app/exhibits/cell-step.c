/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-rows-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/cell-symbol.h"
#include "widgets/figures/number.h"

char *
_cell_rows_keep (CellRows *self,
                 char *text)
{
  g_ptr_array_add (self->pool, text);
  return text;
}

int
_cell_rows_find_key (CellRows *self,
                     const char *symbol)
{
  const char *interned = g_intern_string (symbol);
  guint index;

  if (symbol == NULL)
    return -1;
  if (!g_ptr_array_find (self->keys, interned, &index))
    {
      index = self->keys->len;
      g_ptr_array_add (self->keys, (gpointer) interned);
    }
  return (int) index;
}

void
_cell_rows_add (CellRows *self,
                const AnmEquationRow *row,
                const AnmEquationTerm *terms,
                guint n_terms)
{
  AnmEquationRow kept = *row;

  if (n_terms > 0)
    {
      AnmEquationTerm *copy = g_memdup2 (terms, n_terms * sizeof *terms);

      g_ptr_array_add (self->pool, copy);
      kept.terms = copy;
    }
  kept.n_terms = n_terms;
  g_array_append_val (self->rows, kept);
}

void
_cell_rows_tabulate (CellRows *self,
                     const char *equation,
                     const char *what,
                     const char *name,
                     double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE] = "";

  if (!isnan (value))
    g_ascii_dtostr (number, sizeof number, value);
  g_ptr_array_add (self->table, _cell_rows_keep (self, anm_cell_symbol_to_text (equation)));
  g_ptr_array_add (self->table, (gpointer) what);
  g_ptr_array_add (self->table, _cell_rows_keep (self, g_strdup (name)));
  g_ptr_array_add (self->table, _cell_rows_keep (self, g_strdup (number)));
}

char *
_cell_number_markup (const char *number)
{
  static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁻" };
  static const char *const plain[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "−" };
  GString *markup = g_string_new ("<span style='normal'>");
  gboolean open = FALSE;

  for (const char *p = number; *p != '\0';)
    {
      guint k = 0;

      while (k < G_N_ELEMENTS (raised) && !g_str_has_prefix (p, raised[k]))
        k++;
      if ((k < G_N_ELEMENTS (raised)) != open)
        {
          g_string_append (markup, open ? "</sup>" : "<sup>");
          open = !open;
        }
      if (open)
        g_string_append (markup, plain[k]);
      else
        g_string_append_len (markup, p, g_utf8_next_char (p) - p);
      p = g_utf8_next_char (p);
    }
  g_string_append (markup, open ? "</sup></span>" : "</span>");
  return g_string_free (markup, FALSE);
}

/* Shapes */

/* "32×31 · 31", "32" */
static char *
describe_shape (const AnmCellLens *lens,
                const AnmCellTerm *term)
{
  if (term->n_parts > 1)
    return g_strdup_printf ("%u×%u · %u", lens->n_cell_units, term->n_parts, term->n_parts);
  if (term->operand != NULL && term->times != NULL)
    return g_strdup_printf ("%u ∘ %u", lens->n_cell_units, lens->n_cell_units);
  return g_strdup_printf ("%u", lens->n_cell_units);
}

static char *
show_term (CellRows *self,
           const AnmCellTerm *term)
{
  return _cell_rows_keep (self, self->view == ANM_CELL_STEP_SHAPES ? describe_shape (self->lens, term) : anm_number_format_term (term->value));
}

static char *
show_number (CellRows *self,
             double value)
{
  return _cell_rows_keep (self, self->view == ANM_CELL_STEP_SHAPES ? g_strdup_printf ("%u", self->lens->n_cell_units) : anm_number_format_term (value));
}

static double
colour_number (const CellRows *self,
               double value)
{
  return self->view == ANM_CELL_STEP_SHAPES ? NAN : value;
}

static AnmCurveKind
get_curve (AnmCellFunction function)
{
  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return ANM_CURVE_SIGMOID;
    case ANM_CELL_TANH:
      return ANM_CURVE_TANH;
    case ANM_CELL_RELU:
      return ANM_CURVE_RELU;
    case ANM_CELL_DECAY:
      return ANM_CURVE_DECAY;
    case ANM_CELL_LINEAR:
    default:
      return ANM_CURVE_LINEAR;
    }
}

/* Rows */

/* A term's own symbol, with what it is multiplied by: "r ∘ U_h~ h'". */
static char *
mark_term (const AnmCellTerm *term)
{
  g_autofree char *symbol = anm_cell_symbol_to_markup (term->symbol, TRUE);
  g_autofree char *times = NULL;

  if (term->times == NULL || g_str_has_prefix (term->symbol, term->times))
    return g_steal_pointer (&symbol);
  times = anm_cell_symbol_to_markup (term->times, FALSE);
  return g_strdup_printf ("%s<span style='normal'> ∘ </span>%s", times, symbol);
}

static void
begin_spoken (GString *spoken,
              const AnmCellEquation *equation)
{
  g_autofree char *symbol = anm_cell_symbol_to_text (equation->symbol);
  g_autofree char *value = anm_number_format_term (equation->value);

  /* Translators: an equation's name, its symbol, its value; the terms follow. */
  g_string_append_printf (spoken, _("%s, %s = %s"), _(equation->label), symbol, value);
}

static void
add_sum (CellRows *self,
         const AnmCellEquation *equation)
{
  g_autofree AnmEquationTerm *terms = g_new0 (AnmEquationTerm, MAX (equation->n_terms, 1));
  g_autofree char *symbol = anm_cell_symbol_to_markup (equation->symbol, FALSE);
  g_autofree char *slope = anm_curve_describe_slope (get_curve (equation->function), equation->slope);
  const char *function = anm_curve_get_symbol (get_curve (equation->function));
  GString *spoken = g_string_new (NULL);
  AnmEquationRow row = { 0 };

  begin_spoken (spoken, equation);
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];
      g_autofree char *words = anm_cell_symbol_to_text (term->symbol);

      terms[k] = (AnmEquationTerm){ ANM_EQUATION_PLAIN, k > 0 ? "+" : NULL, _cell_rows_keep (self, mark_term (term)), show_term (self, term),
                                    colour_number (self, term->value), _cell_rows_find_key (self, term->operand != NULL ? term->operand : term->symbol) };
      g_string_append_printf (spoken, "%s%s %s", k == 0 ? ": " : ", ", words, terms[k].value);
      _cell_rows_tabulate (self, equation->symbol, _("term"), words, term->value);
    }
  g_string_append_printf (spoken, "; %s %s; %s.", _("sum"), show_number (self, equation->sum), slope);
  _cell_rows_tabulate (self, equation->symbol, _("sum"), "", equation->sum);
  _cell_rows_tabulate (self, equation->symbol, _("value"), "", equation->value);
  _cell_rows_tabulate (self, equation->symbol, _("slope"), "", equation->slope);
  _cell_rows_tabulate (self, equation->symbol, _("in the network"), "", equation->traced);

  row.name = _(equation->label);
  row.summary = equation->summary != NULL ? _(equation->summary) : NULL;
  if (equation->function == ANM_CELL_DECAY)
    row.left = _cell_rows_keep (self, g_strdup_printf ("%s<span style='normal'> = exp(−max(0, </span>", symbol));
  else
    row.left = _cell_rows_keep (self, g_strdup_printf ("%s<span style='normal'> = %s(</span>", symbol, function));
  row.right = equation->function == ANM_CELL_DECAY ? "<span style='normal'>))</span>" : "<span style='normal'>)</span>";
  row.total = _cell_rows_keep (self, g_strdup_printf ("= %s", show_number (self, equation->sum)));
  row.curve = get_curve (equation->function);
  row.at = equation->sum;
  row.value = equation->value;
  row.slope = equation->slope;
  row.result = _cell_rows_keep (self, g_strdup_printf ("%s<span style='normal'> = <b>%s</b></span>", symbol, show_number (self, equation->value)));
  row.bar = self->view == ANM_CELL_STEP_SHAPES ? ANM_EQUATION_NO_BAR : anm_cell_equation_is_gate (equation) ? ANM_EQUATION_GATE_BAR : ANM_EQUATION_SIGNED_BAR;
  row.key = _cell_rows_find_key (self, equation->symbol);
  row.spoken = _cell_rows_keep (self, g_string_free (spoken, FALSE));
  _cell_rows_add (self, &row, terms, equation->n_terms);
}

static AnmEquationTerm
make_chip (CellRows *self,
           const char *joint,
           const char *symbol,
           double value,
           gboolean gate)
{
  return (AnmEquationTerm){ gate ? ANM_EQUATION_GATE : ANM_EQUATION_CHIP, joint, _cell_rows_keep (self, anm_cell_symbol_to_markup (symbol, FALSE)),
                            show_number (self, value), colour_number (self, value), _cell_rows_find_key (self, g_str_has_prefix (symbol, "1-") ? symbol + 2 : symbol) };
}

/* What of it comes from the state before, and what is new. */
static void
note_kept (CellRows *self,
           const AnmCellEquation *equation,
           AnmEquationRow *row)
{
  for (guint k = 0; k < equation->n_terms && equation->n_terms == 2; k++)
    {
      const gboolean old = g_str_has_suffix (equation->terms[k].operand, "'") || g_str_equal (equation->terms[k].operand, "h^");
      g_autofree char *value = anm_number_format_term (equation->terms[k].value);

      if (self->view == ANM_CELL_STEP_SHAPES)
        continue;
      /* Translators: of a number of a cell: how much of the old is kept, how much is added to it. */
      row->notes[k] = _cell_rows_keep (self, g_strdup_printf (old ? _("%s kept") : _("%s added"), value));
    }
}

static void
add_product (CellRows *self,
             const AnmCellEquation *equation)
{
  g_autofree AnmEquationTerm *terms = g_new0 (AnmEquationTerm, 2 * equation->n_terms + 1);
  g_autofree char *symbol = anm_cell_symbol_to_markup (equation->symbol, FALSE);
  const AnmCellEquation *bent = anm_cell_lens_find_equation (self->lens, equation->terms[0].operand);
  GString *spoken = g_string_new (NULL);
  AnmEquationRow row = { 0 };
  guint n = 0;

  begin_spoken (spoken, equation);
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];
      g_autofree char *words = anm_cell_symbol_to_text (term->symbol);
      g_autofree char *value = anm_number_format_term (term->value);

      terms[n++] = make_chip (self, k > 0 ? "+" : NULL, term->times, term->factor, TRUE);
      terms[n++] = make_chip (self, "×", term->operand, term->parts[0].input, FALSE);
      g_string_append_printf (spoken, "%s%s %s", k == 0 ? ": " : ", ", words, value);
      _cell_rows_tabulate (self, equation->symbol, _("factor"), term->times, term->factor);
      _cell_rows_tabulate (self, equation->symbol, _("input"), term->operand, term->parts[0].input);
      _cell_rows_tabulate (self, equation->symbol, _("term"), words, term->value);
    }
  terms[n++] = make_chip (self, "=", equation->symbol, equation->value, FALSE);
  _cell_rows_tabulate (self, equation->symbol, _("value"), "", equation->value);
  _cell_rows_tabulate (self, equation->symbol, _("in the network"), "", equation->traced);
  g_string_append_c (spoken, '.');

  row.name = _(equation->label);
  row.summary = equation->summary != NULL ? _(equation->summary) : NULL;
  row.left = _cell_rows_keep (self, g_strdup_printf ("%s<span style='normal'> = </span>", symbol));
  row.key = -1;
  row.spoken = _cell_rows_keep (self, g_string_free (spoken, FALSE));
  note_kept (self, equation, &row);
  /* The bend of the memory has no row of its own. */
  if (bent != NULL && g_str_equal (bent->symbol, "tanh c") && self->view == ANM_CELL_STEP_NUMBERS)
    {
      row.notes[0] = _("slope of tanh");
      row.notes[1] = _cell_rows_keep (self, anm_number_format_term (bent->slope));
    }
  _cell_rows_add (self, &row, terms, n);
}

/* The bend of c, and a reset state, are seen within the equations that use them. */
static gboolean
has_row (const AnmCellEquation *equation)
{
  if (g_str_equal (equation->symbol, "tanh c"))
    return FALSE;
  return !(anm_cell_equation_is_product (equation) && strchr (equation->symbol, ' ') != NULL);
}

const char *
anm_cell_step_get_symbol (const AnmCellLens *lens,
                          guint row)
{
  guint k = 0;

  g_return_val_if_fail (lens != NULL, NULL);

  for (guint e = 0; lens->reading != NULL && e < lens->reading->n_equations; e++)
    if (has_row (&lens->reading->equations[e]) && k++ == row)
      return lens->reading->equations[e].symbol;
  return NULL;
}

const char *
anm_cell_lens_choose_equation (const AnmCellLens *lens,
                               const char *wanted)
{
  static const char *const first[] = { "f", "z" };

  if (lens == NULL || lens->reading == NULL || lens->reading->n_equations == 0)
    return NULL;
  if (anm_cell_lens_find_equation (lens, wanted) != NULL)
    return anm_cell_lens_find_equation (lens, wanted)->symbol;
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    if (anm_cell_lens_find_equation (lens, first[i]) != NULL)
      return first[i];
  return lens->reading->equations[0].symbol;
}

static int
find_row (const AnmCellLens *lens,
          const char *symbol)
{
  const char *at;

  for (guint row = 0; symbol != NULL && (at = anm_cell_step_get_symbol (lens, row)) != NULL; row++)
    if (g_str_equal (at, symbol))
      return (int) row;
  return -1;
}

static char *
write_caption (const AnmCellLens *lens,
               const char *weights)
{
  g_autofree char *where = anm_cell_lens_describe_place (lens);

  return weights != NULL && *weights != '\0' ? g_strdup_printf ("%s; %s", where, weights) : g_steal_pointer (&where);
}

static AnmFigure *
make_empty (const AnmCellLens *lens)
{
  const char *why = lens == NULL ? _("No step is chosen, or no network.")
                    : lens->why_not != NULL ? lens->why_not
                    : _("This step is passed over: nothing was measured, and the state is carried unchanged.");

  return anm_equations_new (&(AnmEquations){ .title = _("The step, with its numbers"), .finding = why, .empty_text = why, .chosen = -1 });
}

static char *
write_finding (const AnmCellLens *lens)
{
  const AnmCellEquation *last = &lens->reading->equations[lens->reading->n_equations - 1];
  g_autofree char *value = anm_number_format_term (last->value);
  g_autofree char *slope = NULL;
  const AnmCellEquation *flattest = NULL;

  for (guint e = 0; e < lens->reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &lens->reading->equations[e];

      if (equation->function != ANM_CELL_LINEAR && (flattest == NULL || fabs (equation->slope) < fabs (flattest->slope)))
        flattest = equation;
    }
  if (flattest == NULL)
    return g_strdup_printf (_("Unit %u at %s gives %s."), lens->unit + 1, lens->when, value);
  slope = anm_curve_describe_slope (get_curve (flattest->function), flattest->slope);
  /* Translators: unit, time, value; then the equation whose curve is flattest, and how flat. */
  return g_strdup_printf (_("Unit %u at %s gives %s; flattest: %s, %s."), lens->unit + 1, lens->when, value, _(flattest->label), slope);
}

/* Memories are within a few units; colours reach as far as the largest that is shown. */
static double
find_range (const AnmCellLens *lens)
{
  double range = 1;

  for (guint p = 0; p < lens->reading->n_previous; p++)
    if (isfinite (lens->reading->previous[p].value))
      range = fmax (range, fabs (lens->reading->previous[p].value));
  for (guint e = 0; e < lens->reading->n_equations; e++)
    if (anm_cell_equation_is_product (&lens->reading->equations[e]) && isfinite (lens->reading->equations[e].value))
      range = fmax (range, fabs (lens->reading->equations[e].value));
  return range;
}

AnmFigure *
anm_cell_step_exhibit_new (const AnmCellLens *lens,
                           AnmCellStepView view,
                           const char *chosen,
                           const char *weights)
{
  if (lens == NULL || lens->reading == NULL || lens->reading->n_equations == 0)
    return make_empty (lens);

  g_autoptr (GArray) rows = g_array_new (FALSE, TRUE, sizeof (AnmEquationRow));
  g_autoptr (GPtrArray) pool = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) table = g_ptr_array_new ();
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  CellRows self = { lens, view, rows, pool, table, keys };
  g_autofree char *caption = write_caption (lens, weights);
  g_autofree char *finding = write_finding (lens);
  const char *const header[] = { _("equation"), _("what"), _("name"), _("value") };

  for (guint k = 0; k < G_N_ELEMENTS (header); k++)
    g_ptr_array_add (table, (gpointer) header[k]);
  for (guint e = 0; e < lens->reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &lens->reading->equations[e];

      if (!has_row (equation))
        continue;
      if (anm_cell_equation_is_product (equation))
        add_product (&self, equation);
      else
        add_sum (&self, equation);
    }
  _cell_rows_add_merge (&self);
  if (view == ANM_CELL_STEP_NUMBERS)
    _cell_rows_add_gradients (&self);
  g_ptr_array_add (table, NULL);

  return anm_equations_new (&(AnmEquations){
    .title = view == ANM_CELL_STEP_SHAPES ? _("The step, with its shapes") : _("The step, with its numbers"),
    .caption = caption,
    .finding = finding,
    .n_rows = rows->len,
    .rows = (const AnmEquationRow *) (gpointer) rows->data,
    .chosen = find_row (lens, chosen),
    .range = find_range (lens),
    .bar_range = NAN,
    .n_columns = G_N_ELEMENTS (header),
    .table = (const char *const *) table->pdata,
  });
}
