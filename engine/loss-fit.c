/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which loss goes with which target.
 */
#include "engine/error.h"
#include "engine/network-private.h"
#include "engine/workspace.h"

#include <glib/gi18n-lib.h>

#define MAX_LOSSES_OF_TARGET 4

/* The target's own loss comes first: auto stands for it. AUTO ends the list. */
typedef struct
{
  const char *name;
  AnmLossKind losses[MAX_LOSSES_OF_TARGET + 1];
} Fit;

static const Fit fits[] = {
  [ANM_TARGET_BINARY] = { N_("a yes-or-no target"), { ANM_LOSS_BINARY_CROSS_ENTROPY, ANM_LOSS_BINARY_FOCAL, ANM_LOSS_MEAN_SQUARED_ERROR } },
  [ANM_TARGET_CLASSES] = { N_("a target of classes"), { ANM_LOSS_CATEGORICAL_CROSS_ENTROPY, ANM_LOSS_CATEGORICAL_FOCAL, ANM_LOSS_MEAN_SQUARED_ERROR } },
  [ANM_TARGET_LABELS] = { N_("a target of labels"), { ANM_LOSS_BINARY_CROSS_ENTROPY, ANM_LOSS_BINARY_FOCAL, ANM_LOSS_MEAN_SQUARED_ERROR } },
  [ANM_TARGET_REGRESSION] = { N_("a numeric target"),
                              { ANM_LOSS_MEAN_SQUARED_ERROR, ANM_LOSS_MEAN_ABSOLUTE_ERROR, ANM_LOSS_HUBER, ANM_LOSS_LOG_COSH } },
  [ANM_TARGET_SURVIVAL] = { N_("a time-to-event target"), { ANM_LOSS_SURVIVAL } },
};

static gboolean
refuse_loss (AnmLossKind loss, const Fit *fit, GError **error)
{
  g_autoptr (GString) allowed = g_string_new (anm_loss_kind_to_string (ANM_LOSS_AUTO));

  for (guint i = 0; fit->losses[i] != ANM_LOSS_AUTO; i++)
    g_string_append_printf (allowed, ", %s", anm_loss_kind_to_string (fit->losses[i]));
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
               /* Translators: "The loss binary_crossentropy doesn't fit a numeric target; allowed are auto, mean_squared_error, ..." */
               _("The loss %s doesn’t fit %s; allowed are %s."), anm_loss_kind_to_string (loss), _(fit->name), allowed->str);
  return FALSE;
}

/**
 * anm_loss_resolve:
 * @loss: what was asked for
 * @target: what is to be learnt
 * @resolved: (out): @loss, or for %ANM_LOSS_AUTO the target's own: binary
 *   cross-entropy for yes or no and for labels, categorical cross-entropy for
 *   classes, mean squared error for numbers, the likelihood of the hazards for survival
 *
 * The cross-entropies may be focal; mean squared error goes with a probability
 * too (it is the Brier score); numbers may also take the mean absolute error,
 * Huber's loss or log-cosh.
 *
 * Returns: %FALSE if the network doesn't give what the target needs, or the
 *   loss doesn't fit the target
 */
gboolean
anm_loss_resolve (AnmLossKind loss, const AnmNetwork *network, const AnmTargetShape *target, AnmLossKind *resolved, GError **error)
{
  const Fit *fit;

  if (target->kind == ANM_TARGET_NONE)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                   _("There is no target, so there is nothing to learn. Choose an outcome first."));
      return FALSE;
    }
  if (!_anm_network_check_target (network, target, error))
    return FALSE;
  fit = &fits[target->kind];
  for (guint i = 0; fit->losses[i] != ANM_LOSS_AUTO; i++)
    if (loss == ANM_LOSS_AUTO || loss == fit->losses[i])
      {
        *resolved = fit->losses[i];
        return TRUE;
      }
  return refuse_loss (loss, fit, error);
}
