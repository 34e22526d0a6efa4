/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/layer-private.h"
#include "engine/random.h"

#include <math.h>
#include <string.h>

/*
 * The same seed must give the same bits on every machine, so nothing here may
 * be contracted to fused multiply-adds or summed in an order of BLAS's choice.
 */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

#define LANES 8

const char *const anm_initializer_names[] = { "glorot_uniform", "per_gate", NULL };

/* U(-limit, limit) */
void
_anm_initialize_uniform (guint64 seed, guint64 stream, double limit, guint n_rows, guint n_columns, anm_real *kernel, gsize stride)
{
  for (guint i = 0; i < n_rows; i++)
    for (guint j = 0; j < n_columns; j++)
      kernel[i * stride + j] = (anm_real) (limit * (2.0 * anm_random_uniform (seed, stream, (guint64) i * n_columns + j) - 1.0));
}

/*
 * Glorot uniform: U(-l, l), l = sqrt (6 / (n_rows + n_columns)).
 * X. Glorot, Y. Bengio (2010): Understanding the difficulty of training deep
 * feedforward neural networks. AISTATS.
 */
void
_anm_initialize_glorot_uniform (guint64 seed, guint64 stream, guint n_rows, guint n_columns, anm_real *kernel, gsize stride)
{
  _anm_initialize_uniform (seed, stream, sqrt (6.0 / ((double) n_rows + n_columns)), n_rows, n_columns, kernel, stride);
}

/* Eight partial sums, always in the same order: vectorised, yet the same bits anywhere. */
static double
dot_product (const double *a, const double *b, gsize n)
{
  double sums[LANES] = { 0.0 };
  double sum = 0.0;
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (gsize k = 0; k < LANES; k++)
      sums[k] += a[i + k] * b[i + k];
  for (; i < n; i++)
    sum += a[i] * b[i];
  for (gsize k = 0; k < LANES; k++)
    sum += sums[k];
  return sum;
}

/*
 * A random matrix whose rows (or columns, whichever are fewer) are orthonormal:
 * modified Gram-Schmidt on normal numbers, which is the QR factor with positive
 * diagonal of R, hence uniformly distributed.
 * A. Saxe, J. McClelland, S. Ganguli (2014): Exact solutions to the nonlinear
 * dynamics of learning in deep linear neural networks. ICLR.
 */
void
_anm_initialize_orthogonal (guint64 seed, guint64 stream, guint n_rows, guint n_columns, anm_real *kernel, gsize stride)
{
  gboolean wide = n_columns >= n_rows;
  gsize n_vectors = MIN (n_rows, n_columns);
  gsize length = MAX (n_rows, n_columns);
  g_autofree double *vectors = g_new (double, n_vectors *length);

  for (gsize i = 0; i < n_vectors * length; i++)
    vectors[i] = anm_random_normal (seed, stream, i);

  for (gsize i = 0; i < n_vectors; i++)
    {
      double *vector = vectors + i * length;
      double norm = sqrt (dot_product (vector, vector, length));

      for (gsize k = 0; k < length; k++)
        vector[k] /= norm;
      for (gsize j = i + 1; j < n_vectors; j++)
        {
          double *other = vectors + j * length;
          double projection = dot_product (vector, other, length);

          for (gsize k = 0; k < length; k++)
            other[k] -= projection * vector[k];
        }
    }

  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < n_columns; j++)
      kernel[i * stride + j] = (anm_real) (wide ? vectors[i * length + j] : vectors[j * length + i]);
}

/* The two kernels of a gated layer, [n_inputs] and [n_units] by (gates x units):
 * drawn over all gates at once, or for each gate alone. */
void
_anm_initialize_gates (guint64 seed, guint64 stream, gboolean per_gate, guint n_inputs, guint n_units, guint n_gates,
                       anm_real *kernel, anm_real *recurrent_kernel)
{
  gsize stride = (gsize) n_gates * n_units;
  guint n_blocks = per_gate ? n_gates : 1;
  guint width = (guint) stride / n_blocks;

  for (guint k = 0; k < n_blocks; k++)
    {
      _anm_initialize_glorot_uniform (seed, stream + 2 * k, n_inputs, width, kernel + (gsize) k * width, stride);
      _anm_initialize_orthogonal (seed, stream + 2 * k + 1, n_units, width, recurrent_kernel + (gsize) k * width, stride);
    }
}
