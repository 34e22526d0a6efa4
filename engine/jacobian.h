/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"

G_BEGIN_DECLS

/**
 * AnmJacobian:
 *
 * How a recurrent layer's state at one step hangs on its state before, and on
 * that many steps before: J_t = ∂s_t/∂s_{t-1}, where s is the full state, h or
 * (h, c), in that order. Computed from the cell's equations in double precision.
 * In a stack it is that of this layer alone: what goes through the layers below
 * does not count. Not for use from two threads at once; the calling thread should
 * have called anm_pool_enter_computing_thread().
 *
 * R. Pascanu, T. Mikolov, Y. Bengio (2013): On the difficulty of training
 * recurrent neural networks. ICML, equations 5 and 6.
 */
typedef struct _AnmJacobian AnmJacobian;

/**
 * AnmSpectrum:
 * @step: t, from 0
 * @frobenius_norm: the root of the sum of squares
 * @largest_singular_value: ||J_t||_2: how much a change of the state can grow in this step
 * @n_eigenvalues: 0 while they are being sought
 * @real, @imaginary: [n_eigenvalues] largest modulus first, owned by the caller of the callback
 * @spectral_radius: the largest modulus; NaN while they are being sought
 */
typedef struct
{
  guint         step;
  double        frobenius_norm;
  double        largest_singular_value;
  guint         n_eigenvalues;
  const double *real;
  const double *imaginary;
  double        spectral_radius;
} AnmSpectrum;

/**
 * AnmReach:
 * @step: t; @lag: T - t in steps of the walk
 * @log_norm: ln ||∂s_T/∂s_t||_2; -infinity if nothing arrives
 * @log_hidden_norm: the same of ∂h_T/∂h_t alone
 * @matrix: [size][size] ∂s_T/∂s_t divided by exp (@log_scale), so that nothing is lost
 *   to the range of numbers; valid during the call
 */
typedef struct
{
  guint         step;
  guint         lag;
  double        log_norm;
  double        log_hidden_norm;
  double        log_scale;
  const double *matrix;
} AnmReach;

typedef void (*AnmSpectrumFunc) (const AnmSpectrum *spectrum,
                                 gpointer data);
typedef void (*AnmReachFunc)    (const AnmReach *reach,
                                 gpointer data);

/* NULL with ANM_ENGINE_ERROR_NETWORK if the layer isn't recurrent or too large, with the memory it would take. */
AnmJacobian *anm_jacobian_new            (AnmNetwork *network,
                                          guint layer,
                                          AnmDirection direction,
                                          GError **error);
void         anm_jacobian_free           (AnmJacobian *self);
void         anm_jacobian_set_parameters (AnmJacobian *self,
                                          const anm_real *parameters);
guint        anm_jacobian_get_size       (const AnmJacobian *self); /* units x parts of the state */
guint        anm_jacobian_get_n_units    (const AnmJacobian *self);
gboolean     anm_jacobian_compute        (AnmJacobian *self,
                                          const AnmLayerTraces *traces,
                                          guint step,
                                          double *matrix,
                                          const int *stop,
                                          GError **error);
gboolean     anm_jacobian_spectra        (AnmJacobian *self,
                                          const AnmLayerTraces *traces,
                                          guint first,
                                          guint n_steps,
                                          gboolean eigenvalues,
                                          AnmSpectrumFunc func,
                                          gpointer data,
                                          const int *stop,
                                          GError **error);
gboolean     anm_jacobian_reach          (AnmJacobian *self,
                                          const AnmLayerTraces *traces,
                                          guint last,
                                          guint n_lags,
                                          AnmReachFunc func,
                                          gpointer data,
                                          const int *stop,
                                          GError **error);

/* Eigenvalues of U of the named gate, [units], largest modulus first, and its 2-norm. FALSE with @error (no such gate, too large,
 * weights that aren't numbers), or if @stop was set. */
gboolean     anm_recurrent_spectrum      (AnmCell *cell,
                                          const char *gate,
                                          double *real,
                                          double *imaginary,
                                          double *largest_singular_value,
                                          const int *stop,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmJacobian, anm_jacobian_free)

G_END_DECLS
