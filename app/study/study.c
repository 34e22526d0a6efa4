/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/edit-label.h"
#include "app/study/hyperparameters-json.h"
#include "app/study/study-error.h"
#include "app/study/study-edits.h"
#include "app/study/study-private.h"
#include "app/study/study-settings.h"

#define TITLE_SETTING "title"
#define DEFAULT_NETWORK "lstm(32, return_sequences) > gru(16) > dense(1)"

G_DEFINE_FINAL_TYPE (AnmStudy, anm_study, G_TYPE_OBJECT)

G_DEFINE_BOXED_TYPE (AnmCohort, anm_cohort, anm_cohort_ref, anm_cohort_unref)
G_DEFINE_BOXED_TYPE (AnmDataset, anm_dataset, anm_dataset_ref, anm_dataset_unref)

enum
{
  PROP_0,
  PROP_PATH,
  PROP_TITLE,
  PROP_COHORT,
  PROP_DATASET,
  PROP_DATASET_ERROR,
  PROP_NETWORK_TEXT,
  PROP_RECIPE,
  PROP_HYPERPARAMETERS,
  PROP_PREPARING,
  PROP_LOADING,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_UNDO_LABEL,
  PROP_REDO_LABEL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
anm_study_get_property (GObject *object,
                        guint property_id,
                        GValue *value,
                        GParamSpec *pspec)
{
  AnmStudy *self = ANM_STUDY (object);

  switch (property_id)
    {
    case PROP_PATH:
      g_value_set_string (value, anm_study_get_path (self));
      break;
    case PROP_TITLE:
      g_value_set_string (value, anm_study_get_title (self));
      break;
    case PROP_COHORT:
      g_value_set_boxed (value, anm_study_get_cohort (self));
      break;
    case PROP_DATASET:
      g_value_set_boxed (value, self->dataset);
      break;
    case PROP_DATASET_ERROR:
      g_value_set_boxed (value, self->dataset_error);
      break;
    case PROP_NETWORK_TEXT:
      g_value_take_string (value, anm_study_dup_network_text (self));
      break;
    case PROP_RECIPE:
      g_value_set_pointer (value, self->recipe);
      break;
    case PROP_HYPERPARAMETERS:
      g_value_set_pointer (value, &self->hyperparameters);
      break;
    case PROP_PREPARING:
      g_value_set_boolean (value, anm_study_get_preparing (self));
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, anm_study_get_loading (self));
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, anm_study_get_undo_label (self) != NULL);
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, anm_study_get_redo_label (self) != NULL);
      break;
    case PROP_UNDO_LABEL:
      g_value_set_string (value, anm_study_get_undo_label (self));
      break;
    case PROP_REDO_LABEL:
      g_value_set_string (value, anm_study_get_redo_label (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
anm_study_dispose (GObject *object)
{
  AnmStudy *self = ANM_STUDY (object);

  _anm_study_drop_preparation (self);
  _anm_study_write_view (self);
  g_clear_object (&self->runs);
  g_clear_pointer (&self->all_runs, g_ptr_array_unref);
  g_clear_pointer (&self->cohort, anm_cohort_version_unref);
  g_clear_pointer (&self->dataset, anm_dataset_unref);
  g_clear_pointer (&self->store, anm_store_unref);
  G_OBJECT_CLASS (anm_study_parent_class)->dispose (object);
}

static void
anm_study_finalize (GObject *object)
{
  AnmStudy *self = ANM_STUDY (object);

  g_clear_pointer (&self->recipe, anm_recipe_free);
  g_clear_pointer (&self->network, anm_network_spec_free);
  g_clear_pointer (&self->gesture, g_free);
  g_clear_pointer (&self->history, anm_history_free);
  g_clear_pointer (&self->view, json_object_unref);
  g_clear_pointer (&self->title, g_free);
  g_clear_error (&self->dataset_error);
  G_OBJECT_CLASS (anm_study_parent_class)->finalize (object);
}

static void
anm_study_class_init (AnmStudyClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = anm_study_get_property;
  object_class->dispose = anm_study_dispose;
  object_class->finalize = anm_study_finalize;

  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_COHORT] = g_param_spec_boxed ("cohort", NULL, NULL, ANM_TYPE_COHORT, flags);
  properties[PROP_DATASET] = g_param_spec_boxed ("dataset", NULL, NULL, ANM_TYPE_DATASET, flags);
  properties[PROP_DATASET_ERROR] = g_param_spec_boxed ("dataset-error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_NETWORK_TEXT] = g_param_spec_string ("network-text", NULL, NULL, NULL, flags);
  properties[PROP_RECIPE] = g_param_spec_pointer ("recipe", NULL, NULL, flags);
  properties[PROP_HYPERPARAMETERS] = g_param_spec_pointer ("hyperparameters", NULL, NULL, flags);
  properties[PROP_PREPARING] = g_param_spec_boolean ("preparing", NULL, NULL, FALSE, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  properties[PROP_UNDO_LABEL] = g_param_spec_string ("undo-label", NULL, NULL, NULL, flags);
  properties[PROP_REDO_LABEL] = g_param_spec_string ("redo-label", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

void
_anm_study_set_defaults (AnmStudy *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->cohort, anm_cohort_version_unref);
  g_clear_pointer (&self->recipe, anm_recipe_free);
  g_clear_pointer (&self->network, anm_network_spec_free);
  self->recipe = anm_recipe_new ();
  self->network = anm_network_spec_parse (DEFAULT_NETWORK, &error);
  g_assert_no_error (error);
  anm_hyperparameters_init (&self->hyperparameters, ANM_OPTIMIZER_ADAM);
}

static void
anm_study_init (AnmStudy *self)
{
  _anm_study_set_defaults (self);
  self->all_runs = g_ptr_array_new_with_free_func (g_object_unref);
  self->runs = g_list_store_new (ANM_TYPE_RUN);
}

static gboolean
load_texts (AnmStudy *self,
            const AnmHead *head,
            GError **error)
{
  sqlite3 *db = anm_store_get_reader (self->store);
  g_autofree char *recipe = NULL, *network = NULL, *hyperparameters = NULL;

  if (head->recipe == NULL || head->network == NULL || head->hyperparameters == NULL)
    return TRUE; /* new */
  recipe = anm_versions_load_text (db, head->recipe, error);
  if (recipe == NULL)
    return FALSE;
  g_clear_pointer (&self->recipe, anm_recipe_free);
  self->recipe = anm_recipe_from_json (recipe, error);
  if (self->recipe == NULL)
    return FALSE;
  network = anm_versions_load_text (db, head->network, error);
  if (network == NULL)
    return FALSE;
  g_clear_pointer (&self->network, anm_network_spec_free);
  self->network = anm_network_spec_parse (network, error);
  if (self->network == NULL)
    return FALSE;
  hyperparameters = anm_versions_load_text (db, head->hyperparameters, error);
  return hyperparameters != NULL && anm_hyperparameters_from_json (&self->hyperparameters, hyperparameters, error);
}

static gboolean
load_all (AnmStudy *self,
          GError **error)
{
  g_auto (AnmHead) head = { 0 };
  sqlite3 *db = anm_store_get_reader (self->store);

  if (!anm_head_load (&head, db, error) || !load_texts (self, &head, error))
    return FALSE;
  if (head.cohort != NULL)
    {
      self->cohort = anm_cohort_version_open (db, head.cohort, error);
      if (self->cohort == NULL)
        return FALSE;
    }
  self->history = anm_history_load (db, error);
  if (self->history == NULL)
    return FALSE;
  _anm_study_remember (self, anm_history_get_head (self->history));
  self->title = _anm_study_load_setting (self, TITLE_SETTING, NULL);
  if (self->title != NULL && *self->title == '\0')
    g_clear_pointer (&self->title, g_free);
  return _anm_study_load_runs (self, error);
}

AnmStudy *
anm_study_open (const char *path,
                GError **error)
{
  g_autoptr (AnmStudy) self = g_object_new (ANM_TYPE_STUDY, NULL);

  self->store = path != NULL ? anm_store_open (path, error) : anm_store_new_untitled (error);
  if (self->store == NULL)
    return NULL;
  if (!load_all (self, error))
    {
      g_prefix_error (error, _ ("“%s” can't be read: "), anm_store_get_path (self->store));
      return NULL;
    }
  _anm_study_prepare_later (self);
  return g_steal_pointer (&self);
}

const char *
anm_study_get_path (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return anm_store_get_path (self->store);
}

const char *
anm_study_get_title (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  if (self->title != NULL)
    return self->title;
  return self->cohort != NULL ? anm_cohort_version_get_title (self->cohort) : _ ("New study");
}

void
anm_study_set_title (AnmStudy *self,
                     const char *title)
{
  g_return_if_fail (ANM_IS_STUDY (self));

  if (title != NULL && *title == '\0')
    title = NULL;
  if (g_strcmp0 (title, self->title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  _anm_study_submit_setting (self, TITLE_SETTING, title != NULL ? title : "", 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

gboolean
anm_study_flush (AnmStudy *self,
                 GError **error)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  _anm_study_write_view (self);
  return anm_writer_flush (anm_store_get_writer (self->store), error);
}

AnmStore *
anm_study_get_store (AnmStudy *self)
{
  return self->store;
}

AnmCohortVersion *
anm_study_get_cohort_version (AnmStudy *self)
{
  return self->cohort;
}

AnmCohort *
anm_study_get_cohort (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->cohort != NULL ? anm_cohort_version_get_cohort (self->cohort) : NULL;
}

const char *
anm_study_get_source (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->cohort != NULL ? anm_cohort_version_get_source (self->cohort) : NULL;
}

const char *
anm_study_get_origin (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->cohort != NULL ? anm_cohort_version_get_origin (self->cohort) : NULL;
}

void
anm_study_set_cohort (AnmStudy *self,
                      AnmCohort *cohort,
                      const char *source)
{
  anm_study_set_cohort_from (self, cohort, source, NULL, FALSE);
}

gboolean
anm_study_get_by_reference (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);

  return self->cohort != NULL && anm_cohort_version_get_by_reference (self->cohort);
}

void
anm_study_set_cohort_from (AnmStudy *self,
                           AnmCohort *cohort,
                           const char *source,
                           const char *origin,
                           gboolean by_reference)
{
  g_autoptr (AnmCohortVersion) before = NULL;
  g_autofree char *label = NULL;

  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (cohort != NULL && source != NULL);

  g_object_freeze_notify (G_OBJECT (self));
  before = self->cohort;
  self->cohort = anm_cohort_version_new (cohort, source, origin, by_reference);
  g_clear_pointer (&self->recipe, anm_recipe_free);
  self->recipe = anm_recipe_new_for (cohort);
  self->recipe->keep_missing = anm_network_spec_reads_missing (self->network);
  self->recipe->use_tokens = anm_network_spec_reads_tokens (self->network);
  /* Another target may ask for another loss, and its classes for other weights. */
  self->hyperparameters.loss = ANM_LOSS_AUTO;
  self->hyperparameters.n_class_weights = 0;
  if (cohort->target.shape.kind != ANM_TARGET_NONE)
    anm_network_spec_fit_output (self->network, &cohort->target.shape);
  label = g_strdup_printf (_ ("records %s"), cohort->title);
  _anm_study_keep_edit (self, label);
  _anm_study_prepare_later (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COHORT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECIPE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK_TEXT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HYPERPARAMETERS]);
  g_object_thaw_notify (G_OBJECT (self));
}

const AnmRecipe *
anm_study_get_recipe (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->recipe;
}

/* Takes over @recipe, but with what the network reads; the one before stays until listeners have been told.
 * NULL if nothing changes. */
static AnmRecipe *
replace_recipe (AnmStudy *self,
                const AnmRecipe *recipe)
{
  g_autoptr (AnmRecipe) wanted = anm_recipe_copy (recipe);
  AnmRecipe *before = self->recipe;

  wanted->keep_missing = anm_network_spec_reads_missing (self->network);
  wanted->use_tokens = anm_network_spec_reads_tokens (self->network);
  if (anm_recipe_equal (before, wanted))
    return NULL;
  self->recipe = g_steal_pointer (&wanted);
  return before;
}

void
anm_study_set_recipe (AnmStudy *self,
                      const AnmRecipe *recipe)
{
  g_autoptr (AnmRecipe) before = NULL;
  g_autofree char *old = NULL, *new = NULL, *label = NULL, *place = NULL;
  const AnmEdit *began;

  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (recipe != NULL);

  before = replace_recipe (self, recipe);
  if (before == NULL)
    return;
  old = anm_recipe_to_json (before);
  new = anm_recipe_to_json (self->recipe);
  place = anm_edit_place_of_members (old, new);
  began = _anm_study_go_on (self, place);
  label = anm_edit_label_of_members (began != NULL ? began->recipe : old, new, _ ("how records are made ready"));
  _anm_study_keep_gesture (self, place, began, label);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECIPE]);
  _anm_study_prepare_later (self);
  g_object_thaw_notify (G_OBJECT (self));
}

const AnmNetworkSpec *
anm_study_get_network (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return self->network;
}

char *
anm_study_dup_network_text (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return anm_network_spec_to_text (self->network);
}

gboolean
anm_study_set_network (AnmStudy *self,
                       const AnmNetworkSpec *spec)
{
  g_autoptr (AnmNetworkSpec) before = NULL;
  g_autoptr (AnmRecipe) recipe_before = NULL;
  g_autofree char *old = NULL, *new = NULL, *label = NULL, *place = NULL;
  const AnmEdit *began;

  g_return_val_if_fail (ANM_IS_STUDY (self), FALSE);
  g_return_val_if_fail (spec != NULL, FALSE);

  if (anm_network_spec_equal (self->network, spec))
    return FALSE;
  before = self->network;
  self->network = anm_network_spec_copy (spec);
  g_object_freeze_notify (G_OBJECT (self));
  recipe_before = replace_recipe (self, self->recipe);
  if (recipe_before != NULL)
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECIPE]);
      _anm_study_prepare_later (self);
    }
  old = anm_network_spec_to_text (before);
  new = anm_network_spec_to_text (spec);
  place = recipe_before == NULL ? anm_edit_place_of_network (before, spec) : NULL;
  began = _anm_study_go_on (self, place);
  label = anm_edit_label_of_network (began != NULL ? began->network : old, new);
  _anm_study_keep_gesture (self, place, began, label);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK_TEXT]);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

const AnmHyperparameters *
anm_study_get_hyperparameters (AnmStudy *self)
{
  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);

  return &self->hyperparameters;
}

void
anm_study_set_hyperparameters (AnmStudy *self,
                               const AnmHyperparameters *hyperparameters)
{
  g_autofree char *before = NULL, *after = NULL, *label = NULL, *place = NULL;
  const AnmEdit *began;

  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (hyperparameters != NULL);

  before = anm_hyperparameters_to_json (&self->hyperparameters);
  after = anm_hyperparameters_to_json (hyperparameters);
  if (strcmp (before, after) == 0)
    return;
  self->hyperparameters = *hyperparameters;
  place = anm_edit_place_of_members (before, after);
  began = _anm_study_go_on (self, place);
  label = anm_edit_label_of_members (began != NULL ? began->hyperparameters : before, after, _ ("how the network is trained"));
  _anm_study_keep_gesture (self, place, began, label);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HYPERPARAMETERS]);
}
