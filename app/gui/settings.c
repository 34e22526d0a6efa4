/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/settings.h"

GSettings *
anm_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, ANM_APPLICATION_ID, TRUE);

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/* An older schema than this program may lack a key. */
static gboolean
has_key (GSettings  *settings,
         const char *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  if (settings == NULL)
    return FALSE;

  g_object_get (settings, "settings-schema", &schema, NULL);
  return g_settings_schema_has_key (schema, key);
}

int
anm_settings_get_int (GSettings  *settings,
                      const char *key,
                      int         fallback)
{
  return has_key (settings, key) ? g_settings_get_int (settings, key) : fallback;
}

void
anm_settings_set_int (GSettings  *settings,
                      const char *key,
                      int         value)
{
  if (has_key (settings, key))
    g_settings_set_int (settings, key, value);
}

gboolean
anm_settings_get_boolean (GSettings  *settings,
                          const char *key,
                          gboolean    fallback)
{
  return has_key (settings, key) ? g_settings_get_boolean (settings, key) : fallback;
}

void
anm_settings_set_boolean (GSettings  *settings,
                          const char *key,
                          gboolean    value)
{
  if (has_key (settings, key))
    g_settings_set_boolean (settings, key, value);
}

char *
anm_settings_get_string (GSettings  *settings,
                         const char *key,
                         const char *fallback)
{
  return has_key (settings, key) ? g_settings_get_string (settings, key) : g_strdup (fallback);
}

void
anm_settings_set_string (GSettings  *settings,
                         const char *key,
                         const char *value)
{
  if (has_key (settings, key))
    g_settings_set_string (settings, key, value);
}

GVariant *
anm_settings_get_value (GSettings  *settings,
                        const char *key)
{
  return has_key (settings, key) ? g_settings_get_value (settings, key) : NULL;
}

void
anm_settings_set_value (GSettings  *settings,
                        const char *key,
                        GVariant   *value)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (value);

  if (has_key (settings, key))
    g_settings_set_value (settings, key, taken);
}

void
anm_settings_bind (GSettings  *settings,
                   const char *key,
                   gpointer    object,
                   const char *property)
{
  if (has_key (settings, key))
    g_settings_bind (settings, key, object, property, G_SETTINGS_BIND_DEFAULT);
}

guint
anm_settings_get_threads (void)
{
  g_autoptr (GSettings) settings = anm_settings_new ();
  const int threads = anm_settings_get_int (settings, "threads", 0);

  return threads > 0 ? (guint) threads : g_get_num_processors ();
}
