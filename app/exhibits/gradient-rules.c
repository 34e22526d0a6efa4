/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/gradient-rules.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
anm_gradient_get_strength (const double *before_end,
                           guint n_steps)
{
  double sum = 0;
  guint n = 0;

  for (guint k = 0; k < n_steps; k++)
    if (!isnan (before_end[k]))
      {
        sum += before_end[k] * before_end[k];
        n++;
      }
  return n > 0 ? sqrt (sum / n) : NAN;
}

guint
anm_gradient_find_bursts (const double *strengths,
                          guint n_epochs,
                          guint *bursts,
                          guint most)
{
  g_autofree double *sorted = g_new (double, MAX (n_epochs, 1));
  guint n = 0, n_known = 0;
  double limit;

  for (guint i = 0; i < n_epochs; i++)
    if (!isnan (strengths[i]))
      sorted[n_known++] = strengths[i];
  if (n_known < ANM_GRADIENT_LEAST_EPOCHS)
    return 0;
  qsort (sorted, n_known, sizeof *sorted, compare_doubles);
  limit = ANM_GRADIENT_BURST * (sorted[(n_known - 1) / 2] + sorted[n_known / 2]) / 2;

  for (guint i = 0; i < n_epochs && n < most; i++)
    {
      guint peak = i;

      if (!(strengths[i] > limit))
        continue;
      while (i + 1 < n_epochs && strengths[i + 1] > limit)
        if (strengths[++i] > strengths[peak])
          peak = i;
      bursts[n++] = peak;
    }
  return n;
}

guint
anm_gradient_count_vanished (const double *before_end,
                             guint n_steps)
{
  guint n = 0;

  if (n_steps == 0 || !(before_end[0] > 0))
    return 0;
  while (n + 1 < n_steps && before_end[n_steps - 1 - n] < ANM_GRADIENT_VANISHING * before_end[0])
    n++;
  return n;
}

guint
anm_gradient_find_vanishing (const guint *vanished,
                             guint n_epochs,
                             guint *first,
                             guint *n_vanished)
{
  guint longest = 0;

  *first = *n_vanished = 0;
  for (guint i = 0; i < n_epochs; i++)
    {
      guint begin = i, least = G_MAXUINT;

      for (; i < n_epochs && vanished[i] > 0; i++)
        least = MIN (least, vanished[i]);
      if (i - begin <= longest)
        continue;
      longest = i - begin;
      *first = begin;
      *n_vanished = least;
    }
  return longest;
}
