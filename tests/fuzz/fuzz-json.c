/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Feeds what reads JSON with damaged texts: a source's roles, recipes, fitted recipes, hyperparameters and changes in
 * flight. Whatever comes, it must be refused with an error, or be read and written again as the same; the sanitizers
 * watch the rest.
 *
 *   fuzz-json [--seconds S | --runs N] [--seed N]
 */
#include "app/study/hyperparameters-json.h"
#include "data/recipe.h"
#include "data/samples.h"
#include "data/source.h"
#include "tests/fuzz/fuzz.h"

static const char *const morsels[] = {
  "\"", "\\\"", "{", "}", "[", "]", ",", ":", "\\", "\\u0000", "\\ud83e", "\\u0041", " ", "\n", "\377", "\302", "\344\270\255", "//", "/**/",
  "0", "1", "-1", "2.5", "1e308", "1e400", "-1e-400", "9223372036854775807", "9223372036854775808", "1e+30", "NaN", "Infinity", "null", "true", "false",
  "{}", "[]", "[[]]", "\"\"", "{\"a\":1}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "null,", "[null]",
  "\"id\":", "\"time\":", "\"variable\":", "\"value\":", "\"target\":", "\"statics\":", "\"start\":", "\"tables\":", "\"kind\":", "\"channels\":", "\"ignore\":", "records",
  "outcomes", "patient", "hour", "died", "records.csv", "ends.csv", "adam", "sgd", "\"optimizer\":", "\"loss\":", "\"schedule\":", "\"class_weights\":", "\"seed\":",
  "cosine(epochs=2)", "\"dropout\":", "\"split\":", "\"step\":", "\"window\":", "\"recipe\":", "standard", "mean", "binary", "classes", "categories", "divisor"
};

#define N_LAYERS 3

static char *records, *ends;

static void
write_records (const char *folder)
{
  records = g_build_filename (folder, "records.csv", NULL);
  ends = g_build_filename (folder, "ends.csv", NULL);
  g_assert_true (g_file_set_contents (records, "patient,hour,what,number,ward\n1,0,HR,80,a\n1,1,HR,81,a\n2,0,HR,90,b\n2,2,Temp,37,b\n", -1, NULL));
  g_assert_true (g_file_set_contents (ends, "patient,died,age\n1,0,61\n2,1,70\n", -1, NULL));
}

static void
fill (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=40", &error);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (cohort);
  g_autoptr (AnmDataset) dataset = anm_dataset_new (cohort, recipe, &error);
  g_autofree char *recipe_text = anm_recipe_to_json (recipe);
  g_autofree char *fitted_text = anm_fitted_recipe_to_json (dataset->recipe);
  g_autofree char *hyperparameters_text = NULL, *change_text = NULL;
  AnmDropoutRates rates[N_LAYERS] = { { 0.1, 0.2 }, { 0 }, { 0.5, 0 } };
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAMW);
  hyperparameters.n_class_weights = 2;
  hyperparameters.class_weights[0] = 1;
  hyperparameters.class_weights[1] = 2.5;
  hyperparameters_text = anm_hyperparameters_to_json (&hyperparameters);
  change_text = anm_change_to_json (&hyperparameters, rates, N_LAYERS);
  write_start (folder, "roles-1", "{\"id\": \"patient\", \"time\": \"hour\", \"variable\": \"what\", \"value\": \"number\", \"target\": \"died\", \"statics\": [\"age\"]}");
  write_start (folder, "roles-2",
               "{\"tables\": {\"records.csv\": {\"kind\": \"records\", \"id\": \"patient\", \"time\": \"hour\", \"variable\": \"what\", \"value\": \"number\", \"ignore\": [\"ward\"]}, "
               "\"ends.csv\": \"outcomes\"}, \"target\": \"died\"}");
  write_start (folder, "recipe", recipe_text);
  write_start (folder, "fitted", fitted_text);
  write_start (folder, "hyperparameters", hyperparameters_text);
  write_start (folder, "change", change_text);
}

static void
check_error (gboolean done,
             const GError *error)
{
  g_assert_true (done == (error == NULL));
  if (error != NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL) || (fprintf (stderr, "%s\n", error->message), FALSE));
}

static gboolean
try_roles (const char *text,
           const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "roles.json", NULL);
  g_autoptr (GError) error = NULL;
  const char *arguments[3] = { NULL };
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  gboolean loaded;

  if (records == NULL)
    write_records (folder);
  arguments[0] = records;
  arguments[1] = ends;
  source = anm_source_open (arguments, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  loaded = anm_source_load_roles (source, path, &error);
  g_unlink (path);
  check_error (loaded, error);
  if (!loaded || !anm_source_check (source, NULL))
    return FALSE;
  cohort = anm_source_read (source, NULL, NULL, NULL, &error);
  check_error (cohort != NULL, error);
  return cohort != NULL;
}

static gboolean
try_recipe (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmRecipe) recipe = anm_recipe_from_json (text, &error);
  g_autoptr (AnmRecipe) again = NULL;
  g_autofree char *written = NULL;

  check_error (recipe != NULL, error);
  if (recipe == NULL)
    return FALSE;
  written = anm_recipe_to_json (recipe);
  again = anm_recipe_from_json (written, &error);
  g_assert_no_error (error);
  g_assert_true (anm_recipe_equal (recipe, again));
  return TRUE;
}

static gboolean
try_fitted (const char *text)
{
  static AnmCohort *cohort;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmFittedRecipe) fitted = anm_fitted_recipe_from_json (text, &error);
  g_autoptr (AnmFittedRecipe) again = NULL;
  g_autoptr (AnmSequences) sequences = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *written = NULL;

  check_error (fitted != NULL, error);
  if (fitted == NULL)
    return FALSE;
  written = anm_fitted_recipe_to_json (fitted);
  again = anm_fitted_recipe_from_json (written, &error);
  g_assert_no_error (error);
  if (cohort == NULL)
    cohort = anm_sample_make ("sample:icu?patients=3", NULL);
  sequences = anm_fitted_recipe_apply (again, cohort, NULL, cohort->n_patients, warnings, &error);
  check_error (sequences != NULL, error);
  return TRUE;
}

static gboolean
try_hyperparameters (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL, *written_again = NULL;
  g_autofree AnmDropoutRates *rates = anm_change_rates_from_json (text, N_LAYERS);
  AnmHyperparameters hyperparameters, again;
  gboolean read = anm_hyperparameters_from_json (&hyperparameters, text, &error);

  check_error (read, error);
  if (!read)
    return FALSE;
  written = anm_hyperparameters_to_json (&hyperparameters);
  anm_hyperparameters_from_json (&again, written, &error);
  g_assert_no_error (error);
  written_again = anm_hyperparameters_to_json (&again);
  g_assert_cmpstr (written, ==, written_again);
  return TRUE;
}

static gboolean
try_damaged (const Start *start,
             const char *folder,
             guint64 seed,
             guint64 run)
{
  g_autofree char *text = damage_text (start, morsels, G_N_ELEMENTS (morsels), seed, run);

  if (g_getenv ("FUZZ_VERBOSE") != NULL)
    fprintf (stderr, "%s\n", text);
  if (g_str_has_prefix (start->name, "roles"))
    return try_roles (text, folder);
  if (g_str_has_prefix (start->name, "recipe"))
    return try_recipe (text);
  if (g_str_has_prefix (start->name, "fitted"))
    return try_fitted (text);
  return try_hyperparameters (text);
}

int
main (int argc,
      char *argv[])
{
  int result;

  g_log_set_always_fatal (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  result = fuzz_made (argc, argv, fill, try_damaged);
  if (records != NULL)
    {
      g_unlink (records);
      g_unlink (ends);
    }
  g_free (records);
  g_free (ends);
  return result;
}
