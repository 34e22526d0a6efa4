/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/glance.h"

#include <sqlite3.h>

static void
run_free (gpointer data)
{
  AnmGlancedRun *run = data;

  g_free (run->name);
  g_free (run);
}

GPtrArray *
anm_study_glance_at_runs (const char *path)
{
  static const char query[] = "SELECT run.id, coalesce (run.name, version.text), run.deleted FROM run"
                              " LEFT JOIN version ON version.hash = run.network ORDER BY run.id";
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free);
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  int result = sqlite3_open_v2 (path, &database, SQLITE_OPEN_READONLY, NULL);

  if (result == SQLITE_OK)
    result = sqlite3_prepare_v2 (database, query, -1, &statement, NULL);
  while (result == SQLITE_OK || result == SQLITE_ROW)
    {
      result = sqlite3_step (statement);
      if (result == SQLITE_ROW)
        {
          AnmGlancedRun *run = g_new (AnmGlancedRun, 1);
          const char *name = (const char *) sqlite3_column_text (statement, 1);

          run->id = (guint) sqlite3_column_int (statement, 0);
          run->name = g_utf8_make_valid (name != NULL ? name : "", -1);
          run->deleted = sqlite3_column_int (statement, 2) != 0;
          g_ptr_array_add (runs, run);
        }
    }
  sqlite3_finalize (statement);
  sqlite3_close (database);
  return result == SQLITE_DONE ? g_steal_pointer (&runs) : NULL;
}
