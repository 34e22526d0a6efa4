/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmSimilarPanel:
 *
 * Patients and hours where units behave as they do in a marked span. Looked for on a thread, with progress and cancel; a click
 * opens the patient and pins the hour.
 *
 * Signals: `chosen` (begin, end: doubles, on a figure's time axis), after a row was opened; `closed`.
 */
#define ANM_TYPE_SIMILAR_PANEL (anm_similar_panel_get_type ())
G_DECLARE_FINAL_TYPE (AnmSimilarPanel, anm_similar_panel, ANM, SIMILAR_PANEL, GtkWidget)

GtkWidget *anm_similar_panel_new    (AnmViewState *state,
                                     AnmLiveReading *live);
/* Looks for what @symbol of @layer does between @low and @high of the reading's time axis: by the units @marked (of guint, numbers
 * in what @symbol names) if there are some. */
void       anm_similar_panel_search (AnmSimilarPanel *self,
                                     guint layer,
                                     const char *symbol,
                                     const GArray *marked,
                                     double low,
                                     double high);
/* Gives up and forgets what was found. */
void       anm_similar_panel_clear  (AnmSimilarPanel *self);

G_END_DECLS
