/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/cohort-version.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/cohort-cache.h"
#include "app/study/cohort-origin.h"
#include "app/study/cohort-rows.h"
#include "app/study/statement.h"

/* Records of so many bytes are read, or mapped, before anybody sees that it took time. */
#define AT_ONCE_BYTES ((gint64) 4 << 20)
#define AT_ONCE_MAPPED_BYTES ((gint64) 64 << 20)
#define BUSY_MILLISECONDS 10000

struct _AnmCohortVersion
{
  gatomicrefcount ref_count;
  GMutex          loading;
  AnmCohort      *cohort;       /* set once, atomically */
  char           *title;
  char           *source;
  char           *origin;       /* nullable */
  gboolean        by_reference;
  char           *hash;         /* set once, atomically */
  char           *path;         /* of the study; NULL: the cohort was there first */
};

static AnmCohortVersion *
cohort_version_new (void)
{
  AnmCohortVersion *self = g_new0 (AnmCohortVersion, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->loading);
  return self;
}

AnmCohortVersion *
anm_cohort_version_new (AnmCohort *cohort,
                        const char *source,
                        const char *origin,
                        gboolean by_reference)
{
  AnmCohortVersion *self = cohort_version_new ();

  self->cohort = anm_cohort_ref (cohort);
  self->title = g_strdup (cohort->title);
  self->source = g_strdup (source);
  self->origin = g_strdup (origin);
  self->by_reference = by_reference && origin != NULL;
  return self;
}

/* The same file by another connection: this thread's own. */
static sqlite3 *
open_reader (const char *path,
             GError **error)
{
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, NULL) == SQLITE_OK)
    {
      sqlite3_busy_timeout (db, BUSY_MILLISECONDS);
      return db;
    }
  anm_statement_set_error (db, error);
  sqlite3_close (db);
  return NULL;
}

static AnmCohort *
read_copy (AnmCohortVersion *self,
           sqlite3 *db,
           GError **error)
{
  g_autoptr (GBytes) bytes = anm_cohort_rows_load (db, self->hash, error);
  AnmCohort *cohort = bytes != NULL ? anm_cohort_deserialize (bytes, error) : NULL;

  if (cohort != NULL && g_bytes_get_size (bytes) >= ANM_COHORT_CACHE_MIN)
    anm_cohort_cache_store (self->hash, cohort);
  return cohort;
}

static AnmCohort *
read_source (AnmCohortVersion *self,
             GCancellable *cancellable,
             GError **error)
{
  AnmCohort *cohort = anm_cohort_origin_read (self->origin, self->hash, cancellable, error);

  if (cohort != NULL)
    anm_cohort_cache_store (self->hash, cohort);
  return cohort;
}

gboolean
anm_cohort_version_load (AnmCohortVersion *self,
                         GCancellable *cancellable,
                         GError **error)
{
  AnmCohort *cohort;

  if (anm_cohort_version_get_cohort (self) != NULL)
    return TRUE;
  g_mutex_lock (&self->loading);
  cohort = anm_cohort_version_get_cohort (self);
  if (cohort == NULL)
    {
      cohort = anm_cohort_cache_load (self->hash);
      if (cohort == NULL && self->by_reference)
        cohort = read_source (self, cancellable, error);
      else if (cohort == NULL)
        {
          sqlite3 *db = open_reader (self->path, error);

          cohort = db != NULL ? read_copy (self, db, error) : NULL;
          sqlite3_close (db);
        }
      g_atomic_pointer_set (&self->cohort, cohort);
    }
  g_mutex_unlock (&self->loading);
  return cohort != NULL;
}

AnmCohortVersion *
anm_cohort_version_open (sqlite3 *db,
                         const char *hash,
                         GError **error)
{
  g_autoptr (AnmCohortVersion) self = cohort_version_new ();
  gint64 size;

  if (!anm_cohort_rows_open (db, hash, &self->title, &self->source, &self->origin, &size, error))
    return NULL;
  self->hash = g_strdup (hash);
  self->path = g_strdup (sqlite3_db_filename (db, "main"));
  self->by_reference = size == 0 && self->origin != NULL;
  if (size <= AT_ONCE_MAPPED_BYTES && (size >= (gint64) ANM_COHORT_CACHE_MIN || self->by_reference))
    self->cohort = anm_cohort_cache_load (hash);
  if (self->cohort == NULL && size <= AT_ONCE_BYTES && !self->by_reference)
    {
      self->cohort = read_copy (self, db, error);
      if (self->cohort == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

AnmCohortVersion *
anm_cohort_version_ref (AnmCohortVersion *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_cohort_version_unref (AnmCohortVersion *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_mutex_clear (&self->loading);
  g_free (self->title);
  g_free (self->source);
  g_free (self->origin);
  g_free (self->hash);
  g_free (self->path);
  g_free (self);
}

AnmCohort *
anm_cohort_version_get_cohort (AnmCohortVersion *self)
{
  return g_atomic_pointer_get (&self->cohort);
}

const char *
anm_cohort_version_get_title (const AnmCohortVersion *self)
{
  return self->title;
}

const char *
anm_cohort_version_get_source (const AnmCohortVersion *self)
{
  return self->source;
}

const char *
anm_cohort_version_get_origin (const AnmCohortVersion *self)
{
  return self->origin;
}

gboolean
anm_cohort_version_get_by_reference (const AnmCohortVersion *self)
{
  return self->by_reference;
}

const char *
anm_cohort_version_get_hash (AnmCohortVersion *self)
{
  return g_atomic_pointer_get (&self->hash);
}

gboolean
anm_cohort_version_equal (AnmCohortVersion *self,
                          AnmCohortVersion *other)
{
  AnmCohort *cohort = anm_cohort_version_get_cohort (self);
  const char *hash = anm_cohort_version_get_hash (self);

  return self == other || (cohort != NULL && cohort == anm_cohort_version_get_cohort (other)) ||
         (hash != NULL && g_strcmp0 (hash, anm_cohort_version_get_hash (other)) == 0);
}

gboolean
anm_cohort_version_put (AnmCohortVersion *self,
                        sqlite3 *db,
                        GError **error)
{
  const char *known = anm_cohort_version_get_hash (self);
  AnmCohort *cohort = anm_cohort_version_get_cohort (self);
  g_autoptr (GBytes) bytes = NULL;
  gboolean there = FALSE;

  /* Known and yet not there: its transaction was rolled back. */
  if (known != NULL && !anm_cohort_rows_has (db, known, self->by_reference, &there, error))
    return FALSE;
  if (there || cohort == NULL)
    return TRUE;
  bytes = anm_cohort_serialize (cohort);
  if (known == NULL)
    {
      known = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
      g_atomic_pointer_set (&self->hash, (char *) known);
    }
  if (!anm_cohort_rows_put (db, known, self->title, self->source, self->origin, self->by_reference ? NULL : bytes, error))
    return FALSE;
  if (self->by_reference || g_bytes_get_size (bytes) >= ANM_COHORT_CACHE_MIN)
    anm_cohort_cache_store (known, cohort);
  return TRUE;
}
