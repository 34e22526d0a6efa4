/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * The naive twins of the layers that have no state: part of naive.h.
 * Each takes layer->x [n_steps][inputs] and gives layer->y [n_output_steps][units].
 */

/* One sequence before one layer. */
typedef struct
{
  const AnmNetwork   *network;
  const anm_real     *parameters;
  guint               index;
  const AnmLayerSpec *spec;
  guint               n_inputs, n_units, n_steps;
  const double       *x;
  const guint8       *skip; /* or NULL */
} NaiveInput;

static inline const anm_real *
naive_find_own (const NaiveInput *in, const char *name)
{
  return naive_find (in->network, in->parameters, in->index, name);
}

static inline gboolean
naive_is_skipped (const NaiveInput *in, guint t)
{
  return in->skip != NULL && in->skip[t];
}

/* Pads the sequence with zeros and slides the kernel over it. */
static inline void
naive_conv1d (const NaiveInput *in, NaiveLayer *layer)
{
  const anm_real *kernel = naive_find_own (in, "kernel"), *bias = naive_find_own (in, "bias");
  const char *padding = naive_get_choice (in->spec, "padding");
  guint taps = (guint) anm_layer_spec_get (in->spec, "kernel");
  guint stride = (guint) anm_layer_spec_get (in->spec, "strides");
  guint dilation = (guint) anm_layer_spec_get (in->spec, "dilation");
  guint span = (taps - 1) * dilation + 1, total = 0, left = 0, middle = span - 1, length;
  g_autofree double *padded = NULL;
  int before = -1;

  if (g_str_equal (padding, "causal"))
    left = total = span - 1;
  else if (g_str_equal (padding, "same"))
    {
      guint n = (in->n_steps + stride - 1) / stride;

      total = (n - 1) * stride + span > in->n_steps ? (n - 1) * stride + span - in->n_steps : 0;
      left = total / 2;
      middle = (span - 1) / 2;
    }
  length = in->n_steps + total;
  padded = g_new0 (double, (gsize) length * in->n_inputs);
  for (guint t = 0; t < in->n_steps; t++)
    if (!naive_is_skipped (in, t))
      memcpy (padded + (gsize) (t + left) * in->n_inputs, in->x + (gsize) t * in->n_inputs, in->n_inputs * sizeof *padded);

  layer->n_output_steps = length < span ? 0 : (length - span) / stride + 1;
  layer->y = g_new0 (double, MAX (layer->n_output_steps, 1) * in->n_units);
  for (guint k = 0; k < layer->n_output_steps; k++)
    {
      double *y = layer->y + (gsize) k * in->n_units;

      for (guint f = 0; f < in->n_units; f++)
        {
          y[f] = (double) bias[f];
          for (guint tap = 0; tap < taps; tap++)
            y[f] += naive_dot (in->n_inputs, padded + (gsize) (k * stride + tap * dilation) * in->n_inputs,
                               kernel + (gsize) tap * in->n_inputs * in->n_units, in->n_units, f);
        }
      naive_activate (naive_get_choice (in->spec, "activation"), in->n_units, y);
      if (in->skip != NULL)
        {
          int anchor = (int) (k * stride + middle) - (int) left;

          layer->output_skip[k] = 1;
          for (int t = before + 1; t <= anchor; t++)
            layer->output_skip[k] &= in->skip[t];
          before = anchor;
        }
    }
}

/* One vector of the unskipped steps first .. last; of several, the running one. */
static inline void
naive_pool (const NaiveInput *in, const char *kind, guint last, double *y)
{
  guint n = 0;

  for (guint i = 0; i < in->n_units; i++)
    {
      double sum = 0.0, largest = -HUGE_VAL, latest = 0.0;

      n = 0;
      for (guint t = 0; t <= last; t++)
        if (!naive_is_skipped (in, t))
          {
            latest = in->x[(gsize) t * in->n_inputs + i];
            sum += latest;
            largest = fmax (largest, latest);
            n++;
          }
      y[i] = n == 0 ? 0.0 : g_str_equal (kind, "mean") ? sum / n : g_str_equal (kind, "max") ? largest : latest;
    }
}

static inline void
naive_pooling (const NaiveInput *in, NaiveLayer *layer)
{
  const char *kind = naive_get_choice (in->spec, "kind");
  gboolean running = anm_layer_spec_get (in->spec, "return_sequences") != 0.0;

  layer->n_output_steps = running ? in->n_steps : MIN (in->n_steps, 1);
  layer->y = g_new0 (double, MAX (layer->n_output_steps, 1) * in->n_units);
  for (guint k = 0; k < layer->n_output_steps; k++)
    naive_pool (in, kind, running ? k : in->n_steps - 1, layer->y + (gsize) k * in->n_units);
}

static inline void
naive_layer_norm (const NaiveInput *in, NaiveLayer *layer)
{
  const anm_real *gamma = naive_find_own (in, "gamma"), *beta = naive_find_own (in, "beta");
  double epsilon = anm_layer_spec_get (in->spec, "epsilon");

  layer->n_output_steps = in->n_steps;
  layer->y = g_new (double, MAX (in->n_steps, 1) * in->n_units);
  for (guint t = 0; t < in->n_steps; t++)
    {
      const double *x = in->x + (gsize) t * in->n_inputs;
      double mean = 0.0, variance = 0.0;

      for (guint i = 0; i < in->n_inputs; i++)
        mean += x[i] / in->n_inputs;
      for (guint i = 0; i < in->n_inputs; i++)
        variance += (x[i] - mean) * (x[i] - mean) / in->n_inputs;
      for (guint i = 0; i < in->n_inputs; i++)
        layer->y[(gsize) t * in->n_units + i] = (double) gamma[i] * (x[i] - mean) / sqrt (variance + epsilon) + (double) beta[i];
    }
}

static inline void
naive_embedding (const NaiveInput *in, NaiveLayer *layer)
{
  const anm_real *table = naive_find_own (in, "embeddings");
  gboolean is_mean = g_str_equal (naive_get_choice (in->spec, "combine"), "mean");
  guint width = in->n_units - in->n_inputs;

  layer->n_output_steps = in->n_steps;
  layer->y = g_new0 (double, (gsize) in->n_steps * in->n_units);
  for (guint t = 0; t < in->n_steps; t++)
    {
      const AnmSequences *sequences = layer->sequences;
      gsize step = sequences->offsets[layer->sequence] + t;
      gsize first = sequences->token_offsets[step], n = sequences->token_offsets[step + 1] - first;
      double *y = layer->y + (gsize) t * in->n_units;

      for (gsize k = first; k < first + n; k++)
        for (guint j = 0; j < width; j++)
          y[j] += (double) table[sequences->tokens[k] * width + j] / (is_mean ? (double) n : 1.0);
      memcpy (y + width, in->x + (gsize) t * in->n_inputs, in->n_inputs * sizeof *y);
    }
}

static inline void
naive_dropout_layer (const NaiveInput *in, NaiveLayer *layer)
{
  const NaiveDropout *dropout = naive_dropout == NULL ? NULL : &naive_dropout[in->index];
  gboolean by_sequence = g_str_equal (naive_get_choice (in->spec, "noise"), "sequence");
  gboolean has_steps = anm_layer_get_takes_sequences (anm_network_get_layer (in->network, in->index));

  layer->y = g_memdup2 (in->x, MAX (in->n_steps, 1) * in->n_units * sizeof *layer->y);
  for (guint t = 0; t < in->n_steps && dropout != NULL; t++)
    for (guint k = 0; k < in->n_units; k++)
      {
        NaiveDropout here = *dropout;

        here.sequence = by_sequence || !has_steps ? dropout->sequence : dropout->first_step + t;
        layer->y[(gsize) t * in->n_units + k] *= naive_mask (&here, here.stream, here.dropout, in->n_units, k);
      }
}

/* x W [first column ..] + b, of one step. */
static inline double
naive_project (const NaiveInput *in, guint t, const anm_real *kernel, guint columns, guint column, const anm_real *bias)
{
  return naive_dot (in->n_inputs, in->x + (gsize) t * in->n_inputs, kernel, columns, column) + (bias == NULL ? 0.0 : (double) bias[column]);
}

/* The score of step @t for query step @s, which only self looks at. */
static inline double
naive_score (const NaiveInput *in, const char *kind, guint units, guint heads, guint head, guint s, guint t)
{
  const anm_real *kernel = naive_find_own (in, "kernel"), *bias = naive_find_own (in, "bias");
  guint d = units / heads;
  double sum = 0.0;

  if (g_str_equal (kind, "additive"))
    {
      const anm_real *v = naive_find_own (in, "score_kernel");

      for (guint k = 0; k < units; k++)
        sum += tanh (naive_project (in, t, kernel, units, k, bias)) * (double) v[k * heads + head];
      return sum;
    }
  for (guint k = head * d; k < (head + 1) * d; k++)
    if (g_str_equal (kind, "dot"))
      sum += (double) naive_find_own (in, "query")[k] * naive_project (in, t, kernel, 2 * units, units + k, NULL);
    else
      sum += naive_project (in, s, kernel, 3 * units, k, bias) * naive_project (in, t, kernel, 3 * units, 2 * units + k, NULL);
  return sum / sqrt (d);
}

/* The weights of steps 0 .. last, skipped ones 0; all 0 if there are none. */
static inline void
naive_weigh (const NaiveInput *in, const char *kind, guint units, guint heads, guint head, guint s, guint last, double *alpha)
{
  double sum = 0.0;

  for (guint t = 0; t < in->n_steps; t++)
    {
      alpha[t] = t > last || naive_is_skipped (in, t) ? 0.0 : exp (naive_score (in, kind, units, heads, head, s, t));
      sum += alpha[t];
    }
  for (guint t = 0; t < in->n_steps && sum > 0.0; t++)
    alpha[t] /= sum;
}

static inline void
naive_attention (const NaiveInput *in, NaiveLayer *layer)
{
  const char *kind = naive_get_choice (in->spec, "kind");
  gboolean is_self = g_str_equal (kind, "self"), is_additive = g_str_equal (kind, "additive");
  gboolean running = is_self || anm_layer_spec_get (in->spec, "return_sequences") != 0.0;
  gboolean looks_back = is_self ? anm_layer_spec_get (in->spec, "causal") != 0.0 : running;
  guint units = (guint) anm_layer_spec_get (in->spec, "units"), heads = (guint) anm_layer_spec_get (in->spec, "heads");
  guint width = is_additive ? in->n_inputs : units / heads;
  const anm_real *kernel = naive_find_own (in, "kernel"), *bias = naive_find_own (in, "bias");
  guint columns = is_self ? 3 * units : 2 * units, first = is_self ? units : 0;
  g_autofree double *alpha = g_new (double, in->n_steps + 1);
  g_autofree double *context = g_new (double, (gsize) heads * width);

  layer->n_output_steps = running ? in->n_steps : MIN (in->n_steps, 1);
  layer->y = g_new0 (double, MAX (layer->n_output_steps, 1) * in->n_units);
  layer->alpha = g_new0 (double, (gsize) in->n_steps * heads + 1);
  for (guint s = 0; s < layer->n_output_steps; s++)
    {
      for (guint head = 0; head < heads; head++)
        {
          naive_weigh (in, kind, units, heads, head, s, looks_back ? s : in->n_steps - 1, alpha);
          for (guint t = 0; t < in->n_steps; t++)
            layer->alpha[t * heads + head] = is_self ? layer->alpha[t * heads + head] + alpha[t] / in->n_steps : alpha[t];
          for (guint k = 0; k < width; k++)
            {
              context[head * width + k] = 0.0;
              for (guint t = 0; t < in->n_steps; t++)
                context[head * width + k] += alpha[t] * (is_additive ? in->x[(gsize) t * in->n_inputs + k]
                                                                     : naive_project (in, t, kernel, columns, first + head * width + k, bias));
            }
        }
      for (guint k = 0; k < in->n_units; k++)
        layer->y[(gsize) s * in->n_units + k] = !is_self ? context[k]
          : naive_dot (units, context, naive_find_own (in, "output_kernel"), units, k) + (double) naive_find_own (in, "output_bias")[k];
    }
}

static const struct
{
  const char *type;
  void      (*run) (const NaiveInput *in, NaiveLayer *layer);
} naive_plain_layers[] = {
  { "conv1d", naive_conv1d },
  { "pooling", naive_pooling },
  { "embedding", naive_embedding },
  { "dropout", naive_dropout_layer },
  { "layer_norm", naive_layer_norm },
  { "attention", naive_attention },
};

static inline gboolean
naive_is_plain_layer (const AnmLayerSpec *spec)
{
  for (gsize k = 0; k < G_N_ELEMENTS (naive_plain_layers); k++)
    if (g_str_equal (naive_plain_layers[k].type, anm_layer_class_get_type (spec->klass)))
      return TRUE;
  return FALSE;
}

static inline void
naive_plain_layer_run (const AnmNetwork *network, const anm_real *parameters, guint index, const guint8 *skip, NaiveLayer *layer)
{
  const AnmLayer *shape = anm_network_get_layer (network, index);
  const AnmLayerSpec *spec = anm_network_get_spec (network)->layers[index];
  const NaiveInput in = {
    network, parameters, index, spec, anm_layer_get_n_inputs (shape), anm_layer_get_n_units (shape), layer->n_steps, layer->x, skip
  };

  for (gsize k = 0; k < G_N_ELEMENTS (naive_plain_layers); k++)
    if (g_str_equal (naive_plain_layers[k].type, anm_layer_class_get_type (spec->klass)))
      naive_plain_layers[k].run (&in, layer);
}
