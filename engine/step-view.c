/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/step-view.h"

#include "engine/network-private.h"
#include "engine/trainer-private.h"

#include <math.h>

gboolean
anm_step_get_vectors (const AnmTrainer *trainer, AnmStepVectors *vectors)
{
  *vectors = (AnmStepVectors){
    .n_parameters = trainer->n_parameters,
    .gradient = trainer->gradient->gradient,
    .before = trainer->previous,
    .after = trainer->parameters,
    .n_moments = trainer->n_moments,
  };
  for (guint i = 0; i < trainer->n_moments; i++)
    {
      vectors->moments[i] = trainer->moments[i];
      vectors->moment_names[i] = trainer->optimizer->get_moment_name (&trainer->hyperparameters, i);
    }
  /* A restored trainer knows the number of its last update, but not the gradient. */
  return trainer->update_figures.update > 0 && trainer->update_figures.update == trainer->position.update;
}

/* Sums over a piece of the vectors. */
typedef struct
{
  double gradient;
  double step;
  double parameters;
  double product;  /* of step and -g */
  double moments[ANM_OPTIMIZER_MAX_MOMENTS];
} Squares;

static void
add_squares (Squares *sums, const AnmStepVectors *vectors, gsize first, gsize n)
{
  for (gsize i = first; i < first + n; i++)
    {
      double gradient = (double) vectors->gradient[i], after = (double) vectors->after[i], step = after - (double) vectors->before[i];

      sums->gradient += gradient * gradient;
      sums->step += step * step;
      sums->parameters += after * after;
      sums->product -= step * gradient;
      for (guint k = 0; k < vectors->n_moments; k++)
        sums->moments[k] += (double) vectors->moments[k][i] * (double) vectors->moments[k][i];
    }
}

static void
take_roots (const Squares *sums, guint n_moments, AnmLayerStep *step)
{
  double sizes = sqrt (sums->gradient) * sqrt (sums->step);

  step->gradient_norm = sqrt (sums->gradient);
  step->step_norm = sqrt (sums->step);
  step->parameter_norm = sqrt (sums->parameters);
  step->rate = sums->gradient > 0.0 ? step->step_norm / step->gradient_norm : (double) NAN;
  step->angle = sizes > 0.0 ? acos (CLAMP (sums->product / sizes, -1.0, 1.0)) * 180.0 / G_PI : (double) NAN;
  for (guint k = 0; k < n_moments; k++)
    step->moment_norms[k] = sqrt (sums->moments[k]);
}

/**
 * anm_step_view_new:
 *
 * Returns: (transfer full) (nullable): %NULL before the first update
 */
AnmStepView *
anm_step_view_new (const AnmTrainer *trainer)
{
  const AnmNetwork *network = trainer->network;
  AnmStepVectors vectors;
  Squares whole = { 0.0 };
  AnmStepView *self;

  if (!anm_step_get_vectors (trainer, &vectors))
    return NULL;
  self = g_new0 (AnmStepView, 1);
  self->update = trainer->update_figures.update;
  self->learning_rate = trainer->update_figures.learning_rate;
  self->n_moments = vectors.n_moments;
  for (guint k = 0; k < vectors.n_moments; k++)
    self->moment_names[k] = vectors.moment_names[k];
  self->n_layers = network->n_layers;
  self->layers = g_new0 (AnmLayerStep, network->n_layers);
  for (guint l = 0; l < network->n_layers; l++)
    {
      gsize n = network->offsets[l + 1] - network->offsets[l];
      Squares sums = { 0.0 };

      add_squares (&sums, &vectors, network->offsets[l], n);
      take_roots (&sums, vectors.n_moments, &self->layers[l]);
      self->layers[l].n_parameters = n;
      whole.gradient += sums.gradient;
      whole.step += sums.step;
      whole.parameters += sums.parameters;
      whole.product += sums.product;
      for (guint k = 0; k < vectors.n_moments; k++)
        whole.moments[k] += sums.moments[k];
    }
  take_roots (&whole, vectors.n_moments, &self->whole);
  self->whole.n_parameters = vectors.n_parameters;
  return self;
}

void
anm_step_view_free (AnmStepView *self)
{
  g_free (self->layers);
  g_free (self);
}
