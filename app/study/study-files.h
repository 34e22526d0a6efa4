/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What is done with a study as a file: who has it open flushes it first. Nothing half-made is ever to be seen, whatever ends it: a copy has its name only when it is whole and on
 * the disk, and nothing is overwritten. Any thread; it may be open, here or elsewhere, but see each.
 */

/* @fraction 0 .. 1; on the thread that does it. */
typedef void (*AnmStudyFileProgress) (double fraction,
                                      gpointer data);

typedef enum
{
  ANM_STUDY_FILE_DUPLICATE,
  ANM_STUDY_FILE_MOVE,
  ANM_STUDY_FILE_EXPORT,  /* a copy without patients */
  ANM_STUDY_FILE_EXPORT_BARE, /* nor what people wrote */
  ANM_STUDY_FILE_COMPACT,
} AnmStudyFileAction;

/* Bytes of the study before, and of what came out of it. */
typedef struct
{
  gint64 before;
  gint64 after;
} AnmStudyFileSizes;

/* Bytes that it takes on the disk, with its log. */
gint64   anm_study_file_get_size   (const char *path);
/**
 * anm_study_file_act:
 * @to: (nullable): what is made; NULL to compact
 *
 * Duplicate: as it is at this moment, also while it is being trained; what is under way is cut off in the copy.
 *
 * Move: to another name or folder, also of another file system. Refused while anybody has it open, this program too: its log
 * would stay behind.
 *
 * Export: without patients, to be given away. No ids, no values, no outcomes, no source, no split, no states to go on from, no
 * history, nothing of where the window looked. Runs stay, with their figures (which are of all patients together), weights, names, tags and
 * notes as people wrote them, and what the recipe learnt of all patients together (means, limits, categories), without which
 * weights mean nothing. Bare: nor notes, names, tags and the title.
 *
 * Compact: thins the weights of epochs to what the study allows, and gives room back that nothing uses. Refused while
 * another program trains in it.
 *
 * G_IO_ERROR_CANCELLED if @cancellable says so: then everything is as it was.
 */
gboolean anm_study_file_act        (AnmStudyFileAction action,
                                    const char *path,
                                    const char *to,
                                    AnmStudyFileProgress progress,
                                    gpointer data,
                                    GCancellable *cancellable,
                                    AnmStudyFileSizes *sizes,
                                    GError **error);
/* The same on a worker thread, with @progress on the main one. */
void     anm_study_file_act_async  (AnmStudyFileAction action,
                                    const char *path,
                                    const char *to,
                                    AnmStudyFileProgress progress,
                                    gpointer data,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean anm_study_file_act_finish (GAsyncResult *result,
                                    AnmStudyFileSizes *sizes,
                                    GError **error);

G_END_DECLS
