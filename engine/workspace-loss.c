/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loss of a pass, and what goes back from it. A network that answers at
 * every step may be held against one target a sequence:
 *
 *   L = alpha 1/T sum_t L (y_t, target) + (1 - alpha) L (y_T, target)
 *
 * Z. C. Lipton, D. C. Kale, C. Elkan, R. Wetzel (2016): Learning to diagnose
 * with LSTM recurrent neural networks. ICLR. Section 3.3, target replication.
 */
#include "engine/workspace-private.h"

#include "engine/loss-private.h"

#include <string.h>

void
_anm_workspace_set_loss_options (AnmWorkspace *self, const AnmLossOptions *options)
{
  self->loss_options = *options;
}

void
_anm_workspace_set_deep_supervision (AnmWorkspace *self, double alpha)
{
  self->deep_supervision = alpha;
}

/* The weight of target row @row of sequence @sequence, 0 where the loss doesn't count. */
static double
get_target_weight (const AnmSequences *sequences, guint32 sequence, gsize row, const anm_real *wanted)
{
  double weight = sequences->weights == NULL ? 1.0 : (double) sequences->weights[sequence];

  if (sequences->target_mask != NULL && !sequences->target_mask[row])
    return 0.0;
  if (!_anm_target_is_known (&sequences->target, wanted))
    return 0.0;
  if (sequences->class_weights != NULL && (sequences->target.kind == ANM_TARGET_BINARY || sequences->target.kind == ANM_TARGET_CLASSES))
    weight *= sequences->class_weights[(guint) wanted[0]];
  return weight;
}

static guint
count_steps (const AnmWorkspace *self, guint r)
{
  guint l = self->network->n_layers, n_steps = 0;

  for (guint t = 0; t < self->shapes[l]->lengths[r]; t++)
    n_steps += !self->has_skip || self->skips[l] == NULL || !self->skips[l][self->shapes[l]->start[t] + r];
  return n_steps;
}

/* What part of its sequence's loss step @t has: all of it, but under deep supervision, where one target stands
 * for all steps: alpha / n of it at each of the n steps that aren't skipped, and the last one 1 - alpha more. */
static double
get_share (const AnmWorkspace *self, guint t, guint r)
{
  guint l = self->network->n_layers;
  gboolean is_last = t + 1 == self->shapes[l]->lengths[r];
  gboolean is_skipped = self->has_skip && self->skips[l] != NULL && self->skips[l][self->shapes[l]->start[t] + r];
  double alpha = self->deep_supervision;

  if (!self->is_replicated)
    return 1.0;
  if (self->step_counts[r] == 0)
    return is_last ? 1.0 : 0.0;
  return (is_skipped ? 0.0 : alpha / self->step_counts[r]) + (is_last ? 1.0 - alpha : 0.0);
}

/* Loss, answer and gradient of step @t (of the output) of row @r. */
static void
compute_loss_row (AnmWorkspace *self, guint t, guint r)
{
  const AnmSequences *sequences = self->sequences;
  guint n_outputs = anm_network_get_n_outputs (self->network);
  gsize at = (self->shapes[self->network->n_layers]->start[t] + r) * n_outputs;
  anm_real *gradient = self->with_backward ? self->output_gradient + at : NULL;
  gsize target_row = sequences->target.per_step ? sequences->offsets[self->rows[r]] + t : self->rows[r];
  const anm_real *wanted = NULL;
  double weight = 0.0;

  _anm_loss_answer (self->loss, n_outputs, self->outputs + at, self->answers + at);
  if (sequences->targets != NULL)
    {
      wanted = sequences->targets + target_row * anm_sequences_get_target_width (&sequences->target);
      weight = get_target_weight (sequences, self->rows[r], target_row, wanted);
    }
  weight *= get_share (self, t, r);
  if (weight > 0.0)
    {
      self->loss_sum += weight * _anm_loss_row (self->loss, &self->loss_options, &sequences->target, n_outputs,
                                                 self->outputs + at, self->answers + at, wanted, gradient);
      self->weight_sum += weight;
      self->row_weights[r] += weight;
      for (guint k = 0; gradient != NULL && k < n_outputs; k++)
        gradient[k] = (anm_real) (weight * (double) gradient[k]);
    }
  else if (gradient != NULL)
    memset (gradient, 0, n_outputs * sizeof *gradient);
}

void
_anm_workspace_compute_loss (AnmWorkspace *self)
{
  const AnmRagged *shape = self->shapes[self->network->n_layers];

  self->loss_sum = self->weight_sum = 0.0;
  memset (self->row_weights, 0, shape->n_rows * sizeof *self->row_weights);
  self->is_replicated = anm_network_get_per_step (self->network) && !self->sequences->target.per_step;
  for (guint r = 0; self->is_replicated && r < shape->n_rows; r++)
    self->step_counts[r] = count_steps (self, r);
  for (guint t = 0; t < shape->n_steps; t++)
    for (guint r = 0; r < shape->active[t]; r++)
      compute_loss_row (self, t, r);
}
