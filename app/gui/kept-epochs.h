/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/view-state.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

/*
 * The epochs of a run that the time machine can show: those whose parameters are kept.
 */

/* Ascending, borrowed until the next call; looked up at most once a second while the run grows. @run is nullable. */
const guint *anm_kept_epochs_get          (AnmRun *run,
                                           guint *n_epochs);
/* -1 if none is kept. */
int          anm_kept_epochs_find_nearest (AnmRun *run,
                                           double epoch);
/* Of the newest or best, what ANM_EPOCH_NEWEST stands for now: the last kept epoch of a run under way, else the best one. */
int          anm_view_state_get_shown_epoch (AnmViewState *self);
/* The next kept epoch in @direction (-1, 1) from the one that is shown; beyond the last one ANM_EPOCH_NEWEST. */
void         anm_view_state_step_epoch    (AnmViewState *self,
                                           int direction);
/* @view has epochs on its x axis: its cursor shows the chosen epoch, and a click chooses the nearest kept one. */
void         anm_epoch_cursor_attach      (AnmFigureView *view,
                                           AnmViewState *state);

G_END_DECLS
