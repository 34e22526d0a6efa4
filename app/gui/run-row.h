/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmRunRow:
 *
 * A run in the list of runs: whether and how it is drawn on the pages (a dot in its colour, grey for the previous run, a ring
 * for none), name, star, network, best score, epochs, how it stands, tags, note.
 */
#define ANM_TYPE_RUN_ROW (anm_run_row_get_type ())
G_DECLARE_FINAL_TYPE (AnmRunRow, anm_run_row, ANM, RUN_ROW, GtkWidget)

GtkWidget *anm_run_row_new (AnmViewState *state);
AnmRun    *anm_run_row_get_run (AnmRunRow *self); /* borrowed, nullable */
/* @run is nullable: the row is out of use. */
void       anm_run_row_set_run (AnmRunRow *self,
                                AnmRun *run);
/* "Run 3, Adam 0.001, AUROC 0.862, 42 of 120 epochs, stopped", the caller's own. */
char      *anm_run_describe    (AnmRun *run);

G_END_DECLS
