/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/training-options.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/study/templates.h"

#define MAX_EPOCHS 100000
#define MAX_BATCH 1000000000

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

GOptionEntry *
anm_training_options_entries (AnmTrainingOptions *self)
{
  const GOptionEntry entries[] = {
    { "network", 0, 0, G_OPTION_ARG_STRING, &self->network, N_ ("Layers, as in \"lstm(32) > dense(1)\", or the name of a template: stacked-lstm, simple-rnn, stacked-gru, lstm-classes"), N_ ("TEXT") },
    { "optimizer", 0, 0, G_OPTION_ARG_STRING, &self->optimizer, N_ ("sgd, rmsprop or adam"), N_ ("NAME") },
    { "learning-rate", 0, 0, G_OPTION_ARG_STRING, &self->learning_rate, N_ ("Learning rate (SGD 0.01, others 0.001)"), N_ ("X") },
    { "momentum", 0, 0, G_OPTION_ARG_STRING, &self->momentum, N_ ("Momentum of SGD and RMSProp (0)"), N_ ("X") },
    { "nesterov", 0, 0, G_OPTION_ARG_NONE, &self->nesterov, N_ ("SGD with Nesterov's momentum"), NULL },
    { "batch-size", 0, 0, G_OPTION_ARG_STRING, &self->batch_size, N_ ("Patients an update, or all"), N_ ("N|all") },
    { "epochs", 0, 0, G_OPTION_ARG_STRING, &self->epochs, N_ ("At most so many epochs"), N_ ("N") },
    { "patience", 0, 0, G_OPTION_ARG_STRING, &self->patience, N_ ("Stop after so many epochs without a better validation loss (0: never)"), N_ ("N") },
    { "loss", 0, 0, G_OPTION_ARG_STRING, &self->loss, N_ ("auto, mse, binary_crossentropy or categorical_crossentropy"), N_ ("NAME") },
    { "clip-norm", 0, 0, G_OPTION_ARG_STRING, &self->clip_norm, N_ ("Clip the gradient at this global norm (0: off)"), N_ ("X") },
    { "clip-value", 0, 0, G_OPTION_ARG_STRING, &self->clip_value, N_ ("Clip each of the gradient's elements at this value (0: off)"), N_ ("X") },
    { "balanced", 0, 0, G_OPTION_ARG_NONE, &self->balanced, N_ ("Weigh classes by their inverse frequency"), NULL },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed, N_ ("Seed of the initial weights and of the order of batches"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_training_options_clear (AnmTrainingOptions *self)
{
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->optimizer, g_free);
  g_clear_pointer (&self->learning_rate, g_free);
  g_clear_pointer (&self->momentum, g_free);
  g_clear_pointer (&self->batch_size, g_free);
  g_clear_pointer (&self->epochs, g_free);
  g_clear_pointer (&self->patience, g_free);
  g_clear_pointer (&self->loss, g_free);
  g_clear_pointer (&self->clip_norm, g_free);
  g_clear_pointer (&self->clip_value, g_free);
  g_clear_pointer (&self->seed, g_free);
}

gboolean
anm_training_options_read_network (const AnmTrainingOptions *self,
                                   const AnmTargetShape *target,
                                   AnmNetworkSpec **spec,
                                   GError **error)
{
  const AnmTemplate *template;
  g_autoptr (GError) local_error = NULL;

  *spec = NULL;
  if (self->network == NULL)
    return TRUE;
  template = anm_template_find (self->network);
  *spec = template != NULL ? anm_template_make_network (template, target)
                           : anm_network_spec_parse (self->network, &local_error);
  if (*spec != NULL)
    return TRUE;
  anm_usage_error (error, "--network: %s", local_error->message);
  return FALSE;
}

static gboolean
read_kinds (const AnmTrainingOptions *self,
            const AnmTargetShape *target,
            AnmHyperparameters *hyperparameters,
            GError **error)
{
  const AnmTemplate *template = self->network != NULL ? anm_template_find (self->network) : NULL;
  AnmHyperparameters before;
  AnmOptimizerKind kind;

  if (template != NULL)
    anm_template_set_hyperparameters (template, target, hyperparameters);
  before = *hyperparameters;
  if (self->optimizer != NULL)
    {
      if (!anm_optimizer_kind_from_string (self->optimizer, &kind))
        {
          anm_usage_error (error, _ ("--optimizer: “%s” isn't sgd, rmsprop or adam."), self->optimizer);
          return FALSE;
        }
      /* Each optimiser has its own learning rate; the rest stays. */
      anm_hyperparameters_init (hyperparameters, kind);
      hyperparameters->loss = before.loss;
      hyperparameters->batch_size = before.batch_size;
      hyperparameters->epochs = before.epochs;
      hyperparameters->patience = before.patience;
      hyperparameters->clip_norm = before.clip_norm;
      hyperparameters->clip_value = before.clip_value;
      hyperparameters->balanced_classes = before.balanced_classes;
      hyperparameters->seed = before.seed;
    }
  if (self->loss != NULL && !anm_loss_kind_from_string (self->loss, &hyperparameters->loss))
    {
      anm_usage_error (error, _ ("--loss: “%s” isn't auto, mse, binary_crossentropy or categorical_crossentropy."), self->loss);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_batch_size (const char *text,
                 guint *batch_size,
                 GError **error)
{
  if (text != NULL && strcmp (text, "all") == 0)
    {
      *batch_size = 0;
      return TRUE;
    }
  return anm_option_read_count ("batch-size", text, 1, MAX_BATCH, batch_size, error);
}

gboolean
anm_training_options_apply (const AnmTrainingOptions *self,
                            const AnmTargetShape *target,
                            AnmHyperparameters *hyperparameters,
                            GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!read_kinds (self, target, hyperparameters, error) ||
      !anm_option_read_number ("learning-rate", self->learning_rate, &hyperparameters->learning_rate, error) ||
      !anm_option_read_number ("momentum", self->momentum, &hyperparameters->momentum, error) ||
      !read_batch_size (self->batch_size, &hyperparameters->batch_size, error) ||
      !anm_option_read_count ("epochs", self->epochs, 1, MAX_EPOCHS, &hyperparameters->epochs, error) ||
      !anm_option_read_count ("patience", self->patience, 0, MAX_EPOCHS, &hyperparameters->patience, error) ||
      !anm_option_read_number ("clip-norm", self->clip_norm, &hyperparameters->clip_norm, error) ||
      !anm_option_read_number ("clip-value", self->clip_value, &hyperparameters->clip_value, error) ||
      !anm_option_read_seed ("seed", self->seed, &hyperparameters->seed, error))
    return FALSE;
  if (self->nesterov)
    hyperparameters->nesterov = TRUE;
  if (self->balanced)
    hyperparameters->balanced_classes = TRUE;
  if (anm_hyperparameters_validate (hyperparameters, &local_error))
    return TRUE;
  anm_usage_error (error, "%s", local_error->message);
  return FALSE;
}
