/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/optimizer.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/**
 * AnmLayerStep:
 * @n_parameters: of the layer
 * @gradient_norm: ||g||, as the optimiser got it: with the penalty, after clipping
 * @step_norm: ||p_after - p_before||, the decay of weights with it
 * @parameter_norm: ||p_after||
 * @rate: @step_norm / @gradient_norm: the learning rate with which plain SGD would have gone as far; NaN without a gradient
 * @angle: between the step and plain SGD's, -g, in degrees from 0 to 180; NaN if either is zero
 * @moment_norms: of each of the optimiser's moments
 */
typedef struct
{
  gsize  n_parameters;
  double gradient_norm;
  double step_norm;
  double parameter_norm;
  double rate;
  double angle;
  double moment_norms[ANM_OPTIMIZER_MAX_MOMENTS];
} AnmLayerStep;

/**
 * AnmStepView:
 * @learning_rate: that held, as the schedule gave it
 * @moment_names: "m", "v", "velocity"; static
 * @layers: [n_layers]; @whole: all of them together
 *
 * What an optimiser made of the last update's gradient, in numbers that are the caller's.
 */
typedef struct
{
  guint64       update;
  double        learning_rate;
  guint         n_moments;
  const char   *moment_names[ANM_OPTIMIZER_MAX_MOMENTS];
  guint         n_layers;
  AnmLayerStep *layers;
  AnmLayerStep  whole;
} AnmStepView;

/* The vectors themselves, [n_parameters] in canonical order, borrowed until the trainer's next step. */
typedef struct
{
  gsize           n_parameters;
  const anm_real *gradient;
  const anm_real *before;
  const anm_real *after;
  guint           n_moments;
  const anm_real *moments[ANM_OPTIMIZER_MAX_MOMENTS];
  const char     *moment_names[ANM_OPTIMIZER_MAX_MOMENTS];
} AnmStepVectors;

/* Of the last update that this trainer has made (not one before it was restored); NULL / FALSE before the first. Training keeps these vectors anyway: what
 * isn't asked for costs nothing. */
AnmStepView *anm_step_view_new   (const AnmTrainer *trainer);
void         anm_step_view_free  (AnmStepView *self);
gboolean     anm_step_get_vectors (const AnmTrainer *trainer,
                                  AnmStepVectors *vectors);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmStepView, anm_step_view_free)

G_END_DECLS
