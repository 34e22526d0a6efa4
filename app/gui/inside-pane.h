/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/inside-job.h"
#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmInsidePane:
 *
 * One figure of what is inside the network, chosen from a menu in its corner with what it is of: a gate, a field, a tensor, the
 * runs beside. Computed from the weights of the moment on a thread of its own, a few patients first and all of them when
 * nothing has changed for a while; the old picture is dimmed while a new one is late. At rest while it isn't seen.
 *
 * Property: figure-title (string, read only): the figure's short name.
 */
#define ANM_TYPE_INSIDE_PANE (anm_inside_pane_get_type ())
G_DECLARE_FINAL_TYPE (AnmInsidePane, anm_inside_pane, ANM, INSIDE_PANE, GtkWidget)

GtkWidget      *anm_inside_pane_new        (AnmTrainingControl *control,
                                            AnmLiveReading *live,
                                            AnmInsideFigure figure);
void            anm_inside_pane_set_figure (AnmInsidePane *self,
                                            AnmInsideFigure figure);
AnmInsideFigure anm_inside_pane_get_figure (AnmInsidePane *self);

G_END_DECLS
