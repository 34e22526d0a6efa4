/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include "engine/flush-to-zero.h"

#include <math.h>

/* Parameters times steps of a pass that costs next to nothing beside the epochs to come: a second at most. */
#define CHEAP_PASS 5e9

static gboolean
is_cheap (const AnmTrainer *self)
{
  return (double) self->n_parameters * (double) anm_sequences_get_n_steps (self->training) <= CHEAP_PASS;
}

/* The loss as it is trained, of the training part; NaN if it isn't finite, which the first update will
 * say more of. Returns %FALSE if stopped. */
static gboolean
evaluate_as_taught (AnmTrainer *self, const int *stop, double *loss)
{
  g_autoptr (AnmEvaluation) evaluation = _anm_evaluation_new (self->taught, self->loss, &self->view, self->batches->chunk_rows);

  if (!_anm_evaluation_run (evaluation, self->lanes, self->packed, self->pool, stop, NULL))
    return FALSE;
  *loss = isfinite (evaluation->predictions.loss) ? evaluation->predictions.loss : (double) NAN;
  return TRUE;
}

static AnmTrainerEvent
evaluate (AnmTrainer *self, const int *stop, GError **error)
{
  g_autoptr (AnmEvaluation) of_training = NULL;
  AnmEpochFigures *figures = &self->epoch_figures;
  AnmEvaluation *evaluation = self->evaluation;
  AnmMetrics metrics;
  double loss = (double) NAN;

  if (evaluation == NULL)
    evaluation = of_training = _anm_evaluation_new (self->network, self->loss, &self->view, self->batches->chunk_rows);
  if (!_anm_evaluation_run (evaluation, _anm_trainer_get_lanes (self), self->packed, self->pool, stop, &metrics))
    return ANM_TRAINER_INTERRUPTED;
  if (!isfinite (metrics.loss))
    return _anm_trainer_fail (self, ANM_NOT_FINITE_EVALUATION, evaluation->faulty_layer, error);
  if (of_training != NULL && self->taught == self->network)
    loss = metrics.loss;
  else if (is_cheap (self) && !evaluate_as_taught (self, stop, &loss))
    return ANM_TRAINER_INTERRUPTED;

  figures->training_loss = loss;
  *(of_training != NULL ? &figures->training : &figures->validation) = metrics;
  for (guint layer = 0; layer < self->n_layers; layer++)
    self->epoch_norms[layer] = (double) NAN;
  _anm_gradient_flow_take_square_roots (self->epoch_flow, self->flow_sums);
  return ANM_TRAINER_EPOCH_ENDED;
}

/**
 * anm_trainer_evaluate_initial:
 * @stop: (nullable): as in anm_trainer_step()
 *
 * Evaluates the initial weights on the validation part, and on the training
 * part if that is cheap or there is no other: the figures of epoch 0, whose
 * training loss is else NaN. Changes nothing that training depends on.
 *
 * Returns: %ANM_TRAINER_EPOCH_ENDED, %ANM_TRAINER_INTERRUPTED, or
 *   %ANM_TRAINER_FAILED with %ANM_ENGINE_ERROR_NOT_FINITE
 */
AnmTrainerEvent
anm_trainer_evaluate_initial (AnmTrainer *self, const int *stop, GError **error)
{
  AnmFloatingMode before;
  AnmTrainerEvent event;

  g_return_val_if_fail (self->position.update == 0, ANM_TRAINER_FAILED);

  before = anm_flush_to_zero_begin ();
  event = evaluate (self, stop, error);
  anm_flush_to_zero_end (before);
  return event;
}
