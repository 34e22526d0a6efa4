/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/study/run-private.h"
#include "app/study/statement.h"

const char *
anm_run_status_get_word (AnmRunStatus status)
{
  switch (status)
    {
    case ANM_RUN_RUNNING:
      return N_("running");
    case ANM_RUN_PAUSED:
      return N_("paused");
    case ANM_RUN_FINISHED:
      return N_("finished");
    case ANM_RUN_STOPPED:
      return N_("stopped");
    case ANM_RUN_FAILED:
      return N_("failed");
    case ANM_RUN_CUT_OFF:
      return N_("cut off");
    default:
      g_assert_not_reached ();
    }
}

/* A score where more is better, else the loss. */
static void
set_score (AnmRunBrief *brief,
           double       auroc,
           double       accuracy,
           double       loss)
{
  if (!isnan (auroc))
    {
      brief->score_name = "AUROC";
      brief->score = auroc;
    }
  else if (!isnan (accuracy))
    {
      brief->score_name = "accuracy";
      brief->score = accuracy;
    }
  else if (!isnan (loss))
    {
      brief->score_name = "loss";
      brief->score = loss;
    }
}

static void
take_from_memory (AnmRun      *self,
                  AnmRunBrief *brief)
{
  const guint n_epochs = anm_run_get_n_epochs (self);

  if (n_epochs == 0)
    return;

  brief->n_epochs = anm_run_get_epoch (self, n_epochs - 1)->epoch;
  brief->best_epoch = anm_run_get_best_epoch (self);
  for (guint i = 0; i < n_epochs; i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (self, i);

      if (epoch->epoch == brief->best_epoch)
        set_score (brief, epoch->validation.auroc, epoch->validation.accuracy, epoch->validation.loss);
    }
}

static gboolean
read_from_file (AnmRun      *self,
                AnmRunBrief *brief)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = anm_statement_prepare (anm_store_get_reader (anm_run_get_store (self)),
                                     "SELECT (SELECT max (epoch) FROM epoch WHERE run = ?1), epoch, auroc, accuracy, loss FROM epoch"
                                     " WHERE run = ?1 AND best ORDER BY epoch DESC LIMIT 1",
                                     NULL);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, anm_run_get_id (self));
  if (sqlite3_step (statement) != SQLITE_ROW)
    return FALSE;
  brief->n_epochs = (guint) sqlite3_column_int64 (statement, 0);
  brief->best_epoch = (guint) sqlite3_column_int64 (statement, 1);
  set_score (brief, anm_statement_get_double (statement, 2), anm_statement_get_double (statement, 3), anm_statement_get_double (statement, 4));
  return TRUE;
}

void
anm_run_load_brief (AnmRun      *self,
                    AnmRunBrief *brief)
{
  g_return_if_fail (ANM_IS_RUN (self));
  g_return_if_fail (brief != NULL);

  *brief = (AnmRunBrief){ .score = NAN };
  /* Of a run that nothing was read of, a row is enough. */
  if (anm_run_has_figures (self) || !read_from_file (self, brief))
    take_from_memory (self, brief);
}
