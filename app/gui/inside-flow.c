/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-flow.h"

#include <glib/gi18n-lib.h>

#include "app/gui/figure-tabs.h"
#include "app/gui/inside-pane-private.h"
#include "app/gui/settings.h"

#define N_PANES 3

struct _AnmInsideFlow
{
  GtkWidget  parent_instance;

  GtkWidget *panes[N_PANES];  /* above across, left and right below */
  GtkWidget *outer;
  GtkWidget *inner;
  GtkWidget *narrow_box;      /* what holds them when the window is narrow */
  GtkWidget *tabs;
  GtkWidget *stack;
  gboolean   tabbed;
  GSettings *settings;        /* NULL if the schema isn't installed */
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
    gtk_stack_add_child (GTK_STACK (self->stack), self->panes[i]);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->panes[MAX (anm_figure_tabs_get_chosen (ANM_FIGURE_TABS (self->tabs)), 0)]);
}

static void
tab_chosen_cb (AnmInsideFlow *self,
               int tab)
{
  if (self->tabbed && tab >= 0 && tab < N_PANES)
    gtk_stack_set_visible_child (GTK_STACK (self->stack), self->panes[tab]);
}

static void
name_tab (AnmInsideFlow *self,
          GParamSpec *pspec,
          AnmInsidePane *pane)
{
  for (guint i = 0; i < N_PANES; i++)
    if (self->panes[i] == GTK_WIDGET (pane))
      anm_figure_tabs_set_name (ANM_FIGURE_TABS (self->tabs), i, anm_inside_figure_get_title (anm_inside_pane_get_figure (pane)));
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
  gtk_widget_set_visible (self->narrow_box, tabbed);
}

/* What was chosen last time; else the first it is to be. */
static AnmInsideFigure
recall_figure (AnmInsideFlow *self,
               guint pane,
               AnmInsideFigure otherwise)
{
  g_autofree char *text = anm_settings_get_string (self->settings, "inside-figures", "");
  g_auto (GStrv) names = g_strsplit (text, " ", -1);

  for (guint i = 0; pane < g_strv_length (names) && i < ANM_N_INSIDE_FIGURES; i++)
    if (g_str_equal (names[pane], anm_inside_figure_get_name ((AnmInsideFigure) i)))
      return (AnmInsideFigure) i;
  return otherwise;
}

static void
remember_figures (AnmInsideFlow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < N_PANES; i++)
    g_strv_builder_add (builder, anm_inside_figure_get_name (anm_inside_pane_get_figure (ANM_INSIDE_PANE (self->panes[i]))));
  names = g_strv_builder_end (builder);
  text = g_strjoinv (" ", names);
  anm_settings_set_string (self->settings, "inside-figures", text);
}

static void
recall_position (AnmInsideFlow *self,
                 GtkWidget *paned,
                 const char *key)
{
  const int position = anm_settings_get_int (self->settings, key, 0);

  if (position > 0)
    gtk_paned_set_position (GTK_PANED (paned), position);
}

/* Only where the user has moved it: else it goes with the window. */
static void
remember_position (AnmInsideFlow *self,
                   GtkWidget *paned,
                   const char *key)
{
  gboolean placed;

  g_object_get (paned, "position-set", &placed, NULL);
  if (placed && !self->tabbed)
    anm_settings_set_int (self->settings, key, gtk_paned_get_position (GTK_PANED (paned)));
}

static void
anm_inside_flow_unmap (GtkWidget *widget)
{
  AnmInsideFlow *self = ANM_INSIDE_FLOW (widget);

  remember_position (self, self->outer, "inside-flow-height");
  remember_position (self, self->inner, "inside-flow-width");
  remember_figures (self);

  GTK_WIDGET_CLASS (anm_inside_flow_parent_class)->unmap (widget);
}

GtkWidget *
anm_inside_flow_new (AnmTrainingControl *control,
                     AnmLiveReading *live)
{
  static const AnmInsideFigure figures[N_PANES] = { ANM_INSIDE_GRADIENT_FLOW, ANM_INSIDE_RECURRENT_MATRIX, ANM_INSIDE_TRAJECTORIES };
  AnmInsideFlow *self = g_object_new (ANM_TYPE_INSIDE_FLOW, NULL);

  for (guint i = 0; i < N_PANES; i++)
    {
      const AnmInsideFigure figure = recall_figure (self, i, figures[i]);

      self->panes[i] = anm_inside_pane_new (control, live, figure);
      g_signal_connect_object (self->panes[i], "notify::figure-title", G_CALLBACK (name_tab), self, G_CONNECT_SWAPPED);
      anm_figure_tabs_set_name (ANM_FIGURE_TABS (self->tabs), i, anm_inside_figure_get_title (figure));
    }
  put_beside (self);
  recall_position (self, self->outer, "inside-flow-height");
  recall_position (self, self->inner, "inside-flow-width");

  return GTK_WIDGET (self);
}

static void
anm_inside_flow_dispose (GObject *object)
{
  AnmInsideFlow *self = ANM_INSIDE_FLOW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (anm_inside_flow_parent_class)->dispose (object);
}

static void
anm_inside_flow_class_init (AnmInsideFlowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_inside_flow_dispose;
  GTK_WIDGET_CLASS (klass)->unmap = anm_inside_flow_unmap;
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
  static const char *const names[N_PANES + 1] = { "", "", "", NULL };

  self->settings = anm_settings_new ();
  self->outer = new_paned (GTK_ORIENTATION_VERTICAL);
  self->inner = new_paned (GTK_ORIENTATION_HORIZONTAL);
  gtk_paned_set_end_child (GTK_PANED (self->outer), self->inner);
  gtk_widget_set_parent (self->outer, GTK_WIDGET (self));

  self->narrow_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->tabs = anm_figure_tabs_new (names);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tabs), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Figures"), -1);
  g_signal_connect_object (self->tabs, "chosen", G_CALLBACK (tab_chosen_cb), self, G_CONNECT_SWAPPED);
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (self->narrow_box), self->tabs);
  gtk_box_append (GTK_BOX (self->narrow_box), self->stack);
  gtk_widget_set_visible (self->narrow_box, FALSE);
  gtk_widget_set_parent (self->narrow_box, GTK_WIDGET (self));
}
