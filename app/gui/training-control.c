/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/training-control-private.h"

#include <glib/gi18n-lib.h>
#include <time.h>

/* What the main thread does from one repaint to the next may take so much of all processors' time. */
#define SHARE_FOR_PICTURES 0.01
#define SHORTEST_REPAINT_INTERVAL (G_USEC_PER_SEC / 4)
#define LONGEST_REPAINT_INTERVAL (G_USEC_PER_SEC / 2)
/* Not each frame: a tick callback makes GTK turn over 60 frames a second, whether anything is to be painted or not. */
#define DRAIN_INTERVAL_MS 50

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  PROP_STATUS,
  N_PROPS
};

enum
{
  SIGNAL_REPAINT,
  SIGNAL_PROGRESSED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmTrainingControl, anm_training_control, G_TYPE_OBJECT)

AnmTrainingControl *
anm_training_control_new (AnmViewState *state)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (state), NULL);

  return g_object_new (ANM_TYPE_TRAINING_CONTROL, "view-state", state, NULL);
}

AnmViewState *
anm_training_control_get_view_state (AnmTrainingControl *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), NULL);

  return self->state;
}

AnmTrainingStatus
anm_training_control_get_status (AnmTrainingControl *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), ANM_TRAINING_STATUS_UNREADY);

  return self->status;
}

gboolean
_anm_training_is_active (AnmTraining *training)
{
  return training != NULL && anm_training_get_state (training) != ANM_TRAINING_ENDED;
}

void
_anm_training_control_set_repaint_due (AnmTrainingControl *self)
{
  self->repaint_due = TRUE;
}

/* Processor time of the main thread, microseconds. */
static gint64
get_processor_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
note_cost (AnmTrainingControl *self)
{
  const gint64 now = get_processor_time ();

  self->costs[self->n_repaints++ % G_N_ELEMENTS (self->costs)] = now - self->cost_begin;
  self->cost_begin = now;
}

/* The least of the last costs is that of the pictures; others are of whatever the person did meanwhile. */
static gint64
get_repaint_interval (AnmTrainingControl *self)
{
  gint64 cost = G_MAXINT64;

  if (self->n_repaints < G_N_ELEMENTS (self->costs))
    return SHORTEST_REPAINT_INTERVAL;

  for (guint i = 0; i < G_N_ELEMENTS (self->costs); i++)
    cost = MIN (cost, self->costs[i]);

  return CLAMP ((gint64) (cost / (SHARE_FOR_PICTURES * g_get_num_processors ())), SHORTEST_REPAINT_INTERVAL, LONGEST_REPAINT_INTERVAL);
}

void
_anm_training_control_repaint_if_due (AnmTrainingControl *self,
                gboolean            at_once)
{
  const gint64 now = g_get_monotonic_time ();

  if (!self->repaint_due || (!at_once && now - self->repainted_at < get_repaint_interval (self)))
    return;

  note_cost (self);
  self->repaint_due = FALSE;
  self->repainted_at = now;
  g_signal_emit (self, signals[SIGNAL_REPAINT], 0);
}

static void
report_failed_runs (AnmTrainingControl *self)
{
  for (guint arm = 0; arm < anm_training_get_n_runs (self->training); arm++)
    {
      AnmRun *run = anm_training_get_run (self->training, arm);

      if (anm_run_get_status (run) == ANM_RUN_FAILED)
        g_signal_emit (self, signals[SIGNAL_FAILED], 0, anm_run_get_message (run));
    }
}

static void
drain_ending (AnmTrainingControl *self)
{
  for (guint i = self->ending->len; i > 0; i--)
    {
      AnmTraining *training = g_ptr_array_index (self->ending, i - 1);

      anm_training_drain (training);
      if (!_anm_training_is_active (training))
        g_ptr_array_remove_index (self->ending, i - 1);
    }
}

static void
drain (AnmTrainingControl *self)
{
  g_autoptr (AnmTraining) training = NULL;

  drain_ending (self);

  /* A listener may start another training. */
  g_set_object (&training, self->training);
  if (training == NULL)
    return;

  const gboolean was_active = self->status == ANM_TRAINING_STATUS_RUNNING ||
                              self->status == ANM_TRAINING_STATUS_PAUSED;

  if (anm_training_drain (training))
    {
      _anm_training_control_set_repaint_due (self);
      g_signal_emit (self, signals[SIGNAL_PROGRESSED], 0);
    }

  const gboolean ended = was_active && !_anm_training_is_active (training);

  _anm_training_control_update_status (self);
  _anm_training_control_repaint_if_due (self, ended);
  if (ended && training == self->training)
    report_failed_runs (self);
}

static gboolean
timer_cb (gpointer data)
{
  drain (data);
  return G_SOURCE_CONTINUE;
}

/* The timer runs only while there is something to drain. */
static void
update_timer (AnmTrainingControl *self)
{
  const gboolean needed = _anm_training_is_active (self->training) || self->ending->len > 0 || self->repaint_due;

  if (needed && self->timer == 0)
    self->timer = g_timeout_add (DRAIN_INTERVAL_MS, timer_cb, self);
  else if (!needed)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
update_next_run (AnmTrainingControl *self)
{
  gboolean next_run = FALSE;

  if (_anm_training_is_active (self->training) && self->study != NULL)
    {
      next_run = !anm_training_has_network (self->training, anm_study_get_network (self->study)) ||
                 anm_study_get_dataset (self->study) != self->dataset ||
                 (anm_training_get_n_runs (self->training) == 1 &&
                  !anm_hyperparameters_equal_beyond_flight (anm_study_get_hyperparameters (self->study), &self->hyperparameters));
    }

  anm_view_state_set_next_run (self->state, next_run);
}

void
_anm_training_control_update_status (AnmTrainingControl *self)
{
  AnmTrainingStatus status = ANM_TRAINING_STATUS_UNREADY;

  if (_anm_training_is_active (self->training))
    status = anm_training_get_state (self->training) == ANM_TRAINING_RUNNING
               ? ANM_TRAINING_STATUS_RUNNING
               : ANM_TRAINING_STATUS_PAUSED;
  else if (self->study != NULL &&
           anm_study_get_cohort (self->study) != NULL &&
           !anm_study_get_preparing (self->study))
    status = ANM_TRAINING_STATUS_READY;

  update_next_run (self);
  update_timer (self);

  if (self->status == status)
    return;

  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

void
_anm_training_control_forget (AnmTrainingControl *self)
{
  if (_anm_training_is_active (self->training))
    {
      anm_training_stop (self->training);
      g_ptr_array_add (self->ending, g_object_ref (self->training));
    }

  g_clear_object (&self->training);
  g_clear_pointer (&self->dataset, anm_dataset_unref);
}

static void
set_study (AnmTrainingControl *self,
           AnmStudy           *study)
{
  if (self->study == study)
    return;

  _anm_training_control_forget (self);

  if (self->study != NULL)
    g_signal_handlers_disconnect_by_data (self->study, self);
  g_set_object (&self->study, study);

  if (study != NULL)
    {
      g_signal_connect_swapped (study, "notify::cohort", G_CALLBACK (_anm_training_control_update_status), self);
      g_signal_connect_swapped (study, "notify::preparing", G_CALLBACK (_anm_training_control_update_status), self);
      g_signal_connect_swapped (study, "notify::dataset", G_CALLBACK (_anm_training_control_update_status), self);
      g_signal_connect_swapped (study, "notify::network-text", G_CALLBACK (_anm_training_control_update_status), self);
      g_signal_connect_swapped (study, "notify::hyperparameters", G_CALLBACK (_anm_training_control_update_status), self);
    }

  _anm_training_control_update_status (self);
}

static void
study_changed_cb (AnmTrainingControl *self)
{
  set_study (self, anm_view_state_get_study (self->state));
}

static void
anm_training_control_constructed (GObject *object)
{
  AnmTrainingControl *self = ANM_TRAINING_CONTROL (object);

  G_OBJECT_CLASS (anm_training_control_parent_class)->constructed (object);

  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

static void
anm_training_control_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  AnmTrainingControl *self = ANM_TRAINING_CONTROL (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      g_value_set_object (value, self->state);
      break;
    case PROP_STATUS:
      g_value_set_int (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_training_control_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  AnmTrainingControl *self = ANM_TRAINING_CONTROL (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      self->state = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_training_control_dispose (GObject *object)
{
  AnmTrainingControl *self = ANM_TRAINING_CONTROL (object);

  g_clear_handle_id (&self->timer, g_source_remove);

  if (_anm_training_is_active (self->training))
    anm_training_stop (self->training);
  if (self->study != NULL)
    g_signal_handlers_disconnect_by_data (self->study, self);

  g_clear_object (&self->training);
  g_clear_object (&self->study);
  g_clear_object (&self->state);
  g_clear_pointer (&self->dataset, anm_dataset_unref);

  G_OBJECT_CLASS (anm_training_control_parent_class)->dispose (object);
}

static void
anm_training_control_finalize (GObject *object)
{
  AnmTrainingControl *self = ANM_TRAINING_CONTROL (object);

  g_ptr_array_unref (self->ending);

  G_OBJECT_CLASS (anm_training_control_parent_class)->finalize (object);
}

static void
anm_training_control_class_init (AnmTrainingControlClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = anm_training_control_constructed;
  object_class->get_property = anm_training_control_get_property;
  object_class->set_property = anm_training_control_set_property;
  object_class->dispose = anm_training_control_dispose;
  object_class->finalize = anm_training_control_finalize;

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATUS] =
    g_param_spec_int ("status", NULL, NULL,
                      ANM_TRAINING_STATUS_UNREADY, ANM_TRAINING_STATUS_PAUSED, ANM_TRAINING_STATUS_UNREADY,
                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_REPAINT] =
    g_signal_new ("repaint", ANM_TYPE_TRAINING_CONTROL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROGRESSED] =
    g_signal_new ("progressed", ANM_TYPE_TRAINING_CONTROL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", ANM_TYPE_TRAINING_CONTROL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
anm_training_control_init (AnmTrainingControl *self)
{
  self->ending = g_ptr_array_new_with_free_func (g_object_unref);
}
