/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmInsideColumn:
 *
 * The left column of the Inside page: one figure of inputs, states with their tree, gates and prediction. A click chooses a unit and
 * pins the hour, Return on a unit too. Units are marked by a click on a branch of their tree, or as rows of any figure; a marked
 * span of time is looked for in all patients, by the marked units if there are some.
 *
 * Actions: column.choose-inputs, column.find-similar (while a span is marked).
 */
#define ANM_TYPE_INSIDE_COLUMN (anm_inside_column_get_type ())
G_DECLARE_FINAL_TYPE (AnmInsideColumn, anm_inside_column, ANM, INSIDE_COLUMN, GtkWidget)

GtkWidget *anm_inside_column_new      (AnmViewState *state,
                                       AnmLiveReading *live);

G_END_DECLS
