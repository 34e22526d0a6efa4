/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "app/study/cohort-cache.h"
#include "app/study/cohort-origin.h"
#include "app/study/cohort-rows.h"
#include "app/study/salvage.h"
#include "app/study/study-error.h"
#include "data/cohort-builder.h"
#include "tests/study/fixture.h"

/* Records in chunks, by reference, and in the cache. */

static AnmCohort *
make_cohort (guint n_patients,
             guint n_values)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Many values", "h");

  anm_cohort_builder_add_channel (builder, "x");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "died", "died", g_strsplit ("no yes", " ", -1));
  for (guint p = 0; p < n_patients; p++)
    {
      g_autofree char *id = g_strdup_printf ("patient-%u", p);
      gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));

      anm_cohort_builder_set_outcome (builder, patient, (float) (p % 2));
      for (guint k = 0; k < n_values; k++)
        anm_cohort_builder_add_value (builder, patient, 0, k, (float) ((p * 31 + k) % 97));
    }
  return anm_cohort_builder_finish (builder, 1);
}

static char *
hash_of (const AnmCohort *cohort)
{
  g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort);

  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static void
assert_same (AnmCohort *a,
             AnmCohort *b)
{
  g_autofree char *of_a = hash_of (a), *of_b = hash_of (b);

  g_assert_cmpstr (of_a, ==, of_b);
}

static void
put (Fixture *fixture,
     AnmCohort *cohort)
{
  g_autoptr (AnmStudy) study = fixture_open (fixture);

  anm_study_set_cohort (study, cohort, "somewhere");
  g_assert_true (anm_study_flush (study, NULL));
}

static void
count_cb (GObject *object,
          GParamSpec *pspec,
          gpointer data)
{
  ++*(guint *) data;
}

/* Larger than a chunk: the study opens before its records, which come from the cache; and without it, or when it is damaged, from the study. */
static void
test_large (Fixture *fixture,
            gconstpointer data)
{
  const char *damage = data;
  g_autoptr (AnmCohort) cohort = make_cohort (3000, 1000);
  g_autofree char *hash = hash_of (cohort), *cache = anm_cohort_cache_get_path (hash);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (GError) error = NULL;
  guint n_cohort = 0, n_loading = 0;

  g_unlink (cache);
  put (fixture, cohort);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT length (bytes) FROM cohort"), ==, 0);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM chunk"), >=, 3);
  g_assert_true (g_file_test (cache, G_FILE_TEST_EXISTS));
  if (g_str_equal (damage, "gone"))
    g_unlink (cache);
  else if (g_str_equal (damage, "damaged"))
    g_assert_true (g_file_set_contents (cache, "ANMMAP01, but not for long", -1, NULL));

  study = fixture_open (fixture);
  g_assert_cmpstr (anm_study_get_title (study), ==, "Many values");
  if (g_str_equal (damage, "whole"))
    {
      g_assert_false (anm_study_get_loading (study));
      g_assert_nonnull (anm_study_get_cohort (study)->storage);
    }
  else
    {
      g_assert_true (anm_study_get_loading (study));
      g_assert_true (anm_study_get_preparing (study));
      g_assert_null (anm_study_get_cohort (study));
      g_signal_connect (study, "notify::cohort", G_CALLBACK (count_cb), &n_cohort);
      g_signal_connect (study, "notify::loading", G_CALLBACK (count_cb), &n_loading);
      while (anm_study_get_preparing (study))
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (n_cohort, ==, 1);
      g_assert_cmpuint (n_loading, ==, 1);
      g_assert_false (anm_study_get_loading (study));
      g_assert_true (g_file_test (cache, G_FILE_TEST_EXISTS)); /* for the next time */
    }
  assert_same (anm_study_get_cohort (study), cohort);
  g_assert_nonnull (anm_study_prepare (study, &error));
  g_assert_no_error (error);
}

/* Undo between records of which one isn't in memory yet. */
static void
test_undo_large (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (AnmCohort) first = make_cohort (3000, 1000), second = make_cohort (2500, 1001);
  g_autofree char *hash = hash_of (first), *cache = anm_cohort_cache_get_path (hash);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (GError) error = NULL;

  put (fixture, first);
  put (fixture, second);
  g_unlink (cache);
  study = fixture_open (fixture);
  g_assert_true (anm_study_undo (study, &error));
  g_assert_true (anm_study_get_loading (study));
  g_assert_cmpuint (anm_study_load_cohort (study, &error)->n_patients, ==, 3000);
  g_assert_true (anm_study_redo (study, &error));
  g_assert_cmpuint (anm_study_load_cohort (study, &error)->n_patients, ==, 2500);
  g_assert_no_error (error);
}

static void
test_missing_chunk (Fixture *fixture,
                    gconstpointer data)
{
  g_autoptr (AnmCohort) cohort = make_cohort (3000, 1000);
  g_autofree char *hash = hash_of (cohort), *cache = anm_cohort_cache_get_path (hash);
  g_autofree char *output = g_build_filename (fixture->folder, "salvaged.anamnesis", NULL);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (GError) error = NULL;
  AnmSalvage salvage;

  put (fixture, cohort);
  g_assert_true (anm_study_salvage (fixture->path, output, &salvage, &error));
  g_assert_no_error (error);
  g_assert_true (salvage.whole);
  g_unlink (output);
  g_unlink (cache);
  fixture_ask (fixture->path, "DELETE FROM chunk WHERE part = 1");
  study = fixture_open (fixture);
  while (anm_study_get_preparing (study))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_error_matches (anm_study_get_dataset_error (study), ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ));
  g_assert_null (anm_study_load_cohort (study, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ);
  g_clear_error (&error);
  g_assert_true (anm_study_salvage (fixture->path, output, &salvage, &error));
  g_assert_no_error (error);
  g_assert_false (salvage.whole);
  g_assert_cmpuint (salvage.n_cohorts, ==, 0);
}

static char *
write_table (Fixture *fixture,
             const char *name,
             guint n_patients)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  GString *text = g_string_new ("pid,when,hr,gone\n");

  for (guint p = 0; p < n_patients; p++)
    for (guint k = 0; k < 4; k++)
      g_string_append_printf (text, "%u,%u,%u,%u\n", p, k, 60 + p % 7 + k, p % 2);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_string_free (text, TRUE);
  return path;
}

/* Reads the table with roles that nobody would guess, and puts it into the study by reference. */
static AnmCohort *
put_reference (Fixture *fixture,
               const char *table)
{
  const char *const arguments[] = { table, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSource) source = anm_source_open (arguments, &error);
  g_autoptr (AnmStudy) study = fixture_open (fixture);
  g_autofree char *origin = NULL, *text = NULL;
  AnmCohort *cohort;

  g_assert_no_error (error);
  g_assert_true (anm_source_set_role (source, ANM_ROLE_PATIENT, "pid", &error));
  g_assert_true (anm_source_set_role (source, ANM_ROLE_TIME, "when", &error));
  g_assert_true (anm_source_set_role (source, ANM_ROLE_TARGET, "gone", &error));
  origin = anm_cohort_origin_describe (source, TRUE, &error);
  g_assert_no_error (error);
  text = anm_source_to_string (source);
  cohort = anm_source_read (source, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  anm_study_set_cohort_from (study, cohort, text, origin, TRUE);
  g_assert_true (anm_study_get_by_reference (study));
  g_assert_true (anm_study_flush (study, &error));
  return cohort;
}

static void
assert_refused (Fixture *fixture,
                const char *words)
{
  g_autoptr (AnmStudy) study = fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_null (anm_study_load_cohort (study, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_reference (Fixture *fixture,
                gconstpointer data)
{
  g_autofree char *table = write_table (fixture, "table.csv", 30);
  g_autoptr (AnmCohort) cohort = put_reference (fixture, table);
  g_autofree char *hash = hash_of (cohort), *cache = anm_cohort_cache_get_path (hash), *other = NULL;
  g_autoptr (AnmStudy) study = fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fixture_ask (fixture->path, "SELECT size + length (bytes) FROM cohort"), ==, 0);
  /* From the cache, though the file is gone; then from the file, copied back at another time. */
  g_unlink (table);
  assert_same (anm_study_load_cohort (study, &error), cohort);
  g_assert_no_error (error);
  g_unlink (cache);
  assert_refused (fixture, "isn't there");
  other = write_table (fixture, "table.csv", 30);
  g_clear_object (&study);
  study = fixture_open (fixture);
  g_assert_true (anm_study_get_by_reference (study));
  g_assert_true (anm_study_get_loading (study));
  assert_same (anm_study_load_cohort (study, &error), cohort);
  g_assert_no_error (error);
  g_unlink (cache);
  g_free (write_table (fixture, "table.csv", 31));
  assert_refused (fixture, "has changed");
}

/* A copy takes a reference's place; not the other way round. */
static void
test_reference_and_copy (Fixture *fixture,
                         gconstpointer data)
{
  g_autofree char *table = write_table (fixture, "table.csv", 20);
  g_autoptr (AnmCohort) cohort = put_reference (fixture, table), again = NULL;

  put (fixture, cohort);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT length (bytes) FROM cohort"), >, 0);
  again = put_reference (fixture, table);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM cohort"), ==, 1);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT length (bytes) FROM cohort"), >, 0);
}

#define ADD(name, function, data) g_test_add ("/study/records/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("anamnesis-cache-XXXXXX", NULL);
  g_autofree char *records = g_build_filename (cache, "anamnesis", "records", NULL), *own = g_build_filename (cache, "anamnesis", NULL);
  g_autoptr (GDir) folder = NULL;
  const char *name;
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("large/whole", test_large, "whole");
  ADD ("large/gone", test_large, "gone");
  ADD ("large/damaged", test_large, "damaged");
  ADD ("undo-large", test_undo_large, NULL);
  ADD ("missing-chunk", test_missing_chunk, NULL);
  ADD ("reference", test_reference, NULL);
  ADD ("reference-and-copy", test_reference_and_copy, NULL);
  result = g_test_run ();
  folder = g_dir_open (records, 0, NULL);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (records, name, NULL);

      g_unlink (path);
    }
  g_rmdir (records);
  g_rmdir (own);
  g_rmdir (cache);
  return result;
}
