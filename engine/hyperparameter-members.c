/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/hyperparameters.h"

#define MEMBER(member, member_kind, may_change) { #member, member_kind, G_STRUCT_OFFSET (AnmHyperparameters, member), may_change }
#define REAL ANM_HYPERPARAMETER_REAL
#define COUNT ANM_HYPERPARAMETER_COUNT
#define FLAG ANM_HYPERPARAMETER_FLAG

/* Everything that is one number. Those of the loss are written without its name in front. */
static const AnmHyperparameterMember members[] = {
  MEMBER (learning_rate, REAL, TRUE),
  MEMBER (momentum, REAL, FALSE),
  MEMBER (rho, REAL, FALSE),
  MEMBER (beta_1, REAL, FALSE),
  MEMBER (beta_2, REAL, FALSE),
  MEMBER (epsilon, REAL, FALSE),
  MEMBER (clip_norm, REAL, TRUE),
  MEMBER (clip_value, REAL, TRUE),
  MEMBER (batch_size, COUNT, FALSE),
  MEMBER (epochs, COUNT, FALSE),
  MEMBER (patience, COUNT, FALSE),
  MEMBER (nesterov, FLAG, FALSE),
  MEMBER (balanced_classes, FLAG, FALSE),
  MEMBER (centered, FLAG, FALSE),
  MEMBER (amsgrad, FLAG, FALSE),
  MEMBER (initial_accumulator, REAL, FALSE),
  MEMBER (weight_decay, REAL, FALSE),
  MEMBER (kernel_l1, REAL, FALSE),
  MEMBER (kernel_l2, REAL, FALSE),
  MEMBER (recurrent_l1, REAL, FALSE),
  MEMBER (recurrent_l2, REAL, FALSE),
  MEMBER (bias_l1, REAL, FALSE),
  MEMBER (bias_l2, REAL, FALSE),
  MEMBER (convergence, REAL, FALSE),
  MEMBER (convergence_epochs, COUNT, FALSE),
  MEMBER (gradient_tolerance, REAL, FALSE),
  MEMBER (deep_supervision, REAL, FALSE),
  MEMBER (truncation_k1, COUNT, FALSE),
  MEMBER (truncation_k2, COUNT, FALSE),
  { "huber_delta", REAL, G_STRUCT_OFFSET (AnmHyperparameters, loss_options.huber_delta), FALSE },
  { "focal_gamma", REAL, G_STRUCT_OFFSET (AnmHyperparameters, loss_options.focal_gamma), FALSE },
  { "focal_alpha", REAL, G_STRUCT_OFFSET (AnmHyperparameters, loss_options.focal_alpha), FALSE },
  { "focal_balanced", FLAG, G_STRUCT_OFFSET (AnmHyperparameters, loss_options.focal_balanced), FALSE },
};

/**
 * anm_hyperparameter_members:
 * @n_members: (out): how many
 *
 * Returns: (transfer none): all members that are a real number, a count or a
 *   flag, for whatever writes, reads or compares them one by one
 */
const AnmHyperparameterMember *
anm_hyperparameter_members (guint *n_members)
{
  *n_members = G_N_ELEMENTS (members);
  return members;
}

static gboolean
member_equals (const AnmHyperparameterMember *member, const AnmHyperparameters *a, const AnmHyperparameters *b)
{
  switch (member->kind)
    {
    case ANM_HYPERPARAMETER_REAL:
      return G_STRUCT_MEMBER (double, a, member->offset) == G_STRUCT_MEMBER (double, b, member->offset);
    case ANM_HYPERPARAMETER_COUNT:
      return G_STRUCT_MEMBER (guint, a, member->offset) == G_STRUCT_MEMBER (guint, b, member->offset);
    case ANM_HYPERPARAMETER_FLAG:
    default:
      return !G_STRUCT_MEMBER (gboolean, a, member->offset) == !G_STRUCT_MEMBER (gboolean, b, member->offset);
    }
}

/**
 * anm_hyperparameters_equal:
 *
 * Returns: whether both decide the same run
 */
gboolean
anm_hyperparameters_equal (const AnmHyperparameters *a, const AnmHyperparameters *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (!member_equals (&members[i], a, b))
      return FALSE;
  for (guint k = 0; k < a->n_class_weights; k++)
    if (k >= b->n_class_weights || a->class_weights[k] != b->class_weights[k])
      return FALSE;
  return a->loss == b->loss && a->optimizer == b->optimizer && a->seed == b->seed
         && a->n_class_weights == b->n_class_weights && anm_schedule_equal (&a->schedule, &b->schedule);
}

/**
 * anm_hyperparameters_equal_beyond_flight:
 *
 * Returns: whether one could become the other while a run goes on: whether they
 *   differ at most in the learning rate, its schedule and clipping
 */
gboolean
anm_hyperparameters_equal_beyond_flight (const AnmHyperparameters *a, const AnmHyperparameters *b)
{
  AnmHyperparameters same = *b;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].in_flight)
      G_STRUCT_MEMBER (double, &same, members[i].offset) = G_STRUCT_MEMBER (double, a, members[i].offset);
  same.schedule = a->schedule;
  return anm_hyperparameters_equal (a, &same);
}
