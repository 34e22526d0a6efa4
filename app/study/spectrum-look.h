/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/inspection.h"

G_BEGIN_DECLS

/*
 * What matrices of a recurrent layer do to its state, as plain numbers for figures. All may be made on any thread that has called
 * anm_pool_enter_computing_thread(); NULL if @stop was set, or with @error.
 */

/* Eigenvalues of U of one gate, now and before training; largest modulus first. */
typedef struct
{
  guint   layer;
  char   *gate;              /* "g"; of a bidirectional layer "→g" */
  guint   n_units;
  double *real;              /* [n_units] */
  double *imaginary;
  double  largest_singular_value;
  double *initial_real;      /* [n_units], NULL if that isn't known */
  double *initial_imaginary;
} AnmRecurrentLook;

/* @gate: NULL = the last that the cell names, its candidate. @initial: (nullable). */
AnmRecurrentLook *anm_recurrent_look_new  (AnmNetwork *network,
                                           guint layer,
                                           const char *gate,
                                           const anm_real *parameters,
                                           const anm_real *initial,
                                           const int *stop,
                                           GError **error);
void              anm_recurrent_look_free (AnmRecurrentLook *self);
/* The names that @gate can be, NULL-terminated; NULL if the layer isn't recurrent. */
char            **anm_recurrent_look_list_gates (AnmNetwork *network,
                                           guint layer);

/* J = ∂s_t/∂s_(t-1) of one patient at one step. */
typedef struct
{
  guint   layer;
  guint   step;              /* of the layer, from 0, */
  guint   n_steps;           /* of so many */
  double  time;              /* where it begins, in the cohort's time */
  guint   size;              /* of the state: units, twice as many with a cell */
  guint   n_units;
  double *real;              /* [size] largest modulus first */
  double *imaginary;
  double  largest_singular_value;
  double  frobenius_norm;
} AnmJacobianLook;

/* @time: the step that holds it, NaN = the last. */
AnmJacobianLook  *anm_jacobian_look_new   (AnmInspection *inspection,
                                           guint layer,
                                           AnmDirection direction,
                                           double time,
                                           const int *stop,
                                           GError **error);
void              anm_jacobian_look_free  (AnmJacobianLook *self);

/* ‖∂s_T/∂s_t‖ by step: how much of a change at t arrives at the end. Steps that aren't known yet are NaN. */
typedef struct
{
  guint   layer;
  guint   n_steps;
  guint   n_known;           /* of them, from the end back */
  double *times;             /* [n_steps] where each step begins */
  double *log_norms;         /* natural; of the full state; -infinity: nothing arrives */
  double *log_hidden_norms;  /* of h alone */
} AnmReachLook;

/* Called for each step as soon as it is known. */
typedef void    (*AnmReachGrownFunc)      (const AnmReachLook *look,
                                           gpointer data);

/* @grown: nullable. */
AnmReachLook     *anm_reach_look_new      (AnmInspection *inspection,
                                           guint layer,
                                           AnmDirection direction,
                                           AnmReachGrownFunc grown,
                                           gpointer data,
                                           const int *stop,
                                           GError **error);
AnmReachLook     *anm_reach_look_copy     (const AnmReachLook *self);
void              anm_reach_look_free     (AnmReachLook *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmRecurrentLook, anm_recurrent_look_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmJacobianLook, anm_jacobian_look_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmReachLook, anm_reach_look_free)

G_END_DECLS
