/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/label-layout.h"

/* What may stay where it is stays there. */
static void
test_apart_already (void)
{
  double positions[] = { 80, 10, 40 };

  anm_labels_spread (positions, 3, 13, 0, 100);
  g_assert_cmpfloat (positions[0], ==, 80);
  g_assert_cmpfloat (positions[1], ==, 10);
  g_assert_cmpfloat (positions[2], ==, 40);
}

/* Two that coincide move by the same amount. */
static void
test_coincide (void)
{
  double positions[] = { 50, 50 };

  anm_labels_spread (positions, 2, 13, 0, 100);
  g_assert_cmpfloat_with_epsilon (positions[0], 43.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (positions[1], 56.5, 1e-9);
}

static void
test_edges (void)
{
  double positions[] = { 99, 98, 100 };

  anm_labels_spread (positions, 3, 13, 0, 100);
  g_assert_cmpfloat_with_epsilon (positions[1], 74, 1e-9);
  g_assert_cmpfloat_with_epsilon (positions[0], 87, 1e-9);
  g_assert_cmpfloat_with_epsilon (positions[2], 100, 1e-9);
}

static void
test_too_many (void)
{
  double positions[21];

  for (guint i = 0; i < 21; i++)
    positions[i] = 50;
  anm_labels_spread (positions, 21, 13, 0, 100);
  for (guint i = 0; i < 21; i++)
    g_assert_cmpfloat_with_epsilon (positions[i], 5 * i, 1e-9);
}

static void
test_never_collide (void)
{
  for (guint round = 0; round < 200; round++)
    {
      guint n_positions = 1 + round % 9;
      double positions[9], given[9];

      for (guint i = 0; i < n_positions; i++)
        positions[i] = given[i] = 60 + 70 * figure_samples_noise (10 * round + i);
      anm_labels_spread (positions, n_positions, 13, 0, 120);

      for (guint i = 0; i < n_positions; i++)
        {
          g_assert_cmpfloat (positions[i], >=, -1e-9);
          g_assert_cmpfloat (positions[i], <=, 120 + 1e-9);
          for (guint k = 0; k < i; k++)
            {
              g_assert_cmpfloat (fabs (positions[i] - positions[k]), >=, 13 - 1e-9);
              g_assert_true ((positions[i] < positions[k]) == (given[i] < given[k]));
            }
        }
    }
}

static void
test_occupancy (void)
{
  AnmArea area = { 10, 10, 100, 60 };
  AnmArea free_box = { 20, 12, 30, 12 }, crossed = { 20, 34, 30, 12 }, outside = { 90, 20, 30, 12 };
  AnmOccupancy occupancy;

  anm_occupancy_init (&occupancy, &area);
  anm_occupancy_mark_line (&occupancy, 10, 40, 110, 40);
  anm_occupancy_mark_line (&occupancy, NAN, 40, 110, 20);
  g_assert_cmpuint (anm_occupancy_count (&occupancy, &free_box), ==, 0);
  g_assert_cmpuint (anm_occupancy_count (&occupancy, &crossed), >=, 15);
  g_assert_cmpuint (anm_occupancy_count (&occupancy, &outside), ==, G_MAXUINT);
  anm_occupancy_mark_box (&occupancy, &free_box);
  g_assert_cmpuint (anm_occupancy_count (&occupancy, &free_box), ==, G_MAXUINT);
  g_assert_cmpuint (anm_occupancy_count (&occupancy, &crossed), >=, 15);
  anm_occupancy_clear (&occupancy);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/label-layout/apart-already", test_apart_already);
  g_test_add_func ("/label-layout/coincide", test_coincide);
  g_test_add_func ("/label-layout/edges", test_edges);
  g_test_add_func ("/label-layout/too-many", test_too_many);
  g_test_add_func ("/label-layout/never-collide", test_never_collide);
  g_test_add_func ("/label-layout/occupancy", test_occupancy);
  return g_test_run ();
}
