/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/table-fields.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/csv-values.h"

/* More different words than these are remarks, names or dates, and no categories. */
#define MAX_CATEGORIES 200

/* "HR (bpm)" and "temp [°C]" tell their unit. */
static void
describe_field (AnmField *field)
{
  const char *name = field->name;
  gsize length = strlen (name);
  const char *open = length > 3 && name[length - 1] == ')' ? strrchr (name, '(') : length > 3 && name[length - 1] == ']' ? strrchr (name, '[')
                                                                                                                        : NULL;
  g_autofree char *label = NULL;
  g_autofree char *unit = NULL;

  if (open == NULL || open == name || open + 2 >= name + length)
    return;
  label = g_strstrip (g_strndup (name, (gsize) (open - name)));
  unit = g_strstrip (g_strndup (open + 1, (gsize) (name + length - 2 - open)));
  if (label[0] == '\0' || unit[0] == '\0')
    return;
  anm_field_set_text (&field->label, label);
  anm_field_set_text (&field->unit, unit);
}

AnmTableField *
anm_table_field_new (AnmCohortBuilder *builder,
                     const char *name,
                     gboolean is_static)
{
  AnmTableField *self = g_new0 (AnmTableField, 1);

  self->name = g_strdup (name);
  self->is_static = is_static;
  self->index = is_static ? anm_cohort_builder_add_static (builder, name) : anm_cohort_builder_add_channel (builder, name);
  describe_field (is_static ? anm_cohort_builder_get_static (builder, self->index) : anm_cohort_builder_get_channel (builder, self->index));
  return self;
}

void
anm_table_field_free (AnmTableField *self)
{
  g_free (self->name);
  g_clear_pointer (&self->categories, g_hash_table_unref);
  g_free (self->first_word);
  g_free (self);
}

/* Why a text is no number, and what to do. */
static void
set_number_error (const AnmTableField *self,
                  const AnmCsvRow *row,
                  guint field,
                  gboolean decimal_comma,
                  GError **error)
{
  const AnmCsvField *text = &row->fields[field];
  g_autofree char *quote = anm_csv_quote (text->text);
  double number;

  if (anm_csv_parse_number (text->text, text->length, !decimal_comma, &number))
    {
      if (decimal_comma)
        anm_csv_set_error (error, row, field, self->name, _("“%s” is written with a decimal point, but other numbers of this file with a decimal comma. Write all in one way."), quote);
      else if (anm_csv_is_ambiguous_comma (text->text, text->length))
        anm_csv_set_error (error, row, field, self->name, _("“%s” may be a thousand and more, or have a decimal comma. Write it without the comma, or with a decimal point."), quote);
      else
        anm_csv_set_error (error, row, field, self->name, _("“%s” is not a number with a decimal point. Write it with one."), quote);
    }
  else if (anm_csv_looks_like_number (text->text, text->length) && !g_ascii_isdigit (text->text[0]) && strchr ("+-.,", text->text[0]) == NULL)
    anm_csv_set_error (error, row, field, self->name, _("“%s” is a limit and not a number. Write the limit itself, or leave the field empty."), quote);
  else if (anm_csv_looks_like_number (text->text, text->length))
    anm_csv_set_error (error, row, field, self->name, _("“%s” is too large a number. Correct it, or leave the field empty."), quote);
  else
    anm_csv_set_error (error, row, field, self->name, _("“%s” is text among numbers. Correct it, or leave the field empty if nothing was measured."), quote);
}

static gboolean
take_category (AnmTableField *self,
               AnmCohortBuilder *builder,
               const AnmCsvRow *row,
               guint field,
               float *value,
               GError **error)
{
  const AnmCsvField *text = &row->fields[field];
  AnmField *described = self->is_static ? anm_cohort_builder_get_static (builder, self->index) : anm_cohort_builder_get_channel (builder, self->index);
  guint category;

  if (self->categories == NULL)
    {
      g_autofree char *quote = anm_csv_quote (text->text);

      self->categories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      self->first_word = g_strdup_printf (_("%s, line %zu, column %u (%s): “%s”"), row->name, (gsize) row->line, field + 1, self->name, quote);
      described->kind = ANM_FIELD_CATEGORICAL;
    }
  category = GPOINTER_TO_UINT (g_hash_table_lookup (self->categories, text->text));
  if (category == 0)
    {
      if (!g_utf8_validate (text->text, (gssize) text->length, NULL))
        {
          anm_csv_set_error (error, row, field, self->name, _("the text isn’t UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)."));
          return FALSE;
        }
      if (g_hash_table_size (self->categories) == MAX_CATEGORIES)
        {
          anm_csv_set_error (error, row, field, self->name, _("there are more than %d different words, from “%s” on: they are no categories. Leave the column out (Ignore in the window), or correct it if these should be numbers."), MAX_CATEGORIES, described->categories[0]);
          return FALSE;
        }
      category = anm_field_add_category (described, text->text) + 1;
      g_hash_table_insert (self->categories, g_strdup (text->text), GUINT_TO_POINTER (category));
    }
  *value = (float) (category - 1);
  return TRUE;
}

gboolean
anm_table_field_parse (AnmTableField *self,
                       AnmCohortBuilder *builder,
                       const AnmCsvRow *row,
                       guint field,
                       gboolean decimal_comma,
                       float *value,
                       GError **error)
{
  const AnmCsvField *text = &row->fields[field];
  gboolean is_number;
  double number;

  *value = NAN;
  if (text->length == 0)
    return TRUE;
  is_number = anm_csv_parse_number (text->text, text->length, decimal_comma, &number);
  if (!is_number && (self->words ? anm_csv_is_missing_word (text->text, text->length) : anm_csv_is_missing_number (text->text, text->length)))
    return TRUE;

  if (!self->decided)
    {
      self->decided = TRUE;
      self->words = !anm_csv_looks_like_number (text->text, text->length);
    }
  self->n_values++;
  if (!self->words)
    {
      if (!is_number)
        {
          set_number_error (self, row, field, decimal_comma, error);
          return FALSE;
        }
      *value = (float) number;
      return TRUE;
    }
  self->n_numbers += anm_csv_looks_like_number (text->text, text->length);
  return take_category (self, builder, row, field, value, error);
}

gboolean
anm_table_field_check (const AnmTableField *self,
                       GError **error)
{
  if (!self->words || self->n_numbers * 4 <= self->n_values || self->first_word == NULL)
    return TRUE;
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s is text among numbers. Correct it, or leave the field empty if nothing was measured."), self->first_word);
  return FALSE;
}
