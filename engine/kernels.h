/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/activation.h"
#include "engine/real.h"

G_BEGIN_DECLS

/*
 * The fused, vectorised kernels: one call, one row of a batch. n is the number
 * of units; gates lie gate by gate, n each. "Sums" are what comes out of the
 * matrix products; forward turns them into activations in place, backward
 * turns activations into gradients of the sums in place. Arguments never
 * overlap unless it says "in place".
 *
 * The *_cell functions are one step's equations, those at the top of the
 * layers' files.
 */

/* y = f (y), in place; softmax over the row */
void   _anm_activate            (AnmActivation activation, gsize n, anm_real *y);
/* dy becomes dL/d(sum), in place; y is what _anm_activate() gave */
void   _anm_activate_backward   (AnmActivation activation, gsize n, const anm_real *y, anm_real *dy);

/* h: h_t in, dL/d(sum) out */
void   _anm_simple_rnn_cell_backward (AnmActivation activation, gsize n, anm_real *h, const anm_real *dh);

/* gates [i|f|g|o]: sums in, activations out. tanh_c and c are kept for backward. */
void   _anm_lstm_cell_forward   (gsize n, anm_real *gates, const anm_real *c_previous,
                                 anm_real *c, anm_real *tanh_c, anm_real *h);
/* gates: activations in, dL/d(sums) out. dc: dL/dc_t from later steps in, dL/dc_{t-1} out;
 * dc_total, nullable: all of dL/dc_t. */
void   _anm_lstm_cell_backward  (gsize n, anm_real *gates, const anm_real *c_previous, const anm_real *tanh_c,
                                 const anm_real *dh, anm_real *dc, anm_real *dc_total);

/* Reset after the product. gates [n_h|z|r|n_x]: sums of W_hh h + b'_h, z, r and W_xh x + b_h in;
 * n_h, z, r and h~ out. */
void   _anm_gru_cell_forward    (gsize n, anm_real *gates, const anm_real *h_previous, anm_real *h);
/* gates: as forward left them in, dL/d(sums) out. dh_previous: (1 - z) dh out, the products are added by the caller. */
void   _anm_gru_cell_backward   (gsize n, anm_real *gates, const anm_real *h_previous,
                                 const anm_real *dh, anm_real *dh_previous);

/* Reset before the product, in two parts, because the product stands between them. gates [z|r|n]. */
void   _anm_gru_reset_forward   (gsize n, anm_real *gates, const anm_real *h_previous, anm_real *reset_h);
void   _anm_gru_update_forward  (gsize n, anm_real *gates, const anm_real *h_previous, anm_real *h);
void   _anm_gru_update_backward (gsize n, anm_real *gates, const anm_real *h_previous,
                                 const anm_real *dh, anm_real *dh_previous);
/* d_reset_h: dL/d(r * h_{t-1}) */
void   _anm_gru_reset_backward  (gsize n, anm_real *gates, const anm_real *h_previous,
                                 const anm_real *d_reset_h, anm_real *dh_previous);

/* y += x */
void   _anm_add_row             (gsize n, const anm_real *x, anm_real *y);
/* sum of squares, in an order that does not depend on the machine's vectors */
double _anm_sum_of_squares      (gsize n, const anm_real *x);
/* sums [n] += the sum of the rows of x [m][stride] */
void   _anm_add_rows            (gsize m, gsize n, const anm_real *x, gsize stride, anm_real *sums);

G_END_DECLS
