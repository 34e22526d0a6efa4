/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/equation.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

/**
 * AnmEquationRows:
 *
 * A figure of equations with one item a row for the keyboard and for screen readers: Tab goes from row to row, Return
 * or a click chooses one. As high as the rows need at the width there is.
 *
 * Signal: `chosen` (uint: the row).
 */
#define ANM_TYPE_EQUATION_ROWS (anm_equation_rows_get_type ())
G_DECLARE_FINAL_TYPE (AnmEquationRows, anm_equation_rows, ANM, EQUATION_ROWS, GtkWidget)

GtkWidget     *anm_equation_rows_new        (void);
/* @n_choosable: rows from the first on that can be chosen; @chosen: -1 = none. */
void           anm_equation_rows_set_figure (AnmEquationRows *self,
                                             AnmFigure *figure,
                                             guint n_choosable,
                                             int chosen);
AnmFigureView *anm_equation_rows_get_view   (AnmEquationRows *self);

G_END_DECLS
