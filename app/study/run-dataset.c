/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-dataset.h"

#include <glib/gi18n-lib.h>

#include "app/study/study-error.h"

AnmDataset *
anm_run_prepare_dataset (AnmStudy *study,
                         AnmRun *run,
                         GError **error)
{
  g_autoptr (AnmDataset) self = g_new0 (AnmDataset, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = anm_fitted_recipe_ref (anm_run_get_recipe (run));
  self->cohort = anm_study_load_run_cohort (study, run, error);
  if (self->cohort == NULL)
    return NULL;
  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      gsize n_patients;

      self->patients[part] = anm_study_load_run_patients (study, run, part, &n_patients, error);
      if (self->patients[part] == NULL)
        return NULL;
      if (n_patients == 0)
        continue;
      self->parts[part] = anm_fitted_recipe_apply (self->recipe, self->cohort, self->patients[part], n_patients, NULL, error);
      if (self->parts[part] == NULL || !anm_sequences_validate (self->parts[part], error))
        return NULL;
    }
  if (self->parts[ANM_PART_TRAINING] != NULL)
    return g_steal_pointer (&self);
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY,
               _ ("The patients that run %u was trained on aren't in this study: it is a copy without them."), anm_run_get_id (run));
  return NULL;
}
