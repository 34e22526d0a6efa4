/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/number.h"

static void
assert_text (char *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_format (void)
{
  assert_text (anm_number_format (0.2851, 3), "0.285");
  assert_text (anm_number_format (0.3, 3), "0.3");
  assert_text (anm_number_format (9.996, 3), "10");
  assert_text (anm_number_format (6528, 4), "6\u2009528");
  assert_text (anm_number_format (-1234567, 7), "−1\u2009234\u2009567");
  assert_text (anm_number_format (1.2e-5, 2), "1.2×10⁻⁵");
  assert_text (anm_number_format (1e-9, 3), "10⁻⁹");
  assert_text (anm_number_format (3e12, 3), "3×10¹²");
  assert_text (anm_number_format (0, 3), "0");
  assert_text (anm_number_format (-0.0, 3), "0");
  assert_text (anm_number_format (NAN, 3), "–");
  assert_text (anm_number_format (-INFINITY, 3), "−∞");
}

static void
test_exact (void)
{
  assert_text (anm_number_format_exact (0.3, 3), "0.300");
  assert_text (anm_number_format_exact (12, 3), "12.0");
  assert_text (anm_number_format_fixed (-0.0001, 2), "0.00");
  assert_text (anm_number_format_fixed (-2.5, 1), "−2.5");
}

static void
test_words (void)
{
  assert_text (anm_number_format_power (-3), "10⁻³");
  assert_text (anm_number_format_power (0), "1");
  assert_text (anm_number_format_power (1), "10");
  assert_text (anm_number_format_share (0.84), "84 %");
  assert_text (anm_number_format_share (0.001), "< 1 %");
  assert_text (anm_number_format_share (0.999), "> 99 %");
  assert_text (anm_number_format_share (0), "0 %");
  assert_text (anm_number_format_share (1), "100 %");
  assert_text (anm_number_format_count (4000), "4\u2009000");
  assert_text (anm_number_format_time (39, "h"), "hour 39");
  assert_text (anm_number_format_time (1.5, "d"), "day 1.5");
  assert_text (anm_number_format_time (3, "week"), "3 week");
  assert_text (anm_number_format_duration (2, "h"), "2 h");
  assert_text (anm_number_format_duration (1, "step"), "1 step");
  assert_text (anm_number_format_duration (13, "step"), "13 steps");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/format", test_format);
  g_test_add_func ("/number/exact", test_exact);
  g_test_add_func ("/number/words", test_words);
  return g_test_run ();
}
