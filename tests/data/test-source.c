/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "data/recipe.h"
#include "data/samples.h"
#include "tests/data/source-cases.h"

/* The whole corpus: y_ must load, n_ must be refused in just these words, i_ may do either. */
static void
test_corpus (void)
{
  g_autofree char *folder = get_corpus (NULL);
  g_autofree char *prefix = g_strconcat (folder, G_DIR_SEPARATOR_S, NULL);
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_refused = 0, n_read = 0;

  g_assert_nonnull (files);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *complaint = NULL;

      if (g_str_has_suffix (name, ".error"))
        continue;
      g_test_message ("%s", name);
      complaint = get_complaint (name);
      if (name[0] == 'y')
        {
          g_assert_cmpstr (complaint, ==, NULL);
          n_read++;
        }
      else if (name[0] == 'n')
        {
          g_autofree char *file = g_strconcat (name, ".error", NULL);
          g_autofree char *path = get_corpus (file);
          g_autofree char *expected = NULL;
          g_auto (GStrv) parts = NULL;
          g_autofree char *said = NULL;

          g_assert_nonnull (complaint);
          g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
          g_strchomp (expected);
          parts = g_strsplit (complaint, prefix, -1);
          said = g_strjoinv ("", parts);
          g_assert_cmpstr (said, ==, expected);
          n_refused++;
        }
    }
  g_assert_cmpuint (n_read, >=, 25);
  g_assert_cmpuint (n_refused, >=, 45);
}

static void
test_same_however_written (void)
{
  static const char *const names[] = {
    "y_bom.csv", "y_crlf.csv", "y_cr.csv", "y_tab.tsv", "y_semicolon.csv", "y_no_newline_at_end.csv",
    "y_quoted.csv", "y_spaces.csv", "y_blank_lines.csv", "y_trailing_separators.csv"
  };
  g_autoptr (AnmCohort) plain = read_corpus ("y_wide.csv");
  g_autoptr (GBytes) expected = anm_cohort_serialize (plain);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnmCohort) cohort = read_corpus (names[i]);
      g_autoptr (GBytes) bytes = NULL;

      g_test_message ("%s", names[i]);
      g_free (cohort->title);
      cohort->title = g_strdup (plain->title);
      bytes = anm_cohort_serialize (cohort);
      g_assert_true (g_bytes_equal (bytes, expected));
    }
}

static void
test_wide (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_wide.csv");
  double time;

  g_assert_cmpuint (cohort->n_patients, ==, 3);
  g_assert_cmpuint (cohort->n_channels, ==, 2);
  g_assert_cmpuint (cohort->n_statics, ==, 2);
  g_assert_cmpstr (cohort->time_unit, ==, "h");
  g_assert_cmpfloat (get_value (cohort, "a", "HR", 1, &time), ==, 84);
  g_assert_cmpfloat (time, ==, 2);
  g_assert_cmpuint (count_values (cohort, "a", "MAP"), ==, 2);
  g_assert_cmpfloat (cohort->ends[2], ==, 3);
  g_assert_cmpfloat (cohort->static_values[1 * 2 + 0], ==, 75);
  g_assert_cmpstr (cohort->statics[1].categories[(guint) cohort->static_values[1 * 2 + 1]], ==, "M");
  g_assert_cmpint (cohort->target.shape.kind, ==, ANM_TARGET_BINARY);
  assert_class (cohort, "b", "died");
  assert_class (cohort, "c", "survived");
  g_assert_cmpuint (cohort->warnings->len, ==, 0);
}

static void
test_long (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_long.csv");
  double time;

  g_assert_cmpuint (cohort->n_channels, ==, 3);
  g_assert_cmpfloat (get_value (cohort, "7", "HR", 1, &time), ==, 90);
  g_assert_cmpfloat (time, ==, 1);
  /* Time zero is the first row. */
  get_value (cohort, "8", "HR", 0, &time);
  g_assert_cmpfloat (time, ==, 0);
}

static void
test_decimal_comma (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_decimal_comma.csv");
  double time;

  g_assert_cmpfloat_with_epsilon (get_value (cohort, "7", "Temp", 0, NULL), 36.9, 1e-5);
  g_assert_cmpfloat (get_value (cohort, "7", "Temp", 1, &time), ==, 37.25);
  g_assert_cmpfloat (time, ==, 1.5);
  g_assert_cmpfloat_with_epsilon (get_value (cohort, "8", "Glucose", 0, NULL), 1.234, 1e-6);
}

static void
test_times (void)
{
  g_autoptr (AnmCohort) clock = read_corpus ("y_hours_minutes.csv");
  g_autoptr (AnmCohort) iso = read_corpus ("y_iso.csv");
  g_autoptr (AnmCohort) dates = read_corpus ("y_dates.csv");
  const double clock_times[] = { 0, 0.5, 23.75 };
  const double iso_times[] = { 0, 1.5, 12 + 0.5 / 3600, 12 };
  double time;

  g_assert_cmpstr (clock->time_unit, ==, "h");
  for (guint k = 0; k < 3; k++)
    {
      get_value (clock, "1", "HR", k, &time);
      g_assert_cmpfloat (time, ==, clock_times[k]);
    }
  get_value (clock, "2", "HR", 1, &time);
  g_assert_cmpfloat (time, ==, 0.5);

  /* 04:00 with a zone of two hours is 02:00, so it comes before 02:00:00.5. */
  g_assert_cmpstr (iso->time_unit, ==, "h");
  g_assert_cmpfloat (get_value (iso, "1", "HR", 2, &time), ==, 86);
  g_assert_cmpfloat (time, ==, iso_times[3]);
  g_assert_cmpfloat (get_value (iso, "1", "HR", 3, &time), ==, 84);
  g_assert_cmpfloat_with_epsilon (time, iso_times[2], 1e-12);
  get_value (iso, "2", "HR", 1, &time);
  g_assert_cmpfloat (time, ==, 2);

  g_assert_cmpstr (dates->time_unit, ==, "d");
  get_value (dates, "1", "weight", 1, &time);
  g_assert_cmpfloat (time, ==, 7);
  get_value (dates, "2", "weight", 1, &time);
  g_assert_cmpfloat (time, ==, 2);
}

static void
test_mixed_units (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_mixed_units");
  double time;

  g_test_summary ("Minutes in one table, hours and hh:mm in others, on one axis.");
  g_assert_cmpstr (cohort->time_unit, ==, "h");
  get_value (cohort, "1", "HR", 1, &time);
  g_assert_cmpfloat (time, ==, 1.5);
  get_value (cohort, "1", "lactate", 0, &time);
  g_assert_cmpfloat (time, ==, 2);
  get_value (cohort, "1", "pain", 0, &time);
  g_assert_cmpfloat (time, ==, 0.25);
}

static void
test_midnight (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anamnesis-midnight.csv", NULL);
  const char *const arguments[] = { path, NULL };
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;

  g_assert_true (g_file_set_contents (path, "patient,time,HR\n1,22:30,80\n1,23:30,81\n1,00:30,82\n", -1, NULL));
  source = anm_source_open (arguments, NULL);
  cohort = read_well (source);
  g_assert_true (has_warning (cohort, "line 4, they go back to 00:30"));
  g_unlink (path);
}

static void
test_missing_words (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_missing_words.csv");
  guint rhythm;

  g_assert_cmpuint (count_values (cohort, "1", "HR"), ==, 1);
  g_assert_cmpuint (count_values (cohort, "1", "rhythm"), ==, 7);
  g_assert_true (anm_cohort_find_channel (cohort, "rhythm", &rhythm));
  g_assert_cmpint (cohort->channels[rhythm].kind, ==, ANM_FIELD_CATEGORICAL);
  /* "none" may be meant, where words are categories. */
  g_assert_cmpuint (g_strv_length (cohort->channels[rhythm].categories), ==, 3);
  g_assert_true (g_strv_contains ((const char *const *) cohort->channels[rhythm].categories, "none"));
  /* Rows count even if nothing was measured in them. */
  g_assert_cmpfloat (cohort->ends[0], ==, 9);
}

static void
test_units_in_names (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_units_in_names.csv");

  g_assert_cmpstr (cohort->time_unit, ==, "min");
  g_assert_cmpstr (cohort->channels[0].name, ==, "HR (bpm)");
  g_assert_cmpstr (cohort->channels[0].label, ==, "HR");
  g_assert_cmpstr (cohort->channels[0].unit, ==, "bpm");
  g_assert_cmpstr (cohort->channels[1].unit, ==, "°C");
  g_assert_cmpstr (cohort->channels[2].unit, ==, "");
}

static void
test_outcomes (void)
{
  static const struct
  {
    const char *name;
    const char *classes;
    const char *of_1; /* NULL for a quantity */
  } cases[] = {
    { "y_outcome_yes_no.csv", "no yes", "no" },
    { "y_outcome_words.csv", "survived died", "died" },
    { "y_outcome_upper.csv", "Alive DEAD", "Alive" },
    { "y_outcome_letters.csv", "ape zebra", "zebra" },
    { "y_outcome_numbers.csv", "1 2", "1" },
    { "y_outcome_classes.csv", "home hospice ward", "ward" },
    { "y_one_class.csv", "survived died", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnmCohort) cohort = read_corpus (cases[i].name);
      g_autofree char *classes = g_strjoinv (" ", cohort->target.classes);

      g_test_message ("%s", cases[i].name);
      g_assert_cmpstr (classes, ==, cases[i].classes);
      if (cases[i].of_1 != NULL)
        assert_class (cohort, "1", cases[i].of_1);
    }
}

static void
test_quantity (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_outcome_quantity.csv");

  g_assert_cmpint (cohort->target.shape.kind, ==, ANM_TARGET_REGRESSION);
  g_assert_cmpuint (cohort->target.shape.n_outputs, ==, 1);
  g_assert_cmpfloat (cohort->targets[1], ==, 2.25);
}

static void
test_one_class (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_one_class.csv");
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (cohort);
  g_autoptr (GError) error = NULL;

  g_assert_true (has_warning (cohort, "needs patients with each outcome"));
  g_assert_null (anm_dataset_new (cohort, recipe, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE);
  g_assert_nonnull (strstr (error->message, "“died” = “survived” (3 of them)"));
}

static void
test_joined (void)
{
  g_autoptr (AnmSource) source = open_well ("y_joined");
  g_autoptr (AnmCohort) cohort = read_well (source);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (cohort);
  g_autoptr (AnmFittedRecipe) fitted = NULL;
  double time;
  gsize patient;

  g_assert_cmpuint (anm_source_get_n_tables (source), ==, 4);
  g_assert_cmpuint (cohort->n_patients, ==, 3);
  g_assert_cmpuint (cohort->n_channels, ==, 4);
  g_assert_cmpfloat (get_value (cohort, "1", "lactate", 0, &time), ==, 1.5);
  g_assert_cmpfloat (time, ==, 0.5);
  /* The earliest row of any table is time zero. */
  get_value (cohort, "2", "creatinine", 0, &time);
  g_assert_cmpfloat (time, ==, 0);
  get_value (cohort, "2", "hr", 0, &time);
  g_assert_cmpfloat (time, ==, 1);
  assert_class (cohort, "2", "died");
  g_assert_true (has_warning (cohort, "patients.csv: 1 row is of a patient without records"));
  g_assert_true (has_warning (cohort, "1 of 3 patients has no outcome (“3”)"));
  g_assert_true (anm_cohort_find_patient (cohort, "3", &patient));
  g_assert_false (anm_cohort_has_target (cohort, patient));
  g_assert_true (isnan (cohort->static_values[patient * cohort->n_statics]));
}

static void
test_ids_with_decimals (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_ids_with_decimals");

  assert_class (cohort, "12", "died");
  assert_class (cohort, "13", "survived");
}

static void
test_duplicate_times (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_duplicate_times.csv");

  g_assert_cmpuint (count_values (cohort, "1", "HR"), ==, 3);
  g_assert_true (has_warning (cohort, "1 measurement shares patient, channel and time with another (patient “1”, HR at 0)"));
}

static void
test_thousand_columns (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anamnesis-wide.csv", NULL);
  const char *const arguments[] = { path, NULL };
  g_autoptr (GString) text = g_string_new ("patient,time,died");
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmRecipe) recipe = NULL;
  g_autoptr (AnmDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  for (int c = 0; c < 1000; c++)
    g_string_append_printf (text, ",c%d", c);
  g_string_append_c (text, '\n');
  for (int row = 0; row < 40; row++)
    {
      g_string_append_printf (text, "%d,%d,%d", row / 4, row % 4, row / 4 % 2);
      for (int c = 0; c < 1000; c++)
        g_string_append_printf (text, ",%d", (row * 7 + c * 13) % 101);
      g_string_append_c (text, '\n');
    }
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  source = anm_source_open (arguments, &error);
  g_assert_no_error (error);
  cohort = read_well (source);
  g_assert_cmpuint (cohort->n_channels, ==, 1000);
  g_assert_true (has_warning (cohort, "There are 1000 channels"));
  recipe = anm_recipe_new_for (cohort);
  dataset = anm_dataset_new (cohort, recipe, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dataset->parts[0]->n_columns, ==, 1000);
  g_unlink (path);
}

static void
test_challenge (void)
{
  g_autoptr (AnmCohort) cohort = read_corpus ("y_challenge");
  double time;
  gsize patient;
  guint channel;

  g_assert_cmpstr (cohort->title, ==, "PhysioNet 2012, set Q");
  g_assert_cmpuint (cohort->n_channels, ==, 37);
  g_assert_cmpuint (cohort->n_patients, ==, 3);
  g_assert_cmpfloat (get_value (cohort, "101", "HR", 1, &time), ==, 80);
  g_assert_cmpfloat (time, ==, 48);
  g_assert_cmpfloat (get_value (cohort, "101", "pH", 0, NULL), ==, 735);
  g_assert_true (has_warning (cohort, "pH 1 (such as 735)"));
  /* Its own letter's outcomes, not those of set a. */
  assert_class (cohort, "101", "survived");
  assert_class (cohort, "102", "died");
  g_assert_true (has_warning (cohort, "1 of 3 patients has no outcome (“103”)"));

  /* -1 is missing; a stay with hardly a measurement is kept. */
  g_assert_cmpuint (count_values (cohort, "101", "Weight"), ==, 1);
  g_assert_cmpfloat (get_value (cohort, "102", "Weight", 0, NULL), ==, 76);
  g_assert_true (anm_cohort_find_patient (cohort, "101", &patient));
  g_assert_cmpfloat (cohort->static_values[patient * 5 + 0], ==, 54);
  g_assert_cmpfloat (cohort->static_values[patient * 5 + 1], ==, 0);
  g_assert_true (isnan (cohort->static_values[patient * 5 + 2]));
  g_assert_cmpstr (cohort->statics[3].categories[(guint) cohort->static_values[patient * 5 + 3]], ==, "surgical");
  g_assert_true (isnan (cohort->static_values[patient * 5 + 4]));
  g_assert_true (anm_cohort_find_patient (cohort, "103", &patient));
  g_assert_true (isnan (cohort->static_values[patient * 5 + 1]));

  g_assert_true (anm_cohort_find_channel (cohort, "Mg", &channel));
  g_assert_cmpstr (cohort->channels[channel].label, ==, "Magnesium");
}

static void
test_challenge_outcomes_named (void)
{
  g_autofree char *set = get_corpus ("y_challenge/set-q");
  g_autofree char *outcomes = get_corpus ("y_challenge/Outcomes-a.txt");
  const char *const arguments[] = { set, outcomes, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSource) source = anm_source_open (arguments, &error);
  g_autoptr (AnmCohort) cohort = NULL;

  g_assert_no_error (error);
  g_assert_false (anm_source_needs_roles (source));
  cohort = read_well (source);
  assert_class (cohort, "101", "died");
}

/* Progress and cancelling. */

typedef struct
{
  GCancellable *cancellable; /* to be cancelled at the first call; nullable */
  guint         n_calls;
  double        last;
} Watch;

static void
watch (double fraction,
       const char *message,
       gpointer data)
{
  Watch *self = data;

  g_assert_cmpfloat (fraction, >=, self->last);
  g_assert_cmpfloat (fraction, <=, 1);
  g_assert_nonnull (strstr (message, ".csv"));
  self->last = fraction;
  self->n_calls++;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static char *
write_large_table (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anamnesis-large.csv", NULL);
  g_autoptr (GString) text = g_string_new ("patient,time,HR,remark\n");

  /* Remarks fill it up, for the sanitizers' sake. */
  for (int row = 0; row < 8000; row++)
    g_string_append_printf (text, "%d,%d,%d,%0200d\n", row / 50, row % 50, 60 + row % 41, row);
  g_assert_cmpuint (text->len, >, 10 * 128 * 1024);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  return g_steal_pointer (&path);
}

static void
test_progress (void)
{
  g_autofree char *path = write_large_table ();
  const char *const arguments[] = { path, NULL };
  g_autoptr (AnmSource) source = anm_source_open (arguments, NULL);
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (GError) error = NULL;
  Watch whole = { 0 };

  cohort = anm_source_read (source, watch, &whole, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (whole.n_calls, >, 10);
  g_assert_cmpfloat (whole.last, >, 0.95);
  g_unlink (path);
}

static void
test_cancel (void)
{
  g_autofree char *path = write_large_table ();
  const char *const arguments[] = { path, NULL };
  g_autoptr (AnmSource) source = anm_source_open (arguments, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch cut = { .cancellable = cancellable };

  g_assert_null (anm_source_read (source, watch, &cut, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Nothing more than the chunk in hand. */
  g_assert_cmpuint (cut.n_calls, ==, 1);
  g_unlink (path);
}

/* A cohort written as a long table comes back as it was. */
static void
test_round_trip (void)
{
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", NULL);
  g_autofree char *folder = g_dir_make_tmp ("anamnesis-round-XXXXXX", NULL);
  g_autofree char *records = g_build_filename (folder, "records.csv", NULL);
  g_autofree char *patients = g_build_filename (folder, "patients.csv", NULL);
  const char *const arguments[] = { records, patients, NULL };
  g_autoptr (GString) long_text = g_string_new ("patient;time_h;variable;value\n");
  g_autoptr (GString) static_text = g_string_new ("patient;age;sex;died\n");
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) again = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      /* A first row at time zero, so that times stay as they are. */
      g_string_append_printf (long_text, "%s;0;HR;\n", cohort->ids[p]);
      for (guint c = 0; c < cohort->n_channels; c++)
        {
          const double *times;
          const float *values;
          gsize n = anm_cohort_get_series (cohort, p, c, &times, &values);

          for (gsize k = 0; k < n; k++)
            g_string_append_printf (long_text, "%s;%.17g;\"%s\";%.9g\n", cohort->ids[p], times[k], cohort->channels[c].name, (double) values[k]);
        }
      g_string_append_printf (static_text, "%s;%g;%s;%g\n", cohort->ids[p], (double) cohort->static_values[p * 3], cohort->static_values[p * 3 + 1] > 0 ? "male" : "female", (double) cohort->targets[p]);
    }
  g_assert_true (g_file_set_contents (records, long_text->str, -1, NULL));
  g_assert_true (g_file_set_contents (patients, static_text->str, -1, NULL));
  source = anm_source_open (arguments, &error);
  g_assert_no_error (error);
  again = read_well (source);

  g_assert_cmpuint (again->n_patients, ==, cohort->n_patients);
  g_assert_cmpuint (again->n_channels, ==, cohort->n_channels);
  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      g_assert_cmpstr (again->ids[p], ==, cohort->ids[p]);
      g_assert_cmpfloat (again->targets[p], ==, cohort->targets[p]);
      g_assert_cmpfloat (again->static_values[p * 2], ==, cohort->static_values[p * 3]);
      for (guint c = 0; c < cohort->n_channels; c++)
        {
          const double *times, *times_again;
          const float *values, *values_again;
          gsize n = anm_cohort_get_series (cohort, p, c, &times, &values);
          guint channel;

          g_assert_true (anm_cohort_find_channel (again, cohort->channels[c].name, &channel));
          g_assert_cmpuint (anm_cohort_get_series (again, p, channel, &times_again, &values_again), ==, n);
          g_assert_cmpmem (times, n * sizeof (double), times_again, n * sizeof (double));
          g_assert_cmpmem (values, n * sizeof (float), values_again, n * sizeof (float));
        }
    }
  g_unlink (records);
  g_unlink (patients);
  g_rmdir (folder);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/corpus", test_corpus);
  g_test_add_func ("/source/same-however-written", test_same_however_written);
  g_test_add_func ("/source/wide", test_wide);
  g_test_add_func ("/source/long", test_long);
  g_test_add_func ("/source/decimal-comma", test_decimal_comma);
  g_test_add_func ("/source/times", test_times);
  g_test_add_func ("/source/mixed-units", test_mixed_units);
  g_test_add_func ("/source/midnight", test_midnight);
  g_test_add_func ("/source/missing-words", test_missing_words);
  g_test_add_func ("/source/units-in-names", test_units_in_names);
  g_test_add_func ("/source/outcomes", test_outcomes);
  g_test_add_func ("/source/quantity", test_quantity);
  g_test_add_func ("/source/one-class", test_one_class);
  g_test_add_func ("/source/joined", test_joined);
  g_test_add_func ("/source/ids-with-decimals", test_ids_with_decimals);
  g_test_add_func ("/source/duplicate-times", test_duplicate_times);
  g_test_add_func ("/source/thousand-columns", test_thousand_columns);
  g_test_add_func ("/source/challenge", test_challenge);
  g_test_add_func ("/source/challenge/outcomes-named", test_challenge_outcomes_named);
  g_test_add_func ("/source/progress", test_progress);
  g_test_add_func ("/source/cancel", test_cancel);
  g_test_add_func ("/source/round-trip", test_round_trip);
  return g_test_run ();
}
