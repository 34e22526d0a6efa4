/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-command.h"

#include "app/study/command-line.h"
#include "app/study/training.h"

char *
anm_run_command (AnmStudy *study,
                 AnmRun *run)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  g_autofree char *source = anm_study_load_run_source (study, run, NULL), *origin = anm_study_load_run_origin (study, run, NULL);
  const char *layout, *path = anm_run_get_weights_path (run, &layout);
  guint epoch, parent = anm_run_get_parent (run, &epoch);
  AnmHyperparameters base;
  GString *command;

  if (parent == 0 || anm_study_find_run (study, parent) == NULL)
    return anm_command_line_train (source, origin, network, anm_fitted_recipe_get_recipe (anm_run_get_recipe (run)),
                                   path != NULL ? path : anm_run_get_weights_name (run), layout, anm_run_get_hyperparameters (run));

  command = g_string_new ("anamnesis-cli train");
  anm_command_line_append (command, "--study", anm_study_get_path (study));
  g_string_append_printf (command, " --fork %u:%u", parent, epoch);
  base = *anm_run_get_hyperparameters (anm_study_find_run (study, parent));
  base.epochs = anm_training_count_left (anm_study_find_run (study, parent), (int) epoch);
  anm_command_line_append_hyperparameters (command, anm_run_get_hyperparameters (run), &base);
  return g_string_free (command, FALSE);
}
