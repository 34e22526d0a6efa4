/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/process-name.h"
#include "app/study/statement.h"
#include "app/study/study-edits.h"
#include "app/study/training-lock.h"

/* Changes whenever another connection, the writer's among them, has written. */
static gint64
read_data_version (sqlite3 *db)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "PRAGMA data_version", NULL);

  return statement != NULL && sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
}

static void
refresh_run (AnmStudy *self,
             AnmStoredRun *row) /* taken */
{
  g_autoptr (GError) error = NULL;
  AnmRun *run = anm_study_find_run (self, row->id);
  g_autoptr (AnmRun) made = NULL;

  if (run != NULL)
    {
      anm_run_refresh (run, row);
      return;
    }
  made = anm_run_new_stored (self->store, row, &error);
  if (made == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }
  g_ptr_array_add (self->all_runs, g_object_ref (made));
  if (!anm_run_get_deleted (made))
    g_list_store_append (self->runs, made);
}

/* Whether anything of @row can have changed by another program. What is trained here says so itself. */
static gboolean
is_of_interest (AnmStudy *self,
                const AnmStoredRun *row)
{
  AnmRun *run = anm_study_find_run (self, row->id);
  AnmRunStatus status;

  if (run == NULL)
    return TRUE;
  status = anm_run_get_status (run);
  return g_strcmp0 (row->process, anm_process_name_get_own ()) != 0 &&
         (status == ANM_RUN_RUNNING || status == ANM_RUN_PAUSED || status != row->status);
}

gboolean
anm_study_refresh (AnmStudy *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  gboolean any = FALSE;
  gint64 version;

  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  version = read_data_version (anm_store_get_reader (self->store));
  if (version == self->data_version)
    return FALSE;
  self->data_version = version;
  rows = anm_run_rows_load (anm_store_get_reader (self->store), 0, &error);
  if (rows == NULL)
    {
      g_warning ("%s", error->message);
      return FALSE;
    }
  while (rows->len > 0)
    {
      AnmStoredRun *row = g_ptr_array_steal_index (rows, 0);

      if (is_of_interest (self, row))
        {
          refresh_run (self, row);
          any = TRUE;
        }
      else
        anm_stored_run_free (row);
    }
  return any;
}

char *
anm_study_describe_trainer (AnmStudy *self)
{
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  if (anm_training_lock_check (self->store, &error) || !g_error_matches (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY))
    return NULL;
  return g_strdup (error->message);
}
