/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include "engine/flush-to-zero.h"
#include "engine/network-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define UNDEFINED ((double) NAN)

/* Making and freeing */

static gboolean
has_own_class_weights (const AnmTrainer *self)
{
  return self->hyperparameters.balanced_classes || self->hyperparameters.n_class_weights > 0;
}

/* The training part as this trainer sees it: all arrays are borrowed, but the
 * class weights may be its own. */
static void
make_view (AnmTrainer *self)
{
  const AnmHyperparameters *hyperparameters = &self->hyperparameters;

  self->view = *self->training;
  if (!has_own_class_weights (self))
    return;
  self->view.class_weights = NULL;
  if (hyperparameters->balanced_classes)
    anm_sequences_balance_classes (&self->view);
  else
    self->view.class_weights = g_memdup2 (hyperparameters->class_weights,
                                          hyperparameters->n_class_weights * sizeof *hyperparameters->class_weights);
}

static void
make_batches (AnmTrainer *self, guint chunk_rows)
{
  gsize n_counted;
  g_autofree guint32 *counted = _anm_list_counted (&self->view, &n_counted);

  self->batches = _anm_batches_new (&self->view, counted, n_counted, self->hyperparameters.batch_size, chunk_rows);
}

static void
make_vectors (AnmTrainer *self, const anm_real *parameters)
{
  gsize n = self->n_parameters;

  self->parameters = g_new0 (anm_real, n);
  if (parameters != NULL)
    memcpy (self->parameters, parameters, n * sizeof *parameters);
  else
    anm_network_initialize (self->network, self->hyperparameters.seed, self->parameters);
  self->previous = g_memdup2 (self->parameters, n * sizeof *self->parameters);
  self->best = g_memdup2 (self->parameters, n * sizeof *self->parameters);
  self->optimizer = anm_optimizer_get (self->hyperparameters.optimizer);
  self->n_moments = self->optimizer->count_moments (&self->hyperparameters);
  for (guint i = 0; i < self->n_moments; i++)
    {
      anm_real initial = (anm_real) anm_optimizer_get_initial_moment (self->optimizer, &self->hyperparameters, i);

      self->moments[i] = g_new (anm_real, n);
      for (gsize k = 0; k < n; k++)
        self->moments[i][k] = initial;
    }
}

static void
make_figures (AnmTrainer *self)
{
  guint n_steps = (guint) anm_sequences_get_max_length (self->training);

  self->recent = g_new0 (double, self->hyperparameters.convergence_epochs);
  self->norm_sums = g_new0 (double, self->n_layers);
  self->update_norms = g_new0 (double, self->n_layers);
  self->epoch_norms = g_new0 (double, self->n_layers);
  self->flow_sums = _anm_gradient_flow_new (self->network, n_steps);
  self->epoch_flow = _anm_gradient_flow_new (self->network, n_steps);
  self->update_figures = (AnmUpdateFigures){ .n_layers = self->n_layers, .layer_norms = self->update_norms };
  self->epoch_figures = (AnmEpochFigures){
    .training_loss = UNDEFINED,
    .n_layers = self->n_layers,
    .layer_norms = self->epoch_norms,
    .n_steps = n_steps,
    .gradient_by_step = self->epoch_flow->by_step,
    .gradient_before_end = self->epoch_flow->before_end,
  };
  _anm_metrics_clear (&self->epoch_figures.training);
  _anm_metrics_clear (&self->epoch_figures.validation);
}

static void
make_lanes (AnmTrainer *self, gsize max_steps)
{
  const AnmHyperparameters *hyperparameters = &self->hyperparameters;
  gboolean deep = hyperparameters->deep_supervision > 0.0;

  self->taught = deep ? _anm_network_new_per_step (self->network) : anm_network_ref (self->network);
  self->lanes = _anm_lanes_new (self->taught, self->loss, self->pool, max_steps, TRUE);
  _anm_lanes_set_loss_options (self->lanes, &hyperparameters->loss_options);
  _anm_lanes_set_training (self->lanes, hyperparameters);
  if (!deep)
    return;
  self->own_lanes = _anm_lanes_new (self->network, self->loss, self->pool, max_steps, FALSE);
  _anm_lanes_set_loss_options (self->own_lanes, &hyperparameters->loss_options);
}

/* For evaluation: of the network as it answers. */
AnmLanes *
_anm_trainer_get_lanes (const AnmTrainer *self)
{
  return self->own_lanes != NULL ? self->own_lanes : self->lanes;
}

static gboolean
has_counted (const AnmSequences *sequences)
{
  gsize n_counted = 0;
  g_autofree guint32 *counted = NULL;

  if (sequences == NULL || sequences->target.kind == ANM_TARGET_NONE || sequences->targets == NULL)
    return FALSE;
  counted = _anm_list_counted (sequences, &n_counted);
  return n_counted > 0;
}

static gsize
find_max_steps (const AnmTrainer *self)
{
  gsize training = anm_sequences_get_max_length (self->training);

  return self->validation == NULL ? training : MAX (training, anm_sequences_get_max_length (self->validation));
}

/**
 * anm_trainer_new:
 * @parameters: (nullable): initial weights [n_parameters], copied; %NULL draws
 *   them from the seed
 * @validation: (nullable): judges each epoch; without a target that counts in
 *   it, the training loss does
 *
 * With balanced classes the training loss weighs classes by inverse frequency;
 * the validation loss stays as it is.
 *
 * Returns: (transfer full) (nullable): a trainer before its first update, or
 *   %NULL with the reason: %ANM_ENGINE_ERROR_DATA,
 *   %ANM_ENGINE_ERROR_HYPERPARAMETER or %ANM_ENGINE_ERROR_NETWORK
 */
AnmTrainer *
anm_trainer_new (AnmNetwork *network,
                 const AnmHyperparameters *hyperparameters,
                 AnmSequences *training,
                 AnmSequences *validation,
                 const anm_real *parameters,
                 AnmPool *pool,
                 GError **error)
{
  AnmTrainer *self;
  AnmLossKind loss;
  gsize max_steps;

  if (!_anm_check_trainable (network, hyperparameters, training, validation, error)
      || !anm_loss_resolve (hyperparameters->loss, network, &training->target, &loss, error))
    return NULL;

  self = g_new0 (AnmTrainer, 1);
  self->network = anm_network_ref (network);
  self->hyperparameters = *hyperparameters;
  self->loss = loss;
  self->training = anm_sequences_ref (training);
  if (has_counted (validation))
    self->validation = anm_sequences_ref (validation);
  self->pool = anm_pool_ref (pool);
  self->n_parameters = anm_network_get_n_parameters (network);
  self->n_layers = anm_network_get_n_layers (network);
  self->position = (AnmTrainerPosition){ .epoch = 1, .best_loss = INFINITY };
  anm_plateau_init (&self->position.plateau);
  self->changes = _anm_trainer_changes_new ();

  make_view (self);
  make_vectors (self, parameters);
  make_figures (self);
  max_steps = find_max_steps (self);
  make_batches (self, _anm_lanes_chunk_rows (max_steps));
  make_lanes (self, max_steps);
  self->packed = anm_packed_new (network);
  anm_packed_fill (self->packed, self->parameters);
  self->gradient = _anm_gradient_new (self->taught, &self->view, pool, self->lanes);
  if (hyperparameters->truncation_k1 > 0)
    _anm_gradient_allow_passes (self->gradient);
  self->rates = g_new0 (AnmDropoutRates, self->n_layers);
  for (guint layer = 0; layer < self->n_layers; layer++)
    self->rates[layer] = network->layers[layer]->rates;
  self->gradient->rates = self->rates;
  self->gradient->seed = hyperparameters->seed;
  _anm_gradient_set_penalty (self->gradient, &self->hyperparameters, self->parameters);
  self->segment_faults = g_new0 (guint8, self->gradient->n_segments);
  self->segment_clipped = g_new0 (gsize, self->gradient->n_segments);
  if (self->validation != NULL)
    {
      self->evaluation = _anm_evaluation_new (network, loss, self->validation, _anm_lanes_chunk_rows (max_steps));
      self->evaluation->predictions.loss_options = hyperparameters->loss_options;
      self->evaluation->scorer = _anm_scorer_new (self->validation, anm_network_get_n_outputs (network), FALSE);
    }
  return self;
}

void
anm_trainer_free (AnmTrainer *self)
{
  g_clear_pointer (&self->evaluation, _anm_evaluation_free);
  _anm_gradient_free (self->gradient);
  anm_packed_free (self->packed);
  _anm_lanes_free (self->lanes);
  g_clear_pointer (&self->own_lanes, _anm_lanes_free);
  anm_network_unref (self->taught);
  _anm_batches_free (self->batches);
  _anm_gradient_flow_free (self->flow_sums);
  _anm_gradient_flow_free (self->epoch_flow);
  for (guint i = 0; i < self->n_moments; i++)
    g_free (self->moments[i]);
  g_free (self->parameters);
  g_free (self->previous);
  g_free (self->best);
  g_free (self->recent);
  g_free (self->norm_sums);
  g_free (self->update_norms);
  g_free (self->epoch_norms);
  g_free (self->rates);
  g_free (self->segment_faults);
  g_free (self->segment_clipped);
  g_array_unref (self->changes);
  g_clear_error (&self->error);
  if (has_own_class_weights (self))
    g_free (self->view.class_weights);
  anm_sequences_unref (self->training);
  g_clear_pointer (&self->validation, anm_sequences_unref);
  anm_network_unref (self->network);
  anm_pool_unref (self->pool);
  g_free (self);
}

/* One update */

/* Ends the run. Parameters go back to the last ones with which a whole
 * minibatch was finite: those before the update that did the damage. */
AnmTrainerEvent
_anm_trainer_fail (AnmTrainer *self, AnmNotFinite what, int layer, GError **error)
{
  self->error = _anm_not_finite_error (self, what, layer);
  memcpy (self->parameters, self->previous, self->n_parameters * sizeof *self->parameters);
  self->position.phase = ANM_PHASE_FAILED;
  g_propagate_error (error, g_error_copy (self->error));
  return ANM_TRAINER_FAILED;
}

static void
update_segment (guint index, gpointer data)
{
  AnmTrainer *self = data;
  const AnmSegment *segment = &self->gradient->segments[index];
  anm_real *gradient = self->gradient->gradient + segment->first;
  anm_real *parameters = self->parameters + segment->first;
  anm_real *moments[ANM_OPTIMIZER_MAX_MOMENTS] = { NULL };
  gboolean finite;

  if (segment->frozen)
    return;
  for (guint i = 0; i < self->n_moments; i++)
    moments[i] = self->moments[i] + segment->first;
  memcpy (self->previous + segment->first, parameters, segment->n * sizeof *parameters);

  if (self->clip_scale < 1.0)
    anm_scale (gradient, segment->n, self->clip_scale);
  self->segment_clipped[index] = 0;
  if (self->hyperparameters.clip_value > 0.0)
    self->segment_clipped[index] = anm_clip_value (gradient, segment->n, self->hyperparameters.clip_value);

  anm_optimizer_update (self->optimizer, &self->effective, self->position.forked_updates + self->position.update + 1, segment->n, gradient, moments, parameters);

  /* A moment that overflowed would hold its weight still for ever, unseen. */
  finite = anm_all_finite (parameters, segment->n);
  for (guint i = 0; i < self->n_moments; i++)
    finite = finite && anm_all_finite (moments[i], segment->n);
  self->segment_faults[index] = !finite;
}

/* The learning rate of the update at hand. */
static double
find_learning_rate (const AnmTrainer *self)
{
  const AnmTrainerPosition *position = &self->position;
  const AnmHyperparameters *hyperparameters = &self->hyperparameters;
  const AnmScheduleClock clock = {
    .update = position->forked_updates + position->update - position->schedule_start,
    .n_updates_per_epoch = self->batches->n_batches,
    .n_epochs = position->forked_epochs + hyperparameters->epochs - (double) position->schedule_start / self->batches->n_batches,
  };

  return anm_schedule_get_rate (&hyperparameters->schedule, hyperparameters->learning_rate, &clock, &position->plateau);
}

/* Returns the first layer that isn't finite, or -1. */
static int
apply_gradient (AnmTrainer *self, gboolean *clipped)
{
  AnmGradient *gradient = self->gradient;

  self->effective = self->hyperparameters;
  self->effective.learning_rate = find_learning_rate (self);
  self->clip_scale = anm_clip_norm_scale (gradient->norm, self->hyperparameters.clip_norm);
  _anm_gradient_for_segments (gradient, update_segment, self);
  *clipped = self->clip_scale < 1.0;
  for (guint i = 0; i < gradient->n_segments; i++)
    {
      *clipped |= self->segment_clipped[i] > 0;
      if (self->segment_faults[i])
        return (int) gradient->segments[i].layer;
    }
  return -1;
}

static void
record_update (AnmTrainer *self, gboolean clipped)
{
  const AnmGradient *gradient = self->gradient;
  AnmTrainerPosition *position = &self->position;

  self->update_figures.update = position->update;
  self->update_figures.epoch = position->epoch;
  self->update_figures.loss = gradient->loss / gradient->weight;
  self->update_figures.penalty = gradient->penalty;
  self->update_figures.learning_rate = position->learning_rate = self->effective.learning_rate;
  self->update_figures.gradient_norm = gradient->norm;
  self->update_figures.clipped = clipped;
  position->epoch_loss += gradient->loss;
  position->epoch_weight += gradient->weight;
  position->epoch_penalty += gradient->penalty;
  position->epoch_norm += gradient->norm;
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      self->update_norms[layer] = gradient->layer_norms[layer];
      self->norm_sums[layer] += gradient->layer_norms[layer];
    }
  if (gradient->watching)
    _anm_gradient_flow_add (self->flow_sums, gradient->flow);
}

static AnmTrainerEvent
make_update (AnmTrainer *self, const int *stop, GError **error)
{
  AnmTrainerPosition *position = &self->position;
  gboolean clipped;
  int faulty_layer;

  if (self->shuffled_epoch != position->epoch)
    {
      _anm_batches_shuffle (self->batches, self->hyperparameters.seed, position->forked_epochs + position->epoch);
      self->shuffled_epoch = position->epoch;
    }
  _anm_batches_deal (self->batches, position->batch);
  self->gradient->update = position->forked_updates + position->update + 1;
  switch (_anm_gradient_compute (self->gradient, self->packed, self->batches, stop))
    {
    case ANM_GRADIENT_STOPPED:
      return ANM_TRAINER_INTERRUPTED;
    case ANM_GRADIENT_LOSS_NOT_FINITE:
      return _anm_trainer_fail (self, ANM_NOT_FINITE_LOSS, self->gradient->faulty_layer, error);
    case ANM_GRADIENT_NOT_FINITE:
      return _anm_trainer_fail (self, ANM_NOT_FINITE_GRADIENT, self->gradient->faulty_layer, error);
    case ANM_GRADIENT_DONE:
    default:
      break;
    }

  faulty_layer = apply_gradient (self, &clipped);
  if (faulty_layer >= 0)
    return _anm_trainer_fail (self, ANM_NOT_FINITE_PARAMETERS, faulty_layer, error);
  anm_packed_fill (self->packed, self->parameters);
  position->update++;
  record_update (self, clipped);
  position->batch++;
  if (position->batch == self->batches->n_batches)
    position->phase = ANM_PHASE_EVALUATION;
  return ANM_TRAINER_UPDATED;
}

/* End of an epoch */

static void
record_epoch (AnmTrainer *self)
{
  const AnmTrainerPosition *position = &self->position;
  AnmEpochFigures *figures = &self->epoch_figures;

  figures->epoch = position->epoch;
  figures->update = position->update;
  figures->training_loss = position->epoch_loss / position->epoch_weight;
  figures->penalty = position->epoch_penalty / self->batches->n_batches;
  figures->learning_rate = position->learning_rate;
  _anm_metrics_clear (&figures->training);
  figures->training.n_rows = self->batches->n_sequences;
  figures->training.loss = figures->training_loss;
  for (guint layer = 0; layer < self->n_layers; layer++)
    self->epoch_norms[layer] = self->norm_sums[layer] / self->batches->n_batches;
  _anm_gradient_flow_take_square_roots (self->epoch_flow, self->flow_sums);
}

static AnmTrainerEvent
end_epoch (AnmTrainer *self, gint64 start, const int *stop, GError **error)
{
  AnmTrainerPosition *position = &self->position;

  if (self->evaluation != NULL)
    {
      if (!_anm_evaluation_run (self->evaluation, _anm_trainer_get_lanes (self), self->packed, self->pool, stop, &self->epoch_figures.validation))
        return ANM_TRAINER_INTERRUPTED;
      if (!isfinite (self->epoch_figures.validation.loss))
        return _anm_trainer_fail (self, ANM_NOT_FINITE_EVALUATION, self->evaluation->faulty_layer, error);
    }
  record_epoch (self);
  _anm_trainer_judge_epoch (self);
  self->epoch_figures.seconds = position->epoch_seconds + (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;

  position->end = _anm_trainer_find_end (self);
  if (position->end != ANM_TRAINER_END_NONE)
    {
      position->phase = ANM_PHASE_DONE;
      return ANM_TRAINER_DONE;
    }
  _anm_trainer_begin_epoch (self);
  return ANM_TRAINER_EPOCH_ENDED;
}

static AnmTrainerEvent
step (AnmTrainer *self, gint64 start, const int *stop, GError **error)
{
  switch (self->position.phase)
    {
    case ANM_PHASE_UPDATES:
      return make_update (self, stop, error);
    case ANM_PHASE_EVALUATION:
      return end_epoch (self, start, stop, error);
    case ANM_PHASE_FAILED:
      g_propagate_error (error, g_error_copy (self->error));
      return ANM_TRAINER_FAILED;
    case ANM_PHASE_DONE:
    default:
      return ANM_TRAINER_DONE;
    }
}

/**
 * anm_trainer_step:
 * @stop: (nullable): atomic int, 1 = stop; looked at between the time steps of
 *   a chunk
 *
 * Makes the next minibatch's update, or the evaluation that ends the epoch.
 *
 * A run ends after its last epoch; after @patience epochs without a better
 * validation loss; when the training loss with its penalty, against that of @convergence_epochs
 * epochs before, fell by less than the share @convergence of it; or when the
 * mean over an epoch's updates of the gradient's norm is below @gradient_tolerance.
 *
 * Returns: what it was; on %ANM_TRAINER_FAILED @error is
 *   %ANM_ENGINE_ERROR_NOT_FINITE
 */
AnmTrainerEvent
anm_trainer_step (AnmTrainer *self, const int *stop, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  AnmFloatingMode before;
  AnmTrainerEvent event;

  if (_anm_is_stopped (stop) && self->position.phase < ANM_PHASE_DONE)
    return ANM_TRAINER_INTERRUPTED;
  before = anm_flush_to_zero_begin ();
  event = step (self, start, stop, error);
  anm_flush_to_zero_end (before);
  if (event == ANM_TRAINER_UPDATED || event == ANM_TRAINER_INTERRUPTED)
    self->position.epoch_seconds += (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return event;
}

/* Getters */

const AnmUpdateFigures *
anm_trainer_get_update (const AnmTrainer *self)
{
  return &self->update_figures;
}

const AnmEpochFigures *
anm_trainer_get_epoch (const AnmTrainer *self)
{
  return &self->epoch_figures;
}

AnmNetwork *
anm_trainer_get_network (const AnmTrainer *self)
{
  return self->network;
}

guint
anm_trainer_get_n_updates_per_epoch (const AnmTrainer *self)
{
  return self->batches->n_batches;
}

const anm_real *
anm_trainer_get_parameters (const AnmTrainer *self)
{
  return self->parameters;
}

/**
 * anm_trainer_get_best_parameters:
 * @epoch: (out) (optional): whose they are, 0 before the first has ended
 *
 * Returns: (transfer none): the parameters of the epoch with the best loss
 */
const anm_real *
anm_trainer_get_best_parameters (const AnmTrainer *self, guint *epoch)
{
  if (epoch != NULL)
    *epoch = self->position.best_epoch;
  return self->best;
}
