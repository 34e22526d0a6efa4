/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/options.h"
#include "app/study/study.h"

G_BEGIN_DECLS

/* SOURCE and the roles of its tables and columns: on every command that takes a source. */
typedef struct
{
  char **tables;
  char  *roles;
  char  *id, *time, *variable, *value, *target, *statics, *start;
  gboolean by_reference; /* origins are told with sums */
} AnmSourceOptions;

/* Entries that fill @self; freed by the caller. */
GOptionEntry *anm_source_options_entries (AnmSourceOptions *self);
void          anm_source_options_clear   (AnmSourceOptions *self);
/* Reads the source with a progress bar; prints no warnings. */
AnmCohort    *anm_source_options_read    (const AnmSourceOptions *self,
                                          AnmInvocation *invocation,
                                          char **arguments,
                                          char **source,   /* nullable: as one string */
                                          char **origin,   /* nullable: exactly, for a study */
                                          GError **error);

#define ANM_SOURCE_GROUP(entries) { "source", N_ ("How a source's tables and columns are read:"), entries }

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmSourceOptions, anm_source_options_clear)

G_END_DECLS
