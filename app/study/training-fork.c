/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/hyperparameters-json.h"
#include "app/study/run-dataset.h"
#include "app/study/snapshot-rows.h"
#include "app/study/study-private.h"
#include "app/study/training-lock.h"
#include "app/study/training-private.h"

static AnmRunRow *
make_row (AnmRunKey *key,
          AnmRun *parent,
          guint epoch,
          AnmCohortVersion *cohort,
          GBytes *split,
          const AnmHyperparameters *hyperparameters)
{
  AnmRunRow *row = g_new0 (AnmRunRow, 1);

  row->key = anm_run_key_ref (key);
  row->cohort = anm_cohort_version_ref (cohort);
  row->split = g_bytes_ref (split);
  row->recipe = anm_fitted_recipe_to_json (anm_run_get_recipe (parent));
  row->network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (parent)));
  row->hyperparameters = anm_hyperparameters_to_json (hyperparameters);
  row->parent = anm_run_key_ref (anm_run_get_key (parent));
  row->parent_epoch = epoch;
  anm_machine_read (&row->machine);
  return row;
}

/* The new run, in memory and in the file, with the weights that it begins with. */
static AnmRun *
add_run (AnmStudy *study,
         AnmRun *parent,
         guint epoch,
         const anm_real *weights,
         GBytes *optimizer,
         const AnmHyperparameters *hyperparameters,
         GError **error)
{
  AnmStore *store = anm_study_get_store (study);
  g_autoptr (AnmRunKey) key = anm_run_key_new (anm_study_propose_run_id (study));
  g_autoptr (AnmSnapshot) initial = NULL;
  g_autoptr (AnmRun) run = NULL;
  AnmCohortVersion *cohort = anm_run_load_cohort (parent, anm_study_get_cohort_version (study), error);
  GBytes *split = cohort != NULL ? anm_run_load_split (parent, error) : NULL;

  if (split == NULL)
    return NULL;
  run = anm_run_new (store, key, NULL, cohort, split, anm_run_get_recipe (parent), anm_run_get_network (parent), hyperparameters, error);
  if (run == NULL)
    return NULL;
  anm_run_get_row (run)->parent = anm_run_get_id (parent);
  anm_run_get_row (run)->parent_epoch = epoch;
  initial = anm_snapshot_new (0, 0, weights, anm_network_get_n_parameters (anm_run_get_network (run)), optimizer);
  anm_writer_hold (anm_store_get_writer (store));
  anm_run_rows_add (store, make_row (key, parent, epoch, cohort, split, hyperparameters));
  anm_snapshot_rows_put (store, key, initial, TRUE, 0, 0);
  anm_writer_release (anm_store_get_writer (store));
  anm_study_add_run (study, run);
  return run; /* the study keeps it */
}

guint
anm_training_count_left (AnmRun *parent,
                         int epoch)
{
  const guint epochs = anm_run_get_hyperparameters (parent)->epochs, n_epochs = anm_run_get_n_epochs (parent);
  const guint last = n_epochs > 0 ? anm_run_get_epoch (parent, n_epochs - 1)->epoch : 0;
  const guint done = epoch == ANM_EPOCH_BEST ? anm_run_get_best_epoch (parent) : epoch < 0 ? last : (guint) epoch;

  return done < epochs ? epochs - done : epochs;
}

/* The parent's optimiser as it was, if it is kept and of the same kind. */
static gboolean
carry_on (AnmTrainer *trainer,
          AnmStore *store,
          AnmRun *parent,
          int epoch,
          gboolean *carried,
          GError **error)
{
  g_autoptr (GBytes) optimizer = NULL;

  *carried = FALSE;
  return anm_snapshot_rows_load_optimizer (anm_store_get_reader (store), anm_run_get_id (parent), epoch, &optimizer, error) &&
         (optimizer == NULL || anm_trainer_carry_on (trainer, optimizer, carried, error));
}

AnmTraining *
anm_training_fork (AnmStudy *study,
                   AnmRun *parent,
                   int epoch,
                   const AnmHyperparameters *hyperparameters,
                   gboolean paused,
                   guint n_threads,
                   GError **error)
{
  g_autoptr (AnmTraining) self = NULL;
  g_autoptr (AnmPool) pool = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (GBytes) optimizer = NULL;
  g_autofree anm_real *weights = NULL;
  AnmRunKey *key;
  AnmRun *run;
  guint found;

  g_return_val_if_fail (ANM_IS_STUDY (study), NULL);
  g_return_val_if_fail (ANM_IS_RUN (parent), NULL);
  g_return_val_if_fail (hyperparameters != NULL, NULL);

  if (!anm_training_lock_check (anm_study_get_store (study), error) || !anm_study_flush (study, error))
    return NULL;
  weights = anm_run_load_parameters (parent, epoch, &found, error);
  if (weights == NULL)
    return NULL;
  self = _anm_training_new (study, 1);
  pool = anm_pool_new (n_threads);
  self->dataset = anm_run_prepare_dataset (study, parent, error);
  if (self->dataset == NULL)
    return NULL;
  trainer = anm_trainer_new (anm_run_get_network (parent), hyperparameters, self->dataset->parts[ANM_PART_TRAINING],
                             self->dataset->parts[ANM_PART_VALIDATION], weights, pool, error);
  if (trainer == NULL || !carry_on (trainer, anm_study_get_store (study), parent, epoch, &self->carried, error))
    return NULL;
  optimizer = anm_trainer_save_optimizer (trainer);
  run = add_run (study, parent, found, weights, optimizer, hyperparameters, error);
  if (run == NULL)
    return NULL;
  g_ptr_array_add (self->runs, g_object_ref (run));
  self->wanted[0] = *hyperparameters;
  key = anm_run_get_key (run);
  self->scheduler = anm_scheduler_new (anm_study_get_store (study), pool, &trainer, &key, 1, NULL, paused);
  trainer = NULL;
  self->state = paused ? ANM_TRAINING_PAUSED : ANM_TRAINING_RUNNING;
  return g_steal_pointer (&self);
}
