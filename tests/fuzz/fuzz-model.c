/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Feeds what reads exported models with damaged files: network, recipe, loss and
 * weights. Whatever comes, they must be refused with an error or answer for some
 * patients; the sanitizers watch the rest.
 *
 *   fuzz-model FOLDER... [--seconds S | --runs N] [--seed N]
 *
 * takes the files of the folders (tests/study/models) as a start.
 */
#include "app/study/model.h"
#include "data/samples.h"
#include "data/source.h"
#include "tests/fuzz/damage-safetensors.h"

#define MAX_PARAMETERS 100000

static const char *const morsels[] = {
  "\"", "\\\"", "{", "}", "[", "]", ",", ":", "\\", "\\\\", " ", "0", "1", "-1", "1e308", "-1e-308", "1e400", "null", "true", "false", "NaN",
  "lstm", "gru", "gru_d", "dense(1)", "dense(2)", " > ", "return_sequences", "bidirectional", "conv1d(3, kernel=2) > ", "attention", "(1", "65536", ", dropout=0.5",
  "numeric", "categorical", "categories", "binary", "classes", "regression", "per_step", "n_outputs", "statics", "channels", "divisor", "step", "window",
  "anamnesis", "pytorch", "keras", "mean_squared_error", "binary_crossentropy", "HR", "Lactate", "\\u0041", "\344\270\255"
};

static AnmCohort *
read_cohort (void)
{
  static const char *const arguments[] = { "sample:icu?patients=6", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSource) source = anm_source_open (arguments, &error);
  AnmCohort *cohort = anm_source_read (source, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return cohort;
}

static void
answer (const AnmModel *model)
{
  static AnmCohort *cohort;
  static AnmPool *pool;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AnmSequences) sequences = NULL;

  if (cohort == NULL)
    {
      cohort = read_cohort ();
      pool = anm_pool_new (1);
    }
  if (anm_network_get_n_parameters (model->network) > MAX_PARAMETERS)
    return;
  sequences = anm_fitted_recipe_apply (model->recipe, cohort, NULL, cohort->n_patients, warnings, &error);
  g_assert_true ((sequences == NULL) == (error != NULL));
  /* A step of 1e-6 makes sequences of a million steps: allowed, but slow here. */
  if (sequences != NULL && anm_sequences_get_n_steps (sequences) < 10000 && anm_sequences_validate (sequences, NULL))
    {
      g_autoptr (AnmPredictions) predictions = NULL;

      for (gsize i = 0; i < sequences->n_sequences; i++)
        if (!anm_network_check_sequence (model->network, sequences, i, NULL))
          return;
      predictions = anm_predict (model->network, model->parameters, model->loss, sequences, pool, NULL);
      g_assert_nonnull (predictions);
    }
}

static gboolean
try_damaged (const Start *start,
             const char *folder,
             guint64 seed,
             guint64 run)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *path = g_build_filename (folder, start->name, NULL);
  g_autoptr (GError) error = NULL, other_error = NULL;
  g_autoptr (AnmModel) model = NULL;
  g_autoptr (AnmInitialWeights) weights = NULL;

  g_byte_array_append (bytes, (const guint8 *) start->bytes, (guint) start->length);
  damage_safetensors (bytes, morsels, G_N_ELEMENTS (morsels), seed, run);
  g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  model = anm_model_load (path, NULL, &error);
  weights = anm_initial_weights_load (path, NULL, &other_error);
  g_unlink (path);
  g_assert_true ((model == NULL) == (error != NULL));
  g_assert_true ((weights == NULL) == (other_error != NULL));
  if (error != NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  if (model == NULL)
    return FALSE;
  answer (model);
  return TRUE;
}

int
main (int argc,
      char *argv[])
{
  return fuzz (argc, argv, try_damaged);
}
