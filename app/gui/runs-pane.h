/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/training-control.h"

G_BEGIN_DECLS

/**
 * AnmRunsPane:
 *
 * The study's runs, newest first: show, name, note, tag, star, compare, fork, resume, verify, delete.
 *
 * Signals: `closed`: the person puts the pane away; `deleted` (uint n_runs): which can be undone.
 */
#define ANM_TYPE_RUNS_PANE (anm_runs_pane_get_type ())
G_DECLARE_FINAL_TYPE (AnmRunsPane, anm_runs_pane, ANM, RUNS_PANE, GtkWidget)

void anm_runs_pane_set_control (AnmRunsPane *self,
                                AnmTrainingControl *control);
void anm_runs_pane_focus       (AnmRunsPane *self);

G_END_DECLS
