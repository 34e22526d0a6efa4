/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-rows.h"

#include <math.h>
#include <string.h>

#include "app/study/numbers-blob.h"
#include "app/study/process-name.h"
#include "app/study/statement.h"

void
anm_stored_run_free (AnmStoredRun *self)
{
  g_free (self->cohort);
  g_free (self->split);
  g_free (self->recipe);
  g_free (self->network);
  g_free (self->hyperparameters);
  g_free (self->message);
  g_free (self->process);
  g_free (self->weights);
  g_free (self->weights_path);
  g_free (self->weights_layout);
  g_free (self->name);
  g_free (self->note);
  g_strfreev (self->tags);
  anm_machine_clear (&self->machine);
  g_free (self);
}

guint
anm_run_rows_get_last_id (sqlite3 *db)
{
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT coalesce (max (id), 0) FROM run", NULL);

  if (statement == NULL || sqlite3_step (statement) != SQLITE_ROW)
    return 0;
  return (guint) sqlite3_column_int64 (statement, 0);
}

/* What the last event says, or what can be known of a process that said nothing. */
static AnmRunStatus
find_status (const char *last_event,
             const char *process)
{
  if (process == NULL)
    return ANM_RUN_CUT_OFF;
  if (g_strcmp0 (last_event, "finished") == 0)
    return ANM_RUN_FINISHED;
  if (g_strcmp0 (last_event, "stopped") == 0)
    return ANM_RUN_STOPPED;
  if (g_strcmp0 (last_event, "failed") == 0)
    return ANM_RUN_FAILED;
  if (strcmp (process, anm_process_name_get_own ()) != 0 && !anm_process_name_is_alive (process))
    return ANM_RUN_CUT_OFF;
  return g_strcmp0 (last_event, "paused") == 0 ? ANM_RUN_PAUSED : ANM_RUN_RUNNING;
}

static char **
split_tags (const char *text)
{
  return text != NULL ? g_strsplit (text, "\n", -1) : g_new0 (char *, 1);
}

/* Name, path and layout, a line each; the first alone in older studies. */
static void
read_weights (AnmStoredRun *run,
              const char *detail)
{
  g_auto (GStrv) lines = detail != NULL ? g_strsplit (detail, "\n", 3) : NULL;
  const guint n_lines = lines != NULL ? g_strv_length (lines) : 0;

  run->weights = n_lines > 0 ? g_strdup (lines[0]) : NULL;
  run->weights_path = n_lines == 3 ? g_strdup (lines[1]) : NULL;
  run->weights_layout = n_lines == 3 ? g_strdup (lines[2]) : NULL;
}

static AnmStoredRun *
read_run (sqlite3_stmt *statement)
{
  AnmStoredRun *run = g_new0 (AnmStoredRun, 1);
  g_autofree char *tags = anm_statement_dup_text (statement, 20);

  run->id = (guint) sqlite3_column_int64 (statement, 0);
  run->race = (guint) sqlite3_column_int64 (statement, 1);
  run->cohort = anm_statement_dup_text (statement, 2);
  run->split = anm_statement_dup_text (statement, 3);
  run->recipe = anm_statement_dup_text (statement, 4);
  run->network = anm_statement_dup_text (statement, 5);
  run->hyperparameters = anm_statement_dup_text (statement, 6);
  run->process = anm_statement_dup_text (statement, 7);
  run->status = find_status ((const char *) sqlite3_column_text (statement, 8), run->process);
  if (run->status == ANM_RUN_FAILED || run->status == ANM_RUN_FINISHED)
    run->message = anm_statement_dup_text (statement, 9);
  run->name = anm_statement_dup_text (statement, 10);
  run->note = anm_statement_dup_text (statement, 11);
  run->starred = sqlite3_column_int (statement, 12);
  run->deleted = sqlite3_column_int (statement, 13);
  run->parent = (guint) sqlite3_column_int64 (statement, 14);
  run->parent_epoch = (guint) sqlite3_column_int64 (statement, 15);
  run->machine.name = anm_statement_dup_text (statement, 16);
  run->machine.instructions = anm_statement_dup_text (statement, 17);
  run->machine.libraries = anm_statement_dup_text (statement, 18);
  run->began = sqlite3_column_int64 (statement, 19);
  run->tags = split_tags (tags);
  run->epochs = (guint) sqlite3_column_int64 (statement, 21);
  run->n_changes = (guint) sqlite3_column_int64 (statement, 22);
  read_weights (run, (const char *) sqlite3_column_text (statement, 23));
  return run;
}

GPtrArray *
anm_run_rows_load (sqlite3 *db,
                   guint first,
                   GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_stored_run_free);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  statement = anm_statement_prepare (db,
                                     "SELECT run.id, race, cohort, split, recipe, network, hyperparameters, process, event.kind, event.detail,"
                                     " name, note, starred, deleted, parent, parent_epoch, machine, instructions, libraries, began,"
                                     " (SELECT group_concat (tag, char (10)) FROM (SELECT tag FROM tag WHERE tag.run = run.id ORDER BY tag)),"
                                     " (SELECT max (CAST (detail AS INTEGER)) FROM event WHERE event.run = run.id AND kind = 'extended'),"
                                     " (SELECT count (*) FROM event WHERE event.run = run.id AND kind = 'changed'),"
                                     " (SELECT detail FROM event WHERE event.run = run.id AND kind = 'weights')"
                                     " FROM run LEFT JOIN event ON event.id ="
                                     "   (SELECT max (id) FROM event WHERE run = run.id AND kind NOT IN ('changed', 'extended', 'weights'))"
                                     " WHERE run.id >= ? ORDER BY run.id",
                                     error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, first);
  while (anm_statement_step (statement, &has_row, error))
    {
      if (!has_row)
        return g_steal_pointer (&runs);
      g_ptr_array_add (runs, read_run (statement));
    }
  return NULL;
}

/* The opposite of packing: a layer of which nothing is a number has none. */
static double **
unpack_gradients (GBytes *blob,
                  guint n_layers,
                  guint *n_steps)
{
  g_autofree float *cells = NULL;
  double **gradients;
  gsize n_cells;

  if (blob == NULL || n_layers == 0)
    return NULL;
  cells = anm_numbers_blob_to_floats (blob, &n_cells);
  *n_steps = (guint) (n_cells / n_layers);
  gradients = g_new0 (double *, n_layers);
  for (guint i = 0; i < n_layers; i++)
    {
      double *layer = g_new (double, MAX (*n_steps, 1));
      gboolean any = FALSE;

      for (guint step = 0; step < *n_steps; step++)
        {
          layer[step] = (double) cells[(gsize) i * *n_steps + step];
          any = any || !isnan (layer[step]);
        }
      gradients[i] = any ? layer : NULL;
      if (!any)
        g_free (layer);
    }
  return gradients;
}

static AnmEpochRecord *
read_epoch (sqlite3_stmt *statement)
{
  g_autoptr (GBytes) norms = anm_statement_dup_bytes (statement, 14);
  g_autoptr (GBytes) by_step = anm_statement_dup_bytes (statement, 15);
  g_autoptr (GBytes) before_end = anm_statement_dup_bytes (statement, 16);
  g_autofree double *layer_norms = NULL;
  gsize n_layers = 0;
  AnmEpochRecord *record;
  AnmRunEpoch *epoch;

  if (norms != NULL)
    layer_norms = anm_numbers_blob_to_doubles (norms, &n_layers);
  record = anm_epoch_record_new ((guint) n_layers);
  epoch = &record->figures;
  epoch->epoch = (guint) sqlite3_column_int64 (statement, 0);
  epoch->update = (guint64) sqlite3_column_int64 (statement, 1);
  epoch->seconds = anm_statement_get_double (statement, 2);
  epoch->training_loss = anm_statement_get_double (statement, 3);
  epoch->best = sqlite3_column_int (statement, 4);
  epoch->validation.n_rows = (gsize) sqlite3_column_int64 (statement, 5);
  epoch->validation.n_positive = (gsize) sqlite3_column_int64 (statement, 6);
  epoch->validation.loss = anm_statement_get_double (statement, 7);
  epoch->validation.accuracy = anm_statement_get_double (statement, 8);
  epoch->validation.auroc = anm_statement_get_double (statement, 9);
  epoch->validation.average_precision = anm_statement_get_double (statement, 10);
  epoch->validation.f1 = anm_statement_get_double (statement, 11);
  epoch->validation.mse = anm_statement_get_double (statement, 12);
  epoch->validation.mae = anm_statement_get_double (statement, 13);
  epoch->layer_norms = g_steal_pointer (&layer_norms);
  epoch->gradient_by_step = unpack_gradients (by_step, epoch->n_layers, &epoch->n_steps);
  epoch->gradient_before_end = unpack_gradients (before_end, epoch->n_layers, &epoch->n_steps);
  return record;
}

GPtrArray *
anm_run_rows_load_epochs (sqlite3 *db,
                          guint id,
                          GError **error)
{
  g_autoptr (GPtrArray) epochs = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_epoch_record_unref);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  statement = anm_statement_prepare (db,
                                     "SELECT epoch, updates, seconds, training_loss, best, rows, positive,"
                                     " loss, accuracy, auroc, average_precision, f1, mse, mae,"
                                     " layer_norms, gradient_by_step, gradient_before_end FROM epoch WHERE run = ? ORDER BY epoch",
                                     error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  while (anm_statement_step (statement, &has_row, error))
    {
      if (!has_row)
        return g_steal_pointer (&epochs);
      g_ptr_array_add (epochs, read_epoch (statement));
    }
  return NULL;
}

GArray *
anm_run_rows_load_updates (sqlite3 *db,
                           guint id,
                           GError **error)
{
  g_autoptr (GArray) updates = g_array_new (FALSE, FALSE, sizeof (AnmRunUpdate));
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, "SELECT first, figures FROM updates WHERE run = ? ORDER BY epoch", error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  while (anm_statement_step (statement, &has_row, error))
    {
      g_autoptr (GBytes) blob = NULL;
      g_autofree double *pairs = NULL;
      gsize n_numbers;

      if (!has_row)
        return g_steal_pointer (&updates);
      blob = anm_statement_dup_bytes (statement, 1);
      pairs = anm_numbers_blob_to_doubles (blob, &n_numbers);
      for (gsize i = 0; i + 1 < n_numbers; i += 2)
        {
          AnmRunUpdate update = { (guint64) sqlite3_column_int64 (statement, 0) + i / 2, pairs[i], pairs[i + 1] };

          g_array_append_val (updates, update);
        }
    }
  return NULL;
}
