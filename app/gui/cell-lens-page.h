/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmCellLensPage:
 *
 * One unit, one step: each equation forwards and backwards with its numbers.
 */
#define ANM_TYPE_CELL_LENS_PAGE (anm_cell_lens_page_get_type ())
G_DECLARE_FINAL_TYPE (AnmCellLensPage, anm_cell_lens_page, ANM, CELL_LENS_PAGE, GtkWidget)

GtkWidget *anm_cell_lens_page_new (AnmViewState *state,
                                   AnmLiveReading *live);

G_END_DECLS
