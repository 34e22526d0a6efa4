/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/hyperparameters.h"

#include "engine/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_EPOCHS 100000

typedef struct
{
  const char *word;
  int         kind;
} Word;

/* The words of Keras; the first of a kind is the one that is written. */
static const Word optimizer_words[] = {
  { "sgd", ANM_OPTIMIZER_SGD },
  { "rmsprop", ANM_OPTIMIZER_RMSPROP },
  { "adam", ANM_OPTIMIZER_ADAM },
};

static const Word loss_words[] = {
  { "auto", ANM_LOSS_AUTO },
  { "mean_squared_error", ANM_LOSS_MEAN_SQUARED_ERROR },
  { "mse", ANM_LOSS_MEAN_SQUARED_ERROR },
  { "binary_crossentropy", ANM_LOSS_BINARY_CROSS_ENTROPY },
  { "categorical_crossentropy", ANM_LOSS_CATEGORICAL_CROSS_ENTROPY },
};

static const char *
word_of (const Word *words, gsize n_words, int kind)
{
  for (gsize i = 0; i < n_words; i++)
    if (words[i].kind == kind)
      return words[i].word;
  return NULL;
}

static gboolean
find_word (const Word *words, gsize n_words, const char *text, int *kind)
{
  for (gsize i = 0; text != NULL && i < n_words; i++)
    if (g_ascii_strcasecmp (words[i].word, text) == 0)
      {
        *kind = words[i].kind;
        return TRUE;
      }
  return FALSE;
}

/**
 * anm_optimizer_kind_to_string:
 *
 * Returns: (nullable): the optimiser's word, as in Keras
 */
const char *
anm_optimizer_kind_to_string (AnmOptimizerKind kind)
{
  return word_of (optimizer_words, G_N_ELEMENTS (optimizer_words), (int) kind);
}

/**
 * anm_optimizer_kind_from_string:
 * @kind: (out): untouched if @text is unknown
 *
 * Returns: whether @text is an optimiser's word; case doesn't matter
 */
gboolean
anm_optimizer_kind_from_string (const char *text, AnmOptimizerKind *kind)
{
  int found;

  if (!find_word (optimizer_words, G_N_ELEMENTS (optimizer_words), text, &found))
    return FALSE;
  *kind = (AnmOptimizerKind) found;
  return TRUE;
}

/**
 * anm_loss_kind_to_string:
 *
 * Returns: (nullable): the loss's word, as in Keras
 */
const char *
anm_loss_kind_to_string (AnmLossKind kind)
{
  return word_of (loss_words, G_N_ELEMENTS (loss_words), (int) kind);
}

/**
 * anm_loss_kind_from_string:
 * @kind: (out): untouched if @text is unknown
 *
 * Returns: whether @text is a loss's word; case doesn't matter
 */
gboolean
anm_loss_kind_from_string (const char *text, AnmLossKind *kind)
{
  int found;

  if (!find_word (loss_words, G_N_ELEMENTS (loss_words), text, &found))
    return FALSE;
  *kind = (AnmLossKind) found;
  return TRUE;
}

/**
 * anm_hyperparameters_init:
 * @self: (out caller-allocates): overwritten
 * @optimizer: whose default learning rate is taken
 *
 * The defaults of Keras 3; 20 epochs, no early stopping, no clipping.
 */
void
anm_hyperparameters_init (AnmHyperparameters *self, AnmOptimizerKind optimizer)
{
  *self = (AnmHyperparameters){
    .loss = ANM_LOSS_AUTO,
    .optimizer = optimizer,
    .learning_rate = optimizer == ANM_OPTIMIZER_SGD ? 0.01 : 0.001,
    .momentum = 0.0,
    .nesterov = FALSE,
    .rho = 0.9,
    .beta_1 = 0.9,
    .beta_2 = 0.999,
    .epsilon = 1e-7,
    .batch_size = 32,
    .epochs = 20,
    .patience = 0,
    .clip_norm = 0.0,
    .clip_value = 0.0,
    .balanced_classes = FALSE,
    .seed = 1,
  };
}

static gboolean
check_above_zero (const char *name, double value, const char *example, GError **error)
{
  if (isfinite (value) && value > 0.0)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
               /* Translators: name of a hyperparameter, its value, an example. */
               _("%s is %g; it must be a number greater than 0, for example %s."), name, value, example);
  return FALSE;
}

static gboolean
check_below_one (const char *name, double value, const char *example, GError **error)
{
  if (value >= 0.0 && value < 1.0)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
               /* Translators: name of a hyperparameter, its value, an example. */
               _("%s is %g; it must be at least 0 and less than 1, for example %s."), name, value, example);
  return FALSE;
}

static gboolean
check_limit (const char *name, double value, GError **error)
{
  if (isfinite (value) && value >= 0.0)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
               /* Translators: name of a way of clipping, its value. */
               _("%s is %g; it must be greater than 0, for example 1, or 0 to switch clipping off."), name, value);
  return FALSE;
}

static gboolean
check_kinds (const AnmHyperparameters *self, GError **error)
{
  if (anm_optimizer_kind_to_string (self->optimizer) == NULL)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   _("The optimiser isn't known; choose sgd, rmsprop or adam."));
      return FALSE;
    }
  if (anm_loss_kind_to_string (self->loss) == NULL)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   _("The loss isn't known; choose auto, mean_squared_error, binary_crossentropy or categorical_crossentropy."));
      return FALSE;
    }
  return TRUE;
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
  if (!check_kinds (self, error)
      || !check_above_zero (_("The learning rate"), self->learning_rate, "0.001", error)
      || !check_below_one (_("Momentum"), self->momentum, "0.9", error)
      || !check_below_one (_("Rho"), self->rho, "0.9", error)
      || !check_below_one (_("Beta 1"), self->beta_1, "0.9", error)
      || !check_below_one (_("Beta 2"), self->beta_2, "0.999", error)
      || !check_above_zero (_("Epsilon"), self->epsilon, "1e-7", error)
      || !check_limit (_("Clipping by norm"), self->clip_norm, error)
      || !check_limit (_("Clipping by value"), self->clip_value, error))
    return FALSE;
  if (self->epochs < 1 || self->epochs > MAX_EPOCHS)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
                   _("The number of epochs is %u; it must be from 1 to %u."), self->epochs, MAX_EPOCHS);
      return FALSE;
    }
  return TRUE;
}
