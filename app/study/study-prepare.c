/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/study/study-edits.h"
#include "app/study/study-error.h"

/* What a study computes on: its records, which may have to be read first, and the dataset that its recipe makes of them. */

void
_anm_study_drop_preparation (AnmStudy *self)
{
  g_clear_handle_id (&self->preparation_source, g_source_remove);
  if (self->preparation != NULL)
    g_cancellable_cancel (self->preparation);
  g_clear_object (&self->preparation);
}

AnmDataset *
anm_study_get_dataset (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->dataset;
}

gboolean
anm_study_get_preparing (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  return self->preparation != NULL;
}

const GError *
anm_study_get_dataset_error (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->dataset_error;
}

/* @dataset and @error are taken; one of them is NULL, or both when a new one is begun. */
static void
set_dataset (AnmStudy *self,
             AnmDataset *dataset,
             GError *error)
{
  g_autoptr (AnmDataset) before = self->dataset;

  self->dataset = dataset;
  g_clear_error (&self->dataset_error);
  self->dataset_error = error;
  g_object_notify (G_OBJECT (self), "dataset");
  g_object_notify (G_OBJECT (self), "dataset-error");
}

typedef struct
{
  AnmCohortVersion *cohort;
  AnmRecipe        *recipe;
} Ingredients;

static void
ingredients_free (Ingredients *ingredients)
{
  anm_cohort_version_unref (ingredients->cohort);
  anm_recipe_free (ingredients->recipe);
  g_free (ingredients);
}

static void
prepare_in_thread (GTask *task,
                   gpointer source,
                   gpointer task_data,
                   GCancellable *cancellable)
{
  Ingredients *ingredients = task_data;
  GError *error = NULL;
  AnmDataset *dataset;

  if (g_task_return_error_if_cancelled (task))
    return;
  dataset = anm_dataset_new (anm_cohort_version_get_cohort (ingredients->cohort), ingredients->recipe, &error);
  if (dataset != NULL)
    g_task_return_pointer (task, dataset, (GDestroyNotify) anm_dataset_unref);
  else
    g_task_return_error (task, error);
}

/* Cancelled: something newer is wanted, or nothing any more. */
static gboolean
is_current (AnmStudy *self,
            GAsyncResult *result)
{
  return self->preparation != NULL && g_task_get_cancellable (G_TASK (result)) == self->preparation;
}

static void
prepared_cb (GObject *object,
             GAsyncResult *result,
             gpointer data)
{
  AnmStudy *self = ANM_STUDY (object);
  GError *error = NULL;
  AnmDataset *dataset = g_task_propagate_pointer (G_TASK (result), &error);

  if (!is_current (self, result))
    {
      g_clear_pointer (&dataset, anm_dataset_unref);
      g_clear_error (&error);
      return;
    }
  g_object_freeze_notify (G_OBJECT (self));
  _anm_study_drop_preparation (self);
  set_dataset (self, dataset, error);
  g_object_notify (G_OBJECT (self), "preparing");
  g_object_thaw_notify (G_OBJECT (self));
}

static void
start_task (AnmStudy *self,
            GTaskThreadFunc func,
            GAsyncReadyCallback callback)
{
  Ingredients *ingredients = g_new0 (Ingredients, 1);
  g_autoptr (GTask) task = g_task_new (self, self->preparation, callback, NULL);

  ingredients->cohort = anm_cohort_version_ref (self->cohort);
  ingredients->recipe = anm_recipe_copy (self->recipe);
  g_task_set_task_data (task, ingredients, (GDestroyNotify) ingredients_free);
  g_task_run_in_thread (task, func);
}

static void
load_in_thread (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  Ingredients *ingredients = task_data;
  GError *error = NULL;

  if (anm_cohort_version_load (ingredients->cohort, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
loaded_cb (GObject *object,
           GAsyncResult *result,
           gpointer data)
{
  AnmStudy *self = ANM_STUDY (object);
  g_autoptr (GError) error = NULL;
  gboolean loaded = g_task_propagate_boolean (G_TASK (result), &error);

  if (!is_current (self, result))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (loaded)
    {
      start_task (self, prepare_in_thread, prepared_cb);
      g_object_notify (G_OBJECT (self), "cohort");
    }
  else
    {
      _anm_study_drop_preparation (self);
      set_dataset (self, NULL, g_steal_pointer (&error));
      g_object_notify (G_OBJECT (self), "preparing");
    }
  g_object_notify (G_OBJECT (self), "loading");
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
start_preparing_cb (gpointer data)
{
  AnmStudy *self = data;

  self->preparation_source = 0;
  if (anm_study_get_cohort (self) != NULL)
    start_task (self, prepare_in_thread, prepared_cb);
  else
    start_task (self, load_in_thread, loaded_cb);
  return G_SOURCE_REMOVE;
}

/* From an idle source, so that several changes at once make one dataset, and a program
 * without a main loop none. */
void
_anm_study_prepare_later (AnmStudy *self)
{
  if (self->cohort == NULL && self->dataset == NULL && self->preparation == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  _anm_study_drop_preparation (self);
  if (self->cohort != NULL)
    {
      self->preparation = g_cancellable_new ();
      self->preparation_source = g_idle_add (start_preparing_cb, self);
    }
  set_dataset (self, NULL, NULL);
  g_object_notify (G_OBJECT (self), "preparing");
  g_object_thaw_notify (G_OBJECT (self));
}

AnmCohort *
anm_study_load_cohort (AnmStudy *self,
                       GError **error)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  if (self->cohort == NULL)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY,
                   _ ("This study has no patient records yet: open some first."));
      return NULL;
    }
  if (anm_cohort_version_get_cohort (self->cohort) == NULL)
    {
      if (!anm_cohort_version_load (self->cohort, NULL, error))
        return NULL;
      g_object_notify (G_OBJECT (self), "cohort");
      g_object_notify (G_OBJECT (self), "loading");
    }
  return anm_cohort_version_get_cohort (self->cohort);
}

gboolean
anm_study_get_loading (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  return self->cohort != NULL && self->preparation != NULL && anm_cohort_version_get_cohort (self->cohort) == NULL;
}

AnmDataset *
anm_study_prepare (AnmStudy *self,
                   GError **error)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  if (anm_study_load_cohort (self, error) == NULL)
    return NULL;
  if (self->preparation != NULL)
    {
      GError *dataset_error = NULL;
      AnmDataset *dataset = anm_dataset_new (anm_study_get_cohort (self), self->recipe, &dataset_error);

      g_object_freeze_notify (G_OBJECT (self));
      _anm_study_drop_preparation (self);
      set_dataset (self, dataset, dataset_error);
      g_object_notify (G_OBJECT (self), "preparing");
      g_object_thaw_notify (G_OBJECT (self));
    }
  if (self->dataset == NULL)
    g_propagate_error (error, g_error_copy (self->dataset_error));
  return self->dataset;
}

