/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * The only callers of cblas. All matrices are row-major; a stride is the
 * distance between rows. BLAS runs at one thread (see pool.c), so a product of
 * one shape always gives the same bits.
 */

/* C [m][n] = A [m][k] B [k][n] + (accumulate ? C : 0) */
void _anm_multiply (gsize m, gsize n, gsize k,
                    const anm_real *a, gsize a_stride,
                    const anm_real *b, gsize b_stride,
                    gboolean accumulate,
                    anm_real *c, gsize c_stride);
/* C [m][n] += A^T B, A [k][m], B [k][n] */
void _anm_multiply_transposed (gsize m, gsize n, gsize k,
                               const anm_real *a, gsize a_stride,
                               const anm_real *b, gsize b_stride,
                               anm_real *c, gsize c_stride);

G_END_DECLS
