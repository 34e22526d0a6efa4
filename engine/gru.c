/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GRU, in two forms that differ in where the reset gate stands:
 *
 *   z_t  = sigmoid (W_xz x_t + W_hz h_{t-1} + b_z)                        update gate
 *   r_t  = sigmoid (W_xr x_t + W_hr h_{t-1} + b_r)                        reset gate
 *   h~_t = tanh (W_xh x_t + b_h + r_t * (W_hh h_{t-1} + b'_h))            reset_after (the default)
 *   h~_t = tanh (W_xh x_t + W_hh (r_t * h_{t-1}) + b_h)                   reset_after=false
 *   h_t  = (1 - z_t) * h_{t-1} + z_t * h~_t,   h_{-1} = 0
 *
 * z is the share of what is new, as in the paper; Keras, cuDNN and PyTorch have
 * it the other way round (their z is our 1 - z, so the z columns of their
 * kernels and biases are ours negated).
 *
 * Gates lie in the order z, r, h as in Keras (PyTorch: r, z, n). Parameters:
 * kernel [inputs][3 units], recurrent_kernel [units][3 units], bias [3 units]
 * and, for reset_after, recurrent_bias [3 units]: the two rows of Keras's bias,
 * added to W_x x and to W_h h; z and r only see their sum.
 *
 * K. Cho et al. (2014): Learning phrase representations using RNN
 * encoder-decoder for statistical machine translation. EMNLP.
 */
#include "engine/layer-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 3

typedef struct
{
  AnmLayer layer;
  gboolean reset_after;
  gboolean per_gate;
} AnmGru;

static const AnmArgument arguments[] = {
  {
      .name = "units",
      .kind = ANM_ARGUMENT_SIZE,
      .positional = TRUE,
      .common = TRUE,
      .minimum = 1,
      .maximum = ANM_MAX_UNITS,
      .fallback = 32,
      .label = N_("Units"),
      .summary = N_("How many numbers the hidden state has."),
  },
  {
      .name = "return_sequences",
      .kind = ANM_ARGUMENT_FLAG,
      .common = TRUE,
      .maximum = 1,
      .label = N_("Return sequences"),
      .summary = N_("Give the hidden state of every step to the next layer, not only the last one."),
  },
  {
      .name = "reset_after",
      .kind = ANM_ARGUMENT_FLAG,
      .maximum = 1,
      .fallback = 1,
      .label = N_("Reset after the product"),
      .summary = N_("Apply the reset gate after the recurrent product, as cuDNN, PyTorch and Keras do; otherwise before it, as in the original paper."),
  },
  {
      .name = "initializer",
      .kind = ANM_ARGUMENT_CHOICE,
      .maximum = 1,
      .choices = anm_initializer_names,
      .label = N_("Initial weights"),
      .summary = N_("glorot_uniform draws the weights of all gates as one matrix, as Keras does; per_gate draws each gate's alone, which makes them larger."),
  },
};

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmGru *self = (AnmGru *) layer;

  layer->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  layer->gives_sequences = _anm_layer_class_get_value (layer->klass, values, "return_sequences") != 0.0;
  self->reset_after = _anm_layer_class_get_value (layer->klass, values, "reset_after") != 0.0;
  self->per_gate = _anm_layer_class_get_value (layer->klass, values, "initializer") == ANM_INITIALIZER_PER_GATE;
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, layer->n_inputs, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "recurrent_kernel", ANM_PARAMETER_RECURRENT_KERNEL, layer->n_units, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, N_GATES * layer->n_units);
  if (self->reset_after)
    _anm_layer_add_parameter (layer, "recurrent_bias", ANM_PARAMETER_RECURRENT_BIAS, 1, N_GATES * layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  const AnmGru *self = (const AnmGru *) layer;
  const AnmParameterSlice *slices = layer->parameters;

  _anm_initialize_gates (seed, stream, self->per_gate, layer->n_inputs, layer->n_units, N_GATES,
                         parameters + slices[0].offset, parameters + slices[1].offset);
  for (gsize j = slices[2].offset; j < layer->n_reals; j++)
    parameters[j] = 0;
}

const AnmLayerClass _anm_gru_class = {
  .type = "gru",
  .label = N_("GRU"),
  .summary = N_("Gated recurrent unit: two gates decide how much of the state is renewed. Nearly as able as the LSTM, with a quarter fewer weights."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .is_recurrent = TRUE,
  .needs_sequences = TRUE,
  .instance_size = sizeof (AnmGru),
  .lay_out = lay_out,
  .initialize = initialize,
};
