/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The studies that were open, newest first, kept in the settings ("recent-studies"), and told to the desktop's own list of
 * recent files. Nothing of the patients but how many there are.
 */

typedef struct
{
  char   *path;
  char   *title;
  gint64  opened;      /* seconds since 1970 */
  guint   n_patients;
} AnmRecentStudy;

/* Of AnmRecentStudy; empty if there are none. */
GPtrArray *anm_recent_studies_load   (GSettings *settings);
void       anm_recent_studies_add    (GSettings *settings,
                                      const char *path,
                                      const char *title,
                                      gsize n_patients);
void       anm_recent_studies_forget (GSettings *settings,
                                      const char *path);
/* "today", "yesterday", "Monday", "12 March", "12 March 2024" */
char      *anm_recent_date_describe  (gint64 time);

G_END_DECLS
