/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/statement.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* How long another program may be waited for. */
#define BUSY_MILLISECONDS 3000

static const char *
file_of (sqlite3 *db)
{
  const char *path = sqlite3_db_filename (db, "main");

  return path != NULL && *path != '\0' ? path : "?";
}

void
anm_statement_set_error (sqlite3 *db,
                         GError **error)
{
  int code = sqlite3_errcode (db) & 0xff;
  const char *path = file_of (db);

  switch (code)
    {
    case SQLITE_FULL:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("“%s” can't be written: the disk is full. Make room; writing goes on by itself."), path);
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("“%s” can't be written: the file or its folder is read-only. Copy it to a folder of your own."), path);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("“%s” is being written by another program; try again when it is done."), path);
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("“%s” is damaged (%s). Use a copy of it from before, or see what can be read of it: anamnesis-cli salvage."), path, sqlite3_errmsg (db));
      break;
    default:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("“%s”: %s"), path, sqlite3_errmsg (db));
      break;
    }
}

sqlite3 *
anm_statement_open (const char *path,
                    GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autoptr (sqlite3) db = NULL;

  if (sqlite3_open_v2 (absolute, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
    {
      anm_statement_set_error (db, error);
      return NULL;
    }
  sqlite3_busy_timeout (db, BUSY_MILLISECONDS);
  return g_steal_pointer (&db);
}

void
anm_statement_close (sqlite3 *db)
{
  sqlite3_close_v2 (db);
}

gboolean
anm_statement_execute (sqlite3 *db,
                       const char *sql,
                       GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  anm_statement_set_error (db, error);
  return FALSE;
}

sqlite3_stmt *
anm_statement_prepare (sqlite3 *db,
                       const char *sql,
                       GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;
  anm_statement_set_error (db, error);
  return NULL;
}

gboolean
anm_statement_step (sqlite3_stmt *self,
                    gboolean *has_row,
                    GError **error)
{
  int result = sqlite3_step (self);

  *has_row = result == SQLITE_ROW;
  if (result == SQLITE_ROW || result == SQLITE_DONE)
    return TRUE;
  anm_statement_set_error (sqlite3_db_handle (self), error);
  return FALSE;
}

gboolean
anm_statement_run (sqlite3_stmt *self,
                   GError **error)
{
  gboolean has_row;

  return anm_statement_step (self, &has_row, error);
}

void
anm_statement_bind_text (sqlite3_stmt *self,
                         int index,
                         const char *text)
{
  sqlite3_bind_text (self, index, text, -1, SQLITE_TRANSIENT);
}

void
anm_statement_bind_bytes (sqlite3_stmt *self,
                          int index,
                          GBytes *bytes)
{
  gsize size;
  const void *data;

  if (bytes == NULL)
    {
      sqlite3_bind_null (self, index);
      return;
    }
  data = g_bytes_get_data (bytes, &size);
  /* An empty blob must not become NULL. */
  sqlite3_bind_blob64 (self, index, data != NULL ? data : "", size, SQLITE_STATIC);
}

char *
anm_statement_dup_text (sqlite3_stmt *self,
                        int column)
{
  return g_strdup ((const char *) sqlite3_column_text (self, column));
}

GBytes *
anm_statement_dup_bytes (sqlite3_stmt *self,
                         int column)
{
  const void *data;

  if (sqlite3_column_type (self, column) == SQLITE_NULL)
    return NULL;
  data = sqlite3_column_blob (self, column);
  return g_bytes_new (data, (gsize) sqlite3_column_bytes (self, column));
}

GBytes *
anm_statement_peek_bytes (sqlite3_stmt *self,
                          int column)
{
  const void *data;

  if (sqlite3_column_type (self, column) == SQLITE_NULL)
    return NULL;
  data = sqlite3_column_blob (self, column);
  return g_bytes_new_static (data, (gsize) sqlite3_column_bytes (self, column));
}

double
anm_statement_get_double (sqlite3_stmt *self,
                          int column)
{
  if (sqlite3_column_type (self, column) == SQLITE_NULL)
    return (double) NAN;
  return sqlite3_column_double (self, column);
}
