/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  ANM_CHOOSE_RECORDS, /* one or more files */
  ANM_CHOOSE_FOLDER,
  ANM_CHOOSE_STUDY,
} AnmChoose;

/* Asks for files. The one place that knows which of GTK's dialogs does it. */
void        anm_choose_files_async  (GtkWindow *parent,
                                     AnmChoose what,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
/* Asks for a name that a study shall have; the finish gives one file. */
void        anm_choose_new_study_async (GtkWindow *parent,
                                     const char *title,
                                     const char *name,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
/* GFiles; %NULL with G_IO_ERROR_CANCELLED if the user thought better of it. */
GListModel *anm_choose_files_finish (GAsyncResult *result,
                                     GError **error);

G_END_DECLS
