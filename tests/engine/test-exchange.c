/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weights to and from PyTorch's and Keras' layouts: their own files give their
 * own answers (tests/oracles/make_exchange.py), what is written is what they
 * would write, there and back is the identity to the bit, and what can't be
 * converted is refused with the reason.
 */
#include "engine/exchange.h"
#include "engine/random.h"
#include "engine/workspace.h"

#include <math.h>
#include <string.h>

#ifdef ANM_REAL_IS_DOUBLE
#define TOLERANCE 1e-10
#else
#define TOLERANCE 1e-5
#endif

static AnmSafetensors *
load_golden (const char *name, const char *suffix)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file_name = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "exchange", file_name, NULL);
  AnmSafetensors *file = anm_safetensors_load (path, &error);

  g_assert_no_error (error);
  return file;
}

static anm_real *
read_tensor (const AnmSafetensors *file, const char *name)
{
  const AnmTensor *tensor = anm_safetensors_find (file, name);
  anm_real *values = g_new (anm_real, MAX (tensor->n_values, 1));

  g_assert_true (anm_tensor_read (tensor, values, NULL));
  return values;
}

static AnmNetwork *
make_network (const char *text, guint n_inputs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmNetwork *network;

  g_assert_no_error (error);
  network = anm_network_new (spec, n_inputs, NULL, &error);
  g_assert_no_error (error);
  return network;
}

/* One token a step. */
static void
set_tokens (AnmSequences *sequences, const anm_real *tokens, guint n_tokens)
{
  gsize n_steps = anm_sequences_get_n_steps (sequences);

  sequences->n_tokens = n_tokens;
  sequences->token_offsets = g_new0 (gsize, n_steps + 1);
  sequences->tokens = g_new0 (guint32, n_steps);
  for (gsize i = 0; i < n_steps; i++)
    {
      sequences->tokens[i] = (guint32) tokens[i];
      sequences->token_offsets[i + 1] = i + 1;
    }
}

static AnmSequences *
make_sequences (const AnmSafetensors *check, const AnmNetwork *network)
{
  const AnmTensor *tokens = anm_safetensors_find (check, "tokens"), *inputs = anm_safetensors_find (check, "inputs");
  const guint64 *shape = tokens != NULL ? tokens->shape : inputs->shape;
  guint n_channels = tokens != NULL ? 0 : (guint) shape[2];
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, anm_network_get_n_outputs (network), anm_network_get_per_step (network) };
  g_autofree anm_real *values = read_tensor (check, tokens != NULL ? "tokens" : "inputs");
  g_autofree gsize *lengths = g_new (gsize, shape[0]);
  g_autofree AnmColumn *columns = g_new0 (AnmColumn, n_channels + 1);
  AnmSequences *sequences;

  for (guint i = 0; i < shape[0]; i++)
    lengths[i] = shape[1];
  for (guint i = 0; i < n_channels; i++)
    columns[i] = (AnmColumn) { ANM_COLUMN_VALUE, i };
  sequences = anm_sequences_new (shape[0], lengths, n_channels, 0, &target);
  anm_sequences_set_columns (sequences, columns, n_channels);
  if (tokens != NULL)
    set_tokens (sequences, values, 7);
  else
    memcpy (sequences->values, values, inputs->n_values * sizeof *values);
  return sequences;
}

/* The largest difference between what the network answers and what its peer did. */
static double
compare_answers (const AnmNetwork *network, const anm_real *parameters, const AnmSafetensors *check)
{
  g_autoptr (AnmSequences) sequences = make_sequences (check, network);
  g_autofree anm_real *expected = read_tensor (check, "outputs");
  g_autofree anm_real *outputs = NULL;
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, ANM_LOSS_MEAN_SQUARED_ERROR, (guint) sequences->n_sequences,
                                                          anm_sequences_get_max_length (sequences), FALSE);
  gsize n_steps = anm_network_get_per_step (network) ? anm_sequences_get_max_length (sequences) : 1;
  gsize width = n_steps * anm_network_get_n_outputs (network);
  double worst = 0;

  g_assert_cmpuint (anm_safetensors_find (check, "outputs")->n_values, ==, width * sequences->n_sequences);
  outputs = g_new (anm_real, width);
  anm_packed_fill (packed, parameters);
  for (guint32 row = 0; row < sequences->n_sequences; row++)
    {
      anm_workspace_load (workspace, sequences, &row, 1);
      g_assert_true (anm_workspace_forward (workspace, packed, NULL));
      anm_workspace_get_outputs (workspace, 0, outputs);
      for (gsize i = 0; i < width; i++)
        worst = MAX (worst, fabs ((double) outputs[i] - (double) expected[row * width + i]));
    }
  return worst;
}

/* What is written under a name that the peer's file has too is what stands there; but for PyTorch's two biases. */
static guint
compare_written (const AnmSafetensors *written, const AnmSafetensors *theirs)
{
  guint n_same = 0;

  for (guint i = 0; i < anm_safetensors_get_n_tensors (written); i++)
    {
      const AnmTensor *tensor = anm_safetensors_get_tensor (written, i);
      const AnmTensor *other = anm_safetensors_find (theirs, tensor->name);
      g_autofree anm_real *found = NULL, *expected = NULL;

      if (other == NULL || (strstr (tensor->name, "gru") == NULL && strstr (tensor->name, "bias_") != NULL))
        continue;
      found = read_tensor (written, tensor->name);
      expected = read_tensor (theirs, tensor->name);
      g_assert_cmpuint (tensor->n_dimensions, ==, other->n_dimensions);
      g_assert_cmpmem (tensor->shape, tensor->n_dimensions * sizeof *tensor->shape, other->shape, other->n_dimensions * sizeof *other->shape);
      g_assert_cmpmem (found, tensor->n_values * sizeof *found, expected, other->n_values * sizeof *expected);
      n_same++;
    }
  return n_same;
}

typedef struct
{
  const char *name;
  AnmLayout   layout;
  gboolean    our_names; /* the peer's modules are called as our layers */
} GoldenCase;

static const GoldenCase golden_cases[] = {
  { "simple-rnn", ANM_LAYOUT_PYTORCH, TRUE },
  { "simple-rnn-relu", ANM_LAYOUT_PYTORCH, FALSE },
  { "lstm", ANM_LAYOUT_PYTORCH, TRUE },
  { "lstm-by-shape", ANM_LAYOUT_PYTORCH, FALSE },
  { "lstm-levels", ANM_LAYOUT_PYTORCH, FALSE },
  { "gru", ANM_LAYOUT_PYTORCH, TRUE },
  { "gru-numbered", ANM_LAYOUT_PYTORCH, FALSE },
  { "gru-half", ANM_LAYOUT_PYTORCH, TRUE },
  { "conv1d", ANM_LAYOUT_PYTORCH, TRUE },
  { "embedding", ANM_LAYOUT_PYTORCH, TRUE },
  { "layer-norm", ANM_LAYOUT_PYTORCH, TRUE },
  { "both-ways", ANM_LAYOUT_PYTORCH, FALSE },
  { "lstm-both-ways", ANM_LAYOUT_PYTORCH, TRUE },
  { "simple-rnn", ANM_LAYOUT_KERAS, TRUE },
  { "simple-rnn-sigmoid", ANM_LAYOUT_KERAS, FALSE },
  { "lstm", ANM_LAYOUT_KERAS, TRUE },
  { "lstm-stack", ANM_LAYOUT_KERAS, FALSE },
  { "gru", ANM_LAYOUT_KERAS, TRUE },
  { "gru-reset-before", ANM_LAYOUT_KERAS, TRUE },
  { "gru-both", ANM_LAYOUT_KERAS, FALSE },
  { "conv1d", ANM_LAYOUT_KERAS, TRUE },
  { "embedding", ANM_LAYOUT_KERAS, TRUE },
  { "layer-norm", ANM_LAYOUT_KERAS, TRUE },
  { "gru-both-ways", ANM_LAYOUT_KERAS, TRUE },
  { "both-ways", ANM_LAYOUT_KERAS, FALSE },
};

static void
test_golden (gconstpointer data)
{
  const GoldenCase *golden = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *suffix = g_strconcat (".", anm_layout_to_string (golden->layout), ".safetensors", NULL);
  g_autofree char *check_suffix = g_strconcat (".", anm_layout_to_string (golden->layout), ".check.safetensors", NULL);
  g_autoptr (AnmSafetensors) theirs = load_golden (golden->name, suffix);
  g_autoptr (AnmSafetensors) check = load_golden (golden->name, check_suffix);
  g_autoptr (AnmSafetensors) written = anm_safetensors_new ();
  g_autoptr (AnmNetwork) network = make_network (anm_safetensors_get_text (check, "network"), anm_safetensors_find (check, "tokens") != NULL ? 0 : 3);
  g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  double worst;
  AnmLayout layout;

  g_assert_false (anm_exchange_find_layout (theirs, &layout));
  g_assert_true (anm_exchange_read (network, theirs, golden->layout, parameters, &error));
  g_assert_no_error (error);
  worst = compare_answers (network, parameters, check);
  g_test_message ("off by %.3g", worst);
  g_assert_true (worst <= TOLERANCE);

  g_assert_true (anm_exchange_write (network, parameters, golden->layout, written, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (anm_safetensors_get_n_tensors (written), ==, anm_safetensors_get_n_tensors (theirs));
  if (golden->our_names)
    g_assert_cmpuint (compare_written (written, theirs), >=, 4);
}

/* Finite numbers of any bits: tiny ones, negative zeros. */
static void
fill_with_any (anm_real *values, gsize n, guint64 seed)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 bits = anm_random_bits (seed, 1, i);

      memcpy (&values[i], &bits, sizeof *values);
      if (!isfinite (values[i]) || i % 7 == 0)
        values[i] = i % 2 == 0 ? -(anm_real) 0 : 0;
    }
}

static AnmSafetensors *
write_well (const AnmNetwork *network, const anm_real *parameters, AnmLayout layout)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSafetensors) file = anm_safetensors_new ();
  g_autoptr (GBytes) bytes = NULL;
  AnmSafetensors *again;

  g_assert_true (anm_exchange_write (network, parameters, layout, file, &error));
  g_assert_no_error (error);
  bytes = anm_safetensors_to_bytes (file);
  again = anm_safetensors_parse (bytes, &error);
  g_assert_no_error (error);
  return again;
}

static void
assert_read_back (const AnmNetwork *network, const anm_real *parameters, const AnmSafetensors *file, AnmLayout layout)
{
  g_autoptr (GError) error = NULL;
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *again = g_new (anm_real, n);

  fill_with_any (again, n, 99);
  g_assert_true (anm_exchange_read (network, file, layout, again, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (again, n * sizeof *again, parameters, n * sizeof *parameters);
}

static void
assert_identity (const AnmNetwork *network, AnmLayout layout, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *parameters = g_new (anm_real, n);
  g_autoptr (AnmSafetensors) file = NULL;
  g_autoptr (AnmNetwork) named = NULL;
  AnmLayout found;

  fill_with_any (parameters, n, seed);
  file = write_well (network, parameters, layout);
  g_assert_true (anm_exchange_find_layout (file, &found) && found == layout);
  named = anm_exchange_read_network (file, &error);
  g_assert_no_error (error);
  g_assert_true (anm_network_spec_equal (anm_network_get_spec (named), anm_network_get_spec (network)));
  g_assert_cmpuint (anm_network_get_n_inputs (named), ==, anm_network_get_n_inputs (network));
  assert_read_back (named, parameters, file, layout);
}

/* Networks that both peers can take; %u are random sizes. */
static const char *const everywhere[] = {
  "simple_rnn(%u) > dense(%u)",
  "simple_rnn(%u, activation=relu, return_sequences) > simple_rnn(%u) > dense(%u)",
  "lstm(%u, return_sequences) > lstm(%u, return_sequences) > lstm(%u) > dense(%u)",
  "gru(%u, return_sequences) > gru(%u) > dense(%u, activation=tanh) > dense(%u)",
  "gru(%u, return_sequences) > dense(%u) > lstm(%u, return_sequences) > simple_rnn(%u)",
  "conv1d(%u, kernel=%u) > conv1d(%u, kernel=%u, strides=2, padding=causal) > gru(%u, dropout=0.5) > dense(%u)",
  "embedding(%u, tokens=%u) > dropout(0.5) > gru(%u) > dense(%u)",
  "layer_norm > gru(%u, return_sequences) > layer_norm(epsilon=1e-5) > pooling(mean) > dense(%u)",
  "lstm(%u, return_sequences, bidirectional) > lstm(%u, return_sequences) > lstm(%u, bidirectional=sum) > dense(%u)",
  "gru(%u, return_sequences, bidirectional) > simple_rnn(%u, bidirectional=mean) > dense(%u)",
};

static const char *const keras_only[] = {
  "simple_rnn(%u, activation=sigmoid) > dense(%u)",
  "gru(%u, reset_after=false, return_sequences) > gru(%u) > dense(%u)",
  "gru(%u, return_sequences) > gru(%u, reset_after=false) > dense(%u)",
  "gru(%u, return_sequences, bidirectional, reset_after=false) > gru(%u, bidirectional) > dense(%u)",
};

static const char *const ours_only[] = {
  "gru_d(%u) > dense(%u)",
  "gru_d(%u, bidirectional) > dense(%u)",
  "lstm(%u, layer_norm, return_sequences) > gru(%u, layer_norm, bidirectional, return_sequences) > simple_rnn(%u, layer_norm) > dense(%u)",
};

static AnmNetwork *
make_random_network (const char *format, guint64 seed)
{
  g_autoptr (GString) text = g_string_new (format);

  for (guint i = 0; strstr (text->str, "%u") != NULL; i++)
    {
      g_autofree char *size = g_strdup_printf ("%u", (guint) (1 + anm_random_below (seed, 2, i, 9)));

      g_string_replace (text, "%u", size, 1);
    }
  return make_network (text->str, (guint) (1 + anm_random_below (seed, 3, 0, 9)));
}

static void
test_identity (void)
{
  for (guint64 seed = 0; seed < 30; seed++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (everywhere); i++)
        {
          g_autoptr (AnmNetwork) network = make_random_network (everywhere[i], seed);

          for (guint layout = 0; layout < ANM_N_LAYOUTS; layout++)
            assert_identity (network, (AnmLayout) layout, seed);
        }
      for (guint i = 0; i < G_N_ELEMENTS (keras_only); i++)
        {
          g_autoptr (AnmNetwork) network = make_random_network (keras_only[i], seed);

          assert_identity (network, ANM_LAYOUT_ANAMNESIS, seed);
          assert_identity (network, ANM_LAYOUT_KERAS, seed);
        }
      for (guint i = 0; i < G_N_ELEMENTS (ours_only); i++)
        {
          g_autoptr (AnmNetwork) network = make_random_network (ours_only[i], seed);

          assert_identity (network, ANM_LAYOUT_ANAMNESIS, seed);
        }
    }
}

/* Whatever layers there are: our own layout takes them all. */
static void
test_every_layer_in_our_layout (void)
{
  guint n_classes, n_tried = 0;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    {
      g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("dense(2)", NULL);
      g_autoptr (AnmNetwork) network = NULL;

      anm_network_spec_set_class (spec, 0, classes[i]);
      network = anm_network_new (spec, 5, NULL, NULL);
      if (network == NULL || anm_network_get_n_parameters (network) == 0)
        continue;
      assert_identity (network, ANM_LAYOUT_ANAMNESIS, i);
      n_tried++;
    }
  g_assert_cmpuint (n_tried, >=, 4);
}

/* From one peer's layout over ours to the other's and back. */
static void
test_from_peer_to_peer (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (everywhere); i++)
    {
      g_autoptr (AnmNetwork) network = make_random_network (everywhere[i], i);
      gsize n = anm_network_get_n_parameters (network);
      g_autofree anm_real *parameters = g_new (anm_real, n), *on_the_way = g_new (anm_real, n);
      g_autoptr (AnmSafetensors) pytorch = NULL, keras = NULL;

      fill_with_any (parameters, n, i);
      pytorch = write_well (network, parameters, ANM_LAYOUT_PYTORCH);
      g_assert_true (anm_exchange_read (network, pytorch, ANM_LAYOUT_PYTORCH, on_the_way, NULL));
      keras = write_well (network, on_the_way, ANM_LAYOUT_KERAS);
      assert_read_back (network, parameters, keras, ANM_LAYOUT_KERAS);
    }
}

static void
test_biases_add (void)
{
  g_autoptr (AnmSafetensors) theirs = load_golden ("lstm", ".pytorch.safetensors");
  g_autoptr (AnmNetwork) network = make_network ("lstm(5) > dense(2)", 3);
  g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  g_autofree anm_real *first = read_tensor (theirs, "lstm_1.bias_ih_l0"), *second = read_tensor (theirs, "lstm_1.bias_hh_l0");
  const anm_real *bias = parameters + (3 + 5) * 20;

  g_assert_true (anm_exchange_read (network, theirs, ANM_LAYOUT_PYTORCH, parameters, NULL));
  for (guint i = 0; i < 20; i++)
    {
      anm_real sum = (anm_real) ((double) first[i] + (double) second[i]);

      g_assert_true (bias[i] == sum);
    }
}

/* The sign of z and the order of the gates, by hand. */
static void
test_gates_by_hand (void)
{
  g_autoptr (AnmNetwork) network = make_network ("gru(1)", 1);
  const anm_real parameters[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }; /* kernel z r h, recurrent kernel, bias, recurrent bias */
  const anm_real pytorch_ih[] = { 2, -1, 3 }, pytorch_bias_hh[] = { 11, -10, 12 }, keras_hh[] = { -4, 5, 6 }, keras_bias[] = { -7, 8, 9, -10, 11, 12 };
  g_autoptr (AnmSafetensors) pytorch = write_well (network, parameters, ANM_LAYOUT_PYTORCH);
  g_autoptr (AnmSafetensors) keras = write_well (network, parameters, ANM_LAYOUT_KERAS);
  g_autofree anm_real *ih = read_tensor (pytorch, "gru_1.weight_ih_l0"), *bias_hh = read_tensor (pytorch, "gru_1.bias_hh_l0");
  g_autofree anm_real *hh = read_tensor (keras, "gru_1/gru_cell/recurrent_kernel"), *bias = read_tensor (keras, "gru_1/gru_cell/bias");

  g_assert_cmpmem (ih, sizeof pytorch_ih, pytorch_ih, sizeof pytorch_ih);
  g_assert_cmpmem (bias_hh, sizeof pytorch_bias_hh, pytorch_bias_hh, sizeof pytorch_bias_hh);
  g_assert_cmpmem (hh, sizeof keras_hh, keras_hh, sizeof keras_hh);
  g_assert_cmpmem (bias, sizeof keras_bias, keras_bias, sizeof keras_bias);
  g_assert_cmpstr (anm_safetensors_get_text (pytorch, "gru_1.gates"), ==, "r z n");
  g_assert_cmpstr (anm_safetensors_get_text (pytorch, "gru_1.equation"), ==, "h = z h_before + (1 - z) candidate");
  g_assert_cmpstr (anm_safetensors_get_text (pytorch, "format"), ==, "pt");
}

static void
assert_write_refused (const char *text, AnmLayout layout, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = make_network (text, 2);
  g_autoptr (AnmSafetensors) file = anm_safetensors_new ();
  g_autofree anm_real *parameters = g_new0 (anm_real, anm_network_get_n_parameters (network));

  g_assert_false (anm_exchange_write (network, parameters, layout, file, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (anm_safetensors_get_n_tensors (file), ==, 0);
}

static void
assert_read_refused (const char *text, const AnmSafetensors *file, AnmLayout layout, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = make_network (text, 3);
  g_autofree anm_real *parameters = g_new0 (anm_real, anm_network_get_n_parameters (network));

  g_assert_false (anm_exchange_read (network, file, layout, parameters, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_no_exact_form (void)
{
  static const char gru[] = "Layer 1, gru(4, reset_after=false), has no form in PyTorch’s layout: PyTorch’s GRU applies the reset gate after the "
                            "recurrent product, this one before it (reset_after=false), and no weights make the two the same.";
  static const char rnn[] = "Layer 2, simple_rnn(4, activation=sigmoid), has no form in PyTorch’s layout: PyTorch’s RNN knows no activation but tanh and relu.";
  g_autoptr (AnmSafetensors) theirs = load_golden ("gru", ".pytorch.safetensors");

  assert_write_refused ("gru(4, reset_after=false) > dense(1)", ANM_LAYOUT_PYTORCH, gru);
  assert_write_refused ("lstm(4, return_sequences) > simple_rnn(4, activation=sigmoid)", ANM_LAYOUT_PYTORCH, rnn);
  assert_read_refused ("gru(4, reset_after=false) > dense(1)", theirs, ANM_LAYOUT_PYTORCH, gru);
  assert_write_refused ("lstm(4, layer_norm) > dense(1)", ANM_LAYOUT_KERAS,
                        "Layer 1, lstm(4, layer_norm), has no form in Keras’s layout: it has no place for kernel_scale.");
  assert_write_refused ("gru(4, bidirectional, layer_norm) > dense(1)", ANM_LAYOUT_PYTORCH,
                        "Layer 1, gru(4, bidirectional, layer_norm), has no form in PyTorch’s layout: it has no place for forward.kernel_scale.");
  assert_write_refused ("gru_d(4) > dense(1)", ANM_LAYOUT_PYTORCH, "Layer 1, gru_d(4), has no form in PyTorch’s layout: it has no layer that computes the same.");
  assert_write_refused ("gru_d(4) > dense(1)", ANM_LAYOUT_KERAS, "Layer 1, gru_d(4), has no form in Keras’s layout: it has no layer that computes the same.");
}

/* A copy of @from: @omit left out; @replace (nullable) gets other numbers. */
static AnmSafetensors *
copy_but (const AnmSafetensors *from, const char *omit, const char *find, const char *replace)
{
  AnmSafetensors *copy = anm_safetensors_new ();

  for (guint i = 0; i < anm_safetensors_get_n_tensors (from); i++)
    {
      const AnmTensor *tensor = anm_safetensors_get_tensor (from, i);
      g_autofree anm_real *values = read_tensor (from, tensor->name);
      g_autoptr (GString) name = g_string_new (tensor->name);

      if (omit != NULL && g_str_equal (tensor->name, omit))
        continue;
      if (find != NULL)
        g_string_replace (name, find, replace, 0);
      anm_safetensors_add (copy, name->str, tensor->n_dimensions, tensor->shape, values);
    }
  return copy;
}

static void
test_wrong_tensors (void)
{
  const guint64 shape[] = { 2 };
  const anm_real two[] = { 1, 2 };
  const anm_real not_finite[] = { 1, (anm_real) INFINITY };
  g_autoptr (AnmSafetensors) theirs = load_golden ("lstm", ".pytorch.safetensors");
  g_autoptr (AnmSafetensors) gru = load_golden ("gru-reset-before", ".keras.safetensors");
  g_autoptr (AnmSafetensors) after = load_golden ("gru", ".keras.safetensors");
  g_autoptr (AnmSafetensors) no_bias = copy_but (theirs, "lstm_1.bias_hh_l0", "lstm_1", "body.rnn");
  g_autoptr (AnmSafetensors) no_kernel = copy_but (theirs, "lstm_1.weight_hh_l0", NULL, NULL);
  g_autoptr (AnmSafetensors) more = copy_but (theirs, NULL, NULL, NULL);
  g_autoptr (AnmSafetensors) infinite = copy_but (theirs, "dense_1.bias", NULL, NULL);
  g_autoptr (AnmSafetensors) odd_bias = copy_but (theirs, "dense_1.bias", NULL, NULL);
  g_autoptr (AnmSafetensors) nothing = anm_safetensors_new ();
  g_autoptr (AnmSafetensors) both = load_golden ("lstm-both-ways", ".pytorch.safetensors");
  g_autoptr (AnmSafetensors) half = copy_but (both, "lstm_1.bias_hh_l0_reverse", NULL, NULL);
  g_autoptr (AnmSafetensors) keras_both = load_golden ("gru-both-ways", ".keras.safetensors");
  g_autoptr (AnmSafetensors) keras_half = copy_but (keras_both, "gru_2/backward_gru/gru_cell/kernel", NULL, NULL);

  anm_safetensors_add (more, "norm.weight", 1, shape, two);
  anm_safetensors_add (more, "seed_generator_state", 1, shape, two);
  anm_safetensors_add (infinite, "dense_1.bias", 1, shape, not_finite);
  anm_safetensors_add (odd_bias, "dense_1.bias", 0, NULL, two);

  assert_read_refused ("lstm(6) > dense(2)", theirs, ANM_LAYOUT_PYTORCH,
                       "Tensor “lstm_1.weight_hh_l0” has shape [20, 5], but layer 1 (lstm(6)) needs [24, 6].");
  assert_read_refused ("lstm(5) > dense(2)", no_bias, ANM_LAYOUT_PYTORCH, "Tensor “body.rnn.bias_hh_l0” of layer 1 (lstm(5)) is missing.");
  assert_read_refused ("lstm(5) > dense(2)", no_kernel, ANM_LAYOUT_PYTORCH,
                       "The tensors of layer 1 (lstm(5)) are missing: one called “lstm_1.weight_hh_l0”, or the like of it.");
  assert_read_refused ("gru(5) > dense(2)", theirs, ANM_LAYOUT_PYTORCH,
                       "The tensors of layer 1 (gru(5)) are missing: one called “gru_1.weight_hh_l0”, or the like of it.");
  assert_read_refused ("lstm(5, return_sequences) > lstm(5) > dense(2)", theirs, ANM_LAYOUT_PYTORCH,
                       "The network has 2 layers of the kind lstm, but the file has tensors of 1: “lstm_1 l0”.");
  assert_read_refused ("lstm(5) > dense(2)", more, ANM_LAYOUT_PYTORCH, "1 tensor of the file belongs to no layer of the network: “norm.weight”.");
  assert_read_refused ("lstm(5)", theirs, ANM_LAYOUT_PYTORCH,
                       "2 tensors of the file belong to no layer of the network: “dense_1.bias”, “dense_1.weight”.");
  assert_read_refused ("lstm(5) > dense(2)", infinite, ANM_LAYOUT_PYTORCH,
                       "Tensor “dense_1.bias” holds a weight that isn’t a finite number, or too large, at place 2.");
  assert_read_refused ("lstm(5) > dense(2)", odd_bias, ANM_LAYOUT_PYTORCH, "Tensor “dense_1.bias” has shape [], but layer 2 (dense(2)) needs [2].");
  assert_read_refused ("lstm(5) > dense(2)", theirs, ANM_LAYOUT_ANAMNESIS, "Tensor “lstm_1.kernel” of layer 1 (lstm(5)) is missing.");
  assert_read_refused ("dense(1)", nothing, ANM_LAYOUT_KERAS,
                       "The tensors of layer 1 (dense(1)) are missing: one called “dense_1/kernel”, or the like of it.");
  assert_read_refused ("lstm(4, return_sequences, bidirectional) > dense(1)", half, ANM_LAYOUT_PYTORCH,
                       "Tensor “lstm_1.bias_hh_l0_reverse” of layer 1 (lstm(4, return_sequences, bidirectional)) is missing.");
  assert_read_refused ("gru(4, return_sequences, bidirectional) > gru(3, reset_after=false, bidirectional=sum) > dense(1)", keras_half, ANM_LAYOUT_KERAS,
                       "Tensor “gru_2/backward_gru/gru_cell/kernel” of layer 2 (gru(3, reset_after=false, bidirectional=sum)) is missing.");
  assert_read_refused ("lstm(4, return_sequences) > dense(1)", both, ANM_LAYOUT_PYTORCH,
                       "The tensors of layer 1 (lstm(4, return_sequences)) are missing: one called “lstm_1.weight_hh_l0”, or the like of it.");
  assert_read_refused ("gru(4) > dense(1)", gru, ANM_LAYOUT_KERAS,
                       "Tensor “gru_1/gru_cell/bias” has shape [12], but layer 1 (gru(4)) needs [2, 12]: a GRU with one row of biases resets "
                       "before the product; write reset_after=false.");
  assert_read_refused ("gru(5, reset_after=false) > dense(1)", after, ANM_LAYOUT_KERAS,
                       "Tensor “gru_1/gru_cell/bias” has shape [2, 15], but layer 1 (gru(5, reset_after=false)) needs [15].");
}

static void
assert_reads (const char *text, const AnmSafetensors *file, AnmLayout layout)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = make_network (text, 3);
  g_autofree anm_real *parameters = g_new0 (anm_real, anm_network_get_n_parameters (network));

  g_assert_true (anm_exchange_read (network, file, layout, parameters, &error));
  g_assert_no_error (error);
}

/* What names may look like, and where they would have to be guessed. */
static void
test_names (void)
{
  static const char stack[] = "gru(3, return_sequences) > gru(3) > dense(3) > dense(3)";
  g_autoptr (AnmSafetensors) theirs = load_golden ("gru-numbered", ".pytorch.safetensors");
  g_autoptr (AnmSafetensors) inside = copy_but (theirs, NULL, "gru", "model.layers.0.gru_");
  g_autoptr (AnmSafetensors) words = copy_but (theirs, NULL, "gru1", "encoder");
  g_autoptr (AnmSafetensors) same = copy_but (words, NULL, "gru2", "decoder");
  g_autoptr (AnmSafetensors) keras = load_golden ("gru", ".keras.safetensors");
  g_autoptr (AnmSafetensors) with_model = copy_but (keras, NULL, "gru_1", "sequential_7/gru");
  g_autoptr (AnmSafetensors) dotted = copy_but (keras, NULL, "/gru_cell/", ".");
  g_autoptr (AnmSafetensors) twice = copy_but (keras, NULL, NULL, NULL);
  g_autoptr (AnmSafetensors) bare = load_golden ("lstm-by-shape", ".pytorch.safetensors");
  const guint64 shape[] = { 5, 1 };
  const anm_real values[5] = { 0 };

  anm_safetensors_add (twice, "dense_1.kernel", 2, shape, values);
  assert_reads (stack, theirs, ANM_LAYOUT_PYTORCH);
  assert_reads (stack, inside, ANM_LAYOUT_PYTORCH);
  assert_read_refused (stack, same, ANM_LAYOUT_PYTORCH,
                       "Each of “decoder l0”, “encoder l0” could be layer 1 (gru(3, return_sequences)): call the tensors after the network’s "
                       "layers, such as “gru_1”.");
  assert_read_refused ("lstm(7, return_sequences) > lstm(3) > dense(2)", bare, ANM_LAYOUT_PYTORCH,
                       "None of “earlier l0”, “later l0” has the shapes of layer 1 (lstm(7, return_sequences)).");
  assert_reads ("gru(5) > dense(1)", with_model, ANM_LAYOUT_KERAS);
  assert_reads ("gru(5) > dense(1)", dotted, ANM_LAYOUT_KERAS);
  assert_read_refused ("gru(5) > dense(1)", twice, ANM_LAYOUT_KERAS, "1 tensor of the file belongs to no layer of the network: “dense_1.kernel”.");
}

/* Ten and more count as numbers. */
static void
test_order_of_many (void)
{
  g_autoptr (AnmSafetensors) file = anm_safetensors_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnmNetwork) network = NULL;
  g_autofree anm_real *parameters = NULL;
  const guint64 shape[] = { 1, 1 };

  for (guint i = 0; i < 12; i++)
    {
      anm_real weight = (anm_real) i;
      g_autofree char *kernel = g_strdup_printf (i > 0 ? "dense_%u/kernel" : "dense/kernel", i);
      g_autofree char *bias = g_strdup_printf (i > 0 ? "dense_%u/bias" : "dense/bias", i);

      g_string_append (text, i > 0 ? " > dense(1)" : "dense(1)");
      anm_safetensors_add (file, kernel, 2, shape, &weight);
      anm_safetensors_add (file, bias, 1, shape, &weight);
    }
  network = make_network (text->str, 1);
  parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  g_assert_true (anm_exchange_read (network, file, ANM_LAYOUT_KERAS, parameters, NULL));
  for (guint i = 0; i < 24; i++)
    g_assert_true (parameters[i] == (anm_real) (i / 2));
}

static void
test_texts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = make_network ("gru(2) > dense(1)", 3);
  g_autofree anm_real *parameters = g_new0 (anm_real, anm_network_get_n_parameters (network));
  g_autoptr (AnmSafetensors) file = write_well (network, parameters, ANM_LAYOUT_ANAMNESIS);
  g_autoptr (AnmSafetensors) silent = copy_but (file, NULL, NULL, NULL);

  g_assert_cmpstr (anm_safetensors_get_text (file, "network"), ==, "gru(2) > dense(1)");
  g_assert_cmpstr (anm_safetensors_get_text (file, "gru_1.gates"), ==, "z r h");
  g_assert_cmpstr (anm_safetensors_get_text (file, "gru_1.equation"), ==, "h = (1 - z) h_before + z candidate");
  anm_safetensors_set_text (file, "gru_1.gates", "r z h");
  assert_read_refused ("gru(2) > dense(1)", file, ANM_LAYOUT_ANAMNESIS,
                       "The file says of gru_1.gates “r z h”, but in the layout anamnesis that is “z r h”.");
  g_assert_null (anm_exchange_read_network (silent, &error));
  g_assert_cmpstr (error->message, ==, "It doesn’t say which network its weights are of: give the network’s text.");
  g_clear_error (&error);
  anm_safetensors_set_text (file, "network", "gru(2) > dens(1)");
  g_assert_null (anm_exchange_read_network (file, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (golden_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/exchange/golden/%s/%s", anm_layout_to_string (golden_cases[i].layout), golden_cases[i].name);

      g_test_add_data_func (path, &golden_cases[i], test_golden);
    }
  g_test_add_func ("/exchange/identity", test_identity);
  g_test_add_func ("/exchange/every-layer-in-our-layout", test_every_layer_in_our_layout);
  g_test_add_func ("/exchange/from-peer-to-peer", test_from_peer_to_peer);
  g_test_add_func ("/exchange/biases-add", test_biases_add);
  g_test_add_func ("/exchange/gates-by-hand", test_gates_by_hand);
  g_test_add_func ("/exchange/no-exact-form", test_no_exact_form);
  g_test_add_func ("/exchange/wrong-tensors", test_wrong_tensors);
  g_test_add_func ("/exchange/names", test_names);
  g_test_add_func ("/exchange/order-of-many", test_order_of_many);
  g_test_add_func ("/exchange/texts", test_texts);
  return g_test_run ();
}
