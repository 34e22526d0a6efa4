/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/probe-private.h"

#include "engine/workspace-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* What one layer lets be seen: "x", which every layer has, and then the class's own. */
typedef struct
{
  guint        n_traces;
  const char **symbols; /* [n_traces + 1], NULL-terminated */
  anm_real   **values;  /* [n_traces], each [capacity][n_units] */
  guint        n_steps;
  guint        n_output_steps;
  guint       *steps;   /* [capacity] the record's step that each of the layer's own stands for */
  double      *norms;   /* [capacity], recurrent layers only */
  AnmTrace    *shown;   /* [n_traces] as anm_probe_get_layer_traces() hands them out */
  guint8      *skip;    /* [capacity] */
  gboolean     has_skip;
} ProbeLayer;

struct _AnmProbe
{
  AnmNetwork   *network;
  AnmNetwork   *per_step; /* answers at each step; NULL where that can't be had in one pass */
  guint         first_other; /* the first layer of per_step that gives what network's doesn't; n_layers if there is none */
  AnmLossKind   loss_kind;
  AnmPacked    *packed;   /* good for both networks */
  anm_real     *parameters; /* [n_parameters] those that are packed */
  gboolean      is_packed;
  AnmWorkspace *workspace;
  AnmWorkspace *prediction_workspace;
  ProbeLayer   *layers; /* [n_layers + 1], the last with no more than its steps */
  anm_real     *gradient; /* [n_parameters], of no further use */
  anm_real     *prediction;
  gsize         capacity; /* steps */

  AnmSequences *sequences;
  guint32       sequence;
  guint         n_steps;
  gboolean      has_gradients;
  gboolean      has_prediction;
  double        loss;
};

static const AnmTraceInfo *
get_info (const AnmProbe *self, guint layer, guint trace)
{
  static const AnmTraceInfo input = { "x", N_("Input"), FALSE, FALSE, .of_inputs = TRUE };

  return trace == 0 ? &input : &self->network->layers[layer]->klass->traces[trace - 1];
}

static guint
get_width (const AnmProbe *self, guint layer, guint trace)
{
  return trace == 0 ? self->network->layers[layer]->n_inputs : _anm_layer_get_trace_width (self->network->layers[layer], trace - 1);
}

static guint
find_first_other (const AnmNetwork *network, const AnmNetwork *per_step)
{
  guint l = 0;

  while (l < network->n_layers && network->layers[l]->gives_sequences == per_step->layers[l]->gives_sequences)
    l++;
  return l;
}

/**
 * anm_probe_new:
 * @loss: resolved, not AUTO
 *
 * Returns: (transfer full): a new probe; it keeps the network alive
 */
AnmProbe *
anm_probe_new (AnmNetwork *network, AnmLossKind loss)
{
  AnmProbe *self = g_new0 (AnmProbe, 1);

  self->network = anm_network_ref (network);
  self->loss_kind = loss;
  if (anm_network_get_causal (network))
    {
      self->per_step = _anm_network_new_per_step (network);
      self->first_other = find_first_other (network, self->per_step);
    }
  self->packed = anm_packed_new (network);
  self->parameters = g_new (anm_real, anm_network_get_n_parameters (network));
  self->gradient = g_new (anm_real, anm_network_get_n_parameters (network));
  self->layers = g_new0 (ProbeLayer, network->n_layers + 1);
  for (guint l = 0; l < network->n_layers; l++)
    {
      ProbeLayer *layer = &self->layers[l];

      layer->n_traces = network->layers[l]->klass->n_traces + 1;
      layer->symbols = g_new0 (const char *, layer->n_traces + 1);
      layer->values = g_new0 (anm_real *, layer->n_traces);
      layer->shown = g_new0 (AnmTrace, layer->n_traces);
      for (guint k = 0; k < layer->n_traces; k++)
        layer->symbols[k] = get_info (self, l, k)->symbol;
    }
  self->loss = (double) NAN;
  return self;
}

void
anm_probe_free (AnmProbe *self)
{
  if (self == NULL)
    return;
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      for (guint k = 0; k < self->layers[l].n_traces; k++)
        g_free (self->layers[l].values[k]);
      g_free (self->layers[l].symbols);
      g_free (self->layers[l].values);
      g_free (self->layers[l].norms);
      g_free (self->layers[l].shown);
      g_free (self->layers[l].skip);
    }
  for (guint l = 0; l <= self->network->n_layers; l++)
    g_free (self->layers[l].steps);
  g_free (self->layers);
  g_free (self->gradient);
  g_free (self->parameters);
  g_free (self->prediction);
  g_clear_pointer (&self->sequences, anm_sequences_unref);
  anm_workspace_free (self->workspace);
  anm_workspace_free (self->prediction_workspace);
  anm_packed_free (self->packed);
  g_clear_pointer (&self->per_step, anm_network_unref);
  anm_network_unref (self->network);
  g_free (self);
}

/* Which of the record's steps a step of each layer stands for. */
static void
follow_steps (AnmProbe *self)
{
  for (guint t = 0; t < self->n_steps; t++)
    self->layers[0].steps[t] = t;
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      const AnmRagged *input = self->workspace->shapes[l], *output = self->workspace->shapes[l + 1];

      for (guint k = 0; k < output->lengths[0]; k++)
        self->layers[l + 1].steps[k] = self->layers[l].steps[_anm_layer_get_anchor (self->network->layers[l], k, input->lengths[0])];
    }
}

/* Makes room for a sequence, with some to spare for the next ones. */
static void
reserve (AnmProbe *self, gsize n_steps)
{
  guint n_outputs = anm_network_get_n_outputs (self->network);

  if (n_steps <= self->capacity)
    return;
  self->capacity = n_steps + n_steps / 2;
  anm_workspace_free (self->workspace);
  anm_workspace_free (self->prediction_workspace);
  self->workspace = _anm_workspace_new (self->network, self->loss_kind, 1, self->capacity, TRUE, TRUE);
  self->prediction_workspace = anm_workspace_new (self->per_step != NULL ? self->per_step : self->network, self->loss_kind, 1, self->capacity, FALSE);
  self->prediction = g_renew (anm_real, self->prediction, self->capacity * n_outputs);
  for (guint l = 0; l <= self->network->n_layers; l++)
    self->layers[l].steps = g_renew (guint, self->layers[l].steps, self->capacity);
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      ProbeLayer *layer = &self->layers[l];

      for (guint k = 0; k < layer->n_traces; k++)
        layer->values[k] = g_renew (anm_real, layer->values[k], self->capacity * get_width (self, l, k));
      layer->skip = g_renew (guint8, layer->skip, self->capacity);
      if (self->network->layers[l]->klass->is_recurrent)
        layer->norms = g_renew (double, layer->norms, self->capacity);
    }
}

static void
read_input (AnmProbe *self, guint l)
{
  const AnmRagged *shape = self->workspace->shapes[l];
  const AnmPlane *input = &self->workspace->states[l]->input;
  guint width = self->network->layers[l]->n_inputs;

  for (guint t = 0; t < shape->lengths[0]; t++)
    memcpy (self->layers[l].values[0] + (gsize) t * width, input->values + shape->start[t] * input->stride, width * sizeof (anm_real));
}

/* How far, and past which steps, the layer walked. */
static void
read_walk (AnmProbe *self, guint l, const AnmPass *pass)
{
  ProbeLayer *layer = &self->layers[l];

  layer->n_steps = pass->input->lengths[0];
  layer->n_output_steps = pass->output->lengths[0];
  layer->has_skip = pass->skip != NULL;
  for (guint t = 0; t < layer->n_steps && layer->has_skip; t++)
    layer->skip[t] = pass->skip[pass->input->start[t]];
}

/* Copies what forward, or backward, left: the gates' place is used by both. */
static void
read_traces (AnmProbe *self, gboolean gradients)
{
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      const AnmLayer *layer = self->network->layers[l];
      AnmPass pass;

      _anm_workspace_get_pass (self->workspace, l, self->packed, NULL, &pass);
      if (!gradients)
        {
          read_walk (self, l, &pass);
          read_input (self, l);
        }
      for (guint k = 0; k < layer->klass->n_traces; k++)
        if (layer->klass->traces[k].is_gradient == gradients)
          layer->klass->read_trace (layer, self->workspace->states[l], &pass, k, 0, self->layers[l].values[k + 1]);
      if (gradients && self->layers[l].norms != NULL)
        for (guint t = 0; t < self->layers[l].n_steps; t++)
          self->layers[l].norms[t] = sqrt (self->workspace->states[l]->squares[pass.input->start[t]]);
    }
}

/* Packing takes longer than a short record's pass, and comparing far less. */
static void
pack (AnmProbe *self, const anm_real *parameters)
{
  gsize size = anm_network_get_n_parameters (self->network) * sizeof *parameters;

  if (self->is_packed && memcmp (self->parameters, parameters, size) == 0)
    return;
  memcpy (self->parameters, parameters, size);
  anm_packed_fill (self->packed, parameters);
  self->is_packed = TRUE;
}

/**
 * anm_probe_run:
 * @parameters: [n_parameters]
 * @sequences: as the network was laid out for; referenced until the next run
 * @sequence: which one
 * @gradients: whether to go back too
 *
 * The gradients are those of the sequence's own loss (the weighted mean over
 * its target rows that count), as g_t is defined.
 */
void
anm_probe_run (AnmProbe *self, const anm_real *parameters, const AnmSequences *sequences, gsize sequence, gboolean gradients)
{
  double weight;

  g_return_if_fail (sequence < sequences->n_sequences);

  g_clear_pointer (&self->sequences, anm_sequences_unref);
  self->sequences = anm_sequences_ref ((AnmSequences *) sequences);
  self->sequence = (guint32) sequence;
  self->n_steps = (guint) anm_sequences_get_length (sequences, sequence);
  self->has_prediction = FALSE;
  reserve (self, self->n_steps);

  pack (self, parameters);
  anm_workspace_load (self->workspace, sequences, &self->sequence, 1);
  follow_steps (self);
  anm_workspace_forward (self->workspace, self->packed, NULL);
  read_traces (self, FALSE);
  self->loss = anm_workspace_get_loss (self->workspace, &weight);
  self->loss = weight > 0.0 ? self->loss / weight : (double) NAN;
  self->has_gradients = gradients && weight > 0.0;
  if (self->has_gradients)
    {
      anm_workspace_backward (self->workspace, self->packed, 1.0 / weight, self->gradient, NULL);
      read_traces (self, TRUE);
    }
}

guint
anm_probe_get_n_steps (const AnmProbe *self)
{
  return self->n_steps;
}

/* FALSE if the layer's trace @k isn't there. */
static gboolean
fill_trace (const AnmProbe *self, guint layer, guint k, AnmTrace *trace)
{
  const AnmTraceInfo *info = get_info (self, layer, k);

  if (self->sequences == NULL || (info->is_gradient && !self->has_gradients))
    return FALSE;
  *trace = (AnmTrace){
    .symbol = info->symbol,
    .label = info->label,
    .is_gate = info->is_gate,
    .n_steps = info->is_of_output ? self->layers[layer].n_output_steps : self->layers[layer].n_steps,
    .n_units = get_width (self, layer, k),
    .values = self->layers[layer].values[k],
    .steps = self->layers[info->is_of_output ? layer + 1 : layer].steps,
    .of_inputs = info->of_inputs,
  };
  return TRUE;
}

gboolean
anm_probe_get_trace (const AnmProbe *self, guint layer, const char *symbol, AnmTrace *trace)
{
  g_return_val_if_fail (layer < self->network->n_layers, FALSE);

  for (guint k = 0; k < self->layers[layer].n_traces; k++)
    if (g_str_equal (get_info (self, layer, k)->symbol, symbol))
      return fill_trace (self, layer, k, trace);
  return FALSE;
}

gboolean
anm_probe_get_layer_traces (AnmProbe *self, guint layer, AnmLayerTraces *traces)
{
  ProbeLayer *probed = &self->layers[layer];

  g_return_val_if_fail (layer < self->network->n_layers, FALSE);

  *traces = (AnmLayerTraces){
    .n_steps = probed->n_steps,
    .traces = probed->shown,
    .skip = probed->has_skip ? probed->skip : NULL,
  };
  for (guint k = 0; k < probed->n_traces; k++)
    traces->n_traces += fill_trace (self, layer, k, &probed->shown[traces->n_traces]);
  return traces->n_traces > 0;
}

/**
 * anm_probe_get_symbols:
 *
 * Returns: (array zero-terminated=1): everything that the layer has a trace of, whether or not gradients were asked for
 */
const char *const *
anm_probe_get_symbols (const AnmProbe *self, guint layer)
{
  g_return_val_if_fail (layer < self->network->n_layers, NULL);

  return self->layers[layer].symbols;
}

const double *
anm_probe_get_gradient_norms (const AnmProbe *self, guint layer)
{
  g_return_val_if_fail (layer < self->network->n_layers, NULL);

  return self->has_gradients ? self->layers[layer].norms : NULL;
}

guint
anm_probe_count_heads (const AnmProbe *self, guint layer)
{
  const AnmLayer *probed;

  g_return_val_if_fail (layer < self->network->n_layers, 0);

  probed = self->network->layers[layer];
  return probed->klass->count_heads == NULL ? 0 : probed->klass->count_heads (probed);
}

anm_real *
anm_probe_get_weights (AnmProbe *self, guint layer, guint head, guint *n_rows, guint *n_columns)
{
  AnmPass pass;
  anm_real *weights;

  if (self->sequences == NULL || head >= anm_probe_count_heads (self, layer))
    return NULL;
  _anm_workspace_get_pass (self->workspace, layer, self->packed, NULL, &pass);
  *n_rows = pass.output->lengths[0];
  *n_columns = pass.input->lengths[0];
  weights = g_new0 (anm_real, MAX ((gsize) *n_rows * *n_columns, 1));
  self->network->layers[layer]->klass->read_weights (self->network->layers[layer], self->workspace->states[layer], &pass, 0, head, weights);
  return weights;
}

/* The answer at @t: the last of @n_answers, none if the record is too short for the network yet. */
static void
put_answer (const AnmProbe *self, const anm_real *answers, guint t, guint n_answers, anm_real *prediction)
{
  guint n_outputs = anm_network_get_n_outputs (self->network);

  for (guint k = 0; k < n_outputs; k++)
    prediction[(gsize) t * n_outputs + k] = n_answers > 0 ? answers[(gsize) (n_answers - 1) * n_outputs + k] : (anm_real) NAN;
}

/* What layer @l gives at each step, as the run left it: its state. */
static const anm_real *
find_state (const AnmProbe *self, guint l)
{
  const AnmLayerClass *klass = self->network->layers[l]->klass;

  for (guint k = 0; klass->is_recurrent && klass->get_half == NULL && k < klass->n_traces; k++)
    if (g_str_equal (klass->traces[k].symbol, "h"))
      return self->layers[l].values[k + 1];
  return NULL;
}

/* The head applied to every h_t: up to there the run has been through. */
static void
apply_head (AnmProbe *self)
{
  AnmWorkspace *workspace = self->prediction_workspace;
  guint l = self->first_other, width = self->network->layers[l]->n_units;
  const anm_real *state = find_state (self, l);
  AnmPlane output = workspace->states[l]->output;

  anm_workspace_load (workspace, self->sequences, &self->sequence, 1);
  for (guint t = 0; state != NULL && t < workspace->shapes[l + 1]->lengths[0]; t++)
    memcpy (output.values + workspace->shapes[l + 1]->start[t] * output.stride, state + (gsize) t * width, width * sizeof *state);
  _anm_workspace_forward_layers (workspace, state != NULL ? l + 1 : 0, self->network->n_layers, self->packed, NULL);
}

static void
predict_at_once (AnmProbe *self)
{
  AnmWorkspace *workspace = self->workspace;

  if (self->first_other < self->network->n_layers)
    {
      apply_head (self);
      workspace = self->prediction_workspace;
    }
  anm_workspace_get_outputs (workspace, 0, self->prediction);

  /* Where layers shorten the sequence, an answer holds until the next one. */
  for (guint t = self->n_steps; t-- > 0;)
    {
      guint n_answers = _anm_network_get_length (self->per_step, self->per_step->n_layers, t + 1);

      put_answer (self, self->prediction, t, n_answers, self->prediction);
    }
}

/* One pass for each prefix of the record: what a network that looks ahead would have said at t. */
void
_anm_probe_predict_prefixes (AnmProbe *self, AnmWorkspace *workspace, anm_real *prediction)
{
  guint n_outputs = anm_network_get_n_outputs (self->network);
  g_autofree anm_real *outputs = g_new (anm_real, (gsize) self->n_steps * n_outputs);

  for (guint t = 0; t < self->n_steps; t++)
    {
      _anm_workspace_load_prefix (workspace, self->sequences, &self->sequence, 1, t + 1);
      anm_workspace_forward (workspace, self->packed, NULL);
      anm_workspace_get_outputs (workspace, 0, outputs);
      put_answer (self, outputs, t, _anm_network_get_length (self->network, self->network->n_layers, t + 1), prediction);
    }
}

const anm_real *
anm_probe_get_prediction (AnmProbe *self, guint *n_outputs)
{
  g_return_val_if_fail (self->sequences != NULL, NULL);

  if (!self->has_prediction && self->per_step != NULL)
    predict_at_once (self);
  else if (!self->has_prediction)
    _anm_probe_predict_prefixes (self, self->prediction_workspace, self->prediction);
  self->has_prediction = TRUE;
  *n_outputs = anm_network_get_n_outputs (self->network);
  return self->prediction;
}

double
anm_probe_get_loss (const AnmProbe *self)
{
  return self->loss;
}
