/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/dialogs.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define ACCEPT "accept"

typedef struct
{
  GtkWindow      *parent;   /* weak */
  GtkWidget      *entry;
  AnmAskedText    asked;
  gpointer        data;
  GDestroyNotify  free_data;
} Question;

static void
question_free (gpointer  data,
               GClosure *closure)
{
  Question *question = data;

  g_clear_weak_pointer (&question->parent);
  if (question->free_data != NULL)
    question->free_data (question->data);
  g_free (question);
}

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          data)
{
  Question *question = data;

  if (question->parent != NULL)
    question->asked (question->parent,
                     g_str_equal (response, ACCEPT) ? gtk_editable_get_text (GTK_EDITABLE (question->entry)) : NULL,
                     question->data);
}

void
anm_ask_text (GtkWindow      *parent,
              const char     *heading,
              const char     *body,
              const char     *name,
              const char     *text,
              const char     *accept_label,
              AnmAskedText    asked,
              gpointer        data,
              GDestroyNotify  free_data)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, heading, body);
  GtkWidget *entry = gtk_entry_new ();
  Question *question = g_new0 (Question, 1);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), ACCEPT, accept_label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), ACCEPT, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), ACCEPT);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);

  question->entry = entry;
  question->asked = asked;
  question->data = data;
  question->free_data = free_data;
  g_set_weak_pointer (&question->parent, parent);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}
