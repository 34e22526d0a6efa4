/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/training-control.h"

G_BEGIN_DECLS

/* Inside the control: what it holds and hears (training-control.c), and what it is told to do (training-commands.c). */

struct _AnmTrainingControl
{
  GObject            parent_instance;

  AnmViewState      *state;
  AnmStudy          *study;     /* the one whose signals we hear */
  AnmTraining       *training;  /* the current one, also while it is paused or has ended */
  GPtrArray         *ending;    /* AnmTraining told to stop and not yet ended */
  AnmTrainingStatus  status;

  /* What the current training started from, to know which edits wait for the next run. */
  AnmDataset        *dataset;
  AnmHyperparameters hyperparameters;

  guint              timer;
  gint64             repainted_at;
  gboolean           repaint_due;

  gint64             costs[8];    /* of the last repaints, microseconds of the main thread */
  guint              n_repaints;
  gint64             cost_begin;
};

gboolean _anm_training_is_active               (AnmTraining *training); /* nullable */
void     _anm_training_control_set_repaint_due (AnmTrainingControl *self);
void     _anm_training_control_repaint_if_due  (AnmTrainingControl *self,
                                                gboolean at_once);
void     _anm_training_control_update_status   (AnmTrainingControl *self);
/* Tells a training that is still under way to stop, and lets go of it. */
void     _anm_training_control_forget          (AnmTrainingControl *self);

G_END_DECLS
