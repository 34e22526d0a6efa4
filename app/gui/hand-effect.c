/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/hand-effect.h"

#include <math.h>

struct _AnmHandEffect
{
  GObject         parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;

  int            *stop;       /* of it; owned by its job */
  gboolean        due;        /* once more after it */

  GBytes         *learnt;     /* what before was computed with */
  GArray         *held;       /* what after was computed with */
  double          before;
  double          after;
};

typedef struct
{
  AnmNetwork     *network;
  AnmDataset     *dataset;
  AnmHyperparameters hyperparameters;
  GBytes         *learnt;
  GArray         *alterations;
  double          before;     /* NaN: to be computed too */
  double          after;
  int             stop;
} Job;

static guint changed_signal;

G_DEFINE_FINAL_TYPE (AnmHandEffect, anm_hand_effect, G_TYPE_OBJECT)

static void
job_free (gpointer data)
{
  Job *job = data;

  anm_network_unref (job->network);
  anm_dataset_unref (job->dataset);
  g_bytes_unref (job->learnt);
  g_array_unref (job->alterations);
  g_free (job);
}

static void
compute (GTask *task,
         gpointer source,
         gpointer data,
         GCancellable *cancellable)
{
  Job *job = data;
  const anm_real *learnt = g_bytes_get_data (job->learnt, NULL);
  g_autoptr (AnmPool) pool = anm_pool_new (0);

  anm_pool_enter_computing_thread ();
  if (isnan (job->before))
    job->before = anm_hand_compute_loss (job->network, learnt, NULL, job->dataset, &job->hyperparameters, pool, &job->stop);
  job->after = anm_hand_compute_loss (job->network, learnt, job->alterations, job->dataset, &job->hyperparameters, pool, &job->stop);
  g_task_return_boolean (task, TRUE);
}

static void update (AnmHandEffect *self);

static void
computed_cb (GObject *object,
             GAsyncResult *result,
             gpointer data)
{
  AnmHandEffect *self = ANM_HAND_EFFECT (object);
  Job *job = g_task_get_task_data (G_TASK (result));
  const gboolean stopped = g_atomic_int_get (&job->stop) != 0;

  self->stop = NULL;
  if (self->live == NULL)
    return;
  if (!stopped)
    {
      g_clear_pointer (&self->learnt, g_bytes_unref);
      self->learnt = g_bytes_ref (job->learnt);
      g_clear_pointer (&self->held, g_array_unref);
      self->held = g_array_ref (job->alterations);
      self->before = job->before;
      self->after = job->after;
      g_signal_emit (self, changed_signal, 0);
    }
  if (self->due)
    update (self);
}

static gboolean
has_same_numbers (GBytes *a,
                  GBytes *b)
{
  return a == b || (a != NULL && g_bytes_equal (a, b));
}

/* A reading that came because the hand changed says nothing new. */
static gboolean
is_known (AnmHandEffect *self)
{
  AnmHand *hand = anm_view_state_get_hand (self->state);
  gboolean same = isfinite (self->after) && self->held != NULL && self->held->len == anm_hand_get_n (hand) &&
                  has_same_numbers (self->learnt, anm_live_reading_get_learnt (self->live));

  for (guint i = 0; same && i < self->held->len; i++)
    {
      const AnmAlteration *before = &g_array_index (self->held, AnmAlteration, i), *now = anm_hand_get (hand, i);

      same = anm_alteration_is_of_same (before, now) && before->value == now->value;
    }
  return same;
}

static void
begin (AnmHandEffect *self,
       AnmPatientReading *reading,
       AnmDataset *dataset)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  AnmStudy *study = anm_view_state_get_study (self->state);
  const AnmHyperparameters *hyperparameters =
    run != NULL ? anm_run_get_hyperparameters (run) : anm_study_get_hyperparameters (study);
  GBytes *learnt = anm_live_reading_get_learnt (self->live);
  GArray *alterations = anm_hand_copy (anm_view_state_get_hand (self->state));
  g_autoptr (GTask) task = NULL;
  Job *job = g_new0 (Job, 1);

  job->network = anm_network_ref (reading->network);
  job->dataset = anm_dataset_ref (dataset);
  job->hyperparameters = *hyperparameters;
  job->learnt = g_bytes_ref (learnt);
  job->alterations = alterations;
  job->before = has_same_numbers (self->learnt, learnt) ? self->before : NAN;
  self->stop = &job->stop;
  task = g_task_new (self, NULL, computed_cb, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, compute);
}

static void
forget (AnmHandEffect *self)
{
  if (self->stop != NULL)
    g_atomic_int_set (self->stop, 1);
  if (isnan (self->after))
    return;
  self->after = NAN;
  g_signal_emit (self, changed_signal, 0);
}

/* One at a time: a change while one is computed has it done once more, not stopped, so that a slider that is dragged shows
 * losses all the way. */
static void
update (AnmHandEffect *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmDataset *dataset = study != NULL ? anm_study_get_dataset (study) : NULL;
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);

  self->due = FALSE;
  if (dataset == NULL || reading == NULL || anm_hand_get_n (anm_view_state_get_hand (self->state)) == 0 ||
      anm_network_get_n_inputs (reading->network) != anm_fitted_recipe_get_n_columns (dataset->recipe))
    forget (self);
  else if (self->stop != NULL)
    self->due = TRUE;
  else if (!is_known (self))
    begin (self, reading, dataset);
}

double
anm_hand_effect_get_before (AnmHandEffect *self)
{
  g_return_val_if_fail (ANM_IS_HAND_EFFECT (self), NAN);

  return self->before;
}

double
anm_hand_effect_get_after (AnmHandEffect *self)
{
  g_return_val_if_fail (ANM_IS_HAND_EFFECT (self), NAN);

  return self->after;
}

AnmHandEffect *
anm_hand_effect_new (AnmViewState *state,
                     AnmLiveReading *live)
{
  AnmHandEffect *self = g_object_new (ANM_TYPE_HAND_EFFECT, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  g_signal_connect_object (anm_view_state_get_hand (state), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* Other weights: another epoch, another update of a training. */
  g_signal_connect_object (live, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return self;
}

static void
anm_hand_effect_dispose (GObject *object)
{
  AnmHandEffect *self = ANM_HAND_EFFECT (object);

  if (self->stop != NULL)
    g_atomic_int_set (self->stop, 1);
  g_clear_object (&self->live);
  g_clear_object (&self->state);
  g_clear_pointer (&self->learnt, g_bytes_unref);
  g_clear_pointer (&self->held, g_array_unref);

  G_OBJECT_CLASS (anm_hand_effect_parent_class)->dispose (object);
}

static void
anm_hand_effect_class_init (AnmHandEffectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_hand_effect_dispose;
  changed_signal = g_signal_new ("changed", ANM_TYPE_HAND_EFFECT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_hand_effect_init (AnmHandEffect *self)
{
  self->before = self->after = NAN;
}
