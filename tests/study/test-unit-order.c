/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/unit-order.h"

#include <math.h>

/* Units of three kinds, mixed: each kind must come out in one piece. */
static void
test_kinds_stay_together (void)
{
  enum { N_UNITS = 12, N_STEPS = 20 };
  const guint kinds[N_UNITS] = { 0, 2, 1, 1, 0, 2, 2, 0, 1, 0, 2, 1 };
  float values[N_STEPS * N_UNITS];
  g_autofree guint *order = NULL;
  guint n_changes = 0;
  guint seen = 0;

  g_test_summary ("Units that do alike lie beside each other, and each unit is there once.");
  for (guint t = 0; t < N_STEPS; t++)
    for (guint u = 0; u < N_UNITS; u++)
      {
        const double centre = kinds[u] == 0 ? 1 : kinds[u] == 1 ? sin (t) : -1;
        values[t * N_UNITS + u] = (float) (centre + 0.01 * u);
      }

  order = anm_unit_order_new (values, N_STEPS, N_UNITS);
  for (guint k = 0; k < N_UNITS; k++)
    {
      seen |= 1u << order[k];
      if (k > 0)
        n_changes += kinds[order[k]] != kinds[order[k - 1]];
    }

  g_assert_cmphex (seen, ==, (1u << N_UNITS) - 1);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpuint (kinds[order[0]], ==, 0);
  g_assert_cmpuint (kinds[order[N_UNITS - 1]], ==, 2);
}

/* On a line the order is the line's. */
static void
test_line (void)
{
  enum { N_UNITS = 9 };
  const float values[N_UNITS] = { 5, 1, 9, 3, 7, 2, 8, 4, 6 };
  g_autofree guint *order = anm_unit_order_new (values, 1, N_UNITS);

  for (guint k = 1; k < N_UNITS; k++)
    g_assert_cmpfloat (values[order[k]], <, values[order[k - 1]]);
}

static void
test_odd_inputs (void)
{
  const float not_finite[] = { 1, NAN, INFINITY, 1 };
  g_autofree guint *none = anm_unit_order_new (NULL, 0, 0);
  g_autofree guint *one = anm_unit_order_new (not_finite, 1, 1);
  g_autofree guint *four = anm_unit_order_new (not_finite, 1, 4);
  g_autofree guint *no_steps = anm_unit_order_new (NULL, 0, 3);

  g_assert_nonnull (none);
  g_assert_cmpuint (one[0], ==, 0);
  g_assert_cmpuint ((1u << four[0]) | (1u << four[1]) | (1u << four[2]) | (1u << four[3]), ==, 15);
  g_assert_cmpuint ((1u << no_steps[0]) | (1u << no_steps[1]) | (1u << no_steps[2]), ==, 7);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/unit-order/kinds-stay-together", test_kinds_stay_together);
  g_test_add_func ("/unit-order/line", test_line);
  g_test_add_func ("/unit-order/odd-inputs", test_odd_inputs);

  return g_test_run ();
}
