/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/study/run-dataset.h"
#include "app/study/snapshot-rows.h"
#include "app/study/study-error.h"
#include "app/study/study-private.h"
#include "app/study/training-lock.h"
#include "app/study/training-private.h"

/* What a run left behind. */
typedef struct
{
  GBytes     *state;   /* nullable: it didn't come that far */
  guint       epoch;
  guint64     updates;
  AnmTrainer *trainer; /* restored to it */
} Remains;

static void
remains_clear (Remains *remains)
{
  g_clear_pointer (&remains->state, g_bytes_unref);
  g_clear_pointer (&remains->trainer, anm_trainer_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Remains, remains_clear)

static gboolean
check_can_go_on (AnmRun *run,
                 guint epochs,
                 GError **error)
{
  switch (anm_run_get_status (run))
    {
    case ANM_RUN_RUNNING:
    case ANM_RUN_PAUSED:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY, _ ("Run %u is being trained."), anm_run_get_id (run));
      return FALSE;
    case ANM_RUN_FAILED:
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY,
                   _ ("Run %u failed and would fail again: %s Fork it at an earlier epoch with other settings."),
                   anm_run_get_id (run), anm_run_get_message (run));
      return FALSE;
    case ANM_RUN_FINISHED:
      if (epochs > anm_run_get_hyperparameters (run)->epochs)
        return TRUE;
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY,
                   _ ("Run %u has finished. To train it on, ask for more than its %u epochs."),
                   anm_run_get_id (run), anm_run_get_hyperparameters (run)->epochs);
      return FALSE;
    case ANM_RUN_STOPPED:
    case ANM_RUN_CUT_OFF:
    default:
      return TRUE;
    }
}

/* A fork's optimiser doesn't begin from nothing. */
static gboolean
carry_on (AnmTrainer *trainer,
          AnmTraining *self,
          AnmRun *run,
          GError **error)
{
  g_autoptr (GBytes) optimizer = NULL;
  gboolean carried;

  return anm_snapshot_rows_load_optimizer (anm_store_get_reader (anm_study_get_store (self->study)), anm_run_get_id (run), 0, &optimizer, error) &&
         (optimizer == NULL || anm_trainer_carry_on (trainer, optimizer, &carried, error));
}

static gboolean
restore_trainer (Remains *remains,
                 AnmTraining *self,
                 AnmRun *run,
                 guint epochs,
                 AnmPool *pool,
                 GError **error)
{
  g_autofree anm_real *initial = anm_run_load_parameters (run, 0, NULL, error);

  if (initial == NULL)
    return FALSE;
  remains->trainer = anm_trainer_new (anm_run_get_network (run), anm_run_get_hyperparameters (run),
                                      self->dataset->parts[ANM_PART_TRAINING], self->dataset->parts[ANM_PART_VALIDATION],
                                      initial, pool, error);
  if (remains->trainer == NULL ||
      !anm_snapshot_rows_load_state (anm_store_get_reader (anm_study_get_store (self->study)), anm_run_get_id (run),
                                     &remains->epoch, &remains->updates, &remains->state, error) ||
      !carry_on (remains->trainer, self, run, error) ||
      (remains->state != NULL && !anm_trainer_restore (remains->trainer, remains->state, error)))
    return FALSE;
  return epochs <= anm_run_get_hyperparameters (run)->epochs || anm_trainer_extend (remains->trainer, epochs, error);
}

/* Whether the state is that of the end of an epoch. */
static gboolean
is_whole (AnmRun *run,
          const Remains *remains)
{
  for (guint i = 0; i < anm_run_get_n_epochs (run); i++)
    if (anm_run_get_epoch (run, i)->epoch == remains->epoch)
      return anm_run_get_epoch (run, i)->update == remains->updates;
  return FALSE;
}

/* The best weights and the last of the state that the run goes on from may have been thinned out since. */
static void
keep_snapshots (AnmStore *store,
                AnmRun *run,
                const Remains *remains)
{
  const gsize n = anm_network_get_n_parameters (anm_run_get_network (run));
  guint best = 0;
  const anm_real *best_parameters = anm_trainer_get_best_parameters (remains->trainer, &best);
  g_autoptr (GBytes) optimizer = anm_trainer_save_optimizer (remains->trainer);
  g_autoptr (AnmSnapshot) last = anm_snapshot_new (remains->epoch, remains->updates, anm_trainer_get_parameters (remains->trainer), n, optimizer);

  for (guint i = 0; best_parameters != NULL && i < anm_run_get_n_epochs (run); i++)
    if (anm_run_get_epoch (run, i)->epoch == best && best < remains->epoch)
      {
        g_autoptr (AnmSnapshot) snapshot = anm_snapshot_new (best, anm_run_get_epoch (run, i)->update, best_parameters, n, NULL);

        anm_snapshot_rows_put (store, anm_run_get_key (run), snapshot, TRUE, best, best);
      }
  anm_snapshot_rows_put (store, anm_run_get_key (run), last, is_whole (run, remains), best, best);
}

/* In the file: the run is this process's, with as many epochs as it shall have. Epochs beyond its state stay until they are made again. */
static void
keep_going_on (AnmTraining *self,
               AnmRun *run,
               const Remains *remains,
               gboolean extended)
{
  AnmStore *store = anm_study_get_store (self->study);
  AnmRunKey *key = anm_run_get_key (run);
  guint epochs = anm_trainer_get_hyperparameters (remains->trainer)->epochs;
  g_autofree char *number = g_strdup_printf ("%u", epochs);
  g_auto (AnmMachine) machine = { 0 };

  anm_machine_read (&machine);
  anm_writer_hold (anm_store_get_writer (store));
  anm_run_rows_take_over (store, key);
  if (remains->state != NULL)
    keep_snapshots (store, run, remains);
  else
    anm_run_rows_rewind (store, key, FALSE, 0, 0);
  if (extended)
    {
      g_autoptr (GBytes) state = anm_trainer_save (remains->trainer);

      anm_run_rows_add_event (store, key, remains->updates, "extended", number);
      if (remains->state != NULL)
        anm_snapshot_rows_put_state (store, key, remains->epoch, remains->updates, state);
    }
  anm_run_rows_add_event (store, key, remains->updates, "resumed", machine.instructions);
  anm_writer_release (anm_store_get_writer (store));
}

/* @kept_epochs: the last that is in the file. */
static AnmArmStart
find_start (AnmRun *run,
            const Remains *remains,
            guint kept_epochs)
{
  guint n_epochs = anm_run_get_n_epochs (run);
  const AnmRunEpoch *last = n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1) : NULL;
  gsize n_updates = anm_run_get_n_updates (run), first = n_updates;
  const AnmRunUpdate *updates = anm_run_get_updates (run);

  while (last != NULL && first > 0 && updates[first - 1].update > last->update)
    first--;
  return (AnmArmStart){
    .begun = remains->state != NULL,
    .epochs_done = remains->epoch,
    .best_epoch = anm_run_get_best_epoch (run),
    .updates = remains->updates,
    .seconds = last != NULL ? last->seconds : 0,
    .kept_epochs = kept_epochs,
    .epoch_updates = updates + first,
    .n_epoch_updates = n_updates - first,
  };
}

AnmTraining *
anm_training_continue (AnmStudy *study,
                       AnmRun *run,
                       guint epochs,
                       gboolean paused,
                       guint n_threads,
                       GError **error)
{
  g_autoptr (AnmTraining) self = NULL;
  g_autoptr (AnmPool) pool = NULL;
  g_auto (Remains) remains = { 0 };
  AnmRunKey *key;
  AnmArmStart start;
  guint planned, kept_epochs;

  g_return_val_if_fail (ANM_IS_STUDY (study), NULL);
  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  if (!anm_training_lock_check (anm_study_get_store (study), error) || !check_can_go_on (run, epochs, error) ||
      !anm_study_flush (study, error))
    return NULL;
  self = _anm_training_new (study, 1);
  pool = anm_pool_new (n_threads);
  self->dataset = anm_run_prepare_dataset (study, run, error);
  if (self->dataset == NULL || !restore_trainer (&remains, self, run, epochs, pool, error))
    return NULL;
  planned = anm_run_get_hyperparameters (run)->epochs;
  keep_going_on (self, run, &remains, epochs > planned);
  kept_epochs = anm_run_get_n_epochs (run) > 0 ? anm_run_get_epoch (run, anm_run_get_n_epochs (run) - 1)->epoch : 0;
  anm_run_rewind (run, remains.state != NULL, remains.epoch, remains.updates, MAX (epochs, planned));

  g_ptr_array_add (self->runs, g_object_ref (run));
  self->wanted[0] = *anm_trainer_get_hyperparameters (remains.trainer);
  start = find_start (run, &remains, kept_epochs);
  key = anm_run_get_key (run);
  self->scheduler = anm_scheduler_new (anm_study_get_store (study), pool, &remains.trainer, &key, 1, &start, paused);
  remains.trainer = NULL;
  self->state = paused ? ANM_TRAINING_PAUSED : ANM_TRAINING_RUNNING;
  return g_steal_pointer (&self);
}
