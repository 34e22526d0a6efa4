/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Small questions. The one place that knows which of the toolkit's dialogs asks them.
 */

/* The new text, or %NULL if the person thought better of it. */
typedef void (*AnmAskedText) (GtkWindow *parent,
                              const char *text,
                              gpointer data);

/* Asks for one line, with @text to begin with; @body may be %NULL. @data is freed by @free_data (nullable) afterwards. */
void anm_ask_text (GtkWindow *parent,
                   const char *heading,
                   const char *body,
                   const char *name,
                   const char *text,
                   const char *accept_label,
                   AnmAskedText asked,
                   gpointer data,
                   GDestroyNotify free_data);

G_END_DECLS
