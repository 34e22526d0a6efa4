/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmPinnedFoot:
 *
 * The lowest strip of a widget that is taller than its scrolled window, at the window's foot while
 * it is scrolled out of sight: the time axis under more channels than fit. Lies over the scrolled window and
 * lets the pointer through.
 */
#define ANM_TYPE_PINNED_FOOT (anm_pinned_foot_get_type ())
G_DECLARE_FINAL_TYPE (AnmPinnedFoot, anm_pinned_foot, ANM, PINNED_FOOT, GtkWidget)

/* The foot of @content, @height pixels, while @scroller hides it. */
void anm_pinned_foot_set_content (AnmPinnedFoot *self,
                                  GtkScrolledWindow *scroller,
                                  GtkWidget *content,
                                  int height);

G_END_DECLS
