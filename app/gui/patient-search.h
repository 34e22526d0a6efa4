/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/*
 * Patient search: a search text made ready for one cohort, so that a patient is looked at in well
 * under a microsecond: what depends on a category or a class is decided once for each word.
 */
typedef struct _AnmPatientSearch AnmPatientSearch;

AnmPatientSearch *anm_patient_search_new   (const AnmCohort *cohort,
                                            const char *text);
gboolean          anm_patient_search_match (const AnmPatientSearch *self,
                                            gsize patient);
/* Whether every patient matches since there is no word. */
gboolean          anm_patient_search_is_empty (const AnmPatientSearch *self);
void              anm_patient_search_free  (AnmPatientSearch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPatientSearch, anm_patient_search_free)

G_END_DECLS
