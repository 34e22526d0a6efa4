/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* Shares between none and all, a named bar each, the value behind it: how much of each channel is missing. */
typedef struct
{
  const char         *title, *caption, *finding;
  const char         *row_label;   /* what a row is, for the table: "channel" */
  const char         *value_label; /* what a share is of: "missing" */
  guint               n_bars;
  const char *const  *labels;      /* [n_bars] */
  const double       *shares;      /* [n_bars] 0 .. 1, NaN = can't be said */
  const char         *empty_text;
} AnmShareBars;

/* Copies all it is given. */
AnmFigure *anm_share_bars_new (const AnmShareBars *bars);

G_END_DECLS
