/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/network-code-private.h"

#include <string.h>

static void
help (AnmCode *self,
      const char *name)
{
  _anm_code_help (self, _anm_code_pytorch_helpers, _anm_code_n_pytorch_helpers, name);
}

static const struct
{
  const char *ours;
  const char *theirs;
} initializers[] = {
  { "glorot_uniform", "nn.init.xavier_uniform_" },
  { "glorot_normal", "nn.init.xavier_normal_" },
  { "he_uniform", "nn.init.kaiming_uniform_" },
  { "he_normal", "nn.init.kaiming_normal_" },
  { "orthogonal", "nn.init.orthogonal_" },
  { "identity", "nn.init.eye_" },
  { "zeros", "nn.init.zeros_" },
};

/* ", kernel=nn.init.eye_" where it isn't what it is anyway. */
static void
add_initializer (AnmCode *self,
                 guint index,
                 GString *text,
                 const char *parameter,
                 const char *argument,
                 const char *usual)
{
  const char *chosen = _anm_code_get_choice (self, index, argument);

  if (chosen == NULL || strcmp (chosen, usual) == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (initializers); i++)
    if (strcmp (initializers[i].ours, chosen) == 0)
      {
        g_string_append_printf (text, ", %s=%s", parameter, initializers[i].theirs);
        return;
      }
  _anm_code_leave_out (self, "%s: weights that begin as %s", anm_network_get_layer_name (self->network, index), chosen);
}

static const char *
get_name (const AnmCode *self,
          guint index)
{
  return anm_network_get_layer_name (self->network, index);
}

/* The columns that enter a layer: of GRU-D with masks and gaps. */
static guint
get_n_inputs (const AnmCode *self,
              guint index)
{
  return anm_layer_get_n_inputs (anm_network_get_layer (self->network, index));
}

static char *
make_own_cell (AnmCode *self,
               guint index)
{
  const gboolean is_gru = _anm_code_is (self, index, "gru"), is_lstm = _anm_code_is (self, index, "lstm");
  const gboolean norm = _anm_code_get (self, index, "layer_norm") != 0;
  const char *cell = is_lstm ? "NormLSTMCell" : is_gru ? "GRUCell" : _anm_code_is (self, index, "gru_d") ? "GRUDCell" : "RNNCell";
  const char *activation = _anm_code_get_choice (self, index, "activation");
  GString *text = g_string_new (NULL);

  help (self, "weight");
  help (self, cell);
  help (self, "Steps");
  g_string_append_printf (text, "%s(%u, %.0f", cell, get_n_inputs (self, index), _anm_code_get (self, index, "units"));
  if (is_lstm)
    _anm_code_add_number (text, "forget_bias", _anm_code_get (self, index, "forget_bias"), 1);
  if (is_gru && _anm_code_get (self, index, "reset_after") == 0)
    g_string_append (text, ", reset_after=False");
  if (activation != NULL && strcmp (activation, "tanh") != 0)
    g_string_append_printf (text, ", activation=\"%s\"", activation);
  if (norm && !is_lstm)
    g_string_append (text, ", layer_norm=True");
  return g_string_free (g_string_append (text, ")"), FALSE);
}

static void
add_own_cell (AnmCode *self,
              guint index,
              gboolean both)
{
  g_autofree char *cell = make_own_cell (self, index);

  self->written_out = TRUE;
  g_string_append_printf (self->layers, both ? "Steps(%s, %s)" : "Steps(%s)", cell, cell);
}

static void
add_cell (AnmCode *self,
          guint index,
          gboolean both)
{
  const gboolean is_lstm = _anm_code_is (self, index, "lstm"), is_gru = _anm_code_is (self, index, "gru");
  const char *activation = _anm_code_get_choice (self, index, "activation");
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  help (self, "begin");
  g_string_append_printf (self->layers, "begin(nn.%s(%u, %.0f, batch_first=True", is_lstm ? "LSTM" : is_gru ? "GRU" : "RNN",
                          get_n_inputs (self, index), _anm_code_get (self, index, "units"));
  if (activation != NULL && strcmp (activation, "relu") == 0)
    g_string_append (self->layers, ", nonlinearity=\"relu\"");
  g_string_append (self->layers, both ? ", bidirectional=True)" : ")");
  if (is_lstm)
    g_string_append_printf (self->layers, ", forget_bias=%s", _anm_code_number (buffer, _anm_code_get (self, index, "forget_bias")));
  add_initializer (self, index, self->layers, "kernel", "kernel_initializer", "glorot_uniform");
  add_initializer (self, index, self->layers, "recurrent", "recurrent_initializer", "orthogonal");
  g_string_append (self->layers, ")");
}

/* nn.RNN bends by tanh or relu alone, nn.GRU resets after the product, and none normalises. */
static gboolean
has_own_cell (const AnmCode *self,
              guint index)
{
  const char *activation = _anm_code_get_choice (self, index, "activation");

  return _anm_code_get (self, index, "layer_norm") != 0 || _anm_code_is (self, index, "gru_d") ||
         (_anm_code_is (self, index, "gru") && _anm_code_get (self, index, "reset_after") == 0) ||
         (activation != NULL && strcmp (activation, "tanh") != 0 && strcmp (activation, "relu") != 0);
}

/* Halves stand side by side in PyTorch; the last step of the second is the record's first. */
static void
write_merge (AnmCode *self,
             guint index,
             const char *merge)
{
  const guint units = (guint) _anm_code_get (self, index, "units");
  const gboolean sequences = _anm_code_get (self, index, "return_sequences") != 0;
  GString *text = self->forward;

  if (!sequences)
    g_string_append_printf (text, "        x = torch.cat([x[:, -1, :%u], x[:, 0, %u:]], -1)\n", units, units);
  if (strcmp (merge, "sum") == 0 || strcmp (merge, "mean") == 0)
    g_string_append_printf (text, "        x = %s(x[..., :%u] + x[..., %u:])\n", strcmp (merge, "mean") == 0 ? "0.5 * " : "", units, units);
}

static void
write_recurrent (AnmCode *self,
                 guint index)
{
  const char *merge = _anm_code_get_choice (self, index, "bidirectional");
  const gboolean both = merge != NULL && _anm_code_get (self, index, "bidirectional") != 0;
  const double dropout = _anm_code_get (self, index, "dropout");
  const char *initializer = _anm_code_get_choice (self, index, "initializer");
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (has_own_cell (self, index))
    add_own_cell (self, index, both);
  else
    add_cell (self, index, both);
  if (dropout > 0)
    {
      help (self, "once");
      g_string_append_printf (self->forward, "        x = once(x, %s, self.training)\n", _anm_code_number (buffer, dropout));
    }
  g_string_append_printf (self->forward, "        x, _ = self.%s(x)\n", get_name (self, index));
  if (both)
    write_merge (self, index, merge);
  else if (_anm_code_get (self, index, "return_sequences") == 0)
    g_string_append (self->forward, "        x = x[:, -1]\n");
  if (_anm_code_get (self, index, "recurrent_dropout") > 0)
    _anm_code_leave_out (self, "%s: recurrent dropout", get_name (self, index));
  if (initializer != NULL && strcmp (initializer, "per_gate") == 0)
    _anm_code_leave_out (self, "%s: initial weights drawn for each gate alone", get_name (self, index));
  if (_anm_code_get (self, index, "recurrent_gain") != 1)
    _anm_code_leave_out (self, "%s: recurrent weights that begin larger or smaller", get_name (self, index));
}

static void
write_activation (AnmCode *self,
                  const char *activation)
{
  if (strcmp (activation, "softmax") == 0)
    g_string_append (self->forward, "        x = torch.softmax(x, -1)\n");
  else if (strcmp (activation, "linear") != 0)
    g_string_append_printf (self->forward, "        x = torch.%s(x)\n", activation);
}

static void
write_dense (AnmCode *self,
             guint index)
{
  help (self, "begin_linear");
  g_string_append_printf (self->layers, "begin_linear(nn.Linear(%u, %.0f)", get_n_inputs (self, index), _anm_code_get (self, index, "units"));
  add_initializer (self, index, self->layers, "kernel", "kernel_initializer", "glorot_uniform");
  g_string_append (self->layers, ")");
  g_string_append_printf (self->forward, "        x = self.%s(x)\n", get_name (self, index));
  write_activation (self, _anm_code_get_choice (self, index, "activation"));
}

/* Keras' "same" with a stride pads by the length; PyTorch pads by hand. */
static void
write_conv1d (AnmCode *self,
              guint index)
{
  const char *padding = _anm_code_get_choice (self, index, "padding");
  const guint stride = (guint) _anm_code_get (self, index, "strides");
  const guint span = ((guint) _anm_code_get (self, index, "kernel") - 1) * (guint) _anm_code_get (self, index, "dilation") + 1;

  help (self, "begin_linear");
  g_string_append_printf (self->layers, "begin_linear(nn.Conv1d(%u, %.0f, %.0f", get_n_inputs (self, index),
                          _anm_code_get (self, index, "filters"), _anm_code_get (self, index, "kernel"));
  _anm_code_add_number (self->layers, "stride", stride, 1);
  _anm_code_add_number (self->layers, "dilation", _anm_code_get (self, index, "dilation"), 1);
  g_string_append (self->layers, "))");

  g_string_append (self->forward, "        x = x.transpose(1, 2)\n");
  if (strcmp (padding, "causal") == 0)
    g_string_append_printf (self->forward, "        x = functional.pad(x, (%u, 0))\n", span - 1);
  else if (strcmp (padding, "same") == 0)
    g_string_append_printf (self->forward,
                            "        padding = max((-(-x.shape[2] // %u) - 1) * %u + %u - x.shape[2], 0)\n"
                            "        x = functional.pad(x, (padding // 2, padding - padding // 2))\n",
                            stride, stride, span);
  g_string_append_printf (self->forward, "        x = self.%s(x).transpose(1, 2)\n", get_name (self, index));
  write_activation (self, _anm_code_get_choice (self, index, "activation"));
}

static void
write_pooling (AnmCode *self,
               guint index)
{
  const char *kind = _anm_code_get_choice (self, index, "kind");
  const gboolean sequences = _anm_code_get (self, index, "return_sequences") != 0;

  if (strcmp (kind, "last") == 0)
    g_string_append (self->forward, sequences ? "" : "        x = x[:, -1]\n");
  else if (strcmp (kind, "max") == 0)
    g_string_append (self->forward, sequences ? "        x = x.cummax(1).values\n" : "        x = x.amax(1)\n");
  else
    g_string_append (self->forward, sequences ? "        x = x.cumsum(1) / torch.arange(1, x.shape[1] + 1, device=x.device)[:, None]\n"
                                              : "        x = x.mean(1)\n");
}

static void
write_embedding (AnmCode *self,
                 guint index)
{
  guint n_parameters, n_tokens = 1;
  const AnmParameter *parameters = anm_network_get_parameters (self->network, &n_parameters);
  const gboolean mean = strcmp (_anm_code_get_choice (self, index, "combine"), "mean") == 0;

  for (guint i = 0; i < n_parameters; i++)
    if (parameters[i].layer == index)
      n_tokens = parameters[i].n_rows;
  g_string_append_printf (self->layers, "nn.Embedding(%u, %.0f)", n_tokens, _anm_code_get (self, index, "units"));
  g_string_append_printf (self->forward,
                          "        there = (tokens >= 0).unsqueeze(-1)\n"
                          "        e = (self.%s(tokens.clamp(min=0)) * there).sum(2)%s\n",
                          get_name (self, index), mean ? " / there.sum(2).clamp(min=1)" : "");
  g_string_append (self->forward, anm_network_get_n_inputs (self->network) > 0 ? "        x = torch.cat([e, x], -1)\n" : "        x = e\n");
}

static void
write_attention (AnmCode *self,
                 guint index)
{
  self->written_out = TRUE;
  help (self, "Attention");
  g_string_append_printf (self->layers, "Attention(\"%s\", %u, %.0f", _anm_code_get_choice (self, index, "kind"),
                          get_n_inputs (self, index), _anm_code_get (self, index, "units"));
  _anm_code_add_number (self->layers, "heads", _anm_code_get (self, index, "heads"), 1);
  g_string_append (self->layers, _anm_code_get (self, index, "causal") != 0 ? ", causal=True" : "");
  g_string_append (self->layers, _anm_code_get (self, index, "return_sequences") != 0 ? ", return_sequences=True)" : ")");
  g_string_append_printf (self->forward, "        x = self.%s(x)\n", get_name (self, index));
}

static void
write_dropout (AnmCode *self,
               guint index)
{
  const gboolean sequences = anm_layer_get_takes_sequences (anm_network_get_layer (self->network, index));
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  const char *rate = _anm_code_number (buffer, _anm_code_get (self, index, "rate"));

  if (sequences && strcmp (_anm_code_get_choice (self, index, "noise"), "sequence") == 0)
    {
      help (self, "once");
      g_string_append_printf (self->forward, "        x = once(x, %s, self.training)\n", rate);
    }
  else
    g_string_append_printf (self->forward, "        x = functional.dropout(x, %s, self.training)\n", rate);
}

static void
write_layer (AnmCode *self,
             guint index)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (_anm_code_is (self, index, "pooling"))
    {
      write_pooling (self, index);
      return;
    }
  if (_anm_code_is (self, index, "dropout"))
    {
      write_dropout (self, index);
      return;
    }
  g_string_append_printf (self->layers, "        self.%s = ", get_name (self, index));
  if (anm_layer_class_is_recurrent (anm_network_get_spec (self->network)->layers[index]->klass))
    write_recurrent (self, index);
  else if (_anm_code_is (self, index, "dense"))
    write_dense (self, index);
  else if (_anm_code_is (self, index, "conv1d"))
    write_conv1d (self, index);
  else if (_anm_code_is (self, index, "embedding"))
    write_embedding (self, index);
  else if (_anm_code_is (self, index, "attention"))
    write_attention (self, index);
  else
    {
      g_string_append_printf (self->layers, "nn.LayerNorm(%u, eps=%s)", get_n_inputs (self, index),
                              _anm_code_number (buffer, _anm_code_get (self, index, "epsilon")));
      g_string_append_printf (self->forward, "        x = self.%s(x)\n", get_name (self, index));
    }
  g_string_append_c (self->layers, '\n');
  if (_anm_code_get (self, index, "frozen") != 0)
    g_string_append_printf (self->layers, "        self.%s.requires_grad_(False)\n", get_name (self, index));
}

static void
write_optimizer (AnmCode *self,
                 GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  static const char *const classes[] = { "SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "AdamW", "NAdam" };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], other[G_ASCII_DTOSTR_BUF_SIZE];
  const gboolean adams = s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW || s->optimizer == ANM_OPTIMIZER_NADAM;

  g_string_append_printf (text, "torch.optim.%s(parameters, lr=%s", classes[s->optimizer], _anm_code_number (buffer, s->learning_rate));
  if (s->optimizer == ANM_OPTIMIZER_SGD || s->optimizer == ANM_OPTIMIZER_RMSPROP)
    _anm_code_add_number (text, "momentum", s->momentum, 0);
  if (s->optimizer == ANM_OPTIMIZER_SGD && s->nesterov)
    g_string_append (text, ", nesterov=True");
  if (s->optimizer == ANM_OPTIMIZER_RMSPROP)
    g_string_append_printf (text, ", alpha=%s%s", _anm_code_number (buffer, s->rho), s->centered ? ", centered=True" : "");
  if (s->optimizer == ANM_OPTIMIZER_ADADELTA)
    g_string_append_printf (text, ", rho=%s", _anm_code_number (buffer, s->rho));
  if (adams)
    g_string_append_printf (text, ", betas=(%s, %s)", _anm_code_number (buffer, s->beta_1), _anm_code_number (other, s->beta_2));
  if (s->amsgrad && (s->optimizer == ANM_OPTIMIZER_ADAM || s->optimizer == ANM_OPTIMIZER_ADAMW))
    g_string_append (text, ", amsgrad=True");
  if (s->optimizer == ANM_OPTIMIZER_ADAGRAD)
    g_string_append_printf (text, ", initial_accumulator_value=%s", _anm_code_number (buffer, s->initial_accumulator));
  if (s->optimizer != ANM_OPTIMIZER_SGD)
    g_string_append_printf (text, ", eps=%s", _anm_code_number (buffer, s->epsilon));
  if (s->optimizer == ANM_OPTIMIZER_ADAMW)
    g_string_append_printf (text, ", weight_decay=%s", _anm_code_number (buffer, s->weight_decay));
  else if (s->weight_decay > 0)
    _anm_code_leave_out (self, "weight decay apart from the gradient");
  g_string_append (text, ")");
}

/* The loss of a part's answers and outcomes. */
static const char *
choose_loss (AnmCode *self)
{
  const gboolean logits = _anm_code_gives_logits (self);

  switch (self->loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      return logits ? "functional.binary_cross_entropy_with_logits(answer, y[part])" : "functional.binary_cross_entropy(answer, y[part])";
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return logits ? "functional.cross_entropy(answer.flatten(0, -2), y[part].flatten())" : "functional.nll_loss(answer.flatten(0, -2).log(), y[part].flatten())";
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      return "functional.l1_loss(answer, y[part])";
    case ANM_LOSS_HUBER:
      return "functional.huber_loss(answer, y[part], delta=HUBER_DELTA)";
    case ANM_LOSS_LOG_COSH:
      return "(answer - y[part]).cosh().log().mean()";
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      _anm_code_leave_out (self, "the focal factor of the loss");
      if (self->loss == ANM_LOSS_BINARY_FOCAL)
        return logits ? "functional.binary_cross_entropy_with_logits(answer, y[part])" : "functional.binary_cross_entropy(answer, y[part])";
      return logits ? "functional.cross_entropy(answer.flatten(0, -2), y[part].flatten())" : "functional.nll_loss(answer.flatten(0, -2).log(), y[part].flatten())";
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_AUTO:
    case ANM_LOSS_SURVIVAL:
    default:
      return "functional.mse_loss(answer, y[part])";
    }
}

static void
write_training (AnmCode *self,
                GString *text)
{
  const AnmHyperparameters *s = self->hyperparameters;
  g_autofree char *batch = s->batch_size > 0 ? g_strdup_printf ("%u", s->batch_size) : g_strdup ("len(y)");
  const char *arguments = _anm_code_is (self, 0, "embedding") ? anm_network_get_n_inputs (self->network) > 0 ? "tokens[part], x[part]" : "tokens[part]" : "x[part]";
  const char *inputs = _anm_code_is (self, 0, "embedding") ? anm_network_get_n_inputs (self->network) > 0 ? "tokens, x" : "tokens" : "x";
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text,
                          "\n\ndef train(net, %s, y):\n"
                          "    parameters = [p for p in net.parameters() if p.requires_grad]\n"
                          "    optimizer = ", inputs);
  write_optimizer (self, text);
  g_string_append_printf (text,
                          "\n    for epoch in range(%u):\n"
                          "        net.train()\n"
                          "        for part in torch.randperm(len(y)).split(%s):\n"
                          "            answer = net(%s)\n"
                          "            loss = ", s->epochs, batch, arguments);
  g_string_append_printf (text, "%s\n"
                          "            optimizer.zero_grad()\n"
                          "            loss.backward()\n", choose_loss (self));
  if (s->clip_norm > 0)
    g_string_append_printf (text, "            nn.utils.clip_grad_norm_(parameters, %s)\n", _anm_code_number (buffer, s->clip_norm));
  if (s->clip_value > 0)
    g_string_append_printf (text, "            nn.utils.clip_grad_value_(parameters, %s)\n", _anm_code_number (buffer, s->clip_value));
  g_string_append (text, "            optimizer.step()\n        print(epoch + 1, loss.item())\n");
  if (s->patience > 0)
    _anm_code_leave_out (self, "stopping early after %u epochs", s->patience);
  if (s->kernel_l1 > 0 || s->kernel_l2 > 0 || s->recurrent_l1 > 0 || s->recurrent_l2 > 0 || s->bias_l1 > 0 || s->bias_l2 > 0)
    _anm_code_leave_out (self, "penalties on the weights");
}

char *
_anm_code_write_pytorch (AnmCode *self)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (self->network));
  g_autoptr (GString) training = g_string_new (NULL);
  GString *text = g_string_new (NULL);
  const gboolean tokens = _anm_code_is (self, 0, "embedding"), numbers = anm_network_get_n_inputs (self->network) > 0;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < anm_network_get_n_layers (self->network); i++)
    write_layer (self, i);
  write_training (self, training);

  g_string_append_printf (text, "# PyTorch 2: %s\n", network);
  g_string_append (text, "# Records of one length, or one at a time: (records, steps, columns).\n");
  g_string_append (text, self->written_out
                           ? "# Weights aren't exported for the layers that are written out here.\n"
                           : "# Weights: anamnesis-cli export --study FILE --run ID --layout pytorch --output weights.safetensors,\n"
                             "# then python THIS.py weights.safetensors\n");
  _anm_code_append_left_out (self, text);
  g_string_append (text, self->written_out ? "" : "import sys\n\n");
  g_string_append (text, "import torch\nfrom torch import nn\nfrom torch.nn import functional\n");
  if (self->loss == ANM_LOSS_HUBER)
    g_string_append_printf (text, "\nHUBER_DELTA = %s\n", _anm_code_number (buffer, self->hyperparameters->loss_options.huber_delta));
  g_string_append (text, self->classes->str);
  g_string_append_printf (text, "\n\nclass Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n%s", self->layers->str);
  g_string_append_printf (text, "\n    def forward(self, %s):\n%s        return x\n",
                          tokens && numbers ? "tokens, x" : tokens ? "tokens" : "x", self->forward->str);
  g_string_append (text, training->str);
  if (!self->written_out)
    g_string_append (text,
                     "\n\ndef load(net, path):\n"
                     "    from safetensors.torch import load_file\n"
                     "    net.load_state_dict(load_file(path))\n");
  g_string_append_printf (text,
                          "\n\nif __name__ == \"__main__\":\n"
                          "    torch.manual_seed(%" G_GUINT64_FORMAT ")\n"
                          "    net = Network()\n", self->hyperparameters->seed % G_MAXUINT32);
  if (!self->written_out)
    g_string_append (text, "    if len(sys.argv) > 1:\n        load(net, sys.argv[1])\n");
  g_string_append (text, "    print(net)\n    print(sum(p.numel() for p in net.parameters() if p.requires_grad), \"parameters\")\n");
  return g_string_free (text, FALSE);
}
