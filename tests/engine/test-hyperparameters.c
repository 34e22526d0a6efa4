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
    { G_STRUCT_OFFSET (AnmHyperparameters, initial_accumulator), "initial accumulator", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, weight_decay), "Weight decay", { -0.1, 1.5, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, kernel_l1), "L1 of the kernels", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, kernel_l2), "L2 of the kernels", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, recurrent_l1), "L1 of the recurrent", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, recurrent_l2), "L2 of the recurrent", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, bias_l1), "L1 of the biases", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, bias_l2), "L2 of the biases", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, convergence), "tolerance of convergence", { 1.0, -0.1, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, gradient_tolerance), "gradient norm", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, deep_supervision), "Deep supervision", { -0.1, 1.5, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, loss_options.huber_delta), "Huber", { 0.0, -0.1, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, loss_options.focal_gamma), "gamma", { -0.1, INFINITY, NAN } },
    { G_STRUCT_OFFSET (AnmHyperparameters, loss_options.focal_alpha), "alpha", { 0.0, 1.0, NAN } },
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
test_refused_together (void)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.truncation_k2 = 7;
  assert_refused (&hyperparameters, "k2 = 7", "no k1");
  hyperparameters.truncation_k1 = 8;
  assert_refused (&hyperparameters, "k2 is 7", "at least k1 = 8");
  hyperparameters.truncation_k1 = 7;
  g_assert_true (anm_hyperparameters_validate (&hyperparameters, NULL));

  hyperparameters.n_class_weights = 2;
  assert_refused (&hyperparameters, "class weights", "0");
  hyperparameters.class_weights[1] = 3.0;
  g_assert_true (anm_hyperparameters_validate (&hyperparameters, NULL));
  hyperparameters.balanced_classes = TRUE;
  assert_refused (&hyperparameters, "balanced", "choose one");
  hyperparameters.balanced_classes = FALSE;
  hyperparameters.class_weights[0] = -2.0;
  assert_refused (&hyperparameters, "Class 0", "-2");
  hyperparameters.n_class_weights = ANM_MAX_CLASS_WEIGHTS + 1;
  assert_refused (&hyperparameters, "65 class weights", "64");
  hyperparameters.n_class_weights = 0;

  hyperparameters.convergence_epochs = 0;
  assert_refused (&hyperparameters, "convergence", "0");
  hyperparameters.convergence_epochs = 5;
  hyperparameters.schedule.kind = (AnmScheduleKind) 77;
  assert_refused (&hyperparameters, "schedule", "cosine");
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "cosine(minimum=0.01)", NULL));
  assert_refused (&hyperparameters, "minimum is 0.01", "learning rate 0.001");
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "cosine(warmup=20)", NULL));
  assert_refused (&hyperparameters, "warms up for 20", "only 20");
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "cosine(warmup=19)", NULL));
  g_assert_true (anm_hyperparameters_validate (&hyperparameters, NULL));
}

/* Another optimiser brings its own defaults and leaves the rest. */
static void
test_set_optimizer (void)
{
  AnmHyperparameters hyperparameters, expected;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  hyperparameters.momentum = 0.9;
  hyperparameters.patience = 7;
  hyperparameters.kernel_l2 = 0.5;
  anm_hyperparameters_set_optimizer (&hyperparameters, ANM_OPTIMIZER_ADADELTA);
  g_assert_cmpfloat (hyperparameters.rho, ==, 0.95);
  g_assert_cmpfloat (hyperparameters.kernel_l2, ==, 0.5);
  anm_hyperparameters_init (&expected, ANM_OPTIMIZER_ADADELTA);
  g_assert_false (anm_hyperparameters_equal (&hyperparameters, &expected));
  expected.patience = 7;
  expected.kernel_l2 = 0.5;
  g_assert_true (anm_hyperparameters_equal (&hyperparameters, &expected));
}

/* Every member counts when two are compared. */
static void
test_equal (void)
{
  AnmHyperparameters a, b;
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  anm_hyperparameters_init (&a, ANM_OPTIMIZER_ADAM);
  for (guint i = 0; i < n_members; i++)
    {
      b = a;
      g_assert_true (anm_hyperparameters_equal (&a, &b));
      if (members[i].kind == ANM_HYPERPARAMETER_REAL)
        G_STRUCT_MEMBER (double, &b, members[i].offset) += 0.5;
      else
        G_STRUCT_MEMBER (guint, &b, members[i].offset) ^= 1;
      g_assert_false (anm_hyperparameters_equal (&a, &b));
    }
  b = a;
  b.seed++;
  g_assert_false (anm_hyperparameters_equal (&a, &b));
  b = a;
  b.n_class_weights = 2;
  g_assert_false (anm_hyperparameters_equal (&a, &b));
  g_assert_false (anm_hyperparameters_equal (&b, &a));
  b = a;
  anm_schedule_init (&b.schedule, ANM_SCHEDULE_COSINE);
  g_assert_false (anm_hyperparameters_equal (&a, &b));
}

static void
test_words (void)
{
  AnmOptimizerKind optimizer = ANM_OPTIMIZER_SGD;
  AnmLossKind loss = ANM_LOSS_AUTO;

  for (guint i = 0; i < ANM_N_OPTIMIZERS; i++)
    {
      const char *word = anm_optimizer_kind_to_string ((AnmOptimizerKind) i);

      g_assert_nonnull (strstr (anm_optimizer_kind_list (), word));
      g_assert_true (anm_optimizer_kind_from_string (word, &optimizer));
      g_assert_cmpuint (optimizer, ==, i);
      g_assert_cmpint (g_ascii_strcasecmp (anm_optimizer_kind_get_label (optimizer), word), ==, 0);
    }
  for (guint i = ANM_LOSS_AUTO; i <= ANM_LOSS_SURVIVAL; i++)
    {
      const char *word = anm_loss_kind_to_string ((AnmLossKind) i);

      g_assert_nonnull (strstr (anm_loss_kind_list (), word));
      g_assert_true (anm_loss_kind_from_string (word, &loss));
      g_assert_cmpuint (loss, ==, i);
    }
  g_assert_true (anm_loss_kind_from_string ("mse", &loss));
  g_assert_cmpint (loss, ==, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_assert_cmpstr (anm_optimizer_kind_list (), ==, "sgd, rmsprop, adagrad, adadelta, adam, adamw, nadam");
  g_assert_false (anm_optimizer_kind_from_string ("adamax", &optimizer));
  g_assert_false (anm_loss_kind_from_string (NULL, &loss));
  g_assert_null (anm_optimizer_kind_to_string ((AnmOptimizerKind) 17));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hyperparameters/defaults", test_defaults);
  g_test_add_func ("/hyperparameters/refusals", test_refusals);
  g_test_add_func ("/hyperparameters/refused-together", test_refused_together);
  g_test_add_func ("/hyperparameters/set-optimizer", test_set_optimizer);
  g_test_add_func ("/hyperparameters/equal", test_equal);
  g_test_add_func ("/hyperparameters/words", test_words);
  return g_test_run ();
}
