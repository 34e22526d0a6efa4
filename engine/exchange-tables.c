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

static const AnmTensorRule pytorch_conv1d[] = {
  { "weight", "kernel", ANM_FORM_TAPS_LAST },
  { "bias", "bias", ANM_FORM_VECTOR },
};

static const AnmTensorRule keras_conv1d[] = {
  { "kernel", "kernel", ANM_FORM_TAPS },
  { "bias", "bias", ANM_FORM_VECTOR },
};

static const AnmTensorRule pytorch_embedding[] = {
  { "weight", "embeddings", ANM_FORM_MATRIX },
};

static const AnmTensorRule keras_embedding[] = {
  { "embeddings", "embeddings", ANM_FORM_MATRIX },
};

static const AnmTensorRule pytorch_layer_norm[] = {
  { "weight", "gamma", ANM_FORM_VECTOR },
  { "bias", "beta", ANM_FORM_VECTOR },
};

static const AnmTensorRule keras_layer_norm[] = {
  { "gamma", "gamma", ANM_FORM_VECTOR },
  { "beta", "beta", ANM_FORM_VECTOR },
};

#define TENSORS(table) .tensors = (table), .n_tensors = G_N_ELEMENTS (table)

static const AnmLayerRule layer_rules[] = {
  { "dense", ANM_LAYOUT_PYTORCH, TENSORS (pytorch_linear) },
  { "conv1d", ANM_LAYOUT_PYTORCH, TENSORS (pytorch_conv1d) },
  { "embedding", ANM_LAYOUT_PYTORCH, TENSORS (pytorch_embedding) },
  { "layer_norm", ANM_LAYOUT_PYTORCH, TENSORS (pytorch_layer_norm) },
  { "attention", ANM_LAYOUT_PYTORCH, .refusal = N_("attention isn’t converted.") },
  { "simple_rnn", ANM_LAYOUT_PYTORCH, "activation", "tanh", .gates = &one_gate, TENSORS (pytorch_recurrent) },
  { "simple_rnn", ANM_LAYOUT_PYTORCH, "activation", "relu", .gates = &one_gate, TENSORS (pytorch_recurrent) },
  { "simple_rnn", ANM_LAYOUT_PYTORCH, .refusal = N_("PyTorch’s RNN knows no activation but tanh and relu.") },
  { "lstm", ANM_LAYOUT_PYTORCH, .gates = &lstm_gates, TENSORS (pytorch_recurrent) },
  { "gru", ANM_LAYOUT_PYTORCH, "reset_after", "true", .gates = &pytorch_gru_gates, TENSORS (pytorch_gru) },
  { "gru", ANM_LAYOUT_PYTORCH,
    .refusal = N_("PyTorch’s GRU applies the reset gate after the recurrent product, this one before it (reset_after=false), and no weights make the two the same.") },

  { "dense", ANM_LAYOUT_KERAS, TENSORS (keras_dense) },
  { "conv1d", ANM_LAYOUT_KERAS, TENSORS (keras_conv1d) },
  { "embedding", ANM_LAYOUT_KERAS, TENSORS (keras_embedding) },
  { "layer_norm", ANM_LAYOUT_KERAS, TENSORS (keras_layer_norm) },
  { "attention", ANM_LAYOUT_KERAS, .refusal = N_("attention isn’t converted.") },
  { "simple_rnn", ANM_LAYOUT_KERAS, .cell = "simple_rnn_cell", .gates = &one_gate, TENSORS (keras_recurrent) },
  { "lstm", ANM_LAYOUT_KERAS, .cell = "lstm_cell", .gates = &keras_lstm_gates, TENSORS (keras_recurrent) },
  { "gru", ANM_LAYOUT_KERAS, "reset_after", "true", .cell = "gru_cell", .gates = &keras_gru_gates, TENSORS (keras_gru_reset_after) },
  { "gru", ANM_LAYOUT_KERAS, .cell = "gru_cell", .gates = &keras_gru_gates, TENSORS (keras_recurrent) },
};

static const struct
{
  const char     *type;
  const AnmGates *gates;
} own_gates[] = {
  { "lstm", &lstm_gates },
  { "gru", &gru_gates },
  { "gru_d", &gru_gates },
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

static const AnmLayerRule *
find_rule (const AnmLayerSpec *spec, AnmLayout layout)
{
  for (guint i = 0; i < G_N_ELEMENTS (layer_rules); i++)
    {
      const AnmLayerRule *rule = &layer_rules[i];

      if (rule->layout == layout && g_str_equal (rule->type, spec->klass->type) && rule_holds (rule, spec))
        return rule;
    }
  return NULL;
}

static gboolean
refuse_layer (const AnmNetwork *network, guint layer, AnmLayout layout, const char *reason, GError **error)
{
  AnmLayerSpec *spec = network->spec->layers[layer];
  const AnmNetworkSpec one = { 1, &spec };
  g_autofree char *text = anm_network_spec_to_text (&one);

  /* Translators: "Layer 1, gru(8, reset_after=false), has no form in PyTorch’s layout: PyTorch’s GRU …" */
  return _anm_refuse_file (error, _("Layer %u, %s, has no form in %s’s layout: %s"), layer + 1, text, _anm_layout_get_label (layout), reason);
}

/* What the layer has and the layout has no place for: what was added to a layer, such as a norm inside its cell. */
static const char *
find_homeless (const AnmLayer *layer, const AnmLayerMap *map)
{
  for (guint i = 0; i < layer->n_parameters; i++)
    {
      gboolean has_place = FALSE;

      for (guint k = 0; k < map->n_tensors; k++)
        has_place |= g_str_equal (layer->parameters[i].name, map->tensors[k].parameter);
      if (!has_place)
        return layer->parameters[i].name;
    }
  return NULL;
}

static void
add_half (AnmLayerMap *map, const char *prefix, const char *leaf_prefix, const char *leaf_suffix)
{
  for (guint i = 0; i < map->rule->n_tensors; i++)
    {
      const AnmTensorRule *tensor = &map->rule->tensors[i];
      g_autofree char *leaf = g_strconcat (leaf_prefix, tensor->leaf, leaf_suffix, NULL);
      g_autofree char *parameter = g_strconcat (prefix, tensor->parameter, NULL);

      g_assert (map->n_tensors < G_N_ELEMENTS (map->tensors));
      map->tensors[map->n_tensors++] = (AnmTensorRule){ g_intern_string (leaf), g_intern_string (parameter), tensor->form };
    }
}

gboolean
_anm_exchange_map_layer (const AnmNetwork *network, guint index, AnmLayout layout, AnmLayerMap *map, GError **error)
{
  const AnmLayer *layer = network->layers[index];
  g_autofree char *reason = NULL;
  const char *homeless;

  *map = (AnmLayerMap){ .n_halves = 1 };
  if (layer->n_parameters == 0)
    return TRUE;
  map->rule = find_rule (network->spec->layers[index], layout);
  if (map->rule == NULL)
    return refuse_layer (network, index, layout, _("it has no layer that computes the same."), error);
  if (map->rule->refusal != NULL)
    return refuse_layer (network, index, layout, _(map->rule->refusal), error);

  if (g_str_has_prefix (layer->parameters[0].name, "forward."))
    {
      map->n_halves = 2;
      add_half (map, "forward.", layout == ANM_LAYOUT_KERAS ? "forward." : "", "");
      add_half (map, "backward.", layout == ANM_LAYOUT_KERAS ? "backward." : "", layout == ANM_LAYOUT_PYTORCH ? "_reverse" : "");
    }
  else
    add_half (map, "", "", "");
  homeless = find_homeless (layer, map);
  if (homeless == NULL)
    return TRUE;
  reason = g_strdup_printf (_("it has no place for %s."), homeless);
  return refuse_layer (network, index, layout, reason, error);
}

const AnmGates *
_anm_exchange_find_gates (const AnmNetwork *network, guint layer, AnmLayout layout)
{
  const AnmLayerSpec *spec = network->spec->layers[layer];

  if (layout != ANM_LAYOUT_ANAMNESIS)
    {
      const AnmLayerRule *rule = find_rule (spec, layout);

      return rule != NULL && rule->gates != NULL && rule->gates->n > 1 ? rule->gates : NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (own_gates); i++)
    if (g_str_equal (own_gates[i].type, spec->klass->type))
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
  switch (parameter->kind)
    {
    case ANM_PARAMETER_BIAS:
    case ANM_PARAMETER_RECURRENT_BIAS:
    case ANM_PARAMETER_SCALE:
      return ANM_FORM_VECTOR;
    case ANM_PARAMETER_KERNEL:
    case ANM_PARAMETER_RECURRENT_KERNEL:
    case ANM_PARAMETER_DECAY:
    case ANM_PARAMETER_EMBEDDING:
    default:
      return ANM_FORM_MATRIX;
    }
}

void
_anm_exchange_place (const AnmNetwork *network, const AnmParameter *parameter, AnmForm form, AnmPlacement *placement)
{
  gsize n_rows = parameter->n_rows, n_columns = parameter->n_columns;
  gsize n_inputs = network->layers[parameter->layer]->n_inputs;

  *placement = (AnmPlacement){ .n_dimensions = 2, .n_values = n_rows * n_columns, .n_inner = MAX (n_rows, 1), .column_stride = 1 };
  switch (form)
    {
    case ANM_FORM_TRANSPOSED:
      placement->shape[0] = n_columns;
      placement->shape[1] = n_rows;
      placement->inner_stride = 1;
      placement->column_stride = n_rows;
      return;
    case ANM_FORM_VECTOR:
    case ANM_FORM_ADDEND:
      placement->n_dimensions = 1;
      placement->shape[0] = n_columns;
      return;
    case ANM_FORM_FIRST_ROW:
    case ANM_FORM_SECOND_ROW:
      placement->shape[0] = 2;
      placement->shape[1] = n_columns;
      placement->n_values = 2 * n_columns;
      placement->offset = form == ANM_FORM_SECOND_ROW ? n_columns : 0;
      return;
    case ANM_FORM_TAPS:
      placement->n_dimensions = 3;
      placement->shape[0] = n_rows / n_inputs;
      placement->shape[1] = n_inputs;
      placement->shape[2] = n_columns;
      placement->inner_stride = n_columns;
      return;
    case ANM_FORM_TAPS_LAST:
      placement->n_dimensions = 3;
      placement->shape[0] = n_columns;
      placement->shape[1] = n_inputs;
      placement->shape[2] = n_rows / n_inputs;
      placement->n_inner = n_inputs;
      placement->outer_stride = 1;
      placement->inner_stride = n_rows / n_inputs;
      placement->column_stride = n_rows;
      return;
    case ANM_FORM_MATRIX:
    default:
      placement->shape[0] = n_rows;
      placement->shape[1] = n_columns;
      placement->inner_stride = n_columns;
      return;
    }
}

/* A bidirectional layer of Keras' wraps one that is called as its kind: Bidirectional (LSTM (…, name="lstm"), name="lstm_1"). */
static char *
make_keras_name (const char *name, const AnmLayerRule *rule, const char *leaf)
{
  const char *dot = strchr (leaf, '.');

  if (dot != NULL)
    return g_strdup_printf ("%s/%.*s_%s/%s/%s", name, (int) (dot - leaf), leaf, rule->type, rule->cell, dot + 1);
  return rule->cell != NULL ? g_strdup_printf ("%s/%s/%s", name, rule->cell, leaf) : g_strdup_printf ("%s/%s", name, leaf);
}

char *
_anm_exchange_make_name (const AnmNetwork *network, guint layer, const AnmLayerMap *map, const char *leaf)
{
  const char *reverse = g_strrstr (leaf, "_reverse");
  gsize length = reverse != NULL ? (gsize) (reverse - leaf) : strlen (leaf);

  if (map->rule->layout == ANM_LAYOUT_KERAS)
    return make_keras_name (network->names[layer], map->rule, leaf);
  return g_strdup_printf ("%s.%.*s%s%s", network->names[layer], (int) length, leaf, map->rule->gates != NULL ? "_l0" : "", leaf + length);
}
