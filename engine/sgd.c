/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

/*
 * Gradient descent with momentum, as in Keras 3:
 *
 *   v <- momentum v - learning_rate g
 *   p <- p + v                                  (classical)
 *   p <- p + momentum v - learning_rate g       (Nesterov, with the new v)
 *
 * and p <- p - learning_rate g where momentum is 0.
 *
 * I. Sutskever, J. Martens, G. Dahl, G. Hinton (2013): On the importance of
 * initialization and momentum in deep learning. ICML. Equations 1 to 4; the
 * parameters kept are those at the point looked ahead to.
 */

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return hyperparameters->momentum > 0.0 ? 1 : 0;
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
  anm_real *velocity;

  if (count_moments (hyperparameters) == 0)
    {
      for (gsize i = 0; i < n; i++)
        parameters[i] -= learning_rate * gradient[i];
      return;
    }

  velocity = moments[0];
  for (gsize i = 0; i < n; i++)
    velocity[i] = momentum * velocity[i] - learning_rate * gradient[i];
  if (hyperparameters->nesterov)
    for (gsize i = 0; i < n; i++)
      parameters[i] += momentum * velocity[i] - learning_rate * gradient[i];
  else
    for (gsize i = 0; i < n; i++)
      parameters[i] += velocity[i];
}

static const char *
get_moment_name (const AnmHyperparameters *hyperparameters, guint moment)
{
  return "velocity";
}

const AnmOptimizer anm_sgd = { .count_moments = count_moments, .get_moment_name = get_moment_name, .update = update };
