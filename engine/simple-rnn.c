/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SimpleRNN, the network of Elman:
 *
 *   h_t = f (W_xh x_t + W_hh h_{t-1} + b_h),   h_{-1} = 0
 *
 * Parameters: kernel [inputs][units], recurrent_kernel [units][units],
 * bias [units], as in Keras 3.
 *
 * J. L. Elman (1990): Finding structure in time. Cognitive Science 14.
 */
#include "engine/activation.h"
#include "engine/bidirectional.h"
#include "engine/cell-private.h"
#include "engine/initializer.h"
#include "engine/kernels.h"
#include "engine/normalized-private.h"
#include "engine/recurrent-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  AnmLayer      layer;
  AnmActivation activation;
  AnmGateInitializers initializers;
} AnmSimpleRnn;

static const char *const activation_names[] = { "tanh", "relu", "sigmoid", "linear", NULL };
static const AnmActivation activations[] = { ANM_ACTIVATION_TANH, ANM_ACTIVATION_RELU, ANM_ACTIVATION_SIGMOID, ANM_ACTIVATION_LINEAR };

static const AnmArgument arguments[] = {
  ANM_UNITS_ARGUMENT (32, N_("How many numbers the hidden state has.")),
  {
      .name = "activation",
      .kind = ANM_ARGUMENT_CHOICE,
      .common = TRUE,
      .maximum = 3,
      .choices = activation_names,
      .label = N_("Activation"),
      .summary = N_("What bends each unit's sum: tanh keeps it between -1 and 1, sigmoid between 0 and 1, relu cuts off what is negative, linear does nothing."),
  },
  ANM_RETURN_SEQUENCES_ARGUMENT,
  ANM_KERNEL_INITIALIZER_ARGUMENT,
  ANM_RECURRENT_INITIALIZER_ARGUMENTS,
  ANM_BIDIRECTIONAL_ARGUMENT,
  ANM_DROPOUT_ARGUMENTS,
  ANM_LAYER_NORM_ARGUMENT,
  ANM_FROZEN_ARGUMENT,
};

AnmActivation
_anm_simple_rnn_get_activation (const AnmLayer *layer)
{
  return ((const AnmSimpleRnn *) layer)->activation;
}

static const AnmLayerClass *
choose (const double *values)
{
  gboolean normalizes = _anm_layer_class_get_value (&_anm_simple_rnn_class, values, "layer_norm") != 0.0;

  return normalizes ? _anm_normalized_simple_rnn_class () : &_anm_simple_rnn_class;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmSimpleRnn *self = (AnmSimpleRnn *) layer;

  _anm_recurrent_read_arguments (layer, values);
  _anm_gate_initializers_read (&self->initializers, layer->klass, values);
  self->activation = activations[(guint) _anm_layer_class_get_value (layer->klass, values, "activation")];
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, layer->n_inputs, layer->n_units);
  _anm_layer_add_parameter (layer, "recurrent_kernel", ANM_PARAMETER_RECURRENT_KERNEL, layer->n_units, layer->n_units);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  const AnmParameterSlice *slices = layer->parameters;

  _anm_gate_initializers_draw (&((const AnmSimpleRnn *) layer)->initializers, seed, stream, layer->n_inputs, layer->n_units, 1,
                               parameters + slices[0].offset, parameters + slices[1].offset);
  for (guint j = 0; j < layer->n_units; j++)
    parameters[slices[2].offset + j] = 0;
}

static gsize
packed_size (const AnmLayer *layer)
{
  return _anm_recurrent_packed_size (layer, layer->n_units);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  _anm_recurrent_pack (layer, layer->n_units, parameters, packed);
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmRecurrentState *state = g_new0 (AnmRecurrentState, 1);

  _anm_recurrent_state_init (state, layer, capacity, layer->n_inputs, layer->n_units, FALSE);
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  _anm_recurrent_state_clear ((AnmRecurrentState *) base);
  g_free (base);
}

/* The gates' place keeps h_t itself, which backward needs. */
static void
forward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  _anm_recurrent_multiply (state, pass, step);
  for (AnmRun run = { 0 }; _anm_recurrent_next_run (state, pass, step, &run);)
    _anm_simple_rnn_cells_forward (((const AnmSimpleRnn *) layer)->activation, run.n_rows, state->n_units,
                                   _anm_recurrent_get_gates (state, step->first + run.first), state->gate_stride,
                                   _anm_recurrent_get_h (state, step, run.first), run.h_stride);
  _anm_recurrent_skip_rows_forward (state, pass, step);
}

static void
backward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  for (AnmRun run = { 0 }; _anm_recurrent_next_run (state, pass, step, &run);)
    _anm_simple_rnn_cells_backward (((const AnmSimpleRnn *) layer)->activation, run.n_rows, state->n_units,
                                    _anm_recurrent_get_gates (state, step->first + run.first), state->gate_stride,
                                    state->dh + run.first * (gsize) state->n_units);
  _anm_recurrent_skip_rows_backward (state, pass, step);
  _anm_recurrent_multiply_back (state, pass, step);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  return _anm_recurrent_forward (layer, (AnmRecurrentState *) base, pass, forward_step);
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentState *state = (AnmRecurrentState *) base;

  if (!_anm_recurrent_backward (layer, state, pass, backward_step))
    return FALSE;
  _anm_recurrent_add_gradients (state, pass, gradient);
  return TRUE;
}

enum
{
  TRACE_H,
  TRACE_DH,
};

static const AnmTraceInfo traces[] = {
  [TRACE_H] = { "h", N_("Hidden state"), FALSE, FALSE },
  [TRACE_DH] = { "dL/dh", N_("Gradient of the hidden state"), FALSE, TRUE },
};

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmRecurrentState *state = (const AnmRecurrentState *) base;

  if (index == TRACE_H)
    _anm_recurrent_read_hidden (state, pass, row, values);
  else
    _anm_recurrent_read_plane (state, pass, state->dh_trace, row, values);
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  _anm_cell_add_state (cell, "h");
  _anm_cell_begin (cell, "h", traces[TRACE_H].label, N_("what the next layer and the next step see"),
                   _anm_cell_function (((const AnmSimpleRnn *) layer)->activation));
  _anm_cell_add_matrix (cell, 0, 0, "x");
  _anm_cell_add_matrix (cell, 1, 0, "h'");
  _anm_cell_add_bias (cell, 2, 0);
}

const AnmLayerClass _anm_simple_rnn_class = {
  .type = "simple_rnn",
  .label = N_("Simple RNN"),
  .summary = N_("The plainest recurrent layer: its new state mixes the input with its old state. Forgets quickly."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .is_recurrent = TRUE,
  .needs_sequences = TRUE,
  .instance_size = sizeof (AnmSimpleRnn),
  .choose = choose,
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
  .describe_cell = describe_cell,
};
