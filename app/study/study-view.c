/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <math.h>

#include "app/study/study-edits.h"
#include "app/study/study-settings.h"

#define SETTING "view"
#define LAZY_MILLISECONDS 1000

/* One JSON object of texts and numbers. What can't be read counts as nothing: it is only the place where somebody last looked. */
static JsonObject *
get_view (AnmStudy *self)
{
  g_autofree char *json = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (self->view != NULL)
    return self->view;
  json = _anm_study_load_setting (self, SETTING, NULL);
  node = json != NULL ? json_from_string (json, NULL) : NULL;
  self->view = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node) : json_object_new ();
  return self->view;
}

/* NULL if there is none, or one of another kind. */
static JsonNode *
find (AnmStudy *self,
      const char *name,
      gboolean text)
{
  JsonNode *node = json_object_get_member (get_view (self), name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || (json_node_get_value_type (node) == G_TYPE_STRING) != text)
    return NULL;
  return node;
}

void
_anm_study_write_view (AnmStudy *self)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;

  if (self->view_source == 0)
    return;
  g_clear_handle_id (&self->view_source, g_source_remove);
  node = json_node_init_object (json_node_alloc (), self->view);
  json = json_to_string (node, FALSE);
  _anm_study_submit_setting (self, SETTING, json, 0);
}

static gboolean
write_cb (gpointer data)
{
  _anm_study_write_view (data);
  return G_SOURCE_REMOVE;
}

static void
write_later (AnmStudy *self)
{
  if (self->view_source == 0)
    self->view_source = g_timeout_add (LAZY_MILLISECONDS, write_cb, self);
}

void
anm_study_set_view_text (AnmStudy *self,
                         const char *name,
                         const char *text)
{
  JsonNode *before;

  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (name != NULL);

  before = find (self, name, TRUE);
  if (before != NULL ? g_strcmp0 (json_node_get_string (before), text) == 0 : text == NULL && !json_object_has_member (self->view, name))
    return;
  if (text != NULL)
    json_object_set_string_member (self->view, name, text);
  else
    json_object_remove_member (self->view, name);
  write_later (self);
}

const char *
anm_study_get_view_text (AnmStudy *self,
                         const char *name)
{
  JsonNode *node;

  g_return_val_if_fail (ANM_IS_STUDY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  node = find (self, name, TRUE);
  return node != NULL ? json_node_get_string (node) : NULL;
}

void
anm_study_set_view_number (AnmStudy *self,
                           const char *name,
                           double number)
{
  JsonNode *before;

  g_return_if_fail (ANM_IS_STUDY (self));
  g_return_if_fail (name != NULL);

  /* JSON has no word for these. */
  if (!isfinite (number))
    {
      anm_study_set_view_text (self, name, NULL);
      return;
    }
  before = find (self, name, FALSE);
  if (before != NULL && json_node_get_double (before) == number)
    return;
  json_object_set_double_member (self->view, name, number);
  write_later (self);
}

double
anm_study_get_view_number (AnmStudy *self,
                           const char *name,
                           double otherwise)
{
  JsonNode *node;

  g_return_val_if_fail (ANM_IS_STUDY (self), otherwise);
  g_return_val_if_fail (name != NULL, otherwise);

  node = find (self, name, FALSE);
  return node != NULL ? json_node_get_double (node) : otherwise;
}
