/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/jacobian-private.h"

#include "engine/lapack.h"
#include "engine/spectrum.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* For all matrices together. */
#define MAX_BYTES ((gsize) 1 << 30)
#define BLOCK 16

/* Making */

static SlopeKind
get_kind (const AnmJacobian *self, guint symbol, guint part)
{
  return symbol == CELL_NOTHING ? SLOPE_NONE : self->slopes[symbol][part].kind;
}

/* The same at every step: it follows from the equations alone. */
static void
find_kinds (AnmJacobian *self)
{
  const AnmCell *cell = self->cell;

  for (guint p = 0; p < cell->n_states; p++)
    {
      self->slopes[cell->previous[p]][p].kind = SLOPE_DIAGONAL;
      for (guint e = 0; e < cell->equations->len; e++)
        {
          const CellEquation *equation = _cell_equation (cell, e);
          SlopeKind *kind = &self->slopes[equation->symbol][p].kind;

          for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
            {
              const CellTerm *term = _cell_term (cell, k);
              SlopeKind of_operand = get_kind (self, term->operand, p);

              if (of_operand != SLOPE_NONE && (term->kind == CELL_TERM_MATRIX || equation->normalizes))
                of_operand = SLOPE_DENSE;
              *kind = MAX (*kind, MAX (of_operand, get_kind (self, term->times, p)));
            }
        }
    }
}

static gsize
get_slope_size (const AnmJacobian *self, guint symbol, guint part)
{
  SlopeKind kind = self->slopes[symbol][part].kind;

  return kind == SLOPE_NONE ? 0 : kind == SLOPE_DIAGONAL ? self->n : (gsize) _cell_symbol (self->cell, symbol)->width * self->n;
}

/* Numbers of the widest equation. */
static gsize
get_widest (const AnmJacobian *self)
{
  guint widest = self->n;

  for (guint e = 0; e < self->cell->equations->len; e++)
    widest = MAX (widest, _cell_symbol (self->cell, _cell_equation (self->cell, e)->symbol)->width);
  return widest;
}

/* All that may be needed at once, in bytes. */
static gsize
count_bytes (const AnmJacobian *self)
{
  gsize n = 6 * (gsize) self->size * self->size + get_widest (self) * self->n;

  for (guint s = 0; s < self->cell->symbols->len; s++)
    for (guint p = 0; p < self->cell->n_states; p++)
      n += get_slope_size (self, s, p);
  return n * sizeof (double);
}

static gboolean
check_bytes (const AnmCell *cell, gsize n_bytes, GError **error)
{
  g_autofree char *needed = g_format_size (n_bytes);
  g_autofree char *allowed = g_format_size (MAX_BYTES);

  if (n_bytes <= MAX_BYTES)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("Layer %u (%s) has %u units: the matrices between them would take %s of memory, and %s are allowed. Look at a layer with fewer units."),
               cell->index + 1, cell->layer->klass->type, cell->layer->n_units, needed, allowed);
  return FALSE;
}

AnmJacobian *
anm_jacobian_new (AnmNetwork *network, guint layer, AnmDirection direction, GError **error)
{
  AnmCell *cell = anm_cell_new (network, layer, direction, error);
  g_autoptr (AnmJacobian) self = NULL;

  if (cell == NULL)
    return NULL;
  self = g_new0 (AnmJacobian, 1);
  self->cell = cell;
  self->n = cell->layer->n_units;
  self->size = self->n * cell->n_states;
  self->slopes = (Slope (*)[2]) g_new0 (Slope, 2 * cell->symbols->len);
  find_kinds (self);
  if (!check_bytes (cell, count_bytes (self), error))
    return NULL;
  self->step = _cell_step_new (cell);
  self->weights = g_new (double, get_widest (self) * self->n);
  for (guint s = 0; s < cell->symbols->len; s++)
    for (guint p = 0; p < cell->n_states; p++)
      self->slopes[s][p].values = g_new0 (double, get_slope_size (self, s, p));
  for (guint p = 0; p < cell->n_states; p++)
    for (guint j = 0; j < self->n; j++)
      self->slopes[cell->previous[p]][p].values[j] = 1.0;
  return g_steal_pointer (&self);
}

void
anm_jacobian_free (AnmJacobian *self)
{
  if (self == NULL)
    return;
  for (guint s = 0; s < self->cell->symbols->len; s++)
    for (guint p = 0; p < self->cell->n_states; p++)
      g_free (self->slopes[s][p].values);
  g_free (self->slopes);
  g_clear_pointer (&self->step, _cell_step_free);
  g_free (self->weights);
  g_free (self->matrix);
  g_free (self->product);
  g_free (self->next_product);
  anm_cell_free (self->cell);
  g_free (self);
}

void
anm_jacobian_set_parameters (AnmJacobian *self, const anm_real *parameters)
{
  anm_cell_set_parameters (self->cell, parameters);
}

guint
anm_jacobian_get_size (const AnmJacobian *self)
{
  return self->size;
}

guint
anm_jacobian_get_n_units (const AnmJacobian *self)
{
  return self->n;
}

/* One step */

/* to_j += factor_j from_(offset + j), row by row */
static void
add_rows (const AnmJacobian *self, const Slope *to, const double *factors, const Slope *from, gsize offset)
{
  gsize n = self->n;

  if (from->kind == SLOPE_NONE)
    return;
  for (gsize j = 0; j < n; j++)
    {
      if (from->kind == SLOPE_DIAGONAL)
        to->values[to->kind == SLOPE_DIAGONAL ? j : j * n + j] += factors[j] * from->values[j];
      else
        for (gsize k = 0; k < n; k++)
          to->values[j * n + k] += factors[j] * from->values[(offset + j) * n + k];
    }
}

/* to += diag (factors) W^T from; @width: of what W gives */
static gboolean
add_matrix (AnmJacobian *self, const Slope *to, gsize width, const double *factors, const CellTerm *term, const Slope *from, const int *stop)
{
  gsize n = self->n;

  if (from->kind == SLOPE_NONE)
    return TRUE;
  if (from->kind == SLOPE_DENSE)
    {
      for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < width; j++)
          self->weights[i * width + j] = (double) _cell_weights (self->cell, term, i)[j] * factors[j];
      return _anm_lapack_multiply (width, n, n, self->weights, TRUE, from->values, TRUE, to->values, stop);
    }
  /* A square at a time, so that both sides stay in the cache. */
  for (gsize i0 = 0; i0 < n; i0 += BLOCK)
    for (gsize j0 = 0; j0 < width; j0 += BLOCK)
      for (gsize i = i0; i < MIN (i0 + BLOCK, n); i++)
        {
          const anm_real *weights = _cell_weights (self->cell, term, i);

          for (gsize j = j0; j < MIN (j0 + BLOCK, width); j++)
            to->values[j * n + i] += factors[j] * (double) weights[j] * from->values[i];
        }
  return TRUE;
}

/* From how the sums hang on the state to how the values do. */
static void
bend_rows (const AnmJacobian *self, const CellEquation *equation, const Slope *slope, gsize width)
{
  const double *sums = self->step->sums[_cell_symbol (self->cell, equation->symbol)->index];

  for (gsize j = 0; j < width; j++)
    {
      double bent = _cell_slope (equation->function, sums[j]);

      if (slope->kind == SLOPE_DIAGONAL)
        slope->values[j] *= bent;
      else
        for (gsize k = 0; k < self->n; k++)
          slope->values[j * self->n + k] *= bent;
    }
}

/* The same of a normalised equation: each column loses its mean and what lies along the values. */
static void
normalize_rows (const AnmJacobian *self, const CellEquation *equation, const Slope *slope, gsize width)
{
  const double *values = self->step->values[equation->symbol];
  double inverse = _cell_get_inverse (self->cell, self->step, equation);
  gsize n = self->n;
  g_autofree double *means = g_new0 (double, n);
  g_autofree double *along = g_new0 (double, n);

  for (gsize j = 0; j < width; j++)
    for (gsize k = 0; k < n; k++)
      {
        means[k] += slope->values[j * n + k] / (double) width;
        along[k] += slope->values[j * n + k] * values[j] / (double) width;
      }
  for (gsize j = 0; j < width; j++)
    for (gsize k = 0; k < n; k++)
      slope->values[j * n + k] = inverse * (slope->values[j * n + k] - means[k] - values[j] * along[k]);
}

/* How an equation's value hangs on one part of the state before. @factors: room for [widest] */
static gboolean
differentiate (AnmJacobian *self, guint e, guint part, double *factors, const int *stop)
{
  const CellEquation *equation = _cell_equation (self->cell, e);
  const Slope *slope = &self->slopes[equation->symbol][part];
  gsize width = _cell_symbol (self->cell, equation->symbol)->width;

  if (slope->kind == SLOPE_NONE)
    return TRUE;
  memset (slope->values, 0, get_slope_size (self, equation->symbol, part) * sizeof (double));
  for (guint k = equation->first_term; k < equation->first_term + equation->n_terms; k++)
    {
      const CellTerm *term = _cell_term (self->cell, k);
      const double *times = term->times == CELL_NOTHING ? NULL : self->step->values[term->times];

      for (gsize j = 0; j < width; j++)
        factors[j] = (times == NULL ? 1.0 : _cell_factor (term, times[j]))
                     * (term->kind == CELL_TERM_SCALED ? (double) _cell_weights (self->cell, term, 0)[j] : 1.0);
      if (term->kind == CELL_TERM_MATRIX && !add_matrix (self, slope, width, factors, term, &self->slopes[term->operand][part], stop))
        return FALSE;
      if (term->kind == CELL_TERM_PRODUCT || term->kind == CELL_TERM_SCALED)
        add_rows (self, slope, factors, &self->slopes[term->operand][part], term->operand_offset);
      if (times == NULL)
        continue;
      for (gsize j = 0; j < width; j++)
        factors[j] = (term->complement ? -1.0 : 1.0) * self->step->terms[k][j];
      add_rows (self, slope, factors, &self->slopes[term->times][part], 0);
    }
  if (equation->normalizes)
    normalize_rows (self, equation, slope, width);
  else
    bend_rows (self, equation, slope, width);
  return TRUE;
}

/* Puts the parts side by side. */
void
_jacobian_assemble (const AnmJacobian *self, double *matrix)
{
  gsize n = self->n, size = self->size;

  memset (matrix, 0, size * size * sizeof *matrix);
  if (self->step->skipped)
    {
      for (gsize i = 0; i < size; i++)
        matrix[i * size + i] = 1.0;
      return;
    }
  for (guint p = 0; p < self->cell->n_states; p++)
    for (guint q = 0; q < self->cell->n_states; q++)
      {
        const Slope *slope = &self->slopes[self->cell->states[p]][q];
        double *corner = matrix + p * n * size + q * n;

        if (slope->kind == SLOPE_DENSE)
          for (gsize j = 0; j < n; j++)
            memcpy (corner + j * size, slope->values + j * n, n * sizeof *matrix);
        else if (slope->kind == SLOPE_DIAGONAL)
          for (gsize j = 0; j < n; j++)
            corner[j * size + j] = slope->values[j];
      }
}

gboolean
_jacobian_check_step (const AnmJacobian *self, const AnmLayerTraces *traces, guint step, GError **error)
{
  if (step < traces->n_steps)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA, _("The record has %u steps at layer %u: there is no step %u."),
               traces->n_steps, self->cell->index + 1, step + 1);
  return FALSE;
}

gboolean
_jacobian_differentiate (AnmJacobian *self, const AnmLayerTraces *traces, guint t, const int *stop, GError **error)
{
  g_autofree double *factors = g_new (double, get_widest (self));

  g_return_val_if_fail (self->cell->parameters != NULL, FALSE);

  if (!_jacobian_check_step (self, traces, t, error) || !_cell_step_load (self->cell, self->step, traces, t, error))
    return FALSE;
  if (self->step->skipped)
    return TRUE;
  _cell_step_forward (self->cell, self->step);
  for (guint e = 0; e < self->cell->equations->len; e++)
    for (guint p = 0; p < self->cell->n_states; p++)
      if (_jacobian_is_stopped (stop) || !differentiate (self, e, p, factors, stop))
        return FALSE;
  return TRUE;
}

/**
 * anm_jacobian_compute:
 * @traces: of the layer, from a probe or copied from one
 * @step: t, from 0; a skipped step has the identity, as the state is carried unchanged
 * @matrix: (out): [size][size] row-major, J_ij = ∂s_t,i / ∂s_{t-1},j
 * @stop: (nullable): atomic; looked at between equations
 *
 * Returns: whether it is there; if not, @error is set or @stop was
 */
gboolean
anm_jacobian_compute (AnmJacobian *self, const AnmLayerTraces *traces, guint step, double *matrix, const int *stop, GError **error)
{
  if (!_jacobian_differentiate (self, traces, step, stop, error))
    return FALSE;
  _jacobian_assemble (self, matrix);
  return TRUE;
}

/* Spectra */

double
_jacobian_get_frobenius (gsize n, const double *values)
{
  double largest = 0.0, sum = 0.0;

  /* Also NaN is the largest. */
  for (gsize i = 0; i < n; i++)
    largest = fabs (values[i]) <= largest ? largest : fabs (values[i]);
  for (gsize i = 0; i < n && largest > 0.0; i++)
    sum += values[i] / largest * (values[i] / largest);
  return largest * sqrt (sum);
}

double *
_jacobian_get_matrix (const AnmJacobian *self, double **place)
{
  if (*place == NULL)
    *place = g_new (double, (gsize) self->size * self->size);
  return *place;
}

/**
 * anm_jacobian_spectra:
 * @first, @n_steps: which steps
 * @eigenvalues: whether they are asked for; they take far longer than the rest
 * @func: called for each step as soon as its norms are known, and once more when its eigenvalues are
 *
 * Returns: whether all were computed; if not, @error is set (%ANM_ENGINE_ERROR_NOT_FINITE where weights
 *   aren't numbers) or @stop was
 */
gboolean
anm_jacobian_spectra (AnmJacobian *self, const AnmLayerTraces *traces, guint first, guint n_steps, gboolean eigenvalues,
                      AnmSpectrumFunc func, gpointer data, const int *stop, GError **error)
{
  double *matrix = _jacobian_get_matrix (self, &self->matrix);
  g_autofree double *real = g_new (double, self->size);
  g_autofree double *imaginary = g_new (double, self->size);

  for (guint t = first; t < first + n_steps; t++)
    {
      AnmSpectrum spectrum = { .step = t, .spectral_radius = NAN };

      if (!anm_jacobian_compute (self, traces, t, matrix, stop, error))
        return FALSE;
      spectrum.frobenius_norm = _jacobian_get_frobenius ((gsize) self->size * self->size, matrix);
      spectrum.largest_singular_value = anm_largest_singular_value (self->size, self->size, matrix, stop);
      if (_jacobian_is_stopped (stop))
        return FALSE;
      func (&spectrum, data);
      if (!eigenvalues)
        continue;
      if (!anm_eigenvalues (self->size, matrix, real, imaginary, stop, error))
        return FALSE;
      spectrum.n_eigenvalues = self->size;
      spectrum.real = real;
      spectrum.imaginary = imaginary;
      spectrum.spectral_radius = hypot (real[0], imaginary[0]);
      func (&spectrum, data);
    }
  return TRUE;
}

/* A gate's recurrent matrix */

gboolean
anm_recurrent_spectrum (AnmCell *cell, const char *gate, double *real, double *imaginary, double *largest_singular_value,
                        const int *stop, GError **error)
{
  gsize n = cell->layer->n_units;
  g_autofree double *matrix = NULL;

  if (!check_bytes (cell, 3 * n * n * sizeof *matrix, error))
    return FALSE;
  matrix = g_new (double, n * n);
  if (!anm_cell_get_recurrent_matrix (cell, gate, matrix))
    {
      g_autofree char *known = g_strjoinv (", ", (char **) anm_cell_get_recurrent_gates (cell));

      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("Layer %u (%s) has no gate %s; it has %s."),
                   cell->index + 1, cell->layer->klass->type, gate, known);
      return FALSE;
    }
  *largest_singular_value = anm_largest_singular_value (n, n, matrix, stop);
  return anm_eigenvalues (n, matrix, real, imaginary, stop, error);
}
