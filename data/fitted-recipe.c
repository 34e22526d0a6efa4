/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/fitted-recipe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/resample.h"

/* More steps of one patient, or more values in all, are a mistake in the step rather than a wish. */
#define MAX_STEPS 1e6
#define MAX_VALUES 2e9

void
anm_target_copy (AnmTarget *copy,
                 const AnmTarget *target)
{
  copy->shape = target->shape;
  copy->name = g_strdup (target->name);
  copy->label = g_strdup (target->label);
  copy->classes = g_strdupv (target->classes);
}

AnmFittedRecipe *
anm_fitted_recipe_alloc (const AnmRecipe *recipe,
                         double step,
                         const char *time_unit,
                         guint n_channels,
                         guint n_statics)
{
  AnmFittedRecipe *self = g_new0 (AnmFittedRecipe, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = anm_recipe_copy (recipe);
  self->step = step;
  self->time_unit = g_strdup (time_unit);
  self->n_channels = n_channels;
  self->channels = g_new0 (AnmFittedField, MAX (n_channels, 1));
  self->n_statics = n_statics;
  self->statics = g_new0 (AnmFittedField, MAX (n_statics, 1));
  return self;
}

AnmFittedRecipe *
anm_fitted_recipe_ref (AnmFittedRecipe *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
free_fields (AnmFittedField *fields,
             guint n_fields)
{
  for (guint i = 0; i < n_fields; i++)
    {
      g_free (fields[i].name);
      g_free (fields[i].unit);
      g_strfreev (fields[i].categories);
    }
  g_free (fields);
}

void
anm_fitted_recipe_unref (AnmFittedRecipe *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  anm_recipe_free (self->recipe);
  g_free (self->time_unit);
  free_fields (self->channels, self->n_channels);
  free_fields (self->statics, self->n_statics);
  g_free (self->target.name);
  g_free (self->target.label);
  g_strfreev (self->target.classes);
  g_free (self->columns);
  g_free (self);
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  const double *first = a;
  const double *second = b;

  return (*first > *second) - (*first < *second);
}

/* Hyndman and Fan (1996), definition 7: linear between the order statistics around (n - 1) p / 100. */
static double
get_percentile (const double *sorted,
                gsize n,
                double percentile)
{
  double place = (double) (n - 1) * percentile / 100;
  gsize below = (gsize) floor (place);
  gsize above = MIN (below + 1, n - 1);

  return sorted[below] + (place - (double) below) * (sorted[above] - sorted[below]);
}

/*
 * Clipping bounds, mean and deviation of a numeric field from its training
 * values; sorts them. Where both percentiles fall on one value nearly all values
 * are the same and the rare others are what the field has to say (an event, a
 * marker): then nothing is clipped.
 */
static void
fit_numeric (AnmFittedField *field,
             const AnmRecipe *recipe,
             double *values,
             gsize n)
{
  double sum = 0, squares = 0, deviation;

  field->clip_low = -INFINITY;
  field->clip_high = INFINITY;
  field->divisor = 1;
  field->measured = n > 0;
  if (n == 0)
    return;

  qsort (values, n, sizeof (double), compare_doubles);
  if (recipe->clip_low > 0 || recipe->clip_high < 100)
    {
      double low = get_percentile (values, n, recipe->clip_low);
      double high = get_percentile (values, n, recipe->clip_high);

      if (low < high)
        {
          field->clip_low = low;
          field->clip_high = high;
        }
    }

  for (gsize i = 0; i < n; i++)
    sum += CLAMP (values[i], field->clip_low, field->clip_high);
  field->mean = sum / (double) n;
  for (gsize i = 0; i < n; i++)
    {
      double difference = CLAMP (values[i], field->clip_low, field->clip_high) - field->mean;

      squares += difference * difference;
    }
  deviation = sqrt (squares / (double) n);

  if (recipe->scale == ANM_SCALE_STANDARD)
    {
      field->offset = field->mean;
      /* A constant but for rounding has nothing to scale. */
      if (deviation > 1e-9 * fmax (fabs (field->mean), 1e-300))
        field->divisor = deviation;
    }
}

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The categories that occur, sorted by word, so that neither their order in the file nor other parts matter. */
static void
fit_categories (AnmFittedField *field,
                const AnmField *source,
                const double *values,
                gsize n)
{
  guint n_categories = g_strv_length (source->categories);
  g_autofree gboolean *met = g_new0 (gboolean, n_categories + 1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (gsize i = 0; i < n; i++)
    met[(guint) values[i]] = TRUE;
  for (guint i = 0; i < n_categories; i++)
    if (met[i])
      g_ptr_array_add (words, g_strdup (source->categories[i]));
  g_ptr_array_sort (words, compare_words);
  g_ptr_array_add (words, NULL);

  field->categories = (char **) g_ptr_array_steal (words, NULL);
  field->measured = field->categories[0] != NULL;
  field->clip_low = -INFINITY;
  field->clip_high = INFINITY;
  field->divisor = 1;
}

static void
fit_field (AnmFittedField *field,
           const AnmField *source,
           const AnmRecipe *recipe,
           double *values,
           gsize n)
{
  field->name = g_strdup (source->name);
  field->unit = g_strdup (source->unit);
  field->kind = source->kind;
  if (source->kind == ANM_FIELD_CATEGORICAL)
    fit_categories (field, source, values, n);
  else
    fit_numeric (field, recipe, values, n);
}

/* Mean time since the last measurement, over the steps; see fill_gaps() in apply-recipe.c. */
static double
sum_gaps (const double *steps,
          gsize n_steps,
          double step)
{
  double gap = 0, sum = 0;

  for (gsize k = 1; k < n_steps; k++)
    {
      gap = step + (isnan (steps[k - 1]) ? gap : 0);
      sum += gap;
    }
  return sum;
}

/* A step's tokens are all that was recorded in it, not the last one alone. */
static void
append_codes (GArray *values,
              const AnmResampling *resampling,
              const AnmCohort *cohort,
              guint32 patient,
              guint channel,
              gsize n_steps)
{
  const double *times;
  const float *codes;
  gsize n = anm_cohort_get_series (cohort, patient, channel, &times, &codes);

  for (gsize i = 0; i < n; i++)
    if (anm_resampling_get_step (resampling, times[i], n_steps) >= 0)
      {
        double code = (double) codes[i];

        g_array_append_val (values, code);
      }
}

static void
fit_channel (AnmFittedRecipe *self,
             AnmFittedField *field,
             const AnmCohort *cohort,
             guint channel,
             const guint32 *patients,
             gsize n_patients)
{
  AnmResampling resampling = { self->step, self->recipe->window, self->recipe->aggregate };
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  double gaps = 0;
  gsize n_all = 0;

  for (gsize i = 0; i < n_patients; i++)
    {
      gsize n_steps = anm_resampling_get_length (&resampling, cohort, patients[i]);
      double *grid;

      g_array_set_size (steps, (guint) n_steps);
      g_array_set_size (counts, (guint) n_steps);
      grid = (double *) steps->data;
      anm_resample_series (&resampling, cohort, patients[i], channel, grid, (guint32 *) counts->data, n_steps);
      if (self->recipe->use_tokens && cohort->channels[channel].kind == ANM_FIELD_CATEGORICAL)
        append_codes (values, &resampling, cohort, patients[i], channel, n_steps);
      else
        for (gsize k = 0; k < n_steps; k++)
          if (!isnan (grid[k]))
            g_array_append_val (values, grid[k]);
      gaps += sum_gaps (grid, n_steps, self->step);
      n_all += n_steps;
    }

  fit_field (field, &cohort->channels[channel], self->recipe, (double *) values->data, values->len);
  field->observed_varies = values->len > 0 && values->len < n_all;
  field->gap_divisor = self->recipe->scale == ANM_SCALE_STANDARD && gaps > 0 ? gaps / (double) n_all : 1;
}

static void
fit_static (AnmFittedRecipe *self,
            AnmFittedField *field,
            const AnmCohort *cohort,
            guint index,
            const guint32 *patients,
            gsize n_patients)
{
  g_autofree double *values = g_new (double, MAX (n_patients, 1));
  gsize n = 0;

  for (gsize i = 0; i < n_patients; i++)
    {
      float value = cohort->static_values[patients[i] * (gsize) cohort->n_statics + index];

      if (!isnan (value))
        values[n++] = (double) value;
    }
  fit_field (field, &cohort->statics[index], self->recipe, values, n);
  field->gap_divisor = 1;
}

guint
anm_fitted_field_get_n_planes (const AnmFittedField *field)
{
  if (field->as_tokens)
    return 0;
  return field->kind == ANM_FIELD_NUMERIC ? 1 : g_strv_length (field->categories);
}

static void
add_column (GArray *columns,
            AnmColumnKind kind,
            guint index)
{
  AnmColumn column = { kind, index };

  g_array_append_val (columns, column);
}

/* Categories of all channels in one numbering. */
static void
number_tokens (AnmFittedRecipe *self)
{
  self->n_tokens = 0;
  for (guint c = 0; c < self->n_channels; c++)
    {
      AnmFittedField *field = &self->channels[c];

      field->as_tokens = self->recipe->use_tokens && field->kind == ANM_FIELD_CATEGORICAL;
      field->token = self->n_tokens;
      if (field->as_tokens)
        self->n_tokens += g_strv_length (field->categories);
    }
}

/* Columns: all values, then masks, then gaps, then statics. What never changes in the training part is left out,
 * and so are masks and gaps that a layer reads itself. */
void
anm_fitted_recipe_lay_out (AnmFittedRecipe *self)
{
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (AnmColumn));

  number_tokens (self);
  self->n_planes = 0;
  for (guint c = 0; c < self->n_channels; c++)
    {
      self->channels[c].plane = self->n_planes;
      self->n_planes += anm_fitted_field_get_n_planes (&self->channels[c]);
      for (guint p = self->channels[c].plane; self->channels[c].measured && p < self->n_planes; p++)
        add_column (columns, ANM_COLUMN_VALUE, p);
    }
  for (guint c = 0; self->recipe->use_observed && !self->recipe->keep_missing && c < self->n_channels; c++)
    if (self->channels[c].observed_varies && !self->channels[c].as_tokens)
      add_column (columns, ANM_COLUMN_OBSERVED, self->channels[c].plane);
  for (guint c = 0; self->recipe->use_gaps && !self->recipe->keep_missing && c < self->n_channels; c++)
    if (self->channels[c].observed_varies && !self->channels[c].as_tokens)
      add_column (columns, ANM_COLUMN_GAP, self->channels[c].plane);

  self->n_static_planes = 0;
  for (guint s = 0; s < self->n_statics; s++)
    {
      self->statics[s].plane = self->n_static_planes;
      self->n_static_planes += anm_fitted_field_get_n_planes (&self->statics[s]);
      for (guint p = self->statics[s].plane; self->recipe->use_statics && self->statics[s].measured && p < self->n_static_planes; p++)
        add_column (columns, ANM_COLUMN_STATIC, p);
    }

  self->n_columns = columns->len;
  g_free (self->columns);
  self->columns = (AnmColumn *) g_array_free (g_steal_pointer (&columns), FALSE);
}

/* The cohort's channels that go in, in the cohort's order; NULL with an error if one is not there. */
static GArray *
choose_channels (const AnmRecipe *recipe,
                 const AnmCohort *cohort,
                 GError **error)
{
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; recipe->channels != NULL && recipe->channels[i] != NULL; i++)
    {
      guint channel;

      if (!anm_cohort_find_channel (cohort, recipe->channels[i], &channel))
        {
          g_autoptr (GString) names = g_string_new (NULL);

          for (guint c = 0; c < cohort->n_channels && c < 40; c++)
            g_string_append_printf (names, "%s%s", c > 0 ? ", " : "", cohort->channels[c].name);
          if (cohort->n_channels > 40)
            g_string_append (names, ", …");
          g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE, _("There is no channel “%s” in these records. There are: %s."), recipe->channels[i], names->str);
          return NULL;
        }
    }

  for (guint c = 0; c < cohort->n_channels; c++)
    if (recipe->channels == NULL || g_strv_contains ((const char *const *) recipe->channels, cohort->channels[c].name))
      g_array_append_val (chosen, c);
  return g_steal_pointer (&chosen);
}

static gboolean
check_size (const AnmRecipe *recipe,
            const AnmCohort *cohort,
            double step,
            guint n_channels,
            GError **error)
{
  AnmResampling resampling = { step, recipe->window, recipe->aggregate };
  double longest = 0, all = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      double length = (double) anm_resampling_get_length (&resampling, cohort, p);

      longest = fmax (longest, length);
      all += length;
    }
  if (longest <= MAX_STEPS && all * n_channels <= MAX_VALUES)
    return TRUE;

  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE,
               _("With a time step of %g %s the longest record has %.0f steps, all together %.0f, of %u channels: too many. Choose a wider step or a window."),
               step, cohort->time_unit, longest, all, n_channels);
  return FALSE;
}

AnmFittedRecipe *
anm_fitted_recipe_new (const AnmRecipe *recipe,
                       const AnmCohort *cohort,
                       const guint32 *patients,
                       gsize n_patients,
                       GError **error)
{
  double step = recipe->step > 0 ? recipe->step : anm_cohort_guess_step (cohort);
  g_autoptr (AnmFittedRecipe) self = NULL;
  g_autoptr (GArray) chosen = NULL;

  if (!anm_recipe_validate (recipe, error))
    return NULL;
  chosen = choose_channels (recipe, cohort, error);
  if (chosen == NULL || !check_size (recipe, cohort, step, MAX (chosen->len, 1), error))
    return NULL;

  self = anm_fitted_recipe_alloc (recipe, step, cohort->time_unit, chosen->len, cohort->n_statics);
  anm_target_copy (&self->target, &cohort->target);
  for (guint i = 0; i < chosen->len; i++)
    fit_channel (self, &self->channels[i], cohort, g_array_index (chosen, guint, i), patients, n_patients);
  for (guint s = 0; s < cohort->n_statics; s++)
    fit_static (self, &self->statics[s], cohort, s, patients, n_patients);
  anm_fitted_recipe_lay_out (self);

  if (self->n_columns == 0 && self->n_tokens == 0)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE,
                           _("Nothing goes into the network: none of the chosen channels was ever measured in the training part, and no static field is used."));
      return NULL;
    }
  return g_steal_pointer (&self);
}

const AnmRecipe *
anm_fitted_recipe_get_recipe (const AnmFittedRecipe *self)
{
  return self->recipe;
}

double
anm_fitted_recipe_get_step (const AnmFittedRecipe *self)
{
  return self->step;
}

guint
anm_fitted_recipe_get_n_columns (const AnmFittedRecipe *self)
{
  return self->n_columns;
}

guint
anm_fitted_recipe_get_n_planes (const AnmFittedRecipe *self)
{
  return self->n_planes;
}

guint
anm_fitted_recipe_get_n_tokens (const AnmFittedRecipe *self)
{
  return self->n_tokens;
}

const AnmTarget *
anm_fitted_recipe_get_target (const AnmFittedRecipe *self)
{
  return &self->target;
}

static const AnmFittedField *
find_plane (const AnmFittedField *fields,
            guint n_fields,
            guint plane)
{
  for (guint i = n_fields; i-- > 0;)
    if (fields[i].plane <= plane && plane - fields[i].plane < anm_fitted_field_get_n_planes (&fields[i]))
      return &fields[i];
  g_assert_not_reached ();
}

const char *
anm_fitted_recipe_get_plane_name (const AnmFittedRecipe *self,
                                  guint plane)
{
  return find_plane (self->channels, self->n_channels, plane)->name;
}

const char *
anm_fitted_recipe_get_plane_unit (const AnmFittedRecipe *self,
                                  guint plane)
{
  return find_plane (self->channels, self->n_channels, plane)->unit;
}

static const char *
get_category (const AnmFittedField *field,
              guint plane)
{
  return field->kind == ANM_FIELD_CATEGORICAL ? field->categories[plane - field->plane] : NULL;
}

const char *
anm_fitted_recipe_get_plane_category (const AnmFittedRecipe *self,
                                      guint plane)
{
  return get_category (find_plane (self->channels, self->n_channels, plane), plane);
}

char *
anm_fitted_recipe_get_column_name (const AnmFittedRecipe *self,
                                   guint column)
{
  const AnmColumn *plan = &self->columns[column];
  const AnmFittedField *field;
  const char *category;

  g_assert (column < self->n_columns);
  field = plan->kind == ANM_COLUMN_STATIC ? find_plane (self->statics, self->n_statics, plan->index) : find_plane (self->channels, self->n_channels, plan->index);
  category = get_category (field, plan->index);

  if (plan->kind == ANM_COLUMN_OBSERVED)
    return g_strdup_printf ("%s observed", field->name);
  if (plan->kind == ANM_COLUMN_GAP)
    return g_strdup_printf ("%s gap", field->name);
  if (category != NULL)
    return g_strdup_printf ("%s = %s", field->name, category);
  return g_strdup (field->name);
}

double
anm_fitted_recipe_unscale (const AnmFittedRecipe *self,
                           guint channel,
                           double value)
{
  const AnmFittedField *field = find_plane (self->channels, self->n_channels, channel);

  return value * field->divisor + field->offset;
}
