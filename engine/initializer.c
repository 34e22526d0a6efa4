/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/initializer.h"
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

/* In the order of AnmKernelInitializer. */
const char *const anm_kernel_initializer_names[] = {
  "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "orthogonal", "identity",
  "random_uniform", "random_normal", "truncated_normal", "zeros", NULL,
};

#define SMALL 0.05
#define CUT 2.0
/* Standard deviation of the standard normal distribution within two of its own. */
#define CUT_DEVIATION 0.87962566103423978

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

/* The standard normal distribution within -2 and 2: what lies outside is drawn again. */
static double
draw_truncated (guint64 seed, guint64 stream, guint64 index)
{
  double x;

  for (guint64 attempt = 0;; attempt++)
    {
      x = anm_random_normal (seed, stream, attempt << 32 | index);
      if (x >= -CUT && x <= CUT)
        return x;
    }
}

static void
initialize_normal (guint64 seed, guint64 stream, double deviation, gboolean truncated, guint n_rows, guint n_columns,
                   anm_real *kernel, gsize stride)
{
  for (guint i = 0; i < n_rows; i++)
    for (guint j = 0; j < n_columns; j++)
      {
        guint64 index = (guint64) i * n_columns + j;

        kernel[i * stride + j] = (anm_real) (deviation * (truncated ? draw_truncated (seed, stream, index) : anm_random_normal (seed, stream, index)));
      }
}

static void
initialize_diagonal (double value, guint n_rows, guint n_columns, anm_real *kernel, gsize stride)
{
  for (guint i = 0; i < n_rows; i++)
    for (guint j = 0; j < n_columns; j++)
      kernel[i * stride + j] = i == j ? (anm_real) value : 0;
}

/* What a variance, or the third of a squared limit, is divided by. */
static double
get_fan (AnmKernelInitializer initializer, guint n_rows, guint n_columns)
{
  if (initializer == ANM_KERNEL_GLOROT_UNIFORM || initializer == ANM_KERNEL_GLOROT_NORMAL)
    return ((double) n_rows + n_columns) / 2.0;
  if (initializer == ANM_KERNEL_HE_UNIFORM || initializer == ANM_KERNEL_HE_NORMAL)
    return n_rows / 2.0;
  return n_rows;
}

/*
 * Glorot: X. Glorot, Y. Bengio (2010), AISTATS. He: K. He, X. Zhang, S. Ren,
 * J. Sun (2015): Delving deep into rectifiers. ICCV. LeCun: Y. LeCun, L. Bottou,
 * G. Orr, K.-R. Mueller (1998): Efficient backprop. Identity with ReLU: Q. V. Le,
 * N. Jaitly, G. E. Hinton (2015): A simple way to initialize recurrent networks
 * of rectified linear units. arXiv:1504.00941.
 */
void
_anm_initialize_kernel (AnmKernelInitializer initializer, guint64 seed, guint64 stream, guint n_rows, guint n_columns,
                        anm_real *kernel, gsize stride)
{
  double fan = get_fan (initializer, n_rows, n_columns);

  switch (initializer)
    {
    case ANM_KERNEL_GLOROT_UNIFORM:
    case ANM_KERNEL_HE_UNIFORM:
    case ANM_KERNEL_LECUN_UNIFORM:
      _anm_initialize_uniform (seed, stream, sqrt (3.0 / fan), n_rows, n_columns, kernel, stride);
      break;
    case ANM_KERNEL_GLOROT_NORMAL:
    case ANM_KERNEL_HE_NORMAL:
    case ANM_KERNEL_LECUN_NORMAL:
      initialize_normal (seed, stream, sqrt (1.0 / fan) / CUT_DEVIATION, TRUE, n_rows, n_columns, kernel, stride);
      break;
    case ANM_KERNEL_ORTHOGONAL:
      _anm_initialize_orthogonal (seed, stream, n_rows, n_columns, kernel, stride);
      break;
    case ANM_KERNEL_RANDOM_UNIFORM:
      _anm_initialize_uniform (seed, stream, SMALL, n_rows, n_columns, kernel, stride);
      break;
    case ANM_KERNEL_RANDOM_NORMAL:
    case ANM_KERNEL_TRUNCATED_NORMAL:
      initialize_normal (seed, stream, SMALL, initializer == ANM_KERNEL_TRUNCATED_NORMAL, n_rows, n_columns, kernel, stride);
      break;
    case ANM_KERNEL_IDENTITY:
    case ANM_KERNEL_ZEROS:
    default:
      initialize_diagonal (initializer == ANM_KERNEL_IDENTITY, n_rows, n_columns, kernel, stride);
      break;
    }
}

void
_anm_gate_initializers_read (AnmGateInitializers *self, const AnmLayerClass *klass, const double *values)
{
  self->kernel = (AnmKernelInitializer) _anm_layer_class_get_value (klass, values, "kernel_initializer");
  self->recurrent = (AnmKernelInitializer) _anm_layer_class_get_value (klass, values, "recurrent_initializer");
  self->gain = _anm_layer_class_get_value (klass, values, "recurrent_gain");
  self->per_gate = FALSE;
  for (guint i = 0; i < klass->n_arguments; i++)
    if (g_str_equal (klass->arguments[i].name, "initializer"))
      self->per_gate = values[i] == ANM_INITIALIZER_PER_GATE;
}

/* An identity is one for each gate: as one wide matrix, only the first gate would have it. */
static void
draw_blocks (AnmKernelInitializer initializer, gboolean per_gate, guint64 seed, guint64 stream, guint n_rows, guint n_units,
             guint n_gates, anm_real *kernel)
{
  guint n_blocks = per_gate || initializer == ANM_KERNEL_IDENTITY ? n_gates : 1;
  guint width = n_gates * n_units / n_blocks;

  for (guint k = 0; k < n_blocks; k++)
    _anm_initialize_kernel (initializer, seed, stream + 2 * k, n_rows, width, kernel + (gsize) k * width, (gsize) n_gates * n_units);
}

void
_anm_gate_initializers_draw (const AnmGateInitializers *self, guint64 seed, guint64 stream, guint n_inputs, guint n_units,
                             guint n_gates, anm_real *kernel, anm_real *recurrent_kernel)
{
  draw_blocks (self->kernel, self->per_gate, seed, stream, n_inputs, n_units, n_gates, kernel);
  draw_blocks (self->recurrent, self->per_gate, seed, stream + 1, n_units, n_units, n_gates, recurrent_kernel);
  if (self->gain != 1.0)
    for (gsize i = 0; i < (gsize) n_gates * n_units * n_units; i++)
      recurrent_kernel[i] = (anm_real) (self->gain * (double) recurrent_kernel[i]);
}
