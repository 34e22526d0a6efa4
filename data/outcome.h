/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort-builder.h"
#include "data/csv-reader.h"

G_BEGIN_DECLS

/*
 * Outcome: collects the words of a target column, one a patient, and says in
 * the end what kind of target they make.
 */

typedef struct _AnmOutcome AnmOutcome;

AnmOutcome *anm_outcome_new    (const char *column,
                                gboolean decimal_comma);
void        anm_outcome_free   (AnmOutcome *self);
/* Nothing is done if the word is missing. Fails if the patient had another word before. */
gboolean    anm_outcome_add    (AnmOutcome *self,
                                const AnmCohortBuilder *builder,
                                gsize patient,
                                const AnmCsvRow *row,
                                guint field,
                                GError **error);
/* Sets target and outcomes; warnings go to the builder. */
gboolean    anm_outcome_finish (AnmOutcome *self,
                                AnmCohortBuilder *builder,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmOutcome, anm_outcome_free)

G_END_DECLS
