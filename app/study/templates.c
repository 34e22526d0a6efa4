/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/templates.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const AnmTemplate templates[] = {
  {
      .name = "stacked-lstm",
      .label = N_ ("Two LSTM layers"),
      .summary = N_ ("Two LSTM layers, the second on the hidden states of the first, trained with mean squared error and Adam."),
      .text = "lstm(64, return_sequences) > lstm(32) > dense(1)",
      .loss = ANM_LOSS_MEAN_SQUARED_ERROR,
      .optimizer = ANM_OPTIMIZER_ADAM,
      .batch_size = 32,
  },
  {
      .name = "simple-rnn",
      .label = N_ ("Simple recurrent network"),
      .summary = N_ ("One simple recurrent layer; its last hidden state decides."),
      .text = "simple_rnn(32) > dense(1)",
      .loss = ANM_LOSS_AUTO,
      .optimizer = ANM_OPTIMIZER_ADAM,
      .batch_size = 32,
  },
  {
      .name = "stacked-gru",
      .label = N_ ("Two GRU layers, classes"),
      .summary = N_ ("Two GRU layers and a softmax over the classes."),
      .text = "gru(128, return_sequences) > gru(64) > dense(10, activation=softmax)",
      .loss = ANM_LOSS_AUTO,
      .optimizer = ANM_OPTIMIZER_ADAM,
      .batch_size = 32,
  },
  {
      .name = "lstm-classes",
      .label = N_ ("One LSTM layer, classes"),
      .summary = N_ ("One LSTM layer and a softmax over the classes, in batches of 128."),
      .text = "lstm(50) > dense(10, activation=softmax)",
      .loss = ANM_LOSS_AUTO,
      .optimizer = ANM_OPTIMIZER_ADAM,
      .batch_size = 128,
  },
};

const AnmTemplate *
anm_templates (guint *n_templates)
{
  *n_templates = G_N_ELEMENTS (templates);
  return templates;
}

const AnmTemplate *
anm_template_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    if (strcmp (templates[i].name, name) == 0)
      return &templates[i];
  return NULL;
}

AnmNetworkSpec *
anm_template_make_network (const AnmTemplate *self,
                           const AnmTargetShape *target)
{
  g_autoptr (GError) error = NULL;
  AnmNetworkSpec *spec = anm_network_spec_parse (self->text, &error);

  g_assert_no_error (error);
  if (target->kind != ANM_TARGET_NONE)
    anm_network_spec_fit_output (spec, target);
  return spec;
}

void
anm_template_set_hyperparameters (const AnmTemplate *self,
                                  const AnmTargetShape *target,
                                  AnmHyperparameters *hyperparameters)
{
  anm_hyperparameters_set_optimizer (hyperparameters, self->optimizer);
  hyperparameters->batch_size = self->batch_size;
  /* Classes are indices: their squared difference means nothing. */
  hyperparameters->loss = target->kind == ANM_TARGET_CLASSES || target->kind == ANM_TARGET_LABELS || target->kind == ANM_TARGET_SURVIVAL
                            ? ANM_LOSS_AUTO
                            : self->loss;
}
