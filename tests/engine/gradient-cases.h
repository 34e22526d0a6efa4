/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases.h"

/*
 * Every layer, below every loss, in every shape of batch: the list that the
 * check against finite differences (double build) and the check of the float
 * build against the double build walk through alike.
 */

typedef struct
{
  const char     *name;
  const char     *head; /* with %s for the activation where the last layer may have one */
  AnmTargetShape  target;
  AnmLossKind     loss;
} LossCase;

static const LossCase loss_cases[] = {
  { "mse", "dense(2)", { ANM_TARGET_REGRESSION, 2, FALSE }, ANM_LOSS_AUTO },
  { "mse-on-probability", "dense(1, activation=sigmoid)", { ANM_TARGET_BINARY, 1, FALSE }, ANM_LOSS_MEAN_SQUARED_ERROR },
  { "mse-on-classes", "dense(3, activation=softmax)", { ANM_TARGET_CLASSES, 3, FALSE }, ANM_LOSS_MEAN_SQUARED_ERROR },
  { "bce", "dense(1)", { ANM_TARGET_BINARY, 1, FALSE }, ANM_LOSS_AUTO },
  { "bce-sigmoid", "dense(1, activation=sigmoid)", { ANM_TARGET_BINARY, 1, FALSE }, ANM_LOSS_AUTO },
  { "bce-labels", "dense(3)", { ANM_TARGET_LABELS, 3, FALSE }, ANM_LOSS_AUTO },
  { "cce", "dense(4)", { ANM_TARGET_CLASSES, 4, FALSE }, ANM_LOSS_AUTO },
  { "cce-softmax", "dense(4, activation=softmax)", { ANM_TARGET_CLASSES, 4, FALSE }, ANM_LOSS_AUTO },
  { "mae", "dense(2)", { ANM_TARGET_REGRESSION, 2, FALSE }, ANM_LOSS_MEAN_ABSOLUTE_ERROR },
  { "huber", "dense(2)", { ANM_TARGET_REGRESSION, 2, FALSE }, ANM_LOSS_HUBER },
  { "log-cosh", "dense(2)", { ANM_TARGET_REGRESSION, 2, FALSE }, ANM_LOSS_LOG_COSH },
  { "focal-labels", "dense(3)", { ANM_TARGET_LABELS, 3, FALSE }, ANM_LOSS_BINARY_FOCAL },
  { "focal-classes", "dense(4, activation=softmax)", { ANM_TARGET_CLASSES, 4, FALSE }, ANM_LOSS_CATEGORICAL_FOCAL },
  { "survival", "dense(4)", { ANM_TARGET_SURVIVAL, 4, FALSE }, ANM_LOSS_AUTO },
};

/* Layers below the last one; the first %s is ", return_sequences" if the target is per step. */
static const char *const body_cases[] = {
  "simple_rnn(5%s)",
  "simple_rnn(5, activation=relu%s)",
  "simple_rnn(5, activation=sigmoid%s)",
  "lstm(3%s)",
  "gru(4%s)",
  "gru(4, reset_after=false%s)",
  "lstm(9%s)",
  "lstm(4, return_sequences) > gru(5, return_sequences) > gru(3, reset_after=false, return_sequences) > simple_rnn(4%s)",
  "simple_rnn(4, return_sequences) > lstm(3%s) > dense(4, activation=tanh)",
  "dense(5, activation=relu) > gru(4%s) > dense(3, activation=sigmoid)",
  "dense(4, activation=sigmoid) > lstm(4%s) > dense(3, activation=relu)",
  "gru(3%s) > dense(4, activation=softmax) > dense(3)",
  "simple_rnn(5, activation=linear%s)",
  "gru_d(4%s)",
  "simple_rnn(5, layer_norm%s)",
  "simple_rnn(4, layer_norm, activation=relu%s)",
  "lstm(4, layer_norm%s)",
  "gru(4, layer_norm%s)",
  "gru(5, layer_norm, reset_after=false%s)",
  "gru(3, layer_norm, bidirectional, return_sequences) > lstm(3, layer_norm%s)",
  "gru(3, layer_norm, reset_after=false, return_sequences) > simple_rnn(4, layer_norm%s)",
  "gru_d(3, bidirectional, return_sequences) > gru(3%s)",
  "lstm(3, bidirectional%s)",
  "gru(4, reset_after=false, bidirectional=sum%s)",
  "simple_rnn(4, activation=relu, bidirectional=mean%s)",
  "conv1d(4, kernel=3, activation=tanh) > gru(3%s)",
  "conv1d(3, kernel=4, padding=causal, dilation=2) > lstm(3%s)",
  "conv1d(4, kernel=2, padding=valid, activation=sigmoid) > simple_rnn(3%s)",
  "conv1d(4, kernel=3, strides=2) > gru(3%s)",
  "gru(3, return_sequences) > conv1d(3, kernel=5, padding=causal, strides=3) > gru(3%s)",
  "simple_rnn(4, return_sequences) > conv1d(4, kernel=3, activation=relu) > conv1d(3, kernel=1) > lstm(3%s)",
  "gru(4, return_sequences) > pooling(mean%s)",
  "simple_rnn(4, return_sequences) > pooling(max%s) > dense(3, activation=tanh)",
  "lstm(3, return_sequences) > pooling(last%s)",
  "pooling(mean, return_sequences) > gru(3, return_sequences) > pooling(max, return_sequences) > gru(3%s)",
  "dropout(0.5) > gru(3, return_sequences) > dropout(0.2, noise=sequence) > lstm(4%s)",
  "gru(3, return_sequences) > attention(additive, units=4%s)",
  "gru(3, return_sequences) > attention(additive, units=3, heads=2%s) > dense(3, activation=tanh)",
  "simple_rnn(4, return_sequences) > attention(dot, units=6, heads=2%s)",
  "gru(3, return_sequences) > attention(self, units=4, heads=2) > gru(3%s)",
  "attention(dot, units=3, return_sequences) > gru(3, return_sequences) > attention(self, units=5, causal) > gru(3%s)",
  "gru(2, bidirectional, return_sequences) > lstm(3, bidirectional=mean, return_sequences) > simple_rnn(3, bidirectional=concat%s)",
  "layer_norm > gru(3%s) > layer_norm(epsilon=0.1) > dense(3, activation=tanh)",
  "lstm(4, return_sequences) > layer_norm > gru(3%s)",
  "embedding(3, tokens=7) > lstm(3%s)",
  "embedding(4, tokens=9, combine=mean) > conv1d(3, kernel=3) > gru(3%s)",
};

/* A case keeps its numbers when layers or losses are added behind it. */
#define LOSSES_IN_A_ROW 8

static inline guint64
get_case_seed (gsize body, gsize loss, CaseShape shape, gboolean per_step)
{
  gsize place = ((body * LOSSES_IN_A_ROW + loss % LOSSES_IN_A_ROW) * N_SHAPES + shape) * 2 + per_step + 1;

  return place + 100000 * (loss / LOSSES_IN_A_ROW);
}

typedef void (*GradientCaseFunc) (const char *name, AnmNetwork *network, AnmLossKind loss, const AnmSequences *sequences,
                                  anm_real *parameters, gpointer data);

/* Some layers shorten sequences, or need more than one step. */
static inline gboolean
body_fits (const char *body, CaseShape shape, gboolean per_step)
{
  gboolean is_valid = strstr (body, "padding=valid") != NULL;

  if (per_step)
    return !is_valid && strstr (body, "strides=") == NULL;
  return !is_valid || shape != SHAPE_ONE_STEP;
}

/* All cases, or every fifth (each layer still meets each loss, each shape and both ends). */
static inline void
for_each_gradient_case (gboolean all, GradientCaseFunc func, gpointer data)
{
  for (gsize b = 0; b < G_N_ELEMENTS (body_cases); b++)
    for (gsize l = 0; l < G_N_ELEMENTS (loss_cases); l++)
      for (CaseShape shape = 0; shape < N_SHAPES; shape++)
        for (gboolean per_step = FALSE; per_step <= TRUE; per_step++)
          {
            AnmTargetShape target = loss_cases[l].target;
            guint64 seed = get_case_seed (b, l, shape, per_step);
            g_autoptr (AnmSequences) sequences = NULL;
            g_autoptr (AnmNetwork) network = NULL;
            g_autofree anm_real *parameters = NULL;
            g_auto (GStrv) parts = g_strsplit (body_cases[b], "%s", -1);
            g_autofree char *body = g_strjoinv (per_step ? ", return_sequences" : "", parts);
            g_autofree char *text = g_strdup_printf ("%s > %s", body, loss_cases[l].head);
            g_autofree char *name = g_strdup_printf ("%s, %s, %s, %s", text, loss_cases[l].name, shape_names[shape], per_step ? "per step" : "at the end");

            target.per_step = per_step;
            if (!body_fits (body, shape, per_step))
              continue;
            if (!all && (b + l + shape + 2 * per_step) % 5 != 0)
              continue;
            sequences = make_batch (shape, &target, seed);
            network = make_case_network (text, sequences, seed, &parameters);
            func (name, network, resolve_loss (loss_cases[l].loss, network, &target), sequences, parameters, data);
          }
}

/* Gradient of the weighted mean loss. */
static inline double
compute_gradient (AnmWorkspace *workspace, AnmPacked *packed, const anm_real *parameters, anm_real *gradient)
{
  double weight, loss;

  anm_packed_fill (packed, parameters);
  g_assert_true (anm_workspace_forward (workspace, packed, NULL));
  loss = anm_workspace_get_loss (workspace, &weight);
  g_assert_cmpfloat (weight, >, 0);
  if (gradient != NULL)
    g_assert_true (anm_workspace_backward (workspace, packed, 1.0 / weight, gradient, NULL));
  return loss / weight;
}
