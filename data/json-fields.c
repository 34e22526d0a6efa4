/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/json-fields.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#define MAX_DEPTH 5000

static gboolean
refuse_field (const char *what,
              const char *field,
              const char *wanted,
              GError **error)
{
  /* Translators: in the recipe, “step” must be a number. */
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, “%s” must be %s."), what, field, wanted);
  return FALSE;
}

/* json-glib follows nested brackets by calling itself, and a file may come from anywhere. Brackets in texts
 * are counted with the rest, since what json-glib takes for a text isn't easily told; the limit leaves room. */
static gboolean
is_nested_deeply (const char *json)
{
  guint depth = 0;

  for (; *json != '\0' && depth <= MAX_DEPTH; json++)
    if (*json == '[' || *json == '{')
      depth++;
    else if ((*json == ']' || *json == '}') && depth > 0)
      depth--;
  return depth > MAX_DEPTH;
}

/* Behind the text or comment that @json begins with; @json itself if it begins with neither. */
static const char *
skip_text (const char *json)
{
  const char *end = json + 1;

  if (g_str_has_prefix (json, "//"))
    return json + strcspn (json, "\n");
  if (g_str_has_prefix (json, "/*"))
    return (end = strstr (json + 2, "*/")) != NULL ? end + 2 : json + strlen (json);
  if (*json != '"')
    return json;
  while (*end != '\0' && *end != '"')
    end += *end == '\\' && end[1] != '\0' ? 2 : 1;
  return *end != '\0' ? end + 1 : end;
}

/* json-glib would read one value behind the other, keep the last and forget the others. Where the bracket is closed that
 * @json begins with; NULL if it isn't. */
static const char *
find_end (const char *json)
{
  guint depth = 0;

  while (*json != '\0')
    {
      const char *behind = skip_text (json);

      if (behind != json)
        {
          json = behind;
          continue;
        }
      if (*json == '{' || *json == '[')
        depth++;
      else if ((*json == '}' || *json == ']') && --depth == 0)
        return json + 1;
      json++;
    }
  return NULL;
}

static gboolean
check_brackets (const char *json,
                const char *what,
                GError **error)
{
  const char *end;

  while (g_ascii_isspace (*json))
    json++;
  if (*json != '{')
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("Found no JSON object in %s: it must begin with “{”."), what);
      return FALSE;
    }
  end = find_end (json);
  if (end == NULL)
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, a bracket or a quotation mark isn’t closed."), what);
  else if (end[strspn (end, " \t\r\n")] != '\0')
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, there is more behind the bracket that closes the first one."), what);
  else
    return TRUE;
  return FALSE;
}

/* A backslash before a character of several bytes makes json-glib drop a part of it. */
static gboolean
has_sound_texts (JsonNode *node)
{
  gboolean sound = TRUE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (sound && json_object_iter_next (&iter, &name, &member))
        sound = g_utf8_validate (name, -1, NULL) && has_sound_texts (member);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; sound && i < json_array_get_length (json_node_get_array (node)); i++)
      sound = has_sound_texts (json_array_get_element (json_node_get_array (node), i));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    sound = g_utf8_validate (json_node_get_string (node), -1, NULL);
  return sound;
}

JsonNode *
anm_json_parse (const char *json,
                const char *what,
                const char *const *allowed,
                GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GList) fields = NULL;

  if (!g_utf8_validate (json, -1, NULL))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s isn’t valid UTF-8: save it as UTF-8."), what);
      return NULL;
    }
  if (is_nested_deeply (json))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, brackets are nested more than %d deep."), what, MAX_DEPTH);
      return NULL;
    }
  if (!check_brackets (json, what, error))
    return NULL;
  root = json_from_string (json, &cause);
  if (cause != NULL)
    {
      /* json-glib cuts characters in two. */
      g_autofree char *message = g_utf8_make_valid (cause->message, -1);

      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s: %s"), what, message);
      return NULL;
    }
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("Found no JSON object in %s: it must begin with “{”."), what);
      return NULL;
    }

  if (!has_sound_texts (root))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, a text isn’t valid UTF-8: look for a stray backslash."), what);
      return NULL;
    }

  fields = json_object_get_members (json_node_get_object (root));
  for (GList *item = fields; allowed != NULL && item != NULL; item = item->next)
    if (!g_strv_contains (allowed, item->data))
      {
        g_autofree char *known = g_strjoinv (", ", (char **) allowed);

        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, “%s” is unknown. Known are: %s."), what, (const char *) item->data, known);
        return NULL;
      }
  return g_steal_pointer (&root);
}

static gboolean
holds_value (JsonNode *node,
             GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

gboolean
anm_json_get_double (JsonObject *object,
                     const char *what,
                     const char *field,
                     double *value,
                     GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL)
    return TRUE;
  if (!holds_value (node, G_TYPE_DOUBLE) && !holds_value (node, G_TYPE_INT64))
    return refuse_field (what, field, _("a number"), error);
  *value = json_node_get_double (node);
  return TRUE;
}

gboolean
anm_json_get_boolean (JsonObject *object,
                      const char *what,
                      const char *field,
                      gboolean *value,
                      GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL)
    return TRUE;
  if (!holds_value (node, G_TYPE_BOOLEAN))
    return refuse_field (what, field, _("true or false"), error);
  *value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
anm_json_get_uint64 (JsonObject *object,
                     const char *what,
                     const char *field,
                     guint64 *value,
                     GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL)
    return TRUE;
  if (holds_value (node, G_TYPE_INT64) && json_node_get_int (node) >= 0)
    {
      *value = (guint64) json_node_get_int (node);
      return TRUE;
    }
  if (holds_value (node, G_TYPE_STRING) && g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, G_MAXUINT64, value, NULL))
    return TRUE;
  return refuse_field (what, field, _("a whole number from 0"), error);
}

gboolean
anm_json_get_string (JsonObject *object,
                     const char *what,
                     const char *field,
                     char **value,
                     GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_NULL (node) && !holds_value (node, G_TYPE_STRING))
    return refuse_field (what, field, _("text"), error);
  g_free (*value);
  *value = JSON_NODE_HOLDS_NULL (node) ? NULL : json_node_dup_string (node);
  return TRUE;
}

gboolean
anm_json_get_strings (JsonObject *object,
                      const char *what,
                      const char *field,
                      char ***value,
                      GError **error)
{
  JsonNode *node = json_object_get_member (object, field);
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_NULL (node) && !JSON_NODE_HOLDS_ARRAY (node))
    return refuse_field (what, field, _("a list of texts"), error);

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *item = json_array_get_element (array, i);

          if (!holds_value (item, G_TYPE_STRING))
            return refuse_field (what, field, _("a list of texts"), error);
          g_strv_builder_add (strings, json_node_get_string (item));
        }
    }
  g_strfreev (*value);
  *value = JSON_NODE_HOLDS_NULL (node) ? NULL : g_strv_builder_end (strings);
  return TRUE;
}

gboolean
anm_json_get_doubles (JsonObject *object,
                      const char *what,
                      const char *field,
                      double *values,
                      guint most,
                      guint *n,
                      GError **error)
{
  JsonNode *node = json_object_get_member (object, field);
  JsonArray *array;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse_field (what, field, _("a list of numbers"), error);
  array = json_node_get_array (node);
  *n = json_array_get_length (array);
  for (guint i = 0; i < *n; i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!holds_value (item, G_TYPE_DOUBLE) && !holds_value (item, G_TYPE_INT64))
        return refuse_field (what, field, _("a list of numbers"), error);
      if (i < most)
        values[i] = json_node_get_double (item);
    }
  return TRUE;
}

gboolean
anm_json_get_word (JsonObject *object,
                   const char *what,
                   const char *field,
                   const char *const *words,
                   guint *value,
                   GError **error)
{
  g_autofree char *word = NULL;
  g_autofree char *list = NULL;

  if (!anm_json_get_string (object, what, field, &word, error))
    return FALSE;
  if (!json_object_has_member (object, field))
    return TRUE;
  for (guint i = 0; words[i] != NULL; i++)
    if (g_strcmp0 (words[i], word) == 0)
      {
        *value = i;
        return TRUE;
      }

  list = g_strjoinv (", ", (char **) words);
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("In %s, “%s” must be one of: %s."), what, field, list);
  return FALSE;
}

JsonArray *
anm_json_get_array (JsonObject *object,
                    const char *what,
                    const char *field,
                    GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  refuse_field (what, field, _("a list"), error);
  return NULL;
}

/* JSON has no NaN: unknown is written by leaving the field out. */
void
anm_json_add_double (JsonBuilder *builder,
                     const char *field,
                     double value)
{
  if (!isfinite (value))
    return;
  json_builder_set_member_name (builder, field);
  json_builder_add_double_value (builder, value);
}

void
anm_json_add_boolean (JsonBuilder *builder,
                      const char *field,
                      gboolean value)
{
  json_builder_set_member_name (builder, field);
  json_builder_add_boolean_value (builder, value);
}

void
anm_json_add_uint64 (JsonBuilder *builder,
                     const char *field,
                     guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  json_builder_set_member_name (builder, field);
  if (value <= G_GUINT64_CONSTANT (1) << 53)
    json_builder_add_int_value (builder, (gint64) value);
  else
    json_builder_add_string_value (builder, text);
}

void
anm_json_add_string (JsonBuilder *builder,
                     const char *field,
                     const char *value)
{
  json_builder_set_member_name (builder, field);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
anm_json_add_strings (JsonBuilder *builder,
                      const char *field,
                      char **value)
{
  json_builder_set_member_name (builder, field);
  if (value == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_array (builder);
  for (guint i = 0; value[i] != NULL; i++)
    json_builder_add_string_value (builder, value[i]);
  json_builder_end_array (builder);
}

char *
anm_json_to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}
