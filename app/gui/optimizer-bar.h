/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/training-control.h"

G_BEGIN_DECLS

/**
 * AnmOptimizerBar:
 *
 * How the network is trained: optimiser, learning rate, batch size, clipping, when to stop, seed; and the race against a
 * second optimiser. A bolt marks what acts at once on a run under way; the rest waits for the next.
 *
 * Properties, construct only: training-control (AnmTrainingControl).
 */
#define ANM_TYPE_OPTIMIZER_BAR (anm_optimizer_bar_get_type ())
G_DECLARE_FINAL_TYPE (AnmOptimizerBar, anm_optimizer_bar, ANM, OPTIMIZER_BAR, GtkWidget)

GtkWidget *anm_optimizer_bar_new (AnmTrainingControl *control);

G_END_DECLS
