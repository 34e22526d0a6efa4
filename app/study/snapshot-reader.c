/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/snapshot-reader.h"

#include <glib/gi18n-lib.h>

#include "app/study/run-private.h"
#include "app/study/snapshot-rows.h"
#include "app/study/study-error.h"

struct _AnmSnapshotAddress
{
  AnmStore    *store;
  guint        run;
  int          epoch;
  gsize        n_parameters;
  AnmSnapshot *held;      /* in memory already, nullable */
  gboolean     on_its_way; /* the run is under way: it may not be in the file yet */
};

/* One decoded snapshot; run ids are unique within a file only. */
typedef struct
{
  char        *path;
  guint        run;
  guint        epoch;
  AnmSnapshot *snapshot;
} Kept;

struct _AnmSnapshotReader
{
  gsize  budget;
  gsize  size;
  GQueue kept;            /* of Kept, the last used first */
};

AnmSnapshotAddress *
anm_snapshot_address_new (AnmRun *run,
                          int epoch)
{
  AnmSnapshotAddress *self;

  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  self = g_new0 (AnmSnapshotAddress, 1);
  self->store = anm_store_ref (anm_run_get_store (run));
  self->run = anm_run_get_id (run);
  self->epoch = epoch;
  self->n_parameters = anm_network_get_n_parameters (anm_run_get_network (run));
  self->held = anm_run_get_held_snapshot (run, epoch);
  self->on_its_way = anm_run_get_status (run) == ANM_RUN_RUNNING || anm_run_get_status (run) == ANM_RUN_PAUSED;
  return self;
}

void
anm_snapshot_address_free (AnmSnapshotAddress *self)
{
  g_clear_pointer (&self->held, anm_snapshot_unref);
  anm_store_unref (self->store);
  g_free (self);
}

static void
kept_free (Kept *kept)
{
  g_free (kept->path);
  anm_snapshot_unref (kept->snapshot);
  g_free (kept);
}

AnmSnapshotReader *
anm_snapshot_reader_new (gsize budget)
{
  AnmSnapshotReader *self = g_new0 (AnmSnapshotReader, 1);

  self->budget = budget;
  g_queue_init (&self->kept);
  return self;
}

void
anm_snapshot_reader_free (AnmSnapshotReader *self)
{
  g_queue_clear_full (&self->kept, (GDestroyNotify) kept_free);
  g_free (self);
}

guint
anm_snapshot_reader_get_n_kept (const AnmSnapshotReader *self)
{
  return self->kept.length;
}

/* Best and last are other epochs as the run goes on: they are looked up each time. */
static AnmSnapshot *
find_kept (AnmSnapshotReader *self,
           const AnmSnapshotAddress *address)
{
  for (GList *link = self->kept.head; address->epoch >= 0 && link != NULL; link = link->next)
    {
      const Kept *kept = link->data;

      if (kept->run == address->run && kept->epoch == (guint) address->epoch &&
          g_str_equal (kept->path, anm_store_get_path (address->store)))
        {
          g_queue_unlink (&self->kept, link);
          g_queue_push_head_link (&self->kept, link);
          return anm_snapshot_ref (kept->snapshot);
        }
    }
  return NULL;
}

static void
keep (AnmSnapshotReader *self,
      const AnmSnapshotAddress *address,
      AnmSnapshot *snapshot)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->path = g_strdup (anm_store_get_path (address->store));
  kept->run = address->run;
  kept->epoch = snapshot->epoch;
  kept->snapshot = anm_snapshot_ref (snapshot);
  g_queue_push_head (&self->kept, kept);
  self->size += g_bytes_get_size (snapshot->parameters);
  while (self->size > self->budget && self->kept.length > 1)
    {
      Kept *last = g_queue_pop_tail (&self->kept);

      self->size -= g_bytes_get_size (last->snapshot->parameters);
      kept_free (last);
    }
}

static gboolean
read_from_file (const AnmSnapshotAddress *address,
                AnmSnapshot **snapshot,
                GError **error)
{
  sqlite3 *db = anm_store_connect_reader (address->store, error);
  gboolean read = db != NULL && anm_snapshot_rows_load (db, address->run, address->epoch, snapshot, error);

  sqlite3_close (db);
  return read;
}

AnmSnapshot *
anm_snapshot_reader_load (AnmSnapshotReader *self,
                          const AnmSnapshotAddress *address,
                          GError **error)
{
  g_autoptr (AnmSnapshot) snapshot = NULL;

  if (address->held != NULL)
    return anm_snapshot_ref (address->held);
  snapshot = find_kept (self, address);
  if (snapshot != NULL)
    return g_steal_pointer (&snapshot);

  if (!read_from_file (address, &snapshot, error))
    return NULL;
  if (snapshot == NULL && address->on_its_way &&
      (!anm_writer_flush (anm_store_get_writer (address->store), error) || !read_from_file (address, &snapshot, error)))
    return NULL;
  if (snapshot == NULL)
    {
      if (address->epoch < 0)
        g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_KEPT, _("Run %u has no weights yet."), address->run);
      else
        g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_KEPT,
                     _("Run %u kept no weights of epoch %d."), address->run, address->epoch);
      return NULL;
    }
  if (g_bytes_get_size (snapshot->parameters) != address->n_parameters * sizeof (anm_real))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _("The weights of run %u don't fit its network: the study is damaged."), address->run);
      return NULL;
    }

  keep (self, address, snapshot);
  return g_steal_pointer (&snapshot);
}
