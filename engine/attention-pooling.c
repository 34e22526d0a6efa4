/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attention(additive) and attention(dot): the weighted mean of the steps so far,
 * kept up step by step,
 *
 *   m_t = max (m_{t-1}, e_t),   s = exp (m_{t-1} - m_t),   p_t = exp (e_t - m_t)
 *   Z_t = s Z_{t-1} + p_t,      A_t = s A_{t-1} + p_t v_t,   c_t = A_t / Z_t
 *
 * so that no exponential is above 1. Backwards, with the derivatives of what all
 * later steps hold of this one gathered in G and H,
 *
 *   G_t = dL/dc_t / Z_t + exp (m_t - m_{t+1}) G_{t+1},   H_t the same of dL/dc_t . c_t
 *   dL/dv_t = p_t G_t,   dL/de_t = p_t (G_t . v_t - H_t)
 *
 * Time is linear in the steps, also where every step has its own mean. M. Milakov,
 * N. Gimelshein (2018): Online normalizer calculation for softmax. arXiv:1805.02867.
 */
#include "engine/attention-private.h"

#include "engine/blas.h"
#include "engine/kernels.h"
#include "engine/memory.h"

#include <math.h>
#include <string.h>

/**
 * AnmPoolingAttentionState:
 * @scores: [max_packed][heads] e_t, and dL/de_t in @score_gradients
 * @largest, @total: [max_packed][heads] m_t and Z_t; 0 before the first step that counts
 * @sums: [max_rows][heads x width] A_t
 * @gathered: (nullable): [max_rows][heads x width] G_t
 * @gathered_products: (nullable): [max_rows][heads] H_t
 */
typedef struct
{
  AnmAttentionState base;
  anm_real *scores;
  anm_real *score_gradients;
  double   *largest;
  double   *total;
  double   *sums;
  double   *gathered;
  double   *gathered_products;
  double   *query_gradient;
} AnmPoolingAttentionState;

static void
clear (AnmAttentionState *base)
{
  AnmPoolingAttentionState *state = (AnmPoolingAttentionState *) base;

  _anm_release (state->scores);
  _anm_release (state->score_gradients);
  g_free (state->largest);
  g_free (state->total);
  g_free (state->sums);
  g_free (state->gathered);
  g_free (state->gathered_products);
  g_free (state->query_gradient);
}

AnmLayerState *
_anm_attention_pooling_state_new (const AnmAttention *self, const AnmCapacity *capacity)
{
  AnmPoolingAttentionState *state = g_new0 (AnmPoolingAttentionState, 1);
  gsize n_heads = self->n_heads, max_packed = capacity->max_rows * capacity->max_steps;
  gsize n_cells = (gsize) capacity->max_rows * self->layer.n_units;

  _anm_attention_state_init (&state->base, self, capacity);
  state->base.clear = clear;
  state->scores = _anm_allocate (max_packed * n_heads);
  state->largest = g_new0 (double, max_packed * n_heads);
  state->total = g_new0 (double, max_packed * n_heads);
  state->sums = g_new0 (double, n_cells);
  if (capacity->with_backward)
    {
      state->score_gradients = _anm_allocate (max_packed * n_heads);
      state->gathered = g_new0 (double, n_cells);
      state->gathered_products = g_new0 (double, capacity->max_rows * n_heads);
      state->query_gradient = g_new0 (double, self->n_units);
    }
  return &state->base.base;
}

/* What head @head makes its mean of at packed row @packed. */
static const anm_real *
get_values (const AnmAttention *self, const AnmPoolingAttentionState *state, gsize packed, guint head)
{
  if (self->kind == ANM_ATTENTION_ADDITIVE)
    return state->base.base.input.values + packed * state->base.base.input.stride;
  return state->base.projected + packed * _anm_attention_get_columns (self) + (gsize) head * self->head_width;
}

static double
get_scale (const AnmAttention *self)
{
  return 1.0 / sqrt (self->head_width);
}

static void
score_by_query (const AnmAttention *self, AnmPoolingAttentionState *state, const AnmPass *pass)
{
  const anm_real *query = pass->packed + _anm_attention_get_packing (self).query;
  gsize columns = _anm_attention_get_columns (self);

  for (gsize i = 0; i < pass->input->n_packed; i++)
    for (guint head = 0; head < self->n_heads; head++)
      {
        gsize first = (gsize) head * self->head_width;
        const anm_real *key = state->base.projected + i * columns + self->n_units + first;
        double sum = 0.0;

        for (guint k = 0; k < self->head_width; k++)
          sum += (double) query[first + k] * (double) key[k];
        state->scores[i * self->n_heads + head] = (anm_real) (sum * get_scale (self));
      }
}

static void
score_by_network (const AnmAttention *self, AnmPoolingAttentionState *state, const AnmPass *pass)
{
  gsize n_packed = pass->input->n_packed;

  for (gsize i = 0; i < n_packed; i++)
    _anm_activate (ANM_ACTIVATION_TANH, self->n_units, state->base.projected + i * self->n_units);
  _anm_multiply_panels (n_packed, self->n_heads, self->n_units, state->base.projected, self->n_units,
                        pass->packed + _anm_attention_get_packing (self).second, FALSE, state->scores, self->n_heads);
}

/* Takes one step into one head's mean; @before is its place in the plane a step earlier, or -1. */
static void
take_step (const AnmAttention *self, AnmPoolingAttentionState *state, gsize packed, gssize before, guint head, gboolean is_skipped, double *sums)
{
  gsize cell = packed * self->n_heads + head;
  double largest = before >= 0 ? state->largest[before * (gssize) self->n_heads + head] : 0.0;
  double total = before >= 0 ? state->total[before * (gssize) self->n_heads + head] : 0.0;
  const anm_real *v = get_values (self, state, packed, head);
  double score = (double) state->scores[cell];

  if (!is_skipped)
    {
      double now = total > 0.0 ? fmax (largest, score) : score;
      double shrink = total > 0.0 ? exp (largest - now) : 0.0;
      double weight = exp (score - now);

      for (guint k = 0; k < self->head_width; k++)
        sums[k] = shrink * sums[k] + weight * (double) v[k];
      total = shrink * total + weight;
      /* A score that isn't a number must be found, and fmax() passes over it. */
      largest = isnan (score) ? score : now;
    }
  state->largest[cell] = largest;
  state->total[cell] = total;
}

static void
write_mean (const AnmAttention *self, const AnmPoolingAttentionState *state, gsize packed, guint row, anm_real *y)
{
  for (guint head = 0; head < self->n_heads; head++)
    {
      double total = state->total[packed * self->n_heads + head];
      const double *sums = state->sums + (gsize) row * self->layer.n_units + (gsize) head * self->head_width;

      for (guint k = 0; k < self->head_width; k++)
        y[(gsize) head * self->head_width + k] = total == 0.0 ? 0 : (anm_real) (sums[k] / total);
    }
}

/* Where the mean of the steps up to @t is given: NULL if it isn't. */
static anm_real *
find_output (const AnmAttention *self, const AnmPlane *plane, const AnmPass *pass, guint t, guint row)
{
  if (self->layer.gives_sequences)
    return plane->values + (pass->input->start[t] + row) * plane->stride;
  return t + 1 == pass->input->lengths[row] ? plane->values + row * plane->stride : NULL;
}

gboolean
_anm_attention_pooling_forward (const AnmAttention *self, AnmAttentionState *base, const AnmPass *pass)
{
  AnmPoolingAttentionState *state = (AnmPoolingAttentionState *) base;
  const AnmRagged *input = pass->input;

  _anm_attention_project (self, base, pass);
  if (self->kind == ANM_ATTENTION_ADDITIVE)
    score_by_network (self, state, pass);
  else
    score_by_query (self, state, pass);

  memset (state->sums, 0, (gsize) input->n_rows * self->layer.n_units * sizeof *state->sums);
  for (guint t = 0; t < input->n_steps; t++)
    {
      if (_anm_pass_is_stopped (pass))
        return FALSE;
      for (guint r = 0; r < input->active[t]; r++)
        {
          gsize packed = input->start[t] + r;
          anm_real *y = find_output (self, &base->base.output, pass, t, r);

          for (guint head = 0; head < self->n_heads; head++)
            take_step (self, state, packed, t > 0 ? (gssize) (input->start[t - 1] + r) : -1, head, _anm_is_skipped (pass, packed),
                       state->sums + (gsize) r * self->layer.n_units + (gsize) head * self->head_width);
          if (y != NULL)
            write_mean (self, state, packed, r, y);
        }
    }
  return TRUE;
}

/* G and H at step @t: what later steps send back, and the derivative of the mean given here. */
static void
gather (const AnmAttention *self, AnmPoolingAttentionState *state, const AnmPass *pass, guint t, guint row)
{
  gsize packed = pass->input->start[t] + row;
  const anm_real *dy = find_output (self, &state->base.base.output_gradient, pass, t, row);
  const anm_real *y = find_output (self, &state->base.base.output, pass, t, row);
  gboolean goes_on = t + 1 < pass->input->lengths[row];

  for (guint head = 0; head < self->n_heads; head++)
    {
      gsize cell = packed * self->n_heads + head, first = (gsize) head * self->head_width;
      double *gathered = state->gathered + (gsize) row * self->layer.n_units + first;
      double *product = &state->gathered_products[(gsize) row * self->n_heads + head];
      double total = state->total[cell], shrink = 0.0;

      if (total > 0.0 && goes_on)
        shrink = exp (state->largest[cell] - state->largest[(pass->input->start[t + 1] + row) * self->n_heads + head]);
      *product *= shrink;
      for (guint k = 0; k < self->head_width; k++)
        gathered[k] *= shrink;
      if (dy == NULL || total == 0.0)
        continue;
      for (guint k = 0; k < self->head_width; k++)
        {
          gathered[k] += (double) dy[first + k] / total;
          *product += (double) dy[first + k] * (double) y[first + k] / total;
        }
    }
}

/* dL/de and dL/dv of one step; @dv is added to. */
static void
give_step (const AnmAttention *self, AnmPoolingAttentionState *state, gsize packed, guint row, guint head, gboolean is_skipped, anm_real *dv)
{
  gsize cell = packed * self->n_heads + head;
  const double *gathered = state->gathered + (gsize) row * self->layer.n_units + (gsize) head * self->head_width;
  const anm_real *v = get_values (self, state, packed, head);
  double weight = is_skipped ? 0.0 : exp ((double) state->scores[cell] - state->largest[cell]);
  double product = 0.0;

  for (guint k = 0; k < self->head_width && !is_skipped; k++)
    {
      product += gathered[k] * (double) v[k];
      if (dv != NULL)
        dv[k] += (anm_real) (weight * gathered[k]);
    }
  state->score_gradients[cell] = is_skipped ? 0 : (anm_real) (weight * (product - state->gathered_products[(gsize) row * self->n_heads + head]));
}

/* Where head @head's dL/dv of a step goes: NULL if nobody asks. */
static anm_real *
find_values_gradient (const AnmAttention *self, const AnmPoolingAttentionState *state, gsize packed, guint head)
{
  const AnmPlane *dx = &state->base.base.input_gradient;

  if (self->kind == ANM_ATTENTION_DOT)
    return state->base.projected_gradient + packed * _anm_attention_get_columns (self) + (gsize) head * self->head_width;
  return dx->values == NULL ? NULL : dx->values + packed * dx->stride;
}

static void
give_steps (const AnmAttention *self, AnmPoolingAttentionState *state, const AnmPass *pass, guint t)
{
  for (guint r = 0; r < pass->input->active[t]; r++)
    {
      gsize packed = pass->input->start[t] + r;
      anm_real *first = find_values_gradient (self, state, packed, 0);

      gather (self, state, pass, t, r);
      if (first != NULL)
        memset (first, 0, (self->kind == ANM_ATTENTION_DOT ? self->n_units : self->layer.n_inputs) * sizeof *first);
      for (guint head = 0; head < self->n_heads; head++)
        give_step (self, state, packed, r, head, _anm_is_skipped (pass, packed), find_values_gradient (self, state, packed, head));
    }
}

/* From the scores to the projections: through tanh and the score kernel. */
static void
score_back_by_network (const AnmAttention *self, AnmPoolingAttentionState *state, const AnmPass *pass, anm_real *gradient)
{
  gsize n_packed = pass->input->n_packed;

  _anm_multiply_transposed (self->n_units, self->n_heads, n_packed, state->base.projected, self->n_units,
                            state->score_gradients, self->n_heads, gradient + self->layer.parameters[ANM_ATTENTION_SECOND].offset,
                            self->n_heads, pass->scratch);
  _anm_multiply_panels (n_packed, self->n_units, self->n_heads, state->score_gradients, self->n_heads,
                        pass->packed + _anm_attention_get_packing (self).second_transposed, FALSE,
                        state->base.projected_gradient, self->n_units);
  for (gsize i = 0; i < n_packed; i++)
    _anm_activate_backward (ANM_ACTIVATION_TANH, self->n_units, state->base.projected + i * self->n_units,
                            state->base.projected_gradient + i * self->n_units);
}

/* The same through keys and query. */
static void
score_back_by_query (const AnmAttention *self, AnmPoolingAttentionState *state, const AnmPass *pass, anm_real *gradient)
{
  const anm_real *query = pass->packed + _anm_attention_get_packing (self).query;
  gsize columns = _anm_attention_get_columns (self);
  anm_real *query_gradient = gradient + self->layer.parameters[ANM_ATTENTION_SECOND].offset;

  memset (state->query_gradient, 0, self->n_units * sizeof *state->query_gradient);
  for (gsize i = 0; i < pass->input->n_packed; i++)
    for (guint k = 0; k < self->n_units; k++)
      {
        gsize key = i * columns + self->n_units + k;
        double de = (double) state->score_gradients[i * self->n_heads + k / self->head_width] * get_scale (self);

        state->base.projected_gradient[key] = (anm_real) (de * (double) query[k]);
        state->query_gradient[k] += de * (double) state->base.projected[key];
      }
  for (guint k = 0; k < self->n_units; k++)
    query_gradient[k] += (anm_real) state->query_gradient[k];
}

gboolean
_anm_attention_pooling_backward (const AnmAttention *self, AnmAttentionState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmPoolingAttentionState *state = (AnmPoolingAttentionState *) base;
  gboolean is_additive = self->kind == ANM_ATTENTION_ADDITIVE;

  memset (state->gathered, 0, (gsize) pass->input->n_rows * self->layer.n_units * sizeof *state->gathered);
  memset (state->gathered_products, 0, (gsize) pass->input->n_rows * self->n_heads * sizeof *state->gathered_products);
  for (guint t = pass->input->n_steps; t-- > 0;)
    {
      if (_anm_pass_is_stopped (pass))
        return FALSE;
      give_steps (self, state, pass, t);
    }
  if (is_additive)
    score_back_by_network (self, state, pass, gradient);
  else
    score_back_by_query (self, state, pass, gradient);
  _anm_attention_project_back (self, base, pass, is_additive, gradient);
  return TRUE;
}

/* The weight that head @head gives step @t in the mean of the steps up to @last. */
static anm_real
get_weight (const AnmAttention *self, const AnmPoolingAttentionState *state, const AnmPass *pass, guint row, guint head, guint last, guint t)
{
  gsize packed = pass->input->start[t] + row, end = pass->input->start[last] + row;

  if (t > last || _anm_is_skipped (pass, packed))
    return 0;
  return (anm_real) (exp ((double) state->scores[packed * self->n_heads + head] - state->largest[end * self->n_heads + head]) /
                     state->total[end * self->n_heads + head]);
}

/* Of the mean over all steps. */
void
_anm_attention_pooling_read_alpha (const AnmAttention *self, const AnmAttentionState *base, const AnmPass *pass, guint row, anm_real *values)
{
  guint n_steps = pass->input->lengths[row];

  for (guint t = 0; t < n_steps; t++)
    for (guint head = 0; head < self->n_heads; head++)
      values[(gsize) t * self->n_heads + head] = get_weight (self, (const AnmPoolingAttentionState *) base, pass, row, head, n_steps - 1, t);
}

void
_anm_attention_pooling_read_weights (const AnmAttention *self, const AnmAttentionState *base, const AnmPass *pass, guint row, guint head, anm_real *weights)
{
  guint n_steps = pass->input->lengths[row], n_means = pass->output->lengths[row];

  for (guint k = 0; k < n_means; k++)
    for (guint t = 0; t < n_steps; t++)
      weights[(gsize) k * n_steps + t] = get_weight (self, (const AnmPoolingAttentionState *) base, pass, row, head,
                                                     self->layer.gives_sequences ? k : n_steps - 1, t);
}
