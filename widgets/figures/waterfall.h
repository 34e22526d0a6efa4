/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* One term of a sum. */
typedef struct
{
  const char *label;
  double      value;   /* NaN = not known: named, no bar */
  gboolean    muted;   /* the label in grey: of another kind than the rest */
} AnmWaterfallTerm;

/**
 * AnmWaterfall:
 * @n_first: so many stay first; the others follow by size, the largest first
 * @sum: where the last bar ends
 * @result: (nullable): what becomes of the sum, as a formula: "σ(1.73) = <b>0.85</b>"
 * @note: (nullable): beside it, in words
 * @expanded: all terms, in the height that they need; else what has no room is one bar, "36 others"
 *
 * The terms of a sum as steps up and down, from 0 to the sum.
 */
typedef struct
{
  const char             *title, *caption, *finding;
  guint                   n_terms;
  const AnmWaterfallTerm *terms;
  guint                   n_first;
  double                  sum;
  const char             *sum_label;
  const char             *result;
  const char             *note;
  gboolean                expanded;
  const char             *empty_text;
} AnmWaterfall;

/* Copies all it is given. */
AnmFigure *anm_waterfall_new        (const AnmWaterfall *waterfall);
/* How many of the terms have a bar of their own at this size. */
guint      anm_waterfall_count_shown (const AnmFigure *figure,
                                      const AnmTheme *theme,
                                      double width,
                                      double height,
                                      gboolean with_title);
/* Which term, counted as they were given, has place @k from the top. */
guint      anm_waterfall_get_term   (const AnmFigure *figure,
                                     guint k);

/* AnmFigurePlace.series of the bar that stands for all others. */
#define ANM_WATERFALL_OTHERS G_MAXINT

G_END_DECLS
