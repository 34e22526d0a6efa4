/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study-edits.h"

#include <glib/gi18n-lib.h>

#include "app/study/hyperparameters-json.h"
#include "app/study/study-error.h"

/* An edit that rests so long, in microseconds, has ended its gesture. */
#define REST G_USEC_PER_SEC

/* The head is written as a whole whenever it moves. */

typedef struct
{
  AnmCohortVersion *cohort; /* nullable */
  char             *recipe;
  char             *network;
  char             *hyperparameters;
  gint64            edit;
  /* Of a new edit; else the head moves to one that is there. */
  gboolean          is_new;
  gint64            parent;
  char             *label;
  char             *runs;
  gboolean          deleted;
} HeadJob;

static void
head_job_free (HeadJob *job)
{
  g_clear_pointer (&job->cohort, anm_cohort_version_unref);
  g_free (job->recipe);
  g_free (job->network);
  g_free (job->hyperparameters);
  g_free (job->label);
  g_free (job->runs);
  g_free (job);
}

static gboolean
write_head (sqlite3 *db,
            gpointer data,
            GError **error)
{
  HeadJob *job = data;
  g_auto (AnmHead) head = { 0 };

  if (job->cohort != NULL)
    {
      if (!anm_cohort_version_put (job->cohort, db, error))
        return FALSE;
      head.cohort = g_strdup (anm_cohort_version_get_hash (job->cohort));
    }
  head.recipe = anm_versions_put_text (db, "recipe", job->recipe, error);
  if (head.recipe == NULL)
    return FALSE;
  head.network = anm_versions_put_text (db, "network", job->network, error);
  if (head.network == NULL)
    return FALSE;
  head.hyperparameters = anm_versions_put_text (db, "hyperparameters", job->hyperparameters, error);
  if (head.hyperparameters == NULL || !anm_head_store (&head, db, error))
    return FALSE;
  if (job->is_new && !anm_edit_insert (db, job->edit, job->parent, job->label, &head, job->runs, job->deleted, error))
    return FALSE;
  return anm_edit_set_head (db, job->edit, error);
}

/* @edit is where the head is now. */
static void
keep_head (AnmStudy *self,
           AnmEdit *edit,
           gboolean is_new)
{
  HeadJob *job = g_new0 (HeadJob, 1);

  job->cohort = edit->cohort != NULL ? anm_cohort_version_ref (edit->cohort) : NULL;
  job->recipe = g_strdup (edit->recipe);
  job->network = g_strdup (edit->network);
  job->hyperparameters = g_strdup (edit->hyperparameters);
  job->edit = edit->id;
  job->is_new = is_new;
  job->parent = edit->parent != NULL ? edit->parent->id : 0;
  job->label = g_strdup (edit->label);
  job->runs = anm_edit_runs_to_text (edit);
  job->deleted = edit->deleted;
  anm_writer_submit (anm_store_get_writer (self->store), write_head, job, (GDestroyNotify) head_job_free, sizeof *job);
}

void
_anm_study_remember (AnmStudy *self,
                     AnmEdit *edit)
{
  g_clear_pointer (&edit->cohort, anm_cohort_version_unref);
  g_free (edit->recipe);
  g_free (edit->network);
  g_free (edit->hyperparameters);
  edit->cohort = self->cohort != NULL ? anm_cohort_version_ref (self->cohort) : NULL;
  edit->recipe = anm_recipe_to_json (self->recipe);
  edit->network = anm_network_spec_to_text (self->network);
  edit->hyperparameters = anm_hyperparameters_to_json (&self->hyperparameters);
}

static void
notify_history (AnmStudy *self)
{
  static const char *const names[] = { "can-undo", "can-redo", "undo-label", "redo-label" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_notify (G_OBJECT (self), names[i]);
}

void
_anm_study_keep_edit (AnmStudy *self,
                      const char *label)
{
  AnmEdit *edit = anm_history_add (self->history, label);

  _anm_study_remember (self, edit);
  keep_head (self, edit, TRUE);
  notify_history (self);
}

const AnmEdit *
_anm_study_go_on (AnmStudy *self,
                  const char *place)
{
  AnmEdit *head = anm_history_get_head (self->history);

  if (place == NULL || g_strcmp0 (self->gesture, place) != 0 || self->gesture_edit != head || head->parent == NULL ||
      g_get_monotonic_time () - self->gestured_at > REST || !anm_edit_load (head->parent, anm_store_get_reader (self->store), NULL))
    return NULL;
  return head->parent->recipe != NULL && head->parent->network != NULL && head->parent->hyperparameters != NULL ? head->parent : NULL;
}

void
_anm_study_keep_gesture (AnmStudy *self,
                         const char *place,
                         const AnmEdit *before,
                         const char *label)
{
  g_autofree char *kept_place = g_strdup (place);

  if (before != NULL)
    {
      AnmEdit *edit = anm_history_get_head (self->history);

      g_free (edit->label);
      edit->label = g_strdup (label);
      _anm_study_remember (self, edit);
      keep_head (self, edit, TRUE);
      notify_history (self);
    }
  else
    _anm_study_keep_edit (self, label);
  g_free (self->gesture);
  self->gesture = g_steal_pointer (&kept_place);
  self->gesture_edit = anm_history_get_head (self->history);
  self->gestured_at = g_get_monotonic_time ();
}

void
anm_study_end_gesture (AnmStudy *self)
{
  g_return_if_fail (ANM_IS_STUDY (self));

  g_clear_pointer (&self->gesture, g_free);
}

const char *
anm_study_get_undo_label (AnmStudy *self)
{
  AnmEdit *head;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  head = anm_history_get_head (self->history);
  return head->parent != NULL ? head->label : NULL;
}

const char *
anm_study_get_redo_label (AnmStudy *self)
{
  AnmEdit *next;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  next = anm_history_get_next (self->history);
  return next != NULL ? next->label : NULL;
}

/* Deleted runs are out of the list, in their order. */
static void
show_runs (AnmStudy *self,
           const guint *ids,
           guint n_ids,
           gboolean deleted)
{
  for (guint i = 0; i < n_ids; i++)
    {
      AnmRun *run = anm_study_find_run (self, ids[i]);
      guint place;

      if (run == NULL || anm_run_get_deleted (run) == deleted)
        continue;
      anm_run_mark_deleted (run, deleted);
      if (deleted && g_list_store_find (self->runs, run, &place))
        g_list_store_remove (self->runs, place);
      else if (!deleted)
        {
          for (place = 0; place < g_list_model_get_n_items (G_LIST_MODEL (self->runs)); place++)
            {
              g_autoptr (AnmRun) other = g_list_model_get_item (G_LIST_MODEL (self->runs), place);

              if (anm_run_get_id (other) > ids[i])
                break;
            }
          g_list_store_insert (self->runs, place, run);
        }
    }
}

/* The versions that @edit left behind, parsed; all of them or none. */
typedef struct
{
  AnmRecipe         *recipe;
  AnmNetworkSpec    *network;
  AnmHyperparameters hyperparameters;
} Versions;

static void
versions_clear (Versions *versions)
{
  g_clear_pointer (&versions->recipe, anm_recipe_free);
  g_clear_pointer (&versions->network, anm_network_spec_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Versions, versions_clear)

static gboolean
parse_versions (Versions *versions,
                const AnmEdit *edit,
                GError **error)
{
  versions->recipe = anm_recipe_from_json (edit->recipe, error);
  versions->network = versions->recipe != NULL ? anm_network_spec_parse (edit->network, error) : NULL;
  return versions->network != NULL && anm_hyperparameters_from_json (&versions->hyperparameters, edit->hyperparameters, error);
}

static void
take_versions (AnmStudy *self,
               const AnmEdit *edit,
               Versions *versions)
{
  gboolean other_cohort = (edit->cohort == NULL) != (self->cohort == NULL) ||
                          (edit->cohort != NULL && !anm_cohort_version_equal (edit->cohort, self->cohort));
  gboolean other_recipe = !anm_recipe_equal (versions->recipe, self->recipe);
  g_autoptr (AnmCohortVersion) cohort_before = NULL;
  g_auto (Versions) before = { self->recipe, self->network, self->hyperparameters };

  cohort_before = self->cohort;
  /* Of two of the same records, the one that may be loaded already. */
  self->cohort = !other_cohort && cohort_before != NULL ? anm_cohort_version_ref (cohort_before)
                 : edit->cohort != NULL                 ? anm_cohort_version_ref (edit->cohort)
                                                        : NULL;
  self->recipe = g_steal_pointer (&versions->recipe);
  self->network = g_steal_pointer (&versions->network);
  self->hyperparameters = versions->hyperparameters;
  if (other_cohort || other_recipe)
    _anm_study_prepare_later (self);
  if (other_cohort)
    {
      g_object_notify (G_OBJECT (self), "cohort");
      g_object_notify (G_OBJECT (self), "loading");
      g_object_notify (G_OBJECT (self), "title");
    }
  if (other_recipe)
    g_object_notify (G_OBJECT (self), "recipe");
  g_object_notify (G_OBJECT (self), "network-text");
  g_object_notify (G_OBJECT (self), "hyperparameters");
}

/* The head moves to @edit; @step: the edit that is undone or redone by it. */
static gboolean
move_head (AnmStudy *self,
           AnmEdit *edit,
           const AnmEdit *step,
           gboolean undone,
           GError **error)
{
  g_auto (Versions) versions = { 0 };

  /* The same records needn't be read again, nor made ready. */
  if (edit->cohort == NULL && edit->hashes.cohort != NULL && self->cohort != NULL &&
      g_strcmp0 (anm_cohort_version_get_hash (self->cohort), edit->hashes.cohort) == 0)
    edit->cohort = anm_cohort_version_ref (self->cohort);
  if (!anm_edit_load (edit, anm_store_get_reader (self->store), error))
    return FALSE;
  g_object_freeze_notify (G_OBJECT (self));
  if (edit->recipe == NULL || edit->network == NULL || edit->hyperparameters == NULL)
    {
      /* The study as it was made, of another session. */
      _anm_study_set_defaults (self);
      _anm_study_remember (self, edit);
    }
  if (!parse_versions (&versions, edit, error))
    {
      g_object_thaw_notify (G_OBJECT (self));
      return FALSE;
    }
  anm_history_move (self->history, edit);
  anm_study_end_gesture (self);
  take_versions (self, edit, &versions);
  anm_writer_hold (anm_store_get_writer (self->store));
  show_runs (self, (const guint *) (gpointer) step->runs->data, step->runs->len, undone ? !step->deleted : step->deleted);
  keep_head (self, edit, FALSE);
  anm_writer_release (anm_store_get_writer (self->store));
  notify_history (self);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

gboolean
anm_study_undo (AnmStudy *self,
                GError **error)
{
  AnmEdit *head;

  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  head = anm_history_get_head (self->history);
  if (head->parent != NULL)
    return move_head (self, head->parent, head, TRUE, error);
  g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY, _ ("There is nothing to undo."));
  return FALSE;
}

gboolean
anm_study_redo (AnmStudy *self,
                GError **error)
{
  AnmEdit *next;

  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  next = anm_history_get_next (self->history);
  if (next != NULL)
    return move_head (self, next, next, FALSE, error);
  g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY, _ ("There is nothing to redo."));
  return FALSE;
}

static char *
label_of_runs (const GArray *runs,
               gboolean deleted)
{
  g_autofree char *first = NULL;

  if (runs->len == 1)
    return g_strdup_printf (deleted ? _ ("delete run %u") : _ ("bring run %u back"), g_array_index (runs, guint, 0));
  return g_strdup_printf (deleted ? ngettext ("delete %u run", "delete %u runs", runs->len)
                                  : ngettext ("bring %u run back", "bring %u runs back", runs->len),
                          runs->len);
}

gboolean
anm_study_set_runs_deleted (AnmStudy *self,
                            AnmRun *const *runs,
                            guint n_runs,
                            gboolean deleted,
                            GError **error)
{
  g_autofree char *label = NULL;
  AnmEdit *edit;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  deleted = !!deleted;
  for (guint i = 0; i < n_runs; i++)
    {
      guint id = anm_run_get_id (runs[i]);
      AnmRunStatus status = anm_run_get_status (runs[i]);

      if (deleted && (status == ANM_RUN_RUNNING || status == ANM_RUN_PAUSED))
        {
          g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY, _ ("Run %u is being trained; stop it before it is deleted."), id);
          return FALSE;
        }
      if (anm_run_get_deleted (runs[i]) != deleted)
        g_array_append_val (ids, id);
    }
  if (ids->len == 0)
    return TRUE;
  label = label_of_runs (ids, deleted);
  edit = anm_history_add (self->history, label);
  _anm_study_remember (self, edit);
  g_array_append_vals (edit->runs, ids->data, ids->len);
  edit->deleted = deleted;
  anm_writer_hold (anm_store_get_writer (self->store));
  show_runs (self, (const guint *) (gpointer) ids->data, ids->len, deleted);
  keep_head (self, edit, TRUE);
  anm_writer_release (anm_store_get_writer (self->store));
  notify_history (self);
  return TRUE;
}

guint
anm_study_get_n_all_runs (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), 0);

  return self->all_runs->len;
}

AnmRun *
anm_study_get_any_run (AnmStudy *self,
                       guint index)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);
  g_return_val_if_fail (index < self->all_runs->len, NULL);

  return g_ptr_array_index (self->all_runs, index);
}
