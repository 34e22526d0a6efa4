/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmTrainingControl:
 *
 * Train, pause, step, stop, reset and race, for whatever study the view state holds. It owns the current AnmTraining
 * through the view state, and drains it 20 times a second.
 *
 * Properties: view-state (construct only), status (AnmTrainingStatus, notified).
 * Signals: `repaint`, 2 to 4 times a second by what the pictures cost, while figures come in, and once more when the last have come:
 * figures fed by training are to be drawn anew; `progressed`, after the same news, for progress and time left;
 * `failed` (const char *message): training could not start, or ended in an error.
 */
#define ANM_TYPE_TRAINING_CONTROL (anm_training_control_get_type ())
G_DECLARE_FINAL_TYPE (AnmTrainingControl, anm_training_control, ANM, TRAINING_CONTROL, GObject)

typedef enum
{
  ANM_TRAINING_STATUS_UNREADY, /* no study, no cohort, or the data set is being made or can't be */
  ANM_TRAINING_STATUS_READY,   /* nothing runs */
  ANM_TRAINING_STATUS_RUNNING,
  ANM_TRAINING_STATUS_PAUSED,
} AnmTrainingStatus;

/* From which epoch, and with which clipping and learning rate. */
typedef struct
{
  guint  epoch;
  double clip_norm;
  double learning_rate;
} AnmTrainingRescue;

AnmTrainingControl *anm_training_control_new         (AnmViewState *state);
AnmViewState       *anm_training_control_get_view_state (AnmTrainingControl *self);
AnmTrainingStatus   anm_training_control_get_status  (AnmTrainingControl *self);

/* Starts a run with the study's network and hyperparameters, or goes on with a paused one. The run that was in
 * the foreground becomes the previous run. Errors are told by `failed` too. */
gboolean            anm_training_control_train       (AnmTrainingControl *self,
                                                      GError **error);
void                anm_training_control_pause       (AnmTrainingControl *self);
/* One update or one epoch; starts a paused run if there is none. */
gboolean            anm_training_control_step        (AnmTrainingControl *self,
                                                      AnmTrainingStep step,
                                                      GError **error);
/* Ends the run within 100 ms. */
void                anm_training_control_stop        (AnmTrainingControl *self);
/* Stops, and puts the run behind: back to the same initial weights. */
void                anm_training_control_reset       (AnmTrainingControl *self);
/* The same with another seed. */
void                anm_training_control_new_weights (AnmTrainingControl *self);
/* A new run that goes on from @run's weights after @epoch, which are kept, with the study's hyperparameters; the view follows it. */
gboolean            anm_training_control_fork        (AnmTrainingControl *self,
                                                      AnmRun *run,
                                                      int epoch,
                                                      GError **error);
/* A new run of the study's network that begins with @n_parameters given weights, as far as no other is being trained; @name says with
 * the run where they come from. */
gboolean            anm_training_control_train_from  (AnmTrainingControl *self,
                                                      const anm_real *parameters,
                                                      gsize n_parameters,
                                                      const char *name,
                                                      GError **error);
/* Goes on with a run that was stopped or cut off, or has finished and shall have more @epochs in all (else 0). */
gboolean            anm_training_control_continue    (AnmTrainingControl *self,
                                                      AnmRun *run,
                                                      guint epochs,
                                                      GError **error);
/* Whether the run in the foreground has ended and can be trained on. */
gboolean            anm_training_control_can_train_on (AnmTrainingControl *self);
/* It goes on: a stopped one with the epochs that it has left, a finished one with as many more as the study's. */
gboolean            anm_training_control_train_on    (AnmTrainingControl *self,
                                                      GError **error);
/* What would help a run whose loss is no longer a number; FALSE if the run in the foreground isn't one, or has nothing left. */
gboolean            anm_training_control_get_rescue  (AnmTrainingControl *self,
                                                      AnmTrainingRescue *rescue);
/* Goes on in a new run from the last epoch that was finite, with clipping, which becomes the study's. */
gboolean            anm_training_control_rescue      (AnmTrainingControl *self,
                                                      GError **error);
/* All arms from the same weights and over the same batches. */
gboolean            anm_training_control_race        (AnmTrainingControl *self,
                                                      const AnmHyperparameters *arms,
                                                      guint n_arms,
                                                      GError **error);

G_END_DECLS
