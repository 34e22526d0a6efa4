/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products and bent functions against plain loops and libm, at every kind of edge. */
#include "engine/blas.h"
#include "engine/instructions.h"
#include "engine/kernels.h"
#include "engine/random.h"

#include <math.h>

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-14
#else
#define TOLERANCE 5e-7
#endif

#define UNTOUCHED ((anm_real) -77)

static anm_real *
draw (gsize n, guint64 stream)
{
  anm_real *numbers = g_new (anm_real, n + 1);

  for (gsize i = 0; i < n; i++)
    numbers[i] = (anm_real) anm_random_normal (5, stream, i);
  return numbers;
}

/* Element (i, j) of A B in double precision, and a bound of what rounding may do to it. */
static double
get_product (const anm_real *a, gsize a_row, gsize a_step, const anm_real *b, gsize b_stride, gsize k, double *bound)
{
  double sum = 0.0;

  *bound = 1.0;
  for (gsize i = 0; i < k; i++)
    {
      double term = (double) a[a_row + i * a_step] * (double) b[i * b_stride];

      sum += term;
      *bound += fabs (term);
    }
  return sum;
}

static void
check_multiply (gsize m, gsize n, gsize k, gboolean accumulate, gboolean transposed)
{
  gsize a_stride = k + 3, b_stride = transposed ? k + 1 : n + 2, c_stride = n + 5;
  g_autofree anm_real *a = draw (m * a_stride, 1), *b = draw ((n + 1) * (k + 1) * 2, 2);
  g_autofree anm_real *panels = g_new (anm_real, _anm_panels_size (n, k) + 1);
  g_autofree anm_real *c = g_new (anm_real, m * c_stride);

  for (gsize i = 0; i < m * c_stride; i++)
    c[i] = i % c_stride < n ? (anm_real) (i % 7) : UNTOUCHED;
  if (transposed)
    _anm_panels_fill_transposed (n, k, b, b_stride, panels);
  else
    _anm_panels_fill (n, k, b, b_stride, panels);
  _anm_multiply_panels (m, n, k, a, a_stride, panels, accumulate, c, c_stride);
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < c_stride; j++)
      {
        double bound, expected;

        if (j >= n)
          {
            g_assert_cmpfloat (c[i * c_stride + j], ==, UNTOUCHED);
            continue;
          }
        expected = transposed ? get_product (a, i * a_stride, 1, b + j * b_stride, 1, k, &bound)
                              : get_product (a, i * a_stride, 1, b + j, b_stride, k, &bound);
        if (accumulate)
          expected += (double) ((i * c_stride + j) % 7);
        g_assert_cmpfloat_with_epsilon ((double) c[i * c_stride + j], expected, TOLERANCE * (bound + 7));
      }
}

static void
test_multiply (void)
{
  const gsize rows[] = { 0, 1, 2, 5, 6, 7, 11, 13, 32 };
  const gsize columns[] = { 1, 7, 8, 15, 16, 17, 33 };
  const gsize depths[] = { 1, 2, 41, 300 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (columns); j++)
      for (gsize k = 0; k < G_N_ELEMENTS (depths); k++)
        for (guint variant = 0; variant < 4; variant++)
          check_multiply (rows[i], columns[j], depths[k], variant & 1, variant & 2);
}

static void
check_multiply_transposed (gsize m, gsize n, gsize k)
{
  gsize a_stride = m + 3, b_stride = n + 2, c_stride = n + 1;
  g_autofree anm_real *a = draw (k * a_stride, 3), *b = draw (k * b_stride, 4);
  g_autofree anm_real *c = g_new (anm_real, m * c_stride);
  g_autofree anm_real *scratch = g_new (anm_real, _anm_multiply_transposed_scratch (m));

  for (gsize i = 0; i < m * c_stride; i++)
    c[i] = i % c_stride < n ? (anm_real) (i % 5) : UNTOUCHED;
  _anm_multiply_transposed (m, n, k, a, a_stride, b, b_stride, c, c_stride, scratch);
  for (gsize i = 0; i < m; i++)
    {
      for (gsize j = 0; j < n; j++)
        {
          double bound, expected = get_product (a, i, a_stride, b + j, b_stride, k, &bound);

          expected += (double) ((i * c_stride + j) % 5);
          g_assert_cmpfloat_with_epsilon ((double) c[i * c_stride + j], expected, TOLERANCE * (bound + 5));
        }
      g_assert_cmpfloat (c[i * c_stride + n], ==, UNTOUCHED);
    }
}

static void
test_multiply_transposed (void)
{
  const gsize rows[] = { 1, 5, 6, 7, 12, 23 };
  const gsize columns[] = { 1, 9, 16, 17, 40 };
  const gsize depths[] = { 1, 31, 255, 256, 257, 700 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (columns); j++)
      for (gsize k = 0; k < G_N_ELEMENTS (depths); k++)
        check_multiply_transposed (rows[i], columns[j], depths[k]);
  /* So many rows are packed, some of the depth at a time. */
  check_multiply_transposed (300, 70, 1000);
  check_multiply_transposed (2500, 17, 130);
}

#ifndef ANM_REAL_IS_DOUBLE

/* However a batch is cut, a row's product has the same bits. */
static void
test_rows_alone (void)
{
  const gsize n = 37, k = 53, n_rows = 20;
  g_autofree anm_real *a = draw (n_rows * k, 1), *b = draw (n * k, 2);
  g_autofree anm_real *panels = g_new (anm_real, _anm_panels_size (n, k));
  g_autofree anm_real *together = g_new (anm_real, n_rows * n), *alone = g_new (anm_real, n);

  _anm_panels_fill (n, k, b, n, panels);
  for (gsize m = 1; m <= n_rows; m++)
    {
      _anm_multiply_panels (m, n, k, a, k, panels, FALSE, together, n);
      for (gsize i = 0; i < m; i++)
        {
          _anm_multiply_panels (1, n, k, a + i * k, k, panels, FALSE, alone, n);
          g_assert_cmpmem (together + i * n, n * sizeof *alone, alone, n * sizeof *alone);
        }
    }
}

/* Weights beyond the second cache are read from either end. */
static void
test_rows_of_steps (void)
{
  const gsize m = 3, n = 777, k = 401;
  g_autofree anm_real *a = draw (m * k, 1), *b = draw (k * n, 2);
  g_autofree anm_real *panels = g_new (anm_real, _anm_panels_size (n, k));
  g_autofree anm_real *c = draw (m * n, 3), *expected = g_memdup2 (c, m * n * sizeof *c);

  _anm_panels_fill (n, k, b, n, panels);
  _anm_multiply_panels (m, n, k, a, k, panels, TRUE, expected, n);
  for (guint step = 0; step < 2; step++)
    {
      g_autofree anm_real *of_step = g_memdup2 (c, m * n * sizeof *c);

      _anm_multiply_panels_at (step, m, n, k, a, k, panels, TRUE, of_step, n);
      g_assert_cmpmem (of_step, m * n * sizeof *c, expected, m * n * sizeof *c);
    }
}

#endif

static double
libm_sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static void
check_function (AnmActivation activation, double (*expected) (double), double from, double to)
{
  const gsize n = 1003;
  g_autofree anm_real *x = g_new (anm_real, n), *y = g_new (anm_real, n);

  for (gsize i = 0; i < n; i++)
    x[i] = y[i] = (anm_real) (from + (to - from) * (double) i / (double) (n - 1));
  _anm_activate (activation, n, y);
  for (gsize i = 0; i < n; i++)
    {
      double right = expected ((double) x[i]);

      if (!(fabs ((double) y[i] - right) <= TOLERANCE * fabs (right)))
        g_error ("activation %d of %g is %.9g instead of %.9g", (int) activation, (double) x[i], (double) y[i], right);
    }
}

/* Also where they are small, relative to what they are. */
static void
test_bent_functions (void)
{
  check_function (ANM_ACTIVATION_SIGMOID, libm_sigmoid, -80, 80);
  check_function (ANM_ACTIVATION_SIGMOID, libm_sigmoid, -1, 1);
  check_function (ANM_ACTIVATION_TANH, tanh, -20, 20);
  check_function (ANM_ACTIVATION_TANH, tanh, -1, 1);
  check_function (ANM_ACTIVATION_TANH, tanh, -1e-3, 1e-3);
  check_function (ANM_ACTIVATION_TANH, tanh, -1e-20, 1e-20);
}

static void
test_not_finite (void)
{
  const AnmActivation activations[] = { ANM_ACTIVATION_SIGMOID, ANM_ACTIVATION_TANH, ANM_ACTIVATION_RELU, ANM_ACTIVATION_LINEAR };
  const double highest[] = { 1, 1, INFINITY, INFINITY }, lowest[] = { 0, -1, 0, -INFINITY };

  for (gsize k = 0; k < G_N_ELEMENTS (activations); k++)
    for (gsize n = 1; n < 20; n++)
      {
        g_autofree anm_real *y = g_new0 (anm_real, n);

        y[n - 1] = (anm_real) INFINITY;
        _anm_activate (activations[k], n, y);
        if (isinf (highest[k]))
          g_assert_cmpfloat ((double) y[n - 1], ==, highest[k]);
        else
          g_assert_cmpfloat_with_epsilon ((double) y[n - 1], highest[k], TOLERANCE);
        y[n - 1] = (anm_real) -INFINITY;
        _anm_activate (activations[k], n, y);
        if (isinf (lowest[k]))
          g_assert_cmpfloat ((double) y[n - 1], ==, lowest[k]);
        else
          g_assert_cmpfloat_with_epsilon ((double) y[n - 1], lowest[k], TOLERANCE);
        y[n - 1] = (anm_real) NAN;
        _anm_activate (activations[k], n, y);
        g_assert_true (isnan (y[n - 1]));
      }
}

static void
test_softmax (void)
{
  anm_real y[4] = { 1000, 1001, -1000, 1001 };
  double e = exp (-1.0);

  _anm_activate (ANM_ACTIVATION_SOFTMAX, 4, y);
  g_assert_cmpfloat_with_epsilon ((double) y[0], e / (2 + e), TOLERANCE);
  g_assert_cmpfloat_with_epsilon ((double) y[1], 1 / (2 + e), TOLERANCE);
  g_assert_cmpfloat ((double) y[2], ==, 0);
  g_assert_cmpfloat (y[3], ==, y[1]);
}

/* A workspace makes room for its largest product and uses it for all. */
static void
test_scratch_serves_smaller_products (void)
{
  for (gsize m = 1; m < 3000; m++)
    g_assert_cmpuint (_anm_multiply_transposed_scratch (m), <=, _anm_multiply_transposed_scratch (m + 1));
}

static void
test_sums (void)
{
  for (gsize n = 0; n < 70; n++)
    {
      g_autofree anm_real *x = draw (3 * (n + 1), n), *sums = g_new0 (anm_real, n + 1);
      double squares[3];

      _anm_sums_of_squares (3, n, x, squares);
      for (gsize row = 0; row < 3; row++)
        {
          double expected = 0.0;

          for (gsize i = row * n; i < (row + 1) * n; i++)
            expected += (double) x[i] * (double) x[i];
          g_assert_cmpfloat_with_epsilon (squares[row], expected, 10 * TOLERANCE * (expected + 1e-30));
          g_assert_cmpfloat_with_epsilon (_anm_sum_of_squares (n, x + row * n), expected, 10 * TOLERANCE * (expected + 1e-30));
        }
      _anm_multiply_row (n, x, x + n + 1, sums);
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpfloat_with_epsilon ((double) sums[i], (double) x[i] * (double) x[n + 1 + i], 10 * TOLERANCE);
          sums[i] = 0;
        }
      _anm_add_rows (3, n, x, n + 1, sums);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon ((double) sums[i], (double) x[i] + (double) x[n + 1 + i] + (double) x[2 * (n + 1) + i], 10 * TOLERANCE);
    }
}

/* Against the textbook's sums, also of numbers far from 0. */
static void
test_normalize (void)
{
  const double epsilon = 1e-3;

  for (gsize n = 1; n < 70; n++)
    for (guint shift = 0; shift < 2; shift++)
      {
        g_autofree anm_real *x = draw (n, n), *dy = draw (n, 100 + n), *y = g_new (anm_real, n), *sums = g_new0 (anm_real, n), *dx = NULL;
        double mean = 0.0, variance = 0.0, mean_dy = 0.0, slope = 0.0;
        anm_real inverse;

        for (gsize i = 0; i < n; i++)
          {
            x[i] += 10 * (anm_real) shift;
            mean += (double) x[i] / (double) n;
          }
        for (gsize i = 0; i < n; i++)
          variance += ((double) x[i] - mean) * ((double) x[i] - mean) / (double) n;
        memcpy (y, x, n * sizeof *y);
        inverse = _anm_normalize (n, epsilon, y);
        g_assert_cmpfloat_with_epsilon ((double) inverse, 1.0 / sqrt (variance + epsilon), 200 * TOLERANCE / sqrt (variance + epsilon));
        for (gsize i = 0; i < n; i++)
          {
            g_assert_cmpfloat_with_epsilon ((double) y[i], ((double) x[i] - mean) / sqrt (variance + epsilon), 500 * TOLERANCE);
            mean_dy += (double) dy[i] / (double) n;
            slope += (double) dy[i] * (double) y[i] / (double) n;
          }
        dx = g_memdup2 (dy, n * sizeof *dy);
        _anm_normalize_backward (n, y, inverse, dx);
        for (gsize i = 0; i < n; i++)
          g_assert_cmpfloat_with_epsilon ((double) dx[i], ((double) dy[i] - mean_dy - (double) y[i] * slope) * (double) inverse, 500 * TOLERANCE * (1 + (double) inverse));
        _anm_add_product_row (n, x, dy, sums);
        _anm_add_product_row (n, x, dy, sums);
        for (gsize i = 0; i < n; i++)
          g_assert_cmpfloat_with_epsilon ((double) sums[i], 2 * (double) x[i] * (double) dy[i], 20 * TOLERANCE * (1 + fabs ((double) x[i])));
      }
}

/* What fades between measurements, against the equations; a sum of exactly 0 or less fades nothing. */
static void
test_decay (void)
{
  for (gsize n = 1; n < 40; n++)
    {
      g_autofree anm_real *sums = draw (n, n), *known = draw (n, 100 + n), *x = draw (n, 200 + n), *last = draw (n, 300 + n);
      g_autofree anm_real *mean = draw (n, 400 + n), *dy = draw (n, 500 + n), *y = g_new (anm_real, n), *gamma = NULL, *dh = NULL;

      sums[0] = 0;
      for (gsize i = 0; i < n; i++)
        known[i] = known[i] > 0;
      gamma = g_memdup2 (sums, n * sizeof *sums);
      _anm_decay (n, gamma);
      _anm_impute (n, known, x, last, mean, gamma, y);
      for (gsize i = 0; i < n; i++)
        {
          double factor = exp (-fmax (0.0, (double) sums[i]));
          double filled = factor * (double) last[i] + (1.0 - factor) * (double) mean[i];

          g_assert_cmpfloat_with_epsilon ((double) gamma[i], factor, TOLERANCE);
          g_assert_true (sums[i] > 0 || gamma[i] == 1);
          g_assert_cmpfloat_with_epsilon ((double) y[i], known[i] > 0 ? (double) x[i] : filled, 20 * TOLERANCE);
        }
      dh = g_memdup2 (dy, n * sizeof *dy);
      memcpy (y, gamma, n * sizeof *y);
      _anm_impute_backward (n, known, last, mean, dy, y);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon ((double) y[i], known[i] > 0 || sums[i] <= 0 ? 0.0 : -(double) gamma[i] * ((double) last[i] - (double) mean[i]) * (double) dy[i],
                                        20 * TOLERANCE);
      memcpy (y, gamma, n * sizeof *y);
      _anm_decay_backward (n, y, last, dh);
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpfloat_with_epsilon ((double) y[i], sums[i] <= 0 ? 0.0 : -(double) dy[i] * (double) last[i], 20 * TOLERANCE);
          g_assert_cmpfloat_with_epsilon ((double) dh[i], (double) dy[i] * (double) gamma[i], 20 * TOLERANCE);
        }
    }
}

/* A number that isn't one stays to be found. */
static void
test_decay_not_finite (void)
{
  anm_real y[] = { (anm_real) NAN, (anm_real) INFINITY, (anm_real) -INFINITY };

  _anm_decay (3, y);
  g_assert_true (isnan (y[0]));
  g_assert_cmpfloat_with_epsilon ((double) y[1], 0, TOLERANCE);
  g_assert_cmpfloat ((double) y[2], ==, 1);
}

/* What was asked for is what runs, unless the processor hasn't got it. */
static void
test_instructions (void)
{
  const char *wanted = g_getenv ("ANAMNESIS_INSTRUCTIONS");
  const char *name = anm_instructions_get_name ();

  g_test_message ("computing with %s", name);
  g_assert_true (g_str_equal (name, "plain") || g_str_equal (name, "avx2") || g_str_equal (name, "avx512"));
  if (wanted != NULL && !g_str_equal (wanted, name))
    {
      g_assert_cmpstr (wanted, !=, "plain");
      g_test_skip ("the processor has no such instructions");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/kernels/instructions", test_instructions);
  g_test_add_func ("/engine/kernels/multiply", test_multiply);
  g_test_add_func ("/engine/kernels/multiply-transposed", test_multiply_transposed);
#ifndef ANM_REAL_IS_DOUBLE
  g_test_add_func ("/engine/kernels/rows-alone", test_rows_alone);
  g_test_add_func ("/engine/kernels/rows-of-steps", test_rows_of_steps);
#endif
  g_test_add_func ("/engine/kernels/bent-functions", test_bent_functions);
  g_test_add_func ("/engine/kernels/not-finite", test_not_finite);
  g_test_add_func ("/engine/kernels/softmax", test_softmax);
  g_test_add_func ("/engine/kernels/sums", test_sums);
  g_test_add_func ("/engine/kernels/scratch-serves-smaller-products", test_scratch_serves_smaller_products);
  g_test_add_func ("/engine/kernels/normalize", test_normalize);
  g_test_add_func ("/engine/kernels/decay", test_decay);
  g_test_add_func ("/engine/kernels/decay-not-finite", test_decay_not_finite);
  return g_test_run ();
}
