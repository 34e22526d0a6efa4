/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/loss-private.h"
#include "engine/metrics-private.h"

#include <math.h>

/*
 * Every metric is a sum over the target rows that count, each taken as often
 * as its sequence is drawn: once for the metrics themselves, 0, 1, 2 ... times
 * in a bootstrap resample. Rows are ranked by their score once, since drawing
 * doesn't change their order.
 *
 * Legend: TP true positives, FP false positives, FN false negatives.
 */

#define THRESHOLD 0.5
#define UNDEFINED ((double) NAN)

static guint
count_rankings (const AnmTargetShape *target)
{
  switch (target->kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_CLASSES:
    case ANM_TARGET_LABELS:
    case ANM_TARGET_SURVIVAL:
      return target->n_outputs;
    case ANM_TARGET_NONE:
    case ANM_TARGET_REGRESSION:
    default:
      return 0;
    }
}

static gboolean
row_counts (const AnmSequences *sequences, gsize row)
{
  return sequences->target.kind != ANM_TARGET_NONE && sequences->targets != NULL
         && (sequences->target_mask == NULL || sequences->target_mask[row] != 0)
         && _anm_target_is_known (&sequences->target, sequences->targets + row * anm_sequences_get_target_width (&sequences->target));
}

static void
collect_counted_rows (AnmScorer *self)
{
  const AnmSequences *sequences = self->sequences;

  for (gsize n = 0; n < sequences->n_sequences; n++)
    {
      gsize first = sequences->target.per_step ? sequences->offsets[n] : n;
      gsize end = sequences->target.per_step ? sequences->offsets[n + 1] : n + 1;

      for (gsize row = first; row < end; row++)
        if (row_counts (sequences, row))
          self->counted[self->n_counted++] = (AnmCountedRow){ (guint32) row, (guint32) n };
    }
}

/**
 * _anm_scorer_new:
 * @sequences: borrowed, must outlive the scorer
 * @n_outputs: numbers that the network gives a target row
 * @keeps_orders: whether ranks are computed once, for many samples of the same predictions
 *
 * Returns: (transfer full): what computes metrics of predictions of @sequences
 */
AnmScorer *
_anm_scorer_new (const AnmSequences *sequences, guint n_outputs, gboolean keeps_orders)
{
  AnmScorer *self = g_new0 (AnmScorer, 1);
  gsize n_rows = sequences->target.per_step ? sequences->offsets[sequences->n_sequences] : sequences->n_sequences;

  g_assert (n_rows < G_MAXUINT32);
  self->sequences = sequences;
  self->n_outputs = n_outputs;
  self->target_width = anm_sequences_get_target_width (&sequences->target);
  self->n_rankings = count_rankings (&sequences->target);
  self->keeps_orders = keeps_orders;
  self->counted = g_new (AnmCountedRow, n_rows);
  collect_counted_rows (self);
  self->orders = g_new (guint32, (keeps_orders ? self->n_rankings : 1) * self->n_counted);
  self->keys[0] = g_new (guint64, self->n_counted);
  self->keys[1] = g_new (guint64, self->n_counted);
  self->places = g_new (guint32, self->n_counted);
  self->confusion = g_new (double, 3 * (gsize) n_outputs);
  return self;
}

void
_anm_scorer_free (AnmScorer *self)
{
  g_free (self->counted);
  g_free (self->orders);
  g_free (self->keys[0]);
  g_free (self->keys[1]);
  g_free (self->places);
  g_free (self->confusion);
  g_free (self);
}

void
_anm_metrics_clear (AnmMetrics *metrics)
{
  *metrics = (AnmMetrics){
    .loss = UNDEFINED,
    .accuracy = UNDEFINED,
    .auroc = UNDEFINED,
    .average_precision = UNDEFINED,
    .f1 = UNDEFINED,
    .mse = UNDEFINED,
    .mae = UNDEFINED,
    .concordance = UNDEFINED,
  };
}

static gboolean
is_positive (const AnmScorer *self, const AnmCountedRow *counted, guint output)
{
  return _anm_scorer_get_target (self, counted, output) > THRESHOLD;
}

static gboolean
is_known (const AnmScorer *self, const AnmCountedRow *counted, guint output)
{
  return !isnan (_anm_scorer_get_target (self, counted, output));
}

/* Ranking */

/* A whole number that falls as @score rises. */
static guint64
make_key (double score)
{
  const guint64 sign = G_GUINT64_CONSTANT (1) << 63;
  guint64 bits;
  double normal = score + 0.0; /* -0 becomes 0: the two are a tie */

  memcpy (&bits, &normal, sizeof bits);
  return ~(bits & sign ? ~bits : bits | sign);
}

/* One pass of a radix sort, by the byte at @shift. Returns FALSE if all keys
 * share it and nothing was moved. */
static gboolean
sort_by_byte (gsize n, guint shift, const guint64 *keys, const guint32 *places, guint64 *sorted_keys, guint32 *sorted_places)
{
  gsize starts[257] = { 0 };

  for (gsize i = 0; i < n; i++)
    starts[(keys[i] >> shift & 0xFF) + 1]++;
  for (guint byte = 0; byte < 256; byte++)
    {
      if (starts[byte + 1] == n)
        return FALSE;
      starts[byte + 1] += starts[byte];
    }
  for (gsize i = 0; i < n; i++)
    {
      gsize target = starts[keys[i] >> shift & 0xFF]++;

      sorted_keys[target] = keys[i];
      sorted_places[target] = places[i];
    }
  return TRUE;
}

static guint32 *
get_order (const AnmScorer *self, guint output)
{
  return self->orders + (self->keeps_orders ? output * self->n_counted : 0);
}

/**
 * _anm_scorer_rank:
 *
 * Orders counted rows by the falling score of @output; ties by their place.
 */
void
_anm_scorer_rank (AnmScorer *self, const AnmPredictions *predictions, guint output)
{
  guint64 *keys[2] = { self->keys[0], self->keys[1] };
  guint32 *places[2] = { get_order (self, output), self->places };
  int from = 0;

  for (gsize i = 0; i < self->n_counted; i++)
    {
      keys[0][i] = make_key (_anm_scorer_get_output (predictions, &self->counted[i], output));
      places[0][i] = (guint32) i;
    }
  for (guint shift = 0; shift < 64; shift += 8)
    if (sort_by_byte (self->n_counted, shift, keys[from], places[from], keys[1 - from], places[1 - from]))
      from = 1 - from;
  if (from == 1)
    memcpy (places[0], places[1], self->n_counted * sizeof *places[0]);
}

/* Metrics of a sample */

typedef struct
{
  double n_positive;
  double n_negative;
  double auroc;
  double average_precision;
  double n_above;  /* pairs of a positive row and a negative one, with the positive above */
} Curve;

/* Walks the rows of @output by falling score, one group of equal scores after
 * the other. AUROC counts for each negative the positives above it, and half of those level with it. */
static Curve
follow_curve (const AnmScorerSample *sample, guint output)
{
  const AnmScorer *self = sample->scorer;
  const guint32 *order = get_order (self, output);
  Curve curve = { 0 };
  double area = 0.0, precision_sum = 0.0;

  for (gsize i = 0; i < self->n_counted;)
    {
      double score = _anm_scorer_get_output (sample->predictions, &self->counted[order[i]], output);
      double n_positive = 0.0, n_negative = 0.0;

      for (; i < self->n_counted; i++)
        {
          const AnmCountedRow *counted = &self->counted[order[i]];

          if (_anm_scorer_get_output (sample->predictions, counted, output) != score)
            break;
          if (is_positive (self, counted, output))
            n_positive += _anm_scorer_sample_get_draws (sample, order[i]);
          else if (is_known (self, counted, output))
            n_negative += _anm_scorer_sample_get_draws (sample, order[i]);
        }
      area += n_negative * (curve.n_positive + 0.5 * n_positive);
      curve.n_positive += n_positive;
      curve.n_negative += n_negative;
      if (n_positive > 0.0)
        precision_sum += n_positive * curve.n_positive / (curve.n_positive + curve.n_negative);
    }

  curve.n_above = area;
  curve.auroc = curve.n_positive > 0.0 && curve.n_negative > 0.0 ? area / (curve.n_positive * curve.n_negative) : UNDEFINED;
  curve.average_precision = curve.n_positive > 0.0 && curve.n_negative > 0.0 ? precision_sum / curve.n_positive : UNDEFINED;
  return curve;
}

typedef struct
{
  double sum;
  guint n;
} Mean;

static void
add_to_mean (Mean *mean, double value)
{
  if (isnan (value))
    return;
  mean->sum += value;
  mean->n++;
}

static double
get_mean (const Mean *mean)
{
  return mean->n > 0 ? mean->sum / mean->n : UNDEFINED;
}

static void
measure_ranking (const AnmScorerSample *sample, AnmMetrics *metrics)
{
  AnmScorer *self = sample->scorer;
  Mean auroc = { 0 }, average_precision = { 0 };

  for (guint output = 0; output < self->n_rankings; output++)
    {
      Curve curve;

      if (!self->keeps_orders)
        _anm_scorer_rank (self, sample->predictions, output);
      curve = follow_curve (sample, output);
      add_to_mean (&auroc, curve.auroc);
      add_to_mean (&average_precision, curve.average_precision);
      if (self->sequences->target.kind == ANM_TARGET_BINARY)
        metrics->n_positive = (gsize) curve.n_positive;
    }
  metrics->auroc = get_mean (&auroc);
  metrics->average_precision = get_mean (&average_precision);
}

/* L. Antolini, P. Boracchi, E. Biganzoli (2005): A time-dependent discrimination index for
 * survival data. Statistics in Medicine 24. Section 2.2; in an interval's curve those are
 * positive who had the event in it, and negative those who survived it. */
static void
measure_concordance (const AnmScorerSample *sample, AnmMetrics *metrics)
{
  AnmScorer *self = sample->scorer;
  double n_concordant = 0.0, n_pairs = 0.0;

  for (guint interval = 0; interval < self->n_rankings; interval++)
    {
      Curve curve;

      if (!self->keeps_orders)
        _anm_scorer_rank (self, sample->predictions, interval);
      curve = follow_curve (sample, interval);
      n_pairs += curve.n_positive * curve.n_negative;
      n_concordant += curve.n_positive * curve.n_negative - curve.n_above;
    }
  metrics->concordance = n_pairs > 0.0 ? n_concordant / n_pairs : UNDEFINED;
}

static guint
find_greatest_output (const AnmPredictions *predictions, const AnmCountedRow *counted)
{
  guint greatest = 0;

  for (guint output = 1; output < predictions->n_outputs; output++)
    if (_anm_scorer_get_output (predictions, counted, output) > _anm_scorer_get_output (predictions, counted, greatest))
      greatest = output;
  return greatest;
}

/* F1 = 2 TP / (2 TP + FP + FN); NaN where nothing of the kind is there and, for
 * a single output, where there is no positive row. */
static double
compute_f1 (const AnmScorer *self)
{
  Mean f1 = { 0 };

  for (guint output = 0; output < self->n_rankings; output++)
    {
      const double *confusion = self->confusion + 3 * (gsize) output;
      double denominator = 2.0 * confusion[0] + confusion[1] + confusion[2];
      gboolean defined = denominator > 0.0 && (self->n_rankings > 1 || confusion[0] + confusion[2] > 0.0);

      add_to_mean (&f1, defined ? 2.0 * confusion[0] / denominator : UNDEFINED);
    }
  return get_mean (&f1);
}

/* Accuracy: share of rows whose class is right; for labels, of labels. */
static void
measure_decisions (const AnmScorerSample *sample, AnmMetrics *metrics)
{
  AnmScorer *self = sample->scorer;
  gboolean one_of_classes = self->sequences->target.kind == ANM_TARGET_CLASSES;
  double n_right = 0.0, n_decisions = 0.0;

  memset (self->confusion, 0, 3 * (gsize) self->n_outputs * sizeof *self->confusion);
  for (gsize i = 0; i < self->n_counted; i++)
    {
      const AnmCountedRow *counted = &self->counted[i];
      double draws = _anm_scorer_sample_get_draws (sample, i);
      guint greatest = one_of_classes ? find_greatest_output (sample->predictions, counted) : 0;

      for (guint output = 0; output < self->n_rankings; output++)
        {
          gboolean positive = is_positive (self, counted, output);
          gboolean known = is_known (self, counted, output);
          gboolean predicted = one_of_classes ? output == greatest
                                              : _anm_scorer_get_output (sample->predictions, counted, output) > THRESHOLD;
          double *confusion = self->confusion + 3 * (gsize) output;

          if (known && (predicted || positive))
            confusion[predicted ? (positive ? 0 : 1) : 2] += draws;
          if (!one_of_classes && known)
            {
              n_right += predicted == positive ? draws : 0.0;
              n_decisions += draws;
            }
        }
      if (one_of_classes)
        {
          n_right += is_positive (self, counted, greatest) ? draws : 0.0;
          n_decisions += draws;
        }
    }
  metrics->accuracy = n_decisions > 0.0 ? n_right / n_decisions : UNDEFINED;
  metrics->f1 = compute_f1 (self);
}

static void
measure_distances (const AnmScorerSample *sample, AnmMetrics *metrics)
{
  const AnmScorer *self = sample->scorer;
  double squares = 0.0, absolutes = 0.0, n_known = 0.0;

  for (gsize i = 0; i < self->n_counted; i++)
    {
      double draws = _anm_scorer_sample_get_draws (sample, i);

      for (guint output = 0; output < self->n_outputs; output++)
        {
          double distance;

          if (!is_known (self, &self->counted[i], output))
            continue;
          distance = _anm_scorer_get_output (sample->predictions, &self->counted[i], output)
                     - _anm_scorer_get_target (self, &self->counted[i], output);

          squares += draws * distance * distance;
          absolutes += draws * fabs (distance);
          n_known += draws;
        }
    }
  metrics->mse = n_known > 0.0 ? squares / n_known : UNDEFINED;
  metrics->mae = n_known > 0.0 ? absolutes / n_known : UNDEFINED;
}

static gsize
count_rows (const AnmScorerSample *sample)
{
  double n_rows = 0.0;

  for (gsize i = 0; i < sample->scorer->n_counted; i++)
    n_rows += _anm_scorer_sample_get_draws (sample, i);
  return (gsize) n_rows;
}

/**
 * _anm_scorer_can_rank:
 *
 * Returns: whether every output that counts is a number
 */
gboolean
_anm_scorer_can_rank (const AnmScorerSample *sample)
{
  const AnmScorer *self = sample->scorer;

  for (gsize i = 0; i < self->n_counted; i++)
    for (guint output = 0; output < self->n_outputs; output++)
      if (isnan (_anm_scorer_get_output (sample->predictions, &self->counted[i], output)))
        return FALSE;
  return TRUE;
}

/**
 * _anm_scorer_measure:
 *
 * All metrics of a sample but the loss, which becomes NaN.
 */
void
_anm_scorer_measure (const AnmScorerSample *sample, AnmMetrics *metrics)
{
  _anm_metrics_clear (metrics);
  if (sample->scorer->n_counted == 0)
    return;
  metrics->n_rows = count_rows (sample);
  if (sample->scorer->sequences->target.kind == ANM_TARGET_SURVIVAL)
    {
      if (sample->has_ranks)
        measure_concordance (sample, metrics);
      return;
    }
  measure_distances (sample, metrics);
  if (sample->scorer->n_rankings == 0 || !sample->has_ranks)
    return;
  measure_ranking (sample, metrics);
  measure_decisions (sample, metrics);
}

/**
 * _anm_scorer_compute:
 * @predictions: of the scorer's sequences
 * @metrics: (out caller-allocates): overwritten
 *
 * As anm_metrics_compute(), without allocating.
 */
void
_anm_scorer_compute (AnmScorer *self, const AnmPredictions *predictions, AnmMetrics *metrics)
{
  AnmScorerSample sample = { .scorer = self, .predictions = predictions };

  g_assert (predictions->n_outputs == self->n_outputs);
  sample.has_ranks = _anm_scorer_can_rank (&sample);
  _anm_scorer_measure (&sample, metrics);
  metrics->loss = predictions->loss;
}

/**
 * anm_metrics_compute:
 * @predictions: of @sequences
 * @metrics: (out caller-allocates): overwritten
 *
 * Metrics over the target rows that the target mask counts, each with weight
 * 1: sample and class weights enter the loss alone.
 *
 * - accuracy: binary and labels at threshold 0.5 (above it is positive),
 *   classes by the greatest output
 * - AUROC (J. A. Hanley, B. J. McNeil 1982), average precision and F1 of
 *   several classes or labels are the mean of those where both sides occur
 * - MSE and MAE are means over rows and outputs; of a probability, the MSE is
 *   the Brier score (for classes divided by their number)
 * - labels that aren't known are left out
 * - the concordance is the time-dependent one of Antolini et al. (2005); nothing
 *   else but the loss is computed for survival
 */
void
anm_metrics_compute (const AnmPredictions *predictions, const AnmSequences *sequences, AnmMetrics *metrics)
{
  g_autoptr (AnmScorer) scorer = _anm_scorer_new (sequences, predictions->n_outputs, FALSE);

  _anm_scorer_compute (scorer, predictions, metrics);
}

void
anm_predictions_free (AnmPredictions *self)
{
  g_free (self->outputs);
  g_free (self);
}
