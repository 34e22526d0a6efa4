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
#include "engine/bidirectional.h"
#include "engine/blas.h"
#include "engine/cell-private.h"
#include "engine/initializer.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/normalized-private.h"
#include "engine/recurrent-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 3

typedef struct
{
  AnmLayer layer;
  gboolean reset_after;
  AnmGateInitializers initializers;
} AnmGru;

/*
 * reset_after keeps the two parts of h~'s sum apart, because r stands between
 * them: four blocks of columns [n_h | z | r | n_x]. The recurrent kernel makes
 * the first three, the kernel the last three, so each is one product; its
 * packed copy has the columns in that order. Otherwise [z | r | n].
 */
typedef struct
{
  AnmRecurrentState recurrent;
  anm_real         *reset_h;   /* reset_after=false: [packed][units] r_t * h_{t-1} */
  anm_real         *d_reset_h; /* [rows][units] */
  anm_real         *sums;      /* reset_after: [units][3 units] and a row: gradients in packed order */
  gboolean          has_inputs; /* the sums of the pass's steps have their part of x already */
} AnmGruState;

static const AnmArgument arguments[] = {
  ANM_UNITS_ARGUMENT (32, N_("How many numbers the hidden state has.")),
  ANM_RETURN_SEQUENCES_ARGUMENT,
  {
      .name = "reset_after",
      .kind = ANM_ARGUMENT_FLAG,
      .maximum = 1,
      .fallback = 1,
      .label = N_("Reset after the product"),
      .summary = N_("Apply the reset gate after the recurrent product, as cuDNN, PyTorch and Keras do; otherwise before it, as in the original paper."),
  },
  ANM_GATE_INITIALIZER_ARGUMENT,
  ANM_KERNEL_INITIALIZER_ARGUMENT,
  ANM_RECURRENT_INITIALIZER_ARGUMENTS,
  ANM_BIDIRECTIONAL_ARGUMENT,
  ANM_DROPOUT_ARGUMENTS,
  ANM_LAYER_NORM_ARGUMENT,
  ANM_FROZEN_ARGUMENT,
};

gboolean
_anm_gru_get_reset_after (const AnmLayer *layer)
{
  return ((const AnmGru *) layer)->reset_after;
}

static const AnmLayerClass *
choose (const double *values)
{
  gboolean normalizes = _anm_layer_class_get_value (&_anm_gru_class, values, "layer_norm") != 0.0;

  return normalizes ? _anm_normalized_gru_class () : &_anm_gru_class;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmGru *self = (AnmGru *) layer;

  _anm_recurrent_read_arguments (layer, values);
  self->reset_after = _anm_layer_class_get_value (layer->klass, values, "reset_after") != 0.0;
  _anm_gate_initializers_read (&self->initializers, layer->klass, values);
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

  _anm_gate_initializers_draw (&self->initializers, seed, stream, layer->n_inputs, layer->n_units, N_GATES,
                               parameters + slices[0].offset, parameters + slices[1].offset);
  for (gsize j = slices[2].offset; j < layer->n_reals; j++)
    parameters[j] = 0;
}

/*
 * The packed copies. The recurrent kernel is one product for reset_after, with
 * the columns [h | z | r]; otherwise two, [z | r] and [h], because the second
 * waits for the first.
 */
typedef struct
{
  gsize kernel;               /* [inputs][3 units] */
  gsize recurrent;            /* [units][3 units] or [units][2 units] */
  gsize candidate;            /* [units][units], not for reset_after */
  gsize bias;                 /* [gate columns], what the sums start from */
  gsize recurrent_transposed; /* [3 units][units] or [2 units][units] */
  gsize candidate_transposed; /* [units][units], not for reset_after */
  gsize kernel_transposed;    /* [3 units][inputs] */
  gsize rotated;              /* [units][3 units] not in panels, for reset_after */
  gsize size;
} AnmGruPacking;

static AnmGruPacking
get_packing (const AnmLayer *layer)
{
  gboolean reset_after = ((const AnmGru *) layer)->reset_after;
  gsize n_units = layer->n_units, n_inputs = layer->n_inputs;
  gsize width = (reset_after ? 3 : 2) * n_units;
  gsize candidate_size = reset_after ? 0 : _anm_round_up (_anm_panels_size (n_units, n_units));
  AnmGruPacking packing = { .kernel = 0 };

  packing.recurrent = _anm_round_up (_anm_panels_size (N_GATES * n_units, n_inputs));
  packing.candidate = packing.recurrent + _anm_round_up (_anm_panels_size (width, n_units));
  packing.bias = packing.candidate + candidate_size;
  packing.recurrent_transposed = packing.bias + _anm_round_up ((N_GATES + 1) * n_units);
  packing.candidate_transposed = packing.recurrent_transposed + _anm_round_up (_anm_panels_size (n_units, width));
  packing.kernel_transposed = packing.candidate_transposed + candidate_size;
  packing.rotated = packing.kernel_transposed + _anm_round_up (_anm_panels_size (n_inputs, N_GATES * n_units));
  packing.size = packing.rotated + (reset_after ? N_GATES * n_units * n_units : 0);
  return packing;
}

static gsize
packed_size (const AnmLayer *layer)
{
  return get_packing (layer).size;
}

/* [z | r | h] to [h | z | r] */
static void
rotate_columns (gsize n_rows, gsize n_units, const anm_real *from, anm_real *to)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      memcpy (to + i * 3 * n_units, from + (i * 3 + 2) * n_units, n_units * sizeof *to);
      memcpy (to + (i * 3 + 1) * n_units, from + i * 3 * n_units, 2 * n_units * sizeof *to);
    }
}

static void
pack_reset_after (const AnmLayer *layer, const AnmGruPacking *packing, const anm_real *parameters, anm_real *packed)
{
  gsize n_units = layer->n_units;
  anm_real *rotated = packed + packing->rotated;
  anm_real *sums = packed + packing->bias;

  rotate_columns (n_units, n_units, parameters + layer->parameters[1].offset, rotated);
  _anm_panels_fill (N_GATES * n_units, n_units, rotated, N_GATES * n_units, packed + packing->recurrent);
  _anm_panels_fill_transposed (n_units, N_GATES * n_units, rotated, N_GATES * n_units, packed + packing->recurrent_transposed);
  rotate_columns (1, n_units, parameters + layer->parameters[3].offset, sums);
  memset (sums + N_GATES * n_units, 0, n_units * sizeof *sums);
  _anm_add_row (N_GATES * n_units, parameters + layer->parameters[2].offset, sums + n_units);
}

static void
pack_reset_before (const AnmLayer *layer, const AnmGruPacking *packing, const anm_real *parameters, anm_real *packed)
{
  gsize n_units = layer->n_units;
  const anm_real *recurrent = parameters + layer->parameters[1].offset;
  const anm_real *candidate = recurrent + 2 * n_units;

  _anm_panels_fill (2 * n_units, n_units, recurrent, N_GATES * n_units, packed + packing->recurrent);
  _anm_panels_fill (n_units, n_units, candidate, N_GATES * n_units, packed + packing->candidate);
  _anm_panels_fill_transposed (n_units, 2 * n_units, recurrent, N_GATES * n_units, packed + packing->recurrent_transposed);
  _anm_panels_fill_transposed (n_units, n_units, candidate, N_GATES * n_units, packed + packing->candidate_transposed);
  memcpy (packed + packing->bias, parameters + layer->parameters[2].offset, N_GATES * n_units * sizeof *packed);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  AnmGruPacking packing = get_packing (layer);
  gsize width = N_GATES * (gsize) layer->n_units;

  _anm_panels_fill (width, layer->n_inputs, parameters, width, packed + packing.kernel);
  _anm_panels_fill_transposed (layer->n_inputs, width, parameters, width, packed + packing.kernel_transposed);
  if (((const AnmGru *) layer)->reset_after)
    pack_reset_after (layer, &packing, parameters, packed);
  else
    pack_reset_before (layer, &packing, parameters, packed);
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  const AnmGru *self = (const AnmGru *) layer;
  AnmGruState *state = g_new0 (AnmGruState, 1);
  gsize n_units = layer->n_units;

  _anm_recurrent_state_init (&state->recurrent, layer, capacity, layer->n_inputs, (guint) (self->reset_after ? N_GATES + 1 : N_GATES) * layer->n_units, FALSE);
  if (!self->reset_after)
    state->reset_h = _anm_allocate (capacity->max_rows * capacity->max_steps * n_units);
  if (capacity->with_backward && !self->reset_after)
    state->d_reset_h = _anm_allocate (capacity->max_rows * n_units);
  if (capacity->with_backward)
    state->sums = _anm_allocate ((N_GATES + 1) * n_units);
  return &state->recurrent.base;
}

static void
state_free (AnmLayerState *base)
{
  AnmGruState *state = (AnmGruState *) base;

  _anm_recurrent_state_clear (&state->recurrent);
  _anm_release (state->reset_h);
  _anm_release (state->d_reset_h);
  _anm_release (state->sums);
  g_free (state);
}

/* The sums of so few rows a step wait for the weights: the part of x of all steps at once reads them once. */
#define FEW_ROWS 4

/* The sums of @step's rows as far as they don't need its state: biases and the part of x. */
static void
start_sums (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmGruPacking packing = get_packing (layer);
  gsize column = ((const AnmGru *) layer)->reset_after ? state->n_units : 0;

  _anm_recurrent_start_sums (state, step, pass->packed + packing.bias);
  _anm_recurrent_add_product (state, step, column, N_GATES * (gsize) state->n_units, _anm_recurrent_get_factors (state, step->first),
                              state->joined_stride, state->n_inputs, pass->packed + packing.kernel);
}

static void
start_all_sums (const AnmLayer *layer, AnmGruState *self, const AnmPass *pass)
{
  const AnmStep all = { .n_rows = (guint) pass->input->n_packed };

  self->has_inputs = pass->input->n_packed < FEW_ROWS * (gsize) pass->input->n_steps && pass->rates.dropout <= 0.0
                     && pass->rates.recurrent_dropout <= 0.0;
  if (!self->has_inputs)
    return;
  self->recurrent.drops = FALSE;
  start_sums (layer, &self->recurrent, pass, &all);
}

static void
forward_step_reset_after (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmGruPacking packing = get_packing (layer);
  gsize n_units = state->n_units;

  if (!((AnmGruState *) state)->has_inputs)
    start_sums (layer, state, pass, step);
  _anm_recurrent_add_product (state, step, 0, N_GATES * n_units, _anm_recurrent_get_factors (state, step->first) + state->n_inputs,
                              state->joined_stride, n_units, pass->packed + packing.recurrent);
  for (AnmRun run = { 0 }; _anm_recurrent_next_run (state, pass, step, &run);)
    {
      gsize row = step->first + run.first;

      _anm_gru_cells_forward (run.n_rows, n_units, _anm_recurrent_get_gates (state, row), state->gate_stride,
                              _anm_recurrent_get_h_previous (state, row), state->joined_stride,
                              _anm_recurrent_get_h (state, step, run.first), run.h_stride);
    }
  _anm_recurrent_skip_rows_forward (state, pass, step);
}

static void
backward_step_reset_after (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  gsize n_units = state->n_units;

  for (AnmRun run = { 0 }; _anm_recurrent_next_run (state, pass, step, &run);)
    {
      gsize row = step->first + run.first;

      _anm_gru_cells_backward (run.n_rows, n_units, _anm_recurrent_get_gates (state, row), state->gate_stride,
                               _anm_recurrent_get_h_previous (state, row), state->joined_stride,
                               state->dh + run.first * n_units, state->carried + run.first * n_units);
    }
  _anm_recurrent_skip_rows_backward (state, pass, step);
  _anm_recurrent_send_back (state, step, N_GATES * n_units, pass->packed + get_packing (layer).recurrent_transposed, TRUE);
}

static void
forward_step_reset_before (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmGruPacking packing = get_packing (layer);
  gsize n_units = state->n_units;
  anm_real *reset_h = ((AnmGruState *) state)->reset_h;

  if (!((AnmGruState *) state)->has_inputs)
    start_sums (layer, state, pass, step);
  _anm_recurrent_add_product (state, step, 0, 2 * n_units, _anm_recurrent_get_factors (state, step->first) + state->n_inputs,
                              state->joined_stride, n_units, pass->packed + packing.recurrent);
  for (guint r = 0; r < step->n_rows; r++)
    _anm_gru_reset_forward (n_units, _anm_recurrent_get_gates (state, step->first + r),
                            _anm_recurrent_get_h_previous (state, step->first + r), reset_h + (step->first + r) * n_units);
  _anm_recurrent_mask_rows (state, step->n_rows, reset_h + step->first * n_units);
  _anm_recurrent_add_product (state, step, 2 * n_units, n_units, reset_h + step->first * n_units, n_units,
               n_units, pass->packed + packing.candidate);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;

      if (_anm_is_skipped (pass, row))
        _anm_recurrent_skip_forward (state, step, r);
      else
        _anm_gru_update_forward (n_units, _anm_recurrent_get_gates (state, row),
                                 _anm_recurrent_get_h_previous (state, row), _anm_recurrent_get_h (state, step, r));
    }
}

static void
backward_step_reset_before (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  gsize n_units = state->n_units;
  anm_real *d_reset_h = ((AnmGruState *) state)->d_reset_h;
  AnmGruPacking packing = get_packing (layer);
  anm_real *gates = _anm_recurrent_get_gates (state, step->first);

  for (guint r = 0; r < step->n_rows; r++)
    if (_anm_is_skipped (pass, step->first + r))
      _anm_recurrent_skip_backward (state, step, r);
    else
      _anm_gru_update_backward (n_units, gates + r * state->gate_stride, _anm_recurrent_get_h_previous (state, step->first + r),
                                state->dh + r * n_units, state->carried + r * n_units);
  _anm_multiply_panels (step->n_rows, n_units, n_units, gates + 2 * n_units, state->gate_stride,
                        pass->packed + packing.candidate_transposed, FALSE, d_reset_h, n_units);
  _anm_recurrent_mask_rows (state, step->n_rows, d_reset_h);
  for (guint r = 0; r < step->n_rows; r++)
    if (!_anm_is_skipped (pass, step->first + r))
      _anm_gru_reset_backward (n_units, gates + r * state->gate_stride, _anm_recurrent_get_h_previous (state, step->first + r),
                               d_reset_h + r * n_units, state->carried + r * n_units);
  _anm_recurrent_send_back (state, step, 2 * n_units, pass->packed + packing.recurrent_transposed, TRUE);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  start_all_sums (layer, (AnmGruState *) base, pass);
  return _anm_recurrent_forward (layer, (AnmRecurrentState *) base, pass,
                                 ((const AnmGru *) layer)->reset_after ? forward_step_reset_after : forward_step_reset_before);
}

/* gradient [depth][3 units], columns from @column on, += left^T (columns of dL/d(sums) from @gate_column on) */
static void
add_kernel_gradient (AnmRecurrentState *state, const AnmPass *pass, const anm_real *left, gsize left_stride, gsize depth,
                     gsize gate_column, gsize n_columns, anm_real *gradient, gsize column)
{
  _anm_multiply_transposed (depth, n_columns, pass->input->n_packed, left, left_stride,
                            state->gates + gate_column, state->gate_stride,
                            gradient + column, N_GATES * (gsize) state->n_units, pass->scratch);
}

static void
add_gradients_reset_after (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, anm_real *gradient)
{
  gsize n_units = state->n_units;
  const anm_real *x = _anm_recurrent_get_factors (state, 0), *h_previous = x + state->n_inputs;
  anm_real *recurrent = gradient + layer->parameters[1].offset;
  anm_real *recurrent_bias = gradient + layer->parameters[3].offset;
  anm_real *sums = ((AnmGruState *) state)->sums;

  add_kernel_gradient (state, pass, x, state->joined_stride, state->n_inputs, n_units, N_GATES * n_units, gradient, 0);
  add_kernel_gradient (state, pass, h_previous, state->joined_stride, n_units, n_units, 2 * n_units, recurrent, 0);
  add_kernel_gradient (state, pass, h_previous, state->joined_stride, n_units, 0, n_units, recurrent, 2 * n_units);

  memset (sums, 0, state->gate_columns * sizeof *sums);
  _anm_add_rows (pass->input->n_packed, state->gate_columns, state->gates, state->gate_stride, sums);
  _anm_add_row (N_GATES * n_units, sums + n_units, gradient + layer->parameters[2].offset);
  _anm_add_row (2 * n_units, sums + n_units, recurrent_bias);
  _anm_add_row (n_units, sums, recurrent_bias + 2 * n_units);
}

static void
add_gradients_reset_before (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, anm_real *gradient)
{
  gsize n_units = state->n_units;
  const anm_real *x = _anm_recurrent_get_factors (state, 0);
  anm_real *recurrent = gradient + layer->parameters[1].offset;
  anm_real *sums = ((AnmGruState *) state)->sums;

  add_kernel_gradient (state, pass, x, state->joined_stride, state->n_inputs, 0, N_GATES * n_units, gradient, 0);
  add_kernel_gradient (state, pass, x + state->n_inputs, state->joined_stride, n_units, 0, 2 * n_units, recurrent, 0);
  add_kernel_gradient (state, pass, ((AnmGruState *) state)->reset_h, n_units, n_units, 2 * n_units, n_units, recurrent, 2 * n_units);

  memset (sums, 0, state->gate_columns * sizeof *sums);
  _anm_add_rows (pass->input->n_packed, state->gate_columns, state->gates, state->gate_stride, sums);
  _anm_add_row (N_GATES * n_units, sums, gradient + layer->parameters[2].offset);
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentState *state = (AnmRecurrentState *) base;
  gboolean reset_after = ((const AnmGru *) layer)->reset_after;

  if (!_anm_recurrent_backward (layer, state, pass, reset_after ? backward_step_reset_after : backward_step_reset_before))
    return FALSE;
  if (reset_after && !pass->is_looked_at)
    add_gradients_reset_after (layer, state, pass, gradient);
  else if (!pass->is_looked_at)
    add_gradients_reset_before (layer, state, pass, gradient);
  if (base->input_gradient.values == NULL)
    return TRUE;
  _anm_multiply_panels (pass->input->n_packed, state->n_inputs, N_GATES * (gsize) state->n_units,
                        state->gates + (reset_after ? state->n_units : 0), state->gate_stride,
                        pass->packed + get_packing (layer).kernel_transposed, FALSE,
                        base->input_gradient.values, base->input_gradient.stride);
  _anm_recurrent_mask_input_gradient (state, pass);
  return TRUE;
}

enum
{
  TRACE_Z,
  TRACE_R,
  TRACE_CANDIDATE,
  TRACE_H,
  TRACE_DH,
};

static const AnmTraceInfo traces[] = {
  [TRACE_Z] = { "z", N_("Update gate"), TRUE, FALSE },
  [TRACE_R] = { "r", N_("Reset gate"), TRUE, FALSE },
  [TRACE_CANDIDATE] = { "h~", N_("Candidate"), FALSE, FALSE },
  [TRACE_H] = { "h", N_("Hidden state"), FALSE, FALSE },
  [TRACE_DH] = { "dL/dh", N_("Gradient of the hidden state"), FALSE, TRUE },
};

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmRecurrentState *state = (const AnmRecurrentState *) base;
  gsize first = ((const AnmGru *) layer)->reset_after ? state->n_units : 0;

  switch (index)
    {
    case TRACE_H:
      _anm_recurrent_read_hidden (state, pass, row, values);
      break;
    case TRACE_DH:
      _anm_recurrent_read_plane (state, pass, state->dh_trace, row, values);
      break;
    default:
      _anm_recurrent_read_gates (state, pass, first + index * state->n_units, row, values);
      break;
    }
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  static const char *const summaries[] = { N_("how much is renewed"), N_("how much of the old the candidate sees") };
  gboolean reset_after = ((const AnmGru *) layer)->reset_after;

  _anm_cell_add_state (cell, "h");
  for (guint gate = 0; gate < 2; gate++)
    {
      _anm_cell_begin (cell, traces[gate].symbol, traces[gate].label, summaries[gate], ANM_CELL_SIGMOID);
      _anm_cell_add_matrix (cell, 0, gate, "x");
      _anm_cell_add_matrix (cell, 1, gate, "h'");
      _anm_cell_add_bias (cell, 2, gate);
      if (reset_after)
        _anm_cell_add_bias (cell, 3, gate);
    }
  if (!reset_after)
    {
      _anm_cell_begin (cell, "r h'", N_("Reset state"), N_("what is left of the old for the candidate"), ANM_CELL_LINEAR);
      _anm_cell_add_product (cell, "r", "h'");
    }
  _anm_cell_begin (cell, "h~", traces[TRACE_CANDIDATE].label, N_("what the new would be"), ANM_CELL_TANH);
  _anm_cell_add_matrix (cell, 0, 2, "x");
  _anm_cell_add_bias (cell, 2, 2);
  _anm_cell_add_matrix (cell, 1, 2, reset_after ? "h'" : "r h'");
  if (reset_after)
    {
      _anm_cell_times (cell, "r");
      _anm_cell_add_bias (cell, 3, 2);
      _anm_cell_times (cell, "r");
    }
  _anm_cell_begin (cell, "h", traces[TRACE_H].label, N_("what the next layer and the next step see"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "1-z", "h'");
  _anm_cell_add_product (cell, "z", "h~");
  _anm_cell_set_keep (cell, "1-z");
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
