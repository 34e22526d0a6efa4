/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/fingerprint.h"

#include <string.h>

/*
 * FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo) over words of 64 bits in place of
 * bytes, with a shift that brings high bits down: the planes of a large cohort
 * are read at the speed of memory.
 */

#define FNV_BASIS G_GUINT64_CONSTANT (0xcbf29ce484222325)
#define FNV_PRIME G_GUINT64_CONSTANT (0x00000100000001b3)

guint64
_anm_fingerprint_begin (void)
{
  return FNV_BASIS;
}

static inline guint64
add_word (guint64 fingerprint, guint64 word)
{
  fingerprint = (fingerprint ^ word) * FNV_PRIME;
  return fingerprint ^ fingerprint >> 29;
}

guint64
_anm_fingerprint_add (guint64 fingerprint, gconstpointer bytes, gsize n_bytes)
{
  const guint8 *place = bytes;
  guint64 word;
  gsize n_rest = n_bytes % sizeof word;

  for (const guint8 *end = place + (n_bytes - n_rest); place < end; place += sizeof word)
    {
      memcpy (&word, place, sizeof word);
      fingerprint = add_word (fingerprint, GUINT64_TO_LE (word));
    }
  word = 0;
  if (n_rest > 0)
    memcpy (&word, place, n_rest);
  return add_word (add_word (fingerprint, GUINT64_TO_LE (word)), n_bytes);
}

/* A plane that isn't there differs from one of any content. */
static guint64
add_plane (guint64 fingerprint, gconstpointer plane, gsize n, gsize size)
{
  return _anm_fingerprint_add (fingerprint, plane, plane != NULL ? n * size : 0);
}

static guint64
add_columns (guint64 fingerprint, const AnmSequences *sequences)
{
  for (guint i = 0; i < sequences->n_columns; i++)
    fingerprint = add_word (fingerprint, (guint64) sequences->columns[i].kind << 32 | sequences->columns[i].index);
  return fingerprint;
}

/**
 * _anm_fingerprint_sequences:
 * @fingerprint: to be added to
 *
 * Adds everything that training or evaluation sees.
 */
guint64
_anm_fingerprint_sequences (guint64 fingerprint, const AnmSequences *sequences)
{
  gsize n = sequences->n_sequences;
  gsize n_steps = sequences->offsets[n];
  gsize n_targets = sequences->target.per_step ? n_steps : n;
  guint n_classes = sequences->target.kind == ANM_TARGET_BINARY ? 2 : sequences->target.n_outputs;

  fingerprint = add_plane (fingerprint, sequences->offsets, n + 1, sizeof *sequences->offsets);
  fingerprint = add_columns (fingerprint, sequences);
  fingerprint = add_plane (fingerprint, sequences->values, n_steps * sequences->n_channels, sizeof (anm_real));
  fingerprint = add_plane (fingerprint, sequences->observed, (n_steps * sequences->n_channels + 7) / 8, 1);
  fingerprint = add_plane (fingerprint, sequences->gaps, n_steps * sequences->n_channels, sizeof (anm_real));
  fingerprint = add_plane (fingerprint, sequences->skip, n_steps, 1);
  if (sequences->token_offsets != NULL)
    {
      fingerprint = add_word (fingerprint, sequences->n_tokens);
      fingerprint = add_plane (fingerprint, sequences->token_offsets, n_steps + 1, sizeof *sequences->token_offsets);
      fingerprint = add_plane (fingerprint, sequences->tokens, sequences->token_offsets[n_steps], sizeof *sequences->tokens);
    }
  fingerprint = add_plane (fingerprint, sequences->statics, n * sequences->n_statics, sizeof (anm_real));
  fingerprint = add_plane (fingerprint, sequences->targets,
                           n_targets * anm_sequences_get_target_width (&sequences->target), sizeof (anm_real));
  fingerprint = add_plane (fingerprint, sequences->target_mask, n_targets, 1);
  fingerprint = add_plane (fingerprint, sequences->weights, n, sizeof (anm_real));
  return add_plane (fingerprint, sequences->class_weights, n_classes, sizeof (double));
}
