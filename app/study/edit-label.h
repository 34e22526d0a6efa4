/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/* What an edit did, for people: "learning rate 0.001 to 0.01", "units 32 to 64". The caller's own. */

/* Of two JSON objects with the same members; @what, if more than one differs and none of them is the optimiser. */
char *anm_edit_label_of_members (const char *before,
                                 const char *after,
                                 const char *what);
/* Of two networks as text. */
char *anm_edit_label_of_network (const char *before,
                                 const char *after);

/* The one number that an edit changed, which a slider or a button may change on and on: "learning_rate", "layer 2 units". NULL if it changed
 * something else, or more. The caller's own. */
char *anm_edit_place_of_members (const char *before,
                                 const char *after);
char *anm_edit_place_of_network (const AnmNetworkSpec *before,
                                 const AnmNetworkSpec *after);

G_END_DECLS
