/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Losses of one target row; y the network's output, t the target, K outputs:
 *
 *   mean squared error          1/K sum_k (y_k - t_k)^2          d/dy = 2/K (y - t)
 *   binary cross-entropy        1/K sum_k max (y, 0) - y t + ln (1 + e^-|y|)
 *                                                                d/dy = 1/K (sigmoid (y) - t)
 *   categorical cross-entropy   ln sum_k e^{y_k} - y_t           d/dy = softmax (y) - onehot (t)
 *
 * The cross-entropies take logits: a sigmoid or softmax that the last layer
 * asks for is folded into them, so nothing is clamped and the gradient stays
 * exact where the probability rounds to 0 or 1.
 */
#include "engine/loss-private.h"

#include "engine/kernels.h"
#include "engine/network-private.h"
#include "engine/workspace.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

gboolean
_anm_loss_takes_logits (AnmLossKind loss)
{
  return loss == ANM_LOSS_BINARY_CROSS_ENTROPY || loss == ANM_LOSS_CATEGORICAL_CROSS_ENTROPY;
}

void
_anm_loss_answer (AnmLossKind loss, guint n_outputs, const anm_real *output, anm_real *answer)
{
  if (loss == ANM_LOSS_BINARY_CROSS_ENTROPY)
    for (guint k = 0; k < n_outputs; k++)
      answer[k] = (anm_real) (1.0 / (1.0 + exp (-(double) output[k])));
  else
    {
      memcpy (answer, output, n_outputs * sizeof *answer);
      if (loss == ANM_LOSS_CATEGORICAL_CROSS_ENTROPY)
        _anm_activate (ANM_ACTIVATION_SOFTMAX, n_outputs, answer);
    }
}

/* What output @k should be: the target itself, or 0 or 1 for a class. */
static inline double
get_wanted (const AnmTargetShape *target, const anm_real *wanted, guint k)
{
  if (target->kind == ANM_TARGET_CLASSES)
    return k == (guint) wanted[0] ? 1.0 : 0.0;
  return (double) wanted[k];
}

static double
squared_error (const AnmTargetShape *target, guint n_outputs, const anm_real *output, const anm_real *wanted, anm_real *gradient)
{
  double sum = 0.0;

  for (guint k = 0; k < n_outputs; k++)
    {
      double difference = (double) output[k] - get_wanted (target, wanted, k);

      sum += difference * difference;
      if (gradient != NULL)
        gradient[k] = (anm_real) (2.0 * difference / n_outputs);
    }
  return sum / n_outputs;
}

static double
binary_cross_entropy (guint n_outputs, const anm_real *output, const anm_real *answer, const anm_real *wanted, anm_real *gradient)
{
  double sum = 0.0;

  for (guint k = 0; k < n_outputs; k++)
    {
      double y = (double) output[k], t = (double) wanted[k];

      sum += (y < 0 ? 0 : y) - y * t + log1p (exp (-fabs (y)));
      if (gradient != NULL)
        gradient[k] = (anm_real) ((t == 1.0 ? -1.0 / (1.0 + exp (y)) : (double) answer[k] - t) / n_outputs);
    }
  return sum / n_outputs;
}

static double
categorical_cross_entropy (guint n_outputs, const anm_real *output, const anm_real *answer, const anm_real *wanted, anm_real *gradient)
{
  guint right = (guint) wanted[0];
  double largest = (double) output[0], sum = 0.0, others = 0.0;

  for (guint k = 1; k < n_outputs; k++)
    largest = MAX (largest, (double) output[k]);
  for (guint k = 0; k < n_outputs; k++)
    {
      double e = exp ((double) output[k] - largest);

      sum += e;
      if (k != right)
        others += e;
    }
  if (gradient != NULL)
    {
      memcpy (gradient, answer, n_outputs * sizeof *gradient);
      gradient[right] = (anm_real) (-others / sum);
    }
  return log (sum) + largest - (double) output[right];
}

double
_anm_loss_row (AnmLossKind loss, const AnmTargetShape *target, guint n_outputs, const anm_real *output,
               const anm_real *answer, const anm_real *wanted, anm_real *gradient)
{
  switch (loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      return binary_cross_entropy (n_outputs, output, answer, wanted, gradient);
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return categorical_cross_entropy (n_outputs, output, answer, wanted, gradient);
    case ANM_LOSS_MEAN_SQUARED_ERROR:
      return squared_error (target, n_outputs, output, wanted, gradient);
    case ANM_LOSS_AUTO:
    default:
      g_assert_not_reached ();
    }
}

static AnmLossKind
get_own_loss (AnmTargetKind kind)
{
  switch (kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_LABELS:
      return ANM_LOSS_BINARY_CROSS_ENTROPY;
    case ANM_TARGET_CLASSES:
      return ANM_LOSS_CATEGORICAL_CROSS_ENTROPY;
    case ANM_TARGET_NONE:
    case ANM_TARGET_REGRESSION:
    default:
      return ANM_LOSS_MEAN_SQUARED_ERROR;
    }
}

static const char *
name_target (AnmTargetKind kind)
{
  switch (kind)
    {
    case ANM_TARGET_BINARY:
      return _("a yes-or-no target");
    case ANM_TARGET_CLASSES:
      return _("a target of classes");
    case ANM_TARGET_LABELS:
      return _("a target of labels");
    case ANM_TARGET_NONE:
    case ANM_TARGET_REGRESSION:
    default:
      return _("a numeric target");
    }
}

/**
 * anm_loss_resolve:
 * @loss: what was asked for
 * @target: what is to be learnt
 * @resolved: (out): @loss, or for %ANM_LOSS_AUTO the target's own: binary
 *   cross-entropy for yes or no and for labels, categorical cross-entropy for
 *   classes, mean squared error for numbers
 *
 * Mean squared error goes with every target (on a probability it is the Brier
 * score); anything else must be the target's own.
 *
 * Returns: %FALSE if the network doesn't give what the target needs, or the
 *   loss doesn't fit the target
 */
gboolean
anm_loss_resolve (AnmLossKind loss, const AnmNetwork *network, const AnmTargetShape *target, AnmLossKind *resolved, GError **error)
{
  AnmLossKind own = get_own_loss (target->kind);

  if (target->kind == ANM_TARGET_NONE)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                   _("There is no target, so there is nothing to learn. Choose an outcome first."));
      return FALSE;
    }
  if (!_anm_network_check_target (network, target, error))
    return FALSE;
  if (loss != ANM_LOSS_AUTO && loss != ANM_LOSS_MEAN_SQUARED_ERROR && loss != own)
    {
      if (own == ANM_LOSS_MEAN_SQUARED_ERROR)
        g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
                     /* Translators: "The loss binary_crossentropy doesn't fit a numeric target; allowed are auto and mean_squared_error." */
                     _("The loss %s doesn’t fit %s; allowed are auto and %s."),
                     anm_loss_kind_to_string (loss), name_target (target->kind), anm_loss_kind_to_string (own));
      else
        g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
                     _("The loss %s doesn’t fit %s; allowed are auto, %s and %s."),
                     anm_loss_kind_to_string (loss), name_target (target->kind), anm_loss_kind_to_string (own),
                     anm_loss_kind_to_string (ANM_LOSS_MEAN_SQUARED_ERROR));
      return FALSE;
    }
  *resolved = loss == ANM_LOSS_AUTO ? own : loss;
  return TRUE;
}
