/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LSTM with forget gate, without peepholes:
 *
 *   i_t = sigmoid (W_xi x_t + W_hi h_{t-1} + b_i)      input gate
 *   f_t = sigmoid (W_xf x_t + W_hf h_{t-1} + b_f)      forget gate
 *   g_t = tanh    (W_xg x_t + W_hg h_{t-1} + b_g)      candidate
 *   o_t = sigmoid (W_xo x_t + W_ho h_{t-1} + b_o)      output gate
 *   c_t = f_t * c_{t-1} + i_t * g_t,   c_{-1} = 0      cell
 *   h_t = o_t * tanh (c_t),            h_{-1} = 0      hidden state
 *
 * Gates lie in the order i, f, g, o (Keras calls g "c"; PyTorch has the same
 * order). Parameters: kernel [inputs][4 units], recurrent_kernel [units][4 units],
 * bias [4 units], as in Keras 3; PyTorch stores the kernels transposed and two
 * biases, whose sum is ours.
 *
 * S. Hochreiter, J. Schmidhuber (1997): Long short-term memory. Neural
 * Computation 9. F. Gers, J. Schmidhuber, F. Cummins (2000): Learning to forget.
 * Neural Computation 12. Forget bias 1: R. Jozefowicz, W. Zaremba, I. Sutskever
 * (2015): An empirical exploration of recurrent network architectures. ICML.
 */
#include "engine/layer-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 4
#define FORGET_GATE 1

typedef struct
{
  AnmLayer layer;
  double   forget_bias;
  gboolean per_gate;
} AnmLstm;

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
      .summary = N_("How many numbers the hidden state has, and the cell as many."),
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
      .name = "forget_bias",
      .kind = ANM_ARGUMENT_REAL,
      .minimum = -100,
      .maximum = 100,
      .fallback = 1,
      .label = N_("Forget bias"),
      .summary = N_("Where the forget gate's bias starts: the larger, the longer the cell remembers before any training."),
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
  AnmLstm *self = (AnmLstm *) layer;

  layer->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  layer->gives_sequences = _anm_layer_class_get_value (layer->klass, values, "return_sequences") != 0.0;
  self->forget_bias = _anm_layer_class_get_value (layer->klass, values, "forget_bias");
  self->per_gate = _anm_layer_class_get_value (layer->klass, values, "initializer") == ANM_INITIALIZER_PER_GATE;
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, layer->n_inputs, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "recurrent_kernel", ANM_PARAMETER_RECURRENT_KERNEL, layer->n_units, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, N_GATES * layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  const AnmLstm *self = (const AnmLstm *) layer;
  const AnmParameterSlice *slices = layer->parameters;

  _anm_initialize_gates (seed, stream, self->per_gate, layer->n_inputs, layer->n_units, N_GATES,
                         parameters + slices[0].offset, parameters + slices[1].offset);
  for (guint j = 0; j < N_GATES * layer->n_units; j++)
    parameters[slices[2].offset + j] = j / layer->n_units == FORGET_GATE ? (anm_real) self->forget_bias : 0;
}

const AnmLayerClass _anm_lstm_class = {
  .type = "lstm",
  .label = N_("LSTM"),
  .summary = N_("Long short-term memory: a cell that gates write, keep and read, so that it can remember over many steps."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .is_recurrent = TRUE,
  .needs_sequences = TRUE,
  .instance_size = sizeof (AnmLstm),
  .lay_out = lay_out,
  .initialize = initialize,
};
