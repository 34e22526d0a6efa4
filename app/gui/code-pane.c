/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/code-pane.h"

#include <glib/gi18n-lib.h>

#include "app/study/command-line.h"
#include "app/study/network-code.h"

/* The command line stands behind the programs. */
#define N_LANGUAGES (ANM_N_CODES + 1)
#define LANGUAGE_CLI ANM_N_CODES

#define LEAST_HEIGHT 120

struct _AnmCodePane
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
  GSignalGroup   *study_signals;

  GtkWidget      *box;
  GtkWidget      *tabs[N_LANGUAGES];
  GtkWidget      *text;
  guint           language;
  gboolean        due;
};

G_DEFINE_FINAL_TYPE (AnmCodePane, anm_code_pane, GTK_TYPE_WIDGET)

/* What can't be written says why, as a comment. */
static char *
comment (const char *message)
{
  return g_strdup_printf ("# %s\n", message);
}

static char *
write_program (AnmCodePane *self,
               AnmStudy *study,
               AnmCodeKind kind)
{
  AnmCohort *cohort = anm_study_get_cohort (study);
  const AnmHyperparameters *hyperparameters = anm_study_get_hyperparameters (study);
  g_autoptr (GError) loss_error = NULL;
  const GError *error = NULL;
  AnmNetwork *network = anm_live_reading_get_network (self->live, &error, NULL);
  char *code;

  if (network == NULL)
    return comment (error != NULL ? error->message : _("The records are still being made ready."));
  if (cohort == NULL)
    return comment (_("There are no records."));
  code = anm_network_code_new (kind, network, hyperparameters, &cohort->target.shape, &loss_error);
  return code != NULL ? code : comment (loss_error->message);
}

static char *
write_command (AnmStudy *study)
{
  g_autofree char *network = anm_study_dup_network_text (study);
  g_autofree char *command = anm_command_line_train (anm_study_get_source (study), anm_study_get_origin (study), network, anm_study_get_recipe (study),
                                                     NULL, NULL, anm_study_get_hyperparameters (study));
  GString *text = g_string_new (command);

  /* An option a line. */
  g_string_replace (text, " --", " \\\n    --", 0);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static void
show (AnmCodePane *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text));
  g_autofree char *code = NULL;
  g_autofree char *shown = NULL;
  GtkTextIter begin, end;
  AnmStudy *study;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->due = TRUE;
      return;
    }

  self->due = FALSE;
  study = anm_view_state_get_study (self->state);
  if (study == NULL)
    code = g_strdup ("");
  else if (self->language == LANGUAGE_CLI)
    code = write_command (study);
  else
    code = write_program (self, study, (AnmCodeKind) self->language);

  gtk_text_buffer_get_bounds (buffer, &begin, &end);
  shown = gtk_text_buffer_get_text (buffer, &begin, &end, FALSE);
  if (!g_str_equal (shown, code))
    gtk_text_buffer_set_text (buffer, code, -1);
}

static void
tab_toggled_cb (AnmCodePane *self,
                GtkWidget *tab)
{
  if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (tab)))
    return;

  for (guint i = 0; i < N_LANGUAGES; i++)
    if (self->tabs[i] == tab)
      self->language = i;
  show (self);
}

static void
copy_cb (AnmCodePane *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text));
  GtkTextIter begin, end;
  g_autofree char *code = NULL;

  gtk_text_buffer_get_bounds (buffer, &begin, &end);
  code = gtk_text_buffer_get_text (buffer, &begin, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), code);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", _("Copied"));
}

static void
study_changed_cb (AnmCodePane *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  show (self);
}

static void
anm_code_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (anm_code_pane_parent_class)->map (widget);

  if (ANM_CODE_PANE (widget)->due)
    show (ANM_CODE_PANE (widget));
}

GtkWidget *
anm_code_pane_new (AnmViewState *state,
                   AnmLiveReading *live)
{
  AnmCodePane *self = g_object_new (ANM_TYPE_CODE_PANE, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  g_signal_connect_object (live, "laid-out", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return GTK_WIDGET (self);
}

/* Making */

static GtkWidget *
make_head (AnmCodePane *self)
{
  const char *const words[N_LANGUAGES] = { "Keras", "PyTorch", _("Command line") };
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *tabs = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *copy = gtk_button_new_with_label (_("Copy"));

  gtk_widget_add_css_class (tabs, "linked");
  for (guint i = 0; i < N_LANGUAGES; i++)
    {
      self->tabs[i] = gtk_toggle_button_new_with_label (words[i]);
      if (i > 0)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->tabs[i]), GTK_TOGGLE_BUTTON (self->tabs[0]));
      g_signal_connect_swapped (self->tabs[i], "toggled", G_CALLBACK (tab_toggled_cb), self);
      gtk_box_append (GTK_BOX (tabs), self->tabs[i]);
    }
  gtk_widget_set_hexpand (tabs, TRUE);
  gtk_widget_set_halign (tabs, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (copy, _("Copy the code"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Copy the code"), -1);
  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (copy_cb), self);
  gtk_box_append (GTK_BOX (head), tabs);
  gtk_box_append (GTK_BOX (head), copy);
  return head;
}

static GtkWidget *
make_text (AnmCodePane *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->text = gtk_text_view_new ();
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->text), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (self->text), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->text), TRUE);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->text), FALSE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->text), 9);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self->text), 9);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->text), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->text), 6);
  gtk_widget_add_css_class (self->text, "network-code");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Network as code"), -1);

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->text);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_widget_set_size_request (scrolled, -1, LEAST_HEIGHT);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

static void
anm_code_pane_dispose (GObject *object)
{
  AnmCodePane *self = ANM_CODE_PANE (object);

  g_clear_object (&self->study_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_code_pane_parent_class)->dispose (object);
}

static void
anm_code_pane_class_init (AnmCodePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_code_pane_dispose;
  widget_class->map = anm_code_pane_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_code_pane_init (AnmCodePane *self)
{
  static const char *const edits[] = { "notify::hyperparameters", "notify::network-text", "notify::recipe" };

  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    g_signal_group_connect_swapped (self->study_signals, edits[i], G_CALLBACK (show), self);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->box), make_head (self));
  gtk_box_append (GTK_BOX (self->box), make_text (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->tabs[0]), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Network as code"), -1);
}
