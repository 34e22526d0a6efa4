/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/worker.h"

#include "engine/pool.h"

#define SLOW_MS 200

/* One job from its submission to its answer. */
struct _AnmWork
{
  AnmWorker     *worker;
  guint64        generation;
  gpointer       request;
  GDestroyNotify free_request;
  gpointer       result;
  GDestroyNotify free_result;
  GError        *error;
  GCancellable  *cancellable;
  gint           permille;       /* atomic */
};

struct _AnmWorker
{
  gatomicrefcount  ref_count;    /* the owner's, and one for each job */
  GThread         *thread;
  char            *name;
  AnmWorkerWay     way;
  AnmWorkFunc      work;
  AnmAnsweredFunc  answered;
  AnmSlowFunc      slow;
  gpointer         data;

  GMutex           mutex;
  GCond            cond;
  AnmWork         *waiting;      /* under mutex */
  AnmWork         *current;      /* under mutex, owned by the thread */
  gboolean         ending;       /* under mutex, set on the main thread */

  /* The main thread's own. */
  guint64          submitted;    /* generation of the newest job */
  guint64          settled;      /* of the newest that was answered or called off */
  gint64           since;        /* when an answer began to be awaited */
  gboolean         is_slow;
  guint            slow_timer;
};

static void
worker_unref (AnmWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->name);
  g_free (self);
}

static void
work_free (AnmWork *work)
{
  if (work == NULL)
    return;

  if (work->request != NULL && work->free_request != NULL)
    work->free_request (work->request);
  if (work->result != NULL && work->free_result != NULL)
    work->free_result (work->result);
  g_clear_error (&work->error);
  g_object_unref (work->cancellable);
  worker_unref (work->worker);
  g_free (work);
}

gboolean
anm_work_is_cancelled (AnmWork *work)
{
  return g_cancellable_is_cancelled (work->cancellable);
}

gboolean
anm_work_progress (AnmWork *work,
                   double fraction)
{
  g_atomic_int_set (&work->permille, (gint) (CLAMP (fraction, 0, 1) * 1000));
  return !anm_work_is_cancelled (work);
}

void
anm_work_set_free_result (AnmWork *work,
                          GDestroyNotify free_result)
{
  work->free_result = free_result;
}

GCancellable *
anm_work_get_cancellable (AnmWork *work)
{
  return work->cancellable;
}

/* Slow or not */

static void
set_slow (AnmWorker *self,
          gboolean slow)
{
  if (self->is_slow == slow)
    return;

  self->is_slow = slow;
  if (self->slow != NULL)
    self->slow (slow, self->data);
}

static gboolean
slow_cb (gpointer data)
{
  AnmWorker *self = data;

  self->slow_timer = 0;
  set_slow (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
await_answer (AnmWorker *self)
{
  g_clear_handle_id (&self->slow_timer, g_source_remove);
  self->since = g_get_monotonic_time ();
  self->slow_timer = g_timeout_add (SLOW_MS, slow_cb, self);
}

static void
settle (AnmWorker *self,
        guint64 generation)
{
  self->settled = generation;
  g_clear_handle_id (&self->slow_timer, g_source_remove);
  /* A picture that comes while newer ones are awaited is news too: it is shown undimmed. */
  set_slow (self, FALSE);
  if (anm_worker_is_busy (self))
    await_answer (self);
}

static gboolean
deliver_cb (gpointer data)
{
  AnmWork *work = data;
  AnmWorker *self = work->worker;

  if (self->ending || work->generation <= self->settled)
    return G_SOURCE_REMOVE;
  /* Given up for a newer one, whose answer is awaited. */
  if (work->result == NULL && work->generation < self->submitted)
    return G_SOURCE_REMOVE;

  settle (self, work->generation);
  self->answered (work->result, work->error, self->data);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  AnmWorker     *worker;
  guint64        generation;
  gpointer       result;
  GDestroyNotify free_result;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  if (part->free_result != NULL)
    part->free_result (part->result);
  worker_unref (part->worker);
  g_free (part);
}

/* The whole is still awaited. */
static gboolean
deliver_part_cb (gpointer data)
{
  Part *part = data;
  AnmWorker *self = part->worker;

  if (!self->ending && part->generation > self->settled)
    self->answered (part->result, NULL, self->data);
  return G_SOURCE_REMOVE;
}

void
anm_work_answer_partly (AnmWork *work,
                        gpointer result)
{
  Part *part = g_new0 (Part, 1);

  g_atomic_ref_count_inc (&work->worker->ref_count);
  part->worker = work->worker;
  part->generation = work->generation;
  part->result = result;
  part->free_result = work->free_result;
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver_part_cb, part, part_free);
}

static gpointer
run (gpointer data)
{
  AnmWorker *self = data;

  anm_pool_enter_computing_thread ();

  g_mutex_lock (&self->mutex);
  while (TRUE)
    {
      AnmWork *work;

      while (self->waiting == NULL && !self->ending)
        g_cond_wait (&self->cond, &self->mutex);
      if (self->ending)
        break;

      work = self->current = g_steal_pointer (&self->waiting);
      g_mutex_unlock (&self->mutex);

      if (!anm_work_is_cancelled (work))
        work->result = self->work (work, work->request, &work->error);

      g_mutex_lock (&self->mutex);
      self->current = NULL;
      g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver_cb, work, (GDestroyNotify) work_free);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

AnmWorker *
anm_worker_new (const char *name,
                AnmWorkerWay way,
                AnmWorkFunc work,
                AnmAnsweredFunc answered,
                gpointer data)
{
  AnmWorker *self = g_new0 (AnmWorker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->name = g_strdup (name);
  self->way = way;
  self->work = work;
  self->answered = answered;
  self->data = data;

  return self;
}

void
anm_worker_free (AnmWorker *self)
{
  AnmWork *waiting;

  g_clear_handle_id (&self->slow_timer, g_source_remove);

  g_mutex_lock (&self->mutex);
  self->ending = TRUE;
  waiting = g_steal_pointer (&self->waiting);
  if (self->current != NULL)
    g_cancellable_cancel (self->current->cancellable);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  work_free (waiting);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  worker_unref (self);
}

void
anm_worker_set_slow_func (AnmWorker *self,
                          AnmSlowFunc slow)
{
  self->slow = slow;
}

void
anm_worker_submit (AnmWorker *self,
                   gpointer request,
                   GDestroyNotify free_request)
{
  AnmWork *work = g_new0 (AnmWork, 1);
  AnmWork *replaced;

  g_atomic_ref_count_inc (&self->ref_count);
  work->worker = self;
  work->request = request;
  work->free_request = free_request;
  work->cancellable = g_cancellable_new ();
  if (!anm_worker_is_busy (self))
    await_answer (self);
  work->generation = ++self->submitted;

  g_mutex_lock (&self->mutex);
  replaced = self->waiting;
  self->waiting = work;
  if (self->way == ANM_WORKER_CANCEL && self->current != NULL)
    g_cancellable_cancel (self->current->cancellable);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  work_free (replaced);
  /* A page that is never looked at costs no thread. */
  if (self->thread == NULL)
    self->thread = g_thread_new (self->name, run, self);
}

void
anm_worker_cancel (AnmWorker *self)
{
  AnmWork *waiting;

  g_mutex_lock (&self->mutex);
  waiting = g_steal_pointer (&self->waiting);
  if (self->current != NULL)
    g_cancellable_cancel (self->current->cancellable);
  g_mutex_unlock (&self->mutex);

  work_free (waiting);
  settle (self, self->submitted);
}

gboolean
anm_worker_is_busy (AnmWorker *self)
{
  return self->settled < self->submitted;
}

double
anm_worker_get_progress (AnmWorker *self,
                         double *seconds)
{
  double fraction = 0;

  g_mutex_lock (&self->mutex);
  if (self->current != NULL)
    fraction = g_atomic_int_get (&self->current->permille) / 1000.0;
  g_mutex_unlock (&self->mutex);

  if (seconds != NULL)
    *seconds = anm_worker_is_busy (self) ? (g_get_monotonic_time () - self->since) / (double) G_USEC_PER_SEC : 0;
  return fraction;
}
