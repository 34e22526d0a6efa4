/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "data/cohort.h"

G_BEGIN_DECLS

/*
 * Fields of a JSON object, read with errors in words: @what names the object
 * ("the recipe"). A field that isn't there leaves @value as it was.
 */

/* Parses @json, which must be an object with no other fields than @allowed (NULL-terminated, nullable = any). */
JsonNode *anm_json_parse        (const char *json,
                                 const char *what,
                                 const char *const *allowed,
                                 GError **error);
gboolean  anm_json_get_double   (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 double *value,
                                 GError **error);
gboolean  anm_json_get_boolean  (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 gboolean *value,
                                 GError **error);
/* A whole number: as a JSON number, or as a string if it is over 2^53. */
gboolean  anm_json_get_uint64   (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 guint64 *value,
                                 GError **error);
/* The old value is freed. null gives NULL. */
gboolean  anm_json_get_string   (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 char **value,
                                 GError **error);
gboolean  anm_json_get_strings  (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 char ***value,
                                 GError **error);
/* The first @most numbers of a list; @n is how many it has. */
gboolean  anm_json_get_doubles  (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 double *values,
                                 guint most,
                                 guint *n,
                                 GError **error);
/* The index of the string in @words. */
gboolean  anm_json_get_word     (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 const char *const *words,
                                 guint *value,
                                 GError **error);
/* Borrowed; NULL with an error if it isn't an array. */
JsonArray *anm_json_get_array   (JsonObject *object,
                                 const char *what,
                                 const char *field,
                                 GError **error);

void      anm_json_add_double   (JsonBuilder *builder,
                                 const char *field,
                                 double value);
void      anm_json_add_boolean  (JsonBuilder *builder,
                                 const char *field,
                                 gboolean value);
void      anm_json_add_uint64   (JsonBuilder *builder,
                                 const char *field,
                                 guint64 value);
void      anm_json_add_string   (JsonBuilder *builder,
                                 const char *field,
                                 const char *value);
void      anm_json_add_strings  (JsonBuilder *builder,
                                 const char *field,
                                 char **value);
/* The finished object as text. */
char     *anm_json_to_text      (JsonBuilder *builder);

G_END_DECLS
