/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where PyTorch and Keras put the parameters of each layer.
 *
 * PyTorch 2: torch.nn.RNN, LSTM, GRU, Linear, "Variables" and formulas in their
 * documentation. Keras 3: SimpleRNNCell, LSTMCell, GRUCell, Dense, build () and
 * call (). The golden files hold both to it.
 */
#include "engine/exchange-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define OUR_Z "h = (1 - z) h_before + z candidate"
#define THEIR_Z "h = z h_before + (1 - z) candidate"

static const AnmGates one_gate = { .n = 1, .symbols = "h" };
static const AnmGates lstm_gates = { 4, "i f g o", NULL, { 0, 1, 2, 3 } };
static const AnmGates keras_lstm_gates = { 4, "i f c o", NULL, { 0, 1, 2, 3 } };
static const AnmGates gru_gates = { 3, "z r h", OUR_Z, { 0, 1, 2 } };
static const AnmGates keras_gru_gates = { 3, "z r h", THEIR_Z, { ANM_NEGATED (0), 1, 2 } };
static const AnmGates pytorch_gru_gates = { 3, "r z n", THEIR_Z, { 1, ANM_NEGATED (0), 2 } };

static const AnmTensorRule pytorch_recurrent[] = {
  { "weight_hh", "recurrent_kernel", ANM_FORM_TRANSPOSED },
  { "weight_ih", "kernel", ANM_FORM_TRANSPOSED },
  { "bias_ih", "bias", ANM_FORM_VECTOR },
  { "bias_hh", "bias", ANM_FORM_ADDEND },
};

static const AnmTensorRule pytorch_gru[] = {
  { "weight_hh", "recurrent_kernel", ANM_FORM_TRANSPOSED },
  { "weight_ih", "kernel", ANM_FORM_TRANSPOSED },
  { "bias_ih", "bias", ANM_FORM_VECTOR },
  { "bias_hh", "recurrent_bias", ANM_FORM_VECTOR },
};

static const AnmTensorRule pytorch_linear[] = {
  { "weight", "kernel", ANM_FORM_TRANSPOSED },
  { "bias", "bias", ANM_FORM_VECTOR },
};

static const AnmTensorRule keras_recurrent[] = {
  { "recurrent_kernel", "recurrent_kernel", ANM_FORM_MATRIX },
  { "kernel", "kernel", ANM_FORM_MATRIX },
  { "bias", "bias", ANM_FORM_VECTOR },
};

static const AnmTensorRule keras_gru_reset_after[] = {
  { "recurrent_kernel", "recurrent_kernel", ANM_FORM_MATRIX },
  { "kernel", "kernel", ANM_FORM_MATRIX },
  { "bias", "bias", ANM_FORM_FIRST_ROW },
  { "bias", "recurrent_bias", ANM_FORM_SECOND_ROW },
};

static const AnmTensorRule keras_dense[] = {
  { "kernel", "kernel", ANM_FORM_MATRIX },
  { "bias", "bias", ANM_FORM_VECTOR },
};

#define RULES(table) .rules = (table), .n_rules = G_N_ELEMENTS (table)

static const AnmLayerRule layer_rules[] = {
  { "dense", ANM_LAYOUT_PYTORCH, .prefix = ".", .suffix = "", RULES (pytorch_linear) },
  { "simple_rnn", ANM_LAYOUT_PYTORCH, "activation", "sigmoid",
    .refusal = N_("PyTorch’s RNN knows tanh and relu only, not sigmoid.") },
  { "simple_rnn", ANM_LAYOUT_PYTORCH, .prefix = ".", .suffix = "_l0", .gates = &one_gate, RULES (pytorch_recurrent) },
  { "lstm", ANM_LAYOUT_PYTORCH, .prefix = ".", .suffix = "_l0", .gates = &lstm_gates, RULES (pytorch_recurrent) },
  { "gru", ANM_LAYOUT_PYTORCH, "reset_after", "false",
    .refusal = N_("PyTorch’s GRU applies the reset gate after the recurrent product, this one before it (reset_after=false), and no weights make the two the same.") },
  { "gru", ANM_LAYOUT_PYTORCH, .prefix = ".", .suffix = "_l0", .gates = &pytorch_gru_gates, RULES (pytorch_gru) },

  { "dense", ANM_LAYOUT_KERAS, .prefix = "/", .suffix = "", RULES (keras_dense) },
  { "simple_rnn", ANM_LAYOUT_KERAS, .prefix = "/simple_rnn_cell/", .suffix = "", .gates = &one_gate, RULES (keras_recurrent) },
  { "lstm", ANM_LAYOUT_KERAS, .prefix = "/lstm_cell/", .suffix = "", .gates = &keras_lstm_gates, RULES (keras_recurrent) },
  { "gru", ANM_LAYOUT_KERAS, "reset_after", "false", .prefix = "/gru_cell/", .suffix = "", .gates = &keras_gru_gates, RULES (keras_recurrent) },
  { "gru", ANM_LAYOUT_KERAS, .prefix = "/gru_cell/", .suffix = "", .gates = &keras_gru_gates, RULES (keras_gru_reset_after) },
};

static const struct
{
  const char     *type;
  const AnmGates *gates;
} own_gates[] = {
  { "lstm", &lstm_gates },
  { "gru", &gru_gates },
};

static const char *const layout_names[] = { "anamnesis", "pytorch", "keras", NULL };
static const char *const layout_labels[] = { "Anamnesis", "PyTorch", "Keras" };

const char *
anm_layout_to_string (AnmLayout self)
{
  g_return_val_if_fail ((guint) self < ANM_N_LAYOUTS, NULL);

  return layout_names[self];
}

gboolean
anm_layout_from_string (const char *text, AnmLayout *self)
{
  for (guint i = 0; i < ANM_N_LAYOUTS; i++)
    if (g_strcmp0 (layout_names[i], text) == 0)
      {
        *self = (AnmLayout) i;
        return TRUE;
      }
  return FALSE;
}

const char *
_anm_layout_get_label (AnmLayout layout)
{
  return layout_labels[layout];
}

/* Is the argument what the rule asks for? */
static gboolean
rule_holds (const AnmLayerRule *rule, const AnmLayerSpec *spec)
{
  if (rule->argument == NULL)
    return TRUE;
  for (guint i = 0; i < spec->klass->n_arguments; i++)
    {
      const AnmArgument *argument = &spec->klass->arguments[i];

      if (!g_str_equal (argument->name, rule->argument))
        continue;
      if (argument->kind == ANM_ARGUMENT_FLAG)
        return (spec->values[i] != 0.0) == g_str_equal (rule->value, "true");
      return argument->kind == ANM_ARGUMENT_CHOICE && g_str_equal (argument->choices[(guint) spec->values[i]], rule->value);
    }
  return FALSE;
}

const AnmLayerRule *
_anm_exchange_find_rule (const AnmNetwork *network, guint layer, AnmLayout layout, GError **error)
{
  AnmLayerSpec *spec = network->spec->layers[layer];
  const AnmNetworkSpec one = { 1, &spec };
  g_autofree char *text = NULL;
  const char *refusal = N_("it has no layer that computes the same.");

  if (layout == ANM_LAYOUT_ANAMNESIS || network->layers[layer]->n_parameters == 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (layer_rules); i++)
    {
      const AnmLayerRule *rule = &layer_rules[i];

      if (rule->layout != layout || !g_str_equal (rule->type, spec->klass->type) || !rule_holds (rule, spec))
        continue;
      if (rule->refusal == NULL)
        return rule;
      refusal = rule->refusal;
      break;
    }
  text = anm_network_spec_to_text (&one);
  /* Translators: "Layer 1, gru(8, reset_after=false), has no form in PyTorch’s layout: PyTorch’s GRU …" */
  _anm_refuse_file (error, _("Layer %u, %s, has no form in %s’s layout: %s"), layer + 1, text, _anm_layout_get_label (layout), _(refusal));
  return NULL;
}

const AnmGates *
_anm_exchange_find_gates (const AnmNetwork *network, guint layer, AnmLayout layout)
{
  const char *type = network->layers[layer]->klass->type;

  if (layout != ANM_LAYOUT_ANAMNESIS)
    {
      const AnmLayerRule *rule = _anm_exchange_find_rule (network, layer, layout, NULL);

      return rule != NULL && rule->gates != NULL && rule->gates->n > 1 ? rule->gates : NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (own_gates); i++)
    if (g_str_equal (own_gates[i].type, type))
      return own_gates[i].gates;
  return NULL;
}

const AnmParameter *
_anm_exchange_find_parameter (const AnmNetwork *network, guint layer, const char *name)
{
  gsize prefix = strlen (network->names[layer]) + 1;

  for (guint i = 0; i < network->n_parameters; i++)
    if (network->parameters[i].layer == layer && g_str_equal (network->parameters[i].name + prefix, name))
      return &network->parameters[i];
  g_assert_not_reached ();
}

AnmForm
_anm_exchange_own_form (const AnmParameter *parameter)
{
  return parameter->n_rows == 1 && parameter->kind != ANM_PARAMETER_KERNEL && parameter->kind != ANM_PARAMETER_RECURRENT_KERNEL
           ? ANM_FORM_VECTOR
           : ANM_FORM_MATRIX;
}

void
_anm_exchange_place (AnmForm form, const AnmParameter *parameter, AnmPlacement *placement)
{
  gsize n_rows = parameter->n_rows, n_columns = parameter->n_columns;

  switch (form)
    {
    case ANM_FORM_TRANSPOSED:
      *placement = (AnmPlacement){ 2, { n_columns, n_rows }, n_rows * n_columns, 0, 1, n_rows };
      return;
    case ANM_FORM_VECTOR:
    case ANM_FORM_ADDEND:
      *placement = (AnmPlacement){ 1, { n_columns }, n_columns, 0, 0, 1 };
      return;
    case ANM_FORM_FIRST_ROW:
    case ANM_FORM_SECOND_ROW:
      *placement = (AnmPlacement){ 2, { 2, n_columns }, 2 * n_columns, form == ANM_FORM_SECOND_ROW ? n_columns : 0, 0, 1 };
      return;
    case ANM_FORM_MATRIX:
    default:
      *placement = (AnmPlacement){ 2, { n_rows, n_columns }, n_rows * n_columns, 0, n_columns, 1 };
      return;
    }
}

char *
_anm_exchange_make_name (const AnmNetwork *network, guint layer, const AnmLayerRule *rule, const char *leaf)
{
  return g_strconcat (network->names[layer], rule->prefix, leaf, rule->suffix, NULL);
}
