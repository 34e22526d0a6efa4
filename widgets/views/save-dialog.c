/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/views/save-dialog.h"

#include <glib/gi18n-lib.h>

/* The task keeps the native dialog alive until it has been answered. */
static void
on_response (GtkNativeDialog *dialog,
             int response,
             gpointer data)
{
  GTask *task = data;

  if (response == GTK_RESPONSE_ACCEPT)
    g_task_return_pointer (task, gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)), g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Nothing was saved"));
  gtk_native_dialog_destroy (dialog);
  g_object_unref (task);
}

void
anm_save_file_async (GtkWindow *parent,
                     const char *title,
                     const char *name,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  GTask *task = g_task_new (parent, cancellable, callback, data);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);

  g_task_set_source_tag (task, anm_save_file_async);
  g_task_set_task_data (task, dialog, g_object_unref);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

GFile *
anm_save_file_finish (GAsyncResult *result,
                      GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
