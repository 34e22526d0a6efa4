/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/info-label.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define WIDTH 300
#define ABOUT_WIDTH 400
#define ABOUT_HEIGHT 460

/* What the popover says: it is made when it is first wanted, since there are a great many. */
typedef struct
{
  char       *label;
  char       *sentence;
  const char *formula;
  const char *zero;
} Info;

static void
info_destroy (gpointer data)
{
  Info *info = data;

  g_free (info->label);
  g_free (info->sentence);
  g_free (info);
}

static GtkWidget *
make_text (const char *text,
           const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

GtkWidget *
anm_formula_new (const char *formula)
{
  GtkWidget *label = make_text (NULL, "formula");
  g_autofree char *markup = anm_formula_to_markup (formula);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  return label;
}

static GtkWidget *
clamp (GtkWidget *content,
       int width)
{
  GtkWidget *holder = adw_clamp_new ();

  adw_clamp_set_child (ADW_CLAMP (holder), content);
  adw_clamp_set_maximum_size (ADW_CLAMP (holder), width);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (holder), width);
  gtk_widget_set_size_request (holder, width, -1);
  return holder;
}

static void
create_cb (GtkMenuButton *button,
           gpointer data)
{
  const Info *info = data;
  GtkWidget *popover, *box;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;

  popover = gtk_popover_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_add_css_class (box, "info");
  gtk_box_append (GTK_BOX (box), make_text (info->label, "heading"));
  gtk_box_append (GTK_BOX (box), make_text (info->sentence, NULL));
  if (info->formula != NULL)
    gtk_box_append (GTK_BOX (box), anm_formula_new (info->formula));
  if (info->zero != NULL)
    {
      /* Translators: what the number 0 stands for: "0: off". */
      g_autofree char *zero = g_strdup_printf (_("0: %s"), info->zero);
      GtkWidget *label = make_text (zero, "caption");

      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), clamp (box, WIDTH));
  gtk_menu_button_set_popover (button, popover);
}

/* Not over the popover, which says more. */
static gboolean
query_tooltip_cb (GtkMenuButton *button,
                  int x,
                  int y,
                  gboolean keyboard,
                  GtkTooltip *tooltip,
                  const Info *info)
{
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  if (popover != NULL && gtk_widget_get_visible (GTK_WIDGET (popover)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, info->sentence);
  return TRUE;
}

GtkWidget *
anm_info_label_new (const char *label,
                    const char *sentence,
                    const char *formula,
                    const char *zero)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *text = gtk_label_new (label);
  Info *info = g_new0 (Info, 1);
  /* Translators: a button that says what a setting is: "About Dropout". */
  g_autofree char *name = g_strdup_printf (_("About %s"), label);

  info->label = g_strdup (label);
  info->sentence = g_strdup (sentence);
  info->formula = formula;
  info->zero = zero;

  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_halign (text, GTK_ALIGN_FILL);
  gtk_menu_button_set_child (GTK_MENU_BUTTON (button), text);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), create_cb, info, NULL);
  g_object_set_data_full (G_OBJECT (button), "info", info, info_destroy);
  gtk_widget_add_css_class (button, "info-label");
  gtk_widget_set_has_tooltip (button, TRUE);
  g_signal_connect (button, "query-tooltip", G_CALLBACK (query_tooltip_cb), info);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence,
                                  -1);
  return button;
}

GtkWidget *
anm_bolt_new (void)
{
  GtkWidget *bolt = gtk_image_new_from_icon_name ("anm-bolt-symbolic");

  gtk_widget_add_css_class (bolt, "bolt");
  gtk_widget_set_tooltip_text (bolt, _("Acts at once, even while training"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bolt), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Acts at once, even while training"), -1);
  return bolt;
}

GtkWidget *
anm_info_label_new_for (const AnmSettingNote *note)
{
  GtkWidget *label = anm_info_label_new (_(note->label), _(note->summary), note->formula, note->zero != NULL ? _(note->zero) : NULL);
  GtkWidget *box;

  if (!note->in_flight)
    return label;

  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), anm_bolt_new ());
  return box;
}

GtkWidget *
anm_layer_about_new (const AnmLayerClass *klass)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  const char *formula = anm_layer_formula (klass);
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (klass, &n_arguments);

  gtk_widget_add_css_class (box, "info");
  gtk_box_append (GTK_BOX (box), make_text (_(anm_layer_class_get_label (klass)), "title-4"));
  gtk_box_append (GTK_BOX (box), make_text (_(anm_layer_class_get_summary (klass)), NULL));
  if (formula != NULL)
    gtk_box_append (GTK_BOX (box), anm_formula_new (formula));
  for (guint i = 0; i < n_arguments; i++)
    {
      GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *name = make_text (arguments[i].name, "network-text");
      const char *of = anm_argument_formula (klass, &arguments[i]);

      gtk_widget_add_css_class (name, "dim-label");
      gtk_box_append (GTK_BOX (head), make_text (_(arguments[i].label), "heading"));
      gtk_box_append (GTK_BOX (head), name);
      gtk_widget_set_margin_top (head, 6);
      gtk_box_append (GTK_BOX (box), head);
      gtk_box_append (GTK_BOX (box), make_text (_(arguments[i].summary), NULL));
      if (of != NULL)
        gtk_box_append (GTK_BOX (box), anm_formula_new (of));
    }

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), ABOUT_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp (box, ABOUT_WIDTH));
  gtk_widget_set_size_request (scrolled, ABOUT_WIDTH, -1);
  return scrolled;
}
