/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/scheduler.h"
#include "app/study/training.h"

G_BEGIN_DECLS

/* Inside the training: how it begins (training.c) and goes on (training-continue.c). */

struct _AnmTraining
{
  GObject          parent_instance;

  AnmStudy        *study;
  GPtrArray       *runs;       /* of AnmRun */
  AnmDataset      *dataset;    /* what they learn from */
  AnmScheduler    *scheduler;
  AnmTrainingState state;      /* as of the last drain */
  gboolean        *copy_wanted; /* [runs] */
  AnmHyperparameters *wanted;  /* [runs] with all changes that were asked for */
};

/* Nothing but the study and room for @n_runs. */
AnmTraining *_anm_training_new (AnmStudy *study,
                                guint n_runs);

G_END_DECLS
