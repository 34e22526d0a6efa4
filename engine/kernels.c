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

/* Lane by lane, by way of memory: what is changed within a register looks uninitialised to some compilers. */
#define EACH_LANE(x, bent)              \
  anm_real lanes[LANES];                \
                                        \
  memcpy (lanes, &x, sizeof lanes);     \
  for (gsize k = 0; k < LANES; k++)     \
    lanes[k] = bent;                    \
  memcpy (&x, lanes, sizeof lanes);     \
  return x;

ALWAYS_INLINE Vector
exponential (Vector x, double sign)
{
  EACH_LANE (x, exp (sign * lanes[k]));
}

ALWAYS_INLINE Vector
sigmoid (Vector x)
{
  EACH_LANE (x, 1.0 / (1.0 + exp (-lanes[k])));
}

ALWAYS_INLINE Vector
hyperbolic_tangent (Vector x)
{
  EACH_LANE (x, tanh (lanes[k]));
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

#ifdef __AVX512F__

/* 2^(k / 32), less k where exponential() adds it. */
static const gint32 powers[32] = {
  0x3f800000, 0x3f7ecd87, 0x3f7daac3, 0x3f7c980f, 0x3f7b95c2, 0x3f7aa43a, 0x3f79c3d3, 0x3f78f4f0,
  0x3f7837f0, 0x3f778d3a, 0x3f76f532, 0x3f767043, 0x3f75fed7, 0x3f75a15b, 0x3f75583f, 0x3f7523f6,
  0x3f7504f3, 0x3f74fbaf, 0x3f7508a4, 0x3f752c4d, 0x3f75672a, 0x3f75b9be, 0x3f76248c, 0x3f76a81e,
  0x3f7744fd, 0x3f77fbb8, 0x3f78ccdf, 0x3f79b907, 0x3f7ac0c7, 0x3f7be4ba, 0x3f7d257d, 0x3f7e83b3,
};

/*
 * e^(sign x), @sign a constant 1 or -1; clamped where the number ends; NaN for NaN.
 * sign x = (n + f) ln 2 / 32: adding 1.5 x 2^23 rounds to the whole number n and
 * leaves it in the lowest bits. Five of them look 2^(n / 32) up, the others go
 * to the exponent; 2^(f / 32) is minimax of the second degree, relative error 6e-8.
 */
ALWAYS_INLINE Vector
exponential (Vector x, float sign)
{
  const float rounder = 12582912.0f;
  Vector clamped = clamp (x, sign > 0.0f ? -87.0f : -88.0f, sign > 0.0f ? 88.0f : 87.0f);
  Vector shifted = clamped * (sign * 46.16624069213867f) + rounder;
  Vector n = shifted - rounder;
  Vector f = (clamped * (sign * 46.16624069213867f) - n) + clamped * (sign * 6.163081565e-7f);
  Vector whole = (Vector) _mm512_permutex2var_ps (_mm512_loadu_ps (powers), (__m512i) shifted, _mm512_loadu_ps (powers + 16));

  whole = (Vector) ((Bits) whole + ((Bits) shifted << 18));
  return (whole * f) * (f * 2.34596189e-4f + 2.16611666e-2f) + whole;
}

#else

/*
 * e^(sign x), @sign a constant 1 or -1; clamped where the number ends; NaN for NaN.
 * sign x = n ln 2 + r; e^r by the polynomial of Cephes's expf (S. Moshier, public
 * domain), relative error 2e-7; adding 1.5 x 2^23 rounds to a whole number and
 * leaves that number in the lowest bits, from where it goes to the exponent.
 */
ALWAYS_INLINE Vector
exponential (Vector x, float sign)
{
  const float rounder = 12582912.0f;
  Vector clamped = clamp (x, sign > 0.0f ? -87.0f : -88.0f, sign > 0.0f ? 88.0f : 87.0f);
  Vector shifted = clamped * (sign * 1.44269504088896341f) + rounder;
  Vector n = shifted - rounder;
  Vector r = (clamped * sign - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;

  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return (Vector) ((Bits) p + ((Bits) shifted << 23));
}

#endif

ALWAYS_INLINE Vector
sigmoid (Vector x)
{
  const Vector zero = { 0 };

  return divide (zero + 1.0f, 1.0f + exponential (x, -1.0f));
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

/*
 * The same for rows r of m. The last vectors come when all whole ones are done:
 * what they load lies beside what was just stored, and would wait for it.
 */
#define EACH_VECTOR_OF_ROWS(m, n, ...)              \
  do                                                \
    {                                               \
      gsize n_whole = (n) - (n) % LANES;            \
                                                    \
      for (gsize r = 0; r < (m); r++)               \
        for (gsize j = 0; j < n_whole; j += LANES)  \
          {                                         \
            const gsize left = LANES;               \
            __VA_ARGS__                             \
          }                                         \
      for (gsize r = 0; r < (m) && n_whole < (n); r++) \
        {                                           \
          const gsize j = n_whole;                  \
          const gsize left = (n) - n_whole;         \
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
simple_rnn_cells_forward (AnmActivation activation, gsize m, gsize n, anm_real *sums, gsize stride, anm_real *h, gsize h_stride)
{
  if (activation == ANM_ACTIVATION_TANH)
    EACH_VECTOR_OF_ROWS (m, n,
      Vector bent = hyperbolic_tangent (load (sums + r * stride + j, left));

      store (sums + r * stride + j, left, bent);
      store (h + r * h_stride + j, left, bent);
    );
  else
    for (gsize r = 0; r < m; r++)
      {
        activate (activation, n, sums + r * stride);
        memcpy (h + r * h_stride, sums + r * stride, n * sizeof *h);
      }
}

UNCHECKED static void
simple_rnn_cells_backward (AnmActivation activation, gsize m, gsize n, anm_real *h, gsize stride, const anm_real *dh)
{
#define BEND_BACK(activation)                                                                                  \
  EACH_VECTOR_OF_ROWS (m, n,                                                                                   \
    store (h + r * stride + j, left, bend_back (activation, load (h + r * stride + j, left), load (dh + r * n + j, left))); \
  )
  switch (activation)
    {
    case ANM_ACTIVATION_TANH:
      BEND_BACK (ANM_ACTIVATION_TANH);
      break;
    case ANM_ACTIVATION_SIGMOID:
      BEND_BACK (ANM_ACTIVATION_SIGMOID);
      break;
    case ANM_ACTIVATION_RELU:
      BEND_BACK (ANM_ACTIVATION_RELU);
      break;
    case ANM_ACTIVATION_SOFTMAX:
    case ANM_ACTIVATION_LINEAR:
    default:
      BEND_BACK (ANM_ACTIVATION_LINEAR);
      break;
    }
#undef BEND_BACK
}

UNCHECKED static void
lstm_cells_forward (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *c_p, gsize c_p_stride,
                    anm_real *c, anm_real *tanh_c, anm_real *h, gsize h_stride)
{
  EACH_VECTOR_OF_ROWS (m, n,
    anm_real *i = gates + r * gate_stride + j;
    Vector input = sigmoid (load (i, left));
    Vector forget = sigmoid (load (i + n, left));
    Vector candidate = hyperbolic_tangent (load (i + 2 * n, left));
    Vector output = sigmoid (load (i + 3 * n, left));
    Vector cell = forget * load (c_p + r * c_p_stride + j, left) + input * candidate;
    Vector bent = hyperbolic_tangent (cell);

    store (i, left, input);
    store (i + n, left, forget);
    store (i + 2 * n, left, candidate);
    store (i + 3 * n, left, output);
    store (c + r * n + j, left, cell);
    store (tanh_c + r * n + j, left, bent);
    store (h + r * h_stride + j, left, output * bent);
  );
}

UNCHECKED static void
lstm_cells_backward (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *c_p, gsize c_p_stride,
                     const anm_real *tanh_c, const anm_real *dh, anm_real *dc, anm_real *dc_total)
{
  EACH_VECTOR_OF_ROWS (m, n,
    anm_real *i = gates + r * gate_stride + j;
    gsize place = r * n + j;
    Vector input = load (i, left);
    Vector forget = load (i + n, left);
    Vector candidate = load (i + 2 * n, left);
    Vector output = load (i + 3 * n, left);
    Vector bent = load (tanh_c + place, left);
    Vector d_h = load (dh + place, left);
    Vector d = load (dc + place, left) + d_h * output * (1 - bent * bent);

    store (i, left, d * candidate * input * (1 - input));
    store (i + n, left, d * load (c_p + r * c_p_stride + j, left) * forget * (1 - forget));
    store (i + 2 * n, left, d * input * (1 - candidate * candidate));
    store (i + 3 * n, left, d_h * bent * output * (1 - output));
    store (dc + place, left, d * forget);
    if (dc_total != NULL)
      store (dc_total + place, left, d);
  );
}

UNCHECKED static void
gru_cells_forward (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *h_p, gsize h_p_stride,
                   anm_real *h, gsize h_stride)
{
  EACH_VECTOR_OF_ROWS (m, n,
    anm_real *n_h = gates + r * gate_stride + j;
    Vector update = sigmoid (load (n_h + n, left));
    Vector reset = sigmoid (load (n_h + 2 * n, left));
    Vector candidate = hyperbolic_tangent (load (n_h + 3 * n, left) + reset * load (n_h, left));

    store (n_h + n, left, update);
    store (n_h + 2 * n, left, reset);
    store (n_h + 3 * n, left, candidate);
    store (h + r * h_stride + j, left, (1 - update) * load (h_p + r * h_p_stride + j, left) + update * candidate);
  );
}

UNCHECKED static void
gru_cells_backward (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *h_p, gsize h_p_stride,
                    const anm_real *dh, anm_real *dh_p)
{
  EACH_VECTOR_OF_ROWS (m, n,
    anm_real *n_h = gates + r * gate_stride + j;
    Vector update = load (n_h + n, left);
    Vector reset = load (n_h + 2 * n, left);
    Vector candidate = load (n_h + 3 * n, left);
    Vector d_h = load (dh + r * n + j, left);
    Vector d_candidate = d_h * update * (1 - candidate * candidate);

    store (n_h + 2 * n, left, d_candidate * load (n_h, left) * reset * (1 - reset));
    store (n_h, left, d_candidate * reset);
    store (n_h + n, left, d_h * (candidate - load (h_p + r * h_p_stride + j, left)) * update * (1 - update));
    store (n_h + 3 * n, left, d_candidate);
    store (dh_p + r * n + j, left, d_h * (1 - update));
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
  EACH_VECTOR (n, store (y + j, left, exponential (rectify (load (y + j, left)), -1)););
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
copy_block (gsize m, gsize n, const anm_real *x, gsize x_stride, anm_real *y, gsize y_stride)
{
  EACH_VECTOR_OF_ROWS (m, n, store (y + r * y_stride + j, left, load (x + r * x_stride + j, left)););
}

UNCHECKED static void
add_block (gsize m, gsize n, const anm_real *x, gsize x_stride, anm_real *y, gsize y_stride)
{
  EACH_VECTOR_OF_ROWS (m, n,
    anm_real *to = y + r * y_stride + j;

    store (to, left, load (to, left) + load (x + r * x_stride + j, left));
  );
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

UNCHECKED static void
add_product_row (gsize n, const anm_real *x, const anm_real *factors, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, load (y + j, left) + load (x + j, left) * load (factors + j, left)););
}

ALWAYS_INLINE double
add_lanes (Vector sums)
{
  double sum = 0.0;

  for (guint k = 0; k < LANES; k++)
    sum += (double) sums[k];
  return sum;
}

UNCHECKED static anm_real
normalize (gsize n, double epsilon, anm_real *x)
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
UNCHECKED static void
normalize_backward (gsize n, const anm_real *normalized, anm_real inverse, anm_real *dy)
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

UNCHECKED static void
sums_of_squares (gsize m, gsize n, const anm_real *x, double *sums)
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

UNCHECKED static double
sum_of_squares (gsize n, const anm_real *x)
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
