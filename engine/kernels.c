/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Legend: n units; i f g o z r the gates; c the cell, h the hidden state;
 * d... the loss's derivative by it; _p of the step before.
 *
 * Compiled once for each instruction set. Where a loop bends numbers it is
 * written with vectors, because compilers make branches of the clamps and then
 * don't vectorise; the rest are plain loops.
 */
#include "engine/kernels.h"

#include "engine/vector.h"

#include <math.h>
#include <string.h>

#define UNCHECKED ANM_UNCHECKED
#define ALWAYS_INLINE ANM_ALWAYS_INLINE
#define LANES ANM_LANES
#define load _anm_load
#define store _anm_store
#define clamp _anm_clamp

typedef AnmVector Vector;
typedef AnmBits Bits;

#ifdef ANM_REAL_IS_DOUBLE

ALWAYS_INLINE Vector
exponential (Vector x)
{
  for (gsize k = 0; k < LANES; k++)
    x[k] = exp (x[k]);
  return x;
}

ALWAYS_INLINE Vector
sigmoid (Vector x)
{
  for (gsize k = 0; k < LANES; k++)
    x[k] = 1.0 / (1.0 + exp (-x[k]));
  return x;
}

ALWAYS_INLINE Vector
hyperbolic_tangent (Vector x)
{
  for (gsize k = 0; k < LANES; k++)
    x[k] = tanh (x[k]);
  return x;
}

#else

/* a / b where b is neither 0 nor infinite, within a unit or two of the last place. */
ALWAYS_INLINE Vector
divide (Vector a, Vector b)
{
#ifdef __AVX512F__
  /* To 14 bits, then one step of Newton's: a division takes as long as ten of these. */
  Vector y = (Vector) _mm512_rcp14_ps ((__m512) b);

  y += y * (1.0f - b * y);
  return a * y;
#else
  return a / b;
#endif
}

/*
 * e^x, for x below -87 and above 88 what it is there; NaN for NaN.
 * x = n ln 2 + r; e^r by the polynomial of Cephes's expf (S. Moshier, public
 * domain), relative error 2e-7; adding 1.5 x 2^23 rounds to a whole number and
 * leaves that number in the lowest bits, from where it goes to the exponent.
 */
ALWAYS_INLINE Vector
exponential (Vector x)
{
  const float rounder = 12582912.0f;
  Vector clamped = clamp (x, -87.0f, 88.0f);
  Vector shifted = clamped * 1.44269504088896341f + rounder;
  Vector n = shifted - rounder;
  Vector r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;

  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return (Vector) ((Bits) p + ((Bits) shifted << 23));
}

ALWAYS_INLINE Vector
sigmoid (Vector x)
{
  const Vector zero = { 0 };

  return divide (zero + 1.0f, 1.0f + exponential (-x));
}

/*
 * The rational minimax approximation of Eigen's ptanh (Eigen, MPL-2.0):
 * x P(x^2) / Q(x^2), clamped where tanh is 1 in single precision; a few units
 * in the last place, also for small x.
 */
ALWAYS_INLINE Vector
hyperbolic_tangent (Vector x)
{
  Vector clamped = clamp (x, -7.90531110763549805f, 7.90531110763549805f);
  Vector s = clamped * clamped;
  Vector p = s * -2.76076847742355e-16f + 2.00018790482477e-13f;
  Vector q = s * 1.19825839466702e-06f + 1.18534705686654e-04f;

  p = p * s - 8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  return divide (clamped * p, q);
}

#endif

/*
 * Runs the block for each vector of n numbers: j is where it begins, left how
 * many of its lanes count, a constant for all but the last.
 */
#define EACH_VECTOR(n, ...)                         \
  do                                                \
    {                                               \
      gsize j = 0;                                  \
                                                    \
      for (; j + LANES <= (n); j += LANES)          \
        {                                           \
          const gsize left = LANES;                 \
          __VA_ARGS__                               \
        }                                           \
      if (j < (n))                                  \
        {                                           \
          const gsize left = (n) - j;               \
          __VA_ARGS__                               \
        }                                           \
    }                                               \
  while (0)

/* y where x > 0, else 0 */
ALWAYS_INLINE Vector
where_positive (Vector x, Vector y)
{
  return (Vector) ((Bits) y & (x > 0));
}

/* NaN stays NaN. */
ALWAYS_INLINE Vector
rectify (Vector x)
{
  return (Vector) ((Bits) x & ~(Bits) (x < 0));
}

static void
activate_softmax (gsize n, anm_real *y)
{
  double largest = -INFINITY, sum = 0.0;

  for (gsize j = 0; j < n; j++)
    largest = MAX (largest, (double) y[j]);
  for (gsize j = 0; j < n; j++)
    sum += exp ((double) y[j] - largest);
  for (gsize j = 0; j < n; j++)
    y[j] = (anm_real) (exp ((double) y[j] - largest) / sum);
}

UNCHECKED static void
activate (AnmActivation activation, gsize n, anm_real *y)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      EACH_VECTOR (n, store (y + j, left, rectify (load (y + j, left))););
      break;
    case ANM_ACTIVATION_TANH:
      EACH_VECTOR (n, store (y + j, left, hyperbolic_tangent (load (y + j, left))););
      break;
    case ANM_ACTIVATION_SIGMOID:
      EACH_VECTOR (n, store (y + j, left, sigmoid (load (y + j, left))););
      break;
    case ANM_ACTIVATION_SOFTMAX:
      activate_softmax (n, y);
      break;
    case ANM_ACTIVATION_LINEAR:
    default:
      break;
    }
}

static void
softmax_backward (gsize n, const anm_real *y, anm_real *dy)
{
  double dot = 0.0;

  for (gsize j = 0; j < n; j++)
    dot += (double) y[j] * (double) dy[j];
  for (gsize j = 0; j < n; j++)
    dy[j] = (anm_real) ((double) y[j] * ((double) dy[j] - dot));
}

/* dL/d(sum) of y = f (sum) */
ALWAYS_INLINE Vector
bend_back (AnmActivation activation, Vector y, Vector dy)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      return where_positive (y, dy);
    case ANM_ACTIVATION_TANH:
      return dy * (1 - y * y);
    case ANM_ACTIVATION_SIGMOID:
      return dy * y * (1 - y);
    case ANM_ACTIVATION_SOFTMAX:
    case ANM_ACTIVATION_LINEAR:
    default:
      return dy;
    }
}

UNCHECKED static void
activate_backward (AnmActivation activation, gsize n, const anm_real *y, anm_real *dy)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      EACH_VECTOR (n, store (dy + j, left, bend_back (ANM_ACTIVATION_RELU, load (y + j, left), load (dy + j, left))););
      break;
    case ANM_ACTIVATION_TANH:
      EACH_VECTOR (n, store (dy + j, left, bend_back (ANM_ACTIVATION_TANH, load (y + j, left), load (dy + j, left))););
      break;
    case ANM_ACTIVATION_SIGMOID:
      EACH_VECTOR (n, store (dy + j, left, bend_back (ANM_ACTIVATION_SIGMOID, load (y + j, left), load (dy + j, left))););
      break;
    case ANM_ACTIVATION_SOFTMAX:
      softmax_backward (n, y, dy);
      break;
    case ANM_ACTIVATION_LINEAR:
    default:
      break;
    }
}

UNCHECKED static void
simple_rnn_cell_backward (AnmActivation activation, gsize n, anm_real *h, const anm_real *dh)
{
  switch (activation)
    {
    case ANM_ACTIVATION_TANH:
      EACH_VECTOR (n, store (h + j, left, bend_back (ANM_ACTIVATION_TANH, load (h + j, left), load (dh + j, left))););
      break;
    case ANM_ACTIVATION_SIGMOID:
      EACH_VECTOR (n, store (h + j, left, bend_back (ANM_ACTIVATION_SIGMOID, load (h + j, left), load (dh + j, left))););
      break;
    case ANM_ACTIVATION_RELU:
      EACH_VECTOR (n, store (h + j, left, bend_back (ANM_ACTIVATION_RELU, load (h + j, left), load (dh + j, left))););
      break;
    case ANM_ACTIVATION_SOFTMAX:
    case ANM_ACTIVATION_LINEAR:
    default:
      memcpy (h, dh, n * sizeof *h);
      break;
    }
}

UNCHECKED static void
lstm_cell_forward (gsize n, anm_real *gates, const anm_real *c_p, anm_real *c, anm_real *tanh_c, anm_real *h)
{
  anm_real *i = gates, *f = gates + n, *g = gates + 2 * n, *o = gates + 3 * n;

  EACH_VECTOR (n,
    Vector input = sigmoid (load (i + j, left));
    Vector forget = sigmoid (load (f + j, left));
    Vector candidate = hyperbolic_tangent (load (g + j, left));
    Vector output = sigmoid (load (o + j, left));
    Vector cell = forget * load (c_p + j, left) + input * candidate;
    Vector bent = hyperbolic_tangent (cell);

    store (i + j, left, input);
    store (f + j, left, forget);
    store (g + j, left, candidate);
    store (o + j, left, output);
    store (c + j, left, cell);
    store (tanh_c + j, left, bent);
    store (h + j, left, output * bent);
  );
}

UNCHECKED static void
lstm_cell_backward (gsize n, anm_real *gates, const anm_real *c_p, const anm_real *tanh_c,
                    const anm_real *dh, anm_real *dc, anm_real *dc_total)
{
  anm_real *i = gates, *f = gates + n, *g = gates + 2 * n, *o = gates + 3 * n;

  EACH_VECTOR (n,
    Vector input = load (i + j, left);
    Vector forget = load (f + j, left);
    Vector candidate = load (g + j, left);
    Vector output = load (o + j, left);
    Vector bent = load (tanh_c + j, left);
    Vector d_h = load (dh + j, left);
    Vector d = load (dc + j, left) + d_h * output * (1 - bent * bent);

    store (i + j, left, d * candidate * input * (1 - input));
    store (f + j, left, d * load (c_p + j, left) * forget * (1 - forget));
    store (g + j, left, d * input * (1 - candidate * candidate));
    store (o + j, left, d_h * bent * output * (1 - output));
    store (dc + j, left, d * forget);
    if (dc_total != NULL)
      store (dc_total + j, left, d);
  );
}

UNCHECKED static void
gru_cell_forward (gsize n, anm_real *gates, const anm_real *h_p, anm_real *h)
{
  anm_real *n_h = gates, *z = gates + n, *r = gates + 2 * n, *n_x = gates + 3 * n;

  EACH_VECTOR (n,
    Vector update = sigmoid (load (z + j, left));
    Vector reset = sigmoid (load (r + j, left));
    Vector candidate = hyperbolic_tangent (load (n_x + j, left) + reset * load (n_h + j, left));

    store (z + j, left, update);
    store (r + j, left, reset);
    store (n_x + j, left, candidate);
    store (h + j, left, (1 - update) * load (h_p + j, left) + update * candidate);
  );
}

UNCHECKED static void
gru_cell_backward (gsize n, anm_real *gates, const anm_real *h_p, const anm_real *dh, anm_real *dh_p)
{
  anm_real *n_h = gates, *z = gates + n, *r = gates + 2 * n, *n_x = gates + 3 * n;

  EACH_VECTOR (n,
    Vector update = load (z + j, left);
    Vector reset = load (r + j, left);
    Vector candidate = load (n_x + j, left);
    Vector d_h = load (dh + j, left);
    Vector d_candidate = d_h * update * (1 - candidate * candidate);

    store (r + j, left, d_candidate * load (n_h + j, left) * reset * (1 - reset));
    store (n_h + j, left, d_candidate * reset);
    store (z + j, left, d_h * (candidate - load (h_p + j, left)) * update * (1 - update));
    store (n_x + j, left, d_candidate);
    store (dh_p + j, left, d_h * (1 - update));
  );
}

UNCHECKED static void
gru_reset_forward (gsize n, anm_real *gates, const anm_real *h_p, anm_real *reset_h)
{
  anm_real *z = gates, *r = gates + n;

  EACH_VECTOR (n,
    Vector reset = sigmoid (load (r + j, left));

    store (z + j, left, sigmoid (load (z + j, left)));
    store (r + j, left, reset);
    store (reset_h + j, left, reset * load (h_p + j, left));
  );
}

UNCHECKED static void
gru_update_forward (gsize n, anm_real *gates, const anm_real *h_p, anm_real *h)
{
  const anm_real *z = gates;
  anm_real *candidate = gates + 2 * n;

  EACH_VECTOR (n,
    Vector update = load (z + j, left);
    Vector bent = hyperbolic_tangent (load (candidate + j, left));

    store (candidate + j, left, bent);
    store (h + j, left, (1 - update) * load (h_p + j, left) + update * bent);
  );
}

UNCHECKED static void
gru_update_backward (gsize n, anm_real *gates, const anm_real *h_p, const anm_real *dh, anm_real *dh_p)
{
  anm_real *z = gates, *candidate = gates + 2 * n;

  EACH_VECTOR (n,
    Vector update = load (z + j, left);
    Vector bent = load (candidate + j, left);
    Vector d_h = load (dh + j, left);

    store (candidate + j, left, d_h * update * (1 - bent * bent));
    store (z + j, left, d_h * (bent - load (h_p + j, left)) * update * (1 - update));
    store (dh_p + j, left, d_h * (1 - update));
  );
}

UNCHECKED static void
gru_reset_backward (gsize n, anm_real *gates, const anm_real *h_p, const anm_real *d_reset_h, anm_real *dh_p)
{
  anm_real *r = gates + n;

  EACH_VECTOR (n,
    Vector reset = load (r + j, left);
    Vector d = load (d_reset_h + j, left);

    store (dh_p + j, left, load (dh_p + j, left) + d * reset);
    store (r + j, left, d * load (h_p + j, left) * reset * (1 - reset));
  );
}

/* NaN stays NaN. */
UNCHECKED static void
decay (gsize n, anm_real *y)
{
  for (gsize j = 0; j < n; j++)
    y[j] = y[j] < 0 ? 0 : y[j];
  for (gsize j = 0; j < n; j += LANES)
    store (y + j, n - j, exponential (-load (y + j, n - j)));
}

UNCHECKED static void
decay_backward (gsize n, anm_real *restrict gamma, const anm_real *restrict decayed, anm_real *restrict dh)
{
  for (gsize j = 0; j < n; j++)
    {
      anm_real factor = gamma[j];

      gamma[j] = factor < 1 ? -dh[j] * decayed[j] : 0;
      dh[j] *= factor;
    }
}

UNCHECKED static void
impute (gsize n, const anm_real *known, const anm_real *x, const anm_real *last, const anm_real *mean, const anm_real *gamma, anm_real *y)
{
  for (gsize j = 0; j < n; j++)
    y[j] = known[j] > 0 ? x[j] : gamma[j] * last[j] + (1 - gamma[j]) * mean[j];
}

UNCHECKED static void
impute_backward (gsize n, const anm_real *known, const anm_real *last, const anm_real *mean, const anm_real *dy, anm_real *gamma)
{
  for (gsize j = 0; j < n; j++)
    gamma[j] = known[j] > 0 || gamma[j] >= 1 ? 0 : -gamma[j] * (last[j] - mean[j]) * dy[j];
}

UNCHECKED static void
add_row (gsize n, const anm_real *x, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, load (y + j, left) + load (x + j, left)););
}

UNCHECKED static void
multiply_row (gsize n, const anm_real *x, const anm_real *factors, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, load (x + j, left) * load (factors + j, left)););
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

/* The slow way, for what single precision can't hold: squares of numbers below 1e-19 or above 1e19. */
static double
sum_of_squares (gsize n, const anm_real *x)
{
  double sum = 0.0;

  for (gsize j = 0; j < n; j++)
    sum += (double) x[j] * (double) x[j];
  return sum;
}

#define MIN_SUM_OF_SQUARES 1e-28
#define MAX_SUM_OF_SQUARES 1e37

/* Of up to LANES rows, at once, so that their sums are in registers and their lanes are added together. */
ALWAYS_INLINE void
sum_squares_of_block (gsize n_rows, gsize n, const anm_real *x, double *sums)
{
  Vector rows[LANES];
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

        rows[r] += v * v;
        p += r + 1 < n_rows ? n : 0;
      }
  );
  _anm_store_whole (of_rows, sum_lanes (rows));
  for (gsize r = 0; r < n_rows; r++)
    {
      double sum = (double) of_rows[r];

      sums[r] = sum >= MIN_SUM_OF_SQUARES && sum <= MAX_SUM_OF_SQUARES ? sum : sum_of_squares (n, x + r * n);
    }
}

UNCHECKED static void
sums_of_squares (gsize m, gsize n, const anm_real *x, double *sums)
{
  gsize r = 0;

  for (; r + LANES <= m; r += LANES)
    sum_squares_of_block (LANES, n, x + r * n, sums + r);
  if (r < m)
    sum_squares_of_block (m - r, n, x + r * n, sums + r);
}

UNCHECKED static void
add_rows (gsize m, gsize n, const anm_real *restrict x, gsize stride, anm_real *restrict sums)
{
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < n; j++)
      sums[j] += x[i * stride + j];
}

const AnmKernels ANM_FOR_INSTRUCTIONS (_anm_kernels_) = {
#define KERNEL(type, name, parameters, arguments) .name = name,
#include "engine/kernel-list.h"
#undef KERNEL
};
