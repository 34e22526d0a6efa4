/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/activation-curve.h"

G_BEGIN_DECLS

/* How a term is set. */
typedef enum
{
  ANM_EQUATION_PLAIN, /* its symbol, the number beneath, a small signed bar */
  ANM_EQUATION_CHIP,  /* on a ground whose colour is its value */
  ANM_EQUATION_GATE,  /* a chip in grey: 0 .. 1 */
} AnmEquationTermKind;

/**
 * AnmEquationTerm:
 * @joint: (nullable): what stands before it: "+", "×", "="
 * @symbol: formula (see anm_formula_draw())
 * @value: beneath it, as it is to be read
 * @number: what colour and bar show; NaN: neither
 * @key: the number that it is: terms of the same key light up together; -1 = none
 */
typedef struct
{
  AnmEquationTermKind kind;
  const char         *joint;
  const char         *symbol;
  const char         *value;
  double              number;
  int                 key;
} AnmEquationTerm;

/* What lies at an equation's right end. */
typedef enum
{
  ANM_EQUATION_NO_BAR,
  ANM_EQUATION_SIGNED_BAR, /* from the middle, -1 .. 1 */
  ANM_EQUATION_GATE_BAR,   /* 0 .. 1 */
} AnmEquationBar;

/**
 * AnmEquationRow:
 * @name, @summary: at the left, in words
 * @heading: (nullable): a line of its own above the row, where another part begins
 * @left: formula before the terms: "<i>i</i> = σ("
 * @right: (nullable): formula after them: ")"
 * @total: (nullable): what the terms add up to, beneath @right: "= 0.57"
 * @curve: what bends the sum @at; ANM_CURVE_NONE: none
 * @result: (nullable): formula: "<i>i</i> = <b>0.64</b>"
 * @notes: [2] (nullable): grey words at the right end, under @result
 * @line: (nullable): words beneath the terms; may break into several lines
 * @spoken: the whole row in words, for screen readers
 */
typedef struct
{
  const char            *name, *summary;
  const char            *heading;
  const char            *left, *right, *total;
  guint                  n_terms;
  const AnmEquationTerm *terms;
  AnmCurveKind           curve;
  double                 at, value, slope;
  const char            *result;
  AnmEquationBar         bar;
  int                    key;        /* of the result */
  const char            *notes[2];
  const char            *line;
  const char            *spoken;
} AnmEquationRow;

/**
 * AnmEquations:
 * @chosen: its row has the accent's tint; -1 = none
 * @range: of the chips' colours
 * @bar_range: of the terms' bars; NaN: from the data
 * @table: (nullable): "Show as table", NULL-terminated rows of @n_columns, header first
 *
 * Equations beneath each other, each with its numbers filled in. Where they are too wide the words come above them, then
 * terms go to the next line.
 */
typedef struct
{
  const char           *title, *caption, *finding;
  guint                 n_rows;
  const AnmEquationRow *rows;
  int                   chosen;
  double                range;
  double                bar_range;
  guint                 n_columns;
  const char *const    *table;
  const char           *empty_text;
} AnmEquations;

/* Copies all it is given. */
AnmFigure  *anm_equations_new         (const AnmEquations *equations);
/* Of such a figure only, as those that follow. */
guint       anm_equations_get_n_rows  (const AnmFigure *figure);
/* Name, and all that stands there in words. Borrowed. */
const char *anm_equations_get_row_name (const AnmFigure *figure,
                                       guint row);
const char *anm_equations_get_row_words (const AnmFigure *figure,
                                       guint row);
/* Where the rows lie. @tops: [n_rows + 1], the last one the foot of the last row. */
void        anm_equations_get_rows    (const AnmFigure *figure,
                                       const AnmTheme *theme,
                                       double width,
                                       double height,
                                       gboolean with_title,
                                       double *tops);
/* The height that all rows need at this width, with title. */
double      anm_equations_get_height  (const AnmFigure *figure,
                                       const AnmTheme *theme,
                                       double width,
                                       gboolean with_title);

G_END_DECLS
