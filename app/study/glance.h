/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A run as it is listed before its study is opened. */
typedef struct
{
  guint    id;
  char    *name;     /* or, without one, its network */
  gboolean deleted;
} AnmGlancedRun;

/* Of AnmGlancedRun: the runs of a study that is only read for them, and neither brought up to date nor changed. NULL if
 * it can't be read so. */
GPtrArray *anm_study_glance_at_runs (const char *path);

G_END_DECLS
