/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK doesn't compare: each setting of a tooltip asks the X server where the pointer is, several times, and tells screen
 * readers, even if the words are the same. %NULL: none. */
static inline void
anm_set_tooltip (GtkWidget  *widget,
                 const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

G_END_DECLS
