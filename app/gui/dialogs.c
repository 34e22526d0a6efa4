/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/dialogs.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define ACCEPT "accept"

typedef struct
{
  GtkWindow      *parent;        /* weak */
  GtkWidget      *answer;        /* what the person fills in */
  AnmAskedText    asked_text;    /* one of the two */
  AnmAskedChoice  asked_choice;
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

static char *
read_answer (GtkWidget *answer)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  if (GTK_IS_EDITABLE (answer))
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (answer)));

  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (answer));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          data)
{
  const gboolean accepted = g_str_equal (response, ACCEPT);
  Question *question = data;
  g_autofree char *text = NULL;

  if (question->parent == NULL)
    return;

  if (question->asked_choice != NULL)
    {
      question->asked_choice (question->parent,
                              accepted ? (int) gtk_drop_down_get_selected (GTK_DROP_DOWN (question->answer)) : -1,
                              question->data);
      return;
    }
  text = accepted ? read_answer (question->answer) : NULL;
  question->asked_text (question->parent, text, question->data);
}

/* @child holds @answer, or is it. */
static void
ask (Question   *question,
     GtkWidget  *child,
     const char *heading,
     const char *body,
     const char *name,
     const char *accept_label)
{
  GtkWidget *dialog = adw_message_dialog_new (question->parent, heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), ACCEPT, accept_label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), ACCEPT, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), ACCEPT);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), child);
  gtk_accessible_update_property (GTK_ACCESSIBLE (question->answer), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (question->answer);
}

static Question *
question_new (GtkWindow      *parent,
              GtkWidget      *answer,
              gpointer        data,
              GDestroyNotify  free_data)
{
  Question *question = g_new0 (Question, 1);

  g_set_weak_pointer (&question->parent, parent);
  question->answer = answer;
  question->data = data;
  question->free_data = free_data;
  return question;
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
  GtkWidget *entry = gtk_entry_new ();
  Question *question = question_new (parent, entry, data, free_data);

  question->asked_text = asked;
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  ask (question, entry, heading, body, name, accept_label);
}

void
anm_ask_long_text (GtkWindow      *parent,
                   const char     *heading,
                   const char     *body,
                   const char     *name,
                   const char     *text,
                   const char     *accept_label,
                   AnmAskedText    asked,
                   gpointer        data,
                   GDestroyNotify  free_data)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_text_view_new ();
  Question *question = question_new (parent, view, data, free_data);

  question->asked_text = asked;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 9);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 9);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 9);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 9);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_scrolled_window_set_min_content_width (GTK_SCROLLED_WINDOW (scrolled), 360);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 132);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_widget_add_css_class (scrolled, "long-text");
  ask (question, scrolled, heading, body, name, accept_label);
}

void
anm_ask_choice (GtkWindow      *parent,
                const char     *heading,
                const char     *body,
                const char     *name,
                GListModel     *choices,
                guint           chosen,
                const char     *accept_label,
                AnmAskedChoice  asked,
                gpointer        data,
                GDestroyNotify  free_data)
{
  GtkWidget *drop_down = gtk_drop_down_new (g_object_ref (choices), NULL);
  Question *question = question_new (parent, drop_down, data, free_data);

  question->asked_choice = asked;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), chosen);
  ask (question, drop_down, heading, body, name, accept_label);
}

/* Not an AdwPreferencesWindow, which in libadwaita 1.2 keeps all its rows for ever once it has been shown. */
GtkWidget *
anm_page_window_new (GtkWindow  *parent,
                     const char *title,
                     GtkWidget  *page,
                     int         width,
                     int         height)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_box_append (GTK_BOX (outer), adw_header_bar_new ());
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (outer), page);
  adw_window_set_content (ADW_WINDOW (window), outer);

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  return window;
}
