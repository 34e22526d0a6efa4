/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/half-choice.h"

#include <glib/gi18n-lib.h>

struct _AnmHalfChoice
{
  GtkWidget  parent_instance;

  GtkWidget *buttons[2]; /* of AnmDirection */
  gboolean   showing;
};

static guint chosen_signal;

G_DEFINE_FINAL_TYPE (AnmHalfChoice, anm_half_choice, GTK_TYPE_WIDGET)

GtkWidget *
anm_half_choice_new (void)
{
  return g_object_new (ANM_TYPE_HALF_CHOICE, NULL);
}

void
anm_half_choice_set_half (AnmHalfChoice *self,
                          AnmDirection half)
{
  g_return_if_fail (ANM_IS_HALF_CHOICE (self));

  self->showing = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[half]), TRUE);
  self->showing = FALSE;
}

AnmDirection
anm_half_choice_get_half (AnmHalfChoice *self)
{
  g_return_val_if_fail (ANM_IS_HALF_CHOICE (self), ANM_DIRECTION_FORWARDS);

  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->buttons[ANM_DIRECTION_BACKWARDS])) ? ANM_DIRECTION_BACKWARDS : ANM_DIRECTION_FORWARDS;
}

static void
toggled_cb (AnmHalfChoice *self,
            GtkToggleButton *button)
{
  if (!self->showing && gtk_toggle_button_get_active (button))
    g_signal_emit (self, chosen_signal, 0);
}

static void
anm_half_choice_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (anm_half_choice_parent_class)->dispose (object);
}

static void
anm_half_choice_class_init (AnmHalfChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_half_choice_dispose;
  chosen_signal = g_signal_new ("chosen", ANM_TYPE_HALF_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
anm_half_choice_init (AnmHalfChoice *self)
{
  const char *const arrows[] = { "→", "←" };
  const char *const names[] = { _("The half that reads forwards"), _("The half that reads backwards") };

  gtk_widget_add_css_class (GTK_WIDGET (self), "linked");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  for (guint i = 0; i < G_N_ELEMENTS (self->buttons); i++)
    {
      self->buttons[i] = gtk_toggle_button_new_with_label (arrows[i]);
      gtk_widget_set_tooltip_text (self->buttons[i], names[i]);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, names[i], -1);
      gtk_widget_set_parent (self->buttons[i], GTK_WIDGET (self));
    }
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->buttons[1]), GTK_TOGGLE_BUTTON (self->buttons[0]));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[0]), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (self->buttons); i++)
    g_signal_connect_swapped (self->buttons[i], "toggled", G_CALLBACK (toggled_cb), self);
}
