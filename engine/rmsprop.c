/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <tgmath.h>

/*
 * RMSProp, as in Keras 3 (epsilon under the root):
 *
 *   v <- rho v + (1 - rho) g^2
 *   u <- momentum u + learning_rate g / sqrt (v + epsilon)
 *   p <- p - u
 *
 * centred, the variance takes the mean square's place:
 *
 *   a <- rho a + (1 - rho) g
 *   u <- momentum u + learning_rate g / sqrt (v - a^2 + epsilon)
 *
 * T. Tieleman, G. Hinton (2012): Lecture 6.5, Neural networks for machine
 * learning. Centred: A. Graves (2013): Generating sequences with recurrent
 * neural networks. arXiv 1308.0850. Equations 38 to 41.
 */

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return 1 + (hyperparameters->momentum > 0.0) + (hyperparameters->centered != FALSE);
}

/* The moments are the mean square, the step if there is momentum, and last the mean if centred. */
static void
update_centered (const AnmHyperparameters *hyperparameters, gsize n, const anm_real *gradient, anm_real *const *moments, anm_real *parameters)
{
  const anm_real learning_rate = (anm_real) hyperparameters->learning_rate;
  const anm_real momentum = (anm_real) hyperparameters->momentum;
  const anm_real rho = (anm_real) hyperparameters->rho;
  const anm_real rest = (anm_real) (1.0 - hyperparameters->rho);
  const anm_real epsilon = (anm_real) hyperparameters->epsilon;
  anm_real *square = moments[0];
  anm_real *step = hyperparameters->momentum > 0.0 ? moments[1] : NULL;
  anm_real *mean = moments[step != NULL ? 2 : 1];

  for (gsize i = 0; i < n; i++)
    {
      anm_real variance, increment;

      square[i] = rho * square[i] + rest * (gradient[i] * gradient[i]);
      mean[i] = rho * mean[i] + rest * gradient[i];
      /* Rounding can take it below 0, and epsilon need not make that good. */
      variance = MAX (square[i] - mean[i] * mean[i], 0);
      increment = learning_rate * gradient[i] / sqrt (variance + epsilon);
      if (step != NULL)
        increment = step[i] = momentum * step[i] + increment;
      parameters[i] -= increment;
    }
}

static void
update (const AnmHyperparameters *hyperparameters,
        guint64 update_number,
        gsize n,
        const anm_real *gradient,
        anm_real *const *moments,
        anm_real *parameters)
{
  const anm_real learning_rate = (anm_real) hyperparameters->learning_rate;
  const anm_real momentum = (anm_real) hyperparameters->momentum;
  const anm_real rho = (anm_real) hyperparameters->rho;
  const anm_real rest = (anm_real) (1.0 - hyperparameters->rho);
  const anm_real epsilon = (anm_real) hyperparameters->epsilon;
  anm_real *square = moments[0];
  anm_real *step;

  if (hyperparameters->centered)
    {
      update_centered (hyperparameters, n, gradient, moments, parameters);
      return;
    }
  if (count_moments (hyperparameters) == 1)
    {
      for (gsize i = 0; i < n; i++)
        {
          square[i] = rho * square[i] + rest * (gradient[i] * gradient[i]);
          parameters[i] -= learning_rate * gradient[i] / sqrt (square[i] + epsilon);
        }
      return;
    }

  step = moments[1];
  for (gsize i = 0; i < n; i++)
    {
      square[i] = rho * square[i] + rest * (gradient[i] * gradient[i]);
      step[i] = momentum * step[i] + learning_rate * gradient[i] / sqrt (square[i] + epsilon);
      parameters[i] -= step[i];
    }
}

static const char *
get_moment_name (const AnmHyperparameters *hyperparameters, guint moment)
{
  if (moment == 0)
    return "v";
  return moment == 1 && hyperparameters->momentum > 0.0 ? "velocity" : "m";
}

const AnmOptimizer anm_rmsprop = { .count_moments = count_moments, .get_moment_name = get_moment_name, .update = update };
