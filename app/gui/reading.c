/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/reading.h"

#define PROGRESS_INTERVAL_MS 100

static void
open_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  AnmSource *source = anm_source_open (task_data, &error);

  if (source != NULL)
    g_task_return_pointer (task, source, (GDestroyNotify) anm_source_free);
  else
    g_task_return_error (task, error);
}

void
anm_source_open_async (const char *const  *arguments,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_source_tag (task, anm_source_open_async);
  g_task_set_task_data (task, g_strdupv ((char **) arguments), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, open_thread);
}

AnmSource *
anm_source_open_finish (GAsyncResult *result,
                        GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* One reading. The worker writes fraction and message under the lock, the main thread looks at them from a timer:
 * however often a reader reports, the window hears of it 10 times a second. */
typedef struct
{
  AnmSource         *source;

  GMutex             lock;
  double             fraction;
  char              *message;
  gboolean           changed;

  AnmReadingProgress progress;
  gpointer           progress_data;
  guint              timer;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->source, anm_source_free);
  g_free (reading->message);
  g_mutex_clear (&reading->lock);
  g_free (reading);
}

static void
progress_cb (double      fraction,
             const char *message,
             gpointer    data)
{
  Reading *reading = data;

  g_mutex_lock (&reading->lock);
  reading->fraction = fraction;
  if (g_strcmp0 (reading->message, message) != 0)
    {
      g_free (reading->message);
      reading->message = g_strdup (message);
    }
  reading->changed = TRUE;
  g_mutex_unlock (&reading->lock);
}

static gboolean
timer_cb (gpointer data)
{
  Reading *reading = g_task_get_task_data (data);
  g_autofree char *message = NULL;
  double fraction;
  gboolean changed;

  g_mutex_lock (&reading->lock);
  changed = reading->changed;
  fraction = reading->fraction;
  message = g_strdup (reading->message);
  reading->changed = FALSE;
  g_mutex_unlock (&reading->lock);

  if (changed)
    reading->progress (fraction, message, reading->progress_data);

  return G_SOURCE_CONTINUE;
}

static void
read_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  AnmCohort *cohort = anm_source_read (reading->source, progress_cb, reading, cancellable, &error);

  if (cohort != NULL)
    g_task_return_pointer (task, cohort, (GDestroyNotify) anm_cohort_unref);
  else
    g_task_return_error (task, error);
}

void
anm_source_read_async (AnmSource          *source,
                       GCancellable       *cancellable,
                       AnmReadingProgress  progress,
                       gpointer            progress_data,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Reading *reading = g_new0 (Reading, 1);

  g_mutex_init (&reading->lock);
  reading->source = source;
  reading->progress = progress;
  reading->progress_data = progress_data;

  g_task_set_source_tag (task, anm_source_read_async);
  g_task_set_task_data (task, reading, reading_free);
  if (progress != NULL)
    reading->timer = g_timeout_add (PROGRESS_INTERVAL_MS, timer_cb, task);
  g_task_run_in_thread (task, read_thread);
}

AnmCohort *
anm_source_read_finish (GAsyncResult *result,
                        AnmSource   **source,
                        GError      **error)
{
  Reading *reading = g_task_get_task_data (G_TASK (result));

  g_clear_handle_id (&reading->timer, g_source_remove);
  if (source != NULL)
    *source = g_steal_pointer (&reading->source);

  return g_task_propagate_pointer (G_TASK (result), error);
}
