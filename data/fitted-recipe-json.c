/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/fitted-recipe.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "data/json-fields.h"

static const char *const kind_words[] = { "numeric", "categorical", NULL };
static const char *const target_words[] = { "none", "binary", "classes", "labels", "regression", NULL };

static const char *const fitted_fields[] = { "recipe", "step", "time_unit", "channels", "statics", "target", NULL };

static void
write_fields (JsonBuilder *builder,
              const char *name,
              const AnmFittedField *fields,
              guint n_fields)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_fields; i++)
    {
      const AnmFittedField *field = &fields[i];

      json_builder_begin_object (builder);
      anm_json_add_string (builder, "name", field->name);
      anm_json_add_string (builder, "unit", field->unit);
      anm_json_add_string (builder, "kind", kind_words[field->kind]);
      anm_json_add_boolean (builder, "measured", field->measured);
      if (field->kind == ANM_FIELD_CATEGORICAL)
        anm_json_add_strings (builder, "categories", field->categories);
      anm_json_add_double (builder, "clip_low", field->clip_low);
      anm_json_add_double (builder, "clip_high", field->clip_high);
      anm_json_add_double (builder, "mean", field->mean);
      anm_json_add_double (builder, "offset", field->offset);
      anm_json_add_double (builder, "divisor", field->divisor);
      anm_json_add_boolean (builder, "observed_varies", field->observed_varies);
      anm_json_add_double (builder, "gap_divisor", field->gap_divisor);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
write_target (JsonBuilder *builder,
              const AnmTarget *target)
{
  json_builder_set_member_name (builder, "target");
  json_builder_begin_object (builder);
  anm_json_add_string (builder, "kind", target_words[target->shape.kind]);
  anm_json_add_uint64 (builder, "n_outputs", target->shape.n_outputs);
  anm_json_add_boolean (builder, "per_step", target->shape.per_step);
  anm_json_add_string (builder, "name", target->name);
  anm_json_add_string (builder, "label", target->label);
  anm_json_add_strings (builder, "classes", target->classes);
  json_builder_end_object (builder);
}

/**
 * anm_fitted_recipe_to_json:
 *
 * All that applying needs. Doubles have 17 digits, so that reading gives the
 * same bits; an infinite clipping bound is left out.
 */
char *
anm_fitted_recipe_to_json (const AnmFittedRecipe *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *recipe = anm_recipe_to_json (self->recipe);
  g_autoptr (JsonNode) recipe_node = json_from_string (recipe, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "recipe");
  json_builder_add_value (builder, g_steal_pointer (&recipe_node));
  anm_json_add_double (builder, "step", self->step);
  anm_json_add_string (builder, "time_unit", self->time_unit);
  write_fields (builder, "channels", self->channels, self->n_channels);
  write_fields (builder, "statics", self->statics, self->n_statics);
  write_target (builder, &self->target);
  json_builder_end_object (builder);
  return anm_json_to_text (builder);
}

static gboolean
refuse (const char *message,
        GError **error)
{
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The fitted recipe is damaged: %s"), message);
  return FALSE;
}

static gboolean
check_field (const AnmFittedField *field,
             GError **error)
{
  if (field->name == NULL || field->unit == NULL)
    return refuse (_("a field has no name or unit."), error);
  if ((field->kind == ANM_FIELD_CATEGORICAL) != (field->categories != NULL))
    return refuse (_("a field’s categories are missing."), error);
  if (!(field->clip_low <= field->clip_high) || !isfinite (field->mean) || !isfinite (field->offset) || !(field->divisor > 0 && field->gap_divisor > 0) || isinf (field->divisor) || isinf (field->gap_divisor))
    return refuse (_("a field’s numbers are out of range."), error);
  return TRUE;
}

static gboolean
read_field (AnmFittedField *field,
            JsonNode *node,
            GError **error)
{
  const char *what = _("the fitted recipe");
  JsonObject *object;
  guint kind = ANM_FIELD_NUMERIC;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (_("a field is no object."), error);

  object = json_node_get_object (node);
  field->clip_low = -INFINITY;
  field->clip_high = INFINITY;
  field->divisor = 1;
  field->gap_divisor = 1;
  if (!anm_json_get_string (object, what, "name", &field->name, error) ||
      !anm_json_get_string (object, what, "unit", &field->unit, error) ||
      !anm_json_get_word (object, what, "kind", kind_words, &kind, error) ||
      !anm_json_get_boolean (object, what, "measured", &field->measured, error) ||
      !anm_json_get_strings (object, what, "categories", &field->categories, error) ||
      !anm_json_get_double (object, what, "clip_low", &field->clip_low, error) ||
      !anm_json_get_double (object, what, "clip_high", &field->clip_high, error) ||
      !anm_json_get_double (object, what, "mean", &field->mean, error) ||
      !anm_json_get_double (object, what, "offset", &field->offset, error) ||
      !anm_json_get_double (object, what, "divisor", &field->divisor, error) ||
      !anm_json_get_boolean (object, what, "observed_varies", &field->observed_varies, error) ||
      !anm_json_get_double (object, what, "gap_divisor", &field->gap_divisor, error))
    return FALSE;
  field->kind = (AnmFieldKind) kind;
  return check_field (field, error);
}

static gboolean
read_fields (AnmFittedField *fields,
             JsonArray *array,
             GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!read_field (&fields[i], json_array_get_element (array, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_target (AnmTarget *target,
             JsonObject *root,
             GError **error)
{
  const char *what = _("the fitted recipe");
  JsonNode *node = json_object_get_member (root, "target");
  JsonObject *object;
  guint kind = ANM_TARGET_NONE;
  guint64 n_outputs = 0;
  guint n_classes;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return refuse (_("it doesn’t say what was to be predicted."), error);

  object = json_node_get_object (node);
  if (!anm_json_get_word (object, what, "kind", target_words, &kind, error) ||
      !anm_json_get_uint64 (object, what, "n_outputs", &n_outputs, error) ||
      !anm_json_get_boolean (object, what, "per_step", &target->shape.per_step, error) ||
      !anm_json_get_string (object, what, "name", &target->name, error) ||
      !anm_json_get_string (object, what, "label", &target->label, error) ||
      !anm_json_get_strings (object, what, "classes", &target->classes, error))
    return FALSE;

  target->shape.kind = (AnmTargetKind) kind;
  target->shape.n_outputs = (guint) n_outputs;
  n_classes = target->classes != NULL ? g_strv_length (target->classes) : 0;
  if (target->name == NULL || target->label == NULL || n_outputs > 1000000 || target->shape.per_step ||
      (kind == ANM_TARGET_BINARY && (n_outputs != 1 || n_classes != 2)) ||
      ((kind == ANM_TARGET_CLASSES || kind == ANM_TARGET_LABELS) && n_classes != n_outputs) ||
      (kind != ANM_TARGET_NONE && n_outputs == 0))
    return refuse (_("what was to be predicted contradicts itself."), error);
  return TRUE;
}

AnmFittedRecipe *
anm_fitted_recipe_from_json (const char *json,
                             GError **error)
{
  const char *what = _("the fitted recipe");
  g_autoptr (JsonNode) root = anm_json_parse (json, what, fitted_fields, error);
  g_autofree char *recipe_text = NULL;
  g_autofree char *time_unit = g_strdup ("");
  g_autoptr (AnmRecipe) recipe = NULL;
  g_autoptr (AnmFittedRecipe) self = NULL;
  JsonObject *object;
  JsonArray *channels, *statics;
  double step = 0;

  if (root == NULL)
    return NULL;
  object = json_node_get_object (root);
  if (!json_object_has_member (object, "recipe"))
    {
      refuse (_("it holds no recipe."), error);
      return NULL;
    }

  recipe_text = json_to_string (json_object_get_member (object, "recipe"), FALSE);
  recipe = anm_recipe_from_json (recipe_text, error);
  if (recipe == NULL ||
      !anm_json_get_double (object, what, "step", &step, error) ||
      !anm_json_get_string (object, what, "time_unit", &time_unit, error) ||
      (channels = anm_json_get_array (object, what, "channels", error)) == NULL ||
      (statics = anm_json_get_array (object, what, "statics", error)) == NULL)
    return NULL;
  if (!(step > 0) || isinf (step) || time_unit == NULL)
    {
      refuse (_("it has no time step."), error);
      return NULL;
    }

  self = anm_fitted_recipe_alloc (recipe, step, time_unit, json_array_get_length (channels), json_array_get_length (statics));
  if (!read_fields (self->channels, channels, error) || !read_fields (self->statics, statics, error) || !read_target (&self->target, object, error))
    return NULL;
  anm_fitted_recipe_lay_out (self);
  return g_steal_pointer (&self);
}
