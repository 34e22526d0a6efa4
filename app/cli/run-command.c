/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/run-command.h"

#include <string.h>

#include "app/cli/training-options.h"

static void
append_quoted (GString *command,
               const char *option,
               const char *text)
{
  g_autofree char *quoted = g_shell_quote (text);
  gboolean plain = *text != '\0' && strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/=+") == strlen (text);

  g_string_append_printf (command, " %s%s%s", option, *option != '\0' ? " " : "", plain ? text : quoted);
}

static void
append_number (GString *command,
               const char *option,
               double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  append_quoted (command, option, g_ascii_dtostr (text, sizeof text, number));
}

static void
append_recipe (GString *command,
               const AnmRecipe *recipe)
{
  g_autoptr (AnmRecipe) usual = anm_recipe_new ();
  g_autoptr (GString) columns = g_string_new (NULL), split = g_string_new (NULL);

  if (recipe->channels != NULL)
    {
      g_autofree char *channels = g_strjoinv (",", recipe->channels);

      append_quoted (command, "--channels", channels);
    }
  g_string_append (columns, recipe->use_observed ? ",observed" : "");
  g_string_append (columns, recipe->use_gaps ? ",gaps" : "");
  g_string_append (columns, recipe->use_statics ? ",statics" : "");
  append_quoted (command, "--columns", columns->len > 0 ? columns->str + 1 : "none");
  if (recipe->step > 0)
    append_number (command, "--step", recipe->step);
  if (recipe->window > 0)
    append_number (command, "--window", recipe->window);
  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (split, part > 0 ? ",%s" : "%s", g_ascii_dtostr (text, sizeof text, recipe->split[part]));
    }
  append_quoted (command, "--split", recipe->split_file != NULL ? recipe->split_file : split->str);
  if (recipe->split_seed != usual->split_seed)
    g_string_append_printf (command, " --split-seed %" G_GUINT64_FORMAT, recipe->split_seed);
}

char *
anm_run_command (AnmStudy *study,
                 AnmRun *run)
{
  g_autoptr (GString) command = g_string_new ("anamnesis-cli train");
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  g_autofree char *source = anm_study_load_run_source (study, run, NULL);
  guint epoch, parent = anm_run_get_parent (run, &epoch);
  AnmHyperparameters base;

  if (parent > 0 && anm_study_find_run (study, parent) != NULL)
    {
      base = *anm_run_get_hyperparameters (anm_study_find_run (study, parent));
      append_quoted (command, "--study", anm_study_get_path (study));
      g_string_append_printf (command, " --fork %u:%u", parent, epoch);
    }
  else
    {
      anm_hyperparameters_init (&base, ANM_OPTIMIZER_ADAM);
      append_quoted (command, "", source != NULL ? source : "SOURCE");
      append_quoted (command, "--network", network);
      append_recipe (command, anm_fitted_recipe_get_recipe (anm_run_get_recipe (run)));
      if (anm_run_get_weights_name (run) != NULL)
        append_quoted (command, "--weights", anm_run_get_weights_name (run));
    }
  anm_training_options_append (command, anm_run_get_hyperparameters (run), &base);
  return g_string_free (g_steal_pointer (&command), FALSE);
}
