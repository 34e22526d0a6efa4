/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Initial weights: mean, deviation, largest and fourth moment of what each
 * initialiser draws, against those of its distribution; and its bits, which are
 * the same on every machine.
 */
#include "engine/initializer.h"

#include <math.h>

#define N_ROWS 120
#define N_COLUMNS 200
#define SEED 5

typedef struct
{
  AnmKernelInitializer initializer;
  double               deviation;
  double               largest;  /* beyond which nothing lies */
  double               kurtosis; /* fourth moment over the square of the second */
} Distribution;

/* Variance and fourth moment of the standard normal distribution within -2 and 2, from its density. */
static const double cut_deviation = 0.87962566103423978;

static double
get_cut_kurtosis (void)
{
  double weight = 0.0, second = 0.0, fourth = 0.0;

  for (int i = -200000; i < 200000; i++)
    {
      double x = (i + 0.5) / 100000.0, density = exp (-x * x / 2.0);

      weight += density;
      second += density * x * x;
      fourth += density * x * x * x * x;
    }
  g_assert_cmpfloat_with_epsilon (sqrt (second / weight), cut_deviation, 1e-9);
  return fourth * weight / (second * second);
}

static void
check_distribution (const Distribution *expected)
{
  const gsize n = (gsize) N_ROWS * N_COLUMNS;
  g_autofree anm_real *kernel = g_new0 (anm_real, N_ROWS * (N_COLUMNS + 1));
  double sum = 0.0, squares = 0.0, fourth = 0.0, largest = 0.0;

  for (guint i = 0; i < N_ROWS; i++)
    kernel[i * (N_COLUMNS + 1) + N_COLUMNS] = 7;
  _anm_initialize_kernel (expected->initializer, SEED, 3, N_ROWS, N_COLUMNS, kernel, N_COLUMNS + 1);
  for (guint i = 0; i < N_ROWS; i++)
    {
      g_assert_cmpfloat (kernel[i * (N_COLUMNS + 1) + N_COLUMNS], ==, 7);
      for (guint j = 0; j < N_COLUMNS; j++)
        {
          double w = (double) kernel[i * (N_COLUMNS + 1) + j];

          sum += w;
          squares += w * w;
          fourth += w * w * w * w;
          largest = fmax (largest, fabs (w));
        }
    }
  g_test_message ("%s: deviation %g, largest %g, kurtosis %g", anm_kernel_initializer_names[expected->initializer],
                  sqrt (squares / n), largest, fourth * n / (squares * squares));
  /* Four standard errors. */
  g_assert_cmpfloat_with_epsilon (sum / n, 0, 4 * expected->deviation / sqrt (n));
  g_assert_cmpfloat_with_epsilon (sqrt (squares / n), expected->deviation, 4 * expected->deviation * sqrt ((expected->kurtosis - 1) / (4.0 * n)));
  g_assert_cmpfloat_with_epsilon (fourth * n / (squares * squares), expected->kurtosis, 0.15);
  g_assert_cmpfloat (largest, <=, expected->largest * (1 + 1e-6));
  if (isfinite (expected->largest))
    g_assert_cmpfloat (largest, >, 0.995 * expected->largest);
}

static void
test_distributions (void)
{
  const double r = N_ROWS, c = N_COLUMNS, cut = get_cut_kurtosis ();
  const Distribution distributions[] = {
    { ANM_KERNEL_GLOROT_UNIFORM, sqrt (2 / (r + c)), sqrt (6 / (r + c)), 1.8 },
    { ANM_KERNEL_GLOROT_NORMAL, sqrt (2 / (r + c)), 2 * sqrt (2 / (r + c)) / cut_deviation, cut },
    { ANM_KERNEL_HE_UNIFORM, sqrt (2 / r), sqrt (6 / r), 1.8 },
    { ANM_KERNEL_HE_NORMAL, sqrt (2 / r), 2 * sqrt (2 / r) / cut_deviation, cut },
    { ANM_KERNEL_LECUN_UNIFORM, sqrt (1 / r), sqrt (3 / r), 1.8 },
    { ANM_KERNEL_LECUN_NORMAL, sqrt (1 / r), 2 * sqrt (1 / r) / cut_deviation, cut },
    { ANM_KERNEL_RANDOM_UNIFORM, 0.05 / sqrt (3), 0.05, 1.8 },
    { ANM_KERNEL_RANDOM_NORMAL, 0.05, INFINITY, 3 },
    { ANM_KERNEL_TRUNCATED_NORMAL, 0.05 * cut_deviation, 0.1, cut },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (distributions); i++)
    check_distribution (&distributions[i]);
}

/* The names are Keras', and there is one for each. */
static void
test_names (void)
{
  g_assert_cmpuint (g_strv_length ((char **) anm_kernel_initializer_names), ==, ANM_KERNEL_ZEROS + 1);
  g_assert_cmpstr (anm_kernel_initializer_names[ANM_KERNEL_HE_NORMAL], ==, "he_normal");
  g_assert_cmpstr (anm_kernel_initializer_names[ANM_KERNEL_ORTHOGONAL], ==, "orthogonal");
  g_assert_cmpstr (anm_kernel_initializer_names[ANM_KERNEL_IDENTITY], ==, "identity");
  g_assert_cmpstr (anm_kernel_initializer_names[ANM_KERNEL_ZEROS], ==, "zeros");
}

static void
draw (AnmGateInitializers initializers, guint n_gates, anm_real *kernel, anm_real *recurrent)
{
  _anm_gate_initializers_draw (&initializers, SEED, 9, 5, 4, n_gates, kernel, recurrent);
}

/* Identity in each gate, times the gain; per_gate draws blocks of their own fans; kernels have streams of their own. */
static void
test_gates (void)
{
  anm_real kernel[5 * 12], recurrent[4 * 12], fused[5 * 12], same[4 * 12];
  AnmGateInitializers initializers = { ANM_KERNEL_HE_NORMAL, ANM_KERNEL_IDENTITY, 0.5, FALSE };
  double fused_squares = 0.0, squares = 0.0;

  draw (initializers, 3, kernel, recurrent);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < 12; j++)
      g_assert_cmpfloat ((double) recurrent[i * 12 + j], ==, j % 4 == i ? 0.5 : 0);

  initializers = (AnmGateInitializers){ ANM_KERNEL_GLOROT_UNIFORM, ANM_KERNEL_RANDOM_NORMAL, 1, FALSE };
  draw (initializers, 3, fused, same);
  initializers.per_gate = TRUE;
  draw (initializers, 3, kernel, recurrent);
  for (guint i = 0; i < 5 * 12; i++)
    {
      fused_squares += (double) fused[i] * (double) fused[i];
      squares += (double) kernel[i] * (double) kernel[i];
    }
  g_assert_cmpfloat (squares, >, 1.2 * fused_squares);

  /* Two gates drawn alone aren't alike. */
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (recurrent[i * 12], !=, recurrent[i * 12 + 4]);

  initializers.gain = 0;
  draw (initializers, 3, kernel, recurrent);
  for (guint i = 0; i < 4 * 12; i++)
    g_assert_cmpfloat (recurrent[i], ==, 0);
}

/* FNV-1a over the numbers, rounded to float. */
static guint64
hash_kernel (AnmKernelInitializer initializer)
{
  anm_real kernel[13 * 29];
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  _anm_initialize_kernel (initializer, 77, G_GUINT64_CONSTANT (1) << 32, 13, 29, kernel, 29);
  for (guint i = 0; i < 13 * 29; i++)
    {
      float w = (float) kernel[i];
      guint32 bits;

      memcpy (&bits, &w, sizeof bits);
      hash = (hash ^ bits) * G_GUINT64_CONSTANT (0x100000001b3);
    }
  return hash;
}

static void
test_bits (void)
{
  static const guint64 expected[ANM_KERNEL_ZEROS] = {
    G_GUINT64_CONSTANT (0x7bc843517476809b), G_GUINT64_CONSTANT (0x824f6f7c3a34a85e), G_GUINT64_CONSTANT (0x87bddc20889d53c),
    G_GUINT64_CONSTANT (0x487ead170656d802), G_GUINT64_CONSTANT (0xc313da6a720770d0), G_GUINT64_CONSTANT (0x536ca091b0432cd1),
    G_GUINT64_CONSTANT (0x971e24b95e3cf0a5), G_GUINT64_CONSTANT (0x10a38917b9b53bff), G_GUINT64_CONSTANT (0x9e8f2510a7c1339c),
    G_GUINT64_CONSTANT (0x7b79d304ed69565b), G_GUINT64_CONSTANT (0x9d03b99331f0b715),
  };

  for (guint k = 0; k < ANM_KERNEL_ZEROS; k++)
    {
      g_test_message ("%s: %#" G_GINT64_MODIFIER "x", anm_kernel_initializer_names[k], hash_kernel ((AnmKernelInitializer) k));
      g_assert_cmphex (hash_kernel ((AnmKernelInitializer) k), ==, expected[k]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/initializers/distributions", test_distributions);
  g_test_add_func ("/engine/initializers/names", test_names);
  g_test_add_func ("/engine/initializers/gates", test_gates);
  g_test_add_func ("/engine/initializers/bits", test_bits);
  return g_test_run ();
}
