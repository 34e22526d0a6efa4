/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/options.h"
#include "app/study/study.h"

G_BEGIN_DECLS

/* How a cohort is made ready: --channels, --split and their like. */
typedef struct
{
  char *channels;
  char *columns;
  char *step;
  char *window;
  char *split;
  char *split_seed;
} AnmRecipeOptions;

GOptionEntry *anm_recipe_options_entries (AnmRecipeOptions *self);
void          anm_recipe_options_clear   (AnmRecipeOptions *self);
/* What is given replaces what is in @recipe. */
gboolean      anm_recipe_options_apply   (const AnmRecipeOptions *self,
                                          const AnmCohort *cohort,
                                          AnmRecipe *recipe,
                                          GError **error);

#define ANM_MAX_MEMBER_OPTIONS 40

/* The network and how it is trained. */
typedef struct
{
  char    *network;
  char    *optimizer;
  char    *schedule;
  char    *batch_size;
  char    *loss;
  char    *class_weights;
  char    *truncation;
  char    *seed;
  char    *members[ANM_MAX_MEMBER_OPTIONS]; /* texts of the options that are one number each */
  gboolean flags[ANM_MAX_MEMBER_OPTIONS];   /* and those that are given or not */
} AnmTrainingOptions;

GOptionEntry *anm_training_options_entries (AnmTrainingOptions *self);
void          anm_training_options_clear   (AnmTrainingOptions *self);
/* The network as text or the name of a template, fitted to the target if it is a template. @spec NULL if not given. */
gboolean      anm_training_options_read_network (const AnmTrainingOptions *self,
                                          const AnmTargetShape *target,
                                          AnmNetworkSpec **spec,
                                          GError **error);
/* Whether the option of this name, which is of one number, was given. */
gboolean      anm_training_options_give    (const AnmTrainingOptions *self,
                                          const char *name);
/* Whether any hyperparameter was given. */
gboolean      anm_training_options_say_how (const AnmTrainingOptions *self);
gboolean      anm_training_options_apply   (const AnmTrainingOptions *self,
                                          const AnmTargetShape *target,
                                          AnmHyperparameters *hyperparameters,
                                          GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmRecipeOptions, anm_recipe_options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmTrainingOptions, anm_training_options_clear)

G_END_DECLS
