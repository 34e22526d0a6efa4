/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study-files-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/study/snapshot-rows.h"
#include "app/study/statement.h"
#include "app/study/store.h"
#include "app/study/temporary-file.h"
#include "app/study/training-lock.h"

#define PAGES_AT_ONCE 1000
#define BUFFER_BYTES (1 << 20)
/* Instructions of SQLite's between two looks at the cancellable: well under a millisecond. */
#define INSTRUCTIONS 2000

void
_anm_file_work_tell (const AnmFileWork *work,
                     double fraction)
{
  if (work->progress != NULL)
    work->progress (fraction, work->data);
}

static int
watch_cb (void *data)
{
  const AnmFileWork *work = data;

  return g_cancellable_is_cancelled (work->cancellable);
}

void
_anm_file_work_watch (AnmFileWork *work,
                      sqlite3 *db)
{
  sqlite3_progress_handler (db, INSTRUCTIONS, watch_cb, work);
}

void
_anm_file_work_fix_error (const AnmFileWork *work,
                          GError **error)
{
  if (!g_cancellable_is_cancelled (work->cancellable))
    return;
  g_clear_error (error);
  g_cancellable_set_error_if_cancelled (work->cancellable, error);
}

/* A study of this format, brought up to date if it must be. */
static AnmStore *
open_store (const char *path,
            GError **error)
{
  /* Opening would make one. */
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return anm_store_open (path, error);
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("There is no study “%s”."), path);
  return NULL;
}

static sqlite3 *
open_study (const char *path,
            GError **error)
{
  g_autoptr (AnmStore) store = open_store (path, error);

  return store != NULL ? anm_statement_open (path, error) : NULL;
}

gint64
anm_study_file_get_size (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf status;
  gint64 size = g_stat (path, &status) == 0 ? (gint64) status.st_size : 0;

  return size + (g_stat (log, &status) == 0 ? (gint64) status.st_size : 0);
}

static void
set_taken_error (const char *to,
                 GError **error)
{
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” is there already; name a file that isn't."), to);
}

static gboolean
check_free (const char *to,
            GError **error)
{
  if (!g_file_test (to, G_FILE_TEST_EXISTS))
    return TRUE;
  set_taken_error (to, error);
  return FALSE;
}

/* @temporary becomes what it should. */
static gboolean
settle (AnmTemporaryFile *temporary,
        const AnmFileWork *work,
        GError **error)
{
  gboolean taken;

  if (g_cancellable_set_error_if_cancelled (work->cancellable, error) || !anm_temporary_file_settle (temporary, &taken, error))
    return FALSE;
  if (!taken)
    return TRUE;
  set_taken_error (work->to, error);
  return FALSE;
}

/* Page after page of what @from is at this moment: a transaction holds it still, whoever writes meanwhile. */
static gboolean
copy_pages (AnmFileWork *work,
            sqlite3 *from,
            sqlite3 *to,
            GError **error)
{
  sqlite3_backup *backup;
  int result = SQLITE_OK;

  if (!anm_statement_execute (from, "BEGIN; SELECT count (*) FROM sqlite_schema;", error))
    return FALSE;
  backup = sqlite3_backup_init (to, "main", from, "main");
  while (backup != NULL && result == SQLITE_OK && !g_cancellable_is_cancelled (work->cancellable))
    {
      const double n_pages = MAX (sqlite3_backup_pagecount (backup), 1);

      result = sqlite3_backup_step (backup, PAGES_AT_ONCE);
      if (result == SQLITE_OK)
        _anm_file_work_tell (work, 1 - sqlite3_backup_remaining (backup) / n_pages);
    }
  if (backup != NULL)
    sqlite3_backup_finish (backup);
  if (result == SQLITE_DONE)
    return anm_statement_execute (from, "COMMIT", error);
  if (!g_cancellable_set_error_if_cancelled (work->cancellable, error))
    anm_statement_set_error (to, error);
  return FALSE;
}

static gboolean
duplicate (AnmFileWork *work,
           GError **error)
{
  g_autoptr (AnmTemporaryFile) temporary = NULL;
  g_autoptr (sqlite3) from = NULL, to = NULL;

  from = open_study (work->path, error);
  temporary = from != NULL ? anm_temporary_file_new (work->to, error) : NULL;
  to = temporary != NULL ? anm_statement_open (anm_temporary_file_get_path (temporary), error) : NULL;
  /* Nobody trains in the copy: what its runs say of their processes is of the original. */
  if (to == NULL || !copy_pages (work, from, to, error) ||
      !anm_statement_execute (to, "PRAGMA journal_mode = DELETE; DELETE FROM lock;"
                                  " UPDATE run SET process = '' WHERE id NOT IN (SELECT run FROM event WHERE kind IN ('finished', 'stopped', 'failed'));"
                                  " PRAGMA journal_mode = WAL;",
                              error))
    return FALSE;
  g_clear_pointer (&to, anm_statement_close);
  return settle (temporary, work, error);
}

static gboolean
export_rows (AnmFileWork *work,
             gboolean words,
             GError **error)
{
  g_autoptr (AnmTemporaryFile) temporary = NULL;
  g_autoptr (sqlite3) from = NULL, to = NULL;
  gboolean done;

  from = open_study (work->path, error);
  temporary = from != NULL ? anm_temporary_file_new (work->to, error) : NULL;
  if (temporary == NULL || !anm_store_fill (anm_temporary_file_get_path (temporary), error))
    return FALSE;
  to = anm_statement_open (anm_temporary_file_get_path (temporary), error);
  if (to == NULL)
    return FALSE;
  _anm_file_work_watch (work, from);
  _anm_file_work_watch (work, to);
  done = anm_statement_execute (from, "BEGIN", error) &&
         anm_statement_execute (to, "PRAGMA foreign_keys = OFF; BEGIN", error) &&
         _anm_study_export_rows (work, from, to, words, error) && anm_statement_execute (to, "COMMIT", error);
  if (!done)
    {
      _anm_file_work_fix_error (work, error);
      return FALSE;
    }
  g_clear_pointer (&to, anm_statement_close);
  return settle (temporary, work, error);
}

static gboolean
export (AnmFileWork *work,
        GError **error)
{
  return export_rows (work, TRUE, error);
}

static gboolean
export_bare (AnmFileWork *work,
             GError **error)
{
  return export_rows (work, FALSE, error);
}

/* Nobody else has it open, and its log is folded into it. */
static gboolean
fold_log (const char *path,
          GError **error)
{
  g_autoptr (sqlite3) db = anm_statement_open (path, error);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean alone;

  if (db == NULL)
    return FALSE;
  /* In WAL mode this takes the whole file at the first reading. */
  alone = sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE; SELECT count (*) FROM run;", NULL, NULL, NULL) == SQLITE_OK;
  if (alone)
    return anm_statement_execute (db, "PRAGMA wal_checkpoint (TRUNCATE); PRAGMA journal_mode = DELETE; PRAGMA journal_mode = WAL;", error);
  if ((sqlite3_errcode (db) & 0xff) == SQLITE_BUSY)
    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY, _ ("“%s” is open in another window or program. Close it there first."), path);
  else
    anm_statement_set_error (db, error);
  return FALSE;
}

static gboolean
copy_bytes (AnmFileWork *work,
            int from,
            int to,
            GError **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_BYTES);
  struct stat status;
  gint64 done = 0;
  gssize n;

  if (fstat (from, &status) != 0)
    status.st_size = 0;
  while ((n = read (from, buffer, BUFFER_BYTES)) > 0)
    {
      if (g_cancellable_set_error_if_cancelled (work->cancellable, error))
        return FALSE;
      if (write (to, buffer, (gsize) n) != n)
        break;
      done += n;
      _anm_file_work_tell (work, (double) done / (double) MAX (status.st_size, 1));
    }
  if (n == 0)
    return TRUE;
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” can't be made: %s."), work->to, g_strerror (errno));
  return FALSE;
}

/* To another file system: a copy beside, then its name, then the old one goes. */
static gboolean
move_far (AnmFileWork *work,
          GError **error)
{
  g_autoptr (AnmTemporaryFile) temporary = anm_temporary_file_new (work->to, error);
  int from, to;
  gboolean copied;

  if (temporary == NULL)
    return FALSE;
  from = open (work->path, O_RDONLY | O_CLOEXEC);
  to = open (anm_temporary_file_get_path (temporary), O_WRONLY | O_CLOEXEC);
  copied = from >= 0 && to >= 0 && copy_bytes (work, from, to, error);
  if (from >= 0)
    close (from);
  if (to >= 0)
    close (to);
  if (!copied && error != NULL && *error == NULL)
    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” can't be made: %s."), work->to, g_strerror (errno));
  if (!copied || !settle (temporary, work, error))
    return FALSE;
  g_unlink (work->path);
  return TRUE;
}

static gboolean
move (AnmFileWork *work,
      GError **error)
{
  g_autoptr (sqlite3) db = open_study (work->path, error);

  if (db == NULL)
    return FALSE;
  g_clear_pointer (&db, anm_statement_close);
  if (!fold_log (work->path, error) || g_cancellable_set_error_if_cancelled (work->cancellable, error))
    return FALSE;
  /* A second name, which never takes another's place; then the first goes. */
  if (link (work->path, work->to) == 0)
    {
      g_unlink (work->path);
      return TRUE;
    }
  if (errno == EEXIST)
    {
      set_taken_error (work->to, error);
      return FALSE;
    }
  return move_far (work, error);
}

static gboolean
compact (AnmFileWork *work,
         GError **error)
{
  g_autoptr (AnmStore) store = open_store (work->path, error);
  g_autoptr (sqlite3) db = NULL;
  gboolean done;

  if (store == NULL || !anm_training_lock_check (store, error))
    return FALSE;
  db = anm_statement_open (work->path, error);
  if (db == NULL)
    return FALSE;
  _anm_file_work_watch (work, db);
  done = anm_statement_execute (db, "BEGIN IMMEDIATE", error) && anm_snapshot_rows_thin (db, error) && anm_statement_execute (db, "COMMIT", error);
  _anm_file_work_tell (work, 0.1);
  /* Rolled back as a whole if it is broken off. */
  done = done && anm_statement_execute (db, "VACUUM", error);
  _anm_file_work_tell (work, 0.9);
  if (done)
    {
      sqlite3_progress_handler (db, 0, NULL, NULL);
      sqlite3_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL); /* now or when it is closed */
    }
  else
    _anm_file_work_fix_error (work, error);
  return done;
}

gboolean
anm_study_file_act (AnmStudyFileAction action,
                    const char *path,
                    const char *to,
                    AnmStudyFileProgress progress,
                    gpointer data,
                    GCancellable *cancellable,
                    AnmStudyFileSizes *sizes,
                    GError **error)
{
  gboolean (*const actions[]) (AnmFileWork *, GError **) = {
    [ANM_STUDY_FILE_DUPLICATE] = duplicate,
    [ANM_STUDY_FILE_MOVE] = move,
    [ANM_STUDY_FILE_EXPORT] = export,
    [ANM_STUDY_FILE_EXPORT_BARE] = export_bare,
    [ANM_STUDY_FILE_COMPACT] = compact,
  };
  AnmFileWork work = { path, to, progress, data, cancellable };
  g_autoptr (GError) local_error = NULL;
  AnmStudyFileSizes own;

  g_return_val_if_fail ((guint) action < G_N_ELEMENTS (actions), FALSE);
  g_return_val_if_fail ((to == NULL) == (action == ANM_STUDY_FILE_COMPACT), FALSE);

  if (sizes == NULL)
    sizes = &own;
  sizes->before = anm_study_file_get_size (path);
  if (!g_cancellable_set_error_if_cancelled (cancellable, &local_error) && (to == NULL || check_free (to, &local_error)) && actions[action](&work, &local_error))
    {
      sizes->after = anm_study_file_get_size (to != NULL ? to : path);
      _anm_file_work_tell (&work, 1);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* On a worker thread. */

typedef struct
{
  AnmStudyFileAction   action;
  char                *path;
  char                *to;
  AnmStudyFileProgress progress;
  gpointer             data;
  AnmStudyFileSizes    sizes;
  int                  told;      /* atomic: thousandths */
  int                  waiting;   /* atomic: an idle source is on its way */
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  g_free (act->path);
  g_free (act->to);
  g_free (act);
}

static gboolean
tell_cb (gpointer data)
{
  GTask *task = data;
  Act *act = g_task_get_task_data (task);

  g_atomic_int_set (&act->waiting, 0);
  if (!g_task_get_completed (task))
    act->progress (g_atomic_int_get (&act->told) / 1000.0, act->data);
  return G_SOURCE_REMOVE;
}

static void
tell_main (double fraction,
           gpointer data)
{
  GTask *task = data;
  Act *act = g_task_get_task_data (task);

  if (act->progress == NULL)
    return;
  g_atomic_int_set (&act->told, (int) (fraction * 1000));
  if (g_atomic_int_compare_and_exchange (&act->waiting, 0, 1))
    g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT_IDLE, tell_cb, g_object_ref (task), g_object_unref);
}

static void
act_in_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  Act *act = task_data;
  GError *error = NULL;

  if (anm_study_file_act (act->action, act->path, act->to, tell_main, task, cancellable, &act->sizes, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
anm_study_file_act_async (AnmStudyFileAction action,
                          const char *path,
                          const char *to,
                          AnmStudyFileProgress progress,
                          gpointer data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Act *act = g_new0 (Act, 1);

  /* Done is done, even if it was cancelled a moment later. */
  g_task_set_check_cancellable (task, FALSE);
  act->action = action;
  act->path = g_strdup (path);
  act->to = g_strdup (to);
  act->progress = progress;
  act->data = data;
  g_task_set_task_data (task, act, act_free);
  g_task_run_in_thread (task, act_in_thread);
}

gboolean
anm_study_file_act_finish (GAsyncResult *result,
                           AnmStudyFileSizes *sizes,
                           GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (sizes != NULL)
    *sizes = ((Act *) g_task_get_task_data (G_TASK (result)))->sizes;
  return TRUE;
}
