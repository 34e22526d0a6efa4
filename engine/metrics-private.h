/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/metrics.h"

#include <math.h>

G_BEGIN_DECLS

/* A target row that the target mask counts. */
typedef struct
{
  guint32 row;
  guint32 sequence; /* that it belongs to */
} AnmCountedRow;

/**
 * AnmScorer:
 * @n_rankings: outputs that rank rows: a ROC curve each
 * @counted: [n_counted]
 * @keeps_orders: one order for each ranking, else one at a time
 * @orders: [n_rankings or 1][n_counted] places in @counted, by falling score
 * @keys, @places: [n_counted] room for sorting
 * @confusion: [n_outputs][3]: true positives, false positives, false negatives
 *
 * The room for the metrics of one set of sequences, taken again and again
 * (each epoch, or each resample) without allocating.
 */
typedef struct
{
  const AnmSequences *sequences;
  guint               n_outputs;
  guint               target_width;
  guint               n_rankings;
  gsize               n_counted;
  AnmCountedRow      *counted;
  gboolean            keeps_orders;
  guint32            *orders;
  guint64            *keys[2];
  guint32            *places;
  double             *confusion;
} AnmScorer;

/**
 * AnmScorerSample:
 * @draws: (nullable): how often each sequence is drawn; %NULL = once
 * @has_ranks: every output that counts is a number
 *
 * Predictions, and which of them are drawn.
 */
typedef struct
{
  AnmScorer            *scorer;
  const AnmPredictions *predictions;
  const guint32        *draws;
  gboolean              has_ranks;
} AnmScorerSample;

AnmScorer *_anm_scorer_new      (const AnmSequences *sequences,
                                 guint n_outputs,
                                 gboolean keeps_orders);
void       _anm_scorer_free     (AnmScorer *self);
void       _anm_scorer_compute  (AnmScorer *self,
                                 const AnmPredictions *predictions,
                                 AnmMetrics *metrics);
void       _anm_scorer_rank     (AnmScorer *self,
                                 const AnmPredictions *predictions,
                                 guint output);
gboolean   _anm_scorer_can_rank (const AnmScorerSample *sample);
void       _anm_scorer_measure  (const AnmScorerSample *sample,
                                 AnmMetrics *metrics);

/* All numbers NaN, all counts 0. */
void       _anm_metrics_clear   (AnmMetrics *metrics);

static inline double
_anm_scorer_get_output (const AnmPredictions *predictions, const AnmCountedRow *counted, guint output)
{
  return (double) predictions->outputs[(gsize) counted->row * predictions->n_outputs + output];
}

/* The target of one output as a number: for classes 1 where it is the class. NaN for a label that isn't
 * known, and for survival if the interval says nothing: the event, or the end of what is known, came before. */
static inline double
_anm_scorer_get_target (const AnmScorer *self, const AnmCountedRow *counted, guint output)
{
  const anm_real *target = self->sequences->targets + (gsize) counted->row * self->target_width;

  if (self->sequences->target.kind == ANM_TARGET_CLASSES)
    return (guint) target[0] == output ? 1.0 : 0.0;
  if (self->sequences->target.kind == ANM_TARGET_SURVIVAL)
    return (guint) target[0] < output ? (double) NAN : (guint) target[0] == output ? (double) target[1] : 0.0;
  return (double) target[output];
}

/* How often the sequence of counted row @i is drawn. */
static inline double
_anm_scorer_sample_get_draws (const AnmScorerSample *sample, gsize i)
{
  return sample->draws == NULL ? 1.0 : (double) sample->draws[sample->scorer->counted[i].sequence];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmScorer, _anm_scorer_free)

G_END_DECLS
