/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/view-state.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

/* Ties what a figure over the patient's time shows and marks to the window's: zooming or marking one, all follow. @of_steps: a network's
 * time steps, which stand at their end on the figure; else the axis is the cohort's time. Attaching twice is attaching once. */
void anm_time_frame_attach (AnmFigureView *view,
                            AnmViewState *state,
                            gboolean of_steps);
/* The figure shows all, with nothing marked. */
void anm_time_frame_detach (AnmFigureView *view);

G_END_DECLS
