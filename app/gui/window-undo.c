/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Undo and redo of every edit of the study, and of what was changed by hand on the network in it, the newest first: buttons in a
 * wide header, else items of the menu. */

#include "app/gui/text-scale.h"
#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/tooltip.h"

/* Below this the buttons give way to the pages. */
#define WIDE_ENOUGH 1200

#define UNDO_KEY "<Control>z"
#define REDO_KEY "<Control><Shift>z"

/* "Undo: units 32 to 64" */
static char *
name_undo (const char *label)
{
  /* Translators: what is undone, as in "Undo: units 32 to 64". */
  return label != NULL ? g_strdup_printf (_("Undo: %s"), label) : g_strdup (_("Undo"));
}

static char *
name_redo (const char *label)
{
  /* Translators: what is redone, as in "Redo: units 32 to 64". */
  return label != NULL ? g_strdup_printf (_("Redo: %s"), label) : g_strdup (_("Redo"));
}

static gboolean
is_wide (AnmWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  return anm_in_usual_letters (GTK_WIDGET (self), width) >= WIDE_ENOUGH || gtk_window_is_maximized (GTK_WINDOW (self));
}

static void
name_button (GtkWidget  *button,
             const char *name,
             const char *keys)
{
  /* Translators: a button's name and its key. */
  g_autofree char *tooltip = g_strdup_printf (_("%s (%s)"), name, keys);

  anm_set_tooltip (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
add_item (GMenu      *menu,
          const char *name,
          const char *action,
          const char *key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (NULL, action);
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);
  /* An underline in a menu is a mnemonic's. */
  g_autofree char *label = g_strjoinv ("__", parts);

  g_menu_item_set_label (item, label);
  g_menu_item_set_attribute (item, "accel", "s", key);
  g_menu_append_item (menu, item);
}

/* Whether the hand did something since the last edit that is still there. */
static gboolean
is_of_hand (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  return anm_hand_can_undo (anm_view_state_get_hand (self->state)) &&
         (self->n_edits_since_hand == 0 || study == NULL || anm_study_get_undo_label (study) == NULL);
}

static void
update_undo (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  const char *undo_label = is_of_hand (self) ? _("change by hand") : study != NULL ? anm_study_get_undo_label (study) : NULL;
  const char *redo_label = study != NULL ? anm_study_get_redo_label (study) : NULL;
  g_autofree char *undo = name_undo (undo_label);
  g_autofree char *redo = name_redo (redo_label);
  const gboolean wide = is_wide (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo", undo_label != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.redo", redo_label != NULL);

  gtk_widget_set_visible (self->undo_box, study != NULL && wide);
  name_button (self->undo_button, undo, "Ctrl+Z");
  name_button (self->redo_button, redo, "Ctrl+Shift+Z");

  g_menu_remove_all (self->undo_menu);
  if (study != NULL && !wide)
    {
      add_item (self->undo_menu, undo, "win.undo", UNDO_KEY);
      add_item (self->undo_menu, redo, "win.redo", REDO_KEY);
    }
}

static void
undo_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autoptr (GError) error = NULL;
  const gboolean is_undo = g_str_equal (action_name, "win.undo");
  gboolean done;

  if (is_undo && is_of_hand (self))
    {
      anm_hand_undo (anm_view_state_get_hand (self->state));
      return;
    }
  self->undoing = TRUE;
  done = is_undo ? anm_study_undo (study, &error) : anm_study_redo (study, &error);
  self->undoing = FALSE;
  if (done && is_undo && self->n_edits_since_hand > 0)
    self->n_edits_since_hand--;
  else if (done && !is_undo)
    self->n_edits_since_hand++;
  update_undo (self);
  if (!done && error != NULL)
    anm_window_show_error (self, error->message);
}

static void
edited_cb (AnmWindow *self)
{
  if (!self->undoing)
    self->n_edits_since_hand++;
  update_undo (self);
}

static void
hand_changed_cb (AnmWindow *self)
{
  self->n_edits_since_hand = 0;
  update_undo (self);
}

static void
study_changed_cb (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  g_signal_group_set_target (self->undo_signals, study);
  update_undo (self);
}

void
_anm_window_install_undo_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, undo_action);

  /* Not the application's keys: whoever writes in an entry undoes what is written there. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo", NULL);
}

void
_anm_window_init_undo (AnmWindow *self)
{
  self->undo_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->undo_signals, "notify::undo-label", G_CALLBACK (edited_cb), self);
  g_signal_group_connect_swapped (self->undo_signals, "notify::redo-label", G_CALLBACK (update_undo), self);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (anm_view_state_get_hand (self->state), "changed", G_CALLBACK (hand_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::default-width", G_CALLBACK (update_undo), NULL);
  g_signal_connect (self, "notify::maximized", G_CALLBACK (update_undo), NULL);
  update_undo (self);
}
