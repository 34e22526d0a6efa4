/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gstdio.h>

#include "tests/data/source-cases.h"

/* What the roles of every column are, written down and read back: the same records, with nothing left to guess. */
static void
test_roles_written_down (void)
{
  g_autofree char *folder = get_corpus (NULL);
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_read = 0;

  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = get_corpus (name);
      const char *const arguments[] = { path, NULL };
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmSource) source = NULL, again = NULL;
      g_autoptr (AnmCohort) cohort = NULL, cohort_again = NULL;
      g_autofree char *roles = NULL, *roles_again = NULL;
      g_autoptr (GBytes) bytes = NULL, bytes_again = NULL;

      if (name[0] != 'y')
        continue;
      g_test_message ("%s", name);
      source = anm_source_open (arguments, &error);
      g_assert_no_error (error);
      g_assert_false (anm_source_has_given_roles (source));
      if (anm_source_get_n_tables (source) == 0)
        continue;
      roles = anm_source_roles_to_json (source);
      cohort = anm_source_read (source, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      again = anm_source_open (arguments, &error);
      g_assert_true (anm_source_set_roles (again, roles, "roles", &error));
      g_assert_no_error (error);
      g_assert_true (anm_source_has_given_roles (again));
      roles_again = anm_source_roles_to_json (again);
      g_assert_cmpstr (roles, ==, roles_again);
      cohort_again = anm_source_read (again, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      bytes = anm_cohort_serialize (cohort);
      bytes_again = anm_cohort_serialize (cohort_again);
      g_assert_true (g_bytes_equal (bytes, bytes_again));
      n_read++;
    }
  g_assert_cmpuint (n_read, >=, 25);
}

/* Roles by the user's word. */

static void
test_roles (void)
{
  g_autoptr (AnmSource) source = open_well ("y_wide.csv");
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (GError) error = NULL;
  AnmSourceTable *table = anm_source_get_table (source, 0);

  g_assert_true (anm_source_needs_roles (source));
  g_assert_true (anm_source_set_role (source, ANM_ROLE_TARGET, "sex", &error));
  g_assert_true (anm_source_set_role (source, ANM_ROLE_STATIC, "age", &error));
  g_assert_no_error (error);
  g_assert_cmpint (table->columns[5].role, ==, ANM_ROLE_TARGET);
  g_assert_false (table->columns[5].guessed);
  g_assert_cmpint (table->columns[6].role, !=, ANM_ROLE_TARGET);
  cohort = read_well (source);
  g_assert_cmpstr (cohort->target.name, ==, "sex");
  assert_class (cohort, "b", "M");
}

static void
test_role_errors (void)
{
  g_autoptr (AnmSource) source = open_well ("y_wide.csv");
  g_autoptr (GError) error = NULL;

  g_assert_false (anm_source_set_role (source, ANM_ROLE_TARGET, "outcome", &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES);
  g_assert_cmpstr (error->message, ==, "There is no column “outcome”. There are: y_wide.csv: id, hour, HR, MAP, age, sex, died.");
  g_clear_error (&error);
  g_assert_false (anm_source_set_table_kind (source, "y_wide.csv", &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES);
  g_clear_error (&error);
  g_assert_false (anm_source_set_table_kind (source, "other.csv=records", &error));
  g_assert_nonnull (strstr (error->message, "“other.csv” is none of the tables opened: y_wide.csv"));
  g_clear_error (&error);
  g_assert_true (anm_source_set_table_kind (source, "y_wide.csv=outcomes", &error));
  g_assert_false (anm_source_check (source, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES);
}

static void
test_roles_of_unknown_names (void)
{
  static const char *const kinds[] = { NULL, "a.csv=records" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *folder = g_dir_make_tmp ("anamnesis-names-XXXXXX", NULL);
      g_autofree char *records = g_build_filename (folder, "a.csv", NULL);
      g_autofree char *ends = g_build_filename (folder, "b.csv", NULL);
      const char *const arguments[] = { records, ends, NULL };
      g_autoptr (AnmSource) source = NULL;
      g_autoptr (AnmCohort) cohort = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (records, "who,when,what,number\n1,0,HR,80\n1,1,Temp,37\n2,0,HR,70\n2,1,Temp,36\n", -1, NULL));
      g_assert_true (g_file_set_contents (ends, "who,end\n1,0\n2,1\n", -1, NULL));
      source = anm_source_open (arguments, &error);
      g_assert_no_error (error);
      g_assert_false (anm_source_check (source, NULL));
      g_assert_true (kinds[i] == NULL || anm_source_set_table_kind (source, kinds[i], &error));
      g_assert_true (anm_source_set_role (source, ANM_ROLE_PATIENT, "who", &error));
      g_assert_true (anm_source_set_role (source, ANM_ROLE_TIME, "when", &error));
      g_assert_true (anm_source_set_role (source, ANM_ROLE_VARIABLE, "what", &error));
      g_assert_true (anm_source_set_role (source, ANM_ROLE_VALUE, "number", &error));
      g_assert_true (anm_source_set_role (source, ANM_ROLE_TARGET, "end", &error));
      cohort = read_well (source);
      g_assert_cmpuint (cohort->n_channels, ==, 2);
      g_assert_cmpfloat (get_value (cohort, "2", "HR", 0, NULL), ==, 70);
      assert_class (cohort, "2", "1");
      g_unlink (records);
      g_unlink (ends);
      g_rmdir (folder);
    }
}

static void
test_start (void)
{
  g_autofree char *folder = g_dir_make_tmp ("anamnesis-start-XXXXXX", NULL);
  g_autofree char *records = g_build_filename (folder, "vitals.csv", NULL);
  g_autofree char *stays = g_build_filename (folder, "stays.csv", NULL);
  const char *const arguments[] = { records, stays, NULL };
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (GError) error = NULL;
  double time;

  g_assert_true (g_file_set_contents (records, "id,charttime,hr\n1,2021-01-01 08:00,80\n1,2021-01-01 11:00,81\n2,2021-01-01 08:00,82\n2,2021-01-01 10:00,83\n", -1, NULL));
  g_assert_true (g_file_set_contents (stays, "id,admittime,age\n1,2021-01-01 10:00,60\n2,2021-01-01 06:30,61\n", -1, NULL));
  source = anm_source_open (arguments, &error);
  g_assert_no_error (error);
  g_assert_true (anm_source_set_role (source, ANM_ROLE_START, "admittime", &error));
  cohort = read_well (source);
  get_value (cohort, "1", "hr", 0, &time);
  g_assert_cmpfloat (time, ==, -2);
  get_value (cohort, "1", "hr", 1, &time);
  g_assert_cmpfloat (time, ==, 1);
  get_value (cohort, "2", "hr", 0, &time);
  g_assert_cmpfloat (time, ==, 1.5);
  g_assert_true (has_warning (cohort, "1 patient has rows before its start"));
  g_unlink (records);
  g_unlink (stays);
  g_rmdir (folder);
}

static void
test_roles_file (void)
{
  static const char *const wrong[][2] = {
    { "nothing", "roles.json" },
    { "{\"ID\": \"id\"}", "“ID” is unknown" },
    { "{\"id\": 5}", "“id” must be a list of texts" },
    { "{\"tables\": []}", "“tables” must be an object" },
    { "{\"tables\": {\"x.csv\": \"records\"}}", "none of the tables opened" },
    { "{\"tables\": {\"y_wide.csv\": \"record\"}}", "must be records, statics, outcomes or ignored" },
    { "{\"time\": \"when\"}", "no column “when”" },
  };
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "roles.json", NULL);
  g_autoptr (AnmSource) source = open_well ("y_wide.csv");
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_true (g_file_set_contents (path, wrong[i][0], -1, NULL));
      g_assert_false (anm_source_load_roles (source, path, &error));
      if (strstr (error->message, wrong[i][1]) == NULL)
        g_error ("%s: “%s” isn't in “%s”", wrong[i][0], wrong[i][1], error->message);
      g_clear_error (&error);
    }

  g_assert_true (g_file_set_contents (path, "{\"target\": \"sex\", \"ignore\": [\"died\", \"MAP\"], \"tables\": {\"y_wide.csv\": {\"kind\": \"records\", \"channels\": [\"HR\", \"age\"]}}}", -1, NULL));
  g_assert_true (anm_source_load_roles (source, path, &error));
  g_assert_no_error (error);
  cohort = read_well (source);
  g_assert_cmpuint (cohort->n_channels, ==, 2);
  g_assert_cmpstr (cohort->channels[1].name, ==, "age");
  g_assert_cmpuint (cohort->n_statics, ==, 0);
  g_assert_cmpstr (cohort->target.name, ==, "sex");
  g_unlink (path);
}

static void
test_sheet (void)
{
  g_autoptr (AnmSource) source = open_well ("y_joined");
  g_autoptr (GError) error = NULL;
  AnmSourceTable *outcomes = anm_source_get_table (source, 1);
  AnmSourceTable *patients = anm_source_get_table (source, 2);
  AnmSourceTable *vitals = anm_source_get_table (source, 3);

  g_test_summary ("Roles changed one by one, as the import sheet does.");
  g_assert_cmpuint (vitals->preview->len, ==, 6);
  g_assert_cmpstr (((char **) g_ptr_array_index (vitals->preview, 0))[2], ==, "80");

  /* There is one outcome in all tables. */
  anm_source_set_column_role (source, 2, 2, ANM_ROLE_TARGET);
  g_assert_cmpint (patients->columns[2].role, ==, ANM_ROLE_TARGET);
  g_assert_cmpint (outcomes->columns[1].role, ==, ANM_ROLE_IGNORE);
  g_assert_true (anm_source_check (source, &error));

  /* One time in each: the one before becomes a channel of a wide table. */
  anm_source_set_column_role (source, 3, 2, ANM_ROLE_TIME);
  g_assert_cmpint (vitals->columns[1].role, ==, ANM_ROLE_CHANNEL);
  g_assert_false (anm_source_check (source, &error));
  g_clear_error (&error);
  anm_source_set_column_role (source, 3, 1, ANM_ROLE_TIME);
  g_assert_cmpint (vitals->columns[2].role, ==, ANM_ROLE_CHANNEL);
  g_assert_true (anm_source_check (source, &error));

  anm_source_set_column_role (source, 3, 0, ANM_ROLE_IGNORE);
  g_assert_false (anm_source_check (source, &error));
  g_assert_nonnull (strstr (error->message, "vitals.csv: no column says which patient"));
  g_clear_error (&error);
  anm_source_set_table_kind_at (source, 3, ANM_TABLE_IGNORED);
  g_assert_true (anm_source_check (source, &error));
  g_assert_no_error (error);
}

/* Arguments. */

static void
test_arguments (void)
{
  const char *const nothing[] = { NULL };
  const char *const absent[] = { "/nowhere/at all.csv", NULL };
  const char *const mixed[] = { "sample:icu", "/nowhere", NULL };
  const char *const sample[] = { "sample:delayed-marker?patients=3", NULL };
  const char *const wrong_sample[] = { "sample:delayed-marker?patients=none", NULL };
  const char *const spaces[] = { "/tmp", "a b.csv", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autofree char *text = NULL;

  g_assert_null (anm_source_open (nothing, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ);
  g_clear_error (&error);
  g_assert_null (anm_source_open (absent, &error));
  g_assert_cmpstr (error->message, ==, "There is no file or folder “/nowhere/at all.csv”.");
  g_clear_error (&error);
  g_assert_null (anm_source_open (mixed, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES);
  g_clear_error (&error);
  g_assert_null (anm_source_open (spaces, &error));
  g_clear_error (&error);

  source = anm_source_open (wrong_sample, &error);
  g_assert_no_error (error);
  g_assert_null (anm_source_read (source, NULL, NULL, NULL, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES);
  g_clear_error (&error);
  g_clear_pointer (&source, anm_source_free);

  source = anm_source_open (sample, &error);
  g_assert_no_error (error);
  g_assert_false (anm_source_needs_roles (source));
  g_assert_cmpuint (anm_source_get_n_tables (source), ==, 0);
  cohort = read_well (source);
  g_assert_cmpuint (cohort->n_patients, ==, 3);
  text = anm_source_to_string (source);
  g_assert_cmpstr (text, ==, sample[0]);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/roles-written-down", test_roles_written_down);
  g_test_add_func ("/source/roles", test_roles);
  g_test_add_func ("/source/roles/errors", test_role_errors);
  g_test_add_func ("/source/roles/unknown-names", test_roles_of_unknown_names);
  g_test_add_func ("/source/roles/start", test_start);
  g_test_add_func ("/source/roles/file", test_roles_file);
  g_test_add_func ("/source/roles/sheet", test_sheet);
  g_test_add_func ("/source/arguments", test_arguments);
  return g_test_run ();
}
