/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lapack.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/*
 * Eigenvalues take n^3 steps, seconds for a thousand units, and LAPACK's own
 * driver can't be stopped. So it is taken apart: the reduction to Hessenberg
 * form goes panel by panel, the QR iteration sweep by sweep, with a look at
 * @stop in between.
 *
 * K. Braman, R. Byers, R. Mathias (2002): The multishift QR algorithm. Part I
 * and II. SIAM Journal on Matrix Analysis and Applications 23.
 */

/* A piece of work between two looks at @stop: some ten milliseconds for a matrix of USUAL_SIZE; of larger
 * ones the pieces are smaller. */
#define USUAL_SIZE 1024
#define PANEL 32
#define SHIFTS 32
#define WINDOW 96
#define PRODUCT_FLOPS 2e8

/* Active blocks up to here are left to the plain double-shift iteration, and whole matrices up to
 * the second number to LAPACK's driver. */
#define SMALL_BLOCK 75
#define SMALL_MATRIX 160

/* Sweeps without a deflation: then shifts that aren't eigenvalues of a corner, then the driver. */
#define PATIENCE 6
#define GIVE_UP 30

/* Debian's OpenBLAS has LAPACK within, but no header of it. */
void dgebal_ (const char *job, const blasint *n, double *a, const blasint *lda, blasint *ilo, blasint *ihi, double *scale,
              blasint *info, gsize job_length);
void dgehrd_ (const blasint *n, const blasint *ilo, const blasint *ihi, double *a, const blasint *lda, double *tau,
              double *work, const blasint *lwork, blasint *info);
void dlahr2_ (const blasint *n, const blasint *k, const blasint *nb, double *a, const blasint *lda, double *tau,
              double *t, const blasint *ldt, double *y, const blasint *ldy);
void dlarfb_ (const char *side, const char *trans, const char *direct, const char *storev, const blasint *m, const blasint *n,
              const blasint *k, const double *v, const blasint *ldv, const double *t, const blasint *ldt, double *c,
              const blasint *ldc, double *work, const blasint *ldwork, gsize, gsize, gsize, gsize);
void dhseqr_ (const char *job, const char *compz, const blasint *n, const blasint *ilo, const blasint *ihi, double *h,
              const blasint *ldh, double *wr, double *wi, double *z, const blasint *ldz, double *work, const blasint *lwork,
              blasint *info, gsize, gsize);
void dlahqr_ (const blasint *wantt, const blasint *wantz, const blasint *n, const blasint *ilo, const blasint *ihi, double *h,
              const blasint *ldh, double *wr, double *wi, const blasint *iloz, const blasint *ihiz, double *z, const blasint *ldz,
              blasint *info);
void dlaqr3_ (const blasint *wantt, const blasint *wantz, const blasint *n, const blasint *ktop, const blasint *kbot, const blasint *nw,
              double *h, const blasint *ldh, const blasint *iloz, const blasint *ihiz, double *z, const blasint *ldz, blasint *ns,
              blasint *nd, double *sr, double *si, double *v, const blasint *ldv, const blasint *nh, double *t, const blasint *ldt,
              const blasint *nv, double *wv, const blasint *ldwv, double *work, const blasint *lwork);
void dlaqr5_ (const blasint *wantt, const blasint *wantz, const blasint *kacc22, const blasint *n, const blasint *ktop,
              const blasint *kbot, const blasint *nshfts, double *sr, double *si, double *h, const blasint *ldh, const blasint *iloz,
              const blasint *ihiz, double *z, const blasint *ldz, double *v, const blasint *ldv, double *u, const blasint *ldu,
              const blasint *nv, double *wv, const blasint *ldwv, const blasint *nh, double *wh, const blasint *ldwh);
void dgesdd_ (const char *jobz, const blasint *m, const blasint *n, double *a, const blasint *lda, double *s, double *u,
              const blasint *ldu, double *vt, const blasint *ldvt, double *work, const blasint *lwork, blasint *iwork,
              blasint *info, gsize);
void dsyevd_ (const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w, double *work,
              const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, gsize, gsize);

static gboolean
is_stopped (const int *stop)
{
  return stop != NULL && g_atomic_int_get (stop) != 0;
}

/* Products */

static gsize
get_piece (gsize n, gsize k)
{
  return (gsize) CLAMP (PRODUCT_FLOPS / (2.0 * (double) n * (double) k), 8.0, 65536.0);
}

gboolean
_anm_lapack_multiply (gsize m, gsize n, gsize k, const double *a, gboolean transposed, const double *b, gboolean accumulate,
                      double *c, const int *stop)
{
  gsize rows = get_piece (n, k);

  for (gsize i = 0; i < m; i += rows)
    {
      if (is_stopped (stop))
        return FALSE;
      cblas_dgemm (CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, (blasint) MIN (rows, m - i), (blasint) n, (blasint) k,
                   1.0, transposed ? a + i : a + i * k, (blasint) (transposed ? m : k), b, (blasint) n,
                   accumulate ? 1.0 : 0.0, c + i * n, (blasint) n);
    }
  return TRUE;
}

gboolean
_anm_lapack_multiply_block (gsize m, gsize n, gsize k, const double *a, gsize a_stride, const double *b, gsize b_stride,
                            double *c, gsize c_stride, const int *stop)
{
  gsize rows = get_piece (n, k);

  for (gsize i = 0; i < m; i += rows)
    {
      if (is_stopped (stop))
        return FALSE;
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) MIN (rows, m - i), (blasint) n, (blasint) k,
                   1.0, a + i * a_stride, (blasint) a_stride, b, (blasint) b_stride, 1.0, c + i * c_stride, (blasint) c_stride);
    }
  return TRUE;
}

void
_anm_lapack_apply (gsize n_rows, gsize n_columns, const double *a, gboolean transposed, const double *x, double *y)
{
  cblas_dgemv (CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, (blasint) n_rows, (blasint) n_columns,
               1.0, a, (blasint) n_columns, x, 1, 0.0, y, 1);
}

/* Eigenvalues. Column-major from here on: of a transpose they are the same. */

typedef struct
{
  blasint    n;
  blasint    stride;      /* of columns */
  double    *a;           /* [n][n] column-major */
  double    *real;
  double    *imaginary;
  const int *stop;
  double    *tau;         /* [n] */
  double    *t;           /* [WINDOW][WINDOW] */
  double    *v;           /* [WINDOW][WINDOW] */
  double    *u;           /* [3 SHIFTS][3 SHIFTS] */
  double    *wide;        /* [n][WINDOW] */
  double    *high;        /* [n][WINDOW] */
  double    *work;        /* [work_size] */
  blasint    work_size;
} Eigen;

static void
eigen_init (Eigen *self, gsize n, double *matrix, double *real, double *imaginary, const int *stop)
{
  *self = (Eigen){ (blasint) n, (blasint) n, matrix, real, imaginary, stop };
  self->tau = g_new (double, n);
  self->t = g_new0 (double, WINDOW * WINDOW);
  self->v = g_new (double, WINDOW * WINDOW);
  self->u = g_new (double, 9 * SHIFTS * SHIFTS);
  self->wide = g_new (double, n * WINDOW);
  self->high = g_new (double, n * WINDOW);
  self->work_size = (blasint) (64 * n + 8192);
  self->work = g_new (double, (gsize) self->work_size);
}

static void
eigen_clear (Eigen *self)
{
  g_free (self->tau);
  g_free (self->t);
  g_free (self->v);
  g_free (self->u);
  g_free (self->wide);
  g_free (self->high);
  g_free (self->work);
}

/* A piece's width, a multiple of 2. */
static blasint
get_width (blasint size, blasint usual)
{
  double share = (double) USUAL_SIZE / (double) size;

  return (blasint) CLAMP (share * share * (double) usual, 4.0, (double) usual) / 2 * 2;
}

/* Element in row @i, column @j, both from 0. */
static double *
at (const Eigen *self, blasint i, blasint j)
{
  return self->a + i + (gsize) j * (gsize) self->stride;
}

/* Reduces columns @first .. @first + @width - 1; everything right of them follows. */
static void
reduce_panel (Eigen *self, blasint first, blasint width)
{
  const blasint n = self->n, k = first + 1, right = n - first - width, below = n - first - 1;
  double *y = self->wide, *corner = at (self, first + width, first + width - 1), kept;

  dlahr2_ (&n, &k, &width, at (self, 0, first), &self->stride, self->tau + first, self->t, &width, y, &n);
  kept = *corner;
  *corner = 1.0;
  cblas_dgemm (CblasColMajor, CblasNoTrans, CblasTrans, n, right, width, -1.0, y, n, at (self, first + width, first), self->stride,
               1.0, at (self, 0, first + width), self->stride);
  *corner = kept;

  cblas_dtrmm (CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasUnit, first + 1, width - 1, 1.0, at (self, first + 1, first), self->stride, y, n);
  for (blasint j = 0; j < width - 1; j++)
    cblas_daxpy (first + 1, -1.0, y + (gsize) j * (gsize) n, 1, at (self, 0, first + j + 1), 1);
  dlarfb_ ("L", "T", "F", "C", &below, &right, &width, at (self, first + 1, first), &self->stride, self->t, &width,
           at (self, first + 1, first + width), &self->stride, self->high, &n, 1, 1, 1, 1);
}

static gboolean
reduce_to_hessenberg (Eigen *self)
{
  const blasint n = self->n, width = get_width (n, PANEL);
  blasint first = 0, ilo, info;

  for (; first + 4 * PANEL < n; first += width)
    {
      if (is_stopped (self->stop))
        return FALSE;
      reduce_panel (self, first, width);
    }
  ilo = first + 1;
  dgehrd_ (&n, &ilo, &n, self->a, &self->stride, self->tau, self->work, &self->work_size, &info);
  for (blasint j = 0; j < n; j++)
    for (blasint i = j + 2; i < n; i++)
      *at (self, i, j) = 0.0;
  return TRUE;
}

/* All eigenvalues of the active block from row @top to @bottom, however long it takes. */
static gboolean
finish_block (Eigen *self, blasint top, blasint bottom)
{
  const blasint no = 0, one = 1, size = bottom - top + 1;
  double z;
  blasint info;

  if (size <= SMALL_BLOCK)
    dlahqr_ (&no, &no, &size, &one, &size, at (self, top, top), &self->stride, self->real + top, self->imaginary + top, &one, &one, &z, &one, &info);
  else
    dhseqr_ ("E", "N", &size, &one, &size, at (self, top, top), &self->stride, self->real + top, self->imaginary + top, &z, &one,
             self->work, &self->work_size, &info, 1, 1);
  return info == 0;
}

/* Where the block that ends at @bottom begins: below the last subdiagonal element that is nothing beside its neighbours. */
static blasint
find_top (Eigen *self, blasint bottom)
{
  for (blasint k = bottom; k > 0; k--)
    {
      double beside = fabs (*at (self, k, k)) + fabs (*at (self, k - 1, k - 1));

      if (fabs (*at (self, k, k - 1)) <= MAX (G_MINDOUBLE / DBL_EPSILON, DBL_EPSILON * beside))
        {
          *at (self, k, k - 1) = 0.0;
          return k;
        }
    }
  return 0;
}

/* An even number of shifts at the end of @n candidates; returns where they begin. A pair must stay together, so
 * a real one is dropped. */
static blasint
make_even (double *real, double *imaginary, blasint n)
{
  blasint dropped = 0;

  if (n % 2 == 0)
    return 0;
  while (dropped < n - 1 && imaginary[dropped] != 0.0)
    dropped++;
  memmove (real + 1, real, (gsize) dropped * sizeof *real);
  memmove (imaginary + 1, imaginary, (gsize) dropped * sizeof *imaginary);
  return 1;
}

/* What breaks the circle of a matrix that shifts don't move. */
static void
invent_shifts (const Eigen *self, blasint bottom, blasint n, double *real, double *imaginary)
{
  for (blasint i = 0; i + 1 < n; i += 2)
    {
      double size = fabs (*at (self, bottom - i, bottom - i - 1)) + fabs (*at (self, bottom - i - 1, bottom - i - 2));

      real[i] = real[i + 1] = 0.75 * size + *at (self, bottom - i, bottom - i);
      imaginary[i] = 0.66 * size;
      imaginary[i + 1] = -imaginary[i];
    }
}

/* Sweeps the shifts through the block, some at a time. */
static gboolean
sweep (Eigen *self, blasint top, blasint bottom, double *real, double *imaginary, blasint n_shifts)
{
  const blasint no = 0, one = 1, two = 2, three = 3, n = self->n, high_rows = 3 * SHIFTS, u_rows = 3 * SHIFTS;
  blasint first = make_even (real, imaginary, n_shifts);
  double z;

  for (blasint count; first < n_shifts; first += count)
    {
      /* Not between the two of a pair. */
      count = MIN (get_width (bottom - top + 1, SHIFTS), n_shifts - first);
      if (first + count < n_shifts)
        {
          blasint of_pairs = 0;

          for (blasint i = first; i < first + count; i++)
            of_pairs += imaginary[i] != 0.0;
          if (of_pairs % 2 != 0)
            count -= 2;
        }
      if (is_stopped (self->stop))
        return FALSE;
      {
        const blasint ktop = top + 1, kbot = bottom + 1;

        dlaqr5_ (&no, &no, &two, &n, &ktop, &kbot, &count, real + first, imaginary + first, self->a, &self->stride, &one, &one, &z, &one,
                 self->v, &three, self->u, &u_rows, &n, self->wide, &n, &n, self->high, &high_rows);
      }
    }
  return TRUE;
}

/* Eigenvalues of a Hessenberg matrix, from the bottom up. */
static AnmLapackResult
iterate (Eigen *self)
{
  const blasint no = 0, one = 1, n = self->n, window_rows = WINDOW;
  blasint bottom = n - 1, idle = 0;
  double z;

  while (bottom >= 0)
    {
      blasint top = find_top (self, bottom), size = bottom - top + 1;
      blasint ktop = top + 1, kbot = bottom + 1, width = MIN (WINDOW, size / 3), n_shifts, n_deflated;
      double *real, *imaginary;

      if (is_stopped (self->stop))
        return ANM_LAPACK_STOPPED;
      if (size <= SMALL_BLOCK || idle > GIVE_UP)
        {
          if (!finish_block (self, top, bottom))
            return ANM_LAPACK_NOT_CONVERGED;
          bottom = top - 1;
          idle = 0;
          continue;
        }

      dlaqr3_ (&no, &no, &n, &ktop, &kbot, &width, self->a, &self->stride, &one, &one, &z, &one, &n_shifts, &n_deflated,
               self->real, self->imaginary, self->v, &window_rows, &window_rows, self->t, &window_rows, &n, self->wide, &n,
               self->work, &self->work_size);
      bottom -= n_deflated;
      idle = n_deflated > 0 ? 0 : idle + 1;
      if (bottom - top < SMALL_BLOCK || 7 * n_deflated > width)
        continue;

      n_shifts = MIN (n_shifts, bottom - top);
      real = self->real + bottom - n_shifts + 1;
      imaginary = self->imaginary + bottom - n_shifts + 1;
      if (n_shifts < 2 || idle % PATIENCE == PATIENCE - 1)
        {
          n_shifts = MIN (SHIFTS, (bottom - top) / 2 * 2);
          real = self->real + bottom - n_shifts + 1;
          imaginary = self->imaginary + bottom - n_shifts + 1;
          invent_shifts (self, bottom, n_shifts, real, imaginary);
        }
      if (!sweep (self, top, bottom, real, imaginary, n_shifts))
        return ANM_LAPACK_STOPPED;
    }
  return ANM_LAPACK_DONE;
}

/* Scales rows and columns to like size, so that small eigenvalues aren't lost beside large entries; and takes out
 * what a mere change of places makes triangular, whose eigenvalues stand on the diagonal. */
static void
balance (Eigen *self)
{
  blasint first, last, info;

  dgebal_ ("B", &self->n, self->a, &self->n, &first, &last, self->tau, &info, 1);
  for (blasint i = 0; i < self->n; i++)
    {
      self->real[i] = *at (self, i, i);
      self->imaginary[i] = 0.0;
    }
  self->a = at (self, first - 1, first - 1);
  self->real += first - 1;
  self->imaginary += first - 1;
  self->n = last - first + 1;
}

/**
 * _anm_lapack_eigenvalues:
 * @matrix: [n][n], finite; destroyed
 * @real, @imaginary: (out): [n], in no order but that the two of a pair stand together
 * @stop: (nullable): looked at every few ten milliseconds
 *
 * Eigenvalues of a general real matrix: balanced, reduced to Hessenberg form,
 * then multishift QR iterations with aggressive early deflation.
 */
AnmLapackResult
_anm_lapack_eigenvalues (gsize n, double *matrix, double *real, double *imaginary, const int *stop)
{
  Eigen self;
  AnmLapackResult result = ANM_LAPACK_STOPPED;

  if (n == 0)
    return ANM_LAPACK_DONE;
  if (is_stopped (stop))
    return ANM_LAPACK_STOPPED;
  eigen_init (&self, n, matrix, real, imaginary, stop);
  balance (&self);
  if (reduce_to_hessenberg (&self))
    {
      if (self.n > SMALL_MATRIX)
        result = iterate (&self);
      else
        result = finish_block (&self, 0, self.n - 1) ? ANM_LAPACK_DONE : ANM_LAPACK_NOT_CONVERGED;
    }
  eigen_clear (&self);
  return result;
}

/* Other decompositions */

AnmLapackResult
_anm_lapack_singular_values (gsize n_rows, gsize n_columns, double *matrix, double *values)
{
  /* Row-major is the transpose, and that has the same. */
  const blasint m = (blasint) n_columns, n = (blasint) n_rows, one = 1;
  const gsize least = MIN (n_rows, n_columns);
  const blasint work_size = (blasint) (MAX (n_rows, n_columns) * 64 + 8 * least + 8192);
  g_autofree double *work = g_new (double, (gsize) work_size);
  g_autofree blasint *integers = g_new (blasint, 8 * MAX (least, 1));
  double none;
  blasint info;

  if (least == 0)
    return ANM_LAPACK_DONE;
  dgesdd_ ("N", &m, &n, matrix, &m, values, &none, &one, &none, &one, work, &work_size, integers, &info, 1);
  return info == 0 ? ANM_LAPACK_DONE : ANM_LAPACK_NOT_CONVERGED;
}

AnmLapackResult
_anm_lapack_symmetric (gsize n, double *matrix, double *values)
{
  const blasint size = (blasint) n, work_size = (blasint) (1 + 6 * n + 2 * n * n), integer_size = (blasint) (3 + 5 * n);
  g_autofree double *work = g_new (double, (gsize) work_size);
  g_autofree blasint *integers = g_new (blasint, (gsize) integer_size);
  blasint info;

  if (n == 0)
    return ANM_LAPACK_DONE;
  dsyevd_ ("V", "U", &size, matrix, &size, values, work, &work_size, integers, &integer_size, &info, 1, 1);
  return info == 0 ? ANM_LAPACK_DONE : ANM_LAPACK_NOT_CONVERGED;
}
