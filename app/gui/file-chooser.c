/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/file-chooser.h"

#include <glib/gi18n-lib.h>

static void
response_cb (GtkNativeDialog *dialog,
             int              response,
             gpointer         data)
{
  g_autoptr (GTask) task = data;

  if (response == GTK_RESPONSE_ACCEPT)
    g_task_return_pointer (task, gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)), g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");

  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
add_filter (GtkFileChooser    *chooser,
            const char        *name,
            const char *const *patterns)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (gsize i = 0; patterns[i] != NULL; i++)
    gtk_file_filter_add_pattern (filter, patterns[i]);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
anm_choose_files_async (GtkWindow          *parent,
                        AnmChoose           what,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            data)
{
  static const char *const tables[] = { "*.csv", "*.CSV", "*.tsv", "*.TSV", "*.txt", "*.TXT", "*.tar.gz", "*.tgz", NULL };
  static const char *const studies[] = { "*.anamnesis", NULL };
  static const char *const everything[] = { "*", NULL };
  const char *title;
  GtkFileChooserNative *dialog;
  GTask *task;

  if (what == ANM_CHOOSE_FOLDER)
    title = _("Import a folder of records");
  else
    title = what == ANM_CHOOSE_STUDY ? _("Open a study") : _("Import records");

  /* Native dialogs aren't kept alive by being shown: the response callback drops this reference. */
  dialog = gtk_file_chooser_native_new (title, parent,
                                        what == ANM_CHOOSE_FOLDER ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                                  : GTK_FILE_CHOOSER_ACTION_OPEN,
                                        _("_Open"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);

  if (what == ANM_CHOOSE_STUDY)
    {
      add_filter (GTK_FILE_CHOOSER (dialog), _("Studies"), studies);
      add_filter (GTK_FILE_CHOOSER (dialog), _("All files"), everything);
    }
  else if (what == ANM_CHOOSE_RECORDS)
    {
      gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
      add_filter (GTK_FILE_CHOOSER (dialog), _("Tables and archives"), tables);
      add_filter (GTK_FILE_CHOOSER (dialog), _("All files"), everything);
    }

  task = g_task_new (parent, cancellable, callback, data);
  g_task_set_source_tag (task, anm_choose_files_async);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
anm_choose_new_study_async (GtkWindow          *parent,
                            const char         *title,
                            const char         *name,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            data)
{
  static const char *const studies[] = { "*.anamnesis", NULL };
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  GTask *task = g_task_new (parent, cancellable, callback, data);

  g_task_set_source_tag (task, anm_choose_new_study_async);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (dialog), _("Studies"), studies);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

GListModel *
anm_choose_files_finish (GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
