/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/random.h"
#include "engine/trainer.h"

/* Ragged sequences for tests of the trainer: the class is the sign of the
 * first channel's first value; all else is noise. */
static inline AnmSequences *
make_sequences (gsize n_sequences, gsize min_length, gsize max_length, guint64 seed)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_BINARY, .n_outputs = 1 };
  g_autofree gsize *lengths = g_new (gsize, n_sequences + 1);
  AnmSequences *sequences;

  for (gsize n = 0; n < n_sequences; n++)
    lengths[n] = min_length + anm_random_below (seed, 1, n, max_length - min_length + 1);
  sequences = anm_sequences_new (n_sequences, lengths, 3, 0, &target);
  for (gsize i = 0; i < sequences->offsets[n_sequences] * 3; i++)
    sequences->values[i] = (anm_real) anm_random_normal (seed, 2, i);
  for (gsize n = 0; n < n_sequences; n++)
    {
      anm_real *first = &sequences->values[sequences->offsets[n] * 3];

      sequences->targets[n] = (anm_real) (n % 2);
      *first = n % 2 ? ABS (*first) : -ABS (*first);
    }
  return sequences;
}

/* Marks half of the values as measured, and how long ago each channel was; a step lasts 0.5. */
static inline void
mark_measured (AnmSequences *sequences, guint64 seed)
{
  guint n_channels = sequences->n_channels;

  sequences->gaps = g_new0 (anm_real, anm_sequences_get_n_steps (sequences) * n_channels);
  for (gsize i = 0; i < anm_sequences_get_n_steps (sequences); i++)
    for (guint c = 0; c < n_channels; c++)
      anm_sequences_set_observed (sequences, i, c, anm_random_below (seed, 3, i * n_channels + c, 2) == 1);
  for (gsize n = 0; n < sequences->n_sequences; n++)
    for (gsize i = sequences->offsets[n] + 1; i < sequences->offsets[n + 1]; i++)
      for (guint c = 0; c < n_channels; c++)
        sequences->gaps[i * n_channels + c] = (anm_real) 0.5 + (anm_sequences_is_observed (sequences, i - 1, c) ? 0 : sequences->gaps[(i - 1) * n_channels + c]);
}

/* None to two of five tokens at each step. */
static inline void
add_tokens (AnmSequences *sequences, guint64 seed)
{
  gsize n_steps = anm_sequences_get_n_steps (sequences);

  sequences->n_tokens = 5;
  sequences->token_offsets = g_new0 (gsize, n_steps + 1);
  sequences->tokens = g_new0 (guint32, 2 * n_steps);
  for (gsize i = 0; i < n_steps; i++)
    {
      gsize n = anm_random_below (seed, 4, i, 3);

      for (gsize k = 0; k < n; k++)
        sequences->tokens[sequences->token_offsets[i] + k] = (guint32) anm_random_below (seed, 5, 2 * i + k, 5);
      sequences->token_offsets[i + 1] = sequences->token_offsets[i] + n;
    }
}

static inline AnmNetwork *
make_network (const char *text, const AnmSequences *sequences)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmNetwork *network;

  g_assert_no_error (error);
  network = anm_network_new (spec, sequences->n_columns, &sequences->target, &error);
  g_assert_no_error (error);
  return network;
}

static inline AnmTrainer *
make_trainer (AnmNetwork *network, const AnmHyperparameters *hyperparameters, AnmSequences *training, AnmSequences *validation, AnmPool *pool)
{
  g_autoptr (GError) error = NULL;
  AnmTrainer *trainer = anm_trainer_new (network, hyperparameters, training, validation, NULL, pool, &error);

  g_assert_no_error (error);
  return trainer;
}

static inline AnmTrainerEvent
make_step (AnmTrainer *trainer, const int *stop)
{
  g_autoptr (GError) error = NULL;
  AnmTrainerEvent event = anm_trainer_step (trainer, stop, &error);

  g_assert_no_error (error);
  return event;
}

/* Steps until the end of the epoch at hand, or of the run. */
static inline AnmTrainerEvent
finish_epoch (AnmTrainer *trainer)
{
  AnmTrainerEvent event;

  do
    event = make_step (trainer, NULL);
  while (event == ANM_TRAINER_UPDATED);
  return event;
}
