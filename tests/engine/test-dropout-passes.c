/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passes with dropout: the masks are training's own, nothing but the seed
 * decides them, and their spread is the one that a formula gives. Both precisions.
 */
#include "cases.h"

#include "engine/dropout-passes-private.h"
#include "engine/pool.h"
#include "engine/probe.h"
#include "engine/workspace-private.h"

#include <math.h>
#include <string.h>

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-12
#else
#define TOLERANCE 2e-6
#endif

#define SEED 11
#define N_PASSES 45

/* Everything that drops, in layers of every kind around it. */
static const char *const networks[] = {
  "simple_rnn(5, dropout=0.4, recurrent_dropout=0.3) > dense(1)",
  "lstm(5, dropout=0.3, recurrent_dropout=0.2) > dense(1)",
  "gru(6, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "gru(6, reset_after=false, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "gru_d(4, dropout=0.3, recurrent_dropout=0.4) > dense(1)",
  "simple_rnn(5, layer_norm, recurrent_dropout=0.3) > dense(1)",
  "lstm(5, layer_norm, dropout=0.3, recurrent_dropout=0.3) > dense(1)",
  "gru(6, layer_norm, reset_after=false, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "gru(6, layer_norm, dropout=0.2) > dense(1)",
  "dropout(0.4) > gru(4) > dropout(0.3) > dense(1)",
  "dense(4, activation=tanh) > dropout(0.3, noise=sequence) > pooling(mean) > dropout(0.5) > dense(1)",
  "embedding(3, tokens=7) > dropout(0.2) > lstm(3, return_sequences) > layer_norm > attention(additive, units=4) > dropout(0.5) > dense(1)",
  "gru(5, return_sequences) > dropout(0.3) > conv1d(3, strides=2, kernel=3, padding=causal) > dropout(0.5) > lstm(4) > dropout(0.2) > dense(1)",
  "gru(4, dropout=0.5, recurrent_dropout=0.5, bidirectional, return_sequences) > dropout(0.2) > simple_rnn(4, dropout=0.3) > dense(1)",
  "lstm(3, dropout=0.2, bidirectional=mean) > dropout(0.4) > dense(1)",
};

typedef struct
{
  AnmSequences *sequences;
  AnmNetwork   *network;
  AnmLossKind   loss;
  anm_real     *parameters;
} Case;

static void
case_init (Case *self, const char *text, CaseShape shape)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };

  self->sequences = make_batch (shape, &target, 61);
  self->network = make_case_network (text, self->sequences, 62, &self->parameters);
  self->loss = resolve_loss (ANM_LOSS_AUTO, self->network, &target);
}

static void
case_clear (Case *self)
{
  anm_network_unref (self->network);
  anm_sequences_unref (self->sequences);
  g_free (self->parameters);
}

/* To the last bit; the double build, which nobody trains with, rounds the sums of a narrow tile otherwise. */
static void
assert_same (const anm_real *a, const anm_real *b, gsize n)
{
#ifdef ANM_REAL_IS_DOUBLE
  for (gsize i = 0; i < n; i++)
    if (!isnan (a[i]) || !isnan (b[i]))
      g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-14);
#else
  g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
#endif
}

static gboolean
has_answer (const Case *self, gsize sequence)
{
  return anm_network_check_sequence (self->network, self->sequences, sequence, NULL);
}

/* A set of nothing but one sequence. */
static AnmSequences *
repeat (const AnmSequences *from, gsize sequence, guint n)
{
  gsize first = from->offsets[sequence], length = anm_sequences_get_length (from, sequence);
  gsize n_ids = from->token_offsets[first + length] - from->token_offsets[first];
  g_autofree gsize *lengths = g_new (gsize, n);
  AnmSequences *to;

  for (guint i = 0; i < n; i++)
    lengths[i] = length;
  to = anm_sequences_new (n, lengths, from->n_channels, from->n_statics, &from->target);
  anm_sequences_set_columns (to, from->columns, from->n_columns);
  to->gaps = g_new (anm_real, n * length * from->n_channels);
  to->means = g_memdup2 (from->means, from->n_channels * sizeof *from->means);
  to->skip = from->skip != NULL ? g_new (guint8, n * length) : NULL;
  to->n_tokens = from->n_tokens;
  to->token_offsets = g_new0 (gsize, n * length + 1);
  to->tokens = g_new (guint32, MAX (n * n_ids, 1));
  for (guint i = 0; i < n; i++)
    {
      to->statics[i] = from->statics[sequence];
      memcpy (to->values + i * length * from->n_channels, from->values + first * from->n_channels, length * from->n_channels * sizeof *from->values);
      memcpy (to->gaps + i * length * from->n_channels, from->gaps + first * from->n_channels, length * from->n_channels * sizeof *from->gaps);
      memcpy (to->tokens + i * n_ids, from->tokens + from->token_offsets[first], n_ids * sizeof *from->tokens);
      if (to->skip != NULL)
        memcpy (to->skip + i * length, from->skip + first, length);
      for (gsize t = 0; t < length; t++)
        {
          to->token_offsets[i * length + t + 1] = i * n_ids + from->token_offsets[first + t + 1] - from->token_offsets[first];
          for (guint c = 0; c < from->n_channels; c++)
            anm_sequences_set_observed (to, i * length + t, c, anm_sequences_is_observed (from, first + t, c));
        }
    }
  return to;
}

/* A pass is what a workspace that trains computes of so many copies. */
static void
test_masks_of_training (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (CaseShape shape = 0; shape < N_SHAPES; shape++)
      {
        Case one;

        case_init (&one, networks[i], shape);
        for (gsize s = 0; s < one.sequences->n_sequences; s++)
          {
            g_autoptr (AnmDropoutPasses) passes = anm_dropout_passes_new (one.network, one.loss);
            g_autoptr (AnmSequences) copies = repeat (one.sequences, s, N_PASSES);
            g_autoptr (AnmPacked) packed = anm_packed_new (one.network);
            g_autoptr (AnmWorkspace) workspace = anm_workspace_new (one.network, one.loss, N_PASSES, 9, TRUE);
            g_autofree AnmDropoutRates *rates = g_new0 (AnmDropoutRates, anm_network_get_n_layers (one.network));
            AnmDropoutBand band;

            for (guint l = 0; l < anm_network_get_n_layers (one.network); l++)
              rates[l] = one.network->layers[l]->rates;
            anm_packed_fill (packed, one.parameters);
            load_all (workspace, copies);
            _anm_workspace_set_dropout (workspace, rates, SEED, 0);
            g_assert_true (anm_workspace_forward (workspace, packed, NULL));

            g_assert_true (anm_dropout_passes_run (passes, one.parameters, one.sequences, s, FALSE, N_PASSES, SEED, NULL, &band));
            g_assert_cmpuint (band.n_steps, ==, 1);
            for (guint p = 0; p < N_PASSES; p++)
              {
                anm_real answer;

                anm_workspace_get_outputs (workspace, p, &answer);
                assert_same (&answer, _anm_dropout_passes_get_answers (passes, p), 1);
              }
            /* A state that is never moved has nothing to be dropped of. */
            if (shape == SHAPE_FULL)
              g_assert_true (band.lower[0] < band.upper[0]);
          }
        case_clear (&one);
      }
}

/* Neither how many are computed together, nor what ran before, nor how many more there are. */
static void
test_same_bits (void)
{
  static const guint chunks[] = { 1, 7, 32, 100 };

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (gboolean over_time = FALSE; over_time <= TRUE; over_time++)
      {
        Case one;
        AnmDropoutBand band, other;
        g_autoptr (AnmDropoutPasses) first = NULL;

        case_init (&one, networks[i], SHAPE_SKIP);
        first = anm_dropout_passes_new (one.network, one.loss);
        g_assert_true (anm_dropout_passes_run (first, one.parameters, one.sequences, 1, over_time, N_PASSES, SEED, NULL, &band));
        for (gsize c = 0; c < G_N_ELEMENTS (chunks); c++)
          {
            g_autoptr (AnmDropoutPasses) again = anm_dropout_passes_new (one.network, one.loss);
            gsize size = band.n_steps * sizeof (anm_real);

            _anm_dropout_passes_set_chunk (again, chunks[c]);
            g_assert_true (anm_dropout_passes_run (again, one.parameters, one.sequences, 4, !over_time, 3, SEED + 1, NULL, &other));
            g_assert_true (anm_dropout_passes_run (again, one.parameters, one.sequences, 1, over_time, N_PASSES, SEED, NULL, &other));
            assert_same (band.mean, other.mean, band.n_steps);
            assert_same (band.median, other.median, band.n_steps);
            assert_same (band.lower, other.lower, band.n_steps);
            assert_same (band.upper, other.upper, band.n_steps);
            g_assert_true (anm_dropout_passes_run (again, one.parameters, one.sequences, 1, over_time, N_PASSES + 9, SEED, NULL, &other));
            for (guint p = 0; p < N_PASSES; p++)
              assert_same (_anm_dropout_passes_get_answers (first, p), _anm_dropout_passes_get_answers (again, p), band.n_steps);
            g_assert_true (anm_dropout_passes_run (again, one.parameters, one.sequences, 1, over_time, N_PASSES, SEED + 1, NULL, &other));
            g_assert_true (memcmp (band.mean, other.mean, size) != 0);
          }
        case_clear (&one);
      }
}

/* Of a whole set, over the lanes of a pool: what each sequence by itself gives. */
static void
test_threads (void)
{
  static const char *const per_step[] = { "gru(4, dropout=0.3, recurrent_dropout=0.2, return_sequences) > dropout(0.2) > dense(2)" };

  for (gsize i = 0; i < G_N_ELEMENTS (networks) + G_N_ELEMENTS (per_step); i++)
    {
      const gboolean at_each_step = i >= G_N_ELEMENTS (networks);
      const AnmTargetShape target = { at_each_step ? ANM_TARGET_REGRESSION : ANM_TARGET_BINARY, at_each_step ? 2 : 1, at_each_step };
      g_autoptr (AnmSequences) sequences = make_batch (SHAPE_SKIP, &target, 63);
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (at_each_step ? per_step[i - G_N_ELEMENTS (networks)] : networks[i], sequences, 64, &parameters);
      AnmLossKind loss = resolve_loss (ANM_LOSS_AUTO, network, &target);
      g_autoptr (AnmDropoutPasses) passes = anm_dropout_passes_new (network, loss);

      for (guint n_threads = 1; n_threads <= 4; n_threads += 3)
        {
          g_autoptr (AnmPool) pool = anm_pool_new (n_threads);
          g_autoptr (AnmDropoutPredictions) all = anm_predict_with_dropout (network, parameters, loss, sequences, N_PASSES, SEED, pool, NULL);

          g_assert_cmpuint (all->n_outputs, ==, target.n_outputs);
          for (gsize s = 0; s < sequences->n_sequences; s++)
            {
              gsize row = (at_each_step ? sequences->offsets[s] : s) * target.n_outputs;
              AnmDropoutBand band;

              g_assert_true (anm_dropout_passes_run (passes, parameters, sequences, s, FALSE, N_PASSES, SEED, NULL, &band));
              assert_same (all->mean + row, band.mean, band.n_steps * target.n_outputs);
              assert_same (all->median + row, band.median, band.n_steps * target.n_outputs);
              assert_same (all->lower + row, band.lower, band.n_steps * target.n_outputs);
              assert_same (all->upper + row, band.upper, band.n_steps * target.n_outputs);
            }
        }
    }
}

/* Where nothing is dropped all passes are the prediction, to the last bit. */
static void
test_nothing_dropped (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (CaseShape shape = 0; shape < N_SHAPES; shape++)
      {
        Case one;

        case_init (&one, networks[i], shape);
        for (gsize s = 0; s < one.sequences->n_sequences; s++)
          {
            g_autoptr (AnmDropoutPasses) passes = anm_dropout_passes_new (one.network, one.loss);
            g_autoptr (AnmProbe) probe = anm_probe_new (one.network, one.loss);
            const AnmDropoutRates none[8] = { { 0 } };
            const anm_real *prediction;
            AnmDropoutBand band;
            guint n_outputs;

            _anm_dropout_passes_set_rates (passes, none);
            g_assert_true (anm_dropout_passes_run (passes, one.parameters, one.sequences, s, TRUE, N_PASSES, SEED, NULL, &band));
            anm_probe_run (probe, one.parameters, one.sequences, s, FALSE);
            prediction = anm_probe_get_prediction (probe, &n_outputs);
            g_assert_cmpuint (band.n_steps, ==, anm_probe_get_n_steps (probe));
            g_assert_cmpuint (band.n_outputs, ==, n_outputs);
            for (guint t = 0; t < band.n_steps; t++)
              {
                if (isnan ((double) prediction[t]))
                  {
                    g_assert_true (isnan ((double) band.mean[t]) && isnan ((double) band.lower[t]) && isnan ((double) band.upper[t]));
                    continue;
                  }
                assert_same (&band.mean[t], &prediction[t], 1);
                assert_same (&band.median[t], &prediction[t], 1);
                assert_same (&band.lower[t], &prediction[t], 1);
                assert_same (&band.upper[t], &prediction[t], 1);
              }
          }
        case_clear (&one);
      }
}

/* The answers over time end with the network's own, and begin as they would of a shorter record: a pass is one network. */
static void
test_over_time (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      Case one;
      g_autoptr (AnmDropoutPasses) over_time = NULL, whole = NULL;
      AnmDropoutBand band, end;

      case_init (&one, networks[i], SHAPE_SKIP);
      over_time = anm_dropout_passes_new (one.network, one.loss);
      whole = anm_dropout_passes_new (one.network, one.loss);
      for (gsize s = 0; s < one.sequences->n_sequences; s++)
        {
          if (!has_answer (&one, s))
            continue;
          g_assert_true (anm_dropout_passes_run (over_time, one.parameters, one.sequences, s, TRUE, N_PASSES, SEED, NULL, &band));
          g_assert_true (anm_dropout_passes_run (whole, one.parameters, one.sequences, s, FALSE, N_PASSES, SEED, NULL, &end));
          for (guint p = 0; p < N_PASSES; p++)
            g_assert_cmpfloat_with_epsilon ((double) _anm_dropout_passes_get_answers (over_time, p)[band.n_steps - 1],
                                            (double) _anm_dropout_passes_get_answers (whole, p)[0], TOLERANCE);
          for (guint t = 0; t < band.n_steps; t++)
            if (!isnan ((double) band.mean[t]))
              {
                g_assert_cmpfloat ((double) band.lower[t], <=, (double) band.median[t]);
                g_assert_cmpfloat ((double) band.median[t], <=, (double) band.upper[t]);
              }
        }
      case_clear (&one);
    }
}

/*
 * y = b + sum_i w x m_i, m_i = 0 with probability p, else 1 / (1 - p): with n equal terms y = b + w x K / (1 - p), where K
 * is binomial (n, 1 - p). Mean b + n w x, variance n (w x)^2 p / (1 - p).
 */
static void
test_binomial (void)
{
  enum { N = 4, MANY = 10000 };
  const double rate = 0.3, weight = 0.75, input = 2, bias = -1;
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  const gsize length = 3;
  static const AnmColumn columns[N] = { { ANM_COLUMN_VALUE, 0 }, { ANM_COLUMN_VALUE, 1 }, { ANM_COLUMN_VALUE, 2 }, { ANM_COLUMN_VALUE, 3 } };
  static const char *const texts[] = { "dropout(0.3) > pooling(last) > dense(1)", "dropout(0.3, noise=sequence) > pooling(last) > dense(1)",
                                       "pooling(last) > dropout(0.3) > dense(1)" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AnmSequences) sequences = anm_sequences_new (1, &length, N, 0, &target);
      g_autoptr (AnmNetwork) network = NULL;
      g_autoptr (AnmDropoutPasses) passes = NULL;
      g_autofree anm_real *parameters = NULL;
      double counts[N + 1] = { 0 }, mean = 0, variance = 0;
      const double scale = weight * input / (1 - rate), expected = bias + N * weight * input;
      const double expected_variance = N * weight * weight * input * input * rate / (1 - rate);
      double chance = pow (rate, N), below = 0;
      AnmDropoutBand band;

      anm_sequences_set_columns (sequences, columns, N);
      for (gsize k = 0; k < length * N; k++)
        sequences->values[k] = (anm_real) input;
      sequences->targets[0] = 0;
      network = make_case_network (texts[i], sequences, 1, &parameters);
      for (guint k = 0; k < N; k++)
        parameters[k] = (anm_real) weight;
      parameters[N] = (anm_real) bias;
      passes = anm_dropout_passes_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
      g_assert_true (anm_dropout_passes_run (passes, parameters, sequences, 0, TRUE, MANY, SEED, NULL, &band));

      for (guint p = 0; p < MANY; p++)
        {
          double y = (double) _anm_dropout_passes_get_answers (passes, p)[length - 1];
          int k = (int) lround ((y - bias) / scale);

          g_assert_cmpint (k, >=, 0);
          g_assert_cmpint (k, <=, N);
          g_assert_cmpfloat_with_epsilon (y, bias + k * scale, 1e-5);
          counts[k]++;
          mean += y / MANY;
          variance += (y - expected) * (y - expected) / MANY;
        }
      /* Six standard errors: one seed in five hundred million would fail. */
      g_assert_cmpfloat_with_epsilon (mean, expected, 6 * sqrt (expected_variance / MANY));
      g_assert_cmpfloat_with_epsilon ((double) band.mean[length - 1], mean, 1e-5);
      g_assert_cmpfloat_with_epsilon (variance / expected_variance, 1, 6 * sqrt (2.0 / MANY));
      for (guint k = 0; k <= N; k++)
        {
          g_assert_cmpfloat_with_epsilon (counts[k] / MANY, chance, 6 * sqrt (chance * (1 - chance) / MANY));
          /* No boundary of the binomial lies near these shares, so that its quantiles are the band's. */
          if (below < 0.025 && below + chance > 0.025)
            g_assert_cmpfloat_with_epsilon ((double) band.lower[length - 1], bias + k * scale, 1e-5);
          if (below < 0.5 && below + chance > 0.5)
            g_assert_cmpfloat_with_epsilon ((double) band.median[length - 1], bias + k * scale, 1e-5);
          if (below < 0.975 && below + chance > 0.975)
            g_assert_cmpfloat_with_epsilon ((double) band.upper[length - 1], bias + k * scale, 1e-5);
          below += chance;
          chance *= (N - k) / (k + 1.0) * (1 - rate) / rate;
        }
    }
}

static void
test_has_dropout (void)
{
  Case one;
  gsize n = G_N_ELEMENTS (networks);

  for (gsize i = 0; i < n; i++)
    {
      case_init (&one, networks[i], SHAPE_ONE_ROW);
      g_assert_true (anm_network_has_dropout (one.network));
      case_clear (&one);
    }
  case_init (&one, "gru(4, return_sequences) > dropout(0) > lstm(3, dropout=0) > dense(1)", SHAPE_ONE_ROW);
  g_assert_false (anm_network_has_dropout (one.network));
  case_clear (&one);
}

static void
note_progress (double fraction, gpointer data)
{
  *(double *) data = fraction;
}

static void
test_cancelled (void)
{
  Case one;
  g_autoptr (AnmDropoutPasses) passes = NULL;
  double fraction = 0;
  int stop = 1;
  AnmWatch watch = { &stop, note_progress, &fraction };
  AnmDropoutBand band;

  case_init (&one, networks[0], SHAPE_FULL);
  passes = anm_dropout_passes_new (one.network, one.loss);
  g_assert_false (anm_dropout_passes_run (passes, one.parameters, one.sequences, 0, TRUE, N_PASSES, SEED, &watch, &band));
  stop = 0;
  g_assert_true (anm_dropout_passes_run (passes, one.parameters, one.sequences, 0, TRUE, N_PASSES, SEED, &watch, &band));
  g_assert_cmpfloat (fraction, ==, 1);
  case_clear (&one);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dropout-passes/masks-of-training", test_masks_of_training);
  g_test_add_func ("/dropout-passes/same-bits", test_same_bits);
  g_test_add_func ("/dropout-passes/threads", test_threads);
  g_test_add_func ("/dropout-passes/nothing-dropped", test_nothing_dropped);
  g_test_add_func ("/dropout-passes/over-time", test_over_time);
  g_test_add_func ("/dropout-passes/binomial", test_binomial);
  g_test_add_func ("/dropout-passes/has-dropout", test_has_dropout);
  g_test_add_func ("/dropout-passes/cancelled", test_cancelled);
  return g_test_run ();
}
