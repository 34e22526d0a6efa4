/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/epoch-record.h"

AnmEpochRecord *
anm_epoch_record_new (guint n_layers)
{
  AnmEpochRecord *self = g_new0 (AnmEpochRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->figures.n_layers = n_layers;
  return self;
}

/* Nullable array of @n_layers nullable arrays. */
static double **
copy_gradients (double *const *gradients,
                guint n_layers,
                guint n_steps)
{
  double **copy;

  if (gradients == NULL)
    return NULL;
  copy = g_new0 (double *, n_layers);
  for (guint i = 0; i < n_layers; i++)
    copy[i] = g_memdup2 (gradients[i], n_steps * sizeof (double));
  return copy;
}

static void
free_gradients (double **gradients,
                guint n_layers)
{
  for (guint i = 0; gradients != NULL && i < n_layers; i++)
    g_free (gradients[i]);
  g_free (gradients);
}

AnmEpochRecord *
anm_epoch_record_new_from_trainer (const AnmEpochFigures *figures,
                                   double seconds)
{
  AnmEpochRecord *self = anm_epoch_record_new (figures->n_layers);
  AnmRunEpoch *copy = &self->figures;
  gboolean trained = figures->epoch > 0;

  copy->epoch = figures->epoch;
  copy->update = figures->update;
  copy->seconds = seconds;
  copy->training_loss = figures->training_loss;
  copy->validation = figures->validation;
  copy->best = figures->best;
  copy->layer_norms = g_memdup2 (figures->layer_norms, figures->n_layers * sizeof (double));
  copy->n_steps = trained ? figures->n_steps : 0;
  copy->gradient_by_step = trained ? copy_gradients (figures->gradient_by_step, figures->n_layers, figures->n_steps) : NULL;
  copy->gradient_before_end = trained ? copy_gradients (figures->gradient_before_end, figures->n_layers, figures->n_steps) : NULL;
  return self;
}

AnmEpochRecord *
anm_epoch_record_ref (AnmEpochRecord *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_epoch_record_unref (AnmEpochRecord *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->figures.layer_norms);
  free_gradients (self->figures.gradient_by_step, self->figures.n_layers);
  free_gradients (self->figures.gradient_before_end, self->figures.n_layers);
  g_free (self);
}

AnmSnapshot *
anm_snapshot_new (guint epoch,
                  guint64 updates,
                  const anm_real *parameters,
                  gsize n_parameters,
                  GBytes *optimizer)
{
  AnmSnapshot *self = anm_snapshot_new_take (epoch, updates, g_memdup2 (parameters, n_parameters * sizeof *parameters), n_parameters);

  self->optimizer = optimizer != NULL ? g_bytes_ref (optimizer) : NULL;
  return self;
}

AnmSnapshot *
anm_snapshot_new_take (guint epoch,
                       guint64 updates,
                       anm_real *parameters,
                       gsize n_parameters)
{
  AnmSnapshot *self = g_new0 (AnmSnapshot, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->epoch = epoch;
  self->updates = updates;
  self->parameters = g_bytes_new_take (parameters, n_parameters * sizeof *parameters);
  return self;
}

AnmSnapshot *
anm_snapshot_ref (AnmSnapshot *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_snapshot_unref (AnmSnapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_bytes_unref (self->parameters);
  g_clear_pointer (&self->optimizer, g_bytes_unref);
  g_free (self);
}
