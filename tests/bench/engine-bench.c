/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine-bench [W1 .. W6 | all] [THREADS] [SECONDS]
 *
 * Training speed of six workloads as a share of what sgemm does on the same
 * machine in the same moment, so that a busy or throttled machine doesn't
 * matter: each segment of at least half a second is followed by two sgemm calls
 * (n = 2048, same number of threads), and the segment's best update is paired
 * with the better of the calls before and after it. The median of the paired
 * ratios is printed. One update is forward, back-propagation through time and
 * Adam over one minibatch of random data; its work is 3 x the forward products.
 *
 * With one thread also the share of each phase of a chunk of the whole batch.
 */
#include "engine/optimizer.h"
#include "engine/random.h"
#include "engine/trainer.h"
#include "engine/workspace.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_SGEMM 2048
#define N_BATCHES 4
#define SEGMENT_SECONDS 0.5
#define MIN_STEPS 3

typedef struct
{
  const char    *name;
  const char    *network;
  guint          n_steps, n_inputs, n_rows;
  AnmTargetShape target;
} Workload;

static const Workload workloads[] = {
  { "W1", "lstm(50) > dense(10, activation=softmax)", 28, 28, 128, { ANM_TARGET_CLASSES, 10, FALSE } },
  { "W2", "lstm(128) > dense(10, activation=softmax)", 28, 28, 128, { ANM_TARGET_CLASSES, 10, FALSE } },
  { "W3", "lstm(64, return_sequences) > lstm(32) > dense(1)", 48, 37, 32, { ANM_TARGET_REGRESSION, 1, FALSE } },
  { "W4", "gru(128, return_sequences) > gru(64) > dense(10, activation=softmax)", 48, 76, 64, { ANM_TARGET_CLASSES, 10, FALSE } },
  { "W5", "simple_rnn(32) > dense(1)", 100, 8, 32, { ANM_TARGET_BINARY, 1, FALSE } },
  { "W6", "lstm(512) > dense(1)", 100, 64, 64, { ANM_TARGET_BINARY, 1, FALSE } },
};

static AnmSequences *
make_data (const Workload *workload)
{
  gsize n = (gsize) workload->n_rows * N_BATCHES;
  g_autofree gsize *lengths = g_new (gsize, n);
  AnmSequences *sequences;

  for (gsize i = 0; i < n; i++)
    lengths[i] = workload->n_steps;
  sequences = anm_sequences_new (n, lengths, workload->n_inputs, 0, &workload->target);
  for (gsize i = 0; i < n * workload->n_steps * workload->n_inputs; i++)
    sequences->values[i] = (anm_real) anm_random_normal (1, 1, i);
  for (gsize i = 0; i < n; i++)
    sequences->targets[i] = workload->target.kind == ANM_TARGET_REGRESSION
                                ? (anm_real) anm_random_normal (1, 2, i)
                                : (anm_real) anm_random_below (1, 2, i, MAX (workload->target.n_outputs, 2));
  return sequences;
}

/* FLOPs of an update: three products of the size of the forward one, two operations each. */
static double
count_operations (const AnmNetwork *network, const Workload *workload)
{
  guint n_slices;
  const AnmParameter *slices = anm_network_get_parameters (network, &n_slices);
  double sum = 0.0;

  for (guint s = 0; s < n_slices; s++)
    if (slices[s].kind == ANM_PARAMETER_KERNEL || slices[s].kind == ANM_PARAMETER_RECURRENT_KERNEL)
      sum += (double) slices[s].n_rows * slices[s].n_columns *
             (anm_layer_get_takes_sequences (anm_network_get_layer (network, slices[s].layer)) ? workload->n_steps : 1);
  return 3.0 * 2.0 * sum * workload->n_rows;
}

/* With one thread the seconds are those of the processor, which other programs don't lengthen. */
static gboolean count_processor_time;

static double
now (void)
{
  struct timespec time;

  clock_gettime (count_processor_time ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

/* FLOP/s of the better of two calls. */
static double
measure_sgemm (guint n_threads)
{
  static float *a, *b, *c;
  double best = G_MAXDOUBLE;

  if (a == NULL)
    {
      a = g_new (float, N_SGEMM *N_SGEMM);
      b = g_new (float, N_SGEMM *N_SGEMM);
      c = g_new0 (float, N_SGEMM *N_SGEMM);
      for (guint i = 0; i < N_SGEMM * N_SGEMM; i++)
        a[i] = b[i] = (float) anm_random_uniform (1, 3, i);
    }
  openblas_set_num_threads ((int) n_threads);
  for (guint k = 0; k < 2; k++)
    {
      double start = now ();

      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, N_SGEMM, N_SGEMM, N_SGEMM, 1, a, N_SGEMM, b, N_SGEMM, 0, c, N_SGEMM);
      best = MIN (best, now () - start);
    }
  openblas_set_num_threads (1);
  return 2.0 * N_SGEMM * N_SGEMM * N_SGEMM / best;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Seconds of the next update; ends of epochs are passed over. */
static double
time_update (AnmTrainer *trainer)
{
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      double start = now ();
      AnmTrainerEvent event = anm_trainer_step (trainer, NULL, &error);

      g_assert_no_error (error);
      if (event == ANM_TRAINER_UPDATED)
        return now () - start;
      g_assert (event == ANM_TRAINER_EPOCH_ENDED);
    }
}

static void
print_phases (const Workload *workload, AnmNetwork *network, AnmLossKind loss, const AnmSequences *sequences)
{
  gsize n = anm_network_get_n_parameters (network);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, loss, workload->n_rows, workload->n_steps, TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autofree anm_real *parameters = g_new (anm_real, n), *gradient = g_new0 (anm_real, n);
  g_autofree anm_real *first = g_new0 (anm_real, n), *second = g_new0 (anm_real, n);
  anm_real *const moments[] = { first, second };
  g_autofree guint32 *rows = g_new (guint32, workload->n_rows);
  double best[4] = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE };
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  anm_network_initialize (network, 1, parameters);
  anm_packed_fill (packed, parameters);
  for (guint32 i = 0; i < workload->n_rows; i++)
    rows[i] = i;
  for (guint k = 1; k <= 20; k++)
    {
      double times[5];

      times[0] = now ();
      anm_workspace_load (workspace, sequences, rows, workload->n_rows);
      times[1] = now ();
      anm_workspace_forward (workspace, packed, NULL);
      times[2] = now ();
      anm_workspace_backward (workspace, packed, 1.0 / workload->n_rows, gradient, NULL);
      times[3] = now ();
      anm_adam.update (&hyperparameters, k, n, gradient, moments, parameters);
      anm_packed_fill (packed, parameters);
      times[4] = now ();
      for (guint p = 0; p < 4; p++)
        best[p] = MIN (best[p], times[p + 1] - times[p]);
    }
  printf ("    load %.3f  forward %.3f  backward %.3f  update and repack %.3f ms\n",
          best[0] * 1e3, best[1] * 1e3, best[2] * 1e3, best[3] * 1e3);
}

static void
run_workload (const Workload *workload, guint n_threads, double seconds)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (workload->network, NULL);
  g_autoptr (AnmNetwork) network = anm_network_new (spec, workload->n_inputs, &workload->target, NULL);
  g_autoptr (AnmSequences) sequences = make_data (workload);
  g_autoptr (AnmPool) pool = anm_pool_new (n_threads);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (double));
  AnmHyperparameters hyperparameters;
  double operations = count_operations (network, workload), end, before, best_step = G_MAXDOUBLE, best_sgemm = 0.0;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.batch_size = workload->n_rows;
  hyperparameters.epochs = 100000;
  hyperparameters.learning_rate = 1e-5;
  trainer = anm_trainer_new (network, &hyperparameters, sequences, NULL, NULL, pool, NULL);
  for (guint k = 0; k < MIN_STEPS; k++)
    time_update (trainer);

  before = measure_sgemm (n_threads);
  end = now () + seconds;
  do
    {
      double start = now (), step = G_MAXDOUBLE, after, ratio;

      for (guint k = 0; k < MIN_STEPS || now () < start + SEGMENT_SECONDS; k++)
        step = MIN (step, time_update (trainer));
      after = measure_sgemm (n_threads);
      ratio = operations / step / MAX (before, after);
      g_array_append_val (ratios, ratio);
      best_step = MIN (best_step, step);
      best_sgemm = MAX (best_sgemm, after);
      before = after;
    }
  while (now () < end);

  qsort (ratios->data, ratios->len, sizeof (double), compare_doubles);
  printf ("%s  ratio %.3f  (%u segments, %.3f to %.3f)  best update %.3f ms, %.0f sequences/s, %.1f of %.1f GFLOP/s  %s\n",
          workload->name, g_array_index (ratios, double, ratios->len / 2), ratios->len,
          g_array_index (ratios, double, 0), g_array_index (ratios, double, ratios->len - 1),
          best_step * 1e3, workload->n_rows / best_step, operations / best_step * 1e-9, best_sgemm * 1e-9, workload->network);
  if (n_threads == 1)
    print_phases (workload, network, workload->target.kind == ANM_TARGET_REGRESSION ? ANM_LOSS_MEAN_SQUARED_ERROR
                                     : workload->target.kind == ANM_TARGET_CLASSES  ? ANM_LOSS_CATEGORICAL_CROSS_ENTROPY
                                                                                    : ANM_LOSS_BINARY_CROSS_ENTROPY,
                  sequences);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "all";
  guint n_threads = argc > 2 ? (guint) atoi (argv[2]) : 1;
  double seconds = argc > 3 ? atof (argv[3]) : 5.0;

  anm_pool_enter_computing_thread ();
  count_processor_time = n_threads <= 1;
  printf ("OpenBLAS %s, %u threads\n", openblas_get_corename (), n_threads);
  for (gsize i = 0; i < G_N_ELEMENTS (workloads); i++)
    if (g_str_equal (name, "all") || g_str_equal (name, workloads[i].name))
      run_workload (&workloads[i], MAX (n_threads, 1), seconds);
  return 0;
}
