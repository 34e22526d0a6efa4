/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/history.h"

#include <glib/gi18n-lib.h>

#include "app/study/statement.h"

struct _AnmHistory
{
  GPtrArray *edits; /* of AnmEdit, oldest first: a parent stands before its children */
  AnmEdit   *head;
};

static void
edit_free (AnmEdit *self)
{
  g_clear_pointer (&self->cohort, anm_cohort_version_unref);
  g_free (self->label);
  g_free (self->recipe);
  g_free (self->network);
  g_free (self->hyperparameters);
  anm_head_clear (&self->hashes);
  g_array_unref (self->runs);
  g_free (self);
}

static AnmEdit *
edit_new (gint64 id,
          AnmEdit *parent,
          const char *label)
{
  AnmEdit *self = g_new0 (AnmEdit, 1);

  self->id = id;
  self->parent = parent;
  self->label = g_strdup (label);
  self->runs = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

static AnmHistory *
history_new (void)
{
  AnmHistory *self = g_new0 (AnmHistory, 1);

  self->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) edit_free);
  return self;
}

void
anm_history_free (AnmHistory *self)
{
  g_ptr_array_unref (self->edits);
  g_free (self);
}

static AnmEdit *
find_edit (const AnmHistory *self,
           gint64 id)
{
  for (guint i = self->edits->len; i > 0; i--)
    if (((AnmEdit *) g_ptr_array_index (self->edits, i - 1))->id == id)
      return g_ptr_array_index (self->edits, i - 1);
  return NULL;
}

static void
read_runs (AnmEdit *edit,
           const char *text)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint id = (guint) g_ascii_strtoull (words[i], NULL, 10);

      if (id > 0)
        g_array_append_val (edit->runs, id);
    }
}

static void
read_edit (AnmHistory *self,
           sqlite3_stmt *statement)
{
  AnmEdit *parent = find_edit (self, sqlite3_column_int64 (statement, 1));
  AnmEdit *edit = edit_new (sqlite3_column_int64 (statement, 0), parent, (const char *) sqlite3_column_text (statement, 2));

  edit->hashes.cohort = anm_statement_dup_text (statement, 3);
  edit->hashes.recipe = anm_statement_dup_text (statement, 4);
  edit->hashes.network = anm_statement_dup_text (statement, 5);
  edit->hashes.hyperparameters = anm_statement_dup_text (statement, 6);
  read_runs (edit, (const char *) sqlite3_column_text (statement, 7));
  edit->deleted = sqlite3_column_int (statement, 8);
  g_ptr_array_add (self->edits, edit);
}

static gboolean
read_head (AnmHistory *self,
           sqlite3 *db,
           GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT edit FROM head", error);
  gboolean has_row;

  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (has_row)
    self->head = find_edit (self, sqlite3_column_int64 (statement, 0));
  if (self->head != NULL)
    return TRUE;
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("“%s” is damaged: its history has no end."), sqlite3_db_filename (db, "main"));
  return FALSE;
}

AnmHistory *
anm_history_load (sqlite3 *db,
                  GError **error)
{
  g_autoptr (AnmHistory) self = history_new ();
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  statement = anm_statement_prepare (db,
                                     "SELECT id, parent, label, cohort, recipe, network, hyperparameters, runs, deleted FROM edit ORDER BY id",
                                     error);
  if (statement == NULL)
    return NULL;
  while (anm_statement_step (statement, &has_row, error))
    {
      if (!has_row)
        return read_head (self, db, error) ? g_steal_pointer (&self) : NULL;
      read_edit (self, statement);
    }
  return NULL;
}

AnmEdit *
anm_history_get_head (AnmHistory *self)
{
  return self->head;
}

AnmEdit *
anm_history_get_next (AnmHistory *self)
{
  for (guint i = self->edits->len; i > 0; i--)
    if (((AnmEdit *) g_ptr_array_index (self->edits, i - 1))->parent == self->head)
      return g_ptr_array_index (self->edits, i - 1);
  return NULL;
}

AnmEdit *
anm_history_add (AnmHistory *self,
                 const char *label)
{
  AnmEdit *newest = g_ptr_array_index (self->edits, self->edits->len - 1);

  self->head = edit_new (MAX (g_get_real_time (), newest->id + 1), self->head, label);
  g_ptr_array_add (self->edits, self->head);
  return self->head;
}

void
anm_history_move (AnmHistory *self,
                  AnmEdit *edit)
{
  self->head = edit;
}

gboolean
anm_edit_load (AnmEdit *self,
               sqlite3 *db,
               GError **error)
{
  const struct
  {
    const char *hash;
    char      **text;
  } texts[] = { { self->hashes.recipe, &self->recipe },
                { self->hashes.network, &self->network },
                { self->hashes.hyperparameters, &self->hyperparameters } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (*texts[i].text != NULL || texts[i].hash == NULL)
        continue;
      *texts[i].text = anm_versions_load_text (db, texts[i].hash, error);
      if (*texts[i].text == NULL)
        return FALSE;
    }
  if (self->cohort == NULL && self->hashes.cohort != NULL)
    {
      self->cohort = anm_cohort_version_open (db, self->hashes.cohort, error);
      return self->cohort != NULL;
    }
  return TRUE;
}

gboolean
anm_edit_insert (sqlite3 *db,
                 gint64 id,
                 gint64 parent,
                 const char *label,
                 const AnmHead *hashes,
                 const char *runs,
                 gboolean deleted,
                 GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (db,
                                     "INSERT OR REPLACE INTO edit (id, parent, label, cohort, recipe, network, hyperparameters, runs, deleted)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                     error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, parent);
  anm_statement_bind_text (statement, 3, label);
  anm_statement_bind_text (statement, 4, hashes->cohort);
  anm_statement_bind_text (statement, 5, hashes->recipe);
  anm_statement_bind_text (statement, 6, hashes->network);
  anm_statement_bind_text (statement, 7, hashes->hyperparameters);
  anm_statement_bind_text (statement, 8, runs);
  sqlite3_bind_int (statement, 9, deleted);
  return anm_statement_run (statement, error);
}

gboolean
anm_edit_set_head (sqlite3 *db,
                   gint64 id,
                   GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "UPDATE head SET edit = ? WHERE id = 1", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  return anm_statement_run (statement, error);
}

char *
anm_edit_runs_to_text (const AnmEdit *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->runs->len; i++)
    g_string_append_printf (text, i > 0 ? ",%u" : "%u", g_array_index (self->runs, guint, i));
  return g_string_free (text, FALSE);
}
