/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

/* Each kind of figure with each kind of data that goes wrong in plotting programs. */
typedef enum
{
  FIGURE_CASE_USUAL,
  FIGURE_CASE_EMPTY,      /* no numbers at all, and no empty text given */
  FIGURE_CASE_MISSING,    /* numbers that are all NaN */
  FIGURE_CASE_ONE_POINT,
  FIGURE_CASE_CONSTANT,
  FIGURE_CASE_ZERO,
  FIGURE_CASE_NEGATIVE,
  FIGURE_CASE_GAPS,
  FIGURE_CASE_INFINITE,
  FIGURE_CASE_LARGE,      /* numbers near the ends of what a number can be */
  FIGURE_CASE_SMALL,
  FIGURE_CASE_MANY,       /* a million points, ten thousand columns */
  FIGURE_CASE_CROWDED,    /* as many lines, rows, bars as a large cohort has, with long names */
  N_FIGURE_CASES,
} FigureCase;

typedef struct
{
  const char *name;
  AnmFigure *(*make) (FigureCase which);
  double      least_width, least_height;  /* what it is asked to be at least where it has no title */
  gboolean    strip;                      /* drawn without title */
  double    (*get_height) (const AnmFigure *figure, const AnmTheme *theme, double width, gboolean with_title); /* nullable: asks for its height */
} FigureKind;

const FigureKind *figure_kinds      (guint *n_kinds);
const char       *figure_case_name  (FigureCase which);
/* All cases of a kind side by side, each as small as the kind is asked to be or a little larger. */
cairo_surface_t  *figure_kind_sheet (const FigureKind *kind,
                                     const AnmTheme *theme);
