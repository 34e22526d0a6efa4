/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/pool.h"

#include <float.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const guint thread_counts[] = { 1, 2, 7 };

#define MAX_LANES 7

typedef struct
{
  guint n_lanes;
  guint n_tasks;
  _Atomic guint *runs;                  /* [n_tasks] */
  _Atomic guint in_lane[MAX_LANES];
  _Atomic guint faults;
} Count;

static void
count_task (guint index, guint lane, gpointer data)
{
  Count *count = data;

  if (lane >= count->n_lanes || index >= count->n_tasks
      || atomic_fetch_add (&count->in_lane[lane], 1) != 0)
    {
      atomic_fetch_add (&count->faults, 1);
      return;
    }
  atomic_fetch_add (&count->runs[index], 1);
  for (volatile int i = 0; i < 50; i++)
    ;
  atomic_fetch_sub (&count->in_lane[lane], 1);
}

static void
run_counted (AnmPool *pool, guint n_tasks)
{
  Count count = { .n_lanes = anm_pool_get_n_lanes (pool), .n_tasks = n_tasks };

  count.runs = g_new0 (_Atomic guint, n_tasks);
  anm_pool_run (pool, n_tasks, count_task, &count);
  g_assert_cmpuint (count.faults, ==, 0);
  for (guint i = 0; i < n_tasks; i++)
    g_assert_cmpuint (count.runs[i], ==, 1);
  g_free (count.runs);
}

/* Every task runs once, and never two of a batch in one lane. */
static void
test_each_task_once (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (thread_counts); i++)
    {
      g_autoptr (AnmPool) pool = anm_pool_new (thread_counts[i]);

      g_assert_cmpuint (anm_pool_get_n_lanes (pool), ==, thread_counts[i]);
      for (guint n_tasks = 0; n_tasks < 40; n_tasks++)
        run_counted (pool, n_tasks);
      run_counted (pool, 200001);
    }
}

typedef struct
{
  AnmPool *pool;
  guint n_batches;
  guint64 sum;
} Caller;

typedef struct
{
  guint64 parts[16];
  guint64 factor;
} Parts;

static void
multiply_task (guint index, guint lane, gpointer data)
{
  Parts *parts = data;

  parts->parts[index] = parts->factor * index;
}

/* A stale task would write into a batch's stack frame that is gone, or leave a
 * part of a new one untouched. */
static gpointer
call_often (gpointer user_data)
{
  Caller *caller = user_data;

  for (guint batch = 0; batch < caller->n_batches; batch++)
    {
      guint n_tasks = 1 + batch % 16;
      Parts parts = { .factor = batch };

      anm_pool_run (caller->pool, n_tasks, multiply_task, &parts);
      for (guint i = 0; i < n_tasks; i++)
        {
          g_assert_cmpuint (parts.parts[i], ==, (guint64) batch * i);
          caller->sum += parts.parts[i];
        }
    }
  return NULL;
}

static void
test_several_callers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (thread_counts); i++)
    {
      g_autoptr (AnmPool) pool = anm_pool_new (thread_counts[i]);
      Caller callers[20]; /* more than the pool has slots */
      GThread *threads[G_N_ELEMENTS (callers)];
      Caller alone = { .pool = pool, .n_batches = 500 };

      for (gsize j = 0; j < G_N_ELEMENTS (callers); j++)
        {
          callers[j] = (Caller){ .pool = pool, .n_batches = 500 };
          threads[j] = g_thread_new ("caller", call_often, &callers[j]);
        }
      for (gsize j = 0; j < G_N_ELEMENTS (callers); j++)
        g_thread_join (threads[j]);
      call_often (&alone);
      for (gsize j = 0; j < G_N_ELEMENTS (callers); j++)
        g_assert_cmpuint (callers[j].sum, ==, alone.sum);
    }
}

/* Two tasks that wait for each other can end only if both run at once. */
static void
meet_task (guint index, guint lane, gpointer data)
{
  _Atomic guint *arrived = data;
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  atomic_fetch_add (arrived, 1);
  while (atomic_load (arrived) % 2 != 0 && g_get_monotonic_time () < deadline)
    g_usleep (100);
}

static void
test_workers_wake_up (void)
{
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  _Atomic guint arrived = 0;

  for (int i = 0; i < 20; i++)
    {
      gint64 start = g_get_monotonic_time ();

      g_usleep (5000); /* long enough to fall asleep */
      anm_pool_run (pool, 2, meet_task, &arrived);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
    }
}

typedef struct
{
  double product[16];
  int niceness[16];
  guint lane[16];
  volatile double tiny;
} Mode;

static void
mode_task (guint index, guint lane, gpointer data)
{
  Mode *mode = data;

  mode->product[index] = mode->tiny * 0.5;
  mode->lane[index] = lane;
  mode->niceness[index] = getpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid));
  g_usleep (2000);
}

static gboolean
runs_in_valgrind (void)
{
  return strstr (g_getenv ("LD_PRELOAD") != NULL ? g_getenv ("LD_PRELOAD") : "", "vgpreload") != NULL;
}

static void
test_flush_to_zero_and_niceness (void)
{
#if defined(__SSE2__) || defined(__aarch64__)
  g_autoptr (AnmPool) pool = anm_pool_new (7);
  Mode mode = { .tiny = DBL_MIN };
  int own_niceness = getpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid));
  guint n_by_workers = 0;

  if (runs_in_valgrind ())
    {
      g_test_skip ("valgrind doesn't flush to zero");
      return;
    }
  for (guint n_tasks = 1; n_tasks <= 16; n_tasks += 15)
    {
      anm_pool_run (pool, n_tasks, mode_task, &mode);
      for (guint i = 0; i < n_tasks; i++)
        {
          int niceness = mode.lane[i] == 0 ? own_niceness : MAX (own_niceness, 10);

          g_assert_cmpfloat (mode.product[i], ==, 0.0);
          g_assert_cmpint (mode.niceness[i], ==, niceness);
          n_by_workers += mode.lane[i] != 0;
        }
    }
  g_assert_cmpuint (n_by_workers, >, 0);
  /* The caller's own mode comes back. */
  g_assert_cmpfloat (mode.tiny * 0.5, >, 0.0);
#else
  g_test_skip ("No way to set flush-to-zero on this processor");
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/each-task-once", test_each_task_once);
  g_test_add_func ("/pool/several-callers", test_several_callers);
  g_test_add_func ("/pool/workers-wake-up", test_workers_wake_up);
  g_test_add_func ("/pool/flush-to-zero-and-niceness", test_flush_to_zero_and_niceness);
  return g_test_run ();
}
