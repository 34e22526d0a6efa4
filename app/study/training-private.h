/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/scheduler.h"
#include "app/study/training.h"

G_BEGIN_DECLS

/* Inside the training: how it begins (training.c), goes on (training-continue.c) and follows the study's edits (training-follow.c). */

struct _AnmTraining
{
  GObject          parent_instance;

  AnmStudy        *study;
  GPtrArray       *runs;       /* of AnmRun */
  AnmDataset      *dataset;    /* what they learn from */
  AnmScheduler    *scheduler;
  AnmTrainingState state;      /* as of the last drain */
  gboolean         carried;    /* a fork's optimiser goes on from its parent's */
  gboolean        *copy_wanted; /* [runs] */
  AnmHyperparameters *wanted;  /* [runs] with all changes that were asked for */
  double          *proportions; /* [runs] learning rates that those of a race keep in proportion; NULL: as they are now */
  gulong           following[2]; /* handlers of the study; 0: it isn't followed */
  AnmHyperparameters seen;     /* the study's when they were last followed */
  AnmDropoutRates *seen_rates; /* [layers] the same; NULL: the study's network was another one */
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
