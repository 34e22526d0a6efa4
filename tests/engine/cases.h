/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Small networks and batches that several tests share, all from fixed seeds, and
 * rounded to float in both builds, so that they pose the same problem. */

#include "engine/network.h"
#include "engine/random.h"
#include "engine/workspace.h"

typedef enum
{
  SHAPE_FULL,     /* five sequences of six steps */
  SHAPE_RAGGED,   /* five sequences of 1 to 7 steps */
  SHAPE_SKIP,     /* ragged, some steps skipped, also first and last ones */
  SHAPE_ONE_STEP, /* T = 1 */
  SHAPE_ONE_ROW,  /* B = 1 */
  N_SHAPES,
} CaseShape;

static const char *const shape_names[N_SHAPES] = { "full", "ragged", "skip", "one-step", "one-row" };

#define CASE_N_CHANNELS 3
#define CASE_N_TOKENS 7

static inline AnmSequences *
make_batch (CaseShape shape, const AnmTargetShape *target, guint64 seed)
{
  static const gsize lengths[N_SHAPES][5] = { { 6, 6, 6, 6, 6 }, { 3, 7, 1, 7, 4 }, { 3, 7, 2, 7, 4 }, { 1, 1, 1, 1, 1 }, { 6 } };
  gsize n_sequences = shape == SHAPE_ONE_ROW ? 1 : 5;
  AnmSequences *sequences = anm_sequences_new (n_sequences, lengths[shape], CASE_N_CHANNELS, 1, target);
  gsize n_steps = anm_sequences_get_n_steps (sequences);
  gsize n_rows = target->per_step ? n_steps : n_sequences;
  guint width = anm_sequences_get_target_width (target);
  const AnmColumn columns[] = {
    { ANM_COLUMN_VALUE, 0 }, { ANM_COLUMN_VALUE, 1 }, { ANM_COLUMN_VALUE, 2 }, { ANM_COLUMN_STATIC, 0 }
  };

  anm_sequences_set_columns (sequences, columns, G_N_ELEMENTS (columns));
  for (gsize i = 0; i < n_steps * CASE_N_CHANNELS; i++)
    sequences->values[i] = (float) anm_random_normal (seed, 1, i);
  /* Nearly half of the values are measured; the others are what was measured last, as a recipe carries them. */
  sequences->gaps = g_new0 (anm_real, n_steps * CASE_N_CHANNELS);
  sequences->means = g_new0 (anm_real, CASE_N_CHANNELS);
  for (guint c = 0; c < CASE_N_CHANNELS; c++)
    {
      sequences->means[c] = (float) (0.2 * anm_random_normal (seed, 8, c));
      for (gsize i = 0; i < n_steps; i++)
        anm_sequences_set_observed (sequences, i, c, anm_random_below (seed, 7, i * CASE_N_CHANNELS + c, 5) < 2);
      for (gsize n = 0; n < n_sequences; n++)
        for (gsize i = sequences->offsets[n] + 1; i < sequences->offsets[n + 1]; i++)
          {
            gsize at = i * CASE_N_CHANNELS + c;

            sequences->gaps[at] = (anm_real) (0.5 + 0.25 * (double) c);
            if (!anm_sequences_is_observed (sequences, i - 1, c))
              sequences->gaps[at] += sequences->gaps[at - CASE_N_CHANNELS];
          }
    }
  /* Up to three tokens a step. */
  sequences->n_tokens = CASE_N_TOKENS;
  sequences->token_offsets = g_new0 (gsize, n_steps + 1);
  sequences->tokens = g_new0 (guint32, 3 * n_steps);
  for (gsize i = 0; i < n_steps; i++)
    {
      gsize n_tokens = anm_random_below (seed, 9, i, 4), first = sequences->token_offsets[i];

      sequences->token_offsets[i + 1] = first + n_tokens;
      for (gsize k = 0; k < n_tokens; k++)
        sequences->tokens[first + k] = (guint32) anm_random_below (seed, 10, 3 * i + k, CASE_N_TOKENS);
    }
  for (gsize i = 0; i < n_sequences; i++)
    sequences->statics[i] = (float) anm_random_normal (seed, 2, i);
  for (gsize i = 0; i < n_rows * width; i++)
    switch (target->kind)
      {
      case ANM_TARGET_BINARY:
      case ANM_TARGET_LABELS:
        sequences->targets[i] = (anm_real) anm_random_below (seed, 3, i, 2);
        break;
      case ANM_TARGET_CLASSES:
        sequences->targets[i] = (anm_real) anm_random_below (seed, 3, i, target->n_outputs);
        break;
      case ANM_TARGET_SURVIVAL:
        sequences->targets[i] = (anm_real) anm_random_below (seed, 3, i, i % 2 == 0 ? target->n_outputs : 2);
        break;
      case ANM_TARGET_REGRESSION:
      case ANM_TARGET_NONE:
      default:
        sequences->targets[i] = (float) anm_random_normal (seed, 3, i);
        break;
      }

  sequences->weights = g_new0 (anm_real, n_sequences);
  for (gsize i = 0; i < n_sequences; i++)
    sequences->weights[i] = (float) (0.5 + anm_random_uniform (seed, 4, i));
  if (target->kind == ANM_TARGET_BINARY || target->kind == ANM_TARGET_CLASSES)
    anm_sequences_balance_classes (sequences);
  if (target->per_step)
    {
      sequences->target_mask = g_new0 (guint8, n_rows);
      for (gsize i = 0; i < n_rows; i++)
        sequences->target_mask[i] = n_rows == 1 || anm_random_below (seed, 5, i, 4) > 0;
      sequences->target_mask[0] = 1;
    }
  if (shape == SHAPE_SKIP)
    {
      static const guint8 skip[] = { 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0 };

      sequences->skip = g_new0 (guint8, n_steps);
      for (gsize i = 0; i < n_steps; i++)
        sequences->skip[i] = skip[i];
    }
  g_assert_true (anm_sequences_validate (sequences, NULL));
  return sequences;
}

/* A network for the batch and random weights of it; biases aren't zero. */
static inline AnmNetwork *
make_case_network (const char *text, const AnmSequences *sequences, guint64 seed, anm_real **parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmNetwork *network;

  g_assert_no_error (error);
  network = anm_network_new (spec, sequences->n_columns, &sequences->target, &error);
  g_assert_no_error (error);
  *parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    (*parameters)[i] = (float) (0.6 * anm_random_normal (seed, 6, i));
  return network;
}

static inline AnmLossKind
resolve_loss (AnmLossKind loss, const AnmNetwork *network, const AnmTargetShape *target)
{
  g_autoptr (GError) error = NULL;
  AnmLossKind resolved = ANM_LOSS_AUTO;

  g_assert_true (anm_loss_resolve (loss, network, target, &resolved, &error));
  g_assert_no_error (error);
  return resolved;
}

/* Loads all sequences, in order. */
static inline void
load_all (AnmWorkspace *workspace, const AnmSequences *sequences)
{
  g_autofree guint32 *rows = g_new (guint32, sequences->n_sequences);

  for (guint32 i = 0; i < sequences->n_sequences; i++)
    rows[i] = i;
  anm_workspace_load (workspace, sequences, rows, (guint) sequences->n_sequences);
}
