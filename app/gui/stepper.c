/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/stepper.h"

#include "app/gui/tooltip.h"

#define MOST_CHARS 18

struct _AnmStepper
{
  GtkWidget  parent_instance;

  GtkWidget *buttons[2];
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (AnmStepper, anm_stepper, GTK_TYPE_WIDGET)

static void
name_button (GtkWidget *button,
             const char *name)
{
  anm_set_tooltip (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GtkWidget *
anm_stepper_new (const char *back,
                 const char *on,
                 int width_chars)
{
  AnmStepper *self = g_object_new (ANM_TYPE_STEPPER, NULL);

  name_button (self->buttons[0], back);
  name_button (self->buttons[1], on);
  gtk_label_set_width_chars (GTK_LABEL (self->label), width_chars);
  return GTK_WIDGET (self);
}

void
anm_stepper_set_actions (AnmStepper *self,
                         const char *back_action,
                         const char *on_action,
                         int amount)
{
  const char *const actions[] = { back_action, on_action };

  g_return_if_fail (ANM_IS_STEPPER (self));

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->buttons[i]), actions[i]);
      if (amount != 0)
        gtk_actionable_set_action_target (GTK_ACTIONABLE (self->buttons[i]), "i", i == 0 ? -amount : amount);
    }
}

void
anm_stepper_set_label (AnmStepper *self,
                       const char *label)
{
  g_return_if_fail (ANM_IS_STEPPER (self));

  gtk_label_set_label (GTK_LABEL (self->label), label);
  anm_set_tooltip (self->label, g_utf8_strlen (label, -1) > MOST_CHARS ? label : NULL);
}

static void
anm_stepper_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (anm_stepper_parent_class)->dispose (object);
}

static void
anm_stepper_class_init (AnmStepperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_stepper_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
anm_stepper_init (AnmStepper *self)
{
  self->buttons[0] = gtk_button_new_from_icon_name ("go-previous-symbolic");
  self->label = gtk_label_new (NULL);
  self->buttons[1] = gtk_button_new_from_icon_name ("go-next-symbolic");
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), MOST_CHARS);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_widget_add_css_class (self->label, "stepper-label");
  gtk_widget_add_css_class (GTK_WIDGET (self), "stepper");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->buttons[0], GTK_WIDGET (self));
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_parent (self->buttons[1], GTK_WIDGET (self));
}
