/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The runs of the study in a sheet that any page can have beside it. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/runs-pane.h"
#include "app/gui/template.h"
#include "app/study/run-dataset.h"

static void
show_runs (AnmWindow *self,
           gboolean   show)
{
  anm_reveal (self->runs_revealer, show);
  if (show)
    anm_runs_pane_focus (ANM_RUNS_PANE (self->runs_pane));
}

static void
runs_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);

  show_runs (self, !gtk_revealer_get_reveal_child (GTK_REVEALER (self->runs_revealer)));
}

static void
closed_cb (AnmWindow *self)
{
  show_runs (self, FALSE);
}

static void
deleted_cb (AnmWindow *self,
            guint      n_runs)
{
  g_autofree char *title = g_strdup_printf (ngettext ("%u run deleted", "%u runs deleted", n_runs), n_runs);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* The newest that is left, NULL without any; the study keeps it. */
static AnmRun *
find_newest (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  GListModel *runs = study != NULL ? anm_study_get_runs (study) : NULL;
  const guint n_runs = runs != NULL ? g_list_model_get_n_items (runs) : 0;
  g_autoptr (AnmRun) newest = n_runs > 0 ? g_list_model_get_item (runs, n_runs - 1) : NULL;

  return newest;
}

/* What was deleted, here or by undoing, isn't shown any longer: the newest that is left is. */
static void
runs_changed_cb (AnmWindow *self)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  AnmRun *previous = anm_view_state_get_previous_run (self->state);

  if (run != NULL && anm_run_get_deleted (run))
    anm_view_state_set_run (self->state, find_newest (self));
  if (previous != NULL && previous == anm_view_state_get_run (self->state))
    anm_view_state_set_previous_run (self->state, NULL);
  if (previous != NULL && anm_run_get_deleted (previous))
    anm_view_state_set_previous_run (self->state, NULL);
}

static void
study_changed_cb (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  g_signal_group_set_target (self->runs_signals, study != NULL ? anm_study_get_runs (study) : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.runs", study != NULL);
  if (study == NULL)
    show_runs (self, FALSE);
}

/* A run that goes on, or that another is forked from: its own records are made ready first, which may take a while. */
typedef struct
{
  AnmWindow    *window;
  AnmRun       *run;
  GCancellable *cancellable;
  gboolean      fork;
  guint         number;      /* the epoch to fork at, or how many epochs it shall have */
} Going;

static void
going_free (Going *going)
{
  g_object_unref (going->window);
  g_object_unref (going->run);
  g_object_unref (going->cancellable);
  g_free (going);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Going, going_free)

static void
prepared_cb (GObject      *study,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (Going) going = data;
  AnmWindow *self = going->window;
  g_autoptr (GError) error = NULL;
  const gboolean ready = anm_run_prepare_dataset_finish (result, &error);

  _anm_window_end_reading (self, going->cancellable);
  if (G_OBJECT (anm_view_state_get_study (self->state)) != study || anm_run_get_deleted (going->run) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* What goes wrong in the training is told by the control. */
  if (!ready)
    anm_window_show_error (self, error->message);
  else if (going->fork)
    anm_training_control_fork (self->control, going->run, (int) going->number, NULL);
  else
    anm_training_control_continue (self->control, going->run, going->number, NULL);
}

static void
go_on_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  AnmWindow *self = ANM_WINDOW (widget);
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmRun *run;
  Going *going;
  guint id, number;

  g_variant_get (parameter, "(uu)", &id, &number);
  run = study != NULL ? anm_study_find_run (study, id) : NULL;
  if (run == NULL)
    return;

  going = g_new0 (Going, 1);
  going->window = g_object_ref (self);
  going->run = g_object_ref (run);
  going->fork = g_str_equal (action_name, "win.fork-run");
  going->number = number;
  going->cancellable = g_object_ref (_anm_window_begin_reading (self, _("Making the run’s records ready…")));
  anm_run_prepare_dataset_async (study, run, going->cancellable, prepared_cb, going);
}

void
_anm_window_install_runs_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.runs", NULL, runs_action);
  gtk_widget_class_install_action (widget_class, "win.fork-run", "(uu)", go_on_action);
  gtk_widget_class_install_action (widget_class, "win.resume-run", "(uu)", go_on_action);
}

void
_anm_window_init_runs (AnmWindow *self)
{
  anm_runs_pane_set_control (ANM_RUNS_PANE (self->runs_pane), self->control);
  self->runs_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->runs_signals, "items-changed", G_CALLBACK (runs_changed_cb), self);
  g_signal_connect_object (self->runs_pane, "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runs_pane, "deleted", G_CALLBACK (deleted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}
