/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/study/cohort-rows.h"
#include "app/study/statement.h"
#include "app/study/study-files-private.h"
#include "app/study/versions.h"
#include "data/cohort-builder.h"

/*
 * A copy without patients is made anew, of nothing but what may be in it: what isn't named here isn't copied, and there is no free page in
 * the file that held it once.
 */

/* Of a file of weights the name, but not where somebody had it. */
#define EVENT_DETAIL "CASE kind WHEN 'weights' THEN substr (detail, 1, instr (detail || char (10), char (10)) - 1) ELSE detail END"

/* Copied as they are: figures of all patients together, weights, and what people wrote. Not what optimisers have gathered: a gradient may
 * be that of one patient. */
static const struct
{
  const char *table;
  const char *columns;
  const char *which;
  const char *without_words; /* nullable: the same of a copy without what people wrote */
} plain[] = {
  { "event", "id, run, time, updates, kind, " EVENT_DETAIL, "" },
  { "epoch",
    "run, epoch, updates, seconds, training_loss, best, rows, positive, loss, accuracy, auroc, average_precision, f1, mse, mae, layer_norms,"
    " gradient_by_step, gradient_before_end",
    "" },
  { "updates", "run, epoch, first, figures", "" },
  { "snapshot", "run, epoch, updates, whole, parameters", "" },
  { "tag", "run, tag", "", " WHERE 0" },
  { "setting", "name, value", " WHERE name IN ('snapshot-budget', 'title', 'notes')", " WHERE name = 'snapshot-budget'" },
};

#define RUN_COLUMNS \
  "id, race, began, machine, deleted, name, note, starred, parent, parent_epoch, instructions, libraries, stride, kept_bytes"
#define N_RUN_COLUMNS 14

typedef struct
{
  AnmFileWork *work;
  sqlite3     *from;
  sqlite3     *to;
  char        *cohort;
  char        *split;
  gboolean     words;  /* what people wrote goes along */
} Export;

static void
export_clear (Export *self)
{
  g_free (self->cohort);
  g_free (self->split);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

/* What stands for the records that aren't here. */
static gboolean
put_stand_ins (Export *self,
               GError **error)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Records left out", "");
  g_autoptr (AnmCohort) nobody = anm_cohort_builder_finish (builder, 1);
  g_autoptr (GBytes) bytes = anm_cohort_serialize (nobody), none = g_bytes_new_static ("", 0);

  self->cohort = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  self->split = anm_versions_put_split (self->to, none, error);
  return self->split != NULL && anm_cohort_rows_put (self->to, self->cohort, nobody->title, "", NULL, bytes, error);
}

/* A list of patients' parts is named by its file. */
static gboolean
drop_split_file (JsonNode *node)
{
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *file = object != NULL ? json_object_get_member (object, "split_file") : NULL;
  gboolean dropped = file != NULL && !JSON_NODE_HOLDS_NULL (file);

  if (dropped)
    json_object_set_null_member (object, "split_file");
  if (object != NULL && json_object_has_member (object, "recipe"))
    dropped = drop_split_file (json_object_get_member (object, "recipe")) || dropped;
  return dropped;
}

/* The version @hash there, without what names patients; its hash here, the caller's own. NULL stays NULL, without an error. */
static char *
carry_version (Export *self,
               const char *hash,
               GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL, *kind = NULL, *cleaned = NULL;
  gboolean has_row;

  if (hash == NULL)
    return NULL;
  text = anm_versions_load_text (self->from, hash, error);
  statement = text != NULL ? anm_statement_prepare (self->from, "SELECT kind FROM version WHERE hash = ?", error) : NULL;
  if (statement == NULL)
    return NULL;
  anm_statement_bind_text (statement, 1, hash);
  if (!anm_statement_step (statement, &has_row, error))
    return NULL;
  kind = anm_statement_dup_text (statement, 0);
  root = strstr (kind, "recipe") != NULL ? json_from_string (text, NULL) : NULL;
  if (root != NULL && drop_split_file (root))
    cleaned = json_to_string (root, FALSE);
  return anm_versions_put_text (self->to, kind, cleaned != NULL ? cleaned : text, error);
}

static gboolean
copy_run (Export *self,
          sqlite3_stmt *row,
          sqlite3_stmt *insert,
          GError **error)
{
  for (int i = 0; i < N_RUN_COLUMNS; i++)
    sqlite3_bind_value (insert, i + 1, sqlite3_column_value (row, i));
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *hash = carry_version (self, (const char *) sqlite3_column_text (row, N_RUN_COLUMNS + i), error);

      if (hash == NULL)
        return FALSE;
      anm_statement_bind_text (insert, N_RUN_COLUMNS + 1 + i, hash);
    }
  anm_statement_bind_text (insert, N_RUN_COLUMNS + 4, self->cohort);
  anm_statement_bind_text (insert, N_RUN_COLUMNS + 5, self->split);
  return anm_statement_run (insert, error);
}

static gboolean
copy_runs (Export *self,
           GError **error)
{
  g_autoptr (sqlite3_stmt) select = anm_statement_prepare (self->from, "SELECT " RUN_COLUMNS ", recipe, network, hyperparameters FROM run ORDER BY id", error);
  gboolean has_row = select != NULL;

  while (has_row)
    {
      g_autoptr (sqlite3_stmt) insert = NULL;

      if (!anm_statement_step (select, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      insert = anm_statement_prepare (self->to,
                                      "INSERT INTO run (" RUN_COLUMNS ", recipe, network, hyperparameters, cohort, split, process)"
                                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
                                      error);
      if (insert == NULL || !copy_run (self, select, insert, error))
        return FALSE;
    }
  return FALSE;
}

static gint64
count_rows (sqlite3 *db,
            const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", table);
  g_autoptr (sqlite3_stmt) statement = anm_statement_prepare (db, sql, NULL);

  return statement != NULL && sqlite3_step (statement) == SQLITE_ROW ? MAX (sqlite3_column_int64 (statement, 0), 1) : 1;
}

static gboolean
copy_plain (Export *self,
            guint index,
            GError **error)
{
  const char *which = self->words || plain[index].without_words == NULL ? plain[index].which : plain[index].without_words;
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s%s", plain[index].columns, plain[index].table, which);
  g_autoptr (GString) insert_sql = g_string_new (NULL);
  g_autoptr (sqlite3_stmt) select = anm_statement_prepare (self->from, sql, error), insert = NULL;
  const double n_rows = (double) count_rows (self->from, plain[index].table);
  gboolean has_row = select != NULL;
  gint64 done = 0;

  if (select == NULL)
    return FALSE;
  g_string_append_printf (insert_sql, "INSERT OR REPLACE INTO %s (%s) VALUES (?", plain[index].table, plain[index].columns);
  g_string_replace (insert_sql, EVENT_DETAIL, "detail", 1);
  for (int i = 1; i < sqlite3_column_count (select); i++)
    g_string_append (insert_sql, ", ?");
  g_string_append_c (insert_sql, ')');
  insert = anm_statement_prepare (self->to, insert_sql->str, error);
  while (insert != NULL && has_row)
    {
      if (g_cancellable_set_error_if_cancelled (self->work->cancellable, error) || !anm_statement_step (select, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      for (int i = 0; i < sqlite3_column_count (select); i++)
        sqlite3_bind_value (insert, i + 1, sqlite3_column_value (select, i));
      if (!anm_statement_run (insert, error))
        return FALSE;
      sqlite3_reset (insert);
      if (++done % 100 == 0)
        _anm_file_work_tell (self->work, (index + (double) done / n_rows) / G_N_ELEMENTS (plain));
    }
  return FALSE;
}

/* Recipe, network and hyperparameters are what they are, with no history of how they came to be. */
static gboolean
copy_head (Export *self,
           GError **error)
{
  g_auto (AnmHead) head = { 0 }, carried = { 0 };
  const char *hashes[3];
  char **const versions[] = { &carried.recipe, &carried.network, &carried.hyperparameters };

  if (!anm_head_load (&head, self->from, error))
    return FALSE;
  hashes[0] = head.recipe;
  hashes[1] = head.network;
  hashes[2] = head.hyperparameters;
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      *versions[i] = carry_version (self, hashes[i], error);
      if (*versions[i] == NULL && hashes[i] != NULL)
        return FALSE;
    }
  return anm_head_store (&carried, self->to, error) &&
         anm_statement_execute (self->to,
                                "UPDATE edit SET recipe = (SELECT recipe FROM head), network = (SELECT network FROM head),"
                                " hyperparameters = (SELECT hyperparameters FROM head)",
                                error);
}

gboolean
_anm_study_export_rows (AnmFileWork *work,
                        sqlite3 *from,
                        sqlite3 *to,
                        gboolean words,
                        GError **error)
{
  g_auto (Export) self = { work, from, to, NULL, NULL, words };

  if (!put_stand_ins (&self, error) || !copy_runs (&self, error) ||
      (!words && !anm_statement_execute (to, "UPDATE run SET name = NULL, note = ''", error)))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (!copy_plain (&self, i, error))
      return FALSE;
  return copy_head (&self, error);
}
