/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/* What @run learnt from, made ready as it was then: its own cohort, its own split, its own recipe with the numbers that were fitted. */
AnmDataset *anm_run_prepare_dataset (AnmStudy *study,
                                     AnmRun *run,
                                     GError **error);

G_END_DECLS
