/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmInsideBar:
 *
 * What the Inside page shows: whose record, which layer, which of its quantities, in which order, after which epoch. All of
 * it is the view state's.
 */
#define ANM_TYPE_INSIDE_BAR (anm_inside_bar_get_type ())
G_DECLARE_FINAL_TYPE (AnmInsideBar, anm_inside_bar, ANM, INSIDE_BAR, GtkWidget)

GtkWidget *anm_inside_bar_new           (AnmTrainingControl *control,
                                         AnmLiveReading *live);
/* As a key: shows the quantity whose symbol it is if the layer has it. */
gboolean   anm_inside_bar_choose        (AnmInsideBar *self,
                                         const char *symbol);
/* Ten epochs a second from where the slider is; from the start if that is the end. */
void       anm_inside_bar_toggle_play   (AnmInsideBar *self);

G_END_DECLS
