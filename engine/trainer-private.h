/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/evaluation.h"
#include "engine/gradient.h"
#include "engine/optimizer.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_PHASE_UPDATES,
  ANM_PHASE_EVALUATION,
  ANM_PHASE_DONE,
  ANM_PHASE_FAILED,
} AnmTrainerPhase;

/* What was found not to be finite, in the order in which it is looked at. */
typedef enum
{
  ANM_NOT_FINITE_LOSS,
  ANM_NOT_FINITE_GRADIENT,
  ANM_NOT_FINITE_PARAMETERS,
  ANM_NOT_FINITE_EVALUATION,
} AnmNotFinite;

/* Where in a run the trainer stands; all that decides what comes next beside
 * the vectors. */
typedef struct
{
  AnmTrainerPhase phase;
  guint           epoch;         /* the epoch at hand, from 1 */
  guint           batch;         /* next minibatch of it, from 0 */
  guint64         update;        /* updates made */
  double          epoch_loss;    /* weighted sum over the epoch's minibatches so far */
  double          epoch_weight;
  double          epoch_seconds;
  guint           best_epoch;    /* 0 = none yet */
  double          best_loss;
  double          epoch_penalty; /* sum over the epoch's updates so far */
  double          epoch_norm;    /* the same of the gradient's norm */
  double          learning_rate; /* of the last update */
  guint64         schedule_start; /* updates that were made when the schedule began, those before a fork too */
  AnmPlateau      plateau;
  AnmTrainerEnd   end;
  guint           n_recent;      /* filled of recent */
  guint           forked_epochs; /* that the optimiser brought along, and their updates: see anm_trainer_carry_on() */
  guint64         forked_updates;
} AnmTrainerPosition;

struct _AnmTrainer
{
  AnmNetwork        *network;
  AnmHyperparameters hyperparameters;
  AnmHyperparameters effective;        /* of the update at hand: with the learning rate that the schedule gives */
  AnmLossKind        loss;             /* resolved */
  AnmSequences      *training;
  AnmSequences      *validation;       /* nullable */
  AnmSequences       view;             /* of training, perhaps with class weights of its own */
  AnmPool           *pool;

  gsize              n_parameters;
  guint              n_layers;
  guint              n_moments;
  anm_real          *parameters;
  anm_real          *previous;         /* before the last update */
  anm_real          *best;
  anm_real          *moments[ANM_OPTIMIZER_MAX_MOMENTS];
  const AnmOptimizer *optimizer;

  AnmDropoutRates   *rates;            /* [n_layers] that hold now */
  AnmBatches        *batches;
  guint              shuffled_epoch;   /* whose order the batches hold, 0 = none */
  AnmLanes          *lanes;
  AnmNetwork        *taught;           /* what gradients are taken of: under deep supervision answers at every step */
  AnmLanes          *own_lanes;        /* nullable: of @network, if @taught is another */
  AnmPacked         *packed;
  AnmGradient       *gradient;
  AnmEvaluation     *evaluation;       /* of validation, nullable */

  AnmTrainerPosition position;
  double            *recent;           /* [convergence_epochs] what was minimised in the last epochs, oldest first */
  double            *norm_sums;        /* [n_layers] over the epoch's updates */
  AnmGradientFlow   *flow_sums;        /* over the epoch's training sequences */
  GArray            *changes;          /* AnmTrainerChange */

  AnmUpdateFigures   update_figures;
  double            *update_norms;     /* [n_layers] */
  AnmEpochFigures    epoch_figures;
  double            *epoch_norms;      /* [n_layers] */
  AnmGradientFlow   *epoch_flow;       /* root mean squares */
  GError            *error;            /* in the phase FAILED */

  guint8            *segment_faults;   /* [segments] */
  gsize             *segment_clipped;  /* [segments] */
  double             clip_scale;
  guint64            fingerprint;      /* of the data, 0 = not yet taken */
};

/* trainer.c */
AnmLanes *_anm_trainer_get_lanes    (const AnmTrainer *self);
AnmTrainerEvent _anm_trainer_fail   (AnmTrainer *self,
                                     AnmNotFinite what,
                                     int layer,
                                     GError **error);
/* trainer-change.c */
GArray  *_anm_trainer_changes_new   (void);
/* trainer-end.c */
void     _anm_trainer_judge_epoch   (AnmTrainer *self);
/* What ends the run after the epoch that was judged. */
AnmTrainerEnd _anm_trainer_find_end (AnmTrainer *self);
void     _anm_trainer_begin_epoch   (AnmTrainer *self);

/* divergence.c */
GError *_anm_not_finite_error (const AnmTrainer *self,
                               AnmNotFinite what,
                               int layer);

/* untrainable.c: why data can't be trained on. On success lists the sequences with a target that counts. */
gboolean _anm_check_trainable (const AnmNetwork *network,
                               const AnmHyperparameters *hyperparameters,
                               const AnmSequences *training,
                               const AnmSequences *validation,
                               GError **error);
guint32 *_anm_list_counted    (const AnmSequences *sequences,
                               gsize *n_counted);

/* Of its text and inputs. */
guint64         _anm_trainer_fingerprint_network (const AnmTrainer *self);

G_END_DECLS
