/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "data/recipe.h"
#include "engine/alteration.h"
#include "engine/hyperparameters.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * AnmHand:
 *
 * The network taken in hand: which weights, gates and units of the network on the screen are held at something else
 * than it learnt. What the window draws from weights is drawn from the altered ones; runs, snapshots and
 * the study know nothing of it.
 *
 * Each step can be undone; moving one weight or gate again and again, without a rest of a second, is one step. A network of another shape ends all.
 *
 * Signal: `changed`.
 */
#define ANM_TYPE_HAND (anm_hand_get_type ())
G_DECLARE_FINAL_TYPE (AnmHand, anm_hand, ANM, HAND, GObject)

AnmHand             *anm_hand_new           (void);
/* What it holds from now on, NULL for none; the same or one of the same shape changes nothing. */
void                 anm_hand_set_network   (AnmHand *self,
                                             AnmNetwork *network);
AnmNetwork          *anm_hand_get_network   (AnmHand *self); /* borrowed, nullable */
guint                anm_hand_get_n         (AnmHand *self);
const AnmAlteration *anm_hand_get           (AnmHand *self,
                                             guint index);
/* The alteration of the same weight, gate or unit as @place; nullable. */
const AnmAlteration *anm_hand_find          (AnmHand *self,
                                             const AnmAlteration *place);
/* All of them, in the order in which they act; NULL if there are none. */
GArray              *anm_hand_copy          (AnmHand *self);
/* In the place of one of the same weight, gate or unit, or as the last one. FALSE with the reason if the network can't have
 * that: nothing is changed. */
gboolean             anm_hand_set           (AnmHand *self,
                                             const AnmAlteration *alteration,
                                             GError **error);
void                 anm_hand_remove        (AnmHand *self,
                                             const AnmAlteration *place);
/* Ends the gesture: the next change, even of the same place, is a step of its own. */
void                 anm_hand_end_gesture   (AnmHand *self);
/* Whether there is a step to take back. */
gboolean             anm_hand_can_undo      (AnmHand *self);
/* Takes the last step back; FALSE if there is none. */
gboolean             anm_hand_undo          (AnmHand *self);
/* Lets go of everything, in one step. */
void                 anm_hand_clear         (AnmHand *self);

/**
 * anm_hand_compute_loss:
 * @parameters: as they were learnt, of @network
 * @alterations: (nullable): of AnmAlteration, what is held
 * @cancel: (nullable): atomic; 1 = stop
 *
 * The loss of the network as it is held, on the validation part of @dataset, or on the training part if there is none.
 *
 * Returns: NaN when cancelled, and if there is no such loss
 */
double               anm_hand_compute_loss  (AnmNetwork *network,
                                             const anm_real *parameters,
                                             GArray *alterations,
                                             const AnmDataset *dataset,
                                             const AnmHyperparameters *hyperparameters,
                                             AnmPool *pool,
                                             const int *cancel);

G_END_DECLS
