/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/scheduler.h"

G_BEGIN_DECLS

/* Inside the scheduler: its thread (scheduler.c) and what other threads do with it (scheduler-channels.c). */

typedef struct
{
  AnmTrainer *trainer;
  AnmRunKey  *key;

  /* The thread's own. */
  gboolean    begun;           /* the initial weights are evaluated */
  gboolean    ended;
  gboolean    steps_left;      /* what Step still asks of this arm */
  double      seconds;         /* computing, of the whole epochs */
  guint       epochs_done;
  guint       best_epoch;      /* 0: none yet */
  GArray     *epoch_updates;   /* of AnmRunUpdate: the epoch buffer */
  double      epoch_loss;      /* sum over epoch_updates */
  guint64     n_updates_planned; /* of all epochs */
  gboolean    unsaved;         /* it has moved since its state was handed in, */
  gint64      saved;           /* at this time; 0: never */
  guint       kept_epochs;     /* in the file from before it was cut off; > epochs_done: they are being made again */

  /* Guarded by the mutex. */
  AnmArmNews  news;
  AnmArmLive  live;
  guint64     updates;
  gboolean    over;            /* as ended, for other threads */
  gboolean    copy_wanted;
  AnmSnapshot *copy;           /* nullable */
  gboolean    updated;         /* an update has been made here */
  gboolean    view_wanted;
  AnmStepView *view;           /* nullable */
  gboolean    change_wanted;
  AnmHyperparameters change;
  AnmDropoutRates *rates;      /* [layers] nullable: dropout that is wanted */
} AnmArm;

struct _AnmScheduler
{
  AnmStore *store;
  AnmPool  *pool;
  char     *lock;              /* the row that says who trains */
  gint64   beaten;             /* when it last said so; the thread's own */
  guint     n_arms;
  AnmArm   *arms;
  guint     next;              /* arm whose turn it is */
  AnmTrainingStep step;        /* what steps_left of the arms means */
  GThread  *thread;

  int       interrupt;         /* atomic: break the update under way off */

  GMutex    mutex;             /* guards what follows */
  GCond     commands;
  GCond     end;
  gboolean  stop;
  gboolean  paused;
  gboolean  paused_recorded;   /* what the last event says */
  gboolean  step_wanted;
  AnmTrainingStep wanted_step;
  gboolean  behind;
  gboolean  ended;
  gint64    work_began;        /* 0 while nothing is done */
  gint64    work;              /* microseconds before that */
};

void anm_arm_news_init (AnmArmNews *self);

G_END_DECLS
