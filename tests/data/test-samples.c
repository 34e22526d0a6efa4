/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "data/samples.h"

static AnmCohort *
make (const char *argument)
{
  g_autoptr (GError) error = NULL;
  AnmCohort *cohort = anm_sample_make (argument, &error);

  g_assert_no_error (error);
  return cohort;
}

static double
get_share_of_ones (const AnmCohort *cohort)
{
  double sum = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    sum += cohort->targets[p];
  return sum / (double) cohort->n_patients;
}

static void
test_registry (void)
{
  guint n;
  const AnmSample *samples = anm_samples (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *plain = g_strdup_printf ("sample:%s?patients=7", samples[i].name);
      g_autofree char *other = g_strdup_printf ("sample:%s?patients=7&seed=2", samples[i].name);
      g_autoptr (AnmCohort) a = make (plain);
      g_autoptr (AnmCohort) b = make (plain);
      g_autoptr (AnmCohort) c = make (other);
      g_autoptr (GBytes) bytes_a = anm_cohort_serialize (a);
      g_autoptr (GBytes) bytes_b = anm_cohort_serialize (b);
      g_autoptr (GBytes) bytes_c = anm_cohort_serialize (c);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmCohort) again = anm_cohort_deserialize (bytes_a, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (a->n_patients, ==, 7);
      g_assert_true (g_bytes_equal (bytes_a, bytes_b));
      g_assert_false (g_bytes_equal (bytes_a, bytes_c));
    }
}

static void
test_errors (void)
{
  static const char *const wrong[][2] = {
    { "sample:", "sample:icu, sample:scan, sample:delayed-marker" },
    { "sample:nothing", "sample:icu" },
    { "sample:icu?patients=0", "from 1 to 1000000" },
    { "sample:icu?patients=2.5", "whole number" },
    { "sample:icu?patients=nan", "whole number" },
    { "sample:icu?patients=1e99", "whole number" },
    { "sample:icu?patients", "patients=2000" },
    { "sample:icu?patients=", "patients=2000" },
    { "sample:icu?patients=5x", "“patients=5x”" },
    { "sample:icu?delay=5", "no option of sample:icu" },
    { "sample:delayed-marker?noise=-1", "noise must be a number from 0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmCohort) cohort = anm_sample_make (wrong[i][0], &error);

      g_assert_null (cohort);
      g_assert_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES);
      if (strstr (error->message, wrong[i][1]) == NULL)
        g_error ("%s: “%s” isn't in “%s”", wrong[i][0], wrong[i][1], error->message);
    }
}

static void
test_delayed_marker (void)
{
  g_autoptr (AnmCohort) cohort = make ("sample:delayed-marker?patients=400&delay=20&noise=0.3");
  double sum = 0, squares = 0;
  gsize n = 0;

  g_assert_cmpuint (cohort->n_channels, ==, 4);
  for (gsize p = 0; p < cohort->n_patients; p++)
    for (guint c = 0; c < 4; c++)
      {
        const double *times;
        const float *values;

        g_assert_cmpuint (anm_cohort_get_series (cohort, p, c, &times, &values), ==, 21);
        g_assert_cmpfloat (values[0], ==, c > 0 ? 0 : cohort->targets[p] > 0 ? 1
                                                                             : -1);
        for (int k = 1; k <= 20; k++)
          {
            g_assert_cmpfloat (times[k], ==, k);
            if (c == 0)
              g_assert_cmpfloat (values[k], ==, 0);
            else
              {
                sum += values[k];
                squares += values[k] * values[k];
                n++;
              }
          }
      }
  g_assert_cmpfloat_with_epsilon (sum / (double) n, 0, 0.01);
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (double) n), 0.3, 0.01);
  g_assert_cmpfloat_with_epsilon (get_share_of_ones (cohort), 0.5, 0.08);
}

static void
test_icu (void)
{
  g_autoptr (AnmCohort) cohort = make ("sample:icu");
  static const double missing[] = { 0.06, 0.07, 0.09, 0.08, 0.76, 0.84, 0.91, 0.76, 0.11, 0.94, 0.96, 0.95 };

  g_assert_cmpuint (cohort->n_patients, ==, 2000);
  g_assert_cmpfloat_with_epsilon (get_share_of_ones (cohort), 0.12, 0.02);
  for (guint c = 0; c < cohort->n_channels; c++)
    {
      const AnmField *field = &cohort->channels[c];
      gsize n = cohort->starts[cohort->n_patients * cohort->n_channels];

      g_test_message ("%s: %.3f missing", field->name, anm_cohort_get_missing_share (cohort, c, 1));
      g_assert_cmpfloat_with_epsilon (anm_cohort_get_missing_share (cohort, c, 1), missing[c], 0.02);
      for (gsize p = 0; p < cohort->n_patients; p++)
        {
          const float *values;

          n = anm_cohort_get_series (cohort, p, c, NULL, &values);
          for (gsize k = 0; k < n; k++)
            {
              g_assert_cmpfloat (values[k], >=, field->plausible_low - 1e-4);
              g_assert_cmpfloat (values[k], <=, fmax (field->plausible_high, 250));
            }
        }
    }
  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      g_assert_cmpfloat (cohort->begins[p], >=, 0);
      g_assert_cmpfloat (cohort->ends[p], <, 48);
    }
}

static void
test_scan (void)
{
  g_autoptr (AnmCohort) cohort = make ("sample:scan");
  guint counts[10] = { 0 };

  g_assert_cmpuint (cohort->n_channels, ==, 28);
  g_assert_cmpuint (cohort->target.shape.n_outputs, ==, 10);
  for (gsize p = 0; p < cohort->n_patients; p++)
    counts[(guint) cohort->targets[p]]++;
  for (guint shape = 0; shape < 10; shape++)
    g_assert_cmpfloat_with_epsilon (counts[shape], 300, 80);
  g_assert_cmpfloat (anm_cohort_guess_step (cohort), ==, 1);
  g_assert_cmpfloat (anm_cohort_get_missing_share (cohort, 0, 1), ==, 0);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/samples/registry", test_registry);
  g_test_add_func ("/samples/errors", test_errors);
  g_test_add_func ("/samples/delayed-marker", test_delayed_marker);
  g_test_add_func ("/samples/icu", test_icu);
  g_test_add_func ("/samples/scan", test_scan);
  return g_test_run ();
}
