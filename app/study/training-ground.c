/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/readable.h"
#include "app/study/study-error.h"
#include "app/study/study-private.h"
#include "app/study/training-private.h"

void
_anm_ground_clear (AnmGround *ground)
{
  g_clear_pointer (&ground->network, anm_network_unref);
  g_clear_pointer (&ground->split, g_bytes_unref);
  g_clear_pointer (&ground->weights, g_free);
  g_clear_pointer (&ground->pool, anm_pool_unref);
}

/* A byte a patient: its part, 255 if it is in none. */
static GBytes *
pack_split (const AnmDataset *dataset)
{
  gsize n_patients = dataset->cohort->n_patients;
  guint8 *parts = g_malloc (MAX (n_patients, 1));

  memset (parts, 255, MAX (n_patients, 1));
  for (guint part = 0; part < ANM_N_PARTS; part++)
    for (gsize i = 0; dataset->parts[part] != NULL && i < dataset->parts[part]->n_sequences; i++)
      parts[dataset->patients[part][i]] = (guint8) part;
  return g_bytes_new_take (parts, n_patients);
}

gboolean
_anm_ground_lay (AnmGround *ground,
                 AnmStudy *study,
                 guint64 seed,
                 guint n_threads,
                 const AnmInitialWeights *weights,
                 GError **error)
{
  const AnmTarget *target;

  ground->dataset = anm_study_prepare (study, error);
  if (ground->dataset == NULL)
    return FALSE;
  target = anm_fitted_recipe_get_target (ground->dataset->recipe);
  if (target->shape.kind == ANM_TARGET_NONE || ground->dataset->parts[ANM_PART_TRAINING] == NULL)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY,
                   _ ("Nothing to learn from: none of the patients that the network would be trained on has an outcome. Name the outcome's column or table."));
      return FALSE;
    }
  ground->network = anm_lay_out_network (anm_study_get_network (study), ground->dataset->recipe, error);
  if (ground->network == NULL)
    return FALSE;
  for (guint part = 0; part < ANM_N_PARTS; part++)
    if (ground->dataset->parts[part] != NULL &&
        !anm_check_readable (ground->network, ground->dataset->parts[part], ground->dataset->cohort, ground->dataset->patients[part], error))
      return FALSE;
  ground->weights = g_new (anm_real, MAX (anm_network_get_n_parameters (ground->network), 1));
  if (weights == NULL)
    anm_network_initialize (ground->network, seed, ground->weights);
  else
    {
      if (weights->n_parameters != anm_network_get_n_parameters (ground->network))
        {
          g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY, _ ("The weights of “%s” aren't those of the study's network."), weights->name);
          return FALSE;
        }
      memcpy (ground->weights, weights->parameters, weights->n_parameters * sizeof *weights->parameters);
    }
  ground->split = pack_split (ground->dataset);
  ground->pool = anm_pool_new (n_threads);
  return TRUE;
}
