/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

/**
 * AnmSample:
 *
 * A simulated cohort with a fixed seed: the first start needs no file. Options
 * are written behind the name: "sample:delayed-marker?delay=100&patients=3000&noise=0.3&seed=1".
 */
typedef struct
{
  const char *name;     /* "icu" */
  const char *title;    /* N_() */
  const char *summary;  /* N_(), one sentence */
  const char *options;  /* N_(), "patients=1000, seed=1" */
} AnmSample;

const AnmSample *anm_samples      (guint *n_samples);
gboolean         anm_sample_is    (const char *argument); /* begins with "sample:" */
AnmCohort       *anm_sample_make  (const char *argument,
                                   GError **error);

G_END_DECLS
