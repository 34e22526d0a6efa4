/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <tgmath.h>

/*
 * Nadam, as in Keras 3: Adam with Nesterov's momentum, whose share grows by a
 * schedule.
 *
 *   u_t = beta_1 (1 - 0.96^t / 2),   P_t = u_1 u_2 ... u_t
 *   m <- beta_1 m + (1 - beta_1) g
 *   v <- beta_2 v + (1 - beta_2) g^2
 *   m^ = u_{t+1} m / (1 - P_{t+1}) + (1 - u_t) g / (1 - P_t)
 *   v^ = v / (1 - beta_2^t)
 *   p <- p - learning_rate m^ / (sqrt (v^) + epsilon)
 *
 * with t the number of the update, from 1.
 *
 * T. Dozat (2016): Incorporating Nesterov momentum into Adam. ICLR workshop.
 * Algorithm 2.
 */

#define SCHEDULE_DECAY 0.96

/* What 1 minus it doesn't see. */
#define NEGLIGIBLE 1e-18

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return 2;
}

static double
get_share (double beta_1, double t)
{
  return beta_1 * (1.0 - 0.5 * pow (SCHEDULE_DECAY, t));
}

/* P_t, from t alone: the shares reach beta_1, and the product 0, after some hundred factors. */
static double
get_product (double beta_1, guint64 t)
{
  double product = 1.0, power = 1.0;
  guint64 i = 0;

  while (i < t && product > NEGLIGIBLE && power > NEGLIGIBLE)
    {
      power *= SCHEDULE_DECAY;
      product *= beta_1 * (1.0 - 0.5 * power);
      i++;
    }
  return product * pow (beta_1, (double) (t - i));
}

static void
update (const AnmHyperparameters *hyperparameters,
        guint64 update_number,
        gsize n,
        const anm_real *gradient,
        anm_real *const *moments,
        anm_real *parameters)
{
  const double t = (double) update_number;
  const double beta_1 = hyperparameters->beta_1;
  const double share = get_share (beta_1, t), next_share = get_share (beta_1, t + 1.0);
  const double product = get_product (beta_1, update_number);
  const double rate = hyperparameters->learning_rate * sqrt (1.0 - pow (hyperparameters->beta_2, t));
  const anm_real of_moment = (anm_real) (rate * next_share / (1.0 - product * next_share));
  const anm_real of_gradient = (anm_real) (rate * (1.0 - share) / (1.0 - product));
  const anm_real rest_1 = (anm_real) (1.0 - beta_1);
  const anm_real rest_2 = (anm_real) (1.0 - hyperparameters->beta_2);
  const anm_real epsilon = (anm_real) (hyperparameters->epsilon * sqrt (1.0 - pow (hyperparameters->beta_2, t)));
  anm_real *m = moments[0];
  anm_real *v = moments[1];

  /* Numerator and denominator are both multiplied with sqrt (1 - beta_2^t). */
  for (gsize i = 0; i < n; i++)
    {
      m[i] += (gradient[i] - m[i]) * rest_1;
      v[i] += (gradient[i] * gradient[i] - v[i]) * rest_2;
      parameters[i] -= (m[i] * of_moment + gradient[i] * of_gradient) / (sqrt (v[i]) + epsilon);
    }
}

static const char *
get_moment_name (const AnmHyperparameters *hyperparameters, guint moment)
{
  static const char *const names[] = { "m", "v" };

  return names[moment];
}

const AnmOptimizer anm_nadam = { .count_moments = count_moments, .get_moment_name = get_moment_name, .update = update };
