/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Convolution over time, with K taps, stride s and dilation d:
 *
 *   y_k = f (b + sum_{j < K} W_j^T x_{a_k + j d}),   k = 0, 1, ...
 *
 * where what lies before a sequence's own first step or after its own last one
 * is zero, as if the sequence stood alone. With span S = (K - 1) d + 1:
 *
 *   same    ceil (T / s) steps, a_k = k s - p, p = floor (max ((ceil (T / s) - 1) s + S - T, 0) / 2)
 *   causal  ceil (T / s) steps, a_k = k s - (S - 1): step k looks at steps up to k s only
 *   valid   floor ((T - S) / s) + 1 steps, a_k = k s: nothing is padded
 *
 * Skipped steps enter as zeros too. Step k of the output stands for the middle
 * (same) or the last (causal, valid) of the steps that it looks at, and is
 * skipped itself if every step since the one that step k - 1 stands for is.
 *
 * Parameters: kernel [taps x inputs][filters], tap by tap, which is the memory
 * of Keras' (taps, inputs, filters); bias [filters].
 *
 * Y. LeCun, B. Boser, J. Denker et al. (1989): Backpropagation applied to
 * handwritten zip code recognition. Neural Computation 1. Lengths and padding
 * are those of Keras 3, whose default padding is "valid".
 */
#include "engine/blas.h"
#include "engine/kernels.h"
#include "engine/layer-private.h"
#include "engine/memory.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Windows are gathered and multiplied so many rows at a time, while they are in the cache. */
#define BLOCK_ROWS 256
#define MAX_TAPS 1000

enum
{
  PADDING_SAME,
  PADDING_CAUSAL,
  PADDING_VALID,
};

typedef struct
{
  AnmLayer      layer;
  guint         n_taps;
  guint         stride;
  guint         dilation;
  guint         padding;
  AnmActivation activation;
} AnmConv1d;

/**
 * AnmConv1dState:
 * @windows: [max_packed out][window_stride] rows [x_{a_k} | x_{a_k + d} | ... | 1]
 * @window_gradients: (nullable): [BLOCK_ROWS + max_rows][taps x inputs]
 */
typedef struct
{
  AnmLayerState base;
  anm_real     *windows;
  gsize         window_stride;
  anm_real     *window_gradients;
} AnmConv1dState;

static const char *const padding_names[] = { "same", "causal", "valid", NULL };
/* In the order of AnmActivation. */
static const char *const activation_names[] = { "linear", "relu", "tanh", "sigmoid", NULL };

static const AnmArgument arguments[] = {
  {
      .name = "filters",
      .kind = ANM_ARGUMENT_SIZE,
      .positional = TRUE,
      .common = TRUE,
      .minimum = 1,
      .maximum = ANM_MAX_UNITS,
      .fallback = 32,
      .label = N_("Filters"),
      .summary = N_("How many patterns are looked for; each gives one number a step."),
  },
  {
      .name = "kernel",
      .kind = ANM_ARGUMENT_SIZE,
      .common = TRUE,
      .minimum = 1,
      .maximum = MAX_TAPS,
      .fallback = 5,
      .label = N_("Kernel size"),
      .summary = N_("How many steps a pattern spans."),
  },
  {
      .name = "padding",
      .kind = ANM_ARGUMENT_CHOICE,
      .common = TRUE,
      .maximum = 2,
      .choices = padding_names,
      .label = N_("Padding"),
      .summary = N_("What a pattern sees at the ends: same looks as far ahead as back, causal only back, valid only where the whole pattern fits."),
  },
  {
      .name = "strides",
      .kind = ANM_ARGUMENT_SIZE,
      .minimum = 1,
      .maximum = MAX_TAPS,
      .fallback = 1,
      .label = N_("Stride"),
      .summary = N_("Patterns are looked for at every so many-th step, which makes the sequence that much shorter."),
  },
  {
      .name = "dilation",
      .kind = ANM_ARGUMENT_SIZE,
      .minimum = 1,
      .maximum = MAX_TAPS,
      .fallback = 1,
      .label = N_("Dilation"),
      .summary = N_("How many steps lie from one of a pattern’s points to the next; more than 1 lets a pattern reach further."),
  },
  {
      .name = "activation",
      .kind = ANM_ARGUMENT_CHOICE,
      .common = TRUE,
      .maximum = 3,
      .choices = activation_names,
      .label = N_("Activation"),
      .summary = N_("What bends each filter’s sum: nothing (linear), relu cuts off what is negative, tanh and sigmoid keep it within bounds."),
  },
  ANM_FROZEN_ARGUMENT,
};

static guint
get_span (const AnmConv1d *self)
{
  return (self->n_taps - 1) * self->dilation + 1;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmConv1d *self = (AnmConv1d *) layer;

  self->n_taps = (guint) _anm_layer_class_get_value (layer->klass, values, "kernel");
  self->stride = (guint) _anm_layer_class_get_value (layer->klass, values, "strides");
  self->dilation = (guint) _anm_layer_class_get_value (layer->klass, values, "dilation");
  self->padding = (guint) _anm_layer_class_get_value (layer->klass, values, "padding");
  self->activation = (AnmActivation) _anm_layer_class_get_value (layer->klass, values, "activation");
  layer->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "filters");
  layer->gives_sequences = TRUE;
  layer->causal = self->padding != PADDING_SAME || self->n_taps == 1;
  layer->changes_lengths = self->stride > 1 || (self->padding == PADDING_VALID && self->n_taps > 1);
  layer->product_rows = (gsize) self->n_taps * layer->n_inputs + 1;
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, (gsize) self->n_taps * layer->n_inputs, layer->n_units);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, layer->n_units);
  return TRUE;
}

static guint
output_length (const AnmLayer *layer, guint input_length)
{
  const AnmConv1d *self = (const AnmConv1d *) layer;
  guint span = get_span (self);

  if (self->padding != PADDING_VALID)
    return (input_length - 1) / self->stride + 1;
  return input_length < span ? 0 : (input_length - span) / self->stride + 1;
}

/* a_k: the first step that step @k of the output looks at, which may lie before the sequence. */
static gint64
get_start (const AnmConv1d *self, guint k, guint input_length)
{
  gint64 span = get_span (self), start = (gint64) k * self->stride;
  gint64 last = ((gint64) input_length - 1) / self->stride * self->stride;

  switch (self->padding)
    {
    case PADDING_VALID:
      return start;
    case PADDING_CAUSAL:
      return start - (span - 1);
    case PADDING_SAME:
    default:
      return start - MAX (last + span - input_length, 0) / 2;
    }
}

static guint
get_anchor (const AnmLayer *layer, guint step, guint input_length)
{
  const AnmConv1d *self = (const AnmConv1d *) layer;
  gint64 span = get_span (self);

  return (guint) (get_start (self, step, input_length) + (self->padding == PADDING_SAME ? (span - 1) / 2 : span - 1));
}

/* Glorot uniform, each tap being an input and an output of its own, as in Keras. */
static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  const AnmConv1d *self = (const AnmConv1d *) layer;
  double limit = sqrt (6.0 / ((double) self->n_taps * ((double) layer->n_inputs + layer->n_units)));

  _anm_initialize_uniform (seed, stream, limit, layer->parameters[0].n_rows, layer->n_units, parameters, layer->n_units);
  for (gsize j = layer->parameters[1].offset; j < layer->n_reals; j++)
    parameters[j] = 0;
}

static gsize
get_window_width (const AnmLayer *layer)
{
  return layer->parameters[0].n_rows;
}

/* [W; b], then W^T. */
static gsize
get_transposed_offset (const AnmLayer *layer)
{
  return _anm_round_up (_anm_panels_size (layer->n_units, get_window_width (layer) + 1));
}

static gsize
packed_size (const AnmLayer *layer)
{
  return get_transposed_offset (layer) + _anm_panels_size (get_window_width (layer), layer->n_units);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  gsize width = get_window_width (layer);

  _anm_panels_fill (layer->n_units, width + 1, parameters, layer->n_units, packed);
  _anm_panels_fill_transposed (width, layer->n_units, parameters, layer->n_units, packed + get_transposed_offset (layer));
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmConv1dState *state = g_new0 (AnmConv1dState, 1);
  gsize width = get_window_width (layer);

  state->window_stride = _anm_round_up (width + 1);
  state->windows = _anm_allocate (capacity->max_rows * _anm_layer_output_length (layer, (guint) capacity->max_steps) * state->window_stride);
  state->base.input = (AnmPlane){ _anm_allocate (capacity->max_rows * capacity->max_steps * layer->n_inputs), layer->n_inputs };
  if (capacity->with_backward)
    state->window_gradients = _anm_allocate ((BLOCK_ROWS + (gsize) capacity->max_rows) * width);
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  AnmConv1dState *state = (AnmConv1dState *) base;

  _anm_release (state->windows);
  _anm_release (state->window_gradients);
  _anm_release (base->input.values);
  g_free (base);
}

/* The packed row of step @t of row @row, or -1 where there is nothing but zeros. */
static gssize
find_input (const AnmPass *pass, gint64 t, guint row)
{
  gsize place;

  if (t < 0 || t >= (gint64) pass->input->lengths[row])
    return -1;
  place = pass->input->start[t] + row;
  return pass->skip != NULL && pass->skip[place] ? -1 : (gssize) place;
}

/* Few numbers are copied faster without a call. */
static inline void
copy (gsize n, const anm_real *from, anm_real *to)
{
  if (n > 8)
    memcpy (to, from, n * sizeof *to);
  else
    for (gsize i = 0; i < n; i++)
      to[i] = from[i];
}

static void
gather_window (const AnmLayer *layer, AnmConv1dState *state, const AnmPass *pass, guint k, guint row)
{
  const AnmConv1d *self = (const AnmConv1d *) layer;
  gsize n = layer->n_inputs;
  anm_real *window = state->windows + (pass->output->start[k] + row) * state->window_stride;
  gint64 t = get_start (self, k, pass->input->lengths[row]);

  for (guint j = 0; j < self->n_taps; j++, t += self->dilation, window += n)
    {
      gssize place = find_input (pass, t, row);

      if (place >= 0)
        copy (n, state->base.input.values + (gsize) place * n, window);
      else
        memset (window, 0, n * sizeof *window);
    }
  *window = 1;
}

static void
scatter_window (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint k, guint row, const anm_real *gradient)
{
  const AnmConv1d *self = (const AnmConv1d *) layer;
  gint64 t = get_start (self, k, pass->input->lengths[row]);

  for (guint j = 0; j < self->n_taps; j++, t += self->dilation, gradient += layer->n_inputs)
    {
      gssize place = find_input (pass, t, row);

      if (place >= 0)
        _anm_add_row (layer->n_inputs, gradient, base->input_gradient.values + (gsize) place * base->input_gradient.stride);
    }
}

/* Steps of the output from @k on that make a block: fewer than BLOCK_ROWS rows and one step more. */
static guint
find_block_end (const AnmRagged *output, guint k)
{
  gsize n_rows = 0;

  while (k < output->n_steps && n_rows < BLOCK_ROWS)
    n_rows += output->active[k++];
  return k;
}

static gsize
get_packed_end (const AnmRagged *output, guint k)
{
  return k < output->n_steps ? output->start[k] : output->n_packed;
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmConv1dState *state = (AnmConv1dState *) base;
  AnmActivation activation = ((const AnmConv1d *) layer)->activation;

  for (guint k = 0, end; k < pass->output->n_steps; k = end)
    {
      gsize first = pass->output->start[k], last;

      if (_anm_pass_is_stopped (pass))
        return FALSE;
      end = find_block_end (pass->output, k);
      last = get_packed_end (pass->output, end);
      for (guint step = k; step < end; step++)
        for (guint r = 0; r < pass->output->active[step]; r++)
          gather_window (layer, state, pass, step, r);
      _anm_multiply_panels (last - first, layer->n_units, get_window_width (layer) + 1,
                            state->windows + first * state->window_stride, state->window_stride, pass->packed, FALSE,
                            base->output.values + first * base->output.stride, base->output.stride);
      if (activation != ANM_ACTIVATION_LINEAR)
        for (gsize i = first; i < last; i++)
          _anm_activate (activation, layer->n_units, base->output.values + i * base->output.stride);
    }
  return TRUE;
}

/* dL/d(windows) block by block, each added to the steps that the windows were made of. */
static gboolean
add_input_gradient (const AnmLayer *layer, AnmConv1dState *state, const AnmPass *pass)
{
  AnmLayerState *base = &state->base;
  gsize width = get_window_width (layer);

  for (gsize i = 0; i < pass->input->n_packed; i++)
    memset (base->input_gradient.values + i * base->input_gradient.stride, 0, layer->n_inputs * sizeof (anm_real));
  for (guint k = 0, end; k < pass->output->n_steps; k = end)
    {
      gsize first = pass->output->start[k];

      if (_anm_pass_is_stopped (pass))
        return FALSE;
      end = find_block_end (pass->output, k);
      _anm_multiply_panels (get_packed_end (pass->output, end) - first, width, layer->n_units,
                            base->output_gradient.values + first * base->output_gradient.stride, base->output_gradient.stride,
                            pass->packed + get_transposed_offset (layer), FALSE, state->window_gradients, width);
      for (guint step = k; step < end; step++)
        for (guint r = 0; r < pass->output->active[step]; r++)
          scatter_window (layer, base, pass, step, r, state->window_gradients + (pass->output->start[step] + r - first) * width);
    }
  return TRUE;
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmConv1dState *state = (AnmConv1dState *) base;
  AnmActivation activation = ((const AnmConv1d *) layer)->activation;
  const AnmPlane *dy = &base->output_gradient;
  gsize n_packed = pass->output->n_packed;

  if (activation != ANM_ACTIVATION_LINEAR)
    for (gsize i = 0; i < n_packed; i++)
      _anm_activate_backward (activation, layer->n_units, base->output.values + i * base->output.stride, dy->values + i * dy->stride);
  _anm_multiply_transposed (get_window_width (layer) + 1, layer->n_units, n_packed, state->windows, state->window_stride,
                            dy->values, dy->stride, gradient, layer->n_units, pass->scratch);
  return base->input_gradient.values == NULL || add_input_gradient (layer, state, pass);
}

static const AnmTraceInfo traces[] = {
  { "y", N_("Output"), FALSE, FALSE, TRUE },
};

static AnmActivation
get_activation (const AnmLayer *layer)
{
  return ((const AnmConv1d *) layer)->activation;
}

const AnmLayerClass _anm_conv1d_class = {
  .type = "conv1d",
  .label = N_("Convolution"),
  .summary = N_("Looks for short patterns at every step; in front of a recurrent layer it hands on what it found there."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .needs_sequences = TRUE,
  .instance_size = sizeof (AnmConv1d),
  .lay_out = lay_out,
  .output_length = output_length,
  .get_anchor = get_anchor,
  .initialize = initialize,
  .packed_size = packed_size,
  .pack = pack,
  .state_new = state_new,
  .state_free = state_free,
  .forward = forward,
  .backward = backward,
  .traces = traces,
  .n_traces = G_N_ELEMENTS (traces),
  .read_trace = _anm_layer_read_output,
  .get_activation = get_activation,
};
