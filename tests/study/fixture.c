/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/study/fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

void
fixture_set_up (Fixture *fixture,
                gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("anamnesis-study-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "one.anamnesis", NULL);
}

void
fixture_tear_down (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

AnmStudy *
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = anm_study_open (fixture->path, &error);

  g_assert_no_error (error);
  return study;
}

AnmStudy *
fixture_fill (Fixture *fixture,
              const char *source,
              const char *network)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = fixture_open (fixture);
  g_autoptr (AnmCohort) cohort = anm_sample_make (source, &error);
  g_autoptr (AnmNetworkSpec) spec = NULL;

  g_assert_no_error (error);
  anm_study_set_cohort (study, cohort, source);
  spec = anm_network_spec_parse (network, &error);
  g_assert_no_error (error);
  anm_study_set_network (study, spec);
  return study;
}

void
fixture_init_hyperparameters (AnmHyperparameters *hyperparameters,
                              guint epochs)
{
  anm_hyperparameters_init (hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters->epochs = epochs;
  hyperparameters->batch_size = 16;
  hyperparameters->seed = 7;
}

AnmRun *
fixture_train (AnmStudy *study,
               const AnmHyperparameters *hyperparameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmTraining) training = anm_training_start (study, hyperparameters, 1, FALSE, 2, &error);

  g_assert_no_error (error);
  anm_training_wait (training, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (anm_training_get_state (training), ==, ANM_TRAINING_ENDED);
  return anm_training_get_run (training, 0);
}

void
fixture_wait_for (AnmTraining *training,
                  AnmTrainingState state)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  do
    {
      anm_training_drain (training);
      if (anm_training_get_state (training) == state)
        return;
      g_usleep (1000);
    }
  while (g_get_monotonic_time () < until);
  g_error ("the training didn't come to the state %d within a minute", state);
}

gint64
fixture_ask (const char *path,
             const char *sql)
{
  sqlite3_stmt *statement;
  sqlite3 *db;
  gint64 number = -1;
  int result;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    number = sqlite3_column_int64 (statement, 0);
  else
    g_assert_cmpint (result, ==, SQLITE_DONE);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return number;
}

gboolean
fixture_read_all (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);

  if (study == NULL)
    {
      g_assert_nonnull (error);
      return FALSE;
    }
  for (guint i = 0; i < anm_study_get_n_all_runs (study); i++)
    {
      AnmRun *run = anm_study_get_any_run (study, i);
      AnmCohort *learnt_from;
      guint n_kept;
      g_autofree guint *kept = anm_run_get_kept_epochs (run, &n_kept);

      for (guint k = 0; k < n_kept; k++)
        g_free (anm_run_load_parameters (run, (int) kept[k], NULL, NULL));
      g_free (anm_run_load_parameters (run, ANM_EPOCH_BEST, NULL, NULL));
      for (guint k = 0; k < anm_run_get_n_epochs (run); k++)
        anm_run_get_epoch (run, k);
      learnt_from = anm_study_load_run_cohort (study, run, NULL);
      g_clear_pointer (&learnt_from, anm_cohort_unref);
    }
  anm_study_prepare (study, NULL);
  anm_study_undo (study, NULL);
  return anm_study_flush (study, NULL);
}
