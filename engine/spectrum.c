/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/spectrum.h"

#include "engine/error.h"
#include "engine/lapack.h"
#include "engine/random.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Up to here all singular values are taken at once: where many lie near the largest, as those of an orthogonal matrix do,
 * iterations would take longer. */
#define SMALL 512

/* Both relative to the largest eigenvalue of A^T A: how far from it the value can be at most, and by how much it still
 * grew in the last round of iterations. */
#define MAX_ITERATIONS 300
#define TOLERANCE 1e-6
#define SETTLED 1e-9
#define ROUND 8

/* With a guess to begin with: sizes up to which all at once takes no longer, how much of the beginning is chance, so that
 * what has become the largest meanwhile is found too, and when to give up for a matrix up to SMALL. */
#define TINY 96
#define CHANCE 0.1
#define PATIENCE 64
#define SHORT_ROUND 4

static gboolean
is_finite (gsize n, const double *values)
{
  /* NaN and infinity stay in any sum of them times 0. */
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += values[i] * 0.0;
  return sum == 0.0;
}

typedef struct
{
  double real;
  double imaginary;
} Eigenvalue;

static int
compare_eigenvalues (const void *a, const void *b)
{
  const Eigenvalue *first = a, *second = b;
  double one = hypot (first->real, first->imaginary), other = hypot (second->real, second->imaginary);

  if (one != other)
    return one > other ? -1 : 1;
  if (first->real != second->real)
    return first->real > second->real ? -1 : 1;
  return (first->imaginary < second->imaginary) - (first->imaginary > second->imaginary);
}

static void
sort (gsize n, double *real, double *imaginary)
{
  g_autofree Eigenvalue *values = g_new (Eigenvalue, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (Eigenvalue){ real[i], imaginary[i] };
  qsort (values, n, sizeof *values, compare_eigenvalues);
  for (gsize i = 0; i < n; i++)
    {
      real[i] = values[i].real;
      imaginary[i] = values[i].imaginary;
    }
}

gboolean
anm_eigenvalues (gsize n, const double *matrix, double *real, double *imaginary, const int *stop, GError **error)
{
  g_autofree double *copy = NULL;

  if (!is_finite (n * n, matrix))
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE,
                   _("The matrix has entries that aren't numbers (NaN or infinity), so it has no eigenvalues; look at an earlier epoch."));
      return FALSE;
    }
  copy = g_memdup2 (matrix, n * n * sizeof *matrix);
  switch (_anm_lapack_eigenvalues (n, copy, real, imaginary, stop))
    {
    case ANM_LAPACK_STOPPED:
      return FALSE;
    case ANM_LAPACK_NOT_CONVERGED:
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE,
                   _("The search for the eigenvalues of a matrix of size %zu did not converge."), n);
      return FALSE;
    case ANM_LAPACK_DONE:
    default:
      sort (n, real, imaginary);
      return TRUE;
    }
}

static double
get_norm (gsize n, const double *x)
{
  double largest = 0.0, sum = 0.0;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs (x[i]));
  for (gsize i = 0; i < n && largest > 0.0; i++)
    sum += x[i] / largest * (x[i] / largest);
  return largest * sqrt (sum);
}

/* All at once, exactly. */
static double
take_largest (gsize n_rows, gsize n_columns, const double *matrix)
{
  g_autofree double *copy = g_memdup2 (matrix, n_rows * n_columns * sizeof *matrix);
  g_autofree double *values = g_new (double, MIN (n_rows, n_columns));

  return _anm_lapack_singular_values (n_rows, n_columns, copy, values) == ANM_LAPACK_DONE ? values[0] : (double) NAN;
}

/**
 * Lanczos:
 * @n: size of the square that the values are of: columns of A for A^T A, rows for A A^T
 * @left: A A^T
 * @basis: [limit + 1][n] orthonormal
 * @diagonal, @beside: the tridiagonal matrix that the square is in it
 * @ritz: [limit] its eigenvector of the largest eigenvalue
 * @round: iterations from one look at the value to the next
 * @settled: whether the iterations came to an end of their own
 */
typedef struct
{
  gsize    n;
  gboolean left;
  gboolean settled;
  guint    limit;
  guint    round;
  guint    n_iterations;
  double  *basis;
  double  *diagonal;
  double  *beside;
  double  *ritz;
} Lanczos;

static void
lanczos_init (Lanczos *self, gsize n, gboolean left, guint limit, guint round)
{
  *self = (Lanczos){ .n = n, .left = left, .limit = limit, .round = round };
  self->basis = g_new0 (double, (limit + 1) * n);
  self->diagonal = g_new0 (double, limit);
  self->beside = g_new0 (double, limit);
  self->ritz = g_new0 (double, limit);
}

static void
lanczos_clear (Lanczos *self)
{
  g_free (self->basis);
  g_free (self->diagonal);
  g_free (self->beside);
  g_free (self->ritz);
}

static void
normalise (gsize n, double *x)
{
  double norm = get_norm (n, x);

  for (gsize i = 0; i < n && norm > 0.0; i++)
    x[i] /= norm;
}

/* Takes what the basis holds already out of @x, twice: once leaves rounding behind. */
static void
orthogonalise (const Lanczos *self, double *x, double *scratch)
{
  gsize n_rows = self->n_iterations + 1;

  for (guint i = 0; i < 2; i++)
    {
      _anm_lapack_apply (n_rows, self->n, self->basis, FALSE, x, scratch);
      _anm_lapack_multiply (1, self->n, n_rows, scratch, FALSE, self->basis, FALSE, scratch + n_rows, NULL);
      for (gsize k = 0; k < self->n; k++)
        x[k] -= scratch[n_rows + k];
    }
}

/* The largest eigenvalue of the tridiagonal matrix; @residual: how far it can be from one of the square. */
static double
solve (const Lanczos *self, double *residual)
{
  gsize m = self->n_iterations;
  g_autofree double *matrix = g_new0 (double, m * m);
  g_autofree double *values = g_new (double, m);

  for (gsize i = 0; i < m; i++)
    {
      matrix[i * m + i] = self->diagonal[i];
      if (i + 1 < m)
        matrix[i * m + i + 1] = matrix[(i + 1) * m + i] = self->beside[i];
    }
  _anm_lapack_symmetric (m, matrix, values);
  *residual = self->beside[m - 1] * fabs (matrix[m * m - 1]);
  memcpy (self->ritz, matrix + (m - 1) * m, m * sizeof *matrix);
  return values[m - 1];
}

/* The largest eigenvalue of the square. */
static double
iterate (Lanczos *self, gsize n_rows, gsize n_columns, const double *matrix, const int *stop)
{
  gsize n_image = self->left ? n_columns : n_rows;
  g_autofree double *image = g_new (double, n_image);
  g_autofree double *scratch = g_new (double, self->n + self->limit + 1);
  gsize limit = MIN (MIN (n_rows, n_columns), self->limit);
  double before = 0.0, value = 0.0, residual;

  while (self->n_iterations < limit)
    {
      gsize k = self->n_iterations;
      const double *x = self->basis + k * self->n;
      double *next = self->basis + (k + 1) * self->n;
      gboolean exhausted;

      if (stop != NULL && g_atomic_int_get (stop) != 0)
        return NAN;
      _anm_lapack_apply (n_rows, n_columns, matrix, self->left, x, image);
      _anm_lapack_apply (n_rows, n_columns, matrix, !self->left, image, next);
      self->diagonal[k] = 0.0;
      for (gsize i = 0; i < n_image; i++)
        self->diagonal[k] += image[i] * image[i];
      orthogonalise (self, next, scratch);
      self->beside[k] = get_norm (self->n, next);
      self->n_iterations++;

      exhausted = !(self->beside[k] > 1e-14 * self->diagonal[0]) || self->n_iterations == MIN (n_rows, n_columns);
      if (exhausted || self->n_iterations == limit || self->n_iterations % self->round == 0)
        {
          before = value;
          value = solve (self, &residual);
          self->settled = exhausted || residual <= TOLERANCE * value || value - before <= SETTLED * value;
          if (self->settled)
            break;
        }
      for (gsize i = 0; i < self->n; i++)
        next[i] /= self->beside[k];
    }
  return value;
}

/* Squares must not leave the range of numbers: the matrix divided by its largest number, or NULL where it can stay as it is. 0: all
 * are 0. */
static double *
scale (gsize n, const double *matrix, double *largest)
{
  double *scaled;

  *largest = 0.0;
  for (gsize i = 0; i < n; i++)
    *largest = fmax (*largest, fabs (matrix[i]));
  if (*largest <= 1e100 && *largest >= 1e-100)
    return NULL;
  scaled = g_new (double, n);
  for (gsize i = 0; i < n && *largest > 0.0; i++)
    scaled[i] = matrix[i] / *largest;
  return scaled;
}

double
anm_largest_singular_value (gsize n_rows, gsize n_columns, const double *matrix, const int *stop)
{
  g_autofree double *scaled = NULL;
  double largest, value;
  Lanczos lanczos;

  if (n_rows == 0 || n_columns == 0)
    return 0.0;
  if (!is_finite (n_rows * n_columns, matrix))
    return NAN;
  if (MIN (n_rows, n_columns) <= SMALL)
    return take_largest (n_rows, n_columns, matrix);

  scaled = scale (n_rows * n_columns, matrix, &largest);
  if (!(largest > 0.0))
    return 0.0;
  if (scaled != NULL)
    return largest * anm_largest_singular_value (n_rows, n_columns, scaled, stop);

  lanczos_init (&lanczos, n_columns, FALSE, MAX_ITERATIONS, ROUND);
  for (gsize i = 0; i < n_columns; i++)
    lanczos.basis[i] = anm_random_normal (1, 1, i);
  normalise (n_columns, lanczos.basis);
  value = iterate (&lanczos, n_rows, n_columns, matrix, stop);
  lanczos_clear (&lanczos);
  return sqrt (value);
}

double
anm_largest_singular_value_near (gsize n_rows, gsize n_columns, const double *matrix, double *direction, const int *stop)
{
  g_autofree double *scaled = NULL;
  double largest, value;
  Lanczos lanczos;

  if (MIN (n_rows, n_columns) <= TINY || !is_finite (n_rows * n_columns, matrix))
    return anm_largest_singular_value (n_rows, n_columns, matrix, stop);
  scaled = scale (n_rows * n_columns, matrix, &largest);
  if (!(largest > 0.0))
    return 0.0;
  if (scaled != NULL)
    return largest * anm_largest_singular_value_near (n_rows, n_columns, scaled, direction, stop);

  lanczos_init (&lanczos, n_rows, TRUE, MIN (n_rows, n_columns) <= SMALL ? PATIENCE : MAX_ITERATIONS, SHORT_ROUND);
  for (gsize i = 0; i < n_rows; i++)
    lanczos.basis[i] = anm_random_normal (1, 1, i);
  normalise (n_rows, lanczos.basis);
  for (gsize i = 0; i < n_rows; i++)
    lanczos.basis[i] = direction[i] + CHANCE * lanczos.basis[i];
  normalise (n_rows, lanczos.basis);
  value = iterate (&lanczos, n_rows, n_columns, matrix, stop);
  memset (direction, 0, n_rows * sizeof *direction);
  if (isfinite (value))
    for (guint k = 0; k < lanczos.n_iterations; k++)
      for (gsize i = 0; i < n_rows; i++)
        direction[i] += lanczos.ritz[k] * lanczos.basis[(gsize) k * n_rows + i];
  if (isfinite (value) && !lanczos.settled && MIN (n_rows, n_columns) <= SMALL)
    value = pow (take_largest (n_rows, n_columns, matrix), 2);
  lanczos_clear (&lanczos);
  return sqrt (value);
}
