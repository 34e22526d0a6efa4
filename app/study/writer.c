/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/writer.h"

#include <glib/gi18n-lib.h>

#include "app/study/statement.h"
#include "engine/pool.h"

/* More than this in memory, and who produces must wait. */
#define ROOM_BYTES ((gsize) 256 << 20)
#define RETRY_MICROSECONDS (2 * G_USEC_PER_SEC)
/* What is written outlives the program at once; the power, after so long. */
#define SYNC_MICROSECONDS G_USEC_PER_SEC

typedef struct
{
  AnmWriterFunc  func;
  gpointer       data;
  GDestroyNotify destroy;
  gsize          size;
  gconstpointer  key;     /* nullable */
  guint64        number;  /* from 1, in the order of submission */
} Job;

struct _AnmWriter
{
  sqlite3  *db;      /* the writer thread's */
  GThread  *thread;

  GMutex    mutex;   /* guards what follows */
  GCond     work;    /* something for the thread to do */
  GCond     news;    /* the thread has written, or failed */
  GQueue    jobs;    /* of Job */
  gsize     size;    /* bytes of all jobs that wait or are being written */
  guint64   n_submitted;
  guint64   n_written;
  guint64   n_synced; /* of those written: on the disk */
  gint64    unsynced; /* when the first that isn't was written; 0: all are */
  guint64   n_attempts;
  gboolean  hurry;   /* somebody waits: don't wait before the next attempt */
  guint     n_holds;
  gboolean  ending;
  GError   *error;   /* of the last attempt */
};

static void
job_free (Job *job)
{
  if (job->destroy != NULL)
    job->destroy (job->data);
  g_free (job);
}

static gboolean
write_jobs (AnmWriter *self,
            GQueue *jobs,
            GError **error)
{
  if (!anm_statement_execute (self->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (GList *link = jobs->head; link != NULL; link = link->next)
    {
      Job *job = link->data;

      if (!job->func (self->db, job->data, error))
        {
          sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  if (anm_statement_execute (self->db, "COMMIT", error))
    return TRUE;
  sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

/* Puts jobs that couldn't be written back before those that came since. */
static void
put_back (AnmWriter *self,
          GQueue *jobs)
{
  GList *link;

  while ((link = g_queue_pop_tail_link (jobs)) != NULL)
    g_queue_push_head_link (&self->jobs, link);
}

/* The log, to the disk. */
static gboolean
sync_log (AnmWriter *self,
          GError **error)
{
  sqlite3_file *log = NULL;

  if (sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK || log == NULL || log->pMethods == NULL ||
      log->pMethods->xSync (log, SQLITE_SYNC_NORMAL) == SQLITE_OK)
    return TRUE;
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” can't be written: the disk failed."), sqlite3_db_filename (self->db, "main"));
  return FALSE;
}

static gboolean
has_work (AnmWriter *self)
{
  return !g_queue_is_empty (&self->jobs) && self->n_holds == 0;
}

static gboolean
is_sync_due (const AnmWriter *self)
{
  return self->unsynced != 0 && (self->hurry || self->ending || g_get_monotonic_time () >= self->unsynced + SYNC_MICROSECONDS);
}

/* With the mutex held: waits for something to write or to bring to the disk. FALSE when the thread shall end. */
static gboolean
wait_for_work (AnmWriter *self)
{
  if (self->error != NULL && !self->ending && !self->hurry)
    {
      gint64 until = g_get_monotonic_time () + RETRY_MICROSECONDS;

      while (!self->ending && !self->hurry)
        if (!g_cond_wait_until (&self->work, &self->mutex, until))
          break;
    }
  while (!has_work (self) && !is_sync_due (self) && !self->ending)
    {
      if (self->unsynced != 0)
        g_cond_wait_until (&self->work, &self->mutex, self->unsynced + SYNC_MICROSECONDS);
      else
        g_cond_wait (&self->work, &self->mutex);
    }
  return !self->ending || !g_queue_is_empty (&self->jobs) || self->unsynced != 0;
}

/* With the mutex held, gives it up meanwhile. Writes all that waits; FALSE if the disk refused. */
static gboolean
write_waiting (AnmWriter *self)
{
  g_autoptr (GError) error = NULL;
  GQueue jobs = self->jobs;
  gboolean written, last_try = self->ending;
  gsize size = 0;

  g_queue_init (&self->jobs);
  g_mutex_unlock (&self->mutex);
  written = write_jobs (self, &jobs, &error);
  g_mutex_lock (&self->mutex);
  g_clear_error (&self->error);
  if (!written && !last_try)
    {
      put_back (self, &jobs);
      self->error = g_steal_pointer (&error);
      return FALSE;
    }
  if (!written)
    g_warning ("%s", error->message);
  self->n_written = ((Job *) jobs.tail->data)->number;
  if (self->unsynced == 0)
    self->unsynced = g_get_monotonic_time ();
  g_mutex_unlock (&self->mutex);

  for (GList *link = jobs.head; link != NULL; link = link->next)
    size += ((Job *) link->data)->size;
  g_queue_clear_full (&jobs, (GDestroyNotify) job_free);

  g_mutex_lock (&self->mutex);
  self->size -= size;
  return TRUE;
}

/* The same for what is written and not on the disk yet. */
static void
sync_written (AnmWriter *self)
{
  g_autoptr (GError) error = NULL;
  const guint64 upto = self->n_written;
  gboolean synced, last_try = self->ending;

  g_mutex_unlock (&self->mutex);
  synced = sync_log (self, &error);
  g_mutex_lock (&self->mutex);
  g_clear_error (&self->error);
  if (synced || last_try)
    {
      self->unsynced = 0;
      self->n_synced = upto;
    }
  else
    self->error = g_steal_pointer (&error);
}

static gpointer
writer_thread (gpointer data)
{
  AnmWriter *self = data;

  /* Else, on a machine whose cores are all busy, it would take the core of whoever hands something in, and keep it for a transaction. */
  anm_pool_lower_priority ();
  g_mutex_lock (&self->mutex);
  while (wait_for_work (self))
    {
      const gboolean hurry = self->hurry;
      gboolean written = TRUE;

      self->hurry = FALSE;
      if (!g_queue_is_empty (&self->jobs) && (self->n_holds == 0 || self->ending))
        written = write_waiting (self);
      self->hurry = self->hurry || hurry;
      if (written && is_sync_due (self))
        sync_written (self);
      self->hurry = self->hurry && self->n_synced < self->n_submitted && self->error == NULL;
      self->n_attempts++;
      g_cond_broadcast (&self->news);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

AnmWriter *
anm_writer_new (sqlite3 *db)
{
  AnmWriter *self = g_new0 (AnmWriter, 1);

  self->db = db;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->work);
  g_cond_init (&self->news);
  g_queue_init (&self->jobs);
  self->thread = g_thread_new ("study-writer", writer_thread, self);
  return self;
}

void
anm_writer_free (AnmWriter *self)
{
  g_mutex_lock (&self->mutex);
  self->ending = TRUE;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);

  g_assert (g_queue_is_empty (&self->jobs));
  sqlite3_close (self->db);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->work);
  g_cond_clear (&self->news);
  g_free (self);
}

static Job *
take_waiting (AnmWriter *self,
              gconstpointer key)
{
  for (GList *link = self->jobs.tail; link != NULL && key != NULL; link = link->prev)
    if (((Job *) link->data)->key == key)
      {
        Job *job = link->data;

        g_queue_delete_link (&self->jobs, link);
        self->size -= job->size;
        return job;
      }
  return NULL;
}

void
anm_writer_submit_latest (AnmWriter *self,
                          gconstpointer key,
                          AnmWriterFunc func,
                          gpointer data,
                          GDestroyNotify destroy,
                          gsize size)
{
  Job *job = g_new0 (Job, 1), *replaced;
  gboolean wake;

  job->func = func;
  job->data = data;
  job->destroy = destroy;
  job->size = size;
  job->key = key;

  g_mutex_lock (&self->mutex);
  replaced = take_waiting (self, key);
  job->number = ++self->n_submitted;
  g_queue_push_tail (&self->jobs, job);
  self->size += size;
  wake = self->n_holds == 0;
  g_mutex_unlock (&self->mutex);
  /* Not with the mutex held: it would wake up only to wait for it. */
  if (wake)
    g_cond_signal (&self->work);

  if (replaced != NULL)
    job_free (replaced);
}

void
anm_writer_submit (AnmWriter *self,
                   AnmWriterFunc func,
                   gpointer data,
                   GDestroyNotify destroy,
                   gsize size)
{
  anm_writer_submit_latest (self, NULL, func, data, destroy, size);
}

void
anm_writer_hold (AnmWriter *self)
{
  g_mutex_lock (&self->mutex);
  self->n_holds++;
  g_mutex_unlock (&self->mutex);
}

void
anm_writer_release (AnmWriter *self)
{
  gboolean wake;

  g_mutex_lock (&self->mutex);
  self->n_holds--;
  wake = self->n_holds == 0 && !g_queue_is_empty (&self->jobs);
  g_mutex_unlock (&self->mutex);
  if (wake)
    g_cond_signal (&self->work);
}

gboolean
anm_writer_flush (AnmWriter *self,
                  GError **error)
{
  gboolean written;
  guint64 upto, attempts;

  g_mutex_lock (&self->mutex);
  upto = self->n_submitted;
  attempts = self->n_attempts;
  self->hurry = TRUE;
  g_cond_signal (&self->work);
  /* Two attempts: the first may have begun before the last job was handed in. */
  while (self->n_synced < upto && !(self->error != NULL && self->n_attempts >= attempts + 2))
    {
      self->hurry = TRUE;
      g_cond_signal (&self->work);
      g_cond_wait (&self->news, &self->mutex);
    }
  written = self->n_synced >= upto;
  if (!written)
    g_propagate_error (error, g_error_copy (self->error));
  g_mutex_unlock (&self->mutex);
  return written;
}

gboolean
anm_writer_wait_for_room (AnmWriter *self,
                          gint64 microseconds)
{
  gint64 until = g_get_monotonic_time () + microseconds;
  gboolean room;

  g_mutex_lock (&self->mutex);
  while (self->size > ROOM_BYTES)
    if (!g_cond_wait_until (&self->news, &self->mutex, until))
      break;
  room = self->size <= ROOM_BYTES;
  g_mutex_unlock (&self->mutex);
  return room;
}

gboolean
anm_writer_is_behind (AnmWriter *self)
{
  gboolean behind;

  g_mutex_lock (&self->mutex);
  behind = self->size > ROOM_BYTES;
  g_mutex_unlock (&self->mutex);
  return behind;
}

GError *
anm_writer_get_error (AnmWriter *self)
{
  GError *error;

  g_mutex_lock (&self->mutex);
  error = self->error != NULL ? g_error_copy (self->error) : NULL;
  g_mutex_unlock (&self->mutex);
  return error;
}
