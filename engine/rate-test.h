/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network.h"
#include "engine/pool.h"
#include "engine/hyperparameters.h"

G_BEGIN_DECLS

/* Learning rates that are tried, evenly spread on a logarithmic axis, one an update. */
typedef struct
{
  double lowest;      /* > 0 */
  double highest;     /* > lowest */
  guint  n_updates;   /* 10 .. 100000 */
} AnmRateRange;

#define ANM_RATE_RANGE_DEFAULT ((AnmRateRange){ 1e-7, 10.0, 100 })

/**
 * AnmRateTest:
 * @rates: [n_points] the learning rate of each update
 * @losses: [n_points] of its minibatch, before it
 * @smoothed: [n_points] their running mean
 * @diverged: whether it ended before the highest rate, because the loss exploded
 * @suggestion: a rate to train with; NaN if the loss fell at none
 * @steepest: the rate at which the smoothed loss fell fastest, over a decade; NaN likewise
 *
 * What a network's loss does while the learning rate grows.
 */
typedef struct
{
  guint    n_points;
  double  *rates;
  double  *losses;
  double  *smoothed;
  gboolean diverged;
  double   suggestion;
  double   steepest;
} AnmRateTest;

typedef void (*AnmRateTestProgress) (guint n_done, guint n_updates, gpointer data);

AnmRateTest *anm_rate_test_run  (AnmNetwork *network,
                                 const AnmHyperparameters *hyperparameters,
                                 AnmSequences *training,
                                 const anm_real *parameters,
                                 AnmPool *pool,
                                 const AnmRateRange *range,
                                 AnmRateTestProgress progress,
                                 gpointer data,
                                 const int *stop,
                                 GError **error);
void         anm_rate_test_free (AnmRateTest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmRateTest, anm_rate_test_free)

G_END_DECLS
