/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/worker.h"
#include "app/study/histogram-look.h"
#include "app/study/spectrum-look.h"
#include "app/study/trajectory-look.h"
#include "app/study/weights.h"
#include "engine/saturation.h"

G_BEGIN_DECLS

/*
 * What the figures at the right of the Inside page want computed from weights, as work for an AnmWorker.
 */

typedef enum
{
  ANM_INSIDE_GRADIENT_FLOW,    /* these two from the run's own figures, without work */
  ANM_INSIDE_MEMORY_HORIZON,
  ANM_INSIDE_RECURRENT_MATRIX,
  ANM_INSIDE_JACOBIAN,
  ANM_INSIDE_REACH,
  ANM_INSIDE_TRAJECTORIES,
  ANM_INSIDE_SATURATION,
  ANM_INSIDE_HISTOGRAM,
  ANM_N_INSIDE_FIGURES,
} AnmInsideFigure;

/* What a worker's thread keeps from one job to the next. */
typedef struct _AnmInsideTools AnmInsideTools;

AnmInsideTools *anm_inside_tools_new  (void);
/* After the worker has ended. */
void            anm_inside_tools_free (AnmInsideTools *self);
/* From any thread: how far the job under way is, 0 to 1, and how many of its patients that is; NaN if it is about none. */
double          anm_inside_tools_get_progress (AnmInsideTools *self,
                                       guint *n_done,
                                       guint *n_patients);

typedef struct
{
  AnmInsideTools  *tools;     /* borrowed */
  AnmInsideFigure  figure;
  AnmWeights      *weights;
  GPtrArray       *addresses; /* of AnmSnapshotAddress: epoch 0; or of a histogram its epochs. Nullable */
  GBytes          *patients;  /* of guint32: those that may be looked at, in the weights' cohort */
  gsize            at_most;   /* of them */
  guint32          patient;
  guint            layer;
  char            *of;        /* gate, tensor, direction; nullable */
  double           time;      /* NaN = the last step */
} AnmInsideRequest;

/* Reference counted; only what the figure wants is there. */
typedef struct
{
  gatomicrefcount    ref_count;
  AnmInsideFigure    figure;
  AnmWeights        *weights;
  guint32            patient;
  guint              layer;
  gsize              at_most;
  double             seconds;   /* that it took */
  AnmRecurrentLook  *recurrent;
  AnmJacobianLook   *jacobian;
  AnmReachLook      *reach;
  AnmTrajectoryLook *trajectories;
  AnmSaturations    *saturations;
  AnmHistogramLook  *histogram;
} AnmInsideAnswer;

AnmInsideAnswer *anm_inside_answer_ref    (AnmInsideAnswer *self);
void             anm_inside_answer_unref  (AnmInsideAnswer *self);
void             anm_inside_request_free  (gpointer request);
/* AnmWorkFunc, from AnmInsideRequest to AnmInsideAnswer. */
gpointer         anm_inside_job_run       (AnmWork *work,
                                           gpointer request,
                                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmInsideAnswer, anm_inside_answer_unref)

G_END_DECLS
