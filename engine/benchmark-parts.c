/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/benchmark-private.h"

#include "engine/optimizer.h"
#include "engine/probe.h"
#include "engine/trainer-private.h"
#include "engine/workspace-private.h"

#include <math.h>
#include <stdlib.h>

/* Phases, latency and the price of introspection */

#define N_PHASES 20
#define N_PATIENTS 201

void
anm_benchmark_measure_phases (const AnmWorkload *workload, AnmBenchmarkPhases *phases)
{
  g_autoptr (AnmNetwork) network = _anm_workload_make_network (workload);
  g_autoptr (AnmSequences) sequences = _anm_workload_make_sequences (workload, 1);
  gsize n = anm_network_get_n_parameters (network);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, _anm_workload_get_loss (workload), workload->n_rows, workload->n_steps, TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autofree anm_real *parameters = g_new (anm_real, n), *gradient = g_new0 (anm_real, n);
  g_autofree anm_real *first = g_new0 (anm_real, n), *second = g_new0 (anm_real, n);
  anm_real *const moments[] = { first, second };
  g_autofree guint32 *rows = g_new (guint32, workload->n_rows);
  AnmHyperparameters hyperparameters;

  anm_pool_enter_computing_thread ();
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  anm_network_initialize (network, 1, parameters);
  anm_packed_fill (packed, parameters);
  for (guint32 i = 0; i < workload->n_rows; i++)
    rows[i] = i;
  *phases = (AnmBenchmarkPhases){ G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE };
  for (guint k = 1; k <= N_PHASES; k++)
    {
      double times[5];

      times[0] = _anm_benchmark_now (TRUE);
      anm_workspace_load (workspace, sequences, rows, workload->n_rows);
      times[1] = _anm_benchmark_now (TRUE);
      anm_workspace_forward (workspace, packed, NULL);
      times[2] = _anm_benchmark_now (TRUE);
      anm_workspace_backward (workspace, packed, 1.0 / workload->n_rows, gradient, NULL);
      times[3] = _anm_benchmark_now (TRUE);
      anm_adam.update (&hyperparameters, k, n, gradient, moments, parameters);
      anm_packed_fill (packed, parameters);
      times[4] = _anm_benchmark_now (TRUE);
      phases->load = MIN (phases->load, times[1] - times[0]);
      phases->forward = MIN (phases->forward, times[2] - times[1]);
      phases->backward = MIN (phases->backward, times[3] - times[2]);
      phases->update = MIN (phases->update, times[4] - times[3]);
    }
}

static double
take_median (double *values, gsize n)
{
  qsort (values, n, sizeof *values, _anm_compare_doubles);
  return values[n / 2];
}

static double
measure_forward (const AnmWorkload *workload, const AnmNetwork *network, const AnmSequences *sequences, const anm_real *parameters)
{
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, _anm_workload_get_loss (workload), 1, workload->n_steps, FALSE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autofree anm_real *outputs = g_new (anm_real, anm_network_get_n_outputs (network));
  double times[N_PATIENTS];

  anm_packed_fill (packed, parameters);
  for (guint k = 0; k < N_PATIENTS; k++)
    {
      guint32 patient = k % (guint32) sequences->n_sequences;
      double start = _anm_benchmark_now (FALSE);

      anm_workspace_load (workspace, sequences, &patient, 1);
      anm_workspace_forward (workspace, packed, NULL);
      anm_workspace_get_outputs (workspace, 0, outputs);
      times[k] = _anm_benchmark_now (FALSE) - start;
    }
  return take_median (times, N_PATIENTS);
}

static double
measure_probe (const AnmWorkload *workload, AnmNetwork *network, const AnmSequences *sequences, const anm_real *parameters, gboolean gradients)
{
  g_autoptr (AnmProbe) probe = anm_probe_new (network, _anm_workload_get_loss (workload));
  double times[N_PATIENTS];
  guint n_outputs;

  for (guint k = 0; k < N_PATIENTS; k++)
    {
      double start = _anm_benchmark_now (FALSE);

      anm_probe_run (probe, parameters, sequences, k % sequences->n_sequences, gradients);
      if (gradients)
        anm_probe_get_prediction (probe, &n_outputs);
      times[k] = _anm_benchmark_now (FALSE) - start;
    }
  return take_median (times, N_PATIENTS);
}

void
anm_benchmark_measure_latency (const AnmWorkload *workload, AnmLatency *latency)
{
  g_autoptr (AnmNetwork) network = _anm_workload_make_network (workload);
  g_autoptr (AnmSequences) sequences = _anm_workload_make_sequences (workload, 1);
  g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (network));

  anm_pool_enter_computing_thread ();
  anm_network_initialize (network, 1, parameters);
  latency->forward = measure_forward (workload, network, sequences, parameters);
  latency->seen = measure_probe (workload, network, sequences, parameters, FALSE);
  latency->seen_with_gradients = measure_probe (workload, network, sequences, parameters, TRUE);
}

/* From now on g_t isn't taken. */
static void
stop_watching (AnmTrainer *trainer)
{
  trainer->gradient->watching = FALSE;
  for (guint i = 0; i < trainer->lanes->n_workspaces; i++)
    _anm_workspace_stop_watching (trainer->lanes->workspaces[i]);
}

/* One update of each; a pair counts only if neither ended an epoch. */
static gboolean
time_pair (AnmTrainer *const trainers[2], gboolean of_processor, double times[2], const int *stop)
{
  gboolean updated = TRUE;

  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (GError) error = NULL;
      double start = _anm_benchmark_now (of_processor);

      updated &= anm_trainer_step (trainers[k], stop, &error) == ANM_TRAINER_UPDATED;
      times[k] = _anm_benchmark_now (of_processor) - start;
      g_assert_no_error (error);
    }
  return updated;
}

double
anm_benchmark_measure_introspection (const AnmWorkload *workload, guint n_threads, double seconds, const int *stop)
{
  g_autoptr (AnmNetwork) network = _anm_workload_make_network (workload);
  g_autoptr (AnmSequences) sequences = _anm_workload_make_sequences (workload, 4);
  g_autoptr (AnmPool) pool = anm_pool_new (n_threads);
  g_autoptr (AnmTrainer) watched = _anm_workload_make_trainer (workload, network, sequences, pool);
  g_autoptr (AnmTrainer) unwatched = _anm_workload_make_trainer (workload, network, sequences, pool);
  g_autoptr (GArray) costs = g_array_new (FALSE, FALSE, sizeof (double));
  double end = _anm_benchmark_now (FALSE) + seconds;

  anm_pool_enter_computing_thread ();
  stop_watching (unwatched);
  for (guint k = 0; costs->len < 3 || _anm_benchmark_now (FALSE) < end; k++)
    {
      /* Who goes first takes turns too. */
      AnmTrainer *const pair[2] = { k % 2 ? unwatched : watched, k % 2 ? watched : unwatched };
      double times[2], cost;

      if (stop != NULL && g_atomic_int_get (stop) != 0)
        return (double) NAN;
      if (!time_pair (pair, n_threads == 1, times, stop))
        continue;
      cost = k % 2 ? times[1] / times[0] - 1.0 : times[0] / times[1] - 1.0;
      g_array_append_val (costs, cost);
    }
  return take_median ((double *) (gpointer) costs->data, costs->len);
}
