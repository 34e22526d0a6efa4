/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/* What @run learnt from, made ready as it was then: its own cohort, its own split, its own recipe with the numbers that were fitted. */
AnmDataset *anm_run_prepare_dataset (AnmStudy *study,
                                     AnmRun *run,
                                     GError **error);
/* The same on a worker thread, kept for the next who asks for it, so that a training which goes on or forks doesn't hold up the main thread. */
void        anm_run_prepare_dataset_async (AnmStudy *study,
                                     AnmRun *run,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean    anm_run_prepare_dataset_finish (GAsyncResult *result,
                                     GError **error);

G_END_DECLS
