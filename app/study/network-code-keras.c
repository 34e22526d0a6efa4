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

static gboolean
has_penalties (const AnmHyperparameters *settings)
{
  return settings->kernel_l1 > 0 || settings->kernel_l2 > 0 || settings->recurrent_l1 > 0 || settings->recurrent_l2 > 0 ||
         settings->bias_l1 > 0 || settings->bias_l2 > 0;
}

static void
tell_initial_weights (AnmCode *self,
                      guint index)
{
  const char *initializer = _anm_code_get_choice (self, index, "initializer");

  if (initializer != NULL && strcmp (initializer, "per_gate") == 0)
    _anm_code_leave_out (self, "%s: initial weights drawn for each gate alone", anm_network_get_layer_name (self->network, index));
  if (anm_layer_class_is_recurrent (anm_network_get_spec (self->network)->layers[index]->klass) &&
      _anm_code_get (self, index, "recurrent_gain") != 1)
    _anm_code_leave_out (self, "%s: recurrent weights that begin larger or smaller", anm_network_get_layer_name (self->network, index));
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
  if (has_penalties (self->hyperparameters))
    _anm_code_leave_out (self, "%s: penalties on the weights", anm_network_get_layer_name (self->network, index));
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
  add_word (text, "kernel_initializer", _anm_code_get_choice (self, index, "kernel_initializer"), "glorot_uniform");
  add_word (text, "recurrent_initializer", _anm_code_get_choice (self, index, "recurrent_initializer"), "orthogonal");
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

  tell_initial_weights (self, index);
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
  else
    g_string_append_printf (text, "layers.Global%sPooling1D(name=\"%s\")", strcmp (kind, "mean") == 0 ? "Average" : "Max", name);
}

static void
write_attention (AnmCode *self,
                 guint index,
                 GString *text)
{
  self->written_out = TRUE;
  help (self, "Attention");
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
  g_string_append_printf (text, "layers.Conv1D(%.0f, %.0f, padding=\"%s\"", _anm_code_get (self, index, "filters"),
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
    g_string_append_printf (text, "layers.LayerNormalization(epsilon=%s", _anm_code_number (buffer, _anm_code_get (self, index, "epsilon")));
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

static void
write_optimizer (const AnmCode *self,
                 GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  static const char *const classes[] = { "SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "AdamW", "Nadam" };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  const gboolean adams = s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW || s->optimizer == ANM_OPTIMIZER_NADAM;

  g_string_append_printf (text, "keras.optimizers.%s(%s", classes[s->optimizer], _anm_code_number (buffer, s->learning_rate));
  if (s->optimizer == ANM_OPTIMIZER_SGD || s->optimizer == ANM_OPTIMIZER_RMSPROP)
    _anm_code_add_number (text, "momentum", s->momentum, 0);
  if (s->optimizer == ANM_OPTIMIZER_SGD)
    add_flag (text, "nesterov", s->nesterov);
  if (s->optimizer == ANM_OPTIMIZER_RMSPROP || s->optimizer == ANM_OPTIMIZER_ADADELTA)
    _anm_code_add_number (text, "rho", s->rho, s->optimizer == ANM_OPTIMIZER_RMSPROP ? 0.9 : 0.95);
  if (s->optimizer == ANM_OPTIMIZER_RMSPROP)
    add_flag (text, "centered", s->centered);
  if (adams)
    {
      _anm_code_add_number (text, "beta_1", s->beta_1, 0.9);
      _anm_code_add_number (text, "beta_2", s->beta_2, 0.999);
    }
  if (s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW)
    add_flag (text, "amsgrad", s->amsgrad);
  if (s->optimizer == ANM_OPTIMIZER_ADAGRAD)
    _anm_code_add_number (text, "initial_accumulator_value", s->initial_accumulator, 0.1);
  if (s->optimizer != ANM_OPTIMIZER_SGD)
    _anm_code_add_number (text, "epsilon", s->epsilon, 1e-7);
  _anm_code_add_number (text, "weight_decay", s->weight_decay, s->optimizer == ANM_OPTIMIZER_ADAMW ? 0.004 : 0);
  if (s->clip_norm > 0)
    _anm_code_add_number (text, "global_clipnorm", s->clip_norm, 0);
  else
    _anm_code_add_number (text, "clipvalue", s->clip_value, 0);
  g_string_append (text, ")");
}

static void
write_loss (const AnmCode *self,
            GString *text)
{
  const AnmLossOptions *options = &self->hyperparameters->loss_options;
  const char *logits = _anm_code_gives_logits (self) ? "from_logits=True" : "from_logits=False";
  char one[G_ASCII_DTOSTR_BUF_SIZE], two[G_ASCII_DTOSTR_BUF_SIZE];

  switch (self->loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      g_string_append_printf (text, "keras.losses.BinaryCrossentropy(%s)", logits);
      break;
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      g_string_append_printf (text, "keras.losses.SparseCategoricalCrossentropy(%s)", logits);
      break;
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      g_string_append (text, "keras.losses.MeanAbsoluteError()");
      break;
    case ANM_LOSS_HUBER:
      g_string_append_printf (text, "keras.losses.Huber(delta=%s)", _anm_code_number (one, options->huber_delta));
      break;
    case ANM_LOSS_LOG_COSH:
      g_string_append (text, "keras.losses.LogCosh()");
      break;
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      g_string_append_printf (text, "keras.losses.%sFocalCrossentropy(%salpha=%s, gamma=%s, %s)",
                              self->loss == ANM_LOSS_BINARY_FOCAL ? "Binary" : "Categorical",
                              self->loss == ANM_LOSS_BINARY_FOCAL && options->focal_balanced ? "apply_class_balancing=True, " : "",
                              _anm_code_number (one, options->focal_alpha), _anm_code_number (two, options->focal_gamma), logits);
      break;
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_AUTO:
    case ANM_LOSS_SURVIVAL:
    default:
      g_string_append (text, "keras.losses.MeanSquaredError()");
    }
}

/* The inputs: numbers, tokens, or both; GRU-D's three planes behind one another. */
static char *
write_inputs (const AnmCode *self)
{
  const guint n_inputs = anm_network_get_n_inputs (self->network);
  const gboolean tokens = _anm_code_is (self, 0, "embedding");
  const guint width = _anm_code_is (self, 0, "gru_d") ? 3 * n_inputs : n_inputs;
  GString *text = g_string_new (NULL);

  if (tokens)
    g_string_append (text, "tokens = keras.Input((None, None), dtype=\"int32\", name=\"tokens\")  # steps, tokens of a step; -1 is none\n");
  if (n_inputs > 0)
    g_string_append_printf (text, "x = inputs = keras.Input((None, %u), name=\"inputs\")  # steps, columns\n", width);
  return g_string_free (text, FALSE);
}

static void
write_training (const AnmCode *self,
                GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  g_autofree char *batch = s->batch_size > 0 ? g_strdup_printf ("%u", s->batch_size) : g_strdup ("len(y)");

  g_string_append (text, "model.compile(optimizer=");
  write_optimizer (self, text);
  g_string_append (text, ",\n              loss=");
  write_loss (self, text);
  g_string_append (text, ")\n");
  g_string_append_printf (text,
                          "\n\ndef train(x, y, validation=None):\n"
                          "    \"\"\"validation: (x, y) of other patients.\"\"\"\n"
                          "    stop = %s\n"
                          "    return model.fit(x, y, batch_size=%s, epochs=%u, validation_data=validation, callbacks=stop)\n",
                          s->patience > 0 ? "[keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)] if validation else []" : "[]",
                          batch, s->epochs);
}

char *
_anm_code_write_keras (AnmCode *self)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (self->network));
  g_autofree char *inputs = write_inputs (self);
  g_autoptr (GString) training = g_string_new (NULL);
  GString *text = g_string_new (NULL);
  const gboolean tokens = _anm_code_is (self, 0, "embedding"), numbers = anm_network_get_n_inputs (self->network) > 0;

  for (guint i = 0; i < anm_network_get_n_layers (self->network); i++)
    write_layer (self, i);
  write_training (self, training);
  if (self->hyperparameters->clip_norm > 0 && self->hyperparameters->clip_value > 0)
    _anm_code_leave_out (self, "clipping of each gradient: Keras clips in one way");

  g_string_append_printf (text, "# Keras 3: %s\n", network);
  g_string_append (text, "# Records of one length, or one at a time: (records, steps, columns).\n");
  g_string_append (text, self->written_out
                           ? "# Weights aren't exported for the layers that are written out here.\n"
                           : "# Weights: anamnesis-cli export --study FILE --run ID --layout keras --output weights.safetensors,\n"
                             "# then python THIS.py weights.safetensors\n");
  _anm_code_append_left_out (self, text);
  g_string_append (text, self->written_out ? "import keras\nfrom keras import layers" : "import sys\n\nimport keras\nfrom keras import layers");
  g_string_append (text, self->classes->len > 0 ? ", ops\n" : "\n");
  if (self->hyperparameters->patience > 0)
    g_string_append_printf (text, "\nPATIENCE = %u\n", self->hyperparameters->patience);
  g_string_append (text, self->classes->str);
  g_string_append_printf (text, "%skeras.utils.set_random_seed(%" G_GUINT64_FORMAT ")\n", self->classes->len > 0 ? "\n\n" : "\n",
                          self->hyperparameters->seed % G_MAXUINT32);
  g_string_append_printf (text, "%s%smodel = keras.Model(%s, x, name=\"network\")\n", inputs, self->layers->str,
                          tokens && numbers ? "[tokens, inputs]" : tokens ? "tokens" : "inputs");
  g_string_append (text, training->str);
  if (!self->written_out)
    g_string_append (text,
                     "\n\ndef load(path):\n"
                     "    from safetensors.numpy import load_file\n"
                     "    tensors = load_file(path)\n"
                     "    for weight in model.weights:\n"
                     "        weight.assign(tensors[weight.path.removeprefix(model.name + \"/\")])\n");
  g_string_append (text, "\n\nif __name__ == \"__main__\":\n");
  if (!self->written_out)
    g_string_append (text, "    if len(sys.argv) > 1:\n        load(sys.argv[1])\n");
  g_string_append (text, "    model.summary()\n");
  return g_string_free (text, FALSE);
}
