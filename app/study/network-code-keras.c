/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/network-code-private.h"

#include <string.h>

static void
help (AnmCode *self,
      const char *name)
{
  _anm_code_help (self, _anm_code_keras_helpers, _anm_code_n_keras_helpers, name);
}

static void
add_flag (GString *text,
          const char *name,
          gboolean flag)
{
  if (flag)
    g_string_append_printf (text, ", %s=True", name);
}

static void
add_word (GString *text,
          const char *name,
          const char *word,
          const char *usual)
{
  if (word != NULL && strcmp (word, usual) != 0)
    g_string_append_printf (text, ", %s=\"%s\"", name, word);
}

/* ", kernel_regularizer=keras.regularizers.L1L2(l1=0.0001)" */
static void
add_penalty (GString *text,
             const char *name,
             double l1,
             double l2)
{
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  if (l1 > 0 || l2 > 0)
    g_string_append_printf (text, ", %s=keras.regularizers.L1L2(%s, %s)", name, _anm_code_number (one, l1), _anm_code_number (two, l2));
}

static void
add_penalties (const AnmCode *self,
               guint index,
               GString *text)
{
  const AnmHyperparameters *settings = self->hyperparameters;

  if (_anm_code_get (self, index, "frozen") != 0)
    return;
  add_penalty (text, "kernel_regularizer", settings->kernel_l1, settings->kernel_l2);
  if (anm_layer_class_is_recurrent (anm_network_get_spec (self->network)->layers[index]->klass))
    add_penalty (text, "recurrent_regularizer", settings->recurrent_l1, settings->recurrent_l2);
  add_penalty (text, "bias_regularizer", settings->bias_l1, settings->bias_l2);
}

/* ", recurrent_initializer=Gates("orthogonal", 3, gain=0.5)" where gates are drawn alone or come out larger. */
static void
add_initializer (AnmCode *self,
                 guint index,
                 GString *text,
                 const char *argument,
                 const char *usual,
                 double gain)
{
  const char *initializer = _anm_code_get_choice (self, index, "initializer");
  const gboolean per_gate = initializer != NULL && strcmp (initializer, "per_gate") == 0;
  const guint n_gates = !per_gate ? 1 : _anm_code_is (self, index, "lstm") ? 4 : 3;

  if (n_gates == 1 && gain == 1)
    {
      add_word (text, argument, _anm_code_get_choice (self, index, argument), usual);
      return;
    }
  help (self, "Gates");
  g_string_append_printf (text, ", %s=Gates(\"%s\"", argument, _anm_code_get_choice (self, index, argument));
  _anm_code_add_number (text, "gates", n_gates, 1);
  _anm_code_add_number (text, "gain", gain, 1);
  g_string_append_c (text, ')');
}

/* Keras asks weights of its own layers for their penalties; the others are told of theirs once they are made. */
static void
penalise_later (AnmCode *self,
                guint index)
{
  if (_anm_code_has_penalties (self) && _anm_code_get (self, index, "frozen") == 0)
    g_string_append_printf (self->own, "\"%s\", ", anm_network_get_layer_name (self->network, index));
}

/* A cell that Keras hasn't: "layers.RNN(NormLSTMCell(32, name="lstm_cell"), return_sequences=True" */
static void
open_own_cell (AnmCode *self,
               guint index,
               GString *text)
{
  const gboolean is_gru = _anm_code_is (self, index, "gru"), is_lstm = _anm_code_is (self, index, "lstm");
  const char *cell = is_lstm ? "NormLSTMCell" : is_gru ? "NormGRUCell" : _anm_code_is (self, index, "gru_d") ? "GRUDCell" : "NormRNNCell";

  self->written_out = TRUE;
  if (is_lstm)
    help (self, "ForgetBias");
  help (self, cell);
  g_string_append_printf (text, "layers.RNN(%s(%.0f", cell, _anm_code_get (self, index, "units"));
  if (is_lstm)
    _anm_code_add_number (text, "forget_bias", _anm_code_get (self, index, "forget_bias"), 1);
  if (is_gru && _anm_code_get (self, index, "reset_after") == 0)
    g_string_append (text, ", reset_after=False");
  add_word (text, "activation", _anm_code_get_choice (self, index, "activation"), "tanh");
  g_string_append (text, ")");
  if (_anm_code_get (self, index, "dropout") > 0 || _anm_code_get (self, index, "recurrent_dropout") > 0)
    _anm_code_leave_out (self, "%s: dropout inside the cell", anm_network_get_layer_name (self->network, index));
  _anm_code_leave_out_initial_weights (self, index);
  penalise_later (self, index);
}

static void
open_cell (AnmCode *self,
           guint index,
           GString *text)
{
  const gboolean is_lstm = _anm_code_is (self, index, "lstm"), is_gru = _anm_code_is (self, index, "gru");
  const double forget_bias = _anm_code_get (self, index, "forget_bias");
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "layers.%s(%.0f", is_lstm ? "LSTM" : is_gru ? "GRU" : "SimpleRNN", _anm_code_get (self, index, "units"));
  if (is_gru && _anm_code_get (self, index, "reset_after") == 0)
    g_string_append (text, ", reset_after=False");
  if (!is_lstm && !is_gru)
    add_word (text, "activation", _anm_code_get_choice (self, index, "activation"), "tanh");
  if (is_lstm && forget_bias != 1)
    {
      help (self, "ForgetBias");
      g_string_append_printf (text, ", unit_forget_bias=False, bias_initializer=ForgetBias(%s)", _anm_code_number (buffer, forget_bias));
    }
  _anm_code_add_number (text, "dropout", _anm_code_get (self, index, "dropout"), 0);
  _anm_code_add_number (text, "recurrent_dropout", _anm_code_get (self, index, "recurrent_dropout"), 0);
  add_initializer (self, index, text, "kernel_initializer", "glorot_uniform", 1);
  add_initializer (self, index, text, "recurrent_initializer", "orthogonal", _anm_code_get (self, index, "recurrent_gain"));
  add_penalties (self, index, text);
}

static void
write_recurrent (AnmCode *self,
                 guint index,
                 GString *text)
{
  const char *name = anm_network_get_layer_name (self->network, index);
  const char *type = anm_layer_class_get_type (anm_network_get_spec (self->network)->layers[index]->klass);
  const char *both = _anm_code_get_choice (self, index, "bidirectional");
  const gboolean merged = both != NULL && _anm_code_get (self, index, "bidirectional") != 0;
  const gboolean own = _anm_code_get (self, index, "layer_norm") != 0 || _anm_code_is (self, index, "gru_d");

  if (merged)
    g_string_append (text, "layers.Bidirectional(");
  if (own)
    open_own_cell (self, index, text);
  else
    open_cell (self, index, text);
  add_flag (text, "return_sequences", _anm_code_get (self, index, "return_sequences") != 0);
  if (merged)
    g_string_append_printf (text, ", name=\"%s\"), merge_mode=\"%s\"", type,
                            strcmp (both, "mean") == 0 ? "ave" : both);
  if (_anm_code_get (self, index, "frozen") != 0)
    g_string_append (text, ", trainable=False");
  g_string_append_printf (text, ", name=\"%s\")", name);
}

static void
write_pooling (AnmCode *self,
               guint index,
               GString *text)
{
  const char *kind = _anm_code_get_choice (self, index, "kind");
  const char *name = anm_network_get_layer_name (self->network, index);
  const gboolean last = strcmp (kind, "last") == 0;

  if (_anm_code_get (self, index, "return_sequences") != 0 && last)
    g_string_append_printf (text, "layers.Identity(name=\"%s\")", name);
  else if (_anm_code_get (self, index, "return_sequences") != 0)
    {
      help (self, "RunningPooling");
      g_string_append_printf (text, "RunningPooling(\"%s\", name=\"%s\")", kind, name);
    }
  else if (last)
    {
      help (self, "LastStep");
      g_string_append_printf (text, "LastStep(name=\"%s\")", name);
    }
  else if (strcmp (kind, "max") == 0)
    {
      help (self, "LargestOfSteps");
      g_string_append_printf (text, "LargestOfSteps(name=\"%s\")", name);
    }
  else
    g_string_append_printf (text, "layers.GlobalAveragePooling1D(name=\"%s\")", name);
}

static void
write_attention (AnmCode *self,
                 guint index,
                 GString *text)
{
  self->written_out = TRUE;
  help (self, "Attention");
  penalise_later (self, index);
  g_string_append_printf (text, "Attention(\"%s\", %.0f", _anm_code_get_choice (self, index, "kind"), _anm_code_get (self, index, "units"));
  _anm_code_add_number (text, "heads", _anm_code_get (self, index, "heads"), 1);
  add_flag (text, "causal", _anm_code_get (self, index, "causal") != 0);
  add_flag (text, "return_sequences", _anm_code_get (self, index, "return_sequences") != 0);
  if (_anm_code_get (self, index, "frozen") != 0)
    g_string_append (text, ", trainable=False");
  g_string_append_printf (text, ", name=\"%s\")", anm_network_get_layer_name (self->network, index));
}

static void
write_conv1d (AnmCode *self,
              guint index,
              GString *text)
{
  help (self, "Convolution");
  g_string_append_printf (text, "Convolution(%.0f, %.0f, padding=\"%s\"", _anm_code_get (self, index, "filters"),
                          _anm_code_get (self, index, "kernel"), _anm_code_get_choice (self, index, "padding"));
  _anm_code_add_number (text, "strides", _anm_code_get (self, index, "strides"), 1);
  _anm_code_add_number (text, "dilation_rate", _anm_code_get (self, index, "dilation"), 1);
  add_word (text, "activation", _anm_code_get_choice (self, index, "activation"), "linear");
  add_penalties (self, index, text);
}

static void
write_plain (AnmCode *self,
             guint index,
             GString *text)
{
  const gboolean sequences = anm_layer_get_takes_sequences (anm_network_get_layer (self->network, index));
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (_anm_code_is (self, index, "dense"))
    {
      g_string_append_printf (text, "layers.Dense(%.0f", _anm_code_get (self, index, "units"));
      add_word (text, "activation", _anm_code_get_choice (self, index, "activation"), "linear");
      add_word (text, "kernel_initializer", _anm_code_get_choice (self, index, "kernel_initializer"), "glorot_uniform");
      add_penalties (self, index, text);
    }
  else if (_anm_code_is (self, index, "conv1d"))
    write_conv1d (self, index, text);
  else if (_anm_code_is (self, index, "dropout"))
    g_string_append_printf (text, "layers.%s(%s",
                            sequences && strcmp (_anm_code_get_choice (self, index, "noise"), "sequence") == 0 ? "SpatialDropout1D" : "Dropout",
                            _anm_code_number (buffer, _anm_code_get (self, index, "rate")));
  else
    {
      g_string_append_printf (text, "layers.LayerNormalization(epsilon=%s", _anm_code_number (buffer, _anm_code_get (self, index, "epsilon")));
      if (_anm_code_get (self, index, "frozen") == 0)
        add_penalty (text, "beta_regularizer", self->hyperparameters->bias_l1, self->hyperparameters->bias_l2);
    }
  if (_anm_code_get (self, index, "frozen") != 0)
    g_string_append (text, ", trainable=False");
  g_string_append_printf (text, ", name=\"%s\")", anm_network_get_layer_name (self->network, index));
}

static void
write_embedding (AnmCode *self,
                 guint index)
{
  const guint n_inputs = anm_network_get_n_inputs (self->network);
  guint n_parameters, n_tokens = 1;
  const AnmParameter *parameters = anm_network_get_parameters (self->network, &n_parameters);

  for (guint i = 0; i < n_parameters; i++)
    if (parameters[i].layer == index)
      n_tokens = parameters[i].n_rows;
  help (self, "TokenVectors");
  penalise_later (self, index);
  g_string_append_printf (self->layers, "e = TokenVectors(%u, %.0f", n_tokens, _anm_code_get (self, index, "units"));
  add_word (self->layers, "combine", _anm_code_get_choice (self, index, "combine"), "sum");
  if (_anm_code_get (self, index, "frozen") != 0)
    g_string_append (self->layers, ", trainable=False");
  g_string_append_printf (self->layers, ", name=\"%s\")(tokens)\n", anm_network_get_layer_name (self->network, index));
  g_string_append (self->layers, n_inputs > 0 ? "x = layers.Concatenate()([e, x])\n" : "x = e\n");
}

static void
write_layer (AnmCode *self,
             guint index)
{
  const AnmLayerClass *klass = anm_network_get_spec (self->network)->layers[index]->klass;

  if (_anm_code_is (self, index, "embedding"))
    {
      write_embedding (self, index);
      return;
    }
  g_string_append (self->layers, "x = ");
  if (anm_layer_class_is_recurrent (klass))
    write_recurrent (self, index, self->layers);
  else if (_anm_code_is (self, index, "pooling"))
    write_pooling (self, index, self->layers);
  else if (_anm_code_is (self, index, "attention"))
    write_attention (self, index, self->layers);
  else
    write_plain (self, index, self->layers);
  g_string_append (self->layers, "(x)\n");
}

/* The inputs: numbers, tokens, or both; GRU-D's three planes behind one another. */
static void
append_inputs (const AnmCode *self,
               GString *text)
{
  if (_anm_code_has_tokens (self))
    g_string_append (text, "tokens = keras.Input((None, None), dtype=\"int32\", name=\"tokens\")  # steps, tokens of a step\n");
  if (!_anm_code_has_numbers (self))
    return;
  g_string_append (text,
                   "inputs = keras.Input((None, COLUMNS), name=\"inputs\")  # steps, columns\n"
                   "x = layers.Masking(PADDING)(inputs)  # every layer is told where records end\n");
}

/* Of layers that Keras can't be told of while they are made. */
static void
append_penalties (const AnmCode *self,
                  GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  const struct
  {
    const char *ends;
    double      l1;
    double      l2;
  } kinds[] = {
    { "\"recurrent_kernel\"", s->recurrent_l1, s->recurrent_l2 },
    { "(\"kernel\", \"query\", \"embeddings\")", s->kernel_l1, s->kernel_l2 },
    { "\"bias\"", s->bias_l1, s->bias_l2 },
  };

  if (self->own->len == 0)
    return;
  g_string_append_printf (text,
                          "\n# What large weights of the layers that are written out here cost.\n"
                          "for name in (%.*s,):\n"
                          "    for weight in model.get_layer(name).trainable_weights:\n", (int) self->own->len - 2, self->own->str);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text,
                              "        %s weight.name.endswith(%s):\n"
                              "            weight.regularizer = keras.regularizers.L1L2(%s, %s)\n",
                              i == 0 ? "if" : "elif", kinds[i].ends, _anm_code_number (one, kinds[i].l1), _anm_code_number (two, kinds[i].l2));
    }
}

static void
append_imports (const AnmCode *self,
                GString *text,
                const char *body)
{
  g_string_append (text, "import csv\n");
  if (strstr (body, "math.") != NULL)
    g_string_append (text, "import math\n");
  g_string_append (text, "import sys\n\nimport keras\nimport numpy as np\nfrom keras import layers");
  g_string_append (text, strstr (body, "ops.") != NULL ? ", ops\n" : "\n");
}

char *
_anm_code_write_keras (AnmCode *self)
{
  GString *text = g_string_new (NULL), *body = g_string_new (NULL);
  g_autoptr (GString) training = g_string_new (NULL);
  const gboolean tokens = _anm_code_has_tokens (self), numbers = _anm_code_has_numbers (self);

  for (guint i = 0; i < anm_network_get_n_layers (self->network); i++)
    write_layer (self, i);
  if (self->deep)
    help (self, "LastStep");
  _anm_code_write_keras_training (self, training);

  _anm_code_append_constants (self, body);
  if (numbers)
    g_string_append_printf (body, "COLUMNS = %u%s\nPADDING = -1e9  # stands behind a record's end\n", _anm_code_get_width (self),
                            _anm_code_is (self, 0, "gru_d") ? "  # values, whether they were measured, time since" : "");
  g_string_append (body, self->classes->str);
  if (self->classes->len > 0)
    g_string_append_c (body, '\n');
  g_string_append_printf (body, "\nkeras.utils.set_random_seed(%" G_GUINT64_FORMAT ")\n\n", self->hyperparameters->seed % G_MAXUINT32);
  append_inputs (self, body);
  g_string_append_printf (body, "%smodel = keras.Model(%s, x, name=\"network\")\n", self->layers->str,
                          tokens && numbers ? "[tokens, inputs]" : tokens ? "tokens" : "inputs");
  if (self->deep)
    g_string_append (body, "answers = keras.Model(model.inputs, LastStep()(model.output))  # it is taught by all steps and asked at the last\n");
  append_penalties (self, body);
  g_string_append (body, training->str);

  _anm_code_append_head (self, text, "Keras 3", "keras");
  append_imports (self, text, body->str);
  g_string_append (text, body->str);
  g_string_free (body, TRUE);
  return g_string_free (text, FALSE);
}
