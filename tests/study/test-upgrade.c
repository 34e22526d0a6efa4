/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "app/study/salvage.h"
#include "app/study/study-error.h"
#include "tests/study/fixture.h"

/* format-N.anamnesis.gz: a study as the last program wrote it whose format was N. */
static void
unpack (Fixture *fixture,
        guint format)
{
  g_autofree char *name = g_strdup_printf ("format-%u.anamnesis.gz", format);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "study", name, NULL);
  g_autoptr (GFile) packed = g_file_new_for_path (path), unpacked = g_file_new_for_path (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) file = G_INPUT_STREAM (g_file_read (packed, NULL, &error));
  g_autoptr (GConverter) unpacker = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) from = NULL;
  g_autoptr (GOutputStream) to = NULL;

  g_assert_no_error (error);
  from = g_converter_input_stream_new (file, unpacker);
  to = G_OUTPUT_STREAM (g_file_create (unpacked, G_FILE_CREATE_NONE, NULL, &error));
  g_assert_no_error (error);
  g_output_stream_splice (to, from, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
}

static char *
ask (const char *path,
     const char *sql)
{
  sqlite3 *db;
  sqlite3_stmt *statement;
  char *answer;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return answer;
}

static void
assert_answer (const char *path,
               const char *sql,
               const char *expected)
{
  g_autofree char *answer = ask (path, sql);

  g_assert_cmpstr (answer, ==, expected);
}

static void
check_run (AnmStudy *study,
           guint id,
           AnmRunStatus status,
           guint n_epochs,
           gsize n_updates,
           const char *name)
{
  g_autoptr (GError) error = NULL;
  AnmRun *run = anm_study_find_run (study, id);
  g_autofree anm_real *parameters = NULL;

  g_assert_nonnull (run);
  g_assert_cmpint (anm_run_get_status (run), ==, status);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, n_epochs);
  g_assert_cmpuint (anm_run_get_n_updates (run), ==, n_updates);
  g_assert_cmpstr (anm_run_get_name (run), ==, name);
  g_assert_cmpstr (anm_run_get_note (run), ==, "");
  g_assert_false (anm_run_get_starred (run));
  g_assert_cmpuint (anm_run_get_parent (run, NULL), ==, 0);
  parameters = anm_run_load_parameters (run, ANM_EPOCH_LAST, NULL, &error);
  g_assert_no_error (error);
}

static void
test_format_1 (Fixture *fixture,
               gconstpointer data)
{
  g_autofree char *old = g_build_filename (fixture->folder, "one (format 1).anamnesis", NULL);
  g_autofree char *before = NULL;
  g_autofree guint *kept = NULL;
  g_autoptr (AnmStudy) study = NULL;
  g_autofree char *network = NULL;
  guint n_kept;

  unpack (fixture, 1);
  before = ask (fixture->path, "SELECT hex (parameters) FROM snapshot WHERE run = 1 AND kind = 'best'");
  study = fixture_open (fixture);
  network = anm_study_dup_network_text (study);
  g_assert_cmpstr (network, ==, "simple_rnn(2) > dense(1)");
  g_assert_cmpuint (anm_study_get_cohort (study)->n_patients, ==, 20);
  check_run (study, 1, ANM_RUN_FINISHED, 4, 6, "Run 1, Adam 0.001");
  check_run (study, 2, ANM_RUN_FINISHED, 3, 4, "Run 2, SGD 0.01");
  check_run (study, 3, ANM_RUN_STOPPED, 1, 0, "Run 3, RMSProp 0.001");
  g_assert_cmpfloat_with_epsilon (anm_run_get_epoch (anm_study_find_run (study, 1), 3)->validation.loss, 0.6615, 1e-4);
  kept = anm_run_get_kept_epochs (anm_study_find_run (study, 1), &n_kept);
  g_assert_cmpuint (n_kept, ==, 2);
  g_assert_cmpuint (kept[1], ==, 3);
  g_clear_object (&study);

  assert_answer (fixture->path, "PRAGMA user_version", "4");
  assert_answer (fixture->path, "PRAGMA integrity_check", "ok");
  assert_answer (fixture->path, "SELECT hex (parameters) FROM snapshot WHERE run = 1 AND epoch = 3", before);
  assert_answer (fixture->path, "SELECT count (*) FROM state", "3");
  /* What was there before is there still. */
  assert_answer (old, "PRAGMA user_version", "1");
  assert_answer (old, "SELECT count (*) FROM run", "3");
}

static void
test_format_2 (Fixture *fixture,
               gconstpointer data)
{
  g_autofree char *old = g_build_filename (fixture->folder, "one (format 2).anamnesis", NULL);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (GError) error = NULL;
  AnmRun *run;
  guint epoch;

  unpack (fixture, 2);
  study = fixture_open (fixture);
  g_assert_cmpuint (anm_study_get_cohort (study)->n_patients, ==, 20);
  g_assert_false (anm_study_get_by_reference (study));
  g_assert_cmpuint (anm_study_get_n_all_runs (study), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (study)), ==, 2);
  run = anm_study_find_run (study, 1);
  g_assert_cmpstr (anm_run_get_name (run), ==, "first try");
  g_assert_cmpstr (anm_run_get_note (run), ==, "a note");
  g_assert_cmpstr (anm_run_get_tags (run)[0], ==, "keep");
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 4);
  g_assert_cmpuint (anm_run_get_parent (anm_study_find_run (study, 2), &epoch), ==, 1);
  g_assert_cmpuint (epoch, ==, 2);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "delete run 3");
  g_assert_true (anm_study_undo (study, &error));
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (study)), ==, 3);
  g_assert_nonnull (anm_study_prepare (study, &error));
  g_assert_no_error (error);
  g_clear_object (&study);
  assert_answer (fixture->path, "PRAGMA user_version", "4");
  assert_answer (fixture->path, "PRAGMA integrity_check", "ok");
  assert_answer (old, "PRAGMA user_version", "2");
}

/* What an older program wrote can be salvaged as well, and is of this format then. */
static void
test_salvage (Fixture *fixture,
              gconstpointer data)
{
  const guint format = GPOINTER_TO_UINT (data);
  g_autofree char *output = g_build_filename (fixture->folder, "salvaged.anamnesis", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = NULL;
  AnmSalvage salvage;

  unpack (fixture, format);
  g_assert_true (anm_study_salvage (fixture->path, output, &salvage, &error));
  g_assert_no_error (error);
  g_assert_true (salvage.whole);
  g_assert_cmpuint (salvage.n_runs, ==, 3);
  study = anm_study_open (output, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (anm_study_get_cohort (study)->n_patients, ==, 20);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_study_find_run (study, 1)), ==, 4);
  assert_answer (fixture->path, "PRAGMA user_version", format == 1 ? "1" : "2");
}

/* A new study and one brought up to date have the same tables. */
static void
test_same_tables (Fixture *fixture,
                  gconstpointer data)
{
  static const char *const sql = "SELECT group_concat (sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
  g_autofree char *path = g_build_filename (fixture->folder, "new.anamnesis", NULL);
  g_autofree char *tables = NULL;
  g_autoptr (GError) error = NULL;

  unpack (fixture, 1);
  g_object_unref (fixture_open (fixture));
  g_object_unref (anm_study_open (path, &error));
  g_assert_no_error (error);
  tables = ask (path, sql);
  assert_answer (fixture->path, sql, tables);
}

/* Somebody has it open: it is left alone, and said. */
static void
test_in_use (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  unpack (fixture, 1);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN; SELECT count (*) FROM run", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_null (anm_study_open (fixture->path, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY);
  sqlite3_close (db);
  assert_answer (fixture->path, "PRAGMA user_version", "1");
  g_object_unref (fixture_open (fixture));
}

/* A damaged one is left as it is, with nothing beside it. */
static void
test_cannot_be_upgraded (Fixture *fixture,
                         gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  sqlite3 *db;

  unpack (fixture, 1);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE head SET network = 'nothing'", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_null (anm_study_open (fixture->path, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ);
  g_assert_nonnull (strstr (error->message, "left as it was"));
  folder = g_dir_open (fixture->folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (folder), ==, "one.anamnesis");
  g_assert_null (g_dir_read_name (folder));
  assert_answer (fixture->path, "PRAGMA user_version", "1");
}

#define ADD(name, function) ADD_WITH (name, function, NULL)
#define ADD_WITH(name, function, data) g_test_add ("/study/upgrade/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("format-1", test_format_1);
  ADD ("format-2", test_format_2);
  ADD_WITH ("salvage-format-1", test_salvage, GUINT_TO_POINTER (1));
  ADD_WITH ("salvage-format-2", test_salvage, GUINT_TO_POINTER (2));
  ADD ("same-tables", test_same_tables);
  ADD ("in-use", test_in_use);
  ADD ("cannot-be-upgraded", test_cannot_be_upgraded);
  return g_test_run ();
}
