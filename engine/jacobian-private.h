/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell-private.h"
#include "engine/jacobian.h"

G_BEGIN_DECLS

/* How the numbers of a symbol, @width of them, hang on a part of the state before the step. */
typedef enum
{
  SLOPE_NONE,
  SLOPE_DIAGONAL, /* each on its own unit's: [n] */
  SLOPE_DENSE,    /* [width][n] */
} SlopeKind;

typedef struct
{
  SlopeKind kind;
  double   *values;
} Slope;

/**
 * AnmJacobian:
 * @slopes: [symbol][part] of the step that was differentiated last
 * @weights: [n][widest] a matrix of weights made double
 * @matrix, @product, @next_product: [size][size], made when they are asked for
 */
struct _AnmJacobian
{
  AnmCell  *cell;
  guint     n;
  guint     size;
  CellStep *step;
  Slope   (*slopes)[2];
  double   *weights;
  double   *matrix;
  double   *product;
  double   *next_product;
};

static inline gboolean
_jacobian_is_stopped (const int *stop)
{
  return stop != NULL && g_atomic_int_get (stop) != 0;
}

gboolean _jacobian_check_step    (const AnmJacobian *self, const AnmLayerTraces *traces, guint step, GError **error);
/* Fills the slopes of step @t, or finds it skipped. FALSE with @error, or if @stop was set. */
gboolean _jacobian_differentiate (AnmJacobian *self, const AnmLayerTraces *traces, guint t, const int *stop, GError **error);
/* J of the step that was differentiated last, the parts side by side. */
void     _jacobian_assemble      (const AnmJacobian *self, double *matrix);
/* [size][size], made when it is first asked for. */
double  *_jacobian_get_matrix    (const AnmJacobian *self, double **place);
double   _jacobian_get_frobenius (gsize n, const double *values);

G_END_DECLS
