/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * AnmProbe:
 *
 * One sequence under the lens: what every layer holds at each step, the
 * prediction over time, and the gradients that flow back. Memory is kept
 * between runs. Not for use from two threads at once.
 */
typedef struct _AnmProbe AnmProbe;

/**
 * AnmTrace:
 *
 * One thing that a layer lets be seen, over time. @symbol is the literature's:
 * "h", "c", "i", "f", "g", "o", "z", "r", "h~", "x" (what enters), "y" (what a
 * dense layer gives), "dL/dh", "dL/dc". In a bidirectional layer what its halves
 * hold has an arrow before it, "→i" and "←i"; "h" is what it gives.
 */
typedef struct
{
  const char     *symbol;
  const char     *label;    /* N_("Forget gate") */
  gboolean        is_gate;  /* between 0 and 1 */
  guint           n_steps;
  guint           n_units;
  const anm_real *values;   /* [n_steps][n_units], owned by the probe */
  const guint    *steps;    /* [n_steps], owned too: the record's step that each stands for, where layers below gave fewer */
  gboolean        of_inputs; /* the numbers are of the layer's inputs, not of its units */
} AnmTrace;

/**
 * AnmLayerTraces:
 * @skip: (nullable): [n_steps] 1 = the state is carried unchanged
 *
 * All that one layer lets be seen of one sequence; a copy of a probe's will do as well.
 */
typedef struct
{
  guint           n_steps;
  guint           n_traces;
  const AnmTrace *traces;
  const guint8   *skip;
} AnmLayerTraces;

AnmProbe       *anm_probe_new           (AnmNetwork *network,
                                         AnmLossKind loss);
void            anm_probe_free          (AnmProbe *self);
/* Forward; and, with @gradients and a target that counts, backward. */
void            anm_probe_run           (AnmProbe *self,
                                         const anm_real *parameters,
                                         const AnmSequences *sequences,
                                         gsize sequence,
                                         gboolean gradients);
guint           anm_probe_get_n_steps   (const AnmProbe *self);
/* @trace is filled; FALSE if the layer has no such thing (or gradients were not asked for). */
gboolean        anm_probe_get_trace     (const AnmProbe *self,
                                         guint layer,
                                         const char *symbol,
                                         AnmTrace *trace);
/* Everything that the layer has (without gradients if they weren't asked for); owned by the probe, until its next run.
 * FALSE before the first. */
gboolean        anm_probe_get_layer_traces (AnmProbe *self,
                                         guint layer,
                                         AnmLayerTraces *traces);
const char *const *anm_probe_get_symbols (const AnmProbe *self,
                                         guint layer);
/* g_t = ||dL/dh_t||_2 [n_steps], NULL if the layer isn't recurrent or gradients weren't asked for. */
const double   *anm_probe_get_gradient_norms (const AnmProbe *self,
                                         guint layer);
/* Of a layer that weighs steps, how many sets of weights (heads) it has; else 0. */
guint           anm_probe_count_heads   (const AnmProbe *self,
                                         guint layer);
/* One of them, [n_rows][n_columns]: what each step of the layer's output makes of each step of its input. Rows add up
 * to 1, or to 0 where there is nothing to see. Free with g_free(); NULL before the first run or if there is no such head. */
anm_real       *anm_probe_get_weights   (AnmProbe *self,
                                         guint layer,
                                         guint head,
                                         guint *n_rows,
                                         guint *n_columns);
/* The answer to the record up to t (probability or number), [n_steps][n_outputs]. In a causal stack
 * one pass; otherwise one pass per prefix. */
const anm_real *anm_probe_get_prediction (AnmProbe *self,
                                         guint *n_outputs);
double          anm_probe_get_loss      (const AnmProbe *self); /* NaN without a target */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmProbe, anm_probe_free)

G_END_DECLS
