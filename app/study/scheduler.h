/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/epoch-record.h"
#include "app/study/run-rows.h"
#include "app/study/training.h"
#include "engine/step-view.h"

G_BEGIN_DECLS

/**
 * AnmScheduler:
 *
 * The thread that steps trainers in turn, one update each, and what it has to
 * say. It knows no GObject: records go to the study's writer and into a list of news that the main thread takes
 * when it likes; commands come in under the lock and are obeyed between two updates, Pause and Stop within one.
 */
typedef struct _AnmScheduler AnmScheduler;

/* News of one arm since they were last taken. */
typedef struct
{
  GPtrArray   *epochs;                       /* of AnmEpochRecord */
  GArray      *updates;                      /* of AnmRunUpdate */
  AnmSnapshot *snapshots[ANM_N_SNAPSHOTS];   /* nullable */
  gboolean     status_changed;
  AnmRunStatus status;
  char        *message;                      /* nullable */
} AnmArmNews;

typedef struct
{
  guint    epoch;             /* the one under way, from 1 */
  double   fraction_of_epoch;
  double   training_loss;     /* mean over the epoch's updates so far; NaN before the first */
} AnmArmLive;

typedef struct
{
  AnmTrainingState state;
  double           fraction;      /* of all epochs of all arms */
  double           seconds_left;  /* < 0: not known yet */
  gboolean         behind;        /* waits for the disk */
} AnmProgress;

/* Where an arm goes on that was broken off; its trainer is restored to the same. */
typedef struct
{
  gboolean            begun;           /* the initial weights are evaluated */
  guint               epochs_done;
  guint               best_epoch;
  guint64             updates;
  double              seconds;         /* of computing so far */
  guint               kept_epochs;     /* that are in the file, if more than are done in the state */
  const AnmRunUpdate *epoch_updates;   /* of the epoch under way; borrowed, nullable */
  gsize               n_epoch_updates;
} AnmArmStart;

/* Takes the arrays' trainers over; keys get a reference. The pool is referenced. @starts: nullable for
 * arms that begin. Starts at once. */
AnmScheduler *anm_scheduler_new       (AnmStore *store,
                                       AnmPool *pool,
                                       AnmTrainer *const *trainers,
                                       AnmRunKey *const *keys,
                                       guint n_arms,
                                       const AnmArmStart *starts,
                                       gboolean paused);

/* Stops, waits until the thread has ended. */
void          anm_scheduler_free      (AnmScheduler *self);

void          anm_scheduler_pause     (AnmScheduler *self);
void          anm_scheduler_resume    (AnmScheduler *self);
void          anm_scheduler_step      (AnmScheduler *self,
                                       AnmTrainingStep step);
void          anm_scheduler_stop      (AnmScheduler *self);
/* @rates: [layers]. */
void          anm_scheduler_change_dropout (AnmScheduler *self,
                                       guint arm,
                                       const AnmDropoutRates *rates,
                                       guint n_layers);
void          anm_scheduler_change    (AnmScheduler *self,
                                       guint arm,
                                       const AnmHyperparameters *hyperparameters);
void          anm_scheduler_request_parameters (AnmScheduler *self,
                                       guint arm);

void          anm_scheduler_request_step_view (AnmScheduler *self,
                                       guint arm);

/* What is new of @arm; FALSE if nothing. The caller clears @news. */
gboolean      anm_scheduler_take_news (AnmScheduler *self,
                                       guint arm,
                                       AnmArmNews *news);
void          anm_arm_news_clear      (AnmArmNews *news);
void          anm_scheduler_get_progress (AnmScheduler *self,
                                       AnmProgress *progress);
void          anm_scheduler_get_live  (AnmScheduler *self,
                                       guint arm,
                                       AnmArmLive *live);
/* The copy that was asked for, once; NULL until it is there. */
AnmSnapshot  *anm_scheduler_take_parameters (AnmScheduler *self,
                                       guint arm);
/* The same of the look at the last update. */
AnmStepView  *anm_scheduler_take_step_view (AnmScheduler *self,
                                       guint arm);
/* Waits for the end, at most @microseconds. */
void          anm_scheduler_wait      (AnmScheduler *self,
                                       gint64 microseconds);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmArmNews, anm_arm_news_clear)

G_END_DECLS
