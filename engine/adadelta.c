/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <tgmath.h>

/*
 * AdaDelta, as in Keras 3, which multiplies with a learning rate that the
 * paper doesn't have (there it is 1):
 *
 *   a <- rho a + (1 - rho) g^2
 *   d = -sqrt (b + epsilon) / sqrt (a + epsilon) g
 *   b <- rho b + (1 - rho) d^2
 *   p <- p + learning_rate d
 *
 * M. D. Zeiler (2012): ADADELTA, an adaptive learning rate method. arXiv
 * 1212.5701. Algorithm 1.
 */

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return 2;
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
  const anm_real rho = (anm_real) hyperparameters->rho;
  const anm_real rest = (anm_real) (1.0 - hyperparameters->rho);
  const anm_real epsilon = (anm_real) hyperparameters->epsilon;
  anm_real *gradients = moments[0];
  anm_real *steps = moments[1];

  for (gsize i = 0; i < n; i++)
    {
      anm_real step;

      gradients[i] = rho * gradients[i] + rest * (gradient[i] * gradient[i]);
      step = -sqrt (steps[i] + epsilon) * gradient[i] / sqrt (gradients[i] + epsilon);
      steps[i] = rho * steps[i] + rest * (step * step);
      parameters[i] += learning_rate * step;
    }
}

static const char *
get_moment_name (const AnmHyperparameters *hyperparameters, guint moment)
{
  static const char *const names[] = { "v", "v of steps" };

  return names[moment];
}

const AnmOptimizer anm_adadelta = { .count_moments = count_moments, .get_moment_name = get_moment_name, .update = update };
