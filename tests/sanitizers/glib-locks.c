/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into tests under ThreadSanitizer: tells it of GLib's locks, queues
 * and reference counts. GLib itself isn't compiled for the sanitizer and locks
 * without pthreads, so whatever they guard would look like a race.
 */
#include <dlfcn.h>
#include <glib-object.h>

void __tsan_acquire (void *place);
void __tsan_release (void *place);

/* GLib's own function of the name. */
#define REAL(name)                                           \
  ({                                                         \
    static __typeof__ (&name) real;                          \
                                                             \
    if (real == NULL)                                        \
      real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name);  \
    real;                                                    \
  })

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_rec_mutex_lock (GRecMutex *mutex)
{
  REAL (g_rec_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_rec_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  __tsan_release (mutex);
  signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  __tsan_acquire (queue);
  return data;
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean was_last;

  __tsan_release ((void *) count);
  was_last = REAL (g_atomic_ref_count_dec) (count);
  __tsan_acquire ((void *) count);
  return was_last;
}

/* Whoever frees comes after all who let go. */
#define UNREF(name, type)                   \
  void                                      \
  name (type reference)                     \
  {                                         \
    __tsan_release ((void *) reference);    \
    __tsan_acquire ((void *) reference);    \
    REAL (name) (reference);                \
  }

UNREF (g_object_unref, gpointer)
UNREF (g_bytes_unref, GBytes *)
UNREF (g_variant_unref, GVariant *)
UNREF (g_ptr_array_unref, GPtrArray *)
UNREF (g_array_unref, GArray *)
UNREF (g_hash_table_unref, GHashTable *)
