/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/options.h"
#include "engine/network.h"

G_BEGIN_DECLS

/* --passes and --seed: how often a network with dropout answers, for the band around its prediction. */
typedef struct
{
  char   *passes;
  char   *seed_text;
  guint   n_passes;     /* after check(); 0: no band */
  guint64 seed;
} AnmPassesOptions;

GOptionEntry *anm_passes_options_entries (AnmPassesOptions *self,
                                          const char *summary); /* N_(), of --passes */
void          anm_passes_options_clear   (AnmPassesOptions *self);
/* @fallback: passes where nobody says how many; 0: none. */
gboolean      anm_passes_options_check   (AnmPassesOptions *self,
                                          guint fallback,
                                          GError **error);

#define ANM_PASSES_GROUP(entries) { "band", N_ ("How sure the network is:"), entries }

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmPassesOptions, anm_passes_options_clear)

G_END_DECLS
