/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/pool.h"
#include "engine/workspace.h"

#include <stdatomic.h>

G_BEGIN_DECLS

/* Chunks of a wave: what is in memory at once, whatever the batch. */
#define ANM_WAVE 16

/**
 * AnmLanes:
 *
 * Workspaces for the tasks of a wave: as many as can run at once. Which one a
 * task gets doesn't change what it computes.
 */
typedef struct
{
  guint           n_workspaces; /* at most ANM_WAVE */
  AnmWorkspace   *workspaces[ANM_WAVE];
  _Atomic guint32 free;         /* bit i: workspace i is free */
} AnmLanes;

guint         _anm_lanes_chunk_rows (gsize max_steps);
AnmLanes     *_anm_lanes_new        (const AnmNetwork *network,
                                     AnmLossKind loss,
                                     const AnmPool *pool,
                                     gsize max_steps,
                                     gboolean with_backward);
void          _anm_lanes_free       (AnmLanes *self);
void          _anm_lanes_set_loss_options (AnmLanes *self,
                                     const AnmLossOptions *options);
void          _anm_lanes_set_training (AnmLanes *self,
                                     const AnmHyperparameters *hyperparameters);
AnmWorkspace *_anm_lanes_take       (AnmLanes *self,
                                     guint *index);
void          _anm_lanes_give_back  (AnmLanes *self,
                                     guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmLanes, _anm_lanes_free)

G_END_DECLS
