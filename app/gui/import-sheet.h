/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/study/study.h"

G_BEGIN_DECLS

/**
 * AnmImportSheet:
 *
 * One sheet before tables are read: files and columns with guessed roles, the first ten rows,
 * Open. What is wrong is said in the sheet, in words, and can be mended there; nothing that is
 * open changes until all has been read.
 *
 * Signals: `imported` (AnmCohort, source as text, and exactly: anm_cohort_origin_describe()): everything has been read; the sheet closes itself.
 */
#define ANM_TYPE_IMPORT_SHEET (anm_import_sheet_get_type ())
G_DECLARE_FINAL_TYPE (AnmImportSheet, anm_import_sheet, ANM, IMPORT_SHEET, AdwWindow)

/* Takes @source. */
GtkWidget *anm_import_sheet_new (GtkWindow *parent,
                                 AnmSource *source);

G_END_DECLS
