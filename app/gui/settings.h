/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Settings of the window. Where the schema isn't installed (and GSettings would end the program) there are none:
 * reading gives the fallback, writing does nothing.
 */

GSettings *anm_settings_new         (void); /* nullable */
int        anm_settings_get_int     (GSettings *settings,
                                     const char *key,
                                     int fallback);
void       anm_settings_set_int     (GSettings *settings,
                                     const char *key,
                                     int value);
gboolean   anm_settings_get_boolean (GSettings *settings,
                                     const char *key,
                                     gboolean fallback);
void       anm_settings_set_boolean (GSettings *settings,
                                     const char *key,
                                     gboolean value);
char      *anm_settings_get_string  (GSettings *settings,
                                     const char *key,
                                     const char *fallback);
void       anm_settings_set_string  (GSettings *settings,
                                     const char *key,
                                     const char *value);
/* Keeps a property of @object and the key the same. */
void       anm_settings_bind        (GSettings *settings,
                                     const char *key,
                                     gpointer object,
                                     const char *property);
/* How many threads a training has. */
guint      anm_settings_get_threads (void);
/* %NULL where there is none; the caller's reference. */
GVariant  *anm_settings_get_value   (GSettings *settings,
                                     const char *key);
/* A floating @value is taken. */
void       anm_settings_set_value   (GSettings *settings,
                                     const char *key,
                                     GVariant *value);

G_END_DECLS
