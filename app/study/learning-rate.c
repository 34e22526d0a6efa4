/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/learning-rate.h"

#include "app/study/training-private.h"

static void
stop_cb (GCancellable *cancellable,
         gpointer data)
{
  g_atomic_int_set ((int *) data, 1);
}

AnmRateTest *
anm_learning_rate_test (AnmStudy *study,
                        const AnmHyperparameters *hyperparameters,
                        const AnmRateRange *range,
                        const AnmInitialWeights *weights,
                        guint n_threads,
                        AnmRateTestProgress progress,
                        gpointer data,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (AnmGround) ground = { 0 };
  AnmRateTest *test;
  gulong handler;
  int stop = 0;

  g_return_val_if_fail (ANM_IS_STUDY (study), NULL);

  if (!_anm_ground_lay (&ground, study, hyperparameters->seed, n_threads, weights, error))
    return NULL;
  handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (stop_cb), &stop, NULL) : 0;
  test = anm_rate_test_run (ground.network, hyperparameters, ground.dataset->parts[ANM_PART_TRAINING], ground.weights, ground.pool,
                            range, progress, data, &stop, error);
  g_cancellable_disconnect (cancellable, handler);
  if (test == NULL && (error == NULL || *error == NULL))
    g_cancellable_set_error_if_cancelled (cancellable, error);
  return test;
}
