/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/numbers-blob.h"

#include <string.h>

G_STATIC_ASSERT (sizeof (double) == sizeof (guint64));
G_STATIC_ASSERT (sizeof (float) == sizeof (guint32));

GBytes *
anm_numbers_blob_from_doubles (const double *numbers,
                               gsize n_numbers)
{
  guint64 *words = g_new (guint64, MAX (n_numbers, 1));

  for (gsize i = 0; i < n_numbers; i++)
    {
      guint64 word;

      memcpy (&word, &numbers[i], sizeof word);
      words[i] = GUINT64_TO_LE (word);
    }
  return g_bytes_new_take (words, n_numbers * sizeof *words);
}

GBytes *
anm_numbers_blob_from_floats (const float *numbers,
                              gsize n_numbers)
{
  guint32 *words = g_new (guint32, MAX (n_numbers, 1));

  for (gsize i = 0; i < n_numbers; i++)
    {
      guint32 word;

      memcpy (&word, &numbers[i], sizeof word);
      words[i] = GUINT32_TO_LE (word);
    }
  return g_bytes_new_take (words, n_numbers * sizeof *words);
}

double *
anm_numbers_blob_to_doubles (GBytes *blob,
                             gsize *n_numbers)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (blob, &size);
  double *numbers;

  *n_numbers = 0;
  if (size % sizeof (double) != 0)
    return NULL;
  numbers = g_new (double, MAX (size / sizeof (double), 1));
  for (gsize i = 0; i < size / sizeof (double); i++)
    {
      guint64 word;

      memcpy (&word, data + i * sizeof word, sizeof word);
      word = GUINT64_FROM_LE (word);
      memcpy (&numbers[i], &word, sizeof word);
    }
  *n_numbers = size / sizeof (double);
  return numbers;
}

float *
anm_numbers_blob_to_floats (GBytes *blob,
                            gsize *n_numbers)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (blob, &size);
  float *numbers;

  *n_numbers = 0;
  if (size % sizeof (float) != 0)
    return NULL;
  numbers = g_new (float, MAX (size / sizeof (float), 1));
  if (size > 0)
    memcpy (numbers, data, size);
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
  for (gsize i = 0; i < size / sizeof (float); i++)
    {
      guint32 word;

      memcpy (&word, &numbers[i], sizeof word);
      word = GUINT32_FROM_LE (word);
      memcpy (&numbers[i], &word, sizeof word);
    }
#endif
  *n_numbers = size / sizeof (float);
  return numbers;
}
