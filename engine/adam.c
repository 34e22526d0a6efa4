/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

#include <tgmath.h>

/*
 * Adam, as in Keras 3: the form at the end of the paper's section 2, whose
 * epsilon ("epsilon hat") is not divided by the bias correction:
 *
 *   m <- beta_1 m + (1 - beta_1) g
 *   v <- beta_2 v + (1 - beta_2) g^2
 *   p <- p - learning_rate sqrt (1 - beta_2^t) / (1 - beta_1^t)  m / (sqrt (v) + epsilon)
 *
 * with t the number of the update, from 1. With amsgrad the largest v so far,
 * which is a third moment, takes v's place in the last line.
 *
 * AdamW is the same; its weights decay, which anm_optimizer_update() sees to.
 *
 * D. P. Kingma, J. Ba (2015): Adam: A method for stochastic optimization. ICLR.
 * S. J. Reddi, S. Kale, S. Kumar (2018): On the convergence of Adam and beyond.
 * ICLR; as in Keras, the maximum is taken before the bias is corrected.
 */

static guint
count_moments (const AnmHyperparameters *hyperparameters)
{
  return hyperparameters->amsgrad ? 3 : 2;
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
  const anm_real rate = (anm_real) (hyperparameters->learning_rate * sqrt (1.0 - pow (hyperparameters->beta_2, t))
                                    / (1.0 - pow (hyperparameters->beta_1, t)));
  const anm_real rest_1 = (anm_real) (1.0 - hyperparameters->beta_1);
  const anm_real rest_2 = (anm_real) (1.0 - hyperparameters->beta_2);
  const anm_real epsilon = (anm_real) hyperparameters->epsilon;
  anm_real *m = moments[0];
  anm_real *v = moments[1];
  anm_real *largest;

  if (!hyperparameters->amsgrad)
    {
      for (gsize i = 0; i < n; i++)
        {
          m[i] += (gradient[i] - m[i]) * rest_1;
          v[i] += (gradient[i] * gradient[i] - v[i]) * rest_2;
          parameters[i] -= m[i] * rate / (sqrt (v[i]) + epsilon);
        }
      return;
    }

  largest = moments[2];
  for (gsize i = 0; i < n; i++)
    {
      m[i] += (gradient[i] - m[i]) * rest_1;
      v[i] += (gradient[i] * gradient[i] - v[i]) * rest_2;
      largest[i] = MAX (largest[i], v[i]);
      parameters[i] -= m[i] * rate / (sqrt (largest[i]) + epsilon);
    }
}

static const char *
get_moment_name (const AnmHyperparameters *hyperparameters, guint moment)
{
  static const char *const names[] = { "m", "v", "largest v" };

  return names[moment];
}

const AnmOptimizer anm_adam = { .count_moments = count_moments, .get_moment_name = get_moment_name, .update = update };
