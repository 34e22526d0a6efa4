/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <math.h>

/* Relative to the size of the numbers: built with float and with double. */
#define TOLERANCE (sizeof (anm_real) == sizeof (double) ? 1e-13 : 5e-6)

/* Odd, so that the vectorised loops have a rest. */
#define N 19

typedef struct
{
  AnmHyperparameters hyperparameters;
  const AnmOptimizer *optimizer;
  guint64 n_updates;
  anm_real parameters[N];
  anm_real first[N];
  anm_real second[N];
} Descent;

static void
begin (Descent *descent, AnmOptimizerKind kind)
{
  *descent = (Descent){ .optimizer = anm_optimizer_get (kind) };
  anm_hyperparameters_init (&descent->hyperparameters, kind);
  for (int i = 0; i < N; i++)
    descent->parameters[i] = (anm_real) (1 + i);
}

static void
make_update (Descent *descent, const anm_real *gradient)
{
  anm_real *moments[ANM_OPTIMIZER_MAX_MOMENTS] = { descent->first, descent->second };

  descent->optimizer->update (&descent->hyperparameters, ++descent->n_updates, N, gradient, moments, descent->parameters);
}

/* Element i has the constant gradient 0.5 (i - 9): of either sign, and one is 0. */
static double
constant_gradient (int i)
{
  return 0.5 * (i - 9);
}

static void
make_constant_updates (Descent *descent, int n_updates)
{
  anm_real gradient[N];

  for (int i = 0; i < N; i++)
    gradient[i] = (anm_real) constant_gradient (i);
  for (int k = 0; k < n_updates; k++)
    make_update (descent, gradient);
}

static void
assert_near (double value, double expected, double scale)
{
  if (!(fabs (value - expected) <= TOLERANCE * scale))
    g_error ("%.17g instead of %.17g", value, expected);
}

/* On p^2 / 2 each update multiplies p with 1 - learning_rate. */
static void
test_sgd (void)
{
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_SGD);
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 0);
  descent.hyperparameters.learning_rate = 0.1;
  for (int k = 0; k < 10; k++)
    {
      anm_real gradient[N];

      memcpy (gradient, descent.parameters, sizeof gradient);
      make_update (&descent, gradient);
    }
  for (int i = 0; i < N; i++)
    assert_near ((double) descent.parameters[i], pow (0.9, 10) * (1 + i), 1 + i);
}

/* Under a constant gradient the velocity after k updates is the geometric sum
 * v_k = -lr g (1 - mu^k) / (1 - mu); parameters move by v_k, with Nesterov by
 * mu v_k - lr g. */
static void
check_momentum (gboolean nesterov)
{
  const double mu = 0.9, rate = 0.05;
  const int n_updates = 12;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_SGD);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.momentum = mu;
  descent.hyperparameters.nesterov = nesterov;
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 1);
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double moved = 0.0;

      for (int k = 1; k <= n_updates; k++)
        {
          double velocity = -rate * g * (1.0 - pow (mu, k)) / (1.0 - mu);

          moved += nesterov ? mu * velocity - rate * g : velocity;
        }
      assert_near ((double) descent.parameters[i], 1 + i + moved, 30.0);
      assert_near ((double) descent.first[i], -rate * g * (1.0 - pow (mu, n_updates)) / (1.0 - mu), 3.0);
    }
}

static void
test_momentum (void)
{
  check_momentum (FALSE);
}

static void
test_nesterov (void)
{
  check_momentum (TRUE);
}

/* Under a constant gradient v_k = (1 - rho^k) g^2. */
static void
check_rmsprop (double momentum)
{
  const double rate = 0.01, rho = 0.8, epsilon = 0.3; /* large: where it stands must show */
  const int n_updates = 9;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_RMSPROP);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.rho = rho;
  descent.hyperparameters.epsilon = epsilon;
  descent.hyperparameters.momentum = momentum;
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, momentum > 0.0 ? 2 : 1);
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double expected = 1 + i, step = 0.0;

      for (int k = 1; k <= n_updates; k++)
        {
          step = momentum * step + rate * g / sqrt ((1.0 - pow (rho, k)) * g * g + epsilon);
          expected -= step;
        }
      assert_near ((double) descent.parameters[i], expected, 20.0);
    }
}

static void
test_rmsprop (void)
{
  Descent descent;
  anm_real gradient[N];

  check_rmsprop (0.0);
  check_rmsprop (0.7);

  /* The example of Keras' documentation: p = 10, p^2 / 2, learning rate 0.1. */
  begin (&descent, ANM_OPTIMIZER_RMSPROP);
  descent.hyperparameters.learning_rate = 0.1;
  for (int i = 0; i < N; i++)
    gradient[i] = descent.parameters[i] = (anm_real) 10;
  make_update (&descent, gradient);
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon ((double) descent.parameters[i], 9.683772, 5e-6);
}

/* Under a constant gradient m_k = (1 - beta_1^k) g and v_k = (1 - beta_2^k) g^2,
 * so each update moves by rate g / (|g| + epsilon / sqrt (1 - beta_2^k)). */
static void
test_adam (void)
{
  const double rate = 0.05, beta_1 = 0.85, beta_2 = 0.95, epsilon = 0.2;
  const int n_updates = 9;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_ADAM);
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 2);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.beta_1 = beta_1;
  descent.hyperparameters.beta_2 = beta_2;
  descent.hyperparameters.epsilon = epsilon;
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double expected = 1 + i;

      for (int k = 1; k <= n_updates; k++)
        expected -= rate * g / (fabs (g) + epsilon / sqrt (1.0 - pow (beta_2, k)));
      assert_near ((double) descent.parameters[i], expected, 20.0);
      assert_near ((double) descent.first[i], (1.0 - pow (beta_1, n_updates)) * g, 5.0);
      assert_near ((double) descent.second[i], (1.0 - pow (beta_2, n_updates)) * g * g, 21.0);
    }
}

/* A gradient that stops: moments decay, and Adam goes on moving by them. */
static void
test_adam_memory (void)
{
  Descent descent;
  anm_real gradient[N];
  double m = 0.0, v = 0.0, expected = 1.0;

  begin (&descent, ANM_OPTIMIZER_ADAM);
  descent.hyperparameters.learning_rate = 0.1;
  for (int k = 1; k <= 5; k++)
    {
      double g = k == 1 ? 2.0 : 0.0;

      for (int i = 0; i < N; i++)
        gradient[i] = (anm_real) g;
      make_update (&descent, gradient);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      expected -= 0.1 * (m / (1.0 - pow (0.9, k))) / (sqrt (v / (1.0 - pow (0.999, k))) + 1e-7 / sqrt (1.0 - pow (0.999, k)));
    }
  for (int i = 0; i < N; i++)
    assert_near ((double) descent.parameters[i], expected + i, 20.0);
}

static void
test_clip_by_norm (void)
{
  anm_real vector[N];
  double squares = 0.0;

  for (int i = 0; i < N; i++)
    {
      vector[i] = (anm_real) (i - 9);
      squares += (double) (i - 9) * (i - 9);
    }
  g_assert_cmpfloat (anm_squared_norm (vector, N), ==, squares);
  g_assert_cmpfloat (anm_squared_norm (vector, 0), ==, 0.0);
  g_assert_cmpfloat (anm_clip_norm_scale (5.0, 0.0), ==, 1.0);
  g_assert_cmpfloat (anm_clip_norm_scale (5.0, 5.0), ==, 1.0);
  g_assert_cmpfloat (anm_clip_norm_scale (5.0, 2.0), ==, 0.4);
  g_assert_cmpfloat (anm_clip_norm_scale (0.0, 2.0), ==, 1.0);

  anm_scale (vector, N, anm_clip_norm_scale (sqrt (squares), 1.0));
  assert_near (anm_squared_norm (vector, N), 1.0, 1.0);
  assert_near ((double) vector[0], -9.0 / sqrt (squares), 1.0);
}

/* The sum is in double: in float, 1e8 swallows each of the ones. */
static void
test_norm_is_summed_in_double (void)
{
  g_autofree anm_real *vector = g_new (anm_real, 100001);

  vector[0] = (anm_real) 1e4;
  for (gsize i = 1; i <= 100000; i++)
    vector[i] = (anm_real) 1;
  g_assert_cmpfloat (anm_squared_norm (vector, 100001), ==, 1e8 + 1e5);
}

static void
test_clip_by_value (void)
{
  anm_real gradient[N];

  for (int i = 0; i < N; i++)
    gradient[i] = (anm_real) (i - 9);
  g_assert_cmpuint (anm_clip_value (gradient, N, 2.5), ==, 14);
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat ((double) gradient[i], ==, CLAMP (i - 9.0, -2.5, 2.5));
  g_assert_cmpuint (anm_clip_value (gradient, N, 2.5), ==, 0);
}

static void
test_all_finite (void)
{
  const double wrong[] = { NAN, INFINITY, -INFINITY };
  anm_real vector[N] = { 0 };

  g_assert_true (anm_all_finite (vector, N));
  for (int i = 0; i < N; i++)
    for (int j = 0; j < 3; j++)
      {
        vector[i] = (anm_real) wrong[j];
        g_assert_false (anm_all_finite (vector, N));
        g_assert_false (isfinite (anm_squared_norm (vector, N)));
        vector[i] = 0;
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizers/sgd", test_sgd);
  g_test_add_func ("/optimizers/momentum", test_momentum);
  g_test_add_func ("/optimizers/nesterov", test_nesterov);
  g_test_add_func ("/optimizers/rmsprop", test_rmsprop);
  g_test_add_func ("/optimizers/adam", test_adam);
  g_test_add_func ("/optimizers/adam-memory", test_adam_memory);
  g_test_add_func ("/clip/norm", test_clip_by_norm);
  g_test_add_func ("/clip/norm-in-double", test_norm_is_summed_in_double);
  g_test_add_func ("/clip/value", test_clip_by_value);
  g_test_add_func ("/clip/all-finite", test_all_finite);
  return g_test_run ();
}
