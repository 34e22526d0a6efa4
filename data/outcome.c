/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/csv-values.h"
#include "data/table.h"
#include "data/warnings.h"

/* Whole numbers of so few values are classes; more of them, or fractions, are a quantity. */
#define MAX_NUMBER_CLASSES 10
#define MAX_WORD_CLASSES 200

typedef struct
{
  char    *text;     /* as first written */
  gboolean is_number;
  double   number;
  guint64  n_patients;
  char    *place;    /* of the first: "outcomes.csv, line 7, column 2" */
} Word;

struct _AnmOutcome
{
  char       *column;
  gboolean    decimal_comma;
  GHashTable *index;    /* case-folded text -> index of the word + 1 */
  GArray     *words;    /* of Word */
  GArray     *patients; /* of guint32: word + 1, 0 = unknown */
};

/* The two sides of common pairs, in lower case. */
static const char *const pairs[][2] = {
  { "survived", "died" },
  { "survivor", "nonsurvivor" },
  { "alive", "dead" },
  { "alive", "deceased" },
  { "living", "dead" },
  { "discharged", "died" },
  { "discharged", "expired" },
  { "alive", "expired" },
  { "alive", "died" },
  { "no", "yes" },
  { "n", "y" },
  { "false", "true" },
  { "negative", "positive" },
  { "neg", "pos" },
  { "absent", "present" },
  { "control", "case" },
  { "healthy", "ill" },
  { "healthy", "sick" },
  { "normal", "abnormal" },
  { "否", "是" },
  { "无", "有" },
  { "阴性", "阳性" },
  { "存活", "死亡" },
  { "生存", "死亡" },
};

static void
clear_word (gpointer data)
{
  Word *word = data;

  g_free (word->text);
  g_free (word->place);
}

AnmOutcome *
anm_outcome_new (const char *column,
                 gboolean decimal_comma)
{
  AnmOutcome *self = g_new0 (AnmOutcome, 1);

  self->column = g_strdup (column);
  self->decimal_comma = decimal_comma;
  self->index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->words = g_array_new (FALSE, TRUE, sizeof (Word));
  g_array_set_clear_func (self->words, clear_word);
  self->patients = g_array_new (FALSE, TRUE, sizeof (guint32));
  return self;
}

void
anm_outcome_free (AnmOutcome *self)
{
  g_free (self->column);
  g_hash_table_unref (self->index);
  g_array_unref (self->words);
  g_array_unref (self->patients);
  g_free (self);
}

static guint32
find_or_add_word (AnmOutcome *self,
                  const AnmCsvRow *row,
                  guint field)
{
  const AnmCsvField *text = &row->fields[field];
  double number = NAN;
  gboolean is_number = anm_csv_parse_number (text->text, text->length, self->decimal_comma, &number);
  /* 1 and 1.0 are one word, and Yes and yes. */
  g_autofree char *key = is_number ? g_strdup_printf ("%.17g", number) : g_utf8_casefold (text->text, (gssize) text->length);
  guint32 word = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, key));

  if (word == 0)
    {
      Word added = { .is_number = is_number, .number = number };

      added.text = is_number ? g_strdup_printf ("%.15g", number) : g_strndup (text->text, text->length);
      /* Translators: file, line, column number: a place in a table */
      added.place = g_strdup_printf (_("%s, line %zu, column %u"), row->name, (gsize) row->line, field + 1);
      g_array_append_val (self->words, added);
      word = self->words->len;
      g_hash_table_insert (self->index, g_steal_pointer (&key), GUINT_TO_POINTER (word));
    }
  return word;
}

gboolean
anm_outcome_add (AnmOutcome *self,
                 const AnmCohortBuilder *builder,
                 gsize patient,
                 const AnmCsvRow *row,
                 guint field,
                 GError **error)
{
  const AnmCsvField *text = &row->fields[field];
  guint32 word, *own;

  if (anm_csv_is_missing_word (text->text, text->length))
    return TRUE;
  if (!g_utf8_validate (text->text, (gssize) text->length, NULL))
    {
      anm_csv_set_error (error, row, field, self->column, _("the text isn’t UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)."));
      return FALSE;
    }

  word = find_or_add_word (self, row, field);
  if (self->patients->len <= patient)
    g_array_set_size (self->patients, (guint) patient + 1);
  own = &g_array_index (self->patients, guint32, patient);
  if (*own != 0 && *own != word)
    {
      g_autofree char *before = anm_csv_quote (g_array_index (self->words, Word, *own - 1).text);
      g_autofree char *now = anm_csv_quote (text->text);

      anm_csv_set_error (error, row, field, self->column,
                         _("patient “%s” has the outcome “%s” here, but “%s” before. A patient has one outcome: correct the table, or choose another column (Outcome in the window, --target on the command line)."),
                         anm_cohort_builder_get_id (builder, patient), now, before);
      return FALSE;
    }
  if (*own == 0)
    g_array_index (self->words, Word, word - 1).n_patients++;
  *own = word;
  return TRUE;
}

static int
compare_numbers (const void *a,
                 const void *b)
{
  const Word *const *first = a;
  const Word *const *second = b;

  return ((*first)->number > (*second)->number) - ((*first)->number < (*second)->number);
}

static int
compare_texts (const void *a,
               const void *b)
{
  const Word *const *first = a;
  const Word *const *second = b;

  return strcmp ((*first)->text, (*second)->text);
}

/* Which side of a common pair: 0, 1, or -1 if of none. */
static int
get_side (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    for (int side = 0; side < 2; side++)
      if (strcmp (pairs[i][side], lower) == 0)
        return side;
  return -1;
}

/* What stands opposite a word that stands alone. */
static const char *
get_opposite (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    for (int side = 0; side < 2; side++)
      if (strcmp (pairs[i][side], lower) == 0)
        return pairs[i][1 - side];
  return N_("other");
}

static gboolean
check_mixture (AnmOutcome *self,
               guint n_numbers,
               GError **error)
{
  const Word *rare = NULL;
  gboolean rare_is_number = n_numbers * 2 < self->words->len;

  if (n_numbers == 0 || n_numbers == self->words->len)
    return TRUE;
  for (guint i = 0; i < self->words->len && rare == NULL; i++)
    if (g_array_index (self->words, Word, i).is_number == rare_is_number)
      rare = &g_array_index (self->words, Word, i);
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT,
               rare_is_number ? _("%s (%s): “%s” is a number among words. An outcome is either a word or a number.") : _("%s (%s): “%s” is a word among numbers. An outcome is either a word or a number; leave the field empty where it isn’t known."),
               rare->place, self->column, rare->text);
  return FALSE;
}

/* The words in the order of their classes; there are one or more. */
static Word **
sort_words (AnmOutcome *self,
            gboolean numbers)
{
  Word **sorted = g_new (Word *, self->words->len);

  for (guint i = 0; i < self->words->len; i++)
    sorted[i] = &g_array_index (self->words, Word, i);
  qsort (sorted, self->words->len, sizeof (Word *), numbers ? compare_numbers : compare_texts);

  if (!numbers && self->words->len == 2)
    {
      int first = get_side (sorted[0]->text);
      int second = get_side (sorted[1]->text);

      if (first == 1 || second == 0)
        {
          Word *swapped = sorted[0];

          if (first != second)
            {
              sorted[0] = sorted[1];
              sorted[1] = swapped;
            }
        }
    }
  return sorted;
}

static gboolean
is_quantity (Word **sorted,
             guint n)
{
  if (n > MAX_NUMBER_CLASSES)
    return TRUE;
  for (guint i = 0; n > 2 && i < n; i++)
    if (sorted[i]->number != floor (sorted[i]->number))
      return TRUE;
  return FALSE;
}

/* Patients' outcomes from their words; @values[word]. */
static void
hand_over (AnmOutcome *self,
           AnmCohortBuilder *builder,
           const float *values)
{
  for (guint p = 0; p < self->patients->len; p++)
    {
      guint32 word = g_array_index (self->patients, guint32, p);

      if (word != 0)
        anm_cohort_builder_set_outcome (builder, p, values[word - 1]);
    }
}

static void
finish_quantity (AnmOutcome *self,
                 AnmCohortBuilder *builder)
{
  g_autofree float *values = g_new (float, self->words->len);

  for (guint i = 0; i < self->words->len; i++)
    values[i] = (float) g_array_index (self->words, Word, i).number;
  anm_cohort_builder_set_target (builder, ANM_TARGET_REGRESSION, 1, self->column, self->column, NULL);
  hand_over (self, builder, values);
}

/* One word alone: it and its opposite, so that the other may come with later patients. */
static void
finish_single (AnmOutcome *self,
               AnmCohortBuilder *builder,
               gboolean numbers)
{
  const Word *word = &g_array_index (self->words, Word, 0);
  gboolean death = numbers && anm_is_death_name (self->column);
  int side = numbers ? word->number == 1 : get_side (word->text) == 1;
  char **classes = g_new0 (char *, 3);
  float value = (float) side;

  if (numbers && (word->number == 0 || word->number == 1))
    {
      classes[0] = g_strdup (death ? N_("survived") : "0");
      classes[1] = g_strdup (death ? N_("died") : "1");
    }
  else
    {
      classes[side] = g_strdup (word->text);
      classes[1 - side] = g_strdup (numbers ? N_("other") : get_opposite (word->text));
    }
  anm_warn_about_one_class (builder, self->column, classes[side]);
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, self->column, self->column, classes);
  hand_over (self, builder, &value);
}

static void
finish_classes (AnmOutcome *self,
                AnmCohortBuilder *builder,
                Word **sorted)
{
  guint n = self->words->len;
  g_autofree float *values = g_new (float, n);
  char **classes = g_new0 (char *, n + 1);
  gboolean death = n == 2 && sorted[0]->is_number && sorted[0]->number == 0 && sorted[1]->number == 1 && anm_is_death_name (self->column);

  for (guint k = 0; k < n; k++)
    {
      values[sorted[k] - &g_array_index (self->words, Word, 0)] = (float) k;
      classes[k] = g_strdup (!death ? sorted[k]->text : k == 0 ? N_("survived")
                                                               : N_("died"));
    }
  anm_cohort_builder_set_target (builder, n == 2 ? ANM_TARGET_BINARY : ANM_TARGET_CLASSES, n == 2 ? 1 : n, self->column, self->column, classes);
  hand_over (self, builder, values);
}

/**
 * anm_outcome_finish:
 *
 * Two words, or two numbers, are a binary outcome, the second by a list of
 * common pairs (no and yes, survived and died), by size, or by the alphabet being
 * the positive one. Several words, or up to ten whole numbers, are classes. Other
 * numbers are a quantity.
 */
gboolean
anm_outcome_finish (AnmOutcome *self,
                    AnmCohortBuilder *builder,
                    GError **error)
{
  g_autofree Word **sorted = NULL;
  guint n_numbers = 0;
  gboolean numbers;

  for (guint i = 0; i < self->words->len; i++)
    n_numbers += g_array_index (self->words, Word, i).is_number;
  if (!check_mixture (self, n_numbers, error))
    return FALSE;

  numbers = n_numbers > 0;
  if (self->words->len == 0)
    return TRUE;
  sorted = sort_words (self, numbers);
  if (numbers && is_quantity (sorted, self->words->len))
    finish_quantity (self, builder);
  else if (self->words->len == 1)
    finish_single (self, builder, numbers);
  else if (self->words->len <= MAX_WORD_CLASSES)
    finish_classes (self, builder, sorted);
  else
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
                   _("The outcome “%s” has %u different words (the first at %s): too many to be classes. Choose another column (Outcome in the window, --target on the command line)."),
                   self->column, self->words->len, g_array_index (self->words, Word, 0).place);
      return FALSE;
    }
  return TRUE;
}
