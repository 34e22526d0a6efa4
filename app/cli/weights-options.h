/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/options.h"
#include "app/study/model.h"

G_BEGIN_DECLS

/* --weights and --layout: a safetensors file of weights, on commands that can begin with one. */
typedef struct
{
  char *weights;
  char *layout;
} AnmWeightsOptions;

GOptionEntry *anm_weights_options_entries (AnmWeightsOptions *self,
                                           const char *summary); /* N_(), of --weights */
void          anm_weights_options_clear   (AnmWeightsOptions *self);
/* --layout needs --weights, and a word that is known. */
gboolean      anm_weights_options_check   (const AnmWeightsOptions *self,
                                           GError **error);
/* "pytorch"; @layout is left as it is if @text is NULL. */
gboolean      anm_option_read_layout      (const char *text,
                                           AnmLayout *layout,
                                           GError **error);
AnmModel     *anm_weights_options_load_model (const AnmWeightsOptions *self,
                                           GError **error);
AnmInitialWeights *anm_weights_options_load_initial (const AnmWeightsOptions *self,
                                           GError **error);

#define ANM_WEIGHTS_GROUP(entries) { "weights", N_ ("Weights from a file:"), entries }

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmWeightsOptions, anm_weights_options_clear)

G_END_DECLS
