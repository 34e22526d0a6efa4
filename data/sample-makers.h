/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"
#include "engine/random.h"

G_BEGIN_DECLS

/* What samples.c knows of each simulated cohort. Option values come in the order of each maker's table in samples.c. */
AnmCohort *anm_sample_make_icu            (const double *options); /* patients, seed */
AnmCohort *anm_sample_make_scan           (const double *options); /* patients, seed, noise */
AnmCohort *anm_sample_make_delayed_marker (const double *options); /* patients, seed, delay, noise */

/* A patient's own stream of random numbers, so that one more draw for one patient changes no other. */
typedef struct
{
  guint64 seed;
  guint64 stream;
  guint64 index;
} AnmDraws;

static inline double
anm_draw_uniform (AnmDraws *draws,
                  double low,
                  double high)
{
  return low + (high - low) * anm_random_uniform (draws->seed, draws->stream, draws->index++);
}

static inline double
anm_draw_normal (AnmDraws *draws,
                 double mean,
                 double deviation)
{
  return mean + deviation * anm_random_normal (draws->seed, draws->stream, draws->index++);
}

static inline gboolean
anm_draw_chance (AnmDraws *draws,
                 double probability)
{
  return anm_draw_uniform (draws, 0, 1) < probability;
}

G_END_DECLS
