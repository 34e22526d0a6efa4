/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmHandEffect:
 *
 * What holding a network does to its loss on the validation part (on the training part if there is none): computed on a
 * thread, the newest state of the hand only.
 *
 * Signal: `changed`.
 */
#define ANM_TYPE_HAND_EFFECT (anm_hand_effect_get_type ())
G_DECLARE_FINAL_TYPE (AnmHandEffect, anm_hand_effect, ANM, HAND_EFFECT, GObject)

AnmHandEffect *anm_hand_effect_new        (AnmViewState *state,
                                           AnmLiveReading *live);
/* NaN where it isn't known (yet). */
double         anm_hand_effect_get_before (AnmHandEffect *self);
double         anm_hand_effect_get_after  (AnmHandEffect *self);

G_END_DECLS
