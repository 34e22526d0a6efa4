/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* One row of bars: shares upwards and downwards of its middle. */
typedef struct
{
  const char   *label;      /* "forget gate" */
  const char   *note;       /* nullable, at the row's end: "12 %" */
  guint         n_bars;
  const double *up;         /* [n_bars] 0 .. 1; NaN = none */
  const double *down;
  const guint8 *marked;     /* nullable [n_bars]: a cross under the bar */
} AnmMirrorRow;

typedef struct
{
  const char         *title, *caption, *finding;
  const char         *x_label;     /* "unit" */
  const char         *up_label;    /* "above 0.95" */
  const char         *down_label;  /* "below 0.05" */
  const char         *mark_label;  /* "always 0" */
  guint               n_rows;
  const AnmMirrorRow *rows;
  const char         *empty_text;
} AnmMirrorBars;

AnmFigure *anm_mirror_bars_new (const AnmMirrorBars *bars);

G_END_DECLS
