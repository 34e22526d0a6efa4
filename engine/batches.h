/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sequences.h"

G_BEGIN_DECLS

/**
 * AnmBatches:
 * @n_batches: minibatches of an epoch; the last may be smaller
 * @n_chunks: of the minibatch at hand
 * @rows: the minibatch at hand, chunk after chunk
 * @chunk_starts: [n_chunks + 1] places in @rows
 *
 * Which sequences make up each minibatch of each epoch, and how a minibatch is
 * cut into chunks: a random permutation of the epoch, from seed and epoch
 * alone; within a minibatch sequences are sorted by length and dealt to the
 * chunks like cards, so that chunks take equally long. Nothing depends on the
 * number of threads. Allocates nothing after it was made.
 */
typedef struct
{
  gsize    n_sequences;
  guint    n_batches;
  guint    batch_size;
  guint    chunk_rows;
  guint    n_chunks;
  guint32 *rows;          /* [batch_size] */
  guint32 *chunk_starts;

  guint32 *by_rank;       /* [n_sequences] those that count, longest first */
  guint32 *order;         /* [n_sequences] permutation of ranks */
  guint64 *marks;         /* bit per rank: in the minibatch */
  guint32 *sorted;        /* [batch_size] */
} AnmBatches;

AnmBatches *_anm_batches_new     (const AnmSequences *sequences,
                                  const guint32 *counted,
                                  gsize n_counted,
                                  guint batch_size,
                                  guint chunk_rows);
void        _anm_batches_free    (AnmBatches *self);
void        _anm_batches_shuffle (AnmBatches *self,
                                  guint64 seed,
                                  guint epoch);
void        _anm_batches_deal    (AnmBatches *self,
                                  guint batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmBatches, _anm_batches_free)

G_END_DECLS
