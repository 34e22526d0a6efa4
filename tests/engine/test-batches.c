/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/batches.h"

#include "engine/lanes.h"
#include "tests/engine/trainer-cases.h"

static AnmBatches *
make_batches (const AnmSequences *sequences, gsize n_counted, guint batch_size, guint chunk_rows)
{
  g_autofree guint32 *counted = g_new (guint32, n_counted);

  for (gsize i = 0; i < n_counted; i++)
    counted[i] = (guint32) (sequences->n_sequences - 1 - i); /* any order, perhaps not all */
  return _anm_batches_new (sequences, counted, n_counted, batch_size, chunk_rows);
}

/* An epoch deals each sequence once. Chunks are of nearly equal size, at most
 * chunk_rows, each sorted by length; steps are spread evenly. */
static void
check_epoch (AnmBatches *batches, const AnmSequences *sequences, gsize n_counted)
{
  g_autofree guint *seen = g_new0 (guint, sequences->n_sequences);

  for (guint batch = 0; batch < batches->n_batches; batch++)
    {
      guint n_rows, smallest = G_MAXUINT, largest = 0;

      _anm_batches_deal (batches, batch);
      n_rows = batches->chunk_starts[batches->n_chunks];
      g_assert_cmpuint (n_rows, ==, MIN (batches->batch_size, n_counted - (gsize) batch * batches->batch_size));
      if (n_rows >= 8)
        g_assert_cmpuint (batches->n_chunks, >=, 2);
      for (guint chunk = 0; chunk < batches->n_chunks; chunk++)
        {
          guint start = batches->chunk_starts[chunk], end = batches->chunk_starts[chunk + 1];

          smallest = MIN (smallest, end - start);
          largest = MAX (largest, end - start);
          for (guint i = start; i < end; i++)
            {
              seen[batches->rows[i]]++;
              if (i > start)
                g_assert_cmpuint (anm_sequences_get_length (sequences, batches->rows[i - 1]), >=,
                                  anm_sequences_get_length (sequences, batches->rows[i]));
            }
        }
      g_assert_cmpuint (largest, <=, batches->chunk_rows);
      g_assert_cmpuint (largest - smallest, <=, 1);
    }
  for (gsize n = 0; n < sequences->n_sequences; n++)
    g_assert_cmpuint (seen[n], ==, n >= sequences->n_sequences - n_counted ? 1 : 0);
}

static void
test_each_sequence_once (void)
{
  const guint batch_sizes[] = { 0, 1, 2, 7, 8, 32, 33, 100, 511, 512, 513, 5000 };
  g_autoptr (AnmSequences) sequences = make_sequences (1000, 1, 30, 3);

  for (gsize i = 0; i < G_N_ELEMENTS (batch_sizes); i++)
    for (guint chunk_rows = 1; chunk_rows <= 32; chunk_rows += 31)
      {
        g_autoptr (AnmBatches) batches = make_batches (sequences, 700, batch_sizes[i], chunk_rows);

        for (guint epoch = 1; epoch <= 3; epoch++)
          {
            _anm_batches_shuffle (batches, 1, epoch);
            check_epoch (batches, sequences, 700);
          }
      }
}

/* The minibatches are those of the permutation, sorted only within. */
static void
test_order (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (320, 1, 30, 3);
  g_autoptr (AnmBatches) first = make_batches (sequences, 320, 32, 32);
  g_autoptr (AnmBatches) second = make_batches (sequences, 320, 32, 32);
  guint n_same_epoch = 0, n_same_batch = 0;
  double length_of_first = 0.0;

  _anm_batches_shuffle (first, 5, 1);
  _anm_batches_shuffle (second, 5, 2);
  for (gsize i = 0; i < 320; i++)
    n_same_epoch += first->order[i] == second->order[i];
  g_assert_cmpuint (n_same_epoch, <, 20);
  _anm_batches_shuffle (second, 6, 1);
  for (gsize i = 0; i < 320; i++)
    n_same_batch += first->order[i] == second->order[i];
  g_assert_cmpuint (n_same_batch, <, 20);
  _anm_batches_shuffle (second, 5, 1);
  g_assert_cmpmem (first->order, 320 * sizeof (guint32), second->order, 320 * sizeof (guint32));

  /* No minibatch prefers long sequences: mean length of the first over many epochs. */
  for (guint epoch = 1; epoch <= 400; epoch++)
    {
      _anm_batches_shuffle (first, 5, epoch);
      _anm_batches_deal (first, 0);
      for (guint i = 0; i < 32; i++)
        length_of_first += (double) anm_sequences_get_length (sequences, first->rows[i]) / (400.0 * 32.0);
    }
  g_assert_cmpfloat_with_epsilon (length_of_first, (double) anm_sequences_get_n_steps (sequences) / 320.0, 5.0 * 8.7 / 113.0);
}

static void
test_chunk_rows (void)
{
  g_assert_cmpuint (_anm_lanes_chunk_rows (1), ==, 32);
  g_assert_cmpuint (_anm_lanes_chunk_rows (2048), ==, 32);
  g_assert_cmpuint (_anm_lanes_chunk_rows (10000), ==, 6);
  g_assert_cmpuint (_anm_lanes_chunk_rows (1000000), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batches/each-sequence-once", test_each_sequence_once);
  g_test_add_func ("/batches/order", test_order);
  g_test_add_func ("/batches/chunk-rows", test_chunk_rows);
  return g_test_run ();
}
