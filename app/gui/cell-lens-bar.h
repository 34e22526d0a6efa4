/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-step.h"
#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmCellLensBar:
 *
 * What the cell lens looks at: patient, unit, hour, epoch; numbers or shapes; the copies. Back to Inside.
 *
 * Property: shapes (boolean).
 */
#define ANM_TYPE_CELL_LENS_BAR (anm_cell_lens_bar_get_type ())
G_DECLARE_FINAL_TYPE (AnmCellLensBar, anm_cell_lens_bar, ANM, CELL_LENS_BAR, GtkWidget)

GtkWidget *anm_cell_lens_bar_new        (AnmViewState *state,
                                         AnmLiveReading *live);
/* What is shown now, nullable. */
void       anm_cell_lens_bar_set_lens   (AnmCellLensBar *self,
                                         const AnmCellLens *lens);
gboolean   anm_cell_lens_bar_get_shapes (AnmCellLensBar *self);

G_END_DECLS
