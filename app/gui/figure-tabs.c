/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/figure-tabs.h"

#include <glib/gi18n-lib.h>

struct _AnmFigureTabs
{
  GtkWidget  parent_instance;

  GtkWidget *box;
  GtkWidget *cards;
  GPtrArray *figures; /* toggle buttons */
  gboolean   with_cards;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmFigureTabs, anm_figure_tabs, GTK_TYPE_WIDGET)

int
anm_figure_tabs_get_chosen (AnmFigureTabs *self)
{
  g_return_val_if_fail (ANM_IS_FIGURE_TABS (self), -1);

  for (guint i = 0; i < self->figures->len; i++)
    if (gtk_toggle_button_get_active (g_ptr_array_index (self->figures, i)))
      return (int) i;
  return -1;
}

static void
toggled_cb (AnmFigureTabs *self,
            GtkWidget *tab)
{
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (tab)))
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, anm_figure_tabs_get_chosen (self));
}

void
anm_figure_tabs_set_with_cards (AnmFigureTabs *self,
                                gboolean with_cards)
{
  g_return_if_fail (ANM_IS_FIGURE_TABS (self));

  if (self->with_cards == with_cards)
    return;

  self->with_cards = with_cards;
  gtk_widget_set_visible (self->cards, with_cards);
  /* The cards first, where one thing is seen at a time; else one of the figures always. */
  if (with_cards)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->cards), TRUE);
  else if (anm_figure_tabs_get_chosen (self) < 0 && self->figures->len > 0)
    gtk_toggle_button_set_active (g_ptr_array_index (self->figures, 0), TRUE);
}

void
anm_figure_tabs_set_name (AnmFigureTabs *self,
                          guint index,
                          const char *name)
{
  g_return_if_fail (ANM_IS_FIGURE_TABS (self));
  g_return_if_fail (index < self->figures->len);

  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (g_ptr_array_index (self->figures, index))), name);
}

static GtkWidget *
add_tab (AnmFigureTabs *self,
         const char *name)
{
  GtkWidget *tab = gtk_toggle_button_new_with_label (name);

  if (self->cards != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (tab), GTK_TOGGLE_BUTTON (self->cards));
  gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (tab))), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (tab, TRUE);
  g_signal_connect_swapped (tab, "toggled", G_CALLBACK (toggled_cb), self);
  gtk_box_append (GTK_BOX (self->box), tab);
  return tab;
}

GtkWidget *
anm_figure_tabs_new (const char *const *names)
{
  AnmFigureTabs *self = g_object_new (ANM_TYPE_FIGURE_TABS, NULL);

  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (self->figures, add_tab (self, names[i]));
  gtk_toggle_button_set_active (g_ptr_array_index (self->figures, 0), TRUE);

  return GTK_WIDGET (self);
}

static void
anm_figure_tabs_dispose (GObject *object)
{
  g_clear_pointer (&ANM_FIGURE_TABS (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_figure_tabs_parent_class)->dispose (object);
}

static void
anm_figure_tabs_finalize (GObject *object)
{
  g_ptr_array_unref (ANM_FIGURE_TABS (object)->figures);

  G_OBJECT_CLASS (anm_figure_tabs_parent_class)->finalize (object);
}

static void
anm_figure_tabs_class_init (AnmFigureTabsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_figure_tabs_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_figure_tabs_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);

  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", ANM_TYPE_FIGURE_TABS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
anm_figure_tabs_init (AnmFigureTabs *self)
{
  self->figures = g_ptr_array_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->box, "linked");
  gtk_widget_add_css_class (self->box, "figure-tabs");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  /* Translators: a tab: the network's cards, beside others for the figures. */
  self->cards = add_tab (self, _("Cards"));
  gtk_widget_set_visible (self->cards, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Live figures"), -1);
}
