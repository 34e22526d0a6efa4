/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * Matrix products. All matrices are row-major; a stride is the distance
 * between rows.
 *
 * Weights are multiplied once a step by few rows, so they are kept packed the
 * way the kernel reads them: in panels of a few vectors of columns, each panel
 * [k][its columns], the last one filled up with zeros.
 *
 * In single precision the products are our own (products.c); in double
 * precision, as the oracle, those of cblas at one thread. Each element of ours
 * is summed in the order of k, whatever rows stand beside it, so a product
 * gives the same bits however a batch is cut.
 */

/* Packs B [k][n], or from its transpose B^T [n][k]. */
gsize _anm_panels_size            (gsize n, gsize k);
void  _anm_panels_fill            (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels);
void  _anm_panels_fill_transposed (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels);
/* C [m][n] = A [m][k] B + (accumulate ? C : 0) */
void  _anm_multiply_panels        (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                                   gboolean accumulate, anm_real *c, gsize c_stride);
/* The same for @m rows of a step of a walk, always by the same B: of weights that the second cache can't hold, every other
 * step begins with those that the step before ended with. */
void  _anm_multiply_panels_at     (guint step, gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                                   gboolean accumulate, anm_real *c, gsize c_stride);
/* C [m][n] += A^T B, A [k][m], B [k][n]; @scratch: [_anm_multiply_transposed_scratch (m)], or of a larger m */
void  _anm_multiply_transposed    (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *b, gsize b_stride,
                                   anm_real *c, gsize c_stride, anm_real *scratch);
gsize _anm_multiply_transposed_scratch (gsize m);

G_END_DECLS
