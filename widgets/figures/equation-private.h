/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/equation.h"
#include "widgets/figures/figure-private.h"

G_BEGIN_DECLS

/* A view asks for its natural size as well as for the one it has. */
#define N_EQUATION_LAYOUTS 2

typedef struct
{
  AnmEquationTermKind kind;
  char               *joint, *symbol, *value;
  double              number;
  int                 key;
} EquationTerm;

typedef struct
{
  char           *name, *summary, *heading, *left, *right, *total;
  guint           n_terms;
  EquationTerm   *terms;
  AnmCurveKind    curve;
  double          at, bent, slope;
  char           *result;
  AnmEquationBar  bar;
  int             key;
  char           *notes[2];
  char           *line;
  char           *spoken;
} EquationRow;

typedef struct _EquationLayout EquationLayout;

/* @layout: the last one that was asked for, under @mutex: measuring many words takes longer than drawing them */
typedef struct
{
  AnmFigure    base;
  GMutex       mutex;
  EquationLayout *layouts[N_EQUATION_LAYOUTS]; /* under mutex, the last used first */
  guint        n_rows;
  EquationRow *rows;
  int          chosen;
  double       range, bar_range;
  int          n_keys;
  guint        n_columns;
  char       **table;
} EquationFigure;

/* @term: -1 is the row's result; @gap: room before it, where its joint stands */
typedef struct
{
  AnmArea area;
  double  gap;
  guint   row;
  int     term;
  int     key;
} EquationBox;

/**
 * EquationPlace:
 * @top, @body, @foot: of the row; its heading lies between @top and @body
 * @left_x, @right_x: where the formulas before and after the terms begin
 * @left_y, @right_y: their feet
 * @line_y: top of the words beneath
 */
typedef struct
{
  double  top, body, foot;
  double  left_x, left_y;
  double  right_x, right_y;
  double  line_x, line_y, line_width;
  AnmArea curve;
  double  result_x, result_y, result_width;
} EquationPlace;

/* Read-only once made. */
struct _EquationLayout
{
  gatomicrefcount ref_count;
  AnmArea        area;    /* whose y, and not the height, matters */
  double         text_scale;
  const char    *font_family;
  gboolean       wide;
  double         names;   /* width of the column of names */
  GArray        *boxes;   /* EquationBox */
  EquationPlace *places;  /* [n_rows] */
  double         height;
};

#define EQUATION_SIZE 18      /* px of formulas */
#define EQUATION_CHIP_SIZE 15
#define EQUATION_CHIP_HEIGHT 40

EquationLayout *_anm_equation_layout_get (const EquationFigure *self,
                                 const AnmTheme *theme,
                                 const AnmArea *area);
void _anm_equation_layout_unref (EquationLayout *layout);
void _anm_equations_draw        (const AnmFigure *figure,
                                 cairo_t *cr,
                                 const AnmTheme *theme,
                                 const AnmArea *area);
void _anm_equations_draw_cursor (const AnmFigure *figure,
                                 cairo_t *cr,
                                 const AnmTheme *theme,
                                 const AnmArea *area,
                                 double x);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EquationLayout, _anm_equation_layout_unref)

G_END_DECLS
