/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"
#include "engine/pool.h"
#include "engine/probe.h"

G_BEGIN_DECLS

/*
 * A walk over many sequences that looks at what layers hold: forward, and if it
 * is asked for backward, chunk by chunk on the pool. Each chunk has a buffer that
 * begins as zeros; buffers are collected in the chunks' order, so that sums
 * have the same bits whatever the threads.
 */

/**
 * AnmSurveyRow:
 * @backward: after the pass back: @traces are gradients and @norms are there
 * @traces: those that were wanted
 * @skips: [traces.n_traces] (nullable entries): the skipped steps of each trace
 * @norms: (nullable): [traces.n_steps] g_t up to a factor that is the same at all
 *   steps; of recurrent layers, backward
 *
 * One layer of one sequence, valid during the call.
 */
typedef struct
{
  gsize          sequence;
  guint          layer;
  gboolean       backward;
  AnmLayerTraces traces;
  const guint8 *const *skips;
  const double  *norms;
} AnmSurveyRow;

/**
 * AnmSurveyFuncs:
 * @buffer_size: bytes of a chunk's buffer
 * @wants: whether trace @info of a layer is looked at
 * @visit: called for each layer of each sequence of which something is wanted, in any thread
 * @collect: (nullable): called for each chunk, in order
 */
typedef struct
{
  gsize      buffer_size;
  gboolean   gradients;
  gboolean (*wants)   (guint layer, const AnmTraceInfo *info, gpointer data);
  void     (*visit)   (const AnmSurveyRow *row, gpointer buffer, gpointer data);
  void     (*collect) (gconstpointer buffer, gpointer data);
} AnmSurveyFuncs;

/* @loss: resolved; for a survey that doesn't go back any will do. FALSE if stopped. Sequences without steps are passed over. */
gboolean _anm_survey_run (const AnmNetwork *network, const anm_real *parameters, AnmLossKind loss, const AnmSequences *sequences,
                          AnmPool *pool, const AnmSurveyFuncs *funcs, gpointer data, const int *stop);

G_END_DECLS
