/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"
#include "app/gui/network-edits.h"

G_BEGIN_DECLS

/**
 * AnmNetworkStrip:
 *
 * The network as a row of cards, from the input on the left to the answer on the right, with an arrow and an insert
 * button between any two. Where it is wider than the window it scrolls sideways.
 *
 * Signals: `edit` (const AnmNetworkEdit *).
 */
#define ANM_TYPE_NETWORK_STRIP (anm_network_strip_get_type ())
G_DECLARE_FINAL_TYPE (AnmNetworkStrip, anm_network_strip, ANM, NETWORK_STRIP, GtkWidget)

GtkWidget *anm_network_strip_new         (AnmViewState *state,
                                          AnmLiveReading *live);
/* Moves the focus to a layer's card and scrolls it into view. */
void       anm_network_strip_focus_layer (AnmNetworkStrip *self,
                                          guint layer);
/* Low windows: the cards' settings fold into their menus. */
void       anm_network_strip_set_folded  (AnmNetworkStrip *self,
                                          gboolean folded);
/* Boxes the row of a channel of the cohort in the Input card; -1: of none. */
void       anm_network_strip_point_channel (AnmNetworkStrip *self,
                                          int channel);

G_END_DECLS
