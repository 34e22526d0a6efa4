/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/evaluation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LEVEL 0.95
#define BOOTSTRAP_SEED 1

static const AnmScore scores[] = {
  {
      .name = "loss",
      .label = N_ ("loss"),
      .definition = N_ ("weighted mean of the loss that was trained"),
      .offset = offsetof (AnmMetrics, loss),
  },
  {
      .name = "auroc",
      .label = N_ ("AUROC"),
      .definition = N_ ("area under the ROC curve, ties counted half; of several classes the mean of each against the rest"),
      .offset = offsetof (AnmMetrics, auroc),
  },
  {
      .name = "average_precision",
      .label = N_ ("average precision"),
      .definition = N_ ("area under the precision-recall curve as the sum of (R_n − R_n−1) P_n, not interpolated"),
      .offset = offsetof (AnmMetrics, average_precision),
  },
  {
      .name = "f1",
      .label = N_ ("F1"),
      .definition = N_ ("harmonic mean of precision and recall at threshold 0.5; of several classes their mean"),
      .offset = offsetof (AnmMetrics, f1),
  },
  {
      .name = "accuracy",
      .label = N_ ("accuracy"),
      .definition = N_ ("share of right answers, at threshold 0.5 or for the most probable class"),
      .offset = offsetof (AnmMetrics, accuracy),
  },
  {
      .name = "mse",
      .label = N_ ("mean squared error"),
      .definition = N_ ("mean of the squared difference between answer and outcome (of a probability: the Brier score)"),
      .offset = offsetof (AnmMetrics, mse),
  },
  {
      .name = "mae",
      .label = N_ ("mean absolute error"),
      .definition = N_ ("mean of the absolute difference between answer and outcome"),
      .offset = offsetof (AnmMetrics, mae),
  },
  {
      .name = "concordance",
      .label = N_ ("concordance"),
      .definition = N_ ("of pairs in which one had the event first, the share in which that one was given the smaller chance to survive that long, ties counted half"),
      .offset = offsetof (AnmMetrics, concordance),
  },
};

const AnmScore *
anm_scores (guint *n_scores)
{
  *n_scores = G_N_ELEMENTS (scores);
  return scores;
}

const AnmScore *
anm_score_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scores); i++)
    if (strcmp (scores[i].name, name) == 0)
      return &scores[i];
  return NULL;
}

double
anm_score_get (const AnmScore *self,
               const AnmMetrics *metrics)
{
  return G_STRUCT_MEMBER (double, metrics, self->offset);
}

gboolean
anm_score_suits (const AnmScore *self,
                 const AnmTargetShape *target)
{
  gboolean regression = target->kind == ANM_TARGET_REGRESSION;
  gboolean survival = target->kind == ANM_TARGET_SURVIVAL;

  switch (self->offset)
    {
    case offsetof (AnmMetrics, loss):
      return TRUE;
    case offsetof (AnmMetrics, concordance):
      return survival;
    case offsetof (AnmMetrics, mse):
      return regression || target->kind == ANM_TARGET_BINARY;
    case offsetof (AnmMetrics, mae):
      return regression;
    default:
      return !regression && !survival;
    }
}

/* One half of the work is to predict, the other to draw resamples. */
typedef struct
{
  const AnmWatch *watch;
  double          begin;
} Half;

static void
tell_half (double fraction,
           gpointer data)
{
  const Half *half = data;

  half->watch->progress (half->begin + fraction / 2, half->watch->data);
}

gboolean
anm_evaluation_make (AnmEvaluation *self,
                     AnmRun *run,
                     const anm_real *parameters,
                     const AnmSequences *sequences,
                     guint n_resamples,
                     AnmPool *pool,
                     const AnmWatch *watch)
{
  Half half = { watch, 0 };
  gboolean told = watch != NULL && watch->progress != NULL;
  const AnmWatch halved = { watch != NULL ? watch->cancel : NULL, told ? tell_half : NULL, &half };
  g_autoptr (AnmPredictions) predictions = NULL;
  g_autoptr (AnmPool) own_pool = pool == NULL ? anm_pool_new (0) : NULL;

  predictions = anm_predict_watched (anm_run_get_network (run), parameters, anm_run_get_loss (run),
                                       &anm_run_get_hyperparameters (run)->loss_options, sequences,
                                       pool != NULL ? pool : own_pool, &halved);
  if (predictions == NULL)
    return FALSE;
  self->n_sequences = sequences->n_sequences;
  self->n_resamples = n_resamples;
  self->level = LEVEL;
  anm_metrics_compute (predictions, sequences, &self->metrics);
  half.begin = 0.5;
  return anm_metrics_bootstrap_watched (predictions, sequences, n_resamples, LEVEL, BOOTSTRAP_SEED, &self->low, &self->high, &halved);
}
