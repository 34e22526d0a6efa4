/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmStartPage:
 *
 * What there is to begin with while no records are open: import, a study, or one of the examples.
 */
#define ANM_TYPE_START_PAGE (anm_start_page_get_type ())
G_DECLARE_FINAL_TYPE (AnmStartPage, anm_start_page, ANM, START_PAGE, GtkWidget)

G_END_DECLS
