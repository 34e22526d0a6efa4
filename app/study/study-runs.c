/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study-edits.h"

/* The runs of a study, deleted ones too. */

gboolean
_anm_study_load_runs (AnmStudy *self,
                      GError **error)
{
  g_autoptr (GPtrArray) rows = anm_run_rows_load (anm_store_get_reader (self->store), 0, error);

  while (rows != NULL && rows->len > 0)
    {
      g_autoptr (AnmRun) run = anm_run_new_stored (self->store, g_ptr_array_steal_index (rows, 0), error);

      if (run == NULL)
        return FALSE;
      g_ptr_array_add (self->all_runs, g_object_ref (run));
      if (!anm_run_get_deleted (run))
        g_list_store_append (self->runs, run);
    }
  return rows != NULL;
}

GListModel *
anm_study_get_runs (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return G_LIST_MODEL (self->runs);
}

AnmRun *
anm_study_find_run (AnmStudy *self,
                    guint id)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  for (guint i = 0; i < self->all_runs->len; i++)
    if (anm_run_get_id (g_ptr_array_index (self->all_runs, i)) == id)
      return g_ptr_array_index (self->all_runs, i);
  return NULL;
}

void
anm_study_add_run (AnmStudy *self,
                   AnmRun *run)
{
  g_ptr_array_add (self->all_runs, g_object_ref (run));
  g_list_store_append (self->runs, run);
}

guint
anm_study_propose_run_id (AnmStudy *self)
{
  guint last = anm_run_rows_get_last_id (anm_store_get_reader (self->store));

  for (guint i = 0; i < self->all_runs->len; i++)
    last = MAX (last, anm_run_get_id (g_ptr_array_index (self->all_runs, i)));
  return last + 1;
}

AnmCohort *
anm_study_load_run_cohort (AnmStudy *self,
                           AnmRun *run,
                           GError **error)
{
  AnmCohortVersion *version;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);
  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  version = anm_run_load_cohort (run, self->cohort, error);
  return version != NULL && anm_cohort_version_load (version, NULL, error) ? anm_cohort_ref (anm_cohort_version_get_cohort (version)) : NULL;
}

char *
anm_study_load_run_source (AnmStudy *self,
                           AnmRun *run,
                           GError **error)
{
  AnmCohortVersion *version;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);
  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  version = anm_run_load_cohort (run, self->cohort, error);
  return version != NULL ? g_strdup (anm_cohort_version_get_source (version)) : NULL;
}

char *
anm_study_load_run_origin (AnmStudy *self,
                           AnmRun *run,
                           GError **error)
{
  AnmCohortVersion *version;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);
  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  version = anm_run_load_cohort (run, self->cohort, error);
  return version != NULL ? g_strdup (anm_cohort_version_get_origin (version)) : NULL;
}

guint32 *
anm_study_load_run_patients (AnmStudy *self,
                             AnmRun *run,
                             AnmPart part,
                             gsize *n_patients,
                             GError **error)
{
  GBytes *split;
  const guint8 *parts;
  guint32 *patients;
  gsize size;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);
  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  split = anm_run_load_split (run, error);
  if (split == NULL)
    return NULL;
  parts = g_bytes_get_data (split, &size);
  patients = g_new (guint32, MAX (size, 1));
  *n_patients = 0;
  for (gsize patient = 0; patient < size; patient++)
    if (parts[patient] == part)
      patients[(*n_patients)++] = (guint32) patient;
  return patients;
}
