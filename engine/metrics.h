/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/network.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * AnmPredictions:
 *
 * What a network says of sequences, one row for each target row (a sequence,
 * or a step) in their order. Outputs are probabilities for cross-entropies
 * (sigmoid or softmax already applied), plain numbers for regression, and for survival the
 * probability of having survived each interval.
 */
typedef struct
{
  gsize           n_rows;
  guint           n_outputs;
  AnmTargetShape  target;
  anm_real       *outputs; /* [n_rows][n_outputs] */
  double          loss;    /* weighted mean over target rows that count; NaN without targets */
  AnmLossKind     loss_kind; /* what loss is; AUTO stands for the target's own */
  AnmLossOptions  loss_options;
} AnmPredictions;

/* Of long work: @cancel (nullable) is looked at, an atomic int, 1 = stop; @progress (nullable) is told what share is done, on
 * the thread that asked for the work. */
typedef struct
{
  const int *cancel;
  void     (*progress) (double fraction, gpointer data);
  gpointer   data;
} AnmWatch;

/* @cancel: nullable; looked at between the time steps of a chunk (atomic int, 1 = stop).
 * Returns %NULL only when cancelled. */
AnmPredictions *anm_predict          (const AnmNetwork *network,
                                      const anm_real *parameters,
                                      AnmLossKind loss,
                                      const AnmSequences *sequences,
                                      AnmPool *pool,
                                      const int *cancel);
/* As anm_predict(), the loss being told more than its kind. */
AnmPredictions *anm_predict_with_loss (const AnmNetwork *network,
                                      const anm_real *parameters,
                                      AnmLossKind loss,
                                      const AnmLossOptions *options,
                                      const AnmSequences *sequences,
                                      AnmPool *pool,
                                      const int *cancel);
/* The same watched; @watch is nullable. */
AnmPredictions *anm_predict_watched  (const AnmNetwork *network,
                                      const anm_real *parameters,
                                      AnmLossKind loss,
                                      const AnmLossOptions *options,
                                      const AnmSequences *sequences,
                                      AnmPool *pool,
                                      const AnmWatch *watch);
void            anm_predictions_free (AnmPredictions *self);

/**
 * AnmMetrics:
 *
 * NaN where a metric can't be computed (one class only, not this kind of target).
 * @auroc: area under the ROC curve, ties counted half; for several classes the
 *   mean of one against the rest
 * @average_precision: sum over thresholds of (R_n - R_{n-1}) P_n (no interpolation)
 * @f1: at threshold 0.5; macro mean for several classes
 * @concordance: survival only: of the pairs of which one is known to have had the event
 *   before the other, the share in which it was predicted the smaller probability to survive that
 *   interval, ties counted half
 */
typedef struct
{
  gsize  n_rows;      /* rows that count */
  gsize  n_positive;  /* binary only */
  double loss;
  double accuracy;
  double auroc;
  double average_precision;
  double f1;
  double mse;
  double mae;
  double concordance;
} AnmMetrics;

void anm_metrics_compute   (const AnmPredictions *predictions,
                            const AnmSequences *sequences,
                            AnmMetrics *metrics);
/* Percentile bootstrap over sequences (patients), @level e.g. 0.95. */
void anm_metrics_bootstrap (const AnmPredictions *predictions,
                            const AnmSequences *sequences,
                            guint n_resamples,
                            double level,
                            guint64 seed,
                            AnmMetrics *low,
                            AnmMetrics *high);
/* The same watched; FALSE only if cancelled. */
gboolean anm_metrics_bootstrap_watched (const AnmPredictions *predictions,
                            const AnmSequences *sequences,
                            guint n_resamples,
                            double level,
                            guint64 seed,
                            AnmMetrics *low,
                            AnmMetrics *high,
                            const AnmWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPredictions, anm_predictions_free)

G_END_DECLS
