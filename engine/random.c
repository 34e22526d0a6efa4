/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/random.h"

#include <math.h>

/*
 * Philox4x32-10: ten rounds of multiply-and-xor turn a 128-bit counter under
 * a 64-bit key into 128 random bits. The key is the seed; the counter is the
 * index (low half) and the stream (high half), so every pair of streams of
 * one seed is disjoint by construction.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw (2011): Parallel random
 * numbers: as easy as 1, 2, 3. SC '11. https://doi.org/10.1145/2063384.2063405
 *
 * Normal numbers need a logarithm and a cosine. Those of libm differ in the
 * last bit between machines, so this file has its own, made of operations
 * that IEEE 754 rounds correctly: the same seed gives the same bits anywhere.
 * That holds only if no multiplication and addition are fused.
 */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

#define BLOCK 8
#define PHILOX_ROUNDS 10
#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u

/* Fills @words with the two 64-bit halves of the 128 random bits. */
static inline void
philox (guint64 seed, guint64 stream, guint64 index, guint64 words[2])
{
  guint32 key[2] = { (guint32) seed, (guint32) (seed >> 32) };
  guint32 counter[4] = { (guint32) index, (guint32) (index >> 32), (guint32) stream, (guint32) (stream >> 32) };

  for (int round = 0; round < PHILOX_ROUNDS; round++)
    {
      guint64 product_0 = (guint64) PHILOX_MULTIPLIER_0 * counter[0];
      guint64 product_1 = (guint64) PHILOX_MULTIPLIER_1 * counter[2];

      counter[0] = (guint32) (product_1 >> 32) ^ counter[1] ^ key[0];
      counter[2] = (guint32) (product_0 >> 32) ^ counter[3] ^ key[1];
      counter[1] = (guint32) product_1;
      counter[3] = (guint32) product_0;
      key[0] += PHILOX_WEYL_0;
      key[1] += PHILOX_WEYL_1;
    }
  words[0] = counter[0] | (guint64) counter[1] << 32;
  words[1] = counter[2] | (guint64) counter[3] << 32;
}

static inline double
unit_interval (guint64 bits)
{
  return (double) (bits >> 11) * 0x1p-53;
}

/* ln x for normal x > 0: x = 2^k m with m in [sqrt(1/2), sqrt(2)), and
 * ln m = 2 atanh ((m - 1) / (m + 1)) as a series. */
static double
natural_logarithm (double x)
{
  const double ln_2 = 0.693147180559945309417;
  int exponent;
  double m = frexp (x, &exponent);
  double s, s2, series;

  if (m < 0.70710678118654752440)
    {
      m *= 2.0;
      exponent--;
    }
  s = (m - 1.0) / (m + 1.0);
  s2 = s * s;
  series = 1.0 / 23.0;
  for (int divisor = 21; divisor >= 1; divisor -= 2)
    series = series * s2 + 1.0 / divisor;
  return exponent * ln_2 + 2.0 * s * series;
}

/* cos (2 pi turn) for turn in [0, 1): folded into an eighth of a turn, then
 * the Taylor series of sine or cosine. */
static double
cosine_of_turn (double turn)
{
  const double two_pi = 6.28318530717958647692;
  double folded = turn > 0.5 ? 1.0 - turn : turn; /* [0, 1/2]: cosine is even */
  double sign = 1.0, x, x2, series = 1.0;
  gboolean sine;

  if (folded > 0.25)
    {
      folded = 0.5 - folded;
      sign = -1.0;
    }
  sine = folded > 0.125;
  x = two_pi * (sine ? 0.25 - folded : folded);
  x2 = x * x;
  for (int order = sine ? 17 : 16; order >= 2; order -= 2)
    series = 1.0 - x2 / (order * (order - 1)) * series;
  return sign * (sine ? x * series : series);
}

/**
 * anm_random_bits:
 * @seed: the run's seed
 * @stream: what the numbers are for
 * @index: the place within the stream
 *
 * The first 64 of the 128 bits Philox4x32-10 makes of key @seed and counter
 * (@index, @stream).
 *
 * Returns: 64 uniformly distributed bits
 */
guint64
anm_random_bits (guint64 seed, guint64 stream, guint64 index)
{
  guint64 words[2];

  philox (seed, stream, index, words);
  return words[0];
}

/* Eight counters side by side, for vectors. */
static void
fill_block (guint64 seed, guint64 stream, guint64 first, guint64 *words)
{
  guint64 counter[4][BLOCK];
  guint32 key[2] = { (guint32) seed, (guint32) (seed >> 32) };

  for (gsize i = 0; i < BLOCK; i++)
    {
      counter[0][i] = (guint32) (first + i);
      counter[1][i] = (first + i) >> 32;
      counter[2][i] = (guint32) stream;
      counter[3][i] = stream >> 32;
    }
  for (int round = 0; round < PHILOX_ROUNDS; round++)
    {
      for (gsize i = 0; i < BLOCK; i++)
        {
          guint64 product_0 = PHILOX_MULTIPLIER_0 * (guint64) (guint32) counter[0][i];
          guint64 product_1 = PHILOX_MULTIPLIER_1 * (guint64) (guint32) counter[2][i];

          counter[0][i] = (product_1 >> 32) ^ counter[1][i] ^ key[0];
          counter[2][i] = (product_0 >> 32) ^ counter[3][i] ^ key[1];
          counter[1][i] = (guint32) product_1;
          counter[3][i] = (guint32) product_0;
        }
      key[0] += PHILOX_WEYL_0;
      key[1] += PHILOX_WEYL_1;
    }
  for (gsize i = 0; i < BLOCK; i++)
    words[i] = counter[0][i] | counter[1][i] << 32;
}

/**
 * anm_random_fill:
 * @words: (out caller-allocates): [n]
 *
 * Element i is anm_random_bits() of index @first + i.
 */
void
anm_random_fill (guint64 seed, guint64 stream, guint64 first, guint64 *words, gsize n)
{
  gsize i = 0;

  for (; i + BLOCK <= n; i += BLOCK)
    fill_block (seed, stream, first + i, words + i);
  for (; i < n; i++)
    words[i] = anm_random_bits (seed, stream, first + i);
}

/**
 * anm_random_uniform:
 *
 * Returns: a multiple of 2^-53 in [0, 1)
 */
double
anm_random_uniform (guint64 seed, guint64 stream, guint64 index)
{
  return unit_interval (anm_random_bits (seed, stream, index));
}

/**
 * anm_random_normal:
 *
 * sqrt (-2 ln u) cos (2 pi v), u in (0, 1] and v in [0, 1) from the two halves
 * of one block. G. E. P. Box, M. E. Muller (1958): A note on the generation of
 * random normal deviates.
 *
 * Returns: a number of the standard normal distribution, at most 8.6 from 0
 */
double
anm_random_normal (guint64 seed, guint64 stream, guint64 index)
{
  guint64 words[2];
  double u;

  philox (seed, stream, index, words);
  u = 1.0 - unit_interval (words[0]);
  return sqrt (-2.0 * natural_logarithm (u)) * cosine_of_turn (unit_interval (words[1]));
}

/**
 * anm_random_below:
 * @bound: at least 1
 *
 * The high half of bits times @bound; its bias is below @bound / 2^64.
 *
 * Returns: a whole number, 0 to @bound - 1
 */
guint64
anm_random_below (guint64 seed, guint64 stream, guint64 index, guint64 bound)
{
  g_assert (bound > 0);
  return (guint64) (((unsigned __int128) anm_random_bits (seed, stream, index) * bound) >> 64);
}

/**
 * anm_random_permutation:
 * @items: (out caller-allocates) (array length=n): overwritten with a
 *   permutation of 0 to @n - 1
 *
 * The Fisher-Yates shuffle: every permutation is equally likely. R. Durstenfeld
 * (1964): Algorithm 235: Random permutation.
 */
void
anm_random_permutation (guint64 seed, guint64 stream, guint32 *items, gsize n)
{
  g_assert (n <= G_MAXUINT32);
  for (gsize i = 0; i < n; i++)
    items[i] = (guint32) i;
  for (gsize i = n; i > 1; i--)
    {
      gsize other = anm_random_below (seed, stream, i - 1, i);
      guint32 swapped = items[other];

      items[other] = items[i - 1];
      items[i - 1] = swapped;
    }
}
