/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lanes.h"

#include "engine/workspace-private.h"

#define MAX_CHUNK_ROWS 32

/* Rows times steps of a chunk: bounds a workspace's memory for very long sequences. */
#define MAX_CHUNK_STEPS 65536

/**
 * _anm_lanes_chunk_rows:
 * @max_steps: of the longest sequence
 *
 * Returns: how many sequences a chunk holds at most; depends on the data alone
 */
guint
_anm_lanes_chunk_rows (gsize max_steps)
{
  return (guint) CLAMP (MAX_CHUNK_STEPS / MAX (max_steps, 1), 1, MAX_CHUNK_ROWS);
}

AnmLanes *
_anm_lanes_new (const AnmNetwork *network, AnmLossKind loss, const AnmPool *pool, gsize max_steps, gboolean with_backward)
{
  AnmLanes *self = g_new0 (AnmLanes, 1);

  self->n_workspaces = MIN (anm_pool_get_n_lanes (pool), ANM_WAVE);
  for (guint i = 0; i < self->n_workspaces; i++)
    self->workspaces[i] = anm_workspace_new (network, loss, _anm_lanes_chunk_rows (max_steps), max_steps, with_backward);
  atomic_init (&self->free, (guint32) ((G_GUINT64_CONSTANT (1) << self->n_workspaces) - 1));
  return self;
}

void
_anm_lanes_free (AnmLanes *self)
{
  for (guint i = 0; i < self->n_workspaces; i++)
    anm_workspace_free (self->workspaces[i]);
  g_free (self);
}

void
_anm_lanes_set_loss_options (AnmLanes *self, const AnmLossOptions *options)
{
  for (guint i = 0; i < self->n_workspaces; i++)
    _anm_workspace_set_loss_options (self->workspaces[i], options);
}

/**
 * _anm_lanes_set_training:
 *
 * Once, of lanes that gradients are taken with: deep supervision, and
 * truncated back-propagation.
 */
void
_anm_lanes_set_training (AnmLanes *self, const AnmHyperparameters *hyperparameters)
{
  for (guint i = 0; i < self->n_workspaces; i++)
    {
      _anm_workspace_set_deep_supervision (self->workspaces[i], hyperparameters->deep_supervision);
      if (hyperparameters->truncation_k1 > 0)
        _anm_workspace_set_truncation (self->workspaces[i], hyperparameters->truncation_k1, hyperparameters->truncation_k2);
    }
}

/**
 * _anm_lanes_take:
 * @index: (out): to be given back
 *
 * There is always a free one: no more tasks run at once than there are
 * workspaces.
 *
 * Returns: (transfer none): a workspace that is the caller's until it is given back
 */
AnmWorkspace *
_anm_lanes_take (AnmLanes *self, guint *index)
{
  guint32 free = atomic_load (&self->free);
  guint lowest;

  do
    {
      g_assert (free != 0);
      lowest = (guint) g_bit_nth_lsf (free, -1);
    }
  while (!atomic_compare_exchange_weak (&self->free, &free, free & ~(1u << lowest)));
  *index = lowest;
  return self->workspaces[lowest];
}

void
_anm_lanes_give_back (AnmLanes *self, guint index)
{
  atomic_fetch_or (&self->free, 1u << index);
}
