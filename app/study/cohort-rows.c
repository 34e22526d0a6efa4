/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/cohort-rows.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/statement.h"

static sqlite3_stmt *
prepare (sqlite3 *db,
         const char *sql,
         const char *hash,
         GError **error)
{
  sqlite3_stmt *statement = anm_statement_prepare (db, sql, error);

  if (statement != NULL)
    anm_statement_bind_text (statement, 1, hash);
  return statement;
}

static void
set_missing_error (sqlite3 *db,
                   const char *hash,
                   GError **error)
{
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
               _ ("“%s” is damaged: its %s %.12s isn't there. Use a copy of it from before, or see what can be read of it: anamnesis-cli salvage."),
               sqlite3_db_filename (db, "main"), "cohort", hash);
}

gboolean
anm_cohort_rows_open (sqlite3 *db,
                      const char *hash,
                      char **title,
                      char **source,
                      char **origin,
                      gint64 *size,
                      GError **error)
{
  g_autoptr (sqlite3_stmt) statement = prepare (db, "SELECT title, source, origin, size + length (bytes) FROM cohort WHERE hash = ?", hash, error);
  gboolean has_row;

  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      set_missing_error (db, hash, error);
      return FALSE;
    }
  *title = anm_statement_dup_text (statement, 0);
  *source = anm_statement_dup_text (statement, 1);
  *origin = anm_statement_dup_text (statement, 2);
  *size = sqlite3_column_int64 (statement, 3);
  return TRUE;
}

/* Chunk after chunk, into @bytes of @size; FALSE without an error if they don't fill it. */
static gboolean
load_chunks (sqlite3 *db,
             const char *hash,
             guint8 *bytes,
             gsize size,
             GError **error)
{
  g_autoptr (sqlite3_stmt) statement = prepare (db, "SELECT bytes FROM chunk WHERE cohort = ? ORDER BY part", hash, error);
  gboolean has_row;
  gsize place = 0;

  if (statement == NULL)
    return FALSE;
  while (anm_statement_step (statement, &has_row, error))
    {
      gsize n;

      if (!has_row)
        return place == size;
      n = (gsize) sqlite3_column_bytes (statement, 0);
      if (n > size - place)
        return FALSE;
      memcpy (bytes + place, sqlite3_column_blob (statement, 0), n);
      place += n;
    }
  return FALSE;
}

GBytes *
anm_cohort_rows_load (sqlite3 *db,
                      const char *hash,
                      GError **error)
{
  g_autoptr (sqlite3_stmt) statement = prepare (db, "SELECT bytes, size FROM cohort WHERE hash = ?", hash, error);
  g_autoptr (GError) failure = NULL;
  g_autofree guint8 *bytes = NULL;
  gboolean has_row;
  gint64 size;

  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return NULL;
  if (!has_row)
    {
      set_missing_error (db, hash, error);
      return NULL;
    }
  size = sqlite3_column_int64 (statement, 1);
  if (size == 0)
    return anm_statement_dup_bytes (statement, 0);
  bytes = size > 0 ? g_try_malloc ((gsize) size) : NULL;
  if (bytes != NULL && load_chunks (db, hash, bytes, (gsize) size, &failure))
    return g_bytes_new_take (g_steal_pointer (&bytes), (gsize) size);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    set_missing_error (db, hash, error);
  return NULL;
}

gboolean
anm_cohort_rows_has (sqlite3 *db,
                     const char *hash,
                     gboolean by_reference,
                     gboolean *there,
                     GError **error)
{
  g_autoptr (sqlite3_stmt) statement = prepare (db, "SELECT size + length (bytes) FROM cohort WHERE hash = ?", hash, error);

  if (statement == NULL || !anm_statement_step (statement, there, error))
    return FALSE;
  *there = *there && (by_reference || sqlite3_column_int64 (statement, 0) > 0);
  return TRUE;
}

static gboolean
put_chunks (sqlite3 *db,
            const char *hash,
            GBytes *bytes,
            GError **error)
{
  const gsize size = g_bytes_get_size (bytes);

  for (gsize place = 0; place < size; place += ANM_COHORT_CHUNK)
    {
      g_autoptr (sqlite3_stmt) statement = prepare (db, "INSERT INTO chunk (cohort, part, bytes) VALUES (?, ?, ?)", hash, error);
      g_autoptr (GBytes) chunk = g_bytes_new_from_bytes (bytes, place, MIN (ANM_COHORT_CHUNK, size - place));

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 2, (gint64) (place / ANM_COHORT_CHUNK));
      anm_statement_bind_bytes (statement, 3, chunk);
      if (!anm_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
anm_cohort_rows_put (sqlite3 *db,
                     const char *hash,
                     const char *title,
                     const char *source,
                     const char *origin,
                     GBytes *bytes,
                     GError **error)
{
  const gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  const gboolean in_chunks = size > ANM_COHORT_CHUNK;
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean there;

  if (!anm_cohort_rows_has (db, hash, bytes == NULL, &there, error))
    return FALSE;
  if (there)
    return TRUE;
  statement = prepare (db,
                       "INSERT INTO cohort (hash, title, source, origin, bytes, size) VALUES (?, ?, ?, ?, ?, ?)"
                       " ON CONFLICT (hash) DO UPDATE SET bytes = excluded.bytes, size = excluded.size",
                       hash, error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 2, title);
  anm_statement_bind_text (statement, 3, source);
  anm_statement_bind_text (statement, 4, origin);
  anm_statement_bind_bytes (statement, 5, bytes != NULL && !in_chunks ? bytes : none);
  sqlite3_bind_int64 (statement, 6, in_chunks ? (gint64) size : 0);
  return anm_statement_run (statement, error) && (!in_chunks || put_chunks (db, hash, bytes, error));
}
