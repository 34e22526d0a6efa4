/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include <stdio.h>
#include <string.h>

/*
 * MNIST (LeCun, Cortes): the 28 rows of an image are 28 time steps of 28
 * pixels, 0 to 1. 60 000 images to train on, the 10 000 of the test part for
 * the score; accuracy after the last epoch, nothing is selected. Published
 * (Atienza 2020): LSTM(256), 20 epochs, batch 128: 98.9 % with Adam, 96.2 %
 * with SGD, simple RNN 98.0 % with Adam.
 */

#define SIZE 28

static guint32
read_number (const char *bytes)
{
  guint32 number;

  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_BE (number);
}

static AnmSequences *
read_part (const LearnSetting *setting, const char *part)
{
  const AnmTargetShape target = { .kind = ANM_TARGET_CLASSES, .n_outputs = 10 };
  g_autofree char *images_name = g_strdup_printf ("mnist/%s-images-idx3-ubyte.gz", part);
  g_autofree char *labels_name = g_strdup_printf ("mnist/%s-labels-idx1-ubyte.gz", part);
  gsize images_size, labels_size, n;
  g_autofree char *images = learn_read_file (setting, images_name, &images_size);
  g_autofree char *labels = learn_read_file (setting, labels_name, &labels_size);
  AnmSequences *sequences;

  if (images_size < 16 || labels_size < 8 || read_number (images) != 2051 || read_number (labels) != 2049)
    g_error ("%s isn't an IDX file of images", images_name);
  n = read_number (images + 4);
  if (images_size != 16 + n * SIZE * SIZE || labels_size != 8 + n)
    g_error ("%s doesn't have the size that its header tells", images_name);
  sequences = learn_sequences_new (n, SIZE, SIZE, &target);
  for (gsize i = 0; i < n * SIZE * SIZE; i++)
    sequences->values[i] = (anm_real) ((guint8) images[16 + i] / 255.0);
  for (gsize i = 0; i < n; i++)
    sequences->targets[i] = (anm_real) labels[8 + i];
  return sequences;
}

static double
run_mnist (const LearnTask *task, const LearnSetting *setting)
{
  static AnmSequences *training, *test;
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmMetrics last;

  if (training == NULL)
    {
      training = read_part (setting, "train");
      test = read_part (setting, "t10k");
    }
  trainer = learn_train (setting, training, test, &last);
  printf ("training loss %.5f, test loss %.5f, ", anm_trainer_get_epoch (trainer)->training_loss, last.loss);
  return last.accuracy;
}

#define MNIST .batch_size = 128, .score = "accuracy", .run = run_mnist
#define LSTM_256 .network = "lstm(256) > dense(10, activation=softmax)", .epochs = 20
#define RNN_256 .network = "simple_rnn(256) > dense(10, activation=softmax)", .epochs = 20

const LearnTask learn_mnist_tasks[] = {
  { MNIST, .name = "mnist", .summary = "MNIST by rows, LSTM(50), Adam, 10 epochs: 97.5 % or more",
    .network = "lstm(50) > dense(10, activation=softmax)", .epochs = 10, .optimizer = ANM_OPTIMIZER_ADAM,
    .bar_kind = LEARN_AT_LEAST, .bar = 0.975 },
  { MNIST, LSTM_256, .name = "mnist-256", .summary = "LSTM(256), Adam, 20 epochs: the published 98.9 % or more",
    .optimizer = ANM_OPTIMIZER_ADAM, .bar_kind = LEARN_AT_LEAST, .bar = 0.989 },
  { MNIST, LSTM_256, .name = "mnist-256-sgd", .summary = "the same with SGD 0.01, as published (96.2 %)",
    .optimizer = ANM_OPTIMIZER_SGD, .learning_rate = 0.01, .bar_kind = LEARN_NO_BAR },
  { MNIST, RNN_256, .name = "mnist-rnn-256", .summary = "simple RNN(256), Adam, 20 epochs (published 98.0 %)",
    .optimizer = ANM_OPTIMIZER_ADAM, .bar_kind = LEARN_NO_BAR },
  { MNIST, RNN_256, .name = "mnist-rnn-256-sgd", .summary = "the same with SGD 0.01",
    .optimizer = ANM_OPTIMIZER_SGD, .learning_rate = 0.01, .bar_kind = LEARN_NO_BAR },
  { NULL },
};
