/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/patient-reading.h"

#include <math.h>
#include <string.h>

#include "engine/workspace.h"

static void
read_input (AnmPatientReading *self)
{
  self->n_columns = self->sequences->n_columns;
  self->input = g_new (float, MAX (1, (gsize) self->n_steps * self->n_columns));
  for (guint k = 0; k < self->n_steps; k++)
    anm_sequences_fill_row (self->sequences, 0, k, self->input + (gsize) k * self->n_columns);
}

/* [n_steps][n_units] of the record; @trace may have fewer steps. */
static float *
spread (const AnmTrace *trace,
        guint n_steps)
{
  const gsize n = trace->n_units;
  float *values = g_new (float, MAX (1, n_steps * n));
  guint next = 0;

  for (guint t = 0; t < n_steps; t++)
    {
      while (next < trace->n_steps && trace->steps[next] <= t)
        next++;
      if (next > 0)
        memcpy (values + t * n, trace->values + (next - 1) * n, n * sizeof *values);
      for (gsize unit = 0; next == 0 && unit < n; unit++)
        values[t * n + unit] = NAN;
    }
  return values;
}

/* The same of one number a step, which the layer's steps @steps stand for. */
static double *
spread_norms (const double *norms,
              const AnmTrace *of,
              guint n_steps)
{
  double *spread = g_new (double, n_steps);
  guint next = 0;

  for (guint t = 0; t < n_steps; t++)
    {
      while (next < of->n_steps && of->steps[next] <= t)
        next++;
      spread[t] = next > 0 ? norms[next - 1] : NAN;
    }
  return spread;
}

static void
read_traces (AnmPatientReading *self,
             const AnmProbe *probe,
             guint index)
{
  AnmReadingLayer *layer = &self->layers[index];
  const char *const *symbols = anm_probe_get_symbols (probe, index);
  guint n_symbols = 0;

  while (symbols != NULL && symbols[n_symbols] != NULL)
    n_symbols++;

  layer->traces = g_new0 (AnmReadingTrace, MAX (n_symbols, 1));
  for (guint i = 0; i < n_symbols; i++)
    {
      AnmTrace trace;

      if (!anm_probe_get_trace (probe, index, symbols[i], &trace))
        continue;

      layer->traces[layer->n_traces++] = (AnmReadingTrace){
        .symbol = trace.symbol,
        .label = trace.label,
        .is_gate = trace.is_gate,
        .of_inputs = trace.of_inputs,
        .n_units = trace.n_units,
        .values = spread (&trace, self->n_steps),
      };
    }
}

static void
read_weights (AnmPatientReading *self,
              const anm_real *parameters,
              guint index)
{
  AnmReadingLayer *layer = &self->layers[index];
  guint n_parameters;
  const AnmParameter *table = anm_network_get_parameters (self->network, &n_parameters);

  for (guint i = 0; i < n_parameters; i++)
    if (table[i].layer == index && table[i].kind == ANM_PARAMETER_KERNEL &&
        table[i].n_rows == layer->n_inputs && table[i].n_columns == layer->n_units)
      layer->weights = g_memdup2 (parameters + table[i].offset,
                                  (gsize) table[i].n_rows * table[i].n_columns * sizeof (float));
}

static void
read_layers (AnmPatientReading *self,
             const AnmProbe *probe,
             const anm_real *parameters)
{
  self->n_layers = anm_network_get_n_layers (self->network);
  self->layers = g_new0 (AnmReadingLayer, self->n_layers);
  for (guint i = 0; i < self->n_layers; i++)
    {
      const AnmLayer *layer = anm_network_get_layer (self->network, i);
      const double *norms = self->n_steps > 0 ? anm_probe_get_gradient_norms (probe, i) : NULL;
      AnmTrace input;

      self->layers[i].klass = anm_layer_get_class (layer);
      self->layers[i].n_inputs = anm_layer_get_n_inputs (layer);
      self->layers[i].n_units = anm_layer_get_n_units (layer);
      if (self->n_steps > 0)
        read_traces (self, probe, i);
      if (norms != NULL && anm_probe_get_trace (probe, i, "x", &input))
        self->layers[i].gradient_norms = spread_norms (norms, &input, self->n_steps);
      if (!anm_layer_class_is_recurrent (self->layers[i].klass))
        read_weights (self, parameters, i);
    }
}

static void
read_prediction (AnmPatientReading *self,
                 AnmProbe *probe)
{
  const anm_real *prediction = anm_probe_get_prediction (probe, &self->n_outputs);

  self->prediction = g_memdup2 (prediction, (gsize) self->n_steps * self->n_outputs * sizeof (float));
  self->loss = anm_probe_get_loss (probe);
}

static gboolean
apply_recipe (AnmPatientReading *self,
              GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  self->sequences = anm_fitted_recipe_apply (self->recipe, self->cohort, &self->patient, 1, warnings, error);
  if (self->sequences == NULL)
    return FALSE;

  self->n_steps = (guint) anm_sequences_get_length (self->sequences, 0);
  self->step = anm_fitted_recipe_get_step (self->recipe);
  return TRUE;
}

AnmPatientReading *
anm_patient_reading_new (AnmNetwork *network,
                         AnmFittedRecipe *recipe,
                         AnmLossKind loss,
                         const anm_real *parameters,
                         AnmCohort *cohort,
                         guint32 patient,
                         AnmProbe **probe,
                         gboolean gradients,
                         GError **error)
{
  g_autoptr (AnmPatientReading) self = g_new0 (AnmPatientReading, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->network = anm_network_ref (network);
  self->recipe = anm_fitted_recipe_ref (recipe);
  self->cohort = anm_cohort_ref (cohort);
  self->patient = patient;
  self->loss = NAN;
  self->loss_kind = loss;

  if (!apply_recipe (self, error))
    return NULL;

  read_input (self);
  if (*probe == NULL)
    {
      AnmLossKind resolved;

      if (!anm_loss_resolve (loss, network, &self->sequences->target, &resolved, error))
        return NULL;
      *probe = anm_probe_new (network, resolved);
    }
  if (self->n_steps > 0)
    anm_probe_run (*probe, parameters, self->sequences, 0, gradients);
  read_layers (self, *probe, parameters);
  if (self->n_steps > 0)
    read_prediction (self, *probe);

  return g_steal_pointer (&self);
}

AnmPatientReading *
anm_patient_reading_ref (AnmPatientReading *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_patient_reading_unref (AnmPatientReading *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < self->n_layers; i++)
    {
      for (guint k = 0; k < self->layers[i].n_traces; k++)
        g_free (self->layers[i].traces[k].values);
      g_free (self->layers[i].traces);
      g_free (self->layers[i].gradient_norms);
      g_free (self->layers[i].weights);
    }
  g_free (self->layers);
  g_free (self->input);
  g_free (self->prediction);
  g_clear_pointer (&self->sequences, anm_sequences_unref);
  anm_network_unref (self->network);
  anm_fitted_recipe_unref (self->recipe);
  anm_cohort_unref (self->cohort);
  g_free (self);
}

const AnmReadingTrace *
anm_patient_reading_find_trace (const AnmPatientReading *self,
                                guint layer,
                                const char *symbol)
{
  g_return_val_if_fail (layer < self->n_layers, NULL);

  for (guint i = 0; i < self->layers[layer].n_traces; i++)
    if (g_str_equal (self->layers[layer].traces[i].symbol, symbol))
      return &self->layers[layer].traces[i];

  return NULL;
}

int
anm_reading_trace_get_half (const AnmReadingTrace *self)
{
  return g_str_has_prefix (self->symbol, "→") ? 0 : g_str_has_prefix (self->symbol, "←") ? 1 : -1;
}

int
anm_reading_trace_find_unit (const AnmReadingTrace *self,
                             const AnmReadingLayer *layer,
                             guint unit)
{
  const int half = anm_reading_trace_get_half (self);

  if (self->of_inputs)
    return -1;
  /* Side by side: the first units are of the first half. */
  if (half >= 0 && layer->n_units == 2 * self->n_units)
    return unit / self->n_units == (guint) half ? (int) (unit % self->n_units) : -1;
  return unit < self->n_units ? (int) unit : -1;
}

double
anm_patient_reading_get_x (const AnmPatientReading *self,
                           guint k)
{
  return self->first_time + (k + 1) * self->step;
}

int
anm_patient_reading_get_step (const AnmPatientReading *self,
                              double time)
{
  if (isnan (time) || self->n_steps == 0)
    return -1;

  return (int) CLAMP (floor ((time - self->first_time) / self->step + 1e-6), 0, self->n_steps - 1);
}
