/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/saturation.h"

#include "engine/cell-private.h"
#include "engine/network-private.h"
#include "engine/survey.h"

#include <math.h>
#include <string.h>

/* One number that is looked at. @traced: the trace that it is, or is tanh of. */
typedef struct
{
  AnmSaturation *item;
  char          *traced;
  gboolean       bend;
  gsize          place; /* of its counts in a chunk's buffer */
} Watch;

/* Counts of one unit; a chunk's buffer is an array of them. */
typedef struct
{
  guint64 n_steps;
  guint64 n_low;
  guint64 n_high;
  double  sum;
} Count;

typedef struct
{
  const AnmNetwork *network;
  double            margin;
  GArray           *items;   /* AnmSaturation */
  GArray           *watches; /* Watch, in the order of the layers */
  gsize             n_counts;
  Count            *total;
} Saturations;

/* What is looked at */

static void
add_item (Saturations *self, guint layer, const char *arrow, const char *symbol, const char *traced, const char *label, AnmSaturationKind kind,
          int keeps, guint n_units)
{
  AnmSaturation item = {
    .layer = layer,
    .symbol = g_strconcat (arrow, symbol, NULL),
    .label = label,
    .kind = kind,
    .keeps = keeps,
    .n_units = n_units,
    .low = g_new0 (double, n_units),
    .high = g_new0 (double, n_units),
    .mean = g_new0 (double, n_units),
    .low_share = NAN,
    .high_share = NAN,
  };
  Watch watch = { .traced = g_strconcat (arrow, traced, NULL), .bend = !g_str_equal (symbol, traced), .place = self->n_counts };

  g_array_append_val (self->items, item);
  g_array_append_val (self->watches, watch);
  self->n_counts += n_units;
}

static gboolean
has_trace (const AnmLayer *layer, const char *symbol)
{
  for (guint k = 0; k < layer->klass->n_traces; k++)
    if (g_str_equal (layer->klass->traces[k].symbol, symbol))
      return TRUE;
  return FALSE;
}

/* The trace that the equation's value can be had from: its own, or that of the one number that a tanh bends. */
static const char *
find_traced (const AnmCell *cell, const CellEquation *equation)
{
  const char *name = _cell_symbol (cell, equation->symbol)->name;
  const CellTerm *term = _cell_term (cell, equation->first_term);

  if (has_trace (cell->layer, name))
    return name;
  if (equation->function != ANM_CELL_TANH || equation->n_terms != 1 || term->kind != CELL_TERM_PRODUCT || term->times != CELL_NOTHING)
    return NULL;
  name = _cell_symbol (cell, term->operand)->name;
  return has_trace (cell->layer, name) ? name : NULL;
}

static void
add_cell (Saturations *self, const AnmCell *cell)
{
  static const AnmSaturationKind kinds[] = {
    [ANM_CELL_LINEAR] = ANM_SATURATION_TANH,
    [ANM_CELL_SIGMOID] = ANM_SATURATION_GATE,
    [ANM_CELL_TANH] = ANM_SATURATION_TANH,
    [ANM_CELL_RELU] = ANM_SATURATION_RELU,
    [ANM_CELL_DECAY] = ANM_SATURATION_GATE,
  };

  for (guint e = 0; e < cell->equations->len; e++)
    {
      const CellEquation *equation = _cell_equation (cell, e);
      const CellSymbol *symbol = _cell_symbol (cell, equation->symbol);
      const char *traced = find_traced (cell, equation);
      int keeps = equation->symbol != cell->keep ? 0 : cell->keep_complement ? -1 : 1;

      /* Of what nothing bends only h is known to lie between -1 and 1. */
      if (traced != NULL && (equation->function != ANM_CELL_LINEAR || equation->symbol == cell->states[0]))
        add_item (self, cell->index, cell->arrow, symbol->name, traced, equation->label, kinds[equation->function], keeps, symbol->width);
    }
}

static void
add_activation (Saturations *self, guint index)
{
  const AnmLayer *layer = self->network->layers[index];
  AnmSaturationKind kind = ANM_SATURATION_RELU;
  const char *label = NULL;

  switch (layer->klass->get_activation (layer))
    {
    case ANM_ACTIVATION_RELU:
      break;
    case ANM_ACTIVATION_TANH:
      kind = ANM_SATURATION_TANH;
      break;
    case ANM_ACTIVATION_SIGMOID:
      kind = ANM_SATURATION_GATE;
      break;
    case ANM_ACTIVATION_LINEAR:
    case ANM_ACTIVATION_SOFTMAX:
    default:
      return;
    }
  for (guint k = 0; k < layer->klass->n_traces; k++)
    if (g_str_equal (layer->klass->traces[k].symbol, "y"))
      label = layer->klass->traces[k].label;
  if (label != NULL)
    add_item (self, index, "", "y", "y", label, kind, 0, layer->n_units);
}

static void
choose (Saturations *self, AnmNetwork *network)
{
  for (guint l = 0; l < network->n_layers; l++)
    {
      gboolean both_ways = network->layers[l]->klass->get_half != NULL;

      if (network->layers[l]->klass->get_activation != NULL)
        add_activation (self, l);
      for (guint half = 0; half < (both_ways ? 2 : 1); half++)
        {
          g_autoptr (AnmCell) cell = anm_cell_new (network, l, (AnmDirection) half, NULL);

          if (cell != NULL)
            add_cell (self, cell);
        }
    }
  for (guint k = 0; k < self->items->len; k++)
    g_array_index (self->watches, Watch, k).item = &g_array_index (self->items, AnmSaturation, k);
}

/* Looking */

static gboolean
wants (guint layer, const AnmTraceInfo *info, gpointer data)
{
  const Saturations *self = data;

  for (guint k = 0; k < self->watches->len; k++)
    {
      const Watch *watch = &g_array_index (self->watches, Watch, k);

      if (watch->item->layer == layer && g_str_equal (watch->traced, info->symbol))
        return TRUE;
    }
  return FALSE;
}

static void
count (const Watch *watch, double margin, const AnmTrace *trace, const guint8 *skip, Count *counts)
{
  const double lows[] = { margin, margin - 1.0, 0.0 };
  double low = lows[watch->item->kind], high = 1.0 - margin;
  gboolean relu = watch->item->kind == ANM_SATURATION_RELU;

  for (guint t = 0; t < trace->n_steps; t++)
    for (guint j = 0; j < trace->n_units && (skip == NULL || !skip[t]); j++)
      {
        double value = (double) trace->values[(gsize) t * trace->n_units + j];

        if (watch->bend)
          value = tanh (value);
        counts[j].n_steps++;
        counts[j].n_low += relu ? value <= low : value < low;
        counts[j].n_high += !relu && value > high;
        counts[j].sum += value;
      }
}

static void
visit (const AnmSurveyRow *row, gpointer buffer, gpointer data)
{
  const Saturations *self = data;

  for (guint k = 0; k < self->watches->len; k++)
    {
      const Watch *watch = &g_array_index (self->watches, Watch, k);

      for (guint i = 0; i < row->traces.n_traces && watch->item->layer == row->layer; i++)
        if (g_str_equal (row->traces.traces[i].symbol, watch->traced))
          count (watch, self->margin, &row->traces.traces[i], row->skips[i], (Count *) buffer + watch->place);
    }
}

static void
collect (gconstpointer buffer, gpointer data)
{
  Saturations *self = data;
  const Count *counts = buffer;

  for (gsize i = 0; i < self->n_counts; i++)
    {
      self->total[i].n_steps += counts[i].n_steps;
      self->total[i].n_low += counts[i].n_low;
      self->total[i].n_high += counts[i].n_high;
      self->total[i].sum += counts[i].sum;
    }
}

static void
take_shares (AnmSaturation *item, const Count *counts)
{
  guint64 n_low = 0, n_high = 0, n_steps = 0;

  for (guint j = 0; j < item->n_units; j++)
    {
      double n = (double) counts[j].n_steps;

      item->low[j] = (double) counts[j].n_low / n;
      item->high[j] = (double) counts[j].n_high / n;
      item->mean[j] = counts[j].sum / n;
      item->n_steps = counts[j].n_steps;
      item->n_dead += item->kind == ANM_SATURATION_RELU && counts[j].n_steps > 0 && counts[j].n_low == counts[j].n_steps;
      n_steps += counts[j].n_steps;
      n_low += counts[j].n_low;
      n_high += counts[j].n_high;
    }
  item->low_share = (double) n_low / (double) n_steps;
  item->high_share = (double) n_high / (double) n_steps;
}

static void
clear_watch (gpointer data)
{
  g_free (((Watch *) data)->traced);
}

/**
 * anm_saturations_new:
 * @sequences: whose columns are the network's inputs; a target isn't needed
 * @margin: how near to its ends a number counts as saturated, usually %ANM_SATURATION_MARGIN
 * @stop: (nullable): atomic; looked at between the time steps of a chunk
 *
 * One forward pass over all sequences. Counts are whole numbers and sums are
 * taken in the order of the chunks: the same bits whatever the threads. NaN
 * counts on neither side.
 *
 * Returns: (transfer full) (nullable): every bent number of every layer, %NULL if stopped
 */
AnmSaturations *
anm_saturations_new (AnmNetwork *network, const anm_real *parameters, const AnmSequences *sequences, double margin, AnmPool *pool, const int *stop)
{
  Saturations self = { .network = network, .margin = margin, .items = g_array_new (FALSE, TRUE, sizeof (AnmSaturation)), .watches = g_array_new (FALSE, TRUE, sizeof (Watch)) };
  AnmSaturations *found = g_new0 (AnmSaturations, 1);
  gboolean done;

  g_array_set_clear_func (self.watches, clear_watch);
  choose (&self, network);
  self.total = g_new0 (Count, MAX (self.n_counts, 1));
  {
    const AnmSurveyFuncs funcs = { .buffer_size = self.n_counts * sizeof (Count), .wants = wants, .visit = visit, .collect = collect };

    done = _anm_survey_run (network, parameters, ANM_LOSS_MEAN_SQUARED_ERROR, sequences, pool, &funcs, &self, stop);
  }
  for (guint k = 0; k < self.items->len; k++)
    take_shares (&g_array_index (self.items, AnmSaturation, k), self.total + g_array_index (self.watches, Watch, k).place);
  found->n_sequences = sequences->n_sequences;
  found->margin = margin;
  found->n_items = self.items->len;
  found->items = (AnmSaturation *) g_array_free (self.items, FALSE);
  g_array_unref (self.watches);
  g_free (self.total);
  if (done)
    return found;
  anm_saturations_free (found);
  return NULL;
}

void
anm_saturations_free (AnmSaturations *self)
{
  for (guint k = 0; k < self->n_items; k++)
    {
      g_free (self->items[k].symbol);
      g_free (self->items[k].low);
      g_free (self->items[k].high);
      g_free (self->items[k].mean);
    }
  g_free (self->items);
  g_free (self);
}
