/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-worksheet.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/cell-rows-private.h"
#include "app/exhibits/cell-symbol.h"
#include "widgets/figures/number.h"
#include "widgets/figures/worksheet.h"

/* As many terms as one does by hand. */
#define N_TERMS 6

#define UPRIGHT(text) "<span style='normal'>" text "</span>"

typedef struct
{
  const AnmCellLens *lens;
  GArray            *lines;   /* AnmWorksheetLine */
  GArray            *pieces;  /* AnmWorksheetPiece of the line under way */
  GPtrArray         *pool;
  GHashTable        *found;   /* symbol, interned -> double *: what a hand gets for it */
  double             apart;   /* how far a hand's numbers are from the network's at most */
} Sheet;

static const char *
keep (Sheet *self,
      char *text)
{
  g_ptr_array_add (self->pool, text);
  return text;
}

static void
add_piece (Sheet *self,
           char *text,
           gboolean blank)
{
  const AnmWorksheetPiece piece = { keep (self, text), blank };

  g_array_append_val (self->pieces, piece);
}

static void
end_line (Sheet *self,
          AnmWorksheetLineKind kind)
{
  AnmWorksheetLine line = { kind, self->pieces->len, NULL };

  line.pieces = (const AnmWorksheetPiece *) keep (self, g_memdup2 (self->pieces->data, MAX (self->pieces->len, 1) * sizeof (AnmWorksheetPiece)));
  g_array_append_val (self->lines, line);
  g_array_set_size (self->pieces, 0);
}

static void
add_words (Sheet *self,
           AnmWorksheetLineKind kind,
           char *text)
{
  add_piece (self, text, FALSE);
  end_line (self, kind);
}

static char *
mark (const char *symbol)
{
  return anm_cell_symbol_to_markup (symbol, FALSE);
}

/* A number within a formula: three decimals, as it is given. */
static char *
mark_given (double value)
{
  g_autofree char *number = fabs (value) < 0.0005 && value != 0 ? anm_number_format (value, 2) : anm_number_format_fixed (value, 3);

  return _cell_number_markup (number);
}

static char *
mark_answer (double value)
{
  g_autofree char *number = anm_number_format_term (value);

  return _cell_number_markup (number);
}

static char *
give (double value)
{
  return fabs (value) < 0.0005 && value != 0 ? anm_number_format (value, 2) : anm_number_format_fixed (value, 3);
}

/* What a hand gets: from the numbers that are given, with each of its own rounded before it goes on. */

static double
round_given (double value)
{
  return fabs (value) < 0.0005 ? value : round (1000 * value) / 1000;
}

static double
round_found (double value)
{
  return fabs (value) < 0.005 ? value : round (100 * value) / 100;
}

static double
find_by_hand (Sheet *self,
              const char *symbol,
              double by_hand,
              double value)
{
  by_hand = round_found (by_hand);
  if (isfinite (by_hand) && isfinite (value))
    self->apart = fmax (self->apart, fabs (by_hand - round_found (value)));
  if (symbol != NULL)
    g_hash_table_insert (self->found, (gpointer) g_intern_string (symbol), g_memdup2 (&by_hand, sizeof by_hand));
  return by_hand;
}

/* @given: what the sheet says of it where it wasn't found on it. */
static double
get_by_hand (Sheet *self,
             const char *symbol,
             double given)
{
  const double *found = symbol != NULL ? g_hash_table_lookup (self->found, g_intern_string (symbol)) : NULL;

  return found != NULL ? *found : round_found (round_given (given));
}

static double
bend_by_hand (AnmCellFunction function,
              double sum)
{
  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return 1 / (1 + exp (-sum));
    case ANM_CELL_TANH:
      return tanh (sum);
    case ANM_CELL_RELU:
      return fmax (0, sum);
    case ANM_CELL_DECAY:
      return exp (-fmax (0, sum));
    case ANM_CELL_LINEAR:
    default:
      return sum;
    }
}

static double
get_slope_by_hand (AnmCellFunction function,
                   double value)
{
  return function == ANM_CELL_SIGMOID ? value * (1 - value) : function == ANM_CELL_TANH ? 1 - value * value : -value;
}

/* The sum in full */

typedef struct
{
  const AnmCellTerm *term;
  guint              part;
  double             value;
} Part;

static int
compare_parts (gconstpointer first,
               gconstpointer second)
{
  const Part *a = first, *b = second;

  if (fabs (a->value) != fabs (b->value))
    return fabs (a->value) > fabs (b->value) ? -1 : 1;
  return 0;
}

static const char *
name_part (const AnmCellLens *lens,
           const Part *part,
           Sheet *self)
{
  const char *name = anm_cell_lens_name_input (lens, part->term->operand, part->part);

  if (part->term->operand == NULL)
    return g_str_has_prefix (part->term->symbol, "b'") ? _("recurrent bias") : _("bias");
  if (name == NULL)
    return keep (self, anm_cell_symbol_to_text (part->term->symbol));
  return g_str_equal (part->term->operand, "m") ? keep (self, g_strdup_printf (_("%s measured"), name)) : name;
}

/* Returns what a hand gets. */
static double
add_part (Sheet *self,
          const Part *part)
{
  const double weight = part->term->factor * part->term->parts[part->part].weight, input = part->term->parts[part->part].input;

  add_piece (self, g_strdup (name_part (self->lens, part, self)), FALSE);
  add_piece (self, give (weight), FALSE);
  add_piece (self, give (input), FALSE);
  add_piece (self, anm_number_format_term (part->value), TRUE);
  end_line (self, ANM_WORKSHEET_TABLE_ROW);
  return find_by_hand (self, NULL, round_given (weight) * round_given (input), part->value);
}

/* Returns what a hand gets for the sum. */
static double
add_sum_in_full (Sheet *self,
                 const AnmCellEquation *equation)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autofree char *symbol = mark (equation->symbol);
  double rest = equation->sum, by_hand = 0;
  guint n_asked;

  for (guint k = 0; k < equation->n_terms; k++)
    for (guint i = 0; i < equation->terms[k].n_parts; i++)
      {
        const Part part = { &equation->terms[k], i, equation->terms[k].parts[i].value };
        g_array_append_val (parts, part);
      }
  g_array_sort (parts, compare_parts);
  n_asked = MIN (parts->len, N_TERMS);

  add_piece (self, g_strdup (_("term")), FALSE);
  add_piece (self, g_strdup (_("weight")), FALSE);
  add_piece (self, g_strdup (_("input")), FALSE);
  add_piece (self, g_strdup (_("weight × input")), FALSE);
  end_line (self, ANM_WORKSHEET_TABLE_HEAD);
  for (guint k = 0; k < n_asked; k++)
    {
      const Part *part = &g_array_index (parts, Part, k);

      by_hand += add_part (self, part);
      rest -= part->value;
    }
  if (parts->len > n_asked)
    {
      const guint n = parts->len - n_asked;

      add_piece (self, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u smaller term, given", "%u smaller terms, given", n), n), FALSE);
      add_piece (self, g_strdup (""), FALSE);
      add_piece (self, g_strdup (""), FALSE);
      add_piece (self, give (rest), FALSE);
      end_line (self, ANM_WORKSHEET_TABLE_ROW);
    }
  if (parts->len > n_asked)
    by_hand += round_given (rest);
  add_piece (self, g_strdup_printf (_("sum, %s"), anm_cell_lens_get_sum_symbol (self->lens)), FALSE);
  add_piece (self, g_strdup (""), FALSE);
  add_piece (self, g_strdup (""), FALSE);
  add_piece (self, anm_number_format_term (equation->sum), TRUE);
  end_line (self, ANM_WORKSHEET_TABLE_ROW);
  return find_by_hand (self, NULL, by_hand, equation->sum);
}

/* "σ(z) = 1 / (1 + e^−z)" */
static char *
mark_bend (AnmCellFunction function,
           const char *z,
           gboolean in_full)
{
  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return in_full ? g_strdup_printf (UPRIGHT ("σ(") "%s" UPRIGHT (") = 1 / (1 + e") "<sup>−%s</sup>" UPRIGHT (")"), z, z) : g_strdup_printf (UPRIGHT ("σ(") "%s" UPRIGHT (")"), z);
    case ANM_CELL_TANH:
      return g_strdup_printf (UPRIGHT ("tanh(") "%s" UPRIGHT (")"), z);
    case ANM_CELL_RELU:
      return g_strdup_printf (UPRIGHT ("max(0, ") "%s" UPRIGHT (")"), z);
    case ANM_CELL_DECAY:
      return g_strdup_printf (UPRIGHT ("e") "<sup>−max(0, %s)</sup>", z);
    case ANM_CELL_LINEAR:
    default:
      return g_strdup (z);
    }
}

/* In terms of what was found: "f (1 − f)". */
static char *
mark_slope (const AnmCellEquation *equation)
{
  g_autofree char *symbol = mark (equation->symbol);

  switch (equation->function)
    {
    case ANM_CELL_SIGMOID:
      return g_strdup_printf ("%s " UPRIGHT ("(1 −") " %s" UPRIGHT (")"), symbol, symbol);
    case ANM_CELL_TANH:
      return g_strdup_printf (UPRIGHT ("1 −") " %s" UPRIGHT ("²"), symbol);
    case ANM_CELL_DECAY:
      return g_strdup_printf (UPRIGHT ("−") "%s", symbol);
    case ANM_CELL_RELU:
    case ANM_CELL_LINEAR:
    default:
      return NULL;
    }
}

/* @sum: as the hand has it. */
static void
add_bend (Sheet *self,
          const AnmCellEquation *equation,
          double sum_by_hand,
          gboolean in_full)
{
  const double by_hand = find_by_hand (self, equation->symbol, bend_by_hand (equation->function, sum_by_hand), equation->value);
  g_autofree char *symbol = mark (equation->symbol);
  g_autofree char *slope = in_full ? mark_slope (equation) : NULL;
  const char *z = anm_cell_lens_get_sum_symbol (self->lens);
  g_autofree char *own = g_strdup_printf ("%s<sub>%s</sub>", z, symbol);
  g_autofree char *bend = mark_bend (equation->function, in_full ? z : own, in_full);

  if (equation->function == ANM_CELL_LINEAR)
    return;
  if (in_full)
    add_piece (self, g_strdup_printf ("%s " UPRIGHT ("=") " %s " UPRIGHT ("="), symbol, bend), FALSE);
  else
    {
      g_autofree char *sum = mark_given (equation->sum);

      add_piece (self, g_strdup_printf ("%s " UPRIGHT ("=") " %s" UPRIGHT (",") "  %s " UPRIGHT ("=") " %s " UPRIGHT ("="), own, sum, symbol, bend), FALSE);
    }
  add_piece (self, mark_answer (equation->value), TRUE);
  if (slope != NULL)
    {
      add_piece (self, g_strdup_printf ("  " UPRIGHT ("%s") " %s " UPRIGHT ("="), _("its slope"), slope), FALSE);
      add_piece (self, mark_answer (equation->slope), TRUE);
      find_by_hand (self, "slope", get_slope_by_hand (equation->function, by_hand), equation->slope);
    }
  end_line (self, ANM_WORKSHEET_FORMULA);
}

/* "c = f × c′ + i × g =" with a blank for each number that was found before. */
static void
add_product (Sheet *self,
             const AnmCellEquation *equation)
{
  g_autofree char *symbol = mark (equation->symbol);
  GString *in_symbols = g_string_new (NULL);
  double by_hand = 0;

  g_string_append_printf (in_symbols, "%s " UPRIGHT ("="), symbol);
  for (guint k = 0; k < equation->n_terms; k++)
    {
      g_autofree char *times = mark (equation->terms[k].times);
      g_autofree char *operand = mark (equation->terms[k].operand);
      const gboolean difference = g_str_has_prefix (equation->terms[k].times, "1-");

      g_string_append_printf (in_symbols, difference ? "%s " UPRIGHT ("(") "%s" UPRIGHT (")×") " %s" : "%s %s " UPRIGHT ("×") " %s", k > 0 ? UPRIGHT (" +") : "", times, operand);
    }
  g_string_append (in_symbols, " " UPRIGHT ("="));
  add_piece (self, g_string_free (in_symbols, FALSE), FALSE);
  for (guint k = 0; k < equation->n_terms; k++)
    {
      if (k > 0)
        add_piece (self, g_strdup (UPRIGHT ("+")), FALSE);
      const char *times = equation->terms[k].times;
      const gboolean difference = g_str_has_prefix (times, "1-");
      const double factor = get_by_hand (self, difference ? times + 2 : times, difference ? 1 - equation->terms[k].factor : equation->terms[k].factor);

      by_hand += (difference ? 1 - factor : factor) * get_by_hand (self, equation->terms[k].operand, equation->terms[k].parts[0].input);
      add_piece (self, mark_answer (equation->terms[k].factor), TRUE);
      add_piece (self, g_strdup (UPRIGHT ("×")), FALSE);
      add_piece (self, mark_answer (equation->terms[k].parts[0].input), TRUE);
    }
  add_piece (self, g_strdup (UPRIGHT ("=")), FALSE);
  add_piece (self, mark_answer (equation->value), TRUE);
  end_line (self, ANM_WORKSHEET_FORMULA);
  find_by_hand (self, equation->symbol, by_hand, equation->value);
}

/* "tanh c = tanh( ) = " */
static void
add_bent_memory (Sheet *self,
                 const AnmCellEquation *equation)
{
  find_by_hand (self, equation->symbol, tanh (get_by_hand (self, "c", equation->sum)), equation->value);
  add_piece (self, g_strdup (UPRIGHT ("tanh") " c " UPRIGHT ("=")), FALSE);
  add_piece (self, mark_answer (equation->value), TRUE);
  end_line (self, ANM_WORKSHEET_FORMULA);
}

/* Backwards */

static void
add_way_back (Sheet *self,
              const AnmCellEquation *equation)
{
  const char *path;
  const double kept = anm_cell_lens_get_keep (self->lens, &path);
  const AnmCellGradient *gradient = &equation->gradient;
  g_autofree char *symbol = mark (equation->symbol);
  const char *state = anm_cell_lens_find_equation (self->lens, "c") != NULL ? "c" : "h";

  if (isfinite (kept))
    {
      g_autofree char *power = NULL;

      add_piece (self, g_strdup_printf (UPRIGHT ("∂") "%s" UPRIGHT (" / ∂") "%s′ " UPRIGHT ("="), state, state), FALSE);
      add_piece (self, mark_answer (kept), TRUE);
      power = g_strdup_printf ("  " UPRIGHT ("%s"), _("ten such steps leave its tenth power,"));
      add_piece (self, g_steal_pointer (&power), FALSE);
      /* Of the number in the box: a tenth power tells the third decimal. */
      add_piece (self, mark_answer (pow (round_found (kept), 10)), TRUE);
      end_line (self, ANM_WORKSHEET_FORMULA);
    }
  if (!self->lens->reading->has_gradients || equation->function == ANM_CELL_LINEAR)
    return;

  g_autofree char *value = _cell_format_gradient (gradient->value);
  g_autofree char *given = _cell_number_markup (value);
  /* Of the slope in its box, likewise. */
  g_autofree char *sum = _cell_format_gradient (round_found (equation->slope) * gradient->value);

  add_piece (self, g_strdup_printf ("<span style='normal'>%s ∂</span>L" UPRIGHT (" / ∂") "%s " UPRIGHT ("=") " %s" UPRIGHT (",  ∂") "L" UPRIGHT (" / ∂") "%s " UPRIGHT ("= %s ×") " " UPRIGHT ("∂") "L" UPRIGHT (" / ∂") "%s " UPRIGHT ("="),
                                    _("given"), symbol, given, anm_cell_lens_get_sum_symbol (self->lens), _("slope"), symbol), FALSE);
  add_piece (self, _cell_number_markup (sum), TRUE);
  end_line (self, ANM_WORKSHEET_FORMULA);
}

static void
add_state_before (Sheet *self)
{
  const AnmCellReading *reading = self->lens->reading;

  for (guint p = 0; p < reading->n_previous; p++)
    {
      g_autofree char *symbol = mark (reading->previous[p].symbol);
      g_autofree char *value = mark_given (reading->previous[p].value);

      add_piece (self, g_strdup_printf ("%s " UPRIGHT ("=") " %s   ", symbol, value), FALSE);
    }
  end_line (self, ANM_WORKSHEET_FORMULA);
}

/* How near is right: whoever makes no mistake is that near. In the place of line @index, which was left for it. */
static void
explain (Sheet *self,
         guint index)
{
  g_autofree char *near = anm_number_format_fixed (fmax (ceil (100 * self->apart - 1e-6) / 100, 0.01), 2);
  AnmWorksheetPiece *piece = (AnmWorksheetPiece *) g_array_index (self->lines, AnmWorksheetLine, index).pieces;

  /* Translators: how far an answer may be from the one on the key, "0.01". */
  piece->text = keep (self, g_strdup_printf (_("Numbers that are given have three decimals. Round yours to two and go on with those: what is within %s of the answer key is right. ′ marks the step before."), near));
}

static void
fill (Sheet *self,
      const AnmCellEquation *chosen)
{
  const AnmCellReading *reading = self->lens->reading;
  gboolean others = FALSE;
  guint explanation;

  add_piece (self, g_strdup (_("Name")), FALSE);
  add_piece (self, g_strdup (_("Date")), FALSE);
  end_line (self, ANM_WORKSHEET_FIELDS);
  add_words (self, ANM_WORKSHEET_TEXT, NULL);
  explanation = self->lines->len - 1;
  add_words (self, ANM_WORKSHEET_HEADING, g_strdup (_("Given: the unit before this step")));
  add_state_before (self);
  /* Translators: the name of an equation, such as Forget gate. */
  add_words (self, ANM_WORKSHEET_HEADING, g_strdup_printf (_("1. %s: its sum, and what it becomes"), _(chosen->label)));
  add_bend (self, chosen, add_sum_in_full (self, chosen), TRUE);
  for (guint e = 0; e < reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &reading->equations[e];

      if (equation == chosen || anm_cell_equation_is_product (equation) || g_str_equal (equation->symbol, "tanh c"))
        continue;
      if (!others)
        add_words (self, ANM_WORKSHEET_HEADING, g_strdup (_("2. The others, whose sums are given")));
      others = TRUE;
      add_bend (self, equation, round_given (equation->sum), FALSE);
    }
  if (reading->n_equations > 1)
    add_words (self, ANM_WORKSHEET_HEADING, g_strdup (_("3. What the unit holds and gives")));
  for (guint e = 0; e < reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &reading->equations[e];

      if (anm_cell_equation_is_product (equation))
        add_product (self, equation);
      else if (g_str_equal (equation->symbol, "tanh c"))
        add_bent_memory (self, equation);
    }
  add_words (self, ANM_WORKSHEET_HEADING, g_strdup (others ? _("4. Backwards: what is left of the gradient") : _("2. Backwards: what is left of the gradient")));
  add_way_back (self, chosen);
  explain (self, explanation);
}

AnmFigure *
anm_cell_worksheet_exhibit_new (const AnmCellLens *lens,
                                const char *symbol,
                                gboolean answers,
                                gboolean named,
                                const char *weights)
{
  const char *chosen = anm_cell_lens_choose_equation (lens, symbol);
  const char *title = answers ? _("Worksheet: answer key") : _("Worksheet");

  if (chosen == NULL)
    {
      const char *why = lens == NULL ? _("No step is chosen, or no network.") : lens->why_not != NULL ? lens->why_not : _("This step is passed over: nothing was measured, and the state is carried unchanged.");
      return anm_worksheet_new (&(AnmWorksheet){ .title = title, .finding = why, .empty_text = why });
    }
  if (anm_cell_equation_is_product (anm_cell_lens_find_equation (lens, chosen)) || g_str_equal (chosen, "tanh c"))
    chosen = anm_cell_lens_choose_equation (lens, NULL);

  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (AnmWorksheetLine));
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (AnmWorksheetPiece));
  g_autoptr (GPtrArray) pool = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) found = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Sheet self = { lens, lines, pieces, pool, found, 0 };
  g_autofree char *where = g_strdup_printf (_("%s, unit %u, %s"), lens->layer_title, lens->unit + 1, lens->when);
  g_autofree char *whose = named ? g_strdup_printf (_("%s; patient %s"), where, lens->patient) : g_strdup (where);
  g_autofree char *caption = weights != NULL && *weights != '\0' ? g_strdup_printf ("%s; %s", whose, weights) : g_strdup (whose);

  fill (&self, anm_cell_lens_find_equation (lens, chosen));
  return anm_worksheet_new (&(AnmWorksheet){
    .title = title,
    .caption = caption,
    .finding = answers ? _("Answer key: the network’s own numbers, rounded to two decimals.") : _("One step of one unit, by hand: fill in the boxes."),
    .n_lines = lines->len,
    .lines = (const AnmWorksheetLine *) (gpointer) lines->data,
    .answers = answers,
    .foot = _("page 1 of 1"),
  });
}
