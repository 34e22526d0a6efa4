/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Dense linear algebra in double precision, whatever anm_real is: the only
 * caller of LAPACK, for the figures that an onlooker asks for and never for
 * training. Matrices are square or rectangular, row-major, contiguous, and must
 * be finite: LAPACK may not return from what isn't.
 */

typedef enum
{
  ANM_LAPACK_DONE,
  ANM_LAPACK_STOPPED,
  ANM_LAPACK_NOT_CONVERGED,
} AnmLapackResult;

AnmLapackResult _anm_lapack_eigenvalues     (gsize n,
                                             double *matrix,
                                             double *real,
                                             double *imaginary,
                                             const int *stop);
/* All singular values, largest first: values [MIN (n_rows, n_columns)]. Destroys @matrix. */
AnmLapackResult _anm_lapack_singular_values (gsize n_rows,
                                             gsize n_columns,
                                             double *matrix,
                                             double *values);
/* Symmetric @matrix: values by rising size, and the eigenvectors as its rows. */
AnmLapackResult _anm_lapack_symmetric       (gsize n,
                                             double *matrix,
                                             double *values);
/* c [m][n] = scale * a [m][k] b [k][n] + (accumulate ? c : 0), where a is given as its transpose [k][m] if @transposed.
 * FALSE if stopped. */
gboolean        _anm_lapack_multiply        (gsize m,
                                             gsize n,
                                             gsize k,
                                             const double *a,
                                             gboolean transposed,
                                             const double *b,
                                             gboolean accumulate,
                                             double *c,
                                             const int *stop);
/* c += a b of blocks in larger matrices: @a_stride, @b_stride, @c_stride numbers from one row to the next. FALSE if stopped. */
gboolean        _anm_lapack_multiply_block  (gsize m,
                                             gsize n,
                                             gsize k,
                                             const double *a,
                                             gsize a_stride,
                                             const double *b,
                                             gsize b_stride,
                                             double *c,
                                             gsize c_stride,
                                             const int *stop);
/* y [rows] = a x, or y [columns] = a^T x if @transposed */
void            _anm_lapack_apply           (gsize n_rows,
                                             gsize n_columns,
                                             const double *a,
                                             gboolean transposed,
                                             const double *x,
                                             double *y);

G_END_DECLS
