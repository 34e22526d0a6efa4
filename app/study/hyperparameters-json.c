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

  if (value == 0)
    value = 0; /* not -0, which is the same */
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
            const char *what,
            GError **error)
{
  g_autofree char *optimizer = g_strdup ("adam"), *loss = g_strdup ("auto"), *schedule = g_strdup ("constant");
  AnmOptimizerKind kind;

  if (!anm_json_get_string (object, what, "optimizer", &optimizer, error) || !anm_json_get_string (object, what, "loss", &loss, error) ||
      !anm_json_get_string (object, what, "schedule", &schedule, error))
    return FALSE;
  if (optimizer == NULL || !anm_optimizer_kind_from_string (optimizer, &kind))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("Unknown optimiser “%s” in saved hyperparameters."), optimizer != NULL ? optimizer : "");
      return FALSE;
    }
  anm_hyperparameters_init (self, kind);
  if (loss == NULL || !anm_loss_kind_from_string (loss, &self->loss))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("Unknown loss “%s” in saved hyperparameters."), loss != NULL ? loss : "");
      return FALSE;
    }
  return anm_schedule_parse (&self->schedule, schedule != NULL ? schedule : "", error);
}

/* Those of an older program lack some members, which keep their defaults. */
static gboolean
read_member (AnmHyperparameters *self,
             JsonObject *object,
             const char *what,
             const AnmHyperparameterMember *member,
             GError **error)
{
  guint *count = &G_STRUCT_MEMBER (guint, self, member->offset);
  guint64 number = *count;

  switch (member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      if (!anm_json_get_uint64 (object, what, member->name, &number, error))
        return FALSE;
      *count = (guint) MIN (number, G_MAXINT);
      return TRUE;
    case ANM_HYPERPARAMETER_FLAG:
      return anm_json_get_boolean (object, what, member->name, &G_STRUCT_MEMBER (gboolean, self, member->offset), error);
    case ANM_HYPERPARAMETER_REAL:
    default:
      return anm_json_get_double (object, what, member->name, &G_STRUCT_MEMBER (double, self, member->offset), error);
    }
}

static gboolean
read_all (AnmHyperparameters *self,
          JsonObject *object,
          const char *what,
          GError **error)
{
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  if (!read_kinds (self, object, what, error))
    return FALSE;
  for (guint i = 0; i < n_members; i++)
    if (!read_member (self, object, what, &members[i], error))
      return FALSE;
  /* Of too many weights the number is kept, so that the check says what is wrong. */
  self->n_class_weights = 0;
  self->seed = 0;
  return anm_json_get_doubles (object, what, "class_weights", self->class_weights, ANM_MAX_CLASS_WEIGHTS, &self->n_class_weights, error) &&
         anm_json_get_uint64 (object, what, "seed", &self->seed, error);
}

gboolean
anm_hyperparameters_from_json (AnmHyperparameters *self,
                               const char *json,
                               GError **error)
{
  const char *what = _ ("saved hyperparameters");
  g_autoptr (GError) read_error = NULL;
  g_autoptr (JsonNode) root = anm_json_parse (json, what, NULL, &read_error);

  if (root == NULL || !read_all (self, json_node_get_object (root), what, &read_error))
    {
      g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, read_error->message);
      return FALSE;
    }
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

/* Two numbers. */
static gboolean
read_rates (JsonNode *node,
            AnmDropoutRates *rates)
{
  double *const numbers[] = { &rates->dropout, &rates->recurrent_dropout };

  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != G_N_ELEMENTS (numbers))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      JsonNode *item = json_array_get_element (json_node_get_array (node), i);
      GType type = JSON_NODE_HOLDS_VALUE (item) ? json_node_get_value_type (item) : G_TYPE_INVALID;

      if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
        return FALSE;
      *numbers[i] = json_node_get_double (item);
    }
  return TRUE;
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
    if (!read_rates (json_array_get_element (layers, layer), &rates[layer]))
      return NULL;
  return g_steal_pointer (&rates);
}
