/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/error.h"
#include "engine/layer.h"
#include "engine/network-text.h"

#include <math.h>
#include <string.h>

static AnmNetworkSpec *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  AnmNetworkSpec *spec = anm_network_spec_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (spec);
  return spec;
}

static void
assert_text (const AnmNetworkSpec *spec, const char *expected)
{
  g_autofree char *text = anm_network_spec_to_text (spec);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_round_trip (void)
{
  /* What is written, and its canonical form. */
  const char *const texts[][2] = {
    { "lstm(4, trainable=false) > dense(1, trainable=true)", "lstm(4, frozen) > dense(1)" },
    { "lstm(64, return_sequences) > lstm(32) > dense(1)", "lstm(64, return_sequences) > lstm(32) > dense(1)" },
    { "  simple_rnn ( 32 )\n>dense(1) ", "simple_rnn(32) > dense(1)" },
    { "simple_rnn(units=8,activation=relu)", "simple_rnn(8, activation=relu)" },
    { "gru(return_sequences=false, 128, reset_after=false)", "gru(128, reset_after=false)" },
    { "gru(128, reset_after)", "gru(128)" },
    { "gru(128, reset_after=TRUE, return_sequences=1)", "gru(128, return_sequences)" },
    { "lstm(5, forget_bias=3, initializer=per_gate)", "lstm(5, forget_bias=3, initializer=per_gate)" },
    { "lstm(5, initializer=glorot_uniform, forget_bias=1.0)", "lstm(5)" },
    { "lstm(5, forget_bias=-0.1)", "lstm(5, forget_bias=-0.1)" },
    { "lstm(32, bidirectional)", "lstm(32, bidirectional)" },
    { "gru(32, bidirectional=concat, dropout=0.2)", "gru(32, bidirectional, dropout=0.2)" },
    { "gru(32, bidirectional=mean, return_sequences)", "gru(32, return_sequences, bidirectional=mean)" },
    { "gru_d(49, bidirectional=none)", "gru_d(49)" },
    { "simple_rnn(64, activation=relu, recurrent_initializer=identity, recurrent_gain=0.5)", "simple_rnn(64, activation=relu, recurrent_initializer=identity, recurrent_gain=0.5)" },
    { "lstm(8, kernel_initializer=glorot_uniform, recurrent_initializer=orthogonal)", "lstm(8)" },
    { "dense(10, activation=softmax)", "dense(10, activation=softmax)" },
    { "dense(1, activation=linear)", "dense(1)" },
    { "conv1d(strides=2, 8, kernel=5, padding=same)", "conv1d(8, strides=2)" },
    { "dropout(.3)", "dropout(0.3)" },
    { "dropout(rate=0.125, noise=sequence)", "dropout(0.125, noise=sequence)" },
    { "dropout(0, noise=element)", "dropout(0)" },
    { "attention(additive)", "attention(additive)" },
    { "attention(heads=4, self, units=64, causal)", "attention(self, units=64, heads=4, causal)" },
    { "pooling(kind=max)", "pooling(max)" },
    { "pooling(return_sequences, mean) > dense(1)", "pooling(mean, return_sequences) > dense(1)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AnmNetworkSpec) spec = parse (texts[i][0]);
      g_autoptr (AnmNetworkSpec) again = parse (texts[i][1]);

      assert_text (spec, texts[i][1]);
      g_assert_true (anm_network_spec_equal (spec, again));
    }
}

/* Every layer with every argument set to other than its default comes back. */
static void
test_every_argument (void)
{
  guint n_classes, n_arguments;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    {
      const AnmArgument *arguments = anm_layer_class_get_arguments (classes[i], &n_arguments);
      g_autoptr (AnmNetworkSpec) spec = g_new0 (AnmNetworkSpec, 1);
      g_autoptr (AnmNetworkSpec) again = NULL;
      g_autofree char *text = NULL;

      g_assert_true (anm_layer_class_find (anm_layer_class_get_type (classes[i])) == classes[i]);
      anm_network_spec_insert (spec, 0, classes[i]);
      for (guint k = 0; k < n_arguments; k++)
        {
          double value = arguments[k].fallback == arguments[k].maximum ? arguments[k].minimum : arguments[k].maximum;

          if (arguments[k].kind == ANM_ARGUMENT_REAL)
            value = arguments[k].minimum + (arguments[k].maximum - arguments[k].minimum) / 3.0;
          g_assert_true (anm_layer_spec_set (spec->layers[0], arguments[k].name, value, NULL));
          g_assert_cmpfloat (anm_layer_spec_get (spec->layers[0], arguments[k].name), ==, value);
        }
      text = anm_network_spec_to_text (spec);
      again = parse (text);
      g_assert_true (anm_network_spec_equal (spec, again));
    }
}

/* "{layers}" stands for the registry's words, "{lstm}" for that layer's arguments. */
static char *
fill_in (const char *expected)
{
  g_autoptr (GString) text = g_string_new (expected);
  g_autoptr (GString) types = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_classes, n_arguments;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);
  const AnmArgument *arguments = anm_layer_class_get_arguments (anm_layer_class_find ("lstm"), &n_arguments);

  for (guint i = 0; i < n_classes; i++)
    g_string_append_printf (types, "%s%s", i > 0 ? ", " : "", anm_layer_class_get_type (classes[i]));
  for (guint i = 0; i < n_arguments; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", arguments[i].name);
  g_string_replace (text, "{layers}", types->str, 0);
  g_string_replace (text, "{lstm}", names->str, 0);
  return g_strdup (text->str);
}

static void
assert_refused (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  g_autofree char *expected = fill_in (message);

  g_assert_null (spec);
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_refusals (void)
{
  GString *many = g_string_new ("lstm(1)");

  assert_refused ("", "The network has no layers. Write them from input to output, such as lstm(32) > dense(1).");
  assert_refused (" \n", "The network has no layers. Write them from input to output, such as lstm(32) > dense(1).");
  assert_refused ("lstm(32) > lsmt(3)",
                  "Layer 2, there is no kind of layer called “lsmt”, allowed are {layers}. Did you mean lstm?");
  assert_refused ("transformer(3)",
                  "Layer 1, there is no kind of layer called “transformer”, allowed are {layers}.");
  assert_refused ("LSTM(3)",
                  "Layer 1, there is no kind of layer called “LSTM”, allowed are {layers}. Did you mean lstm?");
  assert_refused ("lstm > dense(1)", "Layer 1, lstm: units is missing, allowed is a whole number from 1 to 100000000, as in lstm(32).");
  assert_refused ("lstm()", "Layer 1, lstm: units is missing, allowed is a whole number from 1 to 100000000, as in lstm(32).");
  assert_refused ("gru(return_sequences)",
                  "Layer 1, gru: units is missing, allowed is a whole number from 1 to 100000000, as in gru(32, return_sequences).");
  assert_refused ("dropout", "Layer 1, dropout: rate is missing, allowed is a number from 0 to 0.95, as in dropout(0.5).");
  assert_refused ("dropout(1)", "Layer 1, dropout: rate can’t be “1”, allowed is a number from 0 to 0.95.");
  assert_refused ("dropout(-0.1)", "Layer 1, dropout: rate can’t be “-0.1”, allowed is a number from 0 to 0.95.");
  assert_refused ("dropout(half)", "Layer 1, dropout: there is no argument “half”, allowed are rate, noise.");
  assert_refused ("attention(8)", "Layer 1, attention: there is no argument “8”, allowed are kind, units, heads, causal, return_sequences, frozen.");
  assert_refused ("attention(bahdanau)", "Layer 1, attention: kind can’t be “bahdanau”, allowed is one of additive, dot, self.");
  assert_refused ("attention(dot, heads=0)", "Layer 1, attention: heads can’t be “0”, allowed is a whole number from 1 to 256.");
  assert_refused ("pooling", "Layer 1, pooling: kind is missing, allowed is one of last, mean, max, as in pooling(mean).");
  assert_refused ("pooling()", "Layer 1, pooling: kind is missing, allowed is one of last, mean, max, as in pooling(mean).");
  assert_refused ("pooling(median)", "Layer 1, pooling: kind can’t be “median”, allowed is one of last, mean, max.");
  assert_refused ("pooling(3)", "Layer 1, pooling: there is no argument “3”, allowed are kind, return_sequences.");
  assert_refused ("lstm(0)", "Layer 1, lstm: units can’t be “0”, allowed is a whole number from 1 to 100000000.");
  assert_refused ("lstm(-3)", "Layer 1, lstm: units can’t be “-3”, allowed is a whole number from 1 to 100000000.");
  assert_refused ("lstm(1.5)", "Layer 1, lstm: units can’t be “1.5”, allowed is a whole number from 1 to 100000000.");
  assert_refused ("lstm(1e99)", "Layer 1, lstm: units can’t be “1e99”, allowed is a whole number from 1 to 100000000.");
  assert_refused ("lstm(units=nan)", "Layer 1, lstm: units can’t be “nan”, allowed is a whole number from 1 to 100000000.");
  assert_refused ("lstm(3, forget_bias=x)", "Layer 1, lstm: forget_bias can’t be “x”, allowed is a number from -100 to 100.");
  assert_refused ("lstm(3, forget_bias)", "Layer 1, lstm: forget_bias needs a value, as in forget_bias=…");
  assert_refused ("lstm(3, 4)", "Layer 1, lstm: units is given twice.");
  assert_refused ("lstm(3, return_sequences, return_sequences)", "Layer 1, lstm: return_sequences is given twice.");
  assert_refused ("lstm(3, return_sequence)",
                  "Layer 1, lstm: there is no argument “return_sequence”, allowed are {lstm}. "
                  "Did you mean return_sequences?");
  assert_refused ("lstm(3, rate=0.5)",
                  "Layer 1, lstm: there is no argument “rate”, allowed are {lstm}.");
  assert_refused ("dense(1) > dense(3, activation=swish)",
                  "Layer 2, dense: activation can’t be “swish”, allowed is one of linear, relu, tanh, sigmoid, softmax.");
  assert_refused ("gru(3, reset_after=maybe)", "Layer 1, gru: reset_after can’t be “maybe”, allowed is true or false.");
  assert_refused ("lstm(3", "Layer 1, the text ends where a comma or a closing parenthesis should follow.");
  assert_refused ("lstm(3,", "Layer 1, the text ends where an argument should follow.");
  assert_refused ("lstm(3,)", "Layer 1, found “)” where an argument should follow.");
  assert_refused ("lstm(3 4)", "Layer 1, found “4)” where a comma or a closing parenthesis should follow.");
  assert_refused ("lstm(units=)", "Layer 1, found “)” where a value should follow.");
  assert_refused ("lstm(3) dense(1)", "Layer 1, found “dense(1)” where “>” and the next layer should follow.");
  assert_refused ("lstm(3)) and more than twenty letters", "Layer 1, found “) and more than twen…” where “>” and the next layer should follow.");
  assert_refused ("lstm(3) >", "Layer 2, the text ends where a layer should follow.");
  assert_refused ("> lstm(3)", "Layer 1, found “> lstm(3)” where a layer should follow.");
  assert_refused ("lstm(3) > \xff", "The network’s text isn’t valid UTF-8.");

  for (int i = 0; i < 100; i++)
    g_string_append (many, " > lstm(1)");
  assert_refused (many->str, "The network has more than 100 layers.");
  g_string_free (many, TRUE);
}

static void
test_edits (void)
{
  g_autoptr (AnmNetworkSpec) spec = parse ("lstm(64, return_sequences, forget_bias=3) > gru(32) > dense(1, activation=sigmoid)");
  g_autoptr (AnmNetworkSpec) copy = anm_network_spec_copy (spec);
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_network_spec_equal (spec, copy));
  anm_network_spec_move (spec, 0, 1);
  assert_text (spec, "gru(32) > lstm(64, return_sequences, forget_bias=3) > dense(1, activation=sigmoid)");
  g_assert_false (anm_network_spec_equal (spec, copy));
  anm_network_spec_move (spec, 1, 0);
  g_assert_true (anm_network_spec_equal (spec, copy));
  anm_network_spec_move (spec, 0, 2);
  assert_text (spec, "gru(32) > dense(1, activation=sigmoid) > lstm(64, return_sequences, forget_bias=3)");
  anm_network_spec_move (spec, 2, 0);
  anm_network_spec_remove (spec, 1);
  assert_text (spec, "lstm(64, return_sequences, forget_bias=3) > dense(1, activation=sigmoid)");
  anm_network_spec_insert (spec, 2, anm_layer_class_find ("simple_rnn"));
  assert_text (spec, "lstm(64, return_sequences, forget_bias=3) > dense(1, activation=sigmoid) > simple_rnn(32)");

  /* Arguments of the same name are kept; a choice follows by its word. */
  anm_network_spec_set_class (spec, 0, anm_layer_class_find ("gru"));
  assert_text (spec, "gru(64, return_sequences) > dense(1, activation=sigmoid) > simple_rnn(32)");
  anm_network_spec_set_class (spec, 1, anm_layer_class_find ("simple_rnn"));
  assert_text (spec, "gru(64, return_sequences) > simple_rnn(1, activation=sigmoid) > simple_rnn(32)");
  anm_network_spec_set_class (spec, 2, anm_layer_class_find ("dense"));
  assert_text (spec, "gru(64, return_sequences) > simple_rnn(1, activation=sigmoid) > dense(32)");

  g_assert_false (anm_layer_spec_set (spec->layers[0], "units", 0, &error));
  g_assert_cmpstr (error->message, ==, "gru: units can’t be “0”, allowed is a whole number from 1 to 100000000.");
  g_assert_cmpfloat (anm_layer_spec_get (spec->layers[0], "units"), ==, 64);
  g_assert_true (isnan (anm_layer_spec_get (spec->layers[0], "forget_bias")));
}

static void
test_fit_output (void)
{
  g_autoptr (AnmNetworkSpec) spec = parse ("gru(64) > dense(10, activation=softmax)");

  anm_network_spec_fit_output (spec, &(AnmTargetShape){ ANM_TARGET_CLASSES, 4, FALSE });
  assert_text (spec, "gru(64) > dense(4, activation=softmax)");
  anm_network_spec_fit_output (spec, &(AnmTargetShape){ ANM_TARGET_BINARY, 1, FALSE });
  assert_text (spec, "gru(64) > dense(1, activation=sigmoid)");
  anm_network_spec_fit_output (spec, &(AnmTargetShape){ ANM_TARGET_CLASSES, 3, FALSE });
  assert_text (spec, "gru(64) > dense(3, activation=softmax)");
  anm_network_spec_fit_output (spec, &(AnmTargetShape){ ANM_TARGET_REGRESSION, 2, FALSE });
  assert_text (spec, "gru(64) > dense(2)");
  anm_network_spec_fit_output (spec, &(AnmTargetShape){ ANM_TARGET_BINARY, 1, FALSE });
  assert_text (spec, "gru(64) > dense(1)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/network-text/round-trip", test_round_trip);
  g_test_add_func ("/engine/network-text/every-argument", test_every_argument);
  g_test_add_func ("/engine/network-text/refusals", test_refusals);
  g_test_add_func ("/engine/network-text/edits", test_edits);
  g_test_add_func ("/engine/network-text/fit-output", test_fit_output);
  return g_test_run ();
}
