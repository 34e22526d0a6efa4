/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/training.h"
#include "engine/rate-test.h"

G_BEGIN_DECLS

/* The study's network, begun as a run with @hyperparameters would be, trained over a growing learning rate: no run is kept.
 * @progress is called by the caller's own thread. The error is G_IO_ERROR_CANCELLED if that is why. */
AnmRateTest *anm_learning_rate_test (AnmStudy *study,
                                     const AnmHyperparameters *hyperparameters,
                                     const AnmRateRange *range,
                                     const AnmInitialWeights *weights,
                                     guint n_threads,
                                     AnmRateTestProgress progress,
                                     gpointer data,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
