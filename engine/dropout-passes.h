/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/metrics.h"

G_BEGIN_DECLS

/**
 * AnmDropoutPasses:
 *
 * How sure a network is of one sequence: it answers many times with what it
 * drops in training dropped, too, each time something else, and the answers
 * spread. Memory is kept between runs. Not for use from two threads at once.
 */
typedef struct _AnmDropoutPasses AnmDropoutPasses;

/**
 * AnmDropoutBand:
 * @n_steps: of the record, or the answers of the network itself: 1 unless it answers at each step
 * @median, @lower, @upper: quantiles 0.5, 0.025 and 0.975 of the passes
 *
 * What the passes say, [n_steps][n_outputs], probabilities where the loss is a
 * cross-entropy; NaN where the record is too short for an answer. Owned by the
 * passes, until their next run.
 */
typedef struct
{
  guint           n_steps;
  guint           n_outputs;
  guint           n_passes;
  const anm_real *mean;
  const anm_real *median;
  const anm_real *lower;
  const anm_real *upper;
} AnmDropoutBand;

/* The share of the passes that lies between lower and upper. */
#define ANM_DROPOUT_BAND_SHARE 0.95
/* Fewer tell nothing of a share of 0.95. */
#define ANM_MIN_DROPOUT_PASSES 20
#define ANM_MAX_DROPOUT_PASSES 10000

/* Whether any layer drops anything in training; without that all passes are one. */
gboolean          anm_network_has_dropout (const AnmNetwork *network);

AnmDropoutPasses *anm_dropout_passes_new  (AnmNetwork *network,
                                           AnmLossKind loss);
void              anm_dropout_passes_free (AnmDropoutPasses *self);
gboolean          anm_dropout_passes_run  (AnmDropoutPasses *self,
                                           const anm_real *parameters,
                                           const AnmSequences *sequences,
                                           gsize sequence,
                                           gboolean over_time,
                                           guint n_passes,
                                           guint64 seed,
                                           const AnmWatch *watch,
                                           AnmDropoutBand *band);

/* The same of a whole set: [n_rows][n_outputs], rows as in AnmPredictions. */
typedef struct
{
  gsize     n_rows;
  guint     n_outputs;
  anm_real *mean;
  anm_real *median;
  anm_real *lower;
  anm_real *upper;
} AnmDropoutPredictions;

AnmDropoutPredictions *anm_predict_with_dropout     (AnmNetwork *network,
                                                     const anm_real *parameters,
                                                     AnmLossKind loss,
                                                     const AnmSequences *sequences,
                                                     guint n_passes,
                                                     guint64 seed,
                                                     AnmPool *pool,
                                                     const AnmWatch *watch);
void                   anm_dropout_predictions_free (AnmDropoutPredictions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmDropoutPredictions, anm_dropout_predictions_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmDropoutPasses, anm_dropout_passes_free)

G_END_DECLS
