/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/loss-private.h"
#include "engine/network-private.h"
#include "engine/trainer-private.h"

#include <glib/gi18n-lib.h>

/*
 * What can't be trained on, and why, in words.
 */

static const anm_real *
get_target (const AnmSequences *sequences, gsize row)
{
  return sequences->targets + row * anm_sequences_get_target_width (&sequences->target);
}

static gboolean
class_counts (const AnmSequences *sequences, gsize row)
{
  gboolean has_classes = sequences->target.kind == ANM_TARGET_BINARY || sequences->target.kind == ANM_TARGET_CLASSES;

  return !has_classes || sequences->class_weights == NULL
         || sequences->class_weights[(guint) *get_target (sequences, row)] > 0.0;
}

static gboolean
row_counts (const AnmSequences *sequences, gsize sequence, gsize row)
{
  return (sequences->target_mask == NULL || sequences->target_mask[row] != 0)
         && (sequences->weights == NULL || sequences->weights[sequence] > 0)
         && _anm_target_is_known (&sequences->target, get_target (sequences, row))
         && class_counts (sequences, row);
}

static void
get_target_rows (const AnmSequences *sequences, gsize sequence, gsize *first, gsize *end)
{
  *first = sequences->target.per_step ? sequences->offsets[sequence] : sequence;
  *end = sequences->target.per_step ? sequences->offsets[sequence + 1] : sequence + 1;
}

/**
 * _anm_list_counted:
 * @n_counted: (out): how many
 *
 * Returns: (transfer full): the sequences of which at least one target counts
 */
guint32 *
_anm_list_counted (const AnmSequences *sequences, gsize *n_counted)
{
  guint32 *counted = g_new (guint32, MAX (sequences->n_sequences, 1));

  *n_counted = 0;
  for (gsize n = 0; n < sequences->n_sequences; n++)
    {
      gsize first, end;

      get_target_rows (sequences, n, &first, &end);
      for (gsize row = first; row < end; row++)
        if (row_counts (sequences, n, row))
          {
            counted[(*n_counted)++] = (guint32) n;
            break;
          }
    }
  return counted;
}

static gboolean
refuse (GError **error, AnmEngineError code, char *message)
{
  g_set_error_literal (error, ANM_ENGINE_ERROR, (int) code, message);
  g_free (message);
  return FALSE;
}

static gboolean
has_target (const AnmSequences *sequences)
{
  return sequences->target.kind != ANM_TARGET_NONE && sequences->targets != NULL;
}

static gboolean
check_target (const AnmNetwork *network, const AnmSequences *training, const AnmSequences *validation, GError **error)
{
  const AnmTargetShape *target = &training->target;

  if (!has_target (training))
    return refuse (error, ANM_ENGINE_ERROR_DATA,
                   g_strdup (_("The data have no target: choose the column that the network is to learn to predict.")));
  if (target->per_step != anm_network_get_per_step (network))
    return refuse (error, ANM_ENGINE_ERROR_DATA,
                   g_strdup (target->per_step
                               ? _("The data have a target at every step, but the network gives one answer a patient. Let its last recurrent layer return sequences.")
                               : _("The data have one target a patient, but the network answers at every step. Its last recurrent layer must not return sequences.")));
  if (validation != NULL && has_target (validation)
      && (validation->target.kind != target->kind || validation->target.n_outputs != target->n_outputs
          || validation->target.per_step != target->per_step))
    return refuse (error, ANM_ENGINE_ERROR_DATA,
                   g_strdup (_("The validation part has another kind of target than the training part.")));
  return TRUE;
}

/* Whether column @column of the targets that count holds two different values. */
static gboolean
target_varies (const AnmSequences *sequences, guint column, double *value)
{
  guint width = anm_sequences_get_target_width (&sequences->target);
  gboolean is_first = TRUE;

  for (gsize n = 0; n < sequences->n_sequences; n++)
    {
      gsize first, end;

      get_target_rows (sequences, n, &first, &end);
      for (gsize row = first; row < end; row++)
        {
          double found = (double) sequences->targets[row * width + column];

          if (!row_counts (sequences, n, row) || isnan (found))
            continue;
          if (!is_first && found != *value)
            return TRUE;
          *value = found;
          is_first = FALSE;
        }
    }
  return FALSE;
}

static gboolean
check_events (const AnmSequences *training, gsize n_counted, GError **error)
{
  for (gsize n = 0; n < training->n_sequences; n++)
    {
      gsize first, end;

      get_target_rows (training, n, &first, &end);
      for (gsize row = first; row < end; row++)
        if (row_counts (training, n, row) && get_target (training, row)[1] == 1)
          return TRUE;
    }
  return refuse (error, ANM_ENGINE_ERROR_DATA,
                 g_strdup_printf (ngettext ("Nobody had the event: the training part has %zu patient, who was followed without it. A network learns when events happen from those to whom they did.",
                                            "Nobody had the event: the training part has %zu patients, who were all followed without it. A network learns when events happen from those to whom they did.",
                                            n_counted),
                                  n_counted));
}

static gboolean
check_classes (const AnmSequences *training, gsize n_counted, GError **error)
{
  guint width = anm_sequences_get_target_width (&training->target);
  double value = 0.0;

  if (training->target.kind == ANM_TARGET_REGRESSION)
    return TRUE;
  if (training->target.kind == ANM_TARGET_SURVIVAL)
    return check_events (training, n_counted, error);
  for (guint column = 0; column < width; column++)
    if (target_varies (training, column, &value))
      return TRUE;
  if (training->target.kind == ANM_TARGET_LABELS)
    return refuse (error, ANM_ENGINE_ERROR_DATA,
                   g_strdup_printf (ngettext ("No label differs between patients: the training part has %zu patient with an outcome. A network learns from differences; add patients of the other kind or choose another target.",
                                              "No label differs between patients: the training part has %zu patients with an outcome. A network learns from differences; add patients of the other kind or choose another target.",
                                              n_counted),
                                    n_counted));
  return refuse (error, ANM_ENGINE_ERROR_DATA,
                 g_strdup_printf (ngettext ("There is one class only: the training part has %zu patient with an outcome, which is %g. A network learns from differences; add patients of another class or choose another target.",
                                            "There is one class only: the training part has %zu patients with an outcome, and for all of them it is %g. A network learns from differences; add patients of another class or choose another target.",
                                            n_counted),
                                  n_counted, value));
}

static gboolean
check_patients (const AnmSequences *training, GError **error)
{
  gsize n_counted;
  g_autofree guint32 *counted = NULL;

  if (training->n_sequences == 0)
    return refuse (error, ANM_ENGINE_ERROR_DATA,
                   g_strdup (_("The training part is empty: there are no patients to learn from.")));
  counted = _anm_list_counted (training, &n_counted);
  if (n_counted == 0)
    return refuse (error, ANM_ENGINE_ERROR_DATA,
                   g_strdup_printf (_("None of the %zu patients in the training part has an outcome to learn from."), training->n_sequences));
  return check_classes (training, n_counted, error);
}

static gboolean
check_balance (const AnmHyperparameters *hyperparameters, const AnmSequences *training, GError **error)
{
  if (!hyperparameters->balanced_classes
      || training->target.kind == ANM_TARGET_BINARY || training->target.kind == ANM_TARGET_CLASSES)
    return TRUE;
  return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                 g_strdup (_("Classes can be balanced only where the target is one of several classes; switch it off.")));
}

static gboolean
check_class_weights (const AnmHyperparameters *hyperparameters, const AnmSequences *training, GError **error)
{
  guint n_classes = training->target.kind == ANM_TARGET_BINARY ? 2 : training->target.n_outputs;

  if (hyperparameters->n_class_weights == 0)
    return TRUE;
  if (training->target.kind != ANM_TARGET_BINARY && training->target.kind != ANM_TARGET_CLASSES)
    return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   g_strdup (_("Classes can be weighed only where the target is one of several classes; leave the class weights out.")));
  if (hyperparameters->n_class_weights == n_classes)
    return TRUE;
  return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                 g_strdup_printf (_("There are %u class weights, but the target has %u classes. Give one number for each class, in their order."),
                                  hyperparameters->n_class_weights, n_classes));
}

static gboolean
check_frozen (const AnmNetwork *network, GError **error)
{
  for (guint layer = 0; layer < network->n_layers; layer++)
    if (!network->layers[layer]->frozen && network->layers[layer]->n_reals > 0)
      return TRUE;
  return refuse (error, ANM_ENGINE_ERROR_NETWORK,
                 g_strdup (_("Every layer is frozen, so there is nothing that could learn. Take “frozen” off at least one of them.")));
}

/* A layer that looks at several steps, but not as a recurrent layer does. */
static gboolean
looks_at_steps (const AnmLayer *layer)
{
  return layer->klass->needs_sequences && !layer->klass->is_recurrent;
}

/* The first layer from @from on that gives its answer from several steps, or ahead of them; or -1. */
static int
find_looking_layer (const AnmNetwork *network, guint from)
{
  for (guint layer = 0; layer < network->n_layers; layer++)
    if (!network->layers[layer]->causal || (layer >= from && looks_at_steps (network->layers[layer])))
      return (int) layer;
  return -1;
}

static guint
find_first_recurrent (const AnmNetwork *network)
{
  guint layer = 0;

  while (layer < network->n_layers && !network->layers[layer]->klass->is_recurrent)
    layer++;
  return layer;
}

static gboolean
check_truncation (const AnmNetwork *network, const AnmHyperparameters *hyperparameters, GError **error)
{
  guint first = find_first_recurrent (network);
  int looking = find_looking_layer (network, first);

  if (hyperparameters->truncation_k1 == 0)
    return TRUE;
  if (first == network->n_layers)
    return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   g_strdup (_("Truncated back-propagation through time needs a recurrent layer, and the network has none. Leave it out.")));
  if (looking < 0)
    return TRUE;
  return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                 g_strdup_printf (_("Truncated back-propagation goes back step by step, but layer %d, %s, looks ahead or at many steps at once. Leave the truncation out, or use layers that read forwards only."),
                                  looking + 1, anm_network_get_layer_name (network, (guint) looking)));
}

static gboolean
check_deep_supervision (const AnmNetwork *network, const AnmHyperparameters *hyperparameters, const AnmSequences *training, GError **error)
{
  guint first = find_first_recurrent (network);
  int looking = find_looking_layer (network, first);

  if (hyperparameters->deep_supervision == 0.0)
    return TRUE;
  if (training->target.per_step)
    return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   g_strdup (_("Deep supervision gives every step the target of the whole sequence, but this target has a value at every step. Leave it out.")));
  if (first == network->n_layers)
    return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   g_strdup (_("Deep supervision needs a recurrent layer, and the network has none. Leave it out.")));
  if (looking < 0)
    return TRUE;
  return refuse (error, ANM_ENGINE_ERROR_HYPERPARAMETER,
                 g_strdup_printf (_("Deep supervision needs an answer at every step from the record so far, but layer %d, %s, looks ahead or at many steps at once. Leave it out, or use layers that read forwards only."),
                                  looking + 1, anm_network_get_layer_name (network, (guint) looking)));
}

gboolean
_anm_check_trainable (const AnmNetwork *network,
                      const AnmHyperparameters *hyperparameters,
                      const AnmSequences *training,
                      const AnmSequences *validation,
                      GError **error)
{
  AnmSequences view = *training;

  if (!anm_hyperparameters_validate (hyperparameters, error)
      || !check_target (network, training, validation, error)
      || !anm_sequences_validate (training, error)
      || (validation != NULL && !anm_sequences_validate (validation, error))
      || !anm_network_check_sequences (network, training, error)
      || (validation != NULL && !anm_network_check_sequences (network, validation, error))
      || !check_balance (hyperparameters, training, error)
      || !check_class_weights (hyperparameters, training, error))
    return FALSE;
  /* A class counts by the weights that the trainer will use. */
  if (hyperparameters->balanced_classes || hyperparameters->n_class_weights > 0)
    view.class_weights = hyperparameters->n_class_weights > 0 ? (double *) hyperparameters->class_weights : NULL;
  return check_patients (&view, error)
         && check_frozen (network, error)
         && check_truncation (network, hyperparameters, error)
         && check_deep_supervision (network, hyperparameters, training, error);
}
