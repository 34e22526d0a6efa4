/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/cohort-summary.h"

G_BEGIN_DECLS

/**
 * AnmPatientRow:
 *
 * A patient in a list: id, a word about who it is, two sparklines, outcome.
 */
#define ANM_TYPE_PATIENT_ROW (anm_patient_row_get_type ())
G_DECLARE_FINAL_TYPE (AnmPatientRow, anm_patient_row, ANM, PATIENT_ROW, GtkWidget)

GtkWidget *anm_patient_row_new  (void);
/* @summary says which channels are drawn; nullable: none. @id_length: letters that there is room for in the id. */
void       anm_patient_row_show (AnmPatientRow *self,
                                 AnmCohort *cohort,
                                 guint patient,
                                 guint id_length,
                                 AnmCohortSummary *summary);
/* Row and patient in words, for whoever doesn't see them. Newly allocated. */
char      *anm_patient_row_describe (AnmPatientRow *self);

G_END_DECLS
