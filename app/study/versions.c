/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/versions.h"

#include <glib/gi18n-lib.h>

#include "app/study/statement.h"

static void
set_missing_error (sqlite3 *db,
                   const char *what,
                   const char *hash,
                   GError **error)
{
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
               _ ("“%s” is damaged: its %s %.12s isn't there. Use a copy of it from before, or see what can be read of it: anamnesis-cli salvage."),
               sqlite3_db_filename (db, "main"), what, hash);
}

/* A row's one column as selected by @sql with the hash as its only argument. FALSE on error or if there is none. */
static sqlite3_stmt *
select_by_hash (sqlite3 *db,
                const char *sql,
                const char *what,
                const char *hash,
                GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  if (!anm_statement_step (statement, &has_row, error))
    return NULL;
  if (!has_row)
    {
      set_missing_error (db, what, hash, error);
      return NULL;
    }
  return g_steal_pointer (&statement);
}

char *
anm_versions_put_text (sqlite3 *db,
                       const char *kind,
                       const char *text,
                       GError **error)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (db, "INSERT OR IGNORE INTO version (hash, kind, text) VALUES (?, ?, ?)", error);
  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  anm_statement_bind_text (statement, 2, kind);
  anm_statement_bind_text (statement, 3, text);
  return anm_statement_run (statement, error) ? g_steal_pointer (&hash) : NULL;
}

char *
anm_versions_load_text (sqlite3 *db,
                        const char *hash,
                        GError **error)
{
  g_autoptr (sqlite3_stmt) statement = select_by_hash (db, "SELECT text FROM version WHERE hash = ?", "version", hash, error);

  return statement != NULL ? anm_statement_dup_text (statement, 0) : NULL;
}

char *
anm_versions_put_split (sqlite3 *db,
                        GBytes *parts,
                        GError **error)
{
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, parts);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "INSERT OR IGNORE INTO split (hash, parts) VALUES (?, ?)", error);

  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  anm_statement_bind_bytes (statement, 2, parts);
  return anm_statement_run (statement, error) ? g_steal_pointer (&hash) : NULL;
}

GBytes *
anm_versions_load_split (sqlite3 *db,
                         const char *hash,
                         GError **error)
{
  g_autoptr (sqlite3_stmt) statement = select_by_hash (db, "SELECT parts FROM split WHERE hash = ?", "split", hash, error);

  return statement != NULL ? anm_statement_dup_bytes (statement, 0) : NULL;
}

gboolean
anm_head_load (AnmHead *self,
               sqlite3 *db,
               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT cohort, recipe, network, hyperparameters FROM head", error);
  gboolean has_row;

  *self = (AnmHead) { 0 };
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  self->cohort = anm_statement_dup_text (statement, 0);
  self->recipe = anm_statement_dup_text (statement, 1);
  self->network = anm_statement_dup_text (statement, 2);
  self->hyperparameters = anm_statement_dup_text (statement, 3);
  return TRUE;
}

gboolean
anm_head_store (const AnmHead *self,
                sqlite3 *db,
                GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (db, "UPDATE head SET cohort = ?, recipe = ?, network = ?, hyperparameters = ? WHERE id = 1", error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, self->cohort);
  anm_statement_bind_text (statement, 2, self->recipe);
  anm_statement_bind_text (statement, 3, self->network);
  anm_statement_bind_text (statement, 4, self->hyperparameters);
  return anm_statement_run (statement, error);
}

void
anm_head_clear (AnmHead *self)
{
  g_clear_pointer (&self->cohort, g_free);
  g_clear_pointer (&self->recipe, g_free);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->hyperparameters, g_free);
}
