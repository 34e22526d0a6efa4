/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study-undo [FOLDER]
 *
 * Do undo and redo act within a frame? Times each of a thousand, of edits from this session and from another, in a study at rest and while
 * a small network trains as fast as it can, which keeps the writer busy. Prints what of a hundred is the slowest but one, by the clock and
 * in this thread's own time, and how often the thread waited for something: on a busy machine the clock tells what others did, too.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "app/study/training.h"

#define N 500

typedef struct
{
  GArray *clock; /* of double: milliseconds */
  GArray *own;
  glong   waits;
} Times;

static double
read_clock (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec * 1e-6;
}

static glong
count_waits (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

static void
take_time (AnmStudy *study,
           gboolean (*act) (AnmStudy *, GError **),
           Times *times)
{
  g_autoptr (GError) error = NULL;
  const double clock = read_clock (CLOCK_MONOTONIC), own = read_clock (CLOCK_THREAD_CPUTIME_ID);
  const glong waits = count_waits ();
  double milliseconds;

  act (study, &error);
  g_assert_no_error (error);
  milliseconds = read_clock (CLOCK_MONOTONIC) - clock;
  g_array_append_val (times->clock, milliseconds);
  milliseconds = read_clock (CLOCK_THREAD_CPUTIME_ID) - own;
  g_array_append_val (times->own, milliseconds);
  times->waits += count_waits () - waits;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

static void
print_times (const char *what,
             Times *times)
{
  const guint n = times->clock->len;

  g_array_sort (times->clock, compare);
  g_array_sort (times->own, compare);
  printf ("%s: median %.2f ms, 99 of 100 within %.2f ms, longest %.2f ms; own time 99 of 100 within %.2f ms; waited %ld times in %u\n", what,
          g_array_index (times->clock, double, n / 2), g_array_index (times->clock, double, n - 1 - n / 100), g_array_index (times->clock, double, n - 1),
          g_array_index (times->own, double, n - 1 - n / 100), times->waits, n);
  fflush (stdout);
}

static void
go_back_and_forth (AnmStudy *study,
                   const char *what)
{
  Times times = { g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (double)), 0 };

  for (guint i = 0; i < N; i++)
    {
      take_time (study, anm_study_undo, &times);
      g_usleep (1000);
    }
  for (guint i = 0; i < N; i++)
    {
      take_time (study, anm_study_redo, &times);
      g_usleep (1000);
    }
  print_times (what, &times);
  g_array_unref (times.clock);
  g_array_unref (times.own);
}

static void
edit (AnmStudy *study)
{
  for (guint i = 0; i < N; i++)
    {
      AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (study);

      hyperparameters.learning_rate = 0.001 * (i + 2);
      anm_study_set_hyperparameters (study, &hyperparameters);
      anm_study_end_gesture (study);
    }
}

int
main (int argc,
      char **argv)
{
  const char *const endings[] = { "", "-wal", "-shm" };
  g_autofree char *folder = g_strconcat (argc > 1 ? argv[1] : ".", "/study-undo-XXXXXX", NULL), *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:delayed-marker?delay=6&patients=200", &error);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  AnmStudy *study;

  g_assert_nonnull (g_mkdtemp (folder));
  path = g_build_filename (folder, "undo.anamnesis", NULL);
  study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (study, cohort, "sample:delayed-marker?delay=6&patients=200");
  edit (study);
  go_back_and_forth (study, "at rest, this session's   ");
  anm_study_flush (study, NULL);
  g_object_unref (study);

  study = anm_study_open (path, &error);
  g_assert_no_error (error);
  go_back_and_forth (study, "at rest, another session's");
  anm_study_flush (study, NULL);
  g_object_unref (study);

  study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_prepare (study, &error);
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.epochs = 100000;
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  go_back_and_forth (study, "training, another session's");
  go_back_and_forth (study, "training, read before      ");
  anm_training_stop (training);
  anm_training_wait (training, NULL, NULL, NULL, NULL);
  printf ("%u epochs meanwhile\n", anm_run_get_n_epochs (anm_training_get_run (training, 0)));
  g_clear_object (&training);
  g_object_unref (study);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      g_unlink (file);
    }
  g_rmdir (folder);
  return 0;
}
