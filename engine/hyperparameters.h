/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sequences.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_LOSS_AUTO, /* by the target: see anm_loss_resolve() */
  ANM_LOSS_MEAN_SQUARED_ERROR,
  ANM_LOSS_BINARY_CROSS_ENTROPY,
  ANM_LOSS_CATEGORICAL_CROSS_ENTROPY,
} AnmLossKind;

typedef enum
{
  ANM_OPTIMIZER_SGD,
  ANM_OPTIMIZER_RMSPROP,
  ANM_OPTIMIZER_ADAM,
} AnmOptimizerKind;

/**
 * AnmHyperparameters:
 *
 * Everything that decides a run beside data and network. Plain, copyable,
 * validated as a whole. Names and defaults are those of Keras 3.
 */
typedef struct
{
  AnmLossKind      loss;
  AnmOptimizerKind optimizer;
  double           learning_rate;  /* > 0; default per optimiser: SGD 0.01, others 0.001 */
  double           momentum;       /* SGD, RMSProp: [0, 1) */
  gboolean         nesterov;       /* SGD */
  double           rho;            /* RMSProp: [0, 1), 0.9 */
  double           beta_1;         /* Adam: [0, 1), 0.9 */
  double           beta_2;         /* Adam: [0, 1), 0.999 */
  double           epsilon;        /* > 0, 1e-7 */
  guint            batch_size;     /* 0 = all: full-batch descent */
  guint            epochs;         /* 1 .. 100000 */
  guint            patience;       /* epochs without a better validation loss, 0 = never stop early */
  double           clip_norm;      /* global norm, 0 = off */
  double           clip_value;     /* 0 = off */
  gboolean         balanced_classes; /* weigh classes by inverse frequency in the training part */
  guint64          seed;           /* weights, order of batches */
} AnmHyperparameters;

void     anm_hyperparameters_init      (AnmHyperparameters *self,
                                        AnmOptimizerKind optimizer);
gboolean anm_hyperparameters_validate  (const AnmHyperparameters *self,
                                        GError **error);
/* Words as on the command line: "adam", "binary_crossentropy"; NULL / FALSE if unknown. */
const char *anm_optimizer_kind_to_string (AnmOptimizerKind kind);
gboolean    anm_optimizer_kind_from_string (const char *text, AnmOptimizerKind *kind);
const char *anm_loss_kind_to_string      (AnmLossKind kind);
gboolean    anm_loss_kind_from_string    (const char *text, AnmLossKind *kind);

G_END_DECLS
