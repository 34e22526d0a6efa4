/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-step.h"
#include "widgets/figures/equation.h"

G_BEGIN_DECLS

/* Rows of a step's figure as they are put together; all words belong to the pool. */
typedef struct
{
  const AnmCellLens *lens;
  AnmCellStepView    view;
  GArray            *rows;   /* AnmEquationRow */
  GPtrArray         *pool;   /* of what is freed with it */
  GPtrArray         *table;  /* of char *, four a row, in the pool */
  GPtrArray         *keys;   /* interned symbols; a key is an index */
} CellRows;

/* Takes @text over. */
char *_cell_rows_keep       (CellRows *self,
                             char *text);
int   _cell_rows_find_key   (CellRows *self,
                             const char *symbol);
/* Keeps a copy of the terms in the row, and adds it. */
void  _cell_rows_add        (CellRows *self,
                             const AnmEquationRow *row,
                             const AnmEquationTerm *terms,
                             guint n_terms);
/* One line of the table behind it: full precision. */
void  _cell_rows_tabulate   (CellRows *self,
                             const char *equation,
                             const char *what,
                             const char *name,
                             double value);
/* Raised exponents as markup, since few slanted faces have them: "1.2×10<sup>−5</sup>". */
char *_cell_number_markup   (const char *number);
/* "−1.66×10⁻⁵" */
char *_cell_format_gradient (double value);
/* What a layer that reads both ways makes of its halves; nothing in another one. */
void  _cell_rows_add_merge  (CellRows *self);
/* The way back, from the layer's end to the state before. */
void  _cell_rows_add_gradients (CellRows *self);

G_END_DECLS
