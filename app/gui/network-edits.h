/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/*
 * Edits of a network as the cards make them. After each, the layers around fit
 * again: a recurrent layer gives all its steps as long as another recurrent layer
 * follows, the last one as the target asks; the last dense layer has the target's
 * size. What a person writes as text is left as it was written.
 */

void        anm_network_edit_insert       (AnmNetworkSpec *spec,
                                           guint index,
                                           const AnmLayerClass *klass,
                                           const AnmTargetShape *target);
void        anm_network_edit_duplicate    (AnmNetworkSpec *spec,
                                           guint index,
                                           const AnmTargetShape *target);
void        anm_network_edit_remove       (AnmNetworkSpec *spec,
                                           guint index,
                                           const AnmTargetShape *target);
void        anm_network_edit_move         (AnmNetworkSpec *spec,
                                           guint from,
                                           guint to,
                                           const AnmTargetShape *target);
void        anm_network_edit_set_class    (AnmNetworkSpec *spec,
                                           guint index,
                                           const AnmLayerClass *klass,
                                           const AnmTargetShape *target);

/* Where "Add layer" puts a layer: before the output. */
guint       anm_network_edit_get_place_to_add (const AnmNetworkSpec *spec);

/**
 * anm_network_edit_lay_out:
 * @target: nullable
 * @at_fault: (out): the layer that doesn't fit; untouched on success
 *
 * As anm_network_new(), and says which card the error belongs to.
 */
AnmNetwork *anm_network_edit_lay_out      (const AnmNetworkSpec *spec,
                                           guint n_inputs,
                                           const AnmTargetShape *target,
                                           guint *at_fault,
                                           GError **error);

/* -1 if the class has no such argument. */
int         anm_layer_class_find_argument (const AnmLayerClass *klass,
                                           const char *name);

G_END_DECLS
