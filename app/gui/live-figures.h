/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmLiveFigures:
 *
 * What moves while training: the loss, the gradient norm by layer, what the network says of the chosen patient.
 * Drawn anew at most four times a second, and only while seen.
 */
#define ANM_TYPE_LIVE_FIGURES (anm_live_figures_get_type ())
G_DECLARE_FINAL_TYPE (AnmLiveFigures, anm_live_figures, ANM, LIVE_FIGURES, GtkWidget)

GtkWidget *anm_live_figures_new (AnmTrainingControl *control,
                                 AnmLiveReading *live);
/* One of them by its place from 0, where there is room for no more; -1: all. */
void       anm_live_figures_show_only (AnmLiveFigures *self,
                                       int place);

G_END_DECLS
