/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedding: a vector for each token, for words, bases, drug and diagnosis
 * codes. A step may have any number of tokens, S_t a set of them:
 *
 *   e_t = sum_{k in S_t} E_k             combine=sum
 *   e_t = 1/|S_t| sum_{k in S_t} E_k     combine=mean
 *
 * and 0 where it has none. What else is known of the step stands behind it:
 * the output is [e_t | x_t], units + inputs numbers.
 *
 * Parameters: embeddings [tokens][units], as in Keras 3 (and its
 * RandomUniform (-0.05, 0.05)). Tokens are read from the sequences, so this is
 * the first layer. The gradient's buffer of a chunk holds the whole table: a
 * very large vocabulary costs as much memory as that many weights do elsewhere.
 *
 * Y. Bengio et al. (2003): A neural probabilistic language model. JMLR 3. Sums
 * over codes: E. Choi et al. (2016): Doctor AI. MLHC.
 */
#include "engine/layer-private.h"
#include "engine/memory.h"
#include "engine/random.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define INITIAL_LIMIT 0.05

typedef enum
{
  COMBINE_SUM,
  COMBINE_MEAN,
} Combine;

static const char *const combine_names[] = { "sum", "mean", NULL };

typedef struct
{
  AnmLayer layer;
  guint    n_tokens;
  guint    width;   /* of a token's vector */
  Combine  combine;
} AnmEmbedding;

/* @x: [max_packed][inputs] the numeric columns */
typedef struct
{
  AnmLayerState base;
  anm_real     *x;
} AnmEmbeddingState;

static const AnmArgument arguments[] = {
  ANM_UNITS_ARGUMENT (16, N_("How many numbers stand for a token.")),
  {
      .name = "tokens",
      .kind = ANM_ARGUMENT_SIZE,
      .minimum = 0,
      .maximum = 1u << 24,
      .fallback = 0,
      .label = N_("Tokens"),
      .summary = N_("How many different tokens there are; 0 takes as many as the training records have."),
  },
  {
      .name = "combine",
      .kind = ANM_ARGUMENT_CHOICE,
      .maximum = COMBINE_MEAN,
      .choices = combine_names,
      .label = N_("Combine"),
      .summary = N_("What becomes of several tokens at one step: the sum of their vectors or the mean."),
  },
  ANM_FROZEN_ARGUMENT,
};

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmEmbedding *self = (AnmEmbedding *) layer;

  self->n_tokens = (guint) _anm_layer_class_get_value (layer->klass, values, "tokens");
  self->width = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  self->combine = (Combine) _anm_layer_class_get_value (layer->klass, values, "combine");
  if (self->n_tokens == 0)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("how many different tokens there are isn’t known. These records have no words or codes; else write tokens=, as in embedding(%u, tokens=64)."),
                   self->width);
      return FALSE;
    }
  layer->n_units = self->width + layer->n_inputs;
  layer->gives_sequences = TRUE;
  _anm_layer_add_parameter (layer, "embeddings", ANM_PARAMETER_EMBEDDING, self->n_tokens, self->width);
  return TRUE;
}

guint
_anm_embedding_get_n_tokens (const AnmLayer *layer)
{
  return ((const AnmEmbedding *) layer)->n_tokens;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  for (gsize i = 0; i < layer->n_reals; i++)
    parameters[i] = (anm_real) (INITIAL_LIMIT * (2.0 * anm_random_uniform (seed, stream, i) - 1.0));
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
  AnmEmbeddingState *state = g_new0 (AnmEmbeddingState, 1);

  state->x = _anm_allocate (capacity->max_rows * capacity->max_steps * layer->n_inputs);
  state->base.input = (AnmPlane){ state->x, layer->n_inputs };
  return &state->base;
}

static void
state_free (AnmLayerState *base)
{
  _anm_release (((AnmEmbeddingState *) base)->x);
  g_free (base);
}

/* The tokens of batch row @r at step @t. */
static const guint32 *
get_tokens (const AnmPass *pass, guint t, guint r, gsize *n_tokens)
{
  return anm_sequences_get_tokens (pass->sequences, pass->sequences->offsets[pass->rows[r]] + t, n_tokens);
}

/* What each of @n tokens counts. */
static anm_real
get_share (const AnmEmbedding *self, gsize n)
{
  return self->combine == COMBINE_MEAN && n > 0 ? 1 / (anm_real) n : 1;
}

static void
embed_row (const AnmEmbedding *self, const anm_real *table, const guint32 *tokens, gsize n_tokens, anm_real *e)
{
  anm_real share = get_share (self, n_tokens);

  memset (e, 0, self->width * sizeof *e);
  for (gsize k = 0; k < n_tokens; k++)
    {
      const anm_real *vector = table + (gsize) tokens[k] * self->width;

      for (guint j = 0; j < self->width; j++)
        e[j] += share * vector[j];
    }
}

static gboolean
forward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass)
{
  const AnmEmbedding *self = (const AnmEmbedding *) layer;
  const AnmEmbeddingState *state = (const AnmEmbeddingState *) base;

  for (guint t = 0; t < pass->input->n_steps; t++)
    for (guint r = 0; r < pass->input->active[t]; r++)
      {
        gsize row = pass->input->start[t] + r, n_tokens;
        const guint32 *tokens = get_tokens (pass, t, r, &n_tokens);
        anm_real *y = base->output.values + row * base->output.stride;

        embed_row (self, pass->packed, tokens, n_tokens, y);
        memcpy (y + self->width, state->x + row * layer->n_inputs, layer->n_inputs * sizeof *y);
      }
  return TRUE;
}

static gboolean
backward (const AnmLayer *layer, AnmLayerState *base, const AnmPass *pass, anm_real *gradient)
{
  const AnmEmbedding *self = (const AnmEmbedding *) layer;

  for (guint t = 0; t < pass->input->n_steps; t++)
    for (guint r = 0; r < pass->input->active[t]; r++)
      {
        gsize row = pass->input->start[t] + r, n_tokens;
        const guint32 *tokens = get_tokens (pass, t, r, &n_tokens);
        const anm_real *dy = base->output_gradient.values + row * base->output_gradient.stride;
        anm_real share = get_share (self, n_tokens);

        for (gsize k = 0; k < n_tokens; k++)
          {
            anm_real *vector = gradient + (gsize) tokens[k] * self->width;

            for (guint j = 0; j < self->width; j++)
              vector[j] += share * dy[j];
          }
      }
  return TRUE;
}

static const AnmTraceInfo traces[] = {
  { "y", N_("Output"), FALSE, FALSE, TRUE },
};

const AnmLayerClass _anm_embedding_class = {
  .type = "embedding",
  .label = N_("Embedding"),
  .summary = N_("Gives each word, base or code numbers of its own, which training chooses."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .needs_sequences = TRUE,
  .reads_tokens = TRUE,
  .instance_size = sizeof (AnmEmbedding),
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
