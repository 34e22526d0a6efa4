/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/start-page.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/gui/template.h"
#include "data/samples.h"

struct _AnmStartPage
{
  GtkWidget  parent_instance;

  GtkWidget *samples_list;
};

G_DEFINE_FINAL_TYPE (AnmStartPage, anm_start_page, GTK_TYPE_WIDGET)

static void
add_sample (AnmStartPage    *self,
            const AnmSample *sample)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(sample->title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(sample->summary));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-sample");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", sample->name);
  gtk_list_box_append (GTK_LIST_BOX (self->samples_list), row);
}

static void
anm_start_page_dispose (GObject *object)
{
  anm_dispose_template (GTK_WIDGET (object), ANM_TYPE_START_PAGE);

  G_OBJECT_CLASS (anm_start_page_parent_class)->dispose (object);
}

static void
anm_start_page_class_init (AnmStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_start_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmStartPage, samples_list);
}

static void
anm_start_page_init (AnmStartPage *self)
{
  guint n_samples;
  const AnmSample *samples = anm_samples (&n_samples);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < n_samples; i++)
    add_sample (self, &samples[i]);
}
