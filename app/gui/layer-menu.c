/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/layer-menu.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define MENU_WIDTH 420

struct _AnmLayerMenu
{
  GtkPopover parent_instance;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmLayerMenu, anm_layer_menu, GTK_TYPE_POPOVER)

GtkWidget *
anm_menu_entry_new (const char *label,
                    const char *summary)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (label);
  GtkWidget *sentence = gtk_label_new (summary);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (sentence), 0);
  gtk_label_set_wrap (GTK_LABEL (sentence), TRUE);
  gtk_widget_add_css_class (name, "heading");
  gtk_widget_add_css_class (sentence, "caption");
  gtk_widget_add_css_class (sentence, "dim-label");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), sentence);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "menu-entry");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary,
                                  -1);
  return button;
}

GtkWidget *
anm_menu_clamp_new (GtkWidget *content)
{
  GtkWidget *clamp = adw_clamp_new ();

  adw_clamp_set_child (ADW_CLAMP (clamp), content);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), MENU_WIDTH);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), MENU_WIDTH);
  gtk_widget_set_size_request (clamp, MENU_WIDTH, -1);
  return clamp;
}

static void
clicked_cb (AnmLayerMenu *self,
            GtkWidget *button)
{
  const AnmLayerClass *klass = g_object_get_data (G_OBJECT (button), "layer-class");

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, klass);
}

GtkWidget *
anm_layer_menu_new (void)
{
  return g_object_new (ANM_TYPE_LAYER_MENU, NULL);
}

static void
anm_layer_menu_class_init (AnmLayerMenuClass *klass)
{
  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", ANM_TYPE_LAYER_MENU, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
anm_layer_menu_init (AnmLayerMenu *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    {
      GtkWidget *button = anm_menu_entry_new (_(anm_layer_class_get_label (classes[i])),
                                              _(anm_layer_class_get_summary (classes[i])));

      g_object_set_data (G_OBJECT (button), "layer-class", (gpointer) classes[i]);
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked_cb), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_popover_set_child (GTK_POPOVER (self), anm_menu_clamp_new (box));
}
