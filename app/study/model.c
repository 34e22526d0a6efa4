/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/model.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "app/study/study-error.h"
#include "engine/workspace.h"

/* Texts of the file beside those of the exchange. */
#define TEXT_RECIPE "recipe"
#define TEXT_LOSS "loss"
#define TEXT_RUN "run"
#define TEXT_EPOCH "epoch"

AnmModel *
anm_model_new_of_run (AnmRun *run,
                      int epoch,
                      GError **error)
{
  guint found_epoch;
  anm_real *parameters = anm_run_load_parameters (run, epoch, &found_epoch, error);
  AnmModel *self;

  if (parameters == NULL)
    return NULL;
  self = g_new0 (AnmModel, 1);
  self->network = anm_network_ref (anm_run_get_network (run));
  self->recipe = anm_fitted_recipe_ref (anm_run_get_recipe (run));
  self->loss = anm_run_get_loss (run);
  self->parameters = parameters;
  self->run = anm_run_get_id (run);
  self->epoch = found_epoch;
  return self;
}

void
anm_model_free (AnmModel *self)
{
  g_clear_pointer (&self->network, anm_network_unref);
  g_clear_pointer (&self->recipe, anm_fitted_recipe_unref);
  g_free (self->parameters);
  g_free (self);
}

/* All that is needed to apply it, without the paths of this machine. */
static char *
write_recipe (const AnmFittedRecipe *recipe)
{
  g_autofree char *text = anm_fitted_recipe_to_json (recipe);
  g_autoptr (JsonNode) root = NULL;

  if (anm_fitted_recipe_get_recipe (recipe)->split_file == NULL)
    return g_steal_pointer (&text);
  root = json_from_string (text, NULL);
  json_object_set_null_member (json_object_get_object_member (json_node_get_object (root), "recipe"), "split_file");
  return json_to_string (root, FALSE);
}

gboolean
anm_model_save (const AnmModel *self,
                const char *path,
                AnmLayout layout,
                GError **error)
{
  g_autoptr (AnmSafetensors) file = anm_safetensors_new ();
  g_autofree char *recipe = write_recipe (self->recipe);
  g_autofree char *run = g_strdup_printf ("%u", self->run);
  g_autofree char *epoch = g_strdup_printf ("%u", self->epoch);

  if (!anm_exchange_write (self->network, self->parameters, layout, file, error))
    return FALSE;
  anm_safetensors_set_text (file, TEXT_LOSS, anm_loss_kind_to_string (self->loss));
  anm_safetensors_set_text (file, TEXT_RECIPE, recipe);
  anm_safetensors_set_text (file, TEXT_RUN, run);
  anm_safetensors_set_text (file, TEXT_EPOCH, epoch);
  return anm_safetensors_save (file, path, error);
}

static guint
read_count (const AnmSafetensors *file,
            const char *key)
{
  const char *text = anm_safetensors_get_text (file, key);
  guint64 count = 0;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &count, NULL))
    return (guint) count;
  return 0;
}

static gboolean
refuse (GError **error,
        const char *message)
{
  g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, message);
  return FALSE;
}

/* As asked for, else as the file says. */
static gboolean
find_layout (const AnmSafetensors *file,
             const AnmLayout *wanted,
             AnmLayout *layout,
             GError **error)
{
  if (wanted != NULL)
    *layout = *wanted;
  else if (!anm_exchange_find_layout (file, layout))
    return refuse (error, _ ("The file doesn't say whose layout its weights have: name it with --layout pytorch or --layout keras."));
  return TRUE;
}

static gboolean
read_recipe (AnmModel *self,
             const AnmSafetensors *file,
             GError **error)
{
  const char *recipe = anm_safetensors_get_text (file, TEXT_RECIPE);

  if (recipe == NULL)
    return refuse (error, _ ("The file holds weights, but not how records are scaled for them. Start a training from it instead (“anamnesis-cli train --weights”)."));
  self->recipe = anm_fitted_recipe_from_json (recipe, error);
  return self->recipe != NULL;
}

static gboolean
read_network (AnmModel *self,
              const AnmSafetensors *file,
              GError **error)
{
  const AnmTargetShape *target = &anm_fitted_recipe_get_target (self->recipe)->shape;
  const char *loss_text = anm_safetensors_get_text (file, TEXT_LOSS);
  g_autoptr (AnmNetwork) named = anm_exchange_read_network (file, error);
  AnmLossKind loss = ANM_LOSS_AUTO;

  if (named == NULL)
    return FALSE;
  if (loss_text != NULL && !anm_loss_kind_from_string (loss_text, &loss))
    return refuse (error, _ ("The file was trained with a loss that isn't known here."));
  self->network = anm_network_new (anm_network_get_spec (named), anm_fitted_recipe_get_n_columns (self->recipe), target, error);
  return self->network != NULL && anm_loss_resolve (loss, self->network, target, &self->loss, error);
}

static gboolean
read_model (AnmModel *self,
            const AnmSafetensors *file,
            const AnmLayout *wanted,
            GError **error)
{
  AnmLayout layout;

  if (!find_layout (file, wanted, &layout, error) || !read_recipe (self, file, error) || !read_network (self, file, error))
    return FALSE;
  self->rounded = anm_safetensors_is_rounded (file);
  self->run = read_count (file, TEXT_RUN);
  self->epoch = read_count (file, TEXT_EPOCH);
  self->parameters = g_new (anm_real, MAX (anm_network_get_n_parameters (self->network), 1));
  return anm_exchange_read (self->network, file, layout, self->parameters, error);
}

static void
prefix_error (GError **error,
              const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_prefix_error (error, "“%s”: ", shown);
}

AnmModel *
anm_model_load (const char *path,
                const AnmLayout *layout,
                GError **error)
{
  g_autoptr (AnmSafetensors) file = anm_safetensors_load (path, error);
  g_autoptr (AnmModel) self = NULL;

  if (file == NULL)
    return NULL;
  self = g_new0 (AnmModel, 1);
  if (read_model (self, file, layout, error))
    return g_steal_pointer (&self);
  prefix_error (error, path);
  return NULL;
}

/* Weights to begin with. */

AnmInitialWeights *
anm_initial_weights_load (const char *path,
                          const AnmLayout *layout,
                          GError **error)
{
  g_autoptr (AnmInitialWeights) self = g_new0 (AnmInitialWeights, 1);
  g_autoptr (AnmNetwork) network = NULL;
  g_autofree char *name = g_path_get_basename (path);

  self->name = g_filename_display_name (name);
  self->path = g_canonicalize_filename (path, NULL);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->file = anm_safetensors_load (path, error);
  if (self->file == NULL)
    return NULL;
  if (!find_layout (self->file, layout, &self->layout, error))
    {
      prefix_error (error, path);
      return NULL;
    }
  network = anm_exchange_read_network (self->file, NULL);
  if (network != NULL)
    self->network = anm_network_spec_copy (anm_network_get_spec (network));
  return g_steal_pointer (&self);
}

void
anm_initial_weights_free (AnmInitialWeights *self)
{
  g_clear_pointer (&self->file, anm_safetensors_free);
  g_clear_pointer (&self->network, anm_network_spec_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self->name);
  g_free (self->path);
  g_free (self->parameters);
  g_free (self);
}

/* Weights of a first layer are of certain columns in a certain order. */
static gboolean
check_columns (const AnmFittedRecipe *theirs,
               const AnmFittedRecipe *ours,
               GError **error)
{
  guint n_theirs = anm_fitted_recipe_get_n_columns (theirs), n_ours = anm_fitted_recipe_get_n_columns (ours);

  for (guint i = 0; i < MAX (n_theirs, n_ours); i++)
    {
      g_autofree char *theirs_name = i < n_theirs ? anm_fitted_recipe_get_column_name (theirs, i) : NULL;
      g_autofree char *ours_name = i < n_ours ? anm_fitted_recipe_get_column_name (ours, i) : NULL;

      if (g_strcmp0 (theirs_name, ours_name) == 0)
        continue;
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("The weights were made for %u inputs of which number %u is “%s”, but the records give %u of which that is “%s”: choose the same channels and columns."),
                   n_theirs, i + 1, theirs_name != NULL ? theirs_name : "", n_ours, ours_name != NULL ? ours_name : "");
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_scaled_otherwise (const AnmFittedRecipe *theirs,
                     const AnmFittedRecipe *ours)
{
  if (anm_fitted_recipe_get_n_planes (theirs) != anm_fitted_recipe_get_n_planes (ours))
    return TRUE;
  for (guint i = 0; i < anm_fitted_recipe_get_n_planes (ours); i++)
    for (guint value = 0; value < 2; value++)
      if (anm_fitted_recipe_unscale (theirs, i, value) != anm_fitted_recipe_unscale (ours, i, value))
        return TRUE;
  return FALSE;
}

gboolean
anm_initial_weights_fit (AnmInitialWeights *self,
                         const AnmNetwork *network,
                         const AnmFittedRecipe *recipe,
                         GError **error)
{
  const char *text = anm_safetensors_get_text (self->file, TEXT_RECIPE);
  g_autoptr (AnmFittedRecipe) theirs = text != NULL ? anm_fitted_recipe_from_json (text, error) : NULL;
  gboolean read = text == NULL || (theirs != NULL && check_columns (theirs, recipe, error));

  g_clear_pointer (&self->parameters, g_free);
  g_ptr_array_set_size (self->notes, 0);
  self->n_parameters = anm_network_get_n_parameters (network);
  if (read)
    {
      self->parameters = g_new (anm_real, MAX (self->n_parameters, 1));
      read = anm_exchange_read (network, self->file, self->layout, self->parameters, error);
    }
  if (!read)
    {
      g_clear_pointer (&self->parameters, g_free);
      g_prefix_error (error, "“%s”: ", self->name);
      return FALSE;
    }
  if (theirs != NULL && is_scaled_otherwise (theirs, recipe))
    g_ptr_array_add (self->notes, g_strdup_printf (_ ("The weights of “%s” were learnt on records scaled otherwise."), self->name));
  if (anm_safetensors_is_rounded (self->file))
    g_ptr_array_add (self->notes, g_strdup_printf (_ ("The weights of “%s” have double precision and were rounded to single."), self->name));
  return TRUE;
}
