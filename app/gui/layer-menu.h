/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/layer.h"

G_BEGIN_DECLS

/**
 * AnmLayerMenu:
 *
 * A popover with every kind of layer and what it is, in a sentence.
 *
 * Signals: `chosen` (const AnmLayerClass *).
 */
#define ANM_TYPE_LAYER_MENU (anm_layer_menu_get_type ())
G_DECLARE_FINAL_TYPE (AnmLayerMenu, anm_layer_menu, ANM, LAYER_MENU, GtkPopover)

GtkWidget *anm_layer_menu_new    (void);

/* A button of such a menu: a word with a sentence beneath. */
GtkWidget *anm_menu_entry_new    (const char *label,
                                  const char *summary);
/* Holds such buttons at one width: GTK 4.8 measures a popover's wrapped lines for its width with the shadow, and cuts
 * off what then doesn't fit. */
GtkWidget *anm_menu_clamp_new    (GtkWidget *content);

G_END_DECLS
