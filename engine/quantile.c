/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/quantile.h"

int
_anm_compare_numbers (const void *a, const void *b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return (first > second) - (first < second);
}

double
_anm_get_quantile (const double *sorted, gsize n, double share)
{
  double place = share * (double) (n - 1);
  gsize below = MIN ((gsize) place, n - 1), above = MIN (below + 1, n - 1);

  if (place == (double) below || sorted[below] == sorted[above])
    return sorted[below];
  return sorted[below] + (place - (double) below) * (sorted[above] - sorted[below]);
}
