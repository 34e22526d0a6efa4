/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/study/study.h"

G_BEGIN_DECLS

/**
 * AnmImportColumn:
 *
 * One column of a table in the import sheet: name, role to choose, what was seen in it, its first rows.
 *
 * Signals: `role-chosen` (int, an AnmRole): by the user.
 */
#define ANM_TYPE_IMPORT_COLUMN (anm_import_column_get_type ())
G_DECLARE_FINAL_TYPE (AnmImportColumn, anm_import_column, ANM, IMPORT_COLUMN, GtkWidget)

GtkWidget *anm_import_column_new  (void);
void       anm_import_column_show (AnmImportColumn *self,
                                   const AnmSourceTable *table,
                                   guint column);

G_END_DECLS
