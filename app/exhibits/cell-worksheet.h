/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-lens.h"

G_BEGIN_DECLS

/**
 * anm_cell_worksheet_exhibit_new:
 * @lens: (nullable)
 * @symbol: (nullable): the equation whose sum is taken in full; %NULL = that of anm_cell_lens_choose_equation()
 * @answers: the key instead of the sheet
 * @named: with the patient's id
 * @weights: (nullable): whose, in words
 *
 * One step of one unit as a sheet of A4 to be done by hand: numbers that are given, and blanks. Of the chosen sum the largest
 * terms are asked for; all others are given as one number, which says how many they are.
 */
AnmFigure *anm_cell_worksheet_exhibit_new (const AnmCellLens *lens,
                                           const char *symbol,
                                           gboolean answers,
                                           gboolean named,
                                           const char *weights);

G_END_DECLS
