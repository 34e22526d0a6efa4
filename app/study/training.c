/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/training.h"

#include <string.h>

#include "app/study/hyperparameters-json.h"
#include "app/study/snapshot-rows.h"
#include "app/study/study-error.h"
#include "app/study/study-private.h"
#include "app/study/training-lock.h"
#include "app/study/training-private.h"

#define WAIT_MICROSECONDS (50 * G_TIME_SPAN_MILLISECOND)

G_DEFINE_FINAL_TYPE (AnmTraining, anm_training, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
anm_training_get_property (GObject *object,
                           guint property_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  AnmTraining *self = ANM_TRAINING (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
anm_training_finalize (GObject *object)
{
  AnmTraining *self = ANM_TRAINING (object);

  g_clear_pointer (&self->scheduler, anm_scheduler_free);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_pointer (&self->dataset, anm_dataset_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->following); i++)
    g_clear_signal_handler (&self->following[i], self->study);
  g_clear_object (&self->study);
  g_free (self->proportions);
  g_free (self->seen_rates);
  g_free (self->copy_wanted);
  g_free (self->wanted);
  G_OBJECT_CLASS (anm_training_parent_class)->finalize (object);
}

static void
anm_training_class_init (AnmTrainingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = anm_training_get_property;
  object_class->finalize = anm_training_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, ANM_TRAINING_RUNNING, ANM_TRAINING_ENDED, ANM_TRAINING_RUNNING,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ANM_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_training_init (AnmTraining *self)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

AnmTraining *
_anm_training_new (AnmStudy *study,
                   guint n_runs)
{
  AnmTraining *self = g_object_new (ANM_TYPE_TRAINING, NULL);

  self->study = g_object_ref (study);
  self->copy_wanted = g_new0 (gboolean, n_runs);
  self->wanted = g_new0 (AnmHyperparameters, n_runs);
  return self;
}

static AnmRunRow *
make_row (AnmStudy *study,
          const AnmGround *ground,
          AnmRunKey *key,
          AnmRunKey *race,
          const AnmHyperparameters *hyperparameters)
{
  AnmRunRow *row = g_new0 (AnmRunRow, 1);

  row->key = anm_run_key_ref (key);
  row->race = race != NULL ? anm_run_key_ref (race) : NULL;
  row->cohort = anm_cohort_version_ref (anm_study_get_cohort_version (study));
  row->split = g_bytes_ref (ground->split);
  row->recipe = anm_fitted_recipe_to_json (ground->dataset->recipe);
  row->network = anm_network_spec_to_text (anm_network_get_spec (ground->network));
  row->hyperparameters = anm_hyperparameters_to_json (hyperparameters);
  anm_machine_read (&row->machine);
  return row;
}

/* All arms or none: nothing is kept before every trainer is made. */
static gboolean
make_arms (AnmTraining *self,
           const AnmGround *ground,
           const AnmHyperparameters *arms,
           guint n_arms,
           AnmTrainer **trainers,
           AnmRunKey **keys,
           GError **error)
{
  guint first = anm_study_propose_run_id (self->study);

  for (guint i = 0; i < n_arms; i++)
    {
      AnmHyperparameters hyperparameters = arms[i];
      AnmRun *run;

      hyperparameters.seed = arms[0].seed;
      trainers[i] = anm_trainer_new (ground->network, &hyperparameters, ground->dataset->parts[ANM_PART_TRAINING],
                                     ground->dataset->parts[ANM_PART_VALIDATION], ground->weights, ground->pool, error);
      if (trainers[i] == NULL)
        return FALSE;
      keys[i] = anm_run_key_new (first + i);
      run = anm_run_new (anm_study_get_store (self->study), keys[i], n_arms > 1 ? keys[0] : NULL,
                         anm_study_get_cohort_version (self->study), ground->split, ground->dataset->recipe,
                         ground->network, &hyperparameters, error);
      if (run == NULL)
        return FALSE;
      g_ptr_array_add (self->runs, run);
      self->wanted[i] = hyperparameters;
    }
  return TRUE;
}

static void
keep_arms (AnmTraining *self,
           const AnmGround *ground,
           const AnmInitialWeights *weights)
{
  AnmStore *store = anm_study_get_store (self->study);
  AnmRunKey *first = anm_run_get_key (g_ptr_array_index (self->runs, 0));
  g_autoptr (AnmSnapshot) initial = anm_snapshot_new (0, 0, ground->weights, anm_network_get_n_parameters (ground->network), NULL);
  g_autofree char *origin = NULL;

  /* For people, and to be read from again. */
  if (weights != NULL)
    origin = weights->path != NULL ? g_strdup_printf ("%s\n%s\n%s", weights->name, weights->path, anm_layout_to_string (weights->layout)) : g_strdup (weights->name);
  /* A run never lacks the weights that it begins with, whatever ends it. */
  anm_writer_hold (anm_store_get_writer (store));

  for (guint i = 0; i < self->runs->len; i++)
    {
      AnmRun *run = g_ptr_array_index (self->runs, i);

      anm_run_rows_add (store,
                        make_row (self->study, ground, anm_run_get_key (run), self->runs->len > 1 ? first : NULL,
                                  anm_run_get_hyperparameters (run)));
      if (weights != NULL)
        anm_run_rows_add_event (store, anm_run_get_key (run), 0, "weights", origin);
      anm_snapshot_rows_put (store, anm_run_get_key (run), initial, TRUE, 0, 0);
      anm_study_add_run (self->study, run);
    }
  anm_writer_release (anm_store_get_writer (store));
}

AnmTraining *
anm_training_start (AnmStudy *study,
                    const AnmHyperparameters *arms,
                    guint n_arms,
                    gboolean paused,
                    guint n_threads,
                    GError **error)
{
  return anm_training_start_from (study, arms, n_arms, paused, n_threads, NULL, error);
}

AnmTraining *
anm_training_start_from (AnmStudy *study,
                         const AnmHyperparameters *arms,
                         guint n_arms,
                         gboolean paused,
                         guint n_threads,
                         const AnmInitialWeights *weights,
                         GError **error)
{
  g_autoptr (AnmTraining) self = NULL;
  g_auto (AnmGround) ground = { 0 };
  g_autofree AnmTrainer **trainers = NULL;
  g_autofree AnmRunKey **keys = NULL;
  gboolean made;

  g_return_val_if_fail (ANM_IS_STUDY (study), NULL);
  g_return_val_if_fail (n_arms > 0, NULL);

  if (!anm_training_lock_check (anm_study_get_store (study), error) ||
      !_anm_ground_lay (&ground, study, arms[0].seed, n_threads, weights, error))
    return NULL;
  self = _anm_training_new (study, n_arms);
  self->dataset = anm_dataset_ref (ground.dataset);
  trainers = g_new0 (AnmTrainer *, n_arms);
  keys = g_new0 (AnmRunKey *, n_arms);
  made = make_arms (self, &ground, arms, n_arms, trainers, keys, error);
  if (made)
    {
      keep_arms (self, &ground, weights);
      self->scheduler = anm_scheduler_new (anm_study_get_store (study), ground.pool, trainers, keys, n_arms, NULL, paused);
      self->state = paused ? ANM_TRAINING_PAUSED : ANM_TRAINING_RUNNING;
    }
  for (guint i = 0; i < n_arms; i++)
    {
      if (!made)
        g_clear_pointer (&trainers[i], anm_trainer_free);
      g_clear_pointer (&keys[i], anm_run_key_unref);
    }
  return made ? g_steal_pointer (&self) : NULL;
}

void
anm_training_pause (AnmTraining *self)
{
  g_return_if_fail (ANM_IS_TRAINING (self));

  anm_scheduler_pause (self->scheduler);
}

void
anm_training_resume (AnmTraining *self)
{
  g_return_if_fail (ANM_IS_TRAINING (self));

  anm_scheduler_resume (self->scheduler);
}

void
anm_training_step (AnmTraining *self,
                   AnmTrainingStep step)
{
  g_return_if_fail (ANM_IS_TRAINING (self));

  anm_scheduler_step (self->scheduler, step);
}

void
anm_training_stop (AnmTraining *self)
{
  g_return_if_fail (ANM_IS_TRAINING (self));

  anm_scheduler_stop (self->scheduler);
}

static void
change_arm (AnmTraining *self,
            guint arm,
            const AnmHyperparameters *hyperparameters)
{
  AnmHyperparameters change = self->wanted[arm];

  change.learning_rate = hyperparameters->learning_rate;
  change.schedule = hyperparameters->schedule;
  change.clip_norm = hyperparameters->clip_norm;
  change.clip_value = hyperparameters->clip_value;
  if (!anm_hyperparameters_validate (&change, NULL))
    return;
  self->wanted[arm] = change;
  anm_scheduler_change (self->scheduler, arm, &change);
}

void
anm_training_change (AnmTraining *self,
                     guint arm,
                     const AnmHyperparameters *hyperparameters)
{
  g_return_if_fail (ANM_IS_TRAINING (self));
  g_return_if_fail (arm < self->runs->len);

  g_clear_pointer (&self->proportions, g_free);
  change_arm (self, arm, hyperparameters);
}

void
anm_training_change_all (AnmTraining *self,
                         const AnmHyperparameters *hyperparameters)
{
  g_return_if_fail (ANM_IS_TRAINING (self));

  /* Always from the same rates, so that there and back again is exactly where it began. */
  if (self->proportions == NULL)
    {
      self->proportions = g_new (double, self->runs->len);
      for (guint arm = 0; arm < self->runs->len; arm++)
        self->proportions[arm] = self->wanted[arm].learning_rate;
    }
  for (guint arm = 0; arm < self->runs->len; arm++)
    {
      AnmHyperparameters change = *hyperparameters;

      if (arm > 0)
        change.learning_rate = self->proportions[arm] * (hyperparameters->learning_rate / self->proportions[0]);
      change_arm (self, arm, &change);
    }
}

void
anm_training_change_dropout (AnmTraining *self,
                             guint arm,
                             const AnmDropoutRates *rates,
                             guint n_layers)
{
  g_return_if_fail (ANM_IS_TRAINING (self));
  g_return_if_fail (arm < self->runs->len);
  g_return_if_fail (n_layers == anm_network_get_n_layers (anm_run_get_network (g_ptr_array_index (self->runs, arm))));

  anm_scheduler_change_dropout (self->scheduler, arm, rates, n_layers);
}

/* The last news and the end come in this order, so the state is asked first. */
static gboolean
take_news (AnmTraining *self,
           guint arm)
{
  AnmRun *run = g_ptr_array_index (self->runs, arm);
  g_auto (AnmArmNews) news = { 0 };

  if (!anm_scheduler_take_news (self->scheduler, arm, &news))
    return FALSE;
  for (guint i = 0; i < news.epochs->len; i++)
    anm_run_add_epoch (run, g_ptr_array_index (news.epochs, i));
  anm_run_add_updates (run, (const AnmRunUpdate *) (gpointer) news.updates->data, news.updates->len);
  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    if (news.snapshots[i] != NULL)
      anm_run_set_snapshot (run, i, news.snapshots[i]);
  if (news.status_changed)
    anm_run_set_status (run, news.status, news.message);
  anm_run_emit_changed (run);
  return TRUE;
}

gboolean
anm_training_drain (AnmTraining *self)
{
  g_autoptr (AnmTraining) alive = NULL;
  AnmProgress progress;
  gboolean any = FALSE;

  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);

  alive = g_object_ref (self); /* listeners may drop it */
  anm_scheduler_get_progress (self->scheduler, &progress);
  for (guint i = 0; i < self->runs->len; i++)
    any = take_news (self, i) || any;
  if (progress.state != self->state)
    {
      self->state = progress.state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
      any = TRUE;
    }
  if (any)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return any;
}

static void
stop_cb (GCancellable *cancellable,
         AnmScheduler *scheduler)
{
  anm_scheduler_stop (scheduler);
}

gboolean
anm_training_wait (AnmTraining *self,
                   void (*progress) (AnmTraining *self, gpointer data),
                   gpointer data,
                   GCancellable *cancellable,
                   GError **error)
{
  gulong handler;

  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);

  handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (stop_cb), self->scheduler, NULL) : 0;
  while (self->state != ANM_TRAINING_ENDED)
    {
      anm_scheduler_wait (self->scheduler, WAIT_MICROSECONDS);
      anm_training_drain (self);
      if (progress != NULL)
        progress (self, data);
    }
  g_cancellable_disconnect (cancellable, handler);
  if (!anm_study_flush (self->study, error))
    return FALSE;
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

gboolean
anm_training_get_carried (AnmTraining *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);

  return self->carried;
}

AnmTrainingState
anm_training_get_state (AnmTraining *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING (self), ANM_TRAINING_ENDED);

  return self->state;
}

guint
anm_training_get_n_runs (AnmTraining *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING (self), 0);

  return self->runs->len;
}

AnmRun *
anm_training_get_run (AnmTraining *self,
                      guint arm)
{
  g_return_val_if_fail (ANM_IS_TRAINING (self), NULL);
  g_return_val_if_fail (arm < self->runs->len, NULL);

  return g_ptr_array_index (self->runs, arm);
}

AnmDataset *
anm_training_get_dataset (AnmTraining *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING (self), NULL);

  return self->dataset;
}

double
anm_training_get_fraction (AnmTraining *self)
{
  AnmProgress progress;

  g_return_val_if_fail (ANM_IS_TRAINING (self), 0);

  anm_scheduler_get_progress (self->scheduler, &progress);
  return progress.fraction;
}

double
anm_training_get_seconds_left (AnmTraining *self)
{
  AnmProgress progress;

  g_return_val_if_fail (ANM_IS_TRAINING (self), 0);

  anm_scheduler_get_progress (self->scheduler, &progress);
  return progress.seconds_left;
}

gboolean
anm_training_get_behind (AnmTraining *self)
{
  AnmProgress progress;

  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);

  anm_scheduler_get_progress (self->scheduler, &progress);
  return progress.behind;
}

gboolean
anm_training_get_live (AnmTraining *self,
                       guint arm,
                       guint *epoch,
                       double *fraction_of_epoch,
                       double *training_loss)
{
  AnmArmLive live;

  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);
  g_return_val_if_fail (arm < self->runs->len, FALSE);

  anm_scheduler_get_live (self->scheduler, arm, &live);
  *epoch = live.epoch;
  *fraction_of_epoch = live.fraction_of_epoch;
  *training_loss = live.training_loss;
  return live.fraction_of_epoch > 0;
}

void
anm_training_request_parameters (AnmTraining *self,
                                 guint arm)
{
  g_return_if_fail (ANM_IS_TRAINING (self));
  g_return_if_fail (arm < self->runs->len);

  self->copy_wanted[arm] = TRUE;
  anm_scheduler_request_parameters (self->scheduler, arm);
}

void
anm_training_request_step_view (AnmTraining *self,
                                guint arm)
{
  g_return_if_fail (ANM_IS_TRAINING (self));
  g_return_if_fail (arm < self->runs->len);

  anm_scheduler_request_step_view (self->scheduler, arm);
}

AnmStepView *
anm_training_take_step_view (AnmTraining *self,
                             guint arm)
{
  g_return_val_if_fail (ANM_IS_TRAINING (self), NULL);
  g_return_val_if_fail (arm < self->runs->len, NULL);

  return anm_scheduler_take_step_view (self->scheduler, arm);
}

gboolean
anm_training_take_parameters (AnmTraining *self,
                              guint arm,
                              anm_real *parameters,
                              guint *epoch)
{
  g_autoptr (AnmSnapshot) copy = NULL;
  g_autofree anm_real *last = NULL;
  AnmRun *run;

  g_return_val_if_fail (ANM_IS_TRAINING (self), FALSE);
  g_return_val_if_fail (arm < self->runs->len, FALSE);

  if (!self->copy_wanted[arm])
    return FALSE;
  run = g_ptr_array_index (self->runs, arm);
  copy = anm_scheduler_take_parameters (self->scheduler, arm);
  if (copy != NULL)
    {
      gsize size;
      gconstpointer data = g_bytes_get_data (copy->parameters, &size);

      memcpy (parameters, data, size);
      *epoch = copy->epoch;
    }
  else
    {
      /* Ended before it got round to it: then the last weights are what was asked for. */
      if (self->state == ANM_TRAINING_ENDED)
        last = anm_run_load_parameters (run, ANM_EPOCH_LAST, epoch, NULL);
      if (last == NULL)
        return FALSE;
      memcpy (parameters, last, anm_network_get_n_parameters (anm_run_get_network (run)) * sizeof *parameters);
    }
  self->copy_wanted[arm] = FALSE;
  return TRUE;
}
