/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/horizon.h"

#include "engine/cell-private.h"
#include "engine/network-private.h"
#include "engine/quantile.h"
#include "engine/survey.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Distributions */

/**
 * anm_horizon_summarise:
 * @horizons: [n], NaN = none
 */
void
anm_horizon_summarise (const double *horizons, gsize n, AnmHorizonSummary *summary)
{
  g_autofree double *sorted = g_new (double, MAX (n, 1));

  *summary = (AnmHorizonSummary){ .lower_quartile = NAN, .median = NAN, .upper_quartile = NAN };
  for (gsize i = 0; i < n; i++)
    if (isnan (horizons[i]))
      summary->n_none++;
    else
      sorted[summary->n++] = horizons[i];
  if (summary->n == 0)
    return;
  qsort (sorted, summary->n, sizeof *sorted, _anm_compare_numbers);
  summary->lower_quartile = _anm_get_quantile (sorted, summary->n, 0.25);
  summary->median = _anm_get_quantile (sorted, summary->n, 0.5);
  summary->upper_quartile = _anm_get_quantile (sorted, summary->n, 0.75);
}

/* By the gradient */

double
anm_gradient_horizon (const double *before_end, guint n_steps)
{
  double last = n_steps > 0 ? before_end[0] : 0.0;
  guint horizon = 0;

  if (!(last > 0.0) || !isfinite (last) || !(before_end[n_steps - 1] <= last))
    return NAN;
  for (guint k = 0; k < n_steps; k++)
    if (before_end[k] >= last / G_E)
      horizon = k;
  return horizon;
}

typedef struct
{
  guint   layer;
  double *horizons;
} Gradients;

static gboolean
want_nothing (guint layer, const AnmTraceInfo *info, gpointer data)
{
  return FALSE;
}

static void
visit_gradients (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Gradients *self = data;
  guint n = row->traces.n_steps;
  g_autofree double *before_end = NULL;

  if (row->layer != self->layer || row->norms == NULL)
    return;
  before_end = g_new (double, n);
  for (guint k = 0; k < n; k++)
    before_end[k] = row->norms[n - 1 - k];
  self->horizons[row->sequence] = anm_gradient_horizon (before_end, n);
}

static gboolean
check_recurrent (const AnmNetwork *network, guint layer, GError **error)
{
  if (network->layers[layer]->klass->is_recurrent)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("Layer %u (%s) isn't recurrent: it remembers nothing from step to step."), layer + 1, network->layers[layer]->klass->type);
  return FALSE;
}

gboolean
anm_gradient_horizons (AnmNetwork *network, const anm_real *parameters, AnmLossKind loss, const AnmSequences *sequences, guint layer,
                       AnmPool *pool, double *horizons, const int *stop, GError **error)
{
  const AnmSurveyFuncs funcs = { .gradients = TRUE, .wants = want_nothing, .visit = visit_gradients };
  Gradients self = { layer, horizons };

  g_return_val_if_fail (layer < network->n_layers, FALSE);

  if (!check_recurrent (network, layer, error))
    return FALSE;
  for (gsize i = 0; i < sequences->n_sequences; i++)
    horizons[i] = NAN;
  return _anm_survey_run (network, parameters, loss, sequences, pool, &funcs, &self, stop);
}

/* By the gates */

double
anm_half_life (double keep)
{
  if (!(keep >= 0.0 && keep <= 1.0))
    return NAN;
  return keep == 1.0 ? (double) INFINITY : keep == 0.0 ? 0.0 : log (0.5) / log (keep);
}

/**
 * Gates:
 * @buffer: of a chunk: sums [units] and, last, the number of steps
 */
typedef struct
{
  const AnmCell *cell;
  char          *traced;
  guint          n_units;
  double        *sums;
  double        *by_sequence;
} Gates;

static gboolean
want_gate (guint layer, const AnmTraceInfo *info, gpointer data)
{
  const Gates *self = data;

  return layer == self->cell->index && g_str_equal (info->symbol, self->traced);
}

static void
visit_gates (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Gates *self = data;
  const AnmTrace *trace = &row->traces.traces[0];
  double *sums = buffer, sum = 0.0;
  guint n_steps = 0;

  for (guint t = 0; t < trace->n_steps; t++)
    if (row->traces.skip == NULL || !row->traces.skip[t])
      {
        n_steps++;
        for (guint j = 0; j < self->n_units; j++)
          {
            double value = (double) trace->values[(gsize) t * self->n_units + j];

            value = self->cell->keep_complement ? 1.0 - value : value;
            sums[j] += value;
            sum += value;
          }
      }
  sums[self->n_units] += n_steps;
  if (self->by_sequence != NULL)
    self->by_sequence[row->sequence] = anm_half_life (sum / ((double) n_steps * self->n_units));
}

static void
collect_gates (gconstpointer buffer, gpointer data)
{
  const Gates *self = data;
  const double *sums = buffer;

  for (guint j = 0; j <= self->n_units; j++)
    self->sums[j] += sums[j];
}

gboolean
anm_gate_half_lives (AnmNetwork *network, const anm_real *parameters, const AnmSequences *sequences, guint layer, AnmDirection direction,
                     AnmPool *pool, double *by_unit, double *by_sequence, const int *stop, GError **error)
{
  g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, error);
  g_autofree char *traced = NULL;
  g_autofree double *sums = NULL;
  Gates self = { .cell = cell, .by_sequence = by_sequence };
  AnmSurveyFuncs funcs = { .wants = want_gate, .visit = visit_gates, .collect = collect_gates };

  if (cell == NULL)
    return FALSE;
  if (cell->keep == CELL_NOTHING)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("Layer %u (%s) has no gate that says how much it keeps; an lstm or a gru has."), layer + 1, cell->layer->klass->type);
      return FALSE;
    }
  self.n_units = cell->layer->n_units;
  self.traced = traced = g_strconcat (cell->arrow, _cell_symbol (cell, cell->keep)->name, NULL);
  self.sums = sums = g_new0 (double, self.n_units + 1);
  funcs.buffer_size = (self.n_units + 1) * sizeof (double);
  for (gsize i = 0; i < sequences->n_sequences && by_sequence != NULL; i++)
    by_sequence[i] = NAN;
  if (!_anm_survey_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, pool, &funcs, &self, stop))
    return FALSE;
  for (guint j = 0; j < self.n_units && by_unit != NULL; j++)
    by_unit[j] = anm_half_life (sums[j] / sums[self.n_units]);
  return TRUE;
}
