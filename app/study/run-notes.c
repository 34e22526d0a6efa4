/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-private.h"
#include "app/study/statement.h"

/* What people say of a run, and where it comes from: read from memory, written as it is said. */

const char *
anm_run_get_note (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return anm_run_get_row (self)->note;
}

gboolean
anm_run_get_starred (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), FALSE);

  return anm_run_get_row (self)->starred;
}

gboolean
anm_run_get_deleted (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), FALSE);

  return anm_run_get_row (self)->deleted;
}

const char *const *
anm_run_get_tags (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return (const char *const *) anm_run_get_row (self)->tags;
}

guint
anm_run_get_parent (AnmRun *self,
                    guint *epoch)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  if (epoch != NULL)
    *epoch = anm_run_get_row (self)->parent_epoch;
  return anm_run_get_row (self)->parent;
}

guint
anm_run_get_n_changes (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  return anm_run_get_row (self)->n_changes;
}

const char *
anm_run_get_weights_name (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return anm_run_get_row (self)->weights;
}

const char *
anm_run_get_weights_path (AnmRun *self,
                          const char **layout)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  *layout = anm_run_get_row (self)->weights_layout;
  return anm_run_get_row (self)->weights_path;
}

const AnmMachine *
anm_run_get_machine (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return &anm_run_get_row (self)->machine;
}

gint64
anm_run_get_began (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  return anm_run_get_row (self)->began;
}

typedef struct
{
  AnmRunKey  *key;
  const char *sql;   /* ?1: the run, ?2: what is said */
  char       *text;  /* nullable */
  gboolean    flag;  /* if there is no text */
  gboolean    is_flag;
} NoteJob;

static void
note_job_free (NoteJob *job)
{
  anm_run_key_unref (job->key);
  g_free (job->text);
  g_free (job);
}

static gboolean
write_note (sqlite3 *db,
            gpointer data,
            GError **error)
{
  NoteJob *job = data;
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, job->sql, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, anm_run_key_get (job->key));
  if (job->is_flag)
    sqlite3_bind_int (statement, 2, job->flag);
  else
    anm_statement_bind_text (statement, 2, job->text);
  return anm_statement_run (statement, error);
}

static void
submit (AnmRun *self,
        const char *sql,
        const char *text,
        gboolean flag,
        gboolean is_flag)
{
  NoteJob *job = g_new0 (NoteJob, 1);

  job->key = anm_run_key_ref (anm_run_get_key (self));
  job->sql = sql;
  job->text = g_strdup (text);
  job->flag = flag;
  job->is_flag = is_flag;
  anm_writer_submit (anm_store_get_writer (anm_run_get_store (self)), write_note, job, (GDestroyNotify) note_job_free, sizeof *job);
}

void
anm_run_set_name (AnmRun *self,
                  const char *name)
{
  AnmStoredRun *row;

  g_return_if_fail (ANM_IS_RUN (self));

  if (name != NULL && *name == '\0')
    name = NULL;
  row = anm_run_get_row (self);
  if (g_strcmp0 (row->name, name) == 0)
    return;
  g_free (row->name);
  row->name = g_strdup (name);
  submit (self, "UPDATE run SET name = ?2 WHERE id = ?1", name, FALSE, FALSE);
  anm_run_emit_changed (self);
}

void
anm_run_set_note (AnmRun *self,
                  const char *note)
{
  AnmStoredRun *row;

  g_return_if_fail (ANM_IS_RUN (self));
  g_return_if_fail (note != NULL);

  row = anm_run_get_row (self);
  if (g_strcmp0 (row->note, note) == 0)
    return;
  g_free (row->note);
  row->note = g_strdup (note);
  submit (self, "UPDATE run SET note = ?2 WHERE id = ?1", note, FALSE, FALSE);
  anm_run_emit_changed (self);
}

void
anm_run_set_starred (AnmRun *self,
                     gboolean starred)
{
  AnmStoredRun *row;

  g_return_if_fail (ANM_IS_RUN (self));

  row = anm_run_get_row (self);
  if (row->starred == !!starred)
    return;
  row->starred = !!starred;
  submit (self, "UPDATE run SET starred = ?2 WHERE id = ?1", NULL, row->starred, TRUE);
  anm_run_emit_changed (self);
}

void
anm_run_mark_deleted (AnmRun *self,
                      gboolean deleted)
{
  anm_run_get_row (self)->deleted = deleted;
  submit (self, "UPDATE run SET deleted = ?2 WHERE id = ?1", NULL, deleted, TRUE);
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static void
set_tags (AnmRun *self,
          GPtrArray *tags)
{
  AnmStoredRun *row = anm_run_get_row (self);

  g_ptr_array_sort (tags, compare_texts);
  g_ptr_array_add (tags, NULL);
  g_strfreev (row->tags);
  row->tags = g_strdupv ((char **) tags->pdata);
  anm_run_emit_changed (self);
}

void
anm_run_add_tag (AnmRun *self,
                 const char *tag)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  const char *const *old;

  g_return_if_fail (ANM_IS_RUN (self));
  g_return_if_fail (tag != NULL && *tag != '\0');

  old = anm_run_get_tags (self);
  if (g_strv_contains (old, tag))
    return;
  for (; *old != NULL; old++)
    g_ptr_array_add (tags, g_strdup (*old));
  g_ptr_array_add (tags, g_strdup (tag));
  submit (self, "INSERT OR IGNORE INTO tag (run, tag) VALUES (?1, ?2)", tag, FALSE, FALSE);
  set_tags (self, tags);
}

void
anm_run_remove_tag (AnmRun *self,
                    const char *tag)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);

  g_return_if_fail (ANM_IS_RUN (self));
  g_return_if_fail (tag != NULL);

  if (!g_strv_contains (anm_run_get_tags (self), tag))
    return;
  for (const char *const *old = anm_run_get_tags (self); *old != NULL; old++)
    if (g_strcmp0 (*old, tag) != 0)
      g_ptr_array_add (tags, g_strdup (*old));
  submit (self, "DELETE FROM tag WHERE run = ?1 AND tag = ?2", tag, FALSE, FALSE);
  set_tags (self, tags);
}
