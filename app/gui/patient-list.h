/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/cohort-summary.h"
#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmPatientList:
 *
 * Search, order and rows of patients; the chosen row is the view state's patient.
 *
 * Properties: view-state (AnmViewState).
 */
#define ANM_TYPE_PATIENT_LIST (anm_patient_list_get_type ())
G_DECLARE_FINAL_TYPE (AnmPatientList, anm_patient_list, ANM, PATIENT_LIST, GtkWidget)

void anm_patient_list_set_view_state (AnmPatientList *self,
                                      AnmViewState *state);
void anm_patient_list_set_cohort     (AnmPatientList *self,
                                      AnmCohort *cohort);
/* Nullable: sparklines and the order by severity come with it. */
void anm_patient_list_set_summary    (AnmPatientList *self,
                                      AnmCohortSummary *summary);
/* Chooses the patient @steps rows further on. */
void anm_patient_list_move           (AnmPatientList *self,
                                      int steps);
void anm_patient_list_focus_rows     (AnmPatientList *self);
void anm_patient_list_focus_search   (AnmPatientList *self);

G_END_DECLS
