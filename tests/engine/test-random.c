/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/random.h"

#include <math.h>

/* The vectors of Random123's kat_vectors for philox4x32 10: counter words, key
 * words, and the first two words of the result. */
static void
test_known_answers (void)
{
  g_assert_cmphex (anm_random_bits (0, 0, 0), ==, G_GUINT64_CONSTANT (0xe169c58d6627e8d5));
  g_assert_cmphex (anm_random_bits (G_MAXUINT64, G_MAXUINT64, G_MAXUINT64), ==, G_GUINT64_CONSTANT (0x41c83b0e408f276d));
  g_assert_cmphex (anm_random_bits (G_GUINT64_CONSTANT (0x299f31d0a4093822), G_GUINT64_CONSTANT (0x0370734413198a2e),
                                    G_GUINT64_CONSTANT (0x85a308d3243f6a88)),
                   ==, G_GUINT64_CONSTANT (0x94fdccebd16cfe09));
}

/* Many at once are the same as one by one, also where the counter's words carry. */
static void
test_fill (void)
{
  const guint64 firsts[] = { 0, 5, G_GUINT64_CONSTANT (0xfffffffa), G_MAXUINT64 - 3 };

  for (gsize k = 0; k < G_N_ELEMENTS (firsts); k++)
    for (gsize n = 0; n < 30; n++)
      {
        guint64 words[31];

        words[n] = 1234;
        anm_random_fill (G_GUINT64_CONSTANT (0x123456789abcdef), G_GUINT64_CONSTANT (0xfedcba9876543210), firsts[k], words, n);
        for (gsize i = 0; i < n; i++)
          g_assert_cmphex (words[i], ==, anm_random_bits (G_GUINT64_CONSTANT (0x123456789abcdef), G_GUINT64_CONSTANT (0xfedcba9876543210), firsts[k] + i));
        g_assert_cmphex (words[n], ==, 1234);
      }
}

/* Box-Muller over a Philox written in Python, with Python's math module. */
static void
test_normal_known_answers (void)
{
  const double expected[] = {
    -0.41631764503282825, -1.0991332748234015, -1.2425651292008086, 1.1273069996074838,
    -0.92844908736129406, -1.0239224503912652, -1.634498906517154, -1.3909933950364761,
    -1.7153930859210857, 0.25959468679988379, -0.47111704983501118, 1.6829853570081592,
    -1.3601893580462148, -0.69774391584235018, 0.43839741763537982, -2.0841395290094273
  };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpfloat_with_epsilon (anm_random_normal (7, 3, i), expected[i], 1e-14);
}

static void
test_moments (void)
{
  const gsize n = 200000;
  double uniform_sum = 0.0, uniform_squares = 0.0;
  double normal_moments[5] = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      double u = anm_random_uniform (1, 2, i);
      double z = anm_random_normal (1, 2, i);
      double power = 1.0;

      g_assert_cmpfloat (u, >=, 0.0);
      g_assert_cmpfloat (u, <, 1.0);
      uniform_sum += u;
      uniform_squares += u * u;
      for (int order = 1; order <= 4; order++)
        {
          power *= z;
          normal_moments[order] += power / (double) n;
        }
    }
  /* Five standard errors each. */
  g_assert_cmpfloat_with_epsilon (uniform_sum / (double) n, 0.5, 5.0 * 0.2887 / sqrt ((double) n));
  g_assert_cmpfloat_with_epsilon (uniform_squares / (double) n, 1.0 / 3.0, 5.0 * 0.2981 / sqrt ((double) n));
  g_assert_cmpfloat_with_epsilon (normal_moments[1], 0.0, 5.0 / sqrt ((double) n));
  g_assert_cmpfloat_with_epsilon (normal_moments[2], 1.0, 5.0 * sqrt (2.0 / (double) n));
  g_assert_cmpfloat_with_epsilon (normal_moments[3], 0.0, 5.0 * sqrt (15.0 / (double) n));
  g_assert_cmpfloat_with_epsilon (normal_moments[4], 3.0, 5.0 * sqrt (96.0 / (double) n));
}

static void
test_streams_differ (void)
{
  double products = 0.0;
  const gsize n = 100000;

  for (gsize i = 0; i < n; i++)
    products += anm_random_normal (1, 0, i) * anm_random_normal (1, 1, i);
  g_assert_cmpfloat_with_epsilon (products / (double) n, 0.0, 5.0 / sqrt ((double) n));
}

static void
test_below (void)
{
  guint counts[6] = { 0 };

  for (guint64 i = 0; i < 60000; i++)
    {
      guint64 face = anm_random_below (11, 0, i, 6);

      g_assert_cmpuint (face, <, 6);
      counts[face]++;
    }
  for (int face = 0; face < 6; face++)
    g_assert_cmpfloat_with_epsilon (counts[face], 10000.0, 5.0 * sqrt (60000.0 * 5.0 / 36.0));
  g_assert_cmpuint (anm_random_below (11, 0, 0, 1), ==, 0);
}

static void
test_permutation (void)
{
  guint32 items[1000];
  gboolean seen[1000] = { FALSE };
  guint orders[6] = { 0 };

  anm_random_permutation (5, 9, items, G_N_ELEMENTS (items));
  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_assert_cmpuint (items[i], <, 1000);
      g_assert_false (seen[items[i]]);
      seen[items[i]] = TRUE;
    }

  for (guint64 stream = 0; stream < 60000; stream++)
    {
      anm_random_permutation (5, stream, items, 3);
      orders[items[0] * 2 + (items[1] > items[2])]++;
    }
  for (int order = 0; order < 6; order++)
    g_assert_cmpfloat_with_epsilon (orders[order], 10000.0, 5.0 * sqrt (60000.0 * 5.0 / 36.0));

  anm_random_permutation (5, 9, items, 0);
  anm_random_permutation (5, 9, items, 1);
  g_assert_cmpuint (items[0], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/known-answers", test_known_answers);
  g_test_add_func ("/random/fill", test_fill);
  g_test_add_func ("/random/normal-known-answers", test_normal_known_answers);
  g_test_add_func ("/random/moments", test_moments);
  g_test_add_func ("/random/streams-differ", test_streams_differ);
  g_test_add_func ("/random/below", test_below);
  g_test_add_func ("/random/permutation", test_permutation);
  return g_test_run ();
}
