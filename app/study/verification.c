/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/verification.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/study/hyperparameters-json.h"
#include "app/study/run-dataset.h"
#include "app/study/snapshot-rows.h"
#include "app/study/statement.h"
#include "app/study/study-private.h"

/* What acts between two updates. */
typedef struct
{
  guint64            updates; /* made before it */
  AnmHyperparameters hyperparameters;
  AnmDropoutRates   *rates;   /* [layers], nullable: nothing is said of dropout */
} Change;

typedef struct
{
  AnmVerification *result;
  AnmRun          *run;
  sqlite3         *db;
  AnmTrainer      *trainer;
  AnmDataset      *dataset;
  GArray          *changes;   /* of Change, oldest first */
  guint            next_change;
  int              stop;      /* atomic */
  guint            index;     /* epochs compared */
  anm_real        *initial;   /* weights */
  GBytes          *optimizer; /* nullable: what a fork brought along */
  gsize            n_updates; /* kept */
} Repetition;

static void
repetition_clear (Repetition *self)
{
  g_clear_pointer (&self->trainer, anm_trainer_free);
  g_clear_pointer (&self->dataset, anm_dataset_unref);
  g_clear_pointer (&self->changes, g_array_unref);
  g_clear_pointer (&self->initial, g_free);
  g_clear_pointer (&self->optimizer, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Repetition, repetition_clear)

void
anm_verification_clear (AnmVerification *self)
{
  g_clear_pointer (&self->what, g_free);
}

static void
clear_change (gpointer data)
{
  g_clear_pointer (&((Change *) data)->rates, g_free);
}

static gboolean
load_changes (Repetition *self,
              gboolean *one_machine,
              const char *instructions,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, clear_change);
  statement = anm_statement_prepare (self->db, "SELECT kind, updates, detail FROM event WHERE run = ? AND kind IN ('changed', 'resumed') AND detail IS NOT NULL ORDER BY id", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, anm_run_get_id (self->run));
  while (anm_statement_step (statement, &has_row, error))
    {
      const char *kind, *detail;
      Change change;

      if (!has_row)
        return TRUE;
      kind = (const char *) sqlite3_column_text (statement, 0);
      detail = (const char *) sqlite3_column_text (statement, 2);
      if (g_strcmp0 (kind, "resumed") == 0)
        {
          *one_machine = *one_machine && g_strcmp0 (detail, instructions) == 0;
          continue;
        }
      change.updates = (guint64) sqlite3_column_int64 (statement, 1);
      if (!anm_hyperparameters_from_json (&change.hyperparameters, detail, error))
        return FALSE;
      change.rates = anm_change_rates_from_json (detail, anm_network_get_n_layers (anm_run_get_network (self->run)));
      g_array_append_val (self->changes, change);
    }
  return FALSE;
}

/* FALSE if @repeated isn't what was @kept, which ends the comparison. */
static gboolean
compare (Repetition *self,
         const char *what,
         double kept,
         double repeated)
{
  AnmVerification *result = self->result;
  double difference = fabs (repeated - kept) / fmax (1, fabs (kept));
  gboolean same = memcmp (&kept, &repeated, sizeof kept) == 0 || (isnan (kept) && isnan (repeated));

  if (same)
    return TRUE;
  if (!(difference <= result->largest))
    result->largest = difference;
  if (!result->exact && difference <= result->tolerance)
    return TRUE;
  result->same = FALSE;
  result->what = g_strdup (what);
  result->kept = kept;
  result->repeated = repeated;
  return FALSE;
}

static gboolean
compare_update (Repetition *self,
                const AnmUpdateFigures *figures)
{
  const AnmRunUpdate *kept;

  if (figures->update > anm_run_get_n_updates (self->run))
    return TRUE;
  kept = &anm_run_get_updates (self->run)[figures->update - 1];
  self->result->epoch = figures->epoch;
  self->result->n_updates++;
  return compare (self, _ ("loss of a minibatch"), kept->loss, figures->loss) &&
         compare (self, _ ("norm of a gradient"), kept->gradient_norm, figures->gradient_norm);
}

static const char *
find_parameter_name (AnmNetwork *network,
                     gsize index)
{
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);

  for (guint i = n_parameters; i > 0; i--)
    if (parameters[i - 1].offset <= index)
      return parameters[i - 1].name;
  return "";
}

static gboolean
compare_parameters (Repetition *self,
                    const AnmSnapshot *snapshot)
{
  const anm_real *repeated = anm_trainer_get_parameters (self->trainer);
  AnmNetwork *network = anm_run_get_network (self->run);
  gsize size, n = anm_network_get_n_parameters (network);
  const anm_real *kept = g_bytes_get_data (snapshot->parameters, &size);

  for (gsize i = 0; i < MIN (n, size / sizeof *kept); i++)
    if (!compare (self, find_parameter_name (network, i), (double) kept[i], (double) repeated[i]))
      return FALSE;
  self->result->n_snapshots++;
  return TRUE;
}

static gboolean
compare_epoch (Repetition *self,
               const AnmEpochFigures *figures,
               GError **error)
{
  const AnmRunEpoch *kept = anm_run_get_epoch (self->run, self->index++);
  g_autoptr (AnmSnapshot) snapshot = NULL;

  self->result->epoch = kept->epoch;
  self->result->n_epochs++;
  /* Of the initial weights it isn't always taken. */
  if ((isfinite (kept->training_loss) && !compare (self, _ ("training loss"), kept->training_loss, figures->training_loss)) ||
      !compare (self, _ ("validation loss"), kept->validation.loss, figures->validation.loss) ||
      !compare (self, "AUROC", kept->validation.auroc, figures->validation.auroc))
    return TRUE;
  for (guint i = 0; kept->epoch > 0 && i < MIN (kept->n_layers, figures->n_layers); i++)
    if (!compare (self, _ ("norm of a layer's gradient"), kept->layer_norms[i], figures->layer_norms[i]))
      return TRUE;
  if (!anm_snapshot_rows_load (self->db, anm_run_get_id (self->run), (int) kept->epoch, &snapshot, error))
    return FALSE;
  if (snapshot != NULL)
    compare_parameters (self, snapshot);
  return TRUE;
}

static gboolean
apply_changes (Repetition *self,
               guint64 n_updates,
               GError **error)
{
  while (self->next_change < self->changes->len && g_array_index (self->changes, Change, self->next_change).updates <= n_updates)
    {
      const Change *change = &g_array_index (self->changes, Change, self->next_change++);
      AnmHyperparameters hyperparameters = change->hyperparameters;

      hyperparameters.epochs = anm_trainer_get_hyperparameters (self->trainer)->epochs; /* it may have been extended since */
      if (!anm_trainer_change (self->trainer, &hyperparameters, error) ||
          (change->rates != NULL && !anm_trainer_change_dropout (self->trainer, change->rates, error)))
        return FALSE;
    }
  return TRUE;
}

/* One step of the trainer, compared. @over: nothing more of it is kept, or there is a difference. */
static gboolean
step (Repetition *self,
      gboolean *over,
      GError **error)
{
  guint64 n_updates = anm_trainer_get_update (self->trainer)->update;
  AnmTrainerEvent event;

  if (self->index == 0)
    event = anm_trainer_evaluate_initial (self->trainer, &self->stop, error);
  else if (apply_changes (self, n_updates, error))
    event = anm_trainer_step (self->trainer, &self->stop, error);
  else
    return FALSE;
  switch (event)
    {
    case ANM_TRAINER_UPDATED:
      *over = !compare_update (self, anm_trainer_get_update (self->trainer)) ||
              (self->index == anm_run_get_n_epochs (self->run) &&
               anm_trainer_get_update (self->trainer)->update >= anm_run_get_n_updates (self->run));
      return TRUE;
    case ANM_TRAINER_EPOCH_ENDED:
    case ANM_TRAINER_DONE:
      if (self->index < anm_run_get_n_epochs (self->run) && !compare_epoch (self, anm_trainer_get_epoch (self->trainer), error))
        return FALSE;
      *over = event == ANM_TRAINER_DONE || !self->result->same ||
              (self->index == anm_run_get_n_epochs (self->run) &&
               anm_trainer_get_epoch (self->trainer)->update >= anm_run_get_n_updates (self->run));
      return TRUE;
    case ANM_TRAINER_INTERRUPTED:
      *over = FALSE;
      return TRUE;
    case ANM_TRAINER_FAILED:
    default:
      return FALSE;
    }
}

static void
stop_cb (GCancellable *cancellable,
         gpointer data)
{
  g_atomic_int_set ((int *) data, 1);
}

/* What has to be looked up where the study lives, so that the rest can be done on any thread. */
static gboolean
look_up (Repetition *self,
         AnmStudy *study,
         GError **error)
{
  g_autofree char *source = NULL;
  g_autofree guint32 *patients = NULL;
  g_auto (AnmMachine) machine = { 0 };
  gboolean one_machine = TRUE;
  gsize n_patients;

  anm_machine_read (&machine);
  self->initial = anm_run_load_parameters (self->run, 0, NULL, error);
  if (self->initial == NULL || !anm_snapshot_rows_load_optimizer (self->db, anm_run_get_id (self->run), 0, &self->optimizer, error) ||
      !load_changes (self, &one_machine, machine.instructions, error))
    return FALSE;
  self->result->exact = one_machine && g_strcmp0 (anm_run_get_machine (self->run)->instructions, machine.instructions) == 0;
  /* The run knows these from now on, and its figures; large records are read where they are made ready. */
  source = anm_study_load_run_source (study, self->run, error);
  if (source == NULL)
    return FALSE;
  patients = anm_study_load_run_patients (study, self->run, ANM_PART_TRAINING, &n_patients, error);
  self->n_updates = anm_run_get_n_updates (self->run);
  return patients != NULL;
}

static gboolean
repeat (Repetition *self,
        AnmStudy *study,
        guint n_threads,
        void (*progress) (double fraction, gpointer data),
        gpointer data,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (AnmPool) pool = anm_pool_new (n_threads);
  gulong handler;
  gboolean carried;
  gboolean done = TRUE, over = anm_run_get_n_epochs (self->run) == 0;

  self->dataset = anm_run_prepare_dataset (study, self->run, error);
  if (self->dataset == NULL)
    return FALSE;
  self->trainer = anm_trainer_new (anm_run_get_network (self->run), anm_run_get_hyperparameters (self->run),
                                   self->dataset->parts[ANM_PART_TRAINING], self->dataset->parts[ANM_PART_VALIDATION], self->initial, pool, error);
  if (self->trainer == NULL || (self->optimizer != NULL && !anm_trainer_carry_on (self->trainer, self->optimizer, &carried, error)))
    return FALSE;
  handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (stop_cb), &self->stop, NULL) : 0;
  while (done && !over && !g_cancellable_is_cancelled (cancellable))
    {
      done = step (self, &over, error);
      if (progress != NULL)
        progress ((double) self->result->n_updates / MAX (self->n_updates, 1), data);
    }
  g_cancellable_disconnect (cancellable, handler);
  return done && (over || !g_cancellable_set_error_if_cancelled (cancellable, error));
}

gboolean
anm_verification_make (AnmVerification *self,
                       AnmStudy *study,
                       AnmRun *run,
                       double tolerance,
                       guint n_threads,
                       void (*progress) (double fraction, gpointer data),
                       gpointer data,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (Repetition) repetition = { .result = self, .run = run, .db = anm_store_get_reader (anm_study_get_store (study)) };

  *self = (AnmVerification){ .tolerance = tolerance, .same = TRUE };
  return anm_study_flush (study, error) && look_up (&repetition, study, error) &&
         repeat (&repetition, study, n_threads, progress, data, cancellable, error);
}

/* In the background. */

typedef struct
{
  Repetition       repetition;
  AnmVerification *result;
  AnmStudy        *study;
  AnmRun          *run;
  guint            n_threads;
  void           (*progress) (double fraction, gpointer data);
  gpointer         data;
} Background;

static void
verification_free (AnmVerification *self)
{
  anm_verification_clear (self);
  g_free (self);
}

static void
background_free (gpointer data)
{
  Background *background = data;

  repetition_clear (&background->repetition);
  g_clear_pointer (&background->result, verification_free);
  g_clear_object (&background->study);
  g_clear_object (&background->run);
  g_free (background);
}

static void
repeat_in_thread (GTask *task,
                  gpointer source,
                  gpointer data,
                  GCancellable *cancellable)
{
  Background *background = data;
  GError *error = NULL;

  if (repeat (&background->repetition, background->study, background->n_threads, background->progress, background->data, cancellable, &error))
    g_task_return_pointer (task, g_steal_pointer (&background->result), (GDestroyNotify) verification_free);
  else
    g_task_return_error (task, error);
}

void
anm_verification_make_async (AnmStudy *study,
                             AnmRun *run,
                             double tolerance,
                             guint n_threads,
                             void (*progress) (double fraction, gpointer data),
                             gpointer data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer callback_data)
{
  g_autoptr (GTask) task = NULL;
  Background *background;
  GError *error = NULL;

  g_return_if_fail (ANM_IS_STUDY (study));
  g_return_if_fail (ANM_IS_RUN (run));

  background = g_new0 (Background, 1);
  background->study = g_object_ref (study);
  background->run = g_object_ref (run);
  background->n_threads = n_threads;
  background->progress = progress;
  background->data = data;
  background->result = g_new0 (AnmVerification, 1);
  *background->result = (AnmVerification){ .tolerance = tolerance, .same = TRUE };
  background->repetition = (Repetition){ .result = background->result, .run = run, .db = anm_store_get_reader (anm_study_get_store (study)) };

  task = g_task_new (study, cancellable, callback, callback_data);
  g_task_set_source_tag (task, anm_verification_make_async);
  g_task_set_task_data (task, background, background_free);
  if (anm_study_flush (study, &error) && look_up (&background->repetition, study, &error))
    g_task_run_in_thread (task, repeat_in_thread);
  else
    g_task_return_error (task, error);
}

gboolean
anm_verification_make_finish (AnmVerification *self,
                              GAsyncResult *result,
                              GError **error)
{
  g_autofree AnmVerification *made = g_task_propagate_pointer (G_TASK (result), error);
  Background *background = g_task_get_task_data (G_TASK (result));

  /* The thread may be the last to part with the task, and these belong to this one. */
  g_clear_object (&background->study);
  g_clear_object (&background->run);
  if (made == NULL)
    return FALSE;
  *self = *made;
  return TRUE;
}
