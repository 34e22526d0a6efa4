/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "data/recipe.h"
#include "tests/data/random-cohort.h"

static AnmDataset *
make_dataset (AnmCohort *cohort,
              const AnmRecipe *recipe)
{
  g_autoptr (GError) error = NULL;
  AnmDataset *dataset = anm_dataset_new (cohort, recipe, &error);

  g_assert_no_error (error);
  return dataset;
}

/* One patient a row of @values, hourly, NaN = missing; outcomes alternate. */
static AnmCohort *
make_cohort (const double *values,
             guint n_patients,
             guint n_steps)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Table", "h");

  anm_cohort_builder_add_channel (builder, "x");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "y", "y", g_strsplit ("no yes", " ", -1));
  for (guint p = 0; p < n_patients; p++)
    {
      g_autofree char *id = g_strdup_printf ("p%u", p);

      anm_cohort_builder_add_patient (builder, id, strlen (id));
      anm_cohort_builder_set_outcome (builder, p, (float) (p % 2));
      for (guint k = 0; k < n_steps; k++)
        {
          anm_cohort_builder_add_row (builder, p, k);
          if (!isnan (values[p * n_steps + k]))
            anm_cohort_builder_add_value (builder, p, 0, k, (float) values[p * n_steps + k]);
        }
    }
  return anm_cohort_builder_finish (builder, 1);
}

static AnmRecipe *
random_recipe (guint64 seed)
{
  AnmRecipe *recipe = anm_recipe_new ();
  guint64 index = 0;

#define BELOW(bound) ((guint) anm_random_below (seed, 99, index++, (bound)))
  recipe->step = BELOW (3) * 0.7;
  recipe->window = BELOW (2) * 12.5;
  recipe->aggregate = (AnmAggregate) BELOW (4);
  recipe->clip_low = BELOW (2) * 5;
  recipe->clip_high = 100 - BELOW (2) * 5;
  recipe->scale = (AnmScale) BELOW (2);
  recipe->carry_forward = BELOW (2);
  recipe->use_observed = BELOW (2);
  recipe->use_gaps = BELOW (2);
  recipe->use_statics = BELOW (2);
  recipe->split_seed = BELOW (1000);
  recipe->keep_missing = BELOW (2);
#undef BELOW
  return recipe;
}

static void
assert_same_sequence (const AnmSequences *a,
                      gsize i,
                      const AnmSequences *b,
                      gsize k)
{
  gsize length = anm_sequences_get_length (a, i);
  g_autofree anm_real *row_a = g_new (anm_real, a->n_columns);
  g_autofree anm_real *row_b = g_new (anm_real, b->n_columns);

  g_assert_cmpuint (a->n_columns, ==, b->n_columns);
  g_assert_cmpuint (length, ==, anm_sequences_get_length (b, k));
  for (gsize step = 0; step < length; step++)
    {
      anm_sequences_fill_row (a, i, step, row_a);
      anm_sequences_fill_row (b, k, step, row_b);
      g_assert_cmpmem (row_a, a->n_columns * sizeof (anm_real), row_b, b->n_columns * sizeof (anm_real));
    }
  g_assert_cmpfloat (a->targets[i], ==, b->targets[k]);
  g_assert_cmpuint (a->target_mask[i], ==, b->target_mask[k]);
}

static void
test_by_hand (void)
{
  /* Training gets all; mean of the observed 1, 3, 5, 7 is 4, deviation sqrt 5. */
  const double values[] = { NAN, 1, NAN, 3, 5, NAN, 7, NAN };
  g_autoptr (AnmCohort) cohort = make_cohort (values, 2, 4);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;
  const AnmSequences *part;
  const double carried[] = { 4, 1, 1, 3, 5, 5, 7, 7 };
  const double gaps[] = { 0, 1, 1, 2, 0, 1, 2, 1 };

  recipe->clip_low = 0;
  recipe->clip_high = 100;
  recipe->use_gaps = TRUE;
  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  dataset = make_dataset (cohort, recipe);
  part = dataset->parts[ANM_PART_TRAINING];

  g_assert_null (dataset->parts[ANM_PART_TEST]);
  g_assert_cmpuint (part->n_sequences, ==, 2);
  g_assert_cmpuint (part->n_columns, ==, 3);
  for (gsize k = 0; k < 8; k++)
    {
      g_assert_cmpfloat_with_epsilon (part->values[k], (carried[k] - 4) / sqrt (5), 1e-6);
      g_assert_cmpint (anm_sequences_is_observed (part, k, 0), ==, !isnan (values[k]));
      g_assert_cmpfloat_with_epsilon (part->gaps[k], gaps[k], 1e-6); /* mean gap is 1 */
      g_assert_cmpfloat_with_epsilon (anm_fitted_recipe_unscale (dataset->recipe, 0, part->values[k]), carried[k], 1e-5);
    }
}

/* For a layer that reads masks and gaps itself: they are there, with the means, and no column is. */
static void
test_keeps_missing (void)
{
  const double values[] = { NAN, 1, NAN, 3, 5, NAN, 7, NAN };
  g_autoptr (AnmCohort) cohort = make_cohort (values, 2, 4);

  for (guint standard = 0; standard < 2; standard++)
    {
      g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
      g_autoptr (AnmRecipe) again = NULL;
      g_autoptr (AnmDataset) dataset = NULL;
      g_autofree char *json = NULL;
      const AnmSequences *part;

      recipe->keep_missing = recipe->use_gaps = TRUE;
      recipe->scale = standard ? ANM_SCALE_STANDARD : ANM_SCALE_NONE;
      recipe->split[0] = 1;
      recipe->split[1] = recipe->split[2] = 0;
      dataset = make_dataset (cohort, recipe);
      part = dataset->parts[ANM_PART_TRAINING];
      g_assert_cmpuint (part->n_columns, ==, 1);
      g_assert_cmpint (part->columns[0].kind, ==, ANM_COLUMN_VALUE);
      g_assert_nonnull (part->observed);
      g_assert_nonnull (part->gaps);
      g_assert_cmpfloat_with_epsilon (part->means[0], standard ? 0 : 4, 1e-6);
      g_assert_cmpfloat_with_epsilon (part->values[0], part->means[0], 1e-6);

      json = anm_recipe_to_json (recipe);
      again = anm_recipe_from_json (json, NULL);
      g_assert_true (anm_recipe_equal (again, recipe));
      again->keep_missing = FALSE;
      g_assert_false (anm_recipe_equal (again, recipe));
    }
}

static void
test_column_names (void)
{
  static const char *const names[] = { "x", "x observed", "x gap", "Sex = f", "Sex = m", "Age" };
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Names", "h");
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;
  guint sex;

  anm_cohort_builder_add_channel (builder, "x");
  sex = anm_cohort_builder_add_static (builder, "Sex");
  anm_cohort_builder_add_static (builder, "Age");
  anm_cohort_builder_get_static (builder, sex)->kind = ANM_FIELD_CATEGORICAL;
  anm_field_add_category (anm_cohort_builder_get_static (builder, sex), "m");
  anm_field_add_category (anm_cohort_builder_get_static (builder, sex), "f");
  anm_field_add_category (anm_cohort_builder_get_static (builder, sex), "never met");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "y", "y", g_strsplit ("no yes", " ", -1));
  for (guint p = 0; p < 4; p++)
    {
      char id[2] = { (char) ('a' + p), '\0' };

      anm_cohort_builder_add_patient (builder, id, 1);
      anm_cohort_builder_add_value (builder, p, 0, 0.5, 3 + (float) p);
      anm_cohort_builder_add_row (builder, p, 3);
      anm_cohort_builder_set_static (builder, p, 0, (float) (p / 2));
      if (p > 0)
        anm_cohort_builder_set_static (builder, p, 1, 40 + (float) p);
      anm_cohort_builder_set_outcome (builder, p, (float) (p % 2));
    }
  cohort = anm_cohort_builder_finish (builder, 1);
  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  recipe->use_gaps = TRUE;
  recipe->step = 1;
  dataset = make_dataset (cohort, recipe);

  g_assert_cmpuint (anm_fitted_recipe_get_n_columns (dataset->recipe), ==, G_N_ELEMENTS (names));
  for (guint c = 0; c < G_N_ELEMENTS (names); c++)
    {
      g_autofree char *name = anm_fitted_recipe_get_column_name (dataset->recipe, c);

      g_assert_cmpstr (name, ==, names[c]);
    }
  /* Age of the first is unknown: the mean, which is 0. Its sex is m. */
  g_assert_cmpfloat (dataset->parts[0]->statics[0], ==, 0);
  g_assert_cmpfloat (dataset->parts[0]->statics[1], ==, 1);
  g_assert_cmpfloat (dataset->parts[0]->statics[2], ==, 0);
}

/* Words as tokens: all that were recorded in a step, each once; nothing of it in the columns. */
static void
test_tokens (void)
{
  /* Drugs, steps of 1: a, b and a again in step 0, nothing in 1, c in 2; rhythm: s in step 1. Sorted: a b c | s. */
  static const gsize carried_offsets[] = { 0, 2, 5, 7 };
  static const guint32 carried[] = { 0, 1, 0, 1, 3, 2, 3 };
  static const gsize plain_offsets[] = { 0, 2, 3, 4 };
  static const guint32 plain[] = { 0, 1, 3, 2 };

  for (guint carry = 0; carry < 2; carry++)
    {
      g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Codes", "h");
      g_autoptr (AnmCohort) cohort = NULL;
      g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
      g_autoptr (AnmDataset) dataset = NULL;
      g_autoptr (AnmFittedRecipe) again = NULL;
      g_autofree char *json = NULL;
      const AnmSequences *part;
      guint drug, rhythm;

      drug = anm_cohort_builder_add_channel (builder, "drug");
      anm_cohort_builder_add_channel (builder, "x");
      rhythm = anm_cohort_builder_add_channel (builder, "rhythm");
      anm_cohort_builder_get_channel (builder, drug)->kind = ANM_FIELD_CATEGORICAL;
      anm_cohort_builder_get_channel (builder, rhythm)->kind = ANM_FIELD_CATEGORICAL;
      for (guint k = 0; k < 4; k++)
        anm_field_add_category (anm_cohort_builder_get_channel (builder, drug), ((const char *[]){ "c", "never", "a", "b" })[k]);
      anm_field_add_category (anm_cohort_builder_get_channel (builder, rhythm), "s");
      anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "y", "y", g_strsplit ("no yes", " ", -1));
      for (guint p = 0; p < 2; p++)
        {
          anm_cohort_builder_add_patient (builder, p == 0 ? "1" : "2", 1);
          anm_cohort_builder_add_value (builder, p, drug, 0.1, 2);
          anm_cohort_builder_add_value (builder, p, drug, 0.2, 3);
          anm_cohort_builder_add_value (builder, p, drug, 0.3, 2);
          anm_cohort_builder_add_value (builder, p, drug, 2.5, 0);
          anm_cohort_builder_add_value (builder, p, 1, 0.5, (float) p);
          anm_cohort_builder_add_value (builder, p, rhythm, 1.5, 0);
          anm_cohort_builder_set_outcome (builder, p, (float) p);
        }
      cohort = anm_cohort_builder_finish (builder, 1);
      recipe->split[0] = 1;
      recipe->split[1] = recipe->split[2] = 0;
      recipe->step = 1;
      recipe->use_tokens = TRUE;
      recipe->carry_forward = carry != 0;
      dataset = make_dataset (cohort, recipe);
      part = dataset->parts[0];

      g_assert_cmpuint (anm_fitted_recipe_get_n_tokens (dataset->recipe), ==, 4);
      g_assert_cmpuint (part->n_tokens, ==, 4);
      for (guint c = 0; c < part->n_columns; c++)
        g_assert_cmpuint (part->columns[c].index, ==, 0);
      for (guint p = 0; p < 2; p++)
        for (guint k = 0; k < 3; k++)
          {
            const gsize *offsets = carry ? carried_offsets : plain_offsets;
            gsize n;
            const guint32 *tokens = anm_sequences_get_tokens (part, part->offsets[p] + k, &n);

            g_assert_cmpmem (tokens, n * sizeof *tokens, (carry ? carried : plain) + offsets[k], (offsets[k + 1] - offsets[k]) * sizeof *tokens);
          }

      json = anm_fitted_recipe_to_json (dataset->recipe);
      again = anm_fitted_recipe_from_json (json, NULL);
      g_assert_cmpuint (anm_fitted_recipe_get_n_tokens (again), ==, 4);
      g_assert_cmpuint (anm_fitted_recipe_get_n_columns (again), ==, anm_fitted_recipe_get_n_columns (dataset->recipe));
    }
}

static void
test_clip (void)
{
  double values[201];
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;
  double least = INFINITY, most = -INFINITY;

  for (int k = 0; k <= 200; k++)
    values[k] = k;
  values[200] = 1e6;
  cohort = make_cohort (values, 3, 67);
  recipe->scale = ANM_SCALE_NONE;
  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  dataset = make_dataset (cohort, recipe);
  for (int k = 0; k <= 200; k++)
    {
      least = fmin (least, dataset->parts[0]->values[k]);
      most = fmax (most, dataset->parts[0]->values[k]);
    }
  /* 201 values: the 0.5th percentile is the second smallest, the 99.5th the second largest. */
  g_assert_cmpfloat_with_epsilon (least, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (most, 199, 1e-6);
}

static void
test_clip_spares_rare_markers (void)
{
  double values[4 * 300] = { 0 };
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;

  g_test_summary ("A channel that is nearly always 0 keeps its rare ±1: they are all it has to say.");
  for (int p = 0; p < 4; p++)
    values[p * 300] = p % 2 ? 1 : -1;
  cohort = make_cohort (values, 4, 300);
  recipe->scale = ANM_SCALE_NONE;
  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  dataset = make_dataset (cohort, recipe);
  for (int p = 0; p < 4; p++)
    g_assert_cmpfloat (dataset->parts[0]->values[p * 300], ==, p % 2 ? 1 : -1);
}

static void
test_aggregate (void)
{
  static const double expected[] = { 7.0 / 3, 4, 1, 4 };

  for (guint a = 0; a < 4; a++)
    {
      const double values[] = { 1, 2, 4, 8, 8, 8 };
      g_autoptr (AnmCohort) cohort = make_cohort (values, 2, 3);
      g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
      g_autoptr (AnmDataset) dataset = NULL;

      recipe->step = 3;
      recipe->aggregate = (AnmAggregate) a;
      recipe->clip_low = 0;
      recipe->clip_high = 100;
      recipe->scale = ANM_SCALE_NONE;
      recipe->split[0] = 1;
      recipe->split[1] = recipe->split[2] = 0;
      dataset = make_dataset (cohort, recipe);
      g_assert_cmpuint (anm_sequences_get_n_steps (dataset->parts[0]), ==, 2);
      g_assert_cmpfloat_with_epsilon (dataset->parts[0]->values[0], expected[a], 1e-6);
    }
}

static void
test_window (void)
{
  double values[2 * 10];
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;

  for (int k = 0; k < 20; k++)
    values[k] = k % 10;
  cohort = make_cohort (values, 2, 10);
  recipe->step = 2;
  recipe->window = 6;
  recipe->aggregate = ANM_AGGREGATE_MAXIMUM;
  recipe->clip_low = 0;
  recipe->clip_high = 100;
  recipe->scale = ANM_SCALE_NONE;
  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  dataset = make_dataset (cohort, recipe);

  /* The closing moment, 6, belongs to the last step; 7 and later do not. */
  g_assert_cmpuint (anm_sequences_get_length (dataset->parts[0], 0), ==, 3);
  g_assert_cmpfloat (dataset->parts[0]->values[0], ==, 1);
  g_assert_cmpfloat (dataset->parts[0]->values[2], ==, 6);
}

static void
test_masks_that_say_nothing (void)
{
  const double values[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (AnmCohort) cohort = make_cohort (values, 2, 3);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;

  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  recipe->use_gaps = TRUE;
  dataset = make_dataset (cohort, recipe);
  g_assert_cmpuint (dataset->parts[0]->n_columns, ==, 1);
}

/* Properties over random cohorts and recipes. */

static void
test_parts_equal_new_patients (void)
{
  g_test_summary ("Applied to the same patients as if they were new, from JSON or not, the recipe gives the parts' bits.");
  for (guint64 seed = 0; seed < 16; seed++)
    {
      g_autoptr (AnmCohort) cohort = random_cohort (seed, "p");
      g_autoptr (AnmRecipe) recipe = random_recipe (seed);
      g_autoptr (AnmDataset) dataset = make_dataset (cohort, recipe);
      g_autofree char *json = anm_fitted_recipe_to_json (dataset->recipe);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmFittedRecipe) again = anm_fitted_recipe_from_json (json, &error);
      g_autofree char *json_again = NULL;
      g_autoptr (AnmSequences) all = NULL;
      gsize n = 0;

      g_assert_no_error (error);
      json_again = anm_fitted_recipe_to_json (again);
      g_assert_cmpstr (json, ==, json_again);
      all = anm_fitted_recipe_apply (again, cohort, NULL, 0, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (all->n_sequences, ==, cohort->n_patients);
      g_assert_true (anm_sequences_validate (all, &error));

      for (guint part = 0; part < ANM_N_PARTS; part++)
        for (gsize i = 0; dataset->parts[part] != NULL && i < dataset->parts[part]->n_sequences; i++, n++)
          assert_same_sequence (dataset->parts[part], i, all, dataset->patients[part][i]);
      for (gsize p = 0; p < cohort->n_patients; p++)
        if (!anm_cohort_has_target (cohort, p))
          {
            g_assert_cmpuint (all->target_mask[p], ==, 0);
            n++;
          }
      g_assert_cmpuint (n, ==, cohort->n_patients);
    }
}

static void
test_split_properties (void)
{
  for (guint64 seed = 0; seed < 16; seed++)
    {
      g_autoptr (AnmCohort) cohort = random_cohort (seed, "p");
      g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
      g_autoptr (AnmDataset) first = NULL;
      g_autoptr (AnmDataset) second = NULL;
      gboolean moved = FALSE;
      double counts[ANM_N_PARTS][2] = { { 0 } };

      recipe->split_seed = seed;
      first = make_dataset (cohort, recipe);
      for (guint part = 0; part < ANM_N_PARTS; part++)
        for (gsize i = 0; first->parts[part] != NULL && i < first->parts[part]->n_sequences; i++)
          {
            guint32 patient = first->patients[part][i];

            g_assert_true (anm_cohort_has_target (cohort, patient));
            if (i > 0)
              g_assert_cmpuint (first->patients[part][i - 1], <, patient);
            counts[part][(int) cohort->targets[patient]]++;
          }
      /* Stratified: within half a patient of the share. */
      for (int y = 0; y < 2; y++)
        {
          double n = counts[0][y] + counts[1][y] + counts[2][y];

          g_assert_cmpfloat (fabs (counts[0][y] - 0.7 * n), <=, 0.5 + 1e-9);
          g_assert_cmpfloat (fabs (counts[0][y] + counts[1][y] - 0.85 * n), <=, 0.5 + 1e-9);
        }

      recipe->split_seed = seed + 1000;
      second = make_dataset (cohort, recipe);
      g_assert_cmpuint (second->parts[0]->n_sequences, ==, first->parts[0]->n_sequences);
      for (gsize i = 0; i < first->parts[0]->n_sequences; i++)
        moved |= first->patients[0][i] != second->patients[0][i];
      g_assert_true (moved);
    }
}

static void
test_fit_sees_training_alone (void)
{
  g_test_summary ("Whatever becomes of validation and test patients' values, the fit is the same.");
  for (guint64 seed = 0; seed < 10; seed++)
    {
      g_autoptr (AnmCohort) cohort = random_cohort (seed, "p");
      g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
      g_autoptr (AnmDataset) before = make_dataset (cohort, recipe);
      g_autoptr (AnmDataset) after = NULL;
      g_autofree char *json_before = anm_fitted_recipe_to_json (before->recipe);
      g_autofree char *json_after = NULL;

      for (guint part = ANM_PART_VALIDATION; part < ANM_N_PARTS; part++)
        for (gsize i = 0; before->parts[part] != NULL && i < before->parts[part]->n_sequences; i++)
          {
            gsize p = before->patients[part][i];

            for (gsize k = cohort->starts[p * cohort->n_channels]; k < cohort->starts[(p + 1) * cohort->n_channels]; k++)
              cohort->values[k] = cohort->n_channels > 3 && k >= cohort->starts[p * cohort->n_channels + 3] && k < cohort->starts[p * cohort->n_channels + 4] ? 2 : 1e6f;
            for (guint s = 0; s < cohort->n_statics; s++)
              cohort->static_values[p * cohort->n_statics + s] = s == 1 ? 3 : 1e6f;
          }
      after = make_dataset (cohort, recipe);
      json_after = anm_fitted_recipe_to_json (after->recipe);
      g_assert_true (g_str_equal (json_before, json_after));
    }
}

static void
test_fit_sees_training (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (3, "p");
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) before = make_dataset (cohort, recipe);
  g_autoptr (AnmDataset) after = NULL;
  g_autofree char *json_before = anm_fitted_recipe_to_json (before->recipe);
  g_autofree char *json_after = NULL;

  for (gsize i = 0; i < before->parts[0]->n_sequences; i++)
    {
      gsize series = before->patients[0][i] * (gsize) cohort->n_channels;

      for (gsize k = cohort->starts[series]; k < cohort->starts[series + 1]; k++)
        cohort->values[k] += 1;
    }
  after = make_dataset (cohort, recipe);
  json_after = anm_fitted_recipe_to_json (after->recipe);
  g_assert_false (g_str_equal (json_before, json_after));
}

static void
test_training_is_standard (void)
{
  for (guint64 seed = 0; seed < 10; seed++)
    {
      g_autoptr (AnmCohort) cohort = random_cohort (seed, "p");
      g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
      g_autoptr (AnmDataset) dataset = make_dataset (cohort, recipe);
      const AnmSequences *part = dataset->parts[0];
      double sum = 0, squares = 0;
      gsize n = 0;

      for (gsize k = 0; k < anm_sequences_get_n_steps (part); k++)
        if (anm_sequences_is_observed (part, k, 0))
          {
            double value = part->values[k * part->n_channels];

            sum += value;
            squares += value * value;
            n++;
          }
      g_assert_cmpuint (n, >, 10);
      g_assert_cmpfloat_with_epsilon (sum / (double) n, 0, 1e-5);
      g_assert_cmpfloat_with_epsilon (squares / (double) n, 1, 1e-5);
    }
}

static void
test_recipe_json (void)
{
  for (guint64 seed = 0; seed < 60; seed++)
    {
      g_autoptr (AnmRecipe) recipe = random_recipe (seed);
      g_autoptr (AnmRecipe) again = NULL;
      g_autoptr (AnmRecipe) copy = NULL;
      g_autofree char *json = NULL;
      g_autoptr (GError) error = NULL;

      recipe->step = exp (anm_random_normal (seed, 1, 0) * 20);
      recipe->window = anm_random_uniform (seed, 1, 1);
      recipe->clip_low = anm_random_uniform (seed, 1, 2);
      recipe->split[0] = 0.1 + 0.8 * anm_random_uniform (seed, 1, 3);
      recipe->split[1] = (1 - recipe->split[0]) / 3;
      recipe->split[2] = 1 - recipe->split[0] - recipe->split[1];
      recipe->split_seed = anm_random_bits (seed, 1, 4) >> (seed % 64);
      if (seed % 3 == 0)
        recipe->channels = g_strsplit ("HR|a “b”, \\ c|SpO₂", "|", -1);
      if (seed % 4 == 0)
        recipe->split_file = g_strdup ("/tmp/a b.csv");

      json = anm_recipe_to_json (recipe);
      again = anm_recipe_from_json (json, &error);
      g_assert_no_error (error);
      g_assert_true (anm_recipe_equal (recipe, again));
      copy = anm_recipe_copy (recipe);
      g_assert_true (anm_recipe_equal (recipe, copy));
      copy->step *= 1 + 1e-15;
      g_assert_false (anm_recipe_equal (recipe, copy));
    }
}

static void
test_recipe_errors (void)
{
  static const char *const wrong[][2] = {
    { "", "recipe" },
    { "[]", "begin with" },
    { "{\"step\":\"1\"}", "“step” must be a number" },
    { "{\"step\":-1}", "time step is -1" },
    { "{\"stpe\":1}", "“stpe” is unknown" },
    { "{\"aggregate\":\"median\"}", "mean, last, minimum, maximum" },
    { "{\"split\":[0.5,0.5]}", "three" },
    { "{\"split\":[0.5,0.2,0.2]}", "sum to 1" },
    { "{\"split\":[0,0.5,0.5]}", "nothing to train on" },
    { "{\"split\":[\"a\",0.5,0.5]}", "must sum to 1" },
    { "{\"clip_low\":60,\"clip_high\":40}", "percentiles 60 and 40" },
    { "{\"split_seed\":-4}", "whole number" },
    { "{\"channels\":[1]}", "list of texts" },
    { "{\"use_gaps\":1}", "true or false" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmRecipe) recipe = anm_recipe_from_json (wrong[i][0], &error);

      g_assert_null (recipe);
      g_assert_nonnull (error);
      if (strstr (error->message, wrong[i][1]) == NULL && i != 9)
        g_error ("%s: “%s” isn't in “%s”", wrong[i][0], wrong[i][1], error->message);
    }
}

static void
test_json_nested_deeply (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strnfill (1000000, '[');

  g_assert_null (anm_recipe_from_json (json, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "nested"));
}

static void
test_fitted_json_damaged (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (7, "p");
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = make_dataset (cohort, recipe);
  g_autofree char *json = anm_fitted_recipe_to_json (dataset->recipe);
  gsize length = strlen (json);

  for (gsize i = 0; i < 200; i++)
    {
      g_autofree char *copy = g_strdup (json);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmFittedRecipe) again = NULL;

      copy[anm_random_below (3, 1, i, length)] = (char) (32 + anm_random_below (3, 2, i, 90));
      if (i % 5 == 0)
        copy[anm_random_below (3, 3, i, length)] = '\0';
      again = anm_fitted_recipe_from_json (copy, &error);
      g_assert_true ((again == NULL) == (error != NULL));
      if (again != NULL)
        {
          g_autoptr (AnmSequences) sequences = anm_fitted_recipe_apply (again, cohort, NULL, 0, NULL, NULL);

          if (sequences != NULL)
            g_assert_cmpuint (sequences->n_sequences, ==, cohort->n_patients);
        }
    }
}

static void
test_split_file (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (2, "p");
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anamnesis-split-XXXXXX", NULL);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  recipe->split_file = g_strdup (path);

  g_assert_true (g_file_set_contents (path, "patient;part\np0;training\np1;Train\np2;test\np3;val\nnobody;test\n", -1, NULL));
  dataset = make_dataset (cohort, recipe);
  g_assert_cmpuint (dataset->parts[0]->n_sequences, ==, 2);
  g_assert_cmpuint (dataset->patients[0][1], ==, 1);
  g_assert_cmpuint (dataset->patients[1][0], ==, 3);
  g_assert_cmpuint (dataset->patients[2][0], ==, 2);

  g_assert_true (g_file_set_contents (path, "p0,training\np1,tset\n", -1, NULL));
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "line 2, column 2: “tset” is no part"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "p0,training\np0,test\n", -1, NULL));
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_nonnull (strstr (error->message, "another part before"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "p0,test\n", -1, NULL));
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE);
  g_unlink (path);
}

static void
test_refusals (void)
{
  const double values[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (AnmCohort) cohort = make_cohort (values, 3, 2);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (GError) error = NULL;

  recipe->channels = g_strsplit ("x nothing", " ", -1);
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE);
  g_assert_nonnull (strstr (error->message, "“nothing”"));
  g_clear_error (&error);
  g_clear_pointer (&recipe->channels, g_strfreev);

  recipe->step = 1e-9;
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_nonnull (strstr (error->message, "wider step"));
  g_clear_error (&error);
  recipe->step = 1;

  cohort->targets[0] = cohort->targets[1] = cohort->targets[2] = 1;
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_nonnull (strstr (error->message, "“y” = “yes” (3 of them)"));
  g_clear_error (&error);

  cohort->targets[0] = cohort->targets[1] = cohort->targets[2] = NAN;
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_nonnull (strstr (error->message, "known of no patient"));
}

static void
test_other_cohort (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (4, "p");
  g_autoptr (AnmCohort) other = random_cohort (5, "q");
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = make_dataset (cohort, recipe);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSequences) sequences = NULL;
  g_autoptr (AnmSequences) minutes = NULL;

  g_test_summary ("New records with other channels, another time unit, other words.");
  g_free (other->channels[0].name);
  other->channels[0].name = g_strdup ("renamed");
  sequences = anm_fitted_recipe_apply (dataset->recipe, other, NULL, 0, warnings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (warnings->len, >=, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (warnings, 0), "“A”"));
  for (gsize k = 0; k < anm_sequences_get_n_steps (sequences); k++)
    {
      g_assert_false (anm_sequences_is_observed (sequences, k, 0));
      g_assert_cmpfloat (sequences->values[k * sequences->n_channels], ==, 0);
    }

  /* The same in minutes. */
  g_free (other->time_unit);
  other->time_unit = g_strdup ("min");
  for (gsize k = 0; k < other->starts[other->n_patients * other->n_channels]; k++)
    other->times[k] *= 60;
  for (gsize p = 0; p < other->n_patients; p++)
    {
      other->begins[p] *= 60;
      other->ends[p] *= 60;
    }
  minutes = anm_fitted_recipe_apply (dataset->recipe, other, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  for (gsize p = 0; p < other->n_patients; p++)
    assert_same_sequence (sequences, p, minutes, p);

  g_free (other->time_unit);
  other->time_unit = g_strdup ("step");
  g_assert_null (anm_fitted_recipe_apply (dataset->recipe, other, NULL, 0, NULL, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE);
}

static void
test_other_words (void)
{
  const double values[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (AnmCohort) cohort = make_cohort (values, 3, 2);
  g_autoptr (AnmCohort) other = make_cohort (values, 3, 2);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new ();
  g_autoptr (AnmDataset) dataset = NULL;
  g_autoptr (AnmSequences) sequences = NULL;

  g_test_summary ("Classes are matched by their words, not by their order.");
  recipe->split[0] = 1;
  recipe->split[1] = recipe->split[2] = 0;
  dataset = make_dataset (cohort, recipe);
  g_strfreev (other->target.classes);
  other->target.classes = g_strsplit ("yes no", " ", -1);
  sequences = anm_fitted_recipe_apply (dataset->recipe, other, NULL, 0, NULL, NULL);
  for (gsize p = 0; p < 3; p++)
    g_assert_cmpfloat (sequences->targets[p], ==, 1 - other->targets[p]);

  g_clear_pointer (&sequences, anm_sequences_unref);
  g_strfreev (other->target.classes);
  other->target.classes = g_strsplit ("maybe yes", " ", -1);
  sequences = anm_fitted_recipe_apply (dataset->recipe, other, NULL, 0, NULL, NULL);
  for (gsize p = 0; p < 3; p++)
    g_assert_cmpuint (sequences->target_mask[p], ==, other->targets[p] > 0);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/by-hand", test_by_hand);
  g_test_add_func ("/recipe/keeps-missing", test_keeps_missing);
  g_test_add_func ("/recipe/column-names", test_column_names);
  g_test_add_func ("/recipe/tokens", test_tokens);
  g_test_add_func ("/recipe/clip", test_clip);
  g_test_add_func ("/recipe/clip-spares-rare-markers", test_clip_spares_rare_markers);
  g_test_add_func ("/recipe/aggregate", test_aggregate);
  g_test_add_func ("/recipe/window", test_window);
  g_test_add_func ("/recipe/masks-that-say-nothing", test_masks_that_say_nothing);
  g_test_add_func ("/recipe/parts-equal-new-patients", test_parts_equal_new_patients);
  g_test_add_func ("/recipe/split", test_split_properties);
  g_test_add_func ("/recipe/fit-sees-training-alone", test_fit_sees_training_alone);
  g_test_add_func ("/recipe/fit-sees-training", test_fit_sees_training);
  g_test_add_func ("/recipe/training-is-standard", test_training_is_standard);
  g_test_add_func ("/recipe/json", test_recipe_json);
  g_test_add_func ("/recipe/errors", test_recipe_errors);
  g_test_add_func ("/recipe/json-nested-deeply", test_json_nested_deeply);
  g_test_add_func ("/recipe/fitted-json-damaged", test_fitted_json_damaged);
  g_test_add_func ("/recipe/split-file", test_split_file);
  g_test_add_func ("/recipe/refusals", test_refusals);
  g_test_add_func ("/recipe/other-cohort", test_other_cohort);
  g_test_add_func ("/recipe/other-words", test_other_words);
  return g_test_run ();
}
