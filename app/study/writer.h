/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * AnmWriter:
 *
 * The one thread of a study that writes. Jobs are done in the order in which
 * they were handed in, all that wait in one transaction, so that a thousand small
 * epochs a second cost a few transactions a second. What is written outlives the program at once, and a power cut from a second
 * later on: bringing it to the disk is dear. When the disk refuses, the transaction is rolled back, its jobs are kept and tried
 * again every two seconds.
 */
typedef struct _AnmWriter AnmWriter;

/* Runs on the writer thread inside a transaction. May run again after a failure, so it must
 * give the same result twice. */
typedef gboolean (*AnmWriterFunc) (sqlite3 *db,
                                   gpointer data,
                                   GError **error);

/* Takes @db over. */
AnmWriter *anm_writer_new          (sqlite3 *db);
/* Waits until everything is written (or refused once more), then ends the thread. */
void       anm_writer_free         (AnmWriter *self);
/* @size: bytes that the job holds in memory, roughly. */
void       anm_writer_submit       (AnmWriter *self,
                                    AnmWriterFunc func,
                                    gpointer data,
                                    GDestroyNotify destroy,
                                    gsize size);
/* The same, and takes the place of a job with the same @key (not %NULL) that is still waiting. */
void       anm_writer_submit_latest (AnmWriter *self,
                                    gconstpointer key,
                                    AnmWriterFunc func,
                                    gpointer data,
                                    GDestroyNotify destroy,
                                    gsize size);
/* What is submitted between the two, by this thread or another, is in one transaction or another as a whole: nobody will
 * ever see half of it. May be nested; not to be flushed in between. */
void       anm_writer_hold         (AnmWriter *self);
void       anm_writer_release      (AnmWriter *self);
/* Waits until all that was submitted before is in the file and on the disk; FALSE and @error if the disk refused. */
gboolean   anm_writer_flush        (AnmWriter *self,
                                    GError **error);
/* Waits at most @microseconds until what is waiting is small enough to hand in more. */
gboolean   anm_writer_wait_for_room (AnmWriter *self,
                                    gint64 microseconds);
/* Whether the disk is far behind. */
gboolean   anm_writer_is_behind    (AnmWriter *self);
/* A copy of the error of the last attempt, or %NULL if it succeeded. */
GError    *anm_writer_get_error    (AnmWriter *self);

G_END_DECLS
