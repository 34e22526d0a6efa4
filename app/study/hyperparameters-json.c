/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/hyperparameters-json.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

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

char *
anm_hyperparameters_to_json (const AnmHyperparameters *self)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, self->seed);

  json_object_set_string_member (object, "optimizer", anm_optimizer_kind_to_string (self->optimizer));
  json_object_set_string_member (object, "loss", anm_loss_kind_to_string (self->loss));
  for (guint i = 0; i < G_N_ELEMENTS (reals); i++)
    json_object_set_double_member (object, reals[i].name, G_STRUCT_MEMBER (double, self, reals[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    json_object_set_int_member (object, counts[i].name, G_STRUCT_MEMBER (guint, self, counts[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    json_object_set_boolean_member (object, flags[i].name, G_STRUCT_MEMBER (gboolean, self, flags[i].offset));
  /* JSON's numbers end at 2^53. */
  json_object_set_string_member (object, "seed", seed);
  json_node_set_object (root, object);
  return json_to_string (root, FALSE);
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
  g_autoptr (JsonNode) root = json_from_string (json, error);
  JsonObject *object;

  if (root == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (root))
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
