/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alterations as edits of the parameter vector. Nothing here touches a kernel: a clamped gate is a bias
 * without weights, which every kernel computes as it computes any other.
 */
#include "engine/alteration.h"

#include "engine/cell-private.h"
#include "engine/network-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Sums at which the functions have reached their ends in float and double. */
#define FAR_SIGMOID 100.0
#define FAR_TANH 20.0
#define FAR_DECAY 100.0

/* Gates */

/* The equation's sum is made of the layer's own weights, with a bias that nothing is multiplied with: then it can be held. */
static const CellTerm *
find_bias (const AnmCell *cell, const CellEquation *equation)
{
  const CellTerm *bias = NULL;

  if (equation->normalizes)
    return NULL;
  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (cell, k);

      if (term->kind == CELL_TERM_PRODUCT)
        return NULL;
      if (term->kind == CELL_TERM_BIAS && term->times == CELL_NOTHING && bias == NULL)
        bias = term;
    }
  return bias;
}

static const CellEquation *
find_clampable (const AnmCell *cell, const char *symbol)
{
  for (guint e = 0; e < cell->equations->len; e++)
    {
      const CellEquation *equation = _cell_equation (cell, e);

      if (g_str_equal (_cell_symbol (cell, equation->symbol)->name, symbol) && find_bias (cell, equation) != NULL)
        return equation;
    }
  return NULL;
}

static void
get_range (AnmCellFunction function, double *minimum, double *maximum)
{
  *minimum = function == ANM_CELL_LINEAR ? -(double) INFINITY : function == ANM_CELL_TANH ? -1.0 : 0.0;
  *maximum = function == ANM_CELL_LINEAR || function == ANM_CELL_RELU ? (double) INFINITY : 1.0;
}

/* The sum at which @function gives @value, which is within its range. */
static double
invert (AnmCellFunction function, double value)
{
  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return CLAMP (log (value) - log1p (-value), -FAR_SIGMOID, FAR_SIGMOID);
    case ANM_CELL_TANH:
      return CLAMP (atanh (value), -FAR_TANH, FAR_TANH);
    case ANM_CELL_DECAY:
      return MIN (-log (value), FAR_DECAY);
    case ANM_CELL_LINEAR:
    case ANM_CELL_RELU:
    default:
      return value;
    }
}

static void
hold (const AnmCell *cell, const CellEquation *equation, guint unit, double value, anm_real *parameters)
{
  const CellTerm *bias = find_bias (cell, equation);

  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (cell, k);
      const AnmParameterSlice *slice = &cell->layer->parameters[term->parameter];
      anm_real *weights = parameters + cell->offset + slice->offset + term->column + unit;

      if (term == bias)
        *weights = (anm_real) invert (equation->function, value);
      else
        for (gsize row = 0; row < slice->n_rows; row++)
          weights[row * slice->n_columns] = 0;
    }
}

static gboolean
clamp_gate (const AnmAlteration *self, AnmNetwork *network, anm_real *parameters, GError **error)
{
  g_autoptr (AnmCell) cell = anm_cell_new (network, self->layer, self->direction, error);
  const CellEquation *equation;
  double minimum, maximum;

  if (cell == NULL)
    return FALSE;
  equation = find_clampable (cell, self->symbol);
  if (equation == NULL)
    {
      g_auto (GStrv) gates = anm_alteration_list_gates (network, self->layer, self->direction);
      g_autofree char *known = g_strjoinv (", ", gates);

      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("%s has no “%s” that can be held. It has %s."), anm_network_get_layer_name (network, self->layer), self->symbol, known);
      return FALSE;
    }
  if (self->unit >= cell->layer->n_units)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("%s has no unit %u: it has %u."), anm_network_get_layer_name (network, self->layer), self->unit + 1, cell->layer->n_units);
      return FALSE;
    }
  get_range (equation->function, &minimum, &maximum);
  if (!isfinite (self->value) || self->value < minimum || self->value > maximum)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("“%s” can't be held at %g: it is the result of %s, from %g to %g."),
                   self->symbol, self->value, anm_cell_function_to_string (equation->function), minimum, maximum);
      return FALSE;
    }
  hold (cell, equation, self->unit, self->value, parameters);
  return TRUE;
}

char **
anm_alteration_list_gates (AnmNetwork *network, guint layer, AnmDirection direction)
{
  g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint e = 0; cell != NULL && e < cell->equations->len; e++)
    {
      const CellEquation *equation = _cell_equation (cell, e);

      if (find_bias (cell, equation) != NULL)
        g_strv_builder_add (builder, _cell_symbol (cell, equation->symbol)->name);
    }
  return g_strv_builder_end (builder);
}

void
anm_alteration_get_range (AnmNetwork *network, guint layer, AnmDirection direction, const char *symbol, double *minimum, double *maximum)
{
  g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, NULL);
  const CellEquation *equation = cell != NULL ? find_clampable (cell, symbol) : NULL;

  *minimum = *maximum = (double) NAN;
  if (equation != NULL)
    get_range (equation->function, minimum, maximum);
}

const char *
anm_alteration_get_gate_label (AnmNetwork *network, guint layer, AnmDirection direction, const char *symbol)
{
  g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, NULL);
  const CellEquation *equation = cell != NULL ? find_clampable (cell, symbol) : NULL;

  return equation != NULL ? equation->label : NULL;
}

/* Index in the network's table of the layer's (or its half's) parameter @index. */
static guint
find_parameter (const AnmNetwork *network, guint layer, AnmDirection direction, guint index)
{
  const AnmLayer *whole = network->layers[layer];
  guint p = 0;

  while (network->parameters[p].layer != layer)
    p++;
  if (direction == ANM_DIRECTION_BACKWARDS)
    p += whole->klass->get_half (whole)->n_parameters;
  return p + index;
}

static void
add_places (GArray *places, guint parameter, guint n_rows, gsize column, const char *operand)
{
  for (guint row = 0; row < n_rows; row++)
    g_array_append_val (places, ((AnmWeightPlace){ parameter, row, (guint) column, operand }));
}

static void
add_terms (const AnmCell *cell, const CellEquation *equation, gsize unit, const AnmNetwork *network, guint layer, GArray *places)
{
  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (cell, k);
      guint parameter;

      if (term->kind == CELL_TERM_PRODUCT)
        continue;
      parameter = find_parameter (network, layer, cell->direction, term->parameter);
      /* What is normalised first, then what scales it. */
      if (term->kind == CELL_TERM_SCALED)
        add_terms (cell, _cell_get_normalized (cell, term), unit + term->operand_offset, network, layer, places);
      add_places (places, parameter, network->parameters[parameter].n_rows, term->column + unit,
                  term->kind == CELL_TERM_BIAS ? NULL : _cell_symbol (cell, term->operand)->name);
    }
}

GArray *
anm_alteration_list_weights (AnmNetwork *network, guint layer, AnmDirection direction, const char *symbol, guint unit)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (AnmWeightPlace));
  const AnmLayer *whole = network->layers[layer];

  if (symbol != NULL)
    {
      g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, NULL);
      const CellEquation *equation = cell != NULL ? find_clampable (cell, symbol) : NULL;

      if (equation != NULL && unit < cell->layer->n_units)
        add_terms (cell, equation, unit, network, layer, places);
      for (guint i = 0; i < places->len; i++)
        {
          AnmWeightPlace *place = &g_array_index (places, AnmWeightPlace, i);

          place->operand = g_intern_string (place->operand);
        }
      return places;
    }
  if (whole->klass->describe_cell != NULL || whole->klass->get_half != NULL || unit >= whole->n_units)
    return places;
  for (guint p = 0; p < whole->n_parameters; p++)
    if (whole->parameters[p].n_columns == whole->n_units)
      add_places (places, find_parameter (network, layer, direction, p), whole->parameters[p].n_rows, unit,
                  whole->parameters[p].kind == ANM_PARAMETER_BIAS ? NULL : "x");
  return places;
}

/* Units */

/* The last equation before the state that can be held at 0: with it the state is 0 at every step, since it begins there. */
static const CellEquation *
find_source (const AnmCell *cell)
{
  for (guint e = cell->equations->len; e-- > 0;)
    {
      const CellEquation *equation = _cell_equation (cell, e);

      if (find_bias (cell, equation) != NULL && equation->function != ANM_CELL_SIGMOID && equation->function != ANM_CELL_DECAY)
        return equation;
    }
  return NULL;
}

static gboolean
silence_recurrent (const AnmAlteration *self, AnmNetwork *network, AnmDirection direction, guint unit, anm_real *parameters, GError **error)
{
  g_autoptr (AnmCell) cell = anm_cell_new (network, self->layer, direction, error);
  const CellEquation *source;

  if (cell == NULL)
    return FALSE;
  source = find_source (cell);
  if (source == NULL)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("Units of %s can't be silenced: its activation, sigmoid, is never 0. Change the weights that lead out of the unit instead."),
                   anm_network_get_layer_name (network, self->layer));
      return FALSE;
    }
  hold (cell, source, unit, 0.0, parameters);
  return TRUE;
}

/* Units of both halves stand side by side, or (merged) behind one another. */
static gboolean
silence_bidirectional (const AnmAlteration *self, AnmNetwork *network, anm_real *parameters, GError **error)
{
  const AnmLayer *layer = network->layers[self->layer];
  guint n_half = layer->klass->get_half (layer)->n_units;

  if (layer->n_units == 2 * n_half)
    return silence_recurrent (self, network, self->unit < n_half ? ANM_DIRECTION_FORWARDS : ANM_DIRECTION_BACKWARDS,
                              self->unit % n_half, parameters, error);
  return silence_recurrent (self, network, ANM_DIRECTION_FORWARDS, self->unit, parameters, error) &&
         silence_recurrent (self, network, ANM_DIRECTION_BACKWARDS, self->unit, parameters, error);
}

/* What gives f (W x + b) alone is silent without weights where f (0) = 0. */
static gboolean
silence_plain (const AnmAlteration *self, AnmNetwork *network, anm_real *parameters, GError **error)
{
  static const char *const types[] = { "dense", "conv1d", "embedding", "layer_norm", NULL };
  const AnmLayer *layer = network->layers[self->layer];
  AnmActivation activation = layer->klass->get_activation != NULL ? layer->klass->get_activation (layer) : ANM_ACTIVATION_LINEAR;
  const char *name = anm_network_get_layer_name (network, self->layer);

  if (!g_strv_contains (types, layer->klass->type))
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("%s has no weights of single units to silence."), name);
      return FALSE;
    }
  if (activation == ANM_ACTIVATION_SIGMOID || activation == ANM_ACTIVATION_SOFTMAX)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("Units of %s can't be silenced: its activation is never 0. Change the weights that lead to the unit instead."), name);
      return FALSE;
    }
  for (guint p = 0; p < layer->n_parameters; p++)
    {
      const AnmParameterSlice *slice = &layer->parameters[p];

      g_assert (slice->n_columns == layer->n_units);
      for (gsize row = 0; row < slice->n_rows; row++)
        parameters[network->offsets[self->layer] + slice->offset + row * slice->n_columns + self->unit] = 0;
    }
  return TRUE;
}

static gboolean
silence (const AnmAlteration *self, AnmNetwork *network, anm_real *parameters, GError **error)
{
  const AnmLayer *layer = network->layers[self->layer];

  if (self->unit >= layer->n_units)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("%s has no unit %u: it has %u."), anm_network_get_layer_name (network, self->layer), self->unit + 1, layer->n_units);
      return FALSE;
    }
  if (layer->klass->get_half != NULL)
    return silence_bidirectional (self, network, parameters, error);
  if (layer->klass->describe_cell != NULL)
    return silence_recurrent (self, network, ANM_DIRECTION_FORWARDS, self->unit, parameters, error);
  return silence_plain (self, network, parameters, error);
}

/* Weights */

static gboolean
set_weight (const AnmAlteration *self, const AnmNetwork *network, anm_real *parameters, GError **error)
{
  const AnmParameter *parameter;

  g_return_val_if_fail (self->parameter < network->n_parameters, FALSE);

  parameter = &network->parameters[self->parameter];
  if (self->row >= parameter->n_rows || self->column >= parameter->n_columns)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("%s has no weight [%u, %u]: it has %u rows and %u columns."),
                   parameter->name, self->row + 1, self->column + 1, parameter->n_rows, parameter->n_columns);
      return FALSE;
    }
  if (!isfinite (self->value))
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("A weight must be a number; %g isn't one."), self->value);
      return FALSE;
    }
  parameters[parameter->offset + (gsize) self->row * parameter->n_columns + self->column] = (anm_real) self->value;
  return TRUE;
}

gboolean
anm_alteration_apply (const AnmAlteration *self, AnmNetwork *network, anm_real *parameters, GError **error)
{
  g_return_val_if_fail (self->layer < network->n_layers, FALSE);

  switch (self->kind)
    {
    case ANM_ALTERATION_WEIGHT:
      return set_weight (self, network, parameters, error);
    case ANM_ALTERATION_GATE:
      return clamp_gate (self, network, parameters, error);
    case ANM_ALTERATION_UNIT:
    default:
      return silence (self, network, parameters, error);
    }
}

gboolean
anm_alterations_apply (const AnmAlteration *alterations, gsize n_alterations, AnmNetwork *network, anm_real *parameters, GError **error)
{
  for (gsize i = 0; i < n_alterations; i++)
    if (!anm_alteration_apply (&alterations[i], network, parameters, error))
      return FALSE;
  return TRUE;
}

gboolean
anm_alteration_is_of_same (const AnmAlteration *self, const AnmAlteration *other)
{
  if (self->kind != other->kind || self->layer != other->layer)
    return FALSE;
  switch (self->kind)
    {
    case ANM_ALTERATION_WEIGHT:
      return self->parameter == other->parameter && self->row == other->row && self->column == other->column;
    case ANM_ALTERATION_GATE:
      return self->unit == other->unit && self->direction == other->direction && g_str_equal (self->symbol, other->symbol);
    case ANM_ALTERATION_UNIT:
    default:
      return self->unit == other->unit;
    }
}
