/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/inside-bar.h"

G_BEGIN_DECLS

/**
 * AnmInsideColumn:
 *
 * The left column of the Inside page: one figure of inputs, states with their tree, gates and prediction. A click chooses a unit and
 * pins the hour, Return on a unit too.
 *
 * Actions: column.choose-inputs.
 */
#define ANM_TYPE_INSIDE_COLUMN (anm_inside_column_get_type ())
G_DECLARE_FINAL_TYPE (AnmInsideColumn, anm_inside_column, ANM, INSIDE_COLUMN, GtkWidget)

GtkWidget *anm_inside_column_new      (AnmViewState *state,
                                       AnmLiveReading *live,
                                       AnmInsideBar *bar);

G_END_DECLS
