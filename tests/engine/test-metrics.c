/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/metrics.h"
#include "engine/random.h"

#include <math.h>

typedef struct
{
  AnmSequences sequences;
  AnmPredictions predictions;
} Case;

/* Sequences of one step each, or one sequence a @offsets pair with a target per step. */
static void
make_case (Case *self, AnmTargetKind kind, guint n_outputs, gsize n_rows, anm_real *targets, anm_real *outputs)
{
  *self = (Case){
    .sequences = {
        .n_sequences = n_rows,
        .offsets = g_new (gsize, n_rows + 1),
        .target = { .kind = kind, .n_outputs = n_outputs },
        .targets = targets,
    },
    .predictions = {
        .n_rows = n_rows,
        .n_outputs = n_outputs,
        .target = { .kind = kind, .n_outputs = n_outputs },
        .outputs = outputs,
        .loss = 0.25,
    },
  };
  for (gsize i = 0; i <= n_rows; i++)
    self->sequences.offsets[i] = i;
}

static void
clear_case (Case *self)
{
  g_free (self->sequences.offsets);
}

static void
compute (Case *self, AnmMetrics *metrics)
{
  anm_metrics_compute (&self->predictions, &self->sequences, metrics);
}

#define assert_near(value, expected) g_assert_cmpfloat_with_epsilon ((value), (expected), 1e-6)
#define assert_nan(value) g_assert_true (isnan (value))

/* Scores and classes, falling: .9 +, .8 -, .7 +, .6 +, .4 -, .1 -. */
static void
test_binary_by_hand (void)
{
  anm_real targets[] = { 0, 1, 1, 0, 1, 0 };
  anm_real outputs[] = { 0.1f, 0.9f, 0.6f, 0.8f, 0.7f, 0.4f };
  AnmMetrics metrics;
  Case self;

  make_case (&self, ANM_TARGET_BINARY, 1, 6, targets, outputs);
  compute (&self, &metrics);
  g_assert_cmpuint (metrics.n_rows, ==, 6);
  g_assert_cmpuint (metrics.n_positive, ==, 3);
  g_assert_cmpfloat (metrics.loss, ==, 0.25);
  /* Of nine pairs, the - at .8 is above two +. */
  assert_near (metrics.auroc, 7.0 / 9.0);
  /* Precision at the three +: 1/1, 2/3, 3/4. */
  assert_near (metrics.average_precision, (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0);
  assert_near (metrics.accuracy, 5.0 / 6.0);
  assert_near (metrics.f1, 6.0 / 7.0);
  assert_near (metrics.mse, (0.01 + 0.01 + 0.16 + 0.64 + 0.09 + 0.16) / 6.0);
  assert_near (metrics.mae, (0.1 + 0.1 + 0.4 + 0.8 + 0.3 + 0.4) / 6.0);
  clear_case (&self);
}

/* All scores equal: a coin's AUROC; precision is the prevalence. At exactly the threshold a row is negative. */
static void
test_ties (void)
{
  anm_real targets[] = { 1, 0, 0, 1, 0 };
  anm_real outputs[] = { 0.5f, 0.5f, 0.5f, 0.5f, 0.5f };
  anm_real zeros[] = { 0.0f, -0.0f, 0.0f, -0.0f, -0.0f };
  AnmMetrics metrics;
  Case self;

  make_case (&self, ANM_TARGET_BINARY, 1, 5, targets, outputs);
  compute (&self, &metrics);
  assert_near (metrics.auroc, 0.5);
  assert_near (metrics.average_precision, 0.4);
  assert_near (metrics.accuracy, 0.6);
  assert_near (metrics.f1, 0.0);
  self.predictions.outputs = zeros;
  compute (&self, &metrics);
  assert_near (metrics.auroc, 0.5);
  clear_case (&self);
}

static void
test_one_class (void)
{
  anm_real outputs[] = { 0.2f, 0.9f, 0.5f };

  for (int class_index = 0; class_index <= 1; class_index++)
    {
      anm_real targets[] = { (anm_real) class_index, (anm_real) class_index, (anm_real) class_index };
      AnmMetrics metrics;
      Case self;

      make_case (&self, ANM_TARGET_BINARY, 1, 3, targets, outputs);
      compute (&self, &metrics);
      assert_nan (metrics.auroc);
      assert_nan (metrics.average_precision);
      g_assert_cmpint (isnan (metrics.f1), ==, class_index == 0);
      assert_near (metrics.accuracy, class_index == 1 ? 1.0 / 3.0 : 2.0 / 3.0);
      clear_case (&self);
    }
}

static void
test_nothing_counts (void)
{
  anm_real targets[] = { 0, 1 };
  anm_real outputs[] = { 0.2f, 0.9f };
  guint8 mask[] = { 0, 0 };
  AnmMetrics metrics, low, high;
  Case self;

  make_case (&self, ANM_TARGET_BINARY, 1, 2, targets, outputs);
  self.sequences.target_mask = mask;
  compute (&self, &metrics);
  g_assert_cmpuint (metrics.n_rows, ==, 0);
  assert_nan (metrics.auroc);
  assert_nan (metrics.accuracy);
  assert_nan (metrics.mse);
  anm_metrics_bootstrap (&self.predictions, &self.sequences, 10, 0.95, 1, &low, &high);
  assert_nan (low.auroc);
  assert_nan (high.loss);
  clear_case (&self);
}

static void
test_not_a_number (void)
{
  anm_real targets[] = { 0, 1 };
  anm_real outputs[] = { 0.2f, NAN };
  AnmMetrics metrics;
  Case self;

  make_case (&self, ANM_TARGET_BINARY, 1, 2, targets, outputs);
  compute (&self, &metrics);
  assert_nan (metrics.auroc);
  assert_nan (metrics.accuracy);
  assert_nan (metrics.mse);
  clear_case (&self);
}

/* Three classes, four rows; the third class is never right. */
static void
test_classes_by_hand (void)
{
  anm_real targets[] = { 0, 1, 1, 2 };
  anm_real outputs[] = {
    0.7f, 0.2f, 0.1f,
    0.1f, 0.8f, 0.1f,
    0.5f, 0.3f, 0.2f,
    0.2f, 0.5f, 0.3f
  };
  AnmMetrics metrics;
  Case self;

  make_case (&self, ANM_TARGET_CLASSES, 3, 4, targets, outputs);
  compute (&self, &metrics);
  assert_near (metrics.accuracy, 0.5);
  /* Class 0: TP 1, FP 1. Class 1: TP 1, FP 1, FN 1. Class 2: FN 1. */
  assert_near (metrics.f1, (2.0 / 3.0 + 0.5 + 0.0) / 3.0);
  /* Class 0: 1. Class 1: rows .8 .5- .3 .2-: 3 of 4 pairs. Class 2: 1. */
  assert_near (metrics.auroc, (1.0 + 0.75 + 1.0) / 3.0);
  assert_near (metrics.average_precision, (1.0 + (1.0 + 2.0 / 3.0) / 2.0 + 1.0) / 3.0);
  assert_near (metrics.mse, (0.09 + 0.04 + 0.01 + 0.01 + 0.04 + 0.01 + 0.25 + 0.49 + 0.04 + 0.04 + 0.25 + 0.49) / 12.0);
  clear_case (&self);
}

static void
test_labels_by_hand (void)
{
  anm_real targets[] = {
    1, 0,
    0, 0,
    1, 0
  };
  anm_real outputs[] = {
    0.9f, 0.6f,
    0.4f, 0.2f,
    0.3f, 0.1f
  };
  AnmMetrics metrics;
  Case self;

  make_case (&self, ANM_TARGET_LABELS, 2, 3, targets, outputs);
  compute (&self, &metrics);
  assert_near (metrics.accuracy, 4.0 / 6.0);
  assert_near (metrics.auroc, 0.5); /* the second label has one side only */
  assert_near (metrics.f1, (2.0 / 3.0 + 0.0) / 2.0);
  clear_case (&self);
}

/* What isn't known of a row is left out; a row of which nothing is known doesn't count. */
static void
test_unknown_labels (void)
{
  const anm_real unknown = (anm_real) NAN;
  anm_real targets[] = { 1, unknown, 0, 1, 1, 0, unknown, unknown };
  anm_real outputs[] = { 0.9f, 0.2f, 0.6f, 0.7f, 0.4f, 0.8f, 0.99f, 0.01f };
  AnmMetrics metrics, low, high;
  Case self;

  make_case (&self, ANM_TARGET_LABELS, 2, 4, targets, outputs);
  self.predictions.loss_kind = ANM_LOSS_BINARY_CROSS_ENTROPY;
  compute (&self, &metrics);
  g_assert_cmpuint (metrics.n_rows, ==, 3);
  assert_near (metrics.accuracy, 2.0 / 5.0);
  /* The first label: + .9, - .6, + .4; the second: + .7, - .8. */
  assert_near (metrics.auroc, (0.5 + 0.0) / 2.0);
  assert_near (metrics.mse, (0.01 + 0.36 + 0.09 + 0.36 + 0.64) / 5.0);
  assert_near (metrics.mae, (0.1 + 0.6 + 0.3 + 0.6 + 0.8) / 5.0);
  anm_metrics_bootstrap (&self.predictions, &self.sequences, 20, 0.9, 1, &low, &high);
  g_assert_true (isfinite (low.loss) && low.loss <= high.loss);
  clear_case (&self);
}

/* Of every pair of which one is known to have had the event first. */
static double
define_concordance (const Case *self)
{
  guint n_intervals = self->predictions.n_outputs;
  double n_concordant = 0.0, n_pairs = 0.0;

  for (gsize i = 0; i < self->predictions.n_rows; i++)
    for (gsize j = 0; j < self->predictions.n_rows; j++)
      {
        guint time = (guint) self->sequences.targets[2 * i], other = (guint) self->sequences.targets[2 * j];
        double mine = (double) self->predictions.outputs[i * n_intervals + time];
        double theirs = (double) self->predictions.outputs[j * n_intervals + time];

        if (self->sequences.targets[2 * i + 1] == 0 || other < time || (other == time && self->sequences.targets[2 * j + 1] == 1))
          continue;
        n_pairs += 1.0;
        n_concordant += mine < theirs ? 1.0 : mine == theirs ? 0.5
                                                             : 0.0;
      }
  return n_concordant / n_pairs;
}

static void
test_concordance (void)
{
  /* Interval and event of four patients, and their chances to have survived each of three intervals. */
  anm_real targets[] = { 0, 1, 2, 1, 1, 0, 2, 0 };
  anm_real outputs[] = { 0.5f, 0.4f, 0.3f, 0.9f, 0.6f, 0.2f, 0.4f, 0.3f, 0.2f, 0.9f, 0.8f, 0.2f };
  enum
  {
    N_ROWS = 200,
    N_INTERVALS = 6
  };
  g_autofree anm_real *many_targets = g_new (anm_real, 2 * N_ROWS);
  g_autofree anm_real *many_outputs = g_new (anm_real, N_INTERVALS * N_ROWS);
  AnmMetrics metrics, low, high;
  Case self;

  make_case (&self, ANM_TARGET_SURVIVAL, 3, 4, targets, outputs);
  compute (&self, &metrics);
  g_assert_cmpuint (metrics.n_rows, ==, 4);
  /* The first patient's event comes before the others': .5 < .9, > .4, < .9; the second's before the end of the
   * last, who has the same chance. */
  assert_near (metrics.concordance, (1.0 + 0.0 + 1.0 + 0.5) / 4.0);
  assert_nan (metrics.auroc);
  assert_nan (metrics.accuracy);
  assert_nan (metrics.mse);
  clear_case (&self);

  for (gsize i = 0; i < N_ROWS; i++)
    {
      double left = 1.0;

      many_targets[2 * i] = (anm_real) anm_random_below (1, 1, i, N_INTERVALS);
      many_targets[2 * i + 1] = (anm_real) anm_random_below (1, 2, i, 2);
      for (guint k = 0; k < N_INTERVALS; k++)
        {
          left *= 1.0 - (double) anm_random_below (1, 3, i * N_INTERVALS + k, 8) / 16.0; /* with ties */
          many_outputs[i * N_INTERVALS + k] = (anm_real) left;
        }
    }
  make_case (&self, ANM_TARGET_SURVIVAL, N_INTERVALS, N_ROWS, many_targets, many_outputs);
  compute (&self, &metrics);
  g_assert_cmpfloat_with_epsilon (metrics.concordance, define_concordance (&self), 1e-12);
  anm_metrics_bootstrap (&self.predictions, &self.sequences, 100, 0.9, 1, &low, &high);
  g_assert_cmpfloat (low.concordance, <, metrics.concordance);
  g_assert_cmpfloat (high.concordance, >, metrics.concordance);
  g_assert_cmpfloat (high.concordance - low.concordance, <, 0.2);
  g_assert_true (isfinite (low.loss) && low.loss < high.loss);

  /* Nobody had the event: nothing can be said. */
  for (gsize i = 0; i < N_ROWS; i++)
    many_targets[2 * i + 1] = 0;
  compute (&self, &metrics);
  assert_nan (metrics.concordance);
  clear_case (&self);
}

static void
test_regression_by_hand (void)
{
  anm_real targets[] = { 1, 2, 3 };
  anm_real outputs[] = { 1.5f, 2, 1 };
  AnmMetrics metrics;
  Case self;

  make_case (&self, ANM_TARGET_REGRESSION, 1, 3, targets, outputs);
  compute (&self, &metrics);
  assert_near (metrics.mse, (0.25 + 4.0) / 3.0);
  assert_near (metrics.mae, 2.5 / 3.0);
  assert_nan (metrics.auroc);
  assert_nan (metrics.accuracy);
  assert_nan (metrics.f1);
  clear_case (&self);
}

/* Steps of two sequences; one step doesn't count. */
static void
test_per_step (void)
{
  gsize offsets[] = { 0, 2, 5 };
  anm_real targets[] = { 0, 1, 1, 1, 0 };
  anm_real outputs[] = { 0.1f, 0.9f, 0.0f, 0.8f, 0.2f };
  guint8 mask[] = { 1, 1, 0, 1, 1 };
  AnmSequences sequences = {
    .n_sequences = 2,
    .offsets = offsets,
    .target = { ANM_TARGET_BINARY, 1, TRUE },
    .targets = targets,
    .target_mask = mask,
  };
  AnmPredictions predictions = { .n_rows = 5, .n_outputs = 1, .target = sequences.target, .outputs = outputs };
  AnmMetrics metrics;

  anm_metrics_compute (&predictions, &sequences, &metrics);
  g_assert_cmpuint (metrics.n_rows, ==, 4);
  assert_near (metrics.auroc, 1.0);
  assert_near (metrics.accuracy, 1.0);
}

/* The definitions over all pairs and all thresholds. */
static double
auroc_by_pairs (gsize n, const anm_real *targets, const anm_real *scores)
{
  double wins = 0.0, pairs = 0.0;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      if (targets[i] > targets[j])
        {
          wins += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
          pairs += 1.0;
        }
  return wins / pairs;
}

static double
average_precision_by_thresholds (gsize n, const anm_real *targets, const anm_real *scores)
{
  double n_positive = 0.0, sum = 0.0;

  for (gsize i = 0; i < n; i++)
    n_positive += (double) targets[i];
  /* Each positive row adds 1/P of the precision at its own score as threshold. */
  for (gsize i = 0; i < n; i++)
    if (targets[i] > 0)
      {
        double above = 0.0, right = 0.0;

        for (gsize j = 0; j < n; j++)
          if (scores[j] >= scores[i])
            {
              above += 1.0;
              right += (double) targets[j];
            }
        sum += right / above / n_positive;
      }
  return sum;
}

static void
test_against_definitions (void)
{
  for (guint64 trial = 0; trial < 200; trial++)
    {
      gsize n = 2 + anm_random_below (3, trial, 0, 60);
      guint64 n_levels = 1 + anm_random_below (3, trial, 1, 30); /* few levels: many ties */
      g_autofree anm_real *targets = g_new (anm_real, n);
      g_autofree anm_real *scores = g_new (anm_real, n);
      AnmMetrics metrics;
      Case self;

      for (gsize i = 0; i < n; i++)
        {
          targets[i] = (anm_real) anm_random_below (4, trial, i, 2);
          scores[i] = (anm_real) ((double) anm_random_below (5, trial, i, n_levels) / 7.0 - 1.5);
        }
      targets[0] = 0;
      targets[1] = 1;
      make_case (&self, ANM_TARGET_BINARY, 1, n, targets, scores);
      compute (&self, &metrics);
      assert_near (metrics.auroc, auroc_by_pairs (n, targets, scores));
      assert_near (metrics.average_precision, average_precision_by_thresholds (n, targets, scores));
      clear_case (&self);
    }
}

/* AUROC and average precision see the order only, and turning it round turns AUROC round. */
static void
test_only_the_order_counts (void)
{
  const gsize n = 5000;
  g_autofree anm_real *targets = g_new (anm_real, n);
  g_autofree anm_real *scores = g_new (anm_real, n);
  AnmMetrics first, second;
  Case self;

  for (gsize i = 0; i < n; i++)
    {
      targets[i] = (anm_real) anm_random_below (1, 1, i, 2);
      scores[i] = (anm_real) (anm_random_normal (1, 2, i) + (double) targets[i]);
    }
  make_case (&self, ANM_TARGET_BINARY, 1, n, targets, scores);
  compute (&self, &first);
  for (gsize i = 0; i < n; i++)
    scores[i] *= 8;
  compute (&self, &second);
  g_assert_cmpfloat (first.auroc, ==, second.auroc);
  g_assert_cmpfloat (first.average_precision, ==, second.average_precision);
  for (gsize i = 0; i < n; i++)
    scores[i] = -scores[i];
  compute (&self, &second);
  assert_near (second.auroc, 1.0 - first.auroc);
  /* Two normal distributions one standard deviation apart: Phi (1 / sqrt 2). */
  g_assert_cmpfloat_with_epsilon (first.auroc, 0.7602, 5.0 * 0.0067);
  clear_case (&self);
}

/* The interval of an accuracy is that of a binomial share; Hanley and McNeil's
 * standard error for AUROC. */
static void
test_bootstrap (void)
{
  const gsize n = 400;
  g_autofree anm_real *targets = g_new (anm_real, n);
  g_autofree anm_real *outputs = g_new (anm_real, n);
  AnmMetrics metrics, low, high, again_low, again_high;
  double error, loss = 0.0;
  Case self;

  for (gsize i = 0; i < n; i++)
    {
      double p = 1.0 / (1.0 + exp (-anm_random_normal (1, 2, i) - (i % 2 ? 0.5 : -0.5)));

      targets[i] = (anm_real) (i % 2);
      outputs[i] = (anm_real) p;
      loss -= log (i % 2 ? (double) outputs[i] : 1.0 - (double) outputs[i]) / (double) n;
    }
  make_case (&self, ANM_TARGET_BINARY, 1, n, targets, outputs);
  compute (&self, &metrics);
  anm_metrics_bootstrap (&self.predictions, &self.sequences, 2000, 0.95, 42, &low, &high);
  anm_metrics_bootstrap (&self.predictions, &self.sequences, 2000, 0.95, 42, &again_low, &again_high);

  error = sqrt (metrics.accuracy * (1.0 - metrics.accuracy) / (double) n);
  g_assert_cmpfloat_with_epsilon (low.accuracy, metrics.accuracy - 1.96 * error, 0.15 * error);
  g_assert_cmpfloat_with_epsilon (high.accuracy, metrics.accuracy + 1.96 * error, 0.15 * error);
  error = sqrt ((metrics.auroc * (1.0 - metrics.auroc)
                 + 199.0 * (metrics.auroc / (2.0 - metrics.auroc) - metrics.auroc * metrics.auroc)
                 + 199.0 * (2.0 * metrics.auroc * metrics.auroc / (1.0 + metrics.auroc) - metrics.auroc * metrics.auroc))
                / 40000.0);
  g_assert_cmpfloat_with_epsilon (high.auroc - low.auroc, 2.0 * 1.96 * error, 0.3 * error);
  g_assert_cmpfloat (low.auroc, <, metrics.auroc);
  g_assert_cmpfloat (high.auroc, >, metrics.auroc);
  g_assert_cmpfloat (low.loss, <, loss);
  g_assert_cmpfloat (high.loss, >, loss);
  g_assert_cmpfloat (high.loss - low.loss, <, 0.2);
  g_assert_cmpuint (low.n_rows, ==, n);
  g_assert_cmpfloat (low.auroc, ==, again_low.auroc);
  g_assert_cmpfloat (high.loss, ==, again_high.loss);
  clear_case (&self);
}

/* Patients are drawn, not steps: one patient alone has nothing to vary. */
static void
test_bootstrap_draws_patients (void)
{
  gsize offsets[] = { 0, 4, 4 + 3 };
  anm_real targets[] = { 0, 1, 0, 1, 0, 0, 1 };
  anm_real outputs[] = { 0.1f, 0.3f, 0.4f, 0.9f, 0.5f, 0.5f, 0.5f };
  guint8 mask[] = { 1, 1, 1, 1, 0, 0, 0 };
  AnmSequences sequences = {
    .n_sequences = 2,
    .offsets = offsets,
    .target = { ANM_TARGET_BINARY, 1, TRUE },
    .targets = targets,
    .target_mask = mask,
  };
  AnmPredictions predictions = { .n_rows = 7, .n_outputs = 1, .target = sequences.target, .outputs = outputs };
  AnmMetrics metrics, low, high;

  anm_metrics_compute (&predictions, &sequences, &metrics);
  anm_metrics_bootstrap (&predictions, &sequences, 50, 0.9, 1, &low, &high);
  assert_near (metrics.auroc, 0.75);
  g_assert_cmpfloat (low.auroc, ==, metrics.auroc);
  g_assert_cmpfloat (high.auroc, ==, metrics.auroc);
  g_assert_cmpfloat (low.loss, ==, high.loss);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/binary", test_binary_by_hand);
  g_test_add_func ("/metrics/ties", test_ties);
  g_test_add_func ("/metrics/one-class", test_one_class);
  g_test_add_func ("/metrics/nothing-counts", test_nothing_counts);
  g_test_add_func ("/metrics/not-a-number", test_not_a_number);
  g_test_add_func ("/metrics/classes", test_classes_by_hand);
  g_test_add_func ("/metrics/labels", test_labels_by_hand);
  g_test_add_func ("/metrics/unknown-labels", test_unknown_labels);
  g_test_add_func ("/metrics/concordance", test_concordance);
  g_test_add_func ("/metrics/regression", test_regression_by_hand);
  g_test_add_func ("/metrics/per-step", test_per_step);
  g_test_add_func ("/metrics/definitions", test_against_definitions);
  g_test_add_func ("/metrics/order", test_only_the_order_counts);
  g_test_add_func ("/metrics/bootstrap", test_bootstrap);
  g_test_add_func ("/metrics/bootstrap-patients", test_bootstrap_draws_patients);
  return g_test_run ();
}
