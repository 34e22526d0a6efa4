/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * passes [N]
 *
 * What N passes with dropout of one patient cost (100 unless said otherwise), over time as the window shows them, in ms and in
 * minibatches of 32 patients, forwards and backwards with the weights packed: each on one thread, turn by turn, in medians.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/dropout-passes.h"
#include "engine/pool.h"
#include "engine/random.h"
#include "engine/workspace.h"

#define N_STEPS 48
#define N_CHANNELS 31
#define BATCH 32
#define ROUNDS 41

static const char *const networks[] = {
  "gru(32, dropout=0.2, recurrent_dropout=0.2) > dense(1)",
  "gru(128, dropout=0.2, recurrent_dropout=0.2, return_sequences) > gru(64, dropout=0.2, recurrent_dropout=0.2) > dense(1)",
  "lstm(64, dropout=0.2, recurrent_dropout=0.2, bidirectional) > dense(1)",
};

static int
compare (const void *a, const void *b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return (first > second) - (first < second);
}

static AnmSequences *
make_sequences (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  gsize lengths[BATCH];
  AnmColumn columns[N_CHANNELS];
  AnmSequences *sequences;

  for (guint i = 0; i < BATCH; i++)
    lengths[i] = N_STEPS;
  for (guint i = 0; i < N_CHANNELS; i++)
    columns[i] = (AnmColumn){ ANM_COLUMN_VALUE, i };
  sequences = anm_sequences_new (BATCH, lengths, N_CHANNELS, 0, &target);
  anm_sequences_set_columns (sequences, columns, N_CHANNELS);
  for (gsize i = 0; i < (gsize) BATCH * N_STEPS * N_CHANNELS; i++)
    sequences->values[i] = (anm_real) anm_random_normal (1, 1, i);
  for (guint i = 0; i < BATCH; i++)
    sequences->targets[i] = i % 2;
  return sequences;
}

static void
measure (const char *text, guint n_passes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  g_autoptr (AnmSequences) sequences = make_sequences ();
  g_autoptr (AnmNetwork) network = spec != NULL ? anm_network_new (spec, N_CHANNELS, &sequences->target, &error) : NULL;
  g_autofree anm_real *parameters = NULL, *gradient = NULL;
  double passes_ms[ROUNDS], batch_ms[ROUNDS];
  guint32 rows[BATCH];

  if (network == NULL)
    {
      fprintf (stderr, "passes: %s\n", error->message);
      exit (1);
    }
  parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  gradient = g_new0 (anm_real, anm_network_get_n_parameters (network));
  anm_network_initialize (network, 1, parameters);
  for (guint i = 0; i < BATCH; i++)
    rows[i] = i;

  g_autoptr (AnmDropoutPasses) passes = anm_dropout_passes_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY, BATCH, N_STEPS, TRUE);
  AnmDropoutBand band;

  for (guint round = 0; round < ROUNDS; round++)
    {
      gint64 begin = g_get_monotonic_time (), middle;

      anm_packed_fill (packed, parameters);
      anm_workspace_load (workspace, sequences, rows, BATCH);
      anm_workspace_forward (workspace, packed, NULL);
      anm_workspace_backward (workspace, packed, 1.0 / BATCH, gradient, NULL);
      middle = g_get_monotonic_time ();
      anm_dropout_passes_run (passes, parameters, sequences, round % BATCH, TRUE, n_passes, 0, NULL, &band);
      batch_ms[round] = (double) (middle - begin) / 1000;
      passes_ms[round] = (double) (g_get_monotonic_time () - middle) / 1000;
    }
  qsort (passes_ms, ROUNDS, sizeof *passes_ms, compare);
  qsort (batch_ms, ROUNDS, sizeof *batch_ms, compare);
  printf ("%s\n  %u passes: median %.1f ms, fastest %.1f ms; a minibatch of %d: median %.1f ms, fastest %.1f ms; ratio of the fastest %.2f\n", text, n_passes,
          passes_ms[ROUNDS / 2], passes_ms[0], BATCH, batch_ms[ROUNDS / 2], batch_ms[0], passes_ms[0] / batch_ms[0]);
}

int
main (int argc, char *argv[])
{
  int n_passes = argc > 1 ? atoi (argv[1]) : 100;

  anm_pool_enter_computing_thread ();
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    measure (networks[i], (guint) CLAMP (n_passes, 1, ANM_MAX_DROPOUT_PASSES));
  return 0;
}
