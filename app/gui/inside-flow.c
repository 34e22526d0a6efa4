/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-flow.h"

struct _AnmInsideFlow
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
  gboolean        tabbed;
};

G_DEFINE_FINAL_TYPE (AnmInsideFlow, anm_inside_flow, GTK_TYPE_WIDGET)

GtkWidget *
anm_inside_flow_new (AnmTrainingControl *control,
                     AnmLiveReading *live)
{
  AnmInsideFlow *self = g_object_new (ANM_TYPE_INSIDE_FLOW, NULL);

  self->state = g_object_ref (anm_training_control_get_view_state (control));
  self->live = g_object_ref (live);

  return GTK_WIDGET (self);
}

void
anm_inside_flow_set_tabbed (AnmInsideFlow *self,
                            gboolean tabbed)
{
  g_return_if_fail (ANM_IS_INSIDE_FLOW (self));

  self->tabbed = tabbed;
}

static void
anm_inside_flow_dispose (GObject *object)
{
  AnmInsideFlow *self = ANM_INSIDE_FLOW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_inside_flow_parent_class)->dispose (object);
}

static void
anm_inside_flow_class_init (AnmInsideFlowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_inside_flow_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
anm_inside_flow_init (AnmInsideFlow *self)
{
}
