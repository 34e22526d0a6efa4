/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/study/schema.h"
#include "app/study/statement.h"
#include "app/study/temporary-file.h"
#include "app/study/upgrade.h"

#define BUSY_MILLISECONDS 10000
/* https://www.sqlite.org/fileformat.html, section 1.3. */
#define HEADER_SIZE 100
#define HEADER_MAGIC "SQLite format 3"
#define HEADER_USER_VERSION 60
#define HEADER_APPLICATION_ID 68

struct _AnmStore
{
  gatomicrefcount ref_count;
  char           *path;
  AnmWriter      *writer;
  sqlite3        *reader;
};

/* SQLite can't name a path that begins with "file:" otherwise, and "" is a temporary database. */
static sqlite3 *
connect_database (const char *path,
                  int flags,
                  GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (absolute, &db, flags | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("“%s” can't be opened: %s."), path, db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (SQLITE_NOMEM));
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_busy_timeout (db, BUSY_MILLISECONDS);
  if (!anm_statement_execute (db, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;", error))
    {
      sqlite3_close (db);
      return NULL;
    }
  return db;
}

static guint32
read_big_endian (const guint8 *bytes)
{
  guint32 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT32_FROM_BE (word);
}

/* Looks at the first bytes before SQLite is let near the file: it would take an empty file for a new database. */
static gboolean
check_is_study (const char *path,
                guint *version,
                GError **error)
{
  guint8 header[HEADER_SIZE];
  int file = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gssize size;

  if (file < 0)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("“%s” can't be opened: %s."), path, g_strerror (errno));
      return FALSE;
    }
  size = read (file, header, sizeof header);
  close (file);
  if (size != sizeof header || memcmp (header, HEADER_MAGIC, sizeof HEADER_MAGIC) != 0)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_A_STUDY,
                   _ ("“%s” isn't a study, and is left as it is. Name a study (.anamnesis), or a file that doesn't exist to make a new one."), path);
      return FALSE;
    }
  if (read_big_endian (header + HEADER_APPLICATION_ID) != ANM_STORE_APPLICATION_ID)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_A_STUDY,
                   _ ("“%s” is the database of another program, and is left as it is. Name a study (.anamnesis), or a file that doesn't exist to make a new one."), path);
      return FALSE;
    }
  *version = read_big_endian (header + HEADER_USER_VERSION);
  if (*version > ANM_STORE_VERSION)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NEWER,
                   _ ("“%s” was made by a newer Anamnesis (format %u, this one knows %d). Open it with that one."),
                   path, *version, ANM_STORE_VERSION);
      return FALSE;
    }
  return TRUE;
}

gboolean
anm_store_fill (const char *path,
                GError **error)
{
  g_autofree char *application = g_strdup_printf ("PRAGMA application_id = %d", ANM_STORE_APPLICATION_ID);
  sqlite3 *db = connect_database (path, SQLITE_OPEN_READWRITE, error);
  gboolean filled;

  if (db == NULL)
    return FALSE;
  /* The log comes last: what is in the log only would be lost when the file gets its name. */
  filled = anm_statement_execute (db, "PRAGMA foreign_keys = OFF", error) &&
           anm_statement_execute (db, "BEGIN", error) &&
           anm_statement_execute (db, application, error) &&
           anm_schema_upgrade (db, 0, error) &&
           anm_statement_execute (db, "COMMIT; PRAGMA journal_mode = WAL;", error);
  sqlite3_close (db);
  return filled;
}

/* TRUE with @taken set if something else has that name by now. */
static gboolean
make_study (const char *path,
            gboolean *taken,
            GError **error)
{
  g_autoptr (AnmTemporaryFile) temporary = anm_temporary_file_new (path, error);

  return temporary != NULL && anm_store_fill (anm_temporary_file_get_path (temporary), error) &&
         anm_temporary_file_settle (temporary, taken, error);
}

static AnmStore *
open_existing (const char *path,
               GError **error)
{
  sqlite3 *reader, *db;
  AnmStore *self;
  guint version;

  if (!check_is_study (path, &version, error) || (version < ANM_STORE_VERSION && !anm_study_upgrade_file (path, error)))
    return NULL;
  db = connect_database (path, SQLITE_OPEN_READWRITE, error);
  if (db == NULL)
    return NULL;
  /* What is committed outlives the program; the writer itself brings it to the disk, not with every transaction. */
  sqlite3_exec (db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
  if (sqlite3_db_readonly (db, "main") == 1)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("“%s” is read-only. Copy it to a folder of your own and open the copy."), path);
      sqlite3_close (db);
      return NULL;
    }
  reader = connect_database (path, SQLITE_OPEN_READWRITE, error);
  if (reader == NULL)
    {
      sqlite3_close (db);
      return NULL;
    }
  if (!anm_statement_execute (reader, "PRAGMA query_only = ON; SELECT count(*) FROM run;", error))
    {
      sqlite3_close (reader);
      sqlite3_close (db);
      return NULL;
    }
  self = g_new0 (AnmStore, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_canonicalize_filename (path, NULL);
  self->reader = reader;
  self->writer = anm_writer_new (db);
  return self;
}

AnmStore *
anm_store_open (const char *path,
                GError **error)
{
  gboolean taken;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    anm_temporary_file_sweep (path);
  else if (!make_study (path, &taken, error))
    return NULL;
  return open_existing (path, error);
}

AnmStore *
anm_store_new_untitled (GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "anamnesis", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                   _ ("The folder for untitled studies, “%s”, can't be made: %s."), folder, g_strerror (errno));
      return NULL;
    }
  for (guint i = 1;; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup_printf ("%s.anamnesis", date) : g_strdup_printf ("%s (%u).anamnesis", date, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean taken;

      if (!make_study (path, &taken, error))
        return NULL;
      if (!taken)
        return open_existing (path, error);
    }
}

AnmStore *
anm_store_ref (AnmStore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_store_unref (AnmStore *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  /* The writer closes last, so that it is the one to fold the log into the file. */
  sqlite3_close (self->reader);
  anm_writer_free (self->writer);
  g_free (self->path);
  g_free (self);
}

const char *
anm_store_get_path (const AnmStore *self)
{
  return self->path;
}

AnmWriter *
anm_store_get_writer (AnmStore *self)
{
  return self->writer;
}

sqlite3 *
anm_store_get_reader (AnmStore *self)
{
  return self->reader;
}

sqlite3 *
anm_store_connect_reader (AnmStore *self,
                          GError **error)
{
  sqlite3 *db = connect_database (self->path, SQLITE_OPEN_READWRITE, error);

  if (db != NULL && !anm_statement_execute (db, "PRAGMA query_only = ON", error))
    {
      sqlite3_close (db);
      return NULL;
    }
  return db;
}
