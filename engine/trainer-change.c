/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include "engine/network-private.h"

#include <glib/gi18n-lib.h>

/*
 * What may change between two updates, and the list of what did: with it, and
 * with nothing else, the same bits come out again.
 */

static void
clear_change (gpointer data)
{
  AnmTrainerChange *change = data;

  g_clear_pointer (&change->rates, g_free);
}

GArray *
_anm_trainer_changes_new (void)
{
  GArray *changes = g_array_new (FALSE, TRUE, sizeof (AnmTrainerChange));

  g_array_set_clear_func (changes, clear_change);
  return changes;
}

/* Writes down what holds from the next update on. Several changes between the same two updates are one. */
static void
record (AnmTrainer *self)
{
  AnmTrainerChange change = {
    .update = self->position.update,
    .learning_rate = self->hyperparameters.learning_rate,
    .schedule = self->hyperparameters.schedule,
    .clip_norm = self->hyperparameters.clip_norm,
    .clip_value = self->hyperparameters.clip_value,
    .epochs = self->hyperparameters.epochs,
    .rates = g_memdup2 (self->rates, self->n_layers * sizeof *self->rates),
  };
  guint n = self->changes->len;

  if (n > 0 && g_array_index (self->changes, AnmTrainerChange, n - 1).update == change.update)
    g_array_remove_index (self->changes, n - 1);
  g_array_append_val (self->changes, change);
}

static gboolean
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER, format, arguments));
  va_end (arguments);
  return FALSE;
}

/**
 * anm_trainer_change:
 * @hyperparameters: as the trainer's own but for learning rate, schedule and
 *   clipping
 *
 * Holds from the next update on and is recorded with the number of the last. A
 * new schedule begins there; a new learning rate leaves the schedule where it
 * is.
 *
 * Returns: whether it could be done, else %ANM_ENGINE_ERROR_HYPERPARAMETER and
 *   nothing has changed
 */
gboolean
anm_trainer_change (AnmTrainer *self, const AnmHyperparameters *hyperparameters, GError **error)
{
  AnmHyperparameters *own = &self->hyperparameters;
  gboolean new_schedule = !anm_schedule_equal (&own->schedule, &hyperparameters->schedule);

  if (!anm_hyperparameters_validate (hyperparameters, error))
    return FALSE;
  if (!anm_hyperparameters_equal_beyond_flight (own, hyperparameters))
    return refuse (error, _("Only the learning rate, its schedule, clipping and dropout can be changed while a run goes on; start a new run for anything else."));
  if (!new_schedule && hyperparameters->learning_rate == own->learning_rate && hyperparameters->clip_norm == own->clip_norm
      && hyperparameters->clip_value == own->clip_value)
    return TRUE;

  *own = *hyperparameters;
  if (new_schedule)
    {
      self->position.schedule_start = self->position.forked_updates + self->position.update;
      anm_plateau_init (&self->position.plateau);
    }
  record (self);
  return TRUE;
}

static const AnmArgument *
find_argument (const AnmLayer *layer, const char *name)
{
  for (guint i = 0; i < layer->klass->n_arguments; i++)
    if (g_str_equal (layer->klass->arguments[i].name, name))
      return &layer->klass->arguments[i];
  return NULL;
}

/* A layer that does nothing but drop calls its share the rate. */
static const char *
get_dropout_name (const AnmLayer *layer)
{
  return find_argument (layer, "rate") != NULL ? "rate" : "dropout";
}

static gboolean
check_rate (const AnmTrainer *self, guint layer, const char *name, double rate, double own, GError **error)
{
  const char *of = anm_network_get_layer_name (self->network, layer);
  const AnmArgument *argument = find_argument (self->network->layers[layer], name);

  if (argument == NULL && rate != own)
    return refuse (error, _("Layer %u, %s, has no %s that could be changed."), layer + 1, of, name);
  if (argument != NULL && !(rate >= argument->minimum && rate <= argument->maximum))
    return refuse (error,
                   /* Translators: "Layer 2, dropout_1: its rate is 1.5; it must be from 0 to 0.95." */
                   _("Layer %u, %s: its %s is %g; it must be from %g to %g."), layer + 1, of, name, rate, argument->minimum, argument->maximum);
  return TRUE;
}

/**
 * anm_trainer_change_dropout:
 * @rates: (array length=n_layers): what each layer drops from the next update on
 *
 * Returns: whether it could be done, else %ANM_ENGINE_ERROR_HYPERPARAMETER and
 *   nothing has changed
 */
gboolean
anm_trainer_change_dropout (AnmTrainer *self, const AnmDropoutRates *rates, GError **error)
{
  gboolean any = FALSE;

  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      const AnmDropoutRates *own = &self->rates[layer];
      const char *name = get_dropout_name (self->network->layers[layer]);

      if (!check_rate (self, layer, name, rates[layer].dropout, own->dropout, error)
          || !check_rate (self, layer, "recurrent_dropout", rates[layer].recurrent_dropout, own->recurrent_dropout, error))
        return FALSE;
      any = any || rates[layer].dropout != own->dropout || rates[layer].recurrent_dropout != own->recurrent_dropout;
    }
  if (!any)
    return TRUE;
  memcpy (self->rates, rates, self->n_layers * sizeof *rates);
  record (self);
  return TRUE;
}

/**
 * anm_trainer_get_dropout:
 * @n_layers: (out) (optional): how many
 *
 * Returns: (transfer none) (array length=n_layers): what each layer drops now;
 *   as the network's text asks for, unless it was changed
 */
const AnmDropoutRates *
anm_trainer_get_dropout (const AnmTrainer *self, guint *n_layers)
{
  if (n_layers != NULL)
    *n_layers = self->n_layers;
  return self->rates;
}

/**
 * anm_trainer_extend:
 * @epochs: that the whole run is to have, more than now
 *
 * Lets a run make more epochs, be it under way or at its end. The bits are those
 * of a run that had so many from the start. That can't be promised, and is
 * refused, where the schedule is laid over the whole run (cosine or one_cycle without epochs=), and where the run
 * ended for another reason than its last epoch, which more epochs wouldn't have changed.
 *
 * Returns: whether it could be done, else %ANM_ENGINE_ERROR_HYPERPARAMETER and
 *   nothing has changed
 */
gboolean
anm_trainer_extend (AnmTrainer *self, guint epochs, GError **error)
{
  AnmHyperparameters extended = self->hyperparameters;
  g_autofree char *schedule = anm_schedule_to_text (&extended.schedule);

  if (epochs <= extended.epochs)
    return refuse (error, _("The run has %u epochs already; more than that are needed to extend it."), extended.epochs);
  if (self->position.phase == ANM_PHASE_FAILED)
    return refuse (error, _("The run failed, so it can't go on: %s"), self->error->message);
  if (self->position.end > ANM_TRAINER_END_EPOCHS)
    return refuse (error, _("The run ended before its last epoch, because it converged or got no better for too long; more epochs would change nothing. Start another run with other settings."));
  if (anm_schedule_spans_run (&extended.schedule))
    return refuse (error, _("The schedule %s was laid over %u epochs, so a longer run would have had other learning rates from the start. Begin a run with %s(epochs=%u) to be able to extend it."),
                   schedule, extended.epochs, extended.schedule.kind == ANM_SCHEDULE_COSINE ? "cosine" : "one_cycle", epochs);
  extended.epochs = epochs;
  if (!anm_hyperparameters_validate (&extended, error))
    return FALSE;

  self->hyperparameters = extended;
  record (self);
  if (self->position.phase == ANM_PHASE_DONE)
    {
      self->position.end = ANM_TRAINER_END_NONE;
      self->position.phase = ANM_PHASE_UPDATES;
      _anm_trainer_begin_epoch (self);
    }
  return TRUE;
}

/**
 * anm_trainer_get_hyperparameters:
 *
 * Returns: (transfer none): those that hold now, changes in flight included
 */
const AnmHyperparameters *
anm_trainer_get_hyperparameters (const AnmTrainer *self)
{
  return &self->hyperparameters;
}

const AnmTrainerChange *
anm_trainer_get_changes (const AnmTrainer *self, guint *n_changes)
{
  *n_changes = self->changes->len;
  return (const AnmTrainerChange *) (gconstpointer) self->changes->data;
}
