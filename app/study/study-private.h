/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run-private.h"
#include "app/study/study.h"

G_BEGIN_DECLS

/* What the training needs of its study; main thread. */

AnmStore         *anm_study_get_store          (AnmStudy *self);
AnmCohortVersion *anm_study_get_cohort_version (AnmStudy *self); /* nullable */
/* Adds a run that begins now. */
void              anm_study_add_run            (AnmStudy *self,
                                                AnmRun *run);
/* The number that the next run will have, unless another program takes it first. */
guint             anm_study_propose_run_id     (AnmStudy *self);

G_END_DECLS
