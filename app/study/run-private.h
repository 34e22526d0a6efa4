/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/epoch-record.h"
#include "app/study/run-rows.h"
#include "app/study/run.h"

G_BEGIN_DECLS

/* What the study and the training do with a run; main thread. */

/* A run that is about to be trained here. Refuses a loss that doesn't fit the network and the target. */
AnmRun    *anm_run_new             (AnmStore *store,
                                    AnmRunKey *key,
                                    AnmRunKey *race,
                                    AnmCohortVersion *cohort,
                                    GBytes *split,
                                    AnmFittedRecipe *recipe,
                                    AnmNetwork *network,
                                    const AnmHyperparameters *hyperparameters,
                                    GError **error);
/* A run that is in the file; its figures are read when they are first asked for. */
AnmRun    *anm_run_new_stored      (AnmStore *store,
                                    AnmStoredRun *row,   /* taken */
                                    GError **error);
AnmStore  *anm_run_get_store       (AnmRun *self);
AnmStoredRun *anm_run_get_row      (AnmRun *self);
/* In memory and in the file; the study's list is the caller's. */
void       anm_run_mark_deleted    (AnmRun *self,
                                    gboolean deleted);
AnmRunKey *anm_run_get_key         (AnmRun *self);
/* Whether its figures are in memory. */
gboolean   anm_run_has_figures     (AnmRun *self);
/* What is in memory of it already; NULL if that has to be read. */
AnmSnapshot *anm_run_get_held_snapshot (AnmRun *self,
                                    int epoch);
/* Cohort, which needn't be loaded yet, and split; read from the file if need be. @current, nullable: a cohort that is in memory already. */
AnmCohortVersion *anm_run_load_cohort (AnmRun *self,
                                    AnmCohortVersion *current,
                                    GError **error);
GBytes    *anm_run_load_split      (AnmRun *self,
                                    GError **error);

/* Forgets what is beyond @epoch and @updates, as anm_run_rows_rewind(); the run has @epochs from now on. */
void       anm_run_rewind          (AnmRun *self,
                                    gboolean begun,
                                    guint epoch,
                                    guint64 updates,
                                    guint epochs);

/* What another program has written of it since; @row is taken. Emits `changed`. */
void       anm_run_refresh         (AnmRun *self,
                                    AnmStoredRun *row);

/* For anm_training_drain(): add, then emit once. */
void       anm_run_add_epoch       (AnmRun *self,
                                    AnmEpochRecord *record);
void       anm_run_add_updates     (AnmRun *self,
                                    const AnmRunUpdate *updates,
                                    gsize n_updates);
void       anm_run_set_snapshot    (AnmRun *self,
                                    AnmSnapshotKind kind,
                                    AnmSnapshot *snapshot);
void       anm_run_set_status      (AnmRun *self,
                                    AnmRunStatus status,
                                    const char *message);
void       anm_run_emit_changed    (AnmRun *self);

G_END_DECLS
