/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pooling: one vector of a whole sequence, over its own steps that aren't
 * skipped, s_1 < s_2 < ... < s_n:
 *
 *   last  y = x_{s_n}
 *   mean  y = (x_{s_1} + ... + x_{s_n}) / n
 *   max   y_i = max (x_{s_1,i}, ..., x_{s_n,i})
 *
 * and zeros where all steps are skipped. With return_sequences, y_t is the same
 * over the steps up to t, so the last one is what the layer gives without.
 *
 * Of equal maxima the first gets the gradient. There are no parameters.
 */
#include "engine/layer-private.h"
#include "engine/memory.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum
{
  POOLING_LAST,
  POOLING_MEAN,
  POOLING_MAX,
} AnmPoolingKind;

typedef struct
{
  AnmLayer       layer;
  AnmPoolingKind kind;
} AnmPooling;

/**
 * AnmPoolingState:
 * @counts: [max_rows] steps so far that aren't skipped
 * @sums: (nullable): [max_rows][inputs] of those steps, for the mean
 * @held: (nullable): [max_rows][inputs] the last of them, or the largest
 * @taken: (nullable): [max_packed][inputs] whether the step's number was taken into @held
 * @carried: (nullable): [max_rows][inputs] the gradient that later steps send back
 */
typedef struct
{
  AnmLayerState base;
  guint        *counts;
  double       *sums;
  anm_real     *held;
  guint8       *taken;
  anm_real     *carried;
} AnmPoolingState;

static const char *const kind_names[] = { "last", "mean", "max", NULL };

static const AnmArgument arguments[] = {
  {
      .name = "kind",
      .kind = ANM_ARGUMENT_CHOICE,
      .positional = TRUE,
      .common = TRUE,
      .maximum = 2,
      .fallback = POOLING_MEAN,
      .choices = kind_names,
      .label = N_("Pooling"),
      .summary = N_("What is taken of all steps: the last one, their mean, or the largest value of each number."),
  },
  {
      .name = "return_sequences",
      .kind = ANM_ARGUMENT_FLAG,
      .maximum = 1,
      .label = N_("Return sequences"),
      .summary = N_("Give at every step what the steps up to it make, not only what all of them do."),
  },
};

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  ((AnmPooling *) layer)->kind = (AnmPoolingKind) _anm_layer_class_get_value (layer->klass, values, "kind");
  layer->n_units = layer->n_inputs;
  layer->gives_sequences = _anm_layer_class_get_value (layer->klass, values, "return_sequences") != 0.0;
  return TRUE;
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmPoolingState *state = g_new0 (AnmPoolingState, 1);
  gsize n_cells = (gsize) capacity->max_rows * layer->n_inputs;

  state->base.input = (AnmPlane){ _anm_allocate (n_cells * capacity->max_steps), layer->n_inputs };
  state->counts = g_new0 (guint, capacity->max_rows);
  if (((const AnmPooling *) layer)->kind == POOLING_MEAN)
    state->sums = g_new0 (double, n_cells);
  else
    {
      state->held = _anm_allocate (n_cells);
      state->taken = g_new0 (guint8, n_cells * capacity->max_steps);
    }
  if (capacity->with_backward)
    state->carried = _anm_allocate (n_cells);
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  AnmPoolingState *state = (AnmPoolingState *) base;

  _anm_release (base->input.values);
  _anm_release (state->held);
  _anm_release (state->carried);
  g_free (state->counts);
  g_free (state->sums);
  g_free (state->taken);
  g_free (base);
}

/* A number that isn't one stays, so that it is found. */
static void
take_larger (gsize n, gboolean is_first, const anm_real *x, anm_real *held, guint8 *taken)
{
  for (gsize i = 0; i < n; i++)
    {
      taken[i] = is_first || (!(x[i] <= held[i]) && held[i] == held[i]);
      held[i] = taken[i] ? x[i] : held[i];
    }
}

/* Takes in step @packed of row @row. */
static void
take_step (const AnmLayer *layer, AnmPoolingState *state, guint row, gsize packed)
{
  gsize n = layer->n_inputs;
  const anm_real *x = state->base.input.values + packed * n;

  switch (((const AnmPooling *) layer)->kind)
    {
    case POOLING_MEAN:
      for (gsize i = 0; i < n; i++)
        state->sums[row * n + i] += (double) x[i];
      break;
    case POOLING_MAX:
      take_larger (n, state->counts[row] == 0, x, state->held + row * n, state->taken + packed * n);
      break;
    case POOLING_LAST:
    default:
      memcpy (state->held + row * n, x, n * sizeof *x);
      memset (state->taken + packed * n, 1, n);
      break;
    }
  state->counts[row]++;
}

static void
write_output (const AnmLayer *layer, AnmPoolingState *state, guint row, anm_real *y)
{
  gsize n = layer->n_inputs;

  if (state->sums == NULL)
    memcpy (y, state->held + row * n, n * sizeof *y);
  else
    for (gsize i = 0; i < n; i++)
      y[i] = (anm_real) (state->sums[row * n + i] / MAX (state->counts[row], 1));
}

static void
begin_rows (const AnmLayer *layer, AnmPoolingState *state, guint n_rows)
{
  gsize n_cells = (gsize) n_rows * layer->n_inputs;

  memset (state->counts, 0, n_rows * sizeof *state->counts);
  if (state->sums != NULL)
    memset (state->sums, 0, n_cells * sizeof *state->sums);
  else
    memset (state->held, 0, n_cells * sizeof *state->held);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmPoolingState *state = (AnmPoolingState *) base;

  begin_rows (layer, state, pass->input->n_rows);
  for (guint t = 0; t < pass->input->n_steps; t++)
    {
      if (_anm_pass_is_stopped (pass))
        return FALSE;
      for (guint r = 0; r < pass->input->active[t]; r++)
        {
          gsize packed = pass->input->start[t] + r;

          if (!_anm_is_skipped (pass, packed))
            take_step (layer, state, r, packed);
          if (layer->gives_sequences)
            write_output (layer, state, r, base->output.values + packed * base->output.stride);
          else if (t + 1 == pass->input->lengths[r])
            write_output (layer, state, r, base->output.values + r * base->output.stride);
        }
    }
  return TRUE;
}

/* What the output at a step sends back. */
static void
gather (const AnmLayer *layer, AnmPoolingState *state, guint row, const anm_real *dy)
{
  gsize n = layer->n_inputs;
  anm_real *carried = state->carried + row * n;
  anm_real share = state->sums == NULL ? 1 : 1 / (anm_real) MAX (state->counts[row], 1);

  for (gsize i = 0; i < n; i++)
    carried[i] += share * dy[i];
}

/* Each step keeps what it had a part in; the rest goes on to the steps before. */
static void
give_step (const AnmLayer *layer, AnmPoolingState *state, guint row, gsize packed, anm_real *dx)
{
  gsize n = layer->n_inputs;
  anm_real *carried = state->carried + row * n;

  if (state->taken == NULL)
    memcpy (dx, carried, n * sizeof *dx);
  else
    for (gsize i = 0; i < n; i++)
      {
        dx[i] = state->taken[packed * n + i] ? carried[i] : 0;
        carried[i] = state->taken[packed * n + i] ? 0 : carried[i];
      }
  state->counts[row]--;
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmPoolingState *state = (AnmPoolingState *) base;
  const AnmPlane *dy = &base->output_gradient, *dx = &base->input_gradient;

  if (dx->values == NULL)
    return TRUE;
  memset (state->carried, 0, (gsize) pass->input->n_rows * layer->n_inputs * sizeof *state->carried);
  for (guint t = pass->input->n_steps; t-- > 0;)
    {
      if (_anm_pass_is_stopped (pass))
        return FALSE;
      for (guint r = 0; r < pass->input->active[t]; r++)
        {
          gsize packed = pass->input->start[t] + r;

          if (layer->gives_sequences)
            gather (layer, state, r, dy->values + packed * dy->stride);
          else if (t + 1 == pass->input->lengths[r])
            gather (layer, state, r, dy->values + r * dy->stride);
          if (_anm_is_skipped (pass, packed))
            memset (dx->values + packed * dx->stride, 0, layer->n_inputs * sizeof *dx->values);
          else
            give_step (layer, state, r, packed, dx->values + packed * dx->stride);
        }
    }
  return TRUE;
}

static const AnmTraceInfo traces[] = {
  { "y", N_("Output"), FALSE, FALSE, TRUE },
};

const AnmLayerClass _anm_pooling_class = {
  .type = "pooling",
  .label = N_("Pooling"),
  .summary = N_("Makes one vector of a whole sequence: its last step, the mean of its steps or the largest of each number."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .needs_sequences = TRUE,
  .instance_size = sizeof (AnmPooling),
  .lay_out = lay_out,
  .state_new = state_new,
  .state_free = state_free,
  .forward = forward,
  .backward = backward,
  .traces = traces,
  .n_traces = G_N_ELEMENTS (traces),
  .read_trace = _anm_layer_read_output,
};
