/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "data/cohort-builder.h"
#include "data/cohort-file.h"
#include "data/cohort.h"
#include "tests/data/random-cohort.h"

static AnmCohort *
make_small_cohort (void)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Small", "h");
  gsize ann, bob;

  anm_cohort_builder_add_channel (builder, "HR");
  anm_cohort_builder_add_channel (builder, "Temp");
  anm_cohort_builder_add_static (builder, "Age");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "died", "died", g_strsplit ("no yes", " ", -1));
  ann = anm_cohort_builder_add_patient (builder, "ann", 3);
  bob = anm_cohort_builder_add_patient (builder, "bobby", 3);
  g_assert_cmpuint (anm_cohort_builder_add_patient (builder, "ann", 3), ==, ann);

  anm_cohort_builder_add_value (builder, ann, 0, 120, 3);
  anm_cohort_builder_add_value (builder, bob, 1, 60, 7);
  anm_cohort_builder_add_value (builder, ann, 0, 60, 1);
  anm_cohort_builder_add_value (builder, ann, 0, 120, 4);
  anm_cohort_builder_add_value (builder, ann, 0, 60, 2);
  anm_cohort_builder_add_row (builder, bob, 300);
  anm_cohort_builder_add_patient (builder, "eve", 3);
  anm_cohort_builder_set_static (builder, bob, 0, 50);
  anm_cohort_builder_set_outcome (builder, ann, 1);
  anm_cohort_builder_set_zero_at_first_row (builder);
  return anm_cohort_builder_finish (builder, 60);
}

static void
test_pack (void)
{
  g_autoptr (AnmCohort) cohort = make_small_cohort ();
  const double *times;
  const float *values;
  gsize patient;
  guint channel;

  g_assert_cmpuint (cohort->n_patients, ==, 3);
  g_assert_cmpuint (anm_cohort_get_series (cohort, 0, 0, &times, &values), ==, 4);
  for (int k = 0; k < 4; k++)
    {
      g_assert_cmpfloat (times[k], ==, k / 2);
      g_assert_cmpfloat (values[k], ==, k + 1);
    }
  g_assert_cmpuint (anm_cohort_get_series (cohort, 0, 1, NULL, NULL), ==, 0);
  g_assert_cmpuint (anm_cohort_get_series (cohort, 1, 1, &times, &values), ==, 1);
  g_assert_cmpfloat (times[0], ==, 0);
  g_assert_cmpfloat (values[0], ==, 7);

  g_assert_cmpfloat (cohort->ends[1], ==, 4);
  g_assert_true (isnan (cohort->begins[2]) && isnan (cohort->ends[2]));
  g_assert_true (isnan (cohort->static_values[0]));
  g_assert_cmpfloat (cohort->static_values[1], ==, 50);
  g_assert_true (anm_cohort_has_target (cohort, 0));
  g_assert_false (anm_cohort_has_target (cohort, 1));

  g_assert_true (anm_cohort_find_patient (cohort, "bob", &patient));
  g_assert_cmpuint (patient, ==, 1);
  g_assert_false (anm_cohort_find_patient (cohort, "bobby", &patient));
  g_assert_true (anm_cohort_find_channel (cohort, "Temp", &channel));
  g_assert_cmpuint (channel, ==, 1);
  g_assert_false (anm_cohort_find_channel (cohort, "temp", &channel));
}

static void
test_missing_share (void)
{
  g_autoptr (AnmCohort) cohort = make_small_cohort ();

  /* Hours 0 and 1 of ann, 0 to 4 of bob; eve has no row. */
  g_assert_cmpfloat_with_epsilon (anm_cohort_get_missing_share (cohort, 0, 1), 1 - 2.0 / 7, 1e-12);
  g_assert_cmpfloat_with_epsilon (anm_cohort_get_missing_share (cohort, 1, 1), 1 - 1.0 / 7, 1e-12);
  g_assert_cmpfloat_with_epsilon (anm_cohort_get_missing_share (cohort, 0, 10), 0.5, 1e-12);
}

static AnmCohort *
make_series (const char *unit,
             double first,
             double gap,
             double jitter,
             guint n)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Series", unit);
  gsize patient = anm_cohort_builder_add_patient (builder, "1", 1);

  anm_cohort_builder_add_channel (builder, "x");
  for (guint k = 0; k < n; k++)
    anm_cohort_builder_add_value (builder, patient, 0, first + k * gap + jitter * (k % 3), (float) k);
  return anm_cohort_builder_finish (builder, 1);
}

static void
test_guess_step (void)
{
  static const struct
  {
    const char *unit;
    double gap;
    double jitter;
    guint n;
    double step;
  } cases[] = {
    { "step", 1, 0, 28, 1 },
    { "h", 1, 0, 48, 1 },
    { "h", 4, 0, 12, 4 },
    { "h", 0.98, 0.02, 48, 1 },
    { "h", 1.0 / 60, 0, 600, 1.0 / 60 },
    { "min", 14.5, 0.3, 100, 15 },
    { "d", 29.3, 0.9, 100, 30 },
    { "", 0.013, 0.001, 100, 0.01 },
    { "h", 1, 0, 1, 1 },
    { "s", 1.0 / 360, 0, 5000, 1.0 / 360 },
    { "s", 60, 0, 5000, 60 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnmCohort) cohort = make_series (cases[i].unit, 0, cases[i].gap, cases[i].jitter, cases[i].n);

      g_test_message ("gap %g %s", cases[i].gap, cases[i].unit);
      g_assert_cmpfloat_with_epsilon (anm_cohort_guess_step (cohort), cases[i].step, 1e-9);
    }
}

static void
test_guess_step_sparse_seconds (void)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Sparse", "s");
  g_autoptr (AnmCohort) cohort = NULL;
  gsize patient = anm_cohort_builder_add_patient (builder, "1", 1);

  g_test_summary ("Whole seconds over days are no reason for a step of a second.");
  anm_cohort_builder_add_channel (builder, "x");
  for (int k = 0; k < 48; k++)
    anm_cohort_builder_add_value (builder, patient, 0, k * 3600 + k % 7, 0);
  cohort = anm_cohort_builder_finish (builder, 1);
  g_assert_cmpfloat (anm_cohort_guess_step (cohort), ==, 3600);
}

static void
assert_same_bytes (GBytes *a,
                   GBytes *b)
{
  g_assert_cmpmem (g_bytes_get_data (a, NULL), g_bytes_get_size (a), g_bytes_get_data (b, NULL), g_bytes_get_size (b));
}

static void
test_bytes_round_trip (void)
{
  for (guint64 seed = 0; seed < 12; seed++)
    {
      g_autoptr (AnmCohort) cohort = random_cohort (seed, "p");
      g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmCohort) again = anm_cohort_deserialize (bytes, &error);
      g_autoptr (GBytes) bytes_again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (again->title, ==, cohort->title);
      g_assert_cmpuint (again->n_patients, ==, cohort->n_patients);
      g_assert_cmpuint (again->n_channels, ==, cohort->n_channels);
      g_assert_cmpmem (again->values, cohort->starts[cohort->n_patients * cohort->n_channels] * sizeof (float),
                       cohort->values, cohort->starts[cohort->n_patients * cohort->n_channels] * sizeof (float));
      bytes_again = anm_cohort_serialize (again);
      assert_same_bytes (bytes, bytes_again);
    }
}

static char *
write_mappable (const AnmCohort *cohort,
                const char *name)
{
  g_autoptr (GError) error = NULL;
  char *path;
  int file = g_file_open_tmp ("anm-cohort-XXXXXX", &path, &error);

  g_assert_no_error (error);
  if (!anm_cohort_write_file (cohort, name, file, &error))
    {
      g_assert_no_error (error);
      g_test_skip ("this machine's arrays can't be mapped");
      g_clear_pointer (&path, g_free);
    }
  g_close (file, NULL);
  return path;
}

static void
test_mapped (void)
{
  for (guint64 seed = 0; seed < 12; seed++)
    {
      g_autoptr (AnmCohort) cohort = random_cohort (seed, "p");
      g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort), bytes_again = NULL;
      g_autofree char *path = write_mappable (cohort, "a name");
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmCohort) again = NULL, other = NULL;

      if (path == NULL)
        return;
      again = anm_cohort_map_file (path, "a name", &error);
      g_assert_no_error (error);
      other = anm_cohort_map_file (path, "another name", &error);
      g_assert_null (other);
      g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT);
      g_clear_error (&error);
      g_unlink (path); /* what is mapped stays */
      bytes_again = anm_cohort_serialize (again);
      assert_same_bytes (bytes, bytes_again);
      other = anm_cohort_map_file (path, "a name", &error);
      g_assert_null (other);
      g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ);
    }
}

/* Every byte that is changed, and wherever the file is cut short or goes on. */
static void
test_mapped_damaged (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (5, "p");
  g_autofree char *path = write_mappable (cohort, "n"), *contents = NULL;
  gsize size;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (gsize i = 0; i < size + 200; i++)
    {
      g_autoptr (AnmCohort) again = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *copy = g_malloc0 (size + 64);
      gsize length = size;

      memcpy (copy, contents, size);
      if (i < size)
        copy[i] ^= (char) (1 + anm_random_below (1, 3, i, 255));
      else
        length = i == size ? size + 64 : i == size + 1 ? 1 : 1 + anm_random_below (1, 1, i, size - 1);
      g_assert_true (g_file_set_contents_full (path, copy, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      again = anm_cohort_map_file (path, "n", &error);
      g_assert_null (again);
      g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT);
    }
  g_unlink (path);
}

static void
test_bytes_damaged (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (5, "p");
  g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort);
  gsize size = g_bytes_get_size (bytes);

  for (gsize i = 0; i < 150; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      gsize length = i % 2 == 0 ? size : anm_random_below (1, 1, i, size);
      g_autoptr (GBytes) damaged = NULL;
      g_autoptr (AnmCohort) again = NULL;
      g_autoptr (GError) error = NULL;

      copy[anm_random_below (1, 2, i, size)] ^= (guint8) (1 + anm_random_below (1, 3, i, 255));
      damaged = g_bytes_new (copy, length);
      again = anm_cohort_deserialize (damaged, &error);
      g_assert_null (again);
      g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT);
    }
}

static void
test_bytes_forged (void)
{
  g_autoptr (AnmCohort) cohort = random_cohort (5, "p");
  g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort);
  gsize size = g_bytes_get_size (bytes);
  guint refused = 0;

  g_test_summary ("Made-up bytes with a right check sum are refused or make a sound cohort, and never crash.");
  for (gsize i = 0; i < 150; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
      g_autoptr (GBytes) forged = NULL;
      g_autoptr (AnmCohort) again = NULL;
      gsize digest_size = 32;

      copy[40 + anm_random_below (2, 2, i, size - 40)] ^= (guint8) (1 + anm_random_below (2, 3, i, 255));
      g_checksum_update (checksum, copy + 40, (gssize) (size - 40));
      g_checksum_get_digest (checksum, copy + 8, &digest_size);
      forged = g_bytes_new (copy, size);
      again = anm_cohort_deserialize (forged, NULL);
      if (again == NULL)
        refused++;
      else
        {
          g_autoptr (GBytes) bytes_again = anm_cohort_serialize (again);

          g_assert_cmpuint (g_bytes_get_size (bytes_again), >, 40);
          g_assert_cmpfloat (anm_cohort_guess_step (again), >, 0);
        }
    }
  g_assert_cmpuint (refused, >, 8);
}

static void
assert_refused (const AnmCohort *cohort)
{
  g_autoptr (GBytes) bytes = anm_cohort_serialize (cohort);
  g_autoptr (GError) error = NULL;

  g_assert_null (anm_cohort_deserialize (bytes, &error));
  g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT);
}

static void
test_bytes_contradictory (void)
{
  g_autoptr (AnmCohort) cohort = make_small_cohort ();

  g_test_summary ("Bytes that are whole but break a rule of cohorts are refused.");
  cohort->times[0] = 0.5;
  cohort->times[1] = 0.25;
  assert_refused (cohort);
  cohort->times[0] = cohort->times[1] = 0;

  cohort->values[0] = NAN;
  assert_refused (cohort);
  cohort->values[0] = 1;

  cohort->targets[0] = 2;
  assert_refused (cohort);
  cohort->targets[0] = 1;

  cohort->starts[1] = 99;
  assert_refused (cohort);
  cohort->starts[1] = 4;

  cohort->ends[0] = 0.5;
  assert_refused (cohort);
  cohort->ends[0] = 1;

  cohort->ids[1][0] = 'a';
  cohort->ids[1][1] = 'n';
  cohort->ids[1][2] = 'n';
  assert_refused (cohort);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cohort/pack", test_pack);
  g_test_add_func ("/cohort/missing-share", test_missing_share);
  g_test_add_func ("/cohort/guess-step", test_guess_step);
  g_test_add_func ("/cohort/guess-step/sparse-seconds", test_guess_step_sparse_seconds);
  g_test_add_func ("/cohort/bytes/round-trip", test_bytes_round_trip);
  g_test_add_func ("/cohort/bytes/damaged", test_bytes_damaged);
  g_test_add_func ("/cohort/bytes/forged", test_bytes_forged);
  g_test_add_func ("/cohort/bytes/contradictory", test_bytes_contradictory);
  g_test_add_func ("/cohort/mapped/round-trip", test_mapped);
  g_test_add_func ("/cohort/mapped/damaged", test_mapped_damaged);
  return g_test_run ();
}
