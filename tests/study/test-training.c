/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "app/study/study-error.h"
#include "app/study/verification.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=60"
#define NETWORK "simple_rnn(4) > dense(1)"
#define BATCHES_PER_EPOCH 3 /* 42 patients to train on, 16 a batch */

static void
assert_same_parameters (AnmRun *a,
                        AnmRun *b,
                        int epoch)
{
  gsize size = anm_network_get_n_parameters (anm_run_get_network (a)) * sizeof (anm_real);
  g_autofree anm_real *of_a = anm_run_load_parameters (a, epoch, NULL, NULL);
  g_autofree anm_real *of_b = anm_run_load_parameters (b, epoch, NULL, NULL);

  g_assert_nonnull (of_a);
  g_assert_nonnull (of_b);
  g_assert_cmpmem (of_a, size, of_b, size);
}

/* Arms start at the same loss, bit for bit, and each is what it would be alone. */
static void
test_race (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) race = NULL;
  AnmHyperparameters arms[2];
  AnmRun *sgd, *adam, *alone;

  fixture_init_hyperparameters (&arms[0], 4);
  fixture_init_hyperparameters (&arms[1], 4);
  arms[1].optimizer = ANM_OPTIMIZER_SGD;
  arms[1].learning_rate = 0.1;
  arms[1].seed = 999; /* the first arm's counts */
  race = anm_training_start (study, arms, 2, FALSE, 2, &error);
  g_assert_no_error (error);
  anm_training_wait (race, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  adam = anm_training_get_run (race, 0);
  sgd = anm_training_get_run (race, 1);
  g_assert_cmpuint (anm_run_get_race (adam), ==, anm_run_get_id (adam));
  g_assert_cmpuint (anm_run_get_race (sgd), ==, anm_run_get_id (adam));
  g_assert_cmpuint (anm_run_get_hyperparameters (sgd)->seed, ==, 7);
  g_assert_cmpuint (anm_run_get_n_epochs (adam), ==, 5);
  g_assert_cmpuint (anm_run_get_n_epochs (sgd), ==, 5);

  g_assert_cmpfloat (anm_run_get_epoch (adam, 0)->validation.loss, ==, anm_run_get_epoch (sgd, 0)->validation.loss);
  g_assert_cmpfloat (anm_run_get_epoch (adam, 4)->validation.loss, !=, anm_run_get_epoch (sgd, 4)->validation.loss);
  assert_same_parameters (adam, sgd, 0);
  g_assert_cmpfloat (anm_run_get_updates (adam)[0].loss, ==, anm_run_get_updates (sgd)[0].loss); /* the same first batch */

  alone = fixture_train (study, &arms[0]);
  g_assert_cmpuint (anm_run_get_race (alone), ==, 0);
  assert_same_parameters (adam, alone, ANM_EPOCH_LAST);
}

static void
test_figures (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  const AnmRunEpoch *epoch;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 3);
  run = fixture_train (study, &hyperparameters);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_FINISHED);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 4);
  g_assert_cmpuint (anm_run_get_n_updates (run), ==, 3 * BATCHES_PER_EPOCH);
  epoch = anm_run_get_epoch (run, 0);
  g_assert_cmpuint (epoch->epoch, ==, 0);
  g_assert_true (isfinite (epoch->training_loss));
  g_assert_true (isfinite (epoch->validation.loss));
  g_assert_null (epoch->gradient_by_step);
  epoch = anm_run_get_epoch (run, 3);
  g_assert_cmpuint (epoch->epoch, ==, 3);
  g_assert_cmpuint (epoch->update, ==, 3 * BATCHES_PER_EPOCH);
  g_assert_true (isfinite (epoch->training_loss));
  g_assert_cmpuint (epoch->n_layers, ==, 2);
  g_assert_cmpfloat (epoch->layer_norms[1], >, 0);
  g_assert_cmpuint (epoch->n_steps, ==, 7);
  g_assert_cmpfloat (epoch->gradient_before_end[0][0], >, 0);
  g_assert_null (epoch->gradient_by_step[1]);
  g_assert_cmpfloat (epoch->seconds, >, 0);
  for (gsize i = 0; i < anm_run_get_n_updates (run); i++)
    g_assert_cmpuint (anm_run_get_updates (run)[i].update, ==, i + 1);
}

static void
drain_for (AnmTraining *training,
           guint milliseconds)
{
  gint64 until = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < until)
    {
      anm_training_drain (training);
      g_usleep (1000);
    }
}

/* Whether every arm has that many. */
static gboolean
have_updates (AnmTraining *training,
              gsize n_updates)
{
  for (guint i = 0; i < anm_training_get_n_runs (training); i++)
    if (anm_run_get_n_updates (anm_training_get_run (training, i)) < n_updates)
      return FALSE;
  return TRUE;
}

static void
wait_for_updates (AnmTraining *training,
                  gsize n_updates)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!have_updates (training, n_updates))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      anm_training_drain (training);
      g_usleep (1000);
    }
}

static void
wait_for_epochs (AnmTraining *training,
                 guint n_epochs)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (anm_run_get_n_epochs (anm_training_get_run (training, 0)) < n_epochs)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      anm_training_drain (training);
      g_usleep (1000);
    }
}

static void
test_pause_and_step (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 4);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);
  g_assert_no_error (error);
  run = anm_training_get_run (training, 0);
  /* Paused from the start: the initial weights are evaluated, nothing is learnt. */
  wait_for_epochs (training, 1);
  drain_for (training, 100);
  g_assert_cmpint (anm_training_get_state (training), ==, ANM_TRAINING_PAUSED);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_PAUSED);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 1);
  g_assert_cmpuint (anm_run_get_n_updates (run), ==, 0);
  /* What is trained can't be deleted, nor while it rests. */
  g_assert_false (anm_study_set_runs_deleted (study, &run, 1, TRUE, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY);
  g_clear_error (&error);

  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  wait_for_updates (training, 1);
  drain_for (training, 100);
  g_assert_cmpuint (anm_run_get_n_updates (run), ==, 1);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 1);
  /* The last update of an epoch brings the epoch's end. */
  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  wait_for_updates (training, 2);
  drain_for (training, 100);
  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  wait_for_updates (training, 3);
  wait_for_epochs (training, 2);
  drain_for (training, 100);
  g_assert_cmpuint (anm_run_get_n_updates (run), ==, BATCHES_PER_EPOCH);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 2);

  anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (training, 2 * BATCHES_PER_EPOCH);
  wait_for_epochs (training, 3);
  drain_for (training, 100);
  g_assert_cmpuint (anm_run_get_n_updates (run), ==, 2 * BATCHES_PER_EPOCH);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 3);
  g_assert_cmpint (anm_training_get_state (training), ==, ANM_TRAINING_PAUSED);

  anm_training_resume (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_FINISHED);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 5);
  /* Pauses and steps leave no trace in the numbers. */
  assert_same_parameters (run, fixture_train (study, &hyperparameters), ANM_EPOCH_LAST);
}

static void
test_change (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters, change;
  AnmRun *changed, *unchanged;

  fixture_init_hyperparameters (&hyperparameters, 2);
  change = hyperparameters;
  change.learning_rate = 0.05;
  change.batch_size = 1; /* can't change in flight: passed over */
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);
  g_assert_no_error (error);
  anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (training, BATCHES_PER_EPOCH);
  anm_training_change (training, 0, &change);
  change.learning_rate = -1; /* not valid: passed over */
  anm_training_change (training, 0, &change);
  anm_training_resume (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  changed = anm_training_get_run (training, 0);
  unchanged = fixture_train (study, &hyperparameters);
  g_assert_cmpuint (anm_run_get_n_updates (changed), ==, 2 * BATCHES_PER_EPOCH);
  g_assert_cmpfloat (anm_run_get_epoch (changed, 1)->validation.loss, ==, anm_run_get_epoch (unchanged, 1)->validation.loss);
  g_assert_cmpfloat (anm_run_get_epoch (changed, 2)->validation.loss, !=, anm_run_get_epoch (unchanged, 2)->validation.loss);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT updates FROM event WHERE kind = 'changed'"), ==, BATCHES_PER_EPOCH);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM event WHERE kind = 'changed'"), ==, 1);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM event WHERE kind = 'resumed'"), ==, 1);
}

/* A change of the race's is one of every arm's: the rates by the same factor, the rest the same. */
static void
test_change_of_race (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) race = NULL;
  AnmHyperparameters arms[2], change;

  fixture_init_hyperparameters (&arms[0], 2);
  fixture_init_hyperparameters (&arms[1], 2);
  arms[0].learning_rate = 0.25;
  arms[1].optimizer = ANM_OPTIMIZER_SGD;
  arms[1].learning_rate = 0.5;
  race = anm_training_start (study, arms, 2, TRUE, 1, &error);
  g_assert_no_error (error);
  anm_training_step (race, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (race, BATCHES_PER_EPOCH);
  change = arms[0];
  change.learning_rate = 0.0625;
  change.clip_norm = 3;
  g_assert_true (anm_schedule_parse (&change.schedule, "cosine(epochs=5)", NULL));
  anm_training_change_all (race, &change);
  anm_training_resume (race);
  fixture_wait_for (race, ANM_TRAINING_ENDED);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM event WHERE kind = 'changed' AND detail LIKE '%\"clip_norm\": 3%' "
                                              "AND detail LIKE '%\"schedule\": \"cosine(epochs=5)\"%'"),
                   ==, 2);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT run FROM event WHERE detail LIKE '%\"adam\"%\"learning_rate\": 0.0625%'"), ==, 1);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT run FROM event WHERE detail LIKE '%\"sgd\"%\"learning_rate\": 0.125%'"), ==, 2);
}

static void
set_rate (AnmStudy *study,
          double rate)
{
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (study);

  hyperparameters.learning_rate = rate;
  anm_study_end_gesture (study); /* one edit each, however soon they follow */
  anm_study_set_hyperparameters (study, &hyperparameters);
}

static void
set_network (AnmStudy *study,
             const char *text)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);

  anm_study_set_network (study, spec);
}

/* An edit of the study is a change in flight, and so is undoing it: nothing of what was is taken back. */
static void
test_undo_in_flight (Fixture *fixture,
                     gconstpointer data)
{
  const char *const network = "gru(4) > dropout(0.1) > dense(1)";
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, network);
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (AnmNetworkSpec) other = anm_network_spec_parse ("gru(5) > dropout(0.1) > dense(1)", NULL);
  g_auto (AnmVerification) verification = { 0 };
  AnmHyperparameters hyperparameters;
  AnmRun *run, *unchanged;

  fixture_init_hyperparameters (&hyperparameters, 4);
  hyperparameters.learning_rate = 0.001;
  anm_study_set_hyperparameters (study, &hyperparameters);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);
  g_assert_no_error (error);
  anm_training_follow_study (training);
  run = anm_training_get_run (training, 0);
  for (guint epoch = 1; epoch <= 3; epoch++)
    {
      anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
      wait_for_updates (training, epoch * BATCHES_PER_EPOCH);
      if (epoch == 1)
        {
          set_rate (study, 0.03);
          g_assert_cmpstr (anm_study_get_undo_label (study), ==, "learning rate 0.001 to 0.03");
          set_network (study, "gru(4, recurrent_dropout=0.5) > dropout(0.4) > dense(1)");
          g_assert_true (anm_training_has_network (training, anm_study_get_network (study)));
        }
      else if (epoch == 2)
        {
          g_assert_true (anm_study_undo (study, &error));
          g_assert_true (anm_study_undo (study, &error));
          g_assert_cmpfloat (anm_study_get_hyperparameters (study)->learning_rate, ==, 0.001);
          g_assert_cmpstr (anm_study_get_redo_label (study), ==, "learning rate 0.001 to 0.03");
        }
    }
  /* What can't act now waits, and its undoing is nothing to the run; nor is another optimiser's rate. */
  anm_study_set_network (study, other);
  g_assert_false (anm_training_has_network (training, other));
  g_assert_true (anm_study_undo (study, &error));
  hyperparameters.optimizer = ANM_OPTIMIZER_SGD;
  hyperparameters.learning_rate = 0.5;
  anm_study_set_hyperparameters (study, &hyperparameters);
  g_assert_true (anm_study_undo (study, &error));
  anm_training_resume (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  set_rate (study, 0.9); /* too late: nobody minds */

  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (DISTINCT updates) FROM event WHERE kind = 'changed'"), ==, 2);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT updates FROM event WHERE kind = 'changed' AND detail LIKE '%\"learning_rate\": 0.03%'"
                                              " AND detail LIKE '%\"dropout\": [[0, 0.5], [0.4, 0], [0, 0]]}'"), ==, BATCHES_PER_EPOCH);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT updates FROM event WHERE kind = 'changed' AND detail LIKE '%\"learning_rate\": 0.001%'"
                                              " AND detail LIKE '%\"dropout\": [[0, 0], [0.1, 0], [0, 0]]}'"), ==, 2 * BATCHES_PER_EPOCH);
  hyperparameters.optimizer = ANM_OPTIMIZER_ADAM;
  hyperparameters.learning_rate = 0.001;
  set_network (study, network);
  unchanged = fixture_train (study, &hyperparameters);
  g_assert_cmpfloat (anm_run_get_epoch (run, 1)->validation.loss, ==, anm_run_get_epoch (unchanged, 1)->validation.loss);
  g_assert_cmpfloat (anm_run_get_epoch (run, 2)->validation.loss, !=, anm_run_get_epoch (unchanged, 2)->validation.loss);
  g_assert_cmpfloat (anm_run_get_epoch (run, 3)->validation.loss, !=, anm_run_get_epoch (unchanged, 3)->validation.loss);
  g_assert_true (anm_verification_make (&verification, study, run, 0, 1, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (verification.exact && verification.same);
}

/* The arms of a race are exactly where they were. */
static void
test_undo_in_race (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) race = NULL;
  AnmHyperparameters arms[2];

  fixture_init_hyperparameters (&arms[0], 3);
  fixture_init_hyperparameters (&arms[1], 3);
  arms[0].learning_rate = 0.003;
  arms[1].optimizer = ANM_OPTIMIZER_SGD;
  arms[1].learning_rate = 0.1;
  anm_study_set_hyperparameters (study, &arms[0]);
  race = anm_training_start (study, arms, 2, TRUE, 1, &error);
  g_assert_no_error (error);
  anm_training_follow_study (race);
  anm_training_step (race, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (race, BATCHES_PER_EPOCH);
  set_rate (study, 0.0011);
  set_rate (study, 0.019);
  anm_training_step (race, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (race, 2 * BATCHES_PER_EPOCH);
  g_assert_true (anm_study_undo (study, &error));
  g_assert_true (anm_study_undo (study, &error));
  anm_training_resume (race);
  fixture_wait_for (race, ANM_TRAINING_ENDED);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (DISTINCT updates) FROM event WHERE kind = 'changed' AND run = 2 AND detail NOT LIKE '%\"learning_rate\": 0.1,%'"), >=, 1);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT run FROM event WHERE kind = 'changed' AND detail LIKE '%\"sgd\"%\"learning_rate\": 0.1,%'"), ==, 2);
}

/* What is dropped may change too; the list of changes makes the same run again. */
static void
test_change_of_dropout (Fixture *fixture,
                        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "gru(4) > dense(1)");
  g_autoptr (AnmStudy) again = NULL;
  g_autoptr (AnmTraining) training = NULL;
  const AnmDropoutRates rates[] = { { 0.25, 0.5 }, { 0, 0 } }, wrong[] = { { 0.25, 7 }, { 0, 0 } };
  g_auto (AnmVerification) verification = { 0 };
  AnmHyperparameters hyperparameters, change;
  AnmRun *run, *unchanged;

  fixture_init_hyperparameters (&hyperparameters, 3);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);
  g_assert_no_error (error);
  anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
  wait_for_updates (training, BATCHES_PER_EPOCH);
  anm_training_change_dropout (training, 0, rates, 2);
  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  wait_for_updates (training, BATCHES_PER_EPOCH + 1);
  anm_training_change_dropout (training, 0, wrong, 2); /* passed over */
  change = hyperparameters;
  g_assert_true (anm_schedule_parse (&change.schedule, "exponential(factor=0.5)", NULL));
  anm_training_change (training, 0, &change);
  anm_training_resume (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  run = anm_training_get_run (training, 0);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM event WHERE kind = 'changed' AND detail LIKE '%\"dropout\": [[0.25, 0.5], [0, 0]]}'"), ==, 2);
  unchanged = fixture_train (study, &hyperparameters);
  g_assert_cmpfloat (anm_run_get_epoch (run, 1)->validation.loss, ==, anm_run_get_epoch (unchanged, 1)->validation.loss);
  g_assert_cmpfloat (anm_run_get_epoch (run, 2)->validation.loss, !=, anm_run_get_epoch (unchanged, 2)->validation.loss);

  g_assert_true (anm_verification_make (&verification, study, run, 0, 1, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (verification.exact && verification.same);
  g_assert_cmpuint (verification.n_epochs, ==, 4);

  /* Why it ended is in the file. */
  g_assert_cmpint (anm_run_get_end (run), ==, ANM_TRAINER_END_EPOCHS);
  again = fixture_open (fixture);
  g_assert_cmpint (anm_run_get_end (anm_study_find_run (again, 1)), ==, ANM_TRAINER_END_EPOCHS);
  g_assert_cmpint (anm_run_get_status (anm_study_find_run (again, 1)), ==, ANM_RUN_FINISHED);
}

static void
test_stop (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  g_autofree anm_real *last = NULL, *initial = NULL;
  AnmRun *run;
  guint epoch;

  fixture_init_hyperparameters (&hyperparameters, 100000);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, &error);
  g_assert_no_error (error);
  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  wait_for_updates (training, 1);
  anm_training_stop (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  run = anm_training_get_run (training, 0);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_STOPPED);
  /* Within the first epoch: its last state is kept all the same, and its one update. */
  last = anm_run_load_parameters (run, ANM_EPOCH_LAST, &epoch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (epoch, ==, 0);
  initial = anm_run_load_parameters (run, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (memcmp (last, initial, anm_network_get_n_parameters (anm_run_get_network (run)) * sizeof *last), !=, 0);
  g_assert_true (anm_study_flush (study, NULL));
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM updates"), ==, 1);
  g_assert_cmpint (fixture_ask (fixture->path, "SELECT count (*) FROM snapshot NATURAL JOIN state WHERE updates = 1 AND NOT whole"), ==, 1);
  /* Commands to what has ended are nothing. */
  anm_training_resume (training);
  anm_training_step (training, ANM_TRAINING_STEP_EPOCH);
  anm_training_change (training, 0, &hyperparameters);
  drain_for (training, 50);
  g_assert_cmpint (anm_training_get_state (training), ==, ANM_TRAINING_ENDED);
}

/* Dropping a training stops it. */
static void
test_dropped (Fixture *fixture,
              gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmHyperparameters hyperparameters;
  AnmTraining *training;

  fixture_init_hyperparameters (&hyperparameters, 100000);
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, NULL);
  g_assert_nonnull (training);
  wait_for_updates (training, 10);
  g_object_unref (training);
  g_clear_object (&study);
  study = fixture_open (fixture);
  g_assert_cmpint (anm_run_get_status (anm_study_find_run (study, 1)), ==, ANM_RUN_STOPPED);
}

static void
test_not_finite (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "simple_rnn(4, activation=relu) > dense(1)");
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters arms[2];
  g_autofree anm_real *last = NULL;
  AnmRun *failed;

  fixture_init_hyperparameters (&arms[0], 20);
  fixture_init_hyperparameters (&arms[1], 20);
  arms[1].optimizer = ANM_OPTIMIZER_SGD;
  arms[1].learning_rate = 1e30;
  training = anm_training_start (study, arms, 2, FALSE, 2, &error);
  g_assert_no_error (error);
  anm_training_wait (training, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  failed = anm_training_get_run (training, 1);
  g_assert_cmpint (anm_run_get_status (failed), ==, ANM_RUN_FAILED);
  g_assert_nonnull (anm_run_get_message (failed));
  last = anm_run_load_parameters (failed, ANM_EPOCH_LAST, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < anm_network_get_n_parameters (anm_run_get_network (failed)); i++)
    g_assert_true (isfinite (last[i]));
  /* The other arm isn't hurt. */
  g_assert_cmpint (anm_run_get_status (anm_training_get_run (training, 0)), ==, ANM_RUN_FINISHED);

  g_clear_object (&training);
  g_clear_object (&study);
  study = fixture_open (fixture);
  failed = anm_study_find_run (study, 2);
  g_assert_cmpint (anm_run_get_status (failed), ==, ANM_RUN_FAILED);
  g_assert_nonnull (anm_run_get_message (failed));
}

static void
test_early_stopping (Fixture *fixture,
                     gconstpointer data)
{
  /* More than such a network can remember: it learns its patients by heart and gets worse on others. */
  g_autoptr (AnmStudy) study = fixture_fill (fixture, "sample:delayed-marker?delay=60&patients=60", NETWORK);
  AnmHyperparameters hyperparameters;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 1000);
  hyperparameters.learning_rate = 0.01;
  hyperparameters.patience = 2;
  run = fixture_train (study, &hyperparameters);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_FINISHED);
  g_assert_cmpint (anm_run_get_end (run), ==, ANM_TRAINER_END_PATIENCE);
  g_assert_null (anm_run_get_message (run));
  g_assert_cmpuint (anm_run_get_n_epochs (run), <, 1001);
  g_assert_cmpuint (anm_run_get_best_epoch (run), ==, anm_run_get_epoch (run, anm_run_get_n_epochs (run) - 1)->epoch - 2);
}

static void
test_parameters_for_the_eye (Fixture *fixture,
                             gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  g_autofree anm_real *parameters = NULL, *initial = NULL, *last = NULL;
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  AnmRun *run;
  gsize size;
  guint epoch;

  fixture_init_hyperparameters (&hyperparameters, 3);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, NULL);
  run = anm_training_get_run (training, 0);
  size = anm_network_get_n_parameters (anm_run_get_network (run)) * sizeof (anm_real);
  parameters = g_malloc0 (size);
  g_assert_false (anm_training_take_parameters (training, 0, parameters, &epoch));
  anm_training_request_parameters (training, 0);
  while (!anm_training_take_parameters (training, 0, parameters, &epoch))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      anm_training_drain (training);
      g_usleep (1000);
    }
  g_assert_cmpuint (epoch, ==, 0);
  drain_for (training, 100);
  initial = anm_run_load_parameters (run, 0, NULL, NULL);
  g_assert_cmpmem (parameters, size, initial, size);
  g_assert_false (anm_training_take_parameters (training, 0, parameters, &epoch));

  anm_training_resume (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
  anm_training_request_parameters (training, 0);
  g_assert_true (anm_training_take_parameters (training, 0, parameters, &epoch));
  g_assert_cmpuint (epoch, ==, 3);
  last = anm_run_load_parameters (run, ANM_EPOCH_LAST, NULL, NULL);
  g_assert_cmpmem (parameters, size, last, size);
}

/* A look at the optimiser: none before the first update, then that of the last one, once. */
static void
test_step_for_the_eye (Fixture *fixture,
                       gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (AnmStepView) view = NULL;
  AnmHyperparameters hyperparameters;
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  fixture_init_hyperparameters (&hyperparameters, 3);
  training = anm_training_start (study, &hyperparameters, 1, TRUE, 1, NULL);
  anm_training_request_step_view (training, 0);
  drain_for (training, 100);
  g_assert_null (anm_training_take_step_view (training, 0));
  anm_training_step (training, ANM_TRAINING_STEP_UPDATE);
  for (guint asked = 0; asked < 2; asked++)
    {
      while ((view = anm_training_take_step_view (training, 0)) == NULL)
        {
          g_assert_cmpint (g_get_monotonic_time (), <, until);
          anm_training_drain (training);
          g_usleep (1000);
        }
      g_assert_cmpuint (view->update, ==, 1);
      g_assert_cmpuint (view->n_moments, ==, 2);
      g_assert_cmpfloat (view->whole.step_norm, >, 0);
      g_assert_null (anm_training_take_step_view (training, 0));
      g_clear_pointer (&view, anm_step_view_free);
      anm_training_request_step_view (training, 0);
    }
  anm_training_resume (training);
  fixture_wait_for (training, ANM_TRAINING_ENDED);
}

static void
count_cb (GObject *object,
          gpointer data)
{
  ++*(guint *) data;
}

/* However much came, the run says so once a drain. */
static void
test_drains_once (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  guint n_changed = 0;

  fixture_init_hyperparameters (&hyperparameters, 5);
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, NULL);
  g_signal_connect (anm_training_get_run (training, 0), "changed", G_CALLBACK (count_cb), &n_changed);
  g_usleep (G_USEC_PER_SEC);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_training_get_run (training, 0)), ==, 0);
  g_assert_true (anm_training_drain (training));
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_training_get_run (training, 0)), ==, 6);
  g_assert_false (anm_training_drain (training));
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpfloat (anm_training_get_fraction (training), ==, 1);
}

static void
test_cancelled_wait (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  AnmHyperparameters hyperparameters;

  fixture_init_hyperparameters (&hyperparameters, 100000);
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, NULL);
  wait_for_updates (training, 1);
  g_cancellable_cancel (cancellable);
  g_assert_false (anm_training_wait (training, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (anm_run_get_status (anm_training_get_run (training, 0)), ==, ANM_RUN_STOPPED);
}

#define ADD(name, function) g_test_add ("/study/training/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("race", test_race);
  ADD ("figures", test_figures);
  ADD ("pause-and-step", test_pause_and_step);
  ADD ("change", test_change);
  ADD ("change-of-race", test_change_of_race);
  ADD ("change-of-dropout", test_change_of_dropout);
  ADD ("undo-in-flight", test_undo_in_flight);
  ADD ("undo-in-race", test_undo_in_race);
  ADD ("stop", test_stop);
  ADD ("dropped", test_dropped);
  ADD ("not-finite", test_not_finite);
  ADD ("early-stopping", test_early_stopping);
  ADD ("parameters-for-the-eye", test_parameters_for_the_eye);
  ADD ("step-for-the-eye", test_step_for_the_eye);
  ADD ("drains-once", test_drains_once);
  ADD ("cancelled-wait", test_cancelled_wait);
  return g_test_run ();
}
