/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dense: y = f (W x + b), for one vector a sequence or, when the input is a
 * sequence, at every step with the same weights.
 *
 * Parameters: kernel [inputs][units], bias [units], as in Keras 3.
 */
#include "engine/blas.h"
#include "engine/initializer.h"
#include "engine/kernels.h"
#include "engine/layer-private.h"
#include "engine/memory.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  AnmLayer      layer;
  AnmActivation activation;
  AnmKernelInitializer kernel_initializer;
} AnmDense;

typedef struct
{
  AnmLayerState base;
  anm_real     *joined;        /* [packed][joined_stride] rows [x | 1] */
  gsize         joined_stride;
} AnmDenseState;

/* In the order of AnmActivation. */
static const char *const activation_names[] = { "linear", "relu", "tanh", "sigmoid", "softmax", NULL };

static const AnmArgument arguments[] = {
  ANM_UNITS_ARGUMENT (1, N_("How many numbers the layer gives; the last layer gives as many as the target has.")),
  {
      .name = "activation",
      .kind = ANM_ARGUMENT_CHOICE,
      .common = TRUE,
      .maximum = 4,
      .choices = activation_names,
      .label = N_("Activation"),
      .summary = N_("What bends the sums: nothing (linear), sigmoid for a probability, softmax for probabilities that add up to 1."),
  },
  ANM_KERNEL_INITIALIZER_ARGUMENT,
  ANM_FROZEN_ARGUMENT,
};

/* What the layer's text asks for, whoever applies it. */
AnmActivation
_anm_dense_get_activation (const AnmLayer *self)
{
  g_assert (self->klass == &_anm_dense_class);

  return ((const AnmDense *) self)->activation;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmDense *self = (AnmDense *) layer;

  layer->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  layer->gives_sequences = layer->takes_sequences;
  self->kernel_initializer = (AnmKernelInitializer) _anm_layer_class_get_value (layer->klass, values, "kernel_initializer");
  self->activation = (AnmActivation) _anm_layer_class_get_value (layer->klass, values, "activation");
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, layer->n_inputs, layer->n_units);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  _anm_initialize_kernel (((const AnmDense *) layer)->kernel_initializer, seed, stream, layer->n_inputs, layer->n_units, parameters, layer->n_units);
  for (gsize j = layer->parameters[1].offset; j < layer->n_reals; j++)
    parameters[j] = 0;
}

/* [W; b], then W^T. */
static gsize
get_transposed_offset (const AnmLayer *layer)
{
  return _anm_round_up (_anm_panels_size (layer->n_units, layer->n_inputs + 1));
}

static gsize
packed_size (const AnmLayer *layer)
{
  return get_transposed_offset (layer) + _anm_panels_size (layer->n_inputs, layer->n_units);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  _anm_panels_fill (layer->n_units, layer->n_inputs + 1, parameters, layer->n_units, packed);
  _anm_panels_fill_transposed (layer->n_inputs, layer->n_units, parameters, layer->n_units, packed + get_transposed_offset (layer));
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmDenseState *state = g_new0 (AnmDenseState, 1);
  gsize max_packed = capacity->max_rows * capacity->max_steps;

  state->joined_stride = _anm_round_up (layer->n_inputs + 1);
  state->joined = _anm_allocate (max_packed * state->joined_stride);
  state->base.input = (AnmPlane){ state->joined, state->joined_stride };
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  _anm_release (((AnmDenseState *) base)->joined);
  g_free (base);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmDenseState *state = (AnmDenseState *) base;
  gsize n_packed = pass->input->n_packed;

  for (gsize i = 0; i < n_packed; i++)
    state->joined[i * state->joined_stride + layer->n_inputs] = 1;
  _anm_multiply_panels (n_packed, layer->n_units, layer->n_inputs + 1, state->joined, state->joined_stride,
                        pass->packed, FALSE, base->output.values, base->output.stride);
  if (!base->activation_in_loss)
    for (gsize i = 0; i < n_packed; i++)
      _anm_activate (((const AnmDense *) layer)->activation, layer->n_units, base->output.values + i * base->output.stride);
  return TRUE;
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmDenseState *state = (AnmDenseState *) base;
  gsize n_packed = pass->input->n_packed;
  const AnmPlane *dy = &base->output_gradient;

  if (!base->activation_in_loss)
    for (gsize i = 0; i < n_packed; i++)
      _anm_activate_backward (((const AnmDense *) layer)->activation, layer->n_units,
                              base->output.values + i * base->output.stride, dy->values + i * dy->stride);
  _anm_multiply_transposed (layer->n_inputs + 1, layer->n_units, n_packed, state->joined, state->joined_stride,
                            dy->values, dy->stride, gradient, layer->n_units, pass->scratch);
  if (base->input_gradient.values != NULL)
    _anm_multiply_panels (n_packed, layer->n_inputs, layer->n_units, dy->values, dy->stride,
                          pass->packed + get_transposed_offset (layer), FALSE,
                          base->input_gradient.values, base->input_gradient.stride);
  return TRUE;
}

static const AnmTraceInfo traces[] = {
  { "y", N_("Output"), FALSE, FALSE },
};

/* y as the layer's text asks for it, also where the loss folds the activation in. */
static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  for (guint t = 0; t < pass->input->lengths[row]; t++)
    {
      anm_real *y = values + (gsize) t * layer->n_units;

      memcpy (y, base->output.values + (pass->input->start[t] + row) * base->output.stride, layer->n_units * sizeof *y);
      if (base->activation_in_loss)
        _anm_activate (((const AnmDense *) layer)->activation, layer->n_units, y);
    }
}

const AnmLayerClass _anm_dense_class = {
  .type = "dense",
  .label = N_("Dense"),
  .summary = N_("Mixes all its inputs into each output, at the last step or, after return_sequences, at every step."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .instance_size = sizeof (AnmDense),
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
  .read_trace = read_trace,
  .get_activation = _anm_dense_get_activation,
};
