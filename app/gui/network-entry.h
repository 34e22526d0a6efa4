/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmNetworkEntry:
 *
 * The network as text: the cards' mirror. What is typed is checked as it is typed; Return, or leaving the
 * entry, takes it over, Escape puts the cards' network back. What the cards say of layers that don't fit is said here
 * too.
 */
#define ANM_TYPE_NETWORK_ENTRY (anm_network_entry_get_type ())
G_DECLARE_FINAL_TYPE (AnmNetworkEntry, anm_network_entry, ANM, NETWORK_ENTRY, GtkWidget)

GtkWidget *anm_network_entry_new (AnmViewState *state,
                                  AnmLiveReading *live);

G_END_DECLS
