/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/command.h"

#include <string.h>

static const AnmCommand *const commands[] = {
  &anm_demo_command,
  &anm_samples_command,
  &anm_describe_command,
  &anm_import_command,
  &anm_train_command,
  &anm_resume_command,
  &anm_evaluate_command,
  &anm_predict_command,
  &anm_export_command,
  &anm_inspect_command,
  &anm_plot_command,
  &anm_runs_command,
  &anm_verify_command,
  &anm_study_command,
  &anm_salvage_command,
  &anm_bench_command,
};

const AnmCommand *const *
anm_commands (guint *n_commands)
{
  *n_commands = G_N_ELEMENTS (commands);
  return commands;
}

const AnmCommand *
anm_command_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}
