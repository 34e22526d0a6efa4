/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/live-band.h"

#include "app/gui/worker.h"

/* While training: not more often, and then with so small a share of one processor's time. */
#define LEAST_INTERVAL G_USEC_PER_SEC
#define SHARE 0.01

/* What the worker's thread keeps from one job to the next. */
typedef struct
{
  AnmDropoutPasses *passes;
  AnmNetwork       *network;
  AnmLossKind       loss;
} Tools;

typedef struct
{
  Tools             *tools;     /* borrowed */
  AnmPatientReading *reading;
  AnmWeights        *weights;
  guint              n_passes;
} Request;

typedef struct
{
  AnmPatientBand    *band;
  AnmPatientReading *reading;
  AnmWeights        *weights;
  gint64             took;
} Answer;

struct _AnmLiveBand
{
  void             (*changed) (gpointer data);
  gpointer           data;
  AnmWorker         *worker;
  Tools              tools;     /* the worker's */
  guint              n_passes;

  AnmPatientReading *reading;   /* the one that is followed, nullable */
  gboolean           training;
  AnmPatientReading *asked;     /* the one that a band was last asked for, nullable */
  gint64             next_due;  /* while training */

  AnmPatientBand    *band;      /* nullable */
  AnmPatientReading *band_reading;
  AnmWeights        *band_weights;
};

static void
request_free (gpointer data)
{
  Request *request = data;

  anm_patient_reading_unref (request->reading);
  anm_weights_unref (request->weights);
  g_free (request);
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  anm_patient_band_unref (answer->band);
  anm_patient_reading_unref (answer->reading);
  anm_weights_unref (answer->weights);
  g_free (answer);
}

static void
forget_passes (Tools *tools)
{
  g_clear_pointer (&tools->passes, anm_dropout_passes_free);
  g_clear_pointer (&tools->network, anm_network_unref);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer data)
{
  g_atomic_int_set ((int *) data, 1);
}

static gpointer
compute_cb (AnmWork *work,
            gpointer data,
            GError **error)
{
  const Request *request = data;
  Tools *tools = request->tools;
  const gint64 begin = g_get_monotonic_time ();
  int stop = 0;
  AnmPatientBand *band;
  Answer *answer;
  gulong handler;

  if (tools->network != request->reading->network || tools->loss != request->reading->loss_kind)
    {
      forget_passes (tools);
      tools->network = anm_network_ref (request->reading->network);
      tools->loss = request->reading->loss_kind;
    }
  handler = g_cancellable_connect (anm_work_get_cancellable (work), G_CALLBACK (cancelled_cb), &stop, NULL);
  band = anm_patient_band_new (request->reading, anm_weights_get_parameters (request->weights), request->n_passes, ANM_BAND_SEED,
                               &tools->passes, &stop);
  g_cancellable_disconnect (anm_work_get_cancellable (work), handler);
  if (band == NULL)
    return NULL;

  answer = g_new0 (Answer, 1);
  answer->band = band;
  answer->reading = anm_patient_reading_ref (request->reading);
  answer->weights = anm_weights_ref (request->weights);
  answer->took = g_get_monotonic_time () - begin;
  anm_work_set_free_result (work, answer_free);
  return answer;
}

static void
forget_band (AnmLiveBand *self)
{
  g_clear_pointer (&self->band, anm_patient_band_unref);
  g_clear_pointer (&self->band_reading, anm_patient_reading_unref);
  g_clear_pointer (&self->band_weights, anm_weights_unref);
}

/* Another epoch's band may stand in while training goes on, another patient's or network's never. */
static gboolean
may_stand_in (AnmLiveBand *self,
              const AnmPatientReading *other)
{
  return self->training && self->reading != NULL && other->network == self->reading->network &&
         other->cohort == self->reading->cohort && other->patient == self->reading->patient;
}

static gboolean
is_under_way (AnmLiveBand *self)
{
  return anm_worker_is_busy (self->worker) && (self->asked == self->reading || may_stand_in (self, self->asked));
}

static void
computed_cb (gpointer result,
             const GError *error,
             gpointer data)
{
  AnmLiveBand *self = data;
  Answer *answer = result;

  if (answer == NULL)
    return;

  self->next_due = g_get_monotonic_time () + MAX (LEAST_INTERVAL, (gint64) ((double) answer->took / SHARE));
  forget_band (self);
  self->band = anm_patient_band_ref (answer->band);
  self->band_reading = anm_patient_reading_ref (answer->reading);
  self->band_weights = anm_weights_ref (answer->weights);
  if (self->band_reading != self->reading && !may_stand_in (self, self->band_reading))
    forget_band (self);
  /* The next reading takes it along, without a picture of its own. */
  else if (!self->training)
    self->changed (self->data);
}

AnmLiveBand *
anm_live_band_new (void (*changed) (gpointer data),
                   gpointer data)
{
  AnmLiveBand *self = g_new0 (AnmLiveBand, 1);

  self->changed = changed;
  self->data = data;
  self->n_passes = ANM_BAND_PASSES;
  self->worker = anm_worker_new ("band", ANM_WORKER_CANCEL, compute_cb, computed_cb, self);
  return self;
}

void
anm_live_band_free (AnmLiveBand *self)
{
  g_clear_pointer (&self->worker, anm_worker_free);
  forget_passes (&self->tools);
  forget_band (self);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->asked, anm_patient_reading_unref);
  g_free (self);
}

void
anm_live_band_set_passes (AnmLiveBand *self,
                          guint n_passes)
{
  if (self->n_passes == n_passes)
    return;

  self->n_passes = n_passes;
  anm_worker_cancel (self->worker);
  forget_band (self);
  self->next_due = 0;
}

void
anm_live_band_follow (AnmLiveBand *self,
                      AnmPatientReading *reading,
                      AnmWeights *weights,
                      gboolean training)
{
  const gint64 now = g_get_monotonic_time ();
  Request *request;

  if (self->reading != reading)
    {
      g_clear_pointer (&self->reading, anm_patient_reading_unref);
      self->reading = reading != NULL ? anm_patient_reading_ref (reading) : NULL;
    }
  self->training = training;
  if (self->band != NULL && self->band_reading != reading && !may_stand_in (self, self->band_reading))
    {
      forget_band (self);
      self->next_due = 0;
    }
  if (self->n_passes == 0 || reading == NULL || reading->n_steps == 0)
    {
      anm_worker_cancel (self->worker);
      return;
    }
  if ((self->band != NULL && self->band_reading == reading) || is_under_way (self) || (training && now < self->next_due))
    return;

  request = g_new0 (Request, 1);
  request->tools = &self->tools;
  request->reading = anm_patient_reading_ref (reading);
  request->weights = anm_weights_ref (weights);
  request->n_passes = self->n_passes;
  g_clear_pointer (&self->asked, anm_patient_reading_unref);
  self->asked = anm_patient_reading_ref (reading);
  anm_worker_submit (self->worker, request, request_free);
}

AnmPatientBand *
anm_live_band_get (AnmLiveBand *self,
                   AnmWeights **older)
{
  *older = self->band != NULL && self->band_reading != self->reading ? self->band_weights : NULL;
  return self->band;
}
