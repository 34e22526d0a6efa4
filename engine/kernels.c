/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activations, rows and blocks of rows; and the table of all kernels. */
#include "engine/kernels-private.h"

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

UNCHECKED void
ANM_KERNEL (activate) (AnmActivation activation, gsize n, anm_real *y)
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

UNCHECKED void
ANM_KERNEL (activate_backward) (AnmActivation activation, gsize n, const anm_real *y, anm_real *dy)
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

UNCHECKED void
ANM_KERNEL (copy_block) (gsize m, gsize n, const anm_real *x, gsize x_stride, anm_real *y, gsize y_stride)
{
  EACH_VECTOR_OF_ROWS (m, n, store (y + r * y_stride + j, left, load (x + r * x_stride + j, left)););
}

UNCHECKED void
ANM_KERNEL (add_block) (gsize m, gsize n, const anm_real *x, gsize x_stride, anm_real *y, gsize y_stride)
{
  EACH_VECTOR_OF_ROWS (m, n,
    anm_real *to = y + r * y_stride + j;

    store (to, left, load (to, left) + load (x + r * x_stride + j, left));
  );
}

UNCHECKED void
ANM_KERNEL (add_row) (gsize n, const anm_real *x, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, load (y + j, left) + load (x + j, left)););
}

UNCHECKED void
ANM_KERNEL (multiply_row) (gsize n, const anm_real *x, const anm_real *factors, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, load (x + j, left) * load (factors + j, left)););
}

UNCHECKED void
ANM_KERNEL (add_product_row) (gsize n, const anm_real *x, const anm_real *factors, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, load (y + j, left) + load (x + j, left) * load (factors + j, left)););
}

const AnmKernels ANM_FOR_INSTRUCTIONS (_anm_kernels_) = {
#define KERNEL(type, name, parameters, arguments) .name = ANM_KERNEL (name),
#include "engine/kernel-list.h"
#undef KERNEL
};
