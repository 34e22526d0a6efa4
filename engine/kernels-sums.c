/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over the numbers of a row or of several, and what is made of them. */
#include "engine/kernels-private.h"

ALWAYS_INLINE double
add_lanes (Vector sums)
{
  double sum = 0.0;

  for (guint k = 0; k < LANES; k++)
    sum += (double) sums[k];
  return sum;
}

UNCHECKED anm_real
ANM_KERNEL (normalize) (gsize n, double epsilon, anm_real *x)
{
  Vector sums = { 0 }, squares = { 0 };
  anm_real mean, inverse;

  EACH_VECTOR (n, sums += load (x + j, left););
  mean = (anm_real) (add_lanes (sums) / (double) n);
  EACH_VECTOR (n, store (x + j, left, load (x + j, left) - mean););
  EACH_VECTOR (n,
    Vector deviation = load (x + j, left);

    squares += deviation * deviation;
  );
  inverse = (anm_real) (1.0 / sqrt (add_lanes (squares) / (double) n + epsilon));
  EACH_VECTOR (n, store (x + j, left, load (x + j, left) * inverse););
  return inverse;
}

/* dx = (dy - mean (dy) - y mean (dy y)) / deviation */
UNCHECKED void
ANM_KERNEL (normalize_backward) (gsize n, const anm_real *normalized, anm_real inverse, anm_real *dy)
{
  Vector sums = { 0 }, products = { 0 };
  anm_real mean, slope;

  EACH_VECTOR (n,
    Vector d = load (dy + j, left);

    sums += d;
    products += d * load (normalized + j, left);
  );
  mean = (anm_real) (add_lanes (sums) / (double) n);
  slope = (anm_real) (add_lanes (products) / (double) n);
  EACH_VECTOR (n, store (dy + j, left, (load (dy + j, left) - mean - load (normalized + j, left) * slope) * inverse););
}

/* Lane r of the result: the sum of the lanes of rows[r]. */
ALWAYS_INLINE Vector
sum_lanes (const Vector rows[LANES])
{
#if !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX512F__)
  __m512 pairs[8], fours[4], halves[2];

#pragma GCC unroll 8
  for (guint i = 0; i < 8; i++)
    pairs[i] = _mm512_unpacklo_ps ((__m512) rows[2 * i], (__m512) rows[2 * i + 1])
               + _mm512_unpackhi_ps ((__m512) rows[2 * i], (__m512) rows[2 * i + 1]);
#pragma GCC unroll 4
  for (guint i = 0; i < 4; i++)
    fours[i] = (__m512) (_mm512_unpacklo_pd ((__m512d) pairs[2 * i], (__m512d) pairs[2 * i + 1]))
               + (__m512) (_mm512_unpackhi_pd ((__m512d) pairs[2 * i], (__m512d) pairs[2 * i + 1]));
#pragma GCC unroll 2
  for (guint i = 0; i < 2; i++)
    halves[i] = _mm512_shuffle_f32x4 (fours[2 * i], fours[2 * i + 1], 0x88) + _mm512_shuffle_f32x4 (fours[2 * i], fours[2 * i + 1], 0xdd);
  return (Vector) (_mm512_shuffle_f32x4 (halves[0], halves[1], 0x88) + _mm512_shuffle_f32x4 (halves[0], halves[1], 0xdd));
#else
  Vector sums = { 0 };

  for (guint r = 0; r < LANES; r++)
    for (guint k = 0; k < LANES; k++)
      sums[r] += rows[r][k];
  return sums;
#endif
}

#define PARTIAL_SUMS 16

/* The slow way, for what single precision can't hold: squares of numbers below 1e-19 or above 1e19. */
UNCHECKED static double
sum_of_squares_in_double (gsize n, const anm_real *x)
{
  double sums[PARTIAL_SUMS] = { 0 }, sum = 0.0;
  gsize j = 0;

  for (; j + PARTIAL_SUMS <= n; j += PARTIAL_SUMS)
    for (gsize k = 0; k < PARTIAL_SUMS; k++)
      sums[k] += (double) x[j + k] * (double) x[j + k];
  for (; j < n; j++)
    sum += (double) x[j] * (double) x[j];
  for (gsize k = 0; k < PARTIAL_SUMS; k++)
    sum += sums[k];
  return sum;
}

#define MIN_SUM_OF_SQUARES ((anm_real) 1e-28)
#define MAX_SUM_OF_SQUARES ((anm_real) 1e37)

ALWAYS_INLINE gboolean
all_between (Vector x, anm_real low, anm_real high)
{
#if !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX512F__)
  return _mm512_cmp_ps_mask ((__m512) x, _mm512_set1_ps (low), _CMP_GE_OQ) == 0xffff
         && _mm512_cmp_ps_mask ((__m512) x, _mm512_set1_ps (high), _CMP_LE_OQ) == 0xffff;
#else
  gboolean all = TRUE;

  for (gsize k = 0; k < LANES; k++)
    all &= x[k] >= low && x[k] <= high;
  return all;
#endif
}

ALWAYS_INLINE void
store_doubles (double *to, Vector x)
{
  for (gsize k = 0; k < LANES; k++)
    to[k] = (double) x[k];
}

/* Of up to LANES rows, at once, so that their sums are in registers and their lanes are added together. */
ALWAYS_INLINE void
sum_squares_of_block (gsize n_rows, gsize n, const anm_real *x, double *sums)
{
  Vector rows[LANES], total;
  anm_real of_rows[LANES];

#pragma GCC unroll 16
  for (gsize r = 0; r < LANES; r++)
    rows[r] = (Vector){ 0 };
  EACH_VECTOR (n,
    const anm_real *p = x + j;

#pragma GCC unroll 16
    for (gsize r = 0; r < LANES; r++)
      {
        Vector v = load (p, left);

        rows[r] = _anm_multiply_add (v, v, rows[r]);
        p += r + 1 < n_rows ? n : 0;
      }
  );
  total = sum_lanes (rows);
  if (n_rows == LANES && all_between (total, MIN_SUM_OF_SQUARES, MAX_SUM_OF_SQUARES))
    {
      store_doubles (sums, total);
      return;
    }
  _anm_store_whole (of_rows, total);
  for (gsize r = 0; r < n_rows; r++)
    {
      gboolean fits = of_rows[r] >= MIN_SUM_OF_SQUARES && of_rows[r] <= MAX_SUM_OF_SQUARES;

      sums[r] = fits ? (double) of_rows[r] : sum_of_squares_in_double (n, x + r * n);
    }
}

UNCHECKED void
ANM_KERNEL (sums_of_squares) (gsize m, gsize n, const anm_real *x, double *sums)
{
  gsize r = 0;

  for (; r + LANES <= m; r += LANES)
    sum_squares_of_block (LANES, n, x + r * n, sums + r);
  if (r < m)
    sum_squares_of_block (m - r, n, x + r * n, sums + r);
}

ALWAYS_INLINE anm_real
add_lanes_in_pairs (Vector x)
{
#if !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX512F__)
  return _mm512_reduce_add_ps ((__m512) x);
#else
  anm_real lanes[LANES];

  memcpy (lanes, &x, sizeof lanes);
  for (gsize half = LANES / 2; half > 0; half /= 2)
    for (gsize k = 0; k < half; k++)
      lanes[k] += lanes[k + half];
  return lanes[0];
#endif
}

UNCHECKED double
ANM_KERNEL (sum_of_squares) (gsize n, const anm_real *x)
{
  Vector sums[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
  gsize j = 0;
  anm_real sum;

  for (; j + 4 * LANES <= n; j += 4 * LANES)
#pragma GCC unroll 4
    for (gsize k = 0; k < 4; k++)
      {
        Vector v = _anm_load_whole (x + j + k * LANES);

        sums[k] = _anm_multiply_add (v, v, sums[k]);
      }
  for (; j < n; j += LANES)
    {
      Vector v = load (x + j, n - j);

      sums[0] = _anm_multiply_add (v, v, sums[0]);
    }
  sum = add_lanes_in_pairs ((sums[0] + sums[1]) + (sums[2] + sums[3]));
  return sum >= MIN_SUM_OF_SQUARES && sum <= MAX_SUM_OF_SQUARES ? (double) sum : sum_of_squares_in_double (n, x);
}

UNCHECKED void
ANM_KERNEL (add_rows) (gsize m, gsize n, const anm_real *restrict x, gsize stride, anm_real *restrict sums)
{
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < n; j++)
      sums[j] += x[i * stride + j];
}
