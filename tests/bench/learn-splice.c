/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include <stdio.h>
#include <string.h>

/*
 * Splice junctions (UCI; Towell, Shavlik, Noordewier 1990): 60 bases around the
 * place in question; donor, acceptor or neither. Five folds, accuracy over all
 * of them; sequences that occur more than once are in one fold, or the answer
 * would be known from training. Nothing is selected on a fold. A softmax
 * regression reaches 95.6 %.
 */

#define N_FOLDS 5
#define LENGTH 60
#define FOLD_SEED 31900

/* What a letter may stand for: A, C, G, T and the ambiguity codes of the file. */
static const char *
get_bases (char letter)
{
  switch (letter)
    {
    case 'A': return "A";
    case 'C': return "C";
    case 'G': return "G";
    case 'T': return "T";
    case 'N': return "ACGT";
    case 'D': return "AGT";
    case 'R': return "AG";
    case 'S': return "CG";
    default:
      g_error ("There is no base %c", letter);
    }
}

static guint
get_class (const char *word)
{
  return g_str_equal (word, "EI") ? 0 : g_str_equal (word, "IE") ? 1 : 2;
}

/* @folds: (out): of each sequence */
static AnmSequences *
read_junctions (const LearnSetting *setting, guint **folds)
{
  static const char letters[] = "ACGT";
  const AnmTargetShape target = { .kind = ANM_TARGET_CLASSES, .n_outputs = 3 };
  gsize size;
  g_autofree char *text = learn_read_file (setting, "splice-junction/splice.data", &size);
  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);
  guint n = g_strv_length (lines), n_groups[3] = { 0 };
  g_autofree guint32 *order = g_new (guint32, n);
  g_autoptr (GHashTable) fold_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  AnmSequences *sequences = learn_sequences_new (n, LENGTH, 4, &target);

  *folds = g_new (guint, n);
  anm_random_permutation (FOLD_SEED, 22, order, n);
  for (guint k = 0; k < n; k++)
    {
      guint i = order[k];
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
      const char *bases = g_strstrip (fields[2]);
      guint class = get_class (g_strstrip (fields[0]));
      gpointer fold;

      g_assert (strlen (bases) == LENGTH);
      sequences->targets[i] = (anm_real) class;
      for (guint t = 0; t < LENGTH; t++)
        {
          const char *possible = get_bases (bases[t]);

          for (const char *base = possible; *base != '\0'; base++)
            sequences->values[((gsize) i * LENGTH + t) * 4 + (gsize) (strchr (letters, *base) - letters)] = (anm_real) (1.0 / (double) strlen (possible));
        }
      if (!g_hash_table_lookup_extended (fold_of, bases, NULL, &fold))
        {
          fold = GUINT_TO_POINTER (n_groups[class]++ % N_FOLDS);
          g_hash_table_insert (fold_of, g_strdup (bases), fold);
        }
      (*folds)[i] = GPOINTER_TO_UINT (fold);
    }
  return sequences;
}

static double
run_splice (const LearnTask *task, const LearnSetting *setting)
{
  static AnmSequences *all;
  static guint *folds;
  double right = 0.0;

  if (all == NULL)
    all = read_junctions (setting, &folds);
  for (guint fold = 0; fold < N_FOLDS; fold++)
    {
      g_autofree guint32 *rows = g_new (guint32, all->n_sequences);
      gsize n_trained = 0, n_tested = all->n_sequences;
      g_autoptr (AnmSequences) training = NULL, test = NULL;
      g_autoptr (AnmTrainer) trainer = NULL;
      AnmMetrics last;

      for (guint32 i = 0; i < all->n_sequences; i++)
        rows[folds[i] == fold ? --n_tested : n_trained++] = i;
      training = learn_take (all, rows, n_trained);
      test = learn_take (all, rows + n_tested, all->n_sequences - n_tested);
      trainer = learn_train (setting, training, test, &last);
      printf ("%.4f ", last.accuracy);
      right += last.accuracy * (double) test->n_sequences;
    }
  printf ("all ");
  return right / (double) all->n_sequences;
}

const LearnTask learn_splice_tasks[] = {
  { .name = "splice", .summary = "Splice junctions, five folds, convolution and bidirectional GRU(32): 94.5 % or more",
    .network = "conv1d(64, kernel=9, strides=3, activation=relu) > gru(32, bidirectional, dropout=0.5) > dense(3, activation=softmax)",
    .optimizer = ANM_OPTIMIZER_ADAM, .batch_size = 32, .epochs = 25, .score = "accuracy",
    .bar_kind = LEARN_AT_LEAST, .bar = 0.945, .run = run_splice },
  { NULL },
};
