/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/gradient.h"

#include "engine/evaluation.h"
#include "engine/network-private.h"
#include "engine/optimizer.h"
#include "engine/workspace-private.h"

#include <math.h>

/* Numbers in all chunks' buffers together: of a very large network fewer
 * chunks are computed at once. Depends on the network alone. */
#define MAX_BUFFERED ((gsize) 1 << 25)
#define MIN_WAVE 2

#define MAX_SEGMENT 16384

/* Below this, waking a worker takes longer than it saves. */
#define MIN_PARAMETERS_TO_SHARE 65536

/* Added up in a piece that stays in the processor's first cache. */
#define BLOCK 512

static void
cut_into_segments (AnmGradient *self)
{
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (AnmSegment));
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (self->network, &n_parameters);

  for (guint i = 0; i < n_parameters; i++)
    {
      gsize n = (gsize) parameters[i].n_rows * parameters[i].n_columns;

      for (gsize first = 0; first < n; first += MAX_SEGMENT)
        {
          AnmSegment segment = {
            .first = parameters[i].offset + first,
            .n = MIN (n - first, MAX_SEGMENT),
            .layer = parameters[i].layer,
            .kind = parameters[i].kind,
            .frozen = self->network->layers[parameters[i].layer]->frozen,
          };

          g_array_append_val (segments, segment);
        }
    }
  self->n_segments = segments->len;
  self->segments = (AnmSegment *) g_array_free (segments, FALSE);
}

/**
 * _anm_gradient_new:
 * @sequences: borrowed, as are @network, @pool and @lanes
 */
AnmGradient *
_anm_gradient_new (const AnmNetwork *network, const AnmSequences *sequences, AnmPool *pool, AnmLanes *lanes)
{
  AnmGradient *self = g_new0 (AnmGradient, 1);
  guint max_steps = (guint) anm_sequences_get_max_length (sequences);

  self->network = network;
  self->sequences = sequences;
  self->pool = pool;
  self->lanes = lanes;
  self->n_parameters = anm_network_get_n_parameters (network);
  self->n_layers = anm_network_get_n_layers (network);
  self->gradient = g_new0 (anm_real, self->n_parameters);
  self->sum = g_new (double, self->n_parameters);
  self->layer_norms = g_new0 (double, self->n_layers);
  self->flow = _anm_gradient_flow_new (network, max_steps);
  self->watching = TRUE;
  self->wave = (guint) CLAMP (MAX_BUFFERED / MAX (self->n_parameters, 1), MIN_WAVE, ANM_WAVE);
  for (guint i = 0; i < self->wave; i++)
    {
      self->buffers[i] = g_new (anm_real, self->n_parameters);
      self->flows[i] = _anm_gradient_flow_new (network, max_steps);
    }
  cut_into_segments (self);
  self->squares = g_new (double, self->n_segments);
  self->penalties = g_new0 (double, self->n_segments);
  return self;
}

void
_anm_gradient_free (AnmGradient *self)
{
  for (guint i = 0; i < self->wave; i++)
    {
      g_free (self->buffers[i]);
      _anm_gradient_flow_free (self->flows[i]);
      g_clear_pointer (&self->uncounted[i], _anm_gradient_flow_free);
    }
  _anm_gradient_flow_free (self->flow);
  g_free (self->gradient);
  g_free (self->sum);
  g_free (self->layer_norms);
  g_free (self->segments);
  g_free (self->squares);
  g_free (self->penalties);
  g_free (self);
}

void
_anm_gradient_allow_passes (AnmGradient *self)
{
  for (guint i = 0; i < self->wave; i++)
    self->uncounted[i] = _anm_gradient_flow_new (self->network, self->flow->n_steps);
}

static void
find_penalty (const AnmHyperparameters *hyperparameters, AnmSegment *segment)
{
  switch (segment->kind)
    {
    case ANM_PARAMETER_KERNEL:
    case ANM_PARAMETER_EMBEDDING:
      segment->l1 = hyperparameters->kernel_l1;
      segment->l2 = hyperparameters->kernel_l2;
      break;
    case ANM_PARAMETER_RECURRENT_KERNEL:
      segment->l1 = hyperparameters->recurrent_l1;
      segment->l2 = hyperparameters->recurrent_l2;
      break;
    case ANM_PARAMETER_BIAS:
    case ANM_PARAMETER_RECURRENT_BIAS:
      segment->l1 = hyperparameters->bias_l1;
      segment->l2 = hyperparameters->bias_l2;
      break;
    case ANM_PARAMETER_SCALE:
    case ANM_PARAMETER_DECAY:
    default:
      break;
    }
}

void
_anm_gradient_set_penalty (AnmGradient *self, const AnmHyperparameters *hyperparameters, const anm_real *parameters)
{
  self->parameters = parameters;
  for (guint i = 0; i < self->n_segments; i++)
    if (!self->segments[i].frozen)
      find_penalty (hyperparameters, &self->segments[i]);
}

static void
run_segment_task (guint index, guint lane, gpointer data)
{
  AnmGradient *self = data;

  self->segment_func (index, self->segment_data);
}

void
_anm_gradient_for_segments (AnmGradient *self, AnmSegmentFunc func, gpointer data)
{
  self->segment_func = func;
  self->segment_data = data;
  if (self->n_parameters >= MIN_PARAMETERS_TO_SHARE)
    anm_pool_run (self->pool, self->n_segments, run_segment_task, self);
  else
    for (guint i = 0; i < self->n_segments; i++)
      func (i, data);
}

/* Chunks */

/* The first pass counts the sequences; the others only add squares to theirs. Returns %FALSE if stopped. */
static gboolean
go_back (AnmGradient *self, AnmWorkspace *workspace, guint place, guint pass)
{
  AnmGradientFlow *flow = self->flows[place];
  AnmGradientFlow *counts = pass == 0 ? flow : self->uncounted[place];

  if (!anm_workspace_backward (workspace, self->packed, 1.0, self->buffers[place], self->stop))
    return FALSE;
  if (self->watching)
    anm_workspace_add_gradient_norms (workspace, flow->by_step, counts->by_step_count, flow->before_end, counts->before_end_count);
  return TRUE;
}

/* Returns %FALSE if stopped. */
static gboolean
pass_through (AnmGradient *self, AnmWorkspace *workspace, guint place)
{
  guint chunk = self->first + place;
  guint32 start = self->batches->chunk_starts[chunk];

  _anm_workspace_set_dropout (workspace, self->rates, self->seed, self->update);
  anm_workspace_load (workspace, self->sequences, self->batches->rows + start, self->batches->chunk_starts[chunk + 1] - start);
  _anm_workspace_set_pass (workspace, 0);
  if (!anm_workspace_forward (workspace, self->packed, self->stop))
    return FALSE;

  self->losses[place] = anm_workspace_get_loss (workspace, &self->weights[place]);
  self->faults[place] = -1;
  memset (self->buffers[place], 0, self->n_parameters * sizeof *self->buffers[place]);
  if (self->watching)
    _anm_gradient_flow_clear (self->flows[place]);
  if (!isfinite (self->losses[place]))
    {
      self->faults[place] = anm_workspace_find_not_finite (workspace);
      return TRUE;
    }
  if (!go_back (self, workspace, place, 0))
    return FALSE;
  for (guint pass = 1; pass < _anm_workspace_count_passes (workspace); pass++)
    {
      _anm_workspace_set_pass (workspace, pass);
      if (!anm_workspace_forward (workspace, self->packed, self->stop) || !go_back (self, workspace, place, pass))
        return FALSE;
    }
  return TRUE;
}

static void
compute_chunk (guint place, guint lane, gpointer data)
{
  AnmGradient *self = data;
  AnmWorkspace *workspace;
  guint index;

  if (_anm_is_stopped (self->stop))
    {
      atomic_store (&self->stopped, TRUE);
      return;
    }
  workspace = _anm_lanes_take (self->lanes, &index);
  if (!pass_through (self, workspace, place))
    atomic_store (&self->stopped, TRUE);
  _anm_lanes_give_back (self->lanes, index);
}

/* Sums */

/* Adds the segment's penalty, and its derivative to the gradient. */
static double
add_penalty (const AnmSegment *segment, const anm_real *parameters, anm_real *gradient)
{
  double sizes = 0.0, squares = 0.0;

  for (gsize i = 0; i < segment->n; i++)
    {
      double w = (double) parameters[i];

      sizes += fabs (w);
      squares += w * w;
      gradient[i] = (anm_real) ((double) gradient[i] + segment->l1 * ((w > 0.0) - (w < 0.0)) + 2.0 * segment->l2 * w);
    }
  return segment->l1 * sizes + segment->l2 * squares;
}

/* Adds the wave's buffers to the sum in the chunks' order; after the last wave
 * the sum over the weight is the gradient. */
static void
add_segment (guint index, gpointer data)
{
  AnmGradient *self = data;
  const AnmSegment *segment = &self->segments[index];
  double *sum = self->sum + segment->first;
  anm_real *gradient = self->gradient + segment->first;

  if (segment->frozen)
    {
      self->squares[index] = 0.0;
      return;
    }

  for (gsize first = 0; first < segment->n; first += BLOCK)
    {
      gsize end = MIN (first + BLOCK, segment->n);

      if (self->first == 0)
        memset (sum + first, 0, (end - first) * sizeof *sum);
      for (guint place = 0; place < self->n_in_wave; place++)
        {
          const anm_real *buffer = self->buffers[place] + segment->first;

          for (gsize i = first; i < end; i++)
            sum[i] += (double) buffer[i];
        }
      if (self->is_last_wave)
        for (gsize i = first; i < end; i++)
          gradient[i] = (anm_real) (sum[i] / self->weight);
    }
  if (!self->is_last_wave)
    return;
  if (segment->l1 > 0.0 || segment->l2 > 0.0)
    self->penalties[index] = add_penalty (segment, self->parameters + segment->first, gradient);
  self->squares[index] = anm_squared_norm (gradient, segment->n);
}

static void
add_figures (AnmGradient *self)
{
  for (guint place = 0; place < self->n_in_wave; place++)
    {
      if (isfinite (self->loss) && !isfinite (self->losses[place]))
        self->faulty_layer = self->faults[place];
      self->loss += self->losses[place];
      self->weight += self->weights[place];
      if (self->watching)
        _anm_gradient_flow_add (self->flow, self->flows[place]);
    }
}

static void
take_norms (AnmGradient *self)
{
  double total = 0.0;

  self->penalty = 0.0;
  memset (self->layer_norms, 0, self->n_layers * sizeof *self->layer_norms);
  for (guint i = 0; i < self->n_segments; i++)
    {
      self->layer_norms[self->segments[i].layer] += self->squares[i];
      total += self->squares[i];
      self->penalty += self->penalties[i];
    }
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      self->layer_norms[layer] = sqrt (self->layer_norms[layer]);
      if (!isfinite (self->layer_norms[layer]))
        self->faulty_layer = (int) layer;
    }
  self->norm = sqrt (total);
}

/**
 * _anm_gradient_compute:
 * @packed: of the parameters at which the gradient is taken
 * @batches: the minibatch at hand
 * @stop: (nullable): looked at between time steps
 *
 * Computes the minibatch's loss, gradient, norms, penalty and flow.
 */
AnmGradientResult
_anm_gradient_compute (AnmGradient *self, const AnmPacked *packed, const AnmBatches *batches, const int *stop)
{
  self->packed = packed;
  self->batches = batches;
  self->stop = stop;
  self->loss = self->weight = 0.0;
  self->faulty_layer = -1;
  _anm_gradient_flow_clear (self->flow);
  atomic_store (&self->stopped, FALSE);

  for (self->first = 0; self->first < batches->n_chunks; self->first += self->wave)
    {
      self->n_in_wave = MIN (self->wave, batches->n_chunks - self->first);
      self->is_last_wave = self->first + self->n_in_wave == batches->n_chunks;
      anm_pool_run (self->pool, self->n_in_wave, compute_chunk, self);
      if (atomic_load (&self->stopped))
        return ANM_GRADIENT_STOPPED;
      add_figures (self);
      if (!isfinite (self->loss))
        return ANM_GRADIENT_LOSS_NOT_FINITE;
      _anm_gradient_for_segments (self, add_segment, self);
    }
  take_norms (self);
  return isfinite (self->norm) ? ANM_GRADIENT_DONE : ANM_GRADIENT_NOT_FINITE;
}
