/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/scheduler-private.h"

/* Time left is guessed after so many epochs, or so much work. */
#define EPOCHS_TO_ESTIMATE 3
#define WORK_TO_ESTIMATE (5 * G_USEC_PER_SEC)

/* Commands. */

void
anm_scheduler_pause (AnmScheduler *self)
{
  g_mutex_lock (&self->mutex);
  self->paused = TRUE;
  g_atomic_int_set (&self->interrupt, 1);
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_resume (AnmScheduler *self)
{
  g_mutex_lock (&self->mutex);
  self->paused = FALSE;
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_step (AnmScheduler *self,
                    AnmTrainingStep step)
{
  g_mutex_lock (&self->mutex);
  self->paused = TRUE;
  self->step_wanted = TRUE;
  self->wanted_step = step;
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_stop (AnmScheduler *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_atomic_int_set (&self->interrupt, 1);
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_change (AnmScheduler *self,
                      guint arm,
                      const AnmHyperparameters *hyperparameters)
{
  g_mutex_lock (&self->mutex);
  self->arms[arm].change = *hyperparameters;
  self->arms[arm].change_wanted = TRUE;
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_change_dropout (AnmScheduler *self,
                              guint arm,
                              const AnmDropoutRates *rates,
                              guint n_layers)
{
  g_mutex_lock (&self->mutex);
  g_free (self->arms[arm].rates);
  self->arms[arm].rates = g_memdup2 (rates, n_layers * sizeof *rates);
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_request_parameters (AnmScheduler *self,
                                  guint arm)
{
  g_mutex_lock (&self->mutex);
  self->arms[arm].copy_wanted = TRUE;
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_request_step_view (AnmScheduler *self,
                                 guint arm)
{
  g_mutex_lock (&self->mutex);
  self->arms[arm].view_wanted = TRUE;
  g_cond_signal (&self->commands);
  g_mutex_unlock (&self->mutex);
}

/* News. */

void
anm_arm_news_init (AnmArmNews *news)
{
  *news = (AnmArmNews) { 0 };
  news->epochs = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_epoch_record_unref);
  news->updates = g_array_new (FALSE, FALSE, sizeof (AnmRunUpdate));
}

void
anm_arm_news_clear (AnmArmNews *news)
{
  g_clear_pointer (&news->epochs, g_ptr_array_unref);
  g_clear_pointer (&news->updates, g_array_unref);
  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    g_clear_pointer (&news->snapshots[i], anm_snapshot_unref);
  g_clear_pointer (&news->message, g_free);
}

gboolean
anm_scheduler_take_news (AnmScheduler *self,
                         guint index,
                         AnmArmNews *news)
{
  AnmArm *arm = &self->arms[index];
  gboolean any = FALSE;

  g_mutex_lock (&self->mutex);
  *news = arm->news;
  anm_arm_news_init (&arm->news);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    any = any || news->snapshots[i] != NULL;
  return any || news->epochs->len > 0 || news->updates->len > 0 || news->status_changed;
}

/* With the mutex held. Arms that are over need no more time, however few epochs they made. */
static double
estimate_seconds_left (const AnmScheduler *self)
{
  gint64 work = self->work + (self->work_began != 0 ? g_get_monotonic_time () - self->work_began : 0);
  guint64 done = 0, left = 0;
  guint epochs = G_MAXUINT;

  for (guint i = 0; i < self->n_arms; i++)
    {
      const AnmArm *arm = &self->arms[i];

      done += arm->updates;
      if (arm->over)
        continue;
      left += arm->n_updates_planned - MIN (arm->updates, arm->n_updates_planned);
      epochs = MIN (epochs, arm->live.epoch - 1);
    }
  if (left == 0)
    return 0;
  if (done == 0 || (epochs < EPOCHS_TO_ESTIMATE && work < WORK_TO_ESTIMATE))
    return -1;
  return (double) work / G_USEC_PER_SEC * ((double) left / (double) done);
}

static double
estimate_fraction (const AnmScheduler *self)
{
  double sum = 0;

  for (guint i = 0; i < self->n_arms; i++)
    {
      const AnmArm *arm = &self->arms[i];

      sum += arm->over ? 1 : (double) arm->updates / (double) arm->n_updates_planned;
    }
  return sum / self->n_arms;
}

void
anm_scheduler_get_progress (AnmScheduler *self,
                            AnmProgress *progress)
{
  g_mutex_lock (&self->mutex);
  progress->state = self->ended ? ANM_TRAINING_ENDED : self->paused ? ANM_TRAINING_PAUSED
                                                                    : ANM_TRAINING_RUNNING;
  progress->fraction = estimate_fraction (self);
  progress->seconds_left = estimate_seconds_left (self);
  progress->behind = self->behind;
  g_mutex_unlock (&self->mutex);
}

void
anm_scheduler_get_live (AnmScheduler *self,
                        guint arm,
                        AnmArmLive *live)
{
  g_mutex_lock (&self->mutex);
  *live = self->arms[arm].live;
  g_mutex_unlock (&self->mutex);
}

AnmSnapshot *
anm_scheduler_take_parameters (AnmScheduler *self,
                               guint arm)
{
  AnmSnapshot *copy;

  g_mutex_lock (&self->mutex);
  copy = g_steal_pointer (&self->arms[arm].copy);
  g_mutex_unlock (&self->mutex);
  return copy;
}

AnmStepView *
anm_scheduler_take_step_view (AnmScheduler *self,
                              guint arm)
{
  AnmStepView *view;

  g_mutex_lock (&self->mutex);
  view = g_steal_pointer (&self->arms[arm].view);
  g_mutex_unlock (&self->mutex);
  return view;
}

void
anm_scheduler_wait (AnmScheduler *self,
                    gint64 microseconds)
{
  gint64 until = g_get_monotonic_time () + microseconds;

  g_mutex_lock (&self->mutex);
  while (!self->ended)
    if (!g_cond_wait_until (&self->end, &self->mutex, until))
      break;
  g_mutex_unlock (&self->mutex);
}
