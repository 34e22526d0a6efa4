/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/hyperparameters.h"

#include "engine/error.h"

#include <math.h>

static void
test_defaults (void)
{
  AnmHyperparameters sgd, rmsprop, adam;

  anm_hyperparameters_init (&sgd, ANM_OPTIMIZER_SGD);
  anm_hyperparameters_init (&rmsprop, ANM_OPTIMIZER_RMSPROP);
  anm_hyperparameters_init (&adam, ANM_OPTIMIZER_ADAM);
  g_assert_cmpfloat (sgd.learning_rate, ==, 0.01);
  g_assert_cmpfloat (sgd.momentum, ==, 0.0);
  g_assert_cmpfloat (rmsprop.learning_rate, ==, 0.001);
  g_assert_cmpfloat (rmsprop.rho, ==, 0.9);
  g_assert_cmpfloat (adam.learning_rate, ==, 0.001);
  g_assert_cmpfloat (adam.beta_1, ==, 0.9);
  g_assert_cmpfloat (adam.beta_2, ==, 0.999);
  g_assert_cmpfloat (adam.epsilon, ==, 1e-7);
  g_assert_cmpuint (adam.batch_size, ==, 32);
  g_assert_true (anm_hyperparameters_validate (&sgd, NULL));
  g_assert_true (anm_hyperparameters_validate (&rmsprop, NULL));
  g_assert_true (anm_hyperparameters_validate (&adam, NULL));
}

static void
assert_refused (const AnmHyperparameters *hyperparameters, const char *word, const char *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (anm_hyperparameters_validate (hyperparameters, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
  if (strstr (error->message, word) == NULL || strstr (error->message, value) == NULL)
    g_error ("\"%s\" lacks \"%s\" or \"%s\"", error->message, word, value);
}

static void
test_refusals (void)
{
  const struct
  {
    gsize offset;
    const char *name;
    double wrong[3];
  } fields[] = {
    { G_STRUCT_OFFSET (AnmHyperparameters, learning_rate), "learning rate", { 0.0, -1.0, INFINITY } },
    { G_STRUCT_OFFSET (AnmHyperparameters, momentum), "Momentum", { 1.0, -0.5, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, rho), "Rho", { 1.0, -0.5, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, beta_1), "Beta 1", { 1.0, -0.5, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, beta_2), "Beta 2", { 1.5, -0.5, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, epsilon), "Epsilon", { 0.0, -1e-8, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, clip_norm), "Clipping by norm", { -1.0, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, clip_value), "Clipping by value", { -1.0, INFINITY, NAN } },
  };
  AnmHyperparameters hyperparameters;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    for (gsize j = 0; j < 3; j++)
      {
        g_autofree char *value = g_strdup_printf ("%g", fields[i].wrong[j]);

        anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
        G_STRUCT_MEMBER (double, &hyperparameters, fields[i].offset) = fields[i].wrong[j];
        assert_refused (&hyperparameters, fields[i].name, value);
      }

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.epochs = 0;
  assert_refused (&hyperparameters, "epochs", "0");
  hyperparameters.epochs = 100001;
  assert_refused (&hyperparameters, "epochs", "100001");
  hyperparameters.epochs = 100000;
  g_assert_true (anm_hyperparameters_validate (&hyperparameters, NULL));
  hyperparameters.optimizer = (AnmOptimizerKind) 17;
  assert_refused (&hyperparameters, "optimiser", "adam");
  hyperparameters.optimizer = ANM_OPTIMIZER_SGD;
  hyperparameters.loss = (AnmLossKind) 17;
  assert_refused (&hyperparameters, "loss", "binary_crossentropy");
}

static void
test_words (void)
{
  const char *optimizers[] = { "sgd", "rmsprop", "adam" };
  const char *losses[] = { "auto", "mean_squared_error", "binary_crossentropy", "categorical_crossentropy" };
  AnmOptimizerKind optimizer = ANM_OPTIMIZER_SGD;
  AnmLossKind loss = ANM_LOSS_AUTO;

  for (gsize i = 0; i < G_N_ELEMENTS (optimizers); i++)
    {
      g_assert_true (anm_optimizer_kind_from_string (optimizers[i], &optimizer));
      g_assert_cmpstr (anm_optimizer_kind_to_string (optimizer), ==, optimizers[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_assert_true (anm_loss_kind_from_string (losses[i], &loss));
      g_assert_cmpstr (anm_loss_kind_to_string (loss), ==, losses[i]);
    }
  g_assert_true (anm_loss_kind_from_string ("mse", &loss));
  g_assert_cmpint (loss, ==, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_assert_false (anm_optimizer_kind_from_string ("adamw", &optimizer));
  g_assert_false (anm_loss_kind_from_string (NULL, &loss));
  g_assert_null (anm_optimizer_kind_to_string ((AnmOptimizerKind) 17));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hyperparameters/defaults", test_defaults);
  g_test_add_func ("/hyperparameters/refusals", test_refusals);
  g_test_add_func ("/hyperparameters/words", test_words);
  return g_test_run ();
}
