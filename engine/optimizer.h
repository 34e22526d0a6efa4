/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/real.h"

G_BEGIN_DECLS

#define ANM_OPTIMIZER_MAX_MOMENTS 3

/**
 * AnmOptimizer:
 * @count_moments: how many vectors it keeps beside the parameters; at most
 *   %ANM_OPTIMIZER_MAX_MOMENTS
 * @get_initial_moment: (nullable): what a moment begins as; %NULL = 0
 * @get_moment_name: what a moment is, static: "m", "v", "velocity"
 * @update: makes one update of @n parameters from their gradient. @update_number
 *   counts from 1 over the whole run. Each of @moments is [n].
 *
 * A rule that turns gradients into updates. Every element is treated for
 * itself, so a vector may be cut into pieces that are updated apart. All state
 * is in the moments and the number of the update.
 */
typedef struct
{
  guint (*count_moments) (const AnmHyperparameters *hyperparameters);
  double (*get_initial_moment) (const AnmHyperparameters *hyperparameters,
                                guint moment);
  const char *(*get_moment_name) (const AnmHyperparameters *hyperparameters,
                                  guint moment);
  void (*update) (const AnmHyperparameters *hyperparameters,
                  guint64 update_number,
                  gsize n,
                  const anm_real *gradient,
                  anm_real *const *moments,
                  anm_real *parameters);
} AnmOptimizer;

extern const AnmOptimizer anm_sgd;
extern const AnmOptimizer anm_rmsprop;
extern const AnmOptimizer anm_adam; /* AdamW too */
extern const AnmOptimizer anm_adagrad;
extern const AnmOptimizer anm_adadelta;
extern const AnmOptimizer anm_nadam;

static inline const AnmOptimizer *
anm_optimizer_get (AnmOptimizerKind kind)
{
  switch (kind)
    {
    case ANM_OPTIMIZER_SGD:
      return &anm_sgd;
    case ANM_OPTIMIZER_RMSPROP:
      return &anm_rmsprop;
    case ANM_OPTIMIZER_ADAM:
    case ANM_OPTIMIZER_ADAMW:
      return &anm_adam;
    case ANM_OPTIMIZER_ADAGRAD:
      return &anm_adagrad;
    case ANM_OPTIMIZER_ADADELTA:
      return &anm_adadelta;
    case ANM_OPTIMIZER_NADAM:
      return &anm_nadam;
    case ANM_N_OPTIMIZERS:
    default:
      g_assert_not_reached ();
    }
}

/* What moment @moment begins as. */
static inline double
anm_optimizer_get_initial_moment (const AnmOptimizer *self, const AnmHyperparameters *hyperparameters, guint moment)
{
  return self->get_initial_moment != NULL ? self->get_initial_moment (hyperparameters, moment) : 0.0;
}

/* optimizer.c */
void   anm_optimizer_update   (const AnmOptimizer *self,
                               const AnmHyperparameters *hyperparameters,
                               guint64 update_number,
                               gsize n,
                               const anm_real *gradient,
                               anm_real *const *moments,
                               anm_real *parameters);

/* clip.c */
double anm_squared_norm       (const anm_real *vector,
                               gsize n);
double anm_clip_norm_scale    (double norm,
                               double limit);
void   anm_scale              (anm_real *vector,
                               gsize n,
                               double scale);
gsize  anm_clip_value         (anm_real *gradient,
                               gsize n,
                               double limit);
gboolean anm_all_finite       (const anm_real *vector,
                               gsize n);

G_END_DECLS
