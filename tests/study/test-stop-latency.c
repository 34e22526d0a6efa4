/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/study/fixture.h"

#define LIMIT (100 * G_TIME_SPAN_MILLISECOND)

/* Time from the command until the training says that it has acted, as a window sees it. */
static gint64
measure (AnmTraining *training,
         void (*command) (AnmTraining *),
         AnmTrainingState state)
{
  gint64 began = g_get_monotonic_time ();

  command (training);
  while (anm_training_get_state (training) != state)
    {
      anm_training_drain (training);
      g_usleep (500);
      g_assert_cmpint (g_get_monotonic_time () - began, <, 60 * G_USEC_PER_SEC);
    }
  return g_get_monotonic_time () - began;
}

/* One update of the whole cohort takes many times the limit: Stop and Pause can't wait for it. */
static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static void
test_all_at_once (Fixture *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, "sample:delayed-marker?delay=200&patients=6000", "lstm(128) > dense(1)");
  AnmHyperparameters hyperparameters;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  fixture_init_hyperparameters (&hyperparameters, 100);
  hyperparameters.batch_size = 0;
  g_assert_nonnull (anm_study_prepare (study, NULL));
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (AnmTraining) training = anm_training_start (study, &hyperparameters, 1, FALSE, 2, &error);
      gint64 took;

      g_assert_no_error (error);
      /* Into the initial evaluation, the first update, and on. */
      g_usleep (50000 + i * 400000);
      if (i % 2 == 1)
        {
          took = measure (training, anm_training_pause, ANM_TRAINING_PAUSED);
          g_array_append_val (times, took);
          anm_training_resume (training);
          g_usleep (100000);
        }
      took = measure (training, anm_training_stop, ANM_TRAINING_ENDED);
      g_array_append_val (times, took);
      g_test_message ("acted after %.1f ms", (double) took / G_TIME_SPAN_MILLISECOND);
    }
  /* A training that waited for its minibatch would be late each time; a busy machine is late now and then. */
  g_array_sort (times, compare_times);
  g_assert_cmpint (g_array_index (times, gint64, times->len / 2), <, LIMIT);
}

static void
test_small_batches (Fixture *fixture,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = fixture_fill (fixture, "sample:delayed-marker?delay=50&patients=300", "lstm(16) > dense(1)");
  AnmHyperparameters hyperparameters;
  const guint batch_sizes[] = { 1, 32, 128 };

  fixture_init_hyperparameters (&hyperparameters, 100000);
  for (guint i = 0; i < G_N_ELEMENTS (batch_sizes); i++)
    {
      gint64 best = G_MAXINT64;

      hyperparameters.batch_size = batch_sizes[i];
      for (guint attempt = 0; attempt < 3; attempt++)
        {
          g_autoptr (AnmTraining) training = anm_training_start (study, &hyperparameters, 1, FALSE, 2, &error);

          g_assert_no_error (error);
          g_usleep (300000);
          best = MIN (best, measure (training, anm_training_stop, ANM_TRAINING_ENDED));
        }
      g_assert_cmpint (best, <, LIMIT);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/study/stop-latency/all-at-once", Fixture, NULL, fixture_set_up, test_all_at_once, fixture_tear_down);
  g_test_add ("/study/stop-latency/small-batches", Fixture, NULL, fixture_set_up, test_small_batches, fixture_tear_down);
  return g_test_run ();
}
