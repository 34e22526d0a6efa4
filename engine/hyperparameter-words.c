/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/hyperparameters.h"

typedef struct
{
  const char *word;
  int         kind;
} Word;

/* The words of Keras; the first of a kind is the one that is written. */
static const Word optimizer_words[] = {
  { "sgd", ANM_OPTIMIZER_SGD },
  { "rmsprop", ANM_OPTIMIZER_RMSPROP },
  { "adagrad", ANM_OPTIMIZER_ADAGRAD },
  { "adadelta", ANM_OPTIMIZER_ADADELTA },
  { "adam", ANM_OPTIMIZER_ADAM },
  { "adamw", ANM_OPTIMIZER_ADAMW },
  { "nadam", ANM_OPTIMIZER_NADAM },
};

static const Word loss_words[] = {
  { "auto", ANM_LOSS_AUTO },
  { "mean_squared_error", ANM_LOSS_MEAN_SQUARED_ERROR },
  { "mse", ANM_LOSS_MEAN_SQUARED_ERROR },
  { "mean_absolute_error", ANM_LOSS_MEAN_ABSOLUTE_ERROR },
  { "mae", ANM_LOSS_MEAN_ABSOLUTE_ERROR },
  { "huber", ANM_LOSS_HUBER },
  { "log_cosh", ANM_LOSS_LOG_COSH },
  { "logcosh", ANM_LOSS_LOG_COSH },
  { "binary_crossentropy", ANM_LOSS_BINARY_CROSS_ENTROPY },
  { "binary_focal_crossentropy", ANM_LOSS_BINARY_FOCAL },
  { "categorical_crossentropy", ANM_LOSS_CATEGORICAL_CROSS_ENTROPY },
  { "categorical_focal_crossentropy", ANM_LOSS_CATEGORICAL_FOCAL },
  { "survival", ANM_LOSS_SURVIVAL },
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

/* "a, b, c", each kind once. */
static char *
list_words (const Word *words, gsize n_words)
{
  GString *list = g_string_new (words[0].word);

  for (gsize i = 1; i < n_words; i++)
    if (words[i].kind != words[i - 1].kind)
      g_string_append_printf (list, ", %s", words[i].word);
  return g_string_free (list, FALSE);
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
 * anm_optimizer_kind_get_label:
 *
 * Returns: the optimiser's name as its authors write it; not to be translated
 */
const char *
anm_optimizer_kind_get_label (AnmOptimizerKind kind)
{
  static const char *const labels[] = {
    [ANM_OPTIMIZER_SGD] = "SGD",
    [ANM_OPTIMIZER_RMSPROP] = "RMSProp",
    [ANM_OPTIMIZER_ADAM] = "Adam",
    [ANM_OPTIMIZER_ADAGRAD] = "AdaGrad",
    [ANM_OPTIMIZER_ADADELTA] = "AdaDelta",
    [ANM_OPTIMIZER_ADAMW] = "AdamW",
    [ANM_OPTIMIZER_NADAM] = "Nadam",
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (labels), "");
  return labels[kind];
}

/**
 * anm_optimizer_kind_list:
 *
 * Returns: (transfer none): the words of all optimisers, with commas between them
 */
const char *
anm_optimizer_kind_list (void)
{
  static char *list;

  if (g_once_init_enter (&list))
    g_once_init_leave (&list, list_words (optimizer_words, G_N_ELEMENTS (optimizer_words)));
  return list;
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
 * anm_loss_kind_list:
 *
 * Returns: (transfer none): the words of all losses, with commas between them
 */
const char *
anm_loss_kind_list (void)
{
  static char *list;

  if (g_once_init_enter (&list))
    g_once_init_leave (&list, list_words (loss_words, G_N_ELEMENTS (loss_words)));
  return list;
}
