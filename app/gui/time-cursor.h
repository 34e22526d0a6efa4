/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/view-state.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

/* Ties a figure over a network's time steps to the window's one cursor: hovering moves it in all figures at once, a
 * click pins it, a click where it is pinned releases it. On the figure a step stands at its end (hour 1 is the first);
 * the window's cursor is put in its middle. Attaching twice is attaching once. */
void anm_time_cursor_attach (AnmFigureView *view,
                             AnmViewState *state);
void anm_time_cursor_detach (AnmFigureView *view);

G_END_DECLS
