/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/edit-label.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

static char *
member_to_text (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("–");
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return g_strdup_printf ("%g", json_node_get_double (node));
  return json_to_string (node, FALSE);
}

static char *
label_of_change (const char *name,
                 const char *before,
                 const char *after)
{
  g_autofree char *words = g_strdelimit (g_strdup (name), "_", ' ');

  /* Translators: what an edit changed, from what and to what, as in "learning rate 0.001 to 0.01". */
  return g_strdup_printf (_ ("%s %s to %s"), words, before, after);
}

char *
anm_edit_label_of_members (const char *before,
                           const char *after,
                           const char *what)
{
  g_autoptr (JsonNode) old = json_from_string (before, NULL), new = json_from_string (after, NULL);
  g_autoptr (GList) names = NULL;
  g_autofree char *label = NULL;
  guint n_changes = 0;

  if (old == NULL || new == NULL || !JSON_NODE_HOLDS_OBJECT (old) || !JSON_NODE_HOLDS_OBJECT (new))
    return g_strdup (what);
  names = json_object_get_members (json_node_get_object (new));
  for (GList *link = names; link != NULL; link = link->next)
    {
      g_autofree char *was = member_to_text (json_object_get_member (json_node_get_object (old), link->data));
      g_autofree char *is = member_to_text (json_object_get_member (json_node_get_object (new), link->data));

      if (strcmp (was, is) == 0)
        continue;
      n_changes++;
      if (label == NULL)
        label = label_of_change (link->data, was, is);
      /* The optimiser brings its own defaults with it. */
      if (strcmp (link->data, "optimizer") == 0)
        return g_steal_pointer (&label);
    }
  return n_changes == 1 ? g_steal_pointer (&label) : g_strdup (what);
}

/* "lstm(32, return_sequences)" in three: "lstm", "32", ", return_sequences)". */
static gboolean
take_apart (const char *layer,
            char **type,
            char **size,
            const char **rest)
{
  const char *bracket = strchr (layer, '(');
  gsize n_digits;

  if (bracket == NULL)
    return FALSE;
  n_digits = strspn (bracket + 1, "0123456789.");
  if (n_digits == 0)
    return FALSE;
  *type = g_strndup (layer, (gsize) (bracket - layer));
  *size = g_strndup (bracket + 1, n_digits);
  *rest = bracket + 1 + n_digits;
  return TRUE;
}

static char *
label_of_layer (const char *before,
                const char *after)
{
  g_autofree char *type_before = NULL, *type_after = NULL, *size_before = NULL, *size_after = NULL;
  const char *rest_before, *rest_after;

  if (take_apart (before, &type_before, &size_before, &rest_before) && take_apart (after, &type_after, &size_after, &rest_after) &&
      strcmp (type_before, type_after) == 0 && strcmp (rest_before, rest_after) == 0)
    {
      if (strcmp (type_after, "dropout") == 0)
        return label_of_change (_ ("rate"), size_before, size_after);
      return label_of_change (strcmp (type_after, "conv1d") == 0 ? _ ("filters") : _ ("units"), size_before, size_after);
    }
  return g_strdup_printf (_ ("%s to %s"), before, after);
}

/* The place of the layer of @longer that @shorter lacks; -1 if that isn't all. */
static int
find_extra (char **shorter,
            char **longer)
{
  guint i = 0;

  while (shorter[i] != NULL && strcmp (shorter[i], longer[i]) == 0)
    i++;
  for (guint k = i; shorter[k] != NULL; k++)
    if (strcmp (shorter[k], longer[k + 1]) != 0)
      return -1;
  return (int) i;
}

char *
anm_edit_label_of_network (const char *before,
                           const char *after)
{
  g_auto (GStrv) old = g_strsplit (before, " > ", -1), new = g_strsplit (after, " > ", -1);
  guint n_old = g_strv_length (old), n_new = g_strv_length (new), n_changes = 0, changed = 0;
  int extra;

  for (guint i = 0; n_old == n_new && i < n_old; i++)
    if (strcmp (old[i], new[i]) != 0)
      {
        n_changes++;
        changed = i;
      }
  if (n_changes == 1)
    return label_of_layer (old[changed], new[changed]);
  extra = n_new == n_old + 1 ? find_extra (old, new) : -1;
  if (extra >= 0)
    return g_strdup_printf (_ ("add %s"), new[extra]);
  extra = n_old == n_new + 1 ? find_extra (new, old) : -1;
  if (extra >= 0)
    return g_strdup_printf (_ ("remove %s"), old[extra]);
  return g_strdup (_ ("network"));
}

static gboolean
is_number (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         (json_node_get_value_type (node) == G_TYPE_DOUBLE || json_node_get_value_type (node) == G_TYPE_INT64);
}

char *
anm_edit_place_of_members (const char *before,
                           const char *after)
{
  g_autoptr (JsonNode) old = json_from_string (before, NULL), new = json_from_string (after, NULL);
  g_autoptr (GList) names = NULL;
  const char *place = NULL;

  if (old == NULL || new == NULL || !JSON_NODE_HOLDS_OBJECT (old) || !JSON_NODE_HOLDS_OBJECT (new))
    return NULL;
  names = json_object_get_members (json_node_get_object (new));
  for (GList *link = names; link != NULL; link = link->next)
    {
      JsonNode *was = json_object_get_member (json_node_get_object (old), link->data);
      JsonNode *is = json_object_get_member (json_node_get_object (new), link->data);
      g_autofree char *text_was = member_to_text (was), *text_is = member_to_text (is);

      if (strcmp (text_was, text_is) == 0)
        continue;
      if (place != NULL || !is_number (was) || !is_number (is))
        return NULL;
      place = link->data;
    }
  return g_strdup (place);
}

char *
anm_edit_place_of_network (const AnmNetworkSpec *before,
                           const AnmNetworkSpec *after)
{
  g_autofree char *place = NULL;

  if (before->n_layers != after->n_layers)
    return NULL;
  for (guint i = 0; i < after->n_layers; i++)
    {
      const AnmLayerSpec *was = before->layers[i], *is = after->layers[i];
      guint n_arguments;
      const AnmArgument *arguments = anm_layer_class_get_arguments (is->klass, &n_arguments);

      for (guint k = 0; was->klass == is->klass && k < n_arguments; k++)
        if (was->values[k] != is->values[k])
          {
            const gboolean turns = arguments[k].kind == ANM_ARGUMENT_SIZE || arguments[k].kind == ANM_ARGUMENT_REAL;

            if (place != NULL || !turns)
              return NULL;
            place = g_strdup_printf ("layer %u %s", i, arguments[k].name);
          }
      if (was->klass != is->klass)
        return NULL;
    }
  return g_steal_pointer (&place);
}
