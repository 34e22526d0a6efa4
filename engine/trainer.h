/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/metrics.h"
#include "engine/network.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * AnmTrainer:
 *
 * A stepping state machine that owns no thread and no loop: one call makes one
 * update (or the evaluation at the end of an epoch) and says what it was.
 * Pause, Step, Stop, resume and races are the caller's loop around it.
 *
 * Same study, seed, build and instruction set give the same bits, whatever the
 * number of threads, alone or beside other trainers on the pool, paused or not,
 * resumed or not.
 */
typedef struct _AnmTrainer AnmTrainer;

typedef enum
{
  ANM_TRAINER_UPDATED,     /* one minibatch; more of the epoch follows, or its evaluation */
  ANM_TRAINER_EPOCH_ENDED, /* training and validation part evaluated, figures are ready */
  ANM_TRAINER_DONE,        /* that was the last epoch, for whichever reason: see anm_trainer_get_end(); figures are ready too */
  ANM_TRAINER_INTERRUPTED, /* @stop was set: the minibatch or evaluation cut short is thrown away and will be made anew */
  ANM_TRAINER_FAILED,      /* NaN or infinity: error set, parameters are the last good ones */
} AnmTrainerEvent;

/* Why a run ended. */
typedef enum
{
  ANM_TRAINER_END_NONE,        /* it hasn't */
  ANM_TRAINER_END_EPOCHS,      /* all epochs are made */
  ANM_TRAINER_END_PATIENCE,    /* no better validation loss for too long */
  ANM_TRAINER_END_LOSS,        /* converged: the training loss hardly fell any more */
  ANM_TRAINER_END_GRADIENT,    /* converged: the gradient is as good as zero */
} AnmTrainerEnd;

/* The figures of the last update. */
typedef struct
{
  guint64       update;           /* from 1 over the whole run */
  guint         epoch;            /* from 1 */
  double        loss;             /* of the minibatch, before the update; without the penalty */
  double        penalty;          /* what L1 and L2 add to it, before the update */
  double        learning_rate;    /* by the schedule */
  double        gradient_norm;    /* global, of loss and penalty, before clipping, without frozen layers */
  gboolean      clipped;
  guint         n_layers;
  const double *layer_norms;      /* [n_layers], before clipping, 0 of a frozen layer; owned by the trainer */
} AnmUpdateFigures;

/* The figures of the last epoch. Arrays are owned by the trainer, valid until its next step. */
typedef struct
{
  guint          epoch;           /* from 1; epoch 0 are the initial weights, see anm_trainer_evaluate_initial() */
  guint64        update;          /* updates made so far */
  double         training_loss;   /* weighted mean over the epoch's minibatches, as trained, without the penalty */
  double         penalty;         /* mean over the epoch's updates of what L1 and L2 add */
  double         learning_rate;   /* of the last update */
  AnmMetrics     training;        /* running figures of the epoch: loss only unless evaluated */
  AnmMetrics     validation;      /* an evaluation pass over the validation part; NaN if none */
  gboolean       best;            /* best validation loss (training loss without a validation part) so far */
  double         seconds;         /* spent computing in this epoch */
  guint          n_layers;
  const double  *layer_norms;     /* [n_layers] mean over the epoch's updates, before clipping */
  /* g_t = ||dL_b / dh_t||, root mean square over the epoch's training sequences; nothing for
   * layers that aren't recurrent (NULL). Index [layer][k]. */
  guint          n_steps;         /* longest training sequence, in steps */
  double *const *gradient_by_step;     /* k steps from the start */
  double *const *gradient_before_end;  /* k steps before the end; k = 0 is the last step */
} AnmEpochFigures;

/* A change in flight: from the update that follows @update on, these hold. A schedule begins
 * where it was changed. */
typedef struct
{
  guint64          update;
  double           learning_rate;
  AnmSchedule      schedule;
  double           clip_norm;
  double           clip_value;
  guint            epochs;
  AnmDropoutRates *rates;   /* [n_layers], owned by the trainer */
} AnmTrainerChange;

/* @parameters: initial weights [n_parameters], copied; %NULL draws them from the seed.
 * @validation is nullable. @pool is referenced. Refuses, with the reason, data that can't be
 * trained on (no target, one class only, no sequences) and hyperparameters out of range. */
AnmTrainer             *anm_trainer_new            (AnmNetwork *network,
                                                    const AnmHyperparameters *hyperparameters,
                                                    AnmSequences *training,
                                                    AnmSequences *validation,
                                                    const anm_real *parameters,
                                                    AnmPool *pool,
                                                    GError **error);
void                    anm_trainer_free           (AnmTrainer *self);
/* Loss and metrics of the initial weights, as epoch 0; to be called before the first step. */
AnmTrainerEvent         anm_trainer_evaluate_initial (AnmTrainer *self,
                                                    const int *stop,
                                                    GError **error);
/* @stop: nullable atomic int, looked at between the time steps of a chunk. */
AnmTrainerEvent         anm_trainer_step           (AnmTrainer *self,
                                                    const int *stop,
                                                    GError **error);
const AnmUpdateFigures *anm_trainer_get_update     (const AnmTrainer *self);
const AnmEpochFigures  *anm_trainer_get_epoch      (const AnmTrainer *self);
AnmNetwork             *anm_trainer_get_network    (const AnmTrainer *self);
guint                   anm_trainer_get_n_updates_per_epoch (const AnmTrainer *self);
const AnmHyperparameters *anm_trainer_get_hyperparameters (const AnmTrainer *self);
/* Takes effect at the next update; only what may change in flight: learning rate, schedule and clipping. */
gboolean                anm_trainer_change         (AnmTrainer *self,
                                                    const AnmHyperparameters *hyperparameters,
                                                    GError **error);
/* The same of dropout: @rates are [n_layers]. */
gboolean                anm_trainer_change_dropout (AnmTrainer *self,
                                                    const AnmDropoutRates *rates,
                                                    GError **error);
const AnmDropoutRates  *anm_trainer_get_dropout    (const AnmTrainer *self,
                                                    guint *n_layers);
/* More epochs for a run that goes on or has made all of its own. */
gboolean                anm_trainer_extend         (AnmTrainer *self,
                                                    guint epochs,
                                                    GError **error);
AnmTrainerEnd           anm_trainer_get_end        (const AnmTrainer *self);
/* "epochs", "patience", "loss", "gradient"; "" if the run hasn't ended. */
const char             *anm_trainer_end_to_string  (AnmTrainerEnd end);
gboolean                anm_trainer_end_from_string (const char *text,
                                                    AnmTrainerEnd *end);
/* What was changed in flight, oldest first; owned by the trainer. */
const AnmTrainerChange *anm_trainer_get_changes    (const AnmTrainer *self,
                                                    guint *n_changes);
const anm_real         *anm_trainer_get_parameters (const AnmTrainer *self);
const anm_real         *anm_trainer_get_best_parameters (const AnmTrainer *self, guint *epoch);
/* The whole state as one value: parameters, moments, position, counters, early stopping, changes. */
GBytes                 *anm_trainer_save           (const AnmTrainer *self);
gboolean                anm_trainer_restore        (AnmTrainer *self,
                                                    GBytes *state,
                                                    GError **error);
/* What its optimiser has gathered, and what a trainer that begins with the same weights makes of it. */
GBytes                 *anm_trainer_save_optimizer (const AnmTrainer *self);
gboolean                anm_trainer_carry_on       (AnmTrainer *self,
                                                    GBytes *optimizer,
                                                    gboolean *carried,
                                                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmTrainer, anm_trainer_free)

G_END_DECLS
