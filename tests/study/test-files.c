/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "app/study/study-error.h"
#include "app/study/study-files.h"
#include "data/cohort-builder.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=60"
#define NETWORK "simple_rnn(4) > dense(1)"

static char *
beside (Fixture *fixture,
        const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
train (Fixture *fixture,
       guint epochs)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;

  fixture_init_hyperparameters (&hyperparameters, epochs);
  fixture_train (study, &hyperparameters);
  g_assert_true (anm_study_flush (study, NULL));
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
act (AnmStudyFileAction action,
     const char *path,
     const char *to,
     AnmStudyFileSizes *sizes)
{
  g_autoptr (GError) error = NULL;

  anm_study_file_act (action, path, to, NULL, NULL, NULL, sizes, &error);
  g_assert_no_error (error);
}

/* The run of the study at @path is like that of @like. */
static void
assert_same_run (AnmStudy *like,
                 const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);
  AnmRun *a = anm_study_find_run (like, 1), *b;
  g_autofree anm_real *of_a = NULL, *of_b = NULL;

  g_assert_no_error (error);
  b = anm_study_find_run (study, 1);
  g_assert_cmpuint (anm_run_get_n_epochs (a), ==, anm_run_get_n_epochs (b));
  for (guint i = 0; i < anm_run_get_n_epochs (a); i++)
    g_assert_cmpfloat (anm_run_get_epoch (a, i)->validation.loss, ==, anm_run_get_epoch (b, i)->validation.loss);
  of_a = anm_run_load_parameters (a, ANM_EPOCH_LAST, NULL, &error);
  of_b = anm_run_load_parameters (b, ANM_EPOCH_LAST, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (of_a, anm_network_get_n_parameters (anm_run_get_network (a)) * sizeof *of_a,
                   of_b, anm_network_get_n_parameters (anm_run_get_network (b)) * sizeof *of_b);
}

static void
test_duplicate (Fixture *fixture,
                gconstpointer data)
{
  g_autofree char *copy = beside (fixture, "copy.anamnesis");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = NULL;
  AnmStudyFileSizes sizes;

  train (fixture, 4);
  act (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, &sizes);
  g_assert_cmpint (sizes.after, >, 0);
  study = fixture_open (fixture);
  assert_same_run (study, copy);
  g_assert_false (anm_study_file_act (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
}

/* While it is trained in: whole up to some epoch, and the copy's run can go on to the same end. */
static void
test_duplicate_in_training (Fixture *fixture,
                            gconstpointer data)
{
  g_autofree char *copy = beside (fixture, "copy.anamnesis");
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK), other = NULL;
  g_autoptr (AnmTraining) training = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 400);
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, &error);
  while (anm_run_get_n_epochs (anm_training_get_run (training, 0)) < 5)
    anm_training_drain (training);
  g_assert_true (anm_study_flush (study, &error));
  act (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, NULL);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  other = anm_study_open (copy, &error);
  g_assert_no_error (error);
  run = anm_study_find_run (other, 1);
  if (anm_run_get_status (run) == ANM_RUN_CUT_OFF)
    {
      again = anm_training_continue (other, run, 0, FALSE, 1, &error);
      g_assert_no_error (error);
      anm_training_wait (again, NULL, NULL, NULL, &error);
    }
  g_assert_true (anm_study_flush (other, NULL));
  g_assert_true (anm_study_flush (study, NULL));
  assert_same_run (study, copy);
}

static void
test_move (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *to = beside (fixture, "moved.anamnesis"), *copy = beside (fixture, "copy.anamnesis");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = NULL, moved = NULL;

  train (fixture, 4);
  act (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, NULL);
  study = fixture_open (fixture);
  g_assert_false (anm_study_file_act (ANM_STUDY_FILE_MOVE, fixture->path, to, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  g_clear_object (&study);
  g_assert_false (anm_study_file_act (ANM_STUDY_FILE_MOVE, fixture->path, copy, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
  act (ANM_STUDY_FILE_MOVE, fixture->path, to, NULL);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (fixture), ==, 2);
  moved = anm_study_open (to, NULL);
  assert_same_run (moved, copy);
}

static void
test_move_far (Fixture *fixture,
               gconstpointer data)
{
  g_autofree char *far = g_strdup ("/dev/shm/anamnesis-study-XXXXXX"), *to = NULL, *copy = beside (fixture, "copy.anamnesis");
  g_autoptr (AnmStudy) moved = NULL;
  struct stat here, there;

  if (g_mkdtemp (far) == NULL || stat (fixture->folder, &here) != 0 || stat (far, &there) != 0 || here.st_dev == there.st_dev)
    {
      g_test_skip ("there is no second file system to write to");
      return;
    }
  to = g_build_filename (far, "far.anamnesis", NULL);
  train (fixture, 4);
  act (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, NULL);
  act (ANM_STUDY_FILE_MOVE, fixture->path, to, NULL);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  moved = anm_study_open (to, NULL);
  assert_same_run (moved, copy);
  g_clear_object (&moved);
  g_unlink (to);
  g_assert_cmpint (g_rmdir (far), ==, 0); /* nothing else is in it */
}

/* Values that occur nowhere else, as they lie in the file. */
static const float odd_values[] = { 1234.5678f, 8765.4321f, 0.0271828182f };
static const double odd_time = 31.4159265358979;

static AnmCohort *
make_cohort (void)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Secret ward", "h");

  anm_cohort_builder_add_channel (builder, "HR");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "died", "died", g_strsplit ("no yes", " ", -1));
  for (guint p = 0; p < 60; p++)
    {
      g_autofree char *id = g_strdup_printf ("Erika Mustermann %u", p);
      gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));

      anm_cohort_builder_set_outcome (builder, patient, (float) (p % 2));
      for (guint k = 0; k < 5; k++)
        anm_cohort_builder_add_value (builder, patient, 0, k, (float) (60 + (p * 7 + k * 3) % 40));
      for (guint k = 0; p == 17 && k < G_N_ELEMENTS (odd_values); k++)
        anm_cohort_builder_add_value (builder, patient, 0, odd_time + k, odd_values[k]);
    }
  return anm_cohort_builder_finish (builder, 1);
}

static gboolean
file_has (const char *path,
          gconstpointer bytes,
          gsize size)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  return memmem (contents, length, bytes, size) != NULL;
}

/* The original has each of them, or looking for them would prove nothing. */
static void
assert_left_out (const char *original,
                 const char *copy,
                 gconstpointer bytes,
                 gsize size)
{
  g_assert_true (file_has (original, bytes, size));
  g_assert_false (file_has (copy, bytes, size));
}

static void
test_export (Fixture *fixture,
             gconstpointer data)
{
  static const char *const words[] = { "Erika Mustermann", "Mustermann 17", "Secret ward", "/home/ward/secret.csv", "secret-roles", "split-of-ward.csv", "old ward" };
  static const char *const stays[] = { "a good run", "what we wrote", "simple_rnn(4)" };
  static const char *const written[] = { "a good run", "what we wrote", "Our study" };
  g_autofree char *copy = beside (fixture, "public.anamnesis"), *bare = beside (fixture, "bare.anamnesis");
  g_autofree char *split_file = beside (fixture, "split-of-ward.csv");
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK), public = NULL;
  g_autoptr (AnmCohort) cohort = make_cohort ();
  g_autoptr (AnmRecipe) recipe = NULL;
  g_autoptr (GString) lines = g_string_new ("id,part\n");
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters;
  guint8 parts[60];
  AnmRun *run;

  anm_study_set_cohort_from (study, cohort, "/home/ward/secret.csv", "{\"arguments\": [\"/home/ward/secret.csv\"], \"roles\": \"secret-roles\"}", FALSE);
  for (guint p = 0; p < G_N_ELEMENTS (parts); p++)
    {
      parts[p] = p % 3 == 2 ? ANM_PART_VALIDATION : ANM_PART_TRAINING;
      g_string_append_printf (lines, "Erika Mustermann %u,%s\n", p, parts[p] == ANM_PART_VALIDATION ? "validation" : "training");
    }
  g_assert_true (g_file_set_contents (split_file, lines->str, -1, NULL));
  recipe = anm_recipe_copy (anm_study_get_recipe (study));
  recipe->split_file = g_strdup (split_file);
  anm_study_set_recipe (study, recipe);
  fixture_init_hyperparameters (&hyperparameters, 3);
  run = fixture_train (study, &hyperparameters);
  anm_run_set_name (run, "a good run");
  anm_study_set_notes (study, "what we wrote");
  anm_study_set_view_text (study, "patient", "Erika Mustermann 17");
  anm_study_set_title (study, "old ward");
  anm_study_set_title (study, NULL);
  anm_study_set_title (study, "Our study");
  anm_study_set_view_text (study, "note", "old ward");
  g_assert_true (anm_study_flush (study, NULL));
  g_clear_object (&study); /* the log is in the file now */

  act (ANM_STUDY_FILE_EXPORT, fixture->path, copy, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    assert_left_out (fixture->path, copy, words[i], strlen (words[i]));
  for (guint i = 0; i < G_N_ELEMENTS (odd_values); i++)
    assert_left_out (fixture->path, copy, &odd_values[i], sizeof odd_values[i]);
  assert_left_out (fixture->path, copy, &odd_time, sizeof odd_time);
  assert_left_out (fixture->path, copy, parts, sizeof parts);
  for (guint i = 0; i < G_N_ELEMENTS (stays); i++)
    g_assert_true (file_has (copy, stays[i], strlen (stays[i])));

  /* And it is a study. */
  study = fixture_open (fixture);
  assert_same_run (study, copy);
  public = anm_study_open (copy, &error);
  g_assert_no_error (error);
  g_assert_null (anm_study_get_cohort (public));
  g_assert_null (anm_study_get_undo_label (public));
  g_assert_cmpstr (anm_study_get_title (public), ==, "Our study");
  run = anm_study_find_run (public, 1);
  g_assert_cmpstr (anm_run_get_name (run), ==, "a good run");
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_FINISHED);
  g_assert_null (anm_training_continue (public, run, 10, FALSE, 1, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_clear_object (&public);

  /* And one without what people wrote. */
  act (ANM_STUDY_FILE_EXPORT_BARE, fixture->path, bare, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_assert_true (file_has (copy, written[i], strlen (written[i])));
      g_assert_false (file_has (bare, written[i], strlen (written[i])));
    }
  public = anm_study_open (bare, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_study_find_run (public, 1)), ==, 4);
}

static void
test_compact (Fixture *fixture,
              gconstpointer data)
{
  g_autofree char *copy = beside (fixture, "copy.anamnesis");
  g_autoptr (AnmStudy) study = NULL;
  AnmStudyFileSizes sizes;
  gint64 kept, budget;

  train (fixture, 60);
  act (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, NULL);
  study = fixture_open (fixture);
  anm_study_set_snapshot_budget (study, 1000);
  g_assert_true (anm_study_get_snapshot_bytes (study, &kept, &budget, NULL));
  g_assert_cmpint (kept, <=, 1000);
  g_clear_object (&study);
  act (ANM_STUDY_FILE_COMPACT, fixture->path, NULL, &sizes);
  g_assert_cmpint (sizes.after, <, sizes.before);
  study = fixture_open (fixture);
  assert_same_run (study, copy);
  /* While it is open it works as well. */
  act (ANM_STUDY_FILE_COMPACT, fixture->path, NULL, &sizes);
  assert_same_run (study, copy);
}

/* Cancelled at the first look: nothing has changed and nothing is left. */
static void
test_cancelled (Fixture *fixture,
                gconstpointer data)
{
  const AnmStudyFileAction action = GPOINTER_TO_UINT (data);
  g_autofree char *to = beside (fixture, "other.anamnesis"), *before = NULL, *after = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gsize size_before, size_after;

  train (fixture, 20);
  g_assert_true (g_file_get_contents (fixture->path, &before, &size_before, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (anm_study_file_act (action, fixture->path, action != ANM_STUDY_FILE_COMPACT ? to : NULL, NULL, NULL, cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (fixture), ==, 1);
  g_assert_true (g_file_get_contents (fixture->path, &after, &size_after, NULL));
  g_assert_cmpuint (size_after, ==, size_before);
  g_object_unref (fixture_open (fixture));
}

static void
acted_cb (GObject *object,
          GAsyncResult *result,
          gpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStudyFileSizes sizes;

  g_assert_true (anm_study_file_act_finish (result, &sizes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sizes.after, >, 0);
  *(gboolean *) data = TRUE;
}

static void
progress_cb (double fraction,
             gpointer data)
{
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  g_assert_cmpfloat (fraction, >=, 0);
  g_assert_cmpfloat (fraction, <=, 1);
}

static void
test_async (Fixture *fixture,
            gconstpointer data)
{
  g_autofree char *copy = beside (fixture, "copy.anamnesis");
  gboolean done = FALSE;

  train (fixture, 4);
  anm_study_file_act_async (ANM_STUDY_FILE_DUPLICATE, fixture->path, copy, progress_cb, NULL, NULL, acted_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
}

/* What a program that was killed left is swept out; what one is at, and what has another name, isn't. */
static void
test_leftovers (Fixture *fixture,
                gconstpointer data)
{
  static const char *const names[] = { "one.anamnesis.aB3dE6", "one.anamnesis.aB3dE6-journal", "one.anamnesis.locked", "one.anamnesis.Young1",
                                       "one.anamnesis.backup7", "two.anamnesis.aB3dE6" };
  const struct utimbuf old = { 1000000000, 1000000000 };
  g_autofree char *locked = beside (fixture, "one.anamnesis.locked");
  int file;

  train (fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = beside (fixture, names[i]);

      g_assert_true (g_file_set_contents (path, "half a study", -1, NULL));
      if (strstr (names[i], "Young") == NULL)
        g_assert_cmpint (utime (path, &old), ==, 0);
    }
  file = g_open (locked, O_RDONLY, 0);
  g_assert_cmpint (flock (file, LOCK_EX), ==, 0);
  g_object_unref (fixture_open (fixture));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = beside (fixture, names[i]);

      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, i >= 2);
    }
  close (file);
  g_object_unref (fixture_open (fixture));
  g_assert_false (g_file_test (locked, G_FILE_TEST_EXISTS));
}

#define ADD(name, function, data) g_test_add ("/study/files/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("duplicate", test_duplicate, NULL);
  ADD ("duplicate-in-training", test_duplicate_in_training, NULL);
  ADD ("move", test_move, NULL);
  ADD ("move-far", test_move_far, NULL);
  ADD ("export", test_export, NULL);
  ADD ("compact", test_compact, NULL);
  ADD ("cancelled/duplicate", test_cancelled, GUINT_TO_POINTER (ANM_STUDY_FILE_DUPLICATE));
  ADD ("cancelled/move", test_cancelled, GUINT_TO_POINTER (ANM_STUDY_FILE_MOVE));
  ADD ("cancelled/export", test_cancelled, GUINT_TO_POINTER (ANM_STUDY_FILE_EXPORT));
  ADD ("cancelled/compact", test_cancelled, GUINT_TO_POINTER (ANM_STUDY_FILE_COMPACT));
  ADD ("async", test_async, NULL);
  ADD ("leftovers", test_leftovers, NULL);
  return g_test_run ();
}
