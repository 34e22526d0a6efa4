/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of tensors, as PyTorch and Keras give them and as their users keep
 * them: which module a tensor is of, what it is there, and in which order
 * modules stand.
 */
#include "engine/exchange-private.h"

#include <string.h>

/* "rnn.weight_hh_l1_reverse" is weight_hh_reverse of the group "rnn l1". */
static void
split_pytorch_name (const char *name, char **group, char **leaf)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *module = dot != NULL ? g_strndup (name, (gsize) (dot - name)) : g_strdup ("");
  const char *end = dot != NULL ? dot + 1 : name;
  const char *level = g_strrstr (end, "_l");
  gsize n_digits = level != NULL ? strspn (level + 2, "0123456789") : 0;

  if (n_digits == 0)
    {
      *group = g_steal_pointer (&module);
      *leaf = g_strdup (end);
      return;
    }
  *group = g_strdup_printf ("%s l%.*s", module, (int) n_digits, level + 2);
  *leaf = g_strdup_printf ("%.*s%s", (int) (level - end), end, level + 2 + n_digits);
}

/* "sequential/lstm_1/lstm_cell/kernel" is kernel of the group "sequential/lstm_1"; dots do as well.
 * "bidirectional/backward_lstm/lstm_cell/kernel" is backward.kernel of the group "bidirectional". */
static void
split_keras_name (const char *name, char **group, char **leaf)
{
  g_auto (GStrv) parts = g_strsplit_set (name, "/.", -1);
  guint n = g_strv_length (parts);
  const char *half = "";
  g_autofree char *last = n > 0 ? g_steal_pointer (&parts[--n]) : g_strdup ("");

  if (n > 0 && g_str_has_suffix (parts[n - 1], "_cell"))
    g_clear_pointer (&parts[--n], g_free);
  if (n > 0 && (g_str_has_prefix (parts[n - 1], "forward_") || g_str_has_prefix (parts[n - 1], "backward_")))
    {
      half = *parts[n - 1] == 'f' ? "forward." : "backward.";
      g_clear_pointer (&parts[--n], g_free);
    }
  *leaf = g_strconcat (half, last, NULL);
  *group = g_strjoinv ("/", parts);
}

void
_anm_exchange_split_name (AnmLayout layout, const char *name, char **group, char **leaf)
{
  if (layout == ANM_LAYOUT_PYTORCH)
    split_pytorch_name (name, group, leaf);
  else
    split_keras_name (name, group, leaf);
}

char *
_anm_exchange_get_word (const char *name)
{
  GString *word = g_string_new (NULL);

  for (; *name != '\0'; name++)
    {
      if (!g_ascii_isdigit (*name))
        g_string_append_c (word, *name);
      else if (word->len > 0 && !g_ascii_isdigit (name[-1]) && strchr ("_./ ", name[-1]) != NULL)
        g_string_truncate (word, word->len - 1);
    }
  return g_string_free (word, FALSE);
}

static guint64
take_number (const char **name)
{
  while (**name != '\0' && !g_ascii_isdigit (**name))
    (*name)++;
  return g_ascii_strtoull (*name, (char **) name, 10);
}

int
_anm_exchange_compare_numbers (const char *a, const char *b)
{
  while (*a != '\0' || *b != '\0')
    {
      guint64 first, second;

      while (*a != '\0' && !g_ascii_isdigit (*a))
        a++;
      while (*b != '\0' && !g_ascii_isdigit (*b))
        b++;
      if ((*a == '\0') != (*b == '\0'))
        return *a == '\0' ? -1 : 1;
      first = take_number (&a);
      second = take_number (&b);
      if (first != second)
        return first < second ? -1 : 1;
    }
  return 0;
}

char *
_anm_exchange_guess_name (const char *known, const char *known_leaf, const char *leaf)
{
  const char *bare = strrchr (leaf, '.') != NULL ? strrchr (leaf, '.') + 1 : leaf;
  const char *known_bare = strrchr (known_leaf, '.') != NULL ? strrchr (known_leaf, '.') + 1 : known_leaf;
  gsize length = strlen (bare) - (g_str_has_suffix (bare, "_reverse") ? strlen ("_reverse") : 0);
  gsize known_length = strlen (known_bare) - (g_str_has_suffix (known_bare, "_reverse") ? strlen ("_reverse") : 0);
  g_autofree char *stem = g_strndup (known_bare, known_length);
  const char *found = g_strrstr (known, stem);

  return g_strdup_printf ("%.*s%.*s%s", (int) (found - known), known, (int) length, bare, found + known_length);
}
