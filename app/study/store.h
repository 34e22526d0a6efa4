/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "app/study/schema.h"
#include "app/study/writer.h"

G_BEGIN_DECLS

/**
 * AnmStore:
 *
 * A study's file: one SQLite database in WAL mode with two connections, the
 * writer thread's and the main thread's for reading. Reference counted: runs that
 * outlive their study can still be read.
 */
typedef struct _AnmStore AnmStore;

#define ANM_STORE_APPLICATION_ID 0x416e616d /* "Anam" */
#define ANM_STORE_VERSION ANM_SCHEMA_VERSION

/* Opens a study, or makes one where nothing is. Anything else there is refused and left as it is. A study of an
 * older version is brought up to date in a copy that takes its place; the old file stays beside it. */
AnmStore   *anm_store_open       (const char *path,
                                  GError **error);
/* Makes a new study of an empty file that nobody else knows yet. */
gboolean    anm_store_fill       (const char *path,
                                  GError **error);
/* A new file with a name of its own in the user's data directory. */
AnmStore   *anm_store_new_untitled (GError **error);
AnmStore   *anm_store_ref        (AnmStore *self);
void        anm_store_unref      (AnmStore *self);
const char *anm_store_get_path   (const AnmStore *self);
AnmWriter  *anm_store_get_writer (AnmStore *self);
/* For reading, on the main thread. */
sqlite3    *anm_store_get_reader (AnmStore *self);
/* Another one, for reading on any one thread; to be closed. */
sqlite3    *anm_store_connect_reader (AnmStore *self,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmStore, anm_store_unref)

G_END_DECLS
