/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* The same kind of figure many times, small, side by side on common scales: a layer each, a channel each. */
typedef struct
{
  const char       *title, *caption, *finding;
  guint             n_panels;
  AnmFigure *const *panels;     /* [n_panels], referenced; their titles name them */
  guint             n_columns;  /* 0 = as many as suit the shape */
  gboolean          common_x;   /* all show the stretch that holds everybody's */
  gboolean          common_y;
  const char       *empty_text;
} AnmSmallMultiples;

/* A cursor goes through all panels at once. Panels that there is no room for are left out, and counted. */
AnmFigure *anm_small_multiples_new (const AnmSmallMultiples *multiples);

G_END_DECLS
