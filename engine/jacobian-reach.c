/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of a change of the state arrives many steps later: the product of the Jacobians, grown step by step.
 *
 * Between most parts of a state each unit hangs on itself alone, as c does on c' in an LSTM, so each Jacobian is taken
 * part by part, and only what is dense is multiplied as a matrix. The norms go on from where those of the step
 * before ended: the direction in which most arrives hardly turns from one lag to the next.
 */
#include "engine/jacobian-private.h"

#include "engine/lapack.h"
#include "engine/spectrum.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Brings the product to a size near 1; returns the logarithm of what was divided by. */
static double
take_scale (const AnmJacobian *self, double *product)
{
  gsize n = (gsize) self->size * self->size;
  double norm = _jacobian_get_frobenius (n, product);

  if (!(norm > 0.0) || !isfinite (norm))
    return 0.0;
  for (gsize i = 0; i < n; i++)
    product[i] /= norm;
  return log (norm);
}

/* ln of the 2-norm of the product's corner that is the first part of the state. @direction: [width] where most arrived at
 * the lag before. */
static double
get_log_norm (const AnmJacobian *self, const double *product, guint width, double *direction, const int *stop)
{
  g_autofree double *corner = NULL;

  if (width == self->size)
    return log (anm_largest_singular_value_near (width, width, product, direction, stop));
  corner = g_new (double, (gsize) width * width);
  for (gsize i = 0; i < width; i++)
    memcpy (corner + i * width, product + i * self->size, width * sizeof *corner);
  return log (anm_largest_singular_value_near (width, width, corner, direction, stop));
}

/* The columns of @to that are part @q of the state += those of @from that are part @p, times @slope */
static gboolean
multiply_part (const AnmJacobian *self, const double *from, guint p, const Slope *slope, guint q, double *to, const int *stop)
{
  gsize n = self->n, size = self->size;

  if (slope->kind == SLOPE_DENSE)
    return _anm_lapack_multiply_block (size, n, n, from + p * n, size, slope->values, n, to + q * n, size, stop);
  for (gsize i = 0; i < size && slope->kind == SLOPE_DIAGONAL; i++)
    for (gsize j = 0; j < n; j++)
      to[i * size + q * n + j] += from[i * size + p * n + j] * slope->values[j];
  return TRUE;
}

/* The product times J of the step that was differentiated last. */
static gboolean
grow_product (AnmJacobian *self, const int *stop)
{
  const AnmCell *cell = self->cell;
  double *grown = self->next_product;

  if (self->step->skipped)
    return TRUE;
  memset (grown, 0, (gsize) self->size * self->size * sizeof *grown);
  for (guint p = 0; p < cell->n_states; p++)
    for (guint q = 0; q < cell->n_states; q++)
      if (!multiply_part (self, self->product, p, &self->slopes[cell->states[p]][q], q, grown, stop))
        return FALSE;
  self->next_product = self->product;
  self->product = grown;
  return TRUE;
}

/**
 * anm_jacobian_reach:
 * @last: T, from 0
 * @n_lags: how far back at most
 * @func: called for each lag from 1 on as soon as it is known
 *
 * ∂s_T/∂s_t = J_T J_{T-1} ... J_{t+1} for t before T, nearest first.
 *
 * Returns: whether all were computed; if not, @error is set (%ANM_ENGINE_ERROR_NOT_FINITE where weights
 *   aren't numbers) or @stop was
 */
gboolean
anm_jacobian_reach (AnmJacobian *self, const AnmLayerTraces *traces, guint last, guint n_lags,
                    AnmReachFunc func, gpointer data, const int *stop, GError **error)
{
  g_autofree double *direction = g_new0 (double, self->size);
  g_autofree double *hidden_direction = g_new0 (double, self->n);
  AnmReach reach = { .lag = 0 };
  guint from = last;

  if (!_jacobian_check_step (self, traces, last, error))
    return FALSE;
  _jacobian_get_matrix (self, &self->product);
  _jacobian_get_matrix (self, &self->next_product);
  for (guint lag = 1; lag <= n_lags; lag++)
    {
      guint to = _cell_get_previous (self->cell, traces, from);

      if (to == CELL_NOTHING)
        break;
      if (!_jacobian_differentiate (self, traces, from, stop, error))
        return FALSE;
      if (lag == 1)
        _jacobian_assemble (self, self->product);
      else if (!grow_product (self, stop))
        return FALSE;
      reach.step = to;
      reach.lag = lag;
      reach.log_scale += take_scale (self, self->product);
      reach.log_norm = reach.log_scale + get_log_norm (self, self->product, self->size, direction, stop);
      reach.log_hidden_norm = self->size == self->n ? reach.log_norm
                                                    : reach.log_scale + get_log_norm (self, self->product, self->n, hidden_direction, stop);
      reach.matrix = self->product;
      if (_jacobian_is_stopped (stop))
        return FALSE;
      if (isnan (reach.log_norm))
        {
          g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE,
                       _("The Jacobian of layer %u at step %u isn't a number (NaN or infinity); look at an earlier epoch."), self->cell->index + 1, from + 1);
          return FALSE;
        }
      func (&reach, data);
      from = to;
    }
  return TRUE;
}
