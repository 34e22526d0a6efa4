/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Truncated back-propagation through time, BPTT(k2; k1):
 *
 *   dL/d(parameters) = sum over s = k1, 2 k1, ..., T of the derivative of the losses of the steps that
 *                      the s before left, (s', s], back to step s - k2 + 1, the state before which is taken as given
 *
 * The last s is the sequence's end, though it may be nearer than k1 to the one
 * before. R. J. Williams, J. Peng (1990): An efficient gradient-based algorithm
 * for on-line training of recurrent network trajectories. Neural Computation 2.
 * Section 5.
 *
 * Windows (s', s] that are K = ceil (k2 / k1) apart don't meet on their way
 * back, so they go together: pass j takes the windows j, j + K, j + 2 K ... and cuts what is carried
 * back where each of them ends. A last window that is shorter than k1 may
 * reach further back than its place allows; then it has a pass of its own.
 */
#include "engine/workspace-private.h"

#include <string.h>

/**
 * AnmTruncation:
 * @pass: that is being made
 * @cuts: [max_rows x max_steps] of the recurrent layers' steps
 * @first: the first recurrent layer, whose steps all later layers have
 */
struct _AnmTruncation
{
  guint   k1;
  guint   k2;
  guint   pass;
  guint   first;
  guint8 *cuts;
};

void
_anm_workspace_set_truncation (AnmWorkspace *self, guint k1, guint k2)
{
  AnmTruncation *truncation;

  g_assert (k1 > 0 && k2 >= k1 && self->truncation == NULL);

  self->truncation = truncation = g_new0 (AnmTruncation, 1);
  truncation->k1 = k1;
  truncation->k2 = k2;
  while (truncation->first + 1 < self->network->n_layers && !self->network->layers[truncation->first]->klass->is_recurrent)
    truncation->first++;
  truncation->cuts = g_new0 (guint8, (gsize) self->max_rows * self->max_steps);
}

void
_anm_truncation_free (AnmTruncation *self)
{
  g_free (self->cuts);
  g_free (self);
}

static const AnmRagged *
get_steps (const AnmTruncation *self, const AnmWorkspace *workspace)
{
  return workspace->shapes[self->first];
}

static guint
count_windows (const AnmTruncation *self, guint length)
{
  return (length + self->k1 - 1) / self->k1;
}

/* The step behind window @window's last. */
static guint
get_end (const AnmTruncation *self, guint window, guint length)
{
  return (guint) MIN ((guint64) (window + 1) * self->k1, length);
}

/* How many passes keep windows of full length apart. */
static guint
get_distance (const AnmTruncation *self)
{
  return (self->k2 - 1) / self->k1 + 1;
}

/* In which pass window @window of a sequence is taken. A sequence that is never cut goes in one. */
static guint
get_pass (const AnmTruncation *self, guint window, guint length)
{
  guint distance = get_distance (self);

  if (length <= self->k2)
    return 0;
  if (window + 1 == count_windows (self, length) && window >= distance
      && length - self->k2 < get_end (self, window - distance, length))
    return distance;
  return window % distance;
}

/* Whether there is a loss at every step, or one at the end. */
static gboolean
answers_at_steps (const AnmWorkspace *workspace)
{
  return anm_network_get_per_step (workspace->network);
}

guint
_anm_workspace_count_passes (const AnmWorkspace *workspace)
{
  const AnmTruncation *self = workspace->truncation;
  const AnmRagged *steps;
  guint n_passes = 1;

  if (self == NULL || !answers_at_steps (workspace))
    return 1;
  steps = get_steps (self, workspace);
  for (guint r = 0; r < steps->n_rows; r++)
    {
      guint n_windows = count_windows (self, steps->lengths[r]);

      if (steps->lengths[r] <= self->k2)
        break; /* longest first */
      n_passes = MAX (n_passes, MIN (n_windows, get_distance (self)));
      n_passes = MAX (n_passes, get_pass (self, n_windows - 1, steps->lengths[r]) + 1);
    }
  return n_passes;
}

void
_anm_workspace_set_pass (AnmWorkspace *self, guint pass)
{
  if (self->truncation != NULL)
    self->truncation->pass = pass;
}

/* Takes one window of row @r into the pass, or leaves its losses out. */
static void
take_window (AnmTruncation *self, AnmWorkspace *workspace, guint r, guint window)
{
  const AnmRagged *steps = get_steps (self, workspace);
  const AnmRagged *answers = workspace->shapes[workspace->network->n_layers];
  guint length = steps->lengths[r], end = get_end (self, window, length);
  guint n_outputs = anm_network_get_n_outputs (workspace->network);

  if (get_pass (self, window, length) == self->pass)
    {
      if (end > self->k2)
        self->cuts[steps->start[end - self->k2] + r] = 1;
      return;
    }
  for (guint t = window * self->k1; t < end; t++)
    memset (workspace->output_gradient + (answers->start[t] + r) * n_outputs, 0, n_outputs * sizeof (anm_real));
}

void
_anm_truncation_begin_pass (AnmTruncation *self, AnmWorkspace *workspace)
{
  const AnmRagged *steps = get_steps (self, workspace);

  memset (self->cuts, 0, steps->n_packed);
  for (guint r = 0; r < steps->n_rows; r++)
    if (!answers_at_steps (workspace))
      {
        if (steps->lengths[r] > self->k2)
          self->cuts[steps->start[steps->lengths[r] - self->k2] + r] = 1;
      }
    else
      for (guint window = 0; window < count_windows (self, steps->lengths[r]); window++)
        take_window (self, workspace, r, window);
}

const guint8 *
_anm_truncation_get_cuts (const AnmTruncation *self, const AnmWorkspace *workspace, guint layer)
{
  return workspace->network->layers[layer]->klass->is_recurrent ? self->cuts : NULL;
}
