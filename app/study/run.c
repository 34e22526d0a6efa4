/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run.h"

#include <glib/gi18n-lib.h>

#include "app/study/hyperparameters-json.h"
#include "app/study/process-name.h"
#include "app/study/run-private.h"
#include "app/study/snapshot-rows.h"
#include "app/study/study-error.h"
#include "engine/workspace.h"

struct _AnmRun
{
  GObject            parent_instance;

  AnmStore          *store;
  AnmRunKey         *key;
  AnmRunKey         *race;           /* nullable */
  AnmCohortVersion  *cohort;         /* NULL: read by its hash when asked for */
  GBytes            *split;
  AnmFittedRecipe   *recipe;
  AnmNetwork        *network;
  AnmHyperparameters hyperparameters;
  AnmLossKind        loss;           /* resolved */
  char              *name;
  guint              name_id;        /* the id that the name was made for */
  AnmRunStatus       status;
  char              *message;        /* nullable: why it failed, or the word for why it finished */
  AnmStoredRun      *row;            /* all else that is said of it */

  gboolean           figures_loaded;
  GPtrArray         *epochs;         /* of AnmEpochRecord */
  GArray            *updates;        /* of AnmRunUpdate */
  AnmSnapshot       *snapshots[ANM_N_SNAPSHOTS]; /* of a run trained here, nullable: they may not be in the file yet */
};

G_DEFINE_FINAL_TYPE (AnmRun, anm_run, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
anm_run_finalize (GObject *object)
{
  AnmRun *self = ANM_RUN (object);

  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    g_clear_pointer (&self->snapshots[i], anm_snapshot_unref);
  g_clear_pointer (&self->epochs, g_ptr_array_unref);
  g_clear_pointer (&self->updates, g_array_unref);
  g_clear_pointer (&self->network, anm_network_unref);
  g_clear_pointer (&self->recipe, anm_fitted_recipe_unref);
  g_clear_pointer (&self->cohort, anm_cohort_version_unref);
  g_clear_pointer (&self->split, g_bytes_unref);
  g_clear_pointer (&self->key, anm_run_key_unref);
  g_clear_pointer (&self->race, anm_run_key_unref);
  g_clear_pointer (&self->store, anm_store_unref);
  g_clear_pointer (&self->row, anm_stored_run_free);
  g_free (self->name);
  g_free (self->message);
  G_OBJECT_CLASS (anm_run_parent_class)->finalize (object);
}

static void
anm_run_class_init (AnmRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_run_finalize;

  /**
   * AnmRun::changed:
   *
   * Figures were added or the status changed: once a drain.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ANM_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_run_init (AnmRun *self)
{
  self->epochs = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_epoch_record_unref);
  self->updates = g_array_new (FALSE, FALSE, sizeof (AnmRunUpdate));
}

static gboolean
resolve_loss (AnmRun *self,
              GError **error)
{
  return anm_loss_resolve (self->hyperparameters.loss, self->network,
                           &anm_fitted_recipe_get_target (self->recipe)->shape, &self->loss, error);
}

AnmRun *
anm_run_new (AnmStore *store,
             AnmRunKey *key,
             AnmRunKey *race,
             AnmCohortVersion *cohort,
             GBytes *split,
             AnmFittedRecipe *recipe,
             AnmNetwork *network,
             const AnmHyperparameters *hyperparameters,
             GError **error)
{
  g_autoptr (AnmRun) self = g_object_new (ANM_TYPE_RUN, NULL);

  self->store = anm_store_ref (store);
  self->key = anm_run_key_ref (key);
  self->race = race != NULL ? anm_run_key_ref (race) : NULL;
  self->cohort = anm_cohort_version_ref (cohort);
  self->split = g_bytes_ref (split);
  self->recipe = anm_fitted_recipe_ref (recipe);
  self->network = anm_network_ref (network);
  self->hyperparameters = *hyperparameters;
  self->status = ANM_RUN_RUNNING;
  self->figures_loaded = TRUE;
  self->row = g_new0 (AnmStoredRun, 1);
  self->row->note = g_strdup ("");
  self->row->tags = g_new0 (char *, 1);
  self->row->process = g_strdup (anm_process_name_get_own ());
  self->row->began = g_get_real_time ();
  anm_machine_read (&self->row->machine);
  return resolve_loss (self, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
load_versions (AnmRun *self,
               const AnmStoredRun *row,
               GError **error)
{
  sqlite3 *db = anm_store_get_reader (self->store);
  g_autofree char *recipe = anm_versions_load_text (db, row->recipe, error);
  g_autofree char *network = recipe != NULL ? anm_versions_load_text (db, row->network, error) : NULL;
  g_autofree char *hyperparameters = network != NULL ? anm_versions_load_text (db, row->hyperparameters, error) : NULL;
  g_autoptr (AnmNetworkSpec) spec = NULL;

  if (hyperparameters == NULL || !anm_hyperparameters_from_json (&self->hyperparameters, hyperparameters, error))
    return FALSE;
  if (row->epochs > 0)
    self->hyperparameters.epochs = row->epochs;
  self->recipe = anm_fitted_recipe_from_json (recipe, error);
  if (self->recipe == NULL)
    return FALSE;
  spec = anm_network_spec_parse (network, error);
  if (spec == NULL)
    return FALSE;
  self->network = anm_network_new (spec, anm_fitted_recipe_get_n_columns (self->recipe),
                                   &anm_fitted_recipe_get_target (self->recipe)->shape, error);
  return self->network != NULL && resolve_loss (self, error);
}

AnmRun *
anm_run_new_stored (AnmStore *store,
                    AnmStoredRun *row,
                    GError **error)
{
  g_autoptr (AnmRun) self = g_object_new (ANM_TYPE_RUN, NULL);

  self->store = anm_store_ref (store);
  self->key = anm_run_key_new (row->id);
  self->race = row->race > 0 ? anm_run_key_new (row->race) : NULL;
  self->row = row;
  self->status = row->status;
  self->message = g_strdup (row->message);
  if (!load_versions (self, row, error))
    {
      g_prefix_error (error, _ ("Run %u: "), row->id);
      return NULL;
    }
  return g_steal_pointer (&self);
}

AnmStore *
anm_run_get_store (AnmRun *self)
{
  return self->store;
}

AnmStoredRun *
anm_run_get_row (AnmRun *self)
{
  return self->row;
}

AnmRunKey *
anm_run_get_key (AnmRun *self)
{
  return self->key;
}

AnmCohortVersion *
anm_run_load_cohort (AnmRun *self,
                     AnmCohortVersion *current,
                     GError **error)
{
  if (self->cohort == NULL && current != NULL && g_strcmp0 (anm_cohort_version_get_hash (current), self->row->cohort) == 0)
    self->cohort = anm_cohort_version_ref (current);
  if (self->cohort == NULL)
    self->cohort = anm_cohort_version_open (anm_store_get_reader (self->store), self->row->cohort, error);
  return self->cohort;
}

GBytes *
anm_run_load_split (AnmRun *self,
                    GError **error)
{
  if (self->split == NULL)
    self->split = anm_versions_load_split (anm_store_get_reader (self->store), self->row->split, error);
  return self->split;
}

/* Figures of a run in the file that can't be read are an empty run and a warning: the file is damaged. */
static void
ensure_figures (AnmRun *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) epochs = NULL;
  g_autoptr (GArray) updates = NULL;

  if (self->figures_loaded)
    return;
  self->figures_loaded = TRUE;
  epochs = anm_run_rows_load_epochs (anm_store_get_reader (self->store), anm_run_get_id (self), &error);
  if (epochs != NULL)
    updates = anm_run_rows_load_updates (anm_store_get_reader (self->store), anm_run_get_id (self), &error);
  if (updates == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }
  g_clear_pointer (&self->epochs, g_ptr_array_unref);
  g_clear_pointer (&self->updates, g_array_unref);
  self->epochs = g_steal_pointer (&epochs);
  self->updates = g_steal_pointer (&updates);
}

gboolean
anm_run_has_figures (AnmRun *self)
{
  return self->figures_loaded;
}

void
anm_run_rewind (AnmRun *self,
                gboolean begun,
                guint epoch,
                guint64 updates,
                guint epochs)
{
  ensure_figures (self);
  while (self->epochs->len > 0 && (!begun || anm_run_get_epoch (self, self->epochs->len - 1)->epoch > epoch))
    g_ptr_array_remove_index (self->epochs, self->epochs->len - 1);
  while (self->updates->len > 0 && g_array_index (self->updates, AnmRunUpdate, self->updates->len - 1).update > updates)
    g_array_remove_index (self->updates, self->updates->len - 1);
  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    g_clear_pointer (&self->snapshots[i], anm_snapshot_unref);
  g_free (self->row->process);
  self->row->process = g_strdup (anm_process_name_get_own ());
  self->hyperparameters.epochs = epochs;
  anm_run_set_status (self, ANM_RUN_RUNNING, NULL);
}

void
anm_run_refresh (AnmRun *self,
                 AnmStoredRun *row)
{
  anm_stored_run_free (self->row);
  self->row = row;
  if (row->epochs > 0)
    self->hyperparameters.epochs = row->epochs;
  self->figures_loaded = FALSE;
  g_ptr_array_set_size (self->epochs, 0);
  g_array_set_size (self->updates, 0);
  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    g_clear_pointer (&self->snapshots[i], anm_snapshot_unref);
  anm_run_set_status (self, row->status, row->message);
  anm_run_emit_changed (self);
}

void
anm_run_add_epoch (AnmRun *self,
                   AnmEpochRecord *record)
{
  g_ptr_array_add (self->epochs, anm_epoch_record_ref (record));
}

void
anm_run_add_updates (AnmRun *self,
                     const AnmRunUpdate *updates,
                     gsize n_updates)
{
  g_array_append_vals (self->updates, updates, (guint) n_updates);
}

void
anm_run_set_snapshot (AnmRun *self,
                      AnmSnapshotKind kind,
                      AnmSnapshot *snapshot)
{
  g_clear_pointer (&self->snapshots[kind], anm_snapshot_unref);
  self->snapshots[kind] = anm_snapshot_ref (snapshot);
}

void
anm_run_set_status (AnmRun *self,
                    AnmRunStatus status,
                    const char *message)
{
  self->status = status;
  g_free (self->message);
  self->message = g_strdup (message);
}

void
anm_run_emit_changed (AnmRun *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

guint
anm_run_get_id (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  return anm_run_key_get (self->key);
}

static char *
describe_optimizer (const AnmHyperparameters *hyperparameters)
{
  g_autofree char *rate = g_strdup_printf ("%g", hyperparameters->learning_rate);

  if (hyperparameters->optimizer == ANM_OPTIMIZER_SGD && hyperparameters->momentum > 0)
    return g_strdup_printf (_ ("SGD %s, momentum %g"), rate, hyperparameters->momentum);
  return g_strdup_printf ("%s %s", anm_optimizer_kind_get_label (hyperparameters->optimizer), rate);
}

const char *
anm_run_get_name (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  if (self->row->name != NULL)
    return self->row->name;
  if (self->name == NULL || self->name_id != anm_run_get_id (self))
    {
      g_autofree char *optimizer = describe_optimizer (&self->hyperparameters);

      g_free (self->name);
      self->name_id = anm_run_get_id (self);
      /* Translators: a run's number and optimiser, as in "Run 3, Adam 0.001". */
      self->name = g_strdup_printf (_ ("Run %u, %s"), self->name_id, optimizer);
    }
  return self->name;
}

AnmRunStatus
anm_run_get_status (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), ANM_RUN_CUT_OFF);

  return self->status;
}

const char *
anm_run_get_message (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return self->status == ANM_RUN_FAILED ? self->message : NULL;
}

AnmTrainerEnd
anm_run_get_end (AnmRun *self)
{
  AnmTrainerEnd end = ANM_TRAINER_END_NONE;

  g_return_val_if_fail (ANM_IS_RUN (self), ANM_TRAINER_END_NONE);

  if (self->status == ANM_RUN_FINISHED)
    anm_trainer_end_from_string (self->message, &end);
  return end;
}

AnmNetwork *
anm_run_get_network (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return self->network;
}

const AnmHyperparameters *
anm_run_get_hyperparameters (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return &self->hyperparameters;
}

AnmLossKind
anm_run_get_loss (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), ANM_LOSS_AUTO);

  return self->loss;
}

AnmFittedRecipe *
anm_run_get_recipe (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  return self->recipe;
}

guint
anm_run_get_n_epochs (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  ensure_figures (self);
  return self->epochs->len;
}

const AnmRunEpoch *
anm_run_get_epoch (AnmRun *self,
                   guint index)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);
  g_return_val_if_fail (index < anm_run_get_n_epochs (self), NULL);

  return &((AnmEpochRecord *) g_ptr_array_index (self->epochs, index))->figures;
}

gsize
anm_run_get_n_updates (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  ensure_figures (self);
  return self->updates->len;
}

const AnmRunUpdate *
anm_run_get_updates (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  ensure_figures (self);
  return (const AnmRunUpdate *) (gpointer) self->updates->data;
}

guint
anm_run_get_best_epoch (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  ensure_figures (self);
  for (guint i = self->epochs->len; i > 0; i--)
    if (anm_run_get_epoch (self, i - 1)->best)
      return anm_run_get_epoch (self, i - 1)->epoch;
  return 0;
}

guint
anm_run_get_race (AnmRun *self)
{
  g_return_val_if_fail (ANM_IS_RUN (self), 0);

  return self->race != NULL ? anm_run_key_get (self->race) : 0;
}

static int
compare_epochs (gconstpointer a,
                gconstpointer b)
{
  guint first = *(const guint *) a, second = *(const guint *) b;

  return (first > second) - (first < second);
}

guint *
anm_run_get_kept_epochs (AnmRun *self,
                         guint *n_epochs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) epochs = NULL;
  guint n = 0;

  *n_epochs = 0;
  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  epochs = anm_snapshot_rows_list (anm_store_get_reader (self->store), anm_run_get_id (self), &error);
  if (epochs == NULL)
    {
      g_warning ("%s", error->message);
      epochs = g_array_new (FALSE, FALSE, sizeof (guint));
    }
  for (guint i = 0; i < ANM_N_SNAPSHOTS; i++)
    if (self->snapshots[i] != NULL)
      g_array_append_val (epochs, self->snapshots[i]->epoch);
  g_array_sort (epochs, compare_epochs);
  for (guint i = 0; i < epochs->len; i++)
    if (n == 0 || g_array_index (epochs, guint, n - 1) != g_array_index (epochs, guint, i))
      g_array_index (epochs, guint, n++) = g_array_index (epochs, guint, i);
  *n_epochs = n;
  return (guint *) (gpointer) g_array_free (g_steal_pointer (&epochs), FALSE);
}

AnmSnapshot *
anm_run_get_held_snapshot (AnmRun *self,
                           int epoch)
{
  AnmSnapshot *held = NULL;

  if (epoch == ANM_EPOCH_LAST)
    held = self->snapshots[ANM_SNAPSHOT_LAST];
  else if (epoch == ANM_EPOCH_BEST)
    held = self->snapshots[ANM_SNAPSHOT_BEST];
  else if (epoch == 0)
    held = self->snapshots[ANM_SNAPSHOT_INITIAL];
  else if (self->snapshots[ANM_SNAPSHOT_BEST] != NULL && self->snapshots[ANM_SNAPSHOT_BEST]->epoch == (guint) epoch)
    held = self->snapshots[ANM_SNAPSHOT_BEST];
  return held != NULL ? anm_snapshot_ref (held) : NULL;
}

/* From memory or from the file. @snapshot is set to NULL if there is none. */
static gboolean
find_snapshot (AnmRun *self,
               int epoch,
               AnmSnapshot **snapshot,
               GError **error)
{
  sqlite3 *db = anm_store_get_reader (self->store);

  *snapshot = anm_run_get_held_snapshot (self, epoch);
  if (*snapshot != NULL)
    return TRUE;
  if (!anm_snapshot_rows_load (db, anm_run_get_id (self), epoch, snapshot, error))
    return FALSE;
  /* Of a run under way it may still be on its way to the file. */
  if (*snapshot != NULL || self->snapshots[ANM_SNAPSHOT_LAST] == NULL)
    return TRUE;
  return anm_writer_flush (anm_store_get_writer (self->store), error) &&
         anm_snapshot_rows_load (db, anm_run_get_id (self), epoch, snapshot, error);
}

static void
set_not_kept_error (AnmRun *self,
                    int epoch,
                    GError **error)
{
  g_autoptr (GString) kept = g_string_new (NULL);
  guint n_epochs;
  g_autofree guint *epochs = anm_run_get_kept_epochs (self, &n_epochs);

  for (guint i = 0; i < n_epochs; i++)
    {
      guint last = i;

      /* Epochs without a gap are written as one: 3–17. */
      while (last + 1 < n_epochs && epochs[last + 1] == epochs[last] + 1)
        last++;
      g_string_append_printf (kept, i > 0 ? ", %u" : "%u", epochs[i]);
      if (last > i)
        g_string_append_printf (kept, last > i + 1 ? "–%u" : ", %u", epochs[last]);
      i = last;
    }
  if (n_epochs == 0)
    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_KEPT,
                 _ ("Run %u has no weights yet."), anm_run_get_id (self));
  else if (epoch < 0)
    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_KEPT,
                 _ ("Run %u has no best or last weights yet; kept: epoch %s."), anm_run_get_id (self), kept->str);
  else
    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_KEPT,
                 _ ("Run %u kept no weights of epoch %d. Kept are those of the epochs %s."),
                 anm_run_get_id (self), epoch, kept->str);
}

anm_real *
anm_run_load_parameters (AnmRun *self,
                         int epoch,
                         guint *found_epoch,
                         GError **error)
{
  g_autoptr (AnmSnapshot) snapshot = NULL;
  gsize size;
  const void *parameters;

  g_return_val_if_fail (ANM_IS_RUN (self), NULL);

  if (!find_snapshot (self, epoch, &snapshot, error))
    return NULL;
  if (snapshot == NULL)
    {
      set_not_kept_error (self, epoch, error);
      return NULL;
    }
  parameters = g_bytes_get_data (snapshot->parameters, &size);
  if (size != anm_network_get_n_parameters (self->network) * sizeof (anm_real))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("The weights of run %u don't fit its network: the study is damaged."), anm_run_get_id (self));
      return NULL;
    }
  if (found_epoch != NULL)
    *found_epoch = snapshot->epoch;
  return g_memdup2 (parameters, size);
}
