/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/principal-components.h"

#include "engine/lanes.h"
#include "engine/lapack.h"
#include "engine/network-private.h"
#include "engine/survey.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* For the sums of a wave's chunks together. */
#define MAX_BYTES ((gsize) 1 << 30)

/* A chunk's buffer, and the total: number of steps, sums [n], sums of products [n][n]. */
typedef struct
{
  guint       layer;
  const char *symbol;
  gsize       n;
  double     *total;
} Moments;

static gsize
get_size (gsize n)
{
  return 1 + n + n * n;
}

static gboolean
wants (guint layer, const AnmTraceInfo *info, gpointer data)
{
  const Moments *self = data;

  return layer == self->layer && g_str_equal (info->symbol, self->symbol);
}

static void
visit (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Moments *self = data;
  const AnmTrace *trace = &row->traces.traces[0];
  double *sums = buffer;
  g_autofree double *values = g_new (double, MAX (trace->n_steps * self->n, 1));
  gsize n_steps = 0;

  for (guint t = 0; t < trace->n_steps; t++)
    {
      if (row->skips[0] != NULL && row->skips[0][t])
        continue;
      for (gsize j = 0; j < self->n; j++)
        {
          values[n_steps * self->n + j] = (double) trace->values[t * self->n + j];
          sums[1 + j] += values[n_steps * self->n + j];
        }
      n_steps++;
    }
  if (n_steps == 0)
    return;
  sums[0] += (double) n_steps;
  _anm_lapack_multiply (self->n, self->n, n_steps, values, TRUE, values, TRUE, sums + 1 + self->n, NULL);
}

static void
collect (gconstpointer buffer, gpointer data)
{
  const Moments *self = data;
  const double *sums = buffer;

  for (gsize i = 0; i < get_size (self->n); i++)
    self->total[i] += sums[i];
}

/* The width of the trace; 0 with the reason if there is none. */
static guint
find_width (const AnmNetwork *network, guint index, const char *symbol, GError **error)
{
  const AnmLayer *layer = network->layers[index];
  guint width = g_str_equal (symbol, "x") ? layer->n_inputs : 0;
  gsize bytes;

  for (guint k = 0; k < layer->klass->n_traces; k++)
    if (!layer->klass->traces[k].is_gradient && g_str_equal (layer->klass->traces[k].symbol, symbol))
      width = _anm_layer_get_trace_width (layer, k);
  bytes = (ANM_WAVE + 2) * get_size (width) * sizeof (double);
  if (width == 0)
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("Layer %u (%s) has no %s."), index + 1, layer->klass->type, symbol);
  else if (bytes > MAX_BYTES)
    {
      g_autofree char *needed = g_format_size (bytes);
      g_autofree char *allowed = g_format_size (MAX_BYTES);

      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("Layer %u (%s): the principal components of %u units would take %s of memory, and %s are allowed. Look at a layer with fewer units."),
                   index + 1, layer->klass->type, width, needed, allowed);
      width = 0;
    }
  return width;
}

/* Turns a direction to the side of the reference's, or its largest entry (the first of several) to the positive side. */
static void
choose_sign (double *component, const double *reference, gsize n)
{
  double side = 0.0;
  gsize largest = 0;

  for (gsize j = 0; j < n; j++)
    {
      if (fabs (component[j]) > fabs (component[largest]) * (1.0 + 1e-9))
        largest = j;
      side += reference != NULL ? component[j] * reference[j] : 0.0;
    }
  if (side == 0.0)
    side = component[largest];
  for (gsize j = 0; j < n && side < 0.0; j++)
    component[j] = -component[j];
}

/* Eigenvectors of the covariance; FALSE if it isn't finite. */
static gboolean
decompose (AnmPrincipalComponents *self, double *covariance, const AnmPrincipalComponents *reference)
{
  gsize n = self->n_units;
  g_autofree double *values = g_new (double, n);

  for (gsize j = 0; j < n; j++)
    self->total_variance += covariance[j * n + j];
  for (gsize i = 0; i < n * n; i++)
    if (!isfinite (covariance[i]))
      return FALSE;
  if (_anm_lapack_symmetric (n, covariance, values) != ANM_LAPACK_DONE)
    return FALSE;
  for (guint k = 0; k < self->n_components; k++)
    {
      double *component = self->components + k * n;
      gboolean has_reference = reference != NULL && reference->n_units == n && k < reference->n_components;

      memcpy (component, covariance + (n - 1 - k) * n, n * sizeof *component);
      self->variances[k] = fmax (values[n - 1 - k], 0.0);
      choose_sign (component, has_reference ? reference->components + k * n : NULL, n);
    }
  return TRUE;
}

/**
 * anm_principal_components_new:
 * @symbol: a trace of the layer that is no gradient, such as "h" or "c"
 * @n_components: how many are kept, at most the units
 * @reference: (nullable): of an epoch beside which the picture is laid
 * @stop: (nullable): atomic; looked at between the time steps of a chunk
 *
 * One forward pass; only sums of products are kept, in double precision.
 *
 * Returns: (transfer full) (nullable): %NULL if stopped, or with @error:
 *   %ANM_ENGINE_ERROR_NETWORK if there is no such trace or it is too wide, %ANM_ENGINE_ERROR_DATA without steps,
 *   %ANM_ENGINE_ERROR_NOT_FINITE
 */
AnmPrincipalComponents *
anm_principal_components_new (AnmNetwork *network, const anm_real *parameters, const AnmSequences *sequences, guint layer, const char *symbol,
                              guint n_components, const AnmPrincipalComponents *reference, AnmPool *pool, const int *stop, GError **error)
{
  Moments moments = { layer, symbol };
  AnmSurveyFuncs funcs = { .wants = wants, .visit = visit, .collect = collect };
  g_autofree double *total = NULL;
  g_autoptr (AnmPrincipalComponents) self = NULL;
  double *covariance;
  gsize n;

  g_return_val_if_fail (layer < network->n_layers, NULL);

  n = moments.n = find_width (network, layer, symbol, error);
  if (n == 0)
    return NULL;
  total = moments.total = g_new0 (double, get_size (n));
  funcs.buffer_size = get_size (n) * sizeof (double);
  if (!_anm_survey_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, pool, &funcs, &moments, stop))
    return NULL;
  if (total[0] == 0.0)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA, _("There are no steps to take principal components of."));
      return NULL;
    }

  self = g_new0 (AnmPrincipalComponents, 1);
  self->n_units = (guint) n;
  self->n_components = MIN (n_components, self->n_units);
  self->n_steps = (guint64) total[0];
  self->mean = g_new (double, n);
  self->components = g_new0 (double, self->n_components * n);
  self->variances = g_new0 (double, MAX (self->n_components, 1));
  covariance = total + 1 + n;
  for (gsize i = 0; i < n; i++)
    self->mean[i] = total[1 + i] / total[0];
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      covariance[i * n + j] = covariance[i * n + j] / total[0] - self->mean[i] * self->mean[j];
  if (decompose (self, covariance, reference))
    return g_steal_pointer (&self);
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE,
               _("Layer %u holds numbers that aren't (NaN or infinity), so they have no principal components; look at an earlier epoch."), layer + 1);
  return NULL;
}

void
anm_principal_components_free (AnmPrincipalComponents *self)
{
  g_free (self->mean);
  g_free (self->components);
  g_free (self->variances);
  g_free (self);
}

void
anm_principal_components_project (const AnmPrincipalComponents *self, const anm_real *values, gsize n_steps, double *places)
{
  for (gsize t = 0; t < n_steps; t++)
    for (guint k = 0; k < self->n_components; k++)
      {
        const double *component = self->components + (gsize) k * self->n_units;
        double place = 0.0;

        for (guint j = 0; j < self->n_units; j++)
          place += ((double) values[t * self->n_units + j] - self->mean[j]) * component[j];
        places[t * self->n_components + k] = place;
      }
}

/* A chunk's buffer holds nothing: each sequence has a place of its own. */
typedef struct
{
  const AnmPrincipalComponents *components;
  const AnmNetwork             *network;
  const AnmSequences           *sequences;
  guint                         layer;
  const char                   *symbol;
  AnmProjectionFunc             func;
  gpointer                      data;
} Projection;

static gboolean
is_projected (guint layer, const AnmTraceInfo *info, gpointer data)
{
  const Projection *self = data;

  return layer == self->layer && g_str_equal (info->symbol, self->symbol);
}

/* The record's step that step @t of the layer's input stands for. */
static guint
find_record_step (const Projection *self, gsize sequence, guint t)
{
  guint n_steps = (guint) anm_sequences_get_length (self->sequences, sequence);

  for (guint l = self->layer; l-- > 0;)
    t = _anm_layer_get_anchor (self->network->layers[l], t, _anm_network_get_length (self->network, l, n_steps));
  return t;
}

static void
project_row (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Projection *self = data;
  const AnmTrace *trace = &row->traces.traces[0];
  g_autofree double *places = NULL;

  if (trace->n_steps == 0)
    return;
  places = g_new (double, (gsize) trace->n_steps * MAX (self->components->n_components, 1));
  anm_principal_components_project (self->components, trace->values, trace->n_steps, places);
  self->func (row->sequence, trace->n_steps, find_record_step (self, row->sequence, 0), find_record_step (self, row->sequence, trace->n_steps - 1),
              places, self->data);
}

gboolean
anm_principal_components_project_all (const AnmPrincipalComponents *self, const AnmNetwork *network, const anm_real *parameters,
                                      const AnmSequences *sequences, guint layer, const char *symbol, AnmPool *pool,
                                      AnmProjectionFunc func, gpointer data, const int *stop)
{
  Projection projection = { self, network, sequences, layer, symbol, func, data };
  const AnmSurveyFuncs funcs = { .wants = is_projected, .visit = project_row };

  return _anm_survey_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, pool, &funcs, &projection, stop);
}
