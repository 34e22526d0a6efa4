/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/recent-studies.h"

G_BEGIN_DECLS

/**
 * AnmStudyRow:
 *
 * A recent study: title, what is in it, the best run's validation loss as a line, when it was open. What is in it is
 * read in the background; one that is gone is grey and says so. Its menu shows it among the files or forgets it.
 *
 * Signals: `forget`: the person wants it off the list.
 */
#define ANM_TYPE_STUDY_ROW (anm_study_row_get_type ())
G_DECLARE_FINAL_TYPE (AnmStudyRow, anm_study_row, ANM, STUDY_ROW, GtkListBoxRow)

GtkWidget  *anm_study_row_new      (const AnmRecentStudy *study);
const char *anm_study_row_get_path (AnmStudyRow *self);
/* FALSE once it is known to be gone. */
gboolean    anm_study_row_is_there (AnmStudyRow *self);

/* Asks the desktop to show a file in its folder. */
void        anm_show_in_files      (GtkWindow *parent,
                                    const char *path);

G_END_DECLS
