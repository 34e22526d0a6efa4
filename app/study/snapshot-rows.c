/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/snapshot-rows.h"

#include <glib/gi18n-lib.h>

#include "app/study/numbers-blob.h"
#include "app/study/statement.h"

/* Bytes of what an optimiser without moments has to say. */
#define SMALL_OPTIMIZER "256"
/* Between two looks at what all of them take lie so many bytes of a run's own, or so many epochs: a look goes through all rows. */
#define OPTIMIZER_BYTES ((gsize) 32 << 20)
#define OPTIMIZER_EPOCHS 1024

/* Prepares @sql and binds @n_numbers whole numbers to it. */
static sqlite3_stmt *
prepare (sqlite3 *db,
         const char *sql,
         const gint64 *numbers,
         int n_numbers,
         GError **error)
{
  sqlite3_stmt *statement = anm_statement_prepare (db, sql, error);

  for (int i = 0; statement != NULL && i < n_numbers; i++)
    sqlite3_bind_int64 (statement, i + 1, numbers[i]);
  return statement;
}

static gboolean
run (sqlite3 *db,
     const char *sql,
     const gint64 *numbers,
     int n_numbers,
     GError **error)
{
  g_autoptr (sqlite3_stmt) statement = prepare (db, sql, numbers, n_numbers, error);

  return statement != NULL && anm_statement_run (statement, error);
}

/* The one number that @sql gives; 0 if it gives none. */
static gboolean
ask (sqlite3 *db,
     const char *sql,
     const gint64 *numbers,
     int n_numbers,
     gint64 *answer,
     GError **error)
{
  g_autoptr (sqlite3_stmt) statement = prepare (db, sql, numbers, n_numbers, error);
  gboolean has_row;

  *answer = 0;
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (has_row)
    *answer = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

gboolean
anm_snapshot_rows_get_sizes (sqlite3 *db,
                             gint64 *kept,
                             gint64 *budget,
                             GError **error)
{
  if (!ask (db, "SELECT sum (kept_bytes) FROM run", NULL, 0, kept, error) ||
      !ask (db, "SELECT value FROM setting WHERE name = 'snapshot-budget'", NULL, 0, budget, error))
    return FALSE;
  if (*budget <= 0)
    *budget = ANM_SNAPSHOT_BUDGET;
  return TRUE;
}

/* What optimisers have gathered may take as much again as the parameters; beyond it, it stays with a run's first, best and last. */
static gboolean
thin_optimizers (sqlite3 *db,
                 GError **error)
{
  gint64 kept, bytes, budget;

  return anm_snapshot_rows_get_sizes (db, &kept, &budget, error) &&
         ask (db, "SELECT sum (length (optimizer)) FROM snapshot", NULL, 0, &bytes, error) &&
         (bytes <= budget ||
          run (db,
               "UPDATE snapshot SET optimizer = NULL WHERE length (optimizer) > " SMALL_OPTIMIZER " AND epoch > 0"
               " AND updates <> (SELECT max (updates) FROM snapshot AS last WHERE last.run = snapshot.run)"
               " AND epoch <> coalesce ((SELECT max (epoch) FROM epoch WHERE run = snapshot.run AND best), 0)",
               NULL, 0, error));
}

/* Doubles the distance of one run's kept epochs. @thinned: whether that made room. */
static gboolean
thin_run (sqlite3 *db,
          gint64 id,
          gint64 stride,
          gint64 *freed,
          GError **error)
{
  const gint64 numbers[] = { id, 2 * stride };
  gint64 before, after;

  if (!ask (db, "SELECT kept_bytes FROM run WHERE id = ?", numbers, 1, &before, error) ||
      !run (db,
            "DELETE FROM snapshot WHERE run = ?1 AND epoch % ?2 <> 0"
            " AND updates <> (SELECT max (updates) FROM snapshot WHERE run = ?1)"
            " AND epoch <> coalesce ((SELECT max (epoch) FROM epoch WHERE run = ?1 AND best), 0)",
            numbers, 2, error) ||
      !run (db,
            "UPDATE run SET stride = ?2, kept_bytes = (SELECT coalesce (sum (length (parameters)), 0) FROM snapshot WHERE run = ?1)"
            " WHERE id = ?1",
            numbers, 2, error) ||
      !ask (db, "SELECT kept_bytes FROM run WHERE id = ?", numbers, 1, &after, error))
    return FALSE;
  *freed = before - after;
  return TRUE;
}

/* The run that has most of what can go: of more than initial, best and last. */
#define LARGEST \
  "SELECT %s FROM run WHERE kept_bytes > 0 AND (SELECT count (*) FROM snapshot WHERE run = run.id AND epoch %% run.stride = 0) > 3" \
  " ORDER BY kept_bytes DESC, id LIMIT 1"

gboolean
anm_snapshot_rows_thin (sqlite3 *db,
                        GError **error)
{
  g_autofree char *largest = g_strdup_printf (LARGEST, "id"), *stride_of = g_strdup_printf (LARGEST, "stride");
  gint64 kept, budget, id, stride, freed;

  if (!anm_snapshot_rows_get_sizes (db, &kept, &budget, error))
    return FALSE;
  while (kept > budget)
    {
      if (!ask (db, largest, NULL, 0, &id, error) || !ask (db, stride_of, NULL, 0, &stride, error))
        return FALSE;
      if (id == 0)
        return TRUE;
      if (!thin_run (db, id, stride, &freed, error))
        return FALSE;
      kept -= freed;
    }
  return TRUE;
}

typedef struct
{
  AnmRunKey   *key;
  AnmSnapshot *snapshot;
  gboolean     whole;
  guint        best;
  guint        best_before;
} SnapshotJob;

static void
snapshot_job_free (SnapshotJob *job)
{
  anm_run_key_unref (job->key);
  anm_snapshot_unref (job->snapshot);
  g_free (job);
}

/* @grown: by so many bytes of parameters. One that is there was made before the run was cut off, perhaps on another machine. */
static gboolean
insert (sqlite3 *db,
        const SnapshotJob *job,
        gint64 *size,
        gint64 *grown,
        GError **error)
{
  const AnmSnapshot *snapshot = job->snapshot;
  const gint64 numbers[] = { anm_run_key_get (job->key), snapshot->epoch, (gint64) snapshot->updates, job->whole };
  gsize n_bytes;
  const anm_real *values = g_bytes_get_data (snapshot->parameters, &n_bytes);
  g_autoptr (GBytes) parameters = anm_numbers_blob_from_floats (values, n_bytes / sizeof *values);
  g_autoptr (sqlite3_stmt) statement = NULL;

  *size = (gint64) g_bytes_get_size (parameters);
  if (!run (db, "DELETE FROM snapshot WHERE run = ? AND epoch = ? AND updates = ?", numbers, 3, error))
    return FALSE;
  *grown = *size * (1 - sqlite3_changes (db));
  statement = prepare (db, "INSERT INTO snapshot (run, epoch, updates, whole, parameters, optimizer) VALUES (?, ?, ?, ?, ?, ?)", numbers, 4, error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_bytes (statement, 5, parameters);
  if (snapshot->optimizer != NULL)
    anm_statement_bind_bytes (statement, 6, snapshot->optimizer);
  return anm_statement_run (statement, error);
}

/* What was last or best until now, or the middle of an epoch, and is none of it any more. */
static gboolean
drop_passed (sqlite3 *db,
             const SnapshotJob *job,
             GError **error)
{
  const guint epoch = job->snapshot->epoch;
  const gint64 numbers[] = { anm_run_key_get (job->key), epoch, epoch > 0 ? epoch - 1 : 0, job->best_before, job->best };

  return run (db,
              "DELETE FROM snapshot WHERE run = ?1 AND epoch <> ?2 AND epoch IN (?3, ?4) AND"
              " (NOT whole OR (epoch <> ?5 AND epoch % (SELECT stride FROM run WHERE id = ?1) <> 0))",
              numbers, G_N_ELEMENTS (numbers), error);
}

static gboolean
looks_at_optimizers (const AnmSnapshot *snapshot)
{
  const gsize bytes = snapshot->optimizer != NULL ? g_bytes_get_size (snapshot->optimizer) : 0;
  const gsize epochs = CLAMP (OPTIMIZER_BYTES / MAX (bytes, 1), 1, OPTIMIZER_EPOCHS);

  return snapshot->epoch % epochs == 0;
}

static gboolean
write_snapshot (sqlite3 *db,
                gpointer data,
                GError **error)
{
  SnapshotJob *job = data;
  gint64 size, grown, kept, budget;

  if (!insert (db, job, &size, &grown, error) || !drop_passed (db, job, error))
    return FALSE;
  grown -= size * sqlite3_changes (db);
  if (!run (db, "UPDATE run SET kept_bytes = kept_bytes + ?2 WHERE id = ?1", (const gint64[]) { anm_run_key_get (job->key), grown }, 2, error) ||
      (looks_at_optimizers (job->snapshot) && !thin_optimizers (db, error)) ||
      !anm_snapshot_rows_get_sizes (db, &kept, &budget, error))
    return FALSE;
  return kept <= budget || anm_snapshot_rows_thin (db, error);
}

void
anm_snapshot_rows_put (AnmStore *store,
                       AnmRunKey *key,
                       AnmSnapshot *snapshot,
                       gboolean whole,
                       guint best,
                       guint best_before)
{
  SnapshotJob *job = g_new0 (SnapshotJob, 1);

  job->key = anm_run_key_ref (key);
  job->snapshot = anm_snapshot_ref (snapshot);
  job->whole = whole;
  job->best = best;
  job->best_before = best_before;
  anm_writer_submit (anm_store_get_writer (store), write_snapshot, job, (GDestroyNotify) snapshot_job_free,
                     sizeof *job + g_bytes_get_size (snapshot->parameters));
}

typedef struct
{
  AnmRunKey *key;
  guint      epoch;
  guint64    updates;
  GBytes    *state;
} StateJob;

static void
state_job_free (StateJob *job)
{
  anm_run_key_unref (job->key);
  g_bytes_unref (job->state);
  g_free (job);
}

static gboolean
write_state (sqlite3 *db,
             gpointer data,
             GError **error)
{
  StateJob *job = data;
  const gint64 numbers[] = { anm_run_key_get (job->key), job->epoch, (gint64) job->updates };
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = prepare (db, "INSERT OR REPLACE INTO state (run, epoch, updates, state) VALUES (?, ?, ?, ?)", numbers, 3, error);
  if (statement == NULL)
    return FALSE;
  anm_statement_bind_bytes (statement, 4, job->state);
  return anm_statement_run (statement, error);
}

void
anm_snapshot_rows_put_state (AnmStore *store,
                             AnmRunKey *key,
                             guint epoch,
                             guint64 updates,
                             GBytes *state)
{
  StateJob *job = g_new0 (StateJob, 1);

  job->key = anm_run_key_ref (key);
  job->epoch = epoch;
  job->updates = updates;
  job->state = g_bytes_ref (state);
  anm_writer_submit_latest (anm_store_get_writer (store), key, write_state, job, (GDestroyNotify) state_job_free,
                            sizeof *job + g_bytes_get_size (state));
}

/* Reading. */

/* Of the snapshot that @epoch names, ?1 being the run and ?2 the epoch. */
static char *
make_select (const char *columns,
             int epoch)
{
  const char *which = epoch == ANM_EPOCH_LAST   ? "1 ORDER BY epoch DESC, updates DESC LIMIT 1"
                      : epoch == ANM_EPOCH_BEST ? "whole AND epoch = (SELECT max (epoch) FROM epoch WHERE run = ?1 AND best)"
                                                : "whole AND epoch = ?2";

  return g_strdup_printf ("SELECT %s FROM snapshot WHERE run = ?1 AND %s", columns, which);
}

gboolean
anm_snapshot_rows_load (sqlite3 *db,
                        guint id,
                        int epoch,
                        AnmSnapshot **snapshot,
                        GError **error)
{
  const gint64 numbers[] = { id, epoch };
  g_autofree char *sql = make_select ("epoch, updates, parameters", epoch);
  g_autoptr (sqlite3_stmt) statement = prepare (db, sql, numbers, epoch < 0 ? 1 : 2, error);
  g_autoptr (GBytes) blob = NULL;
  g_autofree float *parameters = NULL;
  gsize n_parameters;
  gboolean has_row;

  *snapshot = NULL;
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  blob = anm_statement_peek_bytes (statement, 2);
  parameters = blob != NULL ? anm_numbers_blob_to_floats (blob, &n_parameters) : NULL;
  if (parameters == NULL)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("The weights of epoch %u of run %u are damaged."), (guint) sqlite3_column_int64 (statement, 0), id);
      return FALSE;
    }
  *snapshot = anm_snapshot_new_take ((guint) sqlite3_column_int64 (statement, 0), (guint64) sqlite3_column_int64 (statement, 1),
                                     g_steal_pointer (&parameters), n_parameters);
  return TRUE;
}

GArray *
anm_snapshot_rows_list (sqlite3 *db,
                        guint id,
                        GError **error)
{
  const gint64 numbers[] = { id };
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (sqlite3_stmt) statement = prepare (db, "SELECT epoch FROM snapshot WHERE run = ? AND whole ORDER BY epoch", numbers, 1, error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  while (anm_statement_step (statement, &has_row, error))
    {
      guint epoch;

      if (!has_row)
        return g_steal_pointer (&epochs);
      epoch = (guint) sqlite3_column_int64 (statement, 0);
      g_array_append_val (epochs, epoch);
    }
  return NULL;
}

gboolean
anm_snapshot_rows_load_optimizer (sqlite3 *db,
                                  guint id,
                                  int epoch,
                                  GBytes **optimizer,
                                  GError **error)
{
  const gint64 numbers[] = { id, epoch };
  g_autofree char *sql = make_select ("optimizer", epoch);
  g_autoptr (sqlite3_stmt) statement = prepare (db, sql, numbers, epoch < 0 ? 1 : 2, error);
  gboolean has_row;

  *optimizer = NULL;
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (has_row && sqlite3_column_type (statement, 0) != SQLITE_NULL)
    *optimizer = anm_statement_dup_bytes (statement, 0);
  return TRUE;
}

gboolean
anm_snapshot_rows_load_state (sqlite3 *db,
                              guint id,
                              guint *epoch,
                              guint64 *updates,
                              GBytes **state,
                              GError **error)
{
  const gint64 numbers[] = { id };
  g_autoptr (sqlite3_stmt) statement = prepare (db, "SELECT epoch, updates, state FROM state WHERE run = ?", numbers, 1, error);
  gboolean has_row;

  *state = NULL;
  if (statement == NULL || !anm_statement_step (statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  *epoch = (guint) sqlite3_column_int64 (statement, 0);
  *updates = (guint64) sqlite3_column_int64 (statement, 1);
  *state = anm_statement_dup_bytes (statement, 2);
  return TRUE;
}
