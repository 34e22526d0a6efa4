/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"

G_BEGIN_DECLS

/**
 * AnmScore:
 *
 * One number that says how good predictions are, with its definition: a score is never shown without.
 */
typedef struct
{
  const char *name;        /* as on the command line: "auroc" */
  const char *label;       /* N_(), for people */
  const char *definition;  /* N_() */
  gsize       offset;      /* of the number in AnmMetrics */
} AnmScore;

const AnmScore *anm_scores       (guint *n_scores);
const AnmScore *anm_score_find   (const char *name); /* nullable */
double          anm_score_get    (const AnmScore *self,
                                  const AnmMetrics *metrics);
/* Whether it means anything for this kind of target. */
gboolean        anm_score_suits  (const AnmScore *self,
                                  const AnmTargetShape *target);

/**
 * AnmEvaluation:
 *
 * Scores of one set of weights on one set of patients, each with its interval.
 */
typedef struct
{
  gsize      n_sequences;
  AnmMetrics metrics;
  AnmMetrics low;          /* percentile bootstrap over sequences */
  AnmMetrics high;
  guint      n_resamples;
  double     level;        /* 0.95 */
} AnmEvaluation;

/* FALSE only when cancelled. @pool: nullable for a pool of its own; @watch: nullable. */
gboolean        anm_evaluation_make (AnmEvaluation *self,
                                  AnmRun *run,
                                  const anm_real *parameters,
                                  const AnmSequences *sequences,
                                  guint n_resamples,
                                  AnmPool *pool,
                                  const AnmWatch *watch);

G_END_DECLS
