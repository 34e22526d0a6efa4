/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/patient-search.h"

#include <math.h>
#include <string.h>

#include "app/exhibits/data-words.h"

typedef enum
{
  COMPARE_NONE,
  COMPARE_EQUAL,
  COMPARE_LESS,
  COMPARE_LESS_EQUAL,
  COMPARE_GREATER,
  COMPARE_GREATER_EQUAL,
} Comparison;

typedef struct
{
  char       *folded;         /* as text */
  double      number;         /* as number, NaN if it isn't one */
  Comparison  comparison;     /* "age>50": only then */
  gboolean   *statics;        /* [n_statics] fields that the comparison names */
  gboolean  **categories;     /* [n_statics] NULL for a numeric field, else which categories match */
  gboolean   *classes;        /* nullable: which outcomes match */
} Word;

struct _AnmPatientSearch
{
  const AnmCohort *cohort;
  guint            n_words;
  Word            *words;
};

static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);

  return normal != NULL ? g_utf8_casefold (normal, -1) : g_ascii_strdown (text, -1);
}

static gboolean
folded_contains (const char *text,
                 const char *folded)
{
  g_autofree char *other = fold (text);

  return strstr (other, folded) != NULL;
}

static gboolean *
match_words (char      **words,
             const char *folded)
{
  const guint n_words = g_strv_length (words);
  gboolean *matches = g_new (gboolean, n_words + 1);

  for (guint i = 0; i < n_words; i++)
    matches[i] = folded_contains (words[i], folded) || folded_contains (anm_data_word (words[i]), folded);

  return matches;
}

/* Splits "age>=50" at its sign. */
static Comparison
find_comparison (const char  *text,
                 const char **sign,
                 const char **value)
{
  static const struct
  {
    const char *sign;
    Comparison  comparison;
  } signs[] = {
    { ">=", COMPARE_GREATER_EQUAL },
    { "≥", COMPARE_GREATER_EQUAL },
    { "<=", COMPARE_LESS_EQUAL },
    { "≤", COMPARE_LESS_EQUAL },
    { ">", COMPARE_GREATER },
    { "<", COMPARE_LESS },
    { "=", COMPARE_EQUAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if ((*sign = strstr (text, signs[i].sign)) != NULL && *sign > text)
      {
        *value = *sign + strlen (signs[i].sign);
        return signs[i].comparison;
      }

  return COMPARE_NONE;
}

static double
parse_number (const char *text)
{
  char *end;
  const double number = g_ascii_strtod (text, &end);

  return end > text && *end == '\0' ? number : NAN;
}

static void
word_init_comparison (Word            *word,
                      const AnmCohort *cohort)
{
  const char *sign, *value;
  const Comparison comparison = find_comparison (word->folded, &sign, &value);
  g_autofree char *name = NULL;
  gboolean found = FALSE;

  if (comparison == COMPARE_NONE || isnan (parse_number (value)))
    return;

  name = g_strndup (word->folded, sign - word->folded);
  word->statics = g_new0 (gboolean, cohort->n_statics + 1);
  for (guint i = 0; i < cohort->n_statics; i++)
    if (cohort->statics[i].kind == ANM_FIELD_NUMERIC)
      {
        word->statics[i] = folded_contains (cohort->statics[i].name, name) ||
                           folded_contains (cohort->statics[i].label, name) ||
                           folded_contains (anm_field_get_label (&cohort->statics[i]), name);
        found = found || word->statics[i];
      }

  /* Half-typed or unknown names are text like any other. */
  if (!found)
    return;

  word->comparison = comparison;
  word->number = parse_number (value);
}

static void
word_init (Word            *word,
           const AnmCohort *cohort,
           const char      *text)
{
  word->folded = fold (text);
  word->number = parse_number (word->folded);
  word_init_comparison (word, cohort);

  word->categories = g_new0 (gboolean *, cohort->n_statics + 1);
  for (guint i = 0; i < cohort->n_statics; i++)
    if (cohort->statics[i].kind == ANM_FIELD_CATEGORICAL && cohort->statics[i].categories != NULL)
      word->categories[i] = match_words (cohort->statics[i].categories, word->folded);

  if (cohort->target.classes != NULL &&
      (cohort->target.shape.kind == ANM_TARGET_BINARY || cohort->target.shape.kind == ANM_TARGET_CLASSES) &&
      !cohort->target.shape.per_step)
    word->classes = match_words (cohort->target.classes, word->folded);
}

static void
word_clear (Word  *word,
            guint  n_statics)
{
  g_free (word->folded);
  g_free (word->statics);
  for (guint i = 0; i < n_statics; i++)
    g_free (word->categories[i]);
  g_free (word->categories);
  g_free (word->classes);
}

AnmPatientSearch *
anm_patient_search_new (const AnmCohort *cohort,
                        const char      *text)
{
  AnmPatientSearch *self = g_new0 (AnmPatientSearch, 1);
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", " \t,;", -1);

  self->cohort = cohort;
  self->words = g_new0 (Word, g_strv_length (words) + 1);
  for (gsize i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      word_init (&self->words[self->n_words++], cohort, words[i]);

  return self;
}

void
anm_patient_search_free (AnmPatientSearch *self)
{
  for (guint i = 0; i < self->n_words; i++)
    word_clear (&self->words[i], self->cohort->n_statics);
  g_free (self->words);
  g_free (self);
}

gboolean
anm_patient_search_is_empty (const AnmPatientSearch *self)
{
  return self->n_words == 0;
}

/* Ids are folded letter by letter as they are read: a copy for each patient would cost more than the search. */
static gboolean
id_contains (const char *id,
             const char *folded)
{
  for (; *id != '\0'; id++)
    {
      gsize i = 0;

      while (folded[i] != '\0' && g_ascii_tolower (id[i]) == folded[i])
        i++;
      if (folded[i] == '\0')
        return TRUE;
    }

  return FALSE;
}

static gboolean
compare (double     value,
         Comparison comparison,
         double     number)
{
  switch (comparison)
    {
    case COMPARE_EQUAL:
      return value == number;
    case COMPARE_LESS:
      return value < number;
    case COMPARE_LESS_EQUAL:
      return value <= number;
    case COMPARE_GREATER:
      return value > number;
    case COMPARE_GREATER_EQUAL:
      return value >= number;
    case COMPARE_NONE:
    default:
      return FALSE;
    }
}

static gboolean
word_matches_statics (const Word      *word,
                      const AnmCohort *cohort,
                      gsize            patient)
{
  const float *values = cohort->static_values + patient * cohort->n_statics;

  for (guint i = 0; i < cohort->n_statics; i++)
    {
      if (isnan (values[i]))
        continue;
      if (word->categories[i] != NULL ? word->categories[i][(guint) values[i]] : values[i] == word->number)
        return TRUE;
    }

  return FALSE;
}

static gboolean
word_matches_comparison (const Word      *word,
                         const AnmCohort *cohort,
                         gsize            patient)
{
  const float *values = cohort->static_values + patient * cohort->n_statics;

  for (guint i = 0; i < cohort->n_statics; i++)
    if (word->statics[i] && compare (values[i], word->comparison, word->number))
      return TRUE;

  return FALSE;
}

static gboolean
word_matches (const Word      *word,
              const AnmCohort *cohort,
              gsize            patient)
{
  if (word->comparison != COMPARE_NONE)
    return word_matches_comparison (word, cohort, patient);
  if (id_contains (cohort->ids[patient], word->folded))
    return TRUE;
  if (cohort->n_statics > 0 && word_matches_statics (word, cohort, patient))
    return TRUE;

  return word->classes != NULL && cohort->targets != NULL &&
         !isnan (cohort->targets[patient]) && word->classes[(guint) cohort->targets[patient]];
}

gboolean
anm_patient_search_match (const AnmPatientSearch *self,
                          gsize                   patient)
{
  for (guint i = 0; i < self->n_words; i++)
    if (!word_matches (&self->words[i], self->cohort, patient))
      return FALSE;

  return TRUE;
}
