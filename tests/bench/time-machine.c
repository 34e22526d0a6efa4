/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * time-machine [ROUNDS]
 *
 * How long from the epoch slider to the new reading of one patient over 100 steps, through the window's own path (worker, snapshot
 * from the file or decoded, states, gradients, order of units, main loop), for networks of growing size. To hold: within a
 * frame (16 ms) up to 1e5 parameters, within 100 ms up to 1e6.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "app/gui/live-reading.h"
#include "data/samples.h"

#define N_EPOCHS 12
#define SAMPLE "sample:delayed-marker?patients=40&delay=95"

static const char *const networks[] = {
  "lstm(48) > dense(1)",
  "lstm(150) > dense(1)",
  "gru(128, return_sequences) > gru(64) > dense(1)",
  "lstm(490) > dense(1)",
  "gru(400, return_sequences) > gru(256) > dense(1)",
};

typedef struct
{
  AnmLiveReading *live;
  guint           n_changed;
} Bench;

static void
changed_cb (Bench *bench)
{
  bench->n_changed++;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
wait_for (Bench *bench,
          gint64 begin)
{
  const guint n = bench->n_changed;

  while (bench->n_changed == n)
    g_main_context_iteration (NULL, TRUE);
  return (g_get_monotonic_time () - begin) / 1000.0;
}

static void
report (const char *what,
        double *milliseconds,
        guint n)
{
  qsort (milliseconds, n, sizeof *milliseconds, compare);
  printf ("  %-28s median %6.1f ms, 95 of 100 under %6.1f ms, longest %6.1f ms\n", what, milliseconds[n / 2],
          milliseconds[MIN (n - 1, n * 95 / 100)], milliseconds[n - 1]);
}

/* Of the processor, by all threads: what the clock shows is more on a machine that does other things as well. */
static double
get_processor_milliseconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return 1000.0 * (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000.0;
}

static void
fail (GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "time-machine: %s\n", error->message);
  exit (1);
}

static void
measure (const char *text,
         const char *folder,
         guint n_rounds)
{
  GError *error = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%u.anamnesis", folder, g_str_hash (text));
  g_autoptr (AnmCohort) cohort = anm_sample_make (SAMPLE, &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (AnmViewState) state = anm_view_state_new ();
  g_autoptr (AnmTrainingControl) control = anm_training_control_new (state);
  g_autofree double *cold = g_new (double, n_rounds * N_EPOCHS), *warm = g_new (double, n_rounds * N_EPOCHS);
  AnmHyperparameters hyperparameters;
  Bench bench = { .live = anm_live_reading_new (control) };
  guint n_cold = 0, n_warm = 0;
  double processor = 0;
  AnmRun *run;

  fail (error);
  study = anm_study_open (path, &error);
  fail (error);
  anm_study_set_cohort (study, cohort, SAMPLE);
  anm_study_set_network (study, spec);
  while (anm_study_get_dataset (study) == NULL)
    g_main_context_iteration (NULL, TRUE);
  hyperparameters = *anm_study_get_hyperparameters (study);
  hyperparameters.epochs = N_EPOCHS;
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 2, &error);
  fail (error);
  anm_training_wait (training, NULL, NULL, NULL, &error);
  fail (error);

  run = anm_training_get_run (training, 0);
  anm_view_state_set_study (state, study);
  anm_view_state_set_run (state, run);
  g_signal_connect_swapped (bench.live, "changed", G_CALLBACK (changed_cb), &bench);
  anm_live_reading_hold (bench.live);
  wait_for (&bench, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  for (guint round = 0; round < n_rounds; round++)
    {
      if (round == 1)
        processor = get_processor_milliseconds ();
      for (guint epoch = 1; epoch < N_EPOCHS; epoch++)
        {
          const gint64 begin = g_get_monotonic_time ();

          anm_view_state_set_epoch (state, (int) epoch);
          if (round == 0)
            cold[n_cold++] = wait_for (&bench, begin);
          else
            warm[n_warm++] = wait_for (&bench, begin);
        }
    }
  processor = (get_processor_milliseconds () - processor) / n_warm;
  printf ("%s: %zu parameters x %u steps\n", text, anm_network_get_n_parameters (anm_run_get_network (run)),
          anm_live_reading_get_reading (bench.live)->n_steps);
  report ("epoch never seen", cold, n_cold);
  report ("seen before", warm, n_warm);
  printf ("  %-28s mean   %6.1f ms\n", "processor, seen before", processor);
  anm_view_state_set_study (state, NULL);
  g_object_unref (bench.live);
}

int
main (int argc,
      char **argv)
{
  const guint n_rounds = argc > 1 ? (guint) MAX (atoi (argv[1]), 2) : 6;
  g_autofree char *folder = g_dir_make_tmp ("time-machine-XXXXXX", NULL);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", folder);

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    measure (networks[i], folder, n_rounds);
  return g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL) ? 0 : 1;
}
