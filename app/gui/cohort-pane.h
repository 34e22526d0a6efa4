/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/cohort-summary.h"

G_BEGIN_DECLS

/**
 * AnmCohortPane:
 *
 * The cohort channel by channel: distributions by outcome, what is missing and how badly, what the
 * reader found doubtful.
 */
#define ANM_TYPE_COHORT_PANE (anm_cohort_pane_get_type ())
G_DECLARE_FINAL_TYPE (AnmCohortPane, anm_cohort_pane, ANM, COHORT_PANE, GtkWidget)

void anm_cohort_pane_set_cohort  (AnmCohortPane *self,
                                  AnmCohort *cohort);
/* %NULL while it is being computed. */
void anm_cohort_pane_set_summary (AnmCohortPane *self,
                                  AnmCohortSummary *summary);

G_END_DECLS
