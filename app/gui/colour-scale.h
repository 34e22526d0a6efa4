/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmColourScale:
 *
 * The diverging map of signed values, from minus to plus the range of the hidden states' strips.
 */
#define ANM_TYPE_COLOUR_SCALE (anm_colour_scale_get_type ())
G_DECLARE_FINAL_TYPE (AnmColourScale, anm_colour_scale, ANM, COLOUR_SCALE, GtkWidget)

GtkWidget *anm_colour_scale_new       (void);
void       anm_colour_scale_set_range (AnmColourScale *self,
                                       double range);

G_END_DECLS
