/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The study as a document: new, recent, examples, name, properties, close. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/gui/dialogs.h"
#include "app/gui/recent-studies.h"
#include "app/gui/settings.h"
#include "app/gui/study-properties.h"
#include "app/gui/welcome-page.h"

#define MAX_IN_MENU 8
#define DEFAULT_BUDGET 512
#define MEGABYTE G_GINT64_CONSTANT (1000000)

/* Recent studies */

static void
fill_recent_menu (AnmWindow *self)
{
  g_autoptr (GPtrArray) studies = anm_recent_studies_load (self->settings);
  AnmStudy *open = anm_view_state_get_study (self->state);

  g_menu_remove_all (self->recent_menu);
  for (guint i = 0; i < studies->len && g_menu_model_get_n_items (G_MENU_MODEL (self->recent_menu)) < MAX_IN_MENU; i++)
    {
      const AnmRecentStudy *study = g_ptr_array_index (studies, i);
      g_autoptr (GMenuItem) item = NULL;
      g_auto (GStrv) parts = g_strsplit (anm_data_word (study->title), "_", -1);
      g_autofree char *title = g_strjoinv ("__", parts);
      g_autofree char *date = NULL;
      g_autofree char *label = NULL;

      if (open != NULL && g_strcmp0 (anm_study_get_path (open), study->path) == 0)
        continue;
      date = anm_recent_date_describe (study->opened);
      label = g_strdup_printf ("%s · %s", title, date);
      item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (item, "win.open-recent", "s", study->path);
      g_menu_append_item (self->recent_menu, item);
    }
}

/* A study counts once it has records: an empty one is worth no place in a list. */
static void
remember_study (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  const AnmCohort *cohort = anm_view_state_get_cohort (self->state);

  if (study != NULL && cohort != NULL)
    anm_recent_studies_add (self->settings, anm_study_get_path (study), anm_study_get_title (study), cohort->n_patients);
}

static void
study_changed_cb (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  GtkWidget *widget = GTK_WIDGET (self);

  g_signal_group_set_target (self->study_signals, study);
  gtk_widget_action_set_enabled (widget, "win.rename-study", study != NULL);
  gtk_widget_action_set_enabled (widget, "win.study-properties", study != NULL);
  gtk_widget_action_set_enabled (widget, "win.close-study", study != NULL);
  remember_study (self);
  fill_recent_menu (self);
  if (study == NULL)
    anm_welcome_page_refresh (ANM_WELCOME_PAGE (self->welcome_page));
}

/* An example that was chosen to be seen learning begins as soon as its records are made ready. */
static void
status_changed_cb (AnmWindow *self)
{
  if (!self->train_when_ready || anm_training_control_get_status (self->control) != ANM_TRAINING_STATUS_READY)
    return;

  self->train_when_ready = FALSE;
  anm_training_control_train (self->control, NULL);
}

/* What the settings say of new studies. */
void
_anm_window_prepare_study (AnmWindow *self,
                           AnmStudy  *study)
{
  const gint64 budget = anm_settings_get_int (self->settings, "snapshot-budget", DEFAULT_BUDGET);

  if (budget != DEFAULT_BUDGET)
    anm_study_set_snapshot_budget (study, budget * MEGABYTE);
}

/* Actions */

static void
new_study_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (NULL, &error);

  _anm_window_cancel_reading (self);
  if (study == NULL)
    {
      anm_window_show_error (self, error->message);
      return;
    }
  anm_window_show_error (self, NULL);
  anm_view_state_set_study (self->state, study);
}

static void
open_recent_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  const char *path = g_variant_get_string (parameter, NULL);
  g_autofree char *message = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      _anm_window_open_study (self, path);
      return;
    }
  /* Opening it would make a new one there. */
  message = g_strdup_printf (_("“%s” isn’t there any more."), path);
  anm_window_show_error (self, message);
}

static void
open_example_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  gtk_widget_activate_action_variant (widget, "win.open-sample", parameter);
  self->train_when_ready = TRUE;
  adw_view_stack_set_visible_child_name (self->stack, "workbench");
}

static void
renamed_cb (GtkWindow  *window,
            const char *text,
            gpointer    data)
{
  AnmStudy *study = data;

  if (text != NULL)
    anm_study_set_title (study, text);
}

static void
rename_study_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  AnmStudy *study = anm_view_state_get_study (ANM_WINDOW (widget)->state);

  anm_ask_text (GTK_WINDOW (widget), _("Rename study"), _("An empty name gives it the name of its records again."), _("Name of the study"),
                anm_data_word (anm_study_get_title (study)), _("_Rename"), renamed_cb, g_object_ref (study), g_object_unref);
}

static void
study_properties_action (GtkWidget  *widget,
                         const char *action_name,
                         GVariant   *parameter)
{
  AnmStudy *study = anm_view_state_get_study (ANM_WINDOW (widget)->state);

  gtk_window_present (GTK_WINDOW (anm_study_properties_new (GTK_WINDOW (widget), study)));
}

static void
close_study_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  _anm_window_cancel_reading (self);
  anm_window_show_error (self, NULL);
  /* An entry that is put away with the focus in it goes on blinking, says GTK. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  anm_view_state_set_study (self->state, NULL);
}

void
_anm_window_install_study_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.new-study", NULL, new_study_action);
  gtk_widget_class_install_action (widget_class, "win.open-recent", "s", open_recent_action);
  gtk_widget_class_install_action (widget_class, "win.open-example", "s", open_example_action);
  gtk_widget_class_install_action (widget_class, "win.rename-study", NULL, rename_study_action);
  gtk_widget_class_install_action (widget_class, "win.study-properties", NULL, study_properties_action);
  gtk_widget_class_install_action (widget_class, "win.close-study", NULL, close_study_action);
}

void
_anm_window_init_study (AnmWindow *self)
{
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::title", G_CALLBACK (remember_study), self);
  g_signal_group_connect_swapped (self->study_signals, "notify::cohort", G_CALLBACK (remember_study), self);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->control, "notify::status", G_CALLBACK (status_changed_cb), self);
  study_changed_cb (self);
}
