/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/reading-thread.h"

#include "app/study/training.h"
#include "app/study/unit-order.h"

struct _AnmReadingThread
{
  gatomicrefcount    ref_count;  /* the owner's, and one for each answer on its way */
  GThread           *thread;
  GMutex             mutex;
  GCond              cond;
  AnmReadingRequest *pending;    /* under mutex */
  gboolean           ending;     /* under mutex; set on the main thread */

  AnmReadingFunc     func;
  gpointer           data;

  /* The thread's own. */
  AnmProbe          *probe;
  AnmNetwork        *probed;
  AnmLossKind        probed_loss;
};

typedef struct
{
  AnmReadingThread  *thread;
  guint64            generation;
  AnmReadingAnswer   found;
  GError            *error;
} Answer;

static void
unref (AnmReadingThread *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->pending, anm_reading_request_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
anm_reading_request_free (AnmReadingRequest *self)
{
  g_clear_pointer (&self->network, anm_network_unref);
  g_clear_pointer (&self->recipe, anm_fitted_recipe_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_clear_pointer (&self->orders, g_ptr_array_unref);
  g_clear_pointer (&self->alterations, g_array_unref);
  g_free (self->parameters);
  g_free (self);
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->found.reading, anm_patient_reading_unref);
  g_clear_pointer (&answer->found.learnt, g_bytes_unref);
  g_clear_pointer (&answer->found.orders, g_ptr_array_unref);
  g_clear_pointer (&answer->found.parameters, g_bytes_unref);
  g_clear_error (&answer->error);
  unref (answer->thread);
  g_free (answer);
}

static gboolean
deliver_cb (gpointer data)
{
  Answer *answer = data;

  if (!answer->thread->ending)
    answer->thread->func (answer->generation, answer->found.reading != NULL ? &answer->found : NULL, answer->error, answer->thread->data);

  return G_SOURCE_REMOVE;
}

static void
bytes_unref_nullable (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

static GPtrArray *
make_orders (const AnmPatientReading *reading,
             GPtrArray *kept)
{
  GPtrArray *orders = g_ptr_array_new_with_free_func (bytes_unref_nullable);

  for (guint i = 0; i < reading->n_layers; i++)
    {
      const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, i, "h");
      GBytes *order = kept != NULL && i < kept->len ? g_ptr_array_index (kept, i) : NULL;
      const gsize size = h != NULL ? h->n_units * sizeof (guint) : 0;

      if (h == NULL)
        order = NULL;
      else if (order != NULL && g_bytes_get_size (order) == size)
        g_bytes_ref (order);
      else
        order = g_bytes_new_take (anm_unit_order_new (h->values, reading->n_steps, h->n_units), size);
      g_ptr_array_add (orders, order);
    }

  return orders;
}

static void
forget_probe (AnmReadingThread *self)
{
  g_clear_pointer (&self->probe, anm_probe_free);
  g_clear_pointer (&self->probed, anm_network_unref);
}

/* The weights as they were learnt, and as they are held. */
static void
take_parameters (AnmReadingRequest *request,
                 AnmReadingAnswer  *found)
{
  const gsize size = anm_network_get_n_parameters (request->network) * sizeof (anm_real);
  g_autoptr (GError) error = NULL;

  if (request->alterations == NULL)
    found->learnt = found->parameters = g_bytes_new_take (g_steal_pointer (&request->parameters), size);
  else
    {
      found->learnt = g_bytes_new (request->parameters, size);
      /* They were tried on a network of this shape. */
      if (!anm_alterations_apply ((const AnmAlteration *) (gpointer) request->alterations->data, request->alterations->len,
                                  request->network, request->parameters, &error))
        g_warning ("%s", error->message);
      found->parameters = g_bytes_new_take (g_steal_pointer (&request->parameters), size);
    }
  if (found->learnt == found->parameters)
    g_bytes_ref (found->learnt);
}

static void
answer_request (AnmReadingThread *self,
                AnmReadingRequest *request)
{
  Answer *answer = g_new0 (Answer, 1);

  if (self->probed != request->network || self->probed_loss != request->loss)
    {
      forget_probe (self);
      self->probed = anm_network_ref (request->network);
      self->probed_loss = request->loss;
    }

  if (request->parameters == NULL)
    {
      request->parameters = g_new (anm_real, MAX (1, anm_network_get_n_parameters (request->network)));
      anm_network_initialize (request->network, request->seed, request->parameters);
    }

  g_atomic_ref_count_inc (&self->ref_count);
  take_parameters (request, &answer->found);
  answer->thread = self;
  answer->generation = request->generation;
  answer->found.reading = anm_patient_reading_new (request->network, request->recipe, request->loss,
                                             g_bytes_get_data (answer->found.parameters, NULL),
                                             request->cohort, request->patient, &self->probe, TRUE, &answer->error);
  if (answer->found.reading != NULL)
    answer->found.orders = make_orders (answer->found.reading, request->orders);

  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver_cb, answer, answer_free);
}

static gpointer
run (gpointer data)
{
  AnmReadingThread *self = data;

  anm_pool_enter_computing_thread ();

  while (TRUE)
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
      AnmReadingRequest *request;

      while (self->pending == NULL && !self->ending)
        g_cond_wait (&self->cond, &self->mutex);
      if (self->ending)
        break;

      request = g_steal_pointer (&self->pending);
      g_clear_pointer (&locker, g_mutex_locker_free);

      answer_request (self, request);
      anm_reading_request_free (request);
    }

  forget_probe (self);
  return NULL;
}

void
anm_reading_thread_submit (AnmReadingThread *self,
                           AnmReadingRequest *request)
{
  AnmReadingRequest *replaced;

  g_mutex_lock (&self->mutex);
  replaced = self->pending;
  self->pending = request;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&replaced, anm_reading_request_free);
}

AnmReadingThread *
anm_reading_thread_new (AnmReadingFunc func,
                        gpointer data)
{
  AnmReadingThread *self = g_new0 (AnmReadingThread, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->func = func;
  self->data = data;
  self->thread = g_thread_new ("reading", run, self);

  return self;
}

void
anm_reading_thread_free (AnmReadingThread *self)
{
  g_mutex_lock (&self->mutex);
  self->ending = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_thread_join (self->thread);
  unref (self);
}
