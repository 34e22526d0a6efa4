/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks where to save a file; an existing one is asked about by the dialog. The one place that knows which of
 * GTK's dialogs does it. @name: suggested, with its ending. */
void   anm_save_file_async  (GtkWindow *parent,
                             const char *title,
                             const char *name,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data);
/* %NULL with G_IO_ERROR_CANCELLED if the user thought better of it. */
GFile *anm_save_file_finish (GAsyncResult *result,
                             GError **error);

G_END_DECLS
