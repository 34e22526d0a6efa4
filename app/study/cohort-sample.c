/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/cohort-sample.h"

#include <glib/gi18n-lib.h>

#include "app/study/readable.h"
#include "engine/error.h"

AnmCohortSample *
anm_cohort_sample_new (const AnmNetwork *network,
                       AnmFittedRecipe *recipe,
                       AnmCohort *cohort,
                       const guint32 *patients,
                       gsize n_patients,
                       gsize at_most,
                       GError **error)
{
  g_autoptr (AnmCohortSample) self = g_new0 (AnmCohortSample, 1);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  g_atomic_ref_count_init (&self->ref_count);
  self->cohort = anm_cohort_ref (cohort);
  self->recipe = anm_fitted_recipe_ref (recipe);
  self->n_all = n_patients;
  self->n = at_most > 0 ? MIN (n_patients, at_most) : n_patients;
  self->patients = g_new (guint32, MAX (self->n, 1));
  for (gsize i = 0; i < self->n; i++)
    self->patients[i] = patients[(gsize) ((guint64) i * n_patients / self->n)];
  if (self->n == 0)
    {
      g_set_error_literal (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA, _ ("There are no patients to look at."));
      return NULL;
    }
  self->sequences = anm_fitted_recipe_apply (recipe, cohort, self->patients, self->n, warnings, error);
  if (self->sequences == NULL || !anm_check_readable (network, self->sequences, cohort, self->patients, error))
    return NULL;
  return g_steal_pointer (&self);
}

AnmCohortSample *
anm_cohort_sample_new_for_run (AnmStudy *study,
                               AnmRun *run,
                               gsize at_most,
                               GError **error)
{
  g_autoptr (AnmCohort) cohort = anm_study_load_run_cohort (study, run, error);
  g_autofree guint32 *patients = NULL;
  gsize n = 0;

  if (cohort == NULL)
    return NULL;
  patients = anm_study_load_run_patients (study, run, ANM_PART_VALIDATION, &n, error);
  if (patients == NULL)
    return NULL;
  if (n == 0)
    {
      g_free (patients);
      n = cohort->n_patients;
      patients = g_new (guint32, MAX (n, 1));
      for (gsize i = 0; i < n; i++)
        patients[i] = (guint32) i;
    }
  return anm_cohort_sample_new (anm_run_get_network (run), anm_run_get_recipe (run), cohort, patients, n, at_most, error);
}

AnmCohortSample *
anm_cohort_sample_ref (AnmCohortSample *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_cohort_sample_unref (AnmCohortSample *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  anm_cohort_unref (self->cohort);
  anm_fitted_recipe_unref (self->recipe);
  g_clear_pointer (&self->sequences, anm_sequences_unref);
  g_free (self->patients);
  g_free (self);
}

gssize
anm_cohort_sample_find (const AnmCohortSample *self,
                        guint32 patient)
{
  for (gsize i = 0; i < self->n; i++)
    if (self->patients[i] == patient)
      return (gssize) i;
  return -1;
}
