/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/axis.h"

static void
assert_ticks (AnmAxisKind kind,
              const char *unit,
              double low,
              double high,
              guint at_most,
              const char *expected)
{
  AnmAxis axis = { .kind = kind, .time_unit = unit, .low = low, .high = high, .start = 0, .end = 100 };
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = anm_axis_get_ticks (&axis, at_most, ticks);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_ticks; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", ticks[i].label);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_nice_step (void)
{
  static const double pairs[][2] = {
    { 0.9, 1 }, { 1, 1 }, { 1.1, 2 }, { 2, 2 }, { 3, 5 }, { 5, 5 }, { 5.01, 10 }, { 0.012, 0.02 }, { 0.3, 0.5 }, { 4000, 5000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpfloat_with_epsilon (anm_axis_nice_step (pairs[i][0]), pairs[i][1], 1e-9 * pairs[i][1]);
  g_assert_cmpfloat (anm_axis_nice_step (NAN), ==, 1);
  g_assert_cmpfloat (anm_axis_nice_step (0), ==, 1);
}

static void
test_linear (void)
{
  assert_ticks (ANM_AXIS_LINEAR, NULL, 0.15, 0.72, 4, "0.2 0.4 0.6");
  assert_ticks (ANM_AXIS_LINEAR, NULL, 0, 1, 3, "0 0.5 1");
  assert_ticks (ANM_AXIS_LINEAR, NULL, -1, 1, 5, "−1 −0.5 0 0.5 1");
  assert_ticks (ANM_AXIS_LINEAR, NULL, 0, 8000, 4, "0 2\u2009000 4\u2009000 6\u2009000 8\u2009000");
  assert_ticks (ANM_AXIS_LINEAR, NULL, 0.2801, 0.2849, 3, "0.282 0.284");
}

static void
test_whole (void)
{
  assert_ticks (ANM_AXIS_WHOLE, NULL, 0, 3, 8, "0 1 2 3");
  assert_ticks (ANM_AXIS_WHOLE, NULL, 0, 45, 5, "0 10 20 30 40");
}

static void
test_time (void)
{
  assert_ticks (ANM_AXIS_TIME, "h", 1, 48, 5, "1 12 24 36 48");
  assert_ticks (ANM_AXIS_TIME, "h", 0, 48, 10, "0 6 12 18 24 30 36 42 48");
  assert_ticks (ANM_AXIS_TIME, "h", 0, 240, 6, "0 48 96 144 192 240");
  assert_ticks (ANM_AXIS_TIME, "min", 0, 120, 5, "0 30 60 90 120");
  assert_ticks (ANM_AXIS_TIME, "d", 0, 28, 5, "0 7 14 21 28");
  assert_ticks (ANM_AXIS_TIME, "step", 0, 3, 8, "0 1 2 3");
  assert_ticks (ANM_AXIS_TIME, "h", 0, 1, 4, "0 0.5 1");
}

static void
test_log (void)
{
  assert_ticks (ANM_AXIS_LOG, NULL, 1e-2, 10, 6, "10⁻² 10⁻¹ 1 10");
  assert_ticks (ANM_AXIS_LOG, NULL, 1e-8, 1, 5, "10⁻⁸ 10⁻⁶ 10⁻⁴ 10⁻² 1");
  assert_ticks (ANM_AXIS_LOG, NULL, 0.2, 1.2, 6, "0.2 0.5 1");
}

static void
test_inverse (void)
{
  AnmAxis axes[] = {
    { .kind = ANM_AXIS_LINEAR, .low = -3, .high = 12, .start = 40, .end = 300 },
    { .kind = ANM_AXIS_LINEAR, .low = 0, .high = 1e-7, .start = 200, .end = 7 },
    { .kind = ANM_AXIS_LOG, .low = 1e-9, .high = 100, .start = 200, .end = 7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    for (int k = 0; k <= 50; k++)
      {
        double pixel = axes[i].start + (axes[i].end - axes[i].start) * k / 50;
        double value = anm_axis_invert (&axes[i], pixel);
        g_assert_cmpfloat_with_epsilon (anm_axis_project (&axes[i], value), pixel, 1e-6);
      }
}

/* Whatever the numbers, an axis can be drawn. */
static void
test_range (void)
{
  static const double odd[][2] = {
    { NAN, NAN }, { INFINITY, -INFINITY }, { 0, 0 }, { 5, 5 }, { -2, -2 }, { 3, 1 }, { 0, INFINITY }, { 1e300, 1e300 }, { 1e-320, 2e-320 }, { -4, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    for (int kind = ANM_AXIS_LINEAR; kind <= ANM_AXIS_LOG; kind++)
      {
        AnmAxis axis = { .kind = (AnmAxisKind) kind, .time_unit = "h", .start = 0, .end = 100 };
        AnmTick ticks[ANM_AXIS_MAX_TICKS];

        anm_axis_set_range (&axis, odd[i][0], odd[i][1]);
        g_assert_true (isfinite (axis.low) && isfinite (axis.high));
        g_assert_cmpfloat (axis.low, <, axis.high);
        if (kind == ANM_AXIS_LOG)
          g_assert_cmpfloat (axis.low, >, 0);
        g_assert_cmpuint (anm_axis_get_ticks (&axis, 6, ticks), <=, ANM_AXIS_MAX_TICKS);
      }
}

/* Never more than asked for by much, always inside, always rising. */
static void
test_ticks_inside (void)
{
  for (guint i = 0; i < 400; i++)
    {
      AnmAxis axis = { .kind = (AnmAxisKind) (i % 4), .time_unit = i % 8 < 4 ? "h" : "d", .start = 0, .end = 100 };
      AnmTick ticks[ANM_AXIS_MAX_TICKS];
      double low = pow (10, (double) (i % 13) - 6), high = low * (1.5 + i % 97);
      guint at_most = 2 + i % 9;

      anm_axis_set_range (&axis, low, high);
      guint n_ticks = anm_axis_get_ticks (&axis, at_most, ticks);
      if (axis.kind != ANM_AXIS_LOG)
        g_assert_cmpuint (n_ticks, <=, at_most + 2);
      for (guint k = 0; k < n_ticks; k++)
        {
          g_assert_cmpfloat (ticks[k].value, >=, axis.low - 1e-5 * (axis.high - axis.low));
          g_assert_cmpfloat (ticks[k].value, <=, axis.high + 1e-5 * (axis.high - axis.low));
          if (k > 0)
            g_assert_cmpfloat (ticks[k].value, >, ticks[k - 1].value);
        }
    }
}

/* Seconds to millennia: ticks rise, lie within, are round, and aren't many. */
static void
test_dates (void)
{
  static const double spans[] = { 5, 90, 3600, 20000, 86400, 300000, 2e6, 1e7, 5e7, 4e8, 5e9, 8e10 };
  const double first = 1764115200; /* 26 November 2025 */
  AnmAxis axis = { .kind = ANM_AXIS_TIME, .time_unit = "date", .low = first, .high = first + 86400, .end = 400 };
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = anm_axis_get_ticks (&axis, 6, ticks);

  g_assert_cmpuint (n_ticks, ==, 5);
  g_assert_cmpstr (ticks[0].label, ==, "26 Nov");
  g_assert_cmpstr (ticks[1].label, ==, "06:00");
  g_assert_cmpstr (ticks[4].label, ==, "27 Nov");

  axis.high = first + 120 * 86400;
  n_ticks = anm_axis_get_ticks (&axis, 6, ticks);
  g_assert_cmpuint (n_ticks, ==, 4);
  g_assert_cmpstr (ticks[0].label, ==, "Dec");
  g_assert_cmpstr (ticks[1].label, ==, "2026");
  g_assert_cmpstr (ticks[3].label, ==, "Mar");

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      axis.high = first + spans[i];
      n_ticks = anm_axis_get_ticks (&axis, 6, ticks);
      g_assert_cmpuint (n_ticks, >=, 1);
      g_assert_cmpuint (n_ticks, <=, 9);
      for (guint k = 0; k < n_ticks; k++)
        {
          g_assert_true (ticks[k].value >= axis.low && ticks[k].value <= axis.high);
          g_assert_true (k == 0 || ticks[k].value > ticks[k - 1].value);
          g_assert_cmpstr (ticks[k].label, !=, "");
        }
    }
  axis.low = -1e18;
  axis.high = 1e18;
  g_assert_cmpuint (anm_axis_get_ticks (&axis, 6, ticks), <=, ANM_AXIS_MAX_TICKS);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axis/nice-step", test_nice_step);
  g_test_add_func ("/axis/linear", test_linear);
  g_test_add_func ("/axis/whole", test_whole);
  g_test_add_func ("/axis/time", test_time);
  g_test_add_func ("/axis/log", test_log);
  g_test_add_func ("/axis/inverse", test_inverse);
  g_test_add_func ("/axis/range", test_range);
  g_test_add_func ("/axis/ticks-inside", test_ticks_inside);
  g_test_add_func ("/axis/dates", test_dates);
  return g_test_run ();
}
