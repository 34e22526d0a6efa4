/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/source-options.h"
#include "app/study/model.h"

G_BEGIN_DECLS

/**
 * AnmPatients:
 *
 * Patients that a run is asked about, made ready by the run's own recipe.
 */
typedef struct
{
  AnmCohort    *cohort;
  guint32      *indices;      /* [n], in the cohort; sequence i is patient indices[i] */
  gsize         n;
  AnmSequences *sequences;
  GPtrArray    *warnings;     /* of char * */
  char         *description;  /* "the test part of sample:icu" */
} AnmPatients;

void         anm_patients_free       (AnmPatients *self);
/* One part of the cohort that the run was trained on: training, validation, test or all. */
AnmPatients *anm_patients_load_part  (AnmStudy *study,
                                      AnmRun *run,
                                      const char *part,
                                      GError **error);
/* A source's patients. Those with an outcome if there are any, else all; warns of patients the run was trained on. */
AnmPatients *anm_patients_read_new   (AnmInvocation *invocation,
                                      const AnmSourceOptions *source,
                                      char **arguments,
                                      AnmStudy *study,
                                      AnmRun *run,
                                      GError **error);
/* The same for every patient of the source, with or without an outcome. */
AnmPatients *anm_patients_read_all   (AnmInvocation *invocation,
                                      const AnmSourceOptions *source,
                                      char **arguments,
                                      AnmStudy *study,
                                      AnmRun *run,
                                      GError **error);
/* The same for every patient of the source, made ready by the recipe of a file's model. */
AnmPatients *anm_patients_read_for_model (AnmInvocation *invocation,
                                      const AnmSourceOptions *source,
                                      char **arguments,
                                      const AnmModel *model,
                                      GError **error);
/* Scores need outcomes of the kind that the run was trained on. */
gboolean     anm_patients_check_outcomes (const AnmPatients *self,
                                      AnmRun *run,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPatients, anm_patients_free)

G_END_DECLS
