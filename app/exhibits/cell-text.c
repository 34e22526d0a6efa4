/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/cell-step.h"
#include "app/exhibits/cell-symbol.h"

/* A document wraps no equation: so many terms a line. */
#define TERMS_A_LINE 3
#define PRODUCTS_A_LINE 2

typedef struct
{
  const AnmCellLens *lens;
  AnmCellLanguage    language;
  GString           *out;
} Writer;

/* The shortest way to write it that reads back as the same number. */
static char *
format_full (double value,
             AnmCellLanguage language)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char *exponent;

  if (!isfinite (value))
    return g_strdup (language == ANM_CELL_LATEX ? isnan (value) ? "\\text{?}" : value < 0 ? "-\\infty" : "\\infty" : isnan (value) ? "?" : value < 0 ? "-inf" : "inf");
  for (int digits = 15; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  exponent = strchr (text, 'e');
  if (language != ANM_CELL_LATEX || exponent == NULL)
    return g_strdup (text);
  *exponent = '\0';
  return g_strdup_printf ("%s \\cdot 10^{%d}", text, (int) g_ascii_strtoll (exponent + 1, NULL, 10));
}

static char *
translate (const Writer *writer,
           const char *symbol,
           gboolean vectors)
{
  return writer->language == ANM_CELL_LATEX ? anm_cell_symbol_to_latex (symbol, vectors) : anm_cell_symbol_to_text (symbol);
}

/* What a document sets as text must not be read as commands. */
static char *
escape_words (const Writer *writer,
              const char *words)
{
  GString *escaped;

  if (writer->language != ANM_CELL_LATEX)
    return g_strdup (words);
  escaped = g_string_new (NULL);
  for (const char *p = words; *p != '\0'; p++)
    {
      if (strchr ("&%$#_{}", *p) != NULL)
        g_string_append_c (escaped, '\\');
      if (*p == '\\' || *p == '~' || *p == '^')
        g_string_append_printf (escaped, "\\char%d{}", *p);
      else
        g_string_append_c (escaped, *p);
    }
  g_string_replace (escaped, "′", "$'$", 0);
  g_string_replace (escaped, "⁺", "$^+$", 0);
  g_string_replace (escaped, "→", "$\\rightarrow$", 0);
  g_string_replace (escaped, "←", "$\\leftarrow$", 0);
  g_string_replace (escaped, "−", "$-$", 0);
  g_string_replace (escaped, "\u2009", "\\,", 0);
  return g_string_free (escaped, FALSE);
}

static void
write_words (Writer *writer,
             const char *words)
{
  g_autofree char *escaped = escape_words (writer, words);

  if (writer->language == ANM_CELL_LATEX)
    g_string_append_printf (writer->out, "\\intertext{%s}\n", escaped);
  else
    g_string_append_printf (writer->out, "\n%s\n", escaped);
}

static void
begin_line (Writer *writer,
            const char *left)
{
  g_string_append_printf (writer->out, writer->language == ANM_CELL_LATEX ? "%s &= " : "  %s = ", left);
}

static void
end_line (Writer *writer)
{
  g_string_append (writer->out, writer->language == ANM_CELL_LATEX ? " \\\\\n" : "\n");
}

/* The same left side, told in another way. */
static void
next_line (Writer *writer)
{
  end_line (writer);
  g_string_append (writer->out, writer->language == ANM_CELL_LATEX ? "  &= " : "    = ");
}

static void
append_number (Writer *writer,
               double value,
               gboolean in_product)
{
  g_autofree char *number = format_full (value, writer->language);
  const gboolean bracketed = in_product && *number == '-';

  g_string_append_printf (writer->out, bracketed ? "(%s)" : "%s", number);
}

static const char *
get_function (const Writer *writer,
              AnmCellFunction function)
{
  const gboolean latex = writer->language == ANM_CELL_LATEX;

  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return latex ? "\\sigma" : "sigmoid";
    case ANM_CELL_TANH:
      return latex ? "\\tanh" : "tanh";
    case ANM_CELL_RELU:
      return latex ? "\\operatorname{relu}" : "relu";
    case ANM_CELL_DECAY:
      return latex ? "\\operatorname{decay}" : "decay";
    case ANM_CELL_LINEAR:
    default:
      return "";
    }
}

static const char *
get_times (const Writer *writer)
{
  return writer->language == ANM_CELL_LATEX ? " \\cdot " : " * ";
}

static void
append_symbols (Writer *writer,
                const AnmCellEquation *equation)
{
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];
      g_autofree char *symbol = translate (writer, term->symbol, TRUE);
      g_autofree char *times = NULL;

      if (k > 0)
        g_string_append (writer->out, " + ");
      if (term->times != NULL && !g_str_has_prefix (term->symbol, term->times))
        {
          times = translate (writer, term->times, FALSE);
          g_string_append_printf (writer->out, "%s%s", times, get_times (writer));
        }
      g_string_append (writer->out, symbol);
    }
}

static void
append_values (Writer *writer,
               const AnmCellEquation *equation,
               gboolean product)
{
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];

      if (k > 0)
        g_string_append (writer->out, " + ");
      if (k > 0 && k % (product ? PRODUCTS_A_LINE : TERMS_A_LINE) == 0 && writer->language == ANM_CELL_LATEX)
        g_string_append (writer->out, "\\\\\n  &\\quad ");
      if (product)
        {
          append_number (writer, term->factor, TRUE);
          g_string_append (writer->out, get_times (writer));
          append_number (writer, term->parts[0].input, TRUE);
        }
      else
        append_number (writer, term->value, k > 0);
    }
}

static void
write_equation (Writer *writer,
                const AnmCellEquation *equation)
{
  g_autofree char *symbol = translate (writer, equation->symbol, FALSE);
  const gboolean product = anm_cell_equation_is_product (equation);
  const gboolean bent = equation->function != ANM_CELL_LINEAR;
  const char *function = get_function (writer, equation->function);

  write_words (writer, _(equation->label));
  if (g_str_equal (equation->symbol, "tanh c"))
    {
      begin_line (writer, symbol);
      g_string_append_printf (writer->out, "%s(", function);
      append_number (writer, equation->sum, FALSE);
      g_string_append (writer->out, ") = ");
    }
  else
    {
      begin_line (writer, symbol);
      g_string_append_printf (writer->out, bent ? "%s(" : "%s", function);
      append_symbols (writer, equation);
      g_string_append (writer->out, bent ? ")" : "");
      next_line (writer);
      g_string_append_printf (writer->out, bent ? "%s(" : "%s", function);
      append_values (writer, equation, product);
      g_string_append (writer->out, bent ? ")" : "");
      next_line (writer);
      if (bent)
        {
          g_string_append_printf (writer->out, "%s(", function);
          append_number (writer, equation->sum, FALSE);
          g_string_append (writer->out, ") = ");
        }
    }
  append_number (writer, equation->value, FALSE);
  end_line (writer);
  if (bent)
    {
      const char *z = anm_cell_lens_get_sum_symbol (writer->lens);
      g_autofree char *slope = writer->language == ANM_CELL_LATEX ? g_strdup_printf ("\\frac{\\partial %s}{\\partial %s}", symbol, z) : g_strdup_printf ("d %s/d%s", symbol, z);

      begin_line (writer, slope);
      append_number (writer, equation->slope, FALSE);
      end_line (writer);
    }
}

static char *
name_gradient (const Writer *writer,
               const char *symbol)
{
  const gboolean next = g_str_has_suffix (symbol, " next");
  g_autofree char *core = next ? g_strndup (symbol, strlen (symbol) - strlen (" next")) : g_strdup (symbol);
  g_autofree char *written = translate (writer, core, FALSE);

  if (writer->language == ANM_CELL_LATEX)
    return g_strdup_printf (next ? "\\frac{\\partial L}{\\partial %s^{+}}" : "\\frac{\\partial L}{\\partial %s}", written);
  return g_strdup_printf (next ? "dL/d(%s+)" : "dL/d(%s)", written);
}

static void
write_gradient (Writer *writer,
                const char *symbol,
                const AnmCellGradient *gradient,
                gboolean of_sum)
{
  g_autofree char *left = NULL;
  const char *difference = writer->language == ANM_CELL_LATEX ? "\\approx " : "~ ";

  if (of_sum)
    {
      g_autofree char *written = translate (writer, symbol, FALSE);
      const char *z = anm_cell_lens_get_sum_symbol (writer->lens);
      left = writer->language == ANM_CELL_LATEX ? g_strdup_printf ("\\frac{\\partial L}{\\partial %s_{%s}}", z, written) : g_strdup_printf ("dL/d%s of %s", z, written);
    }
  else
    left = name_gradient (writer, symbol);
  begin_line (writer, left);
  for (guint k = 0; k < gradient->n_shares; k++)
    {
      const AnmCellShare *share = &gradient->shares[k];

      if (k > 0)
        g_string_append (writer->out, " + ");
      if (k > 0 && k % PRODUCTS_A_LINE == 0 && writer->language == ANM_CELL_LATEX)
        g_string_append (writer->out, "\\\\\n  &\\quad ");
      if (isnan (share->slope))
        append_number (writer, share->value, k > 0);
      else
        {
          append_number (writer, share->slope, TRUE);
          g_string_append (writer->out, get_times (writer));
          append_number (writer, share->gradient, TRUE);
        }
    }
  if (gradient->n_shares != 1 || !isnan (gradient->shares[0].slope))
    {
      if (gradient->n_shares > 0)
        next_line (writer);
      append_number (writer, gradient->value, FALSE);
    }
  next_line (writer);
  /* As the equals sign of the line before is written already. */
  g_string_truncate (writer->out, writer->out->len - strlen ("= "));
  g_string_append (writer->out, difference);
  append_number (writer, gradient->difference, FALSE);
  g_string_append (writer->out, writer->language == ANM_CELL_LATEX ? " \\quad\\text{" : "  (");
  g_string_append (writer->out, _("finite difference"));
  g_string_append (writer->out, writer->language == ANM_CELL_LATEX ? "}" : ")");
  end_line (writer);
}

/* Words that need another package, and another program. */
static gboolean
has_chinese (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_utf8_get_char (p) >= 0x2e80)
      return TRUE;
  return FALSE;
}

static void
write_head (Writer *writer,
            const char *weights)
{
  const AnmCellLens *lens = writer->lens;
  g_autofree char *where = anm_cell_lens_describe_place (lens);
  g_autofree char *head = weights != NULL && *weights != '\0' ? g_strdup_printf ("%s; %s", where, weights) : g_strdup (where);
  g_autofree char *escaped = escape_words (writer, head);

  if (writer->language == ANM_CELL_LATEX)
    g_string_append_printf (writer->out, "%% \\usepackage{amsmath}\n\\noindent %s\n\\allowdisplaybreaks\n\\begin{align*}\n", escaped);
  else
    g_string_append_printf (writer->out, "%s\n", escaped);
}

static void
write_state_before (Writer *writer)
{
  const AnmCellReading *reading = writer->lens->reading;

  write_words (writer, _("State before"));
  for (guint p = 0; p < reading->n_previous; p++)
    {
      g_autofree char *symbol = translate (writer, reading->previous[p].symbol, FALSE);

      begin_line (writer, symbol);
      append_number (writer, reading->previous[p].value, FALSE);
      end_line (writer);
    }
}

/* What the layer makes of both halves. */
static void
write_merge (Writer *writer)
{
  static const char *const names[2][2] = { { "->h", "<-h" }, { "\\overrightarrow{h}", "\\overleftarrow{h}" } };
  const AnmCellLens *lens = writer->lens;
  const gboolean latex = writer->language == ANM_CELL_LATEX;
  const gboolean beside = g_strcmp0 (lens->merge, "concat") == 0, mean = g_strcmp0 (lens->merge, "mean") == 0;
  const char *share = !mean ? "" : latex ? "\\tfrac{1}{2} " : "1/2 * ";
  const char *joint = beside ? ", " : " + ";

  if (lens->merge == NULL)
    return;
  write_words (writer, _("Both halves"));
  begin_line (writer, "h");
  g_string_append_printf (writer->out, "%s%s%s%s%s%s", beside ? "[" : mean ? share : "", beside || !mean ? "" : "(", names[latex][0], joint, names[latex][1],
                          beside ? "]" : mean ? ")" : "");
  next_line (writer);
  g_string_append_printf (writer->out, "%s%s", beside ? "[" : share, mean ? "(" : "");
  append_number (writer, lens->halves[0], FALSE);
  g_string_append (writer->out, joint);
  append_number (writer, lens->halves[1], !beside);
  g_string_append (writer->out, beside ? "]" : mean ? ")" : "");
  if (!beside)
    {
      next_line (writer);
      append_number (writer, lens->merged, FALSE);
    }
  end_line (writer);
}

char *
anm_cell_text_new (const AnmCellLens *lens,
                   AnmCellLanguage language,
                   const char *weights)
{
  Writer writer = { lens, language, g_string_new (NULL) };
  const AnmCellReading *reading;

  g_return_val_if_fail (lens != NULL, NULL);

  reading = lens->reading;
  if (reading == NULL || reading->skipped)
    {
      g_string_append (writer.out, lens->why_not != NULL ? lens->why_not : _("This step is passed over: nothing was measured, and the state is carried unchanged."));
      g_string_append_c (writer.out, '\n');
      return g_string_free (writer.out, FALSE);
    }
  write_head (&writer, weights);
  write_state_before (&writer);
  for (guint e = 0; e < reading->n_equations; e++)
    write_equation (&writer, &reading->equations[e]);
  write_merge (&writer);
  if (reading->has_gradients)
    {
      write_words (&writer, _("Backwards, as the gradient flows; ⁺ marks the step after"));
      for (guint e = reading->n_equations; e > 0; e--)
        {
          const AnmCellEquation *equation = &reading->equations[e - 1];

          write_gradient (&writer, equation->symbol, &equation->gradient, FALSE);
          if (equation->function != ANM_CELL_LINEAR)
            write_gradient (&writer, equation->symbol, &equation->sum_gradient, TRUE);
        }
      for (guint p = 0; p < reading->n_previous; p++)
        write_gradient (&writer, reading->previous[p].symbol, &reading->previous[p].gradient, FALSE);
    }
  if (language == ANM_CELL_LATEX)
    {
      /* The last line has no break after it. */
      if (g_str_has_suffix (writer.out->str, " \\\\\n"))
        g_string_truncate (writer.out, writer.out->len - strlen (" \\\\\n"));
      g_string_append (writer.out, "\n\\end{align*}\n");
      if (has_chinese (writer.out->str))
        g_string_prepend (writer.out, "% \\usepackage{ctex} xelatex\n");
    }
  return g_string_free (writer.out, FALSE);
}
