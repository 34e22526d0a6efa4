/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/live-reading.h"

#include <glib/gi18n-lib.h>

#include "app/gui/live-band.h"
#include "app/gui/network-edits.h"
#include "app/gui/reading-job.h"

#define RETRY_MS 250
#define MOST_RETRIES 20

struct _AnmLiveReading
{
  GObject             parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  GSignalGroup       *study_signals;
  AnmWorker          *worker;
  AnmReadingTools    *tools;        /* the worker's */
  guint               n_holds;
  gboolean            of_run;       /* of the run in the foreground, whatever the study's network is by now */
  gboolean            update_due;   /* while nobody holds it */

  /* The study's network, laid out for its data set. */
  AnmNetwork         *network;
  GError             *error;
  int                 at_fault;

  AnmRun             *weights_run;  /* what newest belongs to, nullable */
  AnmWeights         *newest;       /* of weights_run as far as they are known, nullable */

  gboolean            slow;
  AnmWeights         *weights;      /* of the reading below */
  AnmPatientReading  *reading;
  GBytes             *learnt;       /* parameters without what is held in hand */
  AnmLiveBand        *band;
  gboolean            submitting;
  GPtrArray          *orders;       /* of the reading's layers: GBytes of guint, nullable */
  GPtrArray          *trees;        /* theirs: GBytes of AnmMerge, nullable */
  gboolean            reorder_due;
  guint               idle;
  guint               retry;
  guint               n_retries;
};

enum
{
  PROP_0,
  PROP_TRAINING_CONTROL,
  PROP_SLOW,
  N_PROPS
};

enum
{
  SIGNAL_LAID_OUT,
  SIGNAL_CHANGED,
  SIGNAL_BAND_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmLiveReading, anm_live_reading, G_TYPE_OBJECT)

/* Weights */

static void
forget_weights (AnmLiveReading *self)
{
  g_clear_object (&self->weights_run);
  g_clear_pointer (&self->newest, anm_weights_unref);
}

/* Whether @run trained what the study holds now. */
static gboolean
run_fits (AnmRun *run,
          AnmStudy *study)
{
  return run != NULL &&
         anm_network_spec_equal (anm_network_get_spec (anm_run_get_network (run)), anm_study_get_network (study)) &&
         anm_recipe_equal (anm_fitted_recipe_get_recipe (anm_run_get_recipe (run)), anm_study_get_recipe (study));
}

static gboolean
is_training (AnmTraining *training)
{
  return training != NULL && anm_training_get_state (training) != ANM_TRAINING_ENDED;
}

static int
find_arm (AnmTraining *training,
          AnmRun *run)
{
  for (guint i = 0; training != NULL && i < anm_training_get_n_runs (training); i++)
    if (anm_training_get_run (training, i) == run)
      return (int) i;

  return -1;
}

static AnmWeights *
new_weights_of_run (AnmLiveReading *self,
                    AnmRun *run)
{
  AnmWeights *weights = anm_weights_new (anm_run_get_network (run), anm_run_get_recipe (run),
                                         anm_study_get_cohort (anm_view_state_get_study (self->state)),
                                         anm_run_get_hyperparameters (run)->loss, anm_run_get_hyperparameters (run)->seed);

  weights->run = anm_run_get_id (run);
  return weights;
}

/* The copy asked for last time, if it is there, and asks for the next. */
static void
take_live_weights (AnmLiveReading *self,
                   AnmTraining *training,
                   guint arm)
{
  AnmRun *run = anm_training_get_run (training, arm);
  const gsize n_parameters = anm_network_get_n_parameters (anm_run_get_network (run));
  g_autofree anm_real *parameters = g_new (anm_real, MAX (1, n_parameters));
  guint epoch;

  if (anm_training_take_parameters (training, arm, parameters, &epoch))
    {
      g_clear_pointer (&self->newest, anm_weights_unref);
      self->newest = new_weights_of_run (self, run);
      self->newest->origin = ANM_WEIGHTS_TRAINING;
      self->newest->epoch = epoch;
      self->newest->parameters = g_bytes_new_take (g_steal_pointer (&parameters), n_parameters * sizeof (anm_real));
    }
  anm_training_request_parameters (training, arm);
}

/* Of a run cut off before its first epoch was kept the initial weights stand for it. */
static void
choose_best_weights (AnmLiveReading *self,
                     AnmRun *run)
{
  if (self->newest != NULL && self->newest->origin == ANM_WEIGHTS_BEST)
    return;

  g_clear_pointer (&self->newest, anm_weights_unref);
  if (anm_run_get_n_epochs (run) == 0)
    return;
  self->newest = new_weights_of_run (self, run);
  self->newest->origin = ANM_WEIGHTS_BEST;
  self->newest->address = anm_snapshot_address_new (run, ANM_EPOCH_BEST);
}

/* Those of the epoch asked for; without one the newest of the run, or the initial ones of what the study holds now. */
static AnmWeights *
choose_weights (AnmLiveReading *self,
                AnmStudy *study)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  AnmTraining *training = anm_view_state_get_training (self->state);
  const int epoch = anm_view_state_get_epoch (self->state);
  AnmWeights *weights;
  int arm;

  /* An epoch that was asked for is the run's, whatever the study's network is by now. */
  if (run != NULL && epoch != ANM_EPOCH_NEWEST)
    {
      weights = new_weights_of_run (self, run);
      weights->origin = ANM_WEIGHTS_KEPT;
      weights->epoch = (guint) epoch;
      weights->address = anm_snapshot_address_new (run, epoch);
      return weights;
    }

  if (!self->of_run && !run_fits (run, study))
    run = NULL;
  if (run != self->weights_run)
    {
      forget_weights (self);
      g_set_object (&self->weights_run, run);
    }
  if (run == NULL)
    return self->network != NULL
             ? anm_weights_new (self->network, anm_study_get_dataset (study)->recipe, anm_study_get_cohort (study),
                                anm_study_get_hyperparameters (study)->loss, anm_study_get_hyperparameters (study)->seed)
             : NULL;

  arm = find_arm (training, run);
  if (arm >= 0 && is_training (training))
    take_live_weights (self, training, (guint) arm);
  else
    choose_best_weights (self, run);

  return self->newest != NULL ? anm_weights_ref (self->newest) : new_weights_of_run (self, run);
}

/* Requests */

static gboolean
keeps_orders (AnmLiveReading *self,
              const AnmWeights *weights)
{
  if (self->reorder_due || self->orders == NULL)
    return FALSE;
  /* Of one patient rows stay where they are from epoch to epoch: what changes is seen to change. */
  return is_training (anm_view_state_get_training (self->state)) ||
         (self->reading->patient == anm_view_state_get_patient (self->state) && self->reading->network == weights->network);
}

static void
submit (AnmLiveReading *self,
        AnmWeights *weights)
{
  AnmReadingRequest *request = g_new0 (AnmReadingRequest, 1);

  request->tools = self->tools;
  request->weights = anm_weights_ref (weights);
  request->patient = anm_view_state_get_patient (self->state);
  self->submitting = TRUE;
  anm_hand_set_network (anm_view_state_get_hand (self->state), weights->network);
  self->submitting = FALSE;
  request->alterations = anm_hand_copy (anm_view_state_get_hand (self->state));
  if (keeps_orders (self, weights))
    {
      request->orders = g_ptr_array_ref (self->orders);
      request->trees = g_ptr_array_ref (self->trees);
    }
  self->reorder_due = FALSE;

  anm_worker_submit (self->worker, request, anm_reading_request_free);
}

static void
forget_answer (AnmLiveReading *self)
{
  g_clear_pointer (&self->weights, anm_weights_unref);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->learnt, g_bytes_unref);
  g_clear_pointer (&self->orders, g_ptr_array_unref);
  g_clear_pointer (&self->trees, g_ptr_array_unref);
}

/* What is shown gets a band of its own once nothing trains that would bring the next reading. */
static void
follow_band (AnmLiveReading *self)
{
  const gboolean training = anm_training_control_get_status (self->control) == ANM_TRAINING_STATUS_RUNNING &&
                            anm_view_state_get_epoch (self->state) == ANM_EPOCH_NEWEST;

  anm_live_band_follow (self->band, self->reading, self->weights, training);
}

static void
band_changed_cb (gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_BAND_CHANGED], 0);
}

static void
clear_reading (AnmLiveReading *self)
{
  anm_worker_cancel (self->worker);
  if (self->reading == NULL)
    return;

  forget_answer (self);
  follow_band (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
update_reading (AnmLiveReading *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmCohort *cohort = study != NULL ? anm_study_get_cohort (study) : NULL;
  g_autoptr (AnmWeights) weights = NULL;

  if (self->n_holds == 0)
    {
      self->update_due = TRUE;
      return;
    }

  self->update_due = FALSE;
  /* While the records are being made ready, what was shown stays. */
  if (cohort != NULL && anm_study_get_preparing (study))
    return;
  if (cohort != NULL && anm_study_get_dataset (study) != NULL && anm_view_state_get_patient (self->state) < cohort->n_patients)
    weights = choose_weights (self, study);
  if (weights == NULL)
    clear_reading (self);
  else
    submit (self, weights);
}

/* What a past epoch showed doesn't change while training goes on. */
static void
training_news_cb (AnmLiveReading *self)
{
  if (anm_view_state_get_epoch (self->state) == ANM_EPOCH_NEWEST || self->update_due)
    update_reading (self);
}

static void
lay_out (AnmLiveReading *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmDataset *dataset = study != NULL ? anm_study_get_dataset (study) : NULL;
  guint at_fault = 0;

  if (study != NULL && anm_study_get_preparing (study))
    return;

  g_clear_pointer (&self->network, anm_network_unref);
  g_clear_error (&self->error);
  self->at_fault = -1;

  if (dataset != NULL)
    {
      g_autoptr (AnmNetworkSpec) spec = anm_network_spec_copy (anm_study_get_network (study));

      anm_network_spec_fit_tokens (spec, anm_fitted_recipe_get_n_tokens (dataset->recipe));
      anm_view_state_set_time_step (self->state, anm_fitted_recipe_get_step (dataset->recipe));
      self->network = anm_network_edit_lay_out (spec,
                                                anm_fitted_recipe_get_n_columns (dataset->recipe),
                                                &anm_fitted_recipe_get_target (dataset->recipe)->shape,
                                                &at_fault, &self->error);
      if (self->network == NULL)
        self->at_fault = (int) at_fault;
    }
  else if (study != NULL && anm_study_get_dataset_error (study) != NULL)
    self->error = g_error_copy (anm_study_get_dataset_error (study));

  g_signal_emit (self, signals[SIGNAL_LAID_OUT], 0);
}

static gboolean
retry_cb (gpointer data)
{
  AnmLiveReading *self = data;

  self->retry = 0;
  update_reading (self);
  return G_SOURCE_REMOVE;
}

/* What a run's last epoch left may still be on its way to the file: then nothing would tell that it has come. */
static gboolean
try_again (AnmLiveReading *self)
{
  if (self->n_retries == MOST_RETRIES)
    return FALSE;

  self->n_retries++;
  if (self->retry == 0)
    self->retry = g_timeout_add (RETRY_MS, retry_cb, self);
  return TRUE;
}

static void
answered_cb (gpointer result,
             const GError *error,
             gpointer data)
{
  AnmLiveReading *self = data;
  AnmReadingAnswer *answer = result;

  if (answer == NULL)
    {
      if (error != NULL)
        g_debug ("no reading: %s", error->message);
      /* Nobody else's reading stands in meanwhile. */
      if (error == NULL || !try_again (self) ||
          (self->reading != NULL && self->reading->patient != anm_view_state_get_patient (self->state)))
        clear_reading (self);
      return;
    }

  g_clear_handle_id (&self->retry, g_source_remove);
  self->n_retries = 0;
  forget_answer (self);
  self->weights = anm_weights_ref (answer->weights);
  self->reading = anm_patient_reading_ref (answer->reading);
  self->learnt = g_bytes_ref (answer->learnt);
  self->orders = g_ptr_array_ref (answer->orders);
  self->trees = g_ptr_array_ref (answer->trees);
  follow_band (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
slow_cb (gboolean slow,
         gpointer data)
{
  AnmLiveReading *self = data;

  self->slow = slow;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SLOW]);
}

/* Several things change at once when a study is opened or edited: they are looked at together. */
static gboolean
study_edited_cb (gpointer data)
{
  AnmLiveReading *self = data;
  AnmStudy *study = anm_view_state_get_study (self->state);

  self->idle = 0;
  lay_out (self);
  /* Whoever edits the network looks at what it is now, not at what it was. */
  if (study != NULL && !anm_study_get_preparing (study) && !run_fits (anm_view_state_get_run (self->state), study))
    anm_view_state_set_epoch (self->state, ANM_EPOCH_NEWEST);
  update_reading (self);
  return G_SOURCE_REMOVE;
}

static void
study_edited (AnmLiveReading *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, study_edited_cb, self, NULL);
}

/* Within a submission the network is only just becoming known. */
static void
hand_changed_cb (AnmLiveReading *self)
{
  if (!self->submitting)
    update_reading (self);
}

static void
study_changed_cb (AnmLiveReading *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  forget_weights (self);
  clear_reading (self);
  study_edited (self);
}

AnmLiveReading *
anm_live_reading_new (AnmTrainingControl *control)
{
  return g_object_new (ANM_TYPE_LIVE_READING, "training-control", control, NULL);
}

void
anm_live_reading_hold (AnmLiveReading *self)
{
  g_return_if_fail (ANM_IS_LIVE_READING (self));

  self->n_holds++;
  if (self->n_holds == 1 && self->update_due)
    update_reading (self);
}

void
anm_live_reading_set_of_run (AnmLiveReading *self,
                             gboolean of_run)
{
  g_return_if_fail (ANM_IS_LIVE_READING (self));

  of_run = !!of_run;
  if (self->of_run == of_run)
    return;

  self->of_run = of_run;
  update_reading (self);
}

void
anm_live_reading_release (AnmLiveReading *self)
{
  g_return_if_fail (ANM_IS_LIVE_READING (self));
  g_return_if_fail (self->n_holds > 0);

  self->n_holds--;
}

AnmNetwork *
anm_live_reading_get_network (AnmLiveReading *self,
                              const GError **error,
                              int *at_fault)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  if (error != NULL)
    *error = self->error;
  if (at_fault != NULL)
    *at_fault = self->at_fault;

  return self->network;
}

AnmPatientReading *
anm_live_reading_get_reading (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  return self->reading;
}

const anm_real *
anm_live_reading_get_parameters (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  return self->weights != NULL ? anm_weights_get_parameters (self->weights) : NULL;
}

GBytes *
anm_live_reading_get_learnt (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  return self->learnt;
}

AnmWeights *
anm_live_reading_get_weights (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  return self->weights;
}

gboolean
anm_live_reading_get_slow (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), FALSE);

  return self->slow;
}

AnmWeightsOrigin
anm_live_reading_get_origin (AnmLiveReading *self,
                             guint *epoch,
                             guint64 *seed)
{
  AnmStudy *study;

  g_return_val_if_fail (ANM_IS_LIVE_READING (self), ANM_WEIGHTS_INITIAL);

  study = anm_view_state_get_study (self->state);
  if (epoch != NULL)
    *epoch = self->weights != NULL ? self->weights->epoch : 0;
  if (seed != NULL)
    *seed = self->weights != NULL ? self->weights->seed : study != NULL ? anm_study_get_hyperparameters (study)->seed : 0;

  return self->weights != NULL ? self->weights->origin : ANM_WEIGHTS_INITIAL;
}

static char *
describe_weights (AnmWeightsOrigin origin,
                  guint epoch)
{
  switch (origin)
    {
    case ANM_WEIGHTS_TRAINING:
    case ANM_WEIGHTS_KEPT:
      if (epoch > 0)
        return g_strdup_printf (_("after epoch %u"), epoch);
      return g_strdup (_("initial weights, not trained"));
    case ANM_WEIGHTS_BEST:
      return g_strdup_printf (_("best epoch, %u"), epoch);
    case ANM_WEIGHTS_INITIAL:
    default:
      return g_strdup (_("initial weights, not trained"));
    }
}

char *
anm_live_reading_describe_weights (AnmLiveReading *self)
{
  guint epoch;
  const AnmWeightsOrigin origin = anm_live_reading_get_origin (self, &epoch, NULL);

  return describe_weights (origin, epoch);
}

AnmPatientBand *
anm_live_reading_get_band (AnmLiveReading *self,
                           char **older)
{
  AnmPatientBand *band;
  AnmWeights *weights;

  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  band = anm_live_band_get (self->band, &weights);
  *older = weights != NULL ? describe_weights (weights->origin, weights->epoch) : NULL;
  return band;
}

void
anm_live_reading_set_passes (AnmLiveReading *self,
                             guint n_passes)
{
  g_return_if_fail (ANM_IS_LIVE_READING (self));

  anm_live_band_set_passes (self->band, n_passes);
  follow_band (self);
  band_changed_cb (self);
}

const guint *
anm_live_reading_get_order (AnmLiveReading *self,
                            guint layer)
{
  GBytes *order;

  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  if (self->orders == NULL || layer >= self->orders->len)
    return NULL;

  order = g_ptr_array_index (self->orders, layer);
  return order != NULL ? g_bytes_get_data (order, NULL) : NULL;
}

const AnmMerge *
anm_live_reading_get_tree (AnmLiveReading *self,
                           guint layer)
{
  GBytes *tree;

  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  if (self->trees == NULL || layer >= self->trees->len)
    return NULL;

  tree = g_ptr_array_index (self->trees, layer);
  return tree != NULL ? g_bytes_get_data (tree, NULL) : NULL;
}

void
anm_live_reading_reorder (AnmLiveReading *self)
{
  g_return_if_fail (ANM_IS_LIVE_READING (self));

  self->reorder_due = TRUE;
  update_reading (self);
}

static void
anm_live_reading_constructed (GObject *object)
{
  AnmLiveReading *self = ANM_LIVE_READING (object);

  G_OBJECT_CLASS (anm_live_reading_parent_class)->constructed (object);

  self->state = g_object_ref (anm_training_control_get_view_state (self->control));
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::patient", G_CALLBACK (update_reading), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (update_reading), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (anm_view_state_get_hand (self->state), "changed", G_CALLBACK (hand_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::epoch", G_CALLBACK (update_reading), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->control, "repaint", G_CALLBACK (training_news_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->control, "notify::status", G_CALLBACK (follow_band), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

static void
anm_live_reading_get_property (GObject *object,
                               guint prop_id,
                               GValue *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SLOW:
      g_value_set_boolean (value, ANM_LIVE_READING (object)->slow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_live_reading_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  AnmLiveReading *self = ANM_LIVE_READING (object);

  switch (prop_id)
    {
    case PROP_TRAINING_CONTROL:
      self->control = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_live_reading_dispose (GObject *object)
{
  AnmLiveReading *self = ANM_LIVE_READING (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_pointer (&self->worker, anm_worker_free);
  g_clear_pointer (&self->tools, anm_reading_tools_free);
  g_clear_pointer (&self->band, anm_live_band_free);
  g_clear_object (&self->study_signals);
  forget_weights (self);
  g_clear_pointer (&self->network, anm_network_unref);
  g_clear_error (&self->error);
  forget_answer (self);
  g_clear_object (&self->state);
  g_clear_object (&self->control);

  G_OBJECT_CLASS (anm_live_reading_parent_class)->dispose (object);
}

static void
anm_live_reading_class_init (AnmLiveReadingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = anm_live_reading_constructed;
  object_class->get_property = anm_live_reading_get_property;
  object_class->set_property = anm_live_reading_set_property;
  object_class->dispose = anm_live_reading_dispose;

  properties[PROP_TRAINING_CONTROL] =
    g_param_spec_object ("training-control", NULL, NULL, ANM_TYPE_TRAINING_CONTROL,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SLOW] =
    g_param_spec_boolean ("slow", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_LAID_OUT] =
    g_signal_new ("laid-out", ANM_TYPE_LIVE_READING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", ANM_TYPE_LIVE_READING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_BAND_CHANGED] =
    g_signal_new ("band-changed", ANM_TYPE_LIVE_READING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_live_reading_init (AnmLiveReading *self)
{
  static const char *const edits[] = {
    "notify::cohort", "notify::dataset", "notify::dataset-error", "notify::preparing", "notify::network-text",
    "notify::hyperparameters",
  };

  self->at_fault = -1;
  self->tools = anm_reading_tools_new ();
  self->worker = anm_worker_new ("reading", ANM_WORKER_FINISH, anm_reading_job_run, answered_cb, self);
  anm_worker_set_slow_func (self->worker, slow_cb);
  self->band = anm_live_band_new (band_changed_cb, self);
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    g_signal_group_connect_swapped (self->study_signals, edits[i], G_CALLBACK (study_edited), self);
}
