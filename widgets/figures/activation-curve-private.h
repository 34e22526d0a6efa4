/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/activation-curve.h"
#include "widgets/figures/figure-private.h"

G_BEGIN_DECLS

/* The curve with its point, the function's name and the slope in words beneath: also a part of other figures. */
void _anm_activation_curve_draw (cairo_t *cr,
                                 const AnmTheme *theme,
                                 const AnmArea *area,
                                 AnmCurveKind kind,
                                 double at,
                                 double value,
                                 double slope);

G_END_DECLS
