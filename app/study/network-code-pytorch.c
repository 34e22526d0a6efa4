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
  _anm_code_leave_out_initial_weights (self, index);
  g_string_append_printf (self->layers, both ? "Steps(%s, %s)" : "Steps(%s)", cell, cell);
}

static void
add_cell (AnmCode *self,
          guint index,
          gboolean both)
{
  const gboolean is_lstm = _anm_code_is (self, index, "lstm"), is_gru = _anm_code_is (self, index, "gru");
  const char *activation = _anm_code_get_choice (self, index, "activation");
  const char *initializer = _anm_code_get_choice (self, index, "initializer");
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
  if (initializer != NULL && strcmp (initializer, "per_gate") == 0)
    g_string_append_printf (self->layers, ", gates=%u", is_lstm ? 4 : 3);
  _anm_code_add_number (self->layers, "gain", _anm_code_get (self, index, "recurrent_gain"), 1);
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

static void
write_last_step (AnmCode *self)
{
  help (self, "last_step");
  g_string_append (self->forward, "        x = last_step(x, lengths)\n");
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
    {
      help (self, "last_step");
      g_string_append_printf (text, "        x = torch.cat([last_step(x[..., :%u], lengths), x[:, 0, %u:]], -1)\n", units, units);
    }
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
  if (has_own_cell (self, index))
    g_string_append_printf (self->forward, "        x = self.%s(x, lengths)\n", get_name (self, index));
  else
    {
      help (self, "over_steps");
      g_string_append_printf (self->forward, "        x = over_steps(self.%s, x, lengths)\n", get_name (self, index));
    }
  if (both)
    write_merge (self, index, merge);
  else if (_anm_code_get (self, index, "return_sequences") == 0)
    write_last_step (self);
  if (_anm_code_get (self, index, "recurrent_dropout") > 0)
    _anm_code_leave_out (self, "%s: recurrent dropout", get_name (self, index));
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
  if (strcmp (padding, "valid") == 0)
    g_string_append_printf (self->forward, "        lengths = (lengths - %u) // %u + 1\n", span, stride);
  else if (stride > 1)
    g_string_append_printf (self->forward, "        lengths = (lengths + %u) // %u\n", stride - 1, stride);
  help (self, "cut");
  g_string_append (self->forward, "        x = cut(x, lengths)\n");
}

static void
write_pooling (AnmCode *self,
               guint index)
{
  const char *kind = _anm_code_get_choice (self, index, "kind");
  const gboolean sequences = _anm_code_get (self, index, "return_sequences") != 0;

  if (strcmp (kind, "last") == 0)
    {
      if (!sequences)
        write_last_step (self);
      return;
    }
  if (sequences)
    {
      g_string_append (self->forward, strcmp (kind, "max") == 0 ? "        x = x.cummax(1).values\n"
                                                               : "        x = x.cumsum(1) / torch.arange(1, x.shape[1] + 1)[:, None]\n");
      return;
    }
  help (self, "cut");
  g_string_append (self->forward, strcmp (kind, "max") == 0 ? "        x = cut(x, lengths, -math.inf).amax(1)\n"
                                                           : "        x = cut(x, lengths).sum(1) / lengths[:, None]\n");
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
  help (self, "cut");
  g_string_append_printf (self->forward, "        x = self.%s(x, lengths)\n", get_name (self, index));
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

/* "tokens, x" */
static const char *
list_inputs (const AnmCode *self)
{
  return !_anm_code_has_tokens (self) ? "x" : _anm_code_has_numbers (self) ? "tokens, x" : "tokens";
}

static void
append_imports (GString *text,
                const char *body)
{
  g_string_append (text, strstr (body, "copy.") != NULL ? "import copy\nimport csv\n" : "import csv\n");
  if (strstr (body, "math.") != NULL)
    g_string_append (text, "import math\n");
  g_string_append (text, "import sys\n\nimport numpy as np\nimport torch\nfrom torch import nn\nfrom torch.nn import functional\n");
}

char *
_anm_code_write_pytorch (AnmCode *self)
{
  const char *inputs = list_inputs (self), *first = _anm_code_has_tokens (self) ? "tokens" : "x";
  g_autoptr (GString) training = g_string_new (NULL), body = g_string_new (NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < anm_network_get_n_layers (self->network); i++)
    write_layer (self, i);
  if (self->deep)
    help (self, "last_step");
  _anm_code_write_pytorch_training (self, training);

  _anm_code_append_constants (self, body);
  if (_anm_code_has_numbers (self))
    g_string_append_printf (body, "COLUMNS = %u%s\n", _anm_code_get_width (self),
                            _anm_code_is (self, 0, "gru_d") ? "  # values, whether they were measured, time since" : "");
  g_string_append (body, self->classes->str);
  g_string_append_printf (body, "\n\nclass Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n%s", self->layers->str);
  g_string_append_printf (body,
                          "\n    def forward(self, %s, lengths=None):\n"
                          "        if lengths is None:\n"
                          "            lengths = torch.full((len(%s),), %s.shape[1])\n"
                          "%s        return x\n", inputs, first, first, self->forward->str);
  g_string_append (body, training->str);
  if (!self->written_out)
    g_string_append (body,
                     "\n\ndef load(net, path):\n"
                     "    from safetensors.torch import load_file\n"
                     "    net.load_state_dict(load_file(path))\n");
  g_string_append_printf (body,
                          "\n\nif __name__ == \"__main__\":\n"
                          "    torch.manual_seed(%" G_GUINT64_FORMAT ")\n"
                          "    net = Network()\n"
                          "    print(net)\n", self->hyperparameters->seed % G_MAXUINT32);
  if (!self->written_out)
    g_string_append (body, "    if len(sys.argv) > 2:\n        load(net, sys.argv[2])\n");
  g_string_append (body, "    if len(sys.argv) > 1:\n        train(net, sys.argv[1])\n");

  _anm_code_append_head (self, text, "PyTorch 2", "pytorch");
  append_imports (text, body->str);
  g_string_append (text, body->str);
  return g_string_free (text, FALSE);
}
