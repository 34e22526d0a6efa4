/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/live-reading.h"

#include "app/gui/network-edits.h"
#include "app/gui/reading-thread.h"

struct _AnmLiveReading
{
  GObject             parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  GSignalGroup       *study_signals;
  AnmReadingThread   *thread;
  guint               n_holds;
  gboolean            update_due;   /* while nobody holds it */

  /* The study's network, laid out for its data set. */
  AnmNetwork         *network;
  GError             *error;
  int                 at_fault;

  /* Whose weights the next request takes. */
  AnmWeightsOrigin    origin;
  guint               epoch;
  guint64             seed;
  AnmRun             *weights_run;  /* what parameters belong to, nullable */
  anm_real           *parameters;   /* newest of weights_run, nullable */

  guint64             generation;   /* of the last request */
  guint64             shown;        /* of the reading below */
  AnmReadingAnswer    answer;       /* all NULL before the first */
  gboolean            submitting;
  gboolean            reorder_due;
  guint               idle;
};

enum
{
  PROP_0,
  PROP_TRAINING_CONTROL,
  N_PROPS
};

enum
{
  SIGNAL_LAID_OUT,
  SIGNAL_CHANGED,
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
  g_clear_pointer (&self->parameters, g_free);
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

/* The copy asked for last time, if it is there, and asks for the next. */
static void
take_live_weights (AnmLiveReading *self,
                   AnmTraining *training,
                   guint arm)
{
  AnmRun *run = anm_training_get_run (training, arm);
  const gsize n_parameters = anm_network_get_n_parameters (anm_run_get_network (run));
  g_autofree anm_real *parameters = g_new (anm_real, MAX (1, n_parameters));

  if (anm_training_take_parameters (training, arm, parameters, &self->epoch))
    {
      g_free (self->parameters);
      self->parameters = g_steal_pointer (&parameters);
      self->origin = ANM_WEIGHTS_TRAINING;
    }
  anm_training_request_parameters (training, arm);
}

static void
load_best_weights (AnmLiveReading *self,
                   AnmRun *run)
{
  g_autoptr (GError) error = NULL;
  guint epoch;
  anm_real *parameters;

  if (self->parameters != NULL && self->origin == ANM_WEIGHTS_BEST)
    return;

  parameters = anm_run_load_parameters (run, ANM_EPOCH_BEST, &epoch, &error);
  if (parameters == NULL)
    {
      /* Cut off before its first epoch was kept: the initial weights stand for it. */
      g_debug ("no kept weights of run %u: %s", anm_run_get_id (run), error->message);
      return;
    }

  g_free (self->parameters);
  self->parameters = parameters;
  self->epoch = epoch;
  self->origin = ANM_WEIGHTS_BEST;
}

static void
choose_weights (AnmLiveReading *self,
                AnmStudy *study)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  AnmTraining *training = anm_view_state_get_training (self->state);
  int arm;

  if (!run_fits (run, study))
    run = NULL;

  if (run != self->weights_run)
    {
      forget_weights (self);
      g_set_object (&self->weights_run, run);
    }
  if (self->parameters == NULL)
    {
      self->origin = ANM_WEIGHTS_INITIAL;
      self->epoch = 0;
    }

  self->seed = run != NULL ? anm_run_get_hyperparameters (run)->seed : anm_study_get_hyperparameters (study)->seed;
  if (run == NULL)
    return;

  arm = find_arm (training, run);
  if (arm >= 0 && is_training (training))
    take_live_weights (self, training, (guint) arm);
  else
    load_best_weights (self, run);
}

/* Requests */

static gboolean
keeps_orders (AnmLiveReading *self)
{
  return !self->reorder_due && self->answer.orders != NULL && is_training (anm_view_state_get_training (self->state));
}

static void
submit (AnmLiveReading *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmDataset *dataset = anm_study_get_dataset (study);
  AnmReadingRequest *request;
  AnmRun *run;

  choose_weights (self, study);
  run = self->weights_run;

  request = g_new0 (AnmReadingRequest, 1);
  request->generation = ++self->generation;
  request->network = anm_network_ref (run != NULL ? anm_run_get_network (run) : self->network);
  request->recipe = anm_fitted_recipe_ref (run != NULL ? anm_run_get_recipe (run) : dataset->recipe);
  request->cohort = anm_cohort_ref (anm_study_get_cohort (study));
  request->patient = anm_view_state_get_patient (self->state);
  request->loss = (run != NULL ? anm_run_get_hyperparameters (run) : anm_study_get_hyperparameters (study))->loss;
  request->seed = self->seed;
  if (self->parameters != NULL)
    request->parameters = g_memdup2 (self->parameters,
                                     anm_network_get_n_parameters (request->network) * sizeof (anm_real));
  self->submitting = TRUE;
  anm_hand_set_network (anm_view_state_get_hand (self->state), request->network);
  self->submitting = FALSE;
  request->alterations = anm_hand_copy (anm_view_state_get_hand (self->state));
  if (keeps_orders (self))
    request->orders = g_ptr_array_ref (self->answer.orders);
  self->reorder_due = FALSE;

  anm_reading_thread_submit (self->thread, request);
}

static void
forget_answer (AnmLiveReading *self)
{
  g_clear_pointer (&self->answer.reading, anm_patient_reading_unref);
  g_clear_pointer (&self->answer.parameters, g_bytes_unref);
  g_clear_pointer (&self->answer.learnt, g_bytes_unref);
  g_clear_pointer (&self->answer.orders, g_ptr_array_unref);
}

static void
clear_reading (AnmLiveReading *self)
{
  self->shown = ++self->generation;
  if (self->answer.reading == NULL)
    return;

  forget_answer (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
update_reading (AnmLiveReading *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmCohort *cohort = study != NULL ? anm_study_get_cohort (study) : NULL;

  if (self->n_holds == 0)
    {
      self->update_due = TRUE;
      return;
    }

  self->update_due = FALSE;
  /* While the records are being made ready, what was shown stays. */
  if (cohort != NULL && anm_study_get_preparing (study))
    return;
  if (cohort == NULL || self->network == NULL || anm_study_get_dataset (study) == NULL ||
      anm_view_state_get_patient (self->state) >= cohort->n_patients)
    clear_reading (self);
  else
    submit (self);
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

static void
answered_cb (guint64 generation,
             const AnmReadingAnswer *answer,
             const GError *error,
             gpointer data)
{
  AnmLiveReading *self = data;

  if (generation < self->shown)
    return;

  if (answer == NULL)
    {
      g_debug ("no reading: %s", error->message);
      clear_reading (self);
      return;
    }

  self->shown = generation;
  forget_answer (self);
  self->answer.reading = anm_patient_reading_ref (answer->reading);
  self->answer.parameters = g_bytes_ref (answer->parameters);
  self->answer.learnt = g_bytes_ref (answer->learnt);
  self->answer.orders = g_ptr_array_ref (answer->orders);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Several things change at once when a study is opened or edited: they are looked at together. */
static gboolean
study_edited_cb (gpointer data)
{
  AnmLiveReading *self = data;

  self->idle = 0;
  lay_out (self);
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

  return self->answer.reading;
}

const anm_real *
anm_live_reading_get_parameters (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  return self->answer.parameters != NULL ? g_bytes_get_data (self->answer.parameters, NULL) : NULL;
}

GBytes *
anm_live_reading_get_learnt (AnmLiveReading *self)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  return self->answer.learnt;
}

AnmWeightsOrigin
anm_live_reading_get_origin (AnmLiveReading *self,
                             guint *epoch,
                             guint64 *seed)
{
  g_return_val_if_fail (ANM_IS_LIVE_READING (self), ANM_WEIGHTS_INITIAL);

  if (epoch != NULL)
    *epoch = self->epoch;
  if (seed != NULL)
    *seed = self->seed;

  return self->origin;
}

const guint *
anm_live_reading_get_order (AnmLiveReading *self,
                            guint layer)
{
  GBytes *order;

  g_return_val_if_fail (ANM_IS_LIVE_READING (self), NULL);

  if (self->answer.orders == NULL || layer >= self->answer.orders->len)
    return NULL;

  order = g_ptr_array_index (self->answer.orders, layer);
  return order != NULL ? g_bytes_get_data (order, NULL) : NULL;
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
  g_signal_connect_object (self->control, "repaint", G_CALLBACK (update_reading), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
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
  g_clear_pointer (&self->thread, anm_reading_thread_free);
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
  object_class->set_property = anm_live_reading_set_property;
  object_class->dispose = anm_live_reading_dispose;

  properties[PROP_TRAINING_CONTROL] =
    g_param_spec_object ("training-control", NULL, NULL, ANM_TYPE_TRAINING_CONTROL,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_LAID_OUT] =
    g_signal_new ("laid-out", ANM_TYPE_LIVE_READING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", ANM_TYPE_LIVE_READING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_live_reading_init (AnmLiveReading *self)
{
  static const char *const edits[] = {
    "notify::cohort", "notify::dataset", "notify::dataset-error", "notify::preparing", "notify::network-text",
    "notify::hyperparameters",
  };

  self->at_fault = -1;
  self->thread = anm_reading_thread_new (answered_cb, self);
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    g_signal_group_connect_swapped (self->study_signals, edits[i], G_CALLBACK (study_edited), self);
}
