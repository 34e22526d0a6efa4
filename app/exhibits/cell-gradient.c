/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-rows-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/cell-symbol.h"
#include "widgets/figures/number.h"

/* Steps in a row, for people to feel what a factor does. */
#define MANY 10

/* Above this the two ways to reckon a gradient don't agree. */
#define DISAGREES 1e-5

char *
_cell_format_gradient (double value)
{
  if (value != 0 && fabs (value) < 0.01)
    return anm_number_format_exact (value, 3);
  return fabs (value) >= 1000 ? anm_number_format (value, 4) : anm_number_format_fixed (value, 4);
}

/* One step to the past */

/* To a whole number of the unit where that is near enough. */
static double
round_span (double span)
{
  return span >= 3 ? round (span) : round (10 * span) / 10;
}

static char *
describe_decay (const AnmCellLens *lens,
                double keep)
{
  const gboolean hours = g_strcmp0 (lens->time_unit, "h") == 0 && lens->time_step == 1;
  g_autofree char *factor = anm_number_format_term (keep);
  g_autofree char *left = anm_number_format_term (pow (keep, MANY));
  g_autofree char *first = NULL;
  g_autofree char *span = NULL;

  if (!isfinite (keep))
    return NULL;
  /* Translators: factor to the power of ten, and what that is: 0.85¹⁰ = 0.20. */
  first = g_strdup_printf (hours ? _("ten such hours in a row would leave %s¹⁰ = %s of the gradient") : _("ten such steps in a row would leave %s¹⁰ = %s of the gradient"),
                           factor, left);
  if (!(fabs (keep) < 1) || keep == 0)
    return g_steal_pointer (&first);
  span = anm_number_format_duration (round_span (-lens->time_step / log (fabs (keep))), lens->time_unit);
  /* Translators: what was said before; a span of time. */
  return g_strdup_printf (_("%s; 1/e is left after %s"), first, span);
}

/* A plain recurrent layer keeps nothing on purpose: what a unit hands to itself goes through its own weight and the bend. */
static double
get_own_factor (const AnmCellLens *lens)
{
  const AnmCellEquation *h = anm_cell_lens_find_equation (lens, "h");

  for (guint k = 0; h != NULL && !lens->normalized && k < h->n_terms; k++)
    if (g_strcmp0 (h->terms[k].operand, "h'") == 0 && h->terms[k].n_parts == lens->n_cell_units)
      return h->slope * h->terms[k].parts[lens->reading->unit].weight;
  return NAN;
}

static void
add_step_back (CellRows *self)
{
  const AnmCellLens *lens = self->lens;
  const char *path;
  double keep = anm_cell_lens_get_keep (lens, &path);
  const gboolean own = isnan (keep);
  const char *state = anm_cell_lens_find_equation (lens, "c") != NULL ? "c" : "h";
  const gboolean fades = anm_cell_lens_find_equation (lens, "h^") != NULL;
  AnmEquationRow row = { .key = -1 };

  if (own)
    keep = get_own_factor (lens);

  g_autofree char *value = anm_number_format_term (keep);
  g_autofree char *number = _cell_number_markup (value);
  g_autofree char *plain = path != NULL ? anm_cell_symbol_to_markup (path, FALSE) : NULL;
  g_autofree char *factor = plain != NULL && fades ? g_strdup_printf ("<span style='normal'>(</span>%s<span style='normal'>)</span>", plain) : g_strdup (plain);
  g_autofree char *words = describe_decay (lens, keep);

  /* Translators: the name of a row: how much of the gradient goes back through one step. */
  row.name = _("Gradient back");
  row.summary = _("one step to the past");
  if (isnan (keep))
    {
      row.line = _("Sums are normalised over all units: no path leads from a unit to itself alone.");
      row.spoken = row.line;
      _cell_rows_add (self, &row, NULL, 0);
      return;
    }
  if (own)
    row.left = _cell_rows_keep (self, g_strdup_printf ("<span style='normal'>∂</span>h<span style='normal'>/∂</span>h′<span style='normal'> = slope × </span>u<span style='normal'> = <b>%s</b></span>", number));
  else
    row.left = _cell_rows_keep (self, g_strdup_printf ("<span style='normal'>∂</span>%s<span style='normal'>/∂</span>%s′<span style='normal'> = </span>%s%s<span style='normal'> = <b>%s</b></span>",
                                                       state, state, factor, fades ? "<span style='normal'> × </span>γ<sub>h</sub>" : "", number));
  row.line = own ? _cell_rows_keep (self, g_strdup_printf (_("through the unit's own weight u; %s"), words)) : words != NULL ? _cell_rows_keep (self, g_strdup (words)) : NULL;
  row.spoken = _cell_rows_keep (self, g_strdup_printf ("∂%s/∂%s′ = %s; %s.", state, state, value, row.line));
  _cell_rows_tabulate (self, state, _("factor to the step before"), path != NULL ? path : "", keep);
  _cell_rows_add (self, &row, NULL, 0);
}

/* Paths */

/* What is itself a product, in brackets. */
static char *
mark_whole (const char *symbol)
{
  g_autofree char *markup = anm_cell_symbol_to_markup (symbol, FALSE);

  if (strchr (symbol, ' ') == NULL || g_str_has_prefix (symbol, "LN ("))
    return g_steal_pointer (&markup);
  return g_strdup_printf ("<span style='normal'>(</span>%s<span style='normal'>)</span>", markup);
}

/* "c next" is the cell's c one step on: c⁺. */
static char *
mark_share (const char *symbol)
{
  const gboolean next = g_str_has_suffix (symbol, " next");
  g_autofree char *core = next ? g_strndup (symbol, strlen (symbol) - strlen (" next")) : g_strdup (symbol);
  g_autofree char *markup = mark_whole (core);

  return next ? g_strconcat (markup, "<sup>+</sup>", NULL) : g_steal_pointer (&markup);
}

static AnmEquationTerm
make_share (CellRows *self,
            const AnmCellShare *share,
            const char *of,
            gboolean first)
{
  g_autofree char *from = mark_share (share->symbol);
  g_autofree char *value = _cell_format_gradient (share->value);
  AnmEquationTerm term = { ANM_EQUATION_PLAIN, first ? NULL : "+", NULL, NULL, NAN, -1 };

  term.key = _cell_rows_find_key (self, g_str_has_suffix (share->symbol, " next") ? g_intern_string (share->symbol) : share->symbol);
  if (g_str_equal (share->symbol, "above"))
    {
      /* Translators: the part of a gradient that comes from the layers above. */
      term.symbol = _cell_rows_keep (self, g_strdup_printf ("<span style='normal'>%s</span>", _("layers above")));
      term.value = _cell_rows_keep (self, g_steal_pointer (&value));
    }
  else if (isnan (share->slope))
    {
      /* Translators: a gradient that comes back through a matrix, by way of another number. */
      term.symbol = _cell_rows_keep (self, g_strdup_printf ("<span style='normal'>%s </span>%s", _("through"), from));
      term.value = _cell_rows_keep (self, g_steal_pointer (&value));
    }
  else
    {
      g_autofree char *slope = anm_number_format_term (share->slope);
      g_autofree char *gradient = _cell_format_gradient (share->gradient);

      term.symbol = _cell_rows_keep (self, g_strdup_printf ("<span style='normal'>∂</span>%s<span style='normal'>/∂</span>%s<span style='normal'> · ∂</span>L<span style='normal'>/∂</span>%s", from, of, from));
      term.value = _cell_rows_keep (self, g_strdup_printf ("%s × %s", slope, gradient));
    }
  return term;
}

/* "finite difference −1.66×10⁻⁵ agrees, relative difference 5×10⁻¹²" */
static char *
describe_check (const AnmCellGradient *gradient)
{
  g_autofree char *difference = _cell_format_gradient (gradient->difference);
  g_autofree char *error = anm_number_format (gradient->relative_error, 1);

  if (isnan (gradient->difference))
    return g_strdup (_("no finite difference"));
  if (!(gradient->relative_error <= DISAGREES))
    return g_strdup_printf (_("finite difference %s, which disagrees: relative difference %s"), difference, error);
  return g_strdup_printf (_("finite difference %s agrees, relative difference %s"), difference, error);
}

static void
tabulate_gradient (CellRows *self,
                   const char *symbol,
                   const AnmCellGradient *gradient)
{
  for (guint k = 0; k < gradient->n_shares; k++)
    {
      _cell_rows_tabulate (self, symbol, _("slope of path"), gradient->shares[k].symbol, gradient->shares[k].slope);
      _cell_rows_tabulate (self, symbol, _("gradient by path"), gradient->shares[k].symbol, gradient->shares[k].value);
    }
  _cell_rows_tabulate (self, symbol, _("gradient"), "", gradient->value);
  _cell_rows_tabulate (self, symbol, _("finite difference"), "", gradient->difference);
  _cell_rows_tabulate (self, symbol, _("relative error"), "", gradient->relative_error);
}

static void
add_gradient (CellRows *self,
              const char *symbol,
              const char *label,
              const char *heading,
              const AnmCellGradient *gradient,
              const AnmCellEquation *equation)
{
  g_autofree AnmEquationTerm *terms = g_new0 (AnmEquationTerm, MAX (gradient->n_shares, 1));
  g_autofree char *markup = mark_whole (symbol);
  g_autofree char *words = anm_cell_symbol_to_text (symbol);
  g_autofree char *value = _cell_format_gradient (gradient->value);
  g_autofree char *number = _cell_number_markup (value);
  g_autofree char *check = describe_check (gradient);
  AnmEquationRow row = { .name = label, .heading = heading, .key = -1 };
  GString *line = g_string_new (check);

  for (guint k = 0; k < gradient->n_shares; k++)
    terms[k] = make_share (self, &gradient->shares[k], markup, k == 0);
  if (equation != NULL && equation->function != ANM_CELL_LINEAR)
    {
      g_autofree char *slope = anm_number_format_term (equation->slope);
      g_autofree char *sum = _cell_format_gradient (equation->sum_gradient.value);
      g_autofree char *sum_check = describe_check (&equation->sum_gradient);

      /* Translators: letter of the sum, symbol, slope, gradient, product; then how it compares with the finite difference. */
      g_string_append_printf (line, _("\n∂L/∂%s of %s = slope %s × %s = %s; %s"), anm_cell_lens_get_sum_symbol (self->lens), words, slope, value, sum, sum_check);
    }
  row.summary = _cell_rows_keep (self, g_strdup_printf ("∂L/∂%s", words));
  row.left = _cell_rows_keep (self, g_strdup_printf ("<span style='normal'>∂</span>L<span style='normal'>/∂</span>%s<span style='normal'> =</span>", markup));
  row.result = _cell_rows_keep (self, g_strdup_printf ("<b>%s</b>", number));
  row.line = _cell_rows_keep (self, g_string_free (line, FALSE));
  row.spoken = _cell_rows_keep (self, g_strdup_printf ("∂L/∂%s = %s; %s.", words, value, row.line));
  tabulate_gradient (self, symbol, gradient);
  if (equation != NULL)
    _cell_rows_tabulate (self, symbol, _("gradient of the sum"), "", equation->sum_gradient.value);
  _cell_rows_add (self, &row, terms, gradient->n_shares);
}

void
_cell_rows_add_gradients (CellRows *self)
{
  const AnmCellReading *reading = self->lens->reading;
  const char *heading = _("Backwards, as the gradient flows; ⁺ marks the step after");

  add_step_back (self);
  if (!reading->has_gradients)
    {
      AnmEquationRow row = { .name = _("Gradients"), .key = -1 };

      row.line = _("Without a known outcome there is no loss, and no gradient.");
      row.spoken = row.line;
      _cell_rows_add (self, &row, NULL, 0);
      return;
    }
  for (guint e = reading->n_equations; e > 0; e--)
    {
      const AnmCellEquation *equation = &reading->equations[e - 1];

      add_gradient (self, equation->symbol, _(equation->label), e == reading->n_equations ? heading : NULL, &equation->gradient, equation);
    }
  for (guint p = 0; p < reading->n_previous; p++)
    add_gradient (self, reading->previous[p].symbol,
                  g_str_equal (reading->previous[p].symbol, "c'") ? _("Cell before") : _("Hidden state before"), NULL, &reading->previous[p].gradient, NULL);
}
