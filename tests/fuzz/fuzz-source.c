/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Feeds the readers with damaged tables, stays, archives and stored records.
 * Whatever comes, they must refuse with an error or give a sound cohort; the
 * sanitizers watch the rest.
 *
 *   fuzz-source FOLDER [--seconds S | --runs N] [--seed N]
 *
 * takes the files of FOLDER (tests/data/corpus) as a start.
 */
#include "data/recipe.h"
#include "data/source.h"
#include "tests/fuzz/fuzz.h"

/* What damage is made of: what tables are made of. */
static const char *const morsels[] = {
  "\"", "\"\"", ",", ";", "\t", "\n", "\r", "\r\n", "\n\n", " ", "-", ".", "e", "1e308", "-1e-308", "NaN", "NA", "inf", "0x10", "<", "1,5", "2021-02-29",
  "2021-04-03 14:00", "24:00", "99999:59", "9999-12-31", "0001-01-01", "\357\273\277", "\377", "\302", "\344\270", "\033[31m", "patient", "time", "variable", "value", "died",
  "99999999999999999999", "00:00,RecordID,1\n", "Time,Parameter,Value\n"
};

/* All that is done with a cohort that was read. */
static void
use (AnmCohort *cohort)
{
  g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) again = anm_cohort_deserialize (bytes, &error);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (cohort);
  g_autoptr (AnmDataset) dataset = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (again->n_patients, ==, cohort->n_patients);
  /* A single time of 1e30 would make a million steps of hundreds of channels: allowed, but slow here. */
  for (gsize p = 0; p < cohort->n_patients; p++)
    if (cohort->ends[p] > 1e4 * anm_cohort_guess_step (cohort))
      return;
  dataset = anm_dataset_new (cohort, recipe, &error);
  g_assert_true ((dataset == NULL) == (error != NULL));
}

static gboolean
try_file (const char *path)
{
  const char *const arguments[] = { path, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSource) source = anm_source_open (arguments, &error);
  g_autoptr (AnmCohort) cohort = source != NULL ? anm_source_read (source, NULL, NULL, NULL, &error) : NULL;

  g_assert_true ((cohort == NULL) == (error != NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == ANM_DATA_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return FALSE;
    }
  use (cohort);
  return TRUE;
}

/* The readers are given a file, since its name tells some of them apart. */
static gboolean
try_damaged (const Start *start,
             const char *folder,
             guint64 seed,
             guint64 run)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *path = g_build_filename (folder, start->name, NULL);
  gboolean read;

  g_byte_array_append (bytes, (const guint8 *) start->bytes, (guint) start->length);
  damage (bytes, morsels, G_N_ELEMENTS (morsels), seed, run);
  g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  read = try_file (path);
  g_unlink (path);
  return read;
}

int
main (int argc,
      char *argv[])
{
  return fuzz (argc, argv, try_damaged);
}
