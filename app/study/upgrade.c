/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/study/schema.h"
#include "app/study/statement.h"
#include "app/study/temporary-file.h"

#define SUFFIX ".anamnesis"

/* The version that @db says it is of, with nobody else in it from now on. */
static gboolean
read_version_alone (sqlite3 *db,
                    const char *path,
                    guint *version,
                    GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  /* In WAL mode this takes the file's lock at the first reading, and leaves no log behind at the end. */
  if (sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK)
    statement = anm_statement_prepare (db, "PRAGMA user_version", NULL);
  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    {
      *version = (guint) sqlite3_column_int (statement, 0);
      g_clear_pointer (&statement, sqlite3_finalize);
      /* Without a log that closing it would remove from under whoever opens the new file by then. */
      return *version >= ANM_SCHEMA_VERSION || anm_statement_execute (db, "PRAGMA journal_mode = DELETE", error);
    }
  if ((sqlite3_errcode (db) & 0xff) == SQLITE_BUSY)
    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY,
                 _ ("“%s” is of an older format and must be brought up to date, but another program has it open. Close it there first."), path);
  else
    anm_statement_set_error (db, error);
  return FALSE;
}

static gboolean
copy_database (sqlite3 *from,
               sqlite3 *to,
               GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");

  if (backup != NULL)
    sqlite3_backup_step (backup, -1);
  if (backup != NULL && sqlite3_backup_finish (backup) == SQLITE_OK)
    return TRUE;
  anm_statement_set_error (to, error);
  return FALSE;
}

/* Foreign keys are off in a new connection; afterwards every reference must hold. */
static gboolean
upgrade_copy (sqlite3 *db,
              guint version,
              GError **error)
{
  g_autoptr (sqlite3_stmt) check = NULL;
  gboolean broken;

  if (!anm_statement_execute (db, "BEGIN", error) || !anm_schema_upgrade (db, version, error))
    return FALSE;
  check = anm_statement_prepare (db, "PRAGMA foreign_key_check", error);
  if (check == NULL || !anm_statement_step (check, &broken, error))
    return FALSE;
  if (broken)
    {
      g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("The study is damaged: something that it names isn't there."));
      return FALSE;
    }
  g_clear_pointer (&check, sqlite3_finalize);
  return anm_statement_execute (db, "COMMIT; PRAGMA journal_mode = WAL;", error);
}

static char *
name_old_file (const char *path,
               guint version,
               guint attempt)
{
  g_autofree char *stem = g_strdup (path);
  g_autofree char *number = attempt > 1 ? g_strdup_printf (" %u", attempt) : g_strdup ("");

  if (g_str_has_suffix (stem, SUFFIX))
    stem[strlen (stem) - strlen (SUFFIX)] = '\0';
  /* Translators: appended to a study's name for the copy in an older format, as in "my study (format 1)". */
  return g_strdup_printf (_ ("%s (format %u)%s%s"), stem, version, number, SUFFIX);
}

/* A second name for the old file; where a file system knows none, a copy. */
static gboolean
keep_old_file (const char *path,
               guint version,
               GError **error)
{
  for (guint attempt = 1;; attempt++)
    {
      g_autofree char *name = name_old_file (path, version, attempt);
      g_autoptr (GFile) from = NULL, to = NULL;

      if (link (path, name) == 0)
        return TRUE;
      if (errno == EEXIST)
        continue;
      from = g_file_new_for_path (path);
      to = g_file_new_for_path (name);
      return g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error);
    }
}

static gboolean
replace (const char *path,
         AnmTemporaryFile *temporary,
         sqlite3 *old,
         guint version,
         GError **error)
{
  g_autoptr (sqlite3) copy = anm_statement_open (anm_temporary_file_get_path (temporary), error);

  if (copy == NULL || !copy_database (old, copy, error) || !upgrade_copy (copy, version, error))
    return FALSE;
  g_clear_pointer (&copy, anm_statement_close);
  return keep_old_file (path, version, error) && anm_temporary_file_replace (temporary, error);
}

gboolean
anm_study_upgrade_file (const char *path,
                        GError **error)
{
  g_autoptr (sqlite3) old = anm_statement_open (path, error);
  g_autoptr (AnmTemporaryFile) temporary = NULL;
  g_autoptr (GError) cause = NULL;
  guint version;

  if (old == NULL || !read_version_alone (old, path, &version, error))
    return FALSE;
  if (version >= ANM_SCHEMA_VERSION)
    return TRUE; /* somebody else did it meanwhile */
  temporary = anm_temporary_file_new (path, &cause);
  if (temporary == NULL)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("“%s” is of an older format and is brought up to date in a copy beside it, which can't be made: %s Copy the study to a folder of your own."),
                   path, cause->message);
      return FALSE;
    }
  if (replace (path, temporary, old, version, error))
    return TRUE;
  g_prefix_error (error, _ ("“%s” couldn't be brought up to date and is left as it was: "), path);
  return FALSE;
}
