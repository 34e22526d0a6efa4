/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For qsort(): doubles, none of them NaN. */
int    _anm_compare_numbers (const void *a, const void *b);
/* The @share quantile of sorted numbers, interpolated between neighbours (R. J. Hyndman, Y. Fan 1996, type 7); beside
 * an infinite one there is nothing in between. */
double _anm_get_quantile    (const double *sorted, gsize n, double share);

G_END_DECLS
