/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/training-options.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

GOptionEntry *
anm_recipe_options_entries (AnmRecipeOptions *self)
{
  const GOptionEntry entries[] = {
    { "channels", 0, 0, G_OPTION_ARG_STRING, &self->channels, N_ ("Channels that go in (all)"), N_ ("A,B,…") },
    { "columns", 0, 0, G_OPTION_ARG_STRING, &self->columns, N_ ("Columns beside the values: observed, gaps, statics, or none (observed,statics)"), N_ ("A,B,…") },
    { "step", 0, 0, G_OPTION_ARG_STRING, &self->step, N_ ("Width of a time step in the records' time unit (guessed)"), N_ ("X") },
    { "window", 0, 0, G_OPTION_ARG_STRING, &self->window, N_ ("At most this much time from time zero"), N_ ("X") },
    { "split", 0, 0, G_OPTION_ARG_STRING, &self->split, N_ ("Shares of training, validation and test (0.7,0.15,0.15), or a CSV of patient and part"), N_ ("SHARES|FILE") },
    { "split-seed", 0, 0, G_OPTION_ARG_STRING, &self->split_seed, N_ ("Seed of the split (1)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_recipe_options_clear (AnmRecipeOptions *self)
{
  g_clear_pointer (&self->channels, g_free);
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->step, g_free);
  g_clear_pointer (&self->window, g_free);
  g_clear_pointer (&self->split, g_free);
  g_clear_pointer (&self->split_seed, g_free);
}

static gboolean
read_channels (const char *text,
               const AnmCohort *cohort,
               AnmRecipe *recipe,
               GError **error)
{
  g_auto (GStrv) words = anm_option_read_words ("channels", text, error);
  guint channel;

  if (words == NULL)
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    if (!anm_cohort_find_channel (cohort, words[i], &channel))
      {
        g_autoptr (GString) known = g_string_new (NULL);

        for (guint k = 0; k < cohort->n_channels && k < 40; k++)
          g_string_append_printf (known, "%s%s", k > 0 ? ", " : "", cohort->channels[k].name);
        anm_usage_error (error, _ ("--channels: the records have no channel “%s”. They have: %s%s."), words[i], known->str,
                         cohort->n_channels > 40 ? ", …" : "");
        return FALSE;
      }
  g_clear_pointer (&recipe->channels, g_strfreev);
  recipe->channels = g_steal_pointer (&words);
  return TRUE;
}

static gboolean
read_columns (const char *text,
              AnmRecipe *recipe,
              GError **error)
{
  g_auto (GStrv) words = anm_option_read_words ("columns", text, error);

  if (words == NULL)
    return FALSE;
  recipe->use_observed = recipe->use_gaps = recipe->use_statics = FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], "observed") == 0)
      recipe->use_observed = TRUE;
    else if (strcmp (words[i], "gaps") == 0)
      recipe->use_gaps = TRUE;
    else if (strcmp (words[i], "statics") == 0)
      recipe->use_statics = TRUE;
    else if (strcmp (words[i], "none") != 0)
      {
        anm_usage_error (error, _ ("--columns: “%s” isn't observed, gaps, statics or none."), words[i]);
        return FALSE;
      }
  return TRUE;
}

/* Three shares, or a file. */
static gboolean
read_split (const char *text,
            AnmRecipe *recipe,
            GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  double sum = 0;

  if (g_file_test (text, G_FILE_TEST_EXISTS))
    {
      g_free (recipe->split_file);
      recipe->split_file = g_canonicalize_filename (text, NULL);
      return TRUE;
    }
  if (g_strv_length (words) != 3)
    {
      anm_usage_error (error, _ ("--split: “%s” is neither a file nor three shares such as 0.7,0.15,0.15."), text);
      return FALSE;
    }
  for (guint i = 0; i < 3; i++)
    {
      if (!anm_option_read_number ("split", words[i], &recipe->split[i], error))
        return FALSE;
      if (recipe->split[i] < 0 || recipe->split[i] > 1)
        {
          anm_usage_error (error, _ ("--split: a share of %g isn't between 0 and 1."), recipe->split[i]);
          return FALSE;
        }
      sum += recipe->split[i];
    }
  if (fabs (sum - 1) > 1e-6 || recipe->split[0] <= 0)
    {
      anm_usage_error (error, _ ("--split: %s sums to %g; the shares must sum to 1, and the first, of the patients to train on, be more than 0."), text, sum);
      return FALSE;
    }
  g_clear_pointer (&recipe->split_file, g_free);
  return TRUE;
}

static gboolean
read_width (const char *option,
            const char *text,
            double *width,
            GError **error)
{
  if (!anm_option_read_number (option, text, width, error))
    return FALSE;
  if (text != NULL && *width <= 0)
    {
      anm_usage_error (error, _ ("--%s: %s isn't more than 0."), option, text);
      return FALSE;
    }
  return TRUE;
}

gboolean
anm_recipe_options_apply (const AnmRecipeOptions *self,
                          const AnmCohort *cohort,
                          AnmRecipe *recipe,
                          GError **error)
{
  return (self->channels == NULL || read_channels (self->channels, cohort, recipe, error)) &&
         (self->columns == NULL || read_columns (self->columns, recipe, error)) &&
         (self->split == NULL || read_split (self->split, recipe, error)) &&
         read_width ("step", self->step, &recipe->step, error) &&
         read_width ("window", self->window, &recipe->window, error) &&
         anm_option_read_seed ("split-seed", self->split_seed, &recipe->split_seed, error);
}
