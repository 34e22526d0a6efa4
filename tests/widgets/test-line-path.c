/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/line-path.h"

static void
naive_extremes (const double *values,
                gsize begin,
                gsize end,
                double *least,
                double *greatest)
{
  *least = INFINITY;
  *greatest = -INFINITY;
  for (gsize i = begin; i < end; i++)
    if (!isnan (values[i]))
      {
        *least = MIN (*least, values[i]);
        *greatest = MAX (*greatest, values[i]);
      }
}

static void
test_extremes (void)
{
  gsize n_values = 5000;
  g_autofree double *values = g_new (double, n_values);

  for (gsize i = 0; i < n_values; i++)
    values[i] = i % 13 == 5 ? NAN : i == 1717 ? INFINITY : figure_samples_noise ((guint) i);
  g_autoptr (AnmExtremes) extremes = anm_extremes_new (values, n_values);

  for (guint round = 0; round < 3000; round++)
    {
      gsize a = (gsize) ((figure_samples_noise (2 * round) + 1) / 2 * n_values);
      gsize b = (gsize) ((figure_samples_noise (2 * round + 1) + 1) / 2 * n_values);
      gsize begin = MIN (a, b), end = MAX (a, b);
      double least, greatest, naive_least, naive_greatest;

      gboolean found = anm_extremes_query (extremes, begin, end, &least, &greatest);
      naive_extremes (values, begin, end, &naive_least, &naive_greatest);
      g_assert_true (found == (naive_least <= naive_greatest));
      g_assert_cmpfloat (least, ==, naive_least);
      g_assert_cmpfloat (greatest, ==, naive_greatest);
    }
}

static void
test_extremes_of_little (void)
{
  double one = 3, least, greatest, nan_only[40];

  for (guint i = 0; i < 40; i++)
    nan_only[i] = NAN;
  g_autoptr (AnmExtremes) single = anm_extremes_new (&one, 1);
  g_autoptr (AnmExtremes) nans = anm_extremes_new (nan_only, 40);
  g_autoptr (AnmExtremes) none = anm_extremes_new (NULL, 0);

  g_assert_true (anm_extremes_query (single, 0, 1, &least, &greatest));
  g_assert_cmpfloat (least, ==, 3);
  g_assert_false (anm_extremes_query (single, 0, 0, &least, &greatest));
  g_assert_false (anm_extremes_query (nans, 0, 40, &least, &greatest));
  g_assert_false (anm_extremes_query (none, 0, 0, &least, &greatest));
}

/* In each column of pixels the thinned line reaches as high and as low as all the points in it. */
static void
test_thinned_equals_extremes (void)
{
  gsize n_points = 200000;
  const guint width = 300;
  g_autofree double *x = g_new (double, n_points), *y = g_new (double, n_points);
  AnmAxis x_axis = { .kind = ANM_AXIS_LINEAR, .low = 0, .high = n_points - 1, .start = 0, .end = width };
  AnmAxis y_axis = { .kind = ANM_AXIS_LINEAR, .low = -1, .high = 1, .start = 200, .end = 0 };
  double highest[301], lowest[301];
  AnmLinePath path;

  for (guint c = 0; c <= width; c++)
    {
      highest[c] = INFINITY;
      lowest[c] = -INFINITY;
    }
  for (gsize i = 0; i < n_points; i++)
    {
      x[i] = (double) i;
      y[i] = i > 90000 && i < 110000 ? NAN : figure_samples_noise ((guint) i) * sin ((double) i / 2e4);
    }

  g_autoptr (AnmExtremes) extremes = anm_extremes_new (y, n_points);
  anm_line_path_init (&path, &x_axis, &y_axis, x, y, n_points, TRUE, extremes);
  g_assert_cmpuint (path.n_points, <=, 4 * (width + 3));
  for (gsize i = 0; i < path.n_points; i++)
    if (!isnan (path.y[i]))
      {
        guint c = (guint) MIN (floor (path.x[i]), width);
        highest[c] = MIN (highest[c], path.y[i]);
        lowest[c] = MAX (lowest[c], path.y[i]);
      }

  guint n_empty = 0;
  for (guint c = 0; c < width; c++)
    {
      gsize begin = (gsize) ceil (anm_axis_invert (&x_axis, c) - 1e-9);
      gsize end = (gsize) ceil (anm_axis_invert (&x_axis, c + 1) - 1e-9);
      double least, greatest;

      naive_extremes (y, begin, MIN (end, n_points), &least, &greatest);
      if (least > greatest)
        {
          n_empty++;
          g_assert_true (isinf (highest[c]));
          continue;
        }
      g_assert_cmpfloat_with_epsilon (highest[c], anm_axis_project (&y_axis, greatest), 1e-9);
      g_assert_cmpfloat_with_epsilon (lowest[c], anm_axis_project (&y_axis, least), 1e-9);
    }
  g_assert_cmpuint (n_empty, >=, 28);
  anm_line_path_clear (&path);
}

static void
test_search (void)
{
  double rising[] = { 0, 1, 1, 4, 9 }, mixed[] = { 3, -2, 8 };

  g_assert_cmpuint (anm_lower_bound (rising, 5, 1), ==, 1);
  g_assert_cmpuint (anm_lower_bound (rising, 5, 10), ==, 5);
  g_assert_cmpint (anm_nearest_index (rising, 5, TRUE, 6), ==, 3);
  g_assert_cmpint (anm_nearest_index (rising, 5, TRUE, 7), ==, 4);
  g_assert_cmpint (anm_nearest_index (rising, 5, TRUE, -4), ==, 0);
  g_assert_cmpint (anm_nearest_index (mixed, 3, FALSE, -1), ==, 1);
  g_assert_cmpint (anm_nearest_index (mixed, 0, FALSE, -1), ==, -1);
  g_assert_cmpint (anm_nearest_index (rising, 5, TRUE, NAN), ==, -1);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/extremes/equal-naive", test_extremes);
  g_test_add_func ("/extremes/of-little", test_extremes_of_little);
  g_test_add_func ("/line-path/thinned-equals-extremes", test_thinned_equals_extremes);
  g_test_add_func ("/line-path/search", test_search);
  return g_test_run ();
}
