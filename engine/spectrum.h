/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * anm_eigenvalues:
 * @n: size of the matrix
 * @matrix: (n, n) row-major, borrowed
 * @real, @imaginary: (out): [n], largest modulus first; of a pair the one with the positive imaginary part first
 * @stop: (nullable): atomic; looked at at least every 50 ms of work
 *
 * All λ with det (A - λ 1) = 0, in double precision. Takes about n^3 steps, a
 * second for n = 1024.
 *
 * Returns: whether they are there; if not, @error is set (%ANM_ENGINE_ERROR_NOT_FINITE
 *   if the matrix has NaN or infinity or the iteration does not converge), or @stop was
 */
gboolean anm_eigenvalues            (gsize n,
                                     const double *matrix,
                                     double *real,
                                     double *imaginary,
                                     const int *stop,
                                     GError **error);

/**
 * anm_largest_singular_value:
 * @n_rows, @n_columns: size of the matrix
 * @matrix: row-major, borrowed
 * @stop: (nullable): as in anm_eigenvalues()
 *
 * The 2-norm, ||A||_2 = max ||A x|| / ||x||: how much a change can grow at most. Exact up to a
 * size of 512; beyond by Lanczos iterations on A^T A, to six digits at least, in about n^2 steps.
 *
 * G. Golub, W. Kahan (1965): Calculating the singular values and pseudo-inverse of
 * a matrix. SIAM Journal on Numerical Analysis 2.
 *
 * Returns: the value; NaN if the matrix isn't finite or @stop was set
 */
double   anm_largest_singular_value (gsize n_rows,
                                     gsize n_columns,
                                     const double *matrix,
                                     const int *stop);

/**
 * anm_largest_singular_value_near:
 * @direction: [n_rows] in: about where A x of the x that grows most points to, 0 if that isn't known; out: where it does
 *
 * The same to six digits, in few steps if @direction was a good guess: for matrices that follow from one another.
 */
double   anm_largest_singular_value_near (gsize n_rows,
                                     gsize n_columns,
                                     const double *matrix,
                                     double *direction,
                                     const int *stop);

G_END_DECLS
