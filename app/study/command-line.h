/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"
#include "engine/hyperparameters.h"

G_BEGIN_DECLS

/*
 * The command line: what is set in the window, in the words of anamnesis-cli.
 */

/* " --option text", quoted for the shell where need be; @option "": the text alone. */
void anm_command_line_append (GString *command,
                              const char *option,
                              const char *text);
void anm_command_line_append_recipe (GString *command,
                              const AnmRecipe *recipe);
/* What is the same in @base isn't said. */
void anm_command_line_append_hyperparameters (GString *command,
                              const AnmHyperparameters *hyperparameters,
                              const AnmHyperparameters *base);
/* "anamnesis-cli train SOURCE --network ..." for a run that begins anew; @source (as text), @origin (exactly: see
 * anm_cohort_origin_describe()), @weights and the @layout that they are read in: nullable. */
char *anm_command_line_train (const char *source,
                              const char *origin,
                              const char *network,
                              const AnmRecipe *recipe,
                              const char *weights,
                              const char *layout,
                              const AnmHyperparameters *hyperparameters);

G_END_DECLS
