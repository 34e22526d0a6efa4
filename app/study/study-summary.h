/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a list of studies says of one. */
typedef struct
{
  guint     n_runs;      /* those that aren't deleted */
  char     *score_name;  /* "AUROC", "accuracy" or "loss", of the validation part; NULL: no run was evaluated */
  double    score;       /* the best run's, at its best epoch */
  gsize     n_losses;
  double   *losses;      /* that run's validation loss, epoch by epoch */
  gboolean  training;    /* a program trains in it now, */
  gboolean  paused;      /* or has paused */
} AnmStudySummary;

/* Peeks into the study at @path: reads little, writes nothing, and holds up no program that has it open. For worker threads.
 * %NULL with ANM_STUDY_ERROR if it isn't there or can't be read. */
AnmStudySummary *anm_study_summary_read (const char *path,
                                         GError **error);
void             anm_study_summary_free (AnmStudySummary *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmStudySummary, anm_study_summary_free)

G_END_DECLS
