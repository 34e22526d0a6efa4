/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/batch-size.h"

#include <glib/gi18n-lib.h>

#include "app/gui/tooltip.h"

#define MOST 1000000

struct _AnmBatchSize
{
  GtkWidget  parent_instance;

  GtkWidget *one_button;
  GtkWidget *some_button;
  GtkWidget *entry;         /* in its place while the number is edited */
  GtkWidget *all_button;

  guint      value;
  guint      minibatch;     /* what the middle says */
  gboolean   editing;
  gboolean   showing;
};

enum
{
  PROP_0,
  PROP_VALUE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmBatchSize, anm_batch_size, GTK_TYPE_WIDGET)

static void
show (AnmBatchSize *self)
{
  g_autofree char *number = g_strdup_printf ("%u", self->minibatch);
  g_autofree char *name = g_strdup_printf (ngettext ("Minibatches of %u patient", "Minibatches of %u patients",
                                                     self->minibatch), self->minibatch);
  g_autofree char *tooltip = g_strdup_printf (_("%s. Double click or F2 changes the number."), name);
  GtkWidget *active = self->value == 1 ? self->one_button : self->value == 0 ? self->all_button : self->some_button;

  self->showing = TRUE;
  gtk_button_set_label (GTK_BUTTON (self->some_button), number);
  anm_set_tooltip (self->some_button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->some_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (active), TRUE);
  self->showing = FALSE;
}

static void
toggled_cb (AnmBatchSize *self)
{
  if (self->showing)
    return;

  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->one_button)))
    anm_batch_size_set_value (self, 1);
  else if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->all_button)))
    anm_batch_size_set_value (self, 0);
  else if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->some_button)))
    anm_batch_size_set_value (self, self->minibatch);
}

static void
end_edit (AnmBatchSize *self,
          gboolean take_over)
{
  const char *text;
  guint64 number;

  if (!self->editing || gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;

  text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  self->editing = FALSE;
  if (take_over && g_ascii_string_to_unsigned (text, 10, 1, MOST, &number, NULL))
    anm_batch_size_set_value (self, (guint) number);
  gtk_widget_set_visible (self->some_button, TRUE);
  gtk_widget_set_visible (self->entry, FALSE);
}

static void
entry_activate_cb (AnmBatchSize *self)
{
  end_edit (self, TRUE);
  gtk_widget_grab_focus (self->some_button);
}

static void
entry_left_cb (AnmBatchSize *self)
{
  end_edit (self, TRUE);
}

static gboolean
escape_cb (GtkWidget *entry,
           GVariant *arguments,
           gpointer data)
{
  AnmBatchSize *self = data;

  end_edit (self, FALSE);
  gtk_widget_grab_focus (self->some_button);
  return TRUE;
}

static gboolean
edit_key_cb (GtkWidget *button,
             GVariant *arguments,
             gpointer data)
{
  anm_batch_size_edit (data);
  return TRUE;
}

static void
pressed_cb (GtkGestureClick *click,
            int n_press,
            double x,
            double y,
            AnmBatchSize *self)
{
  if (n_press == 2)
    {
      gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
      anm_batch_size_edit (self);
    }
}

void
anm_batch_size_edit (AnmBatchSize *self)
{
  g_autofree char *number = NULL;

  g_return_if_fail (ANM_IS_BATCH_SIZE (self));

  number = g_strdup_printf ("%u", self->minibatch);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), number);
  self->editing = TRUE;
  gtk_widget_set_visible (self->entry, TRUE);
  gtk_widget_grab_focus (self->entry);
  gtk_widget_set_visible (self->some_button, FALSE);
}

guint
anm_batch_size_get_value (AnmBatchSize *self)
{
  g_return_val_if_fail (ANM_IS_BATCH_SIZE (self), 0);

  return self->value;
}

void
anm_batch_size_set_value (AnmBatchSize *self,
                          guint value)
{
  g_return_if_fail (ANM_IS_BATCH_SIZE (self));

  if (self->value == value)
    {
      show (self);
      return;
    }

  self->value = value;
  if (value > 1)
    self->minibatch = value;
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

GtkWidget *
anm_batch_size_new (void)
{
  return g_object_new (ANM_TYPE_BATCH_SIZE, NULL);
}

static void
anm_batch_size_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VALUE:
      g_value_set_uint (value, ANM_BATCH_SIZE (object)->value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_batch_size_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VALUE:
      anm_batch_size_set_value (ANM_BATCH_SIZE (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_batch_size_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (anm_batch_size_parent_class)->dispose (object);
}

static void
anm_batch_size_class_init (AnmBatchSizeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_batch_size_get_property;
  object_class->set_property = anm_batch_size_set_property;
  object_class->dispose = anm_batch_size_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  properties[PROP_VALUE] =
    g_param_spec_uint ("value", NULL, NULL, 0, G_MAXUINT, 32,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static GtkWidget *
make_button (const char *label,
             const char *tooltip,
             const char *name)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  anm_set_tooltip (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
make_middle (AnmBatchSize *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *button_keys = gtk_shortcut_controller_new ();
  GtkEventController *entry_keys = gtk_shortcut_controller_new ();

  self->some_button = gtk_toggle_button_new ();
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (self->some_button, GTK_EVENT_CONTROLLER (click));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (button_keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F2, 0),
                                                          gtk_callback_action_new (edit_key_cb, self, NULL)));
  gtk_widget_add_controller (self->some_button, button_keys);

  self->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 4);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->entry), GTK_INPUT_PURPOSE_DIGITS);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Patients in a minibatch"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (entry_activate_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (entry_left_cb), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (entry_keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (escape_cb, self, NULL)));
  gtk_widget_add_controller (self->entry, entry_keys);
  gtk_widget_set_visible (self->entry, FALSE);
}

static void
anm_batch_size_init (AnmBatchSize *self)
{
  self->value = self->minibatch = 32;

  self->one_button = make_button ("1", _("One patient at a time: stochastic gradient descent"),
                                  _("One patient at a time"));
  /* Translators: all patients in one batch. */
  self->all_button = make_button (C_("batch", "All"), _("All patients at once: full-batch gradient descent"),
                                  _("All patients at once"));
  make_middle (self);

  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->some_button), GTK_TOGGLE_BUTTON (self->one_button));
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->all_button), GTK_TOGGLE_BUTTON (self->one_button));
  g_signal_connect_swapped (self->one_button, "toggled", G_CALLBACK (toggled_cb), self);
  g_signal_connect_swapped (self->some_button, "toggled", G_CALLBACK (toggled_cb), self);
  g_signal_connect_swapped (self->all_button, "toggled", G_CALLBACK (toggled_cb), self);

  gtk_widget_set_parent (self->one_button, GTK_WIDGET (self));
  gtk_widget_set_parent (self->some_button, GTK_WIDGET (self));
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  gtk_widget_set_parent (self->all_button, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "linked");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Batch size"), -1);
  show (self);
}
