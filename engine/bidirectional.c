/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bidirectional: two layers of one kind with weights of their own read the
 * same sequence, one from its first step to its last, the other from its last
 * to its first,
 *
 *   →h_t = cell (x_t, →h_{t-1}),   →h_{-1} = 0
 *   ←h_t = cell (x_t, ←h_{t+1}),   ←h_T = 0
 *
 * and are merged at each step: concat [→h_t | ←h_t], sum or mean. Where only
 * the last output is asked for, each half gives its state after it has read
 * everything, so the second one's is ←h_0, as in Keras 3. Of sequences of
 * unequal length each is read backwards from its own last step.
 *
 * The layer wraps any recurrent class, which knows nothing of it: it makes two
 * states of that class and hands each a pass with its direction. Parameters:
 * those of the first half, "forward.kernel", ..., then those of the second,
 * "backward.kernel", ...
 *
 * What can be seen: "h" is what the layer gives, merged at each step; what the
 * halves hold has an arrow before its symbol, "→i" and "←i". g_t counts the
 * states of both halves at step t, g_t^2 = ||dL/d→h_t||^2 + ||dL/d←h_t||^2,
 * however they are merged, and "dL/dh" is [dL/d→h_t | dL/d←h_t]. Mind that the
 * second half's gradient has come the farther the later the step.
 *
 * M. Schuster, K. K. Paliwal (1997): Bidirectional recurrent neural networks.
 * IEEE Transactions on Signal Processing 45.
 */
#include "engine/bidirectional.h"

#include "engine/kernels.h"
#include "engine/memory.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_HALVES 2
/* A layer has 256 streams for its initial weights, and 4 for its masks. */
#define WEIGHT_STREAMS_OF_HALF 128
#define MASK_STREAMS_OF_HALF 2

/* In the order of the choices of bidirectional=. */
typedef enum
{
  MERGE_NONE,
  MERGE_CONCAT,
  MERGE_SUM,
  MERGE_MEAN,
} Merge;

const char *const anm_bidirectional_names[] = { "none", "concat", "sum", "mean", NULL };

typedef struct
{
  AnmLayerClass        klass;
  const AnmLayerClass *half;
  guint                hidden; /* index of the half's trace "h" */
  guint                hidden_gradient;
} AnmBidirectionalClass;

typedef struct
{
  AnmLayer  layer;
  AnmLayer *half; /* both directions have the same shape */
  Merge     merge;
} AnmBidirectional;

/**
 * AnmBidirectionalState:
 * @half_class: of the halves, which frees them
 * @outputs: [output packed rows][half's units], where the halves aren't written side by side
 * @output_gradients: the same of dL/d(output)
 * @input_gradient: [packed][inputs] what the second half sends down
 */
typedef struct
{
  AnmLayerState        base;
  const AnmLayerClass *half_class;
  AnmLayerState       *halves[N_HALVES];
  anm_real            *outputs[N_HALVES];
  anm_real            *output_gradients[N_HALVES];
  anm_real            *input_gradient;
} AnmBidirectionalState;

static const AnmBidirectionalClass *
get_class (const AnmLayer *layer)
{
  return (const AnmBidirectionalClass *) layer->klass;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  static const char *const prefixes[N_HALVES] = { "forward", "backward" };
  AnmBidirectional *self = (AnmBidirectional *) layer;

  self->merge = (Merge) _anm_layer_class_get_value (layer->klass, values, "bidirectional");
  self->half = _anm_layer_new_one_way (get_class (layer)->half, values, layer->n_inputs, layer->takes_sequences, error);
  if (self->half == NULL)
    return FALSE;

  layer->n_units = self->merge == MERGE_CONCAT ? N_HALVES * self->half->n_units : self->half->n_units;
  layer->gives_sequences = self->half->gives_sequences;
  layer->rates = self->half->rates;
  layer->causal = FALSE;
  for (guint k = 0; k < N_HALVES; k++)
    for (guint i = 0; i < self->half->n_parameters; i++)
      {
        const AnmParameterSlice *slice = &self->half->parameters[i];
        g_autofree char *name = g_strdup_printf ("%s.%s", prefixes[k], slice->name);

        _anm_layer_add_parameter (layer, g_intern_string (name), slice->kind, slice->n_rows, slice->n_columns);
      }
  return TRUE;
}

static void
finalize (AnmLayer *layer)
{
  g_clear_pointer (&((AnmBidirectional *) layer)->half, _anm_layer_free);
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  const AnmLayer *half = ((const AnmBidirectional *) layer)->half;

  for (guint k = 0; k < N_HALVES; k++)
    half->klass->initialize (half, seed, stream + k * WEIGHT_STREAMS_OF_HALF, parameters + k * half->n_reals);
}

static gsize
get_packed_stride (const AnmLayer *half)
{
  return _anm_round_up (half->klass->packed_size (half));
}

static gsize
packed_size (const AnmLayer *layer)
{
  return N_HALVES * get_packed_stride (((const AnmBidirectional *) layer)->half);
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  const AnmLayer *half = ((const AnmBidirectional *) layer)->half;

  for (guint k = 0; k < N_HALVES; k++)
    half->klass->pack (half, parameters + k * half->n_reals, packed + k * get_packed_stride (half));
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  const AnmBidirectional *self = (const AnmBidirectional *) layer;
  AnmBidirectionalState *state = g_new0 (AnmBidirectionalState, 1);
  gsize max_packed = capacity->max_rows * capacity->max_steps;
  gsize max_output = layer->gives_sequences ? max_packed : capacity->max_rows;

  state->half_class = self->half->klass;
  for (guint k = 0; k < N_HALVES; k++)
    {
      state->halves[k] = self->half->klass->state_new (self->half, capacity);
      if (self->merge == MERGE_CONCAT)
        continue;
      state->outputs[k] = _anm_allocate (max_output * layer->n_units);
      if (capacity->with_backward)
        state->output_gradients[k] = _anm_allocate (max_output * layer->n_units);
    }
  if (capacity->with_backward)
    {
      state->input_gradient = _anm_allocate (max_packed * layer->n_inputs);
      state->base.squares = g_new0 (double, max_packed);
    }
  state->base.input = state->halves[0]->input;
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  AnmBidirectionalState *state = (AnmBidirectionalState *) base;

  for (guint k = 0; k < N_HALVES; k++)
    {
      state->half_class->state_free (state->halves[k]);
      _anm_release (state->outputs[k]);
      _anm_release (state->output_gradients[k]);
    }
  _anm_release (state->input_gradient);
  g_free (base->squares);
  g_free (state);
}

/* The pass as one half sees it. */
static AnmPass
get_half_pass (const AnmLayer *layer, const AnmPass *pass, guint k)
{
  const AnmLayer *half = ((const AnmBidirectional *) layer)->half;
  AnmPass half_pass = *pass;

  half_pass.reverse = k == 1;
  half_pass.stream += k * MASK_STREAMS_OF_HALF;
  if (pass->packed != NULL)
    half_pass.packed += k * get_packed_stride (half);
  return half_pass;
}

/* Where half @k has its part of @merged: beside the other's, or in a plane of its own. */
static AnmPlane
get_half_plane (const AnmLayer *layer, const AnmPlane *merged, anm_real *own, guint k)
{
  const AnmLayer *half = ((const AnmBidirectional *) layer)->half;

  if (own != NULL)
    return (AnmPlane){ own, half->n_units };
  return (AnmPlane){ merged->values + k * half->n_units, merged->stride };
}

static void
load (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  const AnmLayer *half = ((const AnmBidirectional *) layer)->half;
  AnmBidirectionalState *state = (AnmBidirectionalState *) base;

  for (guint k = 0; k < N_HALVES && half->klass->load != NULL; k++)
    {
      AnmPass half_pass = get_half_pass (layer, pass, k);

      half->klass->load (half, state->halves[k], &half_pass);
    }
}

static void
copy_input (const AnmLayer *layer, const AnmPlane *from, const AnmPlane *to, gsize n_packed)
{
  for (gsize i = 0; i < n_packed; i++)
    memcpy (to->values + i * to->stride, from->values + i * from->stride, layer->n_inputs * sizeof (anm_real));
}

/* merged = a + b, or their mean */
static void
merge_rows (const AnmBidirectional *self, gsize n_rows, const anm_real *a, const anm_real *b, AnmPlane *merged)
{
  gsize n_units = self->layer.n_units;
  anm_real factor = self->merge == MERGE_MEAN ? (anm_real) 0.5 : 1;

  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < n_units; j++)
      merged->values[i * merged->stride + j] = factor * (a[i * n_units + j] + b[i * n_units + j]);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  const AnmBidirectional *self = (const AnmBidirectional *) layer;
  AnmBidirectionalState *state = (AnmBidirectionalState *) base;

  copy_input (layer, &state->halves[0]->input, &state->halves[1]->input, pass->input->n_packed);
  for (guint k = 0; k < N_HALVES; k++)
    {
      AnmPass half_pass = get_half_pass (layer, pass, k);

      state->halves[k]->output = get_half_plane (layer, &base->output, state->outputs[k], k);
      if (!self->half->klass->forward (self->half, state->halves[k], &half_pass))
        return FALSE;
    }
  if (self->merge != MERGE_CONCAT)
    merge_rows (self, pass->output->n_packed, state->outputs[0], state->outputs[1], &base->output);
  return TRUE;
}

/* dL/d(output) of sum and mean, which each half may use up. */
static void
share_output_gradient (const AnmBidirectional *self, AnmBidirectionalState *state, const AnmPass *pass)
{
  const AnmPlane *above = &state->base.output_gradient;
  gsize n_units = self->layer.n_units;
  anm_real factor = self->merge == MERGE_MEAN ? (anm_real) 0.5 : 1;

  for (guint k = 0; k < N_HALVES; k++)
    for (gsize i = 0; i < pass->output->n_packed; i++)
      for (gsize j = 0; j < n_units; j++)
        state->output_gradients[k][i * n_units + j] = factor * above->values[i * above->stride + j];
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  const AnmBidirectional *self = (const AnmBidirectional *) layer;
  AnmBidirectionalState *state = (AnmBidirectionalState *) base;
  gboolean is_asked = base->input_gradient.values != NULL;
  const AnmPlane second = { is_asked ? state->input_gradient : NULL, layer->n_inputs };

  if (self->merge != MERGE_CONCAT)
    share_output_gradient (self, state, pass);
  state->halves[0]->input_gradient = base->input_gradient;
  state->halves[1]->input_gradient = second;
  for (guint k = 0; k < N_HALVES; k++)
    {
      AnmPass half_pass = get_half_pass (layer, pass, k);

      state->halves[k]->output_gradient = get_half_plane (layer, &base->output_gradient, state->output_gradients[k], k);
      if (!self->half->klass->backward (self->half, state->halves[k], &half_pass, gradient + k * self->half->n_reals))
        return FALSE;
    }
  for (gsize i = 0; i < pass->input->n_packed; i++)
    {
      if (base->squares != NULL)
        base->squares[i] = state->halves[0]->squares[i] + state->halves[1]->squares[i];
      if (is_asked)
        _anm_add_row (layer->n_inputs, second.values + i * second.stride, base->input_gradient.values + i * base->input_gradient.stride);
    }
  return TRUE;
}

/*
 * Traces: "h", all of the first half, all of the second, "dL/dh". Where one of
 * a half stands among its class's, and whose half it is.
 */
static guint
get_half_trace (const AnmLayer *layer, guint index, guint *k)
{
  guint n = get_class (layer)->half->n_traces;

  *k = (index - 1) / n;
  return (index - 1) % n;
}

static gboolean
is_merged (const AnmLayer *layer, guint index)
{
  return index == 0 || index + 1 == layer->klass->n_traces;
}

static guint
trace_width (const AnmLayer *layer, guint index)
{
  const AnmLayer *half = ((const AnmBidirectional *) layer)->half;
  guint k;

  if (is_merged (layer, index))
    return index == 0 ? layer->n_units : N_HALVES * half->n_units;
  return _anm_layer_get_trace_width (half, get_half_trace (layer, index, &k));
}

/* Both halves' trace @index, side by side or, as "h" may be, merged otherwise. */
static void
read_merged (const AnmLayer *layer, const AnmBidirectionalState *state, const AnmPass *pass, guint index, gboolean concat, guint row, anm_real *values)
{
  const AnmBidirectional *self = (const AnmBidirectional *) layer;
  gsize n_units = self->half->n_units, n_steps = pass->input->lengths[row];
  g_autofree anm_real *read = g_new (anm_real, N_HALVES * n_steps * n_units);

  for (guint k = 0; k < N_HALVES; k++)
    {
      AnmPass half_pass = get_half_pass (layer, pass, k);

      self->half->klass->read_trace (self->half, state->halves[k], &half_pass, index, row, read + k * n_steps * n_units);
      for (gsize t = 0; concat && t < n_steps; t++)
        memcpy (values + (N_HALVES * t + k) * n_units, read + (k * n_steps + t) * n_units, n_units * sizeof *values);
    }
  if (!concat)
    merge_rows (self, n_steps, read, read + n_steps * n_units, &(AnmPlane){ values, n_units });
}

static void
read_trace (const AnmLayer *layer, const AnmLayerState *base, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  const AnmBidirectional *self = (const AnmBidirectional *) layer;
  const AnmBidirectionalState *state = (const AnmBidirectionalState *) base;
  AnmPass half_pass;
  guint k, half_index;

  if (index == 0)
    {
      read_merged (layer, state, pass, get_class (layer)->hidden, self->merge == MERGE_CONCAT, row, values);
      return;
    }
  if (is_merged (layer, index))
    {
      read_merged (layer, state, pass, get_class (layer)->hidden_gradient, TRUE, row, values);
      return;
    }
  half_index = get_half_trace (layer, index, &k);
  half_pass = get_half_pass (layer, pass, k);
  self->half->klass->read_trace (self->half, state->halves[k], &half_pass, half_index, row, values);
}

static const AnmLayer *
get_half (const AnmLayer *layer)
{
  return ((const AnmBidirectional *) layer)->half;
}

static guint
find_trace (const AnmLayerClass *klass, const char *symbol)
{
  for (guint i = 0; i < klass->n_traces; i++)
    if (g_str_equal (klass->traces[i].symbol, symbol))
      return i;
  g_assert_not_reached ();
}

/* The labels are in the reader's language: they are put together from words that are. */
static AnmTraceInfo *
make_traces (const AnmBidirectionalClass *self)
{
  static const char *const arrows[N_HALVES] = { "→", "←" };
  /* Translators: something of a layer, such as "Forget gate", in the half of it that reads from the first step to the last. */
  const char *const formats[N_HALVES] = { N_("%s, forwards"), N_("%s, backwards") };
  const AnmLayerClass *half = self->half;
  AnmTraceInfo *traces = g_new (AnmTraceInfo, N_HALVES * half->n_traces + 2);

  traces[0] = half->traces[self->hidden];
  traces[N_HALVES * half->n_traces + 1] = half->traces[self->hidden_gradient];
  for (guint k = 0; k < N_HALVES; k++)
    for (guint i = 0; i < half->n_traces; i++)
      {
        AnmTraceInfo *trace = &traces[1 + k * half->n_traces + i];

        *trace = half->traces[i];
        trace->symbol = g_strconcat (arrows[k], half->traces[i].symbol, NULL);
        trace->label = g_strdup_printf (_(formats[k]), _(half->traces[i].label));
      }
  return traces;
}

static AnmBidirectionalClass *
make_class (const AnmLayerClass *half)
{
  AnmBidirectionalClass *self = g_new0 (AnmBidirectionalClass, 1);

  self->half = half;
  self->hidden = find_trace (half, "h");
  self->hidden_gradient = find_trace (half, "dL/dh");
  self->klass = (AnmLayerClass){
    .type = half->type,
    .label = half->label,
    .summary = half->summary,
    .arguments = half->arguments,
    .n_arguments = half->n_arguments,
    .is_recurrent = TRUE,
    .needs_sequences = half->needs_sequences,
    .reads_missing = half->reads_missing,
    .instance_size = sizeof (AnmBidirectional),
    .lay_out = lay_out,
    .finalize = finalize,
    .initialize = initialize,
    .packed_size = packed_size,
    .pack = pack,
    .state_new = state_new,
    .state_free = state_free,
    .load = load,
    .forward = forward,
    .backward = backward,
    .traces = make_traces (self),
    .n_traces = N_HALVES * half->n_traces + 2,
    .trace_width = trace_width,
    .read_trace = read_trace,
    .get_half = get_half,
  };
  return self;
}

/**
 * _anm_bidirectional_class_for:
 * @half: a recurrent class
 *
 * Made at first use and kept.
 *
 * Returns: (transfer none): the class of layers that run two of @half, one in each direction
 */
const AnmLayerClass *
_anm_bidirectional_class_for (const AnmLayerClass *half)
{
  static GMutex lock;
  static GHashTable *classes;
  AnmBidirectionalClass *found;

  g_mutex_lock (&lock);
  if (classes == NULL)
    classes = g_hash_table_new (NULL, NULL);
  found = g_hash_table_lookup (classes, half);
  if (found == NULL)
    {
      found = make_class (half);
      g_hash_table_insert (classes, (gpointer) half, found);
    }
  g_mutex_unlock (&lock);
  return &found->klass;
}
