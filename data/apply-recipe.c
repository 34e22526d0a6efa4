/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/fitted-recipe.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/resample.h"

/* How the fitted recipe's words map onto a cohort's. */
typedef struct
{
  const AnmFittedRecipe *recipe;
  const AnmCohort       *cohort;
  AnmResampling          resampling; /* in the cohort's time unit */
  gint64                *channels;   /* [recipe's channels] index in the cohort, -1 = not there */
  gint64                *statics;
  guint                **categories; /* [channels, then statics] of the cohort's category, its plane; G_MAXUINT = unknown */
  guint                 *classes;    /* of the cohort's class, the recipe's; G_MAXUINT = unknown; nullable */
  gboolean               has_target;
} Mapping;

static void
mapping_clear (Mapping *mapping)
{
  g_free (mapping->channels);
  g_free (mapping->statics);
  for (guint i = 0; mapping->categories != NULL && i < mapping->recipe->n_channels + mapping->recipe->n_statics; i++)
    g_free (mapping->categories[i]);
  g_free (mapping->categories);
  g_free (mapping->classes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mapping, mapping_clear)

static void warn (GPtrArray *warnings, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
warn (GPtrArray *warnings,
      const char *format,
      ...)
{
  va_list arguments;

  if (warnings == NULL)
    return;
  va_start (arguments, format);
  g_ptr_array_add (warnings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* Seconds in a time unit; 0 if that can't be said. */
static double
get_seconds (const char *time_unit)
{
  return strcmp (time_unit, "s") == 0 ? 1 : strcmp (time_unit, "min") == 0 ? 60 : strcmp (time_unit, "h") == 0 ? 3600 : strcmp (time_unit, "d") == 0 ? 86400 : 0;
}

static gboolean
map_time (Mapping *mapping,
          GError **error)
{
  const AnmFittedRecipe *recipe = mapping->recipe;
  double factor = 1;

  if (strcmp (recipe->time_unit, mapping->cohort->time_unit) != 0)
    {
      factor = get_seconds (recipe->time_unit) / get_seconds (mapping->cohort->time_unit);
      if (!(factor > 0) || isinf (factor))
        {
          g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE,
                       _("The network was trained on records whose time is counted in “%s”, these count in “%s”."),
                       recipe->time_unit, mapping->cohort->time_unit);
          return FALSE;
        }
    }
  mapping->resampling = (AnmResampling){ recipe->step * factor, recipe->recipe->window * factor, recipe->recipe->aggregate };
  return TRUE;
}

static guint
find_word (char **words,
           const char *word)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    if (strcmp (words[i], word) == 0)
      return i;
  return G_MAXUINT;
}

static guint *
map_words (char **from,
           char **to)
{
  guint n = g_strv_length (from);
  guint *map = g_new (guint, n + 1);

  for (guint i = 0; i < n; i++)
    map[i] = find_word (to, from[i]);
  return map;
}

/* Finds the recipe's fields among the cohort's by name. */
static gboolean
map_fields (const AnmFittedField *fields,
            guint n_fields,
            const AnmField *sources,
            guint n_sources,
            gint64 *map,
            guint **categories,
            GPtrArray *warnings,
            GError **error)
{
  for (guint i = 0; i < n_fields; i++)
    {
      const AnmField *source = NULL;

      map[i] = -1;
      for (guint k = 0; k < n_sources && source == NULL; k++)
        if (strcmp (sources[k].name, fields[i].name) == 0)
          {
            map[i] = k;
            source = &sources[k];
          }

      if (source == NULL)
        {
          if (fields[i].measured)
            warn (warnings, _("“%s” is not in these records: it counts as never measured."), fields[i].name);
          continue;
        }
      if (source->kind != fields[i].kind)
        {
          g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE,
                       source->kind == ANM_FIELD_NUMERIC ? _("“%s” holds numbers here, but words in the records that the network was trained on.") : _("“%s” holds words here, but numbers in the records that the network was trained on."),
                       fields[i].name);
          return FALSE;
        }
      if (source->unit[0] != '\0' && fields[i].unit[0] != '\0' && strcmp (source->unit, fields[i].unit) != 0)
        warn (warnings, _("“%s” is in %s here, but was in %s in the records that the network was trained on: its values are taken as they are."), fields[i].name, source->unit, fields[i].unit);
      if (source->kind == ANM_FIELD_CATEGORICAL)
        categories[i] = map_words (source->categories, fields[i].categories);
    }
  return TRUE;
}

/* Targets are taken over if they are of the same kind; classes by their words. */
static void
map_target (Mapping *mapping,
            GPtrArray *warnings)
{
  const AnmTarget *trained = &mapping->recipe->target;
  const AnmTarget *found = &mapping->cohort->target;

  if (found->shape.kind == ANM_TARGET_NONE || trained->shape.kind == ANM_TARGET_NONE)
    return;

  mapping->has_target = found->shape.kind == trained->shape.kind;
  if (mapping->has_target && (trained->shape.kind == ANM_TARGET_LABELS || trained->shape.kind == ANM_TARGET_REGRESSION))
    mapping->has_target = found->shape.n_outputs == trained->shape.n_outputs;
  /* Few new patients may show but two of many classes. */
  if (trained->classes != NULL && found->classes != NULL && (found->shape.kind == ANM_TARGET_BINARY || found->shape.kind == ANM_TARGET_CLASSES) && (trained->shape.kind == ANM_TARGET_BINARY || trained->shape.kind == ANM_TARGET_CLASSES))
    {
      mapping->has_target = TRUE;
      mapping->classes = map_words (found->classes, trained->classes);
      for (guint i = 0; found->classes[i] != NULL; i++)
        if (mapping->classes[i] == G_MAXUINT)
          warn (warnings, _("The outcome “%s” was not among those that the network was trained on: it counts as unknown."), found->classes[i]);
    }
  if (!mapping->has_target)
    warn (warnings, _("The outcome “%s” is of another kind than “%s”, which the network was trained on: it counts as unknown."), found->name, trained->name);
}

static gboolean
mapping_init (Mapping *mapping,
              const AnmFittedRecipe *recipe,
              const AnmCohort *cohort,
              GPtrArray *warnings,
              GError **error)
{
  mapping->recipe = recipe;
  mapping->cohort = cohort;
  mapping->channels = g_new (gint64, MAX (recipe->n_channels, 1));
  mapping->statics = g_new (gint64, MAX (recipe->n_statics, 1));
  mapping->categories = g_new0 (guint *, recipe->n_channels + recipe->n_statics + 1);
  if (!map_time (mapping, error) ||
      !map_fields (recipe->channels, recipe->n_channels, cohort->channels, cohort->n_channels, mapping->channels, mapping->categories, warnings, error) ||
      !map_fields (recipe->statics, recipe->recipe->use_statics ? recipe->n_statics : 0, cohort->statics, cohort->n_statics, mapping->statics, mapping->categories + recipe->n_channels, warnings, error))
    return FALSE;
  map_target (mapping, warnings);
  return TRUE;
}

static anm_real
scale (const AnmFittedField *field,
       double value)
{
  return (anm_real) ((CLAMP (value, field->clip_low, field->clip_high) - field->offset) / field->divisor);
}

/* One step's value into the planes of its channel: the number, or a one in its category's plane. */
static void
put_value (const Mapping *mapping,
           guint channel,
           double value,
           anm_real *row)
{
  const AnmFittedField *field = &mapping->recipe->channels[channel];
  guint n_planes = anm_fitted_field_get_n_planes (field);

  if (!field->measured)
    return;
  if (field->kind == ANM_FIELD_NUMERIC)
    {
      row[field->plane] = scale (field, isnan (value) ? field->mean : value);
      return;
    }
  for (guint p = 0; p < n_planes; p++)
    row[field->plane + p] = !isnan (value) && mapping->categories[channel][(guint) value] == p ? 1 : 0;
}

/*
 * Time since the channel was last measured before the step, as in Che et al.,
 * "Recurrent neural networks for multivariate time series with missing values",
 * Scientific Reports 8:6085 (2018), equation 2: 0 at the first step, one step
 * more than before unless it was measured at the step before.
 */
static void
fill_gaps (AnmSequences *sequences,
           gsize first,
           const AnmFittedField *field,
           const double *steps,
           gsize n_steps,
           double step)
{
  guint n_planes = anm_fitted_field_get_n_planes (field);
  double gap = 0;

  for (gsize k = 0; k < n_steps; k++)
    {
      if (k > 0)
        gap = step + (isnan (steps[k - 1]) ? gap : 0);
      for (guint p = field->plane; p < field->plane + n_planes; p++)
        sequences->gaps[(first + k) * sequences->n_channels + p] = (anm_real) (gap / field->gap_divisor);
    }
}

static void
fill_channel (const Mapping *mapping,
              AnmSequences *sequences,
              gsize sequence,
              guint channel,
              const double *steps)
{
  const AnmFittedField *field = &mapping->recipe->channels[channel];
  gsize first = sequences->offsets[sequence];
  gsize n_steps = sequences->offsets[sequence + 1] - first;
  guint n_planes = anm_fitted_field_get_n_planes (field);
  double carried = NAN;

  for (gsize k = 0; k < n_steps; k++)
    {
      gboolean observed = !isnan (steps[k]);

      if (observed || !mapping->recipe->recipe->carry_forward)
        carried = steps[k];
      put_value (mapping, channel, carried, sequences->values + (first + k) * sequences->n_channels);
      for (guint p = 0; p < n_planes; p++)
        anm_sequences_set_observed (sequences, first + k, field->plane + p, observed);
    }
  if (sequences->gaps != NULL)
    fill_gaps (sequences, first, field, steps, n_steps, mapping->recipe->step);
}

/* Where tokens are gathered: [steps] of guint32. */
typedef struct
{
  GPtrArray *sets;
  GArray    *current; /* of one channel at one step */
  GArray    *all;
} Tokens;

static void
tokens_clear (Tokens *tokens)
{
  g_clear_pointer (&tokens->sets, g_ptr_array_unref);
  g_clear_pointer (&tokens->current, g_array_unref);
  g_clear_pointer (&tokens->all, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tokens, tokens_clear)

static void
tokens_init (Tokens *tokens,
             AnmSequences *sequences,
             gsize longest)
{
  tokens->sets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (gsize k = 0; k < longest; k++)
    g_ptr_array_add (tokens->sets, g_array_new (FALSE, FALSE, sizeof (guint32)));
  tokens->current = g_array_new (FALSE, FALSE, sizeof (guint32));
  tokens->all = g_array_new (FALSE, FALSE, sizeof (guint32));
  sequences->token_offsets = g_new0 (gsize, anm_sequences_get_n_steps (sequences) + 1);
}

static gboolean
holds (const GArray *set,
       guint32 token)
{
  for (guint i = 0; i < set->len; i++)
    if (g_array_index (set, guint32, i) == token)
      return TRUE;
  return FALSE;
}

/* One channel's codes at each step: the set of those recorded in it; where none was, as with values, those before. */
static void
gather_codes (const Mapping *mapping,
              gsize patient,
              guint channel,
              Tokens *tokens,
              gsize n_steps)
{
  const AnmFittedField *field = &mapping->recipe->channels[channel];
  const double *times;
  const float *codes;
  gsize n = anm_cohort_get_series (mapping->cohort, patient, (guint) mapping->channels[channel], &times, &codes);
  gsize i = 0;

  g_array_set_size (tokens->current, 0);
  for (gsize k = 0; k < n_steps; k++)
    {
      gboolean recorded = FALSE;

      for (; i < n && anm_resampling_get_step (&mapping->resampling, times[i], n_steps) <= (gssize) k; i++)
        {
          guint category = mapping->categories[channel][(guint) codes[i]];
          guint32 token = field->token + category;

          if (anm_resampling_get_step (&mapping->resampling, times[i], n_steps) < 0)
            continue;
          if (!recorded)
            g_array_set_size (tokens->current, 0);
          recorded = TRUE;
          if (category != G_MAXUINT && !holds (tokens->current, token))
            g_array_append_val (tokens->current, token);
        }
      if (recorded || mapping->recipe->recipe->carry_forward)
        g_array_append_vals (g_ptr_array_index (tokens->sets, k), tokens->current->data, tokens->current->len);
    }
}

static void
fill_tokens (const Mapping *mapping,
             AnmSequences *sequences,
             gsize sequence,
             gsize patient,
             Tokens *tokens)
{
  gsize first = sequences->offsets[sequence];
  gsize n_steps = sequences->offsets[sequence + 1] - first;

  for (gsize k = 0; k < n_steps; k++)
    g_array_set_size (g_ptr_array_index (tokens->sets, k), 0);
  for (guint c = 0; c < mapping->recipe->n_channels; c++)
    if (mapping->recipe->channels[c].as_tokens && mapping->channels[c] >= 0)
      gather_codes (mapping, patient, c, tokens, n_steps);
  for (gsize k = 0; k < n_steps; k++)
    {
      const GArray *set = g_ptr_array_index (tokens->sets, k);

      g_array_append_vals (tokens->all, set->data, set->len);
      sequences->token_offsets[first + k + 1] = tokens->all->len;
    }
}

static void
fill_statics (const Mapping *mapping,
              AnmSequences *sequences,
              gsize sequence,
              gsize patient)
{
  const AnmFittedRecipe *recipe = mapping->recipe;
  anm_real *row = sequences->statics + sequence * sequences->n_statics;

  for (guint s = 0; s < recipe->n_statics; s++)
    {
      const AnmFittedField *field = &recipe->statics[s];
      float value = mapping->statics[s] >= 0 ? mapping->cohort->static_values[patient * mapping->cohort->n_statics + (gsize) mapping->statics[s]] : NAN;
      guint n_planes = anm_fitted_field_get_n_planes (field);

      if (!field->measured)
        continue;
      if (field->kind == ANM_FIELD_NUMERIC)
        row[field->plane] = scale (field, isnan (value) ? field->mean : (double) value);
      else
        for (guint p = 0; p < n_planes; p++)
          row[field->plane + p] = !isnan (value) && mapping->categories[recipe->n_channels + s][(guint) value] == p ? 1 : 0;
    }
}

static void
fill_target (const Mapping *mapping,
             AnmSequences *sequences,
             gsize sequence,
             gsize patient)
{
  guint width = anm_sequences_get_target_width (&sequences->target);
  const AnmCohort *cohort = mapping->cohort;
  gboolean known = mapping->has_target && anm_cohort_has_target (cohort, patient);

  for (guint i = 0; known && i < width; i++)
    {
      float value = cohort->targets[patient * width + i];

      if (mapping->classes != NULL && mapping->classes[(guint) value] == G_MAXUINT)
        known = FALSE;
      else
        sequences->targets[sequence * width + i] = mapping->classes != NULL ? (anm_real) mapping->classes[(guint) value] : (anm_real) value;
    }
  sequences->target_mask[sequence] = known;
}

/* What a network sees of a channel on average: 0 where it is standardised. The share of a category isn't known: 0. */
static void
fill_means (const AnmFittedRecipe *recipe,
            AnmSequences *sequences)
{
  sequences->means = g_new0 (anm_real, MAX (recipe->n_planes, 1));
  for (guint c = 0; c < recipe->n_channels; c++)
    if (recipe->channels[c].measured && recipe->channels[c].kind == ANM_FIELD_NUMERIC)
      sequences->means[recipe->channels[c].plane] = scale (&recipe->channels[c], recipe->channels[c].mean);
}

static gsize *
measure_lengths (const Mapping *mapping,
                 const guint32 *patients,
                 gsize n_patients,
                 gsize *longest)
{
  gsize *lengths = g_new (gsize, MAX (n_patients, 1));

  *longest = 1;
  for (gsize i = 0; i < n_patients; i++)
    {
      lengths[i] = anm_resampling_get_length (&mapping->resampling, mapping->cohort, patients != NULL ? patients[i] : i);
      *longest = MAX (*longest, lengths[i]);
    }
  return lengths;
}

static gboolean
check_size (const AnmFittedRecipe *recipe,
            const gsize *lengths,
            gsize n_patients,
            GError **error)
{
  double all = 0;

  for (gsize i = 0; i < n_patients; i++)
    all += (double) lengths[i];
  if (all * MAX (recipe->n_planes, 1) <= 2e9)
    return TRUE;
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE,
               _("With the trained network’s time step of %g %s these records have %.0f steps of %u channels: too many to hold. Give it fewer or shorter records."),
               recipe->step, recipe->time_unit, all, recipe->n_planes);
  return FALSE;
}

/**
 * anm_fitted_recipe_apply:
 * @patients: (nullable) (array length=n_patients): which, in the order wanted; %NULL for
 *   all, whatever @n_patients
 * @warnings: (nullable) (element-type utf8): what was doubtful is added
 *
 * Resample, aggregate, clip, carry forward, scale, with the numbers taken from
 * the training part. A patient's sequence depends on that patient alone.
 *
 * Returns: (transfer full): sequences with the recipe's column plan, or %NULL with
 *   %ANM_DATA_ERROR_RECIPE
 */
AnmSequences *
anm_fitted_recipe_apply (const AnmFittedRecipe *self,
                         const AnmCohort *cohort,
                         const guint32 *patients,
                         gsize n_patients,
                         GPtrArray *warnings,
                         GError **error)
{
  g_auto (Mapping) mapping = { .recipe = self };
  g_autoptr (AnmSequences) sequences = NULL;
  g_autofree gsize *lengths = NULL;
  g_autofree double *steps = NULL;
  g_autofree guint32 *counts = NULL;
  g_auto (Tokens) tokens = { 0 };
  gsize longest;

  if (!mapping_init (&mapping, self, cohort, warnings, error))
    return NULL;
  if (patients == NULL)
    n_patients = cohort->n_patients;
  lengths = measure_lengths (&mapping, patients, n_patients, &longest);
  if (!check_size (self, lengths, n_patients, error))
    return NULL;

  sequences = anm_sequences_new (n_patients, lengths, self->n_planes, self->n_static_planes, &self->target.shape);
  if (self->recipe->use_gaps || self->recipe->keep_missing)
    sequences->gaps = g_new0 (anm_real, MAX (anm_sequences_get_n_steps (sequences) * self->n_planes, 1));
  if (self->recipe->keep_missing)
    fill_means (self, sequences);
  if (sequences->targets != NULL)
    sequences->target_mask = g_new0 (guint8, MAX (n_patients, 1));
  if (self->recipe->use_tokens)
    tokens_init (&tokens, sequences, longest);
  steps = g_new (double, longest);
  counts = g_new (guint32, longest);

  for (gsize i = 0; i < n_patients; i++)
    {
      gsize patient = patients != NULL ? patients[i] : i;

      for (guint c = 0; c < self->n_channels; c++)
        {
          if (self->channels[c].as_tokens)
            continue;
          if (mapping.channels[c] >= 0)
            anm_resample_series (&mapping.resampling, cohort, patient, (guint) mapping.channels[c], steps, counts, lengths[i]);
          else
            for (gsize k = 0; k < lengths[i]; k++)
              steps[k] = NAN;
          fill_channel (&mapping, sequences, i, c, steps);
        }
      if (self->recipe->use_tokens)
        fill_tokens (&mapping, sequences, i, patient, &tokens);
      if (self->recipe->use_statics && self->n_static_planes > 0)
        fill_statics (&mapping, sequences, i, patient);
      if (sequences->targets != NULL)
        fill_target (&mapping, sequences, i, patient);
    }
  if (self->recipe->use_tokens)
    {
      sequences->n_tokens = self->n_tokens;
      sequences->tokens = g_new (guint32, MAX (tokens.all->len, 1));
      if (tokens.all->len > 0)
        memcpy (sequences->tokens, tokens.all->data, tokens.all->len * sizeof (guint32));
    }
  anm_sequences_set_columns (sequences, self->columns, self->n_columns);
  return g_steal_pointer (&sequences);
}
