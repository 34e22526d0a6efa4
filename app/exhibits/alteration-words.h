/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/hand.h"

G_BEGIN_DECLS

/* What is held of a network, in words: "LSTM unit 25 is silent", "Forget gate of LSTM unit 25 is held at 1",
 * "Weight dense_1.kernel[5, 1] is 0.5, learnt 0.31". @learnt: nullable, the parameters that were learnt. Newly allocated. */
char *anm_alteration_describe  (const AnmAlteration *alteration,
                                AnmNetwork *network,
                                const anm_real *learnt);
/* All that is held: the first two and how many more there are; NULL if nothing is. */
char *anm_hand_describe        (AnmHand *hand,
                                const anm_real *learnt);
/* Each in a line of its own; NULL if nothing is. */
char *anm_hand_list            (AnmHand *hand,
                                const anm_real *learnt);
/* "Validation loss 0.285 → 0.310"; NULL where it isn't known (NaN). */
char *anm_hand_describe_effect (double before,
                                double after);

G_END_DECLS
