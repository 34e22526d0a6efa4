/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fused, vectorised kernels: one call, one row of a batch. n is the number
 * of units; gates lie gate by gate, n each. "Sums" are what comes out of the
 * matrix products; forward turns them into activations in place, backward
 * turns activations into gradients of the sums in place. Arguments never
 * overlap unless it says "in place".
 *
 * The *_cell functions are one step's equations, those at the top of the
 * layers' files.
 *
 * KERNEL (type, name, parameters, arguments) becomes _anm_NAME() for the
 * callers and a static NAME() in kernels.c. No include guard: read by whoever
 * makes something of the list.
 */

/* y = f (y), in place; softmax over the row */
KERNEL (void, activate, (AnmActivation activation, gsize n, anm_real *y), (activation, n, y))
/* dy becomes dL/d(sum), in place; y is what _anm_activate() gave */
KERNEL (void, activate_backward, (AnmActivation activation, gsize n, const anm_real *y, anm_real *dy), (activation, n, y, dy))

/* h: h_t in, dL/d(sum) out */
KERNEL (void, simple_rnn_cell_backward, (AnmActivation activation, gsize n, anm_real *h, const anm_real *dh), (activation, n, h, dh))

/* gates [i|f|g|o]: sums in, activations out. tanh_c and c are kept for backward. */
KERNEL (void, lstm_cell_forward,
        (gsize n, anm_real *gates, const anm_real *c_previous, anm_real *c, anm_real *tanh_c, anm_real *h),
        (n, gates, c_previous, c, tanh_c, h))
/* gates: activations in, dL/d(sums) out. dc: dL/dc_t from later steps in, dL/dc_{t-1} out;
 * dc_total, nullable: all of dL/dc_t. */
KERNEL (void, lstm_cell_backward,
        (gsize n, anm_real *gates, const anm_real *c_previous, const anm_real *tanh_c, const anm_real *dh, anm_real *dc, anm_real *dc_total),
        (n, gates, c_previous, tanh_c, dh, dc, dc_total))

/* Reset after the product. gates [n_h|z|r|n_x]: sums of W_hh h + b'_h, z, r and W_xh x + b_h in;
 * n_h, z, r and h~ out. */
KERNEL (void, gru_cell_forward, (gsize n, anm_real *gates, const anm_real *h_previous, anm_real *h), (n, gates, h_previous, h))
/* gates: as forward left them in, dL/d(sums) out. dh_previous: (1 - z) dh out, the products are added by the caller. */
KERNEL (void, gru_cell_backward,
        (gsize n, anm_real *gates, const anm_real *h_previous, const anm_real *dh, anm_real *dh_previous),
        (n, gates, h_previous, dh, dh_previous))

/* Reset before the product, in two parts, because the product stands between them. gates [z|r|n]. */
KERNEL (void, gru_reset_forward, (gsize n, anm_real *gates, const anm_real *h_previous, anm_real *reset_h), (n, gates, h_previous, reset_h))
KERNEL (void, gru_update_forward, (gsize n, anm_real *gates, const anm_real *h_previous, anm_real *h), (n, gates, h_previous, h))
KERNEL (void, gru_update_backward,
        (gsize n, anm_real *gates, const anm_real *h_previous, const anm_real *dh, anm_real *dh_previous),
        (n, gates, h_previous, dh, dh_previous))
/* d_reset_h: dL/d(r * h_{t-1}) */
KERNEL (void, gru_reset_backward,
        (gsize n, anm_real *gates, const anm_real *h_previous, const anm_real *d_reset_h, anm_real *dh_previous),
        (n, gates, h_previous, d_reset_h, dh_previous))

/* What fades between measurements. y: exp (-max (0, y)), in place */
KERNEL (void, decay, (gsize n, anm_real *y), (n, y))
/* @decayed: gamma * h; gamma becomes dL/d(sum), in place, and dh, that by @decayed, becomes the one by h */
KERNEL (void, decay_backward, (gsize n, anm_real *gamma, const anm_real *decayed, anm_real *dh), (n, gamma, decayed, dh))
/* x where it is known (1), else gamma * last + (1 - gamma) * mean */
KERNEL (void, impute, (gsize n, const anm_real *known, const anm_real *x, const anm_real *last, const anm_real *mean, const anm_real *gamma, anm_real *y),
        (n, known, x, last, mean, gamma, y))
/* gamma becomes dL/d(sum), in place; dy: dL/dy */
KERNEL (void, impute_backward, (gsize n, const anm_real *known, const anm_real *last, const anm_real *mean, const anm_real *dy, anm_real *gamma),
        (n, known, last, mean, dy, gamma))

/* y += x */
KERNEL (void, add_row, (gsize n, const anm_real *x, anm_real *y), (n, x, y))
/* y = x * factors; y may be x */
KERNEL (void, multiply_row, (gsize n, const anm_real *x, const anm_real *factors, anm_real *y), (n, x, factors, y))
/* sums [m]: of the squares of each row of x [m][n], however small or large; an order that doesn't depend on the rows beside it */
KERNEL (void, sums_of_squares, (gsize m, gsize n, const anm_real *x, double *sums), (m, n, x, sums))
/* sums [n] += the sum of the rows of x [m][stride] */
KERNEL (void, add_rows, (gsize m, gsize n, const anm_real *x, gsize stride, anm_real *sums), (m, n, x, stride, sums))
