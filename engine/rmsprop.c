/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <tgmath.h>

/*
 * RMSProp, as in Keras 3 (not centred; epsilon under the root):
 *
 *   v <- rho v + (1 - rho) g^2
 *   u <- momentum u + learning_rate g / sqrt (v + epsilon)
 *   p <- p - u
 *
 * T. Tieleman, G. Hinton (2012): Lecture 6.5, Neural networks for machine
 * learning.
 */

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return hyperparameters->momentum > 0.0 ? 2 : 1;
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

const AnmOptimizer anm_rmsprop = { .count_moments = count_moments, .update = update };
