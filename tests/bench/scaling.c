/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scaling [PATIENTS STEPS UNITS]
 *
 * Does training time grow linearly with patients, steps and (to the cache)
 * parameters, and does memory not grow with the patients beyond the data
 * itself? Trains whole epochs on random data, each size in a process of its
 * own, at one thread, and prints processor time for a patient and step and the
 * memory at its peak beyond what the data takes.
 */
#include "engine/random.h"
#include "engine/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_CHANNELS 8
#define BATCH 32
#define MIN_SECONDS 0.3

typedef struct
{
  gsize n_patients;
  gsize n_steps;
  guint units;
} Size;

typedef struct
{
  double seconds;       /* an epoch */
  double data_bytes;
  double beyond_bytes;  /* peak without the data */
  guint  n_parameters;
} Outcome;

static AnmSequences *
make_data (const Size *size)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_BINARY, .n_outputs = 1 };
  g_autofree gsize *lengths = g_new (gsize, size->n_patients);
  AnmSequences *sequences;

  for (gsize i = 0; i < size->n_patients; i++)
    lengths[i] = size->n_steps;
  sequences = anm_sequences_new (size->n_patients, lengths, N_CHANNELS, 0, &target);
  for (gsize i = 0; i < size->n_patients * size->n_steps * N_CHANNELS; i++)
    sequences->values[i] = (anm_real) (anm_random_uniform (1, 1, i) - 0.5);
  for (gsize i = 0; i < size->n_patients; i++)
    sequences->targets[i] = (anm_real) (i % 2);
  return sequences;
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

static double
resident_peak (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_maxrss * 1024.0;
}

/* Whole epochs until the time suffices to be measured; the first, which touches all memory for the first time, doesn't
 * count. */
static double
time_epoch (AnmTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  double start = 0.0;

  for (guint epoch = 0;;)
    {
      AnmTrainerEvent event = anm_trainer_step (trainer, NULL, &error);

      g_assert_no_error (error);
      if (event != ANM_TRAINER_EPOCH_ENDED)
        continue;
      if (epoch > 0 && now () - start > MIN_SECONDS)
        return (now () - start) / epoch;
      if (epoch == 0)
        start = now ();
      epoch++;
    }
}

static Outcome
measure (const Size *size)
{
  g_autofree char *text = g_strdup_printf ("gru(%u) > dense(1)", size->units);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmSequences) training = make_data (size);
  double with_data = resident_peak ();
  g_autoptr (AnmNetwork) network = anm_network_new (spec, N_CHANNELS, &training->target, &error);
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmHyperparameters hyperparameters;
  Outcome outcome;

  anm_pool_enter_computing_thread ();
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.batch_size = BATCH;
  hyperparameters.epochs = 100000;
  hyperparameters.learning_rate = 1e-5;
  trainer = anm_trainer_new (network, &hyperparameters, training, NULL, NULL, pool, &error);
  g_assert_no_error (error);
  outcome.seconds = time_epoch (trainer);
  outcome.data_bytes = (double) (size->n_patients * size->n_steps * N_CHANNELS * sizeof (anm_real));
  outcome.beyond_bytes = resident_peak () - with_data;
  outcome.n_parameters = (guint) anm_network_get_n_parameters (network);
  return outcome;
}

/* In a process of its own: a peak never falls. */
static Outcome
measure_apart (const Size *size)
{
  Outcome outcome = { 0 };
  int ends[2], status;
  pid_t child;

  if (pipe (ends) != 0)
    g_error ("No pipe");
  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      outcome = measure (size);
      _exit (write (ends[1], &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
    }
  close (ends[1]);
  if (read (ends[0], &outcome, sizeof outcome) != sizeof outcome)
    g_error ("The measuring process ended early");
  close (ends[0]);
  waitpid (child, &status, 0);
  return outcome;
}

static void
print_row (const Size *size)
{
  Outcome outcome = measure_apart (size);
  double cells = (double) size->n_patients * (double) size->n_steps;

  printf ("| %zu | %zu | %u | %u | %.4g | %.3f | %.3f | %.1f | %.1f |\n", size->n_patients, size->n_steps, size->units,
          outcome.n_parameters, outcome.seconds, outcome.seconds / cells * 1e6,
          outcome.seconds / cells / outcome.n_parameters * 1e12, outcome.data_bytes / 1048576.0, outcome.beyond_bytes / 1048576.0);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  static const Size sizes[] = {
    /* patients */
    { 100, 50, 32 }, { 1000, 50, 32 }, { 10000, 50, 32 }, { 100000, 50, 32 },
    /* steps */
    { 320, 10, 32 }, { 320, 100, 32 }, { 320, 1000, 32 }, { 320, 10000, 32 },
    /* parameters */
    { 320, 50, 8 }, { 320, 50, 32 }, { 320, 50, 128 }, { 320, 50, 512 }, { 320, 50, 1024 },
  };

  printf ("| patients | steps | units | parameters | seconds an epoch | µs for a patient and step | ps for a patient, step and parameter | data, MiB | memory beyond it, MiB |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  if (argc == 4)
    {
      const Size own = { strtoul (argv[1], NULL, 10), strtoul (argv[2], NULL, 10), (guint) strtoul (argv[3], NULL, 10) };

      print_row (&own);
      return 0;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    print_row (&sizes[i]);
  return 0;
}
