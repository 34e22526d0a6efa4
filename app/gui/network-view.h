/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmNetworkView:
 *
 * The network in the middle of the workbench: what it is and for whom it is read, templates, cards, the same
 * as text, and the chosen cell's equation with its numbers.
 */
#define ANM_TYPE_NETWORK_VIEW (anm_network_view_get_type ())
G_DECLARE_FINAL_TYPE (AnmNetworkView, anm_network_view, ANM, NETWORK_VIEW, GtkWidget)

GtkWidget *anm_network_view_new        (AnmViewState *state,
                                        AnmLiveReading *live);
/* Low windows: the cards' settings fold into their menus. */
void       anm_network_view_set_folded (AnmNetworkView *self,
                                        gboolean folded);
/* Narrow windows: buttons without words. */
void       anm_network_view_set_narrow (AnmNetworkView *self,
                                        gboolean narrow);
/* A button brings the channels back. */
void       anm_network_view_set_channels_hidden (AnmNetworkView *self,
                                        gboolean hidden);
/* Boxes the row of a channel of the cohort in the Input card; -1: of none. */
void       anm_network_view_point_channel (AnmNetworkView *self,
                                          int channel);

G_END_DECLS
