/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app/study/study-error.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=60"
#define NETWORK "simple_rnn(4) > dense(1)"
#define BATCHES_PER_EPOCH 3

/* Two runs have the same figures and the same parameters after every epoch, to the bit. */
static void
assert_same (AnmRun *a,
             AnmRun *b)
{
  gsize size = anm_network_get_n_parameters (anm_run_get_network (a)) * sizeof (anm_real);

  g_assert_cmpuint (anm_run_get_n_epochs (a), ==, anm_run_get_n_epochs (b));
  g_assert_cmpuint (anm_run_get_n_updates (a), ==, anm_run_get_n_updates (b));
  g_assert_cmpmem (anm_run_get_updates (a), anm_run_get_n_updates (a) * sizeof (AnmRunUpdate),
                   anm_run_get_updates (b), anm_run_get_n_updates (b) * sizeof (AnmRunUpdate));
  g_assert_cmpuint (anm_run_get_best_epoch (a), ==, anm_run_get_best_epoch (b));
  for (guint i = 0; i < anm_run_get_n_epochs (a); i++)
    {
      const AnmRunEpoch *of_a = anm_run_get_epoch (a, i), *of_b = anm_run_get_epoch (b, i);
      g_autofree anm_real *weights_a = anm_run_load_parameters (a, (int) of_a->epoch, NULL, NULL);
      g_autofree anm_real *weights_b = anm_run_load_parameters (b, (int) of_a->epoch, NULL, NULL);

      g_assert_cmpuint (of_a->epoch, ==, of_b->epoch);
      g_assert_cmpuint (of_a->update, ==, of_b->update);
      g_assert_cmpmem (&of_a->training_loss, sizeof (double), &of_b->training_loss, sizeof (double));
      g_assert_cmpfloat (of_a->validation.loss, ==, of_b->validation.loss);
      g_assert_cmpmem (of_a->layer_norms, of_a->n_layers * sizeof (double), of_b->layer_norms, of_a->n_layers * sizeof (double));
      g_assert_nonnull (weights_a);
      g_assert_nonnull (weights_b);
      g_assert_cmpmem (weights_a, size, weights_b, size);
    }
}

static void
wait_for_updates (AnmTraining *training,
                  gsize n_updates)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (anm_run_get_n_updates (anm_training_get_run (training, 0)) < n_updates)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      anm_training_drain (training);
      g_usleep (1000);
    }
}

/* A training that makes so many whole epochs and so many updates, then stops. */
static AnmRun *
train_and_stop (AnmStudy *study,
                const AnmHyperparameters *hyperparameters,
                guint n_epochs,
                guint n_updates)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmTraining) training = anm_training_start (study, hyperparameters, 1, TRUE, 1, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n_epochs; i++)
    {
      anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
      wait_for_updates (training, (i + 1) * BATCHES_PER_EPOCH);
      while (anm_run_get_n_epochs (anm_training_get_run (training, 0)) < i + 2)
        anm_training_drain (training);
    }
  for (guint i = 0; i < n_updates; i++)
    {
      anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
      wait_for_updates (training, n_epochs * BATCHES_PER_EPOCH + i + 1);
    }
  anm_training_stop (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  g_assert_true (anm_study_flush (study, &error));
  g_assert_no_error (error);
  return anm_training_get_run (training, 0);
}

static AnmRun *
go_on (AnmStudy *study,
       guint id,
       guint epochs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmTraining) training = anm_training_continue (study, anm_study_find_run (study, id), epochs, FALSE, 2, &error);

  g_assert_no_error (error);
  g_assert_true (anm_training_wait (training, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (anm_run_get_status (anm_training_get_run (training, 0)), ==, ANM_RUN_FINISHED);
  return anm_training_get_run (training, 0);
}

static AnmStudy *
reopen (Fixture *fixture,
        AnmStudy *study)
{
  g_assert_true (anm_study_flush (study, NULL));
  g_object_unref (study);
  return fixture_open (fixture);
}

/* Between two epochs, in the middle of one, before the first update; in the same program and in another. */
static void
test_stopped (Fixture *fixture,
              gconstpointer data)
{
  static const guint stops[][2] = { { 2, 0 }, { 1, 2 }, { 0, 1 }, { 0, 0 }, { 5, 1 } };
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  AnmRun *whole;
  guint id = 1;

  fixture_init_hyperparameters (&hyperparameters, 6);
  fixture_train (study, &hyperparameters);
  for (guint i = 0; i < G_N_ELEMENTS (stops); i++)
    for (guint again = 0; again < 2; again++)
      {
        train_and_stop (study, &hyperparameters, stops[i][0], stops[i][1]);
        if (again)
          study = reopen (fixture, study);
        whole = anm_study_find_run (study, 1);
        assert_same (whole, go_on (study, ++id, 0));
        study = reopen (fixture, study);
        assert_same (anm_study_find_run (study, 1), anm_study_find_run (study, id));
      }
  g_object_unref (study);
}

/* A change in flight is part of what goes on. */
static void
test_changed (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters, change;
  AnmRun *runs[2];

  fixture_init_hyperparameters (&hyperparameters, 4);
  change = hyperparameters;
  change.learning_rate = 0.05;
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnmTraining) training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);

      g_assert_no_error (error);
      anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
      wait_for_updates (training, BATCHES_PER_EPOCH);
      anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
      wait_for_updates (training, BATCHES_PER_EPOCH + 1);
      anm_training_change (training, 0, &change);
      if (i == 0)
        anm_training_resume (training);
      else
        {
          anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
          wait_for_updates (training, BATCHES_PER_EPOCH + 2);
          anm_training_stop (training);
        }
      fixture_wait_for (training, ANM_TRAINING_ENDED);
      runs[i] = anm_training_get_run (training, 0);
    }
  g_assert_true (anm_study_flush (study, NULL));
  assert_same (runs[0], go_on (study, 2, 0));
}

/* More epochs than were planned: the same as so many from the start. And again, after it was stopped in them. */
static void
test_more_epochs (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  g_autoptr (AnmTraining) refused = NULL;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 6);
  fixture_train (study, &hyperparameters);
  hyperparameters.epochs = 3;
  run = fixture_train (study, &hyperparameters);
  refused = anm_training_continue (study, run, 3, FALSE, 1, &error);
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY);
  g_assert_nonnull (strstr (error->message, "3"));
  assert_same (anm_study_find_run (study, 1), go_on (study, 2, 6));
  study = reopen (fixture, study);
  assert_same (anm_study_find_run (study, 1), anm_study_find_run (study, 2));
  g_assert_cmpuint (anm_run_get_hyperparameters (anm_study_find_run (study, 2))->epochs, ==, 6);

  train_and_stop (study, &hyperparameters, 1, 1);
  assert_same (anm_study_find_run (study, 1), go_on (study, 3, 6));
  g_object_unref (study);
}

/* As if the program had been killed seven epochs in, when the last state that it had kept was that of the second. */
static AnmStudy *
cut_off (Fixture *fixture,
         AnmStudy *study,
         guint id)
{
  static const char *const statements[] = {
    "UPDATE state SET epoch = 2, updates = (SELECT updates FROM old), state = (SELECT state FROM old) WHERE run = 2",
    "DELETE FROM event WHERE run = 2 AND kind = 'finished'",
    "UPDATE run SET process = process || '0' WHERE id = 2",
    /* Thinned, and damaged in what is to be made again, as if by another machine. */
    "DELETE FROM snapshot WHERE run = 2 AND epoch IN (1, 2)",
    "UPDATE snapshot SET parameters = zeroblob (length (parameters)) WHERE run = 2 AND epoch > 2",
    "UPDATE epoch SET loss = 9 WHERE run = 2 AND epoch > 2",
    "UPDATE run SET kept_bytes = (SELECT sum (length (parameters)) FROM snapshot WHERE run = 2) WHERE id = 2",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    fixture_ask (fixture->path, statements[i]);
  study = reopen (fixture, study);
  g_assert_cmpint (anm_run_get_status (anm_study_find_run (study, id)), ==, ANM_RUN_CUT_OFF);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_study_find_run (study, id)), ==, 7);
  return study;
}

/* The state is kept once a second, epochs at once: those beyond it stay until they are made again, to the same bits. */
static void
test_behind (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmTraining *training;
  AnmHyperparameters hyperparameters;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 6);
  fixture_train (study, &hyperparameters);
  train_and_stop (study, &hyperparameters, 2, 0);
  fixture_ask (fixture->path, "CREATE TABLE old AS SELECT updates, state FROM state WHERE run = 2");
  go_on (study, 2, 0);

  study = cut_off (fixture, study, 2);
  go_on (study, 2, 0);
  study = reopen (fixture, study);
  assert_same (anm_study_find_run (study, 1), anm_study_find_run (study, 2));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT kept_bytes - (SELECT sum (length (parameters)) FROM snapshot WHERE run = 2) FROM run WHERE id = 2"), ==, 0);

  /* Cut off again before any of it is made again: still there. Stopped: the run is what it has come to. */
  study = cut_off (fixture, study, 2);
  training = anm_training_continue (study, anm_study_find_run (study, 2), 0, TRUE, 1, &error);
  g_assert_no_error (error);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT max (epoch) FROM epoch WHERE run = 2"), ==, 6);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM snapshot WHERE run = 2"), >=, 6);
  run = anm_training_get_run (training, 0);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 3);
  anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (training, 3 * BATCHES_PER_EPOCH);
  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  wait_for_updates (training, 3 * BATCHES_PER_EPOCH + 1);
  anm_training_stop (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  g_object_unref (training);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT max (epoch) FROM epoch WHERE run = 2"), ==, 3);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT max (epoch) FROM updates WHERE run = 2"), ==, 4);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT length (figures) FROM updates WHERE run = 2 AND epoch = 4"), ==, 2 * sizeof (double));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT max (updates) FROM snapshot WHERE run = 2"), ==, 3 * BATCHES_PER_EPOCH + 1);
  assert_same (anm_study_find_run (study, 1), go_on (study, 2, 0));
  g_object_unref (study);
}

/* However short the pause: what was reached is kept. */
static void
test_paused_is_kept (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  fixture_init_hyperparameters (&hyperparameters, 100);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);
  for (guint i = 0; i < 5; i++)
    {
      anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
      wait_for_updates (training, i + 1);
      while (fixture_ask (fixture->path, "SELECT updates FROM state") != i + 1)
        {
          g_usleep (1000);
          g_assert_cmpint (g_get_monotonic_time (), <, until);
        }
    }
}

/* A run goes on with its own records and its own recipe, whatever the study's are by now. */
static void
test_other_records (Fixture *fixture,
                    gconstpointer data)
{
  AnmStudy *study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  g_autoptr (AnmCohort) other = anm_sample_make ("sample:delayed-marker?delay=3&patients=30", NULL);

  fixture_init_hyperparameters (&hyperparameters, 4);
  fixture_train (study, &hyperparameters);
  train_and_stop (study, &hyperparameters, 1, 1);
  anm_study_set_cohort (study, other, "other");
  study = reopen (fixture, study);
  assert_same (anm_study_find_run (study, 1), go_on (study, 2, 0));
  g_object_unref (study);
}

#define ADD(name, function) g_test_add ("/study/continue/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("stopped", test_stopped);
  ADD ("changed", test_changed);
  ADD ("more-epochs", test_more_epochs);
  ADD ("behind", test_behind);
  ADD ("paused-is-kept", test_paused_is_kept);
  ADD ("other-records", test_other_records);
  return g_test_run ();
}
