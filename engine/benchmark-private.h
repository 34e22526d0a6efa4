/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/benchmark.h"
#include "engine/network.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/* What a workload needs to be trained, on random data. */
AnmNetwork   *_anm_workload_make_network   (const AnmWorkload *workload);
AnmSequences *_anm_workload_make_sequences (const AnmWorkload *workload,
                                            guint n_batches);
AnmTrainer   *_anm_workload_make_trainer   (const AnmWorkload *workload,
                                            AnmNetwork *network,
                                            AnmSequences *sequences,
                                            AnmPool *pool);
AnmLossKind   _anm_workload_get_loss       (const AnmWorkload *workload);

/* Seconds of this thread, or of the clock. */
double        _anm_benchmark_now           (gboolean of_processor);
int           _anm_compare_doubles         (const void *a,
                                            const void *b);

G_END_DECLS
