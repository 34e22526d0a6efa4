/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-flow.h"

#include <glib/gi18n-lib.h>

#include "app/gui/inside-pane.h"

#define N_PANES 3

struct _AnmInsideFlow
{
  GtkWidget  parent_instance;

  GtkWidget *panes[N_PANES];  /* above across, left and right below */
  GtkWidget *outer;
  GtkWidget *inner;
  GtkWidget *tabs;            /* what holds them when the window is narrow */
  GtkWidget *stack;
  gboolean   tabbed;
};

G_DEFINE_FINAL_TYPE (AnmInsideFlow, anm_inside_flow, GTK_TYPE_WIDGET)

static void
take_out (GtkWidget *pane)
{
  GtkWidget *parent = gtk_widget_get_parent (pane);

  if (GTK_IS_STACK (parent))
    gtk_stack_remove (GTK_STACK (parent), pane);
  else if (GTK_IS_PANED (parent) && gtk_paned_get_start_child (GTK_PANED (parent)) == pane)
    gtk_paned_set_start_child (GTK_PANED (parent), NULL);
  else if (GTK_IS_PANED (parent))
    gtk_paned_set_end_child (GTK_PANED (parent), NULL);
}

static void
put_beside (AnmInsideFlow *self)
{
  gtk_paned_set_start_child (GTK_PANED (self->outer), self->panes[0]);
  gtk_paned_set_start_child (GTK_PANED (self->inner), self->panes[1]);
  gtk_paned_set_end_child (GTK_PANED (self->inner), self->panes[2]);
}

static void
put_in_tabs (AnmInsideFlow *self)
{
  for (guint i = 0; i < N_PANES; i++)
    {
      GtkStackPage *page = gtk_stack_add_child (GTK_STACK (self->stack), self->panes[i]);

      g_object_bind_property (self->panes[i], "figure-title", page, "title", G_BINDING_SYNC_CREATE);
    }
}

void
anm_inside_flow_set_tabbed (AnmInsideFlow *self,
                            gboolean tabbed)
{
  g_return_if_fail (ANM_IS_INSIDE_FLOW (self));

  if (self->tabbed == tabbed)
    return;

  self->tabbed = tabbed;
  for (guint i = 0; i < N_PANES; i++)
    {
      g_object_ref (self->panes[i]);
      take_out (self->panes[i]);
    }
  if (tabbed)
    put_in_tabs (self);
  else
    put_beside (self);
  for (guint i = 0; i < N_PANES; i++)
    g_object_unref (self->panes[i]);
  gtk_widget_set_visible (self->outer, !tabbed);
  gtk_widget_set_visible (self->tabs, tabbed);
}

GtkWidget *
anm_inside_flow_new (AnmTrainingControl *control,
                     AnmLiveReading *live)
{
  static const AnmInsideFigure figures[N_PANES] = { ANM_INSIDE_GRADIENT_FLOW, ANM_INSIDE_RECURRENT_MATRIX, ANM_INSIDE_TRAJECTORIES };
  AnmInsideFlow *self = g_object_new (ANM_TYPE_INSIDE_FLOW, NULL);

  for (guint i = 0; i < N_PANES; i++)
    self->panes[i] = anm_inside_pane_new (control, live, figures[i]);
  put_beside (self);

  return GTK_WIDGET (self);
}

static void
anm_inside_flow_dispose (GObject *object)
{
  AnmInsideFlow *self = ANM_INSIDE_FLOW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (anm_inside_flow_parent_class)->dispose (object);
}

static void
anm_inside_flow_class_init (AnmInsideFlowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_inside_flow_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
new_paned (GtkOrientation orientation)
{
  GtkWidget *paned = gtk_paned_new (orientation);

  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  return paned;
}

static void
anm_inside_flow_init (AnmInsideFlow *self)
{
  GtkWidget *switcher = gtk_stack_switcher_new ();

  self->outer = new_paned (GTK_ORIENTATION_VERTICAL);
  self->inner = new_paned (GTK_ORIENTATION_HORIZONTAL);
  gtk_paned_set_end_child (GTK_PANED (self->outer), self->inner);
  gtk_widget_set_parent (self->outer, GTK_WIDGET (self));

  self->tabs = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (self->stack));
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (switcher, 6);
  gtk_box_append (GTK_BOX (self->tabs), switcher);
  gtk_box_append (GTK_BOX (self->tabs), self->stack);
  gtk_widget_set_visible (self->tabs, FALSE);
  gtk_widget_set_parent (self->tabs, GTK_WIDGET (self));
}
