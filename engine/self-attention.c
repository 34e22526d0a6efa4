/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attention(self), one sequence and one head after the other: with Q, K, V
 * [T][d] of the head,
 *
 *   S = Q K^T / sqrt (d),   P = softmax (S) by rows,   O = P V
 *
 * a block of queries at a time, so that memory is linear in the steps. Backwards
 * P is made again, and
 *
 *   dV = P^T dO,   dP = dO V^T,   dS = P * (dP - rowsum (P * dP)),
 *   dQ = dS K / sqrt (d),   dK = dS^T Q / sqrt (d)
 *
 * T. Dao, D. Fu, S. Ermon et al. (2022): FlashAttention: fast and
 * memory-efficient exact attention with IO-awareness. NeurIPS. Appendix B.
 */
#include "engine/attention-private.h"

#include "engine/blas.h"
#include "engine/kernels.h"
#include "engine/memory.h"

#include <math.h>
#include <string.h>

#define BLOCK_QUERIES 32

/* The blocks of the projections. */
enum
{
  QUERIES,
  VALUES,
  KEYS,
  N_BLOCKS,
};

/**
 * AnmSelfAttentionState:
 * @contexts: [max_packed][units] O of all heads
 * @context_gradients: (nullable): the same of dL/dO
 * @received: (nullable): [max_packed][heads] the sum of the weights that a step was given, for an onlooker
 * @hidden: [max_steps] steps of the sequence at hand that are skipped
 * @has_hidden: whether there are any
 * @blocks: [max_steps][d] each: Q / sqrt (d), V and K of the sequence and head at hand
 * @block_gradients: (nullable): the same of dL/dQ, dL/dV and dL/dK; @output: O or dL/dO
 * @keys_transposed, @keys, @values, @values_transposed: packed for products
 * @weights, @weight_gradients: [BLOCK_QUERIES][@row_stride] P, and dL/dS
 */
typedef struct
{
  AnmAttentionState base;
  anm_real *contexts;
  anm_real *context_gradients;
  double   *received;
  guint8   *hidden;
  gboolean  has_hidden;
  anm_real *blocks[N_BLOCKS];
  anm_real *block_gradients[N_BLOCKS];
  anm_real *output;
  anm_real *keys_transposed, *keys, *values, *values_transposed;
  anm_real *weights, *weight_gradients;
  gsize     row_stride;
  anm_real *scratch;
} AnmSelfAttentionState;

static void
clear (AnmAttentionState *base)
{
  AnmSelfAttentionState *state = (AnmSelfAttentionState *) base;
  anm_real *planes[] = {
    state->contexts, state->context_gradients, state->output, state->keys_transposed, state->keys,
    state->values, state->values_transposed, state->weights, state->weight_gradients, state->scratch
  };

  for (gsize k = 0; k < G_N_ELEMENTS (planes); k++)
    _anm_release (planes[k]);
  for (guint block = 0; block < N_BLOCKS; block++)
    {
      _anm_release (state->blocks[block]);
      _anm_release (state->block_gradients[block]);
    }
  g_free (state->received);
  g_free (state->hidden);
}

AnmLayerState *
_anm_self_attention_state_new (const AnmAttention *self, const AnmCapacity *capacity)
{
  AnmSelfAttentionState *state = g_new0 (AnmSelfAttentionState, 1);
  gsize max_packed = capacity->max_rows * capacity->max_steps, n_steps = capacity->max_steps, d = self->head_width;

  _anm_attention_state_init (&state->base, self, capacity);
  state->base.clear = clear;
  state->contexts = _anm_allocate (max_packed * self->n_units);
  state->hidden = g_new0 (guint8, n_steps);
  state->output = _anm_allocate (n_steps * d);
  state->keys_transposed = _anm_allocate (_anm_panels_size (n_steps, d));
  state->values = _anm_allocate (_anm_panels_size (d, n_steps));
  state->row_stride = _anm_round_up (n_steps);
  state->weights = _anm_allocate (BLOCK_QUERIES * state->row_stride);
  if (capacity->with_traces)
    state->received = g_new0 (double, max_packed * self->n_heads);
  for (guint block = 0; block < N_BLOCKS; block++)
    {
      state->blocks[block] = _anm_allocate (n_steps * d);
      if (capacity->with_backward)
        state->block_gradients[block] = _anm_allocate (n_steps * d);
    }
  if (capacity->with_backward)
    {
      state->context_gradients = _anm_allocate (max_packed * self->n_units);
      state->keys = _anm_allocate (_anm_panels_size (d, n_steps));
      state->values_transposed = _anm_allocate (_anm_panels_size (n_steps, d));
      state->weight_gradients = _anm_allocate (BLOCK_QUERIES * state->row_stride);
      state->scratch = _anm_allocate (_anm_multiply_transposed_scratch (n_steps));
    }
  return &state->base.base;
}

/* Columns [column, column + d) of the steps of row @row of a packed plane, and back. */
static void
take_rows (const AnmRagged *ragged, guint row, const anm_real *plane, gsize stride, gsize column, guint d, anm_real *rows)
{
  for (guint t = 0; t < ragged->lengths[row]; t++)
    memcpy (rows + (gsize) t * d, plane + (ragged->start[t] + row) * stride + column, d * sizeof *rows);
}

static void
put_rows (const AnmRagged *ragged, guint row, const anm_real *rows, guint d, anm_real *plane, gsize stride, gsize column)
{
  for (guint t = 0; t < ragged->lengths[row]; t++)
    memcpy (plane + (ragged->start[t] + row) * stride + column, rows + (gsize) t * d, d * sizeof *rows);
}

/* Q / sqrt (d), V and K of one head of row @row, packed for what forward needs. */
static void
take_head (const AnmAttention *self, AnmSelfAttentionState *state, const AnmPass *pass, guint row, guint head)
{
  guint n_steps = pass->input->lengths[row], d = self->head_width;
  anm_real scale = (anm_real) (1.0 / sqrt (d));

  for (guint block = 0; block < N_BLOCKS; block++)
    take_rows (pass->input, row, state->base.projected, _anm_attention_get_columns (self),
               (gsize) block * self->n_units + (gsize) head * d, d, state->blocks[block]);
  for (gsize i = 0; i < (gsize) n_steps * d; i++)
    state->blocks[QUERIES][i] *= scale;
  _anm_panels_fill_transposed (n_steps, d, state->blocks[KEYS], d, state->keys_transposed);
  _anm_panels_fill (d, n_steps, state->blocks[VALUES], d, state->values);
}

static void
find_hidden (AnmSelfAttentionState *state, const AnmPass *pass, guint row)
{
  state->has_hidden = FALSE;
  for (guint t = 0; t < pass->input->lengths[row]; t++)
    state->has_hidden |= state->hidden[t] = _anm_is_skipped (pass, pass->input->start[t] + row);
}

/* One row of S becomes one of P: the first @n_visible steps have weights if they aren't hidden. */
static void
weigh (const AnmSelfAttentionState *state, guint n_visible, guint n_steps, anm_real *row)
{
  guint n_hidden = 0;

  for (guint t = 0; t < n_visible && state->has_hidden; t++)
    if (state->hidden[t])
      {
        row[t] = -(anm_real) 1e30;
        n_hidden++;
      }
  if (n_hidden < n_visible)
    _anm_activate (ANM_ACTIVATION_SOFTMAX, n_visible, row);
  for (guint t = 0; t < n_visible && n_hidden > 0; t++)
    if (state->hidden[t] || n_hidden == n_visible)
      row[t] = 0;
  memset (row + n_visible, 0, (n_steps - n_visible) * sizeof *row);
}

/* P of queries @first .. @first + @n - 1. */
static void
make_weights (const AnmAttention *self, AnmSelfAttentionState *state, guint n_steps, guint first, guint n)
{
  _anm_multiply_panels (n, n_steps, self->head_width, state->blocks[QUERIES] + (gsize) first * self->head_width, self->head_width,
                        state->keys_transposed, FALSE, state->weights, state->row_stride);
  for (guint i = 0; i < n; i++)
    weigh (state, self->is_causal ? first + i + 1 : n_steps, n_steps, state->weights + i * state->row_stride);
}

static void
add_received (const AnmAttention *self, AnmSelfAttentionState *state, const AnmPass *pass, guint row, guint head, guint n)
{
  for (guint i = 0; i < n; i++)
    for (guint t = 0; t < pass->input->lengths[row]; t++)
      state->received[(pass->input->start[t] + row) * self->n_heads + head] += (double) state->weights[i * state->row_stride + t];
}

static void
attend (const AnmAttention *self, AnmSelfAttentionState *state, const AnmPass *pass, guint row, guint head)
{
  guint n_steps = pass->input->lengths[row], d = self->head_width;

  take_head (self, state, pass, row, head);
  for (guint first = 0; first < n_steps; first += BLOCK_QUERIES)
    {
      guint n = MIN (BLOCK_QUERIES, n_steps - first);

      make_weights (self, state, n_steps, first, n);
      if (state->received != NULL)
        add_received (self, state, pass, row, head, n);
      _anm_multiply_panels (n, d, n_steps, state->weights, state->row_stride, state->values, FALSE, state->output + (gsize) first * d, d);
    }
  put_rows (pass->input, row, state->output, d, state->contexts, self->n_units, (gsize) head * d);
}

gboolean
_anm_self_attention_forward (const AnmAttention *self, AnmAttentionState *base, const AnmPass *pass)
{
  AnmSelfAttentionState *state = (AnmSelfAttentionState *) base;
  const AnmAttentionPacking packing = _anm_attention_get_packing (self);
  const AnmPlane *y = &base->base.output;
  gsize n_packed = pass->input->n_packed;

  _anm_attention_project (self, base, pass);
  if (state->received != NULL)
    memset (state->received, 0, n_packed * self->n_heads * sizeof *state->received);
  for (guint r = 0; r < pass->input->n_rows; r++)
    {
      find_hidden (state, pass, r);
      for (guint head = 0; head < self->n_heads; head++)
        {
          if (_anm_pass_is_stopped (pass))
            return FALSE;
          attend (self, state, pass, r, head);
        }
    }
  _anm_multiply_panels (n_packed, self->n_units, self->n_units, state->contexts, self->n_units, pass->packed + packing.second, FALSE,
                        y->values, y->stride);
  for (gsize i = 0; i < n_packed; i++)
    _anm_add_row (self->n_units, pass->packed + packing.output_bias, y->values + i * y->stride);
  return TRUE;
}

/* dP becomes dS, a block of rows in place. */
static void
weigh_back (const AnmSelfAttentionState *state, guint n, guint n_steps)
{
  for (guint i = 0; i < n; i++)
    {
      const anm_real *p = state->weights + i * state->row_stride;
      anm_real *ds = state->weight_gradients + i * state->row_stride;
      double sum = 0.0;

      for (guint t = 0; t < n_steps; t++)
        sum += (double) p[t] * (double) ds[t];
      for (guint t = 0; t < n_steps; t++)
        ds[t] = p[t] * (ds[t] - (anm_real) sum);
    }
}

static void
attend_back (const AnmAttention *self, AnmSelfAttentionState *state, const AnmPass *pass, guint row, guint head)
{
  guint n_steps = pass->input->lengths[row], d = self->head_width;
  anm_real scale = (anm_real) (1.0 / sqrt (d));

  take_head (self, state, pass, row, head);
  _anm_panels_fill (d, n_steps, state->blocks[KEYS], d, state->keys);
  _anm_panels_fill_transposed (n_steps, d, state->blocks[VALUES], d, state->values_transposed);
  take_rows (pass->input, row, state->context_gradients, self->n_units, (gsize) head * d, d, state->output);
  memset (state->block_gradients[VALUES], 0, (gsize) n_steps * d * sizeof (anm_real));
  memset (state->block_gradients[KEYS], 0, (gsize) n_steps * d * sizeof (anm_real));
  for (guint first = 0; first < n_steps; first += BLOCK_QUERIES)
    {
      guint n = MIN (BLOCK_QUERIES, n_steps - first);
      const anm_real *d_output = state->output + (gsize) first * d;

      make_weights (self, state, n_steps, first, n);
      _anm_multiply_transposed (n_steps, d, n, state->weights, state->row_stride, d_output, d,
                                state->block_gradients[VALUES], d, state->scratch);
      _anm_multiply_panels (n, n_steps, d, d_output, d, state->values_transposed, FALSE, state->weight_gradients, state->row_stride);
      weigh_back (state, n, n_steps);
      _anm_multiply_panels (n, d, n_steps, state->weight_gradients, state->row_stride, state->keys, FALSE,
                            state->block_gradients[QUERIES] + (gsize) first * d, d);
      _anm_multiply_transposed (n_steps, d, n, state->weight_gradients, state->row_stride,
                                state->blocks[QUERIES] + (gsize) first * d, d, state->block_gradients[KEYS], d, state->scratch);
    }
  for (gsize i = 0; i < (gsize) n_steps * d; i++)
    state->block_gradients[QUERIES][i] *= scale;
  for (guint block = 0; block < N_BLOCKS; block++)
    put_rows (pass->input, row, state->block_gradients[block], d, state->base.projected_gradient, _anm_attention_get_columns (self),
              (gsize) block * self->n_units + (gsize) head * d);
}

gboolean
_anm_self_attention_backward (const AnmAttention *self, AnmAttentionState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmSelfAttentionState *state = (AnmSelfAttentionState *) base;
  const AnmAttentionPacking packing = _anm_attention_get_packing (self);
  const AnmParameterSlice *slices = self->layer.parameters;
  const AnmPlane *dy = &base->base.output_gradient;
  gsize n_packed = pass->input->n_packed, n_units = self->n_units;

  _anm_multiply_transposed (n_units, n_units, n_packed, state->contexts, n_units, dy->values, dy->stride,
                            gradient + slices[ANM_ATTENTION_SECOND].offset, n_units, pass->scratch);
  _anm_add_rows (n_packed, n_units, dy->values, dy->stride, gradient + slices[ANM_ATTENTION_OUTPUT_BIAS].offset);
  _anm_multiply_panels (n_packed, n_units, n_units, dy->values, dy->stride, pass->packed + packing.second_transposed, FALSE,
                        state->context_gradients, n_units);
  for (guint r = 0; r < pass->input->n_rows; r++)
    {
      find_hidden (state, pass, r);
      for (guint head = 0; head < self->n_heads; head++)
        {
          if (_anm_pass_is_stopped (pass))
            return FALSE;
          attend_back (self, state, pass, r, head);
        }
    }
  _anm_attention_project_back (self, base, pass, FALSE, gradient);
  return TRUE;
}

/* The mean weight that the queries give each step. */
void
_anm_self_attention_read_alpha (const AnmAttention *self, const AnmAttentionState *base, const AnmPass *pass, guint row, anm_real *values)
{
  const AnmSelfAttentionState *state = (const AnmSelfAttentionState *) base;
  guint n_steps = pass->input->lengths[row];

  for (guint t = 0; t < n_steps; t++)
    for (guint head = 0; head < self->n_heads; head++)
      values[(gsize) t * self->n_heads + head] =
        state->received == NULL ? 0 : (anm_real) (state->received[(pass->input->start[t] + row) * self->n_heads + head] / n_steps);
}

/* Made again from the projections; uses the state's room. */
void
_anm_self_attention_read_weights (const AnmAttention *self, const AnmAttentionState *base, const AnmPass *pass, guint row, guint head, anm_real *weights)
{
  AnmSelfAttentionState *state = (AnmSelfAttentionState *) base;
  guint n_steps = pass->input->lengths[row];

  find_hidden (state, pass, row);
  take_head (self, state, pass, row, head);
  for (guint first = 0; first < n_steps; first += BLOCK_QUERIES)
    {
      guint n = MIN (BLOCK_QUERIES, n_steps - first);

      make_weights (self, state, n_steps, first, n);
      for (guint i = 0; i < n; i++)
        memcpy (weights + (gsize) (first + i) * n_steps, state->weights + i * state->row_stride, n_steps * sizeof *weights);
    }
}
