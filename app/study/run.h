/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "app/study/machine.h"
#include "data/recipe.h"
#include "engine/probe.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/**
 * AnmRun:
 *
 * One training of one network: the versions it used, and its figures, epoch by
 * epoch. Lives on the main thread. `changed` is emitted once per drain, after
 * figures were added or the status changed.
 */
#define ANM_TYPE_RUN (anm_run_get_type ())
G_DECLARE_FINAL_TYPE (AnmRun, anm_run, ANM, RUN, GObject)

typedef enum
{
  ANM_RUN_RUNNING,
  ANM_RUN_PAUSED,
  ANM_RUN_FINISHED,   /* all epochs, or early stopping */
  ANM_RUN_STOPPED,    /* by the user */
  ANM_RUN_FAILED,     /* not finite: see message */
  ANM_RUN_CUT_OFF,    /* the program ended while it ran */
} AnmRunStatus;

/* "running", "cut off"; to be translated by whoever shows it. */
const char *anm_run_status_get_word (AnmRunStatus status);

/* One epoch as kept. Epoch 0 is the initial weights. Owned by the run. */
typedef struct
{
  guint      epoch;
  guint64    update;           /* updates made so far */
  double     seconds;          /* since the run began, computing only */
  double     training_loss;    /* NaN at epoch 0 if not evaluated */
  AnmMetrics validation;       /* NaN if no validation part */
  gboolean   best;
  guint      n_layers;
  double    *layer_norms;      /* [n_layers], NaN at epoch 0 */
  guint      n_steps;
  double   **gradient_by_step;    /* [n_layers], NULL entries: not recurrent; NULL at epoch 0 */
  double   **gradient_before_end;
} AnmRunEpoch;

/* One update as kept: one a minibatch. */
typedef struct
{
  guint64 update;
  double  loss;
  double  gradient_norm;
} AnmRunUpdate;

guint                    anm_run_get_id              (AnmRun *self);   /* from 1 */
const char              *anm_run_get_name            (AnmRun *self);   /* "Run 3, Adam 0.001" */
AnmRunStatus             anm_run_get_status          (AnmRun *self);
const char              *anm_run_get_message         (AnmRun *self);   /* NULL, or why it failed */
AnmTrainerEnd            anm_run_get_end             (AnmRun *self);   /* why it finished; NONE if it hasn't, or isn't known */
AnmNetwork              *anm_run_get_network         (AnmRun *self);
const AnmHyperparameters *anm_run_get_hyperparameters (AnmRun *self);
AnmLossKind              anm_run_get_loss            (AnmRun *self);   /* AUTO resolved by the target */
AnmFittedRecipe         *anm_run_get_recipe          (AnmRun *self);
guint                    anm_run_get_n_epochs        (AnmRun *self);   /* entries, epoch 0 included */
const AnmRunEpoch       *anm_run_get_epoch           (AnmRun *self,
                                                      guint index);
gsize                    anm_run_get_n_updates       (AnmRun *self);
const AnmRunUpdate      *anm_run_get_updates         (AnmRun *self);
guint                    anm_run_get_best_epoch      (AnmRun *self);
/* What a list says of a run, read without the rest of its figures. */
typedef struct
{
  guint       n_epochs;     /* done */
  guint       best_epoch;
  const char *score_name;   /* "AUROC", "accuracy", "loss" of the validation part; NULL: not evaluated */
  double      score;        /* at the best epoch */
} AnmRunBrief;

void                     anm_run_load_brief          (AnmRun *self,
                                                      AnmRunBrief *brief);
guint                    anm_run_get_race            (AnmRun *self);   /* runs of one race share a number > 0 */

/* A snapshot of the parameters: kept are the initial, the best and the last epoch's, and of the others as many as
 * the study's budget allows. @epoch: ANM_EPOCH_BEST, ANM_EPOCH_LAST or a number; an epoch that wasn't kept is an error that lists those that were. */
#define ANM_EPOCH_BEST (-1)
#define ANM_EPOCH_LAST (-2)
anm_real                *anm_run_load_parameters     (AnmRun *self,
                                                      int epoch,
                                                      guint *found_epoch,
                                                      GError **error);
guint                   *anm_run_get_kept_epochs     (AnmRun *self,
                                                      guint *n_epochs);

/* What people say of it; each setter emits `changed`. */
void                     anm_run_set_name            (AnmRun *self,
                                                      const char *name);   /* NULL or "": by number and optimiser again */
const char              *anm_run_get_note            (AnmRun *self);       /* never NULL */
void                     anm_run_set_note            (AnmRun *self,
                                                      const char *note);
gboolean                 anm_run_get_starred         (AnmRun *self);
void                     anm_run_set_starred         (AnmRun *self,
                                                      gboolean starred);
const char *const       *anm_run_get_tags            (AnmRun *self);       /* in alphabetical order; NULL-terminated */
void                     anm_run_add_tag             (AnmRun *self,
                                                      const char *tag);
void                     anm_run_remove_tag          (AnmRun *self,
                                                      const char *tag);
gboolean                 anm_run_get_deleted         (AnmRun *self);
/* The run that it was forked from, 0 if none, and at which epoch. */
guint                    anm_run_get_parent          (AnmRun *self,
                                                      guint *epoch);
/* As it was when the study was opened: how often it was changed in flight, and the name of the file whose weights it began
 * with (NULL: none). */
guint                    anm_run_get_n_changes       (AnmRun *self);
const char              *anm_run_get_weights_name    (AnmRun *self);
/* With its folder and the layout that it was read in, if the study knows. */
const char              *anm_run_get_weights_path    (AnmRun *self,
                                                      const char **layout);
const AnmMachine        *anm_run_get_machine         (AnmRun *self);
gint64                   anm_run_get_began           (AnmRun *self);       /* microseconds since 1970 */

G_END_DECLS
