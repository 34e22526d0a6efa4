/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/survey.h"

#include "engine/evaluation.h"
#include "engine/flush-to-zero.h"
#include "engine/lanes.h"
#include "engine/workspace-private.h"

#include <math.h>
#include <string.h>

static const AnmTraceInfo input_info = { .symbol = "x" };

/* What is looked at of one layer; number 0 is "x", number k the class's trace k - 1. */
typedef struct
{
  guint    n_forward;
  guint    n_backward;
  guint   *forward;
  guint   *backward;
} Looked;

/**
 * Survey:
 * @scratch, @traces, @norms: one for each workspace: room for all that is wanted of one layer of one sequence
 */
typedef struct
{
  const AnmNetwork     *network;
  const AnmSequences   *sequences;
  const AnmPacked      *packed;
  AnmLanes             *lanes;
  AnmPool              *pool;
  const AnmSurveyFuncs *funcs;
  gpointer              data;
  const int            *stop;
  Looked               *looked;  /* [n_layers] */
  guint                 end;     /* layers from here on aren't needed */
  guint                 chunk_rows;
  guint                 n_chunks;
  gsize                 n_rows;
  guint32              *rows;    /* longest first */
  guint                 first;   /* chunk of the wave at hand */
  gpointer              buffers[ANM_WAVE];
  anm_real             *gradients[ANM_WAVE]; /* of the parameters, of no use */
  anm_real             *scratch[ANM_WAVE];
  AnmTrace             *traces[ANM_WAVE];
  double               *norms[ANM_WAVE];
  guint8               *input_skip[ANM_WAVE];
  guint8               *output_skip[ANM_WAVE];
  const guint8        **skips[ANM_WAVE];
  _Atomic gboolean      stopped;
} Survey;

static const AnmTraceInfo *
get_info (const AnmLayer *layer, guint trace)
{
  return trace == 0 ? &input_info : &layer->klass->traces[trace - 1];
}

static guint
get_width (const AnmLayer *layer, guint trace)
{
  return trace == 0 ? layer->n_inputs : _anm_layer_get_trace_width (layer, trace - 1);
}

/* Making */

/* Lists what is wanted; returns how many numbers a step of the widest layer has. */
static gsize
choose_traces (Survey *self, guint *most_traces)
{
  gsize widest = 0;

  *most_traces = 0;
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      const AnmLayer *layer = self->network->layers[l];
      Looked *looked = &self->looked[l];
      gsize width = 0;

      looked->forward = g_new (guint, layer->klass->n_traces + 1);
      looked->backward = g_new (guint, layer->klass->n_traces + 1);
      for (guint k = 0; k <= layer->klass->n_traces; k++)
        {
          const AnmTraceInfo *info = get_info (layer, k);

          if ((info->is_gradient && !self->funcs->gradients) || !self->funcs->wants (l, info, self->data))
            continue;
          if (info->is_gradient)
            looked->backward[looked->n_backward++] = k;
          else
            looked->forward[looked->n_forward++] = k;
          width += get_width (layer, k);
        }
      if (looked->n_forward > 0 || self->funcs->gradients)
        self->end = l + 1;
      widest = MAX (widest, width);
      *most_traces = MAX (*most_traces, looked->n_forward + looked->n_backward);
    }
  return widest;
}

static void
choose_rows (Survey *self, gsize max_steps)
{
  const AnmSequences *sequences = self->sequences;

  self->rows = g_new (guint32, MAX (sequences->n_sequences, 1));
  for (gsize i = 0; i < sequences->n_sequences; i++)
    if (anm_sequences_get_length (sequences, i) > 0)
      self->rows[self->n_rows++] = (guint32) i;
  _anm_sort_by_length (sequences, self->rows, self->n_rows);
  self->chunk_rows = _anm_lanes_chunk_rows (max_steps);
  self->n_chunks = (guint) ((self->n_rows + self->chunk_rows - 1) / self->chunk_rows);
}

/* Only a workspace that keeps them has gradients for an onlooker. */
static AnmLanes *
make_lanes (const AnmNetwork *network, AnmLossKind loss, const AnmPool *pool, gsize max_steps, gboolean gradients)
{
  AnmLanes *lanes = g_new0 (AnmLanes, 1);

  lanes->n_workspaces = MIN (anm_pool_get_n_lanes (pool), ANM_WAVE);
  for (guint i = 0; i < lanes->n_workspaces; i++)
    lanes->workspaces[i] = _anm_workspace_new (network, loss, _anm_lanes_chunk_rows (max_steps), max_steps, gradients, gradients);
  atomic_init (&lanes->free, (guint32) ((G_GUINT64_CONSTANT (1) << lanes->n_workspaces) - 1));
  return lanes;
}

static void
survey_init (Survey *self, AnmLossKind loss, AnmPool *pool)
{
  gsize max_steps = MAX (anm_sequences_get_max_length (self->sequences), 1);
  guint most_traces;
  gsize widest;

  self->looked = g_new0 (Looked, self->network->n_layers);
  widest = choose_traces (self, &most_traces);
  choose_rows (self, max_steps);
  self->lanes = make_lanes (self->network, loss, pool, max_steps, self->funcs->gradients);
  for (guint i = 0; i < self->lanes->n_workspaces; i++)
    {
      self->scratch[i] = g_new (anm_real, MAX (widest * max_steps, 1));
      self->traces[i] = g_new (AnmTrace, MAX (most_traces, 1));
      self->norms[i] = g_new (double, max_steps);
      self->input_skip[i] = g_new (guint8, max_steps);
      self->output_skip[i] = g_new (guint8, max_steps);
      self->skips[i] = g_new (const guint8 *, MAX (most_traces, 1));
      if (self->funcs->gradients)
        self->gradients[i] = g_new0 (anm_real, anm_network_get_n_parameters (self->network));
    }
  for (guint i = 0; i < MIN (self->n_chunks, ANM_WAVE); i++)
    self->buffers[i] = g_malloc (MAX (self->funcs->buffer_size, 1));
  atomic_store (&self->stopped, FALSE);
}

static void
survey_clear (Survey *self)
{
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      g_free (self->looked[l].forward);
      g_free (self->looked[l].backward);
    }
  for (guint i = 0; i < ANM_WAVE; i++)
    {
      g_free (self->scratch[i]);
      g_free (self->traces[i]);
      g_free (self->norms[i]);
      g_free (self->input_skip[i]);
      g_free (self->output_skip[i]);
      g_free (self->skips[i]);
      g_free (self->gradients[i]);
      g_free (self->buffers[i]);
    }
  g_free (self->looked);
  g_free (self->rows);
  _anm_lanes_free (self->lanes);
}

/* Looking */

static void
read_input (const AnmWorkspace *workspace, guint l, guint row, anm_real *values)
{
  const AnmRagged *shape = workspace->shapes[l];
  const AnmPlane *input = &workspace->states[l]->input;
  guint width = workspace->network->layers[l]->n_inputs;

  for (guint t = 0; t < shape->lengths[row]; t++)
    memcpy (values + (gsize) t * width, input->values + (shape->start[t] + row) * input->stride, width * sizeof *values);
}

static void
read_traces (const Survey *self, const AnmWorkspace *workspace, guint place, guint l, guint row, const guint *chosen, guint n_chosen,
             const AnmPass *pass)
{
  const AnmLayer *layer = self->network->layers[l];
  anm_real *values = self->scratch[place];

  for (guint k = 0; k < n_chosen; k++)
    {
      const AnmTraceInfo *info = get_info (layer, chosen[k]);
      guint width = get_width (layer, chosen[k]), n_steps = (info->is_of_output ? pass->output : pass->input)->lengths[row];

      if (chosen[k] == 0)
        read_input (workspace, l, row, values);
      else
        layer->klass->read_trace (layer, workspace->states[l], pass, chosen[k] - 1, row, values);
      self->traces[place][k] = (AnmTrace){
        .symbol = info->symbol, .label = info->label, .is_gate = info->is_gate, .n_steps = n_steps, .n_units = width, .values = values,
        .of_inputs = info->of_inputs,
      };
      values += (gsize) n_steps * width;
    }
}

/* @packed: (nullable): of all rows at all steps */
static const guint8 *
read_skip (const AnmRagged *shape, const guint8 *packed, guint row, guint8 *skip)
{
  if (packed == NULL)
    return NULL;
  for (guint t = 0; t < shape->lengths[row]; t++)
    skip[t] = packed[shape->start[t] + row];
  return skip;
}

/* The skipped steps of the layer's input and of each trace. */
static const guint8 *
read_skips (const Survey *self, const AnmWorkspace *workspace, guint place, guint l, guint row, const guint *chosen, guint n_chosen, const AnmPass *pass)
{
  const guint8 *of_output = workspace->has_skip ? workspace->skips[l + 1] : NULL;
  const guint8 *input = read_skip (pass->input, pass->skip, row, self->input_skip[place]);
  const guint8 *output = read_skip (pass->output, of_output, row, self->output_skip[place]);

  for (guint k = 0; k < n_chosen; k++)
    self->skips[place][k] = get_info (self->network->layers[l], chosen[k])->is_of_output ? output : input;
  return input;
}

static const double *
read_norms (const AnmWorkspace *workspace, guint l, guint row, const AnmPass *pass, double *norms)
{
  const double *squares = workspace->states[l]->squares;

  if (squares == NULL || !workspace->network->layers[l]->klass->is_recurrent)
    return NULL;
  for (guint t = 0; t < pass->input->lengths[row]; t++)
    norms[t] = sqrt (squares[pass->input->start[t] + row]);
  return norms;
}

static void
look (const Survey *self, const AnmWorkspace *workspace, guint place, gboolean backward, gpointer buffer)
{
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      const Looked *looked = &self->looked[l];
      const guint *chosen = backward ? looked->backward : looked->forward;
      guint n_chosen = backward ? looked->n_backward : looked->n_forward;
      AnmPass pass;

      if (n_chosen == 0 && !(backward && self->network->layers[l]->klass->is_recurrent))
        continue;
      _anm_workspace_get_pass (workspace, l, self->packed, NULL, &pass);
      for (guint r = 0; r < pass.input->n_rows; r++)
        {
          AnmSurveyRow row = { .sequence = workspace->rows[r], .layer = l, .backward = backward, .skips = self->skips[place] };

          read_traces (self, workspace, place, l, r, chosen, n_chosen, &pass);
          row.traces = (AnmLayerTraces){
            .n_steps = pass.input->lengths[r],
            .n_traces = n_chosen,
            .traces = self->traces[place],
            .skip = read_skips (self, workspace, place, l, r, chosen, n_chosen, &pass),
          };
          if (backward)
            row.norms = read_norms (workspace, l, r, &pass, self->norms[place]);
          self->funcs->visit (&row, buffer, self->data);
        }
    }
}

/* FALSE if stopped. */
static gboolean
pass_through (Survey *self, AnmWorkspace *workspace, guint place, guint chunk, gpointer buffer)
{
  gsize first = (gsize) chunk * self->chunk_rows;

  memset (buffer, 0, self->funcs->buffer_size);
  anm_workspace_load (workspace, self->sequences, self->rows + first, (guint) MIN (self->chunk_rows, self->n_rows - first));
  if (!_anm_workspace_forward_layers (workspace, 0, self->end, self->packed, self->stop))
    return FALSE;
  look (self, workspace, place, FALSE, buffer);
  if (!self->funcs->gradients)
    return TRUE;
  if (!anm_workspace_backward (workspace, self->packed, 1.0, self->gradients[place], self->stop))
    return FALSE;
  look (self, workspace, place, TRUE, buffer);
  return TRUE;
}

static void
survey_chunk (guint index, guint lane, gpointer data)
{
  Survey *self = data;
  AnmWorkspace *workspace;
  guint place;

  if (_anm_is_stopped (self->stop))
    {
      atomic_store (&self->stopped, TRUE);
      return;
    }
  workspace = _anm_lanes_take (self->lanes, &place);
  if (!pass_through (self, workspace, place, self->first + index, self->buffers[index]))
    atomic_store (&self->stopped, TRUE);
  else
    anm_pool_count (self->pool, (guint) MIN (self->chunk_rows, self->n_rows - (gsize) (self->first + index) * self->chunk_rows));
  _anm_lanes_give_back (self->lanes, place);
}

static gboolean
survey_run (Survey *self, AnmPool *pool)
{
  for (self->first = 0; self->first < self->n_chunks; self->first += ANM_WAVE)
    {
      guint n = MIN (ANM_WAVE, self->n_chunks - self->first);

      anm_pool_run (pool, n, survey_chunk, self);
      if (atomic_load (&self->stopped))
        return FALSE;
      for (guint i = 0; i < n && self->funcs->collect != NULL; i++)
        self->funcs->collect (self->buffers[i], self->data);
    }
  return TRUE;
}

gboolean
_anm_survey_run (const AnmNetwork *network, const anm_real *parameters, AnmLossKind loss, const AnmSequences *sequences,
                 AnmPool *pool, const AnmSurveyFuncs *funcs, gpointer data, const int *stop)
{
  AnmFloatingMode before = anm_flush_to_zero_begin ();
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  Survey self = { .network = network, .sequences = sequences, .packed = packed, .funcs = funcs, .data = data, .stop = stop, .pool = pool };
  gboolean done;

  anm_packed_fill (packed, parameters);
  survey_init (&self, loss, pool);
  done = survey_run (&self, pool);
  survey_clear (&self);
  anm_flush_to_zero_end (before);
  return done;
}
