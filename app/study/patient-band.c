/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/patient-band.h"

#include "engine/workspace.h"

/* Steps of all passes together where each step takes passes of its own: some seconds of a small network. */
#define MOST_STEPS 10000000

static gboolean
is_too_long (const AnmPatientReading *reading,
             guint n_passes)
{
  return !anm_network_get_causal (reading->network) &&
         (guint64) reading->n_steps * (reading->n_steps + 1) / 2 * n_passes > MOST_STEPS;
}

static void
copy (AnmPatientBand *self,
      const AnmDropoutBand *band)
{
  const gsize size = (gsize) band->n_steps * band->n_outputs * sizeof (float);

  self->n_steps = band->n_steps;
  self->n_outputs = band->n_outputs;
  self->mean = g_memdup2 (band->mean, size);
  self->median = g_memdup2 (band->median, size);
  self->lower = g_memdup2 (band->lower, size);
  self->upper = g_memdup2 (band->upper, size);
}

AnmPatientBand *
anm_patient_band_new (const AnmPatientReading *reading,
                      const anm_real *parameters,
                      guint n_passes,
                      guint64 seed,
                      AnmDropoutPasses **passes,
                      const int *stop)
{
  g_autoptr (AnmPatientBand) self = NULL;
  const AnmWatch watch = { .cancel = stop };
  AnmDropoutBand band;

  g_return_val_if_fail (reading->n_steps > 0 && n_passes > 0, NULL);

  self = g_new0 (AnmPatientBand, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->n_passes = n_passes;
  if (!anm_network_has_dropout (reading->network))
    self->state = ANM_BAND_NO_DROPOUT;
  else if (is_too_long (reading, n_passes))
    self->state = ANM_BAND_TOO_LONG;
  if (self->state != ANM_BAND_THERE)
    return g_steal_pointer (&self);

  if (*passes == NULL)
    {
      AnmLossKind loss;

      /* It has been, for the reading. */
      if (!anm_loss_resolve (reading->loss_kind, reading->network, &reading->sequences->target, &loss, NULL))
        g_assert_not_reached ();
      *passes = anm_dropout_passes_new (reading->network, loss);
    }
  if (!anm_dropout_passes_run (*passes, parameters, reading->sequences, 0, TRUE, n_passes, seed, &watch, &band))
    return NULL;
  copy (self, &band);
  return g_steal_pointer (&self);
}

AnmPatientBand *
anm_patient_band_ref (AnmPatientBand *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_patient_band_unref (AnmPatientBand *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->mean);
  g_free (self->median);
  g_free (self->lower);
  g_free (self->upper);
  g_free (self);
}
