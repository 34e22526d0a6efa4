/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the desktop does for a training: it isn't suspended meanwhile, and says when a long one ends unseen. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/run-row.h"

/* Shorter runs are worth no notification. */
#define LONG_RUN_SECONDS 30

static void
set_inhibited (AnmWindow *self,
               gboolean   inhibited)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (application == NULL || inhibited == (self->inhibition != 0))
    return;

  if (inhibited)
    self->inhibition = gtk_application_inhibit (application, GTK_WINDOW (self), GTK_APPLICATION_INHIBIT_SUSPEND,
                                                _("A network is being trained"));
  else
    {
      gtk_application_uninhibit (application, self->inhibition);
      self->inhibition = 0;
    }
}

static gboolean
was_long (AnmRun *run)
{
  const guint n_epochs = anm_run_get_n_epochs (run);

  return g_get_real_time () - anm_run_get_began (run) > LONG_RUN_SECONDS * G_USEC_PER_SEC ||
         (n_epochs > 0 && anm_run_get_epoch (run, n_epochs - 1)->seconds > LONG_RUN_SECONDS);
}

static void
notify_end (AnmWindow *self)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  AnmTraining *training = anm_view_state_get_training (self->state);
  AnmRun *run = training != NULL ? anm_training_get_run (training, 0) : NULL;
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *body = NULL;
  const guint n_runs = training != NULL ? anm_training_get_n_runs (training) : 0;

  if (application == NULL || run == NULL || gtk_window_is_active (GTK_WINDOW (self)) ||
      anm_run_get_status (run) == ANM_RUN_STOPPED || !was_long (run))
    return;

  notification = g_notification_new (anm_run_get_status (run) == ANM_RUN_FAILED ? _("Training has failed") : _("Training has ended"));
  body = n_runs > 1 ? g_strdup_printf (ngettext ("The race of %u run is over.", "The race of %u runs is over.", n_runs), n_runs)
                    : anm_run_describe (run);
  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-study", "s", anm_study_get_path (anm_view_state_get_study (self->state)));
  g_application_send_notification (application, "training-ended", notification);
}

static void
status_changed_cb (AnmWindow *self)
{
  const AnmTrainingStatus status = anm_training_control_get_status (self->control);
  const gboolean was_running = self->inhibition_wanted;

  self->inhibition_wanted = status == ANM_TRAINING_STATUS_RUNNING;
  set_inhibited (self, self->inhibition_wanted);
  if (was_running && status != ANM_TRAINING_STATUS_RUNNING && status != ANM_TRAINING_STATUS_PAUSED)
    notify_end (self);
}

void
_anm_window_init_desktop (AnmWindow *self)
{
  g_signal_connect_swapped (self->control, "notify::status", G_CALLBACK (status_changed_cb), self);
}

void
_anm_window_end_desktop (AnmWindow *self)
{
  set_inhibited (self, FALSE);
}
