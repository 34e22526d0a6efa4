/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One unit of a cell at one step, told in full.
 *
 * The way back takes dL/d(state) of this step and of the next from the
 * network's own backward pass. Where a layer gives only its last state (and for
 * a part of the state that no other layer sees) all that comes back to an
 * earlier step comes from the next one, and is computed from there; else what
 * the layers above add is the difference.
 *
 * The check moves one number of this step up and down and computes this step and
 * the next anew. What it watches is L to first order in what these two steps
 * hand on: sum_j above_j h_tj + sum_parts sum_j outside_j s_{t+1,j}.
 */
#include "engine/cell-private.h"

#include <float.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* An error from here on may be the step's and not the gradient's, where curves are rough; then it is looked at again with
 * steps that are smaller and smaller. */
#define SUSPICIOUS 1e-8
#define SMALLER 0.1
#define N_SMALLER 2

/**
 * CellWalk:
 * @here, @next: the step that is told and the one after it, computed; @next %NULL at the last step
 * @moved, @moved_next: copies to move numbers in
 * @above: [units] what the layers above add to dL/dh
 * @outside: [part][units] dL/d(state) of the last step of the two as far as it comes from outside both
 */
typedef struct
{
  const AnmCell *cell;
  CellStep      *here;
  CellStep      *next;
  CellStep      *moved[2];
  CellStep      *moved_next[2];
  double        *above;
  double        *outside[2];
  gboolean       has_gradients;
} CellWalk;

static void
walk_clear (CellWalk *self)
{
  g_clear_pointer (&self->here, _cell_step_free);
  g_clear_pointer (&self->next, _cell_step_free);
  for (guint side = 0; side < 2; side++)
    {
      g_clear_pointer (&self->moved[side], _cell_step_free);
      g_clear_pointer (&self->moved_next[side], _cell_step_free);
    }
  g_free (self->above);
  g_free (self->outside[0]);
  g_free (self->outside[1]);
}

/* Preparing */

/* dL/d(a part of the state) at step @t as the network had it, or NULL. */
static double *
get_total (const AnmCell *cell, const AnmLayerTraces *traces, guint part, guint t)
{
  const AnmTrace *trace = _cell_find_trace (cell, traces, "dL/d", cell->state_names[part]);
  guint n = cell->layer->n_units;
  double *total;

  if (trace == NULL || trace->n_units != n)
    return NULL;
  total = g_new (double, n);
  for (guint j = 0; j < n; j++)
    total[j] = (double) trace->values[(gsize) t * n + j];
  return total;
}

static void
go_back_from_next (CellWalk *self, const AnmLayerTraces *traces, guint t)
{
  const AnmCell *cell = self->cell;
  double *totals[2] = { NULL };

  for (guint p = 0; p < cell->n_states; p++)
    totals[p] = get_total (cell, traces, p, t);
  _cell_step_backward (cell, self->next, (const double *const *) totals, self->outside);
  g_free (totals[0]);
  g_free (totals[1]);
}

/* Splits dL/dh of this step by where it comes from, and goes back through the step. */
static void
go_back (CellWalk *self, const AnmLayerTraces *traces, guint t)
{
  const AnmCell *cell = self->cell;
  guint n = cell->layer->n_units, next = _cell_get_next (cell, traces, t);
  g_autofree double *total = get_total (cell, traces, 0, t);
  double *outside[2] = { NULL };

  if (next != CELL_NOTHING)
    go_back_from_next (self, traces, next);
  for (guint p = 0; p < cell->n_states; p++)
    outside[p] = next != CELL_NOTHING ? g_memdup2 (self->next->gradients[cell->previous[p]], n * sizeof (double)) : g_new0 (double, n);
  if (cell->layer->gives_sequences || next == CELL_NOTHING)
    for (guint j = 0; j < n; j++)
      {
        self->above[j] = total[j] - outside[0][j];
        outside[0][j] = total[j];
      }
  _cell_step_backward (cell, self->here, (const double *const[2]){ NULL, NULL }, outside);
  g_free (outside[0]);
  g_free (outside[1]);
}

static gboolean
prepare (CellWalk *self, const AnmCell *cell, const AnmLayerTraces *traces, guint t, GError **error)
{
  guint n = cell->layer->n_units, next = _cell_get_next (cell, traces, t);
  g_autofree double *total = get_total (cell, traces, 0, t);

  self->cell = cell;
  self->here = _cell_step_new (cell);
  for (guint side = 0; side < 2; side++)
    {
      self->moved[side] = _cell_step_new (cell);
      self->moved_next[side] = next != CELL_NOTHING ? _cell_step_new (cell) : NULL;
    }
  self->above = g_new0 (double, n);
  for (guint p = 0; p < cell->n_states; p++)
    self->outside[p] = g_new0 (double, n);
  if (!_cell_step_load (cell, self->here, traces, t, error))
    return FALSE;
  _cell_step_forward (cell, self->here);
  self->has_gradients = total != NULL;
  if (!self->has_gradients)
    return TRUE;

  if (next != CELL_NOTHING)
    {
      self->next = _cell_step_new (cell);
      if (!_cell_step_load (cell, self->next, traces, next, error))
        return FALSE;
      /* From what this step computes and not from the trace, or the two would not be one function. */
      _cell_step_forward (cell, self->next);
      _cell_step_forward_after (cell, self->next, self->here);
    }
  go_back (self, traces, t);
  return TRUE;
}

/* The check */

/* Computes one of the two ends of a difference; returns the last step computed. */
static const CellStep *
move (CellWalk *self, guint side, const CellNudge *nudge)
{
  _cell_step_copy (self->moved[side], self->here);
  _cell_step_forward_nudged (self->cell, self->moved[side], nudge);
  if (self->next == NULL)
    return self->moved[side];
  _cell_step_copy (self->moved_next[side], self->next);
  _cell_step_forward_after (self->cell, self->moved_next[side], self->moved[side]);
  return self->moved_next[side];
}

/* L with one number moved up by @step, minus L with it moved down. Differences of the state are taken first: most of
 * it hasn't moved, and leaves no rounding behind. */
static double
get_difference (CellWalk *self, guint symbol, guint unit, gboolean sum, double step)
{
  const AnmCell *cell = self->cell;
  const CellStep *up = move (self, 0, &(CellNudge){ symbol, unit, sum, step });
  const CellStep *down = move (self, 1, &(CellNudge){ symbol, unit, sum, -step });
  const double *h_up = _cell_step_get_state (cell, self->moved[0], 0), *h_down = _cell_step_get_state (cell, self->moved[1], 0);
  double difference = 0.0;

  for (guint j = 0; j < cell->layer->n_units; j++)
    difference += self->above[j] * (h_up[j] - h_down[j]);
  for (guint p = 0; p < cell->n_states && self->next != NULL; p++)
    {
      const double *s_up = _cell_step_get_state (cell, up, p), *s_down = _cell_step_get_state (cell, down, p);

      for (guint j = 0; j < cell->layer->n_units; j++)
        difference += self->outside[p][j] * (s_up[j] - s_down[j]);
    }
  return difference;
}

/* Of fourth order: what two points leave in the last digits would hide a small gradient. */
static void
check_with_step (CellWalk *self, guint symbol, guint unit, gboolean sum, double step, AnmCellGradient *gradient)
{
  double size;

  gradient->step = step;
  gradient->difference = (8.0 * get_difference (self, symbol, unit, sum, step) - get_difference (self, symbol, unit, sum, 2.0 * step)) / (12.0 * step);
  size = fabs (gradient->value) + fabs (gradient->difference);
  gradient->relative_error = size == 0.0 ? 0.0 : fabs (gradient->value - gradient->difference) / size;
}

/* Kinks, or the sharp curves of small sums that are divided by their own deviation. */
static gboolean
is_rough (const AnmCell *cell)
{
  for (guint e = 0; e < cell->equations->len; e++)
    {
      const CellEquation *equation = _cell_equation (cell, e);

      if (equation->normalizes || equation->function == ANM_CELL_RELU || equation->function == ANM_CELL_DECAY)
        return TRUE;
    }
  return FALSE;
}

/* A difference across a kink is that of neither side; a smaller step may stay on this one. */
static void
check (CellWalk *self, guint symbol, guint unit, gboolean sum, double at, AnmCellGradient *gradient)
{
  double step = pow (DBL_EPSILON, 0.2) * fmax (1.0, fabs (at));

  check_with_step (self, symbol, unit, sum, step, gradient);
  for (guint k = 0; k < N_SMALLER && gradient->relative_error > SUSPICIOUS && is_rough (self->cell); k++)
    {
      AnmCellGradient closer = *gradient;

      step *= SMALLER;
      check_with_step (self, symbol, unit, sum, step, &closer);
      if (closer.relative_error < gradient->relative_error)
        *gradient = closer;
    }
}

/* Shares of a gradient */

static AnmCellShare *
add_share (GArray *shares, char *symbol)
{
  const AnmCellShare share = { .symbol = symbol, .slope = NAN, .gradient = NAN };

  g_array_append_val (shares, share);
  return &g_array_index (shares, AnmCellShare, shares->len - 1);
}

static void
add_slope (GArray *shares, const char *symbol, const char *suffix, double slope, double gradient)
{
  AnmCellShare *share = add_share (shares, g_strconcat (symbol, suffix, NULL));

  share->slope = slope;
  share->gradient = gradient;
  share->value = slope * gradient;
}

/* Through a product with a matrix: this unit has a weight in the sum of each of the equation's. */
static void
add_matrix (GArray *shares, const AnmCell *cell, const CellStep *step, guint e, const CellTerm *term, guint unit, const char *suffix)
{
  const CellSymbol *to = _cell_symbol (cell, _cell_equation (cell, e)->symbol);
  AnmCellShare *share = add_share (shares, g_strconcat (to->name, suffix, NULL));
  const anm_real *weights = _cell_weights (cell, term, unit);

  share->n_parts = to->width;
  share->parts = g_new (AnmCellPart, to->width);
  for (guint j = 0; j < to->width; j++)
    {
      double weight = (double) weights[j] * (term->times == CELL_NOTHING ? 1.0 : _cell_factor (term, step->values[term->times][j]));

      share->parts[j] = (AnmCellPart){ step->sum_gradients[e][j], weight, weight * step->sum_gradients[e][j] };
      share->value += share->parts[j].value;
    }
}

/* Every place in a step that uses the symbol. */
static void
add_uses (GArray *shares, const AnmCell *cell, const CellStep *step, guint symbol, guint unit, const char *suffix)
{
  for (guint e = 0; e < cell->equations->len && !step->skipped; e++)
    {
      const CellEquation *equation = _cell_equation (cell, e);
      const CellSymbol *to = _cell_symbol (cell, equation->symbol);

      for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
        {
          const CellTerm *term = _cell_term (cell, k);

          if (term->operand == symbol && term->kind == CELL_TERM_MATRIX)
            add_matrix (shares, cell, step, e, term, unit, suffix);
          else if (term->operand == symbol && equation->normalizes)
            add_slope (shares, to->name, suffix, 1.0, step->sum_gradients[e][unit]);
          else if (term->operand == symbol)
            add_slope (shares, to->name, suffix,
                       _cell_slope (equation->function, step->sums[e][unit])
                         * (term->times == CELL_NOTHING ? 1.0 : _cell_factor (term, step->values[term->times][unit])),
                       step->gradients[equation->symbol][unit]);
          if (term->times == symbol)
            add_slope (shares, to->name, suffix,
                       _cell_slope (equation->function, step->sums[e][unit]) * (term->complement ? -1.0 : 1.0) * step->terms[k][unit],
                       step->gradients[equation->symbol][unit]);
        }
    }
}

static void
take_shares (AnmCellGradient *gradient, GArray *shares)
{
  gradient->n_shares = shares->len;
  gradient->value = 0.0;
  for (guint k = 0; k < shares->len; k++)
    gradient->value += g_array_index (shares, AnmCellShare, k).value;
  gradient->shares = (AnmCellShare *) g_array_free (shares, FALSE);
}

/* dL/d(value) of an equation. */
static void
tell_gradient (CellWalk *self, guint symbol, guint unit, AnmCellGradient *gradient)
{
  const AnmCell *cell = self->cell;
  GArray *shares = g_array_new (FALSE, FALSE, sizeof (AnmCellShare));

  add_uses (shares, cell, self->here, symbol, unit, "");
  for (guint p = 0; p < cell->n_states; p++)
    if (cell->states[p] == symbol)
      {
        if (self->next != NULL && self->next->skipped)
          add_slope (shares, cell->state_names[p], " next", 1.0, self->next->gradients[cell->previous[p]][unit]);
        else if (self->next != NULL)
          add_uses (shares, cell, self->next, cell->previous[p], unit, " next");
        if (p == 0 && (cell->layer->gives_sequences || self->next == NULL))
          add_slope (shares, "above", "", 1.0, self->above[unit]);
      }
  take_shares (gradient, shares);
  check (self, symbol, unit, FALSE, self->here->values[symbol][unit], gradient);
}

static void
tell_sum_gradient (CellWalk *self, guint e, guint unit, const AnmCellGradient *of_value, double slope, AnmCellGradient *gradient)
{
  const CellEquation *equation = _cell_equation (self->cell, e);
  GArray *shares = g_array_new (FALSE, FALSE, sizeof (AnmCellShare));

  add_slope (shares, _cell_symbol (self->cell, equation->symbol)->name, "", slope, of_value->value);
  take_shares (gradient, shares);
  check (self, equation->symbol, unit, TRUE, self->here->sums[e][unit], gradient);
}

/* Forwards */

static const char *
get_letter (const AnmCell *cell, const CellTerm *term)
{
  const AnmParameterSlice *slice = &cell->layer->parameters[term->parameter];

  if (slice->kind == ANM_PARAMETER_RECURRENT_KERNEL)
    return "U";
  if (slice->kind == ANM_PARAMETER_BIAS)
    return "b";
  if (slice->kind == ANM_PARAMETER_RECURRENT_BIAS)
    return "b'";
  return g_str_equal (slice->name, "mask_kernel") ? "V" : "W";
}

static char *
name_term (const AnmCell *cell, const char *equation, const CellTerm *term)
{
  const char *operand = term->operand == CELL_NOTHING ? NULL : _cell_symbol (cell, term->operand)->name;

  switch (term->kind)
    {
    case CELL_TERM_MATRIX:
      return g_strdup_printf ("%s_%s %s", get_letter (cell, term), equation, operand);
    case CELL_TERM_BIAS:
      return g_strdup_printf ("%s_%s", get_letter (cell, term), equation);
    case CELL_TERM_PRODUCT:
    case CELL_TERM_SCALED:
    default:
      return term->times == CELL_NOTHING ? g_strdup (operand) : g_strdup_printf ("%s %s", term->times_text, operand);
    }
}

/* Adds what there is to tell of all parts. */
static void
add_parts (AnmCellTerm *told)
{
  for (guint k = 0; k < told->n_parts; k++)
    {
      AnmCellPart *part = &told->parts[k];

      /* Without the sign of a zero. */
      part->value = told->factor * part->weight * part->input + 0.0;
      told->value += part->value;
    }
}

static void
tell_term (const CellWalk *self, const char *equation, const CellTerm *term, guint unit, AnmCellTerm *told)
{
  const AnmCell *cell = self->cell;
  double *const *values = self->here->values;

  told->symbol = name_term (cell, equation, term);
  told->operand = term->operand == CELL_NOTHING ? NULL : _cell_symbol (cell, term->operand)->name;
  told->times = term->times_text;
  told->factor = term->times == CELL_NOTHING ? 1.0 : _cell_factor (term, values[term->times][unit]);
  told->n_parts = term->kind == CELL_TERM_MATRIX ? _cell_symbol (cell, term->operand)->width : 1;
  told->parts = g_new (AnmCellPart, told->n_parts);
  for (guint k = 0; k < told->n_parts; k++)
    {
      AnmCellPart *part = &told->parts[k];

      part->input = term->kind == CELL_TERM_BIAS ? 1.0 : values[term->operand][term->kind == CELL_TERM_MATRIX ? k : unit];
      part->weight = term->kind == CELL_TERM_PRODUCT ? 1.0 : (double) _cell_weights (cell, term, k)[unit];
    }
  add_parts (told);
}

/* What number @k of a term's operand weighs in sum @column of a normalised equation of @width sums: its weight there,
 * less the mean of its weights in all of them. */
static double
get_centred_weight (const AnmCell *cell, const CellTerm *term, guint k, gsize column, guint width)
{
  const anm_real *weights;
  double sum = 0.0;

  if (term->kind == CELL_TERM_PRODUCT)
    return (k == column) - 1.0 / width;
  weights = _cell_weights (cell, term, k);
  for (guint j = 0; j < width; j++)
    sum += (double) weights[j];
  return (double) weights[column] - sum / width;
}

/* A scaled term stands for those of the normalised equation: given the deviation, each of their numbers
 * has a weight in it. */
static void
tell_normalized_term (const CellWalk *self, const char *equation, const CellTerm *term, const CellTerm *inner, guint unit, AnmCellTerm *told)
{
  const AnmCell *cell = self->cell;
  const CellEquation *normalized = _cell_get_normalized (cell, term);
  guint width = _cell_symbol (cell, normalized->symbol)->width;
  gsize column = term->operand_offset + unit;
  double scale = (double) _cell_weights (cell, term, 0)[unit] * _cell_get_inverse (cell, self->here, normalized);
  g_autofree char *name = name_term (cell, equation, inner);

  told->symbol = g_strdup_printf ("LN (%s)", name);
  told->operand = _cell_symbol (cell, inner->operand)->name;
  told->times = term->times_text;
  told->factor = term->times == CELL_NOTHING ? 1.0 : _cell_factor (term, self->here->values[term->times][unit]);
  told->n_parts = _cell_symbol (cell, inner->operand)->width;
  told->parts = g_new (AnmCellPart, told->n_parts);
  for (guint k = 0; k < told->n_parts; k++)
    {
      told->parts[k].input = self->here->values[inner->operand][k];
      told->parts[k].weight = scale * get_centred_weight (cell, inner, k, column, width);
    }
  add_parts (told);
}

static void
tell_terms (const CellWalk *self, const CellEquation *equation, guint unit, AnmCellEquation *told)
{
  const AnmCell *cell = self->cell;
  guint n = 0;

  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    told->n_terms += _cell_term (cell, k)->kind == CELL_TERM_SCALED ? _cell_get_normalized (cell, _cell_term (cell, k))->n_terms : 1;
  told->terms = g_new0 (AnmCellTerm, told->n_terms);
  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (cell, k);
      const CellEquation *normalized;

      if (term->kind != CELL_TERM_SCALED)
        {
          tell_term (self, told->symbol, term, unit, &told->terms[n++]);
          continue;
        }
      normalized = _cell_get_normalized (cell, term);
      for (guint i = 0; i < normalized->n_terms; i++)
        tell_normalized_term (self, told->symbol, term, _cell_term (cell, normalized->first_term + i), unit, &told->terms[n++]);
    }
  for (guint k = 0; k < told->n_terms; k++)
    for (guint i = 0; i < told->terms[k].n_parts; i++)
      told->sum += told->terms[k].parts[i].value;
}

static double
get_traced (const AnmCell *cell, const AnmLayerTraces *traces, const char *symbol, guint t, guint unit)
{
  const AnmTrace *trace = _cell_find_trace (cell, traces, "", symbol);

  return trace == NULL || unit >= trace->n_units ? (double) NAN : (double) trace->values[(gsize) t * trace->n_units + unit];
}

static const AnmCellGradient no_gradient = { .value = NAN, .difference = NAN, .relative_error = NAN, .step = NAN };

static void
tell_equation (CellWalk *self, const AnmLayerTraces *traces, guint t, guint e, guint unit, AnmCellEquation *told)
{
  const AnmCell *cell = self->cell;
  const CellEquation *equation = _cell_equation (cell, e);

  told->symbol = _cell_symbol (cell, equation->symbol)->name;
  told->label = equation->label;
  told->summary = equation->summary;
  told->function = equation->function;
  tell_terms (self, equation, unit, told);
  told->value = _cell_bend (equation->function, told->sum);
  told->slope = _cell_slope (equation->function, told->sum);
  told->traced = get_traced (cell, traces, told->symbol, t, unit);
  told->gradient = told->sum_gradient = no_gradient;
  if (!self->has_gradients)
    return;
  tell_gradient (self, equation->symbol, unit, &told->gradient);
  tell_sum_gradient (self, e, unit, &told->gradient, told->slope, &told->sum_gradient);
}

static void
tell_previous (CellWalk *self, guint part, guint unit, AnmCellPrevious *told)
{
  const AnmCell *cell = self->cell;
  guint symbol = cell->previous[part];
  GArray *shares;

  told->symbol = _cell_symbol (cell, symbol)->name;
  told->value = self->here->values[symbol][unit];
  told->gradient = no_gradient;
  if (!self->has_gradients)
    return;
  shares = g_array_new (FALSE, FALSE, sizeof (AnmCellShare));
  if (self->here->skipped)
    add_slope (shares, cell->state_names[part], "", 1.0, self->here->gradients[symbol][unit]);
  else
    add_uses (shares, cell, self->here, symbol, unit, "");
  take_shares (&told->gradient, shares);
  check (self, symbol, unit, FALSE, told->value, &told->gradient);
}

/**
 * anm_cell_read:
 * @traces: of the cell's layer, from a probe or copied from one
 * @step, @unit: from 0
 *
 * Tells the equations of one unit at one step with all their numbers. Without
 * gradients in @traces the way back is NaN. Weights that aren't finite give
 * numbers that aren't.
 *
 * Returns: (transfer full) (nullable): the reading, whose symbols belong to the
 *   cell; %NULL with %ANM_ENGINE_ERROR_DATA if there is no such step or unit
 */
AnmCellReading *
anm_cell_read (AnmCell *self, const AnmLayerTraces *traces, guint step, guint unit, GError **error)
{
  CellWalk walk = { 0 };
  AnmCellReading *reading;

  g_return_val_if_fail (self->parameters != NULL, NULL);

  if (step >= traces->n_steps || unit >= self->layer->n_units)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                   _("Layer %u has %u units and the record %u steps: there is no unit %u at step %u."),
                   self->index + 1, self->layer->n_units, traces->n_steps, unit + 1, step + 1);
      return NULL;
    }
  if (!prepare (&walk, self, traces, step, error))
    {
      walk_clear (&walk);
      return NULL;
    }

  reading = g_new0 (AnmCellReading, 1);
  reading->layer = self->index;
  reading->direction = self->direction;
  reading->unit = unit;
  reading->step = step;
  reading->skipped = walk.here->skipped;
  reading->has_gradients = walk.has_gradients;
  reading->equations = g_new0 (AnmCellEquation, self->equations->len);
  for (guint e = 0; e < self->equations->len && !walk.here->skipped; e++)
    if (!_cell_equation (self, e)->normalizes)
      tell_equation (&walk, traces, step, e, unit, &reading->equations[reading->n_equations++]);
  reading->n_previous = self->n_states;
  reading->previous = g_new0 (AnmCellPrevious, self->n_states);
  for (guint p = 0; p < self->n_states; p++)
    tell_previous (&walk, p, unit, &reading->previous[p]);
  walk_clear (&walk);
  return reading;
}

static void
clear_gradient (AnmCellGradient *gradient)
{
  for (guint k = 0; k < gradient->n_shares; k++)
    {
      g_free (gradient->shares[k].symbol);
      g_free (gradient->shares[k].parts);
    }
  g_free (gradient->shares);
}

void
anm_cell_reading_free (AnmCellReading *self)
{
  for (guint e = 0; e < self->n_equations; e++)
    {
      AnmCellEquation *equation = &self->equations[e];

      for (guint k = 0; k < equation->n_terms; k++)
        {
          g_free (equation->terms[k].symbol);
          g_free (equation->terms[k].parts);
        }
      g_free (equation->terms);
      clear_gradient (&equation->gradient);
      clear_gradient (&equation->sum_gradient);
    }
  for (guint p = 0; p < self->n_previous; p++)
    clear_gradient (&self->previous[p].gradient);
  g_free (self->equations);
  g_free (self->previous);
  g_free (self);
}
