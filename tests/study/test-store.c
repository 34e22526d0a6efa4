/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/study/numbers-blob.h"
#include "app/study/process-name.h"
#include "app/study/statement.h"
#include "app/study/store.h"
#include "app/study/versions.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("anamnesis-store-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "one.anamnesis", NULL);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static gint64
ask (sqlite3 *db,
     const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, &error);
  gboolean has_row;

  g_assert_no_error (error);
  anm_statement_step (statement, &has_row, &error);
  g_assert_no_error (error);
  g_assert_true (has_row);
  return sqlite3_column_int64 (statement, 0);
}

static void
test_new_file (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStore *store = anm_store_open (fixture->path, &error);
  sqlite3 *db;
  g_autofree char *mode = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GDir) folder = NULL;
  gboolean has_row;

  g_assert_no_error (error);
  db = anm_store_get_reader (store);
  g_assert_cmpint (ask (db, "PRAGMA application_id"), ==, ANM_STORE_APPLICATION_ID);
  g_assert_cmpint (ask (db, "PRAGMA user_version"), ==, ANM_STORE_VERSION);
  g_assert_cmpint (ask (db, "PRAGMA foreign_keys"), ==, 1);
  statement = anm_statement_prepare (db, "PRAGMA journal_mode", NULL);
  anm_statement_step (statement, &has_row, NULL);
  mode = anm_statement_dup_text (statement, 0);
  g_assert_cmpstr (mode, ==, "wal");
  g_clear_pointer (&statement, sqlite3_finalize);
  anm_store_unref (store);

  /* Closed: one file and nothing beside it. */
  folder = g_dir_open (fixture->folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (folder), ==, "one.anamnesis");
  g_assert_null (g_dir_read_name (folder));
}

/* Whatever isn't a study is refused with @code, and not one byte of it changes. */
static void
assert_refused (const char *path,
                int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize size_before, size_after;

  g_assert_true (g_file_get_contents (path, &before, &size_before, NULL));
  g_assert_null (anm_store_open (path, &error));
  g_assert_error (error, ANM_STUDY_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size_before, after, size_after);
}

static void
test_refuses_other_files (Fixture *fixture,
                          gconstpointer data)
{
  sqlite3 *db;
  g_autoptr (GError) error = NULL;
  g_autofree char *nowhere = g_build_filename (fixture->folder, "none", "one.anamnesis", NULL);

  g_file_set_contents (fixture->path, "patient,time,value\n", -1, NULL);
  assert_refused (fixture->path, ANM_STUDY_ERROR_NOT_A_STUDY);
  g_file_set_contents (fixture->path, "", 0, NULL);
  assert_refused (fixture->path, ANM_STUDY_ERROR_NOT_A_STUDY);
  g_unlink (fixture->path);

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE patients (id)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture->path, ANM_STUDY_ERROR_NOT_A_STUDY);

  g_assert_null (anm_store_open (nowhere, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
  g_clear_error (&error);
  g_assert_null (anm_store_open (fixture->folder, &error));
  g_assert_nonnull (error);
}

static void
test_refuses_newer (Fixture *fixture,
                    gconstpointer data)
{
  sqlite3 *db;

  anm_store_unref (anm_store_open (fixture->path, NULL));
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 99", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture->path, ANM_STUDY_ERROR_NEWER);
}

static gboolean
add_text (sqlite3 *db,
          gpointer data,
          GError **error)
{
  g_autofree char *hash = anm_versions_put_text (db, "network", data, error);

  return hash != NULL;
}

static void
test_writes_in_order (Fixture *fixture,
                      gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStore) store = anm_store_open (fixture->path, &error);
  AnmWriter *writer;

  g_assert_no_error (error);
  writer = anm_store_get_writer (store);
  for (guint i = 0; i < 500; i++)
    anm_writer_submit (writer, add_text, g_strdup_printf ("lstm(%u)", i % 100 + 1), g_free, 10);
  g_assert_true (anm_writer_flush (writer, &error));
  g_assert_no_error (error);
  /* The same text is one row. */
  g_assert_cmpint (ask (anm_store_get_reader (store), "SELECT count (*) FROM version"), ==, 100);
}

typedef struct
{
  GMutex mutex;
  GCond  cond;
  gboolean open;
  gboolean entered;
} Gate;

static gboolean
wait_at_gate (sqlite3 *db,
              gpointer data,
              GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  gate->entered = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->open)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

/* Only the newest of jobs with one key is written if the disk is slow. */
static void
test_latest_replaces (Fixture *fixture,
                      gconstpointer data)
{
  g_autoptr (AnmStore) store = anm_store_open (fixture->path, NULL);
  AnmWriter *writer = anm_store_get_writer (store);
  Gate gate = { 0 };
  g_autofree char *kept = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  anm_writer_submit (writer, wait_at_gate, &gate, NULL, 0);
  g_mutex_lock (&gate.mutex);
  while (!gate.entered)
    g_cond_wait (&gate.cond, &gate.mutex);
  g_mutex_unlock (&gate.mutex);
  for (guint i = 1; i <= 20; i++)
    anm_writer_submit_latest (writer, &gate, add_text, g_strdup_printf ("gru(%u)", i), g_free, 10);
  g_mutex_lock (&gate.mutex);
  gate.open = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  g_assert_true (anm_writer_flush (writer, NULL));

  statement = anm_statement_prepare (anm_store_get_reader (store), "SELECT text FROM version", NULL);
  anm_statement_step (statement, &has_row, NULL);
  kept = anm_statement_dup_text (statement, 0);
  g_assert_cmpstr (kept, ==, "gru(20)");
  anm_statement_step (statement, &has_row, NULL);
  g_assert_false (has_row);
}

static gboolean
fail_at_first (sqlite3 *db,
               gpointer data,
               GError **error)
{
  int *failures_left = data;

  if (g_atomic_int_get (failures_left) == 0)
    return TRUE;
  g_atomic_int_add (failures_left, -1);
  g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, "no room");
  return FALSE;
}

/* What couldn't be written isn't lost: it is told, kept and tried again, all or nothing. */
static void
test_keeps_what_failed (Fixture *fixture,
                        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStore) store = anm_store_open (fixture->path, NULL);
  AnmWriter *writer = anm_store_get_writer (store);
  int failures_left = 1000;

  anm_writer_submit (writer, add_text, g_strdup ("lstm(1)"), g_free, 10);
  anm_writer_submit (writer, fail_at_first, &failures_left, NULL, 0);
  g_assert_false (anm_writer_flush (writer, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
  g_clear_error (&error);
  error = anm_writer_get_error (writer);
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_atomic_int_set (&failures_left, 0);
  g_assert_true (anm_writer_flush (writer, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (anm_store_get_reader (store), "SELECT count (*) FROM version"), ==, 1);
  g_assert_null (anm_writer_get_error (writer));
}

static void
test_room (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (AnmStore) store = anm_store_open (fixture->path, NULL);
  AnmWriter *writer = anm_store_get_writer (store);
  Gate gate = { 0 };

  g_assert_true (anm_writer_wait_for_room (writer, 0));
  anm_writer_submit (writer, wait_at_gate, &gate, NULL, (gsize) 1 << 30);
  g_assert_false (anm_writer_wait_for_room (writer, 1000));
  g_assert_true (anm_writer_is_behind (writer));
  g_mutex_lock (&gate.mutex);
  gate.open = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  g_assert_true (anm_writer_wait_for_room (writer, 60 * G_USEC_PER_SEC));
  g_assert_false (anm_writer_is_behind (writer));
}

static void
test_untitled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStore) one = anm_store_new_untitled (&error);
  g_autoptr (AnmStore) two = NULL;

  g_assert_no_error (error);
  two = anm_store_new_untitled (&error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (anm_store_get_path (one), g_get_user_data_dir ()));
  g_assert_cmpstr (anm_store_get_path (one), !=, anm_store_get_path (two));
}

static void
test_numbers (void)
{
  const double doubles[] = { 1, -0.1, 1e-300, (double) INFINITY };
  const float floats[] = { 1, -0.1f, 1e-38f };
  g_autoptr (GBytes) blob = anm_numbers_blob_from_doubles (doubles, G_N_ELEMENTS (doubles));
  g_autoptr (GBytes) float_blob = anm_numbers_blob_from_floats (floats, G_N_ELEMENTS (floats));
  g_autofree double *back = NULL;
  g_autofree float *float_back = NULL;
  gsize n;
  /* 1.0 is 3ff0000000000000: little endian on any machine. */
  const guint8 *bytes = g_bytes_get_data (blob, &n);

  g_assert_cmpuint (bytes[7], ==, 0x3f);
  g_assert_cmpuint (bytes[6], ==, 0xf0);
  back = anm_numbers_blob_to_doubles (blob, &n);
  g_assert_cmpmem (back, n * sizeof *back, doubles, sizeof doubles);
  float_back = anm_numbers_blob_to_floats (float_blob, &n);
  g_assert_cmpmem (float_back, n * sizeof *float_back, floats, sizeof floats);
  g_assert_null (anm_numbers_blob_to_doubles (float_blob, &n));
}

static void
test_process (void)
{
  const char *own = anm_process_name_get_own ();
  g_auto (GStrv) fields = g_strsplit (own, " ", -1);
  g_autofree char *other_begin = g_strdup_printf ("%s %s %s 1", fields[0], fields[1], fields[2]);
  g_autofree char *other_boot = g_strdup_printf ("%s before %s %s", fields[0], fields[2], fields[3]);
  g_autofree char *elsewhere = g_strdup_printf ("not-%s %s %s %s", fields[0], fields[1], fields[2], fields[3]);

  g_assert_cmpuint (g_strv_length (fields), ==, 4);
  g_assert_true (anm_process_name_is_alive (own));
  g_assert_false (anm_process_name_is_alive (other_begin));
  g_assert_false (anm_process_name_is_alive (other_boot));
  g_assert_true (anm_process_name_is_alive (elsewhere));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/study/store/new-file", Fixture, NULL, set_up, test_new_file, tear_down);
  g_test_add ("/study/store/refuses-other-files", Fixture, NULL, set_up, test_refuses_other_files, tear_down);
  g_test_add ("/study/store/refuses-newer", Fixture, NULL, set_up, test_refuses_newer, tear_down);
  g_test_add ("/study/store/writes-in-order", Fixture, NULL, set_up, test_writes_in_order, tear_down);
  g_test_add ("/study/store/latest-replaces", Fixture, NULL, set_up, test_latest_replaces, tear_down);
  g_test_add ("/study/store/keeps-what-failed", Fixture, NULL, set_up, test_keeps_what_failed, tear_down);
  g_test_add ("/study/store/room", Fixture, NULL, set_up, test_room, tear_down);
  g_test_add_func ("/study/store/untitled", test_untitled);
  g_test_add_func ("/study/store/numbers", test_numbers);
  g_test_add_func ("/study/store/process", test_process);
  return g_test_run ();
}
