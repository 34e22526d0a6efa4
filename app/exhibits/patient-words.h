/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

/* A patient in words, from whatever statics and outcome the cohort has. All return newly allocated text. */

/* For a row of a list: "71, F"; "" if there is nothing to say. */
char *anm_patient_describe_briefly (const AnmCohort *cohort,
                                    gsize patient);
/* For a caption: "Age 71 years, Gender F, ICU medical; died in hospital; 48 hours, 428 values". */
char *anm_patient_describe         (const AnmCohort *cohort,
                                    gsize patient);
/* The outcome's word: "died"; the number with a regression; %NULL if it isn't known or has no short word. */
char *anm_patient_get_outcome      (const AnmCohort *cohort,
                                    gsize patient);
/* Which class the patient is in: 0, 1, ...; -1 if unknown or not one class a patient. */
int   anm_patient_get_class        (const AnmCohort *cohort,
                                    gsize patient);

G_END_DECLS
