/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmInsideFlow:
 *
 * The right column of the Inside page: gradient flow, spectrum, trajectories, saturation. In tabs, one figure at a time, when
 * the window is narrow.
 */
#define ANM_TYPE_INSIDE_FLOW (anm_inside_flow_get_type ())
G_DECLARE_FINAL_TYPE (AnmInsideFlow, anm_inside_flow, ANM, INSIDE_FLOW, GtkWidget)

GtkWidget *anm_inside_flow_new        (AnmTrainingControl *control,
                                       AnmLiveReading *live);
void       anm_inside_flow_set_tabbed (AnmInsideFlow *self,
                                       gboolean tabbed);

G_END_DECLS
