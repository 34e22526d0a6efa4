/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-dataset.h"

#include <glib/gi18n-lib.h>

#include "app/study/study-error.h"
#include "app/study/study-private.h"

static G_DEFINE_QUARK (anm-prepared-dataset, prepared)

AnmDataset *
anm_run_prepare_dataset (AnmStudy *study,
                         AnmRun *run,
                         GError **error)
{
  AnmDataset *prepared = g_object_steal_qdata (G_OBJECT (run), prepared_quark ());
  g_autoptr (AnmDataset) self = NULL;

  if (prepared != NULL)
    return prepared;
  self = g_new0 (AnmDataset, 1);
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

/* On a worker. */

typedef struct
{
  AnmStudy         *study;
  AnmRun           *run;
  AnmCohortVersion *cohort;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *preparation = data;

  g_object_unref (preparation->study);
  g_object_unref (preparation->run);
  anm_cohort_version_unref (preparation->cohort);
  g_free (preparation);
}

static void
prepare_in_thread (GTask *task,
                   gpointer source,
                   gpointer data,
                   GCancellable *cancellable)
{
  Preparation *preparation = data;
  AnmDataset *dataset = NULL;
  GError *error = NULL;

  if (anm_cohort_version_load (preparation->cohort, cancellable, &error) && !g_cancellable_set_error_if_cancelled (cancellable, &error))
    dataset = anm_run_prepare_dataset (preparation->study, preparation->run, &error);
  if (dataset != NULL)
    g_task_return_pointer (task, dataset, (GDestroyNotify) anm_dataset_unref);
  else
    g_task_return_error (task, error);
}

void
anm_run_prepare_dataset_async (AnmStudy *study,
                               AnmRun *run,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (GTask) task = g_task_new (study, cancellable, callback, data);
  AnmCohortVersion *cohort;
  Preparation *preparation;
  GError *error = NULL;

  g_return_if_fail (ANM_IS_STUDY (study));
  g_return_if_fail (ANM_IS_RUN (run));

  g_task_set_source_tag (task, anm_run_prepare_dataset_async);
  /* What has to be looked up where the study lives; the run knows it from now on. */
  cohort = anm_run_load_cohort (run, anm_study_get_cohort_version (study), &error);
  if (cohort == NULL || anm_run_load_split (run, &error) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  preparation = g_new (Preparation, 1);
  *preparation = (Preparation) { g_object_ref (study), g_object_ref (run), anm_cohort_version_ref (cohort) };
  g_task_set_task_data (task, preparation, preparation_free);
  g_task_run_in_thread (task, prepare_in_thread);
}

gboolean
anm_run_prepare_dataset_finish (GAsyncResult *result,
                                GError **error)
{
  Preparation *preparation = g_task_get_task_data (G_TASK (result));
  AnmDataset *dataset = g_task_propagate_pointer (G_TASK (result), error);

  if (dataset == NULL)
    return FALSE;
  g_object_set_qdata_full (G_OBJECT (preparation->run), prepared_quark (), dataset, (GDestroyNotify) anm_dataset_unref);
  return TRUE;
}
