/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/window-private.h"

#include "app/exhibits/alteration-words.h"
#include "app/gui/hand-bar.h"

static AnmHandBar *
get_bar (AnmWindow *self)
{
  return ANM_HAND_BAR (self->hand_bar);
}

static void
take_in_hand_action (GtkWidget *widget,
                     const char *name,
                     GVariant *parameter)
{
  gboolean shown;

  g_object_get (get_bar (ANM_WINDOW (widget)), "controls-shown", &shown, NULL);
  g_object_set (get_bar (ANM_WINDOW (widget)), "controls-shown", !shown, NULL);
}

static void
show_weight_action (GtkWidget *widget,
                    const char *name,
                    GVariant *parameter)
{
  guint layer, row, unit;

  g_variant_get (parameter, "(uuu)", &layer, &row, &unit);
  anm_hand_bar_show_weight (get_bar (ANM_WINDOW (widget)), layer, row, unit);
}

/* The run begins with what is held; in the hand is nothing any more then. */
static void
train_held_action (GtkWidget *widget,
                   const char *name,
                   GVariant *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  AnmHand *hand = anm_view_state_get_hand (self->state);
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const anm_real *parameters = anm_live_reading_get_parameters (self->live);
  g_autofree char *held = anm_hand_describe (hand, NULL);

  if (held == NULL || parameters == NULL)
    return;
  if (anm_training_control_train_from (self->control, parameters, anm_network_get_n_parameters (reading->network), held, NULL))
    anm_hand_clear (hand);
}

static void
update_train_held (AnmWindow *self)
{
  const AnmTrainingStatus status = anm_training_control_get_status (self->control);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.train-held",
                                 status != ANM_TRAINING_STATUS_RUNNING && status != ANM_TRAINING_STATUS_PAUSED);
}

void
_anm_window_install_hand_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.take-in-hand", NULL, take_in_hand_action);
  gtk_widget_class_install_action (widget_class, "win.show-weight", "(uuu)", show_weight_action);
  gtk_widget_class_install_action (widget_class, "win.train-held", NULL, train_held_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_h, GDK_CONTROL_MASK, "win.take-in-hand", NULL);
}

/* Above the pages, so that it is there on each. */
void
_anm_window_init_hand (AnmWindow *self)
{
  GtkWidget *pages = GTK_WIDGET (self->toasts);

  g_signal_connect_object (self->control, "notify::status", G_CALLBACK (update_train_held), self, G_CONNECT_SWAPPED);
  self->hand_bar = anm_hand_bar_new (self->state, self->live);
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (pages)), self->hand_bar, gtk_widget_get_prev_sibling (pages));
}
