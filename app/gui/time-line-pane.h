/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/cohort-summary.h"
#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmTimeLinePane:
 *
 * All channels of the view state's patient over time, in a figure view that zooms, pans and marks.
 *
 * Properties: view-state (AnmViewState).
 */
#define ANM_TYPE_TIME_LINE_PANE (anm_time_line_pane_get_type ())
G_DECLARE_FINAL_TYPE (AnmTimeLinePane, anm_time_line_pane, ANM, TIME_LINE_PANE, GtkWidget)

void anm_time_line_pane_set_view_state (AnmTimeLinePane *self,
                                        AnmViewState *state);
void anm_time_line_pane_set_cohort     (AnmTimeLinePane *self,
                                        AnmCohort *cohort);
/* Nullable: what a z-score is against. */
void anm_time_line_pane_set_summary    (AnmTimeLinePane *self,
                                        AnmCohortSummary *summary);
/* Puts the head's controls beneath its title. */
void anm_time_line_pane_set_narrow     (AnmTimeLinePane *self,
                                        gboolean narrow);

G_END_DECLS
