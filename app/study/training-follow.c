/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "app/study/study-private.h"
#include "app/study/training-private.h"

/*
 * The study is what people edit, and undo; a training that follows it turns each edit that can act in flight into a change from the
 * next update on. Undoing needs nothing more: the study becomes what it was, which is one more edit to follow.
 */

/* Only what an edit changed is passed on: a run that goes on may be at other settings than the study. */
static void
follow_hyperparameters (AnmTraining *self)
{
  const AnmHyperparameters now = *anm_study_get_hyperparameters (self->study), before = self->seen;
  AnmHyperparameters change = self->wanted[0];

  /* The learning rate of another optimiser is that one's own, and waits with it. */
  if (self->state == ANM_TRAINING_ENDED || now.optimizer != change.optimizer)
    return;
  self->seen = now;
  if (now.learning_rate != before.learning_rate)
    change.learning_rate = now.learning_rate;
  if (now.clip_norm != before.clip_norm)
    change.clip_norm = now.clip_norm;
  if (now.clip_value != before.clip_value)
    change.clip_value = now.clip_value;
  if (!anm_schedule_equal (&now.schedule, &before.schedule))
    change.schedule = now.schedule;
  if (!anm_hyperparameters_equal (&change, &self->wanted[0]))
    anm_training_change_all (self, &change);
}

/* A layer that does nothing but drop calls its share the rate; NaN: it drops nothing. */
static const char *const shares[] = { "dropout", "rate", "recurrent_dropout" };

static double
get_rate (const AnmLayerSpec *layer,
          const char *name)
{
  const double rate = anm_layer_spec_get (layer, name);

  return isnan (rate) ? 0 : rate;
}

static void
take_shares (AnmLayerSpec *layer,
             const AnmLayerSpec *from)
{
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      const double rate = anm_layer_spec_get (from, shares[i]);

      if (!isnan (rate) && !isnan (anm_layer_spec_get (layer, shares[i])))
        anm_layer_spec_set (layer, shares[i], rate, NULL);
    }
  /* How many tokens there are was counted when the run began. */
  if (anm_layer_spec_get (layer, "tokens") == 0)
    anm_layer_spec_set (layer, "tokens", anm_layer_spec_get (from, "tokens"), NULL);
}

gboolean
anm_training_has_network (AnmTraining *self,
                          const AnmNetworkSpec *spec)
{
  const AnmNetworkSpec *own;
  g_autoptr (AnmNetworkSpec) same = NULL;

  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);
  g_return_val_if_fail (spec != NULL, FALSE);

  own = anm_network_get_spec (anm_run_get_network (g_ptr_array_index (self->runs, 0)));
  if (spec->n_layers != own->n_layers)
    return FALSE;
  same = anm_network_spec_copy (spec);
  for (guint i = 0; i < own->n_layers; i++)
    if (same->layers[i]->klass == own->layers[i]->klass)
      take_shares (same->layers[i], own->layers[i]);
  return anm_network_spec_equal (same, own);
}

static AnmDropoutRates *
read_rates (AnmTraining *self)
{
  const AnmNetworkSpec *spec = anm_study_get_network (self->study);
  AnmDropoutRates *rates;

  if (!anm_training_has_network (self, spec))
    return NULL;
  rates = g_new0 (AnmDropoutRates, MAX (spec->n_layers, 1));
  for (guint i = 0; i < spec->n_layers; i++)
    rates[i] = (AnmDropoutRates) { get_rate (spec->layers[i], "dropout") + get_rate (spec->layers[i], "rate"),
                                   get_rate (spec->layers[i], "recurrent_dropout") };
  return rates;
}

/* The weights are the run's own; only what is dropped can come along. */
static void
follow_network (AnmTraining *self)
{
  const guint n_layers = anm_network_get_n_layers (anm_run_get_network (g_ptr_array_index (self->runs, 0)));
  g_autofree AnmDropoutRates *rates = NULL;
  gboolean same = TRUE;

  if (self->state == ANM_TRAINING_ENDED)
    return;
  rates = read_rates (self);
  if (rates == NULL)
    return;
  for (guint i = 0; i < n_layers && self->seen_rates != NULL; i++)
    same = same && rates[i].dropout == self->seen_rates[i].dropout && rates[i].recurrent_dropout == self->seen_rates[i].recurrent_dropout;
  if (self->seen_rates == NULL || !same)
    for (guint arm = 0; arm < self->runs->len; arm++)
      anm_training_change_dropout (self, arm, rates, n_layers);
  g_free (self->seen_rates);
  self->seen_rates = g_steal_pointer (&rates);
}

void
anm_training_follow_study (AnmTraining *self)
{
  g_return_if_fail (ANM_IS_TRAINING (self));
  g_return_if_fail (self->following[0] == 0);

  self->seen = *anm_study_get_hyperparameters (self->study);
  self->seen_rates = read_rates (self);
  self->following[0] = g_signal_connect_swapped (self->study, "notify::hyperparameters", G_CALLBACK (follow_hyperparameters), self);
  self->following[1] = g_signal_connect_swapped (self->study, "notify::network-text", G_CALLBACK (follow_network), self);
}
