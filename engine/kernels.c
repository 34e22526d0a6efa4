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
  return 1.0f / (1.0f + exponential (-x));
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
  return clamped * p / q;
}

#endif

UNCHECKED static void
activate_sigmoid (gsize n, anm_real *y)
{
  for (gsize j = 0; j < n; j += LANES)
    store (y + j, n - j, sigmoid (load (y + j, n - j)));
}

UNCHECKED static void
activate_tanh (gsize n, anm_real *y)
{
  for (gsize j = 0; j < n; j += LANES)
    store (y + j, n - j, hyperbolic_tangent (load (y + j, n - j)));
}

/* NaN stays NaN. */
static void
activate_relu (gsize n, anm_real *y)
{
  for (gsize j = 0; j < n; j++)
    y[j] = y[j] < 0 ? 0 : y[j];
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

static void
activate (AnmActivation activation, gsize n, anm_real *y)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      activate_relu (n, y);
      break;
    case ANM_ACTIVATION_TANH:
      activate_tanh (n, y);
      break;
    case ANM_ACTIVATION_SIGMOID:
      activate_sigmoid (n, y);
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

UNCHECKED static void
activate_backward (AnmActivation activation, gsize n, const anm_real *restrict y, anm_real *restrict dy)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      for (gsize j = 0; j < n; j++)
        dy[j] = y[j] > 0 ? dy[j] : 0;
      break;
    case ANM_ACTIVATION_TANH:
      for (gsize j = 0; j < n; j++)
        dy[j] *= 1 - y[j] * y[j];
      break;
    case ANM_ACTIVATION_SIGMOID:
      for (gsize j = 0; j < n; j++)
        dy[j] *= y[j] * (1 - y[j]);
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
simple_rnn_cell_backward (AnmActivation activation, gsize n, anm_real *restrict h, const anm_real *restrict dh)
{
  if (activation == ANM_ACTIVATION_TANH)
    for (gsize j = 0; j < n; j++)
      h[j] = dh[j] * (1 - h[j] * h[j]);
  else if (activation == ANM_ACTIVATION_SIGMOID)
    for (gsize j = 0; j < n; j++)
      h[j] = dh[j] * h[j] * (1 - h[j]);
  else
    for (gsize j = 0; j < n; j++)
      h[j] = h[j] > 0 ? dh[j] : 0;
}

UNCHECKED static void
lstm_cell_forward (gsize n, anm_real *gates, const anm_real *c_p, anm_real *c, anm_real *tanh_c, anm_real *h)
{
  anm_real *i = gates, *f = gates + n, *g = gates + 2 * n, *o = gates + 3 * n;

  for (gsize j = 0; j < n; j += LANES)
    {
      gsize left = n - j;
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
    }
}

UNCHECKED static void
lstm_cell_backward (gsize n, anm_real *restrict gates, const anm_real *restrict c_p, const anm_real *restrict tanh_c,
                         const anm_real *restrict dh, anm_real *restrict dc, anm_real *restrict dc_total)
{
  anm_real *restrict i = gates, *restrict f = gates + n, *restrict g = gates + 2 * n, *restrict o = gates + 3 * n;

  if (dc_total != NULL)
    for (gsize j = 0; j < n; j++)
      dc_total[j] = dc[j] + dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);

  for (gsize j = 0; j < n; j++)
    {
      anm_real d = dc[j] + dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
      anm_real input = i[j], forget = f[j], candidate = g[j], output = o[j];

      i[j] = d * candidate * input * (1 - input);
      f[j] = d * c_p[j] * forget * (1 - forget);
      g[j] = d * input * (1 - candidate * candidate);
      o[j] = dh[j] * tanh_c[j] * output * (1 - output);
      dc[j] = d * forget;
    }
}

UNCHECKED static void
gru_cell_forward (gsize n, anm_real *gates, const anm_real *h_p, anm_real *h)
{
  anm_real *n_h = gates, *z = gates + n, *r = gates + 2 * n, *n_x = gates + 3 * n;

  for (gsize j = 0; j < n; j += LANES)
    {
      gsize left = n - j;
      Vector update = sigmoid (load (z + j, left));
      Vector reset = sigmoid (load (r + j, left));
      Vector candidate = hyperbolic_tangent (load (n_x + j, left) + reset * load (n_h + j, left));

      store (z + j, left, update);
      store (r + j, left, reset);
      store (n_x + j, left, candidate);
      store (h + j, left, (1 - update) * load (h_p + j, left) + update * candidate);
    }
}

UNCHECKED static void
gru_cell_backward (gsize n, anm_real *restrict gates, const anm_real *restrict h_p,
                        const anm_real *restrict dh, anm_real *restrict dh_p)
{
  anm_real *restrict n_h = gates, *restrict z = gates + n, *restrict r = gates + 2 * n, *restrict n_x = gates + 3 * n;

  for (gsize j = 0; j < n; j++)
    {
      anm_real update = z[j], reset = r[j], candidate = n_x[j];
      anm_real d_candidate = dh[j] * update * (1 - candidate * candidate);

      r[j] = d_candidate * n_h[j] * reset * (1 - reset);
      n_h[j] = d_candidate * reset;
      z[j] = dh[j] * (candidate - h_p[j]) * update * (1 - update);
      n_x[j] = d_candidate;
      dh_p[j] = dh[j] * (1 - update);
    }
}

UNCHECKED static void
gru_reset_forward (gsize n, anm_real *gates, const anm_real *h_p, anm_real *reset_h)
{
  anm_real *z = gates, *r = gates + n;

  for (gsize j = 0; j < n; j += LANES)
    {
      gsize left = n - j;
      Vector reset = sigmoid (load (r + j, left));

      store (z + j, left, sigmoid (load (z + j, left)));
      store (r + j, left, reset);
      store (reset_h + j, left, reset * load (h_p + j, left));
    }
}

UNCHECKED static void
gru_update_forward (gsize n, anm_real *gates, const anm_real *h_p, anm_real *h)
{
  const anm_real *z = gates;
  anm_real *candidate = gates + 2 * n;

  for (gsize j = 0; j < n; j += LANES)
    {
      gsize left = n - j;
      Vector update = load (z + j, left);
      Vector bent = hyperbolic_tangent (load (candidate + j, left));

      store (candidate + j, left, bent);
      store (h + j, left, (1 - update) * load (h_p + j, left) + update * bent);
    }
}

UNCHECKED static void
gru_update_backward (gsize n, anm_real *restrict gates, const anm_real *restrict h_p,
                          const anm_real *restrict dh, anm_real *restrict dh_p)
{
  anm_real *restrict z = gates, *restrict candidate = gates + 2 * n;

  for (gsize j = 0; j < n; j++)
    {
      anm_real update = z[j], new_h = candidate[j];

      candidate[j] = dh[j] * update * (1 - new_h * new_h);
      z[j] = dh[j] * (new_h - h_p[j]) * update * (1 - update);
      dh_p[j] = dh[j] * (1 - update);
    }
}

UNCHECKED static void
gru_reset_backward (gsize n, anm_real *restrict gates, const anm_real *restrict h_p,
                         const anm_real *restrict d_reset_h, anm_real *restrict dh_p)
{
  anm_real *restrict r = gates + n;

  for (gsize j = 0; j < n; j++)
    {
      anm_real reset = r[j];

      dh_p[j] += d_reset_h[j] * reset;
      r[j] = d_reset_h[j] * h_p[j] * reset * (1 - reset);
    }
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
add_row (gsize n, const anm_real *restrict x, anm_real *restrict y)
{
  for (gsize j = 0; j < n; j++)
    y[j] += x[j];
}

UNCHECKED static void
multiply_row (gsize n, const anm_real *x, const anm_real *factors, anm_real *y)
{
  for (gsize j = 0; j < n; j++)
    y[j] = x[j] * factors[j];
}

/* Sixteen partial sums, then halves are added to halves: the same order whatever the vectors. */
#define PARTIAL_SUMS 16

typedef anm_real Sixteen __attribute__ ((vector_size (PARTIAL_SUMS * sizeof (anm_real))));
#ifdef ANM_REAL_IS_DOUBLE
typedef gint64 SixteenPlaces __attribute__ ((vector_size (PARTIAL_SUMS * sizeof (gint64))));
#else
typedef gint32 SixteenPlaces __attribute__ ((vector_size (PARTIAL_SUMS * sizeof (gint32))));
#endif

ANM_ALWAYS_INLINE double
sum_of_squares (gsize n, const anm_real *x)
{
  Sixteen sums = { 0 };
  double sum = 0.0;
  gsize j = 0;

  for (; j + PARTIAL_SUMS <= n; j += PARTIAL_SUMS)
    {
      Sixteen part;

      memcpy (&part, x + j, sizeof part);
      sums += part * part;
    }
  for (; j < n; j++)
    sum += (double) x[j] * (double) x[j];
  sums += __builtin_shuffle (sums, (SixteenPlaces){ 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7 });
  sums += __builtin_shuffle (sums, (SixteenPlaces){ 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11 });
  sums += __builtin_shuffle (sums, (SixteenPlaces){ 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13 });
  return sum + (double) (sums[0] + sums[1]);
}

UNCHECKED static void
sums_of_squares (gsize m, gsize n, const anm_real *x, double *sums)
{
  for (gsize i = 0; i < m; i++)
    sums[i] = sum_of_squares (n, x + i * n);
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
