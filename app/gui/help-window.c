/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/help-window.h"

#include <glib/gi18n-lib.h>

#define CONTENTS_WIDTH 228

struct _AnmHelpWindow
{
  AdwWindow  parent_instance;

  GtkWidget *contents;
  GtkWidget *scrolled;
};

G_DEFINE_FINAL_TYPE (AnmHelpWindow, anm_help_window, ADW_TYPE_WINDOW)

static GtkWidget *
make_text (const char *text)
{
  const gboolean is_heading = g_str_has_prefix (text, "# ");
  GtkWidget *label = gtk_label_new (is_heading ? text + 2 : text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (is_heading)
    {
      gtk_widget_add_css_class (label, "heading");
      gtk_widget_set_margin_top (label, 12);
    }
  return label;
}

static GtkWidget *
make_page (const AnmHelpPage *page)
{
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *title = gtk_label_new (_(page->title));

  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 620);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 24);
  gtk_widget_set_margin_start (box, 24);
  gtk_widget_set_margin_end (box, 24);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "title-2");
  gtk_box_append (GTK_BOX (box), title);
  for (guint i = 0; page->text[i] != NULL; i++)
    gtk_box_append (GTK_BOX (box), make_text (_(page->text[i])));
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  return clamp;
}

static void
selected_cb (AnmHelpWindow *self,
             GtkListBoxRow *row)
{
  guint n_pages;
  const AnmHelpPage *pages = anm_help_pages (&n_pages);
  const int index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  if (index >= 0 && (guint) index < n_pages)
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), make_page (&pages[index]));
}

GtkWidget *
anm_help_window_new (GtkWindow  *parent,
                     const char *page)
{
  AnmHelpWindow *self = g_object_new (ANM_TYPE_HELP_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  guint n_pages, chosen = 0;
  const AnmHelpPage *pages = anm_help_pages (&n_pages);

  for (guint i = 0; i < n_pages; i++)
    if (g_strcmp0 (pages[i].name, page) == 0)
      chosen = i;
  gtk_list_box_select_row (GTK_LIST_BOX (self->contents), gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->contents), (int) chosen));
  return GTK_WIDGET (self);
}

static void
anm_help_window_class_init (AnmHelpWindowClass *klass)
{
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
anm_help_window_init (AnmHelpWindow *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *contents_scrolled = gtk_scrolled_window_new ();
  guint n_pages;
  const AnmHelpPage *pages = anm_help_pages (&n_pages);

  gtk_window_set_title (GTK_WINDOW (self), _("Help"));
  gtk_window_set_default_size (GTK_WINDOW (self), 840, 600);
  gtk_box_append (GTK_BOX (outer), adw_header_bar_new ());

  self->contents = gtk_list_box_new ();
  gtk_widget_add_css_class (self->contents, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->contents), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pages of the help"), -1);
  for (guint i = 0; i < n_pages; i++)
    {
      GtkWidget *label = gtk_label_new (_(pages[i].title));

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (self->contents), label);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (contents_scrolled), self->contents);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (contents_scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (contents_scrolled, CONTENTS_WIDTH, -1);
  gtk_box_append (GTK_BOX (columns), contents_scrolled);
  gtk_box_append (GTK_BOX (columns), gtk_separator_new (GTK_ORIENTATION_VERTICAL));

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_hexpand (self->scrolled, TRUE);
  gtk_widget_set_vexpand (columns, TRUE);
  gtk_box_append (GTK_BOX (columns), self->scrolled);
  gtk_box_append (GTK_BOX (outer), columns);
  adw_window_set_content (ADW_WINDOW (self), outer);
  g_signal_connect_swapped (self->contents, "row-selected", G_CALLBACK (selected_cb), self);
}
