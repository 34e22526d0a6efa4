/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"
#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmWorkbenchPage:
 *
 * Channels, the network as cards, live figures.
 *
 * Properties, construct only: view-state (AnmViewState), training-control (AnmTrainingControl),
 * live-reading (AnmLiveReading).
 */
#define ANM_TYPE_WORKBENCH_PAGE (anm_workbench_page_get_type ())
G_DECLARE_FINAL_TYPE (AnmWorkbenchPage, anm_workbench_page, ANM, WORKBENCH_PAGE, GtkWidget)

GtkWidget *anm_workbench_page_new (AnmViewState *state, AnmTrainingControl *control, AnmLiveReading *live);

G_END_DECLS
