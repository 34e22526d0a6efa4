/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/welcome-page.h"

#include <glib/gi18n-lib.h>

#include "app/gui/example-card.h"
#include "app/gui/help-window.h"
#include "app/gui/recent-studies.h"
#include "app/gui/settings.h"
#include "app/gui/study-row.h"
#include "app/gui/template.h"

#define MAX_SHOWN 6

struct _AnmWelcomePage
{
  GtkWidget  parent_instance;

  GSettings *settings;  /* NULL if the schema isn't installed */
  gboolean   narrow;

  GtkWidget *columns;
  GtkWidget *start_label;
  GtkWidget *recent_list;
  GtkWidget *drop_label;
  GtkWidget *examples;
  GtkWidget *steps_list;
};

G_DEFINE_FINAL_TYPE (AnmWelcomePage, anm_welcome_page, GTK_TYPE_WIDGET)

static void
forget_cb (AnmWelcomePage *self,
           AnmStudyRow    *row)
{
  anm_recent_studies_forget (self->settings, anm_study_row_get_path (row));
  anm_welcome_page_refresh (self);
}

static void
activated_cb (AnmWelcomePage *self,
              AnmStudyRow    *row)
{
  if (anm_study_row_is_there (row))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-recent", "s", anm_study_row_get_path (row));
}

/* First steps: what is told of each page */

static void
step_activated_cb (AnmWelcomePage *self,
                   GtkListBoxRow  *row)
{
  const AnmHelpPage *page = g_object_get_data (G_OBJECT (row), "page");

  gtk_window_present (GTK_WINDOW (anm_help_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), page->name)));
}

static void
add_steps (AnmWelcomePage *self)
{
  guint n_pages;
  const AnmHelpPage *pages = anm_help_pages (&n_pages);

  for (guint i = 0; i < n_pages; i++)
    {
      GtkWidget *row, *chevron;

      if (pages[i].summary == NULL)
        continue;
      row = adw_action_row_new ();
      chevron = gtk_image_new_from_icon_name ("go-next-symbolic");
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(pages[i].title));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(pages[i].summary));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), chevron);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      g_object_set_data (G_OBJECT (row), "page", (gpointer) &pages[i]);
      gtk_list_box_append (GTK_LIST_BOX (self->steps_list), row);
    }
}

void
anm_welcome_page_refresh (AnmWelcomePage *self)
{
  g_autoptr (GPtrArray) studies = NULL;
  GtkWidget *row;

  g_return_if_fail (ANM_IS_WELCOME_PAGE (self));

  studies = anm_recent_studies_load (self->settings);
  while ((row = gtk_widget_get_first_child (self->recent_list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->recent_list), row);
  for (guint i = 0; i < MIN (studies->len, MAX_SHOWN); i++)
    {
      row = anm_study_row_new (g_ptr_array_index (studies, i));
      g_signal_connect_object (row, "forget", G_CALLBACK (forget_cb), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (GTK_LIST_BOX (self->recent_list), row);
    }
  gtk_widget_set_visible (self->recent_list, studies->len > 0);
  gtk_label_set_label (GTK_LABEL (self->start_label), studies->len > 0 ? _("Recent studies") : _("Your records"));
  gtk_label_set_label (GTK_LABEL (self->drop_label), studies->len > 0 ? _("or drop files here") : _("Drop files here"));
}

void
anm_welcome_page_set_narrow (AnmWelcomePage *self,
                             gboolean        narrow)
{
  g_return_if_fail (ANM_IS_WELCOME_PAGE (self));

  if (self->narrow == narrow)
    return;

  self->narrow = narrow;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (GTK_BOX (self->columns), !narrow);
}

static void
anm_welcome_page_dispose (GObject *object)
{
  AnmWelcomePage *self = ANM_WELCOME_PAGE (object);

  anm_dispose_template (GTK_WIDGET (object), ANM_TYPE_WELCOME_PAGE);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (anm_welcome_page_parent_class)->dispose (object);
}

static void
anm_welcome_page_class_init (AnmWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_welcome_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmWelcomePage, columns);
  gtk_widget_class_bind_template_child (widget_class, AnmWelcomePage, start_label);
  gtk_widget_class_bind_template_child (widget_class, AnmWelcomePage, recent_list);
  gtk_widget_class_bind_template_child (widget_class, AnmWelcomePage, drop_label);
  gtk_widget_class_bind_template_child (widget_class, AnmWelcomePage, examples);
  gtk_widget_class_bind_template_child (widget_class, AnmWelcomePage, steps_list);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, step_activated_cb);
}

static void
anm_welcome_page_init (AnmWelcomePage *self)
{
  guint n_samples;
  const AnmSample *samples = anm_samples (&n_samples);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = anm_settings_new ();
  for (guint i = 0; i < n_samples; i++)
    gtk_box_append (GTK_BOX (self->examples), anm_example_card_new (&samples[i]));
  add_steps (self);
  anm_welcome_page_refresh (self);
}
