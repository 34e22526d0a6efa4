/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/blas.h"

G_BEGIN_DECLS

/* Our own kernels for the products of blas.h, which says what they compute. */

/* Whether the processor has what makes them faster than cblas. */
gboolean _anm_products_are_fast        (void);
void     _anm_products_multiply        (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                                        gboolean accumulate, anm_real *c, gsize c_stride);
void     _anm_products_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride,
                                        const anm_real *b, gsize b_stride, anm_real *c, gsize c_stride, anm_real *scratch);
gsize    _anm_products_scratch         (gsize m);

G_END_DECLS
