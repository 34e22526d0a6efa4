/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * AnmPacked:
 *
 * The kernels' private cache of one parameter vector: packed, padded, transposed
 * copies of the weights. One for each trainer, shared by its lanes, repacked
 * after each update.
 */
typedef struct _AnmPacked AnmPacked;

AnmPacked *anm_packed_new  (const AnmNetwork *network);
void       anm_packed_free (AnmPacked *self);
void       anm_packed_fill (AnmPacked *self,
                            const anm_real *parameters);

/**
 * AnmWorkspace:
 *
 * A lane's memory for one forward and backward pass over one chunk of at most
 * @max_rows sequences of at most @max_steps steps. Allocated once: nothing is
 * allocated by load, forward, backward.
 */
typedef struct _AnmWorkspace AnmWorkspace;

AnmWorkspace   *anm_workspace_new          (const AnmNetwork *network,
                                            AnmLossKind loss, /* resolved, not AUTO */
                                            guint max_rows,
                                            gsize max_steps,
                                            gboolean with_backward);
void            anm_workspace_free         (AnmWorkspace *self);
/* Takes sequences @rows (indices, in any order; sorted by length inside, ties by index). */
void            anm_workspace_load         (AnmWorkspace *self,
                                            const AnmSequences *sequences,
                                            const guint32 *rows,
                                            guint n_rows);
/* FALSE if @stop was found set between two time steps. */
gboolean        anm_workspace_forward      (AnmWorkspace *self,
                                            const AnmPacked *packed,
                                            const int *stop);
/* Weighted sum of the rows' losses (double) and the sum of their weights; after forward. */
double          anm_workspace_get_loss     (const AnmWorkspace *self,
                                            double *weight);
/* Network answers of row @row (as given to load): [target rows][n_outputs], probabilities where the loss is a cross-entropy. */
void            anm_workspace_get_outputs  (const AnmWorkspace *self,
                                            guint row,
                                            anm_real *outputs);
/* Adds d(scale * weighted sum of losses)/d(parameters) to @gradient [n_parameters, canonical order]. */
gboolean        anm_workspace_backward     (AnmWorkspace *self,
                                            const AnmPacked *packed,
                                            double scale,
                                            anm_real *gradient,
                                            const int *stop);
/* After backward: adds, per recurrent layer, the squares of g_t = ||dL_b/dh_t|| (sequence b's own loss:
 * the chunk's scale and the sequence's weight divided out) and counts. Index [layer][k], k a step of the record, which
 * a step of the layer may stand for several of; NULL entries are passed over. */
void            anm_workspace_add_gradient_norms (AnmWorkspace *self,
                                            double *const *by_step,
                                            guint64 *const *by_step_count,
                                            double *const *before_end,
                                            guint64 *const *before_end_count);
/* The first layer whose outputs aren't finite after forward, or -1. */
int             anm_workspace_find_not_finite (const AnmWorkspace *self);

/* AUTO resolved by the target; refuses what does not fit, naming layer and target. */
gboolean        anm_loss_resolve           (AnmLossKind loss,
                                            const AnmNetwork *network,
                                            const AnmTargetShape *target,
                                            AnmLossKind *resolved,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPacked, anm_packed_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmWorkspace, anm_workspace_free)

G_END_DECLS
