/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blas.h"

#include "engine/products.h"

#include <cblas.h>
#include <string.h>

#ifdef ANM_REAL_IS_DOUBLE

gsize
_anm_panels_size (gsize n, gsize k)
{
  return n * k;
}

void
_anm_panels_fill (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  for (gsize i = 0; i < k; i++)
    memcpy (panels + i * n, b + i * b_stride, n * sizeof *b);
}

void
_anm_panels_fill_transposed (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  for (gsize i = 0; i < k; i++)
    for (gsize j = 0; j < n; j++)
      panels[i * n + j] = b[j * b_stride + i];
}

void
_anm_multiply_panels (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                      gboolean accumulate, anm_real *c, gsize c_stride)
{
  if (m == 0)
    return;
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k,
               1, a, (blasint) a_stride, panels, (blasint) n, accumulate ? 1 : 0, c, (blasint) c_stride);
}

void
_anm_multiply_panels_at (guint step, gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                         gboolean accumulate, anm_real *c, gsize c_stride)
{
  _anm_multiply_panels (m, n, k, a, a_stride, panels, accumulate, c, c_stride);
}

void
_anm_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *b, gsize b_stride,
                          anm_real *c, gsize c_stride, anm_real *scratch)
{
  if (m == 0 || n == 0 || k == 0)
    return;
  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k,
               1, a, (blasint) a_stride, b, (blasint) b_stride, 1, c, (blasint) c_stride);
}

gsize
_anm_multiply_transposed_scratch (gsize m)
{
  return 0;
}

#else

gsize
_anm_panels_size (gsize n, gsize k)
{
  return _anm_products->panels_size (n, k);
}

void
_anm_panels_fill (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  _anm_products->panels_fill (n, k, b, b_stride, panels);
}

void
_anm_panels_fill_transposed (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  _anm_products->panels_fill_transposed (n, k, b, b_stride, panels);
}

void
_anm_multiply_panels (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                      gboolean accumulate, anm_real *c, gsize c_stride)
{
  _anm_products->multiply (m, n, k, a, a_stride, panels, FALSE, accumulate, c, c_stride);
}

void
_anm_multiply_panels_at (guint step, gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                         gboolean accumulate, anm_real *c, gsize c_stride)
{
  _anm_products->multiply (m, n, k, a, a_stride, panels, step % 2 == 1, accumulate, c, c_stride);
}

void
_anm_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *b, gsize b_stride,
                          anm_real *c, gsize c_stride, anm_real *scratch)
{
  _anm_products->multiply_transposed (m, n, k, a, a_stride, b, b_stride, c, c_stride, scratch);
}

gsize
_anm_multiply_transposed_scratch (gsize m)
{
  return _anm_products->scratch (m);
}

#endif
