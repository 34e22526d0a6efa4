/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/cohort-origin.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "app/study/study-error.h"
#include "data/samples.h"

#define BUFFER_BYTES (1 << 20)

static char *
sum_file (const char *path,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (file, cancellable, error));
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (BUFFER_BYTES);
  gssize n = -1;

  while (stream != NULL && (n = g_input_stream_read (stream, buffer, BUFFER_BYTES, cancellable, error)) > 0)
    g_checksum_update (sum, buffer, n);
  return n == 0 ? g_strdup (g_checksum_get_string (sum)) : NULL;
}

static char *
make_absolute (const char *argument)
{
  return !anm_sample_is (argument) && g_file_test (argument, G_FILE_TEST_EXISTS) ? g_canonicalize_filename (argument, NULL) : g_strdup (argument);
}

static gboolean
add_file (JsonBuilder *builder,
          const char *path,
          gboolean with_sum,
          GError **error)
{
  g_autofree char *sum = NULL;
  GStatBuf status;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || g_stat (path, &status) != 0)
    return TRUE;
  if (with_sum)
    {
      sum = sum_file (path, NULL, error);
      if (sum == NULL)
        return FALSE;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, (gint64) status.st_size);
  json_builder_set_member_name (builder, "modified");
  json_builder_add_int_value (builder, (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec);
  if (sum != NULL)
    {
      json_builder_set_member_name (builder, "sha256");
      json_builder_add_string_value (builder, sum);
    }
  json_builder_end_object (builder);
  return TRUE;
}

char *
anm_cohort_origin_describe (AnmSource *source,
                            gboolean with_sums,
                            GError **error)
{
  const char *const *arguments = anm_source_get_arguments (source);
  g_autofree char *roles = anm_source_roles_to_json (source);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "arguments");
  json_builder_begin_array (builder);
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      g_autofree char *absolute = make_absolute (arguments[i]);

      json_builder_add_string_value (builder, absolute);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "roles");
  json_builder_add_string_value (builder, roles);
  json_builder_set_member_name (builder, "given");
  json_builder_add_boolean_value (builder, anm_source_has_given_roles (source));
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      g_autofree char *absolute = make_absolute (arguments[i]);

      if (!add_file (builder, absolute, with_sums, error))
        return NULL;
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static JsonObject *
parse (const char *origin,
       JsonNode **root)
{
  *root = origin != NULL ? json_from_string (origin, NULL) : NULL;
  return *root != NULL && JSON_NODE_HOLDS_OBJECT (*root) ? json_node_get_object (*root) : NULL;
}

static JsonArray *
get_array (JsonObject *object,
           const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static char **
get_arguments (JsonObject *object)
{
  JsonArray *array = get_array (object, "arguments");
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_ptr_array_add (arguments, json_node_dup_string (node));
    }
  if (arguments->len == 0)
    return NULL;
  g_ptr_array_add (arguments, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&arguments), FALSE);
}

char **
anm_cohort_origin_get_arguments (const char *origin,
                                 char **roles)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object = parse (origin, &root);

  *roles = NULL;
  if (object == NULL)
    return NULL;
  if (json_object_get_boolean_member_with_default (object, "given", FALSE))
    *roles = g_strdup (get_text (object, "roles"));
  return get_arguments (object);
}

/* By size and time; where only the time is another, by content. */
static gboolean
check_file (JsonObject *file,
            GCancellable *cancellable,
            GError **error)
{
  const char *path = get_text (file, "path"), *expected = get_text (file, "sha256");
  g_autofree char *sum = NULL;
  GStatBuf status;

  if (path == NULL || expected == NULL)
    return TRUE;
  if (g_stat (path, &status) != 0)
    {
      g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
                   _ ("The records of this study lie in “%s”, which isn't there any more. Put it back, or open the records anew."), path);
      return FALSE;
    }
  if (json_object_get_int_member_with_default (file, "size", -1) == (gint64) status.st_size)
    {
      if (json_object_get_int_member_with_default (file, "modified", -1) == (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec)
        return TRUE;
      sum = sum_file (path, cancellable, error);
      if (sum == NULL)
        return FALSE;
      if (g_str_equal (sum, expected))
        return TRUE;
    }
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
               _ ("The records of this study lie in “%s”, which has changed since. Put back what it was, or open the records anew."), path);
  return FALSE;
}

static gboolean
check_files (JsonObject *object,
             GCancellable *cancellable,
             GError **error)
{
  JsonArray *files = get_array (object, "files");

  for (guint i = 0; files != NULL && i < json_array_get_length (files); i++)
    {
      JsonNode *node = json_array_get_element (files, i);

      if (JSON_NODE_HOLDS_OBJECT (node) && !check_file (json_node_get_object (node), cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static AnmCohort *
read_again (char **arguments,
            const char *roles,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnmSource) source = anm_source_open ((const char *const *) arguments, error);

  if (source == NULL || (roles != NULL && anm_source_get_n_tables (source) > 0 && !anm_source_set_roles (source, roles, _ ("the study"), error)) ||
      !anm_source_check (source, error))
    return NULL;
  return anm_source_read (source, NULL, NULL, cancellable, error);
}

AnmCohort *
anm_cohort_origin_read (const char *origin,
                        const char *hash,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object = parse (origin, &root);
  g_auto (GStrv) arguments = object != NULL ? get_arguments (object) : NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *found = NULL;

  if (arguments == NULL)
    {
      g_set_error_literal (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ, _ ("The study doesn't say where its records came from. Open them anew."));
      return NULL;
    }
  if (!check_files (object, cancellable, error))
    return NULL;
  cohort = read_again (arguments, get_text (object, "roles"), cancellable, error);
  if (cohort == NULL || hash == NULL)
    return g_steal_pointer (&cohort);
  bytes = anm_cohort_serialize (cohort);
  found = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (g_str_equal (found, hash))
    return g_steal_pointer (&cohort);
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ,
               _ ("The records in “%s” aren't those of this study any more. Put back what it was, or open the records anew."), arguments[0]);
  return NULL;
}
