/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/loss-private.h"
#include "engine/metrics-private.h"

#include "engine/quantile.h"
#include "engine/random.h"

#include <math.h>

/* What a probability is held away from 0 and 1 by before its logarithm is taken. */
#define SMALLEST_PROBABILITY 6e-8

static AnmLossKind
find_loss_kind (const AnmPredictions *predictions)
{
  if (predictions->loss_kind != ANM_LOSS_AUTO)
    return predictions->loss_kind;
  switch (predictions->target.kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_LABELS:
      return ANM_LOSS_BINARY_CROSS_ENTROPY;
    case ANM_TARGET_CLASSES:
      return ANM_LOSS_CATEGORICAL_CROSS_ENTROPY;
    case ANM_TARGET_SURVIVAL:
      return ANM_LOSS_SURVIVAL;
    case ANM_TARGET_NONE:
    case ANM_TARGET_REGRESSION:
    default:
      return ANM_LOSS_MEAN_SQUARED_ERROR;
    }
}

static double
hold (double probability)
{
  return CLAMP (probability, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY);
}

static double
logit (double probability)
{
  return log (hold (probability) / (1.0 - hold (probability)));
}

/* What the network must have given for its answer to be @answer. */
static void
find_output (AnmLossKind kind, guint n_outputs, const anm_real *answer, anm_real *output)
{
  double before = 1.0;

  for (guint k = 0; k < n_outputs; k++)
    {
      double value = (double) answer[k];

      switch (kind)
        {
        case ANM_LOSS_BINARY_CROSS_ENTROPY:
        case ANM_LOSS_BINARY_FOCAL:
          output[k] = (anm_real) logit (value);
          break;
        case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
        case ANM_LOSS_CATEGORICAL_FOCAL:
          output[k] = (anm_real) log (hold (value));
          break;
        case ANM_LOSS_SURVIVAL:
          output[k] = (anm_real) logit (before > 0.0 ? 1.0 - value / before : 0.5);
          before = value;
          break;
        case ANM_LOSS_MEAN_SQUARED_ERROR:
        case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
        case ANM_LOSS_HUBER:
        case ANM_LOSS_LOG_COSH:
        case ANM_LOSS_AUTO:
        default:
          output[k] = answer[k];
          break;
        }
    }
}

/* One row's loss, from its answer; @output is room for one. */
static double
compute_row_loss (const AnmScorerSample *sample, const AnmCountedRow *counted, anm_real *output)
{
  const AnmScorer *self = sample->scorer;
  const AnmPredictions *predictions = sample->predictions;
  AnmLossKind kind = find_loss_kind (predictions);
  const anm_real *answer = predictions->outputs + (gsize) counted->row * self->n_outputs;
  const anm_real *wanted = self->sequences->targets + (gsize) counted->row * self->target_width;

  find_output (kind, self->n_outputs, answer, output);
  return _anm_loss_row (kind, &predictions->loss_options, &self->sequences->target, self->n_outputs, output, answer, wanted, NULL);
}

static double
get_row_weight (const AnmScorer *self, const AnmCountedRow *counted)
{
  const AnmSequences *sequences = self->sequences;
  double weight = sequences->weights != NULL ? (double) sequences->weights[counted->sequence] : 1.0;
  const anm_real *wanted = sequences->targets + (gsize) counted->row * self->target_width;

  if (sequences->class_weights != NULL
      && (sequences->target.kind == ANM_TARGET_BINARY || sequences->target.kind == ANM_TARGET_CLASSES))
    weight *= sequences->class_weights[(guint) wanted[0]];
  return weight;
}

static double
measure_loss (const AnmScorerSample *sample, const double *row_losses)
{
  const AnmScorer *self = sample->scorer;
  double loss = 0.0, weight = 0.0;

  for (gsize i = 0; i < self->n_counted; i++)
    {
      double row_weight = _anm_scorer_sample_get_draws (sample, i) * get_row_weight (self, &self->counted[i]);

      if (row_weight == 0.0)
        continue;
      loss += row_weight * row_losses[i];
      weight += row_weight;
    }
  return weight > 0.0 ? loss / weight : (double) NAN;
}

static const gsize metric_offsets[] = {
  G_STRUCT_OFFSET (AnmMetrics, loss),
  G_STRUCT_OFFSET (AnmMetrics, accuracy),
  G_STRUCT_OFFSET (AnmMetrics, auroc),
  G_STRUCT_OFFSET (AnmMetrics, average_precision),
  G_STRUCT_OFFSET (AnmMetrics, f1),
  G_STRUCT_OFFSET (AnmMetrics, mse),
  G_STRUCT_OFFSET (AnmMetrics, mae),
  G_STRUCT_OFFSET (AnmMetrics, concordance),
};

static void
find_interval (const AnmMetrics *resamples, guint n_resamples, gsize offset, double level, double *values, AnmMetrics *low, AnmMetrics *high)
{
  gsize n = 0;

  for (guint i = 0; i < n_resamples; i++)
    {
      double value = G_STRUCT_MEMBER (double, &resamples[i], offset);

      if (!isnan (value))
        values[n++] = value;
    }
  if (n == 0)
    return;
  qsort (values, n, sizeof *values, _anm_compare_numbers);
  G_STRUCT_MEMBER (double, low, offset) = _anm_get_quantile (values, n, 0.5 - 0.5 * level);
  G_STRUCT_MEMBER (double, high, offset) = _anm_get_quantile (values, n, 0.5 + 0.5 * level);
}

/* Sequences with a row that counts, in their order. Returns how many. */
static gsize
list_counted_sequences (const AnmScorer *scorer, guint32 *sequences)
{
  gsize n = 0;

  for (gsize i = 0; i < scorer->n_counted; i++)
    if (n == 0 || sequences[n - 1] != scorer->counted[i].sequence)
      sequences[n++] = scorer->counted[i].sequence;
  return n;
}

/**
 * anm_metrics_bootstrap_watched:
 * @predictions: of @sequences
 * @n_resamples: e.g. 1000
 * @level: of confidence, between 0 and 1, e.g. 0.95
 * @seed: of the draws
 * @low: (out caller-allocates): lower ends
 * @high: (out caller-allocates): upper ends
 *
 * The percentile bootstrap: as many sequences as have a target that counts are
 * drawn from them with replacement, each with all its steps, and every metric
 * is computed of each resample. Resamples where it can't be are left out; NaN
 * where it can't be in any. The loss is computed from the outputs, whose
 * probabilities are held 6e-8 away from 0 and 1. Counts are those of the
 * sequences themselves.
 *
 * B. Efron, R. J. Tibshirani (1993): An introduction to the bootstrap, 13.3.
 */
gboolean
anm_metrics_bootstrap_watched (const AnmPredictions *predictions,
                               const AnmSequences *sequences,
                               guint n_resamples,
                               double level,
                               guint64 seed,
                               AnmMetrics *low,
                               AnmMetrics *high,
                               const AnmWatch *watch)
{
  g_autoptr (AnmScorer) scorer = _anm_scorer_new (sequences, predictions->n_outputs, TRUE);
  g_autofree guint32 *draws = g_new (guint32, sequences->n_sequences);
  g_autofree guint32 *counted = g_new (guint32, scorer->n_counted);
  g_autofree anm_real *room = g_new (anm_real, predictions->n_outputs);
  g_autofree double *row_losses = g_new (double, scorer->n_counted);
  g_autofree AnmMetrics *resamples = g_new (AnmMetrics, n_resamples);
  g_autofree double *values = g_new (double, n_resamples);
  gsize n_counted = list_counted_sequences (scorer, counted);
  AnmScorerSample sample = { .scorer = scorer, .predictions = predictions, .draws = NULL };

  g_return_val_if_fail (level > 0.0 && level < 1.0, FALSE);

  for (guint output = 0; output < scorer->n_rankings; output++)
    _anm_scorer_rank (scorer, predictions, output);
  sample.has_ranks = _anm_scorer_can_rank (&sample);
  _anm_scorer_measure (&sample, low);
  *high = *low;
  for (gsize i = 0; i < G_N_ELEMENTS (metric_offsets); i++)
    G_STRUCT_MEMBER (double, low, metric_offsets[i]) = G_STRUCT_MEMBER (double, high, metric_offsets[i]) = (double) NAN;
  if (n_counted == 0)
    return TRUE;

  for (gsize i = 0; i < scorer->n_counted; i++)
    row_losses[i] = compute_row_loss (&sample, &scorer->counted[i], room);

  sample.draws = draws;
  for (guint r = 0; r < n_resamples; r++)
    {
      if (watch != NULL && watch->cancel != NULL && g_atomic_int_get (watch->cancel) != 0)
        return FALSE;
      if (watch != NULL && watch->progress != NULL)
        watch->progress ((double) r / n_resamples, watch->data);
      memset (draws, 0, sequences->n_sequences * sizeof *draws);
      for (gsize i = 0; i < n_counted; i++)
        draws[counted[anm_random_below (seed, r, i, n_counted)]]++;
      _anm_scorer_measure (&sample, &resamples[r]);
      resamples[r].loss = measure_loss (&sample, row_losses);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (metric_offsets); i++)
    find_interval (resamples, n_resamples, metric_offsets[i], level, values, low, high);
  return TRUE;
}

void
anm_metrics_bootstrap (const AnmPredictions *predictions,
                       const AnmSequences *sequences,
                       guint n_resamples,
                       double level,
                       guint64 seed,
                       AnmMetrics *low,
                       AnmMetrics *high)
{
  anm_metrics_bootstrap_watched (predictions, sequences, n_resamples, level, seed, low, high, NULL);
}
