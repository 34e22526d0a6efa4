/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include <math.h>

/*
 * The end of an epoch: whether it was the best, what the schedule makes of it,
 * and whether the run ends with it.
 */

static double
get_judged_loss (const AnmTrainer *self)
{
  return self->evaluation != NULL ? self->epoch_figures.validation.loss : self->epoch_figures.training_loss;
}

void
_anm_trainer_judge_epoch (AnmTrainer *self)
{
  AnmTrainerPosition *position = &self->position;
  double loss = get_judged_loss (self);

  /* A schedule that hasn't governed an update yet, since it was changed just now, has nothing to observe: the list of
   * changes knows updates only, and must tell the whole story. */
  if (position->forked_updates + position->update > position->schedule_start)
    anm_plateau_observe (&position->plateau, &self->hyperparameters.schedule, position->learning_rate, loss);
  self->epoch_figures.best = loss < position->best_loss;
  if (!self->epoch_figures.best)
    return;
  position->best_loss = loss;
  position->best_epoch = position->epoch;
  memcpy (self->best, self->parameters, self->n_parameters * sizeof *self->best);
}

/* Takes the epoch's loss into the window; whether it fell by less than the tolerance since the window's first. */
static gboolean
has_converged (AnmTrainer *self)
{
  AnmTrainerPosition *position = &self->position;
  guint n = self->hyperparameters.convergence_epochs;
  double loss = self->epoch_figures.training_loss + self->epoch_figures.penalty;
  double before = self->recent[0];

  if (position->n_recent < n)
    {
      self->recent[position->n_recent++] = loss;
      return FALSE;
    }
  memmove (self->recent, self->recent + 1, (n - 1) * sizeof *self->recent);
  self->recent[n - 1] = loss;
  return before - loss < self->hyperparameters.convergence * fabs (before);
}

AnmTrainerEnd
_anm_trainer_find_end (AnmTrainer *self)
{
  const AnmTrainerPosition *position = &self->position;
  const AnmHyperparameters *hyperparameters = &self->hyperparameters;
  double norm = position->epoch_norm / self->batches->n_batches;

  if (has_converged (self) && hyperparameters->convergence > 0.0)
    return ANM_TRAINER_END_LOSS;
  if (norm < hyperparameters->gradient_tolerance)
    return ANM_TRAINER_END_GRADIENT;
  if (hyperparameters->patience > 0 && position->epoch - position->best_epoch >= hyperparameters->patience)
    return ANM_TRAINER_END_PATIENCE;
  return position->epoch >= hyperparameters->epochs ? ANM_TRAINER_END_EPOCHS : ANM_TRAINER_END_NONE;
}

void
_anm_trainer_begin_epoch (AnmTrainer *self)
{
  AnmTrainerPosition *position = &self->position;

  position->phase = ANM_PHASE_UPDATES;
  position->epoch++;
  position->batch = 0;
  position->epoch_loss = position->epoch_weight = position->epoch_seconds = 0.0;
  position->epoch_penalty = position->epoch_norm = 0.0;
  memset (self->norm_sums, 0, self->n_layers * sizeof *self->norm_sums);
  _anm_gradient_flow_clear (self->flow_sums);
}

/* Words of the reasons, in the enum's order. */
static const char *const words[] = { "", "epochs", "patience", "loss", "gradient" };

AnmTrainerEnd
anm_trainer_get_end (const AnmTrainer *self)
{
  return self->position.end;
}

const char *
anm_trainer_end_to_string (AnmTrainerEnd end)
{
  g_return_val_if_fail ((guint) end < G_N_ELEMENTS (words), "");
  return words[end];
}

/**
 * anm_trainer_end_from_string:
 * @text: (nullable): one of the words of anm_trainer_end_to_string()
 * @end: (out): untouched if it isn't
 *
 * Returns: whether it is
 */
gboolean
anm_trainer_end_from_string (const char *text, AnmTrainerEnd *end)
{
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], text) == 0)
      {
        *end = (AnmTrainerEnd) i;
        return TRUE;
      }
  return FALSE;
}
