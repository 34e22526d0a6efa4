/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fused, vectorised kernels: one call, one row of a batch or several. n is
 * the number of units; gates lie gate by gate, n each. "Sums" are what comes out of the
 * matrix products; forward turns them into activations in place, backward
 * turns activations into gradients of the sums in place. Arguments never
 * overlap unless it says "in place".
 *
 * The *_cells functions are one step's equations, those at the top of the
 * layers' files.
 *
 * KERNEL (type, name, parameters, arguments) becomes _anm_NAME() for the
 * callers and NAME() in the kernels' files. No include guard: read by whoever
 * makes something of the list.
 */

/* y = f (y), in place; softmax over the row */
KERNEL (void, activate, (AnmActivation activation, gsize n, anm_real *y), (activation, n, y))
/* dy becomes dL/d(sum), in place; y is what _anm_activate() gave */
KERNEL (void, activate_backward, (AnmActivation activation, gsize n, const anm_real *y, anm_real *dy), (activation, n, y, dy))

/*
 * Cells of m rows of one step; where no stride is named the rows lie n apart.
 */

/* sums in, h_t out, there and in h */
KERNEL (void, simple_rnn_cells_forward,
        (AnmActivation activation, gsize m, gsize n, anm_real *sums, gsize stride, anm_real *h, gsize h_stride),
        (activation, m, n, sums, stride, h, h_stride))
/* h: h_t in, dL/d(sum) out */
KERNEL (void, simple_rnn_cells_backward,
        (AnmActivation activation, gsize m, gsize n, anm_real *h, gsize stride, const anm_real *dh),
        (activation, m, n, h, stride, dh))

/* gates [i|f|g|o]: sums in, activations out. tanh_c and c are kept for backward. */
KERNEL (void, lstm_cells_forward,
        (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *c_previous, gsize c_previous_stride,
         anm_real *c, anm_real *tanh_c, anm_real *h, gsize h_stride),
        (m, n, gates, gate_stride, c_previous, c_previous_stride, c, tanh_c, h, h_stride))
/* gates: activations in, dL/d(sums) out. dc: dL/dc_t from later steps in, dL/dc_{t-1} out;
 * dc_total, nullable: all of dL/dc_t. */
KERNEL (void, lstm_cells_backward,
        (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *c_previous, gsize c_previous_stride,
         const anm_real *tanh_c, const anm_real *dh, anm_real *dc, anm_real *dc_total),
        (m, n, gates, gate_stride, c_previous, c_previous_stride, tanh_c, dh, dc, dc_total))

/* Reset after the product. gates [n_h|z|r|n_x]: sums of W_hh h + b'_h, z, r and W_xh x + b_h in;
 * n_h, z, r and h~ out. */
KERNEL (void, gru_cells_forward,
        (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *h_previous, gsize h_previous_stride,
         anm_real *h, gsize h_stride),
        (m, n, gates, gate_stride, h_previous, h_previous_stride, h, h_stride))
/* gates: as forward left them in, dL/d(sums) out. dh_previous: (1 - z) dh out, the products are added by the caller. */
KERNEL (void, gru_cells_backward,
        (gsize m, gsize n, anm_real *gates, gsize gate_stride, const anm_real *h_previous, gsize h_previous_stride,
         const anm_real *dh, anm_real *dh_previous),
        (m, n, gates, gate_stride, h_previous, h_previous_stride, dh, dh_previous))

/* One row: */

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

/* y = x and y += x, of m rows of n */
KERNEL (void, copy_block, (gsize m, gsize n, const anm_real *x, gsize x_stride, anm_real *y, gsize y_stride), (m, n, x, x_stride, y, y_stride))
KERNEL (void, add_block, (gsize m, gsize n, const anm_real *x, gsize x_stride, anm_real *y, gsize y_stride), (m, n, x, x_stride, y, y_stride))
/* y += x */
KERNEL (void, add_row, (gsize n, const anm_real *x, anm_real *y), (n, x, y))
/* y += x * factors */
KERNEL (void, add_product_row, (gsize n, const anm_real *x, const anm_real *factors, anm_real *y), (n, x, factors, y))
/* x becomes (x - mean) / deviation, deviation^2 = variance + @epsilon, in place; gives 1 / deviation */
KERNEL (anm_real, normalize, (gsize n, double epsilon, anm_real *x), (n, epsilon, x))
/* @normalized, @inverse: as normalize() left and gave; dy: dL/d(normalized) in, dL/dx out */
KERNEL (void, normalize_backward, (gsize n, const anm_real *normalized, anm_real inverse, anm_real *dy), (n, normalized, inverse, dy))
/* y = x * factors; y may be x */
KERNEL (void, multiply_row, (gsize n, const anm_real *x, const anm_real *factors, anm_real *y), (n, x, factors, y))
/* sums [m]: of the squares of each row of x [m][n], however small or large; an order that doesn't depend on the rows beside it */
KERNEL (void, sums_of_squares, (gsize m, gsize n, const anm_real *x, double *sums), (m, n, x, sums))
/* the sum of the squares of x [n], however small or large */
KERNEL (double, sum_of_squares, (gsize n, const anm_real *x), (n, x))
/* sums [n] += the sum of the rows of x [m][stride] */
KERNEL (void, add_rows, (gsize m, gsize n, const anm_real *x, gsize stride, anm_real *sums), (m, n, x, stride, sums))
