/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "app/study/study-files.h"

G_BEGIN_DECLS

/* One action under way. */
typedef struct
{
  const char          *path;
  const char          *to;
  AnmStudyFileProgress progress;   /* nullable */
  gpointer             data;
  GCancellable        *cancellable;
} AnmFileWork;

void     _anm_file_work_tell    (const AnmFileWork *work,
                                 double fraction);
/* @db gives up when the work is cancelled; its errors then are G_IO_ERROR_CANCELLED by _anm_file_work_fix_error(). */
void     _anm_file_work_watch   (AnmFileWork *work,
                                 sqlite3 *db);
void     _anm_file_work_fix_error (const AnmFileWork *work,
                                 GError **error);
/* Fills the new database @to, which has a study's tables, from the study @from, within a transaction of both. @words: with
 * what people wrote. */
gboolean _anm_study_export_rows (AnmFileWork *work,
                                 sqlite3 *from,
                                 sqlite3 *to,
                                 gboolean words,
                                 GError **error);

G_END_DECLS
