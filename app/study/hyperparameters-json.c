/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/hyperparameters-json.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/study/study-error.h"

#define MEMBER(name) { #name, offsetof (AnmHyperparameters, name) }

typedef struct
{
  const char *name;
  gsize       offset;
} Member;

static const Member reals[] = {
  MEMBER (learning_rate),
  MEMBER (momentum),
  MEMBER (rho),
  MEMBER (beta_1),
  MEMBER (beta_2),
  MEMBER (epsilon),
  MEMBER (clip_norm),
  MEMBER (clip_value),
};

static const Member counts[] = {
  MEMBER (batch_size),
  MEMBER (epochs),
  MEMBER (patience),
};

static const Member flags[] = {
  MEMBER (nesterov),
  MEMBER (balanced_classes),
};

/* The shortest text that reads back to the same number. json-glib's parser wants a point before an exponent. */
static void
append_real (GString *json,
             const char *name,
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
    g_string_append_printf (json, ", \"%s\": %.*s.0%s", name, (int) (exponent - text), text, exponent);
  else
    g_string_append_printf (json, ", \"%s\": %s", name, text);
}

char *
anm_hyperparameters_to_json (const AnmHyperparameters *self)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"optimizer\": \"%s\", \"loss\": \"%s\"", anm_optimizer_kind_to_string (self->optimizer),
                          anm_loss_kind_to_string (self->loss));
  for (guint i = 0; i < G_N_ELEMENTS (reals); i++)
    append_real (json, reals[i].name, G_STRUCT_MEMBER (double, self, reals[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (json, ", \"%s\": %u", counts[i].name, G_STRUCT_MEMBER (guint, self, counts[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    g_string_append_printf (json, ", \"%s\": %s", flags[i].name, G_STRUCT_MEMBER (gboolean, self, flags[i].offset) ? "true" : "false");
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
  return TRUE;
}

gboolean
anm_hyperparameters_from_json (AnmHyperparameters *self,
                               const char *json,
                               GError **error)
{
  g_autoptr (GError) parse_error = NULL;
  g_autoptr (JsonNode) root = json_from_string (json, &parse_error);
  JsonObject *object;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("Saved hyperparameters can't be read: “%s”."), json);
      return FALSE;
    }
  object = json_node_get_object (root);
  if (!read_kinds (self, object, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (reals); i++)
    {
      double *value = &G_STRUCT_MEMBER (double, self, reals[i].offset);

      *value = json_object_get_double_member_with_default (object, reals[i].name, *value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      guint *value = &G_STRUCT_MEMBER (guint, self, counts[i].offset);

      *value = (guint) CLAMP (json_object_get_int_member_with_default (object, counts[i].name, *value), 0, G_MAXINT);
    }
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      gboolean *value = &G_STRUCT_MEMBER (gboolean, self, flags[i].offset);

      *value = json_object_get_boolean_member_with_default (object, flags[i].name, *value);
    }
  self->seed = g_ascii_strtoull (json_object_get_string_member_with_default (object, "seed", "0"), NULL, 10);
  return anm_hyperparameters_validate (self, error);
}
