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
  anm_real third[N];
} Descent;

static void
begin (Descent *descent, AnmOptimizerKind kind)
{
  *descent = (Descent){ .optimizer = anm_optimizer_get (kind) };
  anm_hyperparameters_init (&descent->hyperparameters, kind);
  for (int i = 0; i < N; i++)
    {
      descent->parameters[i] = (anm_real) (1 + i);
      descent->first[i] = (anm_real) anm_optimizer_get_initial_moment (descent->optimizer, &descent->hyperparameters, 0);
    }
}

static void
make_update (Descent *descent, const anm_real *gradient)
{
  anm_real *moments[ANM_OPTIMIZER_MAX_MOMENTS] = { descent->first, descent->second, descent->third };

  anm_optimizer_update (descent->optimizer, &descent->hyperparameters, ++descent->n_updates, N, gradient, moments, descent->parameters);
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

/* Under a constant gradient the variance is rho^k (1 - rho^k) g^2. */
static void
check_centered (double momentum)
{
  const double rate = 0.01, rho = 0.8, epsilon = 0.3;
  const int n_updates = 9;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_RMSPROP);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.rho = rho;
  descent.hyperparameters.epsilon = epsilon;
  descent.hyperparameters.momentum = momentum;
  descent.hyperparameters.centered = TRUE;
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, momentum > 0.0 ? 3 : 2);
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double expected = 1 + i, step = 0.0;

      for (int k = 1; k <= n_updates; k++)
        {
          step = momentum * step + rate * g / sqrt (pow (rho, k) * (1.0 - pow (rho, k)) * g * g + epsilon);
          expected -= step;
        }
      assert_near ((double) descent.parameters[i], expected, 20.0);
    }
}

static void
test_centered (void)
{
  Descent descent;

  check_centered (0.0);
  check_centered (0.7);

  /* The variance of a constant is 0, which rounding must not take below. */
  begin (&descent, ANM_OPTIMIZER_RMSPROP);
  descent.hyperparameters.centered = TRUE;
  descent.hyperparameters.epsilon = 1e-30;
  make_constant_updates (&descent, 1000);
  g_assert_true (anm_all_finite (descent.parameters, N));
}

/* Under a constant gradient the sum is a + k g^2. */
static void
test_adagrad (void)
{
  const double rate = 0.1, initial = 0.5, epsilon = 0.2;
  const int n_updates = 9;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_ADAGRAD);
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 1);
  g_assert_cmpfloat_with_epsilon ((double) descent.first[0], 0.1, 1e-8);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.initial_accumulator = initial;
  descent.hyperparameters.epsilon = epsilon;
  for (int i = 0; i < N; i++)
    descent.first[i] = (anm_real) anm_optimizer_get_initial_moment (descent.optimizer, &descent.hyperparameters, 0);
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double expected = 1 + i;

      for (int k = 1; k <= n_updates; k++)
        expected -= rate * g / sqrt (initial + k * g * g + epsilon);
      assert_near ((double) descent.parameters[i], expected, 20.0);
      assert_near ((double) descent.first[i], initial + n_updates * g * g, 190.0);
    }
}

/* Under a constant gradient a_k = (1 - rho^k) g^2; the squared steps follow from it one by one. */
static void
test_adadelta (void)
{
  const double rate = 0.7, rho = 0.8, epsilon = 0.05;
  const int n_updates = 9;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_ADADELTA);
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 2);
  g_assert_cmpfloat (descent.hyperparameters.rho, ==, 0.95);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.rho = rho;
  descent.hyperparameters.epsilon = epsilon;
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double expected = 1 + i, squares = 0.0;

      for (int k = 1; k <= n_updates; k++)
        {
          double step = -sqrt (squares + epsilon) * g / sqrt ((1.0 - pow (rho, k)) * g * g + epsilon);

          squares = rho * squares + (1.0 - rho) * step * step;
          expected += rate * step;
        }
      assert_near ((double) descent.parameters[i], expected, 20.0);
      assert_near ((double) descent.second[i], squares, 1.0);
    }
}

/* Under a gradient of 0 weights do nothing but shrink; else it is Adam on what is left of them. */
static void
test_adamw (void)
{
  const double rate = 0.05, decay = 0.3;
  Descent descent, adam;
  anm_real zero[N] = { 0 }, gradient[N];

  begin (&descent, ANM_OPTIMIZER_ADAMW);
  g_assert_cmpfloat (descent.hyperparameters.weight_decay, ==, 0.004);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.weight_decay = decay;
  for (int k = 0; k < 7; k++)
    make_update (&descent, zero);
  for (int i = 0; i < N; i++)
    {
      assert_near ((double) descent.parameters[i], (1 + i) * pow (1.0 - rate * decay, 7), 1 + i);
      g_assert_cmpfloat ((double) descent.second[i], ==, 0.0);
    }

  begin (&adam, ANM_OPTIMIZER_ADAM);
  adam.hyperparameters.learning_rate = rate;
  adam.n_updates = 7;
  for (int i = 0; i < N; i++)
    {
      gradient[i] = (anm_real) constant_gradient (i);
      adam.parameters[i] = descent.parameters[i] - descent.parameters[i] * (anm_real) (rate * decay);
    }
  make_update (&descent, gradient);
  make_update (&adam, gradient);
  for (int i = 0; i < N; i++)
    assert_near ((double) descent.parameters[i], (double) adam.parameters[i], 20.0);
}

/* After one large gradient the largest mean square stays, where Adam's own fades. */
static void
test_amsgrad (void)
{
  const double beta_2 = 0.5, rate = 0.1;
  Descent descent;
  anm_real gradient[N];
  double m = 0.0, v = 0.0, largest = 0.0, expected = 1.0;

  begin (&descent, ANM_OPTIMIZER_ADAM);
  descent.hyperparameters.amsgrad = TRUE;
  descent.hyperparameters.beta_2 = beta_2;
  descent.hyperparameters.learning_rate = rate;
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 3);
  for (int k = 1; k <= 6; k++)
    {
      double g = k == 1 ? 8.0 : 0.25;

      for (int i = 0; i < N; i++)
        gradient[i] = (anm_real) g;
      make_update (&descent, gradient);
      m = 0.9 * m + 0.1 * g;
      v = beta_2 * v + (1.0 - beta_2) * g * g;
      largest = MAX (largest, v);
      expected -= rate * sqrt (1.0 - pow (beta_2, k)) / (1.0 - pow (0.9, k)) * m / (sqrt (largest) + 1e-7);
    }
  g_assert_cmpfloat (largest, ==, 32.0);
  assert_near ((double) descent.parameters[0], expected, 1.0);
  assert_near ((double) descent.third[0], largest, 32.0);
}

/* Under a constant gradient m_k = (1 - beta_1^k) g and v^ = g^2; the shares and their product are taken by the book. */
static void
check_nadam (double beta_1, int n_updates)
{
  const double rate = 0.05, epsilon = 0.2;
  Descent descent;

  begin (&descent, ANM_OPTIMIZER_NADAM);
  g_assert_cmpuint (descent.optimizer->count_moments (&descent.hyperparameters), ==, 2);
  descent.hyperparameters.learning_rate = rate;
  descent.hyperparameters.beta_1 = beta_1;
  descent.hyperparameters.epsilon = epsilon;
  make_constant_updates (&descent, n_updates);

  for (int i = 0; i < N; i++)
    {
      double g = constant_gradient (i);
      double expected = 1 + i, product = 1.0;

      for (int k = 1; k <= n_updates; k++)
        {
          double share = beta_1 * (1.0 - 0.5 * pow (0.96, k));
          double next = beta_1 * (1.0 - 0.5 * pow (0.96, k + 1));
          double m = (1.0 - pow (beta_1, k)) * g;

          product *= share;
          expected -= rate * (next * m / (1.0 - product * next) + (1.0 - share) * g / (1.0 - product)) / (fabs (g) + epsilon);
        }
      assert_near ((double) descent.parameters[i], expected, 20.0 * n_updates / 9.0);
    }
}

static void
test_nadam (void)
{
  check_nadam (0.9, 9);
  check_nadam (0.9, 700);
  check_nadam (0.999, 1300); /* the product fades slowly */
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
  g_test_add_func ("/optimizers/centered", test_centered);
  g_test_add_func ("/optimizers/adagrad", test_adagrad);
  g_test_add_func ("/optimizers/adadelta", test_adadelta);
  g_test_add_func ("/optimizers/adamw", test_adamw);
  g_test_add_func ("/optimizers/amsgrad", test_amsgrad);
  g_test_add_func ("/optimizers/nadam", test_nadam);
  g_test_add_func ("/clip/norm", test_clip_by_norm);
  g_test_add_func ("/clip/norm-in-double", test_norm_is_summed_in_double);
  g_test_add_func ("/clip/value", test_clip_by_value);
  g_test_add_func ("/clip/all-finite", test_all_finite);
  return g_test_run ();
}
