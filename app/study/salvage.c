/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/salvage.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/study/cohort-rows.h"
#include "app/study/schema.h"
#include "app/study/statement.h"
#include "app/study/store.h"

/* https://www.sqlite.org/fileformat.html: the database's header, and that of a page of a tree. */
#define HEADER_PAGE_SIZE 16
#define HEADER_N_PAGES 28
#define HEADER_FREE_LIST 32
#define HEADER_SIZE 100
#define PAGE_INTERIOR 0x05
#define PAGE_N_CELLS 3
#define PAGE_RIGHT_CHILD 8
#define PAGE_CELLS 12

/* What is named stands before what names it. */
static const char *const tables[] = {
  "version", "cohort", "chunk", "split", "run", "event", "epoch", "updates", "snapshot", "state", "tag", "setting", "edit", "head",
};

static sqlite3 *
open_to_salvage (const char *path,
                 GError **error)
{
  sqlite3 *db = anm_statement_open (path, error);

  if (db != NULL)
    sqlite3_exec (db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
  return db;
}

static gboolean
copy_file (const char *from,
           const char *to,
           GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);

  return g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, error);
}

/* Rows of the log that aren't in the file yet are part of the study. */
static gboolean
copy_study (const char *from,
            const char *to,
            GError **error)
{
  g_autofree char *log = g_strconcat (from, "-wal", NULL), *log_copy = g_strconcat (to, "-wal", NULL);

  return copy_file (from, to, error) && (!g_file_test (log, G_FILE_TEST_EXISTS) || copy_file (log, log_copy, error));
}

static void
remove_study (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

static guint
read_number (const char *bytes,
             guint n_bytes)
{
  guint number = 0;

  for (guint i = 0; i < n_bytes; i++)
    number = number << 8 | (guint8) bytes[i];
  return number;
}

static void
write_number (char *bytes,
              guint number)
{
  for (guint i = 0; i < 4; i++)
    bytes[i] = (char) (number >> (24 - 8 * i));
}

static void
transplant_page (char *damaged,
                 gsize size,
                 const char *sound,
                 gsize sound_size,
                 guint page,
                 guint page_size)
{
  gsize begin = (gsize) (page - 1) * page_size;

  if (page > 0 && begin + page_size <= size && begin + page_size <= sound_size)
    memcpy (damaged + begin, sound + begin, page_size);
}

/* A study's first pages say which tables it has and where they begin. In every new study that is the same, so those of a
 * new one can stand in for damaged ones. */
static gboolean
transplant_head (const char *path,
                 const char *sound_path,
                 GError **error)
{
  g_autofree char *damaged = NULL, *sound = NULL;
  gsize size, sound_size;
  guint page_size, n_cells;
  const char *page;

  if (!g_file_get_contents (path, &damaged, &size, error) || !g_file_get_contents (sound_path, &sound, &sound_size, error))
    return FALSE;
  page_size = read_number (sound + HEADER_PAGE_SIZE, 2);
  transplant_page (damaged, size, sound, sound_size, 1, page_size);
  page = sound + HEADER_SIZE;
  n_cells = read_number (page + PAGE_N_CELLS, 2);
  for (guint i = 0; page[0] == PAGE_INTERIOR && i < n_cells; i++)
    transplant_page (damaged, size, sound, sound_size, read_number (sound + read_number (page + PAGE_CELLS + 2 * i, 2), 4), page_size);
  if (page[0] == PAGE_INTERIOR)
    transplant_page (damaged, size, sound, sound_size, read_number (page + PAGE_RIGHT_CHILD, 4), page_size);
  if (size >= HEADER_SIZE)
    {
      write_number (damaged + HEADER_N_PAGES, (guint) (size / page_size));
      write_number (damaged + HEADER_FREE_LIST, 0);
      write_number (damaged + HEADER_FREE_LIST + 4, 0);
    }
  return g_file_set_contents (path, damaged, (gssize) size, error);
}

static gboolean
has_tables (sqlite3 *db)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s LIMIT 0", tables[i]);
      g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, NULL);

      if (statement == NULL)
        return FALSE;
    }
  return TRUE;
}

/* "a, b, c", and what rows are ordered by; @n_columns of them. */
static gboolean
list_columns (sqlite3 *db,
              const char *table,
              GString *columns,
              GString *order,
              guint *n_columns,
              GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT name, pk FROM pragma_table_info ('%s')", table);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, error);
  gboolean has_row = TRUE;

  *n_columns = 0;
  while (statement != NULL && has_row)
    {
      if (!anm_statement_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      g_string_append_printf (columns, *n_columns > 0 ? ", %s" : "%s", (const char *) sqlite3_column_text (statement, 0));
      if (sqlite3_column_int (statement, 1) > 0)
        g_string_append_printf (order, order->len > 0 ? ", %s DESC" : "%s DESC", (const char *) sqlite3_column_text (statement, 0));
      (*n_columns)++;
    }
  return statement != NULL;
}

/* Until the end, or until what can't be read: FALSE. */
static gboolean
copy_rows (sqlite3 *from,
           const char *select,
           sqlite3_stmt *insert,
           guint n_columns,
           guint *n_rows)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (from, select, NULL);
  gboolean has_row = TRUE;

  while (statement != NULL && anm_statement_step (statement, &has_row, NULL))
    {
      if (!has_row)
        return TRUE;
      for (guint i = 0; i < n_columns; i++)
        sqlite3_bind_value (insert, (int) i + 1, sqlite3_column_value (statement, (int) i));
      /* What breaks a rule of its table isn't what was written. */
      if (sqlite3_step (insert) == SQLITE_DONE)
        *n_rows += (guint) sqlite3_changes (sqlite3_db_handle (insert));
      sqlite3_reset (insert);
    }
  return FALSE;
}

/* From the beginning up to the damage, and from the end down to it. */
static gboolean
copy_table (sqlite3 *from,
            sqlite3 *to,
            const char *table,
            AnmSalvage *salvage,
            GError **error)
{
  g_autoptr (GString) columns = g_string_new (NULL), order = g_string_new (NULL), places = g_string_new ("?");
  g_autofree char *forward = NULL, *backward = NULL, *sql = NULL;
  g_autoptr (sqlite3_stmt) insert = NULL;
  guint n_columns;
  gboolean rowid;

  if (!list_columns (to, table, columns, order, &n_columns, error))
    return FALSE;
  rowid = strcmp (table, "snapshot") == 0 || strcmp (table, "cohort") == 0 || strcmp (table, "chunk") == 0 || strcmp (table, "split") == 0;
  for (guint i = 1; i < n_columns; i++)
    g_string_append (places, ", ?");
  forward = g_strdup_printf ("SELECT %s FROM %s NOT INDEXED", columns->str, table);
  backward = g_strdup_printf ("%s ORDER BY %s", forward, rowid ? "rowid DESC" : order->str);
  sql = g_strdup_printf ("INSERT OR %s INTO %s (%s) VALUES (%s)", strcmp (table, "head") == 0 ? "REPLACE" : "IGNORE",
                         table, columns->str, places->str);
  insert = anm_statement_prepare (to, sql, error);
  if (insert == NULL)
    return FALSE;
  if (copy_rows (from, forward, insert, n_columns, &salvage->n_rows))
    return TRUE;
  salvage->whole = FALSE;
  copy_rows (from, backward, insert, n_columns, &salvage->n_rows);
  return TRUE;
}

/* Whatever is named by its hash and isn't that. */
static gboolean
drop_false_versions (sqlite3 *db,
                     const char *table,
                     const char *column,
                     AnmSalvage *salvage,
                     GError **error)
{
  g_autofree char *select = g_strdup_printf ("SELECT hash, %s FROM %s WHERE length (%s) > 0", column, table, column);
  g_autofree char *delete = g_strdup_printf ("DELETE FROM %s WHERE hash = ?", table);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, select, error);
  gboolean has_row = TRUE;

  while (statement != NULL && has_row)
    {
      g_autofree char *hash = NULL;

      if (!anm_statement_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, sqlite3_column_blob (statement, 1), (gsize) sqlite3_column_bytes (statement, 1));
      if (g_strcmp0 (hash, (const char *) sqlite3_column_text (statement, 0)) != 0)
        g_ptr_array_add (hashes, anm_statement_dup_text (statement, 0));
    }
  for (guint i = 0; i < hashes->len; i++)
    {
      g_autoptr (sqlite3_stmt) removal = anm_statement_prepare (db, delete, error);

      if (removal == NULL)
        return FALSE;
      anm_statement_bind_text (removal, 1, g_ptr_array_index (hashes, i));
      if (!anm_statement_run (removal, error))
        return FALSE;
      salvage->n_dropped++;
    }
  return statement != NULL;
}

/* The same of records in chunks. Those that aren't whole may still be read where they came from. */
static gboolean
drop_false_chunks (sqlite3 *db,
                   AnmSalvage *salvage,
                   GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT hash FROM cohort WHERE size <> 0", error);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row = TRUE;

  while (statement != NULL && has_row)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *hash = NULL, *found = NULL;

      if (!anm_statement_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      hash = anm_statement_dup_text (statement, 0);
      bytes = anm_cohort_rows_load (db, hash, NULL);
      found = bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;
      if (g_strcmp0 (found, hash) != 0)
        g_ptr_array_add (hashes, g_steal_pointer (&hash));
    }
  for (guint i = 0; i < hashes->len; i++)
    {
      g_autoptr (sqlite3_stmt) removal = anm_statement_prepare (db, "UPDATE cohort SET size = 0 WHERE hash = ?", error);

      if (removal == NULL)
        return FALSE;
      anm_statement_bind_text (removal, 1, g_ptr_array_index (hashes, i));
      if (!anm_statement_run (removal, error))
        return FALSE;
      salvage->n_dropped++;
    }
  return statement != NULL &&
         anm_statement_execute (db, "DELETE FROM chunk WHERE cohort NOT IN (SELECT hash FROM cohort WHERE size > 0)", error);
}

/* What names something that isn't there, until nothing does. */
static gboolean
drop_orphans (sqlite3 *db,
              AnmSalvage *salvage,
              GError **error)
{
  static const char *const rules[] = {
    "DELETE FROM cohort WHERE size = 0 AND length (bytes) = 0 AND origin IS NULL",
    "DELETE FROM run WHERE cohort NOT IN (SELECT hash FROM cohort) OR split NOT IN (SELECT hash FROM split)"
    " OR recipe NOT IN (SELECT hash FROM version) OR network NOT IN (SELECT hash FROM version)"
    " OR hyperparameters NOT IN (SELECT hash FROM version)",
    "DELETE FROM event WHERE run NOT IN (SELECT id FROM run)",
    "DELETE FROM epoch WHERE run NOT IN (SELECT id FROM run)",
    "DELETE FROM updates WHERE run NOT IN (SELECT id FROM run)",
    "DELETE FROM snapshot WHERE run NOT IN (SELECT id FROM run) OR typeof (parameters) <> 'blob'",
    "DELETE FROM state WHERE run NOT IN (SELECT id FROM run) OR typeof (state) <> 'blob'",
    "DELETE FROM tag WHERE run NOT IN (SELECT id FROM run)",
    "DELETE FROM edit WHERE (cohort IS NOT NULL AND cohort NOT IN (SELECT hash FROM cohort))"
    " OR (recipe IS NOT NULL AND recipe NOT IN (SELECT hash FROM version))"
    " OR (network IS NOT NULL AND network NOT IN (SELECT hash FROM version))"
    " OR (hyperparameters IS NOT NULL AND hyperparameters NOT IN (SELECT hash FROM version))",
  };
  /* What is mended rather than dropped. */
  static const char repairs[] =
      "UPDATE run SET parent = NULL, parent_epoch = NULL WHERE parent NOT IN (SELECT id FROM run);"
      "UPDATE run SET kept_bytes = coalesce ((SELECT sum (length (parameters)) FROM snapshot WHERE run = run.id), 0);"
      "UPDATE edit SET parent = NULL WHERE parent NOT IN (SELECT id FROM edit);"
      "UPDATE head SET cohort = NULL WHERE cohort NOT IN (SELECT hash FROM cohort);"
      "UPDATE head SET recipe = NULL, network = NULL, hyperparameters = NULL WHERE recipe NOT IN (SELECT hash FROM version)"
      " OR network NOT IN (SELECT hash FROM version) OR hyperparameters NOT IN (SELECT hash FROM version);"
      "INSERT OR IGNORE INTO edit (id, parent, label) SELECT 1, NULL, '' WHERE NOT EXISTS (SELECT 1 FROM edit);"
      "UPDATE head SET edit = (SELECT max (id) FROM edit) WHERE edit IS NULL OR edit NOT IN (SELECT id FROM edit);";

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (!anm_statement_execute (db, rules[i], error))
        return FALSE;
      salvage->n_dropped += (guint) sqlite3_changes (db);
    }
  return anm_statement_execute (db, repairs, error);
}

static guint
count (sqlite3 *db,
       const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", table);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, NULL);

  return statement != NULL && sqlite3_step (statement) == SQLITE_ROW ? (guint) sqlite3_column_int64 (statement, 0) : 0;
}

static gboolean
fill (sqlite3 *from,
      sqlite3 *to,
      AnmSalvage *salvage,
      GError **error)
{
  if (!anm_statement_execute (to, "PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM edit;", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!copy_table (from, to, tables[i], salvage, error))
      return FALSE;
  if (!drop_false_versions (to, "version", "text", salvage, error) || !drop_false_versions (to, "cohort", "bytes", salvage, error) ||
      !drop_false_chunks (to, salvage, error) ||
      !drop_false_versions (to, "split", "parts", salvage, error) || !drop_orphans (to, salvage, error) ||
      !anm_statement_execute (to, "COMMIT", error))
    return FALSE;
  salvage->whole = salvage->whole && salvage->n_dropped == 0;
  salvage->n_cohorts = count (to, "cohort");
  salvage->n_runs = count (to, "run");
  salvage->n_epochs = count (to, "epoch");
  salvage->n_snapshots = count (to, "snapshot");
  return TRUE;
}

/* A copy of an older format becomes one of this one, if it is whole enough. */
static void
bring_up_to_date (sqlite3 *db)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "PRAGMA user_version", NULL);
  int version = 0;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    version = sqlite3_column_int (statement, 0);
  g_clear_pointer (&statement, sqlite3_finalize);
  if (version < 1 || version >= ANM_SCHEMA_VERSION)
    return;
  /* Half of it would be neither. */
  if (!anm_statement_execute (db, "BEGIN", NULL) || !anm_schema_upgrade (db, (guint) version, NULL) || !anm_statement_execute (db, "COMMIT", NULL))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
}

static gboolean
salvage_copy (const char *copy,
              const char *output,
              AnmSalvage *salvage,
              GError **error)
{
  g_autoptr (AnmStore) store = anm_store_open (output, error);
  g_autoptr (sqlite3) from = NULL, to = NULL;

  if (store == NULL)
    return FALSE;
  g_clear_pointer (&store, anm_store_unref);
  from = open_to_salvage (copy, error);
  if (from == NULL)
    return FALSE;
  bring_up_to_date (from);
  if (!has_tables (from))
    {
      g_clear_pointer (&from, anm_statement_close);
      salvage->whole = FALSE;
      if (!transplant_head (copy, output, error))
        return FALSE;
      from = open_to_salvage (copy, error);
      if (from == NULL)
        return FALSE;
    }
  if (!has_tables (from))
    {
      g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("Nothing of it can be read."));
      return FALSE;
    }
  to = open_to_salvage (output, error);
  return to != NULL && fill (from, to, salvage, error);
}

gboolean
anm_study_salvage (const char *path,
                   const char *output,
                   AnmSalvage *salvage,
                   GError **error)
{
  /* Of its own name each time, so that one that was killed is in nobody's way. */
  g_autofree char *copy = g_strconcat (output, ".damaged-XXXXXX", NULL);
  gboolean done;
  int fd;

  *salvage = (AnmSalvage){ .whole = TRUE };
  if (g_file_test (output, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” is there already; name a file that isn't."), output);
      return FALSE;
    }
  fd = g_mkstemp (copy);
  if (fd < 0)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” can't be written: %s. Name another file with --output."), output, g_strerror (errno));
      return FALSE;
    }
  g_close (fd, NULL);
  g_unlink (copy);
  done = copy_study (path, copy, error) && salvage_copy (copy, output, salvage, error);
  remove_study (copy);
  if (!done)
    {
      remove_study (output);
      g_prefix_error (error, _ ("“%s” can't be salvaged: "), path);
    }
  return done;
}
