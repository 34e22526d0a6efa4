/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A page of the help: a title, then headings ("# ...") and paragraphs. */
typedef struct
{
  const char        *name;   /* as the window's page is called: "records" */
  const char        *title;  /* N_() */
  const char        *summary; /* N_(), NULL: isn't one of the first steps */
  const char *const *text;   /* N_(), NULL-terminated */
} AnmHelpPage;

const AnmHelpPage *anm_help_pages       (guint *n_pages);

/**
 * AnmHelpWindow:
 *
 * The help, within the program, so that it is there whatever else is installed: pages at the start, the text beside.
 */
#define ANM_TYPE_HELP_WINDOW (anm_help_window_get_type ())
G_DECLARE_FINAL_TYPE (AnmHelpWindow, anm_help_window, ANM, HELP_WINDOW, AdwWindow)

/* @page: a page's name; one without help shows the first. */
GtkWidget         *anm_help_window_new  (GtkWindow *parent,
                                         const char *page);

G_END_DECLS
