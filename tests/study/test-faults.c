/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/study/study-error.h"
#include "tests/study/fault-vfs.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=3&patients=20"
#define NETWORK "simple_rnn(2) > dense(1)"
#define N_NOTES 3
#define NOBODY 65534

/* What was told to be kept. */
typedef struct
{
  gboolean cohort;
  gboolean run;   /* with all of its epochs */
  guint    n_notes;
} Told;

static AnmCohort *cohort;

static gboolean
is_kept (AnmStudy *study,
         guint *n_errors)
{
  g_autoptr (GError) error = NULL;

  if (anm_study_flush (study, &error))
    return TRUE;
  /* It is said, with the study's name and what there is to it. */
  g_assert_cmpint (error->domain, ==, ANM_STUDY_ERROR);
  g_assert_true (strstr (error->message, ".anamnesis") != NULL);
  ++*n_errors;
  return FALSE;
}

/* A short use: a study made, filled, trained in, noted in. FALSE if it couldn't be made. */
static gboolean
use_study (const char *path,
           Told *told,
           guint *n_errors)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (NETWORK, NULL);

  *told = (Told){ 0 };
  if (study == NULL)
    {
      g_assert_cmpint (error->domain, ==, ANM_STUDY_ERROR);
      ++*n_errors;
      return FALSE;
    }
  anm_study_set_cohort (study, cohort, SOURCE);
  anm_study_set_network (study, spec);
  told->cohort = is_kept (study, n_errors);
  fixture_init_hyperparameters (&hyperparameters, 2);
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  told->run = anm_training_wait (training, NULL, NULL, NULL, &error);
  if (!told->run)
    ++*n_errors;
  for (guint i = 1; i <= N_NOTES; i++)
    {
      g_autofree char *note = g_strdup_printf ("note %u", i);

      anm_run_set_note (anm_training_get_run (training, 0), note);
      if (is_kept (study, n_errors))
        told->n_notes = i;
    }
  return TRUE;
}

/* The disk is well again: the study opens, is sound, and has all that was told to be kept. */
static void
check_study (const char *path,
             const Told *told)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = NULL;
  AnmRun *run;

  g_assert_cmpint (fixture_ask (path, "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), ==, 0);
  study = anm_study_open (path, &error);
  g_assert_no_error (error);
  if (told->cohort)
    g_assert_nonnull (anm_study_get_cohort (study));
  run = anm_study_find_run (study, 1);
  if (told->run)
    {
      g_autofree anm_real *weights = NULL;

      g_assert_nonnull (run);
      g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 3);
      weights = anm_run_load_parameters (run, ANM_EPOCH_LAST, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_FINISHED);
    }
  if (told->n_notes > 0)
    g_assert_cmpuint (g_ascii_strtoull (anm_run_get_note (run) + strlen ("note "), NULL, 10), >=, told->n_notes);
}

static void
remove_all (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
}

typedef struct
{
  int         code;
  gboolean    for_good;
  const char *suffix;
} Fault;

/* At the k-th writing, for every k until the use is over before it. */
static void
test_every_writing (Fixture *fixture,
                    gconstpointer data)
{
  const Fault *fault = data;
  guint k = 0, n_errors = 0, n_not_made = 0;
  gboolean struck;

  do
    {
      Told told;
      gboolean made;

      fault_vfs_arm (++k, fault->code, fault->for_good, fault->suffix);
      made = use_study (fixture->path, &told, &n_errors);
      struck = fault_vfs_struck ();
      fault_vfs_arm (0, SQLITE_OK, FALSE, NULL);
      n_not_made += !made;
      /* Once only: all that was done is in the file in the end. */
      if (made && !fault->for_good)
        told = (Told){ TRUE, TRUE, N_NOTES };
      if (g_file_test (fixture->path, G_FILE_TEST_EXISTS))
        check_study (fixture->path, &told);
      else
        g_assert_false (made);
      remove_all (fixture);
    }
  while (struck);
  g_test_message ("%u writings refused, %u errors told, %u times no study made", k - 1, n_errors, n_not_made);
  g_assert_cmpuint (k, >, 10);
}

static void
test_read_only_folder (Fixture *fixture,
                       gconstpointer data)
{
  const gboolean root = geteuid () == 0;
  g_autoptr (GError) error = NULL, other_error = NULL;
  g_autofree char *other = g_build_filename (fixture->folder, "other.anamnesis", NULL);
  AnmStudy *study, *nowhere;
  Told told;
  guint n_errors = 0;

  g_assert_true (use_study (fixture->path, &told, &n_errors));
  g_assert_cmpint (g_chmod (fixture->path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (fixture->folder, 0555), ==, 0);
  /* The superuser may write everywhere, and becomes somebody else for a moment. */
  if (root)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  study = anm_study_open (fixture->path, &error);
  nowhere = anm_study_open (other, &other_error);
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_null (study);
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
  g_assert_null (nowhere);
  g_assert_error (other_error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
  g_assert_cmpint (g_chmod (fixture->folder, 0700), ==, 0);
  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);
  check_study (fixture->path, &told);
}

#define ADD(name, fault) g_test_add ("/study/faults/" name, Fixture, fault, fixture_set_up, test_every_writing, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  static const Fault full = { SQLITE_FULL, TRUE, NULL }, broken = { SQLITE_IOERR_WRITE, TRUE, NULL },
                     once = { SQLITE_IOERR_FSYNC, FALSE, NULL }, full_once = { SQLITE_FULL, FALSE, NULL },
                     no_log = { SQLITE_FULL, TRUE, "-wal" };
  int result;

  g_test_init (&argc, &argv, NULL);
  /* At its end a study that the disk refused says so with a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  fault_vfs_install ();
  cohort = anm_sample_make (SOURCE, NULL);
  ADD ("disk-full", &full);
  ADD ("disk-full-once", &full_once);
  ADD ("disk-broken", &broken);
  ADD ("disk-broken-once", &once);
  ADD ("no-room-for-the-log", &no_log);
  g_test_add ("/study/faults/read-only-folder", Fixture, NULL, fixture_set_up, test_read_only_folder, fixture_tear_down);
  result = g_test_run ();
  anm_cohort_unref (cohort);
  return result;
}
