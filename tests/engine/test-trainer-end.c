/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/engine/trainer-cases.h"

#include <math.h>

/*
 * How runs end, how they go on after that, and states that an older program
 * saved.
 */

#define SMALL_NETWORK "gru(4) > dense(1)"

static AnmPool *pool;

static AnmHyperparameters
make_hyperparameters (AnmOptimizerKind optimizer, guint epochs)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, optimizer);
  hyperparameters.epochs = epochs;
  return hyperparameters;
}

static void
run_to_end (AnmTrainer *trainer)
{
  while (make_step (trainer, NULL) != ANM_TRAINER_DONE)
    g_assert_cmpint (anm_trainer_get_end (trainer), ==, ANM_TRAINER_END_NONE);
}

static void
test_epochs (void)
{
  g_autoptr (AnmSequences) training = make_sequences (20, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD, 3);
  g_autoptr (AnmTrainer) trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  AnmTrainerEnd end = ANM_TRAINER_END_NONE;

  run_to_end (trainer);
  g_assert_cmpint (anm_trainer_get_end (trainer), ==, ANM_TRAINER_END_EPOCHS);
  for (guint i = ANM_TRAINER_END_NONE; i <= ANM_TRAINER_END_GRADIENT; i++)
    {
      g_assert_true (anm_trainer_end_from_string (anm_trainer_end_to_string ((AnmTrainerEnd) i), &end));
      g_assert_cmpuint (end, ==, i);
    }
  g_assert_false (anm_trainer_end_from_string ("boredom", &end));
  g_assert_false (anm_trainer_end_from_string (NULL, &end));
}

/* The loss n epochs before, less the loss now, is less than the share of it: by the rule, epoch for epoch. */
static void
test_convergence (void)
{
  g_autoptr (AnmSequences) training = make_sequences (40, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM, 1000);
  g_autoptr (AnmTrainer) trainer = NULL;
  double losses[1001];
  guint n = 0;
  AnmTrainerEvent event;

  hyperparameters.batch_size = 0;
  hyperparameters.learning_rate = 0.05;
  hyperparameters.convergence = 0.05;
  hyperparameters.convergence_epochs = 4;
  hyperparameters.kernel_l2 = 0.01; /* counts too */
  trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  do
    {
      event = finish_epoch (trainer);
      losses[n++] = anm_trainer_get_epoch (trainer)->training_loss + anm_trainer_get_epoch (trainer)->penalty;
      g_assert_cmpint (event == ANM_TRAINER_DONE, ==, n > 4 && losses[n - 5] - losses[n - 1] < 0.05 * losses[n - 5]);
    }
  while (event != ANM_TRAINER_DONE);
  g_assert_cmpuint (n, >, 5);
  g_assert_cmpuint (n, <, 1000);
  g_assert_cmpint (anm_trainer_get_end (trainer), ==, ANM_TRAINER_END_LOSS);
}

static void
test_gradient_tolerance (void)
{
  g_autoptr (AnmSequences) training = make_sequences (40, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM, 2000);
  g_autoptr (AnmTrainer) trainer = NULL;
  guint n = 0;
  AnmTrainerEvent event;

  hyperparameters.batch_size = 0;
  hyperparameters.learning_rate = 0.02;
  hyperparameters.kernel_l2 = 0.05;
  hyperparameters.recurrent_l2 = 0.05;
  hyperparameters.gradient_tolerance = 0.01;
  trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  do
    {
      n++;
      make_step (trainer, NULL);
      event = make_step (trainer, NULL);
      g_assert_cmpint (event == ANM_TRAINER_DONE, ==, anm_trainer_get_update (trainer)->gradient_norm < 0.01);
    }
  while (event != ANM_TRAINER_DONE);
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpuint (n, <, 2000);
  g_assert_cmpint (anm_trainer_get_end (trainer), ==, ANM_TRAINER_END_GRADIENT);
}

static GBytes *
finish (AnmTrainer *trainer)
{
  while (make_step (trainer, NULL) != ANM_TRAINER_DONE)
    ;
  return g_bytes_new (anm_trainer_get_parameters (trainer),
                      anm_network_get_n_parameters (anm_trainer_get_network (trainer)) * sizeof (anm_real));
}

/* Extended at its end or on its way, and through a saved state: the bits of a run that had as many epochs at once. */
static void
test_extended (void)
{
  const char *const schedules[] = { "constant", "step(every=2, factor=0.5)", "cosine(epochs=7, warmup=1)", "one_cycle(epochs=6)", "plateau(patience=1)" };
  g_autoptr (AnmSequences) training = make_sequences (50, 2, 5, 1);
  g_autoptr (AnmSequences) validation = make_sequences (30, 2, 5, 2);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);

  for (gsize i = 0; i < G_N_ELEMENTS (schedules); i++)
    {
      AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_NADAM, 8);
      g_autoptr (AnmTrainer) whole = NULL;
      g_autoptr (AnmTrainer) extended = NULL;
      g_autoptr (AnmTrainer) restored = NULL;
      g_autoptr (GBytes) expected = NULL;
      g_autoptr (GBytes) at_end = NULL;
      g_autoptr (GBytes) later = NULL;
      g_autoptr (GBytes) state = NULL;
      const AnmTrainerChange *changes;
      guint n_changes, best_epoch, expected_best;

      hyperparameters.convergence_epochs = 3;
      g_assert_true (anm_schedule_parse (&hyperparameters.schedule, schedules[i], NULL));
      whole = make_trainer (network, &hyperparameters, training, validation, pool);
      expected = finish (whole);
      hyperparameters.epochs = 3;
      extended = make_trainer (network, &hyperparameters, training, validation, pool);
      g_bytes_unref (finish (extended));
      state = anm_trainer_save (extended);
      g_assert_true (anm_trainer_extend (extended, 6, NULL));
      g_assert_cmpint (anm_trainer_get_end (extended), ==, ANM_TRAINER_END_NONE);
      make_step (extended, NULL);
      g_assert_true (anm_trainer_extend (extended, 8, NULL));
      at_end = finish (extended);
      g_assert_true (g_bytes_equal (at_end, expected));
      anm_trainer_get_best_parameters (extended, &best_epoch);
      anm_trainer_get_best_parameters (whole, &expected_best);
      g_assert_cmpuint (best_epoch, ==, expected_best);
      changes = anm_trainer_get_changes (extended, &n_changes);
      g_assert_cmpuint (n_changes, ==, 2);
      g_assert_cmpuint (changes[0].update, ==, 6);
      g_assert_cmpuint (changes[0].epochs, ==, 6);
      g_assert_cmpuint (changes[1].epochs, ==, 8);

      /* A trainer of any number of epochs takes the state of another. */
      hyperparameters.epochs = 17;
      restored = make_trainer (network, &hyperparameters, training, validation, pool);
      g_assert_true (anm_trainer_restore (restored, state, NULL));
      g_assert_cmpint (make_step (restored, NULL), ==, ANM_TRAINER_DONE);
      g_assert_cmpuint (anm_trainer_get_hyperparameters (restored)->epochs, ==, 3);
      g_assert_true (anm_trainer_extend (restored, 8, NULL));
      later = finish (restored);
      g_assert_true (g_bytes_equal (later, expected));
    }
}

static void
assert_not_extended (AnmTrainer *trainer, guint epochs, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = anm_trainer_save (trainer);
  g_autoptr (GBytes) after = NULL;

  g_assert_false (anm_trainer_extend (trainer, epochs, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
  if (strstr (error->message, says) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, says);
  after = anm_trainer_save (trainer);
  g_assert_true (g_bytes_equal (before, after));
}

static void
test_not_extended (void)
{
  g_autoptr (AnmSequences) training = make_sequences (20, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network (SMALL_NETWORK, training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD, 3);
  g_autoptr (AnmTrainer) plain = make_trainer (network, &hyperparameters, training, NULL, pool);
  g_autoptr (AnmTrainer) spanned = NULL;
  g_autoptr (AnmTrainer) converged = NULL;
  g_autoptr (AnmTrainer) failed = NULL;

  assert_not_extended (plain, 3, "has 3 epochs already");
  assert_not_extended (plain, 100001, "from 1 to 100000");
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "cosine(minimum=0.001)", NULL));
  spanned = make_trainer (network, &hyperparameters, training, NULL, pool);
  assert_not_extended (spanned, 9, "Begin a run with cosine(epochs=9)");
  anm_schedule_init (&hyperparameters.schedule, ANM_SCHEDULE_CONSTANT);
  hyperparameters.gradient_tolerance = 1e6;
  converged = make_trainer (network, &hyperparameters, training, NULL, pool);
  g_bytes_unref (finish (converged));
  assert_not_extended (converged, 9, "ended before its last epoch");
  hyperparameters.learning_rate = 1e39;
  failed = make_trainer (network, &hyperparameters, training, NULL, pool);
  g_assert_cmpint (anm_trainer_step (failed, NULL, NULL), ==, ANM_TRAINER_FAILED);
  assert_not_extended (failed, 9, "failed");
}

/* tests/engine/trainer-state-1.bin: as the first version saved it, after five steps, a change, and one step more. It
 * went on to a validation loss of 0.742219 after four epochs. */
static void
test_first_version (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "trainer-state-1.bin", NULL);
  g_autoptr (AnmSequences) training = make_sequences (40, 1, 6, 1);
  g_autoptr (AnmSequences) validation = make_sequences (20, 1, 6, 2);
  g_autoptr (AnmNetwork) network = make_network ("simple_rnn(3) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM, 4);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (AnmTrainer) other = NULL;
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GError) error = NULL;
  const AnmTrainerChange *changes;
  guint n_changes;
  char *contents;
  gsize n;

  g_assert_true (g_file_get_contents (path, &contents, &n, NULL));
  state = g_bytes_new_take (contents, n);
  hyperparameters.batch_size = 16;
  hyperparameters.patience = 3;
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);
  g_assert_true (anm_trainer_restore (trainer, state, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (anm_trainer_get_hyperparameters (trainer)->learning_rate, ==, 0.02);
  g_assert_cmpfloat (anm_trainer_get_hyperparameters (trainer)->clip_norm, ==, 0.5);
  changes = anm_trainer_get_changes (trainer, &n_changes);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (changes[0].update, ==, 4);
  g_assert_cmpuint (changes[0].epochs, ==, 4);
  g_bytes_unref (finish (trainer));
  g_assert_cmpuint (anm_trainer_get_epoch (trainer)->epoch, ==, 4);
  g_assert_cmpfloat_with_epsilon (anm_trainer_get_epoch (trainer)->validation.loss, 0.742219309, 1e-5);
  g_assert_cmpfloat_with_epsilon (anm_trainer_get_epoch (trainer)->training_loss, 0.76608943, 1e-5);

  /* What the first version didn't know must be as it was then. */
  hyperparameters.kernel_l2 = 0.1;
  other = make_trainer (network, &hyperparameters, training, validation, pool);
  g_assert_false (anm_trainer_restore (other, state, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_STATE);
  g_assert_nonnull (strstr (error->message, "other hyperparameters"));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pool = anm_pool_new (2);
  g_test_add_func ("/trainer/end/epochs", test_epochs);
  g_test_add_func ("/trainer/end/convergence", test_convergence);
  g_test_add_func ("/trainer/end/gradient-tolerance", test_gradient_tolerance);
  g_test_add_func ("/trainer/end/extended", test_extended);
  g_test_add_func ("/trainer/end/not-extended", test_not_extended);
  g_test_add_func ("/trainer/end/first-version", test_first_version);
  result = g_test_run ();
  anm_pool_unref (pool);
  return result;
}
