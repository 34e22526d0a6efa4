/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/benchmark-private.h"

#include "engine/random.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_SGEMM 2048
#define N_BATCHES 4
#define N_WARM_UP 3
#define MIN_UPDATES 3

static const AnmWorkload workloads[] = {
  { "W1", "lstm(50) > dense(10, activation=softmax)", 28, 28, 128, { ANM_TARGET_CLASSES, 10, FALSE } },
  { "W2", "lstm(128) > dense(10, activation=softmax)", 28, 28, 128, { ANM_TARGET_CLASSES, 10, FALSE } },
  { "W3", "lstm(64, return_sequences) > lstm(32) > dense(1)", 48, 37, 32, { ANM_TARGET_REGRESSION, 1, FALSE } },
  { "W4", "gru(128, return_sequences) > gru(64) > dense(10, activation=softmax)", 48, 76, 64, { ANM_TARGET_CLASSES, 10, FALSE } },
  { "W5", "simple_rnn(32) > dense(1)", 100, 8, 32, { ANM_TARGET_BINARY, 1, FALSE } },
  { "W6", "lstm(512) > dense(1)", 100, 64, 64, { ANM_TARGET_BINARY, 1, FALSE } },
};

struct _AnmBenchmark
{
  const AnmWorkload *workload;
  guint              n_threads;
  AnmPool           *pool;
  AnmTrainer        *trainer;
  double             operations;
  GArray            *ratios;
  double             best_update;
  double             best_sgemm;
  double             last_sgemm;  /* 0 before the first */
  float             *matrices[3]; /* [N_SGEMM][N_SGEMM] */
};

const AnmWorkload *
anm_workloads (guint *n_workloads)
{
  *n_workloads = G_N_ELEMENTS (workloads);
  return workloads;
}

const AnmWorkload *
anm_workload_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (workloads); i++)
    if (g_ascii_strcasecmp (workloads[i].name, name) == 0)
      return &workloads[i];
  return NULL;
}

/* What OpenBLAS and the engine compute with */

const char *
anm_blas_get_core (void)
{
  return openblas_get_corename ();
}

/* The first is the one to ask for; a processor may be taken for any of them. */
static const char *const cores_of_avx512[] = { "SkylakeX", "Cooperlake", "SapphireRapids", NULL };
static const char *const cores_of_avx2[] = { "Haswell", "Zen", NULL };

const char *
anm_blas_get_fitting_core (void)
{
  const char *instructions = anm_instructions_get_name ();
  const char *const *fitting = g_str_equal (instructions, "avx512") ? cores_of_avx512
                               : g_str_equal (instructions, "avx2") ? cores_of_avx2
                                                                    : NULL;

  if (fitting == NULL)
    return NULL;
  for (gsize i = 0; fitting[i] != NULL; i++)
    if (g_ascii_strcasecmp (fitting[i], anm_blas_get_core ()) == 0)
      return NULL;
  return fitting[0];
}

/* Workloads */

AnmNetwork *
_anm_workload_make_network (const AnmWorkload *workload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (workload->network, &error);
  AnmNetwork *network;

  g_assert_no_error (error);
  network = anm_network_new (spec, workload->n_inputs, &workload->target, &error);
  g_assert_no_error (error);
  return network;
}

AnmSequences *
_anm_workload_make_sequences (const AnmWorkload *workload, guint n_batches)
{
  gsize n = (gsize) workload->n_rows * n_batches;
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

AnmLossKind
_anm_workload_get_loss (const AnmWorkload *workload)
{
  return workload->target.kind == ANM_TARGET_REGRESSION ? ANM_LOSS_MEAN_SQUARED_ERROR
         : workload->target.kind == ANM_TARGET_CLASSES  ? ANM_LOSS_CATEGORICAL_CROSS_ENTROPY
                                                        : ANM_LOSS_BINARY_CROSS_ENTROPY;
}

/* A learning rate so small that the weights stay where they are: what is measured doesn't drift. */
AnmTrainer *
_anm_workload_make_trainer (const AnmWorkload *workload, AnmNetwork *network, AnmSequences *sequences, AnmPool *pool)
{
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters;
  AnmTrainer *trainer;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.batch_size = workload->n_rows;
  hyperparameters.epochs = 100000;
  hyperparameters.learning_rate = 1e-5;
  trainer = anm_trainer_new (network, &hyperparameters, sequences, NULL, NULL, pool, &error);
  g_assert_no_error (error);
  return trainer;
}

/* Three products of the size of the forward one, two operations each. */
static double
count_operations (const AnmNetwork *network, const AnmWorkload *workload)
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

/* Measuring */

double
_anm_benchmark_now (gboolean of_processor)
{
  struct timespec time;

  clock_gettime (of_processor ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

int
_anm_compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
now (const AnmBenchmark *self)
{
  return _anm_benchmark_now (self->n_threads == 1);
}

/**
 * anm_benchmark_new:
 * @workload: one of anm_workloads()
 * @n_threads: of the pool, and of sgemm
 *
 * The calling thread becomes one that computes: see
 * anm_pool_enter_computing_thread().
 *
 * Returns: (transfer full): a benchmark that has measured nothing yet
 */
AnmBenchmark *
anm_benchmark_new (const AnmWorkload *workload, guint n_threads)
{
  AnmBenchmark *self = g_new0 (AnmBenchmark, 1);
  g_autoptr (AnmNetwork) network = _anm_workload_make_network (workload);
  g_autoptr (AnmSequences) sequences = _anm_workload_make_sequences (workload, N_BATCHES);

  anm_pool_enter_computing_thread ();
  self->workload = workload;
  self->n_threads = n_threads;
  self->pool = anm_pool_new (n_threads);
  self->trainer = _anm_workload_make_trainer (workload, network, sequences, self->pool);
  self->operations = count_operations (network, workload);
  self->ratios = g_array_new (FALSE, FALSE, sizeof (double));
  self->best_update = G_MAXDOUBLE;
  for (guint k = 0; k < G_N_ELEMENTS (self->matrices); k++)
    {
      self->matrices[k] = g_new (float, N_SGEMM *N_SGEMM);
      for (guint i = 0; i < N_SGEMM * N_SGEMM; i++)
        self->matrices[k][i] = (float) (i % 97) / 97.0f;
    }
  return self;
}

void
anm_benchmark_free (AnmBenchmark *self)
{
  for (guint k = 0; k < G_N_ELEMENTS (self->matrices); k++)
    g_free (self->matrices[k]);
  g_array_unref (self->ratios);
  anm_trainer_free (self->trainer);
  anm_pool_unref (self->pool);
  g_free (self);
}

/* FLOP/s of the better of two calls; 0 if stopped. */
static double
measure_sgemm (AnmBenchmark *self, const int *stop)
{
  double best = G_MAXDOUBLE;

  openblas_set_num_threads ((int) self->n_threads);
  for (guint k = 0; k < 2; k++)
    {
      double start = now (self);

      if (stop != NULL && g_atomic_int_get (stop) != 0)
        break;
      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, N_SGEMM, N_SGEMM, N_SGEMM, 1,
                   self->matrices[0], N_SGEMM, self->matrices[1], N_SGEMM, 0, self->matrices[2], N_SGEMM);
      best = MIN (best, now (self) - start);
    }
  openblas_set_num_threads (1);
  return 2.0 * N_SGEMM * N_SGEMM * N_SGEMM / best;
}

/* Seconds of the next update, negative if stopped; ends of epochs are passed over. */
static double
time_update (AnmBenchmark *self, const int *stop)
{
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      double start = now (self);
      AnmTrainerEvent event = anm_trainer_step (self->trainer, stop, &error);

      g_assert_no_error (error);
      if (event == ANM_TRAINER_UPDATED)
        return now (self) - start;
      if (event == ANM_TRAINER_INTERRUPTED)
        return -1.0;
    }
}

static gboolean
warm_up (AnmBenchmark *self, const int *stop)
{
  for (guint k = 0; k < N_WARM_UP; k++)
    if (time_update (self, stop) < 0.0)
      return FALSE;
  self->last_sgemm = measure_sgemm (self, stop);
  return stop == NULL || g_atomic_int_get (stop) == 0;
}

gboolean
anm_benchmark_run_segment (AnmBenchmark *self, double seconds, const int *stop)
{
  double best = G_MAXDOUBLE, start, after, ratio;

  if (self->last_sgemm == 0.0 && !warm_up (self, stop))
    return FALSE;
  start = now (self);
  for (guint k = 0; k < MIN_UPDATES || now (self) < start + seconds; k++)
    {
      double update = time_update (self, stop);

      if (update < 0.0)
        return FALSE;
      best = MIN (best, update);
    }
  after = measure_sgemm (self, stop);
  if (stop != NULL && g_atomic_int_get (stop) != 0)
    return FALSE;
  ratio = self->operations / best / MAX (self->last_sgemm, after);
  g_array_append_val (self->ratios, ratio);
  self->best_update = MIN (self->best_update, best);
  self->best_sgemm = MAX (self->best_sgemm, MAX (self->last_sgemm, after));
  self->last_sgemm = after;
  return TRUE;
}

gboolean
anm_benchmark_get_figures (const AnmBenchmark *self, AnmBenchmarkFigures *figures)
{
  guint n = self->ratios->len;
  g_autofree double *sorted = g_memdup2 (self->ratios->data, n * sizeof (double));

  if (n == 0)
    return FALSE;
  qsort (sorted, n, sizeof *sorted, _anm_compare_doubles);
  *figures = (AnmBenchmarkFigures){
    .n_segments = n,
    .ratio = n % 2 ? sorted[n / 2] : (sorted[n / 2] + sorted[n / 2 - 1]) / 2.0,
    .lowest_ratio = sorted[0],
    .highest_ratio = sorted[n - 1],
    .operations = self->operations,
    .best_update = self->best_update,
    .samples_per_second = self->workload->n_rows / self->best_update,
    .speed = self->operations / self->best_update,
    .sgemm_speed = self->best_sgemm,
  };
  return TRUE;
}
