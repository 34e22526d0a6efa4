/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/model.h"
#include "app/study/study.h"
#include "engine/step-view.h"

G_BEGIN_DECLS

/**
 * AnmTraining:
 *
 * One or several runs being trained in the background by a scheduler thread
 * that steps their trainers in turn over one pool. Several arms of a race share initial
 * weights and batches. Nothing here but anm_training_drain() touches an object
 * that has listeners, and it is called on the main thread: once a frame while
 * the window is seen, from a slow timer while it isn't.
 *
 * Property: state, notified by drain; signal: changed, once a drain that brought something.
 *
 * Three channels (design): Record, lossless, to the study's writer; Live, latest
 * wins, for the eye; Commands, applied between two updates.
 */
#define ANM_TYPE_TRAINING (anm_training_get_type ())
G_DECLARE_FINAL_TYPE (AnmTraining, anm_training, ANM, TRAINING, GObject)

typedef enum
{
  ANM_TRAINING_RUNNING,
  ANM_TRAINING_PAUSED,
  ANM_TRAINING_ENDED,
} AnmTrainingState;

typedef enum
{
  ANM_TRAINING_STEP_UPDATE,
  ANM_TRAINING_STEP_EPOCH,
} AnmTrainingStep;

/* Starts one run for each of @arms; @n_arms > 1 is a race: all arms start from the weights and take the
 * batches that the first arm's seed draws. Reset uses the same seed again, "New weights" another. */
AnmTraining      *anm_training_start       (AnmStudy *study,
                                            const AnmHyperparameters *arms,
                                            guint n_arms,
                                            gboolean paused,
                                            guint n_threads,
                                            GError **error);
/* The same from given weights, whatever the seed; NULL: drawn. They must be those of the study's network
 * (see anm_initial_weights_fit()). Where they come from is noted with the runs. */
AnmTraining      *anm_training_start_from  (AnmStudy *study,
                                            const AnmHyperparameters *arms,
                                            guint n_arms,
                                            gboolean paused,
                                            guint n_threads,
                                            const AnmInitialWeights *weights,
                                            GError **error);
/* Goes on with a run that was cut off or stopped, from the last state that was kept: with the same bits as if it
 * never had been, on the same set of instructions. @epochs: 0, or how many the whole run shall have: a finished one can be
 * given more. On its own records and with its own recipe, whatever the study's are by now. */
AnmTraining      *anm_training_continue    (AnmStudy *study,
                                            AnmRun *run,
                                            guint epochs,
                                            gboolean paused,
                                            guint n_threads,
                                            GError **error);
/* A new run that begins with the weights of @parent after @epoch (ANM_EPOCH_BEST, ANM_EPOCH_LAST or a number that is kept), with
 * other hyperparameters; network, records and recipe are the parent's. Its epochs count from 0. If its optimiser is of the same kind and what
 * the parent's had gathered is kept, it goes on from there, and so do the schedule and the order of batches: with the parent's own
 * hyperparameters and anm_training_count_left() epochs it makes the parent's bits again. Else it begins anew. */
AnmTraining      *anm_training_fork        (AnmStudy *study,
                                            AnmRun *parent,
                                            int epoch,
                                            const AnmHyperparameters *hyperparameters,
                                            gboolean paused,
                                            guint n_threads,
                                            GError **error);
/* The epochs that @parent had left after @epoch, all of its epochs if none were; what a fork trains unless told otherwise. */
guint             anm_training_count_left  (AnmRun *parent,
                                            int epoch);
/* Whether a fork goes on with its parent's optimiser. */
gboolean          anm_training_get_carried (AnmTraining *self);
/* Requests; each acts within 100 ms, whatever the batch. */
void              anm_training_pause       (AnmTraining *self);
void              anm_training_resume      (AnmTraining *self);
void              anm_training_step        (AnmTraining *self,
                                            AnmTrainingStep step);
void              anm_training_stop        (AnmTraining *self);
/* Learning rate, its schedule and clipping, from the next update on; the rest of @hyperparameters is passed
 * over, and so is the whole if it isn't valid. */
void              anm_training_change      (AnmTraining *self,
                                            guint arm,
                                            const AnmHyperparameters *hyperparameters);
/* The same for every arm of a race: the first arm is given @hyperparameters' learning rate, and the others' own
 * are multiplied with the same factor; schedule and clipping are the same for all. */
void              anm_training_change_all   (AnmTraining *self,
                                            const AnmHyperparameters *hyperparameters);
/* What each layer of @arm drops, [layers], from the next update on; passed over if it isn't possible. */
void              anm_training_change_dropout (AnmTraining *self,
                                            guint arm,
                                            const AnmDropoutRates *rates,
                                            guint n_layers);
/* From now on an edit of the study acts on the runs as well, as far as it can in flight: learning rate, schedule, clipping (as
 * anm_training_change_all()) and what the layers drop. The edit is the study's, with its label, and undone there: the study is then as it
 * was, and the runs are given the opposite change, from the next update on. What they have learnt meanwhile stays, and both changes are kept
 * with the run. What can't act in flight waits for the next run. Once. */
void              anm_training_follow_study (AnmTraining *self);
/* Whether @spec is the network in training, but for what can be changed in flight. */
gboolean          anm_training_has_network  (AnmTraining *self,
                                            const AnmNetworkSpec *spec);
/* Takes over what has come since the last drain; emits the runs' `changed` and own notifications once.
 * Returns whether anything was new. */
gboolean          anm_training_drain       (AnmTraining *self);
/* For programs without a main loop: drains twenty times a second until the training has ended. When @cancellable is set the
 * training is stopped as by anm_training_stop() and the error is G_IO_ERROR_CANCELLED; else an error says that the
 * disk refused. A run that failed is no error here: see its status. */
gboolean          anm_training_wait        (AnmTraining *self,
                                            void (*progress) (AnmTraining *self, gpointer data),
                                            gpointer data,
                                            GCancellable *cancellable,
                                            GError **error);

AnmTrainingState  anm_training_get_state   (AnmTraining *self);
guint             anm_training_get_n_runs  (AnmTraining *self);
AnmRun           *anm_training_get_run     (AnmTraining *self,
                                            guint arm);
/* What they learn from; borrowed. */
AnmDataset       *anm_training_get_dataset (AnmTraining *self);
/* Progress for the eye: fraction of all epochs, seconds left (< 0 while estimating). */
double            anm_training_get_fraction (AnmTraining *self);
double            anm_training_get_seconds_left (AnmTraining *self);
/* The disk is far behind and the trainers wait for it. */
gboolean          anm_training_get_behind  (AnmTraining *self);
/* Live figures within an epoch (each 0.5 s if an epoch is longer): for the eye only. */
gboolean          anm_training_get_live    (AnmTraining *self,
                                            guint arm,
                                            guint *epoch,
                                            double *fraction_of_epoch,
                                            double *training_loss);
/* A copy of @arm's parameters is made at the next update, then taken once; FALSE until it is there. */
void              anm_training_request_parameters (AnmTraining *self,
                                            guint arm);
gboolean          anm_training_take_parameters (AnmTraining *self,
                                            guint arm,
                                            anm_real *parameters,
                                            guint *epoch);
/* What @arm's optimiser made of the last update: looked at after the next update (at once while it pauses), then taken
 * once; NULL until it is there, and after the run has ended. */
void              anm_training_request_step_view (AnmTraining *self,
                                            guint arm);
AnmStepView      *anm_training_take_step_view (AnmTraining *self,
                                            guint arm);

G_END_DECLS
