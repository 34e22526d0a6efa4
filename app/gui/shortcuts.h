/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Every key that does something, in one table: the application takes its keys from it, the window of shortcuts shows it, and a test
 * holds it against the actions that there are.
 */

typedef struct
{
  const char *group;    /* N_(); NULL: the same as above */
  const char *title;    /* N_() */
  const char *keys[3];  /* as for gtk_accelerator_parse() */
  const char *action;   /* detailed; NULL: a key of a widget that has the focus */
  gboolean    is_accel; /* the application's; else the window binds it, so that an entry may want it first */
} AnmShortcut;

const AnmShortcut *anm_shortcuts            (guint *n_shortcuts);
void               anm_shortcuts_install    (GtkApplication *application);
GtkWidget         *anm_shortcuts_window_new (GtkWindow *parent);

G_END_DECLS
