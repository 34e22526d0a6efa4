/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmFoldBox:
 *
 * A row of groups of controls that never asks for more width than there is: what
 * doesn't fit is folded behind the box's "More" button, where it stays usable. What is
 * always behind it is added with anm_fold_box_append_to_more().
 */
#define ANM_TYPE_FOLD_BOX (anm_fold_box_get_type ())
G_DECLARE_FINAL_TYPE (AnmFoldBox, anm_fold_box, ANM, FOLD_BOX, GtkWidget)

/* Ranks: the lowest is folded first. */
#define ANM_FOLD_RANK_HINT 0       /* left out, not folded: nothing to press */
#define ANM_FOLD_RANK_KEEP G_MAXINT /* always in the row */

GtkWidget *anm_fold_box_new            (void);
/* @at_end: pushed to the end of the row. */
void       anm_fold_box_append         (AnmFoldBox *self,
                                        GtkWidget *child,
                                        int rank,
                                        gboolean at_end);
/* Puts the "More" button after what was appended so far. */
void       anm_fold_box_append_more_button (AnmFoldBox *self);
void       anm_fold_box_append_to_more (AnmFoldBox *self,
                                        GtkWidget *child);
GtkWidget *anm_fold_box_get_more_button (AnmFoldBox *self);
/* Whether @child is behind "More" now. */
gboolean   anm_fold_box_get_folded     (AnmFoldBox *self,
                                        GtkWidget *child);

G_END_DECLS
