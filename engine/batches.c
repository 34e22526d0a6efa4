/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/batches.h"

#include "engine/evaluation.h"
#include "engine/random.h"

/* The streams of the epochs' permutations: this plus the epoch. Initial weights
 * have those from 2^32 on. */
#define ORDER_STREAM (G_GUINT64_CONSTANT (1) << 28)

/* A minibatch is cut in two, for two threads, where each half still fills the kernels. */
#define MIN_ROWS_TO_CUT 8

#define WORD_BITS 64

/**
 * _anm_batches_new:
 * @counted: sequences to train on
 * @batch_size: 0 = all
 * @chunk_rows: sequences in a chunk at most
 */
AnmBatches *
_anm_batches_new (const AnmSequences *sequences, const guint32 *counted, gsize n_counted, guint batch_size, guint chunk_rows)
{
  AnmBatches *self = g_new0 (AnmBatches, 1);

  g_assert (n_counted > 0 && n_counted < G_MAXUINT32);
  self->n_sequences = n_counted;
  self->batch_size = batch_size == 0 ? (guint) n_counted : (guint) MIN (batch_size, n_counted);
  self->n_batches = (guint) ((n_counted + self->batch_size - 1) / self->batch_size);
  self->chunk_rows = chunk_rows;
  self->rows = g_new (guint32, self->batch_size);
  self->sorted = g_new (guint32, self->batch_size);
  self->chunk_starts = g_new0 (guint32, self->batch_size / chunk_rows + 4);
  self->by_rank = g_memdup2 (counted, n_counted * sizeof *counted);
  _anm_sort_by_length (sequences, self->by_rank, n_counted);
  self->order = g_new (guint32, n_counted);
  self->marks = g_new0 (guint64, n_counted / WORD_BITS + 1);
  return self;
}

void
_anm_batches_free (AnmBatches *self)
{
  g_free (self->rows);
  g_free (self->sorted);
  g_free (self->chunk_starts);
  g_free (self->by_rank);
  g_free (self->order);
  g_free (self->marks);
  g_free (self);
}

/**
 * _anm_batches_shuffle:
 * @epoch: from 1
 *
 * Draws the epoch's order.
 */
void
_anm_batches_shuffle (AnmBatches *self, guint64 seed, guint epoch)
{
  anm_random_permutation (seed, ORDER_STREAM + epoch, self->order, self->n_sequences);
}

/* Writes the ranks of the minibatch into sorted, rising: marking and sweeping
 * needs no comparison and no memory. */
static void
sort_ranks (AnmBatches *self, const guint32 *ranks, guint n)
{
  guint lowest = G_MAXUINT, highest = 0, n_found = 0;

  for (guint i = 0; i < n; i++)
    {
      guint word = ranks[i] / WORD_BITS;

      self->marks[word] |= G_GUINT64_CONSTANT (1) << (ranks[i] % WORD_BITS);
      lowest = MIN (lowest, word);
      highest = MAX (highest, word);
    }
  for (guint word = lowest; word <= highest; word++)
    {
      for (guint64 bits = self->marks[word]; bits != 0; bits &= bits - 1)
        self->sorted[n_found++] = word * WORD_BITS + (guint32) __builtin_ctzll (bits);
      self->marks[word] = 0;
    }
  g_assert (n_found == n);
}

static guint
count_chunks (const AnmBatches *self, guint n_rows)
{
  guint n_chunks = (n_rows + self->chunk_rows - 1) / self->chunk_rows;

  return n_rows >= MIN_ROWS_TO_CUT ? MAX (n_chunks, 2) : n_chunks;
}

/**
 * _anm_batches_deal:
 * @batch: 0 to n_batches - 1, of the order drawn last
 *
 * Fills rows, n_chunks and chunk_starts.
 */
void
_anm_batches_deal (AnmBatches *self, guint batch)
{
  gsize first = (gsize) batch * self->batch_size;
  guint n_rows = (guint) MIN (self->batch_size, self->n_sequences - first);
  guint place = 0;

  g_assert (batch < self->n_batches);
  sort_ranks (self, self->order + first, n_rows);
  self->n_chunks = count_chunks (self, n_rows);
  for (guint chunk = 0; chunk < self->n_chunks; chunk++)
    {
      self->chunk_starts[chunk] = place;
      for (guint i = chunk; i < n_rows; i += self->n_chunks)
        self->rows[place++] = self->by_rank[self->sorted[i]];
    }
  self->chunk_starts[self->n_chunks] = place;
}
