/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/training-lock.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/process-name.h"
#include "app/study/statement.h"

#define SILENCE_MICROSECONDS ((gint64) 60 * 60 * G_USEC_PER_SEC)

static gboolean
is_alive (const char *process,
          gint64 seen)
{
  g_autofree char *host = g_strndup (process, strcspn (process, " "));

  if (strcmp (host, g_get_host_name ()) != 0 && g_get_real_time () - seen > SILENCE_MICROSECONDS)
    return FALSE;
  return anm_process_name_is_alive (process);
}

static void
set_busy_error (sqlite3 *db,
                const char *process,
                const char *program,
                gint64 since,
                GError **error)
{
  g_auto (GStrv) fields = g_strsplit (process, " ", 4);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (since / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (local, "%F %R");
  gboolean known = g_strv_length (fields) >= 3;

  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY,
               _ ("“%s” is being trained in by %s (process %s on %s) since %s. One program trains in a study at a time: wait for it or stop it there."),
               sqlite3_db_filename (db, "main"), program, known ? fields[2] : "?", known ? fields[0] : "?", time);
}

gboolean
anm_training_lock_check (AnmStore *store,
                         GError **error)
{
  sqlite3 *db = anm_store_get_reader (store);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT process, program, since, seen FROM lock", error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  while (anm_statement_step (statement, &has_row, error))
    {
      g_autofree char *process = NULL, *program = NULL;

      if (!has_row)
        return TRUE;
      process = anm_statement_dup_text (statement, 0);
      program = anm_statement_dup_text (statement, 1);
      if (process == NULL || program == NULL || strcmp (process, anm_process_name_get_own ()) == 0 ||
          !is_alive (process, sqlite3_column_int64 (statement, 3)))
        continue;
      set_busy_error (db, process, program, sqlite3_column_int64 (statement, 2), error);
      return FALSE;
    }
  return FALSE;
}

typedef enum
{
  LOCK_TAKE,
  LOCK_BEAT,
  LOCK_RELEASE,
} LockAction;

typedef struct
{
  LockAction action;
  char      *name;
  gint64     now;
} LockJob;

static void
lock_job_free (LockJob *job)
{
  g_free (job->name);
  g_free (job);
}

/* Rows of processes that are gone are swept out by whoever comes next. */
static gboolean
sweep (sqlite3 *db,
       GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT id, process, seen FROM lock", error);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;
  while (has_row)
    {
      if (!anm_statement_step (statement, &has_row, error))
        return FALSE;
      if (has_row && !is_alive ((const char *) sqlite3_column_text (statement, 1), sqlite3_column_int64 (statement, 2)))
        g_ptr_array_add (gone, anm_statement_dup_text (statement, 0));
    }
  for (guint i = 0; i < gone->len; i++)
    {
      g_autoptr (sqlite3_stmt) removal = anm_statement_prepare (db, "DELETE FROM lock WHERE id = ?", error);

      if (removal == NULL)
        return FALSE;
      anm_statement_bind_text (removal, 1, g_ptr_array_index (gone, i));
      if (!anm_statement_run (removal, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_lock (sqlite3 *db,
            gpointer data,
            GError **error)
{
  static const char *const statements[] = {
    [LOCK_TAKE] = "INSERT OR REPLACE INTO lock (id, process, program, since, seen) VALUES (?1, ?3, ?4, ?2, ?2)",
    [LOCK_BEAT] = "UPDATE lock SET seen = ?2 WHERE id = ?1",
    [LOCK_RELEASE] = "DELETE FROM lock WHERE id = ?1",
  };
  LockJob *job = data;
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (job->action == LOCK_TAKE && !sweep (db, error))
    return FALSE;
  statement = anm_statement_prepare (db, statements[job->action], error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, job->name);
  if (job->action != LOCK_RELEASE)
    sqlite3_bind_int64 (statement, 2, job->now);
  if (job->action == LOCK_TAKE)
    {
      anm_statement_bind_text (statement, 3, anm_process_name_get_own ());
      anm_statement_bind_text (statement, 4, g_get_prgname () != NULL ? g_get_prgname () : "anamnesis");
    }
  return anm_statement_run (statement, error);
}

static void
submit (AnmStore *store,
        LockAction action,
        const char *name)
{
  LockJob *job = g_new0 (LockJob, 1);

  job->action = action;
  job->name = g_strdup (name);
  job->now = g_get_real_time ();
  anm_writer_submit (anm_store_get_writer (store), write_lock, job, (GDestroyNotify) lock_job_free, sizeof *job);
}

char *
anm_training_lock_take (AnmStore *store)
{
  char *name = g_uuid_string_random ();

  submit (store, LOCK_TAKE, name);
  return name;
}

void
anm_training_lock_beat (AnmStore *store,
                        const char *name)
{
  submit (store, LOCK_BEAT, name);
}

void
anm_training_lock_release (AnmStore *store,
                           const char *name)
{
  submit (store, LOCK_RELEASE, name);
}
