/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmHandGates:
 *
 * The gates of one unit in the hand, each with a tick that holds it, a slider and its number: what it is held at, or what it is at the
 * cursor.
 */
#define ANM_TYPE_HAND_GATES (anm_hand_gates_get_type ())
G_DECLARE_FINAL_TYPE (AnmHandGates, anm_hand_gates, ANM, HAND_GATES, GtkWidget)

GtkWidget *anm_hand_gates_new         (AnmViewState *state,
                                       AnmLiveReading *live);
/* @unit: of the layer's half. */
void       anm_hand_gates_set_unit    (AnmHandGates *self,
                                       AnmNetwork *network,
                                       guint layer,
                                       AnmDirection direction,
                                       guint unit);
void       anm_hand_gates_show_values (AnmHandGates *self);

G_END_DECLS
