/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Cell symbols: how the engine names the numbers of a cell, "U_h~ r h'", as they are set in print. @vectors: what a
 * matrix multiplies is a vector, and bold.
 */

/* Pango markup for a slanted face, see anm_formula_draw(). */
char *anm_cell_symbol_to_markup (const char *symbol,
                                 gboolean vectors);
/* "h̃", "γ", for words and tables. */
char *anm_cell_symbol_to_text   (const char *symbol);
/* The name of a gate, which an arrow may precede: "→h~" of a layer that reads both ways becomes "→h̃". */
char *anm_gate_name_to_text     (const char *name);
/* For LaTeX's maths with amsmath. */
char *anm_cell_symbol_to_latex  (const char *symbol,
                                 gboolean vectors);

G_END_DECLS
