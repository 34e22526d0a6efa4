/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/workspace-private.h"

#include "engine/blas.h"
#include "engine/flush-to-zero.h"
#include "engine/loss-private.h"
#include "engine/memory.h"

#include <math.h>
#include <string.h>

/* The streams of the masks; initial weights have those from 2^32 on, orders those from 2^28 on. */
#define DROPOUT_STREAM (G_GUINT64_CONSTANT (1) << 48)
#define STREAMS_OF_LAYER 4

static void
ragged_init (AnmRagged *self, guint max_rows, gsize max_steps)
{
  self->lengths = g_new0 (guint, max_rows);
  self->active = g_new0 (guint, max_steps);
  self->start = g_new0 (gsize, max_steps);
}

static void
ragged_clear (AnmRagged *self)
{
  g_free (self->lengths);
  g_free (self->active);
  g_free (self->start);
}

/* Counts the rows of each step from the lengths, which never grow. */
static void
ragged_count (AnmRagged *self)
{
  guint n_active = self->n_rows;

  self->n_steps = self->n_rows > 0 ? self->lengths[0] : 0;
  self->n_packed = 0;
  for (guint t = 0; t < self->n_steps; t++)
    {
      while (self->lengths[n_active - 1] <= t)
        n_active--;
      self->active[t] = n_active;
      self->start[t] = self->n_packed;
      self->n_packed += n_active;
    }
}

static gboolean
keeps_lengths (const AnmLayer *layer)
{
  return layer->gives_sequences == layer->takes_sequences && !layer->changes_lengths;
}

/* Lets every layer say where it wants its input, and tells the one before. */
static void
connect_layers (AnmWorkspace *self, const gsize *max_steps)
{
  const AnmNetwork *network = self->network;
  guint n_outputs = anm_network_get_n_outputs (network);
  gsize max_packed = self->max_rows * max_steps[network->n_layers];
  AnmLayerState *last = self->states[network->n_layers - 1];

  for (guint l = 1; l < network->n_layers; l++)
    {
      self->states[l - 1]->output = self->states[l]->input;
      if (self->with_backward)
        {
          guint n_inputs = network->layers[l]->n_inputs;

          self->gradients[l] = (AnmPlane){ _anm_allocate (self->max_rows * max_steps[l] * n_inputs), n_inputs };
          self->states[l]->input_gradient = self->gradients[l];
          self->states[l - 1]->output_gradient = self->gradients[l];
        }
    }

  self->outputs = _anm_allocate (max_packed * n_outputs);
  self->answers = _anm_allocate (max_packed * n_outputs);
  last->output = (AnmPlane){ self->outputs, n_outputs };
  if (self->with_backward)
    {
      self->output_gradient = _anm_allocate (max_packed * n_outputs);
      last->output_gradient = (AnmPlane){ self->output_gradient, n_outputs };
    }
  last->activation_in_loss = _anm_loss_takes_logits (self->loss) && network->layers[network->n_layers - 1]->klass == &_anm_dense_class;
}

/* What the largest layer's products over all steps need. */
static gsize
get_scratch_size (const AnmNetwork *network)
{
  gsize largest = 0;

  for (guint l = 0; l < network->n_layers; l++)
    largest = MAX (largest, network->layers[l]->product_rows);
  return _anm_multiply_transposed_scratch (largest);
}

AnmWorkspace *
_anm_workspace_new (const AnmNetwork *network, AnmLossKind loss, guint max_rows, gsize max_steps, gboolean with_backward, gboolean with_traces)
{
  AnmWorkspace *self = g_new0 (AnmWorkspace, 1);
  g_autofree gsize *steps = g_new0 (gsize, network->n_layers + 1);

  g_assert (loss != ANM_LOSS_AUTO && max_rows > 0 && max_steps > 0 && max_steps <= G_MAXINT32);

  self->network = anm_network_ref ((AnmNetwork *) network);
  self->loss = loss;
  self->loss_options = ANM_LOSS_OPTIONS_DEFAULT;
  self->max_rows = max_rows;
  self->max_steps = max_steps;
  self->with_backward = with_backward;
  self->with_traces = with_traces;
  self->states = g_new0 (AnmLayerState *, network->n_layers);
  self->gradients = g_new0 (AnmPlane, network->n_layers);
  self->shapes = g_new0 (const AnmRagged *, network->n_layers + 1);
  self->own_shapes = g_new0 (AnmRagged, network->n_layers + 1);
  self->rows = g_new0 (guint32, max_rows);
  self->repeats = g_new0 (guint32, max_rows);
  self->places = g_new0 (guint, max_rows);
  self->keys = g_new0 (guint64, max_rows);
  self->step_counts = g_new0 (guint, max_rows);
  self->row_weights = g_new0 (double, max_rows);
  self->row_factors = g_new0 (double, max_rows);
  self->runs = g_new0 (guint, max_rows + 1);
  self->skips = g_new0 (guint8 *, network->n_layers + 1);
  self->skips[0] = g_new0 (guint8, max_rows * max_steps);

  steps[0] = max_steps;
  self->shapes[0] = &self->own_shapes[0];
  ragged_init (&self->own_shapes[0], max_rows, max_steps);
  for (guint l = 0; l < network->n_layers; l++)
    {
      const AnmLayer *layer = network->layers[l];
      const AnmCapacity capacity = { max_rows, steps[l], with_backward, with_traces };

      self->states[l] = layer->klass->state_new (layer, &capacity);
      steps[l + 1] = _anm_layer_output_length (layer, (guint) steps[l]);
      self->shapes[l + 1] = self->shapes[l];
      self->skips[l + 1] = self->skips[l];
      if (!keeps_lengths (layer))
        {
          ragged_init (&self->own_shapes[l + 1], max_rows, steps[l + 1]);
          self->shapes[l + 1] = &self->own_shapes[l + 1];
          self->skips[l + 1] = layer->gives_sequences ? g_new0 (guint8, max_rows * steps[l + 1]) : NULL;
        }
    }
  connect_layers (self, steps);
  if (with_backward)
    self->scratch = _anm_allocate (get_scratch_size (network));
  return self;
}

/**
 * anm_workspace_new:
 * @loss: resolved
 * @max_rows: the most sequences that load() will be given
 * @max_steps: the most steps one of them has
 * @with_backward: whether backward() will be called
 *
 * Returns: (transfer full): a new workspace; it keeps the network alive
 */
AnmWorkspace *
anm_workspace_new (const AnmNetwork *network, AnmLossKind loss, guint max_rows, gsize max_steps, gboolean with_backward)
{
  return _anm_workspace_new (network, loss, max_rows, max_steps, with_backward, FALSE);
}

void
anm_workspace_free (AnmWorkspace *self)
{
  if (self == NULL)
    return;
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      self->network->layers[l]->klass->state_free (self->states[l]);
      _anm_release (self->gradients[l].values);
    }
  for (guint l = 0; l <= self->network->n_layers; l++)
    {
      ragged_clear (&self->own_shapes[l]);
      if (l == 0 || self->skips[l] != self->skips[l - 1])
        g_free (self->skips[l]);
    }
  _anm_release (self->outputs);
  _anm_release (self->answers);
  _anm_release (self->output_gradient);
  _anm_release (self->scratch);
  g_free (self->states);
  g_free (self->gradients);
  g_free (self->shapes);
  g_free (self->own_shapes);
  g_free (self->rows);
  g_free (self->repeats);
  g_free (self->places);
  g_free (self->keys);
  g_free (self->step_counts);
  g_clear_pointer (&self->truncation, _anm_truncation_free);
  g_free (self->row_weights);
  g_free (self->row_factors);
  g_free (self->runs);
  g_free (self->skips);
  anm_network_unref (self->network);
  g_free (self);
}

static gsize
get_length (const AnmWorkspace *self, guint32 sequence)
{
  gsize length = self->sequences->offsets[sequence + 1] - self->sequences->offsets[sequence];

  return MIN (length, self->limit);
}

/* Longest first, ties by index. Batches are small: insertion, and nothing is allocated. */
static void
sort_rows (AnmWorkspace *self, const guint32 *rows, guint n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    {
      guint64 key = (G_MAXUINT32 - get_length (self, rows[i])) << 32 | rows[i];
      guint k = i;

      for (; k > 0 && self->keys[k - 1] > key; k--)
        self->keys[k] = self->keys[k - 1];
      self->keys[k] = key;
    }
  for (guint k = 0; k < n_rows; k++)
    self->rows[k] = (guint32) self->keys[k];
}

/* Where each given row stands now. Of rows given twice either place will do. */
static void
find_places (AnmWorkspace *self, const guint32 *rows, guint n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    {
      guint64 key = (G_MAXUINT32 - get_length (self, rows[i])) << 32 | rows[i];
      guint low = 0, high = n_rows - 1;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (self->keys[middle] < key)
            low = middle + 1;
          else
            high = middle;
        }
      self->places[i] = low;
    }
}

static void
lay_out_shapes (AnmWorkspace *self, guint n_rows)
{
  const AnmNetwork *network = self->network;
  AnmRagged *first = &self->own_shapes[0];

  first->n_rows = n_rows;
  for (guint r = 0; r < n_rows; r++)
    {
      gsize length = get_length (self, self->rows[r]);

      g_assert (length > 0 && length <= self->max_steps);
      first->lengths[r] = (guint) length;
    }
  ragged_count (first);

  for (guint l = 0; l < network->n_layers; l++)
    if (!keeps_lengths (network->layers[l]))
      {
        AnmRagged *shape = &self->own_shapes[l + 1];

        shape->n_rows = n_rows;
        for (guint r = 0; r < n_rows; r++)
          shape->lengths[r] = _anm_layer_output_length (network->layers[l], self->shapes[l]->lengths[r]);
        ragged_count (shape);
      }
}

/* Steps that equally many rows have lie equally far apart. */
static void
fill_inputs (AnmWorkspace *self)
{
  const AnmRagged *shape = self->shapes[0];
  const AnmPlane *input = &self->states[0]->input;

  for (guint t = 0, end; t < shape->n_steps; t = end)
    {
      for (end = t + 1; end < shape->n_steps && shape->active[end] == shape->active[t]; end++)
        ;
      for (guint r = 0; r < shape->active[t]; r++)
        anm_sequences_fill_rows (self->sequences, self->rows[r], t, end - t,
                                 input->values + (shape->start[t] + r) * input->stride, shape->active[t] * input->stride);
    }
}

/* A step of the output is passed over if all steps are since the one that the step before stands for. */
static void
hand_on_skip (AnmWorkspace *self, guint l)
{
  const AnmLayer *layer = self->network->layers[l];
  const AnmRagged *input = self->shapes[l], *output = self->shapes[l + 1];

  for (guint r = 0; r < output->n_rows; r++)
    for (guint k = 0, t = 0; k < output->lengths[r]; k++)
      {
        guint anchor = _anm_layer_get_anchor (layer, k, input->lengths[r]);
        guint8 skipped = 1;

        for (; t <= anchor; t++)
          skipped &= self->skips[l][input->start[t] + r];
        self->skips[l + 1][output->start[k] + r] = skipped;
      }
}

static void
fill_skips (AnmWorkspace *self)
{
  const AnmRagged *shape = self->shapes[0];
  guint8 any = 0;

  if (self->sequences->skip != NULL)
    for (guint t = 0; t < shape->n_steps; t++)
      for (guint r = 0; r < shape->active[t]; r++)
        any |= self->skips[0][shape->start[t] + r] = self->sequences->skip[self->sequences->offsets[self->rows[r]] + t];
  self->has_skip = any != 0;
  for (guint l = 0; l < self->network->n_layers && self->has_skip; l++)
    if (self->skips[l + 1] != NULL && self->skips[l + 1] != self->skips[l])
      hand_on_skip (self, l);
}

void
_anm_workspace_set_dropout (AnmWorkspace *self, const AnmDropoutRates *rates, guint64 seed, guint64 update)
{
  self->rates = rates;
  self->seed = seed;
  self->update = update;
}

void
_anm_workspace_get_pass (const AnmWorkspace *self, guint layer, const AnmPacked *packed, const int *stop, AnmPass *pass)
{
  *pass = (AnmPass){
    .input = self->shapes[layer],
    .output = self->shapes[layer + 1],
    .skip = self->has_skip ? self->skips[layer] : NULL,
    .sequences = self->sequences,
    .rows = self->rows,
    .repeats = self->is_repeated ? self->repeats : NULL,
    .packed = packed != NULL ? packed->values + packed->offsets[layer] : NULL,
    .scratch = self->scratch,
    .stop = stop,
    .is_looked_at = self->with_traces,
    .runs = self->n_runs > 0 ? self->runs : NULL,
    .n_runs = self->n_runs,
    .cuts = self->truncation != NULL ? _anm_truncation_get_cuts (self->truncation, self, layer) : NULL,
  };
  if (self->rates != NULL)
    {
      pass->rates = self->rates[layer];
      pass->seed = self->seed;
      pass->stream = DROPOUT_STREAM + (self->update * ANM_MAX_LAYERS + layer) * STREAMS_OF_LAYER;
    }
}

static void
begin_load (AnmWorkspace *self, const AnmSequences *sequences, guint n_rows, gsize limit)
{
  g_assert (n_rows > 0 && n_rows <= self->max_rows);
  g_assert (sequences->n_columns == self->network->n_inputs);

  self->sequences = sequences;
  self->limit = limit;
}

/* The rows are known, and in their order. */
static void
finish_load (AnmWorkspace *self, guint n_rows)
{
  lay_out_shapes (self, n_rows);
  fill_inputs (self);
  fill_skips (self);
  for (guint l = 0; l < self->network->n_layers; l++)
    if (self->network->layers[l]->klass->load != NULL)
      {
        AnmPass pass;

        _anm_workspace_get_pass (self, l, NULL, NULL, &pass);
        self->network->layers[l]->klass->load (self->network->layers[l], self->states[l], &pass);
      }
}

void
_anm_workspace_load_prefix (AnmWorkspace *self, const AnmSequences *sequences, const guint32 *rows, guint n_rows, gsize limit)
{
  begin_load (self, sequences, n_rows, limit);
  self->is_repeated = FALSE;
  sort_rows (self, rows, n_rows);
  find_places (self, rows, n_rows);
  finish_load (self, n_rows);
}

void
_anm_workspace_load_repeats (AnmWorkspace *self, const AnmSequences *sequences, guint32 sequence, guint32 first, guint n_rows, gsize limit)
{
  begin_load (self, sequences, n_rows, limit);
  self->is_repeated = TRUE;
  for (guint i = 0; i < n_rows; i++)
    {
      self->rows[i] = sequence;
      self->repeats[i] = first + i;
      self->places[i] = i;
    }
  finish_load (self, n_rows);
}

/**
 * anm_workspace_load:
 * @sequences: must stay until the results have been read
 * @rows: (array length=n_rows): which sequences
 *
 * Sorts the rows by length and assembles their inputs by the column plan.
 */
void
anm_workspace_load (AnmWorkspace *self, const AnmSequences *sequences, const guint32 *rows, guint n_rows)
{
  _anm_workspace_load_prefix (self, sequences, rows, n_rows, G_MAXSIZE);
}

gboolean
_anm_workspace_forward_layers (AnmWorkspace *self, guint first, guint end, const AnmPacked *packed, const int *stop)
{
  AnmFloatingMode before = anm_flush_to_zero_begin ();
  gboolean finished = TRUE;

  g_assert (self->sequences != NULL);

  for (guint l = first; l < end && finished; l++)
    {
      AnmPass pass;

      _anm_workspace_get_pass (self, l, packed, stop, &pass);
      finished = self->network->layers[l]->klass->forward (self->network->layers[l], self->states[l], &pass);
    }
  if (finished && end == self->network->n_layers)
    _anm_workspace_compute_loss (self);
  anm_flush_to_zero_end (before);
  return finished;
}

gboolean
anm_workspace_forward (AnmWorkspace *self, const AnmPacked *packed, const int *stop)
{
  return _anm_workspace_forward_layers (self, 0, self->network->n_layers, packed, stop);
}

double
anm_workspace_get_loss (const AnmWorkspace *self, double *weight)
{
  *weight = self->weight_sum;
  return self->loss_sum;
}

/* A sequence that is too short for the network has no answer. */
void
anm_workspace_get_outputs (const AnmWorkspace *self, guint row, anm_real *outputs)
{
  const AnmRagged *shape = self->shapes[self->network->n_layers];
  guint n_outputs = anm_network_get_n_outputs (self->network);
  guint place;

  g_return_if_fail (row < shape->n_rows);

  place = self->places[row];
  for (guint k = 0; shape->lengths[place] == 0 && k < n_outputs; k++)
    outputs[k] = (anm_real) NAN;
  for (guint t = 0; t < shape->lengths[place]; t++)
    memcpy (outputs + (gsize) t * n_outputs, self->answers + (shape->start[t] + place) * n_outputs, n_outputs * sizeof *outputs);
}

/**
 * anm_workspace_backward:
 * @scale: what the weighted sum of losses is multiplied by, say 1 / the batch's weight
 * @gradient: [n_parameters], added to
 *
 * Once after each forward(): it uses the activations up.
 *
 * Returns: %FALSE if stopped; @gradient is then of no use
 */
gboolean
anm_workspace_backward (AnmWorkspace *self, const AnmPacked *packed, double scale, anm_real *gradient, const int *stop)
{
  const AnmNetwork *network = self->network;
  gsize n = self->shapes[network->n_layers]->n_packed * anm_network_get_n_outputs (network);
  AnmFloatingMode before = anm_flush_to_zero_begin ();
  gboolean finished = TRUE;

  g_assert (self->with_backward);

  self->scale = scale;
  _anm_workspace_begin_norms (self);
  for (gsize i = 0; i < n; i++)
    self->output_gradient[i] = (anm_real) (scale * (double) self->output_gradient[i]);
  if (self->truncation != NULL)
    _anm_truncation_begin_pass (self->truncation, self);
  for (guint l = network->n_layers; l-- > 0 && finished;)
    {
      AnmPass pass;

      _anm_workspace_get_pass (self, l, packed, stop, &pass);
      finished = network->layers[l]->klass->backward (network->layers[l], self->states[l], &pass, gradient + network->offsets[l]);
    }
  anm_flush_to_zero_end (before);
  return finished;
}

int
anm_workspace_find_not_finite (const AnmWorkspace *self)
{
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      const AnmPlane *output = &self->states[l]->output;

      for (gsize i = 0; i < self->shapes[l + 1]->n_packed; i++)
        for (guint k = 0; k < self->network->layers[l]->n_units; k++)
          if (!isfinite (output->values[i * output->stride + k]))
            return (int) l;
    }
  return -1;
}
