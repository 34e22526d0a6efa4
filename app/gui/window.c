/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/help-window.h"
#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/gui/inside-page.h"
#include "app/gui/kept-epochs.h"
#include "app/gui/records-page.h"
#include "app/gui/runs-pane.h"
#include "app/gui/settings.h"
#include "app/gui/template.h"
#include "app/gui/text-scale.h"
#include "app/gui/training-bar.h"
#include "app/gui/welcome-page.h"
#include "widgets/figures/number.h"
#include "app/gui/workbench-page.h"

G_DEFINE_FINAL_TYPE (AnmWindow, anm_window, ADW_TYPE_APPLICATION_WINDOW)

AnmWindow *
anm_window_new (GtkApplication *application)
{
  return g_object_new (ANM_TYPE_WINDOW, "application", application, NULL);
}

AnmViewState *
anm_window_get_view_state (AnmWindow *self)
{
  g_return_val_if_fail (ANM_IS_WINDOW (self), NULL);

  return self->state;
}

AnmTrainingControl *
anm_window_get_training_control (AnmWindow *self)
{
  g_return_val_if_fail (ANM_IS_WINDOW (self), NULL);

  return self->control;
}

void
anm_window_toast (AnmWindow  *self,
                  const char *message)
{
  AdwToast *toast;

  g_return_if_fail (ANM_IS_WINDOW (self));

  toast = adw_toast_new ("");
  /* A toast's title is markup, a message isn't. */
  {
    g_autofree char *escaped = g_markup_escape_text (message, -1);
    adw_toast_set_title (toast, escaped);
  }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
anm_window_show_error (AnmWindow  *self,
                       const char *message)
{
  g_return_if_fail (ANM_IS_WINDOW (self));

  if (message != NULL)
    gtk_label_set_label (GTK_LABEL (self->banner_label), message);
  gtk_widget_set_visible (self->rescue_button, FALSE);
  anm_reveal (self->banner, message != NULL);
}

static void
banner_closed_cb (AnmWindow *self)
{
  anm_window_show_error (self, NULL);
}

static void
notice_closed_cb (AnmWindow *self)
{
  anm_reveal (self->notice, FALSE);
  anm_settings_set_boolean (self->settings, "notice-seen", TRUE);
}

/* Header */

/* "4 000 patients · died in hospital" */
static char *
describe_cohort (const AnmCohort *cohort)
{
  g_autofree char *count = anm_number_format_count (cohort->n_patients);
  g_autofree char *patients = NULL;

  patients = g_strdup_printf (ngettext ("%s patient", "%s patients", cohort->n_patients), count);
  if (cohort->target.shape.kind == ANM_TARGET_NONE)
    return g_strdup_printf (_("%s · no outcome"), patients);

  return g_strdup_printf ("%s · %s", patients, anm_data_word (cohort->target.label));
}

static void
update_title (AnmWindow *self)
{
  const AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const char *title = self->study != NULL ? anm_study_get_title (self->study) : NULL;

  if (cohort != NULL && (title == NULL || *title == '\0'))
    title = cohort->title;
  title = title != NULL ? anm_data_word (title) : "Anamnesis";

  gtk_label_set_label (GTK_LABEL (self->title_label), title);
  gtk_widget_set_visible (self->subtitle_label, cohort != NULL);
  if (cohort != NULL)
    {
      g_autofree char *subtitle = describe_cohort (cohort);
      g_autofree char *window_title = NULL;

      gtk_label_set_label (GTK_LABEL (self->subtitle_label), subtitle);
      /* Translators: the window's title: a cohort, and the program. */
      window_title = g_strdup_printf (_("%s – Anamnesis"), title);
      gtk_window_set_title (GTK_WINDOW (self), window_title);
    }
  else
    gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
follow_study (AnmWindow *self,
              AnmStudy  *study)
{
  if (self->study != NULL)
    g_signal_handlers_disconnect_by_func (self->study, update_title, self);
  g_set_object (&self->study, study);

  if (study != NULL)
    {
      g_signal_connect_swapped (study, "notify::title", G_CALLBACK (update_title), self);
      g_signal_connect_swapped (study, "notify::cohort", G_CALLBACK (update_title), self);
    }
}

/* The welcome page has the notice on it. */
static void
update_notice (AnmWindow *self)
{
  anm_reveal (self->notice,
              self->study != NULL && !anm_settings_get_boolean (self->settings, "notice-seen", FALSE));
}

/* Below these the switcher's words stand under its icons, then the switcher stands at the foot, so that the header fits. */
#define WIDE_HEADER 1240
#define NARROW_HEADER 1000
/* Below this the welcome page is one column. */
#define NARROW_WELCOME 1120

static void
fit_header (AnmWindow *self)
{
  const gboolean has_study = anm_view_state_get_study (self->state) != NULL;
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (gtk_window_is_maximized (GTK_WINDOW (self)) && gtk_widget_get_width (GTK_WIDGET (self)) > 0)
    width = gtk_widget_get_width (GTK_WIDGET (self));
  width = anm_in_usual_letters (GTK_WIDGET (self), width);

  adw_view_switcher_set_policy (self->switcher,
                                width >= WIDE_HEADER ? ADW_VIEW_SWITCHER_POLICY_WIDE : ADW_VIEW_SWITCHER_POLICY_NARROW);
  adw_view_switcher_bar_set_reveal (self->switcher_bar, has_study && width < NARROW_HEADER);
  gtk_stack_set_visible_child_name (self->title_stack,
                                    !has_study ? "program" : width < NARROW_HEADER ? "nothing" : "pages");
  gtk_stack_set_visible_child_name (self->root_stack, has_study ? "study" : "welcome");
  if (has_study)
    gtk_widget_remove_css_class (self->header, "welcome");
  else
    gtk_widget_add_css_class (self->header, "welcome");
  gtk_widget_set_visible (self->cohort_button, has_study);
  gtk_widget_set_visible (self->training_bar, has_study);
  gtk_widget_set_visible (self->runs_button, has_study && width >= WIDE_HEADER);
  anm_welcome_page_set_narrow (ANM_WELCOME_PAGE (self->welcome_page), width < NARROW_WELCOME);
}

static void
study_changed_cb (AnmWindow *self)
{
  follow_study (self, anm_view_state_get_study (self->state));
  update_title (self);
  update_notice (self);
  fit_header (self);
}

/* Training */

static void
update_training_actions (AnmWindow *self)
{
  const AnmTrainingStatus status = anm_training_control_get_status (self->control);
  const gboolean ready = status != ANM_TRAINING_STATUS_UNREADY;
  const gboolean active = status == ANM_TRAINING_STATUS_RUNNING || status == ANM_TRAINING_STATUS_PAUSED;
  const gboolean has_run = anm_view_state_get_run (self->state) != NULL;
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "win.train", ready);
  gtk_widget_action_set_enabled (widget, "win.step", ready);
  gtk_widget_action_set_enabled (widget, "win.step-epoch", ready);
  gtk_widget_action_set_enabled (widget, "win.stop", active);
  gtk_widget_action_set_enabled (widget, "win.reset", has_run);
  gtk_widget_action_set_enabled (widget, "win.new-weights", ready);
  gtk_widget_action_set_enabled (widget, "win.continue", anm_training_control_can_train_on (self->control));
}

static void
training_failed_cb (AnmWindow  *self,
                    const char *message)
{
  AnmTrainingRescue rescue;
  g_autofree char *number = NULL, *label = NULL;

  anm_window_show_error (self, message);
  if (!anm_training_control_get_rescue (self->control, &rescue))
    return;

  if (rescue.learning_rate == anm_study_get_hyperparameters (self->study)->learning_rate)
    {
      number = anm_number_format (rescue.clip_norm, 2);
      /* Translators: an epoch, and the length that gradients are shortened to. */
      label = g_strdup_printf (_("Resume from epoch %u with clipping at %s"), rescue.epoch, number);
    }
  else
    {
      number = anm_number_format (rescue.learning_rate, 2);
      label = g_strdup_printf (_("Resume from epoch %u at learning rate %s"), rescue.epoch, number);
    }
  gtk_button_set_label (GTK_BUTTON (self->rescue_button), label);
  gtk_widget_set_visible (self->rescue_button, TRUE);
}

static void
rescue_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  anm_window_show_error (self, NULL);
  anm_training_control_rescue (self->control, NULL);
}

static void
continue_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  anm_window_show_error (self, NULL);
  anm_training_control_train_on (self->control, NULL);
}

static void
train_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  if (anm_training_control_get_status (self->control) == ANM_TRAINING_STATUS_RUNNING)
    {
      anm_training_control_pause (self->control);
      return;
    }

  anm_window_show_error (self, NULL);
  anm_training_control_train (self->control, NULL);
}

static gboolean
is_shift_held (AnmWindow *self)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (GTK_WIDGET (self)));
  GdkDevice *keyboard = seat != NULL ? gdk_seat_get_keyboard (seat) : NULL;

  return keyboard != NULL && (gdk_device_get_modifier_state (keyboard) & GDK_SHIFT_MASK) != 0;
}

static void
step_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  const gboolean epoch = g_str_equal (action_name, "win.step-epoch") || is_shift_held (self);

  anm_training_control_step (self->control, epoch ? ANM_TRAINING_STEP_EPOCH : ANM_TRAINING_STEP_UPDATE, NULL);
}

static void
stop_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  anm_training_control_stop (ANM_WINDOW (widget)->control);
}

static void
reset_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  anm_training_control_reset (ANM_WINDOW (widget)->control);
}

static void
new_weights_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  anm_training_control_new_weights (ANM_WINDOW (widget)->control);
}

/* Pages */

static void
page_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  adw_view_stack_set_visible_child_name (self->stack, g_variant_get_string (parameter, NULL));
}

static void
cell_lens_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  adw_view_stack_set_visible_child_name (self->stack, "inside");
  gtk_widget_activate_action (adw_view_stack_get_visible_child (self->stack), "inside.show-lens", NULL);
}

static void
add_page (AnmWindow  *self,
          GtkWidget  *page,
          const char *name,
          const char *title,
          const char *icon_name)
{
  adw_view_stack_add_titled (self->stack, page, name, title);
  adw_view_stack_page_set_icon_name (adw_view_stack_get_page (self->stack, page), icon_name);
}

/* Patient and cursor, which belong to the window and not to a page */

static void
patient_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  anm_records_page_move (ANM_RECORDS_PAGE (self->records_page),
                         g_str_equal (action_name, "win.next-patient") ? 1 : -1);
}

static void
move_cursor_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  anm_view_state_move_cursor (ANM_WINDOW (widget)->state, g_variant_get_int32 (parameter));
}

static void
move_epoch_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  anm_view_state_step_epoch (ANM_WINDOW (widget)->state, g_variant_get_int32 (parameter));
}

static void
release_cursor_action (GtkWidget  *widget,
                       const char *action_name,
                       GVariant   *parameter)
{
  anm_view_state_release_cursor (ANM_WINDOW (widget)->state);
}

/* Of the page that is seen. */
static void
help_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  const char *page = anm_view_state_get_study (self->state) != NULL ? adw_view_stack_get_visible_child_name (self->stack) : "welcome";

  gtk_window_present (GTK_WINDOW (anm_help_window_new (GTK_WINDOW (self), page)));
}

static void
show_message_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  anm_window_toast (ANM_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
search_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  adw_view_stack_set_visible_child_name (self->stack, "records");
  anm_records_page_focus_search (ANM_RECORDS_PAGE (self->records_page));
}

/* Keys that a focused widget may want for itself come to the window last. */
static void
install_patient_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.next-patient", NULL, patient_action);
  gtk_widget_class_install_action (widget_class, "win.previous-patient", NULL, patient_action);
  gtk_widget_class_install_action (widget_class, "win.move-cursor", "i", move_cursor_action);
  gtk_widget_class_install_action (widget_class, "win.move-epoch", "i", move_epoch_action);
  gtk_widget_class_install_action (widget_class, "win.release-cursor", NULL, release_cursor_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.show-message", "s", show_message_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, GDK_CONTROL_MASK, "win.next-patient", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_CONTROL_MASK, "win.previous-patient", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "win.move-cursor", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "win.move-cursor", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Down, 0, "win.move-epoch", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Up, 0, "win.move-epoch", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.release-cursor", NULL);
}

/* Window */

static gboolean
anm_window_close_request (GtkWindow *window)
{
  AnmWindow *self = ANM_WINDOW (window);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  anm_settings_set_int (self->settings, "window-width", width);
  anm_settings_set_int (self->settings, "window-height", height);
  anm_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  anm_settings_set_string (self->settings, "last-study",
                           anm_view_state_get_cohort (self->state) != NULL ? anm_study_get_path (self->study) : "");

  return GTK_WINDOW_CLASS (anm_window_parent_class)->close_request (window);
}


static void
restore_size (AnmWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self),
                               anm_settings_get_int (self->settings, "window-width", 1440),
                               anm_settings_get_int (self->settings, "window-height", 900));
  if (anm_settings_get_boolean (self->settings, "window-maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (self));
  g_signal_connect (self, "notify::default-width", G_CALLBACK (fit_header), NULL);
  g_signal_connect (self, "notify::maximized", G_CALLBACK (fit_header), NULL);
  fit_header (self);
}

static void
anm_window_dispose (GObject *object)
{
  AnmWindow *self = ANM_WINDOW (object);

  _anm_window_cancel_reading (self);
  _anm_window_end_refresh (self);
  _anm_window_end_desktop (self);
  g_clear_object (&self->runs_signals);
  g_clear_object (&self->study_signals);
  g_clear_object (&self->undo_signals);
  follow_study (self, NULL);
  if (self->control != NULL)
    {
      anm_training_control_stop (self->control);
      g_signal_handlers_disconnect_by_data (self->control, self);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), ANM_TYPE_WINDOW);
  g_clear_object (&self->memory);
  g_clear_object (&self->live);
  g_clear_object (&self->control);
  g_clear_object (&self->state);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (anm_window_parent_class)->dispose (object);
}

static void
anm_window_class_init (AnmWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->dispose = anm_window_dispose;
  window_class->close_request = anm_window_close_request;

  g_type_ensure (ANM_TYPE_RUNS_PANE);
  g_type_ensure (ANM_TYPE_TRAINING_BAR);
  g_type_ensure (ANM_TYPE_WELCOME_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, header);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, title_stack);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, root_stack);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, welcome_page);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, runs_revealer);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, runs_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, runs_button);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, cohort_button);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, recent_menu);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, title_label);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, samples_menu);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, undo_menu);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, undo_box);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, training_bar);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, rescue_button);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, reading_revealer);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, reading_label);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, reading_progress);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, AnmWindow, stack);
  gtk_widget_class_bind_template_callback (widget_class, banner_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, notice_closed_cb);

  _anm_window_install_hand_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "win.page", "s", page_action);
  gtk_widget_class_install_action (widget_class, "win.help", NULL, help_action);
  gtk_widget_class_install_action (widget_class, "win.cell-lens", NULL, cell_lens_action);
  gtk_widget_class_install_action (widget_class, "win.train", NULL, train_action);
  gtk_widget_class_install_action (widget_class, "win.step", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "win.step-epoch", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "win.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "win.continue", NULL, continue_action);
  gtk_widget_class_install_action (widget_class, "win.rescue", NULL, rescue_action);
  gtk_widget_class_install_action (widget_class, "win.reset", NULL, reset_action);
  gtk_widget_class_install_action (widget_class, "win.new-weights", NULL, new_weights_action);
  install_patient_actions (widget_class);
  _anm_window_install_open_actions (widget_class);
  _anm_window_install_study_actions (widget_class);
  _anm_window_install_files_actions (widget_class);
  _anm_window_install_runs_actions (widget_class);
  _anm_window_install_undo_actions (widget_class);
}

static void
passes_changed_cb (AnmWindow *self)
{
  const int n_passes = anm_settings_get_int (self->settings, "dropout-passes", ANM_BAND_PASSES);

  anm_live_reading_set_passes (self->live, n_passes > 0 ? MAX ((guint) n_passes, ANM_MIN_DROPOUT_PASSES) : 0);
}

static void
anm_window_init (AnmWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = anm_settings_new ();
  self->state = anm_view_state_new ();
  self->control = anm_training_control_new (self->state);
  self->live = anm_live_reading_new (self->control);
  if (self->settings != NULL)
    g_signal_connect_object (self->settings, "changed::dropout-passes", G_CALLBACK (passes_changed_cb), self, G_CONNECT_SWAPPED);
  passes_changed_cb (self);
  anm_training_bar_set_control (ANM_TRAINING_BAR (self->training_bar), self->control);

  self->records_page = anm_records_page_new (self->state);
  add_page (self, self->records_page, "records", _("Records"), "anm-records-symbolic");
  add_page (self, anm_workbench_page_new (self->state, self->control, self->live),
            "workbench", _("Workbench"), "anm-workbench-symbolic");
  add_page (self, anm_inside_page_new (self->state, self->control, self->live),
            "inside", _("Inside"), "anm-inside-symbolic");
  self->memory = anm_view_memory_new (self->state, self->stack);

  g_signal_connect_swapped (self->control, "notify::status", G_CALLBACK (update_training_actions), self);
  g_signal_connect_swapped (self->control, "failed", G_CALLBACK (training_failed_cb), self);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (update_training_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);

  _anm_window_init_open (self);
  _anm_window_init_study (self);
  _anm_window_init_undo (self);
  _anm_window_init_files (self);
  _anm_window_init_runs (self);
  _anm_window_init_refresh (self);
  _anm_window_init_desktop (self);
  _anm_window_init_hand (self);
  restore_size (self);
  update_title (self);
  update_training_actions (self);
}
