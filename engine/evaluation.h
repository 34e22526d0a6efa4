/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lanes.h"
#include "engine/metrics-private.h"

G_BEGIN_DECLS

/**
 * AnmEvaluation:
 * @predictions: the last pass's, owned
 * @faulty_layer: after a pass whose loss isn't finite: the first layer whose
 *   outputs aren't, or -1
 *
 * A forward pass over all sequences of a set, again and again without
 * allocating. Chunks are made of sequences of like length, and losses added in
 * their order.
 */
typedef struct
{
  const AnmNetwork   *network;
  const AnmSequences *sequences;
  AnmScorer          *scorer;
  AnmPredictions      predictions;
  int                 faulty_layer;

  guint               chunk_rows;
  guint               n_chunks;
  guint32            *rows;     /* [n_sequences], longest first */
  double             *losses;   /* [n_chunks] */
  double             *weights;  /* [n_chunks] */
  int                *faults;   /* [n_chunks] */

  AnmLanes           *lanes;    /* of the pass at hand */
  const AnmPacked    *packed;
  const int          *stop;
  const AnmWatch     *watch;    /* nullable: is told after each wave */
  guint               first;    /* chunk of the wave at hand */
  _Atomic gboolean    stopped;
} AnmEvaluation;

AnmEvaluation *_anm_evaluation_new  (const AnmNetwork *network,
                                     AnmLossKind loss,
                                     const AnmSequences *sequences,
                                     guint chunk_rows);
void           _anm_evaluation_free (AnmEvaluation *self);
gboolean       _anm_evaluation_run  (AnmEvaluation *self,
                                     AnmLanes *lanes,
                                     const AnmPacked *packed,
                                     AnmPool *pool,
                                     const int *stop,
                                     AnmMetrics *metrics);

/* Sequences of @rows by falling length, ties by index. */
void           _anm_sort_by_length  (const AnmSequences *sequences,
                                     guint32 *rows,
                                     gsize n_rows);

static inline gboolean
_anm_is_stopped (const int *stop)
{
  return stop != NULL && g_atomic_int_get (stop) != 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmEvaluation, _anm_evaluation_free)

G_END_DECLS
