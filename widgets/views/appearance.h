/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/figures/theme.h"

G_BEGIN_DECLS

/**
 * AnmAppearance:
 *
 * What figures can't read off their widget: whether the desktop asks for high
 * contrast. One object for all views; the application binds its style manager to it.
 *
 * Properties: high-contrast (boolean), dashes (boolean).
 */
#define ANM_TYPE_APPEARANCE (anm_appearance_get_type ())
G_DECLARE_FINAL_TYPE (AnmAppearance, anm_appearance, ANM, APPEARANCE, GObject)

AnmAppearance *anm_appearance_get_default       (void); /* borrowed */
/* Whether figures are drawn in high contrast. */
gboolean       anm_appearance_get_high_contrast (AnmAppearance *self);
void           anm_appearance_set_high_contrast (AnmAppearance *self,
                                                 gboolean high_contrast);

/* Whether runs are told apart by dashes as well as by colours. */
gboolean       anm_appearance_get_dashes        (AnmAppearance *self);
void           anm_appearance_set_dashes        (AnmAppearance *self,
                                                 gboolean dashes);

/* The theme of a figure on @widget: dark if its text is light; its font, in proportion to 11 points at 96 dpi. */
void           anm_theme_init_for_widget        (AnmTheme *theme,
                                                 GtkWidget *widget,
                                                 gboolean on_card);

G_END_DECLS
