/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-rows.h"

#include <math.h>

#include "app/study/numbers-blob.h"
#include "app/study/process-name.h"
#include "app/study/statement.h"

struct _AnmRunKey
{
  gatomicrefcount ref_count;
  guint           id; /* atomic */
};

AnmRunKey *
anm_run_key_new (guint id)
{
  AnmRunKey *self = g_new0 (AnmRunKey, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = id;
  return self;
}

AnmRunKey *
anm_run_key_ref (AnmRunKey *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_run_key_unref (AnmRunKey *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

guint
anm_run_key_get (AnmRunKey *self)
{
  return (guint) g_atomic_int_get (&self->id);
}

void
anm_run_row_free (AnmRunRow *self)
{
  g_clear_pointer (&self->key, anm_run_key_unref);
  g_clear_pointer (&self->race, anm_run_key_unref);
  g_clear_pointer (&self->cohort, anm_cohort_version_unref);
  g_clear_pointer (&self->split, g_bytes_unref);
  g_free (self->recipe);
  g_free (self->network);
  g_free (self->hyperparameters);
  g_clear_pointer (&self->parent, anm_run_key_unref);
  anm_machine_clear (&self->machine);
  g_free (self);
}

/* The proposed number, or the next that is free. */
static gboolean
settle_id (sqlite3 *db,
           AnmRunKey *key,
           GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;
  guint next;

  statement = anm_statement_prepare (db, "SELECT coalesce (max (id), 0) + 1 FROM run", error);
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  next = (guint) sqlite3_column_int64 (statement, 0);
  g_atomic_int_set (&key->id, MAX (anm_run_key_get (key), next));
  return TRUE;
}

static gboolean
insert_run (sqlite3 *db,
            AnmRunRow *row,
            const char *const hashes[4], /* split, recipe, network, hyperparameters */
            GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (db,
                                     "INSERT INTO run (id, race, cohort, split, recipe, network, hyperparameters, began, process, machine,"
                                     " instructions, libraries, parent, parent_epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                     error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, anm_run_key_get (row->key));
  sqlite3_bind_int64 (statement, 2, row->race != NULL ? anm_run_key_get (row->race) : 0);
  anm_statement_bind_text (statement, 3, anm_cohort_version_get_hash (row->cohort));
  for (int i = 0; i < 4; i++)
    anm_statement_bind_text (statement, 4 + i, hashes[i]);
  sqlite3_bind_int64 (statement, 8, g_get_real_time ());
  anm_statement_bind_text (statement, 9, anm_process_name_get_own ());
  anm_statement_bind_text (statement, 10, row->machine.name);
  anm_statement_bind_text (statement, 11, row->machine.instructions);
  anm_statement_bind_text (statement, 12, row->machine.libraries);
  if (row->parent != NULL)
    {
      sqlite3_bind_int64 (statement, 13, anm_run_key_get (row->parent));
      sqlite3_bind_int64 (statement, 14, row->parent_epoch);
    }
  return anm_statement_run (statement, error);
}

static gboolean
write_run (sqlite3 *db,
           gpointer data,
           GError **error)
{
  AnmRunRow *row = data;
  g_autofree char *split = NULL, *recipe = NULL, *network = NULL, *hyperparameters = NULL;

  if (!anm_cohort_version_put (row->cohort, db, error) || !settle_id (db, row->key, error))
    return FALSE;
  split = anm_versions_put_split (db, row->split, error);
  if (split == NULL)
    return FALSE;
  recipe = anm_versions_put_text (db, "fitted-recipe", row->recipe, error);
  if (recipe == NULL)
    return FALSE;
  network = anm_versions_put_text (db, "network", row->network, error);
  if (network == NULL)
    return FALSE;
  hyperparameters = anm_versions_put_text (db, "hyperparameters", row->hyperparameters, error);
  if (hyperparameters == NULL)
    return FALSE;
  return insert_run (db, row, (const char *const[]) { split, recipe, network, hyperparameters }, error);
}

void
anm_run_rows_add (AnmStore *store,
                  AnmRunRow *row)
{
  anm_writer_submit (anm_store_get_writer (store), write_run, row, (GDestroyNotify) anm_run_row_free, sizeof *row);
}

typedef struct
{
  AnmRunKey      *key;
  AnmEpochRecord *record;
} EpochJob;

static void
epoch_job_free (EpochJob *job)
{
  anm_run_key_unref (job->key);
  anm_epoch_record_unref (job->record);
  g_free (job);
}

/* [layers][steps], a layer without is NaN; %NULL if there is nothing at all. */
static GBytes *
pack_gradients (double *const *gradients,
                guint n_layers,
                guint n_steps)
{
  g_autofree float *cells = NULL;
  gsize k = 0;

  if (gradients == NULL)
    return NULL;
  cells = g_new (float, MAX ((gsize) n_layers * n_steps, 1));
  for (guint i = 0; i < n_layers; i++)
    for (guint step = 0; step < n_steps; step++)
      cells[k++] = gradients[i] != NULL ? (float) gradients[i][step] : (float) NAN;
  return anm_numbers_blob_from_floats (cells, k);
}

static gboolean
write_epoch (sqlite3 *db,
             gpointer data,
             GError **error)
{
  EpochJob *job = data;
  const AnmRunEpoch *epoch = &job->record->figures;
  const AnmMetrics *validation = &epoch->validation;
  const double metrics[] = { validation->loss, validation->accuracy, validation->auroc, validation->average_precision,
                             validation->f1, validation->mse, validation->mae };
  g_autoptr (GBytes) norms = NULL, by_step = NULL, before_end = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  int column = 1;

  statement = anm_statement_prepare (db, "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, column++, anm_run_key_get (job->key));
  sqlite3_bind_int64 (statement, column++, epoch->epoch);
  sqlite3_bind_int64 (statement, column++, (gint64) epoch->update);
  sqlite3_bind_double (statement, column++, epoch->seconds);
  sqlite3_bind_double (statement, column++, epoch->training_loss);
  sqlite3_bind_int (statement, column++, epoch->best);
  sqlite3_bind_int64 (statement, column++, (gint64) validation->n_rows);
  sqlite3_bind_int64 (statement, column++, (gint64) validation->n_positive);
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    sqlite3_bind_double (statement, column++, metrics[i]);
  if (epoch->layer_norms != NULL)
    norms = anm_numbers_blob_from_doubles (epoch->layer_norms, epoch->n_layers);
  by_step = pack_gradients (epoch->gradient_by_step, epoch->n_layers, epoch->n_steps);
  before_end = pack_gradients (epoch->gradient_before_end, epoch->n_layers, epoch->n_steps);
  anm_statement_bind_bytes (statement, column++, norms);
  anm_statement_bind_bytes (statement, column++, by_step);
  anm_statement_bind_bytes (statement, column++, before_end);
  return anm_statement_run (statement, error);
}

void
anm_run_rows_add_epoch (AnmStore *store,
                        AnmRunKey *key,
                        AnmEpochRecord *record)
{
  EpochJob *job = g_new0 (EpochJob, 1);
  gsize size = sizeof *job + sizeof *record + 2 * sizeof (double) * record->figures.n_layers * (gsize) record->figures.n_steps;

  job->key = anm_run_key_ref (key);
  job->record = anm_epoch_record_ref (record);
  anm_writer_submit (anm_store_get_writer (store), write_epoch, job, (GDestroyNotify) epoch_job_free, size);
}

typedef struct
{
  AnmRunKey *key;
  guint      epoch;
  guint64    first;
  GBytes    *figures;
} UpdatesJob;

static void
updates_job_free (UpdatesJob *job)
{
  anm_run_key_unref (job->key);
  g_bytes_unref (job->figures);
  g_free (job);
}

static gboolean
write_updates (sqlite3 *db,
               gpointer data,
               GError **error)
{
  UpdatesJob *job = data;
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "INSERT OR REPLACE INTO updates (run, epoch, first, figures) VALUES (?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, anm_run_key_get (job->key));
  sqlite3_bind_int64 (statement, 2, job->epoch);
  sqlite3_bind_int64 (statement, 3, (gint64) job->first);
  anm_statement_bind_bytes (statement, 4, job->figures);
  return anm_statement_run (statement, error);
}

void
anm_run_rows_add_updates (AnmStore *store,
                          AnmRunKey *key,
                          guint epoch,
                          const AnmRunUpdate *updates,
                          gsize n_updates)
{
  g_autofree double *pairs = g_new (double, 2 * MAX (n_updates, 1));
  UpdatesJob *job;

  if (n_updates == 0)
    return;
  for (gsize i = 0; i < n_updates; i++)
    {
      g_assert (updates[i].update == updates[0].update + i);
      pairs[2 * i] = updates[i].loss;
      pairs[2 * i + 1] = updates[i].gradient_norm;
    }
  job = g_new0 (UpdatesJob, 1);
  job->key = anm_run_key_ref (key);
  job->epoch = epoch;
  job->first = updates[0].update;
  job->figures = anm_numbers_blob_from_doubles (pairs, 2 * n_updates);
  anm_writer_submit (anm_store_get_writer (store), write_updates, job, (GDestroyNotify) updates_job_free,
                     sizeof *job + g_bytes_get_size (job->figures));
}

typedef struct
{
  AnmRunKey *key;
  gint64     time;
  guint64    updates;
  char      *kind;
  char      *detail;
} EventJob;

static void
event_job_free (EventJob *job)
{
  anm_run_key_unref (job->key);
  g_free (job->kind);
  g_free (job->detail);
  g_free (job);
}

static gboolean
write_event (sqlite3 *db,
             gpointer data,
             GError **error)
{
  EventJob *job = data;
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "INSERT INTO event (run, time, updates, kind, detail) VALUES (?, ?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, anm_run_key_get (job->key));
  sqlite3_bind_int64 (statement, 2, job->time);
  sqlite3_bind_int64 (statement, 3, (gint64) job->updates);
  anm_statement_bind_text (statement, 4, job->kind);
  anm_statement_bind_text (statement, 5, job->detail);
  return anm_statement_run (statement, error);
}

void
anm_run_rows_add_event (AnmStore *store,
                        AnmRunKey *key,
                        guint64 updates,
                        const char *kind,
                        const char *detail)
{
  EventJob *job = g_new0 (EventJob, 1);

  job->key = anm_run_key_ref (key);
  job->time = g_get_real_time ();
  job->updates = updates;
  job->kind = g_strdup (kind);
  job->detail = g_strdup (detail);
  anm_writer_submit (anm_store_get_writer (store), write_event, job, (GDestroyNotify) event_job_free, sizeof *job);
}

static gboolean
write_process (sqlite3 *db,
               gpointer data,
               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "UPDATE run SET process = ? WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;
  anm_statement_bind_text (statement, 1, anm_process_name_get_own ());
  sqlite3_bind_int64 (statement, 2, anm_run_key_get (data));
  return anm_statement_run (statement, error);
}

void
anm_run_rows_take_over (AnmStore *store,
                        AnmRunKey *key)
{
  anm_writer_submit (anm_store_get_writer (store), write_process, anm_run_key_ref (key), (GDestroyNotify) anm_run_key_unref, 0);
}

typedef struct
{
  AnmRunKey *key;
  gboolean   begun;
  guint      epoch;
  guint64    updates;
} RewindJob;

static void
rewind_job_free (RewindJob *job)
{
  anm_run_key_unref (job->key);
  g_free (job);
}

static gboolean
write_rewind (sqlite3 *db,
              gpointer data,
              GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM epoch WHERE run = ?1 AND epoch > ?2",
    "DELETE FROM updates WHERE run = ?1 AND first > ?3",
    "DELETE FROM snapshot WHERE run = ?1 AND updates > ?3",
    "UPDATE run SET kept_bytes = (SELECT coalesce (sum (length (parameters)), 0) FROM snapshot WHERE run = ?1) WHERE id = ?1",
  };
  RewindJob *job = data;

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, statements[i], error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, anm_run_key_get (job->key));
      sqlite3_bind_int64 (statement, 2, job->begun ? (gint64) job->epoch : -1);
      sqlite3_bind_int64 (statement, 3, (gint64) job->updates);
      if (!anm_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

void
anm_run_rows_rewind (AnmStore *store,
                     AnmRunKey *key,
                     gboolean begun,
                     guint epoch,
                     guint64 updates)
{
  RewindJob *job = g_new0 (RewindJob, 1);

  job->key = anm_run_key_ref (key);
  job->begun = begun;
  job->epoch = epoch;
  job->updates = updates;
  anm_writer_submit (anm_store_get_writer (store), write_rewind, job, (GDestroyNotify) rewind_job_free, sizeof *job);
}
