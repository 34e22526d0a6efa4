/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmRecordsPage:
 *
 * The cohort: patients on the left, the chosen patient's time line in the middle, distributions and
 * what is missing on the right.
 *
 * Properties: view-state (AnmViewState, construct only).
 */
#define ANM_TYPE_RECORDS_PAGE (anm_records_page_get_type ())
G_DECLARE_FINAL_TYPE (AnmRecordsPage, anm_records_page, ANM, RECORDS_PAGE, GtkWidget)

GtkWidget *anm_records_page_new          (AnmViewState *state);
/* Chooses the patient @steps rows further on in the list, as searched and ordered. */
void       anm_records_page_move         (AnmRecordsPage *self,
                                          int steps);
/* The list of patients, so that arrows choose one. */
void       anm_records_page_focus_patients (AnmRecordsPage *self);
void       anm_records_page_focus_search (AnmRecordsPage *self);

G_END_DECLS
