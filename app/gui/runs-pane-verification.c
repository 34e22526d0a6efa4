/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A run repeated in the background and held against what is kept of it. */

#include "app/gui/runs-pane-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/settings.h"
#include "app/study/verification.h"
#include "widgets/figures/number.h"

#define SHOW_INTERVAL_MS 250

/* On the thread that repeats. */
static void
progress_cb (double   fraction,
             gpointer data)
{
  AnmRunsPane *self = data;

  g_mutex_lock (&self->lock);
  self->fraction = fraction;
  g_mutex_unlock (&self->lock);
}

static gboolean
show_progress_cb (gpointer data)
{
  AnmRunsPane *self = data;

  g_mutex_lock (&self->lock);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->verification_progress), CLAMP (self->fraction, 0, 1));
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static char *
describe_result (AnmRun                *run,
                 const AnmVerification *result)
{
  const char *name = anm_run_get_name (run);
  g_autofree char *updates = anm_number_format_count ((gint64) result->n_updates);
  g_autofree char *kept = NULL;
  g_autofree char *repeated = NULL;
  g_autofree char *largest = NULL;

  if (!result->same)
    {
      kept = anm_number_format (result->kept, 9);
      repeated = anm_number_format (result->repeated, 9);
      /* Translators: a run, an epoch, the name of a number, what was kept of it, what it is when repeated. */
      return g_strdup_printf (_("%s is not the same from epoch %u on: %s was %s and is %s now."), name, result->epoch, result->what, kept, repeated);
    }
  if (result->exact)
    /* Translators: a run, then how much was compared. */
    return g_strdup_printf (_("%s is the same to the bit: %u epochs, %s minibatches and %u sets of parameters compared."),
                            name, result->n_epochs, updates, result->n_snapshots);

  largest = anm_number_format (result->largest, 2);
  /* Translators: a run, then how much was compared, and the largest relative difference. */
  return g_strdup_printf (_("%s is the same within tolerance on this other kind of processor: %u epochs, %s minibatches and %u sets of parameters compared, largest difference %s."),
                          name, result->n_epochs, updates, result->n_snapshots, largest);
}

static void
show_end (AnmRunsPane *self,
          const char  *words)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_label_set_label (GTK_LABEL (self->verification_label), words);
  gtk_widget_set_visible (self->verification_progress, FALSE);
  gtk_button_set_label (GTK_BUTTON (self->verification_button), _("Put away"));
}

static void
verified_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (AnmRunsPane) self = data;
  g_auto (AnmVerification) verification = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmRun) run = NULL;
  g_autofree char *words = NULL;
  const gboolean made = anm_verification_make_finish (&verification, result, &error);

  /* Another may be under way by now, or the pane is gone. */
  if (g_task_get_cancellable (G_TASK (result)) != self->verification)
    return;

  run = g_steal_pointer (&self->verified);
  g_clear_object (&self->verification);
  if (made)
    words = describe_result (run, &verification);
  show_end (self, made ? words : error->message);
  _anm_runs_pane_update_actions (self);
}

void
_anm_runs_pane_verify (AnmRunsPane *self,
                       AnmRun      *run)
{
  g_autofree char *words = NULL;

  if (self->verification != NULL)
    return;

  self->verification = g_cancellable_new ();
  self->verified = g_object_ref (run);
  self->fraction = 0;
  /* Translators: a run's name. */
  words = g_strdup_printf (_("Verifying %s: it is trained again from its first weights, and compared."), anm_run_get_name (run));
  gtk_label_set_label (GTK_LABEL (self->verification_label), words);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->verification_progress), 0);
  gtk_widget_set_visible (self->verification_progress, TRUE);
  gtk_button_set_label (GTK_BUTTON (self->verification_button), _("Cancel"));
  gtk_widget_set_visible (self->verification_box, TRUE);
  self->timer = g_timeout_add (SHOW_INTERVAL_MS, show_progress_cb, self);
  anm_verification_make_async (self->study, run, ANM_VERIFICATION_TOLERANCE, anm_settings_get_threads (), progress_cb, self,
                               self->verification, verified_cb, g_object_ref (self));
  _anm_runs_pane_update_actions (self);
}

void
_anm_runs_pane_end_verification (AnmRunsPane *self)
{
  if (self->verification != NULL)
    {
      g_cancellable_cancel (self->verification);
      g_clear_object (&self->verification);
      g_clear_object (&self->verified);
      g_clear_handle_id (&self->timer, g_source_remove);
      _anm_runs_pane_update_actions (self);
    }
  gtk_widget_set_visible (self->verification_box, FALSE);
}
