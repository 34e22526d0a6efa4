/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layer normalisation, for each step (or vector) over its own numbers:
 *
 *   y = gamma * (x - mean (x)) / sqrt (var (x) + epsilon) + beta
 *
 * Parameters: gamma, beta [inputs], as in Keras 3, whose epsilon of 0.001 is the
 * default.
 *
 * J. L. Ba, J. R. Kiros, G. E. Hinton (2016): Layer normalization.
 */
#include "engine/kernels.h"
#include "engine/layer-private.h"
#include "engine/memory.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum
{
  GAMMA,
  BETA,
};

typedef struct
{
  AnmLayer layer;
  double   epsilon;
} AnmLayerNorm;

/**
 * AnmLayerNormState:
 * @x: [max_packed][inputs]
 * @normalized: [max_packed][inputs]
 * @inverse: [max_packed] 1 / sqrt (var + epsilon)
 */
typedef struct
{
  AnmLayerState base;
  anm_real     *x;
  anm_real     *normalized;
  anm_real     *inverse;
} AnmLayerNormState;

static const AnmArgument arguments[] = {
  {
      .name = "epsilon",
      .kind = ANM_ARGUMENT_REAL,
      .common = TRUE,
      .minimum = 1e-12,
      .maximum = 1,
      .fallback = 0.001,
      .label = N_("Epsilon"),
      .summary = N_("Added to the variance, so that numbers which are all alike aren’t blown up."),
  },
  ANM_FROZEN_ARGUMENT,
};

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  layer->n_units = layer->n_inputs;
  layer->gives_sequences = layer->takes_sequences;
  ((AnmLayerNorm *) layer)->epsilon = _anm_layer_class_get_value (layer->klass, values, "epsilon");
  _anm_layer_add_parameter (layer, "gamma", ANM_PARAMETER_SCALE, 1, layer->n_units);
  _anm_layer_add_parameter (layer, "beta", ANM_PARAMETER_BIAS, 1, layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  for (guint j = 0; j < layer->n_units; j++)
    {
      parameters[layer->parameters[GAMMA].offset + j] = 1;
      parameters[layer->parameters[BETA].offset + j] = 0;
    }
}

static gsize
packed_size (const AnmLayer *layer)
{
  return layer->n_reals;
}

static void
pack (const AnmLayer *layer, const anm_real *parameters, anm_real *packed)
{
  memcpy (packed, parameters, layer->n_reals * sizeof *packed);
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmLayerNormState *state = g_new0 (AnmLayerNormState, 1);
  gsize max_packed = capacity->max_rows * capacity->max_steps;

  state->x = _anm_allocate (max_packed * layer->n_inputs);
  state->normalized = _anm_allocate (max_packed * layer->n_inputs);
  state->inverse = _anm_allocate (max_packed);
  state->base.input = (AnmPlane){ state->x, layer->n_inputs };
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  AnmLayerNormState *state = (AnmLayerNormState *) base;

  _anm_release (state->x);
  _anm_release (state->normalized);
  _anm_release (state->inverse);
  g_free (state);
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmLayerNormState *state = (AnmLayerNormState *) base;
  const anm_real *gamma = pass->packed + layer->parameters[GAMMA].offset;
  const anm_real *beta = pass->packed + layer->parameters[BETA].offset;
  gsize n = layer->n_inputs;

  memcpy (state->normalized, state->x, pass->input->n_packed * n * sizeof *state->x);
  for (gsize i = 0; i < pass->input->n_packed; i++)
    {
      anm_real *normalized = state->normalized + i * n;
      anm_real *y = base->output.values + i * base->output.stride;

      state->inverse[i] = _anm_normalize (n, ((const AnmLayerNorm *) layer)->epsilon, normalized);
      for (gsize j = 0; j < n; j++)
        y[j] = gamma[j] * normalized[j] + beta[j];
    }
  return TRUE;
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  const AnmLayerNormState *state = (const AnmLayerNormState *) base;
  const anm_real *gamma = pass->packed + layer->parameters[GAMMA].offset;
  anm_real *d_gamma = gradient + layer->parameters[GAMMA].offset;
  anm_real *d_beta = gradient + layer->parameters[BETA].offset;
  gsize n = layer->n_inputs;

  for (gsize i = 0; i < pass->input->n_packed; i++)
    {
      const anm_real *normalized = state->normalized + i * n;
      const anm_real *dy = base->output_gradient.values + i * base->output_gradient.stride;

      for (gsize j = 0; j < n; j++)
        {
          d_gamma[j] += dy[j] * normalized[j];
          d_beta[j] += dy[j];
        }
      if (base->input_gradient.values != NULL)
        {
          anm_real *dx = base->input_gradient.values + i * base->input_gradient.stride;

          for (gsize j = 0; j < n; j++)
            dx[j] = gamma[j] * dy[j];
          _anm_normalize_backward (n, normalized, state->inverse[i], dx);
        }
    }
  return TRUE;
}

static const AnmTraceInfo traces[] = {
  { "y", N_("Output"), FALSE, FALSE, TRUE },
};

const AnmLayerClass _anm_layer_norm_class = {
  .type = "layer_norm",
  .label = N_("Layer norm"),
  .summary = N_("Brings the numbers of each step to mean 0 and variance 1, then scales and shifts them as training finds right."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .instance_size = sizeof (AnmLayerNorm),
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
  .read_trace = _anm_layer_read_output,
};
