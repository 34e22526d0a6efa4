/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/scheduler-private.h"

#include <math.h>

#include "app/study/hyperparameters-json.h"
#include "app/study/snapshot-rows.h"
#include "app/study/training-lock.h"

/* How long the thread waits for the disk before it looks at the commands again. */
#define DISK_MICROSECONDS (20 * G_TIME_SPAN_MILLISECOND)
#define BEAT_MICROSECONDS (10 * G_USEC_PER_SEC)
/* A state is several times as large as the parameters, and what lies behind it is soon computed again. */
#define STATE_MICROSECONDS G_USEC_PER_SEC

static void
set_status (AnmScheduler *self,
            AnmArm *arm,
            AnmRunStatus status,
            const char *message)
{
  g_mutex_lock (&self->mutex);
  arm->news.status_changed = TRUE;
  arm->news.status = status;
  g_free (arm->news.message);
  arm->news.message = g_strdup (message);
  g_mutex_unlock (&self->mutex);
}

static void
record_event (AnmScheduler *self,
              AnmArm *arm,
              const char *kind,
              const char *detail)
{
  anm_run_rows_add_event (self->store, arm->key, arm->updates, kind, detail);
}

static void
tell_snapshot (AnmScheduler *self,
               AnmArm *arm,
               AnmSnapshotKind kind,
               AnmSnapshot *snapshot)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&arm->news.snapshots[kind], anm_snapshot_unref);
  arm->news.snapshots[kind] = anm_snapshot_ref (snapshot);
  g_mutex_unlock (&self->mutex);
}

static AnmSnapshot *
snapshot_of (AnmArm *arm,
             const anm_real *parameters,
             guint epoch)
{
  g_autoptr (GBytes) optimizer = anm_trainer_save_optimizer (arm->trainer);

  return anm_snapshot_new (epoch, arm->updates, parameters, anm_network_get_n_parameters (anm_trainer_get_network (arm->trainer)), optimizer);
}

/* The parameters; and if it @must be or wasn't for a while, all that is needed to go on from them. */
static void
record_state (AnmScheduler *self,
              AnmArm *arm,
              AnmSnapshot *snapshot,
              gboolean whole,
              guint best_before,
              gboolean must)
{
  const gint64 now = g_get_monotonic_time ();

  anm_snapshot_rows_put (self->store, arm->key, snapshot, whole, arm->best_epoch, best_before);
  if (must || arm->saved == 0 || now - arm->saved >= STATE_MICROSECONDS)
    {
      g_autoptr (GBytes) state = anm_trainer_save (arm->trainer);

      anm_snapshot_rows_put_state (self->store, arm->key, snapshot->epoch, snapshot->updates, state);
      arm->saved = now;
      arm->unsaved = FALSE;
    }
  tell_snapshot (self, arm, ANM_SNAPSHOT_LAST, snapshot);
}

/* From here on it goes another way than it once did, or no further. */
static void
forget_beyond (AnmScheduler *self,
               AnmArm *arm)
{
  if (arm->kept_epochs > arm->epochs_done)
    anm_run_rows_rewind (self->store, arm->key, TRUE, arm->epochs_done, arm->updates);
  arm->kept_epochs = 0;
}

/* Of the epoch under way, so far. */
static void
record_updates (AnmScheduler *self,
                AnmArm *arm)
{
  anm_run_rows_add_updates (self->store, arm->key, arm->epochs_done + 1,
                            (const AnmRunUpdate *) (gpointer) arm->epoch_updates->data, arm->epoch_updates->len);
}

/* What was reached between two epochs or in the middle of one. */
static void
record_middle (AnmScheduler *self,
               AnmArm *arm)
{
  g_autoptr (AnmSnapshot) now = NULL;

  if (!arm->begun)
    return;
  now = snapshot_of (arm, anm_trainer_get_parameters (arm->trainer), arm->epochs_done);
  record_updates (self, arm);
  record_state (self, arm, now, arm->epoch_updates->len == 0, arm->best_epoch, TRUE);
}

/* The disk is far behind: the trainer waits, unless it is told to stop. */
static void
wait_for_disk (AnmScheduler *self)
{
  while (!anm_writer_wait_for_room (anm_store_get_writer (self->store), DISK_MICROSECONDS))
    {
      gboolean stop;

      g_mutex_lock (&self->mutex);
      stop = self->stop;
      self->behind = TRUE;
      g_mutex_unlock (&self->mutex);
      if (stop)
        return;
    }
  g_mutex_lock (&self->mutex);
  self->behind = FALSE;
  g_mutex_unlock (&self->mutex);
}

/* Tells other programs now and then that this one is alive. */
static void
beat (AnmScheduler *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->beaten < BEAT_MICROSECONDS)
    return;
  self->beaten = now;
  anm_training_lock_beat (self->store, self->lock);
}

static void
record_epoch (AnmScheduler *self,
              AnmArm *arm,
              gboolean last)
{
  const AnmEpochFigures *figures = anm_trainer_get_epoch (arm->trainer);
  g_autoptr (AnmEpochRecord) record = NULL;
  g_autoptr (AnmSnapshot) snapshot = NULL;
  AnmWriter *writer = anm_store_get_writer (self->store);
  guint best_before;

  if (isfinite (figures->seconds))
    arm->seconds += figures->seconds;
  record = anm_epoch_record_new_from_trainer (figures, arm->seconds);
  /* Whatever ends the program: an epoch is in the file whole, with the state behind it if it has one, or not at all. */
  anm_writer_hold (writer);
  if (figures->epoch > 0)
    record_updates (self, arm);
  g_array_set_size (arm->epoch_updates, 0);
  arm->epoch_loss = 0;
  arm->epochs_done = figures->epoch;
  anm_run_rows_add_epoch (self->store, arm->key, record);

  snapshot = snapshot_of (arm, anm_trainer_get_parameters (arm->trainer), figures->epoch);
  best_before = arm->best_epoch;
  if (figures->epoch == 0)
    tell_snapshot (self, arm, ANM_SNAPSHOT_INITIAL, snapshot);
  if (figures->best)
    {
      arm->best_epoch = figures->epoch;
      tell_snapshot (self, arm, ANM_SNAPSHOT_BEST, snapshot);
    }
  arm->unsaved = TRUE;
  record_state (self, arm, snapshot, TRUE, best_before, last);
  anm_writer_release (writer);

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (arm->news.epochs, g_steal_pointer (&record));
  arm->live = (AnmArmLive) { figures->epoch + 1, 0, NAN };
  g_mutex_unlock (&self->mutex);

  beat (self);
  wait_for_disk (self);
}

static void
record_update (AnmScheduler *self,
               AnmArm *arm)
{
  const AnmUpdateFigures *figures = anm_trainer_get_update (arm->trainer);
  AnmRunUpdate update = { figures->update, figures->loss, figures->gradient_norm };

  g_array_append_val (arm->epoch_updates, update);
  arm->epoch_loss += figures->loss;
  arm->unsaved = TRUE;

  g_mutex_lock (&self->mutex);
  arm->updates = figures->update;
  arm->updated = TRUE;
  g_array_append_val (arm->news.updates, update);
  arm->live.epoch = figures->epoch;
  arm->live.fraction_of_epoch = (double) arm->epoch_updates->len / anm_trainer_get_n_updates_per_epoch (arm->trainer);
  arm->live.training_loss = arm->epoch_loss / arm->epoch_updates->len;
  g_mutex_unlock (&self->mutex);
}

static void
end_arm (AnmScheduler *self,
         AnmArm *arm,
         AnmRunStatus status,
         const char *event,
         const char *message)
{
  arm->ended = TRUE;
  arm->steps_left = FALSE;
  record_event (self, arm, event, message);
  set_status (self, arm, status, message);
  g_mutex_lock (&self->mutex);
  arm->over = TRUE;
  g_mutex_unlock (&self->mutex);
}

/* Ends the arm between two epochs or in the middle of one. */
static void
break_off_arm (AnmScheduler *self,
               AnmArm *arm,
               AnmRunStatus status,
               const char *event,
               const char *message)
{
  AnmWriter *writer = anm_store_get_writer (self->store);

  anm_writer_hold (writer);
  forget_beyond (self, arm);
  record_middle (self, arm);
  end_arm (self, arm, status, event, message);
  anm_writer_release (writer);
}

/* Copies for the eye are made of whole updates. */
static void
make_copy (AnmScheduler *self,
           AnmArm *arm)
{
  gboolean wanted;
  AnmSnapshot *copy;

  g_mutex_lock (&self->mutex);
  wanted = arm->copy_wanted;
  g_mutex_unlock (&self->mutex);
  if (!wanted)
    return;
  copy = snapshot_of (arm, anm_trainer_get_parameters (arm->trainer), arm->epochs_done);
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&arm->copy, anm_snapshot_unref);
  arm->copy = copy;
  arm->copy_wanted = FALSE;
  g_mutex_unlock (&self->mutex);
}

/* A look at the last update; before the first it waits. */
static void
make_view (AnmScheduler *self,
           AnmArm *arm)
{
  gboolean wanted;
  AnmStepView *view;

  g_mutex_lock (&self->mutex);
  wanted = arm->view_wanted && arm->updated;
  g_mutex_unlock (&self->mutex);
  if (!wanted)
    return;
  view = anm_step_view_new (arm->trainer);
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&arm->view, anm_step_view_free);
  arm->view = view;
  arm->view_wanted = FALSE;
  g_mutex_unlock (&self->mutex);
}

/* Changes act between two updates and are recorded with what they changed to, and with the state that they change: should
 * the program end before the epoch does, the run goes on from here. */
static void
apply_change (AnmScheduler *self,
              AnmArm *arm)
{
  g_autofree char *json = NULL;
  g_autofree AnmDropoutRates *rates = NULL;
  const AnmDropoutRates *now;
  AnmHyperparameters change;
  gboolean changed = FALSE;
  guint n_layers;

  g_mutex_lock (&self->mutex);
  change = arm->change_wanted ? arm->change : *anm_trainer_get_hyperparameters (arm->trainer);
  rates = g_steal_pointer (&arm->rates);
  changed = arm->change_wanted;
  arm->change_wanted = FALSE;
  g_mutex_unlock (&self->mutex);
  if (arm->ended || (!changed && rates == NULL))
    return;
  changed = changed && anm_trainer_change (arm->trainer, &change, NULL);
  changed = (rates != NULL && anm_trainer_change_dropout (arm->trainer, rates, NULL)) || changed;
  if (!changed)
    return;
  now = anm_trainer_get_dropout (arm->trainer, &n_layers);
  json = anm_change_to_json (anm_trainer_get_hyperparameters (arm->trainer), now, n_layers);
  anm_writer_hold (anm_store_get_writer (self->store));
  forget_beyond (self, arm);
  record_event (self, arm, "changed", json);
  record_middle (self, arm);
  anm_writer_release (anm_store_get_writer (self->store));
}

static gboolean
at_end_of_epoch (const AnmArm *arm)
{
  return arm->epoch_updates->len >= anm_trainer_get_n_updates_per_epoch (arm->trainer);
}

static void
step_arm (AnmScheduler *self,
          AnmArm *arm)
{
  g_autoptr (GError) error = NULL;
  AnmTrainerEvent event;

  event = arm->begun ? anm_trainer_step (arm->trainer, &self->interrupt, &error)
                     : anm_trainer_evaluate_initial (arm->trainer, &self->interrupt, &error);
  switch (event)
    {
    case ANM_TRAINER_UPDATED:
      record_update (self, arm);
      /* One step is one update, with the evaluation that an epoch's last update brings. */
      if (self->step == ANM_TRAINING_STEP_UPDATE && !at_end_of_epoch (arm))
        arm->steps_left = FALSE;
      break;
    case ANM_TRAINER_EPOCH_ENDED:
      record_epoch (self, arm, FALSE);
      if (arm->begun)
        arm->steps_left = FALSE;
      arm->begun = TRUE;
      break;
    case ANM_TRAINER_DONE:
      record_epoch (self, arm, TRUE);
      arm->begun = TRUE;
      forget_beyond (self, arm);
      end_arm (self, arm, ANM_RUN_FINISHED, "finished", anm_trainer_end_to_string (anm_trainer_get_end (arm->trainer)));
      break;
    case ANM_TRAINER_FAILED:
      break_off_arm (self, arm, ANM_RUN_FAILED, "failed", error->message);
      break;
    case ANM_TRAINER_INTERRUPTED:
      return;
    default:
      g_assert_not_reached ();
    }
  make_copy (self, arm);
  make_view (self, arm);
}

/* Whether @arm has something to do now. Unfinished initial evaluations go on under Pause:
 * they are what the first picture is made of. */
static gboolean
is_due (const AnmScheduler *self,
        const AnmArm *arm)
{
  return !arm->ended && (!self->paused || !arm->begun || arm->steps_left);
}

static AnmArm *
find_due_arm (AnmScheduler *self)
{
  for (guint i = 0; i < self->n_arms; i++)
    {
      AnmArm *arm = &self->arms[(self->next + i) % self->n_arms];

      if (is_due (self, arm))
        {
          self->next = (guint) (arm - self->arms + 1) % self->n_arms;
          return arm;
        }
    }
  return NULL;
}

static gboolean
all_ended (const AnmScheduler *self)
{
  for (guint i = 0; i < self->n_arms; i++)
    if (!self->arms[i].ended)
      return FALSE;
  return TRUE;
}

/* With the mutex held. */
static void
count_work (AnmScheduler *self,
            gboolean working)
{
  gint64 now = g_get_monotonic_time ();

  if (self->work_began != 0)
    self->work += now - self->work_began;
  self->work_began = working ? now : 0;
}

/* With the mutex held, gives it up for a moment. */
static void
record_pause (AnmScheduler *self)
{
  gboolean paused = self->paused;

  if (self->paused_recorded == paused)
    return;
  self->paused_recorded = paused;
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->n_arms; i++)
    if (!self->arms[i].ended)
      {
        record_event (self, &self->arms[i], paused ? "paused" : "resumed", NULL);
        set_status (self, &self->arms[i], paused ? ANM_RUN_PAUSED : ANM_RUN_RUNNING, NULL);
      }
  g_mutex_lock (&self->mutex);
}

/* With the mutex held: Step asks something of every arm. */
static void
begin_steps (AnmScheduler *self)
{
  if (!self->step_wanted)
    return;
  self->step_wanted = FALSE;
  self->step = self->wanted_step;
  for (guint i = 0; i < self->n_arms; i++)
    self->arms[i].steps_left = !self->arms[i].ended;
}

/* With the mutex held, gives it up for a moment: nobody knows how long a pause will be. Whether there was anything to keep. */
static gboolean
record_standstill (AnmScheduler *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_arms; i++)
    {
      AnmArm *arm = &self->arms[i];

      if (!arm->unsaved || !arm->begun || arm->ended)
        continue;
      any = TRUE;
      g_mutex_unlock (&self->mutex);
      anm_writer_hold (anm_store_get_writer (self->store));
      record_middle (self, arm);
      anm_writer_release (anm_store_get_writer (self->store));
      g_mutex_lock (&self->mutex);
    }
  return any;
}

/* Obeys commands; sleeps while there is nothing to do. The arm to step, or %NULL at the end. */
static AnmArm *
wait_for_turn (AnmScheduler *self)
{
  AnmArm *arm = NULL;

  g_mutex_lock (&self->mutex);
  while (TRUE)
    {
      g_atomic_int_set (&self->interrupt, 0);
      record_pause (self);
      begin_steps (self);
      if (self->stop || all_ended (self))
        break;
      arm = find_due_arm (self);
      if (arm != NULL)
        break;
      count_work (self, FALSE);
      for (guint i = 0; i < self->n_arms; i++)
        if (self->arms[i].copy_wanted || self->arms[i].change_wanted || self->arms[i].rates != NULL || (self->arms[i].view_wanted && self->arms[i].updated))
          arm = &self->arms[i];
      if (arm != NULL)
        break;
      if (!record_standstill (self))
        g_cond_wait (&self->commands, &self->mutex);
    }
  if (arm != NULL && is_due (self, arm) && self->work_began == 0)
    count_work (self, TRUE);
  g_mutex_unlock (&self->mutex);
  return arm;
}

static gpointer
scheduler_thread (gpointer data)
{
  AnmScheduler *self = data;
  AnmArm *arm;

  anm_pool_enter_computing_thread ();
  anm_pool_lower_priority ();

  while ((arm = wait_for_turn (self)) != NULL)
    {
      gboolean due;

      apply_change (self, arm);
      g_mutex_lock (&self->mutex);
      due = is_due (self, arm);
      g_mutex_unlock (&self->mutex);
      if (due)
        step_arm (self, arm);
      else
        {
          make_copy (self, arm);
          make_view (self, arm);
        }
    }
  for (guint i = 0; i < self->n_arms; i++)
    if (!self->arms[i].ended)
      break_off_arm (self, &self->arms[i], ANM_RUN_STOPPED, "stopped", NULL);
  anm_training_lock_release (self->store, self->lock);

  g_mutex_lock (&self->mutex);
  count_work (self, FALSE);
  self->ended = TRUE;
  g_cond_broadcast (&self->end);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static void
set_start (AnmArm *arm,
           const AnmArmStart *start)
{
  arm->begun = start->begun;
  arm->epochs_done = start->epochs_done;
  arm->best_epoch = start->best_epoch;
  arm->seconds = start->seconds;
  arm->updates = start->updates;
  arm->kept_epochs = start->kept_epochs;
  arm->live.epoch = start->epochs_done + 1;
  g_array_append_vals (arm->epoch_updates, start->epoch_updates, (guint) start->n_epoch_updates);
  for (gsize i = 0; i < start->n_epoch_updates; i++)
    arm->epoch_loss += start->epoch_updates[i].loss;
}

AnmScheduler *
anm_scheduler_new (AnmStore *store,
                   AnmPool *pool,
                   AnmTrainer *const *trainers,
                   AnmRunKey *const *keys,
                   guint n_arms,
                   const AnmArmStart *starts,
                   gboolean paused)
{
  AnmScheduler *self = g_new0 (AnmScheduler, 1);

  self->store = anm_store_ref (store);
  self->pool = anm_pool_ref (pool);
  self->n_arms = n_arms;
  self->arms = g_new0 (AnmArm, n_arms);
  for (guint i = 0; i < n_arms; i++)
    {
      AnmArm *arm = &self->arms[i];

      arm->trainer = trainers[i];
      arm->key = anm_run_key_ref (keys[i]);
      arm->epoch_updates = g_array_new (FALSE, FALSE, sizeof (AnmRunUpdate));
      arm->n_updates_planned = (guint64) anm_trainer_get_hyperparameters (arm->trainer)->epochs *
                               anm_trainer_get_n_updates_per_epoch (arm->trainer);
      arm->live = (AnmArmLive) { 1, 0, NAN };
      anm_arm_news_init (&arm->news);
      if (starts != NULL)
        set_start (arm, &starts[i]);
    }
  g_mutex_init (&self->mutex);
  g_cond_init (&self->commands);
  g_cond_init (&self->end);
  self->paused = paused;
  self->lock = anm_training_lock_take (store);
  self->beaten = g_get_monotonic_time ();
  self->thread = g_thread_new ("scheduler", scheduler_thread, self);
  return self;
}

void
anm_scheduler_free (AnmScheduler *self)
{
  anm_scheduler_stop (self);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->n_arms; i++)
    {
      AnmArm *arm = &self->arms[i];

      anm_trainer_free (arm->trainer);
      g_free (arm->rates);
      anm_run_key_unref (arm->key);
      g_array_unref (arm->epoch_updates);
      anm_arm_news_clear (&arm->news);
      g_clear_pointer (&arm->copy, anm_snapshot_unref);
      g_clear_pointer (&arm->view, anm_step_view_free);
    }
  g_free (self->arms);
  g_free (self->lock);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->commands);
  g_cond_clear (&self->end);
  anm_pool_unref (self->pool);
  anm_store_unref (self->store);
  g_free (self);
}
