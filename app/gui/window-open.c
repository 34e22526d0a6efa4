/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the window opens: records, examples, studies, and what is dropped on it. A refused file leaves what is
 * open untouched: the study changes only when everything has been read. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/file-chooser.h"
#include "app/gui/import-sheet.h"
#include "app/gui/reading.h"
#include "app/gui/records-page.h"
#include "app/gui/template.h"
#include "app/study/cohort-origin.h"
#include "data/samples.h"

/* A reading shorter than this shows no progress. */
#define PATIENCE_MS 200
#define PULSE_MS 200

static void
hide_reading (AnmWindow *self)
{
  g_clear_handle_id (&self->reading_timer, g_source_remove);
  anm_reveal (self->reading_revealer, FALSE);
  /* A bar that once pulsed keeps GTK turning over 60 frames a second, even out of sight, until it is given a fraction. */
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->reading_progress), 0);
}

/* Until a reader can say how far it is. */
static gboolean
pulse_cb (gpointer data)
{
  AnmWindow *self = data;

  gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->reading_progress));
  return G_SOURCE_CONTINUE;
}

static gboolean
patience_cb (gpointer data)
{
  AnmWindow *self = data;

  self->reading_timer = g_timeout_add (PULSE_MS, pulse_cb, self);
  anm_reveal (self->reading_revealer, TRUE);
  return G_SOURCE_REMOVE;
}

void
_anm_window_cancel_reading (AnmWindow *self)
{
  if (self->reading == NULL)
    return;

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  hide_reading (self);
}

/* Another may have begun meanwhile. */
void
_anm_window_end_reading (AnmWindow    *self,
                         GCancellable *reading)
{
  if (self->reading != reading)
    return;

  g_clear_object (&self->reading);
  hide_reading (self);
}

GCancellable *
_anm_window_begin_reading (AnmWindow  *self,
                           const char *what)
{
  _anm_window_cancel_reading (self);
  anm_window_show_error (self, NULL);

  self->reading = g_cancellable_new ();
  gtk_label_set_label (GTK_LABEL (self->reading_label), what);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->reading_progress), 0);
  self->reading_timer = g_timeout_add (PATIENCE_MS, patience_cb, self);

  return self->reading;
}

void
_anm_window_show_reading (double      fraction,
                          const char *message,
                          gpointer    data)
{
  AnmWindow *self = data;

  if (message != NULL)
    gtk_label_set_label (GTK_LABEL (self->reading_label), message);
  if (fraction < 0)
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->reading_progress));
  else
    {
      /* The pulse stops, though not the patience before anything is shown. */
      if (gtk_revealer_get_reveal_child (GTK_REVEALER (self->reading_revealer)))
        g_clear_handle_id (&self->reading_timer, g_source_remove);
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->reading_progress), fraction);
    }
}

/* Says how many doubts the reader had; the cohort pane lists them. */
static void
report_warnings (AnmWindow *self,
                 AnmCohort *cohort)
{
  g_autofree char *message = NULL;

  if (cohort->warnings == NULL || cohort->warnings->len == 0)
    return;

  if (cohort->warnings->len == 1)
    {
      anm_window_toast (self, g_ptr_array_index (cohort->warnings, 0));
      return;
    }

  message = g_strdup_printf (ngettext ("%u thing in these records is doubtful: see Cohort",
                                       "%u things in these records are doubtful: see Cohort",
                                       cohort->warnings->len),
                             cohort->warnings->len);
  anm_window_toast (self, message);
}

static void
take_cohort (AnmWindow  *self,
             AnmCohort  *cohort,
             const char *source,
             const char *origin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = NULL;

  /* A new study that has no records yet takes them. */
  if (anm_view_state_get_study (self->state) != NULL && anm_study_get_source (anm_view_state_get_study (self->state)) == NULL)
    study = g_object_ref (anm_view_state_get_study (self->state));
  else
    study = anm_study_open (NULL, &error);
  if (study == NULL)
    {
      anm_window_show_error (self, error->message);
      return;
    }

  _anm_window_prepare_study (self, study);
  anm_study_set_cohort_from (study, cohort, source, origin, FALSE);
  anm_view_state_set_study (self->state, study);
  anm_records_page_focus_patients (ANM_RECORDS_PAGE (self->records_page));
  report_warnings (self, cohort);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (AnmWindow) self = data;
  g_autoptr (AnmSource) source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *origin = NULL;

  cohort = anm_source_read_finish (result, &source, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  hide_reading (self);
  g_clear_object (&self->reading);

  if (cohort == NULL)
    {
      anm_window_show_error (self, error->message);
      return;
    }

  text = anm_source_to_string (source);
  origin = anm_cohort_origin_describe (source, FALSE, NULL);
  take_cohort (self, cohort, text, origin);
}

static void
imported_cb (AnmWindow  *self,
             AnmCohort  *cohort,
             const char *source,
             const char *origin)
{
  take_cohort (self, cohort, source, origin);
}

/* Takes @source. */
static void
show_sheet (AnmWindow *self,
            AnmSource *source)
{
  GtkWidget *sheet = anm_import_sheet_new (GTK_WINDOW (self), source);

  g_signal_connect_object (sheet, "imported", G_CALLBACK (imported_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (sheet));
}

static void
open_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (AnmWindow) self = data;
  g_autoptr (GError) error = NULL;
  AnmSource *source = anm_source_open_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (source == NULL)
    {
      hide_reading (self);
      g_clear_object (&self->reading);
      anm_window_show_error (self, error->message);
      return;
    }

  if (anm_source_needs_roles (source))
    {
      hide_reading (self);
      g_clear_object (&self->reading);
      show_sheet (self, source);
      return;
    }

  anm_source_read_async (source, self->reading, _anm_window_show_reading, self, read_cb, g_object_ref (self));
}

static void
show_study (AnmWindow *self,
            AnmStudy  *study)
{
  const GError *error = anm_study_get_dataset_error (study);

  anm_window_show_error (self, error != NULL && anm_study_get_cohort (study) == NULL ? error->message : NULL);
  anm_view_state_set_study (self->state, study);
  anm_records_page_focus_patients (ANM_RECORDS_PAGE (self->records_page));
}

/* A study whose records are being read; shown when they are there. */
typedef struct
{
  AnmWindow    *window;
  AnmStudy     *study;
  GCancellable *reading;
} Opening;

static void
opening_free (gpointer  data,
              GClosure *closure)
{
  Opening *opening = data;

  g_object_unref (opening->window);
  g_object_unref (opening->study);
  g_object_unref (opening->reading);
  g_free (opening);
}

static void
loading_cb (AnmStudy   *study,
            GParamSpec *pspec,
            gpointer    data)
{
  Opening *opening = data;
  g_autoptr (AnmWindow) self = g_object_ref (opening->window);
  g_autoptr (AnmStudy) alive = g_object_ref (study);
  const gboolean wanted = !g_cancellable_is_cancelled (opening->reading);

  if (anm_study_get_loading (study))
    return;

  g_signal_handlers_disconnect_by_func (study, loading_cb, data);
  if (!wanted)
    return;

  g_clear_object (&self->reading);
  hide_reading (self);
  show_study (self, study);
}

gboolean
_anm_window_open_study (AnmWindow  *self,
                        const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);
  Opening *opening;

  _anm_window_cancel_reading (self);
  self->train_when_ready = FALSE;
  if (study == NULL)
    {
      anm_window_show_error (self, error->message);
      return FALSE;
    }

  if (!anm_study_get_loading (study))
    {
      show_study (self, study);
      return TRUE;
    }

  opening = g_new (Opening, 1);
  *opening = (Opening) { g_object_ref (self), g_object_ref (study), g_object_ref (_anm_window_begin_reading (self, _("Reading the study’s records…"))) };
  g_signal_connect_data (study, "notify::loading", G_CALLBACK (loading_cb), opening, opening_free, 0);
  return TRUE;
}

void
anm_window_open (AnmWindow         *self,
                 const char *const *arguments)
{
  GCancellable *cancellable;

  g_return_if_fail (ANM_IS_WINDOW (self));
  g_return_if_fail (arguments != NULL && arguments[0] != NULL);

  if (arguments[1] == NULL && g_str_has_suffix (arguments[0], ".anamnesis"))
    {
      _anm_window_open_study (self, arguments[0]);
      return;
    }

  self->train_when_ready = FALSE;
  cancellable = _anm_window_begin_reading (self, _("Looking at the records…"));
  anm_source_open_async (arguments, cancellable, open_cb, g_object_ref (self));
}

static void
open_files (AnmWindow  *self,
            GListModel *files)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const guint n_files = g_list_model_get_n_items (files);

  for (guint i = 0; i < n_files; i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      char *path = g_file_get_path (file);

      if (path == NULL)
        {
          g_autofree char *uri = g_file_get_uri (file);
          g_autofree char *message = NULL;

          message = g_strdup_printf (_("“%s” isn’t a file on this computer. Copy it here first."), uri);
          anm_window_show_error (self, message);
          return;
        }
      g_ptr_array_add (paths, path);
    }
  g_ptr_array_add (paths, NULL);

  if (n_files > 0)
    anm_window_open (self, (const char *const *) paths->pdata);
}

/* Actions */

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  AnmWindow *self = ANM_WINDOW (object);
  g_autoptr (GListModel) files = anm_choose_files_finish (result, NULL);

  if (files != NULL)
    open_files (self, files);
}

static void
import_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  anm_choose_files_async (GTK_WINDOW (widget), ANM_CHOOSE_RECORDS, NULL, chosen_cb, NULL);
}

static void
import_folder_action (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  anm_choose_files_async (GTK_WINDOW (widget), ANM_CHOOSE_FOLDER, NULL, chosen_cb, NULL);
}

static void
open_study_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  anm_choose_files_async (GTK_WINDOW (widget), ANM_CHOOSE_STUDY, NULL, chosen_cb, NULL);
}

static void
open_sample_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  g_autofree char *argument = g_strconcat ("sample:", g_variant_get_string (parameter, NULL), NULL);
  const char *const arguments[] = { argument, NULL };

  anm_window_open (ANM_WINDOW (widget), arguments);
}

static void
cancel_reading_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  _anm_window_cancel_reading (ANM_WINDOW (widget));
}

/* Files may be dropped on all of the window, which says so while they hang over it. */
static GdkDragAction
drag_enter_cb (AnmWindow *self,
               double     x,
               double     y)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "dropping");
  return GDK_ACTION_COPY;
}

static void
drag_leave_cb (AnmWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "dropping");
}

static gboolean
drop_cb (AnmWindow    *self,
         const GValue *value,
         double        x,
         double        y)
{
  GSList *files = g_value_get_boxed (value);
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_FILE);

  drag_leave_cb (self);
  for (GSList *link = files; link != NULL; link = link->next)
    g_list_store_append (store, link->data);
  open_files (self, G_LIST_MODEL (store));

  return TRUE;
}

static void
fill_samples_menu (AnmWindow *self)
{
  guint n_samples;
  const AnmSample *samples = anm_samples (&n_samples);

  for (guint i = 0; i < n_samples; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(samples[i].title), NULL);

      g_menu_item_set_action_and_target (item, "win.open-sample", "s", samples[i].name);
      g_menu_append_item (self->samples_menu, item);
    }
}

void
_anm_window_install_open_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.import", NULL, import_action);
  gtk_widget_class_install_action (widget_class, "win.import-folder", NULL, import_folder_action);
  gtk_widget_class_install_action (widget_class, "win.open-study", NULL, open_study_action);
  gtk_widget_class_install_action (widget_class, "win.open-sample", "s", open_sample_action);
  gtk_widget_class_install_action (widget_class, "win.cancel-reading", NULL, cancel_reading_action);
}

void
_anm_window_init_open (AnmWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  g_signal_connect_swapped (target, "enter", G_CALLBACK (drag_enter_cb), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (drag_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  fill_samples_menu (self);
}
