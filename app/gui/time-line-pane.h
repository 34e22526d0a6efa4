/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/cohort-summary.h"
#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmTimeLinePane:
 *
 * All channels of the view state's patient over time. Scrolling zooms at the pointer (with Ctrl where the
 * channels need the wheel to be seen), dragging pans, a double click fits, a click pins the shared cursor.
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
/* Zooms by @factor (< 1: closer) about @x, NaN: about the middle; 0 fits. */
void anm_time_line_pane_zoom           (AnmTimeLinePane *self,
                                        double factor,
                                        double x);
/* The shown span. */
void anm_time_line_pane_get_span       (AnmTimeLinePane *self,
                                        double *begin,
                                        double *end);

G_END_DECLS
