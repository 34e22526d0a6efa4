/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Density: how values are distributed, for several groups over one span. Values are counted into
 * fine bins and these smoothed with a Gaussian kernel, so that a million values cost what they cost to count.
 */
typedef struct _AnmDensity AnmDensity;

/* The span, the 0.5th to the 99.5th percentile, comes from @sample, n > 0 finite values that are put into order. */
AnmDensity *anm_density_new      (float *sample,
                                  gsize n_sample,
                                  guint n_groups);
void        anm_density_get_span (const AnmDensity *self,
                                  double *low,
                                  double *high);
/* Values outside the span count, but aren't drawn. */
void        anm_density_add      (AnmDensity *self,
                                  guint group,
                                  const float *values,
                                  gsize n_values);
/* @density: [n_points] at the middles of equal bins over the span, integrating to 1; 0 without values.
 * The kernel's width is Silverman's rule, h = 0.9 min(s, IQR / 1.34) n^(-1/5) (Silverman 1986, eq. 3.31), though not
 * under 1/40 of the span; where all values are whole numbers, at least 0.6, so that they don't fall apart. */
void        anm_density_estimate (const AnmDensity *self,
                                  guint group,
                                  guint n_points,
                                  double *density);
void        anm_density_free     (AnmDensity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmDensity, anm_density_free)

G_END_DECLS
