/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/hyperparameters.h"

#include "engine/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_EPOCHS 100000
#define MAX_CONVERGENCE_EPOCHS 1000

/**
 * anm_hyperparameters_init:
 * @self: (out caller-allocates): overwritten
 * @optimizer: whose defaults are taken
 *
 * The defaults of Keras 3; 20 epochs, no early stopping, no clipping.
 */
void
anm_hyperparameters_init (AnmHyperparameters *self, AnmOptimizerKind optimizer)
{
  *self = (AnmHyperparameters){
    .loss = ANM_LOSS_AUTO,
    .loss_options = ANM_LOSS_OPTIONS_DEFAULT,
    .optimizer = optimizer,
    .learning_rate = optimizer == ANM_OPTIMIZER_SGD ? 0.01 : 0.001,
    .rho = optimizer == ANM_OPTIMIZER_ADADELTA ? 0.95 : 0.9,
    .beta_1 = 0.9,
    .beta_2 = 0.999,
    .initial_accumulator = 0.1,
    .epsilon = 1e-7,
    .weight_decay = optimizer == ANM_OPTIMIZER_ADAMW ? 0.004 : 0.0,
    .batch_size = 32,
    .epochs = 20,
    .convergence_epochs = 10,
    .seed = 1,
  };
  anm_schedule_init (&self->schedule, ANM_SCHEDULE_CONSTANT);
}

void
anm_hyperparameters_set_optimizer (AnmHyperparameters *self, AnmOptimizerKind optimizer)
{
  AnmHyperparameters defaults;

  anm_hyperparameters_init (&defaults, optimizer);
  self->optimizer = optimizer;
  self->learning_rate = defaults.learning_rate;
  self->momentum = defaults.momentum;
  self->nesterov = defaults.nesterov;
  self->rho = defaults.rho;
  self->centered = defaults.centered;
  self->beta_1 = defaults.beta_1;
  self->beta_2 = defaults.beta_2;
  self->amsgrad = defaults.amsgrad;
  self->initial_accumulator = defaults.initial_accumulator;
  self->epsilon = defaults.epsilon;
  self->weight_decay = defaults.weight_decay;
}

static gboolean
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
check_above_zero (const char *name, double value, const char *example, GError **error)
{
  return (isfinite (value) && value > 0.0)
         || refuse (error,
                    /* Translators: name of a hyperparameter, its value, an example. */
                    _("%s is %g; it must be a number greater than 0, for example %s."), name, value, example);
}

static gboolean
check_below_one (const char *name, double value, const char *example, GError **error)
{
  return (value >= 0.0 && value < 1.0)
         || refuse (error,
                    /* Translators: name of a hyperparameter, its value, an example. */
                    _("%s is %g; it must be at least 0 and less than 1, for example %s."), name, value, example);
}

static gboolean
check_from_zero (const char *name, double value, const char *example, GError **error)
{
  return (isfinite (value) && value >= 0.0)
         || refuse (error,
                    /* Translators: name of a hyperparameter, its value, an example. */
                    _("%s is %g; it must be a number from 0, for example %s."), name, value, example);
}

static gboolean
check_share (const char *name, double value, GError **error)
{
  return (value >= 0.0 && value <= 1.0)
         || refuse (error,
                    /* Translators: name of a hyperparameter, its value. */
                    _("%s is %g; it must be from 0 to 1, and 0 switches it off."), name, value);
}

static gboolean
check_limit (const char *name, double value, GError **error)
{
  return (isfinite (value) && value >= 0.0)
         || refuse (error,
                    /* Translators: name of a way of clipping, its value. */
                    _("%s is %g; it must be greater than 0, for example 1, or 0 to switch clipping off."), name, value);
}

static gboolean
check_kinds (const AnmHyperparameters *self, GError **error)
{
  if (anm_optimizer_kind_to_string (self->optimizer) == NULL)
    return refuse (error, _("The optimiser isn't known; choose one of %s."), anm_optimizer_kind_list ());
  if (anm_loss_kind_to_string (self->loss) == NULL)
    return refuse (error, _("The loss isn't known; choose one of %s."), anm_loss_kind_list ());
  return TRUE;
}

static gboolean
check_optimizer (const AnmHyperparameters *self, GError **error)
{
  return check_above_zero (_("The learning rate"), self->learning_rate, "0.001", error)
         && check_below_one (_("Momentum"), self->momentum, "0.9", error)
         && check_below_one (_("Rho"), self->rho, "0.9", error)
         && check_below_one (_("Beta 1"), self->beta_1, "0.9", error)
         && check_below_one (_("Beta 2"), self->beta_2, "0.999", error)
         && check_from_zero (_("AdaGrad's initial accumulator"), self->initial_accumulator, "0.1", error)
         && check_above_zero (_("Epsilon"), self->epsilon, "1e-7", error)
         && check_share (_("Weight decay"), self->weight_decay, error);
}

static gboolean
check_schedule (const AnmHyperparameters *self, GError **error)
{
  const AnmSchedule *schedule = &self->schedule;

  if (!anm_schedule_validate (schedule, error))
    return FALSE;
  if (schedule->minimum > self->learning_rate)
    return refuse (error, _("The schedule's minimum is %g, which is more than the learning rate %g that it goes down from."),
                   schedule->minimum, self->learning_rate);
  if (anm_schedule_spans_run (schedule) && schedule->warmup >= self->epochs)
    return refuse (error, _("The schedule warms up for %g epochs, and the run has only %u. Warm up for less, or train for more epochs."),
                   schedule->warmup, self->epochs);
  return TRUE;
}

static gboolean
check_loss_options (const AnmLossOptions *self, GError **error)
{
  if (!check_above_zero (_("Huber's delta"), self->huber_delta, "1", error)
      || !check_from_zero (_("The focal loss's gamma"), self->focal_gamma, "2", error))
    return FALSE;
  return (self->focal_alpha > 0.0 && self->focal_alpha < 1.0)
         || refuse (error, _("The focal loss's alpha is %g; it must be more than 0 and less than 1, for example 0.25."), self->focal_alpha);
}

static gboolean
check_penalties (const AnmHyperparameters *self, GError **error)
{
  return check_from_zero (_("L1 of the kernels"), self->kernel_l1, "1e-4", error)
         && check_from_zero (_("L2 of the kernels"), self->kernel_l2, "1e-4", error)
         && check_from_zero (_("L1 of the recurrent kernels"), self->recurrent_l1, "1e-4", error)
         && check_from_zero (_("L2 of the recurrent kernels"), self->recurrent_l2, "1e-4", error)
         && check_from_zero (_("L1 of the biases"), self->bias_l1, "1e-4", error)
         && check_from_zero (_("L2 of the biases"), self->bias_l2, "1e-4", error);
}

static gboolean
check_class_weights (const AnmHyperparameters *self, GError **error)
{
  gboolean any = FALSE;

  if (self->n_class_weights == 0)
    return TRUE;
  if (self->n_class_weights > ANM_MAX_CLASS_WEIGHTS)
    return refuse (error, _("There are %u class weights; at most %d classes can be given weights."), self->n_class_weights, ANM_MAX_CLASS_WEIGHTS);
  if (self->balanced_classes)
    return refuse (error, _("Class weights are given, and balanced classes ask for others: choose one of the two."));
  for (guint k = 0; k < self->n_class_weights; k++)
    {
      if (!isfinite (self->class_weights[k]) || !(self->class_weights[k] >= 0.0))
        return refuse (error, _("Class %u has the weight %g; allowed are finite numbers from 0."), k, self->class_weights[k]);
      any = any || self->class_weights[k] > 0.0;
    }
  return any || refuse (error, _("All class weights are 0, so nothing would count."));
}

static gboolean
check_truncation (const AnmHyperparameters *self, GError **error)
{
  if (self->truncation_k1 == 0 && self->truncation_k2 == 0)
    return TRUE;
  if (self->truncation_k1 == 0)
    return refuse (error, _("Truncated back-propagation has k2 = %u, but no k1: say after how many steps it is done."), self->truncation_k2);
  if (self->truncation_k2 < self->truncation_k1)
    return refuse (error, _("Truncated back-propagation: k2 is %u; it must be at least k1 = %u, or some steps would never be learnt from."),
                   self->truncation_k2, self->truncation_k1);
  return TRUE;
}

static gboolean
check_length (const AnmHyperparameters *self, GError **error)
{
  if (self->epochs < 1 || self->epochs > MAX_EPOCHS)
    return refuse (error, _("The number of epochs is %u; it must be from 1 to %u."), self->epochs, MAX_EPOCHS);
  if (self->convergence_epochs < 1 || self->convergence_epochs > MAX_CONVERGENCE_EPOCHS)
    return refuse (error, _("The epochs over which convergence is judged are %u; they must be from 1 to %u."),
                   self->convergence_epochs, MAX_CONVERGENCE_EPOCHS);
  return check_below_one (_("The tolerance of convergence"), self->convergence, "0.001", error)
         && check_from_zero (_("The gradient norm to stop at"), self->gradient_tolerance, "1e-4", error);
}

/**
 * anm_hyperparameters_validate:
 *
 * Checks all fields, those of other optimisers too, so that switching the
 * optimiser can't turn something valid into something that isn't.
 *
 * Returns: whether all are in range, else %ANM_ENGINE_ERROR_HYPERPARAMETER
 *   with what was found and what is allowed
 */
gboolean
anm_hyperparameters_validate (const AnmHyperparameters *self, GError **error)
{
  return check_kinds (self, error)
         && check_optimizer (self, error)
         && check_limit (_("Clipping by norm"), self->clip_norm, error)
         && check_limit (_("Clipping by value"), self->clip_value, error)
         && check_length (self, error)
         && check_schedule (self, error)
         && check_loss_options (&self->loss_options, error)
         && check_penalties (self, error)
         && check_class_weights (self, error)
         && check_share (_("Deep supervision"), self->deep_supervision, error)
         && check_truncation (self, error);
}
