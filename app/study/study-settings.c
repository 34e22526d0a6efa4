/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study-settings.h"

#include "app/study/snapshot-rows.h"
#include "app/study/statement.h"
#include "app/study/study-private.h"

/* A study's own settings, by name. */

typedef struct
{
  const char *name;
  char       *text;    /* nullable: then */
  gint64      number;
} SettingJob;

static void
setting_job_free (SettingJob *job)
{
  g_free (job->text);
  g_free (job);
}

static gboolean
write_setting (sqlite3 *db,
               gpointer data,
               GError **error)
{
  SettingJob *job = data;
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", error);

  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, job->name);
  if (job->text != NULL)
    anm_statement_bind_text (statement, 2, job->text);
  else
    sqlite3_bind_int64 (statement, 2, job->number);
  return anm_statement_run (statement, error);
}

void
_anm_study_submit_setting (AnmStudy *self,
                           const char *name,
                           const char *text,
                           gint64 number)
{
  SettingJob *job = g_new0 (SettingJob, 1);

  job->name = name;
  job->text = g_strdup (text);
  job->number = number;
  anm_writer_submit (anm_store_get_writer (anm_study_get_store (self)), write_setting, job, (GDestroyNotify) setting_job_free, sizeof *job);
}

char *
_anm_study_load_setting (AnmStudy *self,
                         const char *name,
                         GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  statement = anm_statement_prepare (anm_store_get_reader (anm_study_get_store (self)), "SELECT value FROM setting WHERE name = ?", error);
  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, name);
  if (!anm_statement_step (statement, &has_row, error) || !has_row)
    return NULL;
  return anm_statement_dup_text (statement, 0);
}

gboolean
anm_study_get_snapshot_bytes (AnmStudy *self,
                              gint64 *kept,
                              gint64 *budget,
                              GError **error)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  return anm_study_flush (self, error) &&
         anm_snapshot_rows_get_sizes (anm_store_get_reader (anm_study_get_store (self)), kept, budget, error);
}

static gboolean
thin (sqlite3 *db,
      gpointer data,
      GError **error)
{
  return anm_snapshot_rows_thin (db, error);
}

void
anm_study_set_snapshot_budget (AnmStudy *self,
                               gint64 budget)
{
  AnmWriter *writer;

  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (budget > 0);

  writer = anm_store_get_writer (anm_study_get_store (self));
  anm_writer_hold (writer);
  _anm_study_submit_setting (self, "snapshot-budget", NULL, budget);
  anm_writer_submit (writer, thin, NULL, NULL, 0);
  anm_writer_release (writer);
}

void
anm_study_set_notes (AnmStudy *self,
                     const char *notes)
{
  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (notes != NULL);

  _anm_study_submit_setting (self, "notes", notes, 0);
}

char *
anm_study_load_notes (AnmStudy *self,
                      GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *notes = NULL;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  if (!anm_study_flush (self, error))
    return NULL;
  notes = _anm_study_load_setting (self, "notes", &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return notes != NULL ? g_steal_pointer (&notes) : g_strdup ("");
}
