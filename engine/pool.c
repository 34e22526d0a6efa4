/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/pool.h"

#include "engine/flush-to-zero.h"

#include <cblas.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Several callers post batches of tasks at once, each in a slot of its own.
 * A slot is ruled by one atomic ticket of three parts:
 *
 *   generation (32 bits) | count of tasks (16 bits) | next task (16 bits)
 *
 * A thread takes task `next` by adding one to the ticket with compare-and-
 * swap. A worker that comes late, when the slot already holds another batch,
 * finds another generation and takes nothing: it can't run a stale task. The
 * slot's function and data are read before the swap and count only if it
 * succeeds. They change only while the ticket shows all tasks as taken, so a
 * swap that succeeds proves that they belong to the batch.
 *
 * The caller waits for its tasks to be done, never for a worker to wake up:
 * if all workers are starved, the caller does everything itself.
 *
 * Mutexes and conditions are for sleeping only; what is shared is atomic.
 */

#define MAX_TASKS 0xFFFFu
#define N_SLOTS 16
#define CACHE_LINE 64
#define SPIN_MICROSECONDS 300 /* longer than what a trainer does alone between two batches of tasks */
#define PAUSES_BETWEEN_LOOKS_AT_THE_CLOCK 64
#define WORKER_NICENESS 10

typedef struct
{
  _Alignas (CACHE_LINE) _Atomic guint64 ticket;
  _Atomic (AnmTaskFunc) func;
  _Atomic (gpointer) data;
  _Atomic guint base;           /* added to each task's index */
  _Atomic gboolean owned;       /* by a caller within anm_pool_run() */
  _Alignas (CACHE_LINE) _Atomic guint n_done;
  _Atomic gboolean caller_sleeps;
  GMutex mutex;
  GCond done;
} Slot;

struct _AnmPool
{
  gatomicrefcount ref_count;
  guint n_lanes;
  gint64 spin_microseconds;
  int *counter;                 /* nullable */
  GThread **workers;            /* [n_lanes - 1], in lanes 1 ... */

  _Alignas (CACHE_LINE) _Atomic guint n_posted; /* batches, wraps */
  _Atomic guint n_sleeping;
  _Atomic gboolean quit;
  GMutex mutex;
  GCond posted;

  Slot slots[N_SLOTS];
};

typedef struct
{
  AnmPool *pool;
  guint lane;
} WorkerStart;

static inline guint64
make_ticket (guint32 generation, guint count, guint next)
{
  return (guint64) generation << 32 | (guint64) count << 16 | next;
}

static inline guint
ticket_count (guint64 ticket)
{
  return (guint) (ticket >> 16) & MAX_TASKS;
}

static inline guint
ticket_next (guint64 ticket)
{
  return (guint) ticket & MAX_TASKS;
}

static inline void
pause_briefly (void)
{
#if defined(__SSE2__)
  _mm_pause ();
#elif defined(__aarch64__)
  __asm__ volatile ("yield");
#endif
}

/* When to give up spinning. */
typedef struct
{
  gint64 end;
  guint n_pauses;
} Spin;

static Spin
begin_spin (const AnmPool *self)
{
  return (Spin){ .end = g_get_monotonic_time () + self->spin_microseconds };
}

static gboolean
spin (Spin *state)
{
  pause_briefly ();
  return ++state->n_pauses % PAUSES_BETWEEN_LOOKS_AT_THE_CLOCK != 0 || g_get_monotonic_time () < state->end;
}

/* Takes and runs one task of @slot. Returns FALSE if there was none. */
static gboolean
run_one_task (Slot *slot, guint lane)
{
  guint64 ticket = atomic_load_explicit (&slot->ticket, memory_order_acquire);

  while (ticket_next (ticket) < ticket_count (ticket))
    {
      AnmTaskFunc func = atomic_load_explicit (&slot->func, memory_order_relaxed);
      gpointer data = atomic_load_explicit (&slot->data, memory_order_relaxed);
      guint base = atomic_load_explicit (&slot->base, memory_order_relaxed);
      guint count = ticket_count (ticket);

      if (!atomic_compare_exchange_weak_explicit (&slot->ticket, &ticket, ticket + 1,
                                                  memory_order_acq_rel, memory_order_acquire))
        continue;
      func (base + ticket_next (ticket), lane, data);
      if (atomic_fetch_add (&slot->n_done, 1) + 1 == count && atomic_load (&slot->caller_sleeps))
        {
          g_mutex_lock (&slot->mutex);
          g_cond_signal (&slot->done);
          g_mutex_unlock (&slot->mutex);
        }
      return TRUE;
    }
  return FALSE;
}

static void
sleep_until_posted (AnmPool *self, guint seen)
{
  g_mutex_lock (&self->mutex);
  atomic_fetch_add (&self->n_sleeping, 1);
  while (atomic_load (&self->n_posted) == seen && !atomic_load (&self->quit))
    g_cond_wait (&self->posted, &self->mutex);
  atomic_fetch_sub (&self->n_sleeping, 1);
  g_mutex_unlock (&self->mutex);
}

static void
wait_for_work (AnmPool *self, guint seen)
{
  Spin state = begin_spin (self);

  do
    if (atomic_load_explicit (&self->n_posted, memory_order_relaxed) != seen
        || atomic_load_explicit (&self->quit, memory_order_relaxed))
      return;
  while (spin (&state));
  sleep_until_posted (self, seen);
}

static gpointer
work (gpointer user_data)
{
  g_autofree WorkerStart *start = user_data;
  AnmPool *self = start->pool;
  guint slot = 0;

  anm_pool_enter_computing_thread ();
  anm_pool_lower_priority ();

  while (!atomic_load (&self->quit))
    {
      guint seen = atomic_load (&self->n_posted);
      gboolean worked = FALSE;

      /* One task of each slot in turn, so that callers share the workers. */
      for (guint i = 0; i < N_SLOTS; i++)
        {
          slot = (slot + 1) % N_SLOTS;
          worked |= run_one_task (&self->slots[slot], start->lane);
        }
      if (!worked)
        wait_for_work (self, seen);
    }
  return NULL;
}

/**
 * anm_pool_new:
 * @n_threads: threads that compute, the calling one included; 0 = one for
 *   each processor
 *
 * Returns: (transfer full): a pool with @n_threads - 1 workers
 */
AnmPool *
anm_pool_new (guint n_threads)
{
  AnmPool *self = aligned_alloc (CACHE_LINE, sizeof *self);

  if (self == NULL)
    g_error ("No memory for a pool of threads");
  memset (self, 0, sizeof *self);
  g_atomic_ref_count_init (&self->ref_count);
  self->n_lanes = n_threads > 0 ? n_threads : g_get_num_processors ();
  /* More threads than processors: spinning would take time from who has work. */
  self->spin_microseconds = self->n_lanes <= g_get_num_processors () ? SPIN_MICROSECONDS : 0;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->posted);
  for (guint i = 0; i < N_SLOTS; i++)
    {
      g_mutex_init (&self->slots[i].mutex);
      g_cond_init (&self->slots[i].done);
    }

  self->workers = g_new0 (GThread *, self->n_lanes);
  for (guint lane = 1; lane < self->n_lanes; lane++)
    {
      WorkerStart *start = g_new (WorkerStart, 1);

      *start = (WorkerStart){ .pool = self, .lane = lane };
      self->workers[lane - 1] = g_thread_new ("anm-worker", work, start);
    }
  return self;
}

AnmPool *
anm_pool_ref (AnmPool *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * anm_pool_unref:
 *
 * The last reference ends the workers and waits for them; it must not be
 * dropped within a task.
 */
void
anm_pool_unref (AnmPool *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  atomic_store (&self->quit, TRUE);
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->posted);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i + 1 < self->n_lanes; i++)
    g_thread_join (self->workers[i]);
  g_free (self->workers);

  for (guint i = 0; i < N_SLOTS; i++)
    {
      g_mutex_clear (&self->slots[i].mutex);
      g_cond_clear (&self->slots[i].done);
    }
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->posted);
  free (self);
}

void
anm_pool_set_counter (AnmPool *self, int *counter)
{
  g_atomic_pointer_set (&self->counter, counter);
}

void
anm_pool_count (AnmPool *self, guint n)
{
  int *counter = g_atomic_pointer_get (&self->counter);

  if (counter != NULL)
    g_atomic_int_add (counter, (gint) n);
}

/**
 * anm_pool_get_n_lanes:
 *
 * Returns: how many tasks of one batch may run at once; at least 1
 */
guint
anm_pool_get_n_lanes (const AnmPool *self)
{
  return self->n_lanes;
}

static Slot *
take_slot (AnmPool *self)
{
  for (guint i = 0; i < N_SLOTS; i++)
    {
      gboolean owned = FALSE;

      if (atomic_compare_exchange_strong (&self->slots[i].owned, &owned, TRUE))
        return &self->slots[i];
    }
  return NULL;
}

static void
post (AnmPool *self, Slot *slot, guint base, guint n_tasks, AnmTaskFunc func, gpointer data)
{
  guint32 generation = (guint32) (atomic_load_explicit (&slot->ticket, memory_order_relaxed) >> 32);
  guint n_sleeping;

  atomic_store_explicit (&slot->func, func, memory_order_relaxed);
  atomic_store_explicit (&slot->data, data, memory_order_relaxed);
  atomic_store_explicit (&slot->base, base, memory_order_relaxed);
  atomic_store_explicit (&slot->n_done, 0, memory_order_relaxed);
  atomic_store_explicit (&slot->ticket, make_ticket (generation + 1, n_tasks, 0), memory_order_release);
  atomic_fetch_add (&self->n_posted, 1);

  n_sleeping = atomic_load (&self->n_sleeping);
  if (n_sleeping > 0)
    {
      g_mutex_lock (&self->mutex);
      for (guint i = 0; i < MIN (n_sleeping, n_tasks - 1); i++)
        g_cond_signal (&self->posted);
      g_mutex_unlock (&self->mutex);
    }
}

static void
wait_for_tasks (AnmPool *self, Slot *slot, guint n_tasks)
{
  Spin state = begin_spin (self);

  do
    if (atomic_load (&slot->n_done) == n_tasks)
      return;
  while (spin (&state));
  g_mutex_lock (&slot->mutex);
  atomic_store (&slot->caller_sleeps, TRUE);
  while (atomic_load (&slot->n_done) != n_tasks)
    g_cond_wait (&slot->done, &slot->mutex);
  atomic_store (&slot->caller_sleeps, FALSE);
  g_mutex_unlock (&slot->mutex);
}

static void
run_alone (guint n_tasks, AnmTaskFunc func, gpointer data)
{
  for (guint i = 0; i < n_tasks; i++)
    func (i, 0, data);
}

static void
run_shared (AnmPool *self, Slot *slot, guint n_tasks, AnmTaskFunc func, gpointer data)
{
  for (guint base = 0; base < n_tasks; base += MAX_TASKS)
    {
      guint n_posted = MIN (n_tasks - base, MAX_TASKS);

      post (self, slot, base, n_posted, func, data);
      while (run_one_task (slot, 0))
        ;
      wait_for_tasks (self, slot, n_posted);
    }
}

/**
 * anm_pool_run:
 * @func: called once for each index 0 to @n_tasks - 1, in any order, with
 *   flush-to-zero on
 *
 * Runs tasks on the workers and on the calling thread, which has lane 0, and
 * returns when all are done. May be called from several threads at once.
 */
void
anm_pool_run (AnmPool *self, guint n_tasks, AnmTaskFunc func, gpointer data)
{
  AnmFloatingMode before = anm_flush_to_zero_begin ();
  Slot *slot = n_tasks > 1 && self->n_lanes > 1 ? take_slot (self) : NULL;

  if (slot == NULL)
    run_alone (n_tasks, func, data);
  else
    {
      run_shared (self, slot, n_tasks, func, data);
      atomic_store (&slot->owned, FALSE);
    }
  anm_flush_to_zero_end (before);
}

static gpointer
use_one_blas_thread (gpointer unused)
{
  openblas_set_num_threads (1);
  return NULL;
}

/**
 * anm_pool_enter_computing_thread:
 *
 * To be called once in each thread that computes outside of a pool's tasks.
 */
void
anm_pool_enter_computing_thread (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, use_one_blas_thread, NULL);
  anm_flush_to_zero_begin ();
}

/**
 * anm_pool_lower_priority:
 *
 * Gives the calling thread the workers' niceness, so that the window's thread
 * comes first. Can't be undone without privileges: only for threads made to
 * compute.
 */
void
anm_pool_lower_priority (void)
{
  /* On Linux a thread's id stands for the thread alone. */
  id_t thread = (id_t) syscall (SYS_gettid);

  if (getpriority (PRIO_PROCESS, thread) < WORKER_NICENESS)
    (void) setpriority (PRIO_PROCESS, thread, WORKER_NICENESS);
}
