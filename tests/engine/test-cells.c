/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cells' kernels against plain loops in double precision: every number of
 * units up to 70, so every kind of tail; one row, few and many; nothing
 * written beside its place; a NaN stays in its own unit.
 */
#include "engine/flush-to-zero.h"
#include "engine/kernels.h"
#include "engine/random.h"

#include <math.h>
#include <string.h>

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-13
#else
#define TOLERANCE 2e-6
#endif

#define MAX_UNITS 70
#define UNTOUCHED ((anm_real) -77)

/* [m][stride], a row's first @width numbers of which are the kernel's. */
typedef struct
{
  gsize     m, width, stride;
  anm_real *values;
  anm_real *before; /* as it was when the kernel was called */
} Block;

static Block
make_block (gsize m, gsize width, gsize margin, guint64 stream, double scale)
{
  Block block = { m, width, width + margin, g_new (anm_real, m *(width + margin) + 1), NULL };

  for (gsize i = 0; i < m * block.stride; i++)
    block.values[i] = i % block.stride < width ? (anm_real) (scale * anm_random_normal (7, stream, i)) : UNTOUCHED;
  block.before = g_memdup2 (block.values, m * block.stride * sizeof (anm_real));
  return block;
}

static void
clear_block (Block *block)
{
  g_free (block->values);
  g_free (block->before);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Block, clear_block)

static double
was (const Block *block, gsize r, gsize j)
{
  return (double) block->before[r * block->stride + j];
}

static void
check_margins (const Block *block)
{
  for (gsize i = 0; i < block->m * block->stride; i++)
    if (i % block->stride >= block->width)
      g_assert_cmpfloat (block->values[i], ==, UNTOUCHED);
}

static void
check_number (const Block *block, gsize r, gsize j, double expected)
{
  double found = (double) block->values[r * block->stride + j];

  if (isnan (expected) ? !isnan (found) : !(fabs (found - expected) <= TOLERANCE * (1.0 + fabs (expected))))
    g_error ("row %" G_GSIZE_FORMAT ", number %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " is %.9g instead of %.9g", r, j, block->width, found, expected);
}

static double
sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static double
bend (AnmActivation activation, double x)
{
  switch (activation)
    {
    case ANM_ACTIVATION_TANH:
      return tanh (x);
    case ANM_ACTIVATION_SIGMOID:
      return sigmoid (x);
    case ANM_ACTIVATION_RELU:
      return x < 0 ? 0 : x;
    case ANM_ACTIVATION_LINEAR:
    case ANM_ACTIVATION_SOFTMAX:
    default:
      return x;
    }
}

/* by y = bend (x) */
static double
slope (AnmActivation activation, double y)
{
  switch (activation)
    {
    case ANM_ACTIVATION_TANH:
      return 1.0 - y * y;
    case ANM_ACTIVATION_SIGMOID:
      return y * (1.0 - y);
    case ANM_ACTIVATION_RELU:
      return y > 0 ? 1 : 0;
    case ANM_ACTIVATION_LINEAR:
    case ANM_ACTIVATION_SOFTMAX:
    default:
      return 1;
    }
}

typedef void (*CheckFunc) (gsize m, gsize n, gboolean spoilt);

/* With one number made NaN too. */
static void
for_all_sizes (CheckFunc check)
{
  const gsize rows[] = { 1, 3, 17 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize n = 1; n <= MAX_UNITS; n++)
      {
        check (rows[i], n, FALSE);
        check (rows[i], n, TRUE);
      }
}

static void
spoil (Block *block, gsize r, gsize j)
{
  block->values[r * block->stride + j] = (anm_real) NAN;
  block->before[r * block->stride + j] = (anm_real) NAN;
}

static const AnmActivation activations[] = { ANM_ACTIVATION_TANH, ANM_ACTIVATION_SIGMOID, ANM_ACTIVATION_RELU, ANM_ACTIVATION_LINEAR };

static void
check_simple_rnn (gsize m, gsize n, gboolean spoilt)
{
  for (gsize k = 0; k < G_N_ELEMENTS (activations); k++)
    {
      g_auto (Block) sums = make_block (m, n, 3, 1, 2), h = make_block (m, n, 2, 2, 1), dh = make_block (m, n, 0, 3, 1);
      g_auto (Block) y = make_block (m, n, 3, 4, 0.5);

      if (spoilt)
        spoil (&sums, m - 1, n - 1);
      _anm_simple_rnn_cells_forward (activations[k], m, n, sums.values, sums.stride, h.values, h.stride);
      _anm_simple_rnn_cells_backward (activations[k], m, n, y.values, y.stride, dh.values);
      for (gsize r = 0; r < m; r++)
        for (gsize j = 0; j < n; j++)
          {
            check_number (&h, r, j, bend (activations[k], was (&sums, r, j)));
            check_number (&sums, r, j, bend (activations[k], was (&sums, r, j)));
            check_number (&y, r, j, was (&dh, r, j) * slope (activations[k], was (&y, r, j)));
          }
      check_margins (&sums);
      check_margins (&h);
      check_margins (&y);
    }
}

static void
check_lstm_forward (gsize m, gsize n, gboolean spoilt)
{
  g_auto (Block) gates = make_block (m, 4 * n, 5, 1, 2), c_p = make_block (m, n, 1, 2, 1), h = make_block (m, n, 7, 3, 1);
  g_auto (Block) c = make_block (m, n, 0, 4, 1), tanh_c = make_block (m, n, 0, 5, 1);

  if (spoilt)
    spoil (&gates, m - 1, 2 * n - 1);
  _anm_lstm_cells_forward (m, n, gates.values, gates.stride, c_p.values, c_p.stride, c.values, tanh_c.values, h.values, h.stride);
  for (gsize r = 0; r < m; r++)
    for (gsize j = 0; j < n; j++)
      {
        double i = sigmoid (was (&gates, r, j)), f = sigmoid (was (&gates, r, n + j));
        double g = tanh (was (&gates, r, 2 * n + j)), o = sigmoid (was (&gates, r, 3 * n + j));
        double cell = f * was (&c_p, r, j) + i * g;

        check_number (&gates, r, j, i);
        check_number (&gates, r, n + j, f);
        check_number (&gates, r, 2 * n + j, g);
        check_number (&gates, r, 3 * n + j, o);
        check_number (&c, r, j, cell);
        check_number (&tanh_c, r, j, tanh (cell));
        check_number (&h, r, j, o * tanh (cell));
      }
  check_margins (&gates);
  check_margins (&h);
}

static void
check_lstm_backward (gsize m, gsize n, gboolean spoilt)
{
  for (guint traced = 0; traced < 2; traced++)
    {
      g_auto (Block) gates = make_block (m, 4 * n, 5, 1, 0.5), c_p = make_block (1, n, 0, 2, 1), tanh_c = make_block (m, n, 0, 3, 0.5);
      g_auto (Block) dh = make_block (m, n, 0, 4, 1), dc = make_block (m, n, 0, 5, 1), dc_total = make_block (m, n, 0, 6, 1);

      if (spoilt)
        spoil (&dh, m - 1, n - 1);
      /* One row of cells for all. */
      _anm_lstm_cells_backward (m, n, gates.values, gates.stride, c_p.values, 0, tanh_c.values, dh.values, dc.values, traced ? dc_total.values : NULL);
      for (gsize r = 0; r < m; r++)
        for (gsize j = 0; j < n; j++)
          {
            double i = was (&gates, r, j), f = was (&gates, r, n + j), g = was (&gates, r, 2 * n + j), o = was (&gates, r, 3 * n + j);
            double t = was (&tanh_c, r, j), d_h = was (&dh, r, j), d = was (&dc, r, j) + d_h * o * (1 - t * t);

            check_number (&gates, r, j, d * g * i * (1 - i));
            check_number (&gates, r, n + j, d * was (&c_p, 0, j) * f * (1 - f));
            check_number (&gates, r, 2 * n + j, d * i * (1 - g * g));
            check_number (&gates, r, 3 * n + j, d_h * t * o * (1 - o));
            check_number (&dc, r, j, d * f);
            check_number (&dc_total, r, j, traced ? d : was (&dc_total, r, j));
          }
      check_margins (&gates);
    }
}

static void
check_gru_after (gsize m, gsize n, gboolean spoilt)
{
  g_auto (Block) gates = make_block (m, 4 * n, 5, 1, 2), h_p = make_block (m, n, 3, 2, 1), h = make_block (m, n, 7, 3, 1);
  g_auto (Block) back = make_block (m, 4 * n, 5, 4, 0.5), dh = make_block (m, n, 0, 5, 1), dh_p = make_block (m, n, 0, 6, 1);

  if (spoilt)
    spoil (&gates, m - 1, n - 1);
  _anm_gru_cells_forward (m, n, gates.values, gates.stride, h_p.values, h_p.stride, h.values, h.stride);
  _anm_gru_cells_backward (m, n, back.values, back.stride, h_p.values, h_p.stride, dh.values, dh_p.values);
  for (gsize r = 0; r < m; r++)
    for (gsize j = 0; j < n; j++)
      {
        double z = sigmoid (was (&gates, r, n + j)), reset = sigmoid (was (&gates, r, 2 * n + j));
        double candidate = tanh (was (&gates, r, 3 * n + j) + reset * was (&gates, r, j));
        double d_h = was (&dh, r, j), d_candidate;

        check_number (&gates, r, j, was (&gates, r, j));
        check_number (&gates, r, n + j, z);
        check_number (&gates, r, 2 * n + j, reset);
        check_number (&gates, r, 3 * n + j, candidate);
        check_number (&h, r, j, (1 - z) * was (&h_p, r, j) + z * candidate);

        z = was (&back, r, n + j);
        reset = was (&back, r, 2 * n + j);
        candidate = was (&back, r, 3 * n + j);
        d_candidate = d_h * z * (1 - candidate * candidate);
        check_number (&back, r, 2 * n + j, d_candidate * was (&back, r, j) * reset * (1 - reset));
        check_number (&back, r, j, d_candidate * reset);
        check_number (&back, r, n + j, d_h * (candidate - was (&h_p, r, j)) * z * (1 - z));
        check_number (&back, r, 3 * n + j, d_candidate);
        check_number (&dh_p, r, j, d_h * (1 - z));
      }
  check_margins (&gates);
  check_margins (&h);
  check_margins (&back);
}

static void
check_gru_before_forward (gsize n)
{
  g_auto (Block) gates = make_block (1, 3 * n, 5, 1, 2), h_p = make_block (1, n, 1, 2, 1);
  g_auto (Block) reset_h = make_block (1, n, 3, 3, 1), h = make_block (1, n, 3, 4, 1);

  _anm_gru_reset_forward (n, gates.values, h_p.values, reset_h.values);
  _anm_gru_update_forward (n, gates.values, h_p.values, h.values);
  for (gsize j = 0; j < n; j++)
    {
      double z = sigmoid (was (&gates, 0, j)), r = sigmoid (was (&gates, 0, n + j)), candidate = tanh (was (&gates, 0, 2 * n + j));

      check_number (&gates, 0, j, z);
      check_number (&gates, 0, n + j, r);
      check_number (&gates, 0, 2 * n + j, candidate);
      check_number (&reset_h, 0, j, r * was (&h_p, 0, j));
      check_number (&h, 0, j, (1 - z) * was (&h_p, 0, j) + z * candidate);
    }
  check_margins (&gates);
  check_margins (&reset_h);
  check_margins (&h);
}

static void
check_gru_before_backward (gsize n)
{
  g_auto (Block) gates = make_block (1, 3 * n, 5, 1, 0.5), h_p = make_block (1, n, 1, 2, 1), dh = make_block (1, n, 1, 3, 1);
  g_auto (Block) dh_p = make_block (1, n, 3, 4, 1), d_reset_h = make_block (1, n, 1, 5, 1);

  _anm_gru_update_backward (n, gates.values, h_p.values, dh.values, dh_p.values);
  _anm_gru_reset_backward (n, gates.values, h_p.values, d_reset_h.values, dh_p.values);
  for (gsize j = 0; j < n; j++)
    {
      double z = was (&gates, 0, j), r = was (&gates, 0, n + j), candidate = was (&gates, 0, 2 * n + j);
      double d_h = was (&dh, 0, j), h = was (&h_p, 0, j), d = was (&d_reset_h, 0, j);

      check_number (&gates, 0, j, d_h * (candidate - h) * z * (1 - z));
      check_number (&gates, 0, n + j, d * h * r * (1 - r));
      check_number (&gates, 0, 2 * n + j, d_h * z * (1 - candidate * candidate));
      check_number (&dh_p, 0, j, d_h * (1 - z) + d * r);
    }
  check_margins (&gates);
  check_margins (&dh_p);
}

static void
check_rows (gsize n)
{
  g_auto (Block) x = make_block (1, n, 1, 1, 1), y = make_block (1, n, 3, 2, 1), scaled = make_block (1, n, 3, 3, 1);

  _anm_add_row (n, x.values, y.values);
  _anm_multiply_row (n, x.values, scaled.before, scaled.values);
  for (gsize j = 0; j < n; j++)
    {
      check_number (&y, 0, j, was (&y, 0, j) + was (&x, 0, j));
      check_number (&scaled, 0, j, was (&scaled, 0, j) * was (&x, 0, j));
    }
  check_margins (&y);
  check_margins (&scaled);
  for (gsize k = 0; k < G_N_ELEMENTS (activations); k++)
    {
      g_auto (Block) dy = make_block (1, n, 3, 4, 1);

      _anm_activate_backward (activations[k], n, x.values, dy.values);
      for (gsize j = 0; j < n; j++)
        check_number (&dy, 0, j, was (&dy, 0, j) * slope (activations[k], was (&x, 0, j)));
      check_margins (&dy);
    }
}

static void
check_blocks (gsize m, gsize n, gboolean spoilt)
{
  g_auto (Block) x = make_block (m, n, 2, 1, 1), copied = make_block (m, n, 5, 2, 1), added = make_block (m, n, 3, 3, 1);

  if (spoilt)
    spoil (&x, m - 1, n - 1);
  _anm_copy_block (m, n, x.values, x.stride, copied.values, copied.stride);
  _anm_add_block (m, n, x.values, x.stride, added.values, added.stride);
  for (gsize r = 0; r < m; r++)
    for (gsize j = 0; j < n; j++)
      {
        check_number (&copied, r, j, was (&x, r, j));
        check_number (&added, r, j, was (&added, r, j) + was (&x, r, j));
      }
  check_margins (&copied);
  check_margins (&added);
}

static void
test_simple_rnn (void)
{
  for_all_sizes (check_simple_rnn);
}

static void
test_lstm (void)
{
  for_all_sizes (check_lstm_forward);
  for_all_sizes (check_lstm_backward);
}

static void
test_gru (void)
{
  for_all_sizes (check_gru_after);
  for (gsize n = 1; n <= MAX_UNITS; n++)
    {
      check_gru_before_forward (n);
      check_gru_before_backward (n);
    }
}

static void
test_rows (void)
{
  for (gsize n = 1; n <= MAX_UNITS; n++)
    check_rows (n);
  for_all_sizes (check_blocks);
}

/* Squares of what is as small or large as g_t gets, row by row, beside rows that are of another size. */
static void
test_squares (void)
{
  const double scales[] = { 1, 1e-25, 1e25, 0, 1e-12 };

  for (gsize m = 1; m < 40; m += m < 20 ? 1 : 7)
    for (gsize n = 1; n <= MAX_UNITS; n += 3)
      {
        g_autofree anm_real *x = g_new (anm_real, m * n);
        g_autofree double *sums = g_new (double, m + 1);
        double total;

        for (gsize i = 0; i < m * n; i++)
          x[i] = (anm_real) (anm_random_normal (3, n, i) * scales[(i / n * i / n) % G_N_ELEMENTS (scales)]);
        sums[m] = -77;
        _anm_sums_of_squares (m, n, x, sums);
        g_assert_cmpfloat (sums[m], ==, -77);
        total = 0.0;
        for (gsize r = 0; r < m; r++)
          {
            double sum = 0.0, alone;

            for (gsize j = 0; j < n; j++)
              sum += (double) x[r * n + j] * (double) x[r * n + j];
            g_assert_cmpfloat_with_epsilon (sums[r], sum, TOLERANCE * sum);
            _anm_sums_of_squares (1, n, x + r * n, &alone);
            g_assert_cmpfloat (alone, ==, sums[r]);
            total += sum;
            g_assert_cmpfloat_with_epsilon (_anm_sum_of_squares (n, x + r * n), sum, TOLERANCE * sum);
          }
        g_assert_cmpfloat_with_epsilon (_anm_sum_of_squares (m * n, x), total, TOLERANCE * total);
      }
}

/* What overflowed in a product bends to the ends, and numbers too small for a full mantissa do no harm. */
static void
test_extremes (void)
{
  const double sums[] = { INFINITY, -INFINITY, 1e30, -1e30, 1e-40, -1e-40, 0 };
  const gsize n = G_N_ELEMENTS (sums);
  AnmFloatingMode before = anm_flush_to_zero_begin ();

  for (gsize k = 0; k < n; k++)
    {
      anm_real gates[4], c_p = 1, c, tanh_c, h, kept;
      double i = sigmoid (sums[k]), g = tanh (sums[k]);

      for (gsize gate = 0; gate < 4; gate++)
        gates[gate] = (anm_real) sums[k];
      _anm_lstm_cells_forward (1, 1, gates, 4, &c_p, 1, &c, &tanh_c, &h, 1);
      g_assert_cmpfloat_with_epsilon ((double) c, i + i * g, TOLERANCE);
      g_assert_cmpfloat_with_epsilon ((double) h, i * tanh (i + i * g), TOLERANCE);
      gates[0] = 1;
      gates[1] = gates[2] = gates[3] = (anm_real) sums[k];
      _anm_gru_cells_forward (1, 1, gates, 4, &c_p, 1, &kept, 1);
      g_assert_cmpfloat_with_epsilon ((double) kept, (1 - i) + i * tanh (sums[k] + i), TOLERANCE);
    }
  anm_flush_to_zero_end (before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cells/simple-rnn", test_simple_rnn);
  g_test_add_func ("/engine/cells/lstm", test_lstm);
  g_test_add_func ("/engine/cells/gru", test_gru);
  g_test_add_func ("/engine/cells/rows", test_rows);
  g_test_add_func ("/engine/cells/squares", test_squares);
  g_test_add_func ("/engine/cells/extremes", test_extremes);
  return g_test_run ();
}
