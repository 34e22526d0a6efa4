/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-lens.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/training-curves.h"
#include "engine/error.h"
#include "widgets/figures/number.h"

AnmCellLens *
anm_cell_lens_ref (AnmCellLens *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_cell_lens_unref (AnmCellLens *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->reading, anm_cell_reading_free);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_free (self->patient);
  g_free (self->layer_title);
  g_free (self->when);
  g_free (self->time_unit);
  g_free (self->why_not);
  g_free (self);
}

/* A reading's symbols belong to its cell, which won't live as long. */
static void
keep_symbols (AnmCellReading *reading)
{
  for (guint e = 0; e < reading->n_equations; e++)
    {
      AnmCellEquation *equation = &reading->equations[e];

      equation->symbol = g_intern_string (equation->symbol);
      for (guint k = 0; k < equation->n_terms; k++)
        {
          equation->terms[k].operand = g_intern_string (equation->terms[k].operand);
          equation->terms[k].times = g_intern_string (equation->terms[k].times);
        }
    }
  for (guint p = 0; p < reading->n_previous; p++)
    reading->previous[p].symbol = g_intern_string (reading->previous[p].symbol);
}

static void
name_inputs (AnmCellLens *self,
             const AnmInspection *inspection)
{
  self->names = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_strfreev);
  for (guint e = 0; e < self->reading->n_equations; e++)
    for (guint k = 0; k < self->reading->equations[e].n_terms; k++)
      {
        const AnmCellTerm *term = &self->reading->equations[e].terms[k];
        char **names;

        if (term->operand == NULL || term->n_parts < 2 || g_hash_table_contains (self->names, term->operand))
          continue;
        names = g_new0 (char *, term->n_parts + 1);
        for (guint i = 0; i < term->n_parts; i++)
          names[i] = anm_inspection_name_input (inspection, self->layer, term->operand, i);
        g_hash_table_insert (self->names, (gpointer) term->operand, names);
      }
}

static gboolean
is_normalized (const AnmCellReading *reading)
{
  for (guint e = 0; e < reading->n_equations; e++)
    for (guint k = 0; k < reading->equations[e].n_terms; k++)
      if (g_str_has_prefix (reading->equations[e].terms[k].symbol, "LN ("))
        return TRUE;
  return FALSE;
}

/* Why there is nothing to take apart, for people who expected something. */
static char *
explain (AnmNetwork *network,
         guint layer)
{
  const AnmLayerClass *klass = anm_layer_get_class (anm_network_get_layer (network, layer));
  g_autofree char *title = anm_layer_get_title (network, layer);

  if (g_str_equal (anm_layer_class_get_type (klass), "attention"))
    return g_strdup_printf (_("%s holds no state from step to step: it weighs all steps of the record and adds them up, y = Σ α x. Its sum takes the place of an equation’s terms, where it has one set of weights."), title);
  /* Translators: a layer, such as Dense. */
  return g_strdup_printf (_("%s keeps nothing from step to step, so it has no cell to look into. Choose a recurrent layer."), title);
}

static guint
find_step (AnmInspection *inspection,
           guint layer,
           guint n_steps,
           double time,
           double width)
{
  guint step = n_steps - 1;

  if (isnan (time))
    return step;
  /* A step is shown at its end. */
  while (step > 0 && anm_inspection_get_time (inspection, layer, step) + 0.5 * width > time)
    step--;
  return step;
}

const char *
anm_layer_get_merge (AnmNetwork *network,
                     guint layer)
{
  const AnmLayerSpec *spec = anm_network_get_spec (network)->layers[layer];
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (spec->klass, &n_arguments);

  for (guint i = 0; i < n_arguments; i++)
    if (g_str_equal (arguments[i].name, "bidirectional"))
      {
        const char *merge = arguments[i].choices[(guint) spec->values[i]];

        return g_str_equal (merge, "none") ? NULL : merge;
      }
  return NULL;
}

static double
find_value (const AnmLayerTraces *traces,
            const char *symbol,
            guint step,
            guint unit)
{
  for (guint i = 0; i < traces->n_traces; i++)
    if (g_str_equal (traces->traces[i].symbol, symbol) && unit < traces->traces[i].n_units)
      return (double) traces->traces[i].values[(gsize) step * traces->traces[i].n_units + unit];
  return NAN;
}

guint
anm_cell_lens_get_counterpart (const AnmCellLens *self)
{
  if (g_strcmp0 (self->merge, "concat") != 0)
    return self->unit;
  return self->unit < self->n_cell_units ? self->unit + self->n_cell_units : self->unit - self->n_cell_units;
}

static gboolean
read_cell (AnmCellLens *self,
           AnmInspection *inspection,
           const AnmLayerTraces *traces,
           AnmDirection half,
           GError **error)
{
  g_autoptr (AnmCell) cell = anm_inspection_new_cell (inspection, self->layer, ANM_DIRECTION_FORWARDS, error);
  guint unit = self->unit;

  if (cell == NULL)
    return FALSE;
  self->n_cell_units = anm_cell_get_n_units (cell);
  if (unit >= self->n_cell_units)
    half = ANM_DIRECTION_BACKWARDS;
  else if (g_strcmp0 (self->merge, "sum") != 0 && g_strcmp0 (self->merge, "mean") != 0)
    half = ANM_DIRECTION_FORWARDS;
  self->half = half;
  unit %= self->n_cell_units;
  if (self->merge != NULL)
    {
      self->arrow = half == ANM_DIRECTION_BACKWARDS ? "←" : "→";
      self->halves[0] = find_value (traces, "→h", self->step, unit);
      self->halves[1] = find_value (traces, "←h", self->step, unit);
      self->merged = find_value (traces, "h", self->step, self->unit);
    }
  if (half == ANM_DIRECTION_BACKWARDS)
    {
      g_clear_pointer (&cell, anm_cell_free);
      cell = anm_inspection_new_cell (inspection, self->layer, ANM_DIRECTION_BACKWARDS, error);
      if (cell == NULL)
        return FALSE;
    }
  self->reading = anm_cell_read (cell, traces, self->step, unit, error);
  if (self->reading == NULL)
    return FALSE;
  keep_symbols (self->reading);
  return TRUE;
}

AnmCellLens *
anm_cell_lens_new (AnmInspection *inspection,
                   AnmNetwork *network,
                   AnmCohort *cohort,
                   guint32 patient,
                   int layer,
                   guint unit,
                   AnmDirection half,
                   double time,
                   GError **error)
{
  g_autoptr (AnmCellLens) self = g_new0 (AnmCellLens, 1);
  AnmLayerTraces traces;

  g_return_val_if_fail (inspection != NULL && network != NULL && cohort != NULL && patient < cohort->n_patients, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  if (layer < 0)
    layer = MAX (anm_network_find_recurrent (network), 0);
  if ((guint) layer >= anm_network_get_n_layers (network))
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("The network has no such layer."));
      return NULL;
    }
  self->layer = (guint) layer;
  self->unit = unit;
  self->arrow = "";
  self->patient = g_strdup (cohort->ids[patient]);
  self->time_unit = g_strdup (cohort->time_unit);
  self->layer_title = anm_layer_get_title (network, self->layer);
  if (!anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, self->layer))))
    {
      self->why_not = explain (network, self->layer);
      return g_steal_pointer (&self);
    }

  anm_inspection_get_traces (inspection, self->layer, &traces);
  for (guint i = 0; i < traces.n_traces; i++)
    if (g_str_equal (traces.traces[i].symbol, "h"))
      self->n_units = traces.traces[i].n_units;
  if (unit >= self->n_units)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   g_dngettext (GETTEXT_PACKAGE, "%s has %u unit only.", "%s has %u units only.", self->n_units), self->layer_title, self->n_units);
      return NULL;
    }
  self->n_steps = traces.n_steps;
  self->time_step = anm_inspection_get_step (inspection);
  self->step = find_step (inspection, self->layer, traces.n_steps, time, self->time_step);
  self->time = anm_inspection_get_time (inspection, self->layer, self->step) + self->time_step;
  self->when = anm_number_format_time (self->time, self->time_unit);
  self->merge = anm_layer_get_merge (network, self->layer);
  self->gives_last = !anm_layer_get_gives_sequences (anm_network_get_layer (network, self->layer));
  if (!read_cell (self, inspection, &traces, half, error))
    return NULL;
  self->normalized = is_normalized (self->reading);
  if (*self->arrow != '\0')
    {
      g_autofree char *whole = g_steal_pointer (&self->layer_title);

      self->layer_title = g_strdup_printf ("%s %s", whole, self->arrow);
    }
  name_inputs (self, inspection);
  return g_steal_pointer (&self);
}

const AnmCellEquation *
anm_cell_lens_find_equation (const AnmCellLens *self,
                             const char *symbol)
{
  for (guint e = 0; self->reading != NULL && e < self->reading->n_equations; e++)
    if (g_strcmp0 (self->reading->equations[e].symbol, symbol) == 0)
      return &self->reading->equations[e];
  return NULL;
}

char *
anm_cell_lens_describe_place (const AnmCellLens *self)
{
  if (g_str_equal (self->arrow, "←"))
    /* Translators: a layer, a unit, a point in time, in the half of a layer that reads backwards. */
    return g_strdup_printf (_("%s, unit %u, %s; ′ marks the step after, which this half reads before"), self->layer_title, self->unit + 1, self->when);
  /* Translators: a layer, a unit, a point in time; ′ is what an equation's symbols bear of the step before. */
  return g_strdup_printf (_("%s, unit %u, %s; ′ marks the step before"), self->layer_title, self->unit + 1, self->when);
}

const char *
anm_cell_lens_get_sum_symbol (const AnmCellLens *self)
{
  return anm_cell_lens_find_equation (self, "z") != NULL ? "a" : "z";
}

const char *
anm_cell_lens_name_input (const AnmCellLens *self,
                          const char *operand,
                          guint index)
{
  char **names = operand != NULL && self->names != NULL ? g_hash_table_lookup (self->names, g_intern_string (operand)) : NULL;

  return names != NULL ? names[index] : NULL;
}

gboolean
anm_cell_equation_is_product (const AnmCellEquation *equation)
{
  if (equation->function != ANM_CELL_LINEAR || equation->n_terms == 0)
    return FALSE;
  for (guint k = 0; k < equation->n_terms; k++)
    if (equation->terms[k].operand == NULL || equation->terms[k].times == NULL || strchr ("WUV", equation->terms[k].symbol[0]) != NULL
        || g_str_has_prefix (equation->terms[k].symbol, "LN ("))
      return FALSE;
  return TRUE;
}

gboolean
anm_cell_equation_is_gate (const AnmCellEquation *equation)
{
  return equation->function == ANM_CELL_SIGMOID || equation->function == ANM_CELL_DECAY;
}

/* That of the state itself which isn't given by many numbers: ∂c/∂c' = f. A gru_d lets the state fade first. */
double
anm_cell_lens_get_keep (const AnmCellLens *self,
                        const char **path)
{
  const AnmCellReading *reading = self->reading;

  *path = NULL;
  if (reading == NULL || reading->skipped)
    return NAN;
  for (guint p = reading->n_previous; p > 0; p--)
    {
      const char *previous = reading->previous[p - 1].symbol, *operand = previous;
      const AnmCellEquation *faded = anm_cell_lens_find_equation (self, "h^");
      double keep = 1;

      if (faded != NULL && faded->n_terms == 1 && g_strcmp0 (faded->terms[0].operand, previous) == 0)
        {
          keep = faded->terms[0].factor;
          operand = "h^";
        }
      for (guint e = 0; e < reading->n_equations; e++)
        {
          const AnmCellEquation *equation = &reading->equations[e];

          /* "c" of "c'" */
          if (strncmp (equation->symbol, previous, strlen (previous) - 1) != 0 || strlen (equation->symbol) != strlen (previous) - 1
              || !anm_cell_equation_is_product (equation))
            continue;
          for (guint k = 0; k < equation->n_terms; k++)
            if (g_strcmp0 (equation->terms[k].operand, operand) == 0)
              {
                *path = equation->terms[k].times;
                return keep * equation->terms[k].factor;
              }
        }
    }
  return NAN;
}
