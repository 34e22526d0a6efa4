/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The window in which the settings are chosen; each acts at once. */
GtkWidget *anm_preferences_new   (GtkWindow *parent);
/* Has what is chosen there (colours, contrast, dashes, numbers) obeyed by figures and text from now on; once, when the program begins. */
void       anm_preferences_apply (GSettings *settings);

G_END_DECLS
