/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/**
 * AnmCohortSample:
 * @patients: [n] in the cohort; sequence i is patient patients[i]
 * @n_all: of how many they were taken
 *
 * Some patients made ready for a network by a fitted recipe, to look into it with: evenly taken, so that the same
 * are looked at in every epoch. Reference counted and read-only once made.
 */
typedef struct
{
  gatomicrefcount  ref_count;

  AnmCohort       *cohort;
  AnmFittedRecipe *recipe;
  guint32         *patients;
  gsize            n;
  gsize            n_all;
  AnmSequences    *sequences;
} AnmCohortSample;

/* At most @at_most (0: all) of @patients. From any thread. NULL with @error if the recipe can't be applied or the network can't read
 * them, or there are none. */
AnmCohortSample *anm_cohort_sample_new   (const AnmNetwork *network,
                                          AnmFittedRecipe *recipe,
                                          AnmCohort *cohort,
                                          const guint32 *patients,
                                          gsize n_patients,
                                          gsize at_most,
                                          GError **error);
/* Of the patients by whom the run was validated; of all of its cohort if it kept none. On the main thread. */
AnmCohortSample *anm_cohort_sample_new_for_run (AnmStudy *study,
                                          AnmRun *run,
                                          gsize at_most,
                                          GError **error);
AnmCohortSample *anm_cohort_sample_ref   (AnmCohortSample *self);
void             anm_cohort_sample_unref (AnmCohortSample *self);
/* Which sequence is @patient's; -1 if it isn't among them. */
gssize           anm_cohort_sample_find  (const AnmCohortSample *self,
                                          guint32 patient);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCohortSample, anm_cohort_sample_unref)

G_END_DECLS
