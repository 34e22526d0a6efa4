/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/weights.h"

AnmWeights *
anm_weights_new (AnmNetwork *network,
                 AnmFittedRecipe *recipe,
                 AnmCohort *cohort,
                 AnmLossKind loss,
                 guint64 seed)
{
  AnmWeights *self = g_new0 (AnmWeights, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->network = anm_network_ref (network);
  self->recipe = anm_fitted_recipe_ref (recipe);
  self->cohort = anm_cohort_ref (cohort);
  self->loss = loss;
  self->seed = seed;
  return self;
}

AnmWeights *
anm_weights_ref (AnmWeights *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_weights_unref (AnmWeights *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->address, anm_snapshot_address_free);
  g_clear_pointer (&self->parameters, g_bytes_unref);
  anm_network_unref (self->network);
  anm_fitted_recipe_unref (self->recipe);
  anm_cohort_unref (self->cohort);
  g_free (self);
}

gboolean
anm_weights_resolve (AnmWeights *self,
                     AnmSnapshotReader *reader,
                     GError **error)
{
  if (self->parameters != NULL)
    return TRUE;

  if (self->address != NULL)
    {
      g_autoptr (AnmSnapshot) snapshot = anm_snapshot_reader_load (reader, self->address, error);

      if (snapshot == NULL)
        return FALSE;
      self->epoch = snapshot->epoch;
      self->parameters = g_bytes_ref (snapshot->parameters);
      /* What holds the study's file isn't needed any more. */
      g_clear_pointer (&self->address, anm_snapshot_address_free);
    }
  else
    {
      const gsize n = anm_network_get_n_parameters (self->network);
      anm_real *drawn = g_new (anm_real, MAX (1, n));

      anm_network_initialize (self->network, self->seed, drawn);
      self->parameters = g_bytes_new_take (drawn, n * sizeof *drawn);
    }
  return TRUE;
}

const anm_real *
anm_weights_get_parameters (const AnmWeights *self)
{
  return self->parameters != NULL ? g_bytes_get_data (self->parameters, NULL) : NULL;
}
