/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One step's equations. Legend: n units; i f g o z r the gates; c the cell, h
 * the hidden state; d... the loss's derivative by it; _p of the step before.
 */
#include "engine/kernels-private.h"

UNCHECKED void
ANM_KERNEL (simple_rnn_cells_forward) (AnmActivation activation, gsize m, gsize n, anm_real *sums, gsize stride, anm_real *h, gsize h_stride)
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
        ANM_KERNEL (activate) (activation, n, sums + r * stride);
        memcpy (h + r * h_stride, sums + r * stride, n * sizeof *h);
      }
}

UNCHECKED void
ANM_KERNEL (simple_rnn_cells_backward) (AnmActivation activation, gsize m, gsize n, anm_real *h, gsize stride, const anm_real *dh)
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

UNCHECKED void
ANM_KERNEL (lstm_cells_forward) (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *c_p, gsize c_p_stride,
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

UNCHECKED void
ANM_KERNEL (lstm_cells_backward) (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *c_p, gsize c_p_stride,
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

UNCHECKED void
ANM_KERNEL (gru_cells_forward) (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *h_p, gsize h_p_stride,
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

UNCHECKED void
ANM_KERNEL (gru_cells_backward) (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *h_p, gsize h_p_stride,
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

UNCHECKED void
ANM_KERNEL (gru_reset_forward) (gsize n, anm_real *gates, const anm_real *h_p, anm_real *reset_h)
{
  anm_real *z = gates, *r = gates + n;

  EACH_VECTOR (n,
    Vector reset = sigmoid (load (r + j, left));

    store (z + j, left, sigmoid (load (z + j, left)));
    store (r + j, left, reset);
    store (reset_h + j, left, reset * load (h_p + j, left));
  );
}

UNCHECKED void
ANM_KERNEL (gru_update_forward) (gsize n, anm_real *gates, const anm_real *h_p, anm_real *h)
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

UNCHECKED void
ANM_KERNEL (gru_update_backward) (gsize n, anm_real *gates, const anm_real *h_p, const anm_real *dh, anm_real *dh_p)
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

UNCHECKED void
ANM_KERNEL (gru_reset_backward) (gsize n, anm_real *gates, const anm_real *h_p, const anm_real *d_reset_h, anm_real *dh_p)
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
UNCHECKED void
ANM_KERNEL (decay) (gsize n, anm_real *y)
{
  EACH_VECTOR (n, store (y + j, left, exponential (rectify (load (y + j, left)), -1)););
}

UNCHECKED void
ANM_KERNEL (decay_backward) (gsize n, anm_real *restrict gamma, const anm_real *restrict decayed, anm_real *restrict dh)
{
  for (gsize j = 0; j < n; j++)
    {
      anm_real factor = gamma[j];

      gamma[j] = factor < 1 ? -dh[j] * decayed[j] : 0;
      dh[j] *= factor;
    }
}

UNCHECKED void
ANM_KERNEL (impute) (gsize n, const anm_real *known, const anm_real *x, const anm_real *last, const anm_real *mean, const anm_real *gamma, anm_real *y)
{
  for (gsize j = 0; j < n; j++)
    y[j] = known[j] > 0 ? x[j] : gamma[j] * last[j] + (1 - gamma[j]) * mean[j];
}

UNCHECKED void
ANM_KERNEL (impute_backward) (gsize n, const anm_real *known, const anm_real *last, const anm_real *mean, const anm_real *dy, anm_real *gamma)
{
  for (gsize j = 0; j < n; j++)
    gamma[j] = known[j] > 0 || gamma[j] >= 1 ? 0 : -gamma[j] * (last[j] - mean[j]) * dy[j];
}
