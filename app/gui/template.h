/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For dispose of a template whose parent class is GtkWidget itself: nobody else parts with the children. */
static inline void
anm_dispose_template (GtkWidget *widget,
                      GType      type)
{
  GtkWidget *child;

  gtk_widget_dispose_template (widget, type);
  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}

/* A revealer that is shut is still told to a screen reader unless it is invisible too. */
static inline void
anm_reveal (GtkWidget *revealer,
            gboolean   reveal)
{
  gtk_widget_set_visible (revealer, reveal);
  gtk_revealer_set_reveal_child (GTK_REVEALER (revealer), reveal);
}

G_END_DECLS
