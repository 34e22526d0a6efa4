/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study-summary.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "app/study/process-name.h"
#include "app/study/statement.h"

/* More points than a sparkline has pixels are thinned. */
#define MAX_LOSSES 240

/* One row of a run's best epoch. */
typedef struct
{
  guint  run;
  double auroc;
  double accuracy;
  double loss;
} BestEpoch;

static sqlite3 *
connect_uri (const char *path,
             gboolean    immutable,
             GError    **error)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, error);
  g_autofree char *full = NULL;
  sqlite3 *db = NULL;

  if (uri == NULL)
    return NULL;
  full = g_strconcat (uri, immutable ? "?mode=ro&immutable=1" : "?mode=ro", NULL);
  if (sqlite3_open_v2 (full, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
      sqlite3_exec (db, "SELECT count(*) FROM run", NULL, NULL, NULL) != SQLITE_OK)
    {
      anm_statement_set_error (db, error);
      sqlite3_close (db);
      return NULL;
    }
  return db;
}

/* A file that nobody writes to is read without its locks and leaves nothing beside it. */
static sqlite3 *
connect_reader (const char *path,
                GError    **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *log = g_strconcat (absolute, "-wal", NULL);
  GStatBuf status;
  sqlite3 *db = NULL;

  if (g_stat (log, &status) == 0 && status.st_size > 0)
    db = connect_uri (absolute, FALSE, NULL);
  return db != NULL ? db : connect_uri (absolute, TRUE, error);
}

static gboolean
read_best_epochs (sqlite3 *db,
                  GArray  *best,
                  GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  statement = anm_statement_prepare (db,
                                     "SELECT e.run, e.auroc, e.accuracy, e.loss FROM epoch e JOIN run ON run.id = e.run"
                                     " WHERE NOT run.deleted AND e.epoch = (SELECT max (epoch) FROM epoch WHERE run = e.run AND best)",
                                     error);
  if (statement == NULL)
    return FALSE;
  while (anm_statement_step (statement, &has_row, error))
    {
      BestEpoch row;

      if (!has_row)
        return TRUE;
      row.run = (guint) sqlite3_column_int64 (statement, 0);
      row.auroc = anm_statement_get_double (statement, 1);
      row.accuracy = anm_statement_get_double (statement, 2);
      row.loss = anm_statement_get_double (statement, 3);
      g_array_append_val (best, row);
    }
  return FALSE;
}

/* What the runs have that says most: a score where more is better, else the loss. 0 if there is nothing. */
static guint
choose_best (AnmStudySummary *self,
             const GArray    *best)
{
  static const char *const names[] = { "AUROC", "accuracy", "loss" };
  guint run = 0;

  for (guint kind = 0; kind < G_N_ELEMENTS (names) && run == 0; kind++)
    for (guint i = 0; i < best->len; i++)
      {
        const BestEpoch *row = &g_array_index (best, BestEpoch, i);
        const double value = kind == 0 ? row->auroc : kind == 1 ? row->accuracy : row->loss;

        if (isnan (value) || (run != 0 && (kind < 2 ? value <= self->score : value >= self->score)))
          continue;
        run = row->run;
        self->score = value;
        g_free (self->score_name);
        self->score_name = g_strdup (names[kind]);
      }
  return run;
}

static gboolean
read_losses (AnmStudySummary *self,
             sqlite3         *db,
             guint            run,
             GError         **error)
{
  g_autoptr (GArray) losses = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT loss FROM epoch WHERE run = ? ORDER BY epoch", error);
  gboolean has_row = TRUE;
  gsize stride;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, run);
  while (has_row)
    {
      if (!anm_statement_step (statement, &has_row, error))
        return FALSE;
      if (has_row)
        {
          const double loss = anm_statement_get_double (statement, 0);

          if (isfinite (loss))
            g_array_append_val (losses, loss);
        }
    }
  stride = losses->len / MAX_LOSSES + 1;
  self->losses = g_new (double, MAX (losses->len, 1));
  for (gsize i = 0; i < losses->len; i += stride)
    self->losses[self->n_losses++] = g_array_index (losses, double, i);
  return TRUE;
}

static gboolean
read_runs (AnmStudySummary *self,
           sqlite3         *db,
           GError         **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row = TRUE;

  statement = anm_statement_prepare (db,
                                     "SELECT process, (SELECT kind FROM event WHERE run = run.id AND kind NOT IN ('changed', 'extended', 'weights')"
                                     " ORDER BY id DESC LIMIT 1) FROM run WHERE NOT deleted ORDER BY run.id",
                                     error);
  if (statement == NULL)
    return FALSE;
  while (has_row)
    {
      const char *event;

      if (!anm_statement_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      self->n_runs++;
      event = (const char *) sqlite3_column_text (statement, 1);
      if (event != NULL && !g_str_equal (event, "paused") && !g_str_equal (event, "resumed"))
        continue;
      if (sqlite3_column_text (statement, 0) != NULL && anm_process_name_is_alive ((const char *) sqlite3_column_text (statement, 0)))
        {
          self->training = TRUE;
          self->paused = event != NULL && g_str_equal (event, "paused");
        }
    }
  return TRUE;
}

AnmStudySummary *
anm_study_summary_read (const char *path,
                        GError    **error)
{
  g_autoptr (AnmStudySummary) self = g_new0 (AnmStudySummary, 1);
  g_autoptr (GArray) best = g_array_new (FALSE, FALSE, sizeof (BestEpoch));
  gboolean read;
  guint run = 0;
  sqlite3 *db;

  g_return_val_if_fail (path != NULL, NULL);

  self->score = NAN;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _("“%s” isn’t there any more."), path);
      return NULL;
    }
  db = connect_reader (path, error);
  if (db == NULL)
    return NULL;
  read = read_runs (self, db, error) && read_best_epochs (db, best, error);
  if (read)
    run = choose_best (self, best);
  if (run > 0)
    read = read_losses (self, db, run, error);
  sqlite3_close (db);
  return read ? g_steal_pointer (&self) : NULL;
}

void
anm_study_summary_free (AnmStudySummary *self)
{
  g_free (self->score_name);
  g_free (self->losses);
  g_free (self);
}
