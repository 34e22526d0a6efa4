/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/table.h"

G_BEGIN_DECLS

/* Reads tables (of AnmTable) whose roles have been checked, and joins them by patient. */
AnmCohort *anm_tables_read (GPtrArray *tables,
                            AnmProgressFunc progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
