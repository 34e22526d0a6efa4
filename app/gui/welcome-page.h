/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmWelcomePage:
 *
 * What there is to begin with while no study is open: recent studies, a place to drop files, the examples.
 *
 * Properties: narrow (boolean): one column instead of two.
 */
#define ANM_TYPE_WELCOME_PAGE (anm_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (AnmWelcomePage, anm_welcome_page, ANM, WELCOME_PAGE, GtkWidget)

/* Looks anew at what was open. */
void anm_welcome_page_refresh    (AnmWelcomePage *self);
void anm_welcome_page_set_narrow (AnmWelcomePage *self,
                                  gboolean narrow);

G_END_DECLS
