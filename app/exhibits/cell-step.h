/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-lens.h"
#include "app/study/patient-reading.h"

G_BEGIN_DECLS

/*
 * Cell step: one step of one unit, taken apart. @lens may be %NULL: then the figure says what is missing. @weights: whose
 * they are, for the caption; nullable.
 */

typedef enum
{
  ANM_CELL_STEP_NUMBERS,
  ANM_CELL_STEP_SHAPES, /* the sizes of matrices and vectors instead */
} AnmCellStepView;

/* Each equation with its numbers, and the gradients that flow back with their finite differences. @chosen: nullable, the
 * symbol of the equation whose row is marked. */
AnmFigure  *anm_cell_step_exhibit_new  (const AnmCellLens *lens,
                                        AnmCellStepView view,
                                        const char *chosen,
                                        const char *weights);
/* The terms of one equation's sum. @symbol: NULL = that of anm_cell_lens_choose_equation(). @weights: NULL: the caption is
 * short, for a place that says what it is of. */
AnmFigure  *anm_cell_terms_exhibit_new (const AnmCellLens *lens,
                                        const char *symbol,
                                        gboolean expanded,
                                        const char *weights);
/* Of a layer that weighs the steps of the record and adds them up (attention with one set of weights): what each step adds to number
 * @unit of its answer, y = Σ α x. %NULL if it isn't such a layer. */
AnmFigure  *anm_attention_terms_exhibit_new (const AnmPatientReading *reading,
                                        int layer,
                                        guint unit,
                                        gboolean expanded);
/* What bends one equation's sum. */
AnmFigure  *anm_cell_curve_exhibit_new (const AnmCellLens *lens,
                                        const char *symbol,
                                        const char *weights);
/* Where the step lies among all units and steps of its layer. @order: nullable. */
AnmFigure  *anm_cell_where_exhibit_new (const AnmPatientReading *reading,
                                        int layer,
                                        int unit,
                                        const guint *order);
/* What one unit holds over time: memory c and output h. */
AnmFigure  *anm_cell_unit_exhibit_new  (const AnmPatientReading *reading,
                                        int layer,
                                        int unit);
/* The symbol of the equation that row @row of the step's figure is of; %NULL: of none. */
const char *anm_cell_step_get_symbol   (const AnmCellLens *lens,
                                        guint row);
/* @wanted if there is such an equation, else the one to begin with: the forget gate, the update gate or the first. %NULL: no equation. */
const char *anm_cell_lens_choose_equation (const AnmCellLens *lens,
                                        const char *wanted);

G_END_DECLS
