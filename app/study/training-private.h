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

/* Everything that all arms share. */
typedef struct
{
  AnmDataset *dataset; /* borrowed */
  AnmNetwork *network;
  GBytes     *split;
  anm_real   *weights;
  AnmPool    *pool;
} AnmGround;

void         _anm_ground_clear  (AnmGround *ground);
/* The study's data, network and split, and the weights that @seed draws or @weights names. */
gboolean     _anm_ground_lay    (AnmGround *ground,
                                 AnmStudy *study,
                                 guint64 seed,
                                 guint n_threads,
                                 const AnmInitialWeights *weights,
                                 GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmGround, _anm_ground_clear)

/* Nothing but the study and room for @n_runs. */
AnmTraining *_anm_training_new (AnmStudy *study,
                                guint n_runs);

G_END_DECLS
