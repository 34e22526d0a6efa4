/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Feeds the reader of safetensors, and what makes weights of them, with damaged
 * files. Whatever comes, they must refuse with an error or give tensors that can
 * be read to the last byte; the sanitizers watch the rest.
 *
 *   fuzz-safetensors FOLDER... [--seconds S | --runs N] [--seed N]
 *
 * takes the files of the folders (tests/engine/safetensors, tests/engine/exchange) as a start.
 */
#include <math.h>

#include "engine/exchange.h"
#include "tests/fuzz/damage-safetensors.h"

static const char *const morsels[] = {
  "\"", "{", "}", "[", "]", ",", ":", "\\", "\\u", "\\ud83e\\udde0", "\\ud83e", "\\u0000", " ", "\n", "\t", "\377", "\302", "\344\270", "0", "1", "-1", "2.0", "1e9",
  "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "99999999999999999999", "null", "true", "[[[[[[[[", "{\"a\":", "/**/",
  "\"dtype\":\"F32\"", "\"shape\":[]", "\"data_offsets\":[0,0]", "\"__metadata__\":{", "F64", "F16", "BF16", "I64", "BOOL",
  "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},", "\"network\":\"lstm(2) > dense(1)\"",
  "kernel", "recurrent_", "bias", "weight_hh_l", "_cell/", "gru_1", "lstm", "dense", "_", "."
};

static const char *const networks[] = {
  "gru(5) > dense(1)", "lstm(5) > dense(2)", "gru(3, return_sequences) > gru(3) > dense(3, activation=tanh) > dense(3)",
  "lstm(5, return_sequences) > lstm(3) > dense(2)", "simple_rnn(4) > dense(2)", "lstm(4, bidirectional, return_sequences) > dense(1)",
  "conv1d(4, kernel=3) > conv1d(3, kernel=2) > gru(4) > dense(1)", "gru(4, reset_after=false, return_sequences) > gru(4) > dense(1)",
};

static void
read_weights (const AnmSafetensors *file, const AnmNetwork *network)
{
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *parameters = g_new (anm_real, MAX (n, 1));

  for (guint layout = 0; layout < ANM_N_LAYOUTS; layout++)
    {
      g_autoptr (GError) error = NULL;
      gboolean read = anm_exchange_read (network, file, (AnmLayout) layout, parameters, &error);

      g_assert_true (read == (error == NULL));
      if (error != NULL)
        g_assert_true (g_utf8_validate (error->message, -1, NULL));
      for (gsize i = 0; read && i < n; i++)
        g_assert_true (isfinite (parameters[i]));
    }
}

static void
use_weights (const AnmSafetensors *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = anm_exchange_read_network (file, &error);

  g_assert_true ((network == NULL) == (error != NULL));
  if (network != NULL && anm_network_get_n_parameters (network) < 1000000)
    read_weights (file, network);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (networks[i], NULL);
      g_autoptr (AnmNetwork) known = anm_network_new (spec, 3, NULL, NULL);

      read_weights (file, known);
    }
}

static void
use (const AnmSafetensors *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = anm_safetensors_to_bytes (file);
  g_autoptr (AnmSafetensors) again = anm_safetensors_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (anm_safetensors_get_n_tensors (again), ==, anm_safetensors_get_n_tensors (file));
  for (guint i = 0; i < anm_safetensors_get_n_tensors (file); i++)
    {
      const AnmTensor *tensor = anm_safetensors_get_tensor (file, i);
      g_autofree anm_real *values = g_new (anm_real, MAX (tensor->n_values, 1));

      g_assert_true (g_utf8_validate (tensor->name, -1, NULL));
      anm_tensor_read (tensor, values, NULL);
    }
}

static gboolean
try_damaged (const Start *start,
             const char *folder,
             guint64 seed,
             guint64 run)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSafetensors) file = NULL;

  g_byte_array_append (array, (const guint8 *) start->bytes, (guint) start->length);
  damage_safetensors (array, morsels, G_N_ELEMENTS (morsels), seed, run);
  /* A block of its own size, so that reading past its end is seen. */
  bytes = g_bytes_new (array->data, array->len);
  file = anm_safetensors_parse (bytes, &error);
  g_assert_true ((file == NULL) == (error != NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == ANM_ENGINE_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return FALSE;
    }
  use (file);
  use_weights (file);
  return TRUE;
}

int
main (int argc,
      char *argv[])
{
  return fuzz (argc, argv, try_damaged);
}
