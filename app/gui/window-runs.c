/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The runs of the study in a sheet that any page can have beside it. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/runs-pane.h"
#include "app/gui/template.h"

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

void
_anm_window_install_runs_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.runs", NULL, runs_action);
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
