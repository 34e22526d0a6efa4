/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/network-private.h"
#include "engine/workspace.h"

G_BEGIN_DECLS

struct _AnmPacked
{
  AnmNetwork *network;
  anm_real   *values;
  gsize      *offsets; /* [n_layers] */
};

/**
 * AnmWorkspace:
 * @shapes: [n_layers + 1] the steps that enter layer l; the last: that leave the network
 * @own_shapes: those of them that aren't the one before
 * @rows: [n_rows] the batch's sequences, sorted
 * @repeats: [n_rows] which time a repeated sequence is there
 * @places: [n_rows] where the row given to load() as number i stands in @rows
 * @skips: [n_layers + 1] the packed steps that are passed over in layer l, %NULL where there are no steps
 * @with_traces: for an onlooker: traces of gradients are kept, gradients of parameters may be left out
 * @limit: no sequence is taken further than this many steps
 * @outputs: [output packed rows][n_outputs] what the last layer gives
 * @answers: the same as the reader wants it: probabilities for cross-entropies
 * @output_gradient: weight x dL/d(output), and after backward used up
 * @rates: (nullable): [n_layers] what is dropped in a pass that trains, borrowed; %NULL in an evaluation
 * @row_weights: [n_rows] the sum of the weights of a sequence's target rows
 * @runs: [n_runs + 1] where rows begin that have other lengths or factors than the ones before; no runs if there are so
 *   many that it is better to take the squares of each row
 * @row_factors: [n_rows] what makes the square of its gradient that of its own loss; 0 = it doesn't count
 */
typedef struct _AnmTruncation AnmTruncation;

struct _AnmWorkspace
{
  AnmNetwork          *network;
  AnmLossKind          loss;
  AnmLossOptions       loss_options;
  guint                max_rows;
  gsize                max_steps;
  gboolean             with_backward;
  gboolean             with_traces;
  AnmLayerState      **states;
  const AnmRagged    **shapes;
  AnmRagged           *own_shapes;
  const AnmSequences  *sequences;
  guint32             *rows;
  guint32             *repeats;
  gboolean             is_repeated;
  guint               *places;
  guint64             *keys;
  gsize                limit;
  guint8             **skips;
  gboolean             has_skip;
  AnmPlane            *gradients; /* [n_layers] dL/d(input) of layer l */
  anm_real            *outputs;
  anm_real            *answers;
  anm_real            *output_gradient;
  anm_real            *scratch;
  const AnmDropoutRates *rates;
  guint64              seed;
  guint64              update;
  double              *row_weights;
  double              *row_factors;
  guint               *runs;        /* [max_rows + 1] */
  guint                n_runs;
  gboolean             is_replicated;    /* one target stands for all steps */
  double               deep_supervision; /* then: alpha */
  guint               *step_counts;      /* [n_rows] and steps that share it */
  AnmTruncation       *truncation;       /* nullable */
  double               loss_sum;
  double               weight_sum;
  double               scale;     /* of the last backward */
};

AnmWorkspace *_anm_workspace_new         (const AnmNetwork *network, AnmLossKind loss, guint max_rows, gsize max_steps,
                                          gboolean with_backward, gboolean with_traces);
/* Like anm_workspace_load(), but takes only the first @limit steps of each sequence. */
void          _anm_workspace_load_prefix (AnmWorkspace *self, const AnmSequences *sequences, const guint32 *rows, guint n_rows,
                                          gsize limit);
/* One sequence, or its first @limit steps, @n_rows times: as repeats @first to @first + @n_rows - 1, each with masks of its own. */
void          _anm_workspace_load_repeats (AnmWorkspace *self, const AnmSequences *sequences, guint32 sequence, guint32 first,
                                           guint n_rows, gsize limit);
/* Like anm_workspace_forward(), of layers @first to @end - 1: the input of the first has been written. There is a loss
 * only if the last is among them. */
gboolean      _anm_workspace_forward_layers (AnmWorkspace *self, guint first, guint end, const AnmPacked *packed, const int *stop);
/* workspace-loss.c */
void          _anm_workspace_compute_loss (AnmWorkspace *self);
void          _anm_workspace_set_loss_options (AnmWorkspace *self, const AnmLossOptions *options);
void          _anm_workspace_set_deep_supervision (AnmWorkspace *self, double alpha);

/* truncation.c: goes back over at most @k2 steps, from every @k1-th. A gradient then takes several passes, each a
 * forward() and a backward(), between which set_pass() is called; their gradients are added up. */
void          _anm_workspace_set_truncation (AnmWorkspace *self, guint k1, guint k2);
/* After load(): how many; 1 without truncation. */
guint         _anm_workspace_count_passes (const AnmWorkspace *self);
void          _anm_workspace_set_pass (AnmWorkspace *self, guint pass);
void          _anm_truncation_free    (AnmTruncation *self);
/* Takes what isn't the pass's out of the workspace's gradient of the output, and finds the cuts. */
void          _anm_truncation_begin_pass (AnmTruncation *self, AnmWorkspace *workspace);
const guint8 *_anm_truncation_get_cuts (const AnmTruncation *self, const AnmWorkspace *workspace, guint layer);
/* Says what the next passes are for: training at @update with @rates [n_layers], borrowed, or, with %NULL, evaluation. */
void          _anm_workspace_set_dropout (AnmWorkspace *self, const AnmDropoutRates *rates, guint64 seed, guint64 update);
void          _anm_workspace_get_pass    (const AnmWorkspace *self, guint layer, const AnmPacked *packed, const int *stop, AnmPass *pass);
/* workspace-norms.c: before a pass back, whose scale is known; and no longer any, to measure what they cost */
void          _anm_workspace_begin_norms (AnmWorkspace *self);
void          _anm_workspace_stop_watching (AnmWorkspace *self);

G_END_DECLS
