/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blas.h"

#include "engine/products.h"

#include <cblas.h>
#include <string.h>

#ifdef ANM_REAL_IS_DOUBLE
#define gemm cblas_dgemm
#define use_own_products() FALSE
#else
#define gemm cblas_sgemm
#define use_own_products() _anm_products_are_fast ()
#endif

gsize
_anm_panels_size (gsize n, gsize k)
{
  return (n + ANM_PANEL - 1) / ANM_PANEL * ANM_PANEL * k;
}

void
_anm_panels_fill (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  for (gsize j = 0; j < n; j += ANM_PANEL)
    for (gsize i = 0; i < k; i++)
      {
        anm_real *row = panels + j * k + i * ANM_PANEL;
        gsize left = MIN (ANM_PANEL, n - j);

        memcpy (row, b + i * b_stride + j, left * sizeof *row);
        memset (row + left, 0, (ANM_PANEL - left) * sizeof *row);
      }
}

void
_anm_panels_fill_transposed (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  for (gsize j = 0; j < n; j += ANM_PANEL)
    {
      anm_real *panel = panels + j * k;
      gsize left = MIN (ANM_PANEL, n - j);

      if (left < ANM_PANEL)
        memset (panel, 0, k * ANM_PANEL * sizeof *panel);
      /* A square at a time, so that both sides stay in the cache. */
      for (gsize i0 = 0; i0 < k; i0 += ANM_PANEL)
        for (gsize column = 0; column < left; column++)
          for (gsize i = i0; i < MIN (i0 + ANM_PANEL, k); i++)
            panel[i * ANM_PANEL + column] = b[(j + column) * b_stride + i];
    }
}

void
_anm_multiply_panels (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                      gboolean accumulate, anm_real *c, gsize c_stride)
{
  if (m == 0)
    return;
  if (use_own_products ())
    {
      _anm_products_multiply (m, n, k, a, a_stride, panels, accumulate, c, c_stride);
      return;
    }
  for (gsize j = 0; j < n; j += ANM_PANEL)
    gemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) m, (blasint) MIN (ANM_PANEL, n - j), (blasint) k,
          1, a, (blasint) a_stride, panels + j * k, ANM_PANEL, accumulate ? 1 : 0, c + j, (blasint) c_stride);
}

void
_anm_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *b, gsize b_stride,
                          anm_real *c, gsize c_stride, anm_real *scratch)
{
  if (m == 0 || n == 0 || k == 0)
    return;
  if (use_own_products ())
    {
      _anm_products_multiply_transposed (m, n, k, a, a_stride, b, b_stride, c, c_stride, scratch);
      return;
    }
  gemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k,
        1, a, (blasint) a_stride, b, (blasint) b_stride, 1, c, (blasint) c_stride);
}

gsize
_anm_multiply_transposed_scratch (gsize m)
{
  return use_own_products () ? _anm_products_scratch (m) : 0;
}
