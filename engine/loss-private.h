/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"

#include <math.h>

G_BEGIN_DECLS

/* Whether @loss is computed from logits, so that a sigmoid or softmax of the last layer is left to it. */
gboolean _anm_loss_takes_logits (AnmLossKind loss);
/* The network's answer: the output itself, or the probabilities that the logits stand for. */
void     _anm_loss_answer       (AnmLossKind loss, guint n_outputs, const anm_real *output, anm_real *answer);
/* The loss of one target row and, if @gradient isn't %NULL, its derivative by the output. */
double   _anm_loss_row          (AnmLossKind loss, const AnmLossOptions *options, const AnmTargetShape *target, guint n_outputs,
                                 const anm_real *output, const anm_real *answer, const anm_real *wanted, anm_real *gradient);

/* Whether a target row says anything: of labels some may be missing, which is NaN. */
static inline gboolean
_anm_target_is_known (const AnmTargetShape *target, const anm_real *wanted)
{
  if (target->kind != ANM_TARGET_LABELS)
    return TRUE;
  for (guint k = 0; k < target->n_outputs; k++)
    if (!isnan (wanted[k]))
      return TRUE;
  return FALSE;
}

G_END_DECLS
