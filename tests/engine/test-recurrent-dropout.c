/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What layers drop while they are trained: against the naive twin and
 * central differences, with the masks of one update held. Both precisions.
 */
#include "gradient-cases.h"
#include "naive.h"

#include "engine/workspace-private.h"

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-12
#else
#define TOLERANCE 4e-6
#endif

#define SEED 5
#define UPDATE 7

static const char *const networks[] = {
  "simple_rnn(5, dropout=0.4, recurrent_dropout=0.3) > dense(1)",
  "lstm(5, dropout=0.3) > dense(1)",
  "lstm(5, recurrent_dropout=0.5) > dense(1)",
  "gru(6, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "gru(6, reset_after=false, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "dropout(0.4) > gru(4) > dense(1)",
  "dense(4, activation=tanh) > dropout(0.3, noise=sequence) > pooling(mean) > dropout(0.5) > dense(1)",
  "gru(5, return_sequences) > dropout(0.3) > conv1d(3, strides=2, kernel=3) > dropout(0.5) > lstm(4) > dropout(0.2) > dense(1)",
  "simple_rnn(5, layer_norm, dropout=0.4, recurrent_dropout=0.3) > dense(1)",
  "lstm(5, layer_norm, dropout=0.3, recurrent_dropout=0.3) > dense(1)",
  "gru(6, layer_norm, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "gru(6, layer_norm, reset_after=false, dropout=0.2, recurrent_dropout=0.4) > dense(1)",
  "gru_d(4, dropout=0.3, recurrent_dropout=0.4) > dense(1)",
  "dense(3, activation=tanh) > gru(4, dropout=0.5, recurrent_dropout=0.5, bidirectional, return_sequences)"
  " > lstm(3, dropout=0.3, recurrent_dropout=0.2, return_sequences) > simple_rnn(4, dropout=0.3, recurrent_dropout=0.3) > dense(1)",
};

typedef struct
{
  AnmSequences    *sequences;
  AnmNetwork      *network;
  AnmLossKind      loss;
  anm_real        *parameters;
  AnmPacked       *packed;
  AnmWorkspace    *workspace;
  AnmDropoutRates *rates;
  NaiveDropout    *dropout;
} Fixture;

static void
set_up (Fixture *self, const char *text, CaseShape shape)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  guint n_layers;

  self->sequences = make_batch (shape, &target, 31);
  self->network = make_case_network (text, self->sequences, 32, &self->parameters);
  self->loss = resolve_loss (ANM_LOSS_AUTO, self->network, &target);
  self->packed = anm_packed_new (self->network);
  self->workspace = anm_workspace_new (self->network, self->loss, 5, 9, TRUE);
  n_layers = anm_network_get_n_layers (self->network);
  self->rates = g_new0 (AnmDropoutRates, n_layers);
  self->dropout = g_new0 (NaiveDropout, n_layers);
  anm_packed_fill (self->packed, self->parameters);
  load_all (self->workspace, self->sequences);
  for (guint l = 0; l < n_layers; l++)
    self->rates[l] = self->network->layers[l]->rates;
  _anm_workspace_set_dropout (self->workspace, self->rates, SEED, UPDATE);
  for (guint l = 0; l < n_layers; l++)
    {
      AnmPass pass;

      _anm_workspace_get_pass (self->workspace, l, self->packed, NULL, &pass);
      self->dropout[l] = (NaiveDropout){ pass.rates.dropout, pass.rates.recurrent_dropout, pass.seed, pass.stream, 0 };
    }
}

static void
tear_down (Fixture *self)
{
  naive_dropout = NULL;
  anm_workspace_free (self->workspace);
  anm_packed_free (self->packed);
  anm_network_unref (self->network);
  anm_sequences_unref (self->sequences);
  g_free (self->parameters);
  g_free (self->rates);
  g_free (self->dropout);
}

static void
assert_like_naive (const Fixture *fixture)
{
  for (guint n = 0; n < fixture->sequences->n_sequences; n++)
    {
      g_autoptr (NaiveRun) run = naive_run (fixture->network, fixture->parameters, fixture->loss, fixture->sequences, n, NULL);
      anm_real answer;

      anm_workspace_get_outputs (fixture->workspace, n, &answer);
      g_assert_cmpfloat_with_epsilon ((double) answer, run->answers[0], TOLERANCE);
    }
}

/* In training the masks are those of the equation; in evaluation there are none. */
static void
test_masks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (CaseShape shape = 0; shape < N_SHAPES; shape++)
      {
        Fixture fixture;

        set_up (&fixture, networks[i], shape);
        naive_dropout = fixture.dropout;
        g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
        assert_like_naive (&fixture);
        naive_dropout = NULL;
        _anm_workspace_set_dropout (fixture.workspace, NULL, 0, 0);
        g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
        assert_like_naive (&fixture);
        tear_down (&fixture);
      }
}

/* The rates that hold now count, not those of the text. */
static void
test_in_flight (void)
{
  Fixture fixture;

  set_up (&fixture, "lstm(5) > dense(1)", SHAPE_RAGGED);
  fixture.rates[0] = (AnmDropoutRates){ 0.25, 0.5 };
  fixture.dropout[0].dropout = 0.25;
  fixture.dropout[0].recurrent_dropout = 0.5;
  naive_dropout = fixture.dropout;
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
  assert_like_naive (&fixture);
  fixture.rates[0] = (AnmDropoutRates){ 0, 0 };
  naive_dropout = NULL;
  g_assert_true (anm_workspace_forward (fixture.workspace, fixture.packed, NULL));
  assert_like_naive (&fixture);
  tear_down (&fixture);
}

#ifdef ANM_REAL_IS_DOUBLE

static void
test_gradients (void)
{
  const double step = 1e-3;

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (CaseShape shape = 0; shape < N_SHAPES; shape++)
      {
        Fixture fixture;
        g_autofree anm_real *gradient = NULL;
        double difference = 0.0, analytic = 0.0, numeric = 0.0;
        gsize n;

        set_up (&fixture, networks[i], shape);
        n = anm_network_get_n_parameters (fixture.network);
        gradient = g_new0 (anm_real, n);
        compute_gradient (fixture.workspace, fixture.packed, fixture.parameters, gradient);
        for (gsize k = 0; k < n; k++)
          {
            const double offsets[] = { -2, -1, 1, 2 };
            anm_real middle = fixture.parameters[k];
            double losses[4], slope;

            for (guint o = 0; o < 4; o++)
              {
                fixture.parameters[k] = middle + offsets[o] * step;
                losses[o] = compute_gradient (fixture.workspace, fixture.packed, fixture.parameters, NULL);
              }
            fixture.parameters[k] = middle;
            slope = (8.0 * (losses[2] - losses[1]) - (losses[3] - losses[0])) / (12.0 * step);
            difference += (gradient[k] - slope) * (gradient[k] - slope);
            analytic += gradient[k] * gradient[k];
            numeric += slope * slope;
          }
        if (!(sqrt (difference) <= 1e-8 * (sqrt (analytic) + sqrt (numeric))))
          g_error ("%s, %s: relative error %g", networks[i], shape_names[shape], sqrt (difference) / (sqrt (analytic) + sqrt (numeric)));
        tear_down (&fixture);
      }
}

#endif

/* Of many sequences the share that is dropped is the rate, and no two updates drop the same. */
static void
test_shares (void)
{
  enum { N = 4000 };
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autofree gsize *lengths = g_new (gsize, N);
  g_autofree guint32 *rows = g_new (guint32, N);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmSequences) sequences = NULL;
  g_autoptr (AnmNetwork) network = NULL;
  g_autoptr (AnmPacked) packed = NULL;
  g_autoptr (AnmWorkspace) workspace = NULL;
  AnmDropoutRates rates[2] = { { 0.3, 0 } };
  g_autofree anm_real *first = g_new (anm_real, N);
  guint n_dropped = 0, n_same = 0;

  for (guint32 i = 0; i < N; i++)
    {
      lengths[i] = 1;
      rows[i] = i;
    }
  sequences = anm_sequences_new (N, lengths, 1, 0, &target);
  anm_sequences_set_columns (sequences, &(AnmColumn){ ANM_COLUMN_VALUE, 0 }, 1);
  for (gsize i = 0; i < N; i++)
    sequences->values[i] = 1;
  network = make_case_network ("simple_rnn(1, activation=relu) > dense(1)", sequences, 1, &parameters);
  parameters[0] = 1; /* h = x, the logit h - 1 */
  parameters[1] = parameters[2] = 0;
  parameters[3] = 1;
  parameters[4] = -1;
  packed = anm_packed_new (network);
  anm_packed_fill (packed, parameters);
  workspace = anm_workspace_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY, N, 1, TRUE);
  anm_workspace_load (workspace, sequences, rows, N);
  for (guint64 update = 0; update < 2; update++)
    {
      _anm_workspace_set_dropout (workspace, rates, SEED, update);
      g_assert_true (anm_workspace_forward (workspace, packed, NULL));
      for (guint32 i = 0; i < N; i++)
        {
          anm_real answer;

          anm_workspace_get_outputs (workspace, i, &answer);
          n_dropped += (double) answer < 0.4;
          g_assert_cmpfloat_with_epsilon ((double) answer, naive_sigmoid ((double) answer < 0.4 ? -1.0 : 1.0 / 0.7 - 1.0), 1e-5);
          n_same += update == 1 && ((double) answer < 0.4) == ((double) first[i] < 0.4);
          first[i] = answer;
        }
    }
  g_assert_cmpfloat_with_epsilon (n_dropped / (2.0 * N), 0.3, 0.015);
  g_assert_cmpfloat_with_epsilon (n_same / (double) N, 0.3 * 0.3 + 0.7 * 0.7, 0.025);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/dropout/masks", test_masks);
  g_test_add_func ("/engine/dropout/in-flight", test_in_flight);
  g_test_add_func ("/engine/dropout/shares", test_shares);
#ifdef ANM_REAL_IS_DOUBLE
  g_test_add_func ("/engine/dropout/gradients", test_gradients);
#endif
  return g_test_run ();
}
