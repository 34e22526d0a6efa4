/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmHandBar:
 *
 * Takes the network in hand, on any page. Its upper line is a banner that says what is held, what that does to the loss, and
 * offers to undo; it is there while anything is held. Its lower line, there while controls-shown is set, has the chosen unit:
 * a switch that silences it, a slider for each of its gates, and its weights.
 *
 * Property: controls-shown (boolean).
 */
#define ANM_TYPE_HAND_BAR (anm_hand_bar_get_type ())
G_DECLARE_FINAL_TYPE (AnmHandBar, anm_hand_bar, ANM, HAND_BAR, GtkWidget)

GtkWidget *anm_hand_bar_new          (AnmViewState *state,
                                      AnmLiveReading *live);
/* Shows the lower line with the list of weights open at one of layer @layer: that from number @row to unit @unit. */
void       anm_hand_bar_show_weight  (AnmHandBar *self,
                                      guint layer,
                                      guint row,
                                      guint unit);

G_END_DECLS
