/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnmTemporaryFile:
 *
 * A file beside the one that it shall become, NAME.XXXXXX: nobody ever sees half of a study. It is locked while it is being made; what a
 * program that was killed left of one is swept out by whoever next opens or makes a study there.
 */
typedef struct _AnmTemporaryFile AnmTemporaryFile;

/* Empty. @path: what it shall become. */
AnmTemporaryFile *anm_temporary_file_new  (const char *path,
                                           GError **error);
/* Removes it, unless it has become what it should, and what SQLite left beside it. */
void              anm_temporary_file_free (AnmTemporaryFile *self);
const char       *anm_temporary_file_get_path (const AnmTemporaryFile *self);
/* Gives it its name, if nothing has that yet; on the disk before it has. @taken is set if something does. */
gboolean          anm_temporary_file_settle (AnmTemporaryFile *self,
                                           gboolean *taken,
                                           GError **error);
/* The same in the place of what has it now. */
gboolean          anm_temporary_file_replace (AnmTemporaryFile *self,
                                           GError **error);
/* Removes what programs that are gone have left beside @path. */
void              anm_temporary_file_sweep (const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmTemporaryFile, anm_temporary_file_free)

G_END_DECLS
