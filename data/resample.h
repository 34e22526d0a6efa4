/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"

G_BEGIN_DECLS

/* How times fall into steps, resolved from a recipe. */
typedef struct
{
  double       step;        /* in the cohort's time unit */
  double       window;      /* 0 = all */
  AnmAggregate aggregate;
} AnmResampling;

gsize anm_resampling_get_length (const AnmResampling *self,
                                 const AnmCohort *cohort,
                                 gsize patient);
/* The step into which @time falls; -1 if it is before time zero or past the window. */
gssize anm_resampling_get_step  (const AnmResampling *self,
                                 double time,
                                 gsize n_steps);
gsize anm_resample_series       (const AnmResampling *self,
                                 const AnmCohort *cohort,
                                 gsize patient,
                                 guint channel,
                                 double *steps,
                                 guint32 *counts,
                                 gsize n_steps);

G_END_DECLS
