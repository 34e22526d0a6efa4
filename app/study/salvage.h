/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a damaged study still held. */
typedef struct
{
  guint    n_rows;
  guint    n_dropped;    /* rows that could be read, but name something that can't, or aren't what their hash says */
  guint    n_cohorts;
  guint    n_runs;
  guint    n_epochs;
  guint    n_snapshots;
  gboolean whole;        /* nothing was damaged */
} AnmSalvage;

/* Copies what can be read of the study at @path, which is left as it is, into a new study at @output, which mustn't exist. */
gboolean anm_study_salvage (const char *path,
                            const char *output,
                            AnmSalvage *salvage,
                            GError **error);

G_END_DECLS
