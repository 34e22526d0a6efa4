/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/cell-private.h"

#include "engine/network-private.h"

#include <glib/gi18n-lib.h>

static void
clear_symbol (gpointer data)
{
  g_free (((CellSymbol *) data)->name);
}

/* The equation's term with a recurrent matrix, also within a normalised one, of which it is a block; or FALSE. */
static gboolean
find_recurrent (const AnmCell *self, const CellEquation *equation, CellTerm *found)
{
  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (self, k);

      if (term->kind == CELL_TERM_MATRIX && self->layer->parameters[term->parameter].kind == ANM_PARAMETER_RECURRENT_KERNEL)
        {
          *found = *term;
          return TRUE;
        }
      if (term->kind == CELL_TERM_SCALED && find_recurrent (self, _cell_get_normalized (self, term), found))
        {
          found->column += term->operand_offset;
          return TRUE;
        }
    }
  return FALSE;
}

static void
find_gates (AnmCell *self)
{
  CellTerm term;

  self->gates = g_ptr_array_new ();
  for (guint e = 0; e < self->equations->len; e++)
    {
      const CellEquation *equation = _cell_equation (self, e);

      if (!equation->normalizes && find_recurrent (self, equation, &term))
        g_ptr_array_add (self->gates, _cell_symbol (self, equation->symbol)->name);
    }
  g_ptr_array_add (self->gates, NULL);
}

/* The layer, or its half, that has a cell, or NULL with the reason. */
static const AnmLayer *
find_cell (const AnmNetwork *network, guint index, AnmDirection direction, GError **error)
{
  const AnmLayer *layer = network->layers[index];
  const char *type = layer->klass->type;

  if (layer->klass->get_half != NULL)
    layer = layer->klass->get_half (layer);
  else if (direction == ANM_DIRECTION_BACKWARDS && layer->klass->describe_cell != NULL)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("Layer %u (%s) reads forwards only: it has no half that reads backwards."), index + 1, type);
      return NULL;
    }
  if (layer->klass->describe_cell != NULL)
    return layer;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("Layer %u (%s) isn't recurrent: it has no cell to look into. Choose one that is, such as lstm or gru."), index + 1, type);
  return NULL;
}

/**
 * anm_cell_new:
 * @layer: its number in the network, from 0
 *
 * Returns: (transfer full) (nullable): the cell, which keeps the network alive;
 *   %NULL with %ANM_ENGINE_ERROR_NETWORK if the layer isn't recurrent or doesn't read in
 *   this direction
 */
AnmCell *
anm_cell_new (AnmNetwork *network, guint layer, AnmDirection direction, GError **error)
{
  const AnmLayer *found;
  AnmCell *self;

  g_return_val_if_fail (layer < anm_network_get_n_layers (network), NULL);

  found = find_cell (network, layer, direction, error);
  if (found == NULL)
    return NULL;
  self = g_new0 (AnmCell, 1);
  self->network = anm_network_ref (network);
  self->index = layer;
  self->layer = found;
  self->direction = direction;
  self->offset = network->offsets[layer] + (direction == ANM_DIRECTION_BACKWARDS ? found->n_reals : 0);
  self->arrow = found == network->layers[layer] ? "" : direction == ANM_DIRECTION_BACKWARDS ? "←" : "→";
  self->symbols = g_array_new (FALSE, TRUE, sizeof (CellSymbol));
  g_array_set_clear_func (self->symbols, clear_symbol);
  self->equations = g_array_new (FALSE, TRUE, sizeof (CellEquation));
  self->terms = g_array_new (FALSE, TRUE, sizeof (CellTerm));
  self->keep = CELL_NOTHING;
  _anm_cell_add_input (self, "x", self->layer->n_inputs);
  self->layer->klass->describe_cell (self->layer, self);
  for (guint p = 0; p < self->n_states; p++)
    self->states[p] = _cell_find_symbol (self, self->state_names[p]);
  find_gates (self);
  return self;
}

void
anm_cell_free (AnmCell *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->symbols);
  g_array_unref (self->equations);
  g_array_unref (self->terms);
  g_ptr_array_unref (self->gates);
  for (guint p = 0; p < self->n_states; p++)
    g_free (self->state_names[p]);
  anm_network_unref (self->network);
  g_free (self);
}

void
anm_cell_set_parameters (AnmCell *self, const anm_real *parameters)
{
  self->parameters = parameters + self->offset;
}

guint
anm_cell_get_n_units (const AnmCell *self)
{
  return self->layer->n_units;
}

gboolean
anm_cell_has_keep (const AnmCell *self)
{
  return self->keep != CELL_NOTHING;
}

const char *const *
anm_cell_get_recurrent_gates (AnmCell *self)
{
  return (const char *const *) self->gates->pdata;
}

gboolean
anm_cell_get_recurrent_matrix (AnmCell *self, const char *gate, double *matrix)
{
  gsize n = self->layer->n_units;

  g_return_val_if_fail (self->parameters != NULL, FALSE);

  for (guint e = 0; e < self->equations->len; e++)
    {
      const CellEquation *equation = _cell_equation (self, e);
      CellTerm term;

      if (!g_str_equal (_cell_symbol (self, equation->symbol)->name, gate) || !find_recurrent (self, equation, &term))
        continue;
      for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < n; j++)
          matrix[i * n + j] = (double) _cell_weights (self, &term, i)[j];
      return TRUE;
    }
  return FALSE;
}

const char *
anm_cell_function_to_string (AnmCellFunction function)
{
  static const char *const names[] = {
    [ANM_CELL_LINEAR] = "linear",
    [ANM_CELL_SIGMOID] = "sigmoid",
    [ANM_CELL_TANH] = "tanh",
    [ANM_CELL_RELU] = "relu",
    [ANM_CELL_DECAY] = "decay",
  };

  return names[function];
}

AnmCellFunction
_anm_cell_function (AnmActivation activation)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      return ANM_CELL_RELU;
    case ANM_ACTIVATION_TANH:
      return ANM_CELL_TANH;
    case ANM_ACTIVATION_SIGMOID:
      return ANM_CELL_SIGMOID;
    case ANM_ACTIVATION_LINEAR:
      return ANM_CELL_LINEAR;
    case ANM_ACTIVATION_SOFTMAX:
    default:
      g_assert_not_reached ();
    }
}

/* Telling the equations */

const char *
_anm_cell_get_label (const AnmLayer *layer, const char *symbol)
{
  for (guint k = 0; k < layer->klass->n_traces; k++)
    if (g_str_equal (layer->klass->traces[k].symbol, symbol))
      return layer->klass->traces[k].label;
  g_assert_not_reached ();
}

static guint
add_symbol (AnmCell *self, const char *name, CellSymbolKind kind, guint width, guint index)
{
  CellSymbol symbol = { g_strdup (name), kind, width, index };

  g_array_append_val (self->symbols, symbol);
  return self->symbols->len - 1;
}

guint
_cell_find_symbol (const AnmCell *self, const char *name)
{
  for (guint i = 0; i < self->symbols->len; i++)
    if (g_str_equal (_cell_symbol (self, i)->name, name))
      return i;
  g_error ("a cell speaks of %s before it tells what that is", name);
}

const CellEquation *
_cell_get_normalized (const AnmCell *self, const CellTerm *term)
{
  return _cell_equation (self, _cell_symbol (self, term->operand)->index);
}

void
_anm_cell_add_input (AnmCell *self, const char *symbol, guint width)
{
  add_symbol (self, symbol, CELL_INPUT, width, 0);
}

void
_anm_cell_add_state (AnmCell *self, const char *symbol)
{
  g_autofree char *before = g_strconcat (symbol, "'", NULL);

  g_assert (self->n_states < G_N_ELEMENTS (self->states));
  self->previous[self->n_states] = add_symbol (self, before, CELL_PREVIOUS, self->layer->n_units, self->n_states);
  self->state_names[self->n_states] = g_strdup (symbol);
  self->n_states++;
}

void
_anm_cell_begin_normalized (AnmCell *self, const char *symbol, guint width)
{
  CellEquation equation = {
    .symbol = add_symbol (self, symbol, CELL_EQUATION, width, self->equations->len),
    .function = ANM_CELL_LINEAR,
    .normalizes = TRUE,
    .first_term = self->terms->len,
  };

  g_array_append_val (self->equations, equation);
}

void
_anm_cell_begin (AnmCell *self, const char *symbol, const char *label, const char *summary, AnmCellFunction function)
{
  CellEquation equation = {
    .symbol = add_symbol (self, symbol, CELL_EQUATION, self->layer->n_units, self->equations->len),
    .label = label,
    .summary = summary,
    .function = function,
    .first_term = self->terms->len,
  };

  g_array_append_val (self->equations, equation);
}

static void
add_term (AnmCell *self, const CellTerm *term)
{
  g_array_append_val (self->terms, *term);
  _cell_equation (self, self->equations->len - 1)->n_terms++;
}

/* Columns of the equation that was begun last. */
static gsize
get_column (const AnmCell *self, guint block)
{
  return (gsize) block * _cell_symbol (self, _cell_equation (self, self->equations->len - 1)->symbol)->width;
}

void
_anm_cell_add_matrix (AnmCell *self, guint parameter, guint block, const char *operand)
{
  add_term (self, &(CellTerm){
    .kind = CELL_TERM_MATRIX,
    .parameter = parameter,
    .column = get_column (self, block),
    .operand = _cell_find_symbol (self, operand),
    .times = CELL_NOTHING,
  });
}

void
_anm_cell_add_scaled (AnmCell *self, guint parameter, guint block, const char *operand, guint operand_block)
{
  add_term (self, &(CellTerm){
    .kind = CELL_TERM_SCALED,
    .parameter = parameter,
    .column = get_column (self, block),
    .operand = _cell_find_symbol (self, operand),
    .operand_offset = get_column (self, operand_block),
    .times = CELL_NOTHING,
  });
}

void
_anm_cell_add_bias (AnmCell *self, guint parameter, guint block)
{
  add_term (self, &(CellTerm){
    .kind = CELL_TERM_BIAS,
    .parameter = parameter,
    .column = get_column (self, block),
    .operand = CELL_NOTHING,
    .times = CELL_NOTHING,
  });
}

void
_anm_cell_add_product (AnmCell *self, const char *times, const char *operand)
{
  add_term (self, &(CellTerm){ .kind = CELL_TERM_PRODUCT, .operand = _cell_find_symbol (self, operand), .times = CELL_NOTHING });
  if (times != NULL)
    _anm_cell_times (self, times);
}

/* "1-z" is z with @complement. */
static guint
find_factor (const AnmCell *self, const char *symbol, gboolean *complement)
{
  *complement = g_str_has_prefix (symbol, "1-");
  return _cell_find_symbol (self, *complement ? symbol + 2 : symbol);
}

void
_anm_cell_times (AnmCell *self, const char *symbol)
{
  CellTerm *term = _cell_term (self, self->terms->len - 1);

  term->times = find_factor (self, symbol, &term->complement);
  term->times_text = symbol;
}

void
_anm_cell_set_keep (AnmCell *self, const char *symbol)
{
  self->keep = find_factor (self, symbol, &self->keep_complement);
}
