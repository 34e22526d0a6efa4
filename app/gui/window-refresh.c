/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two programs, one study: what another one writes is taken over while it is written. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#define INTERVAL_MS 500

static AnmRun *
find_foreign_run (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  GListModel *runs = anm_study_get_runs (study);
  AnmTraining *own = anm_view_state_get_training (self->state);

  for (guint i = g_list_model_get_n_items (runs); i > 0; i--)
    {
      g_autoptr (AnmRun) run = g_list_model_get_item (runs, i - 1);
      const AnmRunStatus status = anm_run_get_status (run);
      gboolean is_own = FALSE;

      for (guint arm = 0; own != NULL && arm < anm_training_get_n_runs (own); arm++)
        is_own = is_own || anm_training_get_run (own, arm) == run;
      if (!is_own && (status == ANM_RUN_RUNNING || status == ANM_RUN_PAUSED))
        return run; /* the study keeps it */
    }
  return NULL;
}

/* It comes into the foreground, as a run of one's own would. */
static void
begin_foreign (AnmWindow *self,
               AnmRun    *run)
{
  g_autofree char *who = anm_study_describe_trainer (anm_view_state_get_study (self->state));
  AnmRun *before = anm_view_state_get_run (self->state);

  g_set_object (&self->foreign_run, run);
  if (who != NULL)
    anm_window_show_error (self, who);
  g_object_freeze_notify (G_OBJECT (self->state));
  if (before != NULL && before != run)
    anm_view_state_set_previous_run (self->state, before);
  anm_view_state_set_run (self->state, run);
  g_object_thaw_notify (G_OBJECT (self->state));
}

static void
end_foreign (AnmWindow *self)
{
  g_autofree char *message = NULL;

  /* Translators: a run's name. */
  message = g_strdup_printf (_("%s, trained by another program, has ended"), anm_run_get_name (self->foreign_run));
  anm_window_show_error (self, NULL);
  anm_window_toast (self, message);
  g_clear_object (&self->foreign_run);
}

static gboolean
refresh_cb (gpointer data)
{
  AnmWindow *self = data;
  AnmStudy *study = anm_view_state_get_study (self->state);
  const AnmTrainingStatus status = anm_training_control_get_status (self->control);
  AnmRun *run;

  /* Of two programs one trains; what is trained here comes another way. */
  if (study == NULL || status == ANM_TRAINING_STATUS_RUNNING || status == ANM_TRAINING_STATUS_PAUSED || !anm_study_refresh (study))
    return G_SOURCE_CONTINUE;

  run = find_foreign_run (self);
  if (self->foreign_run != NULL && run != self->foreign_run)
    end_foreign (self);
  if (run != NULL && self->foreign_run == NULL)
    begin_foreign (self, run);
  if (anm_view_state_get_run (self->state) != NULL)
    g_signal_emit_by_name (self->control, "repaint");
  return G_SOURCE_CONTINUE;
}

static void
study_changed_cb (AnmWindow *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmRun *run;

  g_clear_object (&self->foreign_run);
  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  if (study == NULL)
    return;

  self->refresh_timer = g_timeout_add (INTERVAL_MS, refresh_cb, self);
  run = find_foreign_run (self);
  if (run != NULL)
    begin_foreign (self, run);
}

void
_anm_window_init_refresh (AnmWindow *self)
{
  /* After the pages and what they remember of the study. */
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
_anm_window_end_refresh (AnmWindow *self)
{
  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  g_clear_object (&self->foreign_run);
}
