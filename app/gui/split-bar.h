/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmSplitBar:
 *
 * How the patients are split into training, validation and test part: a bar of three pieces, numbers beneath.
 */
#define ANM_TYPE_SPLIT_BAR (anm_split_bar_get_type ())
G_DECLARE_FINAL_TYPE (AnmSplitBar, anm_split_bar, ANM, SPLIT_BAR, GtkWidget)

GtkWidget *anm_split_bar_new        (void);
/* Patients in the training, validation and test part. */
void       anm_split_bar_set_counts (AnmSplitBar *self,
                                     const gsize counts[3]);

G_END_DECLS
