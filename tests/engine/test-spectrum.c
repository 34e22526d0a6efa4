/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Eigenvalues and singular values: of matrices that were put together from
 * known ones, of those that are hard for the method, and of what has none.
 */
#include "engine/error.h"
#include "engine/pool.h"
#include "engine/random.h"
#include "engine/spectrum.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gsize   n;
  double *matrix;
  double *real;      /* wanted, in the order of anm_eigenvalues() */
  double *imaginary;
} Case;

static void
case_clear (Case *self)
{
  g_free (self->matrix);
  g_free (self->real);
  g_free (self->imaginary);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static void
case_init (Case *self, gsize n)
{
  *self = (Case){ n, g_new0 (double, n * n), g_new0 (double, n), g_new0 (double, n) };
}

/* A <- (1 - 2 v v^T) A (1 - 2 v v^T): the same eigenvalues and singular values. */
static void
reflect (Case *self, guint64 stream)
{
  gsize n = self->n;
  g_autofree double *v = g_new (double, n);
  double norm = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      v[i] = anm_random_normal (7, stream, i);
      norm += v[i] * v[i];
    }
  for (gsize i = 0; i < n; i++)
    v[i] /= sqrt (norm);
  for (gsize j = 0; j < n; j++)
    {
      double dot = 0.0;

      for (gsize i = 0; i < n; i++)
        dot += v[i] * self->matrix[i * n + j];
      for (gsize i = 0; i < n; i++)
        self->matrix[i * n + j] -= 2.0 * v[i] * dot;
    }
  for (gsize i = 0; i < n; i++)
    {
      double dot = 0.0;

      for (gsize j = 0; j < n; j++)
        dot += v[j] * self->matrix[i * n + j];
      for (gsize j = 0; j < n; j++)
        self->matrix[i * n + j] -= 2.0 * v[j] * dot;
    }
}

/* Moduli fall evenly; every fourth place begins a pair; what stands above the diagonal makes it far from normal. */
static void
make_known (Case *self, gsize n)
{
  case_init (self, n);
  for (gsize i = 0; i < n; i++)
    {
      double modulus = 1.5 * (1.0 - (double) i / (double) n), angle = 0.3 + 2.5 * anm_random_uniform (3, 1, i);

      for (gsize j = i + 2; j < n; j++)
        self->matrix[i * n + j] = 0.3 * anm_random_normal (3, 2, i * n + j) / sqrt ((double) n);
      self->real[i] = self->matrix[i * n + i] = i % 3 == 0 ? -modulus : modulus;
      if (i % 4 == 0 && i + 1 < n)
        {
          self->real[i] = self->real[i + 1] = modulus * cos (angle);
          self->imaginary[i] = modulus * sin (angle);
          self->imaginary[i + 1] = -self->imaginary[i];
          self->matrix[i * n + i] = self->matrix[(i + 1) * n + i + 1] = self->real[i];
          self->matrix[i * n + i + 1] = 2.0 * self->imaginary[i];
          self->matrix[(i + 1) * n + i] = -0.5 * self->imaginary[i];
          i++;
        }
    }
  for (guint k = 0; k < 3; k++)
    reflect (self, 10 + k);
}

static void
check_eigenvalues (const Case *wanted, double tolerance)
{
  g_autofree double *real = g_new (double, wanted->n);
  g_autofree double *imaginary = g_new (double, wanted->n);
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_eigenvalues (wanted->n, wanted->matrix, real, imaginary, NULL, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < wanted->n; i++)
    {
      double away = hypot (real[i] - wanted->real[i], imaginary[i] - wanted->imaginary[i]);

      if (!(away <= tolerance))
        g_error ("size %zu, eigenvalue %zu is %.12g %+.12g i instead of %.12g %+.12g i", wanted->n, i,
                 real[i], imaginary[i], wanted->real[i], wanted->imaginary[i]);
    }
}

static void
test_known (void)
{
  const gsize sizes[] = { 1, 2, 3, 5, 16, 90, 160, 161, 200, 333 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_auto (Case) known = { 0 };

      make_known (&known, sizes[i]);
      check_eigenvalues (&known, 1e-9);
    }
}

/* Shifts don't move the circle of n: its eigenvalues are the n-th roots of 1, all of modulus 1. */
static void
test_circle (void)
{
  const gsize sizes[] = { 7, 256 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      gsize n = sizes[s];
      g_auto (Case) circle = { 0 };
      g_autofree double *real = g_new (double, n);
      g_autofree double *imaginary = g_new (double, n);

      case_init (&circle, n);
      for (gsize i = 0; i < n; i++)
        circle.matrix[i * n + (i + 1) % n] = 1.0;
      g_assert_true (anm_eigenvalues (n, circle.matrix, real, imaginary, NULL, NULL));
      for (gsize k = 0; k < n; k++)
        {
          double nearest = HUGE_VAL;

          for (gsize i = 0; i < n; i++)
            nearest = fmin (nearest, hypot (real[i] - cos (2 * G_PI * (double) k / (double) n), imaginary[i] - sin (2 * G_PI * (double) k / (double) n)));
          g_assert_cmpfloat (nearest, <, 1e-11);
        }
      g_assert_cmpfloat_with_epsilon (anm_largest_singular_value (n, n, circle.matrix, NULL), 1.0, 1e-12);
    }
}

/* Nothing, one, and a triangle whose entries differ by many orders. */
static void
test_plain (void)
{
  g_auto (Case) zero = { 0 };
  g_auto (Case) one = { 0 };
  g_auto (Case) triangle = { 0 };

  case_init (&zero, 170);
  check_eigenvalues (&zero, 0.0);
  g_assert_cmpfloat (anm_largest_singular_value (170, 170, zero.matrix, NULL), ==, 0.0);
  case_init (&one, 170);
  for (gsize i = 0; i < one.n; i++)
    one.matrix[i * one.n + i] = one.real[i] = 1.0;
  check_eigenvalues (&one, 1e-14);
  g_assert_cmpfloat_with_epsilon (anm_largest_singular_value (170, 170, one.matrix, NULL), 1.0, 1e-12);
  case_init (&triangle, 180);
  for (gsize i = 0; i < triangle.n; i++)
    {
      triangle.matrix[i * triangle.n + i] = triangle.real[i] = pow (10.0, -(double) i / 10.0);
      for (gsize j = i + 1; j < triangle.n; j++)
        triangle.matrix[i * triangle.n + j] = 1e3;
    }
  check_eigenvalues (&triangle, 1e-12);
}

/* U diag (s) V^T of two reflections, some values equal and near to each other. */
static void
check_singular (gsize n_rows, gsize n_columns, double scale, double tolerance)
{
  gsize least = MIN (n_rows, n_columns);
  g_autofree double *matrix = g_new0 (double, n_rows * n_columns);
  g_autofree double *u = g_new (double, n_rows);
  g_autofree double *v = g_new (double, n_columns);
  double u_norm = 0.0, v_norm = 0.0;

  for (gsize i = 0; i < n_rows; i++)
    {
      u[i] = anm_random_normal (5, 1, i);
      u_norm += u[i] * u[i];
    }
  for (gsize i = 0; i < n_columns; i++)
    {
      v[i] = anm_random_normal (5, 2, i);
      v_norm += v[i] * v[i];
    }
  for (gsize i = 0; i < n_rows; i++)
    for (gsize k = 0; k < least; k++)
      {
        double s = scale * (k < 2 ? 2.5 : 2.4 * (1.0 - (double) k / (double) least));
        double left = s * ((i == k) - 2.0 * u[i] * u[k] / u_norm);

        for (gsize j = 0; j < n_columns; j++)
          matrix[i * n_columns + j] += left * ((j == k) - 2.0 * v[j] * v[k] / v_norm);
      }
  g_assert_cmpfloat_with_epsilon (anm_largest_singular_value (n_rows, n_columns, matrix, NULL) / (2.5 * scale), 1.0, tolerance);
}

static void
test_singular (void)
{
  check_singular (3, 3, 1.0, 1e-12);
  check_singular (96, 80, 1.0, 1e-12);
  check_singular (97, 150, 1e-180, 1e-12);
  check_singular (150, 97, 1e180, 1e-12);
  check_singular (513, 513, 1.0, 1e-7);
  check_singular (600, 520, 1e-180, 1e-7);
  check_singular (520, 530, 1e180, 1e-7);
  g_assert_cmpfloat (anm_largest_singular_value (0, 3, NULL, NULL), ==, 0.0);
}

static void
test_not_finite (void)
{
  const double bad[] = { NAN, INFINITY, -INFINITY };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      double matrix[] = { 1, 2, 3, bad[i] }, real[2], imaginary[2];
      g_autoptr (GError) error = NULL;

      g_assert_false (anm_eigenvalues (2, matrix, real, imaginary, NULL, &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE);
      g_assert_true (isnan (anm_largest_singular_value (2, 2, matrix, NULL)));
    }
}

/* Someone who wants to stop does not wait for the whole of it. */
typedef struct
{
  const Case *known;
  int         stop;
  gboolean    done;
} Race;

static gpointer
run (gpointer data)
{
  Race *race = data;
  g_autofree double *real = g_new (double, race->known->n);
  g_autofree double *imaginary = g_new (double, race->known->n);
  g_autoptr (GError) error = NULL;

  anm_pool_enter_computing_thread ();
  race->done = anm_eigenvalues (race->known->n, race->known->matrix, real, imaginary, &race->stop, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
test_stop (void)
{
  g_auto (Case) known = { 0 };
  int stopped = 1;
  double real[4], imaginary[4], identity[] = { 1, 0, 0, 1 };

  g_assert_false (anm_eigenvalues (2, identity, real, imaginary, &stopped, NULL));

  case_init (&known, 700);
  for (gsize i = 0; i < known.n * known.n; i++)
    known.matrix[i] = anm_random_normal (9, 1, i);
  g_assert_true (isnan (anm_largest_singular_value (known.n, known.n, known.matrix, &stopped)));
  /* During the reduction and during the iterations. */
  for (guint wait = 5; wait <= 405; wait += 100)
    {
      Race race = { .known = &known };
      GThread *thread = g_thread_new ("eigenvalues", run, &race);

      g_usleep (wait * 1000);
      g_atomic_int_set (&race.stop, 1);
      g_thread_join (thread);
      if (wait == 5)
        g_assert_false (race.done);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  anm_pool_enter_computing_thread ();
  g_test_add_func ("/engine/spectrum/known", test_known);
  g_test_add_func ("/engine/spectrum/circle", test_circle);
  g_test_add_func ("/engine/spectrum/plain", test_plain);
  g_test_add_func ("/engine/spectrum/singular", test_singular);
  g_test_add_func ("/engine/spectrum/not-finite", test_not_finite);
  g_test_add_func ("/engine/spectrum/stop", test_stop);
  return g_test_run ();
}
