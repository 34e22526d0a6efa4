/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One step of a cell computed from its equations, forwards and backwards. With
 * v = function (z) and z = sum of terms s_j = times_j (W operand)_j:
 *
 *   dL/dz_j = dL/dv_j function' (z_j),   dL/d(operand_k) += sum_j W_kj times_j dL/dz_j,
 *   dL/d(times_j) += (W operand)_j dL/dz_j
 *
 * A normalised equation has v = (z - mean (z)) / deviation (z), and
 *
 *   dL/dz = (dL/dv - mean (dL/dv) - v mean (v * dL/dv)) / deviation (z)
 */
#include "engine/cell-private.h"
#include "engine/normalized-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

double
_cell_bend (AnmCellFunction function, double sum)
{
  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return sum >= 0.0 ? 1.0 / (1.0 + exp (-sum)) : exp (sum) / (1.0 + exp (sum));
    case ANM_CELL_TANH:
      return tanh (sum);
    case ANM_CELL_RELU:
      return sum > 0.0 || isnan (sum) ? sum : 0.0;
    case ANM_CELL_DECAY:
      return sum > 0.0 || isnan (sum) ? exp (-sum) : 1.0;
    case ANM_CELL_LINEAR:
    default:
      return sum;
    }
}

double
_cell_slope (AnmCellFunction function, double sum)
{
  double value = _cell_bend (function, sum);

  switch (function)
    {
    case ANM_CELL_SIGMOID:
      return value * _cell_bend (function, -sum);
    case ANM_CELL_TANH:
      return (1.0 - value) * (1.0 + value);
    case ANM_CELL_RELU:
      return sum > 0.0 ? 1.0 : isnan (sum) ? sum : 0.0;
    case ANM_CELL_DECAY:
      return sum > 0.0 || isnan (sum) ? -value : 0.0;
    case ANM_CELL_LINEAR:
    default:
      return 1.0;
    }
}

static guint
get_width (const AnmCell *self, guint equation)
{
  return _cell_symbol (self, _cell_equation (self, equation)->symbol)->width;
}

/* Making and copying */

/* Hands out the block's numbers; with @block %NULL only counts them. */
static gsize
lay_out (const AnmCell *self, CellStep *step, double *block)
{
  gsize n = 0;

#define TAKE(place, width) ((place) = block == NULL ? NULL : block + n, n += (width))
  for (guint i = 0; i < self->symbols->len; i++)
    {
      TAKE (step->values[i], _cell_symbol (self, i)->width);
      TAKE (step->gradients[i], _cell_symbol (self, i)->width);
    }
  for (guint e = 0; e < self->equations->len; e++)
    {
      TAKE (step->sums[e], get_width (self, e));
      TAKE (step->sum_gradients[e], get_width (self, e));
      for (guint k = 0; k < _cell_equation (self, e)->n_terms; k++)
        TAKE (step->terms[_cell_equation (self, e)->first_term + k], get_width (self, e));
    }
#undef TAKE
  return n;
}

CellStep *
_cell_step_new (const AnmCell *self)
{
  CellStep *step = g_new0 (CellStep, 1);

  step->values = g_new0 (double *, self->symbols->len);
  step->gradients = g_new0 (double *, self->symbols->len);
  step->terms = g_new0 (double *, self->terms->len);
  step->sums = g_new0 (double *, self->equations->len);
  step->sum_gradients = g_new0 (double *, self->equations->len);
  step->n_block = lay_out (self, step, NULL);
  step->block = g_new0 (double, step->n_block);
  lay_out (self, step, step->block);
  return step;
}

void
_cell_step_free (CellStep *self)
{
  g_free (self->values);
  g_free (self->gradients);
  g_free (self->terms);
  g_free (self->sums);
  g_free (self->sum_gradients);
  g_free (self->block);
  g_free (self);
}

void
_cell_step_copy (CellStep *self, const CellStep *from)
{
  self->skipped = from->skipped;
  memcpy (self->block, from->block, self->n_block * sizeof *self->block);
}

/* Traces */

const AnmTrace *
_cell_find_trace (const AnmCell *self, const AnmLayerTraces *traces, const char *prefix, const char *symbol)
{
  /* What enters is the same for both halves. */
  g_autofree char *name = g_strconcat (g_str_equal (symbol, "x") ? "" : self->arrow, prefix, symbol, NULL);

  for (guint i = 0; i < traces->n_traces; i++)
    if (g_str_equal (traces->traces[i].symbol, name))
      return &traces->traces[i];
  return NULL;
}

guint
_cell_get_previous (const AnmCell *self, const AnmLayerTraces *traces, guint t)
{
  if (self->direction == ANM_DIRECTION_BACKWARDS)
    return t + 1 < traces->n_steps ? t + 1 : CELL_NOTHING;
  return t > 0 ? t - 1 : CELL_NOTHING;
}

guint
_cell_get_next (const AnmCell *self, const AnmLayerTraces *traces, guint t)
{
  if (self->direction == ANM_DIRECTION_BACKWARDS)
    return t > 0 ? t - 1 : CELL_NOTHING;
  return t + 1 < traces->n_steps ? t + 1 : CELL_NOTHING;
}

static gboolean
load_symbol (const AnmCell *self, CellStep *step, guint index, const char *name, const AnmLayerTraces *traces, guint t, GError **error)
{
  const CellSymbol *symbol = _cell_symbol (self, index);
  const AnmTrace *trace = _cell_find_trace (self, traces, "", name);

  if (trace == NULL || trace->n_units != symbol->width)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("Layer %u: the reading has no trace %s of this layer, which its cell needs."), self->index + 1, name);
      return FALSE;
    }
  for (guint j = 0; j < symbol->width; j++)
    step->values[index][j] = t == CELL_NOTHING ? 0.0 : (double) trace->values[(gsize) t * symbol->width + j];
  return TRUE;
}

gboolean
_cell_step_load (const AnmCell *self, CellStep *step, const AnmLayerTraces *traces, guint t, GError **error)
{
  step->skipped = traces->skip != NULL && traces->skip[t];
  for (guint i = 0; i < self->symbols->len; i++)
    {
      const CellSymbol *symbol = _cell_symbol (self, i);

      if (symbol->kind == CELL_INPUT && !load_symbol (self, step, i, symbol->name, traces, t, error))
        return FALSE;
      if (symbol->kind == CELL_PREVIOUS
          && !load_symbol (self, step, i, self->state_names[symbol->index], traces, _cell_get_previous (self, traces, t), error))
        return FALSE;
    }
  return TRUE;
}

const double *
_cell_step_get_state (const AnmCell *self, const CellStep *step, guint part)
{
  return step->values[step->skipped ? self->previous[part] : self->states[part]];
}

/* Forwards */

/* (W operand)_j without the factor */
static void
multiply (const AnmCell *self, const CellStep *step, const CellTerm *term, guint width, double *products)
{
  if (term->kind == CELL_TERM_PRODUCT)
    memcpy (products, step->values[term->operand], width * sizeof *products);
  else if (term->kind == CELL_TERM_BIAS)
    for (guint j = 0; j < width; j++)
      products[j] = (double) _cell_weights (self, term, 0)[j];
  else if (term->kind == CELL_TERM_SCALED)
    for (guint j = 0; j < width; j++)
      products[j] = (double) _cell_weights (self, term, 0)[j] * step->values[term->operand][term->operand_offset + j];
  else
    {
      memset (products, 0, width * sizeof *products);
      for (guint k = 0; k < _cell_symbol (self, term->operand)->width; k++)
        {
          const anm_real *weights = _cell_weights (self, term, k);
          double x = step->values[term->operand][k];

          for (guint j = 0; j < width; j++)
            products[j] += x * (double) weights[j];
        }
    }
}

static void
compute_equation (const AnmCell *self, CellStep *step, guint e)
{
  const CellEquation *equation = _cell_equation (self, e);
  guint width = get_width (self, e);

  memset (step->sums[e], 0, width * sizeof (double));
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (self, equation->first_term + k);
      const double *products = step->terms[equation->first_term + k];

      for (guint j = 0; j < width; j++)
        step->sums[e][j] += products[j] * (term->times == CELL_NOTHING ? 1.0 : _cell_factor (term, step->values[term->times][j]));
    }
}

static double
get_mean (guint n, const double *values)
{
  double sum = 0.0;

  for (guint j = 0; j < n; j++)
    sum += values[j];
  return sum / n;
}

double
_cell_get_inverse (const AnmCell *self, const CellStep *step, const CellEquation *equation)
{
  const CellSymbol *symbol = _cell_symbol (self, equation->symbol);
  const double *sums = step->sums[symbol->index];
  double mean = get_mean (symbol->width, sums), variance = 0.0;

  for (guint j = 0; j < symbol->width; j++)
    variance += (sums[j] - mean) * (sums[j] - mean) / symbol->width;
  return 1.0 / sqrt (variance + ANM_NORM_EPSILON);
}

static void
normalize (const AnmCell *self, CellStep *step, guint e)
{
  const CellEquation *equation = _cell_equation (self, e);
  guint width = get_width (self, e);
  double mean = get_mean (width, step->sums[e]), inverse = _cell_get_inverse (self, step, equation);

  for (guint j = 0; j < width; j++)
    step->values[equation->symbol][j] = (step->sums[e][j] - mean) * inverse;
}

static void
bend_equation (const AnmCell *self, CellStep *step, guint e)
{
  const CellEquation *equation = _cell_equation (self, e);

  if (equation->normalizes)
    {
      normalize (self, step, e);
      return;
    }
  for (guint j = 0; j < get_width (self, e); j++)
    step->values[equation->symbol][j] = _cell_bend (equation->function, step->sums[e][j]);
}

void
_cell_step_forward (const AnmCell *self, CellStep *step)
{
  for (guint e = 0; e < self->equations->len && !step->skipped; e++)
    {
      const CellEquation *equation = _cell_equation (self, e);

      for (guint k = 0; k < equation->n_terms; k++)
        multiply (self, step, _cell_term (self, equation->first_term + k), get_width (self, e), step->terms[equation->first_term + k]);
      compute_equation (self, step, e);
      bend_equation (self, step, e);
    }
}

/* Up to so many numbers of a symbol, what they add to a product is added; more have it made anew. */
#define FEW 4

/* Which numbers of a symbol have moved, and by how much. */
typedef struct
{
  gboolean any;
  guint    n;          /* G_MAXUINT: more than a few */
  guint    units[FEW];
  double   deltas[FEW];
} Moved;

static void
note_moved (Moved *moved, guint width, const double *before, const double *now)
{
  *moved = (Moved){ 0 };
  for (guint j = 0; j < width && moved->n < FEW; j++)
    if (now[j] != before[j])
      {
        moved->units[moved->n] = j;
        moved->deltas[moved->n++] = now[j] - before[j];
      }
  for (guint j = moved->n == FEW ? moved->units[FEW - 1] + 1 : width; j < width; j++)
    if (now[j] != before[j])
      {
        moved->n = G_MAXUINT;
        break;
      }
  moved->any = moved->n > 0;
}

static void
move_products (const AnmCell *self, const CellStep *step, const CellTerm *term, guint width, const Moved *moved, double *products)
{
  if (term->kind != CELL_TERM_MATRIX || moved->n == G_MAXUINT)
    {
      multiply (self, step, term, width, products);
      return;
    }
  for (guint i = 0; i < moved->n; i++)
    {
      const anm_real *weights = _cell_weights (self, term, moved->units[i]);

      for (guint j = 0; j < width; j++)
        products[j] += moved->deltas[i] * (double) weights[j];
    }
}

/* Whether the equation uses a number that has moved; then its products follow. */
static gboolean
follow (const AnmCell *self, CellStep *step, guint e, const Moved *moved)
{
  const CellEquation *equation = _cell_equation (self, e);
  gboolean follows = FALSE;

  for (guint k = 0; k < equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (self, equation->first_term + k);

      if (term->operand != CELL_NOTHING && moved[term->operand].any)
        {
          move_products (self, step, term, get_width (self, e), &moved[term->operand], step->terms[equation->first_term + k]);
          follows = TRUE;
        }
      follows |= term->times != CELL_NOTHING && moved[term->times].any;
    }
  return follows;
}

/* Computes anew what uses moved numbers; the equation of @nudge, if it has one, is bent anew or gets its amount. */
static void
follow_all (const AnmCell *self, CellStep *step, Moved *moved, const CellNudge *nudge)
{
  for (guint e = 0; e < self->equations->len && !step->skipped; e++)
    {
      guint symbol = _cell_equation (self, e)->symbol, width = get_width (self, e);
      gboolean nudged = nudge != NULL && symbol == nudge->symbol;
      g_autofree double *before = NULL;

      if (!nudged && !follow (self, step, e, moved))
        continue;
      before = g_memdup2 (step->values[symbol], width * sizeof *before);
      if (!nudged)
        compute_equation (self, step, e);
      else if (nudge->sum)
        step->sums[e][nudge->unit] += nudge->amount;
      bend_equation (self, step, e);
      if (nudged && !nudge->sum)
        step->values[symbol][nudge->unit] += nudge->amount;
      note_moved (&moved[symbol], width, before, step->values[symbol]);
    }
}

void
_cell_step_forward_nudged (const AnmCell *self, CellStep *step, const CellNudge *nudge)
{
  g_autofree Moved *moved = g_new0 (Moved, self->symbols->len);

  if (_cell_symbol (self, nudge->symbol)->kind != CELL_EQUATION)
    {
      const double before = step->values[nudge->symbol][nudge->unit];

      step->values[nudge->symbol][nudge->unit] += nudge->amount;
      moved[nudge->symbol] = (Moved){ TRUE, 1, { nudge->unit }, { step->values[nudge->symbol][nudge->unit] - before } };
    }
  follow_all (self, step, moved, nudge);
}

void
_cell_step_forward_after (const AnmCell *self, CellStep *step, const CellStep *before)
{
  g_autofree Moved *moved = g_new0 (Moved, self->symbols->len);

  for (guint p = 0; p < self->n_states; p++)
    {
      double *values = step->values[self->previous[p]];
      const double *now = _cell_step_get_state (self, before, p);

      note_moved (&moved[self->previous[p]], self->layer->n_units, values, now);
      memcpy (values, now, self->layer->n_units * sizeof *values);
    }
  follow_all (self, step, moved, NULL);
}

/* Backwards */

/* What a term hands on of dL/dz. */
static void
hand_back (const AnmCell *self, CellStep *step, const CellTerm *term, const double *products, guint width, const double *dz)
{
  g_autofree double *scaled = g_new (double, width);

  for (guint j = 0; j < width; j++)
    scaled[j] = dz[j] * (term->times == CELL_NOTHING ? 1.0 : _cell_factor (term, step->values[term->times][j]));
  if (term->times != CELL_NOTHING)
    for (guint j = 0; j < width; j++)
      step->gradients[term->times][j] += (term->complement ? -1.0 : 1.0) * products[j] * dz[j];
  if (term->kind == CELL_TERM_PRODUCT)
    for (guint j = 0; j < width; j++)
      step->gradients[term->operand][j] += scaled[j];
  else if (term->kind == CELL_TERM_SCALED)
    for (guint j = 0; j < width; j++)
      step->gradients[term->operand][term->operand_offset + j] += scaled[j] * (double) _cell_weights (self, term, 0)[j];
  else if (term->kind == CELL_TERM_MATRIX)
    for (guint k = 0; k < _cell_symbol (self, term->operand)->width; k++)
      {
        const anm_real *weights = _cell_weights (self, term, k);
        double sum = 0.0;

        for (guint j = 0; j < width; j++)
          sum += (double) weights[j] * scaled[j];
        step->gradients[term->operand][k] += sum;
      }
}

/* dL/d(sums) of an equation from dL/d(values). */
static void
unbend (const AnmCell *self, CellStep *step, guint e)
{
  const CellEquation *equation = _cell_equation (self, e);
  const double *values = step->values[equation->symbol], *gradients = step->gradients[equation->symbol];
  guint width = get_width (self, e);
  double inverse, mean, along = 0.0;

  for (guint j = 0; j < width && !equation->normalizes; j++)
    step->sum_gradients[e][j] = gradients[j] * _cell_slope (equation->function, step->sums[e][j]);
  if (!equation->normalizes)
    return;
  inverse = _cell_get_inverse (self, step, equation);
  mean = get_mean (width, gradients);
  for (guint j = 0; j < width; j++)
    along += values[j] * gradients[j] / width;
  for (guint j = 0; j < width; j++)
    step->sum_gradients[e][j] = inverse * (gradients[j] - mean - values[j] * along);
}

/* Completes dL/d(a part of the state) with what comes from outside the step. */
static void
add_outside (const AnmCell *self, CellStep *step, guint part, guint symbol, const double *total, double *outside)
{
  double *gradients = step->gradients[symbol];

  for (guint j = 0; j < self->layer->n_units; j++)
    {
      if (total != NULL)
        outside[j] = total[j] - gradients[j];
      gradients[j] += outside[j];
    }
}

void
_cell_step_backward (const AnmCell *self, CellStep *step, const double *const *totals, double *const *outside)
{
  for (guint i = 0; i < self->symbols->len; i++)
    memset (step->gradients[i], 0, _cell_symbol (self, i)->width * sizeof (double));
  if (step->skipped)
    {
      for (guint p = 0; p < self->n_states; p++)
        add_outside (self, step, p, self->previous[p], totals[p], outside[p]);
      return;
    }

  for (guint e = self->equations->len; e-- > 0;)
    {
      const CellEquation *equation = _cell_equation (self, e);

      for (guint p = 0; p < self->n_states; p++)
        if (self->states[p] == equation->symbol)
          add_outside (self, step, p, equation->symbol, totals[p], outside[p]);
      unbend (self, step, e);
      for (guint k = equation->n_terms; k-- > 0;)
        hand_back (self, step, _cell_term (self, equation->first_term + k), step->terms[equation->first_term + k],
                   get_width (self, e), step->sum_gradients[e]);
    }
}
