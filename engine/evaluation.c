/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/evaluation.h"

#include "engine/workspace-private.h"

#include "engine/flush-to-zero.h"

#include <math.h>

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const gsize *offsets = user_data;
  guint32 first = *(const guint32 *) a, second = *(const guint32 *) b;
  gsize first_length = offsets[first + 1] - offsets[first];
  gsize second_length = offsets[second + 1] - offsets[second];

  if (first_length != second_length)
    return first_length > second_length ? -1 : 1;
  return (first > second) - (first < second);
}

void
_anm_sort_by_length (const AnmSequences *sequences, guint32 *rows, gsize n_rows)
{
  qsort_r (rows, n_rows, sizeof *rows, compare_lengths, sequences->offsets);
}

/* No answers yet; where a sequence is too short for the network it stays so. */
static anm_real *
make_answers (gsize n)
{
  anm_real *answers = g_new (anm_real, n);

  for (gsize i = 0; i < n; i++)
    answers[i] = (anm_real) NAN;
  return answers;
}

/**
 * _anm_evaluation_new:
 * @network: borrowed, must outlive the evaluation
 * @loss: resolved
 * @sequences: borrowed, must outlive the evaluation
 * @chunk_rows: sequences in a chunk at most; the lanes must have room for them
 */
AnmEvaluation *
_anm_evaluation_new (const AnmNetwork *network, AnmLossKind loss, const AnmSequences *sequences, guint chunk_rows)
{
  AnmEvaluation *self = g_new0 (AnmEvaluation, 1);
  gboolean per_step = anm_network_get_per_step (network);
  guint n_outputs = anm_network_get_n_outputs (network);
  gsize n_rows = per_step ? sequences->offsets[sequences->n_sequences] : sequences->n_sequences;

  g_assert (sequences->n_sequences < G_MAXUINT32);
  self->network = network;
  self->sequences = sequences;
  self->predictions = (AnmPredictions){
    .n_rows = n_rows,
    .n_outputs = n_outputs,
    .target = sequences->target,
    .outputs = make_answers (n_rows * n_outputs),
    .loss = (double) NAN,
    .loss_kind = loss,
    .loss_options = ANM_LOSS_OPTIONS_DEFAULT,
  };
  self->chunk_rows = chunk_rows;
  self->n_chunks = (guint) ((sequences->n_sequences + chunk_rows - 1) / chunk_rows);
  self->rows = g_new (guint32, sequences->n_sequences);
  for (gsize i = 0; i < sequences->n_sequences; i++)
    self->rows[i] = (guint32) i;
  _anm_sort_by_length (sequences, self->rows, sequences->n_sequences);
  self->losses = g_new (double, self->n_chunks);
  self->weights = g_new (double, self->n_chunks);
  self->faults = g_new (int, self->n_chunks);
  return self;
}

void
_anm_evaluation_free (AnmEvaluation *self)
{
  g_clear_pointer (&self->scorer, _anm_scorer_free);
  g_free (self->predictions.outputs);
  g_free (self->rows);
  g_free (self->losses);
  g_free (self->weights);
  g_free (self->faults);
  g_free (self);
}

static void
keep_outputs (AnmEvaluation *self, const AnmWorkspace *workspace, const guint32 *rows, guint n_rows)
{
  gboolean per_step = anm_network_get_per_step (self->network);

  for (guint i = 0; i < n_rows; i++)
    {
      gsize row = per_step ? self->sequences->offsets[rows[i]] : rows[i];

      anm_workspace_get_outputs (workspace, i, self->predictions.outputs + row * self->predictions.n_outputs);
    }
}

static void
evaluate_chunk (guint index, guint lane, gpointer data)
{
  AnmEvaluation *self = data;
  guint chunk = self->first + index;
  const guint32 *rows = self->rows + (gsize) chunk * self->chunk_rows;
  guint n_rows = (guint) MIN (self->chunk_rows, self->sequences->n_sequences - (gsize) chunk * self->chunk_rows);
  guint place;
  AnmWorkspace *workspace;

  if (_anm_is_stopped (self->stop))
    {
      atomic_store (&self->stopped, TRUE);
      return;
    }
  workspace = _anm_lanes_take (self->lanes, &place);
  _anm_workspace_set_dropout (workspace, NULL, 0, 0);
  anm_workspace_load (workspace, self->sequences, rows, n_rows);
  if (anm_workspace_forward (workspace, self->packed, self->stop))
    {
      self->losses[chunk] = anm_workspace_get_loss (workspace, &self->weights[chunk]);
      self->faults[chunk] = isfinite (self->losses[chunk]) ? -1 : anm_workspace_find_not_finite (workspace);
      keep_outputs (self, workspace, rows, n_rows);
    }
  else
    atomic_store (&self->stopped, TRUE);
  _anm_lanes_give_back (self->lanes, place);
}

static void
add_losses (AnmEvaluation *self)
{
  double loss = 0.0, weight = 0.0;

  self->faulty_layer = -1;
  for (guint i = 0; i < self->n_chunks; i++)
    {
      if (isfinite (loss) && !isfinite (self->losses[i]))
        self->faulty_layer = self->faults[i];
      loss += self->losses[i];
      weight += self->weights[i];
    }
  self->predictions.loss = weight > 0.0 ? loss / weight : (double) NAN;
}

/**
 * _anm_evaluation_run:
 * @lanes: with room for the evaluation's chunks
 * @stop: (nullable): looked at between time steps
 * @metrics: (nullable): overwritten; the first pass that asks for it makes room
 *
 * Returns: %FALSE if stopped; predictions and metrics are then of no use
 */
gboolean
_anm_evaluation_run (AnmEvaluation *self,
                     AnmLanes *lanes,
                     const AnmPacked *packed,
                     AnmPool *pool,
                     const int *stop,
                     AnmMetrics *metrics)
{
  /* Where all lanes have a workspace, one wave is enough. */
  gboolean watched = self->watch != NULL && self->watch->progress != NULL;
  guint wave = anm_pool_get_n_lanes (pool) <= lanes->n_workspaces && !watched ? MAX (self->n_chunks, 1) : ANM_WAVE;

  self->lanes = lanes;
  self->packed = packed;
  self->stop = stop;
  atomic_store (&self->stopped, FALSE);
  for (self->first = 0; self->first < self->n_chunks; self->first += wave)
    {
      anm_pool_run (pool, MIN (wave, self->n_chunks - self->first), evaluate_chunk, self);
      if (atomic_load (&self->stopped))
        return FALSE;
      if (watched)
        self->watch->progress ((double) MIN (self->first + wave, self->n_chunks) / self->n_chunks, self->watch->data);
    }
  add_losses (self);

  if (metrics != NULL)
    {
      if (self->scorer == NULL)
        self->scorer = _anm_scorer_new (self->sequences, self->predictions.n_outputs, FALSE);
      _anm_scorer_compute (self->scorer, &self->predictions, metrics);
    }
  return TRUE;
}

AnmPredictions *
anm_predict_with_loss (const AnmNetwork *network,
                       const anm_real *parameters,
                       AnmLossKind loss,
                       const AnmLossOptions *options,
                       const AnmSequences *sequences,
                       AnmPool *pool,
                       const int *cancel)
{
  const AnmWatch watch = { .cancel = cancel };

  return anm_predict_watched (network, parameters, loss, options, sequences, pool, &watch);
}

AnmPredictions *
anm_predict (const AnmNetwork *network,
             const anm_real *parameters,
             AnmLossKind loss,
             const AnmSequences *sequences,
             AnmPool *pool,
             const int *cancel)
{
  const AnmLossOptions options = ANM_LOSS_OPTIONS_DEFAULT;

  return anm_predict_with_loss (network, parameters, loss, &options, sequences, pool, cancel);
}

/**
 * anm_predict_watched:
 * @loss: resolved, or auto where @sequences have a target
 * @options: of the loss
 * @cancel: (nullable): atomic; looked at between the time steps of a chunk
 *
 * One forward pass over all @sequences, whose columns must be the network's
 * inputs.
 *
 * Returns: (transfer full) (nullable): what the network says, or %NULL if cancelled
 */
AnmPredictions *
anm_predict_watched (const AnmNetwork *network,
                     const anm_real *parameters,
                     AnmLossKind loss,
                     const AnmLossOptions *options,
                     const AnmSequences *sequences,
                     AnmPool *pool,
                     const AnmWatch *watch)
{
  AnmFloatingMode before = anm_flush_to_zero_begin ();
  gsize max_steps = anm_sequences_get_max_length (sequences);
  AnmLossKind resolved = loss;
  AnmPredictions *predictions = NULL;

  if (loss == ANM_LOSS_AUTO && !anm_loss_resolve (loss, network, &sequences->target, &resolved, NULL))
    g_error ("anm_predict() needs a resolved loss where sequences have no target");

  {
    g_autoptr (AnmPacked) packed = anm_packed_new (network);
    g_autoptr (AnmLanes) lanes = _anm_lanes_new (network, resolved, pool, max_steps, FALSE);
    g_autoptr (AnmEvaluation) self = _anm_evaluation_new (network, resolved, sequences, _anm_lanes_chunk_rows (max_steps));

    _anm_lanes_set_loss_options (lanes, options);
    self->predictions.loss_options = *options;
    anm_packed_fill (packed, parameters);
    self->watch = watch;
    if (_anm_evaluation_run (self, lanes, packed, pool, watch != NULL ? watch->cancel : NULL, NULL))
      {
        predictions = g_new (AnmPredictions, 1);
        *predictions = self->predictions;
        self->predictions.outputs = NULL;
      }
  }
  anm_flush_to_zero_end (before);
  return predictions;
}
