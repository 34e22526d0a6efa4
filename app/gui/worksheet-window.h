/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/exhibits/cell-lens.h"

G_BEGIN_DECLS

/**
 * AnmWorksheetWindow:
 *
 * A step of a cell as a worksheet: how it will look, whether it bears the patient's id, and where it is saved, with its
 * answer key beside it. What it shows doesn't change when the lens moves on.
 */
#define ANM_TYPE_WORKSHEET_WINDOW (anm_worksheet_window_get_type ())
G_DECLARE_FINAL_TYPE (AnmWorksheetWindow, anm_worksheet_window, ANM, WORKSHEET_WINDOW, AdwWindow)

/* @symbol: (nullable): the equation whose sum is taken in full; @weights: (nullable): whose, in words. */
GtkWidget *anm_worksheet_window_new (GtkWindow *parent,
                                     AnmCellLens *lens,
                                     const char *symbol,
                                     const char *weights);

G_END_DECLS
