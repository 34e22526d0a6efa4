/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_NETWORK_EDIT_ARGUMENT,  /* layer's argument becomes value */
  ANM_NETWORK_EDIT_CLASS,     /* layer becomes klass, keeping what can be kept */
  ANM_NETWORK_EDIT_INSERT,    /* a layer of klass comes before layer */
  ANM_NETWORK_EDIT_DUPLICATE,
  ANM_NETWORK_EDIT_REMOVE,
  ANM_NETWORK_EDIT_MOVE,      /* layer goes to place to */
} AnmNetworkEditKind;

/* An edit of a network as the cards make it. */
typedef struct
{
  AnmNetworkEditKind   kind;
  guint                layer;
  guint                argument;
  double               value;
  const AnmLayerClass *klass;
  guint                to;
} AnmNetworkEdit;

/**
 * anm_network_edit_apply:
 * @target: nullable
 *
 * After an edit that changes which layers there are, those around it fit again: a recurrent layer gives all its
 * steps as long as another recurrent layer follows, the last one as the target asks; the last dense layer
 * has the target's size. An argument is set as it was entered.
 *
 * Returns: the layer to look at next
 */
guint       anm_network_edit_apply        (const AnmNetworkEdit *edit,
                                           AnmNetworkSpec *spec,
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
