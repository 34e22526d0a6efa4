/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Small sets with an official split. Accuracy on the test part after the last
 * epoch; nothing is selected on it.
 */

/* Japanese vowels (Kudo, Toyama, Shimbo 1999): nine speakers, 12 cepstrum coefficients, 7 to 29 frames. A line is a
 * case: dimensions between colons, numbers between commas, the speaker last. */
static AnmSequences *
parse_vowels (char *text)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_CLASSES, .n_outputs = 9 };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  AnmSequences *sequences;

  for (guint i = 0; lines[i] != NULL; i++)
    if (strchr ("@#", *g_strstrip (lines[i])) == NULL)
      {
        char **fields = g_strsplit (lines[i], ":", -1);
        g_auto (GStrv) frames = g_strsplit (fields[0], ",", -1);
        gsize length = g_strv_length (frames);

        g_assert (g_strv_length (fields) == 13);
        g_ptr_array_add (cases, fields);
        g_array_append_val (lengths, length);
      }
  sequences = anm_sequences_new (cases->len, (const gsize *) (gpointer) lengths->data, 12, 0, &target);
  for (guint n = 0; n < cases->len; n++)
    {
      char **fields = g_ptr_array_index (cases, n);

      sequences->targets[n] = (anm_real) (g_ascii_strtod (fields[12], NULL) - 1.0);
      for (guint c = 0; c < 12; c++)
        {
          g_auto (GStrv) frames = g_strsplit (fields[c], ",", -1);

          g_assert (g_strv_length (frames) == anm_sequences_get_length (sequences, n));
          for (gsize t = 0; frames[t] != NULL; t++)
            sequences->values[(sequences->offsets[n] + t) * 12 + c] = (anm_real) g_ascii_strtod (frames[t], NULL);
        }
    }
  return sequences;
}

/* ECG200 (Olszewski 2001): 96 samples of one heartbeat, 1 = normal, -1 = ischaemia; the class stands first. */
static AnmSequences *
parse_ecg (char *text)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_BINARY, .n_outputs = 1 };
  AnmSequences *sequences = learn_sequences_new (100, 96, 1, &target);
  char *place = text;

  for (gsize n = 0; n < 100; n++)
    {
      sequences->targets[n] = g_ascii_strtod (place, &place) > 0.0 ? 1 : 0;
      for (gsize t = 0; t < 96; t++)
        sequences->values[n * 96 + t] = (anm_real) g_ascii_strtod (place, &place);
    }
  g_assert (*g_strchug (place) == '\0');
  return sequences;
}

static double
run_split (const LearnSetting *setting, const char *training_name, const char *test_name, AnmSequences *(*parse) (char *))
{
  gsize size;
  g_autofree char *training_text = learn_read_file (setting, training_name, &size);
  g_autofree char *test_text = learn_read_file (setting, test_name, &size);
  g_autoptr (AnmSequences) training = parse (training_text);
  g_autoptr (AnmSequences) test = parse (test_text);
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmMetrics last;

  learn_standardise (training, test);
  trainer = learn_train (setting, training, test, &last);
  printf ("%zu of %zu to train, training loss %.5f, ", training->n_sequences, training->n_sequences + test->n_sequences,
          anm_trainer_get_epoch (trainer)->training_loss);
  return last.accuracy;
}

static double
run_vowels (const LearnTask *task, const LearnSetting *setting)
{
  return run_split (setting, "japanese-vowels/JapaneseVowels_TRAIN.ts", "japanese-vowels/JapaneseVowels_TEST.ts", parse_vowels);
}

static double
run_ecg (const LearnTask *task, const LearnSetting *setting)
{
  return run_split (setting, "ecg200/ECG200_TRAIN.txt", "ecg200/ECG200_TEST.txt", parse_ecg);
}

const LearnTask learn_small_tasks[] = {
  { .name = "vowels", .summary = "Japanese vowels, GRU(64) on standardised input: 97 % or more",
    .network = "gru(64) > dense(9, activation=softmax)", .optimizer = ANM_OPTIMIZER_ADAM, .batch_size = 16, .epochs = 50,
    .score = "accuracy", .bar_kind = LEARN_AT_LEAST, .bar = 0.97, .run = run_vowels },
  { .name = "ecg200", .summary = "ECG200, convolution, GRU(64), mean pooling: 85 % or more",
    .network = "conv1d(32, kernel=8, activation=relu) > gru(64, return_sequences) > pooling(mean) > dense(1)", .optimizer = ANM_OPTIMIZER_ADAM,
    .batch_size = 8, .epochs = 200, .score = "accuracy", .bar_kind = LEARN_AT_LEAST, .bar = 0.85, .run = run_ecg },
  { NULL },
};
