/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

AnmTrainer *
learn_trainer_new (const LearnSetting *setting, AnmSequences *training, AnmSequences *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (setting->network, &error);
  g_autoptr (AnmNetwork) network = NULL;
  AnmTrainer *trainer = NULL;

  if (spec != NULL)
    network = anm_network_new (spec, training->n_columns, &training->target, &error);
  if (network != NULL)
    trainer = anm_trainer_new (network, &setting->hyperparameters, training, test, NULL, setting->pool, &error);
  if (trainer == NULL)
    g_error ("%s", error->message);
  return trainer;
}

static void
report_epoch (const AnmTrainer *trainer)
{
  const AnmEpochFigures *figures = anm_trainer_get_epoch (trainer);

  g_printerr ("epoch %u: training loss %.5f, test loss %.5f, accuracy %.4f, AUROC %.4f, %.1f s\n", figures->epoch,
              figures->training_loss, figures->validation.loss, figures->validation.accuracy,
              figures->validation.auroc, figures->seconds);
}

AnmTrainer *
learn_train (const LearnSetting *setting, AnmSequences *training, AnmSequences *test, AnmMetrics *last)
{
  g_autoptr (GError) error = NULL;
  AnmTrainer *trainer = learn_trainer_new (setting, training, test);
  AnmTrainerEvent event;

  do
    {
      event = anm_trainer_step (trainer, NULL, &error);
      if (event == ANM_TRAINER_FAILED)
        g_error ("%s", error->message);
      if (event != ANM_TRAINER_UPDATED && setting->verbose)
        report_epoch (trainer);
    }
  while (event != ANM_TRAINER_DONE);
  if (last != NULL)
    *last = anm_trainer_get_epoch (trainer)->validation;
  return trainer;
}

AnmSequences *
learn_sequences_new (gsize n, gsize length, guint n_channels, const AnmTargetShape *target)
{
  g_autofree gsize *lengths = g_new (gsize, n);

  for (gsize i = 0; i < n; i++)
    lengths[i] = length;
  return anm_sequences_new (n, lengths, n_channels, 0, target);
}

AnmSequences *
learn_take (const AnmSequences *all, const guint32 *rows, gsize n)
{
  g_autofree gsize *lengths = g_new (gsize, n);
  guint width = anm_sequences_get_target_width (&all->target);
  AnmSequences *taken;

  g_assert (!all->target.per_step && all->n_statics == 0 && all->observed == NULL);
  for (gsize i = 0; i < n; i++)
    lengths[i] = anm_sequences_get_length (all, rows[i]);
  taken = anm_sequences_new (n, lengths, all->n_channels, 0, &all->target);
  for (gsize i = 0; i < n; i++)
    {
      memcpy (taken->values + taken->offsets[i] * all->n_channels, all->values + all->offsets[rows[i]] * all->n_channels,
              lengths[i] * all->n_channels * sizeof *all->values);
      memcpy (taken->targets + i * width, all->targets + (gsize) rows[i] * width, width * sizeof *all->targets);
    }
  return taken;
}

static void
standardise_channel (AnmSequences *sequences, guint channel, double mean, double deviation)
{
  gsize n_steps = anm_sequences_get_n_steps (sequences);
  guint width = sequences->n_channels;

  for (gsize t = 0; t < n_steps; t++)
    sequences->values[t * width + channel] = (anm_real) ((sequences->values[t * width + channel] - mean) / deviation);
}

void
learn_standardise (AnmSequences *training, AnmSequences *test)
{
  gsize n_steps = anm_sequences_get_n_steps (training);
  guint width = training->n_channels;

  for (guint c = 0; c < width; c++)
    {
      double sum = 0.0, squares = 0.0, mean, deviation;

      for (gsize t = 0; t < n_steps; t++)
        sum += training->values[t * width + c];
      mean = sum / (double) n_steps;
      for (gsize t = 0; t < n_steps; t++)
        squares += (training->values[t * width + c] - mean) * (training->values[t * width + c] - mean);
      deviation = sqrt (squares / (double) n_steps);
      standardise_channel (training, c, mean, MAX (deviation, 1e-9));
      standardise_channel (test, c, mean, MAX (deviation, 1e-9));
    }
}

char *
learn_read_file (const LearnSetting *setting, const char *name, gsize *size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (setting->data, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  if (stream != NULL && g_str_has_suffix (name, ".gz"))
    {
      g_autoptr (GConverter) unzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
      g_autoptr (GInputStream) raw = g_steal_pointer (&stream);

      stream = g_converter_input_stream_new (raw, unzip);
    }
  if (stream == NULL || g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error) < 0
      || !g_output_stream_write_all (memory, "", 1, NULL, NULL, &error) || !g_output_stream_close (memory, NULL, &error))
    g_error ("%s", error->message);
  *size = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)) - 1;
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (memory));
}
