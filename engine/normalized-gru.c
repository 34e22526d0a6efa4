/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GRU with layer normalisation, as in the supplement of Ba et al.; each LN is
 * over z and r together, or over h~ alone, each with its part of the scales:
 *
 *   z, r (sums) = LN (W_zr x_t; s_x) + LN (U_zr h_{t-1}; s_h) + b + b'
 *   h~_t = tanh (LN (W_h x_t; s_x) + b_h + r_t * (LN (U_h h_{t-1}; s_h) + b'_h))    reset_after
 *   h~_t = tanh (LN (W_h x_t; s_x) + b_h + LN (U_h (r_t * h_{t-1}); s_h))           reset_after=false
 *   h_t  = (1 - z_t) * h_{t-1} + z_t * h~_t
 *
 * Parameters: those of the plain layer; kernel_scale s_x and recurrent_scale s_h
 * [3 units], in the order z, r, h.
 */
#include "engine/blas.h"
#include "engine/cell-private.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/normalized-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 3

enum
{
  KERNEL,
  RECURRENT_KERNEL,
  BIAS,
  RECURRENT_BIAS, /* reset_after only */
};

/* Blocks of sums that are normalised together. */
enum
{
  BLOCK_GATES,
  BLOCK_CANDIDATE,
};

/*
 * As in the plain layer, gates are [n_h | z | r | n_x] for reset_after and
 * [z | r | n] otherwise. x_sums are [z | r | h]; h_sums are [h | z | r] and
 * [z | r | h], as the gates are.
 */
typedef struct
{
  AnmRecurrentState recurrent;
  AnmNormalized     x_sums;
  AnmNormalized     h_sums;
  anm_real         *reset_h;   /* reset_after=false: [packed][units] r_t * h_{t-1} */
  anm_real         *d_reset_h; /* [rows][units] */
  anm_real         *sums;      /* [4 units] a row */
} AnmNormalizedGruState;

typedef struct
{
  gsize kernel;               /* [inputs][3 units] */
  gsize recurrent;            /* [units][3 units] h, z, r; or [units][2 units] */
  gsize candidate;            /* [units][units], not for reset_after */
  gsize recurrent_transposed;
  gsize candidate_transposed;
  gsize kernel_transposed;
  gsize bias;                 /* [4 units], what the gates start from */
  gsize kernel_scale;         /* [3 units] */
  gsize recurrent_scale;      /* [3 units], as h_sums are */
  gsize rotated;              /* [units][3 units] not in panels, for reset_after */
  gsize size;
} Packing;

static Packing
get_packing (const AnmLayer *layer)
{
  gboolean reset_after = _anm_gru_get_reset_after (layer);
  gsize n = layer->n_units, n_inputs = layer->n_inputs, width = (reset_after ? N_GATES : 2) * n;
  gsize candidate_size = reset_after ? 0 : _anm_round_up (_anm_panels_size (n, n));
  Packing packing = { .kernel = 0 };

  packing.recurrent = _anm_round_up (_anm_panels_size (N_GATES * n, n_inputs));
  packing.candidate = packing.recurrent + _anm_round_up (_anm_panels_size (width, n));
  packing.recurrent_transposed = packing.candidate + candidate_size;
  packing.candidate_transposed = packing.recurrent_transposed + _anm_round_up (_anm_panels_size (n, width));
  packing.kernel_transposed = packing.candidate_transposed + candidate_size;
  packing.bias = packing.kernel_transposed + _anm_round_up (_anm_panels_size (n_inputs, N_GATES * n));
  packing.kernel_scale = packing.bias + _anm_round_up ((N_GATES + 1) * n);
  packing.recurrent_scale = packing.kernel_scale + _anm_round_up (N_GATES * n);
  packing.rotated = packing.recurrent_scale + _anm_round_up (N_GATES * n);
  packing.size = packing.rotated + (reset_after ? N_GATES * n * n : 0);
  return packing;
}

static gsize
packed_size (const AnmLayer *layer)
{
  return get_packing (layer).size;
}

static guint
get_scale_index (const AnmLayer *layer)
{
  return layer->n_parameters - 2;
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
pack_reset_after (const AnmLayer *layer, const Packing *packing, const anm_real *parameters, anm_real *packed)
{
  gsize n = layer->n_units;
  anm_real *rotated = packed + packing->rotated, *sums = packed + packing->bias;

  rotate_columns (n, n, parameters + layer->parameters[RECURRENT_KERNEL].offset, rotated);
  _anm_panels_fill (N_GATES * n, n, rotated, N_GATES * n, packed + packing->recurrent);
  _anm_panels_fill_transposed (n, N_GATES * n, rotated, N_GATES * n, packed + packing->recurrent_transposed);
  rotate_columns (1, n, parameters + layer->parameters[RECURRENT_BIAS].offset, sums);
  memset (sums + N_GATES * n, 0, n * sizeof *sums);
  _anm_add_row (N_GATES * n, parameters + layer->parameters[BIAS].offset, sums + n);
  rotate_columns (1, n, parameters + layer->parameters[get_scale_index (layer) + 1].offset, packed + packing->recurrent_scale);
}

static void
pack_reset_before (const AnmLayer *layer, const Packing *packing, const anm_real *parameters, anm_real *packed)
{
  gsize n = layer->n_units, width = N_GATES * n;
  const anm_real *recurrent = parameters + layer->parameters[RECURRENT_KERNEL].offset;

  _anm_panels_fill (2 * n, n, recurrent, width, packed + packing->recurrent);
  _anm_panels_fill (n, n, recurrent + 2 * n, width, packed + packing->candidate);
  _anm_panels_fill_transposed (n, 2 * n, recurrent, width, packed + packing->recurrent_transposed);
  _anm_panels_fill_transposed (n, n, recurrent + 2 * n, width, packed + packing->candidate_transposed);
  memcpy (packed + packing->bias, parameters + layer->parameters[BIAS].offset, width * sizeof *packed);
  memcpy (packed + packing->recurrent_scale, parameters + layer->parameters[get_scale_index (layer) + 1].offset, width * sizeof *packed);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  Packing packing = get_packing (layer);
  gsize width = N_GATES * (gsize) layer->n_units;

  _anm_panels_fill (width, layer->n_inputs, parameters, width, packed + packing.kernel);
  _anm_panels_fill_transposed (layer->n_inputs, width, parameters, width, packed + packing.kernel_transposed);
  memcpy (packed + packing.kernel_scale, parameters + layer->parameters[get_scale_index (layer)].offset, width * sizeof *packed);
  if (_anm_gru_get_reset_after (layer))
    pack_reset_after (layer, &packing, parameters, packed);
  else
    pack_reset_before (layer, &packing, parameters, packed);
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmNormalizedGruState *self = g_new0 (AnmNormalizedGruState, 1);
  gboolean reset_after = _anm_gru_get_reset_after (layer);
  gsize max_packed = capacity->max_rows * capacity->max_steps, n = layer->n_units;
  const gsize gates_first[] = { 2 * n, 3 * n }, candidate_first[] = { n, 3 * n };

  _anm_recurrent_state_init (&self->recurrent, layer, capacity, layer->n_inputs, (guint) (reset_after ? N_GATES + 1 : N_GATES) * layer->n_units, FALSE);
  _anm_normalized_init (&self->x_sums, max_packed, 2, gates_first, capacity->with_backward);
  _anm_normalized_init (&self->h_sums, max_packed, 2, reset_after ? candidate_first : gates_first, capacity->with_backward);
  if (!reset_after)
    self->reset_h = _anm_allocate (max_packed * n);
  if (capacity->with_backward)
    {
      self->d_reset_h = _anm_allocate (capacity->max_rows * n);
      self->sums = _anm_allocate ((N_GATES + 1) * n);
    }
  return &self->recurrent.base;
}

static void
state_free (AnmLayerState *base)
{
  AnmNormalizedGruState *self = (AnmNormalizedGruState *) base;

  _anm_recurrent_state_clear (&self->recurrent);
  _anm_normalized_clear (&self->x_sums);
  _anm_normalized_clear (&self->h_sums);
  _anm_release (self->reset_h);
  _anm_release (self->d_reset_h);
  _anm_release (self->sums);
  g_free (self);
}

/* Sums of the step's rows: W x whole, and of U h the @n_columns first. */
static void
multiply (AnmNormalizedGruState *self, const AnmPass *pass, const AnmStep *step, const Packing *packing, gsize n_columns)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = state->n_units, width = N_GATES * n_units;
  const anm_real *factors = _anm_recurrent_get_factors (state, step->first);

  _anm_multiply_panels (step->n_rows, width, state->n_inputs, factors, state->joined_stride, pass->packed + packing->kernel, FALSE,
                        _anm_normalized_get (&self->x_sums, step->first), width);
  _anm_multiply_panels (step->n_rows, n_columns, n_units, factors + state->n_inputs, state->joined_stride, pass->packed + packing->recurrent, FALSE,
                        _anm_normalized_get (&self->h_sums, step->first), width);
  _anm_recurrent_start_sums (state, step, pass->packed + packing->bias);
}

static void
forward_step_reset_after (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedGruState *self = (AnmNormalizedGruState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units;

  multiply (self, pass, step, &packing, N_GATES * n_units);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *gates = _anm_recurrent_get_gates (state, row);

      if (_anm_is_skipped (pass, row))
        {
          _anm_recurrent_skip_forward (state, step, r);
          continue;
        }
      for (guint block = 0; block < 2; block++)
        {
          _anm_normalized_forward (&self->x_sums, row, block, pass->packed + packing.kernel_scale, gates + n_units);
          _anm_normalized_forward (&self->h_sums, row, block, pass->packed + packing.recurrent_scale, gates);
        }
      _anm_gru_cells_forward (1, n_units, gates, 0, _anm_recurrent_get_h_previous (state, row), 0, _anm_recurrent_get_h (state, step, r), 0);
    }
}

static void
skip_backward (AnmNormalizedGruState *self, const AnmStep *step, guint r)
{
  _anm_recurrent_skip_backward (&self->recurrent, step, r);
  _anm_normalized_skip (&self->x_sums, step->first + r);
  _anm_normalized_skip (&self->h_sums, step->first + r);
}

static void
backward_step_reset_after (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedGruState *self = (AnmNormalizedGruState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units, width = N_GATES * n_units;

  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *gates = _anm_recurrent_get_gates (state, row);

      if (_anm_is_skipped (pass, row))
        {
          skip_backward (self, step, r);
          continue;
        }
      _anm_gru_cells_backward (1, n_units, gates, 0, _anm_recurrent_get_h_previous (state, row), 0,
                               state->dh + r * n_units, state->carried + r * n_units);
      for (guint block = 0; block < 2; block++)
        {
          _anm_normalized_backward (&self->x_sums, row, block, pass->packed + packing.kernel_scale, gates + n_units);
          _anm_normalized_backward (&self->h_sums, row, block, pass->packed + packing.recurrent_scale, gates);
        }
    }
  _anm_recurrent_send_sums_back (state, step, _anm_normalized_get (&self->h_sums, step->first), width, width,
                                 pass->packed + packing.recurrent_transposed, TRUE);
}

static void
forward_step_reset_before (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedGruState *self = (AnmNormalizedGruState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units, width = N_GATES * n_units;
  anm_real *reset_h = self->reset_h + step->first * n_units;

  multiply (self, pass, step, &packing, 2 * n_units);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *gates = _anm_recurrent_get_gates (state, row);

      for (guint block = 0; block < 2; block++)
        _anm_normalized_forward (&self->x_sums, row, block, pass->packed + packing.kernel_scale, gates);
      _anm_normalized_forward (&self->h_sums, row, BLOCK_GATES, pass->packed + packing.recurrent_scale, gates);
      _anm_gru_reset_forward (n_units, gates, _anm_recurrent_get_h_previous (state, row), reset_h + r * n_units);
    }
  _anm_recurrent_mask_rows (state, step->n_rows, reset_h);
  _anm_multiply_panels (step->n_rows, n_units, n_units, reset_h, n_units, pass->packed + packing.candidate, FALSE,
                        _anm_normalized_get (&self->h_sums, step->first) + 2 * n_units, width);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *gates = _anm_recurrent_get_gates (state, row);

      if (_anm_is_skipped (pass, row))
        {
          _anm_recurrent_skip_forward (state, step, r);
          continue;
        }
      _anm_normalized_forward (&self->h_sums, row, BLOCK_CANDIDATE, pass->packed + packing.recurrent_scale, gates);
      _anm_gru_update_forward (n_units, gates, _anm_recurrent_get_h_previous (state, row), _anm_recurrent_get_h (state, step, r));
    }
}

static void
backward_step_reset_before (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedGruState *self = (AnmNormalizedGruState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units, width = N_GATES * n_units;
  anm_real *gates = _anm_recurrent_get_gates (state, step->first), *h_sums = _anm_normalized_get (&self->h_sums, step->first);

  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;

      if (_anm_is_skipped (pass, row))
        {
          skip_backward (self, step, r);
          continue;
        }
      _anm_gru_update_backward (n_units, gates + r * state->gate_stride, _anm_recurrent_get_h_previous (state, row), state->dh + r * n_units, state->carried + r * n_units);
      _anm_normalized_backward (&self->h_sums, row, BLOCK_CANDIDATE, pass->packed + packing.recurrent_scale, gates + r * state->gate_stride);
    }
  _anm_multiply_panels (step->n_rows, n_units, n_units, h_sums + 2 * n_units, width, pass->packed + packing.candidate_transposed, FALSE,
                        self->d_reset_h, n_units);
  _anm_recurrent_mask_rows (state, step->n_rows, self->d_reset_h);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;

      if (_anm_is_skipped (pass, row))
        continue;
      _anm_gru_reset_backward (n_units, gates + r * state->gate_stride, _anm_recurrent_get_h_previous (state, row), self->d_reset_h + r * n_units, state->carried + r * n_units);
      _anm_normalized_backward (&self->h_sums, row, BLOCK_GATES, pass->packed + packing.recurrent_scale, gates + r * state->gate_stride);
      for (guint block = 0; block < 2; block++)
        _anm_normalized_backward (&self->x_sums, row, block, pass->packed + packing.kernel_scale, gates + r * state->gate_stride);
    }
  _anm_recurrent_send_sums_back (state, step, h_sums, width, 2 * n_units, pass->packed + packing.recurrent_transposed, TRUE);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  return _anm_recurrent_forward (layer, (AnmRecurrentState *) base, pass,
                                 _anm_gru_get_reset_after (layer) ? forward_step_reset_after : forward_step_reset_before);
}

/* Columns of h_sums from @first on, times what they came from, into columns of the recurrent kernel from @column on. */
static void
add_recurrent_gradient (AnmNormalizedGruState *self, const AnmPass *pass, const anm_real *left, gsize left_stride,
                        gsize first, gsize n_columns, anm_real *recurrent, gsize column)
{
  gsize n_units = self->recurrent.n_units, width = N_GATES * n_units;

  _anm_multiply_transposed (n_units, n_columns, pass->input->n_packed, left, left_stride, self->h_sums.values + first, width,
                            recurrent + column, width, pass->scratch);
}

static void
add_gradients (const AnmLayer *layer, AnmNormalizedGruState *self, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentState *state = &self->recurrent;
  const AnmParameterSlice *slices = layer->parameters;
  gboolean reset_after = _anm_gru_get_reset_after (layer);
  gsize n = layer->n_units, width = N_GATES * n, n_packed = pass->input->n_packed;
  const anm_real *factors = _anm_recurrent_get_factors (state, 0), *h = factors + state->n_inputs;
  anm_real *recurrent = gradient + slices[RECURRENT_KERNEL].offset;
  anm_real *recurrent_scale = gradient + slices[get_scale_index (layer) + 1].offset;

  _anm_multiply_transposed (state->n_inputs, width, n_packed, factors, state->joined_stride, self->x_sums.values, width,
                            gradient, width, pass->scratch);
  _anm_add_row (width, self->x_sums.d_scale, gradient + slices[get_scale_index (layer)].offset);
  memset (self->sums, 0, state->gate_columns * sizeof *self->sums);
  _anm_add_rows (n_packed, state->gate_columns, state->gates, state->gate_stride, self->sums);
  if (!reset_after)
    {
      add_recurrent_gradient (self, pass, h, state->joined_stride, 0, 2 * n, recurrent, 0);
      add_recurrent_gradient (self, pass, self->reset_h, n, 2 * n, n, recurrent, 2 * n);
      _anm_add_row (width, self->h_sums.d_scale, recurrent_scale);
      _anm_add_row (width, self->sums, gradient + slices[BIAS].offset);
      return;
    }
  add_recurrent_gradient (self, pass, h, state->joined_stride, n, 2 * n, recurrent, 0);
  add_recurrent_gradient (self, pass, h, state->joined_stride, 0, n, recurrent, 2 * n);
  _anm_add_row (2 * n, self->h_sums.d_scale + n, recurrent_scale);
  _anm_add_row (n, self->h_sums.d_scale, recurrent_scale + 2 * n);
  _anm_add_row (width, self->sums + n, gradient + slices[BIAS].offset);
  _anm_add_row (2 * n, self->sums + n, gradient + slices[RECURRENT_BIAS].offset);
  _anm_add_row (n, self->sums, gradient + slices[RECURRENT_BIAS].offset + 2 * n);
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmNormalizedGruState *self = (AnmNormalizedGruState *) base;
  AnmRecurrentState *state = &self->recurrent;
  gsize width = N_GATES * (gsize) layer->n_units;

  _anm_normalized_begin_backward (&self->x_sums);
  _anm_normalized_begin_backward (&self->h_sums);
  if (!_anm_recurrent_backward (layer, state, pass, _anm_gru_get_reset_after (layer) ? backward_step_reset_after : backward_step_reset_before))
    return FALSE;
  add_gradients (layer, self, pass, gradient);
  if (base->input_gradient.values == NULL)
    return TRUE;
  _anm_multiply_panels (pass->input->n_packed, state->n_inputs, width, self->x_sums.values, width,
                        pass->packed + get_packing (layer).kernel_transposed, FALSE,
                        base->input_gradient.values, base->input_gradient.stride);
  _anm_recurrent_mask_input_gradient (state, pass);
  return TRUE;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  if (!_anm_gru_class.lay_out (layer, values, error))
    return FALSE;
  _anm_layer_add_parameter (layer, "kernel_scale", ANM_PARAMETER_SCALE, 1, N_GATES * layer->n_units);
  _anm_layer_add_parameter (layer, "recurrent_scale", ANM_PARAMETER_SCALE, 1, N_GATES * layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  _anm_gru_class.initialize (layer, seed, stream, parameters);
  _anm_normalized_initialize (layer, get_scale_index (layer), parameters);
}

static void
describe_candidate (const AnmLayer *layer, AnmCell *cell, gboolean reset_after, guint scale)
{
  const char *state = reset_after ? "h'" : "r h'";

  if (!reset_after)
    {
      _anm_cell_begin (cell, "r h'", N_("Reset state"), N_("what is left of the old for the candidate"), ANM_CELL_LINEAR);
      _anm_cell_add_product (cell, "r", "h'");
    }
  _anm_cell_begin_normalized (cell, "LN (W_h~ x)", layer->n_units);
  _anm_cell_add_matrix (cell, KERNEL, 2, "x");
  _anm_cell_begin_normalized (cell, "LN (U_h~)", layer->n_units);
  _anm_cell_add_matrix (cell, RECURRENT_KERNEL, 2, state);
  _anm_cell_begin (cell, "h~", _anm_cell_get_label (layer, "h~"), N_("what the new would be"), ANM_CELL_TANH);
  _anm_cell_add_scaled (cell, scale, 2, "LN (W_h~ x)", 0);
  _anm_cell_add_bias (cell, BIAS, 2);
  _anm_cell_add_scaled (cell, scale + 1, 2, "LN (U_h~)", 0);
  if (!reset_after)
    return;
  _anm_cell_times (cell, "r");
  _anm_cell_add_bias (cell, RECURRENT_BIAS, 2);
  _anm_cell_times (cell, "r");
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  static const char *const gates[] = { "z", "r" };
  static const char *const summaries[] = { N_("how much is renewed"), N_("how much of the old the candidate sees") };
  gboolean reset_after = _anm_gru_get_reset_after (layer);
  guint scale = get_scale_index (layer);

  _anm_cell_add_state (cell, "h");
  _anm_cell_begin_normalized (cell, "LN (W x)", 2 * layer->n_units);
  _anm_cell_add_matrix (cell, KERNEL, 0, "x");
  _anm_cell_begin_normalized (cell, "LN (U h')", 2 * layer->n_units);
  _anm_cell_add_matrix (cell, RECURRENT_KERNEL, 0, "h'");
  for (guint gate = 0; gate < 2; gate++)
    {
      _anm_cell_begin (cell, gates[gate], _anm_cell_get_label (layer, gates[gate]), summaries[gate], ANM_CELL_SIGMOID);
      _anm_cell_add_scaled (cell, scale, gate, "LN (W x)", gate);
      _anm_cell_add_scaled (cell, scale + 1, gate, "LN (U h')", gate);
      _anm_cell_add_bias (cell, BIAS, gate);
      if (reset_after)
        _anm_cell_add_bias (cell, RECURRENT_BIAS, gate);
    }
  describe_candidate (layer, cell, reset_after, scale);
  _anm_cell_begin (cell, "h", _anm_cell_get_label (layer, "h"), N_("what the next layer and the next step see"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "1-z", "h'");
  _anm_cell_add_product (cell, "z", "h~");
  _anm_cell_set_keep (cell, "1-z");
}

const AnmLayerClass *
_anm_normalized_gru_class (void)
{
  static AnmLayerClass klass;
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      ANM_NORMALIZE_CLASS (klass, _anm_gru_class);
      g_once_init_leave (&is_made, 1);
    }
  return &klass;
}
