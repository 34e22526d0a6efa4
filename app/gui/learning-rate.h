/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmLearningRate:
 *
 * The learning rate on a logarithmic slider from 10⁻⁵ to 1, an arrow key a tenth of a decade, and in an entry
 * beside it for exact numbers and those beyond.
 *
 * Properties: value (double, > 0, notified when a person or the program changes it).
 */
#define ANM_TYPE_LEARNING_RATE (anm_learning_rate_get_type ())
G_DECLARE_FINAL_TYPE (AnmLearningRate, anm_learning_rate, ANM, LEARNING_RATE, GtkWidget)

GtkWidget *anm_learning_rate_new       (void);
double     anm_learning_rate_get_value (AnmLearningRate *self);
void       anm_learning_rate_set_value (AnmLearningRate *self,
                                        double value);

G_END_DECLS
