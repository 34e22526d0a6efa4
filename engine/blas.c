/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blas.h"

#include <cblas.h>

#ifdef ANM_REAL_IS_DOUBLE
#define gemm cblas_dgemm
#else
#define gemm cblas_sgemm
#endif

void
_anm_multiply (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *b, gsize b_stride,
               gboolean accumulate, anm_real *c, gsize c_stride)
{
  if (m == 0 || n == 0)
    return;
  gemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k,
        1, a, (blasint) a_stride, b, (blasint) b_stride, accumulate ? 1 : 0, c, (blasint) c_stride);
}

void
_anm_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *b, gsize b_stride,
                          anm_real *c, gsize c_stride)
{
  if (m == 0 || n == 0 || k == 0)
    return;
  gemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k,
        1, a, (blasint) a_stride, b, (blasint) b_stride, 1, c, (blasint) c_stride);
}
