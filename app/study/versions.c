/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/versions.h"

#include <glib/gi18n-lib.h>

#include "app/study/statement.h"

static void
set_missing_error (sqlite3 *db,
                   const char *what,
                   const char *hash,
                   GError **error)
{
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
               _ ("“%s” is damaged: its %s %.12s isn't there. Use a copy of it from before, or see what can be read of it: anamnesis-cli salvage."),
               sqlite3_db_filename (db, "main"), what, hash);
}

/* A row's one column as selected by @sql with the hash as its only argument. FALSE on error or if there is none. */
static sqlite3_stmt *
select_by_hash (sqlite3 *db,
                const char *sql,
                const char *what,
                const char *hash,
                GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  if (!anm_statement_step (statement, &has_row, error))
    return NULL;
  if (!has_row)
    {
      set_missing_error (db, what, hash, error);
      return NULL;
    }
  return g_steal_pointer (&statement);
}

char *
anm_versions_put_text (sqlite3 *db,
                       const char *kind,
                       const char *text,
                       GError **error)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (db, "INSERT OR IGNORE INTO version (hash, kind, text) VALUES (?, ?, ?)", error);
  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  anm_statement_bind_text (statement, 2, kind);
  anm_statement_bind_text (statement, 3, text);
  return anm_statement_run (statement, error) ? g_steal_pointer (&hash) : NULL;
}

char *
anm_versions_load_text (sqlite3 *db,
                        const char *hash,
                        GError **error)
{
  g_autoptr (sqlite3_stmt) statement = select_by_hash (db, "SELECT text FROM version WHERE hash = ?", "version", hash, error);

  return statement != NULL ? anm_statement_dup_text (statement, 0) : NULL;
}

char *
anm_versions_put_split (sqlite3 *db,
                        GBytes *parts,
                        GError **error)
{
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, parts);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "INSERT OR IGNORE INTO split (hash, parts) VALUES (?, ?)", error);

  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  anm_statement_bind_bytes (statement, 2, parts);
  return anm_statement_run (statement, error) ? g_steal_pointer (&hash) : NULL;
}

GBytes *
anm_versions_load_split (sqlite3 *db,
                         const char *hash,
                         GError **error)
{
  g_autoptr (sqlite3_stmt) statement = select_by_hash (db, "SELECT parts FROM split WHERE hash = ?", "split", hash, error);

  return statement != NULL ? anm_statement_dup_bytes (statement, 0) : NULL;
}

struct _AnmCohortVersion
{
  gatomicrefcount ref_count;
  AnmCohort      *cohort;
  char           *source;
  char           *hash; /* set once, atomically */
};

static AnmCohortVersion *
cohort_version_new (AnmCohort *cohort,
                    const char *source,
                    const char *hash)
{
  AnmCohortVersion *self = g_new0 (AnmCohortVersion, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->cohort = anm_cohort_ref (cohort);
  self->source = g_strdup (source);
  self->hash = g_strdup (hash);
  return self;
}

AnmCohortVersion *
anm_cohort_version_new (AnmCohort *cohort,
                        const char *source)
{
  return cohort_version_new (cohort, source, NULL);
}

AnmCohortVersion *
anm_cohort_version_load (sqlite3 *db,
                         const char *hash,
                         GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *source = NULL;
  g_autoptr (AnmCohort) cohort = NULL;

  statement = select_by_hash (db, "SELECT source, bytes FROM cohort WHERE hash = ?", "cohort", hash, error);
  if (statement == NULL)
    return NULL;
  source = anm_statement_dup_text (statement, 0);
  bytes = anm_statement_dup_bytes (statement, 1);
  cohort = anm_cohort_deserialize (bytes, error);
  return cohort != NULL ? cohort_version_new (cohort, source, hash) : NULL;
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
  anm_cohort_unref (self->cohort);
  g_free (self->source);
  g_free (self->hash);
  g_free (self);
}

AnmCohort *
anm_cohort_version_get_cohort (const AnmCohortVersion *self)
{
  return self->cohort;
}

const char *
anm_cohort_version_get_source (const AnmCohortVersion *self)
{
  return self->source;
}

const char *
anm_cohort_version_get_hash (AnmCohortVersion *self)
{
  return g_atomic_pointer_get (&self->hash);
}

static gboolean
has_cohort (sqlite3 *db,
            const char *hash,
            gboolean *there,
            GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT 1 FROM cohort WHERE hash = ?", error);

  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, hash);
  return anm_statement_step (statement, there, error);
}

gboolean
anm_cohort_version_put (AnmCohortVersion *self,
                        sqlite3 *db,
                        GError **error)
{
  const char *known = anm_cohort_version_get_hash (self);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean there = FALSE;

  /* Known and yet not there: its transaction was rolled back. */
  if (known != NULL && !has_cohort (db, known, &there, error))
    return FALSE;
  if (there)
    return TRUE;
  bytes = anm_cohort_serialize (self->cohort);
  if (known == NULL)
    {
      known = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
      g_atomic_pointer_set (&self->hash, (char *) known);
    }
  statement = anm_statement_prepare (db, "INSERT OR IGNORE INTO cohort (hash, title, source, bytes) VALUES (?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, known);
  anm_statement_bind_text (statement, 2, self->cohort->title);
  anm_statement_bind_text (statement, 3, self->source);
  anm_statement_bind_bytes (statement, 4, bytes);
  return anm_statement_run (statement, error);
}

gboolean
anm_head_load (AnmHead *self,
               sqlite3 *db,
               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT cohort, recipe, network, hyperparameters FROM head", error);
  gboolean has_row;

  *self = (AnmHead) { 0 };
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  self->cohort = anm_statement_dup_text (statement, 0);
  self->recipe = anm_statement_dup_text (statement, 1);
  self->network = anm_statement_dup_text (statement, 2);
  self->hyperparameters = anm_statement_dup_text (statement, 3);
  return TRUE;
}

gboolean
anm_head_store (const AnmHead *self,
                sqlite3 *db,
                GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (db, "UPDATE head SET cohort = ?, recipe = ?, network = ?, hyperparameters = ? WHERE id = 1", error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, self->cohort);
  anm_statement_bind_text (statement, 2, self->recipe);
  anm_statement_bind_text (statement, 3, self->network);
  anm_statement_bind_text (statement, 4, self->hyperparameters);
  return anm_statement_run (statement, error);
}

void
anm_head_clear (AnmHead *self)
{
  g_clear_pointer (&self->cohort, g_free);
  g_clear_pointer (&self->recipe, g_free);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->hyperparameters, g_free);
}
