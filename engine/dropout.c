/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dropout: while a network is trained, each number is left out with
 * probability p,
 *
 *   y = m * x,   m = 0 with probability p, else 1 / (1 - p)
 *
 * so that y is x on average; when it is evaluated, y = x. With noise=element
 * every number of every step has its own m; with noise=sequence a number has
 * the same one at all steps of a sequence.
 *
 * N. Srivastava, G. Hinton, A. Krizhevsky et al. (2014): Dropout: a simple way
 * to prevent neural networks from overfitting. JMLR 15. One mask a sequence:
 * Y. Gal, Z. Ghahramani (2016): A theoretically grounded application of dropout
 * in recurrent neural networks. NIPS.
 */
#include "engine/layer-private.h"
#include "engine/memory.h"
#include "engine/random.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Random numbers are drawn so many at a time. */
#define BLOCK 64

typedef struct
{
  AnmLayer layer;
  AnmNoise noise;
} AnmDropout;

/**
 * AnmDropoutState:
 * @n_kept: max_packed x inputs, or max_rows x inputs where noise is by sequence
 * @kept: (nullable): [n_kept]; a pass that only goes forwards makes room when it first drops something
 * @scale: 1 / (1 - p) of the pass at hand; 0 if nothing is dropped
 */
typedef struct
{
  AnmLayerState base;
  gsize         n_kept;
  guint8       *kept;
  anm_real      scale;
} AnmDropoutState;

static const char *const noise_names[] = { "element", "sequence", NULL };

static const AnmArgument arguments[] = {
  {
      .name = "rate",
      .kind = ANM_ARGUMENT_REAL,
      .positional = TRUE,
      .common = TRUE,
      .maximum = ANM_MAX_DROPOUT,
      .fallback = 0.5,
      .label = N_("Rate"),
      .summary = N_("The share of the numbers that is left out at each update while the network is trained."),
  },
  {
      .name = "noise",
      .kind = ANM_ARGUMENT_CHOICE,
      .maximum = 1,
      .choices = noise_names,
      .label = N_("Noise"),
      .summary = N_("Whether each step has numbers of its own left out (element) or the same ones throughout a sequence."),
  },
};

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  ((AnmDropout *) layer)->noise = (AnmNoise) _anm_layer_class_get_value (layer->klass, values, "noise");
  layer->rates.dropout = _anm_layer_class_get_value (layer->klass, values, "rate");
  layer->n_units = layer->n_inputs;
  layer->gives_sequences = layer->takes_sequences;
  return TRUE;
}

static AnmLayerState *
state_new (const AnmLayer *layer, const AnmCapacity *capacity)
{
  AnmDropoutState *state = g_new0 (AnmDropoutState, 1);
  gsize max_packed = capacity->max_rows * capacity->max_steps;

  state->base.input = (AnmPlane){ _anm_allocate (max_packed * layer->n_inputs), layer->n_inputs };
  state->n_kept = (((const AnmDropout *) layer)->noise == ANM_NOISE_SEQUENCE ? capacity->max_rows : max_packed) * layer->n_inputs;
  if (capacity->with_backward)
    state->kept = g_new (guint8, state->n_kept);
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  g_free (((AnmDropoutState *) base)->kept);
  _anm_release (base->input.values);
  g_free (base);
}

/* Of the mask's numbers @first .. @first + @n - 1. */
static void
draw (const AnmPass *pass, guint64 first, gsize n, guint8 *kept)
{
  const guint64 threshold = (guint64) ceil (pass->rates.dropout * 0x1p53);
  guint64 bits[BLOCK];

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize m = MIN (BLOCK, n - i);

      anm_random_fill (pass->seed, pass->stream, first + i, bits, m);
      for (gsize k = 0; k < m; k++)
        kept[i + k] = bits[k] >> 11 >= threshold;
    }
}

static guint8 *
get_kept (const AnmLayer *layer, AnmDropoutState *state, guint row, gsize packed)
{
  return state->kept + (((const AnmDropout *) layer)->noise == ANM_NOISE_SEQUENCE ? row : packed) * (gsize) layer->n_inputs;
}

/* Draws what is left out at step @t of row @row. */
static void
draw_step (const AnmLayer *layer, AnmDropoutState *state, const AnmPass *pass, guint t, guint row)
{
  gboolean by_sequence = ((const AnmDropout *) layer)->noise == ANM_NOISE_SEQUENCE;
  guint64 place = layer->takes_sequences && !by_sequence ? _anm_pass_get_step_mask (pass, row, t) : _anm_pass_get_mask (pass, row);

  if (t == 0 || !by_sequence)
    draw (pass, place * layer->n_inputs, layer->n_inputs, get_kept (layer, state, row, pass->input->start[t] + row));
}

/* A number that isn't one and is left out, is left out. */
static void
apply (gsize n, const guint8 *kept, anm_real scale, const anm_real *from, anm_real *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] = kept[i] ? scale * from[i] : 0;
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  AnmDropoutState *state = (AnmDropoutState *) base;
  gsize n = layer->n_inputs;

  state->scale = pass->rates.dropout > 0.0 ? (anm_real) (1.0 / (1.0 - pass->rates.dropout)) : 0;
  if (state->scale != 0 && state->kept == NULL)
    state->kept = g_new (guint8, state->n_kept);
  for (guint t = 0; t < pass->input->n_steps; t++)
    {
      if (_anm_pass_is_stopped (pass))
        return FALSE;
      for (guint r = 0; r < pass->input->active[t]; r++)
        {
          gsize packed = pass->input->start[t] + r;
          const anm_real *x = base->input.values + packed * n;
          anm_real *y = base->output.values + packed * base->output.stride;

          if (state->scale == 0)
            {
              memcpy (y, x, n * sizeof *y);
              continue;
            }
          draw_step (layer, state, pass, t, r);
          apply (n, get_kept (layer, state, r, packed), state->scale, x, y);
        }
    }
  return TRUE;
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  AnmDropoutState *state = (AnmDropoutState *) base;
  const AnmPlane *dy = &base->output_gradient, *dx = &base->input_gradient;

  for (guint t = 0; t < pass->input->n_steps && dx->values != NULL; t++)
    for (guint r = 0; r < pass->input->active[t]; r++)
      {
        gsize packed = pass->input->start[t] + r;

        if (state->scale == 0)
          memcpy (dx->values + packed * dx->stride, dy->values + packed * dy->stride, layer->n_inputs * sizeof *dx->values);
        else
          apply (layer->n_inputs, get_kept (layer, state, r, packed), state->scale, dy->values + packed * dy->stride, dx->values + packed * dx->stride);
      }
  return TRUE;
}

static const AnmTraceInfo traces[] = {
  { "y", N_("Output"), FALSE, FALSE, TRUE },
};

const AnmLayerClass _anm_dropout_class = {
  .type = "dropout",
  .label = N_("Dropout"),
  .summary = N_("Leaves out numbers at random while the network is trained, so that it can’t rely on any single one."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .instance_size = sizeof (AnmDropout),
  .lay_out = lay_out,
  .state_new = state_new,
  .state_free = state_free,
  .forward = forward,
  .backward = backward,
  .traces = traces,
  .n_traces = G_N_ELEMENTS (traces),
  .read_trace = _anm_layer_read_output,
};
