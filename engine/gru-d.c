/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GRU-D: a GRU that knows which values were measured and how long ago. Where
 * channel d was not measured (m = 0), its last value x' fades with the time
 * delta since then toward the channel's mean; and the state fades before each
 * step:
 *
 *   gamma_x,t = exp (-max (0, w_x * delta_t + b_x))                     each channel for itself
 *   gamma_h,t = exp (-max (0, W_gh delta_t + b_gh))
 *   x^_t = m_t * x_t + (1 - m_t) * (gamma_x,t * x'_t + (1 - gamma_x,t) * mean)
 *   h^_{t-1} = gamma_h,t * h_{t-1},   h_{-1} = 0
 *   z_t  = sigmoid (W_xz x^_t + W_hz h^_{t-1} + V_z m_t + b_z)          update gate
 *   r_t  = sigmoid (W_xr x^_t + W_hr h^_{t-1} + V_r m_t + b_r)          reset gate
 *   h~_t = tanh (W_xh x^_t + W_hh (r_t * h^_{t-1}) + V_h m_t + b_h)
 *   h_t  = (1 - z_t) * h^_{t-1} + z_t * h~_t
 *
 * The layer is the first one and reads masks, gaps and means of the sequences
 * themselves: m and delta of the column that shows channel d's value. delta is
 * in the unit of the sequences' gaps (a recipe that standardises divides each
 * channel's by its mean gap), and the mean is the training part's (0 where the
 * recipe standardises). Before its first measurement a channel's x' is what the
 * sequences hold there. Other columns, such as statics, are always known: they
 * enter as they are, with no mask and no gap. Read from the end (bidirectional),
 * x' is the next value and delta the time until it is measured.
 *
 * Parameters: kernel W and mask_kernel V [inputs][3 units], recurrent_kernel
 * [units][3 units], bias [3 units], gates in the order z, r, h; input_decay w_x,
 * input_decay_bias [inputs]; hidden_decay W_gh [inputs][units],
 * hidden_decay_bias [units].
 *
 * Z. Che, S. Purushotham, K. Cho, D. Sontag, Y. Liu (2018): Recurrent neural
 * networks for multivariate time series with missing values. Scientific
 * Reports 8:6085, equations 10 to 16.
 */
#include "engine/bidirectional.h"
#include "engine/blas.h"
#include "engine/cell-private.h"
#include "engine/initializer.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/random.h"
#include "engine/recurrent-private.h"

#include <glib/gi18n-lib.h>

#define N_GATES 3

enum
{
  KERNEL,
  MASK_KERNEL,
  RECURRENT_KERNEL,
  BIAS,
  INPUT_DECAY,
  INPUT_DECAY_BIAS,
  HIDDEN_DECAY,
  HIDDEN_DECAY_BIAS,
};

/* Streams of the initial weights; the gates' kernels have those from 0 on. */
#define MASK_KERNEL_STREAM 64
#define INPUT_DECAY_STREAM 65
#define HIDDEN_DECAY_STREAM 66
#define INPUT_DECAY_LIMIT 0.2

typedef struct
{
  AnmLayer layer;
  AnmGateInitializers initializers;
} AnmGruD;

/**
 * AnmGruDState:
 * @recurrent: its rows are [x^ | m | h of the step before | 1], its gates [z | r | h~]
 * @x: [packed][x_stride] the input as it comes
 * @known: [packed][inputs] 1 where x itself enters
 * @last, @gap: [packed][inputs] x' and delta
 * @mean: [inputs]
 * @gamma_x: [packed][inputs], after backward dL/d(sum)
 * @gamma_h: [packed][units], after backward dL/d(sum)
 * @decayed: [packed][units] h^ of the step before
 * @dropped: (nullable): [packed][units] the same as products see it while something is dropped
 * @reset_h: [packed][units] r_t * h^_{t-1}
 * @d_reset_h: [rows][units]
 * @d_input: [packed][inputs] dL/dx^
 * @sums: [3 units or inputs] a row
 */
typedef struct
{
  AnmRecurrentState recurrent;
  gsize     x_stride;
  anm_real *x;
  anm_real *known;
  anm_real *last;
  anm_real *gap;
  anm_real *mean;
  anm_real *gamma_x;
  anm_real *gamma_h;
  anm_real *decayed;
  anm_real *dropped;
  anm_real *reset_h;
  anm_real *d_reset_h;
  anm_real *d_input;
  anm_real *sums;
} AnmGruDState;

static const AnmArgument arguments[] = {
  ANM_UNITS_ARGUMENT (32, N_("How many numbers the hidden state has.")),
  ANM_RETURN_SEQUENCES_ARGUMENT,
  ANM_GATE_INITIALIZER_ARGUMENT,
  ANM_KERNEL_INITIALIZER_ARGUMENT,
  ANM_RECURRENT_INITIALIZER_ARGUMENTS,
  ANM_BIDIRECTIONAL_ARGUMENT,
  ANM_DROPOUT_ARGUMENTS,
  ANM_FROZEN_ARGUMENT,
};

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  guint n_inputs = layer->n_inputs, n_units, n_columns;

  _anm_recurrent_read_arguments (layer, values);
  n_units = layer->n_units;
  n_columns = N_GATES * n_units;
  _anm_gate_initializers_read (&((AnmGruD *) layer)->initializers, layer->klass, values);
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, n_inputs, n_columns);
  _anm_layer_add_parameter (layer, "mask_kernel", ANM_PARAMETER_KERNEL, n_inputs, n_columns);
  _anm_layer_add_parameter (layer, "recurrent_kernel", ANM_PARAMETER_RECURRENT_KERNEL, n_units, n_columns);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, n_columns);
  _anm_layer_add_parameter (layer, "input_decay", ANM_PARAMETER_DECAY, 1, n_inputs);
  _anm_layer_add_parameter (layer, "input_decay_bias", ANM_PARAMETER_BIAS, 1, n_inputs);
  _anm_layer_add_parameter (layer, "hidden_decay", ANM_PARAMETER_DECAY, n_inputs, n_units);
  _anm_layer_add_parameter (layer, "hidden_decay_bias", ANM_PARAMETER_BIAS, 1, n_units);
  return TRUE;
}

static anm_real *
get_parameter (const AnmLayer *layer, anm_real *parameters, guint index)
{
  return parameters + layer->parameters[index].offset;
}

/*
 * The paper doesn't say where decays start. A channel's starts above 0, so that
 * none is stuck where max (0, .) is flat; a unit's sees the gaps of all channels
 * and is drawn as kernels are.
 */
static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  guint n_inputs = layer->n_inputs, n_units = layer->n_units, n_columns = N_GATES * n_units;
  anm_real *input_decay = get_parameter (layer, parameters, INPUT_DECAY);

  memset (parameters, 0, layer->n_reals * sizeof *parameters);
  _anm_gate_initializers_draw (&((const AnmGruD *) layer)->initializers, seed, stream, n_inputs, n_units, N_GATES,
                               get_parameter (layer, parameters, KERNEL), get_parameter (layer, parameters, RECURRENT_KERNEL));
  _anm_initialize_kernel (((const AnmGruD *) layer)->initializers.kernel, seed, stream + MASK_KERNEL_STREAM, n_inputs, n_columns,
                          get_parameter (layer, parameters, MASK_KERNEL), n_columns);
  for (guint j = 0; j < n_inputs; j++)
    input_decay[j] = (anm_real) (INPUT_DECAY_LIMIT * anm_random_uniform (seed, stream + INPUT_DECAY_STREAM, j));
  _anm_initialize_glorot_uniform (seed, stream + HIDDEN_DECAY_STREAM, n_inputs, n_units,
                                  get_parameter (layer, parameters, HIDDEN_DECAY), n_units);
}

/* The packed copies; all offsets are from the layer's own packed memory. */
typedef struct
{
  gsize kernels;              /* [2 inputs][3 units] W, V */
  gsize recurrent;            /* [units][2 units] */
  gsize candidate;            /* [units][units] */
  gsize hidden_decay;         /* [inputs][units] */
  gsize recurrent_transposed; /* [2 units][units] */
  gsize candidate_transposed; /* [units][units] */
  gsize kernel_transposed;    /* [3 units][inputs] of W */
  gsize rows;                 /* as they are: bias, w_x, b_x, b_gh */
  gsize size;
} AnmGruDPacking;

static AnmGruDPacking
get_packing (const AnmLayer *layer)
{
  gsize n = layer->n_units, n_inputs = layer->n_inputs;
  AnmGruDPacking packing = { .kernels = 0 };

  packing.recurrent = _anm_round_up (_anm_panels_size (N_GATES * n, 2 * n_inputs));
  packing.candidate = packing.recurrent + _anm_round_up (_anm_panels_size (2 * n, n));
  packing.hidden_decay = packing.candidate + _anm_round_up (_anm_panels_size (n, n));
  packing.recurrent_transposed = packing.hidden_decay + _anm_round_up (_anm_panels_size (n, n_inputs));
  packing.candidate_transposed = packing.recurrent_transposed + _anm_round_up (_anm_panels_size (n, 2 * n));
  packing.kernel_transposed = packing.candidate_transposed + _anm_round_up (_anm_panels_size (n, n));
  packing.rows = packing.kernel_transposed + _anm_round_up (_anm_panels_size (n_inputs, N_GATES * n));
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
  AnmGruDPacking packing = get_packing (layer);
  gsize n = layer->n_units, width = N_GATES * n, n_inputs = layer->n_inputs;
  const anm_real *recurrent = parameters + layer->parameters[RECURRENT_KERNEL].offset;
  gsize rows = layer->parameters[BIAS].offset;

  /* W and V lie behind one another. */
  _anm_panels_fill (width, 2 * n_inputs, parameters, width, packed + packing.kernels);
  _anm_panels_fill (2 * n, n, recurrent, width, packed + packing.recurrent);
  _anm_panels_fill (n, n, recurrent + 2 * n, width, packed + packing.candidate);
  _anm_panels_fill (n, n_inputs, parameters + layer->parameters[HIDDEN_DECAY].offset, n, packed + packing.hidden_decay);
  _anm_panels_fill_transposed (n, 2 * n, recurrent, width, packed + packing.recurrent_transposed);
  _anm_panels_fill_transposed (n, n, recurrent + 2 * n, width, packed + packing.candidate_transposed);
  _anm_panels_fill_transposed (n_inputs, width, parameters, width, packed + packing.kernel_transposed);
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
  AnmGruDState *self = g_new0 (AnmGruDState, 1);
  gsize n_units = layer->n_units, n_inputs = layer->n_inputs;
  gsize max_packed = capacity->max_rows * capacity->max_steps;

  _anm_recurrent_state_init (&self->recurrent, layer, capacity, 2 * layer->n_inputs, N_GATES * layer->n_units, FALSE);
  self->x_stride = _anm_round_up (n_inputs);
  self->x = _anm_allocate (max_packed * self->x_stride);
  self->known = _anm_allocate (max_packed * n_inputs);
  self->last = _anm_allocate (max_packed * n_inputs);
  self->gap = _anm_allocate (max_packed * n_inputs);
  self->mean = _anm_allocate (n_inputs);
  self->gamma_x = _anm_allocate (max_packed * n_inputs);
  self->gamma_h = _anm_allocate (max_packed * n_units);
  self->decayed = _anm_allocate (max_packed * n_units);
  self->reset_h = _anm_allocate (max_packed * n_units);
  if (capacity->with_backward)
    {
      self->d_reset_h = _anm_allocate (capacity->max_rows * n_units);
      self->d_input = _anm_allocate (max_packed * n_inputs);
      self->sums = _anm_allocate (MAX (N_GATES * n_units, n_inputs));
      if (layer->rates.recurrent_dropout > 0.0)
        self->dropped = _anm_allocate (max_packed * n_units);
    }
  self->recurrent.base.input = (AnmPlane){ self->x, self->x_stride };
  return &self->recurrent.base;
}

static void
state_free (AnmLayerState *base)
{
  AnmGruDState *self = (AnmGruDState *) base;

  _anm_recurrent_state_clear (&self->recurrent);
  _anm_release (self->x);
  _anm_release (self->known);
  _anm_release (self->last);
  _anm_release (self->gap);
  _anm_release (self->mean);
  _anm_release (self->gamma_x);
  _anm_release (self->gamma_h);
  _anm_release (self->decayed);
  _anm_release (self->dropped);
  _anm_release (self->reset_h);
  _anm_release (self->d_reset_h);
  _anm_release (self->d_input);
  _anm_release (self->sums);
  g_free (self);
}

/* Where the numbers of one column of one sequence are. */
typedef struct
{
  const AnmSequences *sequences;
  gsize               first;   /* step */
  guint               channel;
} AnmSeries;

static anm_real
get_gap (const AnmSeries *series, guint t)
{
  const AnmSequences *sequences = series->sequences;

  return sequences->gaps == NULL ? 0 : sequences->gaps[(series->first + t) * sequences->n_channels + series->channel];
}

static gboolean
is_observed (const AnmSeries *series, guint t)
{
  return anm_sequences_is_observed (series->sequences, series->first + t, series->channel);
}

/* The time until the next measurement; how long step @t + 1 is after step @t is what the gap grew by. */
static anm_real
get_gap_backwards (const AnmSeries *series, guint t, guint n_steps, anm_real after)
{
  if (t + 1 == n_steps)
    return 0;
  return get_gap (series, t + 1) - (is_observed (series, t) ? 0 : get_gap (series, t)) + (is_observed (series, t + 1) ? 0 : after);
}

/* Fills m, x', delta of one column of values of batch row @row. */
static void
load_series (AnmGruDState *self, const AnmPass *pass, guint row, guint column, const AnmSeries *series)
{
  guint n_steps = pass->input->lengths[row];
  gsize n_inputs = self->recurrent.n_inputs / 2;
  anm_real last = 0, gap = 0;

  for (guint k = 0; k < n_steps; k++)
    {
      guint t = pass->reverse ? n_steps - 1 - k : k;
      gsize packed_row = pass->input->start[t] + row;
      gsize at = packed_row * n_inputs + column;
      gboolean observed = is_observed (series, t);

      if (k == 0 || observed)
        last = series->sequences->values[(series->first + t) * series->sequences->n_channels + series->channel];
      gap = pass->reverse ? get_gap_backwards (series, t, n_steps, gap) : get_gap (series, t);
      self->last[at] = last;
      self->gap[at] = gap;
      self->known[at] = observed;
      _anm_recurrent_get_joined (&self->recurrent, packed_row)[n_inputs + column] = observed;
    }
}

/* A column that isn't a value is always known. */
static void
load_known (AnmGruDState *self, const AnmPass *pass, guint row, guint column)
{
  gsize n_inputs = self->recurrent.n_inputs / 2;

  for (guint t = 0; t < pass->input->lengths[row]; t++)
    {
      gsize packed_row = pass->input->start[t] + row;
      gsize at = packed_row * n_inputs + column;

      self->last[at] = self->gap[at] = 0;
      self->known[at] = 1;
      _anm_recurrent_get_joined (&self->recurrent, packed_row)[n_inputs + column] = 0;
    }
}

static void
load (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmGruDState *self = (AnmGruDState *) base;
  const AnmSequences *sequences = pass->sequences;

  g_assert (sequences->n_columns == layer->n_inputs);

  for (guint j = 0; j < layer->n_inputs; j++)
    {
      gboolean is_value = sequences->columns[j].kind == ANM_COLUMN_VALUE;

      self->mean[j] = is_value && sequences->means != NULL ? sequences->means[sequences->columns[j].index] : 0;
      for (guint row = 0; row < pass->input->n_rows; row++)
        if (is_value)
          load_series (self, pass, row, j, &(AnmSeries){ sequences, sequences->offsets[pass->rows[row]], sequences->columns[j].index });
        else
          load_known (self, pass, row, j);
    }
}

/* The decays of all steps, which depend on no state, and the input after its own. */
static void
decay (const AnmLayer *layer, AnmGruDState *self, const AnmPass *pass)
{
  gsize n_inputs = layer->n_inputs, n_units = layer->n_units;
  const anm_real *w = get_row (layer, pass, INPUT_DECAY), *b = get_row (layer, pass, INPUT_DECAY_BIAS);
  const anm_real *hidden_bias = get_row (layer, pass, HIDDEN_DECAY_BIAS);

  for (gsize i = 0; i < pass->input->n_packed; i++)
    {
      anm_real *gamma = self->gamma_x + i * n_inputs;

      _anm_multiply_row (n_inputs, self->gap + i * n_inputs, w, gamma);
      _anm_add_row (n_inputs, b, gamma);
      _anm_decay (n_inputs, gamma);
      _anm_impute (n_inputs, self->known + i * n_inputs, self->x + i * self->x_stride, self->last + i * n_inputs, self->mean, gamma,
                   _anm_recurrent_get_joined (&self->recurrent, i));
      memcpy (self->gamma_h + i * n_units, hidden_bias, n_units * sizeof *hidden_bias);
    }
  _anm_multiply_panels (pass->input->n_packed, n_units, n_inputs, self->gap, n_inputs,
                        pass->packed + get_packing (layer).hidden_decay, TRUE, self->gamma_h, n_units);
  _anm_decay (pass->input->n_packed * n_units, self->gamma_h);
}

/* h^ as the products see it. */
static anm_real *
get_factors (const AnmGruDState *self, gsize packed_row)
{
  return (self->recurrent.drops ? self->dropped : self->decayed) + packed_row * self->recurrent.n_units;
}

/* A skipped step fades nothing. */
static void
decay_state (AnmGruDState *self, const AnmPass *pass, const AnmStep *step)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = state->n_units;

  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;

      for (gsize j = 0; _anm_is_skipped (pass, row) && j < n_units; j++)
        self->gamma_h[row * n_units + j] = 1;
      _anm_multiply_row (n_units, _anm_recurrent_get_h_previous (state, row), self->gamma_h + row * n_units, self->decayed + row * n_units);
    }
  if (!state->drops)
    return;
  memcpy (self->dropped + step->first * n_units, self->decayed + step->first * n_units, step->n_rows * n_units * sizeof (anm_real));
  _anm_recurrent_mask_rows (state, step->n_rows, self->dropped + step->first * n_units);
}

static void
forward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmGruDState *self = (AnmGruDState *) state;
  AnmGruDPacking packing = get_packing (layer);
  gsize n_units = state->n_units;
  anm_real *reset_h = self->reset_h + step->first * n_units;

  decay_state (self, pass, step);
  _anm_recurrent_start_sums (state, step, get_row (layer, pass, BIAS));
  _anm_recurrent_add_product (state, step, 0, N_GATES * n_units, _anm_recurrent_get_factors (state, step->first), state->joined_stride,
                              state->n_inputs, pass->packed + packing.kernels);
  _anm_recurrent_add_product (state, step, 0, 2 * n_units, get_factors (self, step->first), n_units, n_units, pass->packed + packing.recurrent);
  for (guint r = 0; r < step->n_rows; r++)
    _anm_gru_reset_forward (n_units, _anm_recurrent_get_gates (state, step->first + r), self->decayed + (step->first + r) * n_units,
                            reset_h + r * n_units);
  _anm_recurrent_mask_rows (state, step->n_rows, reset_h);
  _anm_recurrent_add_product (state, step, 2 * n_units, n_units, reset_h, n_units, n_units, pass->packed + packing.candidate);
  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;

      if (_anm_is_skipped (pass, row))
        _anm_recurrent_skip_forward (state, step, r);
      else
        _anm_gru_update_forward (n_units, _anm_recurrent_get_gates (state, row), self->decayed + row * n_units, _anm_recurrent_get_h (state, step, r));
    }
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmGruDState *self = (AnmGruDState *) base;

  if (self->dropped == NULL && (pass->rates.dropout > 0.0 || pass->rates.recurrent_dropout > 0.0))
    self->dropped = _anm_allocate (self->recurrent.max_packed * layer->n_units);
  decay (layer, self, pass);
  return _anm_recurrent_forward (layer, &self->recurrent, pass, forward_step);
}

/* From dL/dh^ in the place of what is carried: dL/dh and, in gamma_h's place, dL/d(sum of gamma_h). */
static void
decay_state_backward (AnmGruDState *self, const AnmPass *pass, const AnmStep *step)
{
  gsize n_units = self->recurrent.n_units;

  for (guint r = 0; r < step->n_rows; r++)
    {
      gsize row = step->first + r;
      anm_real *gamma = self->gamma_h + row * n_units;

      if (r < step->n_begun && !_anm_is_skipped (pass, row))
        _anm_decay_backward (n_units, gamma, self->decayed + row * n_units, self->recurrent.carried + r * n_units);
      else
        memset (gamma, 0, n_units * sizeof *gamma);
    }
}

static void
backward_step (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step)
{
  AnmGruDState *self = (AnmGruDState *) state;
  AnmGruDPacking packing = get_packing (layer);
  gsize n_units = state->n_units;
  anm_real *gates = _anm_recurrent_get_gates (state, step->first);
  const anm_real *decayed = self->decayed + step->first * n_units;

  for (guint r = 0; r < step->n_rows; r++)
    if (_anm_is_skipped (pass, step->first + r))
      _anm_recurrent_skip_backward (state, step, r);
    else
      _anm_gru_update_backward (n_units, gates + r * state->gate_stride, decayed + r * n_units, state->dh + r * n_units, state->carried + r * n_units);
  _anm_multiply_panels (step->n_rows, n_units, n_units, gates + 2 * n_units, state->gate_stride,
                        pass->packed + packing.candidate_transposed, FALSE, self->d_reset_h, n_units);
  _anm_recurrent_mask_rows (state, step->n_rows, self->d_reset_h);
  for (guint r = 0; r < step->n_rows; r++)
    if (!_anm_is_skipped (pass, step->first + r))
      _anm_gru_reset_backward (n_units, gates + r * state->gate_stride, decayed + r * n_units, self->d_reset_h + r * n_units, state->carried + r * n_units);
  _anm_recurrent_send_back (state, step, 2 * n_units, pass->packed + packing.recurrent_transposed, TRUE);
  decay_state_backward (self, pass, step);
}

/* gradient [depth][n_columns], columns of a matrix of 3 units, += left^T (dL/d(sums) from @column on) */
static void
add_product_gradient (AnmRecurrentState *state, const AnmPass *pass, const anm_real *left, gsize left_stride, gsize depth,
                      gsize column, gsize n_columns, anm_real *gradient)
{
  _anm_multiply_transposed (depth, n_columns, pass->input->n_packed, left, left_stride, state->gates + column, state->gate_stride,
                            gradient + column, N_GATES * (gsize) state->n_units, pass->scratch);
}

static void
add_gate_gradients (const AnmLayer *layer, AnmGruDState *self, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_units = layer->n_units, n_inputs = layer->n_inputs, width = N_GATES * n_units;
  const anm_real *inputs = _anm_recurrent_get_factors (state, 0);
  anm_real *recurrent = get_parameter (layer, gradient, RECURRENT_KERNEL);

  add_product_gradient (state, pass, inputs, state->joined_stride, n_inputs, 0, width, get_parameter (layer, gradient, KERNEL));
  add_product_gradient (state, pass, inputs + n_inputs, state->joined_stride, n_inputs, 0, width, get_parameter (layer, gradient, MASK_KERNEL));
  add_product_gradient (state, pass, get_factors (self, 0), n_units, n_units, 0, 2 * n_units, recurrent);
  add_product_gradient (state, pass, self->reset_h, n_units, n_units, 2 * n_units, n_units, recurrent);
  memset (self->sums, 0, width * sizeof *self->sums);
  _anm_add_rows (pass->input->n_packed, width, state->gates, state->gate_stride, self->sums);
  _anm_add_row (width, self->sums, get_parameter (layer, gradient, BIAS));
}

/* sums of @rows [n_packed][n], added to @gradient */
static void
add_sums (AnmGruDState *self, const AnmPass *pass, gsize n, const anm_real *rows, anm_real *gradient)
{
  memset (self->sums, 0, n * sizeof *self->sums);
  _anm_add_rows (pass->input->n_packed, n, rows, n, self->sums);
  _anm_add_row (n, self->sums, gradient);
}

static void
add_decay_gradients (const AnmLayer *layer, AnmGruDState *self, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentState *state = &self->recurrent;
  gsize n_packed = pass->input->n_packed, n_units = layer->n_units, n_inputs = layer->n_inputs;

  _anm_multiply_transposed (n_inputs, n_units, n_packed, self->gap, n_inputs, self->gamma_h, n_units,
                            get_parameter (layer, gradient, HIDDEN_DECAY), n_units, pass->scratch);
  add_sums (self, pass, n_units, self->gamma_h, get_parameter (layer, gradient, HIDDEN_DECAY_BIAS));

  _anm_multiply_panels (n_packed, n_inputs, N_GATES * n_units, state->gates, state->gate_stride,
                        pass->packed + get_packing (layer).kernel_transposed, FALSE, self->d_input, n_inputs);
  for (guint t = 0; t < pass->input->n_steps; t++)
    for (guint r = 0; r < pass->input->active[t]; r++)
      {
        gsize i = pass->input->start[t] + r;

        if (state->drops)
          _anm_multiply_row (n_inputs, self->d_input + i * n_inputs, state->masks + r * state->joined_stride, self->d_input + i * n_inputs);
        _anm_impute_backward (n_inputs, self->known + i * n_inputs, self->last + i * n_inputs, self->mean,
                              self->d_input + i * n_inputs, self->gamma_x + i * n_inputs);
      }
  add_sums (self, pass, n_inputs, self->gamma_x, get_parameter (layer, gradient, INPUT_DECAY_BIAS));
  _anm_multiply_row (n_packed * n_inputs, self->gamma_x, self->gap, self->gamma_x);
  add_sums (self, pass, n_inputs, self->gamma_x, get_parameter (layer, gradient, INPUT_DECAY));
}

/* No layer is below that would want dL/dx. */
static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmGruDState *self = (AnmGruDState *) base;

  g_assert (base->input_gradient.values == NULL);

  if (!_anm_recurrent_backward (layer, &self->recurrent, pass, backward_step))
    return FALSE;
  add_gate_gradients (layer, self, pass, gradient);
  add_decay_gradients (layer, self, pass, gradient);
  return TRUE;
}

enum
{
  TRACE_MASK,
  TRACE_GAP,
  TRACE_GAMMA_X,
  TRACE_INPUT,
  TRACE_GAMMA_H,
  TRACE_Z,
  TRACE_R,
  TRACE_CANDIDATE,
  TRACE_H,
  TRACE_DH,
};

static const AnmTraceInfo traces[] = {
  [TRACE_MASK] = { "m", N_("Measured"), FALSE, FALSE, .of_inputs = TRUE },
  [TRACE_GAP] = { "delta", N_("Time since the last measurement"), FALSE, FALSE, .of_inputs = TRUE },
  [TRACE_GAMMA_X] = { "gamma_x", N_("Decay of the input"), TRUE, FALSE, .of_inputs = TRUE },
  [TRACE_INPUT] = { "x^", N_("Input after its decay"), FALSE, FALSE, .of_inputs = TRUE },
  [TRACE_GAMMA_H] = { "gamma_h", N_("Decay of the hidden state"), TRUE, FALSE },
  [TRACE_Z] = { "z", N_("Update gate"), TRUE, FALSE },
  [TRACE_R] = { "r", N_("Reset gate"), TRUE, FALSE },
  [TRACE_CANDIDATE] = { "h~", N_("Candidate"), FALSE, FALSE },
  [TRACE_H] = { "h", N_("Hidden state"), FALSE, FALSE },
  [TRACE_DH] = { "dL/dh", N_("Gradient of the hidden state"), FALSE, TRUE },
};

/* Columns of a plane of any width. */
static void
read_columns (const AnmPass *pass, const anm_real *plane, gsize stride, gsize n, guint row, anm_real *values)
{
  for (guint t = 0; t < pass->input->lengths[row]; t++)
    memcpy (values + t * n, plane + (pass->input->start[t] + row) * stride, n * sizeof *values);
}

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmGruDState *self = (const AnmGruDState *) base;
  const AnmRecurrentState *state = &self->recurrent;
  gsize n_inputs = layer->n_inputs;

  switch (index)
    {
    case TRACE_MASK:
      read_columns (pass, state->joined + n_inputs, state->joined_stride, n_inputs, row, values);
      break;
    case TRACE_GAP:
      read_columns (pass, self->gap, n_inputs, n_inputs, row, values);
      break;
    case TRACE_GAMMA_X:
      read_columns (pass, self->gamma_x, n_inputs, n_inputs, row, values);
      break;
    case TRACE_INPUT:
      read_columns (pass, state->joined, state->joined_stride, n_inputs, row, values);
      break;
    case TRACE_GAMMA_H:
      _anm_recurrent_read_plane (state, pass, self->gamma_h, row, values);
      break;
    case TRACE_H:
      _anm_recurrent_read_hidden (state, pass, row, values);
      break;
    case TRACE_DH:
      _anm_recurrent_read_plane (state, pass, state->dh_trace, row, values);
      break;
    default:
      _anm_recurrent_read_gates (state, pass, (index - TRACE_Z) * state->n_units, row, values);
      break;
    }
}

static void
describe_cell (const AnmLayer *layer, AnmCell *cell)
{
  static const char *const summaries[] = { N_("how much is renewed"), N_("how much of the old the candidate sees") };

  _anm_cell_add_state (cell, "h");
  for (guint index = TRACE_MASK; index <= TRACE_INPUT; index++)
    if (index != TRACE_GAMMA_X)
      _anm_cell_add_input (cell, traces[index].symbol, layer->n_inputs);
  _anm_cell_begin (cell, "gamma_h", traces[TRACE_GAMMA_H].label, N_("what is left of the old after the time without measurements"), ANM_CELL_DECAY);
  _anm_cell_add_matrix (cell, HIDDEN_DECAY, 0, "delta");
  _anm_cell_add_bias (cell, HIDDEN_DECAY_BIAS, 0);
  _anm_cell_begin (cell, "h^", N_("State after its decay"), N_("what the step begins with"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "gamma_h", "h'");
  for (guint gate = 0; gate < 2; gate++)
    {
      _anm_cell_begin (cell, traces[TRACE_Z + gate].symbol, traces[TRACE_Z + gate].label, summaries[gate], ANM_CELL_SIGMOID);
      _anm_cell_add_matrix (cell, KERNEL, gate, "x^");
      _anm_cell_add_matrix (cell, MASK_KERNEL, gate, "m");
      _anm_cell_add_matrix (cell, RECURRENT_KERNEL, gate, "h^");
      _anm_cell_add_bias (cell, BIAS, gate);
    }
  _anm_cell_begin (cell, "r h^", N_("Reset state"), N_("what is left of the old for the candidate"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "r", "h^");
  _anm_cell_begin (cell, "h~", traces[TRACE_CANDIDATE].label, N_("what the new would be"), ANM_CELL_TANH);
  _anm_cell_add_matrix (cell, KERNEL, 2, "x^");
  _anm_cell_add_matrix (cell, MASK_KERNEL, 2, "m");
  _anm_cell_add_matrix (cell, RECURRENT_KERNEL, 2, "r h^");
  _anm_cell_add_bias (cell, BIAS, 2);
  _anm_cell_begin (cell, "h", traces[TRACE_H].label, N_("what the next layer and the next step see"), ANM_CELL_LINEAR);
  _anm_cell_add_product (cell, "1-z", "h^");
  _anm_cell_add_product (cell, "z", "h~");
  _anm_cell_set_keep (cell, "1-z");
}

const AnmLayerClass _anm_gru_d_class = {
  .type = "gru_d",
  .label = N_("GRU-D"),
  .summary = N_("A GRU for records with gaps: where nothing was measured, old values fade toward the mean and the state fades, as fast as training finds right."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .is_recurrent = TRUE,
  .needs_sequences = TRUE,
  .reads_missing = TRUE,
  .instance_size = sizeof (AnmGruD),
  .lay_out = lay_out,
  .initialize = initialize,
  .packed_size = packed_size,
  .pack = pack,
  .state_new = state_new,
  .state_free = state_free,
  .load = load,
  .forward = forward,
  .backward = backward,
  .traces = traces,
  .n_traces = G_N_ELEMENTS (traces),
  .read_trace = read_trace,
  .describe_cell = describe_cell,
};
