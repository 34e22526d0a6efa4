/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attention: a weighted mean over a sequence's own steps, with weights that the
 * network learns to give. Steps that are skipped have no weight; where all are,
 * the mean is zero. With H heads, h = 1 .. H, each has weights of its own and
 * the H means stand behind one another.
 *
 *   additive   e_t = v_h^T tanh (W^T x_t + b),         c_h = sum_t alpha_t x_t
 *   dot        e_t = q_h . k_t / sqrt (d),              c_h = sum_t alpha_t v_t
 *   self       e_st = q_s . k_t / sqrt (d),             c_s = sum_t alpha_st v_t for each step s
 *
 * with alpha = softmax (e) over the steps, d = units / H, and for each head its
 * own d of the units of
 *
 *   keys k_t = W_k^T x_t,   values v_t = W_v^T x_t + b_v,   queries q_s = W_q^T x_s + b_q
 *
 * Additive and dot make one vector of a sequence (with return_sequences the same
 * at each step of the steps up to it); dot's query is a parameter. Self gives a
 * sequence, y_s = W_o^T [c_s of all heads] + b_o, and looks at the steps up to s
 * only if it is causal. The order of the steps is nothing to any of the three:
 * that must be in x, say by a recurrent layer or a convolution below.
 *
 * Parameters, (inputs, ...) as everywhere: additive: kernel [inputs][units], bias,
 * score_kernel [units][heads] (v). dot: kernel [inputs][values | keys], bias
 * [values], query [units]. self: kernel [inputs][queries | values | keys], bias
 * [queries | values], output_kernel [units][units], output_bias. A bias of the
 * keys would be of no effect, because the softmax takes it out.
 *
 * What can be seen: "alpha", at each step each head's weight; of self the mean
 * weight that the queries give the step. The weights by query: read_weights().
 *
 * D. Bahdanau, K. Cho, Y. Bengio (2015): Neural machine translation by jointly
 * learning to align and translate. ICLR. Appendix A.1.2, without a decoder's
 * state. A. Vaswani, N. Shazeer, N. Parmar et al. (2017): Attention is all you
 * need. NIPS. Section 3.2.
 */
#include "engine/attention-private.h"

#include "engine/blas.h"
#include "engine/kernels.h"
#include "engine/memory.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_HEADS 256

static const char *const kind_names[] = { "additive", "dot", "self", NULL };

static const AnmArgument arguments[] = {
  {
      .name = "kind",
      .kind = ANM_ARGUMENT_CHOICE,
      .positional = TRUE,
      .common = TRUE,
      .maximum = 2,
      .choices = kind_names,
      .label = N_("Attention"),
      .summary = N_("How steps get their weights: by a small network (additive), by a learned query (dot), or each by all others (self)."),
  },
  {
      .name = "units",
      .kind = ANM_ARGUMENT_SIZE,
      .common = TRUE,
      .minimum = 1,
      .maximum = ANM_MAX_UNITS,
      .fallback = 32,
      .label = N_("Units"),
      .summary = N_("How many numbers a step is compared by; of dot and self also how many the layer gives."),
  },
  {
      .name = "heads",
      .kind = ANM_ARGUMENT_SIZE,
      .common = TRUE,
      .minimum = 1,
      .maximum = MAX_HEADS,
      .fallback = 1,
      .label = N_("Heads"),
      .summary = N_("How many sets of weights there are, each of which can look for something else."),
  },
  {
      .name = "causal",
      .kind = ANM_ARGUMENT_FLAG,
      .maximum = 1,
      .label = N_("Causal"),
      .summary = N_("Of self: let each step look at the steps before it only, so that nothing of the future enters."),
  },
  {
      .name = "return_sequences",
      .kind = ANM_ARGUMENT_FLAG,
      .maximum = 1,
      .label = N_("Return sequences"),
      .summary = N_("Of additive and dot: give at every step what the steps up to it make. Self always gives every step."),
  },
  ANM_FROZEN_ARGUMENT,
};

static gboolean
check_heads (const AnmAttention *self, GError **error)
{
  if (self->kind == ANM_ATTENTION_ADDITIVE || self->n_units % self->n_heads == 0)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("units is %u and heads is %u; each head takes its own share of the units, so write units=%u or another multiple of %u."),
               self->n_units, self->n_heads, (self->n_units + self->n_heads - 1) / self->n_heads * self->n_heads, self->n_heads);
  return FALSE;
}

static void
add_parameters (AnmAttention *self)
{
  AnmLayer *layer = &self->layer;

  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, layer->n_inputs, _anm_attention_get_columns (self));
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, (gsize) self->n_biased * self->n_units);
  switch (self->kind)
    {
    case ANM_ATTENTION_ADDITIVE:
      _anm_layer_add_parameter (layer, "score_kernel", ANM_PARAMETER_KERNEL, self->n_units, self->n_heads);
      break;
    case ANM_ATTENTION_DOT:
      _anm_layer_add_parameter (layer, "query", ANM_PARAMETER_KERNEL, 1, self->n_units);
      break;
    case ANM_ATTENTION_SELF:
    default:
      _anm_layer_add_parameter (layer, "output_kernel", ANM_PARAMETER_KERNEL, self->n_units, self->n_units);
      _anm_layer_add_parameter (layer, "output_bias", ANM_PARAMETER_BIAS, 1, self->n_units);
      break;
    }
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmAttention *self = (AnmAttention *) layer;

  self->kind = (AnmAttentionKind) _anm_layer_class_get_value (layer->klass, values, "kind");
  self->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  self->n_heads = (guint) _anm_layer_class_get_value (layer->klass, values, "heads");
  self->is_causal = _anm_layer_class_get_value (layer->klass, values, "causal") != 0.0;
  if (!check_heads (self, error))
    return FALSE;
  if (self->is_causal && self->kind != ANM_ATTENTION_SELF)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("causal is for attention(self); attention(%s) looks back only as it is. Leave it out."), kind_names[self->kind]);
      return FALSE;
    }
  self->n_blocks = self->kind == ANM_ATTENTION_ADDITIVE ? 1 : self->kind == ANM_ATTENTION_DOT ? 2 : 3;
  self->n_biased = MAX (self->n_blocks - 1, 1);
  self->head_width = self->kind == ANM_ATTENTION_ADDITIVE ? layer->n_inputs : self->n_units / self->n_heads;
  layer->n_units = self->n_heads * self->head_width;
  layer->gives_sequences = self->kind == ANM_ATTENTION_SELF || _anm_layer_class_get_value (layer->klass, values, "return_sequences") != 0.0;
  layer->causal = self->kind != ANM_ATTENTION_SELF || self->is_causal;
  layer->product_rows = MAX (layer->n_inputs, _anm_attention_get_columns (self));
  add_parameters (self);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  const AnmAttention *self = (const AnmAttention *) layer;
  const AnmParameterSlice *second = &layer->parameters[ANM_ATTENTION_SECOND];

  memset (parameters, 0, layer->n_reals * sizeof *parameters);
  for (guint block = 0; block < self->n_blocks; block++)
    _anm_initialize_glorot_uniform (seed, stream + block, layer->n_inputs, self->n_units,
                                    parameters + (gsize) block * self->n_units, _anm_attention_get_columns (self));
  if (self->kind == ANM_ATTENTION_DOT)
    _anm_initialize_uniform (seed, stream + self->n_blocks, sqrt (6.0 / (self->head_width + 1.0)), 1, self->n_units,
                             parameters + second->offset, self->n_units);
  else
    _anm_initialize_glorot_uniform (seed, stream + self->n_blocks, second->n_rows, second->n_columns,
                                    parameters + second->offset, second->n_columns);
}

/* The packed copies */

AnmAttentionPacking
_anm_attention_get_packing (const AnmAttention *self)
{
  const AnmLayer *layer = &self->layer;
  const AnmParameterSlice *second = &layer->parameters[ANM_ATTENTION_SECOND];
  gsize columns = _anm_attention_get_columns (self);
  AnmAttentionPacking packing = { 0 };

  packing.kernel_transposed = _anm_round_up (_anm_panels_size (columns, layer->n_inputs));
  packing.second = packing.kernel_transposed + _anm_round_up (_anm_panels_size (layer->n_inputs, columns));
  packing.second_transposed = packing.second + _anm_round_up (_anm_panels_size (second->n_columns, second->n_rows));
  packing.query = packing.second_transposed + _anm_round_up (_anm_panels_size (second->n_rows, second->n_columns));
  packing.bias = packing.query + _anm_round_up (self->n_units);
  packing.output_bias = packing.bias + _anm_round_up ((gsize) self->n_biased * self->n_units);
  packing.size = packing.output_bias + _anm_round_up (self->n_units);
  return packing;
}

static gsize
packed_size (const AnmLayer *layer)
{
  return _anm_attention_get_packing ((const AnmAttention *) layer).size;
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  const AnmAttention *self = (const AnmAttention *) layer;
  const AnmAttentionPacking packing = _anm_attention_get_packing (self);
  const AnmParameterSlice *bias = &layer->parameters[ANM_ATTENTION_BIAS], *second = &layer->parameters[ANM_ATTENTION_SECOND];
  gsize columns = _anm_attention_get_columns (self);

  _anm_panels_fill (columns, layer->n_inputs, parameters, columns, packed + packing.kernel);
  _anm_panels_fill_transposed (layer->n_inputs, columns, parameters, columns, packed + packing.kernel_transposed);
  memcpy (packed + packing.bias, parameters + bias->offset, bias->n_columns * sizeof *packed);
  if (self->kind == ANM_ATTENTION_DOT)
    memcpy (packed + packing.query, parameters + second->offset, self->n_units * sizeof *packed);
  else
    {
      _anm_panels_fill (second->n_columns, second->n_rows, parameters + second->offset, second->n_columns, packed + packing.second);
      _anm_panels_fill_transposed (second->n_rows, second->n_columns, parameters + second->offset, second->n_columns,
                                   packed + packing.second_transposed);
    }
  if (self->kind == ANM_ATTENTION_SELF)
    memcpy (packed + packing.output_bias, parameters + layer->parameters[ANM_ATTENTION_OUTPUT_BIAS].offset, self->n_units * sizeof *packed);
}

/* What the kinds share */

void
_anm_attention_state_init (AnmAttentionState *state, const AnmAttention *self, const AnmCapacity *capacity)
{
  gsize max_packed = capacity->max_rows * capacity->max_steps;
  guint n_inputs = self->layer.n_inputs;

  state->base.input = (AnmPlane){ _anm_allocate (max_packed * n_inputs), n_inputs };
  state->projected = _anm_allocate (max_packed * _anm_attention_get_columns (self));
  if (capacity->with_backward)
    state->projected_gradient = _anm_allocate (max_packed * _anm_attention_get_columns (self));
}

void
_anm_attention_state_clear (AnmAttentionState *state)
{
  _anm_release (state->base.input.values);
  _anm_release (state->projected);
  _anm_release (state->projected_gradient);
}

void
_anm_attention_project (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass)
{
  const AnmAttentionPacking packing = _anm_attention_get_packing (self);
  const AnmPlane *x = &state->base.input;
  gsize columns = _anm_attention_get_columns (self), n_packed = pass->input->n_packed;

  _anm_multiply_panels (n_packed, columns, self->layer.n_inputs, x->values, x->stride, pass->packed + packing.kernel, FALSE,
                        state->projected, columns);
  for (gsize i = 0; i < n_packed; i++)
    _anm_add_row ((gsize) self->n_biased * self->n_units, pass->packed + packing.bias, state->projected + i * columns);
}

void
_anm_attention_project_back (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass, gboolean accumulate, anm_real *gradient)
{
  const AnmLayer *layer = &self->layer;
  const AnmAttentionPacking packing = _anm_attention_get_packing (self);
  const AnmPlane *x = &state->base.input, *dx = &state->base.input_gradient;
  gsize columns = _anm_attention_get_columns (self), n_packed = pass->input->n_packed;

  _anm_multiply_transposed (layer->n_inputs, columns, n_packed, x->values, x->stride, state->projected_gradient, columns,
                            gradient, columns, pass->scratch);
  _anm_add_rows (n_packed, (gsize) self->n_biased * self->n_units, state->projected_gradient, columns,
                 gradient + layer->parameters[ANM_ATTENTION_BIAS].offset);
  if (dx->values != NULL)
    _anm_multiply_panels (n_packed, layer->n_inputs, columns, state->projected_gradient, columns,
                          pass->packed + packing.kernel_transposed, accumulate, dx->values, dx->stride);
}

/* The class */

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  const AnmAttention *self = (const AnmAttention *) layer;

  return self->kind == ANM_ATTENTION_SELF ? _anm_self_attention_state_new (self, capacity) : _anm_attention_pooling_state_new (self, capacity);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *state, const AnmPass *pass)
{
  const AnmAttention *self = (const AnmAttention *) layer;

  return self->kind == ANM_ATTENTION_SELF ? _anm_self_attention_forward (self, (AnmAttentionState *) state, pass)
                                          : _anm_attention_pooling_forward (self, (AnmAttentionState *) state, pass);
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *state, const AnmPass *pass, anm_real *gradient)
{
  const AnmAttention *self = (const AnmAttention *) layer;

  return self->kind == ANM_ATTENTION_SELF ? _anm_self_attention_backward (self, (AnmAttentionState *) state, pass, gradient)
                                          : _anm_attention_pooling_backward (self, (AnmAttentionState *) state, pass, gradient);
}

static const AnmTraceInfo traces[] = {
  [ANM_ATTENTION_TRACE_ALPHA] = { .symbol = "alpha", .label = N_("Attention weight") },
  [ANM_ATTENTION_TRACE_OUTPUT] = { .symbol = "y", .label = N_("Output"), .is_of_output = TRUE },
};

static guint
trace_width (const AnmLayer *layer, guint index)
{
  return index == ANM_ATTENTION_TRACE_ALPHA ? ((const AnmAttention *) layer)->n_heads : layer->n_units;
}

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmAttention *self = (const AnmAttention *) layer;

  if (index == ANM_ATTENTION_TRACE_OUTPUT)
    _anm_layer_read_output (layer, base, pass, index, row, values);
  else if (self->kind == ANM_ATTENTION_SELF)
    _anm_self_attention_read_alpha (self, (const AnmAttentionState *) base, pass, row, values);
  else
    _anm_attention_pooling_read_alpha (self, (const AnmAttentionState *) base, pass, row, values);
}

static guint
count_heads (const AnmLayer *layer)
{
  return ((const AnmAttention *) layer)->n_heads;
}

static void
read_weights (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint row, guint head, anm_real *weights)
{
  const AnmAttention *self = (const AnmAttention *) layer;

  if (self->kind == ANM_ATTENTION_SELF)
    _anm_self_attention_read_weights (self, (const AnmAttentionState *) base, pass, row, head, weights);
  else
    _anm_attention_pooling_read_weights (self, (const AnmAttentionState *) base, pass, row, head, weights);
}

/* Both kinds of state begin alike, and say themselves how they are freed. */
static void
state_free (AnmLayerState *base)
{
  ((AnmAttentionState *) base)->clear ((AnmAttentionState *) base);
  _anm_attention_state_clear ((AnmAttentionState *) base);
  g_free (base);
}

const AnmLayerClass _anm_attention_class = {
  .type = "attention",
  .label = N_("Attention"),
  .summary = N_("Looks back over all steps and weighs what matters; the weights can be seen."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .needs_sequences = TRUE,
  .instance_size = sizeof (AnmAttention),
  .lay_out = lay_out,
  .initialize = initialize,
  .packed_size = packed_size,
  .pack = pack,
  .state_new = state_new,
  .state_free = state_free,
  .forward = forward,
  .backward = backward,
  .traces = traces,
  .n_traces = G_N_ELEMENTS (traces),
  .trace_width = trace_width,
  .read_trace = read_trace,
  .count_heads = count_heads,
  .read_weights = read_weights,
};
