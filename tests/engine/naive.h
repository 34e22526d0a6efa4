/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * The naive twin of the engine: one sequence, one step, one unit after the
 * other, in double precision, straight from the equations at the top of the
 * layers' files. It shares no code with what it checks.
 */

#include "engine/network.h"
#include "engine/random.h"

#include <math.h>
#include <string.h>

/* Everything that one layer holds; [step][unit], NULL where the layer has no such thing. */
typedef struct _NaiveLayer NaiveLayer;

struct _NaiveLayer
{
  guint       n_steps; /* of the input */
  guint       n_output_steps;
  guint8     *output_skip; /* NULL if nothing is passed over; owned */
  double     *x, *h, *c, *i, *f, *g, *o, *z, *r, *candidate, *y, *alpha;
  double     *bent; /* tanh (c^) of an lstm that normalises */
  double     *m, *gap, *gamma_x, *input, *gamma_h; /* of a gru_d: those of inputs are [step][input] */
  const AnmSequences *sequences; /* that are read, and which of them */
  gsize       sequence;
  NaiveLayer *halves; /* [2] of a bidirectional layer, whose h is merged; their x is the layer's */
};

typedef struct
{
  guint       n_layers;
  NaiveLayer *layers;
  guint       n_answers; /* steps that the network answers at */
  double     *answers;   /* [n_answers][n_outputs] */
  double      loss;      /* weighted mean over the sequence's own target rows */
} NaiveRun;

/* Adds @amount to h (or c) of one unit at one step, as the rest of the network sees it; of a
 * bidirectional layer in its half @half. */
typedef struct
{
  guint    layer, step, unit;
  gboolean cell;
  double   amount;
  guint    half;
} NaiveNudge;

/* What layer number l drops while it is trained; set by a test that trains, [n_layers]. */
typedef struct
{
  double  dropout, recurrent_dropout;
  guint64 seed, stream;
  gsize   sequence; /* that runs now */
  gsize   first_step;
} NaiveDropout;

static NaiveDropout *naive_dropout;

/* Number k of the sequence's mask: 0, or 1 over the share that is kept. */
static inline double
naive_mask (const NaiveDropout *dropout, guint64 stream, double rate, guint width, guint k)
{
  return anm_random_uniform (dropout->seed, stream, dropout->sequence * width + k) < rate ? 0.0 : 1.0 / (1.0 - rate);
}

static inline double
naive_sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static inline void
naive_activate (const char *activation, guint n, double *y)
{
  double sum = 0.0, largest = -HUGE_VAL;

  for (guint k = 0; k < n; k++)
    largest = fmax (largest, y[k]);
  for (guint k = 0; k < n; k++)
    sum += exp (y[k] - largest);
  for (guint k = 0; k < n; k++)
    if (g_str_equal (activation, "tanh"))
      y[k] = tanh (y[k]);
    else if (g_str_equal (activation, "sigmoid"))
      y[k] = naive_sigmoid (y[k]);
    else if (g_str_equal (activation, "relu"))
      y[k] = fmax (y[k], 0.0);
    else if (g_str_equal (activation, "softmax"))
      y[k] = exp (y[k] - largest) / sum;
}

static inline const char *
naive_get_choice (const AnmLayerSpec *spec, const char *argument)
{
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (spec->klass, &n_arguments);

  for (guint k = 0; k < n_arguments; k++)
    if (g_str_equal (arguments[k].name, argument))
      return arguments[k].choices[(guint) spec->values[k]];
  g_assert_not_reached ();
}

/* The layer's parameter by name, or NULL. */
static inline const anm_real *
naive_find (const AnmNetwork *network, const anm_real *parameters, guint layer, const char *name)
{
  guint n_slices;
  const AnmParameter *slices = anm_network_get_parameters (network, &n_slices);
  g_autofree char *full = g_strdup_printf ("%s.%s", anm_network_get_layer_name (network, layer), name);

  for (guint s = 0; s < n_slices; s++)
    if (g_str_equal (slices[s].name, full))
      return parameters + slices[s].offset;
  return NULL;
}

/* sum_k x_k weights [k][column] */
static inline double
naive_dot (guint n, const double *x, const anm_real *weights, gsize stride, gsize column)
{
  double sum = 0.0;

  for (guint k = 0; k < n; k++)
    sum += x[k] * (double) weights[k * stride + column];
  return sum;
}

#include "naive-layers.h"

typedef struct
{
  guint           n_inputs, n_units;
  gsize           stride;
  const anm_real *w, *u, *b, *b2;
  const anm_real *v, *w_x, *b_x, *w_gh, *b_gh; /* of a gru_d */
  const anm_real *s_x, *s_h, *s, *s_c, *b_c;   /* scales of a layer that normalises, else NULL */
} NaiveWeights;

/* a = s (a - mean) / deviation, of @n numbers; s NULL = as they are */
static inline void
naive_normalize (guint n, const anm_real *scale, double *a)
{
  double mean = 0.0, variance = 0.0;

  if (scale == NULL)
    return;
  for (guint j = 0; j < n; j++)
    mean += a[j] / n;
  for (guint j = 0; j < n; j++)
    variance += (a[j] - mean) * (a[j] - mean) / n;
  for (guint j = 0; j < n; j++)
    a[j] = (double) scale[j] * (a[j] - mean) / sqrt (variance + 1e-3);
}

/* x weights, [n_columns] of them from @first on */
static inline void
naive_product (guint n, const double *x, const anm_real *weights, gsize stride, gsize first, guint n_columns, double *product)
{
  for (guint j = 0; j < n_columns; j++)
    product[j] = naive_dot (n, x, weights, stride, first + j);
}

static inline void
naive_simple_rnn_step (const NaiveWeights *p, const char *activation, const double *x, const double *h_p, NaiveLayer *layer, gsize at)
{
  double *h = layer->h + at;

  for (guint j = 0; j < p->n_units; j++)
    h[j] = naive_dot (p->n_inputs, x, p->w, p->stride, j) + naive_dot (p->n_units, h_p, p->u, p->stride, j);
  naive_normalize (p->n_units, p->s, h);
  for (guint j = 0; j < p->n_units; j++)
    h[j] += (double) p->b[j];
  naive_activate (activation, p->n_units, h);
}

static inline void
naive_lstm_step (const NaiveWeights *p, const double *x, const double *h_p, const double *c_p, NaiveLayer *layer, gsize at)
{
  guint n = p->n_units;
  g_autofree double *x_sums = g_new (double, 4 * n);
  g_autofree double *h_sums = g_new (double, 4 * n);
  double *gates[] = { layer->i + at, layer->f + at, layer->g + at, layer->o + at };

  naive_product (p->n_inputs, x, p->w, p->stride, 0, 4 * n, x_sums);
  naive_product (n, h_p, p->u, p->stride, 0, 4 * n, h_sums);
  naive_normalize (4 * n, p->s_x, x_sums);
  naive_normalize (4 * n, p->s_h, h_sums);
  for (guint k = 0; k < 4 * n; k++)
    {
      double sum = x_sums[k] + h_sums[k] + (double) p->b[k];

      gates[k / n][k % n] = k / n == 2 ? tanh (sum) : naive_sigmoid (sum);
    }
  for (guint j = 0; j < n; j++)
    layer->c[at + j] = layer->f[at + j] * c_p[j] + layer->i[at + j] * layer->g[at + j];
}

/* One of the sums of a gate: the columns of @part (0: z and r; 1: h~) of x W or h U. */
static inline void
naive_gru_sums (guint n, const double *x, const anm_real *weights, gsize stride, guint n_units, guint part, const anm_real *scale, double *sums)
{
  gsize first = part == 0 ? 0 : 2 * n_units;
  guint n_columns = part == 0 ? 2 * n_units : n_units;

  naive_product (n, x, weights, stride, first, n_columns, sums + first);
  naive_normalize (n_columns, scale == NULL ? NULL : scale + first, sums + first);
}

static inline void
naive_gru_step (const NaiveWeights *p, gboolean reset_after, const double *x, const double *h_p, const double *h_carried,
                NaiveLayer *layer, gsize at)
{
  guint n = p->n_units;
  g_autofree double *reset_h = g_new (double, n);
  g_autofree double *x_sums = g_new (double, 3 * n);
  g_autofree double *h_sums = g_new (double, 3 * n);

  for (guint part = 0; part < 2; part++)
    naive_gru_sums (p->n_inputs, x, p->w, p->stride, n, part, p->s_x, x_sums);
  naive_gru_sums (n, h_p, p->u, p->stride, n, 0, p->s_h, h_sums);
  for (guint k = 0; k < 2 * n; k++)
    {
      double sum = x_sums[k] + h_sums[k] + (double) p->b[k];

      if (reset_after)
        sum += (double) p->b2[k];
      (k < n ? layer->z : layer->r)[at + k % n] = naive_sigmoid (sum);
    }
  for (guint j = 0; j < n; j++)
    reset_h[j] = layer->r[at + j] * h_p[j];
  naive_gru_sums (n, reset_after ? h_p : reset_h, p->u, p->stride, n, 1, p->s_h, h_sums);
  for (guint j = 0; j < n; j++)
    {
      double from_x = x_sums[2 * n + j] + (double) p->b[2 * n + j], from_h = h_sums[2 * n + j];

      if (reset_after)
        from_h = layer->r[at + j] * (from_h + (double) p->b2[2 * n + j]);
      layer->candidate[at + j] = tanh (from_x + from_h);
      layer->h[at + j] = (1.0 - layer->z[at + j]) * h_carried[j] + layer->z[at + j] * layer->candidate[at + j];
    }
}

/* What a gru_d makes of its input, all steps at once, as the sequences say. */
static inline void
naive_gru_d_input (const NaiveWeights *p, const AnmSequences *sequences, gsize sequence, gboolean reverse, NaiveLayer *layer)
{
  gsize first = sequences->offsets[sequence], n_channels = sequences->n_channels;

  for (guint d = 0; d < p->n_inputs; d++)
    {
      guint channel = sequences->columns[d].index;
      double last = 0.0, gap = 0.0;
      guint at_last = 0; /* step that was walked to before */

      for (guint k = 0; k < layer->n_steps; k++)
        {
          guint t = reverse ? layer->n_steps - 1 - k : k;
          gsize place = t * p->n_inputs + d;
          double mean = (double) sequences->means[channel];

          if (sequences->columns[d].kind != ANM_COLUMN_VALUE)
            {
              layer->gamma_x[place] = exp (-fmax (0.0, (double) p->b_x[d]));
              layer->input[place] = layer->x[place];
              continue;
            }
          layer->m[place] = anm_sequences_is_observed (sequences, first + t, channel);
          if (k == 0 || layer->m[place] > 0)
            last = layer->x[place];
          /* As the batch was made: steps of a channel are all as far apart. */
          if (k > 0)
            gap = 0.5 + 0.25 * channel + (anm_sequences_is_observed (sequences, first + at_last, channel) ? 0.0 : gap);
          at_last = t;
          if (!reverse)
            g_assert_cmpfloat (gap, ==, (double) sequences->gaps[(first + t) * n_channels + channel]);
          layer->gap[place] = gap;
          layer->gamma_x[place] = exp (-fmax (0.0, (double) p->w_x[d] * gap + (double) p->b_x[d]));
          layer->input[place] = layer->m[place] > 0 ? layer->x[place] : layer->gamma_x[place] * last + (1.0 - layer->gamma_x[place]) * mean;
        }
    }
}

/* @dropout: (nullable): what is dropped */
static inline void
naive_gru_d_step (const NaiveWeights *p, const double *h_p, guint t, NaiveLayer *layer, gsize at, const NaiveDropout *dropout, guint64 stream)
{
  guint n = p->n_units, n_inputs = p->n_inputs;
  gsize in = (gsize) t * n_inputs;
  g_autofree double *x = g_memdup2 (layer->input + in, n_inputs * sizeof *x);
  g_autofree double *m = g_memdup2 (layer->m + in, n_inputs * sizeof *m);
  g_autofree double *h = g_new (double, n);
  g_autofree double *decayed = g_new (double, n);
  g_autofree double *reset_h = g_new (double, n);
  double **gates[] = { &layer->z, &layer->r, &layer->candidate };

  for (guint j = 0; j < n; j++)
    {
      layer->gamma_h[at + j] = exp (-fmax (0.0, naive_dot (p->n_inputs, layer->gap + in, p->w_gh, n, j) + (double) p->b_gh[j]));
      decayed[j] = h[j] = layer->gamma_h[at + j] * h_p[j];
      if (dropout != NULL)
        h[j] *= naive_mask (dropout, stream + 1, dropout->recurrent_dropout, n, j);
    }
  for (guint k = 0; dropout != NULL && k < n_inputs; k++)
    {
      x[k] *= naive_mask (dropout, stream, dropout->dropout, 2 * n_inputs, k);
      m[k] *= naive_mask (dropout, stream, dropout->dropout, 2 * n_inputs, n_inputs + k);
    }
  for (guint gate = 0; gate < 3; gate++)
    for (guint j = 0; j < n; j++)
      {
        gsize column = gate * n + j;
        double sum = naive_dot (n_inputs, x, p->w, p->stride, column) + naive_dot (n_inputs, m, p->v, p->stride, column)
                     + naive_dot (n, gate == 2 ? reset_h : h, p->u, p->stride, column) + (double) p->b[column];

        (*gates[gate])[at + j] = gate == 2 ? tanh (sum) : naive_sigmoid (sum);
        if (gate == 1)
          reset_h[j] = layer->r[at + j] * h[j];
      }
  for (guint j = 0; j < n; j++)
    layer->h[at + j] = (1.0 - layer->z[at + j]) * decayed[j] + layer->z[at + j] * layer->candidate[at + j];
}

static inline void
naive_recurrent_step (const char *type, const AnmLayerSpec *spec, const NaiveWeights *p, guint index, guint t, gboolean skipped,
                      NaiveLayer *layer, const double *h_p, const double *c_p, const NaiveNudge *nudge, gboolean reverse)
{
  gsize at = (gsize) t * p->n_units;
  g_autofree double *x = g_memdup2 (layer->x + (gsize) t * p->n_inputs, p->n_inputs * sizeof *x);
  g_autofree double *h = g_memdup2 (h_p, p->n_units * sizeof *h); /* as products see it */
  gboolean nudged = nudge != NULL && nudge->layer == index && nudge->step == t;

  if (naive_dropout != NULL)
    {
      const NaiveDropout *dropout = &naive_dropout[index];
      guint64 stream = dropout->stream + (reverse ? 2 : 0);

      for (guint k = 0; k < p->n_inputs; k++)
        x[k] *= naive_mask (dropout, stream, dropout->dropout, p->n_inputs, k);
      for (guint k = 0; k < p->n_units; k++)
        h[k] *= naive_mask (dropout, stream + 1, dropout->recurrent_dropout, p->n_units, k);
    }
  if (skipped)
    {
      memcpy (layer->h + at, h_p, p->n_units * sizeof (double));
      memcpy (layer->c + at, c_p, p->n_units * sizeof (double));
      for (guint j = 0; j < p->n_units; j++)
        layer->gamma_h[at + j] = 1.0;
    }
  else if (g_str_equal (type, "simple_rnn"))
    naive_simple_rnn_step (p, naive_get_choice (spec, "activation"), x, h, layer, at);
  else if (g_str_equal (type, "gru_d"))
    naive_gru_d_step (p, h_p, t, layer, at, naive_dropout == NULL ? NULL : &naive_dropout[index],
                      naive_dropout == NULL ? 0 : naive_dropout[index].stream + (reverse ? 2 : 0));
  else if (g_str_equal (type, "gru"))
    naive_gru_step (p, anm_layer_spec_get (spec, "reset_after") != 0.0, x, h, h_p, layer, at);
  else
    naive_lstm_step (p, x, h, c_p, layer, at);

  if (nudged && nudge->cell)
    layer->c[at + nudge->unit] += nudge->amount;
  if (!skipped && g_str_equal (type, "lstm"))
    {
      double *bent = layer->bent + at;

      memcpy (bent, layer->c + at, p->n_units * sizeof *bent);
      naive_normalize (p->n_units, p->s_c, bent);
      for (guint j = 0; j < p->n_units; j++)
        {
          bent[j] = tanh (bent[j] + (p->b_c == NULL ? 0.0 : (double) p->b_c[j]));
          layer->h[at + j] = layer->o[at + j] * bent[j];
        }
    }
  if (nudged && !nudge->cell)
    layer->h[at + nudge->unit] += nudge->amount;
}

/* "concat", or NULL if the layer reads one way. */
static inline const char *
naive_get_merge (const AnmLayerSpec *spec)
{
  const char *merge;

  if (!anm_layer_class_is_recurrent (spec->klass))
    return NULL;
  merge = naive_get_choice (spec, "bidirectional");
  return g_str_equal (merge, "none") ? NULL : merge;
}

static inline const anm_real *
naive_find_of_half (const AnmNetwork *network, const anm_real *parameters, guint layer, const char *half, const char *name)
{
  g_autofree char *full = g_strconcat (half, name, NULL);

  return naive_find (network, parameters, layer, full);
}

/* Fills layer->h (or y) of @n units from layer->x, its parameters' names beginning with @half. */
static inline void
naive_layer_run_one_way (const AnmNetwork *network, const anm_real *parameters, guint index, const char *half, guint n, const guint8 *skip,
                         NaiveLayer *layer, const NaiveNudge *nudge)
{
  const AnmLayer *shape = anm_network_get_layer (network, index);
  const AnmLayerSpec *spec = anm_network_get_spec (network)->layers[index];
  const char *type = anm_layer_class_get_type (spec->klass);
  gsize size = (gsize) layer->n_steps * n;
  g_autofree double *zeros = g_new0 (double, n);
  guint n_gates = g_str_equal (type, "lstm") ? 4 : g_str_has_prefix (type, "gru") ? 3 : 1;
  NaiveWeights p = { anm_layer_get_n_inputs (shape), n, (gsize) n_gates * n };
  double **planes[] = { &layer->h, &layer->c, &layer->i, &layer->f, &layer->g, &layer->o, &layer->z, &layer->r, &layer->candidate, &layer->y, &layer->gamma_h, &layer->bent };
  double **input_planes[] = { &layer->m, &layer->gap, &layer->gamma_x, &layer->input };
  gboolean reverse = g_str_equal (half, "backward.");

  for (gsize k = 0; k < G_N_ELEMENTS (planes); k++)
    *planes[k] = g_new0 (double, size);
  for (gsize k = 0; k < G_N_ELEMENTS (input_planes); k++)
    *input_planes[k] = g_new0 (double, (gsize) layer->n_steps * p.n_inputs);
  p.w = naive_find_of_half (network, parameters, index, half, "kernel");
  p.u = naive_find_of_half (network, parameters, index, half, "recurrent_kernel");
  p.b = naive_find_of_half (network, parameters, index, half, "bias");
  p.b2 = naive_find_of_half (network, parameters, index, half, "recurrent_bias");
  p.v = naive_find_of_half (network, parameters, index, half, "mask_kernel");
  p.w_x = naive_find_of_half (network, parameters, index, half, "input_decay");
  p.b_x = naive_find_of_half (network, parameters, index, half, "input_decay_bias");
  p.w_gh = naive_find_of_half (network, parameters, index, half, "hidden_decay");
  p.b_gh = naive_find_of_half (network, parameters, index, half, "hidden_decay_bias");
  p.s = naive_find_of_half (network, parameters, index, half, "scale");
  p.s_x = naive_find_of_half (network, parameters, index, half, "kernel_scale");
  p.s_h = naive_find_of_half (network, parameters, index, half, "recurrent_scale");
  p.s_c = naive_find_of_half (network, parameters, index, half, "cell_scale");
  p.b_c = naive_find_of_half (network, parameters, index, half, "cell_bias");
  if (g_str_equal (type, "gru_d"))
    naive_gru_d_input (&p, layer->sequences, layer->sequence, reverse, layer);

  for (guint k = 0; k < layer->n_steps; k++)
    {
      guint t = reverse ? layer->n_steps - 1 - k : k;
      gsize previous = (gsize) (reverse ? t + 1 : t - 1) * n;

      if (!g_str_equal (type, "dense"))
        {
          naive_recurrent_step (type, spec, &p, index, t, skip != NULL && skip[t], layer,
                                k == 0 ? zeros : layer->h + previous, k == 0 ? zeros : layer->c + previous, nudge, reverse);
          continue;
        }
      for (guint j = 0; j < n; j++)
        layer->y[t * n + j] = naive_dot (p.n_inputs, layer->x + (gsize) t * p.n_inputs, p.w, n, j) + (double) p.b[j];
      naive_activate (naive_get_choice (spec, "activation"), n, layer->y + (gsize) t * n);
    }
}

/* One row of a bidirectional layer's output. */
static inline void
naive_merge (const char *merge, guint n, const double *forward, const double *backward, double *merged)
{
  for (guint j = 0; j < n; j++)
    if (g_str_equal (merge, "concat"))
      {
        merged[j] = forward[j];
        merged[n + j] = backward[j];
      }
    else
      merged[j] = (forward[j] + backward[j]) / (g_str_equal (merge, "mean") ? 2 : 1);
}

static inline void
naive_layer_run (const AnmNetwork *network, const anm_real *parameters, guint index, const guint8 *skip, NaiveLayer *layer, const NaiveNudge *nudge)
{
  static const char *const names[] = { "forward.", "backward." };
  const char *merge = naive_get_merge (anm_network_get_spec (network)->layers[index]);
  guint width = anm_layer_get_n_units (anm_network_get_layer (network, index));
  guint n = merge != NULL && g_str_equal (merge, "concat") ? width / 2 : width;

  if (merge == NULL)
    {
      naive_layer_run_one_way (network, parameters, index, "", n, skip, layer, nudge);
      return;
    }
  layer->halves = g_new0 (NaiveLayer, 2);
  layer->h = g_new (double, (gsize) layer->n_steps * width);
  for (guint k = 0; k < 2; k++)
    {
      layer->halves[k] = (NaiveLayer){ .n_steps = layer->n_steps, .x = layer->x, .sequences = layer->sequences, .sequence = layer->sequence };
      naive_layer_run_one_way (network, parameters, index, names[k], n, skip, &layer->halves[k], nudge != NULL && nudge->half == k ? nudge : NULL);
    }
  for (gsize t = 0; t < layer->n_steps; t++)
    naive_merge (merge, n, layer->halves[0].h + t * n, layer->halves[1].h + t * n, layer->h + t * width);
}

/* The output of a recurrent layer that gives only its last one. */
static inline void
naive_take_last (const AnmLayerSpec *spec, const NaiveLayer *layer, guint width, double *output)
{
  const char *merge = naive_get_merge (spec);
  gsize last = layer->n_steps - 1;
  guint n = merge != NULL && g_str_equal (merge, "concat") ? width / 2 : width;

  if (merge == NULL)
    memcpy (output, layer->h + last * width, width * sizeof *output);
  else
    naive_merge (merge, n, layer->halves[0].h + last * n, layer->halves[1].h, output);
}

/* Loss of one target row, from the last layer's answer with its activation applied. */
static inline double
naive_loss (AnmLossKind loss, const AnmTargetShape *target, const double *answer, const anm_real *wanted)
{
  double sum = 0.0;

  for (guint k = 0; k < target->n_outputs; k++)
    {
      double t = target->kind == ANM_TARGET_CLASSES ? (guint) wanted[0] == k : (double) wanted[k];

      if (loss == ANM_LOSS_CATEGORICAL_CROSS_ENTROPY)
        sum -= t * log (answer[k]);
      else if (loss == ANM_LOSS_BINARY_CROSS_ENTROPY)
        sum -= (t * log (answer[k]) + (1.0 - t) * log (1.0 - answer[k])) / target->n_outputs;
      else
        sum += (answer[k] - t) * (answer[k] - t) / target->n_outputs;
    }
  return sum;
}

static inline void
naive_compute_loss (NaiveRun *run, AnmLossKind loss, const AnmSequences *sequences, gsize sequence)
{
  double sum = 0.0, weights = 0.0;

  for (guint t = 0; t < run->n_answers; t++)
    {
      gsize row = sequences->target.per_step ? sequences->offsets[sequence] + t : sequence;
      const anm_real *wanted = sequences->targets + row * anm_sequences_get_target_width (&sequences->target);
      double weight = sequences->weights != NULL ? (double) sequences->weights[sequence] : 1.0;

      if (sequences->target_mask != NULL && !sequences->target_mask[row])
        continue;
      if (sequences->class_weights != NULL)
        weight *= sequences->class_weights[(guint) wanted[0]];
      sum += weight * naive_loss (loss, &sequences->target, run->answers + t * sequences->target.n_outputs, wanted);
      weights += weight;
    }
  run->loss = sum / weights;
}

static inline NaiveRun *
naive_run (const AnmNetwork *network, const anm_real *parameters, AnmLossKind loss, const AnmSequences *sequences, gsize sequence, const NaiveNudge *nudge)
{
  NaiveRun *run = g_new0 (NaiveRun, 1);
  guint n_steps = (guint) anm_sequences_get_length (sequences, sequence);
  const guint8 *skip = sequences->skip == NULL ? NULL : sequences->skip + sequences->offsets[sequence];
  guint n_inputs = anm_network_get_n_inputs (network);
  guint n_outputs = anm_network_get_n_outputs (network);
  g_autofree anm_real *row = g_new (anm_real, n_inputs);
  double *output = g_new (double, (gsize) n_steps * n_inputs);

  for (guint t = 0; t < n_steps; t++)
    {
      anm_sequences_fill_row (sequences, sequence, t, row);
      for (guint k = 0; k < n_inputs; k++)
        output[(gsize) t * n_inputs + k] = (double) row[k];
    }

  run->n_layers = anm_network_get_n_layers (network);
  run->layers = g_new0 (NaiveLayer, run->n_layers);
  for (guint l = 0; l < run->n_layers; l++)
    {
      const AnmLayer *shape = anm_network_get_layer (network, l);
      NaiveLayer *layer = &run->layers[l];
      gboolean recurrent = anm_layer_class_is_recurrent (anm_layer_get_class (shape));
      gsize n = anm_layer_get_n_units (shape);

      layer->n_steps = layer->n_output_steps = n_steps;
      layer->x = output;
      layer->sequences = sequences;
      layer->sequence = sequence;
      if (naive_dropout != NULL)
        {
          naive_dropout[l].sequence = sequence;
          naive_dropout[l].first_step = sequences->offsets[sequence];
        }
      layer->output_skip = skip == NULL ? NULL : g_memdup2 (skip, n_steps);
      if (naive_is_plain_layer (anm_network_get_spec (network)->layers[l]))
        naive_plain_layer_run (network, parameters, l, skip, layer);
      else
        naive_layer_run (network, parameters, l, skip, layer, nudge);
      output = layer->n_output_steps == 0 ? NULL : g_memdup2 (recurrent ? layer->h : layer->y, layer->n_output_steps * n * sizeof *output);
      if (recurrent && output != NULL && !anm_layer_get_gives_sequences (shape))
        naive_take_last (anm_network_get_spec (network)->layers[l], layer, (guint) n, output);
      if (!anm_layer_get_gives_sequences (shape))
        layer->n_output_steps = MIN (layer->n_output_steps, 1);
      n_steps = layer->n_output_steps;
      skip = anm_layer_get_gives_sequences (shape) ? layer->output_skip : NULL;
    }

  run->n_answers = n_steps;
  run->answers = output;
  for (guint t = 0; t < run->n_answers; t++)
    {
      const char *activation = naive_get_choice (anm_network_get_spec (network)->layers[run->n_layers - 1], "activation");

      /* A linear last layer gives logits where the loss is a cross-entropy. */
      if (g_str_equal (activation, "linear") && loss == ANM_LOSS_BINARY_CROSS_ENTROPY)
        naive_activate ("sigmoid", n_outputs, output + t * n_outputs);
      else if (g_str_equal (activation, "linear") && loss == ANM_LOSS_CATEGORICAL_CROSS_ENTROPY)
        naive_activate ("softmax", n_outputs, output + t * n_outputs);
    }
  naive_compute_loss (run, loss, sequences, sequence);
  return run;
}

static inline void
naive_layer_clear (NaiveLayer *layer)
{
  double *planes[] = { layer->h, layer->c, layer->i, layer->f, layer->g, layer->o, layer->z, layer->r, layer->candidate, layer->y,
                       layer->alpha, layer->m, layer->gap, layer->gamma_x, layer->input, layer->gamma_h, layer->bent };

  for (gsize k = 0; k < G_N_ELEMENTS (planes); k++)
    g_free (planes[k]);
  g_free (layer->output_skip);
  for (guint k = 0; layer->halves != NULL && k < 2; k++)
    naive_layer_clear (&layer->halves[k]);
  g_free (layer->halves);
}

static inline void
naive_run_free (NaiveRun *self)
{
  for (guint l = 0; l < self->n_layers; l++)
    {
      g_free (self->layers[l].x);
      naive_layer_clear (&self->layers[l]);
    }
  g_free (self->layers);
  g_free (self->answers);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaiveRun, naive_run_free)
