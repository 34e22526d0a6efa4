/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * When a gradient is said to explode or to vanish: by rule alone. @before_end: [n_steps] norms by steps before the end,
 * NaN = none.
 */

/* Of the last step's gradient: a step that gets less learns nothing. */
#define ANM_GRADIENT_VANISHING 1e-4
/* Times the median epoch's root mean square: an epoch with more explodes. */
#define ANM_GRADIENT_BURST 10
/* Fewer epochs have no median worth the name. */
#define ANM_GRADIENT_LEAST_EPOCHS 4

/* Root mean square over all steps that have a gradient; NaN if none has. */
double anm_gradient_get_strength   (const double *before_end,
                                    guint n_steps);
/* Epochs that explode by their @strengths, by index, the strongest of neighbours; at most @most. Returns their number. */
guint  anm_gradient_find_bursts    (const double *strengths,
                                    guint n_epochs,
                                    guint *bursts,
                                    guint most);
/* How many steps from the beginning of a record on learn nothing in an epoch. */
guint  anm_gradient_count_vanished (const double *before_end,
                                    guint n_steps);
/* The longest stretch of epochs in which the first step learns nothing, from how many learn nothing in each: its first epoch and the
 * number of steps that learn nothing in all of it. Returns its length, 0 = none. */
guint  anm_gradient_find_vanishing (const guint *vanished,
                                    guint n_epochs,
                                    guint *first,
                                    guint *n_vanished);

G_END_DECLS
