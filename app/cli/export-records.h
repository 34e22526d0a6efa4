/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/model.h"
#include "app/study/study.h"

G_BEGIN_DECLS

/*
 * What a run learnt from, as its network sees it, for programs of other libraries: one CSV row a step with patient, part,
 * step, outcome (the number of its class, or its labels, numbers, interval and event), tokens if the network reads
 * any (numbers with blanks between), and the columns. Of GRU-D these are values carried on, then whether each was measured,
 * then the time since.
 */
typedef struct
{
  gsize n_patients;
  guint n_columns;
} AnmRecordsWritten;

gboolean anm_export_records (AnmStudy *study,
                             AnmRun *run,
                             const char *path,
                             AnmRecordsWritten *written,
                             GError **error);

G_END_DECLS
