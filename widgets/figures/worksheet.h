/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* How a line of a worksheet is set. */
typedef enum
{
  ANM_WORKSHEET_HEADING,
  ANM_WORKSHEET_TEXT,       /* words that may need several lines: one piece */
  ANM_WORKSHEET_FORMULA,    /* pieces beside each other, going on in the next line where they are too wide */
  ANM_WORKSHEET_TABLE_HEAD, /* pieces in columns, the first one at the left, others at their column's right */
  ANM_WORKSHEET_TABLE_ROW,
  ANM_WORKSHEET_FIELDS,     /* words, each with a line behind it to write on, across the sheet */
} AnmWorksheetLineKind;

/**
 * AnmWorksheetPiece:
 * @text: words in a heading, a text or a table, else a formula (see anm_formula_draw())
 * @blank: to be filled in by hand: @text is the answer
 */
typedef struct
{
  const char *text;
  gboolean    blank;
} AnmWorksheetPiece;

/* One line of a worksheet. */
typedef struct
{
  AnmWorksheetLineKind     kind;
  guint                    n_pieces;
  const AnmWorksheetPiece *pieces;
} AnmWorksheetLine;

/**
 * AnmWorksheet:
 * @answers: the blanks are filled in
 * @foot: (nullable): words at the foot of the page, such as its number
 *
 * A sheet of paper with blanks to be filled in by hand, or its answer key: the same lines, the same places.
 */
typedef struct
{
  const char             *title, *caption, *finding;
  guint                   n_lines;
  const AnmWorksheetLine *lines;
  gboolean                answers;
  const char             *foot;
  const char             *empty_text;
} AnmWorksheet;

/* Copies all it is given. */
AnmFigure *anm_worksheet_new       (const AnmWorksheet *worksheet);

G_END_DECLS
