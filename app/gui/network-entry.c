/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/network-entry.h"

#include <glib/gi18n-lib.h>

struct _AnmNetworkEntry
{
  GtkWidget     parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
  GSignalGroup   *study_signals;
  GtkWidget      *entry;
  GtkWidget      *error_label;
  gboolean        showing;
};

G_DEFINE_FINAL_TYPE (AnmNetworkEntry, anm_network_entry, GTK_TYPE_WIDGET)

static void
show_error (AnmNetworkEntry *self,
            const GError *error)
{
  gtk_label_set_label (GTK_LABEL (self->error_label), error != NULL ? error->message : "");
  gtk_widget_set_visible (self->error_label, error != NULL);
  if (error != NULL)
    {
      gtk_widget_add_css_class (self->entry, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry),
                                   GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, error->message, -1);
    }
  else
    {
      gtk_widget_remove_css_class (self->entry, "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
      gtk_accessible_reset_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
    }
}

/* The text is a network; whether its layers fit is what the cards know. */
static void
show_fit (AnmNetworkEntry *self)
{
  const GError *error = NULL;
  int at_fault = -1;

  /* What is wrong with the records isn't the text's. */
  anm_live_reading_get_network (self->live, &error, &at_fault);
  show_error (self, at_fault >= 0 ? error : NULL);
}

static void
laid_out_cb (AnmNetworkEntry *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autofree char *text = study != NULL ? anm_network_spec_to_text (anm_study_get_network (study)) : NULL;

  /* While something else is being typed, that is what is spoken of. */
  if (g_strcmp0 (text, gtk_editable_get_text (GTK_EDITABLE (self->entry))) == 0)
    show_fit (self);
}

static void
show_network (AnmNetworkEntry *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autofree char *text = study != NULL ? anm_network_spec_to_text (anm_study_get_network (study)) : NULL;

  self->showing = TRUE;
  if (text != NULL && !g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (self->entry))))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  self->showing = FALSE;
  show_fit (self);
}

static void
typed_cb (AnmNetworkEntry *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = NULL;

  if (self->showing)
    return;

  spec = anm_network_spec_parse (gtk_editable_get_text (GTK_EDITABLE (self->entry)), &error);
  show_error (self, error);
}

/* FALSE if the text isn't a network: it stays as it is, with the reason. */
static gboolean
take_over (AnmNetworkEntry *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (gtk_editable_get_text (GTK_EDITABLE (self->entry)), &error);

  show_error (self, error);
  if (spec == NULL || study == NULL)
    return FALSE;

  if (!anm_network_spec_equal (spec, anm_study_get_network (study)))
    anm_study_set_network (study, spec);
  show_network (self);
  return TRUE;
}

static void
activate_cb (AnmNetworkEntry *self)
{
  take_over (self);
}

static void
focus_left_cb (AnmNetworkEntry *self)
{
  if (!gtk_widget_in_destruction (GTK_WIDGET (self)))
    take_over (self);
}

static gboolean
escape_cb (GtkWidget *entry,
           GVariant *arguments,
           gpointer data)
{
  show_network (data);
  gtk_editable_set_position (GTK_EDITABLE (entry), -1);
  return TRUE;
}

static void
study_changed_cb (AnmNetworkEntry *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  show_network (self);
}

GtkWidget *
anm_network_entry_new (AnmViewState *state,
                       AnmLiveReading *live)
{
  AnmNetworkEntry *self = g_object_new (ANM_TYPE_NETWORK_ENTRY, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "laid-out", G_CALLBACK (laid_out_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return GTK_WIDGET (self);
}

static void
anm_network_entry_dispose (GObject *object)
{
  AnmNetworkEntry *self = ANM_NETWORK_ENTRY (object);

  g_clear_object (&self->study_signals);
  g_clear_pointer (&self->entry, gtk_widget_unparent);
  g_clear_pointer (&self->error_label, gtk_widget_unparent);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_network_entry_parent_class)->dispose (object);
}

static void
anm_network_entry_class_init (AnmNetworkEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = anm_network_entry_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
anm_network_entry_init (AnmNetworkEntry *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 3);

  self->entry = gtk_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_widget_add_css_class (self->entry, "network-text");
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), "lstm(32) > dense(1)");
  gtk_widget_set_tooltip_text (self->entry, _("The network as text: the cards are its mirror"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Network as text"), -1);
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));

  self->error_label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->error_label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->error_label), TRUE);
  gtk_widget_add_css_class (self->error_label, "caption");
  gtk_widget_add_css_class (self->error_label, "error");
  gtk_widget_set_visible (self->error_label, FALSE);
  gtk_widget_set_parent (self->error_label, GTK_WIDGET (self));

  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (typed_cb), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (escape_cb, self, NULL)));
  gtk_widget_add_controller (self->entry, keys);

  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::network-text", G_CALLBACK (show_network), self);
}
