/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmFigureTabs:
 *
 * Where the window is too narrow for the live figures beside the cards: a row of tabs that chooses which of
 * them is shown under the cards, or, where it is low too, in the cards' place.
 *
 * Signals: `chosen` (int: -1 = the cards, else the figure's place from 0).
 */
#define ANM_TYPE_FIGURE_TABS (anm_figure_tabs_get_type ())
G_DECLARE_FINAL_TYPE (AnmFigureTabs, anm_figure_tabs, ANM, FIGURE_TABS, GtkWidget)

GtkWidget *anm_figure_tabs_new            (const char *const *names);
int        anm_figure_tabs_get_chosen     (AnmFigureTabs *self);
/* What a tab is called, where its figure is exchanged for another. */
void       anm_figure_tabs_set_name       (AnmFigureTabs *self,
                                           guint index,
                                           const char *name);
/* Whether the cards are one of the tabs. */
void       anm_figure_tabs_set_with_cards (AnmFigureTabs *self,
                                           gboolean with_cards);

G_END_DECLS
