/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run-rows.h"

G_BEGIN_DECLS

/*
 * Parameters by epoch, and the state with which a run can go on. At first those of every epoch are kept. When
 * all of a study's are more than its budget, those of the run that has most are halved: of every 2nd epoch, then of every 4th and
 * so on; the initial, the best and the last epoch's stay. (Neither zlib nor zlib after sorting bytes by significance pays: of weights
 * in training they leave 93 and 86 percent, at 20 MB/s.)
 */
#define ANM_SNAPSHOT_BUDGET ((gint64) 512 << 20)

/* Hands in the parameters after @snapshot's epoch; @whole: FALSE if it was left in the middle of the next one. @best and
 * @best_before: the best epoch now and before this one. */
void       anm_snapshot_rows_put      (AnmStore *store,
                                       AnmRunKey *key,
                                       AnmSnapshot *snapshot,
                                       gboolean whole,
                                       guint best,
                                       guint best_before);
/* One that still waits is replaced: only the newest matters. */
void       anm_snapshot_rows_put_state (AnmStore *store,
                                       AnmRunKey *key,
                                       guint epoch,
                                       guint64 updates,
                                       GBytes *state);

/* Reading, on the main thread. @epoch as in anm_run_load_parameters(); @snapshot is set to NULL if there is none. */
gboolean   anm_snapshot_rows_load     (sqlite3 *db,
                                       guint run,
                                       int epoch,
                                       AnmSnapshot **snapshot,
                                       GError **error);
/* Of guint: epochs whose parameters are kept, ascending. */
GArray    *anm_snapshot_rows_list     (sqlite3 *db,
                                       guint run,
                                       GError **error);
/* What the optimiser had gathered by the same; NULL if it isn't kept. */
gboolean   anm_snapshot_rows_load_optimizer (sqlite3 *db,
                                       guint run,
                                       int epoch,
                                       GBytes **optimizer,
                                       GError **error);
/* @state is set to NULL if there is none. */
gboolean   anm_snapshot_rows_load_state (sqlite3 *db,
                                       guint run,
                                       guint *epoch,
                                       guint64 *updates,
                                       GBytes **state,
                                       GError **error);
/* Bytes of all parameters of all runs, and what they may be. */
gboolean   anm_snapshot_rows_get_sizes (sqlite3 *db,
                                       gint64 *kept,
                                       gint64 *budget,
                                       GError **error);
/* Within a transaction: takes parameters away until @budget is kept. */
gboolean   anm_snapshot_rows_thin     (sqlite3 *db,
                                       GError **error);

G_END_DECLS
