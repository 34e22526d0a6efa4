/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/fuzz/fuzz.h"

#define LENGTH_SIZE 8

/* Damage to the header mostly leaves its length right, else little would get past it. */
static void
damage_safetensors (GByteArray *bytes,
                    const char *const *morsels,
                    guint n_morsels,
                    guint64 seed,
                    guint64 run)
{
  guint64 length = 0;

  if (bytes->len >= LENGTH_SIZE)
    memcpy (&length, bytes->data, LENGTH_SIZE);
  length = GUINT64_FROM_LE (length);
  if (bytes->len < LENGTH_SIZE || length > bytes->len - LENGTH_SIZE || anm_random_below (seed, run * 2, 1, 4) == 0)
    {
      damage (bytes, morsels, n_morsels, seed, run);
      return;
    }
  {
    g_autoptr (GByteArray) header = g_byte_array_new ();

    g_byte_array_append (header, bytes->data + LENGTH_SIZE, (guint) length);
    g_byte_array_remove_range (bytes, 0, LENGTH_SIZE + (guint) length);
    damage (header, morsels, n_morsels, seed, run);
    length = GUINT64_TO_LE ((guint64) header->len);
    g_byte_array_prepend (bytes, header->data, header->len);
    g_byte_array_prepend (bytes, (const guint8 *) &length, LENGTH_SIZE);
  }
}
