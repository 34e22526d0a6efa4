/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmHandWeights:
 *
 * The weights that lead to one gate of one unit, or to an output of a layer without gates, as a list: what each comes from
 * and its number, which can be changed at once and put back to what was learnt.
 */
#define ANM_TYPE_HAND_WEIGHTS (anm_hand_weights_get_type ())
G_DECLARE_FINAL_TYPE (AnmHandWeights, anm_hand_weights, ANM, HAND_WEIGHTS, GtkWidget)

GtkWidget *anm_hand_weights_new       (AnmViewState *state,
                                       AnmLiveReading *live);
/* @unit: of the layer's half that reads in @direction. */
void       anm_hand_weights_set_unit  (AnmHandWeights *self,
                                       guint layer,
                                       AnmDirection direction,
                                       guint unit);
/* Brings the weight from number @row of what enters the layer into view. */
void       anm_hand_weights_show_row  (AnmHandWeights *self,
                                       guint row);

G_END_DECLS
