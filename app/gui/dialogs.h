/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Small questions. The one place that knows which of the toolkit's dialogs asks them.
 *
 * @body may be %NULL; @name is what a screen reader calls the answer; @data is freed by @free_data (nullable) after the answer.
 */

/* The new text, or %NULL if the person thought better of it. */
typedef void (*AnmAskedText)   (GtkWindow *parent,
                                const char *text,
                                gpointer data);
/* The place of the choice, or -1. */
typedef void (*AnmAskedChoice) (GtkWindow *parent,
                                int choice,
                                gpointer data);

/* Asks for one line, with @text to begin with. */
void anm_ask_text      (GtkWindow *parent,
                        const char *heading,
                        const char *body,
                        const char *name,
                        const char *text,
                        const char *accept_label,
                        AnmAskedText asked,
                        gpointer data,
                        GDestroyNotify free_data);
/* Asks for as many lines as a person has to say. */
void anm_ask_long_text (GtkWindow *parent,
                        const char *heading,
                        const char *body,
                        const char *name,
                        const char *text,
                        const char *accept_label,
                        AnmAskedText asked,
                        gpointer data,
                        GDestroyNotify free_data);
/* Asks for one of @choices (of GtkStringObject), with @chosen to begin with. */
void anm_ask_choice    (GtkWindow *parent,
                        const char *heading,
                        const char *body,
                        const char *name,
                        GListModel *choices,
                        guint chosen,
                        const char *accept_label,
                        AnmAskedChoice asked,
                        gpointer data,
                        GDestroyNotify free_data);

/* A window of settings or the like: @page (an AdwPreferencesPage) under a title, above @parent; Escape closes it. */
GtkWidget *anm_page_window_new (GtkWindow *parent,
                                const char *title,
                                GtkWidget *page,
                                int width,
                                int height);

G_END_DECLS
