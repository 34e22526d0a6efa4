/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "app/cli/options.h"
#include "engine/alteration.h"

G_BEGIN_DECLS

/* --alter: weights, gates and units held at something else than was learnt, on every command that only asks. Nothing of it is kept. */
typedef struct
{
  char **texts; /* as they were typed; nullable */
} AnmAlterOptions;

GOptionEntry *anm_alter_options_entries  (AnmAlterOptions *self);
void          anm_alter_options_clear    (AnmAlterOptions *self);
/* Changes @parameters of @network in the order of the options. */
gboolean      anm_alter_options_apply    (AnmAlterOptions *self,
                                          AnmNetwork *network,
                                          anm_real *parameters,
                                          GError **error);
/* @weights and what was altered of them: "best weights, epoch 12, altered: lstm_1[25].f = 1". Takes @weights over. */
char         *anm_alter_options_describe (const AnmAlterOptions *self,
                                          char *weights);
/* "altered": [...]; nothing without the option. */
void          anm_alter_options_report   (const AnmAlterOptions *self,
                                          JsonBuilder *builder);

#define ANM_ALTER_GROUP(entries) { "altered", N_ ("The network taken in hand:"), entries }

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmAlterOptions, anm_alter_options_clear)

G_END_DECLS
