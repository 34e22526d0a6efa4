/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/options.h"

G_BEGIN_DECLS

/* Options that belong together. */
typedef struct
{
  const char   *name;     /* "source"; "" for the command's own, "common" for every command's */
  const char   *title;    /* N_(); NULL for these two */
  guint         n_entries;
  GOptionEntry *entries;  /* arg_data means nothing */
} AnmOptionList;

/**
 * AnmCommandShape:
 *
 * What a command can be given: the same entries that its command line is read with, listed instead of read. Help, manual and
 * shell completion are made of them.
 */
typedef struct _AnmCommandShape
{
  GPtrArray *lists;          /* of AnmOptionList, the command's own first */
  guint      max_arguments;  /* beside options */
} AnmCommandShape;

AnmCommandShape     *anm_command_shape_new   (const AnmCommand *command);
AnmCommandShape     *anm_command_shape_new_empty (void);
void                 anm_command_shape_free  (AnmCommandShape *self);
void                 anm_command_shape_add   (AnmCommandShape *self,
                                              const char *name,
                                              const char *title,
                                              const GOptionEntry *entries);
const GOptionEntry  *anm_command_shape_find  (const AnmCommandShape *self,
                                              const char *option); /* without "--"; nullable */
gboolean             anm_command_shape_has   (const AnmCommandShape *self,
                                              const char *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCommandShape, anm_command_shape_free)

G_END_DECLS
