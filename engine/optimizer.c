/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/optimizer.h"

/**
 * anm_optimizer_update:
 *
 * One update with the decay of weights that goes before it, as in Keras 3:
 *
 *   p <- p (1 - learning_rate weight_decay)
 *
 * apart from the gradient and so from the moments.
 *
 * I. Loshchilov, F. Hutter (2019): Decoupled weight decay regularization.
 * ICLR. Algorithm 2, line 12; the decay is scaled by the learning rate.
 */
void
anm_optimizer_update (const AnmOptimizer *self,
                      const AnmHyperparameters *hyperparameters,
                      guint64 update_number,
                      gsize n,
                      const anm_real *gradient,
                      anm_real *const *moments,
                      anm_real *parameters)
{
  const anm_real decay = (anm_real) (hyperparameters->weight_decay * hyperparameters->learning_rate);

  if (hyperparameters->weight_decay > 0.0)
    for (gsize i = 0; i < n; i++)
      parameters[i] -= parameters[i] * decay;
  self->update (hyperparameters, update_number, n, gradient, moments, parameters);
}
