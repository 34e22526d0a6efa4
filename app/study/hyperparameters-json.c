/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/hyperparameters-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/study-error.h"
#include "data/json-fields.h"

/* The shortest text that reads back to the same number. json-glib's parser wants a point before an exponent. */
static void
append_number (GString *json,
               double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  const char *exponent;

  for (int digits = 15; digits <= 17; digits++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  exponent = strchr (text, 'e');
  if (exponent != NULL && strchr (text, '.') == NULL)
    g_string_append_printf (json, "%.*s.0%s", (int) (exponent - text), text, exponent);
  else
    g_string_append (json, text);
}

static void
append_class_weights (GString *json,
                      const AnmHyperparameters *self)
{
  g_string_append (json, ", \"class_weights\": [");
  for (guint k = 0; k < self->n_class_weights; k++)
    {
      if (k > 0)
        g_string_append (json, ", ");
      append_number (json, self->class_weights[k]);
    }
  g_string_append_c (json, ']');
}

char *
anm_hyperparameters_to_json (const AnmHyperparameters *self)
{
  GString *json = g_string_new (NULL);
  g_autofree char *schedule = anm_schedule_to_text (&self->schedule);
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  g_string_append_printf (json, "{\"optimizer\": \"%s\", \"loss\": \"%s\", \"schedule\": \"%s\"", anm_optimizer_kind_to_string (self->optimizer),
                          anm_loss_kind_to_string (self->loss), schedule);
  for (guint i = 0; i < n_members; i++)
    {
      g_string_append_printf (json, ", \"%s\": ", members[i].name);
      switch (members[i].kind)
        {
        case ANM_HYPERPARAMETER_COUNT:
          g_string_append_printf (json, "%u", G_STRUCT_MEMBER (guint, self, members[i].offset));
          break;
        case ANM_HYPERPARAMETER_FLAG:
          g_string_append (json, G_STRUCT_MEMBER (gboolean, self, members[i].offset) ? "true" : "false");
          break;
        case ANM_HYPERPARAMETER_REAL:
        default:
          append_number (json, G_STRUCT_MEMBER (double, self, members[i].offset));
          break;
        }
    }
  append_class_weights (json, self);
  /* JSON's whole numbers end at 2^53. */
  g_string_append_printf (json, ", \"seed\": \"%" G_GUINT64_FORMAT "\"}", self->seed);
  return g_string_free (json, FALSE);
}

static gboolean
read_kinds (AnmHyperparameters *self,
            JsonObject *object,
            GError **error)
{
  const char *optimizer = json_object_get_string_member_with_default (object, "optimizer", "adam");
  const char *loss = json_object_get_string_member_with_default (object, "loss", "auto");
  AnmOptimizerKind kind;

  if (!anm_optimizer_kind_from_string (optimizer, &kind))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("Unknown optimiser “%s” in saved hyperparameters."), optimizer);
      return FALSE;
    }
  anm_hyperparameters_init (self, kind);
  if (!anm_loss_kind_from_string (loss, &self->loss))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("Unknown loss “%s” in saved hyperparameters."), loss);
      return FALSE;
    }
  return anm_schedule_parse (&self->schedule, json_object_get_string_member_with_default (object, "schedule", "constant"), error);
}

/* Those of an older program lack some members, which keep their defaults. */
static void
read_member (AnmHyperparameters *self,
             JsonObject *object,
             const AnmHyperparameterMember *member)
{
  double *real = &G_STRUCT_MEMBER (double, self, member->offset);
  guint *count = &G_STRUCT_MEMBER (guint, self, member->offset);
  gboolean *flag = &G_STRUCT_MEMBER (gboolean, self, member->offset);

  switch (member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      *count = (guint) CLAMP (json_object_get_int_member_with_default (object, member->name, *count), 0, G_MAXINT);
      break;
    case ANM_HYPERPARAMETER_FLAG:
      *flag = json_object_get_boolean_member_with_default (object, member->name, *flag);
      break;
    case ANM_HYPERPARAMETER_REAL:
    default:
      *real = json_object_get_double_member_with_default (object, member->name, *real);
      break;
    }
}

/* Of too many the number is kept, so that the check says what is wrong. */
static void
read_class_weights (AnmHyperparameters *self,
                    JsonObject *object)
{
  JsonArray *weights = NULL;

  if (json_object_has_member (object, "class_weights") && JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, "class_weights")))
    weights = json_object_get_array_member (object, "class_weights");
  self->n_class_weights = weights != NULL ? json_array_get_length (weights) : 0;
  for (guint k = 0; k < MIN (self->n_class_weights, ANM_MAX_CLASS_WEIGHTS); k++)
    self->class_weights[k] = json_array_get_double_element (weights, k);
}

gboolean
anm_hyperparameters_from_json (AnmHyperparameters *self,
                               const char *json,
                               GError **error)
{
  g_autoptr (GError) parse_error = NULL;
  g_autoptr (JsonNode) root = anm_json_parse (json, _ ("saved hyperparameters"), NULL, &parse_error);
  JsonObject *object;
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  if (root == NULL)
    {
      g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, parse_error->message);
      return FALSE;
    }
  object = json_node_get_object (root);
  if (!read_kinds (self, object, error))
    return FALSE;
  for (guint i = 0; i < n_members; i++)
    read_member (self, object, &members[i]);
  read_class_weights (self, object);
  self->seed = g_ascii_strtoull (json_object_get_string_member_with_default (object, "seed", "0"), NULL, 10);
  return anm_hyperparameters_validate (self, error);
}

char *
anm_change_to_json (const AnmHyperparameters *self,
                    const AnmDropoutRates *rates,
                    guint n_layers)
{
  g_autofree char *hyperparameters = anm_hyperparameters_to_json (self);
  GString *json = g_string_new (hyperparameters);

  g_string_truncate (json, json->len - 1);
  g_string_append (json, ", \"dropout\": [");
  for (guint layer = 0; layer < n_layers; layer++)
    {
      g_string_append (json, layer > 0 ? ", [" : "[");
      append_number (json, rates[layer].dropout);
      g_string_append (json, ", ");
      append_number (json, rates[layer].recurrent_dropout);
      g_string_append_c (json, ']');
    }
  g_string_append (json, "]}");
  return g_string_free (json, FALSE);
}

AnmDropoutRates *
anm_change_rates_from_json (const char *json,
                            guint n_layers)
{
  g_autoptr (JsonNode) root = anm_json_parse (json, "", NULL, NULL);
  JsonNode *node = root != NULL ? json_object_get_member (json_node_get_object (root), "dropout") : NULL;
  JsonArray *layers = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autofree AnmDropoutRates *rates = NULL;

  if (layers == NULL || json_array_get_length (layers) != n_layers)
    return NULL;
  rates = g_new0 (AnmDropoutRates, n_layers);
  for (guint layer = 0; layer < n_layers; layer++)
    {
      JsonNode *pair = json_array_get_element (layers, layer);

      if (!JSON_NODE_HOLDS_ARRAY (pair) || json_array_get_length (json_node_get_array (pair)) != 2)
        return NULL;
      rates[layer].dropout = json_array_get_double_element (json_node_get_array (pair), 0);
      rates[layer].recurrent_dropout = json_array_get_double_element (json_node_get_array (pair), 1);
    }
  return g_steal_pointer (&rates);
}
