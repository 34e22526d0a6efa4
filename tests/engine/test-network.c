/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/error.h"
#include "engine/network-private.h"

#include <math.h>
#include <string.h>

static AnmNetwork *
lay_out (const char *text, guint n_inputs, const AnmTargetShape *target, GError **error)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, error);

  return spec == NULL ? NULL : anm_network_new (spec, n_inputs, target, error);
}

static AnmNetwork *
make_network (const char *text, guint n_inputs)
{
  g_autoptr (GError) error = NULL;
  AnmNetwork *network = lay_out (text, n_inputs, NULL, &error);

  g_assert_no_error (error);
  return network;
}

/* Keras's own counts: 4 (37 x 64 + 64 x 64 + 64) + 4 (64 x 32 + 32 x 32 + 32) + 33, and so on. */
static void
test_layout (void)
{
  g_autoptr (AnmNetwork) lstm = make_network ("lstm(64, return_sequences) > lstm(32) > dense(1)", 37);
  g_autoptr (AnmNetwork) gru = make_network ("gru(128, return_sequences) > gru(64, reset_after=false) > dense(10, activation=softmax)", 76);
  g_autoptr (AnmNetwork) per_step = make_network ("simple_rnn(5, return_sequences) > dense(4, activation=relu) > dense(2)", 3);
  const AnmParameter *parameters;
  guint n_parameters;
  gsize offset = 0;
  const char *const names[] = {
    "gru_1.kernel", "gru_1.recurrent_kernel", "gru_1.bias", "gru_1.recurrent_bias",
    "gru_2.kernel", "gru_2.recurrent_kernel", "gru_2.bias", "dense_1.kernel", "dense_1.bias"
  };
  const guint shapes[][2] = { { 76, 384 }, { 128, 384 }, { 1, 384 }, { 1, 384 }, { 128, 192 }, { 64, 192 }, { 1, 192 }, { 64, 10 }, { 1, 10 } };

  g_assert_cmpuint (anm_network_get_n_parameters (lstm), ==, 26112 + 12416 + 33);
  g_assert_cmpuint (anm_network_get_layer_n_parameters (lstm, 1), ==, 12416);
  g_assert_cmpstr (anm_network_get_layer_name (lstm, 1), ==, "lstm_2");
  g_assert_false (anm_network_get_per_step (lstm));
  g_assert_true (anm_network_get_causal (lstm));
  g_assert_cmpuint (anm_network_get_n_outputs (lstm), ==, 1);
  g_assert_true (anm_layer_get_gives_sequences (anm_network_get_layer (lstm, 0)));
  g_assert_false (anm_layer_get_gives_sequences (anm_network_get_layer (lstm, 1)));
  g_assert_false (anm_layer_get_takes_sequences (anm_network_get_layer (lstm, 2)));
  g_assert_cmpuint (anm_layer_get_n_inputs (anm_network_get_layer (lstm, 1)), ==, 64);

  parameters = anm_network_get_parameters (gru, &n_parameters);
  g_assert_cmpuint (n_parameters, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < n_parameters; i++)
    {
      g_assert_cmpstr (parameters[i].name, ==, names[i]);
      g_assert_cmpuint (parameters[i].layer, ==, i < 4 ? 0 : i < 7 ? 1 : 2);
      g_assert_cmpuint (parameters[i].offset, ==, offset);
      g_assert_cmpuint (parameters[i].n_rows, ==, shapes[i][0]);
      g_assert_cmpuint (parameters[i].n_columns, ==, shapes[i][1]);
      offset += (gsize) shapes[i][0] * shapes[i][1];
    }
  g_assert_cmpuint (offset, ==, anm_network_get_n_parameters (gru));

  g_assert_true (anm_network_get_per_step (per_step));
  g_assert_cmpstr (anm_network_get_layer_name (per_step, 2), ==, "dense_2");
  g_assert_cmpuint (anm_network_get_n_outputs (per_step), ==, 2);
}

static void
assert_refused (const char *text, guint n_inputs, const AnmTargetShape *target, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = lay_out (text, n_inputs, target, &error);

  g_assert_null (network);
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_refusals (void)
{
  const AnmTargetShape binary = { ANM_TARGET_BINARY, 1, FALSE };
  const AnmTargetShape per_step = { ANM_TARGET_BINARY, 1, TRUE };
  const AnmTargetShape classes = { ANM_TARGET_CLASSES, 10, FALSE };
  const AnmTargetShape regression = { ANM_TARGET_REGRESSION, 2, FALSE };

  assert_refused ("lstm(64) > lstm(32) > dense(1)", 3, NULL,
                  "Layer 2, lstm, needs a sequence, but layer 1, lstm, gives only its last output. Write lstm(64, return_sequences) there.");
  assert_refused ("gru(8, reset_after=false) > dense(3) > simple_rnn(2)", 3, NULL,
                  "Layer 3, simple_rnn, needs a sequence, but layer 1, gru, gives only its last output. "
                  "Write gru(8, return_sequences, reset_after=false) there.");
  assert_refused ("gru(10000000) > dense(1)", 10, NULL,
                  "Layer 1, gru(10000000), brings the network to 300000360000000 weights, which take 1.1\u00a0PiB, and training several times as much; "
                  "at most 1.0\u00a0GiB of weights are allowed. Use fewer units.");
  assert_refused ("lstm(65536) > dense(1)", 10, NULL,
                  "Layer 1, lstm(65536), brings the network to 17182752768 weights, which take 64.0\u00a0GiB, and training several times as much; "
                  "at most 1.0\u00a0GiB of weights are allowed. Use fewer units.");
  assert_refused ("dense(60000) > dense(60000)", 10, NULL,
                  "Layer 2, dense(60000), brings the network to 3600720000 weights, which take 13.4\u00a0GiB, and training several times as much; "
                  "at most 1.0\u00a0GiB of weights are allowed. Use fewer units.");
  assert_refused ("lstm(5) > gru_d(8) > dense(1)", 3, NULL,
                  "Layer 2, gru_d, reads from the records themselves what was measured and when, so it must be the first layer. Move it there, or write gru in its place.");
  assert_refused ("dense(5) > gru_d(8) > dense(1)", 3, NULL,
                  "Layer 2, gru_d, reads from the records themselves what was measured and when, so it must be the first layer. Move it there, or write gru in its place.");
  assert_refused ("lstm(4)", 0, NULL, "Nothing enters the network: choose at least one channel.");

  assert_refused ("lstm(4)", 3, &binary, "The last layer is lstm(4), but a yes-or-no target needs a dense layer there: add “> dense(1)”.");
  assert_refused ("lstm(4) > dense(2)", 3, &binary,
                  "The last layer, dense(2), has size 2, but a yes-or-no target needs size 1: write dense(1).");
  assert_refused ("lstm(4) > dense(1, activation=softmax)", 3, &classes,
                  "The last layer, dense(1, activation=softmax), has size 1, but a target of 10 classes needs size 10: "
                  "write dense(10, activation=softmax).");
  assert_refused ("lstm(4) > dense(10, activation=sigmoid)", 3, &classes,
                  "The last layer, dense(10, activation=sigmoid), doesn’t fit a target of 10 classes: its activation may be linear or softmax.");
  assert_refused ("lstm(4) > dense(1, activation=relu)", 3, &binary,
                  "The last layer, dense(1, activation=relu), doesn’t fit a yes-or-no target: its activation may be linear or sigmoid.");
  assert_refused ("lstm(4) > dense(2, activation=tanh)", 3, &regression,
                  "The last layer, dense(2, activation=tanh), doesn’t fit a target of 2 numbers: its activation may be linear.");
  assert_refused ("lstm(4, return_sequences) > gru(3) > dense(1)", 3, &per_step,
                  "The target has a value at every step, but layer 2, gru, gives only its last output. Write gru(3, return_sequences) there.");
  assert_refused ("lstm(4, return_sequences) > dense(1)", 3, &binary,
                  "The target is one value for the whole sequence, but the network answers at every step. "
                  "Write lstm(4) as layer 1, without return_sequences.");
  assert_refused ("conv1d(4) > gru(3, return_sequences) > conv1d(8, strides=2, kernel=3) > dense(1)", 3, &per_step,
                  "The target has a value at every step, but layer 3, conv1d(8, kernel=3, strides=2), gives fewer steps than it takes. "
                  "Write conv1d(8, kernel=3) there.");
  assert_refused ("conv1d(4, padding=valid) > dense(1)", 3, &per_step,
                  "The target has a value at every step, but layer 1, conv1d(4, padding=valid), gives fewer steps than it takes. "
                  "Write conv1d(4) there.");
  assert_refused ("conv1d(4) > gru(4) > conv1d(4) > dense(1)", 3, &binary,
                  "Layer 3, conv1d, needs a sequence, but layer 2, gru, gives only its last output. Write gru(4, return_sequences) there.");
  assert_refused ("gru(4, return_sequences) > attention(dot, units=30, heads=4) > dense(1)", 3, &binary,
                  "Layer 2, attention: units is 30 and heads is 4; each head takes its own share of the units, so write units=32 or another multiple of 4.");
  assert_refused ("gru(4, return_sequences) > attention(additive, causal) > dense(1)", 3, &binary,
                  "Layer 2, attention: causal is for attention(self); attention(additive) looks back only as it is. Leave it out.");
  assert_refused ("gru(4, return_sequences) > attention(dot) > gru(2) > dense(1)", 3, &binary,
                  "Layer 3, gru, needs a sequence, but layer 2, attention, gives only its last output. Write attention(dot, return_sequences) there.");
  assert_refused ("pooling(max) > gru(4) > dense(1)", 3, &binary,
                  "Layer 2, gru, needs a sequence, but layer 1, pooling, gives only its last output. Write pooling(max, return_sequences) there.");
  assert_refused ("gru(4, return_sequences) > pooling(mean, return_sequences) > dense(1)", 3, &binary,
                  "The target is one value for the whole sequence, but the network answers at every step. "
                  "Write pooling(mean) as layer 2, without return_sequences.");
  assert_refused ("gru(4, return_sequences) > embedding(8, tokens=3) > gru(4) > dense(1)", 3, &binary,
                  "Layer 2, embedding, reads words and codes from the records themselves, so it must be the first layer. Move it there.");
  assert_refused ("embedding(8) > gru(4) > dense(1)", 3, &binary,
                  "Layer 1, embedding: how many different tokens there are isn’t known. These records have no words or codes; "
                  "else write tokens=, as in embedding(8, tokens=64).");
  assert_refused ("conv1d(60000, kernel=1000) > dense(1)", 10, &binary,
                  "Layer 1, conv1d(60000, kernel=1000), brings the network to 600060000 weights, which take 2.2\u00a0GiB, and training several times as much; "
                  "at most 1.0\u00a0GiB of weights are allowed. Use fewer units.");
  assert_refused ("dense(1)", 3, &binary,
                  "The target is one value for the whole sequence, but the network answers at every step. "
                  "Put a recurrent layer such as lstm(32) before the last layer.");
}

static void
assert_check (const AnmNetwork *network, const AnmSequences *sequences, const char *expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_network_check_sequences (network, sequences, &error) == (expected == NULL));
  if (expected == NULL)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

/* Steps in, steps out. */
static void
assert_lengths (const char *text, const guint *steps, const guint *expected, guint n)
{
  g_autoptr (AnmNetwork) network = make_network (text, 3);

  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (_anm_network_get_length (network, network->n_layers, steps[i]), ==, expected[i]);
}

static void
test_lengths (void)
{
  const guint steps[] = { 0, 1, 4, 5, 6, 11 };
  const gsize lengths[] = { 20, 7, 9 };
  g_autoptr (AnmSequences) sequences = anm_sequences_new (3, lengths, 3, 0, NULL);
  g_autoptr (AnmNetwork) same = make_network ("conv1d(8, kernel=9) > gru(4) > dense(1)", 3);
  g_autoptr (AnmNetwork) valid = make_network ("conv1d(8, kernel=8, padding=valid) > gru(4) > dense(1)", 3);
  g_autoptr (AnmNetwork) deep = make_network ("conv1d(8, strides=2) > conv1d(8, kernel=3, dilation=2, padding=valid) > gru(4) > dense(1)", 3);
  g_autoptr (AnmNetwork) wide = make_network ("gru(4) > dense(1)", 4);

  assert_lengths ("conv1d(8, kernel=4)", steps, (const guint[]){ 0, 1, 4, 5, 6, 11 }, 6);
  assert_lengths ("conv1d(8, kernel=4, strides=3)", steps, (const guint[]){ 0, 1, 2, 2, 2, 4 }, 6);
  assert_lengths ("conv1d(8, kernel=4, strides=3, padding=causal)", steps, (const guint[]){ 0, 1, 2, 2, 2, 4 }, 6);
  assert_lengths ("conv1d(8, padding=valid)", steps, (const guint[]){ 0, 0, 0, 1, 2, 7 }, 6);
  assert_lengths ("conv1d(8, padding=valid, kernel=3, dilation=2, strides=2)", steps, (const guint[]){ 0, 0, 0, 1, 1, 4 }, 6);
  assert_lengths ("conv1d(8, padding=valid) > gru(3)", steps, (const guint[]){ 0, 0, 0, 1, 1, 1 }, 6);

  g_assert_false (anm_network_get_causal (same));
  g_assert_true (anm_network_get_causal (valid));
  assert_check (same, sequences, NULL);
  assert_check (valid, sequences,
                "Sequence 2: 7 steps are too few for layer 1, conv1d(8, kernel=8, padding=valid), which needs 8 at least. "
                "Write padding=same there, take a smaller kernel, or leave out records that are so short.");
  assert_check (deep, sequences,
                "Sequence 2: of 7 steps only 4 reach layer 2, conv1d(8, kernel=3, padding=valid, dilation=2), which needs 5 at least. "
                "Write padding=same there, take a smaller kernel, or leave out records that are so short.");
  assert_check (wide, sequences, "The network takes 4 input columns, but the data have 3. Use the recipe that the network was made for.");
}

static const AnmParameter *
find_parameter (const AnmNetwork *network, const char *name)
{
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);

  for (guint i = 0; i < n_parameters; i++)
    if (g_str_equal (parameters[i].name, name))
      return &parameters[i];
  g_error ("no %s", name);
}

/* Largest |w|, and mean square, of columns [first, first + n). */
static void
measure (const anm_real *vector, const AnmParameter *parameter, guint first, guint n, double *largest, double *mean_square)
{
  *largest = *mean_square = 0.0;
  for (guint i = 0; i < parameter->n_rows; i++)
    for (guint j = first; j < first + n; j++)
      {
        double w = vector[parameter->offset + (gsize) i * parameter->n_columns + j];

        *largest = MAX (*largest, fabs (w));
        *mean_square += w * w / ((double) parameter->n_rows * n);
      }
}

/* The rows of block [first, first + n) are orthonormal. */
static void
assert_orthonormal_rows (const anm_real *vector, const AnmParameter *parameter, guint first, guint n)
{
  for (guint i = 0; i < parameter->n_rows; i++)
    for (guint k = 0; k <= i; k++)
      {
        double dot = 0.0;

        for (guint j = first; j < first + n; j++)
          dot += (double) vector[parameter->offset + (gsize) i * parameter->n_columns + j] *
                 (double) vector[parameter->offset + (gsize) k * parameter->n_columns + j];
        g_assert_cmpfloat_with_epsilon (dot, i == k ? 1.0 : 0.0, 1e-6);
      }
}

static void
test_initialise (void)
{
  g_autoptr (AnmNetwork) fused = make_network ("lstm(24, return_sequences) > gru(16) > dense(3)", 10);
  g_autoptr (AnmNetwork) per_gate = make_network ("lstm(24, forget_bias=3, initializer=per_gate) > dense(3)", 10);
  g_autofree anm_real *a = g_new0 (anm_real, anm_network_get_n_parameters (fused));
  g_autofree anm_real *b = g_new0 (anm_real, anm_network_get_n_parameters (fused));
  g_autofree anm_real *c = g_new0 (anm_real, anm_network_get_n_parameters (per_gate));
  gsize size = anm_network_get_n_parameters (fused) * sizeof (anm_real);
  const AnmParameter *parameter;
  double largest, mean_square, limit;

  anm_network_initialize (fused, 7, a);
  anm_network_initialize (fused, 7, b);
  g_assert_cmpmem (a, size, b, size);
  anm_network_initialize (fused, 8, b);
  g_assert_true (memcmp (a, b, size) != 0);
  anm_network_initialize (per_gate, 7, c);

  /* Glorot uniform over all four gates, U(-l, l): variance l^2 / 3. */
  parameter = find_parameter (fused, "lstm_1.kernel");
  limit = sqrt (6.0 / (10 + 4 * 24));
  measure (a, parameter, 0, 96, &largest, &mean_square);
  g_assert_cmpfloat (largest, <=, limit);
  g_assert_cmpfloat (largest, >, 0.98 * limit);
  g_assert_cmpfloat_with_epsilon (mean_square, limit * limit / 3.0, 0.1 * limit * limit / 3.0);
  parameter = find_parameter (per_gate, "lstm_1.kernel");
  limit = sqrt (6.0 / (10 + 24));
  measure (c, parameter, 24, 24, &largest, &mean_square);
  g_assert_cmpfloat (largest, <=, limit);
  g_assert_cmpfloat (largest, >, 0.95 * limit);

  assert_orthonormal_rows (a, find_parameter (fused, "lstm_1.recurrent_kernel"), 0, 96);
  assert_orthonormal_rows (a, find_parameter (fused, "gru_1.recurrent_kernel"), 0, 48);
  for (guint gate = 0; gate < 4; gate++)
    assert_orthonormal_rows (c, find_parameter (per_gate, "lstm_1.recurrent_kernel"), 24 * gate, 24);

  parameter = find_parameter (per_gate, "lstm_1.bias");
  for (guint j = 0; j < 96; j++)
    g_assert_cmpfloat (c[parameter->offset + j], ==, j / 24 == 1 ? 3 : 0);
  parameter = find_parameter (fused, "lstm_1.bias");
  g_assert_cmpfloat (a[parameter->offset + 24], ==, 1);
  measure (a, find_parameter (fused, "gru_1.bias"), 0, 48, &largest, &mean_square);
  g_assert_cmpfloat (largest, ==, 0);
  measure (a, find_parameter (fused, "gru_1.recurrent_bias"), 0, 48, &largest, &mean_square);
  g_assert_cmpfloat (largest, ==, 0);
  measure (a, find_parameter (fused, "dense_1.bias"), 0, 3, &largest, &mean_square);
  g_assert_cmpfloat (largest, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/network/layout", test_layout);
  g_test_add_func ("/engine/network/refusals", test_refusals);
  g_test_add_func ("/engine/network/lengths", test_lengths);
  g_test_add_func ("/engine/network/initialise", test_initialise);
  return g_test_run ();
}
