/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <tgmath.h>

/*
 * AdaGrad, as in Keras 3 (a sum that begins above 0; epsilon under the root):
 *
 *   a <- a + g^2,   a = initial_accumulator at first
 *   p <- p - learning_rate g / sqrt (a + epsilon)
 *
 * J. Duchi, E. Hazan, Y. Singer (2011): Adaptive subgradient methods for
 * online learning and stochastic optimization. JMLR 12. Section 1.1, the
 * diagonal form.
 */

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return 1;
}

static double
get_initial_moment (const AnmHyperparameters *hyperparameters, guint moment)
{
  return hyperparameters->initial_accumulator;
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
  const anm_real epsilon = (anm_real) hyperparameters->epsilon;
  anm_real *sum = moments[0];

  for (gsize i = 0; i < n; i++)
    {
      sum[i] += gradient[i] * gradient[i];
      parameters[i] -= learning_rate * gradient[i] / sqrt (sum[i] + epsilon);
    }
}

static const char *
get_moment_name (const AnmHyperparameters *hyperparameters, guint moment)
{
  return "sum of squares";
}

const AnmOptimizer anm_adagrad = { .count_moments = count_moments, .get_initial_moment = get_initial_moment, .get_moment_name = get_moment_name, .update = update };
