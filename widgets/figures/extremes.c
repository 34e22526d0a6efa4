/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/extremes.h"

#include <math.h>

#define FAN_OUT 16
#define MAX_LEVELS 16

typedef struct
{
  double least, greatest; /* least > greatest: no number */
} Pair;

/* levels[k][i] covers values[i * 16^(k+1) .. (i + 1) * 16^(k+1) - 1]. */
struct _AnmExtremes
{
  const double *values;
  gsize         n_values;
  guint         n_levels;
  Pair         *levels[MAX_LEVELS];
};

static const Pair nothing = { INFINITY, -INFINITY };

static inline void
include (Pair *pair,
         double least,
         double greatest)
{
  if (least < pair->least)
    pair->least = least;
  if (greatest > pair->greatest)
    pair->greatest = greatest;
}

AnmExtremes *
anm_extremes_new (const double *values,
                  gsize n_values)
{
  AnmExtremes *self = g_new0 (AnmExtremes, 1);
  gsize n_below = n_values;

  self->values = values;
  self->n_values = n_values;

  while (n_below > FAN_OUT && self->n_levels < MAX_LEVELS)
    {
      gsize n_here = (n_below + FAN_OUT - 1) / FAN_OUT;
      const Pair *below = self->n_levels > 0 ? self->levels[self->n_levels - 1] : NULL;
      Pair *here = g_new (Pair, n_here);

      for (gsize i = 0; i < n_here; i++)
        {
          here[i] = nothing;
          for (gsize k = i * FAN_OUT; k < MIN ((i + 1) * FAN_OUT, n_below); k++)
            if (below != NULL)
              include (&here[i], below[k].least, below[k].greatest);
            else
              include (&here[i], values[k], values[k]); /* NaN compares false */
        }
      self->levels[self->n_levels++] = here;
      n_below = n_here;
    }
  return self;
}

void
anm_extremes_free (AnmExtremes *self)
{
  if (self == NULL)
    return;
  for (guint k = 0; k < self->n_levels; k++)
    g_free (self->levels[k]);
  g_free (self);
}

/* Entry by entry on one level; level 0 are the values themselves. */
static void
gather_entries (const AnmExtremes *self,
                guint level,
                gsize begin,
                gsize end,
                Pair *pair)
{
  for (gsize i = begin; i < end; i++)
    if (level == 0)
      include (pair, self->values[i], self->values[i]);
    else
      include (pair, self->levels[level - 1][i].least, self->levels[level - 1][i].greatest);
}

/* The ragged ends on this level, what lies between them on the level above. */
static void
gather (const AnmExtremes *self,
        guint level,
        gsize begin,
        gsize end,
        Pair *pair)
{
  gsize first_whole = (begin + FAN_OUT - 1) / FAN_OUT;
  gsize last_whole = end / FAN_OUT;

  if (level == self->n_levels || first_whole >= last_whole)
    {
      gather_entries (self, level, begin, end, pair);
      return;
    }
  gather_entries (self, level, begin, first_whole * FAN_OUT, pair);
  gather (self, level + 1, first_whole, last_whole, pair);
  gather_entries (self, level, last_whole * FAN_OUT, end, pair);
}

gboolean
anm_extremes_query (const AnmExtremes *self,
                    gsize begin,
                    gsize end,
                    double *least,
                    double *greatest)
{
  Pair pair = nothing;

  g_assert (begin <= end && end <= self->n_values);

  if (begin < end)
    gather (self, 0, begin, end, &pair);
  *least = pair.least;
  *greatest = pair.greatest;
  return pair.least <= pair.greatest;
}
