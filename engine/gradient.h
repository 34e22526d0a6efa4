/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/batches.h"
#include "engine/gradient-flow.h"
#include "engine/lanes.h"
#include "engine/layer-private.h"

G_BEGIN_DECLS

/* A piece of the parameter vector that lies within one slice of one layer. */
typedef struct
{
  gsize            first;
  gsize            n;
  guint            layer;
  AnmParameterKind kind;
  gboolean         frozen;
  double           l1;
  double           l2;
} AnmSegment;

typedef void (*AnmSegmentFunc) (guint segment,
                                gpointer data);

/**
 * AnmGradient:
 * @gradient: [n_parameters] of the minibatch's weighted mean loss and the penalty; 0 in frozen layers
 * @loss: weighted sum over the minibatch, @weight the sum of weights
 * @penalty: l1 sum |w| + l2 sum w^2 over the segments
 * @norm: of @gradient; @layer_norms: [n_layers]
 * @faulty_layer: if the loss isn't finite, the first layer whose outputs
 *   aren't; if the gradient isn't, the last layer whose isn't (it comes first on the
 *   way back); else -1
 * @flow: sums of g_t^2 over the minibatch; of truncated back-propagation in several passes the sum of theirs
 *
 * The gradient of a minibatch. Chunks go to the pool in waves; each fills a
 * buffer of its own, and buffers are added in the chunks' order, in double
 * precision. So the bits depend on neither threads nor luck, and memory on
 * the wave and not on the minibatch. The vector is cut into segments, which
 * are tasks too where it is long.
 */
typedef struct
{
  const AnmNetwork   *network;
  const AnmSequences *sequences;
  AnmPool            *pool;
  AnmLanes           *lanes;

  anm_real           *gradient;
  double              loss;
  double              weight;
  double              penalty;
  double              norm;
  double             *layer_norms;
  int                 faulty_layer;
  AnmGradientFlow    *flow;
  gboolean            watching;     /* whether @flow is kept */

  gsize               n_parameters;
  guint               n_layers;
  guint               n_segments;
  AnmSegment         *segments;
  double             *squares;      /* [n_segments] */
  double             *penalties;    /* [n_segments] */
  const anm_real     *parameters;   /* nullable: where the penalty is taken */
  guint               wave;         /* buffers */
  anm_real           *buffers[ANM_WAVE];
  AnmGradientFlow    *flows[ANM_WAVE];
  AnmGradientFlow    *uncounted[ANM_WAVE]; /* nullable: takes counts that aren't wanted */
  double             *sum;          /* [n_parameters] */

  const AnmDropoutRates *rates;     /* [n_layers], set by the owner before a pass */
  guint64             seed;         /* of the masks */
  guint64             update;       /* number of the pass at hand */
  const AnmBatches   *batches;      /* of the pass at hand */
  const AnmPacked    *packed;
  const int          *stop;
  guint               first;        /* chunk of the wave at hand */
  guint               n_in_wave;
  gboolean            is_last_wave;
  double              losses[ANM_WAVE];
  double              weights[ANM_WAVE];
  int                 faults[ANM_WAVE];
  _Atomic gboolean    stopped;
  AnmSegmentFunc      segment_func;
  gpointer            segment_data;
} AnmGradient;

typedef enum
{
  ANM_GRADIENT_DONE,
  ANM_GRADIENT_STOPPED,
  ANM_GRADIENT_LOSS_NOT_FINITE,
  ANM_GRADIENT_NOT_FINITE,
} AnmGradientResult;

AnmGradient      *_anm_gradient_new          (const AnmNetwork *network,
                                              const AnmSequences *sequences,
                                              AnmPool *pool,
                                              AnmLanes *lanes);
void              _anm_gradient_free         (AnmGradient *self);
/* Adds L1 and L2 of @parameters, borrowed, to what is computed. */
void              _anm_gradient_set_penalty  (AnmGradient *self,
                                              const AnmHyperparameters *hyperparameters,
                                              const anm_real *parameters);
/* Makes room for lanes whose gradient takes several passes. */
void              _anm_gradient_allow_passes (AnmGradient *self);
AnmGradientResult _anm_gradient_compute      (AnmGradient *self,
                                              const AnmPacked *packed,
                                              const AnmBatches *batches,
                                              const int *stop);
/* Calls @func for each segment: on the pool where the vector is long. */
void              _anm_gradient_for_segments (AnmGradient *self,
                                              AnmSegmentFunc func,
                                              gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmGradient, _anm_gradient_free)

G_END_DECLS
