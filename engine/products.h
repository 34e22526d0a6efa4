/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>

G_BEGIN_DECLS

/* Our own kernels for the products of blas.h, which says what they compute, for one instruction set. */
typedef struct
{
  gsize (*panels_size)            (gsize n, gsize k);
  void  (*panels_fill)            (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels);
  void  (*panels_fill_transposed) (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels);
  void  (*multiply)               (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                                   gboolean from_end, gboolean accumulate, anm_real *c, gsize c_stride);
  void  (*multiply_transposed)    (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride,
                                   const anm_real *b, gsize b_stride, anm_real *c, gsize c_stride, anm_real *scratch);
  gsize (*scratch)                (gsize m);
} AnmProducts;

/* Chosen at the start of the program; NULL in double precision. */
extern const AnmProducts *_anm_products;

extern const AnmProducts _anm_products_plain, _anm_products_avx2, _anm_products_avx512;

G_END_DECLS
