/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include <math.h>
#include <stdio.h>

/*
 * Tasks whose answer lies far back. Every training sequence is seen once, so
 * one epoch is a stream of fresh minibatches; a test set that is never trained
 * on is judged every TEST_EVERY updates.
 */

#define TEST_EVERY 25
#define BATCH 64

typedef struct
{
  double first_hit;  /* updates until the test loss was under the mark, infinite if never */
  double lowest;
  double last;
} Course;

static double
test_loss (const AnmTrainer *trainer, const AnmSequences *test, AnmLossKind loss, AnmPool *pool)
{
  g_autoptr (AnmPredictions) predictions = anm_predict (anm_trainer_get_network (trainer), anm_trainer_get_parameters (trainer),
                                                        loss, test, pool, NULL);

  return predictions->loss;
}

/* Trains for the one epoch that @training holds, or until the test loss is under @mark if @stop_there. */
static Course
follow (const LearnSetting *setting, AnmSequences *training, AnmSequences *test, double mark, gboolean stop_there)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmTrainer) trainer = learn_trainer_new (setting, training, NULL);
  AnmLossKind loss = training->target.kind == ANM_TARGET_REGRESSION ? ANM_LOSS_MEAN_SQUARED_ERROR : ANM_LOSS_CATEGORICAL_CROSS_ENTROPY;
  Course course = { (double) INFINITY, (double) INFINITY, (double) NAN };
  AnmTrainerEvent event = ANM_TRAINER_UPDATED;

  for (guint update = 1; event == ANM_TRAINER_UPDATED && !(stop_there && isfinite (course.first_hit)); update++)
    {
      event = anm_trainer_step (trainer, NULL, &error);
      if (event == ANM_TRAINER_FAILED)
        g_error ("%s", error->message);
      if (event != ANM_TRAINER_UPDATED || update % TEST_EVERY != 0)
        continue;
      course.last = test_loss (trainer, test, loss, setting->pool);
      course.lowest = MIN (course.lowest, course.last);
      if (course.last < mark && !isfinite (course.first_hit))
        course.first_hit = update;
      if (setting->verbose)
        g_printerr ("update %u: test loss %.6f\n", update, course.last);
    }
  return course;
}

/* Hochreiter, Schmidhuber 1997; Le, Jaitly, Hinton 2015: a number from [0, 1) and a flag at each step; one flag is in
 * the first half, one in the second; the answer is the sum of the two flagged numbers. Always saying 1 has an error of
 * 1/6. */
static AnmSequences *
make_adding (gsize n, gsize length, guint64 seed)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_REGRESSION, .n_outputs = 1 };
  AnmSequences *sequences = learn_sequences_new (n, length, 2, &target);

  for (gsize i = 0; i < n * length; i++)
    sequences->values[2 * i] = (anm_real) anm_random_uniform (seed, 11, i);
  for (gsize i = 0; i < n; i++)
    {
      gsize first = i * length + anm_random_below (seed, 12, i, length / 2);
      gsize second = i * length + length / 2 + anm_random_below (seed, 13, i, length - length / 2);

      sequences->values[2 * first + 1] = sequences->values[2 * second + 1] = 1;
      sequences->targets[i] = sequences->values[2 * first] + sequences->values[2 * second];
    }
  return sequences;
}

static Course
follow_adding (const LearnSetting *setting, gsize length, guint n_updates, gboolean stop_there)
{
  LearnSetting once = *setting;
  guint64 seed = setting->hyperparameters.seed;
  g_autoptr (AnmSequences) training = make_adding ((gsize) n_updates * setting->hyperparameters.batch_size, length, seed);
  g_autoptr (AnmSequences) test = make_adding (1000, length, seed + 1000000);

  once.hyperparameters.epochs = 1;
  return follow (&once, training, test, 0.01, stop_there);
}

/* The score: updates until the mean squared error was first under 0.01. */
static double
run_adding (const LearnTask *task, const LearnSetting *setting)
{
  gsize length = g_str_has_suffix (task->name, "200") ? 200 : 100;
  Course course = follow_adding (setting, length, (guint) task->bar, TRUE);

  printf ("lowest mean squared error %.5f, ", course.lowest);
  return course.first_hit;
}

/* The score: the lowest error within 4000 updates, for what doesn't learn it. */
static double
run_adding_lowest (const LearnTask *task, const LearnSetting *setting)
{
  Course course = follow_adding (setting, 100, 4000, FALSE);

  printf ("last mean squared error %.5f, ", course.last);
  return course.lowest;
}

/* Hochreiter, Schmidhuber 1997; Arjovsky, Shah, Bengio 2016: ten symbols of eight, then blanks, a call @delay steps
 * later, and the ten are to be said again; blanks are to be answered with blanks. Without memory nothing beats
 * 10 ln 8 / (delay + 20). */
#define N_COPIED 10
#define N_SYMBOLS 8
#define BLANK 8
#define CALL 9

static AnmSequences *
make_copy (gsize n, gsize delay, guint64 seed)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_CLASSES, .n_outputs = N_SYMBOLS + 1, .per_step = TRUE };
  gsize length = delay + 2 * N_COPIED;
  AnmSequences *sequences = learn_sequences_new (n, length, CALL + 1, &target);

  for (gsize i = 0; i < n; i++)
    for (gsize t = 0; t < length; t++)
      {
        gsize step = i * length + t;
        guint symbol = t == delay + N_COPIED - 1 ? CALL : BLANK;

        if (t < N_COPIED)
          symbol = (guint) anm_random_below (seed, 14, i * N_COPIED + t, N_SYMBOLS);
        sequences->values[step * (CALL + 1) + symbol] = 1;
        sequences->targets[step] = BLANK;
        if (t >= length - N_COPIED)
          sequences->targets[step] = (anm_real) anm_random_below (seed, 14, i * N_COPIED + t - (length - N_COPIED), N_SYMBOLS);
      }
  return sequences;
}

/* The score: lowest test loss as a share of what can be had without memory. */
static double
run_copy (const LearnTask *task, const LearnSetting *setting)
{
  const gsize delay = 100, n_updates = 10000;
  const double baseline = 10.0 * log (8.0) / (double) (delay + 2 * N_COPIED);
  LearnSetting once = *setting;
  guint64 seed = setting->hyperparameters.seed;
  g_autoptr (AnmSequences) training = make_copy (n_updates * setting->hyperparameters.batch_size, delay, seed);
  g_autoptr (AnmSequences) test = make_copy (500, delay, seed + 1000000);
  Course course;

  once.hyperparameters.epochs = 1;
  course = follow (&once, training, test, 0.9 * baseline, FALSE);
  printf ("lowest loss %.5f against %.5f, a tenth under it after %.0f updates, ", course.lowest, baseline, course.first_hit);
  return course.lowest / baseline;
}

#define ADDING .batch_size = BATCH, .optimizer = ANM_OPTIMIZER_ADAM, .epochs = 1, .clip_norm = 1, .run = run_adding, \
               .score = "updates to an error under 0.01:", .bar_kind = LEARN_AT_MOST
#define COPY .batch_size = BATCH, .optimizer = ANM_OPTIMIZER_ADAM, .epochs = 1, .clip_norm = 1, .run = run_copy, \
             .score = "share of the memoryless baseline", .bar_kind = LEARN_AT_MOST, .bar = 1

const LearnTask learn_memory_tasks[] = {
  { ADDING, .name = "adding-gru-100", .summary = "Adding problem of length 100, GRU(64): solved within 2000 updates",
    .network = "gru(64) > dense(1)", .bar = 2000 },
  { ADDING, .name = "adding-lstm-100", .summary = "the same, LSTM(64): within 4000",
    .network = "lstm(64) > dense(1)", .bar = 4000 },
  { ADDING, .name = "adding-gru-200", .summary = "length 200, GRU(64): within 3000",
    .network = "gru(64) > dense(1)", .bar = 3000 },
  { .name = "adding-rnn-100", .summary = "length 100, simple RNN(64): not learnt in 4000 (error above 0.12)",
    .network = "simple_rnn(64) > dense(1)", .optimizer = ANM_OPTIMIZER_ADAM, .batch_size = BATCH, .epochs = 1, .clip_norm = 1,
    .score = "lowest mean squared error", .bar_kind = LEARN_AT_LEAST, .bar = 0.12, .run = run_adding_lowest },
  { COPY, .name = "copy-gru-100", .summary = "Copy task of length 100, GRU(64), 10000 updates: under the memoryless baseline",
    .network = "gru(64, return_sequences) > dense(9, activation=softmax)" },
  { COPY, .name = "copy-lstm-100", .summary = "the same, LSTM(64)",
    .network = "lstm(64, return_sequences) > dense(9, activation=softmax)" },
  { NULL },
};
