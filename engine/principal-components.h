/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * AnmPrincipalComponents:
 * @mean: [n_units]
 * @components: [n_components][n_units] of length 1, at right angles to each other
 * @variances: [n_components] along them, largest first; @total_variance of all units: their
 *   ratio is the share that a component explains
 * @n_steps: that went in
 *
 * The directions in which a layer's numbers vary most over all steps of many
 * sequences, skipped steps apart. A direction has two signs: the largest entry is made positive, or, beside
 * a reference (of another epoch), that which lies the nearer to it, so that a picture doesn't flip.
 */
typedef struct
{
  guint    n_units;
  guint    n_components;
  guint64  n_steps;
  double  *mean;
  double  *components;
  double  *variances;
  double   total_variance;
} AnmPrincipalComponents;

AnmPrincipalComponents *anm_principal_components_new (AnmNetwork *network,
                                                      const anm_real *parameters,
                                                      const AnmSequences *sequences,
                                                      guint layer,
                                                      const char *symbol,
                                                      guint n_components,
                                                      const AnmPrincipalComponents *reference,
                                                      AnmPool *pool,
                                                      const int *stop,
                                                      GError **error);
void                    anm_principal_components_free (AnmPrincipalComponents *self);
/* (n_steps, n_units) values to their places (n_steps, n_components). */
void                    anm_principal_components_project (const AnmPrincipalComponents *self,
                                                      const anm_real *values,
                                                      gsize n_steps,
                                                      double *places);

/**
 * AnmProjectionFunc:
 * @first_step, @last_step: which of the record's steps the layer's first and last stand for
 * @places: [n_steps][n_components], valid during the call
 *
 * One sequence's way; called once for each that has steps in the layer, in any thread, in no order.
 */
typedef void (*AnmProjectionFunc) (gsize sequence, guint n_steps, guint first_step, guint last_step, const double *places, gpointer data);

/* The places of all steps of @sequences, whose trace @symbol of @layer the components were made from. One forward pass on
 * the pool; FALSE if stopped. */
gboolean                anm_principal_components_project_all (const AnmPrincipalComponents *self,
                                                      const AnmNetwork *network,
                                                      const anm_real *parameters,
                                                      const AnmSequences *sequences,
                                                      guint layer,
                                                      const char *symbol,
                                                      AnmPool *pool,
                                                      AnmProjectionFunc func,
                                                      gpointer data,
                                                      const int *stop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPrincipalComponents, anm_principal_components_free)

G_END_DECLS
