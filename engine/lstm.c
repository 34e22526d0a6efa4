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
#include "engine/bidirectional.h"
#include "engine/cell-private.h"
#include "engine/initializer.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/normalized-private.h"
#include "engine/recurrent-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 4
#define FORGET_GATE 1

typedef struct
{
  AnmLayer layer;
  double   forget_bias;
  AnmGateInitializers initializers;
} AnmLstm;

typedef struct
{
  AnmRecurrentState recurrent;
  anm_real         *tanh_c; /* [packed][units] */
  anm_real         *dc;     /* [rows][units] dL/dc_t as far as it comes from the next step */
} AnmLstmState;

static const AnmArgument arguments[] = {
  ANM_UNITS_ARGUMENT (32, N_("How many numbers the hidden state has, and the cell as many.")),
  ANM_RETURN_SEQUENCES_ARGUMENT,
  {
      .name = "forget_bias",
      .kind = ANM_ARGUMENT_REAL,
      .minimum = -100,
      .maximum = 100,
      .fallback = 1,
      .label = N_("Forget bias"),
      .summary = N_("Where the forget gate's bias starts: the larger, the longer the cell remembers before any training."),
  },
  ANM_GATE_INITIALIZER_ARGUMENT,
  ANM_KERNEL_INITIALIZER_ARGUMENT,
  ANM_RECURRENT_INITIALIZER_ARGUMENTS,
  ANM_BIDIRECTIONAL_ARGUMENT,
  ANM_DROPOUT_ARGUMENTS,
  ANM_LAYER_NORM_ARGUMENT,
  ANM_FROZEN_ARGUMENT,
};

static const AnmLayerClass *
choose (const double *values)
{
  gboolean normalizes = _anm_layer_class_get_value (&_anm_lstm_class, values, "layer_norm") != 0.0;

  return normalizes ? _anm_normalized_lstm_class () : &_anm_lstm_class;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmLstm *self = (AnmLstm *) layer;

  _anm_recurrent_read_arguments (layer, values);
  self->forget_bias = _anm_layer_class_get_value (layer->klass, values, "forget_bias");
  _anm_gate_initializers_read (&self->initializers, layer->klass, values);
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

  _anm_gate_initializers_draw (&self->initializers, seed, stream, layer->n_inputs, layer->n_units, N_GATES,
                               parameters + slices[0].offset, parameters + slices[1].offset);
  for (guint j = 0; j < N_GATES * layer->n_units; j++)
    parameters[slices[2].offset + j] = j / layer->n_units == FORGET_GATE ? (anm_real) self->forget_bias : 0;
}

static gsize
packed_size (const AnmLayer *layer)
{
  return _anm_recurrent_packed_size (layer, N_GATES * layer->n_units);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  _anm_recurrent_pack (layer, N_GATES * layer->n_units, parameters, packed);
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmLstmState *self = g_new0 (AnmLstmState, 1);

  _anm_recurrent_state_init (&self->recurrent, layer, capacity, layer->n_inputs, N_GATES * layer->n_units, TRUE);
  self->tanh_c = _anm_allocate (capacity->max_rows * capacity->max_steps * layer->n_units);
  if (capacity->with_backward)
    self->dc = _anm_allocate (capacity->max_rows * layer->n_units);
  return &self->recurrent.base;
}

static void
state_free (AnmLayerState *base)
{
  AnmLstmState *self = (AnmLstmState *) base;

  _anm_recurrent_state_clear (&self->recurrent);
  _anm_release (self->tanh_c);
  _anm_release (self->dc);
  g_free (self);
}

static void
forward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmLstmState *self = (AnmLstmState *) state;
  gsize n_units = state->n_units;

  _anm_recurrent_multiply (state, pass, step);
  for (AnmRun run = { 0 }; _anm_recurrent_next_run (state, pass, step, &run);)
    {
      gsize row = step->first + run.first;

      _anm_lstm_cells_forward (run.n_rows, n_units, _anm_recurrent_get_gates (state, row), state->gate_stride,
                               _anm_recurrent_get_c_previous (state, step, run.first), run.c_previous_stride,
                               state->c + row * n_units, self->tanh_c + row * n_units,
                               _anm_recurrent_get_h (state, step, run.first), run.h_stride);
    }
  _anm_recurrent_skip_rows_forward (state, pass, step);
}

/* A skipped step hands dL/dc on as it came. */
static void
trace_skipped (AnmLstmState *self, const AnmPass *pass, const AnmStep *step)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = state->n_units;

  for (guint r = 0; pass->skip != NULL && state->dc_trace != NULL && r < step->n_rows; r++)
    if (pass->skip[step->first + r])
      memcpy (state->dc_trace + (step->first + r) * n_units, self->dc + r * n_units, n_units * sizeof (anm_real));
}

static void
backward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmLstmState *self = (AnmLstmState *) state;
  gsize n_units = state->n_units;

  memset (self->dc + step->n_going * n_units, 0, (step->n_rows - step->n_going) * n_units * sizeof (anm_real));
  for (AnmRun run = { 0 }; _anm_recurrent_next_run (state, pass, step, &run);)
    {
      gsize row = step->first + run.first;

      _anm_lstm_cells_backward (run.n_rows, n_units, _anm_recurrent_get_gates (state, row), state->gate_stride,
                                _anm_recurrent_get_c_previous (state, step, run.first), run.c_previous_stride,
                                self->tanh_c + row * n_units, state->dh + run.first * n_units, self->dc + run.first * n_units,
                                state->dc_trace == NULL ? NULL : state->dc_trace + row * n_units);
    }
  _anm_recurrent_skip_rows_backward (state, pass, step);
  trace_skipped (self, pass, step);
  _anm_recurrent_multiply_back (state, pass, step);
  _anm_recurrent_cut_off (state, pass, step, self->dc);
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

/* The gates come first, in their order in memory. */
enum
{
  TRACE_I,
  TRACE_F,
  TRACE_G,
  TRACE_O,
  TRACE_H,
  TRACE_C,
  TRACE_DH,
  TRACE_DC,
};

static const AnmTraceInfo traces[] = {
  [TRACE_I] = { "i", N_("Input gate"), TRUE, FALSE },
  [TRACE_F] = { "f", N_("Forget gate"), TRUE, FALSE },
  [TRACE_G] = { "g", N_("Candidate"), FALSE, FALSE },
  [TRACE_O] = { "o", N_("Output gate"), TRUE, FALSE },
  [TRACE_H] = { "h", N_("Hidden state"), FALSE, FALSE },
  [TRACE_C] = { "c", N_("Cell"), FALSE, FALSE },
  [TRACE_DH] = { "dL/dh", N_("Gradient of the hidden state"), FALSE, TRUE },
  [TRACE_DC] = { "dL/dc", N_("Gradient of the cell"), FALSE, TRUE },
};

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmRecurrentState *state = (const AnmRecurrentState *) base;

  switch (index)
    {
    case TRACE_H:
      _anm_recurrent_read_hidden (state, pass, row, values);
      break;
    case TRACE_C:
      _anm_recurrent_read_plane (state, pass, state->c, row, values);
      break;
    case TRACE_DH:
      _anm_recurrent_read_plane (state, pass, state->dh_trace, row, values);
      break;
    case TRACE_DC:
      _anm_recurrent_read_plane (state, pass, state->dc_trace, row, values);
      break;
    default:
      _anm_recurrent_read_gates (state, pass, index * state->n_units, row, values);
      break;
    }
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  static const char *const summaries[N_GATES] = {
    N_("how much of the new goes in"), N_("how much of the old stays"), N_("what the new would be"), N_("how much is shown outside"),
  };

  _anm_cell_add_state (cell, "h");
  _anm_cell_add_state (cell, "c");
  for (guint gate = 0; gate < N_GATES; gate++)
    {
      _anm_cell_begin (cell, traces[gate].symbol, traces[gate].label, summaries[gate], gate == TRACE_G ? ANM_CELL_TANH : ANM_CELL_SIGMOID);
      _anm_cell_add_matrix (cell, 0, gate, "x");
      _anm_cell_add_matrix (cell, 1, gate, "h'");
      _anm_cell_add_bias (cell, 2, gate);
    }
  _anm_cell_begin (cell, "c", traces[TRACE_C].label, N_("the memory itself"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "f", "c'");
  _anm_cell_add_product (cell, "i", "g");
  _anm_cell_begin (cell, "tanh c", N_("Bent cell"), N_("the memory between -1 and 1"), ANM_CELL_TANH);
  _anm_cell_add_product (cell, NULL, "c");
  _anm_cell_begin (cell, "h", traces[TRACE_H].label, N_("what the next layer and the next step see"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "o", "tanh c");
  _anm_cell_set_keep (cell, "f");
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
