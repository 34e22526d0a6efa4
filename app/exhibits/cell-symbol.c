/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-symbol.h"

#include <string.h>

typedef enum
{
  AS_MARKUP,
  AS_TEXT,
  AS_LATEX,
} Language;

typedef struct
{
  Language language;
  gboolean vectors;
  GString *out;
} Writer;

static void write_symbol (Writer *writer, const char *symbol, gsize length, gboolean bold);

static gboolean
is_word (const char *text,
         gsize length,
         const char *word)
{
  return length == strlen (word) && strncmp (text, word, length) == 0;
}

static void
write_bracket (Writer *writer,
               char bracket)
{
  g_string_append_printf (writer->out, writer->language == AS_MARKUP ? "<span style='normal'>%c</span>" : "%c", bracket);
}

/* What is more than one letter and upright: "tanh", "above", "LN". */
static void
write_upright (Writer *writer,
               const char *text,
               gsize length)
{
  switch (writer->language)
    {
    case AS_MARKUP:
      g_string_append_printf (writer->out, "<span style='normal'>%.*s</span>", (int) length, text);
      break;
    case AS_LATEX:
      g_string_append_printf (writer->out, is_word (text, length, "tanh") ? "\\%.*s " : "\\mathrm{%.*s}", (int) length, text);
      break;
    case AS_TEXT:
    default:
      g_string_append_len (writer->out, text, (gssize) length);
    }
}

/* One letter with its hat, tilde and prime: "h~", "c'", "x^". */
static void
write_letter (Writer *writer,
              const char *letter,
              const char *marks,
              gsize n_marks,
              gboolean bold,
              gboolean upright)
{
  const gboolean hat = memchr (marks, '^', n_marks) != NULL, tilde = memchr (marks, '~', n_marks) != NULL;
  const gboolean prime = memchr (marks, '\'', n_marks) != NULL;

  if (writer->language == AS_LATEX)
    {
      g_autofree char *core = bold ? g_strdup_printf (*letter == '\\' ? "\\boldsymbol{%s}" : "\\mathbf{%s}", letter) : g_strdup (letter);

      g_string_append_printf (writer->out, tilde ? "\\tilde{%s}" : hat ? "\\hat{%s}" : "%s", core);
      if (prime)
        g_string_append_c (writer->out, '\'');
      return;
    }
  /* Vectors and matrices are bold and upright. */
  upright = upright || bold;
  if (writer->language == AS_MARKUP && upright)
    g_string_append (writer->out, "<span style='normal'>");
  if (writer->language == AS_MARKUP && bold)
    g_string_append (writer->out, "<b>");
  g_string_append (writer->out, letter);
  if (tilde)
    g_string_append (writer->out, "\u0303");
  if (hat)
    g_string_append (writer->out, "\u0302");
  if (writer->language == AS_MARKUP && bold)
    g_string_append (writer->out, "</b>");
  if (writer->language == AS_MARKUP && upright)
    g_string_append (writer->out, "</span>");
  if (prime)
    g_string_append (writer->out, "′");
}

static void
write_lowered (Writer *writer,
               const char *text,
               gsize length)
{
  g_string_append (writer->out, writer->language == AS_MARKUP ? "<sub>" : writer->language == AS_LATEX ? "_{" : "_");
  write_symbol (writer, text, length, FALSE);
  g_string_append (writer->out, writer->language == AS_MARKUP ? "</sub>" : writer->language == AS_LATEX ? "}" : "");
}

/* Without spaces: "W_f", "h~", "gamma_h", "1-z", "tanh". */
static void
write_word (Writer *writer,
            const char *text,
            gsize length,
            gboolean bold)
{
  static const struct { const char *name, *letter, *latex; } greek[] = {
    { "gamma", "γ", "\\gamma" }, { "delta", "δ", "\\delta" },
  };
  const char *bar = memchr (text, '_', length);
  const gsize head = bar != NULL ? (gsize) (bar - text) : length;

  if (length > 2 && strncmp (text, "1-", 2) == 0)
    {
      g_string_append (writer->out, writer->language == AS_MARKUP ? "<span style='normal'>1−</span>" : writer->language == AS_LATEX ? "(1-" : "(1−");
      write_word (writer, text + 2, length - 2, bold);
      g_string_append (writer->out, writer->language == AS_MARKUP ? "" : ")");
      return;
    }
  if (is_word (text, length, "tanh") || is_word (text, length, "above") || is_word (text, length, "LN") || is_word (text, length, "next"))
    {
      write_upright (writer, text, length);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (greek); i++)
    if (strncmp (text, greek[i].name, strlen (greek[i].name)) == 0)
      {
        const gsize n = strlen (greek[i].name);

        write_letter (writer, writer->language == AS_LATEX ? greek[i].latex : greek[i].letter, text + n, head - n, bold, FALSE);
        if (bar != NULL)
          write_lowered (writer, bar + 1, length - head - 1);
        return;
      }

  char letter[] = { text[0], '\0' };
  const gboolean matrix = strchr ("WUV", text[0]) != NULL;
  write_letter (writer, letter, text + 1, head - 1, bold || matrix, matrix);
  if (bar != NULL)
    write_lowered (writer, bar + 1, length - head - 1);
}

static void
write_space (Writer *writer)
{
  g_string_append (writer->out, writer->language == AS_LATEX ? "\\," : writer->language == AS_MARKUP ? "\u2009" : " ");
}

/* Words with spaces between: a product. */
static void
write_product (Writer *writer,
               const char *text,
               gsize length,
               gboolean bold)
{
  const char *end = text + length;
  gboolean first = TRUE;

  while (text < end)
    {
      const char *space = memchr (text, ' ', (gsize) (end - text));
      const gsize n = space != NULL ? (gsize) (space - text) : (gsize) (end - text);

      if (n > 0)
        {
          if (!first)
            write_space (writer);
          write_word (writer, text, n, bold);
          first = FALSE;
        }
      text += n + 1;
    }
}

static void
write_symbol (Writer *writer,
              const char *symbol,
              gsize length,
              gboolean bold)
{
  const char *bar;

  if (length > 5 && strncmp (symbol, "LN (", 4) == 0 && symbol[length - 1] == ')')
    {
      write_upright (writer, "LN", 2);
      write_bracket (writer, '(');
      for (const char *at = symbol + 4, *end = symbol + length - 1; at < end;)
        {
          const char *plus = g_strstr_len (at, (gssize) (end - at), " + ");
          const char *until = plus != NULL ? plus : end;

          write_symbol (writer, at, (gsize) (until - at), bold);
          if (plus != NULL)
            g_string_append (writer->out, " + ");
          at = plus != NULL ? plus + 3 : end;
        }
      write_bracket (writer, ')');
      return;
    }

  /* All that follows a bias's bar is its name. */
  if (symbol[0] == 'b' && (bar = memchr (symbol, '_', length)) != NULL)
    {
      write_letter (writer, "b", symbol + 1, (gsize) (bar - symbol - 1), FALSE, FALSE);
      write_lowered (writer, bar + 1, (gsize) (symbol + length - bar - 1));
      return;
    }

  /* A matrix and what it multiplies; a product of two is one vector. */
  const char *space = memchr (symbol, ' ', length);
  if (strchr ("WUV", symbol[0]) != NULL && (length == 1 || symbol[1] == '_' || symbol[1] == ' ') && space != NULL)
    {
      const char *operand = space + 1;
      const gsize left = (gsize) (symbol + length - operand);
      const gboolean product = memchr (operand, ' ', left) != NULL;

      write_word (writer, symbol, (gsize) (space - symbol), FALSE);
      write_space (writer);
      if (product)
        write_bracket (writer, '(');
      write_product (writer, operand, left, writer->vectors);
      if (product)
        write_bracket (writer, ')');
      return;
    }
  write_product (writer, symbol, length, bold);
}

static char *
translate (const char *symbol,
           Language language,
           gboolean vectors)
{
  static const struct { const char *name, *latex; } halves[] = { { "→", "{\\rightarrow}" }, { "←", "{\\leftarrow}" } };
  Writer writer = { language, vectors, g_string_new (NULL) };

  /* Of a layer that reads both ways, which half. */
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    if (g_str_has_prefix (symbol, halves[i].name))
      {
        g_string_append (writer.out, language == AS_LATEX ? halves[i].latex : halves[i].name);
        symbol += strlen (halves[i].name);
        break;
      }
  write_symbol (&writer, symbol, strlen (symbol), FALSE);
  return g_string_free (writer.out, FALSE);
}

char *
anm_cell_symbol_to_markup (const char *symbol,
                           gboolean vectors)
{
  g_return_val_if_fail (symbol != NULL, NULL);

  return translate (symbol, AS_MARKUP, vectors);
}

char *
anm_cell_symbol_to_text (const char *symbol)
{
  g_return_val_if_fail (symbol != NULL, NULL);

  return translate (symbol, AS_TEXT, FALSE);
}

char *
anm_gate_name_to_text (const char *name)
{
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  /* A tilde of its own is set over the letter before it. */
  parts = g_strsplit (name, "~", -1);
  return g_strjoinv ("\314\203", parts);
}

char *
anm_cell_symbol_to_latex (const char *symbol,
                          gboolean vectors)
{
  g_return_val_if_fail (symbol != NULL, NULL);

  return translate (symbol, AS_LATEX, vectors);
}
