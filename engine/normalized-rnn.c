/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SimpleRNN with layer normalisation, equation 4 of Ba et al.:
 *
 *   h_t = f (LN (W_xh x_t + W_hh h_{t-1}; s) + b_h)
 *
 * Parameters: those of the plain layer, and scale [units].
 */
#include "engine/blas.h"
#include "engine/cell-private.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/normalized-private.h"

#include <glib/gi18n-lib.h>

enum
{
  KERNEL,
  RECURRENT_KERNEL,
  BIAS,
  SCALE,
};

typedef struct
{
  AnmRecurrentState recurrent;
  AnmNormalized     sums;
  anm_real         *d_bias; /* [units] */
} AnmNormalizedRnnState;

typedef struct
{
  gsize weights;              /* [inputs + units][units] */
  gsize recurrent_transposed; /* [units][units] */
  gsize kernel_transposed;    /* [units][inputs] */
  gsize bias;                 /* bias, scale */
  gsize size;
} Packing;

static Packing
get_packing (const AnmLayer *layer)
{
  gsize n = layer->n_units, n_inputs = layer->n_inputs;
  Packing packing = { .weights = 0 };

  packing.recurrent_transposed = _anm_round_up (_anm_panels_size (n, n_inputs + n));
  packing.kernel_transposed = packing.recurrent_transposed + _anm_round_up (_anm_panels_size (n, n));
  packing.bias = packing.kernel_transposed + _anm_round_up (_anm_panels_size (n_inputs, n));
  packing.size = packing.bias + 2 * n;
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
  gsize n = layer->n_units;

  _anm_panels_fill (n, layer->n_inputs + n, parameters, n, packed + packing.weights);
  _anm_panels_fill_transposed (n, n, parameters + layer->parameters[RECURRENT_KERNEL].offset, n, packed + packing.recurrent_transposed);
  _anm_panels_fill_transposed (layer->n_inputs, n, parameters, n, packed + packing.kernel_transposed);
  memcpy (packed + packing.bias, parameters + layer->parameters[BIAS].offset, 2 * n * sizeof *packed);
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmNormalizedRnnState *self = g_new0 (AnmNormalizedRnnState, 1);
  gsize n_units = layer->n_units;

  _anm_recurrent_state_init (&self->recurrent, layer, capacity, layer->n_inputs, layer->n_units, FALSE);
  _anm_normalized_init (&self->sums, capacity->max_rows * capacity->max_steps, 1, &n_units, capacity->with_backward);
  if (capacity->with_backward)
    self->d_bias = _anm_allocate (n_units);
  return &self->recurrent.base;
}

static void
state_free (AnmLayerState *base)
{
  AnmNormalizedRnnState *self = (AnmNormalizedRnnState *) base;

  _anm_recurrent_state_clear (&self->recurrent);
  _anm_normalized_clear (&self->sums);
  _anm_release (self->d_bias);
  g_free (self);
}

static void
forward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedRnnState *self = (AnmNormalizedRnnState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units;
  const anm_real *bias = pass->packed + packing.bias;

  _anm_multiply_panels (step->n_rows, n_units, state->n_inputs + n_units, _anm_recurrent_get_factors (state, step->first), state->joined_stride,
                        pass->packed + packing.weights, FALSE, _anm_normalized_get (&self->sums, step->first), n_units);
  _anm_recurrent_start_sums (state, step, bias);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *h = _anm_recurrent_get_gates (state, row);

      if (_anm_is_skipped (pass, row))
        {
          _anm_recurrent_skip_forward (state, step, r);
          continue;
        }
      _anm_normalized_forward (&self->sums, row, 0, bias + n_units, h);
      _anm_activate (_anm_simple_rnn_get_activation (layer), n_units, h);
      memcpy (_anm_recurrent_get_h (state, step, r), h, n_units * sizeof *h);
    }
}

static void
backward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmNormalizedRnnState *self = (AnmNormalizedRnnState *) state;
  Packing packing = get_packing (layer);
  gsize n_units = state->n_units;

  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *h = _anm_recurrent_get_gates (state, row);

      if (_anm_is_skipped (pass, row))
        {
          _anm_recurrent_skip_backward (state, step, r);
          _anm_normalized_skip (&self->sums, row);
          continue;
        }
      _anm_simple_rnn_cells_backward (_anm_simple_rnn_get_activation (layer), 1, n_units, h, 0, state->dh + r * n_units);
      _anm_normalized_backward (&self->sums, row, 0, pass->packed + packing.bias + n_units, h);
    }
  _anm_recurrent_send_sums_back (state, step, _anm_normalized_get (&self->sums, step->first), n_units, n_units,
                                 pass->packed + packing.recurrent_transposed, FALSE);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  return _anm_recurrent_forward (layer, (AnmRecurrentState *) base, pass, forward_step);
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmNormalizedRnnState *self = (AnmNormalizedRnnState *) base;
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = layer->n_units, n_packed = pass->input->n_packed;

  _anm_normalized_begin_backward (&self->sums);
  if (!_anm_recurrent_backward (layer, state, pass, backward_step))
    return FALSE;
  _anm_multiply_transposed (state->n_inputs + n_units, n_units, n_packed, _anm_recurrent_get_factors (state, 0), state->joined_stride,
                            self->sums.values, n_units, gradient, n_units, pass->scratch);
  memset (self->d_bias, 0, n_units * sizeof *self->d_bias);
  _anm_add_rows (n_packed, n_units, state->gates, state->gate_stride, self->d_bias);
  _anm_add_row (n_units, self->d_bias, gradient + layer->parameters[BIAS].offset);
  _anm_add_row (n_units, self->sums.d_scale, gradient + layer->parameters[SCALE].offset);
  if (base->input_gradient.values == NULL)
    return TRUE;
  _anm_multiply_panels (n_packed, state->n_inputs, n_units, self->sums.values, n_units, pass->packed + get_packing (layer).kernel_transposed, FALSE,
                        base->input_gradient.values, base->input_gradient.stride);
  _anm_recurrent_mask_input_gradient (state, pass);
  return TRUE;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  if (!_anm_simple_rnn_class.lay_out (layer, values, error))
    return FALSE;
  _anm_layer_add_parameter (layer, "scale", ANM_PARAMETER_SCALE, 1, layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  _anm_simple_rnn_class.initialize (layer, seed, stream, parameters);
  _anm_normalized_initialize (layer, SCALE, parameters);
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  _anm_cell_add_state (cell, "h");
  _anm_cell_begin_normalized (cell, "LN (W x + U h')", layer->n_units);
  _anm_cell_add_matrix (cell, KERNEL, 0, "x");
  _anm_cell_add_matrix (cell, RECURRENT_KERNEL, 0, "h'");
  _anm_cell_begin (cell, "h", _anm_cell_get_label (layer, "h"), N_("what the next layer and the next step see"),
                   _anm_cell_function (_anm_simple_rnn_get_activation (layer)));
  _anm_cell_add_scaled (cell, SCALE, 0, "LN (W x + U h')", 0);
  _anm_cell_add_bias (cell, BIAS, 0);
}

const AnmLayerClass *
_anm_normalized_simple_rnn_class (void)
{
  static AnmLayerClass klass;
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      ANM_NORMALIZE_CLASS (klass, _anm_simple_rnn_class);
      g_once_init_leave (&is_made, 1);
    }
  return &klass;
}
