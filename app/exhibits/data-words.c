/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/data-words.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/number.h"

/* In letters. */
#define MAX_SHORT_LABEL 11

const char *
anm_data_word (const char *word)
{
  /* The empty text's translation is the catalogue's header. */
  return word == NULL || *word == '\0' ? "" : _(word);
}

const char **
anm_data_words (char **words)
{
  const guint n_words = words != NULL ? g_strv_length (words) : 0;
  const char **translated = g_new0 (const char *, n_words + 1);

  for (guint i = 0; i < n_words; i++)
    translated[i] = anm_data_word (words[i]);

  return translated;
}

const char *
anm_field_get_label (const AnmField *field)
{
  return anm_data_word (field->label);
}

const char *
anm_field_get_short_label (const AnmField *field)
{
  const char *label = anm_field_get_label (field);

  return g_utf8_strlen (label, -1) <= MAX_SHORT_LABEL ? label : anm_data_word (field->name);
}

const char *
anm_field_get_unit (const AnmField *field)
{
  return anm_data_word (field->unit);
}

char *
anm_field_format_value (const AnmField *field,
                        double          value)
{
  if (isnan (value))
    return anm_number_format (value, 3);
  if (field->kind == ANM_FIELD_CATEGORICAL && field->categories != NULL &&
      value >= 0 && value < g_strv_length (field->categories))
    return g_strdup (anm_data_word (field->categories[(guint) value]));

  return fabs (value) >= 100 ? anm_number_format_fixed (value, 0) : anm_number_format (value, 3);
}
