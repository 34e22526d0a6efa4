/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/hand.h"

#include <math.h>

#include "engine/metrics.h"
#include "engine/workspace.h"

double
anm_hand_compute_loss (AnmNetwork               *network,
                       const anm_real           *parameters,
                       GArray                   *alterations,
                       const AnmDataset         *dataset,
                       const AnmHyperparameters *hyperparameters,
                       AnmPool                  *pool,
                       const int                *cancel)
{
  const AnmSequences *sequences = dataset->parts[ANM_PART_VALIDATION];
  g_autofree anm_real *held = NULL;
  g_autoptr (AnmPredictions) predictions = NULL;
  AnmLossKind loss;
  AnmMetrics metrics;

  if (sequences == NULL)
    sequences = dataset->parts[ANM_PART_TRAINING];
  if (sequences == NULL || anm_network_get_n_inputs (network) != sequences->n_columns ||
      !anm_loss_resolve (hyperparameters->loss, network, &sequences->target, &loss, NULL))
    return NAN;
  held = g_memdup2 (parameters, anm_network_get_n_parameters (network) * sizeof (anm_real));
  if (alterations != NULL && !anm_alterations_apply ((const AnmAlteration *) (gpointer) alterations->data, alterations->len, network, held, NULL))
    return NAN;
  predictions = anm_predict_with_loss (network, held, loss, &hyperparameters->loss_options, sequences, pool, cancel);
  if (predictions == NULL)
    return NAN;
  anm_metrics_compute (predictions, sequences, &metrics);
  return metrics.loss;
}
