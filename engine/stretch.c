/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/stretch.h"

#include "engine/network-private.h"
#include "engine/survey.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const AnmNetwork *network;
  const AnmStretch *stretch;
  const AnmSequences *sequences;
  gssize            own_sequence;
  guint             own_step;
  AnmStretchMatch  *matches;
  AnmStretchSpread *spread;
} Search;

/* A chunk's buffer: steps, then sums, then squares. */
static gsize
get_buffer_size (const AnmStretch *stretch)
{
  return (1 + 2 * (gsize) stretch->n_units) * sizeof (double);
}

static gboolean
wants (guint layer, const AnmTraceInfo *info, gpointer data)
{
  const Search *self = data;

  return layer == self->stretch->layer && g_str_has_suffix (self->stretch->symbol, info->symbol);
}

static void
add_spread (const Search *self, const AnmTrace *trace, double *buffer)
{
  const AnmStretch *stretch = self->stretch;

  buffer[0] += trace->n_steps;
  for (guint t = 0; t < trace->n_steps; t++)
    for (guint j = 0; j < stretch->n_units; j++)
      {
        const double value = (double) trace->values[(gsize) t * trace->n_units + stretch->units[j]];

        buffer[1 + j] += value;
        buffer[1 + stretch->n_units + j] += value * value;
      }
}

/* Sum of squares from step @first of the record on; given up once it is @most or more. @held: which of the trace's steps stands there. */
static double
get_difference (const AnmStretch *stretch, const AnmTrace *trace, const guint *held, guint first, double most)
{
  double sum = 0.0;

  for (guint k = 0; k < stretch->n_steps && sum < most; k++)
    {
      const anm_real *row = trace->values + (gsize) held[first + k] * trace->n_units;
      const anm_real *wanted = stretch->values + (gsize) k * stretch->n_units;

      for (guint j = 0; j < stretch->n_units; j++)
        {
          const double difference = (double) row[stretch->units[j]] - (double) wanted[j];

          sum += difference * difference;
        }
    }
  return sum;
}

/* The record's step that each of the trace's steps stands for: layers may give fewer than they get. */
static guint *
follow_steps (const Search *self, guint n_steps, guint n_trace_steps)
{
  guint *steps = g_new (guint, MAX (n_steps, 1));
  guint length = n_steps;

  for (guint t = 0; t < n_steps; t++)
    steps[t] = t;
  /* A trace of the output has as many steps as that has; where nothing is lost both are the same. */
  for (guint l = 0; l <= self->stretch->layer && length != n_trace_steps; l++)
    {
      const AnmLayer *layer = self->network->layers[l];
      const guint n_out = _anm_layer_output_length (layer, length);

      for (guint k = 0; k < n_out; k++)
        steps[k] = steps[_anm_layer_get_anchor (layer, k, length)];
      length = n_out;
    }
  return steps;
}

static void
search_sequence (const Search *self, gsize sequence, const AnmTrace *trace)
{
  const AnmStretch *stretch = self->stretch;
  const guint n_steps = (guint) anm_sequences_get_length (self->sequences, sequence);
  const double n = (double) stretch->n_units * stretch->n_steps;
  g_autofree guint *steps = follow_steps (self, n_steps, trace->n_steps);
  g_autofree guint *held = g_new (guint, MAX (n_steps, 1));
  AnmStretchMatch *match = &self->matches[sequence];
  double best = INFINITY;
  guint next = 0, begin = n_steps;

  /* What stands for several steps of the record is held until the next one. */
  for (guint t = 0; t < n_steps; t++)
    {
      while (next < trace->n_steps && steps[next] <= t)
        next++;
      held[t] = next > 0 ? next - 1 : 0;
      if (next > 0)
        begin = MIN (begin, t);
    }

  for (guint first = begin; first + stretch->n_steps <= n_steps; first++)
    {
      double sum;

      /* A stretch is like itself, and like what overlaps it: that is no find. */
      if ((gssize) sequence == self->own_sequence && first < self->own_step + stretch->n_steps && self->own_step < first + stretch->n_steps)
        continue;
      sum = get_difference (stretch, trace, held, first, best);
      if (sum < best)
        {
          best = sum;
          match->step = first;
        }
    }
  if (match->step != ANM_STRETCH_NONE)
    match->distance = sqrt (best / n);
}

static void
visit (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Search *self = data;

  for (guint k = 0; k < row->traces.n_traces; k++)
    if (g_str_equal (row->traces.traces[k].symbol, self->stretch->symbol))
      {
        add_spread (self, &row->traces.traces[k], buffer);
        search_sequence (self, row->sequence, &row->traces.traces[k]);
      }
}

static void
collect (gconstpointer buffer, gpointer data)
{
  const Search *self = data;
  const double *sums = buffer;

  self->spread->n_steps += (guint64) sums[0];
  for (guint j = 0; j < self->stretch->n_units; j++)
    {
      self->spread->sums[j] += sums[1 + j];
      self->spread->squares[j] += sums[1 + self->stretch->n_units + j];
    }
}

/**
 * anm_stretch_find:
 * @sequences: whose columns are the network's inputs; a target isn't needed
 * @own_sequence, @own_step: where the stretch was taken from, if it is one of @sequences; else -1
 * @matches: [n_sequences], filled
 * @spread: added to
 * @stop: (nullable): atomic; looked at between the time steps of a chunk
 *
 * d = sqrt (mean (x_tj - p_tj)^2) over the stretch's steps t and units j, the least over all places where the
 * stretch fits into the record; a search through every place, given up there as soon as it is worse than the best.
 */
gboolean
anm_stretch_find (AnmNetwork *network, const anm_real *parameters, const AnmSequences *sequences, AnmPool *pool, const AnmStretch *stretch,
                  gssize own_sequence, guint own_step, AnmStretchMatch *matches, AnmStretchSpread *spread, const int *stop)
{
  Search self = { .network = network, .stretch = stretch, .sequences = sequences, .own_sequence = own_sequence, .own_step = own_step, .matches = matches, .spread = spread };
  const AnmSurveyFuncs funcs = { .buffer_size = get_buffer_size (stretch), .wants = wants, .visit = visit, .collect = collect };

  for (gsize i = 0; i < sequences->n_sequences; i++)
    matches[i] = (AnmStretchMatch){ ANM_STRETCH_NONE, (double) NAN };
  return _anm_survey_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, pool, &funcs, &self, stop);
}

double
anm_stretch_get_spread (const AnmStretchSpread *spread, guint n_units)
{
  double sum = 0.0;

  if (spread->n_steps == 0 || n_units == 0)
    return 0.0;
  for (guint j = 0; j < n_units; j++)
    {
      const double mean = spread->sums[j] / (double) spread->n_steps;

      sum += fmax (spread->squares[j] / (double) spread->n_steps - mean * mean, 0.0);
    }
  return sqrt (sum / n_units);
}
