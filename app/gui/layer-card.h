/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/card-frame.h"
#include "app/gui/live-reading.h"
#include "app/gui/network-edits.h"

G_BEGIN_DECLS

/**
 * AnmLayerCard:
 *
 * One layer of the network: its type as title, its arguments in place, what it does with the chosen patient, its
 * shapes. Edits nothing itself: it says what a person wants.
 *
 * Keys: Alt+arrows move the layer, Delete removes it.
 * Signals: `edit` (const AnmNetworkEdit *), `chosen` (int unit: -1 = the layer as a whole), `reorder`.
 */
#define ANM_TYPE_LAYER_CARD (anm_layer_card_get_type ())
G_DECLARE_FINAL_TYPE (AnmLayerCard, anm_layer_card, ANM, LAYER_CARD, GtkWidget)

GtkWidget    *anm_layer_card_new          (void);
AnmCardFrame *anm_layer_card_get_frame    (AnmLayerCard *self);
/* Shows layer @index of @spec. */
void          anm_layer_card_set_layer    (AnmLayerCard *self,
                                           const AnmNetworkSpec *spec,
                                           guint index);
guint         anm_layer_card_get_index    (AnmLayerCard *self);
/* NULL before the first layer is set. */
const AnmLayerClass *anm_layer_card_get_class (AnmLayerCard *self);
/* Shapes from @network, for a record of @n_steps (0 = not known); or what is wrong; or neither. */
void          anm_layer_card_set_shapes   (AnmLayerCard *self,
                                           const AnmNetwork *network,
                                           guint n_steps,
                                           const char *wrong);
/* @unit: the chosen one if it is of this layer, else -1. */
void          anm_layer_card_set_reading  (AnmLayerCard *self,
                                           AnmLiveReading *live,
                                           int unit);
/* The number that goes with the cursor. */
void          anm_layer_card_set_time     (AnmLayerCard *self,
                                           AnmLiveReading *live,
                                           double time);
void          anm_layer_card_set_chosen   (AnmLayerCard *self,
                                           gboolean chosen);

G_END_DECLS
