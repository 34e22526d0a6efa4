/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LSTM with layer normalisation, as in the supplement of Ba et al.:
 *
 *   i, f, g, o (sums) = LN (W x_t; s_x) + LN (U h_{t-1}; s_h) + b,   each LN over all four gates
 *   c_t  = sigmoid (f) * c_{t-1} + sigmoid (i) * tanh (g)
 *   c^_t = LN (c_t; s_c) + b_c
 *   h_t  = sigmoid (o) * tanh (c^_t)
 *
 * Parameters: those of the plain layer; kernel_scale s_x and recurrent_scale s_h
 * [4 units]; cell_scale s_c and cell_bias b_c [units].
 */
#include "engine/blas.h"
#include "engine/cell-private.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/normalized-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 4

enum
{
  KERNEL,
  RECURRENT_KERNEL,
  BIAS,
  KERNEL_SCALE,
  RECURRENT_SCALE,
  CELL_SCALE,
  CELL_BIAS,
};

/**
 * AnmNormalizedLstmState:
 * @x_sums, @h_sums: W x and U h
 * @cell: c, normalised
 * @bent: [packed][units] c^, then tanh (c^)
 * @dc: [rows][units] dL/dc_t as far as it comes from the next step
 * @d_output, @d_bent: [units] rows of one step
 * @d_bias: [4 units], @d_cell_bias: [units]
 */
typedef struct
{
  AnmRecurrentState recurrent;
  AnmNormalized     x_sums;
  AnmNormalized     h_sums;
  AnmNormalized     cell;
  anm_real         *bent;
  anm_real         *dc;
  anm_real         *d_output;
  anm_real         *d_bent;
  anm_real         *d_bias;
  anm_real         *d_cell_bias;
} AnmNormalizedLstmState;

typedef struct
{
  gsize kernel;               /* [inputs][4 units] */
  gsize recurrent;            /* [units][4 units] */
  gsize recurrent_transposed;
  gsize kernel_transposed;
  gsize rows;                 /* as they are: all parameters from the bias on */
  gsize size;
} Packing;

static Packing
get_packing (const AnmLayer *layer)
{
  gsize n = layer->n_units, n_inputs = layer->n_inputs, width = N_GATES * n;
  Packing packing = { .kernel = 0 };

  packing.recurrent = _anm_round_up (_anm_panels_size (width, n_inputs));
  packing.recurrent_transposed = packing.recurrent + _anm_round_up (_anm_panels_size (width, n));
  packing.kernel_transposed = packing.recurrent_transposed + _anm_round_up (_anm_panels_size (n, width));
  packing.rows = packing.kernel_transposed + _anm_round_up (_anm_panels_size (n_inputs, width));
  packing.size = packing.rows + layer->n_reals - layer->parameters[BIAS].offset;
  return packing;
}

static gsize
packed_size (const AnmLayer *layer)
{
  return get_packing (layer).size;
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  Packing packing = get_packing (layer);
  gsize n = layer->n_units, width = N_GATES * n, rows = layer->parameters[BIAS].offset;
  const anm_real *recurrent = parameters + layer->parameters[RECURRENT_KERNEL].offset;

  _anm_panels_fill (width, layer->n_inputs, parameters, width, packed + packing.kernel);
  _anm_panels_fill (width, n, recurrent, width, packed + packing.recurrent);
  _anm_panels_fill_transposed (n, width, recurrent, width, packed + packing.recurrent_transposed);
  _anm_panels_fill_transposed (layer->n_inputs, width, parameters, width, packed + packing.kernel_transposed);
  memcpy (packed + packing.rows, parameters + rows, (layer->n_reals - rows) * sizeof *packed);
}

/* A parameter that is packed as it is. */
static const anm_real *
get_row (const AnmLayer *layer, const AnmPass *pass, guint index)
{
  return pass->packed + get_packing (layer).rows + layer->parameters[index].offset - layer->parameters[BIAS].offset;
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmNormalizedLstmState *self = g_new0 (AnmNormalizedLstmState, 1);
  gsize max_packed = capacity->max_rows * capacity->max_steps, n_units = layer->n_units, width = N_GATES * n_units;

  _anm_recurrent_state_init (&self->recurrent, layer, capacity, layer->n_inputs, N_GATES * layer->n_units, TRUE);
  _anm_normalized_init (&self->x_sums, max_packed, 1, &width, capacity->with_backward);
  _anm_normalized_init (&self->h_sums, max_packed, 1, &width, capacity->with_backward);
  _anm_normalized_init (&self->cell, max_packed, 1, &n_units, capacity->with_backward);
  self->bent = _anm_allocate (max_packed * n_units);
  if (capacity->with_backward)
    {
      self->dc = _anm_allocate (capacity->max_rows * n_units);
      self->d_output = _anm_allocate (n_units);
      self->d_bent = _anm_allocate (n_units);
      self->d_bias = _anm_allocate (width);
      self->d_cell_bias = _anm_allocate (n_units);
    }
  return &self->recurrent.base;
}

static void
state_free (AnmLayerState *base)
{
  AnmNormalizedLstmState *self = (AnmNormalizedLstmState *) base;

  _anm_recurrent_state_clear (&self->recurrent);
  _anm_normalized_clear (&self->x_sums);
  _anm_normalized_clear (&self->h_sums);
  _anm_normalized_clear (&self->cell);
  _anm_release (self->bent);
  _anm_release (self->dc);
  _anm_release (self->d_output);
  _anm_release (self->d_bent);
  _anm_release (self->d_bias);
  _anm_release (self->d_cell_bias);
  g_free (self);
}

static void
forward_row (const AnmLayer *layer, AnmNormalizedLstmState *self, const AnmPass *pass, const AnmStep *step, guint r)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = state->n_units, row = step->first + r;
  anm_real *gates = _anm_recurrent_get_gates (state, row), *c = state->c + row * n_units, *bent = self->bent + row * n_units;
  anm_real *h = _anm_recurrent_get_h (state, step, r);

  _anm_normalized_forward (&self->x_sums, row, 0, get_row (layer, pass, KERNEL_SCALE), gates);
  _anm_normalized_forward (&self->h_sums, row, 0, get_row (layer, pass, RECURRENT_SCALE), gates);
  _anm_lstm_cells_forward (1, n_units, gates, 0, _anm_recurrent_get_c_previous (state, step, r), 0, c, bent, h, 0);

  /* That gave tanh (c), but it is c^ that is shown. */
  memcpy (_anm_normalized_get (&self->cell, row), c, n_units * sizeof *c);
  memcpy (bent, get_row (layer, pass, CELL_BIAS), n_units * sizeof *bent);
  _anm_normalized_forward (&self->cell, row, 0, get_row (layer, pass, CELL_SCALE), bent);
  _anm_activate (ANM_ACTIVATION_TANH, n_units, bent);
  _anm_multiply_row (n_units, gates + 3 * n_units, bent, h);
}

static void
forward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedLstmState *self = (AnmNormalizedLstmState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units, width = state->gate_columns;
  const anm_real *factors = _anm_recurrent_get_factors (state, step->first);

  _anm_multiply_panels (step->n_rows, width, state->n_inputs, factors, state->joined_stride, pass->packed + packing.kernel, FALSE,
                        _anm_normalized_get (&self->x_sums, step->first), width);
  _anm_multiply_panels (step->n_rows, width, n_units, factors + state->n_inputs, state->joined_stride, pass->packed + packing.recurrent, FALSE,
                        _anm_normalized_get (&self->h_sums, step->first), width);
  _anm_recurrent_start_sums (state, step, get_row (layer, pass, BIAS));
  for (guint r = 0; r < step->n_rows; r++)
    if (!_anm_is_skipped (pass, step->first + r))
      forward_row (layer, self, pass, step, r);
    else
      {
        _anm_recurrent_skip_forward (state, step, r);
        memset (self->bent + (step->first + r) * n_units, 0, n_units * sizeof (anm_real));
      }
}

/* From dL/dh: that of the output gate's sum, and what goes through c^ into @dc. */
static void
show_backward (const AnmLayer *layer, AnmNormalizedLstmState *self, const AnmPass *pass, gsize row, const anm_real *dh, anm_real *dc)
{
  gsize n_units = layer->n_units;
  const anm_real *output = _anm_recurrent_get_gates (&self->recurrent, row) + 3 * n_units, *bent = self->bent + row * n_units;

  _anm_multiply_row (n_units, dh, bent, self->d_output);
  _anm_activate_backward (ANM_ACTIVATION_SIGMOID, n_units, output, self->d_output);
  _anm_multiply_row (n_units, dh, output, self->d_bent);
  _anm_activate_backward (ANM_ACTIVATION_TANH, n_units, bent, self->d_bent);
  _anm_add_row (n_units, self->d_bent, self->d_cell_bias);
  _anm_normalized_backward (&self->cell, row, 0, get_row (layer, pass, CELL_SCALE), self->d_bent);
  _anm_add_row (n_units, _anm_normalized_get (&self->cell, row), dc);
}

static void
backward_row (const AnmLayer *layer, AnmNormalizedLstmState *self, const AnmPass *pass, const AnmStep *step, guint r)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = state->n_units, row = step->first + r;
  anm_real *gates = _anm_recurrent_get_gates (state, row), *dc = self->dc + r * n_units;
  anm_real *dc_total = state->dc_trace == NULL ? NULL : state->dc_trace + row * n_units;

  show_backward (layer, self, pass, row, state->dh + r * n_units, dc);
  /* With no dL/dh of its own: that has gone into dc already. */
  _anm_lstm_cells_backward (1, n_units, gates, 0, _anm_recurrent_get_c_previous (state, step, r), 0, self->bent + row * n_units,
                            state->zeros, dc, dc_total);
  memcpy (gates + 3 * n_units, self->d_output, n_units * sizeof *gates);
  _anm_normalized_backward (&self->x_sums, row, 0, get_row (layer, pass, KERNEL_SCALE), gates);
  _anm_normalized_backward (&self->h_sums, row, 0, get_row (layer, pass, RECURRENT_SCALE), gates);
}

static void
skip_backward (AnmNormalizedLstmState *self, const AnmStep *step, guint r)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = state->n_units, row = step->first + r;

  _anm_recurrent_skip_backward (state, step, r);
  _anm_normalized_skip (&self->x_sums, row);
  _anm_normalized_skip (&self->h_sums, row);
  if (state->dc_trace != NULL)
    memcpy (state->dc_trace + row * n_units, self->dc + r * n_units, n_units * sizeof (anm_real));
}

static void
backward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedLstmState *self = (AnmNormalizedLstmState *) state;
  gsize n_units = state->n_units;

  for (guint r = 0; r < step->n_rows; r++)
    {
      if (r >= step->n_going)
        memset (self->dc + r * n_units, 0, n_units * sizeof (anm_real));
      if (_anm_is_skipped (pass, step->first + r))
        skip_backward (self, step, r);
      else
        backward_row (layer, self, pass, step, r);
    }
  _anm_recurrent_send_sums_back (state, step, _anm_normalized_get (&self->h_sums, step->first), state->gate_columns, state->gate_columns,
                                 pass->packed + get_packing (layer).recurrent_transposed, FALSE);
  _anm_recurrent_cut_off (state, pass, step, self->dc);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  return _anm_recurrent_forward (layer, (AnmRecurrentState *) base, pass, forward_step);
}

static void
add_gradients (const AnmLayer *layer, AnmNormalizedLstmState *self, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentState *state = &self->recurrent;
  const AnmParameterSlice *slices = layer->parameters;
  gsize n_units = layer->n_units, width = state->gate_columns, n_packed = pass->input->n_packed;
  const anm_real *factors = _anm_recurrent_get_factors (state, 0);

  _anm_multiply_transposed (state->n_inputs, width, n_packed, factors, state->joined_stride, self->x_sums.values, width,
                            gradient, width, pass->scratch);
  _anm_multiply_transposed (n_units, width, n_packed, factors + state->n_inputs, state->joined_stride, self->h_sums.values, width,
                            gradient + slices[RECURRENT_KERNEL].offset, width, pass->scratch);
  memset (self->d_bias, 0, width * sizeof *self->d_bias);
  _anm_add_rows (n_packed, width, state->gates, state->gate_stride, self->d_bias);
  _anm_add_row (width, self->d_bias, gradient + slices[BIAS].offset);
  _anm_add_row (width, self->x_sums.d_scale, gradient + slices[KERNEL_SCALE].offset);
  _anm_add_row (width, self->h_sums.d_scale, gradient + slices[RECURRENT_SCALE].offset);
  _anm_add_row (n_units, self->cell.d_scale, gradient + slices[CELL_SCALE].offset);
  _anm_add_row (n_units, self->d_cell_bias, gradient + slices[CELL_BIAS].offset);
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmNormalizedLstmState *self = (AnmNormalizedLstmState *) base;
  AnmRecurrentState *state = &self->recurrent;

  _anm_normalized_begin_backward (&self->x_sums);
  _anm_normalized_begin_backward (&self->h_sums);
  _anm_normalized_begin_backward (&self->cell);
  memset (self->d_cell_bias, 0, layer->n_units * sizeof *self->d_cell_bias);
  if (!_anm_recurrent_backward (layer, state, pass, backward_step))
    return FALSE;
  add_gradients (layer, self, pass, gradient);
  if (base->input_gradient.values == NULL)
    return TRUE;
  _anm_multiply_panels (pass->input->n_packed, state->n_inputs, state->gate_columns, self->x_sums.values, state->gate_columns,
                        pass->packed + get_packing (layer).kernel_transposed, FALSE,
                        base->input_gradient.values, base->input_gradient.stride);
  _anm_recurrent_mask_input_gradient (state, pass);
  return TRUE;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  if (!_anm_lstm_class.lay_out (layer, values, error))
    return FALSE;
  _anm_layer_add_parameter (layer, "kernel_scale", ANM_PARAMETER_SCALE, 1, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "recurrent_scale", ANM_PARAMETER_SCALE, 1, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "cell_scale", ANM_PARAMETER_SCALE, 1, layer->n_units);
  _anm_layer_add_parameter (layer, "cell_bias", ANM_PARAMETER_BIAS, 1, layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  _anm_lstm_class.initialize (layer, seed, stream, parameters);
  _anm_normalized_initialize (layer, KERNEL_SCALE, parameters);
}

/* What is seen beside the plain layer's. */
static const AnmTraceInfo bent_trace = { "tanh c^", N_("Normalised cell, bent"), FALSE, FALSE };

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmNormalizedLstmState *self = (const AnmNormalizedLstmState *) base;

  if (index == _anm_lstm_class.n_traces)
    _anm_recurrent_read_plane (&self->recurrent, pass, self->bent, row, values);
  else
    _anm_lstm_class.read_trace (layer, base, pass, index, row, values);
}

static const AnmTraceInfo *
make_traces (void)
{
  guint n = _anm_lstm_class.n_traces;
  AnmTraceInfo *traces = g_new (AnmTraceInfo, n + 1);

  memcpy (traces, _anm_lstm_class.traces, n * sizeof *traces);
  traces[n] = bent_trace;
  return traces;
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  static const char *const gates[N_GATES] = { "i", "f", "g", "o" };
  static const char *const summaries[N_GATES] = {
    N_("how much of the new goes in"), N_("how much of the old stays"), N_("what the new would be"), N_("how much is shown outside"),
  };

  _anm_cell_add_state (cell, "h");
  _anm_cell_add_state (cell, "c");
  _anm_cell_begin_normalized (cell, "LN (W x)", N_GATES * layer->n_units);
  _anm_cell_add_matrix (cell, KERNEL, 0, "x");
  _anm_cell_begin_normalized (cell, "LN (U h')", N_GATES * layer->n_units);
  _anm_cell_add_matrix (cell, RECURRENT_KERNEL, 0, "h'");
  for (guint gate = 0; gate < N_GATES; gate++)
    {
      _anm_cell_begin (cell, gates[gate], _anm_cell_get_label (layer, gates[gate]), summaries[gate], gate == 2 ? ANM_CELL_TANH : ANM_CELL_SIGMOID);
      _anm_cell_add_scaled (cell, KERNEL_SCALE, gate, "LN (W x)", gate);
      _anm_cell_add_scaled (cell, RECURRENT_SCALE, gate, "LN (U h')", gate);
      _anm_cell_add_bias (cell, BIAS, gate);
    }
  _anm_cell_begin (cell, "c", _anm_cell_get_label (layer, "c"), N_("the memory itself"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "f", "c'");
  _anm_cell_add_product (cell, "i", "g");
  _anm_cell_begin_normalized (cell, "LN (c)", layer->n_units);
  _anm_cell_add_product (cell, NULL, "c");
  _anm_cell_begin (cell, "tanh c^", bent_trace.label, N_("the memory between -1 and 1"), ANM_CELL_TANH);
  _anm_cell_add_scaled (cell, CELL_SCALE, 0, "LN (c)", 0);
  _anm_cell_add_bias (cell, CELL_BIAS, 0);
  _anm_cell_begin (cell, "h", _anm_cell_get_label (layer, "h"), N_("what the next layer and the next step see"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "o", "tanh c^");
  _anm_cell_set_keep (cell, "f");
}

const AnmLayerClass *
_anm_normalized_lstm_class (void)
{
  static AnmLayerClass klass;
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      ANM_NORMALIZE_CLASS (klass, _anm_lstm_class);
      klass.traces = make_traces ();
      klass.n_traces++;
      klass.read_trace = read_trace;
      g_once_init_leave (&is_made, 1);
    }
  return &klass;
}
