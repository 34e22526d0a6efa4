/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/recipe.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "data/json-fields.h"
#include "data/time-grid.h"

static const char *const aggregate_words[] = { "mean", "last", "minimum", "maximum", NULL };
static const char *const scale_words[] = { "none", "standard", NULL };

static const char *const recipe_fields[] = {
  "step", "window", "aggregate", "clip_low", "clip_high", "scale", "carry_forward", "use_observed",
  "use_gaps", "use_statics", "keep_missing", "use_tokens", "channels", "split", "split_file", "split_seed", NULL
};

/**
 * anm_recipe_new:
 *
 * Step guessed from the cohort, no window, mean of a step, clipped at the 0.5th
 * and 99.5th percentile, carried forward, standardised; values, masks and
 * statics go in; split 0.7, 0.15, 0.15 with seed 1.
 */
AnmRecipe *
anm_recipe_new (void)
{
  AnmRecipe *self = g_new0 (AnmRecipe, 1);

  self->aggregate = ANM_AGGREGATE_MEAN;
  self->clip_low = 0.5;
  self->clip_high = 99.5;
  self->scale = ANM_SCALE_STANDARD;
  self->carry_forward = TRUE;
  self->use_observed = TRUE;
  self->use_statics = TRUE;
  self->split[0] = 0.7;
  self->split[1] = 0.15;
  self->split[2] = 0.15;
  self->split_seed = 1;
  return self;
}

static gboolean
has_times_within_steps (const AnmCohort *cohort,
                        double step)
{
  gsize n = cohort->starts[cohort->n_patients * cohort->n_channels];

  for (gsize k = 0; k < n; k++)
    if (fabs (cohort->times[k] / step - round (cohort->times[k] / step)) > 1e-6)
      return TRUE;
  return FALSE;
}

/**
 * anm_recipe_new_for:
 *
 * The defaults that suit @cohort. Where the longest record ends exactly at the
 * end of a step (48:00 with steps of an hour) though times lie anywhere, the
 * window ends there, so that the closing moment opens no step of its own.
 */
AnmRecipe *
anm_recipe_new_for (const AnmCohort *cohort)
{
  AnmRecipe *self = anm_recipe_new ();
  double step = anm_cohort_guess_step (cohort);
  double end = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    if (cohort->ends[p] > end)
      end = cohort->ends[p];
  if (end >= step && fabs (end / step - round (end / step)) < 1e-6 && has_times_within_steps (cohort, step))
    self->window = end;

  if (cohort->scaled)
    {
      self->clip_low = 0;
      self->clip_high = 100;
      self->scale = ANM_SCALE_NONE;
    }
  return self;
}

AnmRecipe *
anm_recipe_copy (const AnmRecipe *self)
{
  AnmRecipe *copy = g_memdup2 (self, sizeof (AnmRecipe));

  copy->channels = g_strdupv (self->channels);
  copy->split_file = g_strdup (self->split_file);
  return copy;
}

void
anm_recipe_free (AnmRecipe *self)
{
  g_strfreev (self->channels);
  g_free (self->split_file);
  g_free (self);
}

static gboolean
same_channels (char **a,
               char **b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

gboolean
anm_recipe_equal (const AnmRecipe *a,
                  const AnmRecipe *b)
{
  return a->step == b->step &&
         a->window == b->window &&
         a->aggregate == b->aggregate &&
         a->clip_low == b->clip_low &&
         a->clip_high == b->clip_high &&
         a->scale == b->scale &&
         !a->carry_forward == !b->carry_forward &&
         !a->use_observed == !b->use_observed &&
         !a->use_gaps == !b->use_gaps &&
         !a->use_statics == !b->use_statics &&
         !a->keep_missing == !b->keep_missing &&
         !a->use_tokens == !b->use_tokens &&
         same_channels (a->channels, b->channels) &&
         a->split[0] == b->split[0] &&
         a->split[1] == b->split[1] &&
         a->split[2] == b->split[2] &&
         g_strcmp0 (a->split_file, b->split_file) == 0 &&
         a->split_seed == b->split_seed;
}

static gboolean
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error,
        const char *format,
        ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE, format, arguments));
  va_end (arguments);
  return FALSE;
}

gboolean
anm_recipe_validate (const AnmRecipe *self,
                     GError **error)
{
  double sum = self->split[0] + self->split[1] + self->split[2];

  if (!(self->step >= 0) || !isfinite (self->step))
    return refuse (error, _("The time step is %g; it must be a width over 0, or 0 to have it chosen."), self->step);
  if (!(self->window >= 0) || !isfinite (self->window))
    return refuse (error, _("The window is %g; it must be a time over 0, or 0 for whole records."), self->window);
  if (!(self->clip_low >= 0 && self->clip_low < self->clip_high && self->clip_high <= 100))
    return refuse (error, _("Values are to be clipped at percentiles %g and %g; the first must be from 0, the second up to 100 and larger."), self->clip_low, self->clip_high);
  if (self->channels != NULL && self->channels[0] == NULL && !self->use_statics)
    return refuse (error, _("Nothing goes into the network: choose at least one channel."));
  for (guint part = 0; part < ANM_N_PARTS; part++)
    if (!(self->split[part] >= 0 && self->split[part] <= 1))
      return refuse (error, _("The split has a share of %g; shares are from 0 to 1."), self->split[part]);
  if (!(fabs (sum - 1) <= 1e-6))
    return refuse (error, _("The split’s shares %g, %g, %g sum to %g; they must sum to 1."), self->split[0], self->split[1], self->split[2], sum);
  if (!(self->split[0] > 0))
    return refuse (error, _("The split leaves nothing to train on: its first share must be over 0."));
  return TRUE;
}

/* Doubles are written with 17 digits, so that reading gives the same bits. */
char *
anm_recipe_to_json (const AnmRecipe *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  anm_json_add_double (builder, "step", self->step);
  anm_json_add_double (builder, "window", self->window);
  anm_json_add_string (builder, "aggregate", aggregate_words[self->aggregate]);
  anm_json_add_double (builder, "clip_low", self->clip_low);
  anm_json_add_double (builder, "clip_high", self->clip_high);
  anm_json_add_string (builder, "scale", scale_words[self->scale]);
  anm_json_add_boolean (builder, "carry_forward", self->carry_forward);
  anm_json_add_boolean (builder, "use_observed", self->use_observed);
  anm_json_add_boolean (builder, "use_gaps", self->use_gaps);
  anm_json_add_boolean (builder, "use_statics", self->use_statics);
  if (self->keep_missing)
    anm_json_add_boolean (builder, "keep_missing", TRUE);
  if (self->use_tokens)
    anm_json_add_boolean (builder, "use_tokens", TRUE);
  anm_json_add_strings (builder, "channels", self->channels);
  json_builder_set_member_name (builder, "split");
  json_builder_begin_array (builder);
  for (guint part = 0; part < ANM_N_PARTS; part++)
    json_builder_add_double_value (builder, self->split[part]);
  json_builder_end_array (builder);
  anm_json_add_string (builder, "split_file", self->split_file);
  anm_json_add_uint64 (builder, "split_seed", self->split_seed);
  json_builder_end_object (builder);
  return anm_json_to_text (builder);
}

static gboolean
read_split (JsonObject *object,
            const char *what,
            double *split,
            GError **error)
{
  JsonArray *array;

  if (!json_object_has_member (object, "split"))
    return TRUE;
  array = anm_json_get_array (object, what, "split", error);
  if (array == NULL)
    return FALSE;
  if (json_array_get_length (array) != ANM_N_PARTS)
    return refuse (error, _("The split has %u shares; it must have three: training, validation, test."), json_array_get_length (array));

  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      JsonNode *node = json_array_get_element (array, part);

      split[part] = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : NAN;
    }
  return TRUE;
}

AnmRecipe *
anm_recipe_from_json (const char *json,
                      GError **error)
{
  const char *what = _("the recipe");
  g_autoptr (AnmRecipe) self = anm_recipe_new ();
  g_autoptr (JsonNode) root = anm_json_parse (json, what, recipe_fields, error);
  guint aggregate = self->aggregate;
  guint scale = self->scale;
  JsonObject *object;

  if (root == NULL)
    return NULL;
  object = json_node_get_object (root);
  if (!anm_json_get_double (object, what, "step", &self->step, error) ||
      !anm_json_get_double (object, what, "window", &self->window, error) ||
      !anm_json_get_word (object, what, "aggregate", aggregate_words, &aggregate, error) ||
      !anm_json_get_double (object, what, "clip_low", &self->clip_low, error) ||
      !anm_json_get_double (object, what, "clip_high", &self->clip_high, error) ||
      !anm_json_get_word (object, what, "scale", scale_words, &scale, error) ||
      !anm_json_get_boolean (object, what, "carry_forward", &self->carry_forward, error) ||
      !anm_json_get_boolean (object, what, "use_observed", &self->use_observed, error) ||
      !anm_json_get_boolean (object, what, "use_gaps", &self->use_gaps, error) ||
      !anm_json_get_boolean (object, what, "use_statics", &self->use_statics, error) ||
      !anm_json_get_boolean (object, what, "keep_missing", &self->keep_missing, error) ||
      !anm_json_get_boolean (object, what, "use_tokens", &self->use_tokens, error) ||
      !anm_json_get_strings (object, what, "channels", &self->channels, error) ||
      !read_split (object, what, self->split, error) ||
      !anm_json_get_string (object, what, "split_file", &self->split_file, error) ||
      !anm_json_get_uint64 (object, what, "split_seed", &self->split_seed, error))
    return NULL;

  self->aggregate = (AnmAggregate) aggregate;
  self->scale = (AnmScale) scale;
  return anm_recipe_validate (self, error) ? g_steal_pointer (&self) : NULL;
}
