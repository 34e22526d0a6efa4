/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/instructions.h"
#include "engine/sequences.h"

G_BEGIN_DECLS

/**
 * AnmWorkload:
 * @n_rows: sequences of a minibatch, all of @n_steps steps
 *
 * A network and the shape of its data, by which training speed is measured.
 */
typedef struct
{
  const char    *name;      /* "W1" */
  const char    *network;
  guint          n_steps;
  guint          n_inputs;
  guint          n_rows;
  AnmTargetShape target;
} AnmWorkload;

const AnmWorkload *anm_workloads     (guint *n_workloads);
const AnmWorkload *anm_workload_find (const char *name); /* NULL if there is none */

/**
 * AnmBenchmark:
 *
 * Training speed of a workload as a share of what sgemm does on the same
 * machine in the same moment, so that a busy or throttled machine doesn't
 * matter: each segment of updates is followed by two sgemm calls (n = 2048,
 * same number of threads), and the segment's best update is paired with the
 * better of the calls before and after it. One update is forward,
 * back-propagation through time and Adam over one minibatch of random data; its
 * work is three times that of the forward products.
 *
 * With one thread the seconds are those of the processor, which other programs
 * don't lengthen, else those of the clock.
 */
typedef struct _AnmBenchmark AnmBenchmark;

/**
 * AnmBenchmarkFigures:
 * @ratio: median over the segments of paired ratios; @lowest_ratio and
 *   @highest_ratio tell how far they spread
 * @operations: floating-point operations of an update
 * @best_update: seconds
 * @samples_per_second: sequences, at the best update
 * @speed, @sgemm_speed: operations a second, the best
 */
typedef struct
{
  guint  n_segments;
  double ratio;
  double lowest_ratio;
  double highest_ratio;
  double operations;
  double best_update;
  double samples_per_second;
  double speed;
  double sgemm_speed;
} AnmBenchmarkFigures;

/* Least seconds of one phase over a chunk of the whole minibatch, at one thread. */
typedef struct
{
  double load;
  double forward;
  double backward;
  double update;    /* Adam and repacking of the weights */
} AnmBenchmarkPhases;

/**
 * AnmLatency:
 *
 * Seconds for one sequence, median of many: the answer alone; the answer with
 * every state and gate at each step; these with the gradients, their norms at
 * each step and the prediction over time.
 */
typedef struct
{
  double forward;
  double seen;
  double seen_with_gradients;
} AnmLatency;

AnmBenchmark *anm_benchmark_new          (const AnmWorkload *workload,
                                          guint n_threads);
void          anm_benchmark_free         (AnmBenchmark *self);
/* Updates for at least @seconds, then sgemm. The first call warms up before. @stop: nullable atomic int.
 * FALSE if it was found set: the segment doesn't count. */
gboolean      anm_benchmark_run_segment  (AnmBenchmark *self,
                                          double seconds,
                                          const int *stop);
/* FALSE if there was no segment yet. */
gboolean      anm_benchmark_get_figures  (const AnmBenchmark *self,
                                          AnmBenchmarkFigures *figures);

void          anm_benchmark_measure_phases  (const AnmWorkload *workload,
                                          AnmBenchmarkPhases *phases);
void          anm_benchmark_measure_latency (const AnmWorkload *workload,
                                          AnmLatency *latency);
/* By how much the median update is longer because gradient norms by time step are kept, e.g. 0.01; trainers with
 * and without take turns update by update for @seconds. NaN if @stop was found set. */
double        anm_benchmark_measure_introspection (const AnmWorkload *workload,
                                          guint n_threads,
                                          double seconds,
                                          const int *stop);

/* What OpenBLAS takes the processor for: "SkylakeX". */
const char   *anm_blas_get_core          (void);
/* What it should take it for, to use the instructions that the engine uses; NULL if it does. */
const char   *anm_blas_get_fitting_core  (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmBenchmark, anm_benchmark_free)

G_END_DECLS
