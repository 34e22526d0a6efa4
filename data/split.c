/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/split.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/csv-reader.h"
#include "engine/random.h"

#define N_QUANTILES 10

static const char *const part_words[ANM_N_PARTS + 1] = { "training", "validation", "test", NULL };

typedef struct
{
  guint32 patient;
  guint   stratum;
  float   target;
  guint64 key;
} Candidate;

/* FNV-1a, 64 bits. */
static guint64
hash_id (const char *id)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *id != '\0'; id++)
    hash = (hash ^ (guint8) *id) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static int
compare_targets (gconstpointer a,
                 gconstpointer b)
{
  const Candidate *first = a;
  const Candidate *second = b;

  return first->target != second->target ? (first->target > second->target ? 1 : -1) : (first->patient > second->patient) - (first->patient < second->patient);
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  const Candidate *first = a;
  const Candidate *second = b;

  if (first->stratum != second->stratum)
    return first->stratum > second->stratum ? 1 : -1;
  if (first->key != second->key)
    return first->key > second->key ? 1 : -1;
  return (first->patient > second->patient) - (first->patient < second->patient);
}

static int
compare_patients (gconstpointer a,
                  gconstpointer b)
{
  const guint32 *first = a;
  const guint32 *second = b;

  return (*first > *second) - (*first < *second);
}

/* Patients with an outcome, each with its stratum: its class, or its decile of a number; labels have but one. */
static GArray *
list_candidates (const AnmCohort *cohort,
                 guint64 seed)
{
  guint width = anm_sequences_get_target_width (&cohort->target.shape);
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (gsize p = 0; p < cohort->n_patients; p++)
    if (anm_cohort_has_target (cohort, p))
      {
        Candidate candidate = { .patient = (guint32) p, .target = cohort->targets[p * width] };

        candidate.key = anm_random_bits (seed, 0, hash_id (cohort->ids[p]));
        if (cohort->target.shape.kind == ANM_TARGET_BINARY || cohort->target.shape.kind == ANM_TARGET_CLASSES)
          candidate.stratum = (guint) candidate.target;
        g_array_append_val (candidates, candidate);
      }

  if (cohort->target.shape.kind == ANM_TARGET_REGRESSION)
    {
      g_array_sort (candidates, compare_targets);
      for (guint i = 0; i < candidates->len; i++)
        g_array_index (candidates, Candidate, i).stratum = (guint) ((guint64) i * N_QUANTILES / candidates->len);
    }
  return candidates;
}

/*
 * Every stratum is parted by the shares. A patient's place in its stratum is
 * drawn from the seed and its id, so that neither the order of the source nor
 * other patients' values move anybody much.
 */
static void
split_by_shares (const AnmCohort *cohort,
                 const AnmRecipe *recipe,
                 GArray *parts[ANM_N_PARTS])
{
  g_autoptr (GArray) candidates = list_candidates (cohort, recipe->split_seed);
  guint begin = 0;

  g_array_sort (candidates, compare_keys);
  while (begin < candidates->len)
    {
      guint end = begin;
      double bounds[ANM_N_PARTS];
      double n;

      while (end < candidates->len && g_array_index (candidates, Candidate, end).stratum == g_array_index (candidates, Candidate, begin).stratum)
        end++;
      n = end - begin;
      bounds[0] = fmax (round (n * recipe->split[0]), 1);
      bounds[1] = round (n * (recipe->split[0] + recipe->split[1]));
      bounds[2] = n;
      for (guint i = begin; i < end; i++)
        {
          guint part = 0;

          while (part < ANM_PART_TEST && i - begin >= bounds[part])
            part++;
          g_array_append_val (parts[part], g_array_index (candidates, Candidate, i).patient);
        }
      begin = end;
    }
}

typedef struct
{
  const AnmCohort *cohort;
  GHashTable      *patients; /* id -> index + 1 */
  guint8          *seen;     /* [n_patients] part + 1 */
  GArray         **parts;
  guint64          n_rows;
} SplitFile;

static gboolean
find_part (const char *word,
           guint *part)
{
  static const char *const others[][2] = { { "train", "training" }, { "valid", "validation" }, { "val", "validation" } };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_ascii_strcasecmp (word, others[i][0]) == 0)
      word = others[i][1];
  for (*part = 0; *part < ANM_N_PARTS; (*part)++)
    if (g_ascii_strcasecmp (word, part_words[*part]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
read_split_row (const AnmCsvRow *row,
                gpointer data,
                GError **error)
{
  SplitFile *file = data;
  gsize patient;
  guint part;

  file->n_rows++;
  if (row->n_fields < 2)
    {
      anm_csv_set_error (error, row, 0, NULL, _("a row must have two fields: the patient’s id and training, validation or test."));
      return FALSE;
    }
  if (!find_part (row->fields[1].text, &part))
    {
      g_autofree char *quote = anm_csv_quote (row->fields[1].text);

      if (file->n_rows == 1)
        return TRUE;
      anm_csv_set_error (error, row, 1, NULL, _("“%s” is no part. Write training, validation or test."), quote);
      return FALSE;
    }

  /* The file may speak of more patients than are open. */
  patient = GPOINTER_TO_SIZE (g_hash_table_lookup (file->patients, row->fields[0].text));
  if (patient == 0)
    return TRUE;
  if (file->seen[patient - 1] != 0 && file->seen[patient - 1] != part + 1)
    {
      anm_csv_set_error (error, row, 0, NULL, _("patient “%s” was put into another part before. Every patient belongs to one part alone."), row->fields[0].text);
      return FALSE;
    }
  if (file->seen[patient - 1] == 0 && anm_cohort_has_target (file->cohort, patient - 1))
    {
      guint32 index = (guint32) (patient - 1);

      g_array_append_val (file->parts[part], index);
    }
  file->seen[patient - 1] = (guint8) (part + 1);
  return TRUE;
}

static gboolean
split_by_file (const AnmCohort *cohort,
               const char *path,
               GArray *parts[ANM_N_PARTS],
               GError **error)
{
  g_autoptr (GHashTable) patients = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint8 *seen = g_new0 (guint8, MAX (cohort->n_patients, 1));
  SplitFile file = { cohort, patients, seen, parts, 0 };
  char separator;

  for (gsize p = 0; p < cohort->n_patients; p++)
    g_hash_table_insert (patients, cohort->ids[p], GSIZE_TO_POINTER (p + 1));
  return anm_csv_guess_separator (path, &separator, error) && anm_csv_read (path, separator, read_split_row, &file, NULL, NULL, NULL, error);
}

gboolean
anm_split_patients (const AnmCohort *cohort,
                    const AnmRecipe *recipe,
                    GArray *parts[ANM_N_PARTS],
                    GError **error)
{
  if (recipe->split_file == NULL)
    split_by_shares (cohort, recipe, parts);
  else if (!split_by_file (cohort, recipe->split_file, parts, error))
    return FALSE;

  for (guint part = 0; part < ANM_N_PARTS; part++)
    g_array_sort (parts[part], compare_patients);
  return TRUE;
}
