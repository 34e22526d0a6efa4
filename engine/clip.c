/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <math.h>

/*
 * Clipping of gradients, and the sums over vectors that it and the figures of
 * a run need. Sums are taken in double precision and in an order that depends
 * on the vector's length alone.
 */

/* Partial sums that don't wait for each other, so that the compiler may use
 * vector instructions without changing the result. */
#define N_PARTIAL_SUMS 8

/**
 * anm_squared_norm:
 * @vector: [n]
 *
 * Returns: the sum of squares; infinite or NaN if an element is
 */
double
anm_squared_norm (const anm_real *vector, gsize n)
{
  double sums[N_PARTIAL_SUMS] = { 0.0 };
  double total = 0.0;
  gsize i = 0;

  for (; i + N_PARTIAL_SUMS <= n; i += N_PARTIAL_SUMS)
    for (gsize k = 0; k < N_PARTIAL_SUMS; k++)
      sums[k] += (double) vector[i + k] * (double) vector[i + k];
  for (; i < n; i++)
    total += (double) vector[i] * (double) vector[i];
  for (gsize k = 0; k < N_PARTIAL_SUMS; k++)
    total += sums[k];
  return total;
}

/**
 * anm_clip_norm_scale:
 * @norm: global norm of the gradient over all parameters, finite
 * @limit: largest norm allowed; 0 = no limit
 *
 * R. Pascanu, T. Mikolov, Y. Bengio (2013): On the difficulty of training
 * recurrent neural networks. ICML. Algorithm 1.
 *
 * Returns: what the gradient is to be multiplied with: min (1, @limit / @norm)
 */
double
anm_clip_norm_scale (double norm, double limit)
{
  return limit > 0.0 && norm > limit ? limit / norm : 1.0;
}

/**
 * anm_scale:
 * @vector: [n], multiplied with @scale
 */
void
anm_scale (anm_real *vector, gsize n, double scale)
{
  const anm_real factor = (anm_real) scale;

  for (gsize i = 0; i < n; i++)
    vector[i] *= factor;
}

/**
 * anm_clip_value:
 * @gradient: [n], each element brought into [-@limit, @limit]
 * @limit: > 0
 *
 * Returns: how many elements were outside
 */
gsize
anm_clip_value (anm_real *gradient, gsize n, double limit)
{
  const anm_real bound = (anm_real) limit;
  gsize n_clipped = 0;

  for (gsize i = 0; i < n; i++)
    {
      n_clipped += gradient[i] > bound || gradient[i] < -bound;
      gradient[i] = CLAMP (gradient[i], -bound, bound);
    }
  return n_clipped;
}

/**
 * anm_all_finite:
 *
 * Returns: whether no element is infinite or NaN
 */
gboolean
anm_all_finite (const anm_real *vector, gsize n)
{
  gsize n_faults = 0;

  for (gsize i = 0; i < n; i++)
    n_faults += !isfinite (vector[i]);
  return n_faults == 0;
}
