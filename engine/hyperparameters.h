/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/schedule.h"
#include "engine/sequences.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_LOSS_AUTO, /* by the target: see anm_loss_resolve() */
  ANM_LOSS_MEAN_SQUARED_ERROR,
  ANM_LOSS_BINARY_CROSS_ENTROPY,
  ANM_LOSS_CATEGORICAL_CROSS_ENTROPY,
  ANM_LOSS_MEAN_ABSOLUTE_ERROR,
  ANM_LOSS_HUBER,
  ANM_LOSS_LOG_COSH,
  ANM_LOSS_BINARY_FOCAL,
  ANM_LOSS_CATEGORICAL_FOCAL,
  ANM_LOSS_SURVIVAL, /* of discrete times: see anm_loss_resolve() */
} AnmLossKind;

typedef enum
{
  ANM_OPTIMIZER_SGD,
  ANM_OPTIMIZER_RMSPROP,
  ANM_OPTIMIZER_ADAM,
  ANM_OPTIMIZER_ADAGRAD,
  ANM_OPTIMIZER_ADADELTA,
  ANM_OPTIMIZER_ADAMW,
  ANM_OPTIMIZER_NADAM,
  ANM_N_OPTIMIZERS,
} AnmOptimizerKind;

/**
 * AnmLossOptions:
 * @huber_delta: > 0, 1: where Huber's loss turns from a square into a line
 * @focal_gamma: >= 0, 2: how much less a row counts that is answered well
 * @focal_alpha: (0, 1), 0.25: of a yes-or-no target the weight of a yes, and 1 - alpha
 *   that of a no, if @focal_balanced; of classes a factor
 * @focal_balanced: Keras' apply_class_balancing, of the binary focal loss
 *
 * What some losses may be told beside their name.
 */
typedef struct
{
  double   huber_delta;
  double   focal_gamma;
  double   focal_alpha;
  gboolean focal_balanced;
} AnmLossOptions;

#define ANM_LOSS_OPTIONS_DEFAULT ((AnmLossOptions){ 1.0, 2.0, 0.25, FALSE })

/* Classes that may be given weights. */
#define ANM_MAX_CLASS_WEIGHTS 64

/**
 * AnmHyperparameters:
 *
 * Everything that decides a run beside data and network. Plain, copyable,
 * validated as a whole. Names and defaults are those of Keras 3.
 *
 * L1 and L2 add l1 sum |w| + l2 sum w^2 over the parameters of a kind to what
 * is minimised (kernels: also embeddings; biases: both of a GRU's). Decayed
 * weights instead shrink by learning_rate x weight_decay before each update, apart from
 * the gradient. Neither touches a frozen layer.
 */
typedef struct
{
  AnmLossKind      loss;
  AnmLossOptions   loss_options;
  AnmOptimizerKind optimizer;
  double           learning_rate;  /* > 0; default per optimiser: SGD 0.01, others 0.001 */
  AnmSchedule      schedule;       /* of the learning rate */
  double           momentum;       /* SGD, RMSProp: [0, 1) */
  gboolean         nesterov;       /* SGD */
  double           rho;            /* RMSProp: [0, 1), 0.9; AdaDelta 0.95 */
  gboolean         centered;       /* RMSProp: by the variance in place of the mean square */
  double           beta_1;         /* Adam, AdamW, Nadam: [0, 1), 0.9 */
  double           beta_2;         /* the same: [0, 1), 0.999 */
  gboolean         amsgrad;        /* Adam, AdamW: divide by the largest mean square so far */
  double           initial_accumulator; /* AdaGrad: >= 0, 0.1 */
  double           epsilon;        /* > 0, 1e-7 */
  double           weight_decay;   /* [0, 1], of every optimiser; AdamW 0.004, others 0 */
  double           kernel_l1;      /* all six >= 0, 0 */
  double           kernel_l2;
  double           recurrent_l1;
  double           recurrent_l2;
  double           bias_l1;
  double           bias_l2;
  guint            batch_size;     /* 0 = all: full-batch descent */
  guint            epochs;         /* 1 .. 100000 */
  guint            patience;       /* epochs without a better validation loss, 0 = never stop early */
  double           convergence;    /* relative: stop if so small a share of the training loss was gained ... */
  guint            convergence_epochs;  /* ... within so many epochs, 1 .. 1000; both: see anm_trainer_step() */
  double           gradient_tolerance;  /* stop if the epoch's mean gradient norm is below, 0 = off */
  double           clip_norm;      /* global norm, 0 = off */
  double           clip_value;     /* 0 = off */
  gboolean         balanced_classes; /* weigh classes by inverse frequency in the training part */
  guint            n_class_weights;  /* given weights: 0 = none, else one for each class */
  double           class_weights[ANM_MAX_CLASS_WEIGHTS];
  double           deep_supervision; /* alpha in [0, 1]: alpha x mean loss of all steps + (1 - alpha) x last step's */
  guint            truncation_k1;  /* back-propagation through time from every k1-th step, 0 = not truncated ... */
  guint            truncation_k2;  /* ... over so many steps, >= k1 */
  guint64          seed;           /* weights, order of batches */
} AnmHyperparameters;

void     anm_hyperparameters_init      (AnmHyperparameters *self,
                                        AnmOptimizerKind optimizer);
/* Takes on @optimizer with its own defaults; all that isn't the optimiser's stays. */
void     anm_hyperparameters_set_optimizer (AnmHyperparameters *self,
                                        AnmOptimizerKind optimizer);
gboolean anm_hyperparameters_validate  (const AnmHyperparameters *self,
                                        GError **error);
gboolean anm_hyperparameters_equal     (const AnmHyperparameters *a,
                                        const AnmHyperparameters *b);
gboolean anm_hyperparameters_equal_beyond_flight (const AnmHyperparameters *a,
                                        const AnmHyperparameters *b);
typedef enum
{
  ANM_HYPERPARAMETER_REAL,   /* double */
  ANM_HYPERPARAMETER_COUNT,  /* guint */
  ANM_HYPERPARAMETER_FLAG,   /* gboolean */
} AnmHyperparameterKind;

/* One member of AnmHyperparameters that is a single number. */
typedef struct
{
  const char           *name;
  AnmHyperparameterKind kind;
  gsize                 offset;
  gboolean              in_flight; /* may change while a run goes on */
} AnmHyperparameterMember;

const AnmHyperparameterMember *anm_hyperparameter_members (guint *n_members);

/* Words as on the command line: "adam", "binary_crossentropy"; NULL / FALSE if unknown. */
const char *anm_optimizer_kind_to_string (AnmOptimizerKind kind);
gboolean    anm_optimizer_kind_from_string (const char *text, AnmOptimizerKind *kind);
const char *anm_optimizer_kind_get_label (AnmOptimizerKind kind); /* "Adam": a name, not translated */
const char *anm_loss_kind_to_string      (AnmLossKind kind);
gboolean    anm_loss_kind_from_string    (const char *text, AnmLossKind *kind);
/* All words, for messages: "sgd, rmsprop, ..." Owned by the engine. */
const char *anm_optimizer_kind_list      (void);
const char *anm_loss_kind_list           (void);

G_END_DECLS
