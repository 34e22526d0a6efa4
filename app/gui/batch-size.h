/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmBatchSize:
 *
 * 1, n or All: stochastic, minibatch, full-batch descent. The number in the middle is changed by a double
 * click or F2.
 *
 * Properties: value (uint, 0 = all, notified).
 */
#define ANM_TYPE_BATCH_SIZE (anm_batch_size_get_type ())
G_DECLARE_FINAL_TYPE (AnmBatchSize, anm_batch_size, ANM, BATCH_SIZE, GtkWidget)

GtkWidget *anm_batch_size_new       (void);
guint      anm_batch_size_get_value (AnmBatchSize *self);
void       anm_batch_size_set_value (AnmBatchSize *self,
                                     guint value);
/* Opens the middle's number for editing. */
void       anm_batch_size_edit      (AnmBatchSize *self);

G_END_DECLS
