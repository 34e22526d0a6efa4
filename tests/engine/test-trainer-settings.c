/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/engine/trainer-cases.h"

#include <math.h>

/*
 * What hyperparameters do to a run: penalties, frozen layers, weights of
 * classes, schedules, changes in flight, batches of one and of all.
 */

static AnmPool *pool;

static AnmHyperparameters
make_hyperparameters (AnmOptimizerKind optimizer)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, optimizer);
  hyperparameters.epochs = 3;
  return hyperparameters;
}

static double
sum_of_kind (const AnmNetwork *network, const anm_real *vector, AnmParameterKind kind, gboolean squares)
{
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);
  double sum = 0.0;

  for (guint i = 0; i < n_parameters; i++)
    for (gsize k = 0; parameters[i].kind == kind && k < (gsize) parameters[i].n_rows * parameters[i].n_columns; k++)
      {
        double w = (double) vector[parameters[i].offset + k];

        sum += squares ? w * w : fabs (w);
      }
  return sum;
}

/* Two trainers that differ in the penalty alone: their first steps of plain descent differ by its derivative. */
static void
test_penalty (void)
{
  g_autoptr (AnmSequences) training = make_sequences (40, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network ("lstm(5) > dense(1)", training);
  AnmHyperparameters plain = make_hyperparameters (ANM_OPTIMIZER_SGD), penalised;
  const double l1[] = { 0.03, 0.05, 0.07 }, l2[] = { 0.2, 0.4, 0.6 };
  const AnmParameterKind kinds[] = { ANM_PARAMETER_KERNEL, ANM_PARAMETER_RECURRENT_KERNEL, ANM_PARAMETER_BIAS };
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *before = NULL;
  g_autoptr (AnmTrainer) of_plain = NULL;
  g_autoptr (AnmTrainer) of_penalised = NULL;
  guint n_parameters;
  const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);
  double expected = 0.0;

  plain.batch_size = 0;
  plain.learning_rate = 0.5;
  penalised = plain;
  penalised.kernel_l1 = l1[0];
  penalised.kernel_l2 = l2[0];
  penalised.recurrent_l1 = l1[1];
  penalised.recurrent_l2 = l2[1];
  penalised.bias_l1 = l1[2];
  penalised.bias_l2 = l2[2];
  of_plain = make_trainer (network, &plain, training, NULL, pool);
  of_penalised = make_trainer (network, &penalised, training, NULL, pool);
  before = g_memdup2 (anm_trainer_get_parameters (of_plain), n * sizeof *before);
  make_step (of_plain, NULL);
  make_step (of_penalised, NULL);

  for (guint k = 0; k < 3; k++)
    expected += l1[k] * sum_of_kind (network, before, kinds[k], FALSE) + l2[k] * sum_of_kind (network, before, kinds[k], TRUE);
  g_assert_cmpfloat (anm_trainer_get_update (of_plain)->penalty, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (anm_trainer_get_update (of_penalised)->penalty, expected, 1e-9);
  g_assert_cmpfloat (anm_trainer_get_update (of_penalised)->loss, ==, anm_trainer_get_update (of_plain)->loss);
  g_assert_cmpfloat (anm_trainer_get_update (of_penalised)->gradient_norm, !=, anm_trainer_get_update (of_plain)->gradient_norm);
  for (guint i = 0; i < n_parameters; i++)
    for (gsize k = parameters[i].offset; k < parameters[i].offset + (gsize) parameters[i].n_rows * parameters[i].n_columns; k++)
      {
        guint kind = parameters[i].kind == kinds[0] ? 0 : parameters[i].kind == kinds[1] ? 1
                                                                                         : 2;
        double w = (double) before[k];
        double slope = l1[kind] * ((w > 0) - (w < 0)) + 2.0 * l2[kind] * w;
        double moved = (double) anm_trainer_get_parameters (of_plain)[k] - (double) anm_trainer_get_parameters (of_penalised)[k];

        g_assert_cmpfloat_with_epsilon (moved, 0.5 * slope, 2e-6);
      }

  make_step (of_penalised, NULL);
  g_assert_cmpfloat (anm_trainer_get_epoch (of_penalised)->penalty, ==, anm_trainer_get_update (of_penalised)->penalty);
}

/* Frozen layers stay as they are, bit for bit, whatever pulls at them, and their norm is 0. */
static void
test_frozen (void)
{
  g_autoptr (AnmSequences) training = make_sequences (70, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(4, return_sequences, frozen) > lstm(5) > dense(3, frozen) > dense(1)", training);
  g_autoptr (AnmNetwork) free_network = make_network ("gru(4, return_sequences) > lstm(5) > dense(3) > dense(1)", training);
  gsize n_bytes = anm_network_get_n_parameters (network) * sizeof (anm_real);

  for (guint kind = 0; kind < ANM_N_OPTIMIZERS; kind++)
    {
      AnmHyperparameters hyperparameters = make_hyperparameters ((AnmOptimizerKind) kind);
      g_autoptr (AnmTrainer) trainer = NULL;
      g_autoptr (AnmTrainer) free_trainer = NULL;
      g_autofree anm_real *before = NULL;
      guint n_parameters;
      const AnmParameter *parameters = anm_network_get_parameters (network, &n_parameters);

      hyperparameters.learning_rate = 0.1;
      hyperparameters.weight_decay = 0.1;
      hyperparameters.kernel_l2 = 0.01;
      trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
      free_trainer = make_trainer (free_network, &hyperparameters, training, NULL, pool);
      before = g_memdup2 (anm_trainer_get_parameters (trainer), n_bytes);
      g_assert_cmpmem (before, n_bytes, anm_trainer_get_parameters (free_trainer), n_bytes);
      make_step (free_trainer, NULL);
      make_step (trainer, NULL);
      for (guint layer = 0; layer < 4; layer++)
        {
          double norm = anm_trainer_get_update (trainer)->layer_norms[layer];

          g_assert_cmpfloat (norm, ==, layer % 2 == 0 ? 0.0 : norm);
          g_assert_cmpfloat (anm_trainer_get_update (free_trainer)->layer_norms[layer], >, 0.0);
        }
      g_assert_cmpfloat (anm_trainer_get_update (trainer)->layer_norms[1], ==, anm_trainer_get_update (free_trainer)->layer_norms[1]);
      g_assert_cmpfloat (anm_trainer_get_update (trainer)->penalty, <, anm_trainer_get_update (free_trainer)->penalty);
      while (make_step (trainer, NULL) != ANM_TRAINER_DONE)
        ;
      for (guint i = 0; i < n_parameters; i++)
        {
          gsize n = (gsize) parameters[i].n_rows * parameters[i].n_columns * sizeof *before;
          gboolean same = memcmp (before + parameters[i].offset, anm_trainer_get_parameters (trainer) + parameters[i].offset, n) == 0;

          g_assert_cmpint (same, ==, parameters[i].layer % 2 == 0);
        }
    }
}

static void
test_all_frozen (void)
{
  g_autoptr (AnmSequences) training = make_sequences (10, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(4, frozen) > dense(1, frozen)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (GError) error = NULL;

  g_assert_null (anm_trainer_new (network, &hyperparameters, training, NULL, NULL, pool, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "frozen"));
}

/* Given weights are those that balancing finds, if they are the same numbers; those of the data give way. */
static void
test_class_weights (void)
{
  g_autoptr (AnmSequences) training = make_sequences (60, 2, 5, 1);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters balanced = make_hyperparameters (ANM_OPTIMIZER_SGD), given, wrong;
  g_autoptr (AnmTrainer) of_balanced = NULL;
  g_autoptr (AnmTrainer) of_given = NULL;
  g_autoptr (GError) error = NULL;
  const AnmTargetShape regression = { ANM_TARGET_REGRESSION, 1, FALSE };

  for (gsize i = 0; i < 40; i++)
    training->targets[i] = 0;
  network = make_network ("gru(4) > dense(1)", training);
  given = balanced;
  balanced.balanced_classes = TRUE;
  given.n_class_weights = 2;
  given.class_weights[0] = 60.0 / (2.0 * 50.0);
  given.class_weights[1] = 60.0 / (2.0 * 10.0);
  of_balanced = make_trainer (network, &balanced, training, NULL, pool);
  training->class_weights = g_new0 (double, 2);
  training->class_weights[0] = 5.0;
  of_given = make_trainer (network, &given, training, NULL, pool);
  make_step (of_balanced, NULL);
  make_step (of_given, NULL);
  g_assert_cmpfloat (anm_trainer_get_update (of_given)->loss, ==, anm_trainer_get_update (of_balanced)->loss);
  g_assert_cmpfloat (anm_trainer_get_update (of_given)->gradient_norm, ==, anm_trainer_get_update (of_balanced)->gradient_norm);

  wrong = given;
  wrong.n_class_weights = 3;
  g_assert_null (anm_trainer_new (network, &wrong, training, NULL, NULL, pool, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
  g_assert_nonnull (strstr (error->message, "3 class weights"));
  g_assert_nonnull (strstr (error->message, "2 classes"));
  g_clear_error (&error);
  training->target = regression;
  g_clear_pointer (&training->class_weights, g_free);
  g_assert_null (anm_trainer_new (network, &given, training, NULL, NULL, pool, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
}

/* Times to an event, which comes the sooner the larger the first value: learnt, and ranked. */
static void
test_survival (void)
{
  const AnmTargetShape target = { ANM_TARGET_SURVIVAL, 5, FALSE };
  g_autoptr (AnmSequences) plain = make_sequences (300, 2, 6, 1);
  g_autofree gsize *lengths = g_new (gsize, 300);
  g_autoptr (AnmSequences) training = NULL;
  g_autoptr (AnmNetwork) network = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  double initial;

  for (gsize i = 0; i < 300; i++)
    lengths[i] = anm_sequences_get_length (plain, i);
  training = anm_sequences_new (300, lengths, 3, 0, &target);
  memcpy (training->values, plain->values, plain->offsets[300] * 3 * sizeof *plain->values);
  for (gsize i = 0; i < 300; i++)
    {
      double first = (double) training->values[training->offsets[i] * 3];

      training->targets[2 * i] = (anm_real) CLAMP (floor (2.5 - 1.5 * first), 0.0, 4.0);
      training->targets[2 * i + 1] = i % 4 != 0;
    }
  network = make_network ("gru(6) > dense(5)", training);
  hyperparameters.learning_rate = 0.02;
  hyperparameters.epochs = 30;
  trainer = make_trainer (network, &hyperparameters, training, training, pool);
  anm_trainer_evaluate_initial (trainer, NULL, NULL);
  initial = anm_trainer_get_epoch (trainer)->validation.loss;
  while (make_step (trainer, NULL) != ANM_TRAINER_DONE)
    ;
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->validation.loss, <, 0.6 * initial);
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->validation.concordance, >, 0.9);

  for (gsize i = 0; i < 300; i++)
    training->targets[2 * i + 1] = 0;
  g_assert_null (anm_trainer_new (network, &hyperparameters, training, NULL, NULL, pool, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "Nobody had the event"));
  g_clear_error (&error);
  training->targets[0] = 5;
  g_assert_null (anm_trainer_new (network, &hyperparameters, training, NULL, NULL, pool, &error));
  g_assert_nonnull (strstr (error->message, "Target row 1 holds 5; allowed is a time interval from 0 to 4"));
  g_clear_error (&error);
  hyperparameters.loss = ANM_LOSS_MEAN_SQUARED_ERROR;
  training->targets[0] = 0;
  training->targets[1] = 1;
  g_assert_null (anm_trainer_new (network, &hyperparameters, training, NULL, NULL, pool, &error));
  g_assert_nonnull (strstr (error->message, "doesn’t fit a time-to-event target; allowed are auto, survival"));
}

/* With plain descent each update moves by the schedule's rate. */
static void
test_schedule (void)
{
  const char *const texts[] = { "constant(warmup=1)", "step(every=1, factor=0.5)", "exponential(factor=0.5)", "cosine(warmup=0.5)", "one_cycle" };
  g_autoptr (AnmSequences) training = make_sequences (128, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(3) > dense(1)", training);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
      g_autoptr (AnmTrainer) trainer = NULL;
      AnmPlateau plateau;

      anm_plateau_init (&plateau);
      g_assert_true (anm_schedule_parse (&hyperparameters.schedule, texts[i], NULL));
      hyperparameters.learning_rate = 0.25;
      trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
      for (guint update = 0; update < 12; update++)
        {
          AnmScheduleClock clock = { update, 4, 3.0 };
          double rate = anm_schedule_get_rate (&hyperparameters.schedule, 0.25, &clock, &plateau);
          anm_real before = anm_trainer_get_parameters (trainer)[0];
          AnmTrainerEvent event;

          do
            event = make_step (trainer, NULL);
          while (event == ANM_TRAINER_EPOCH_ENDED);
          g_assert_cmpint (event, ==, ANM_TRAINER_UPDATED);
          g_assert_cmpfloat (anm_trainer_get_update (trainer)->learning_rate, ==, rate);
          g_assert_cmpfloat (fabs ((double) (anm_trainer_get_parameters (trainer)[0] - before)), <=, rate * anm_trainer_get_update (trainer)->gradient_norm);
        }
      make_step (trainer, NULL);
      g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->learning_rate, ==, anm_trainer_get_update (trainer)->learning_rate);
    }
}

/* On data that can't be learnt the rate falls by the rule. */
static void
test_plateau (void)
{
  g_autoptr (AnmSequences) training = make_sequences (30, 2, 5, 1);
  g_autoptr (AnmSequences) validation = make_sequences (30, 2, 5, 2);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmPlateau plateau;
  double rate = 0.01;

  for (gsize i = 0; i < 30; i++)
    validation->targets[i] = 1 - validation->targets[i];
  network = make_network ("gru(3) > dense(1)", training);
  hyperparameters.learning_rate = rate;
  hyperparameters.epochs = 25;
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "plateau(patience=3, factor=0.5, cooldown=1)", NULL));
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);
  anm_plateau_init (&plateau);
  for (guint epoch = 0; epoch < 25; epoch++)
    {
      finish_epoch (trainer);
      g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->learning_rate, ==, rate * plateau.multiplier);
      anm_plateau_observe (&plateau, &hyperparameters.schedule, rate * plateau.multiplier, anm_trainer_get_epoch (trainer)->validation.loss);
    }
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->learning_rate, <, rate / 10.0);
}

/* A schedule given in flight begins where it was given; it, and nothing else, is in the list. */
static void
test_change_of_schedule (void)
{
  g_autoptr (AnmSequences) training = make_sequences (64, 2, 5, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(3) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autoptr (AnmTrainer) trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  const AnmTrainerChange *changes;
  guint n_changes;

  for (int i = 0; i < 4; i++)
    make_step (trainer, NULL); /* three updates and an evaluation */
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "exponential(factor=0.25)", NULL));
  g_assert_true (anm_trainer_change (trainer, &hyperparameters, NULL));
  make_step (trainer, NULL);
  g_assert_cmpfloat (anm_trainer_get_update (trainer)->learning_rate, ==, 0.01);
  hyperparameters.learning_rate = 0.04; /* and the schedule goes on */
  g_assert_true (anm_trainer_change (trainer, &hyperparameters, NULL));
  make_step (trainer, NULL);
  make_step (trainer, NULL);
  g_assert_cmpfloat_with_epsilon (anm_trainer_get_update (trainer)->learning_rate, 0.04 * 0.5, 1e-12);

  changes = anm_trainer_get_changes (trainer, &n_changes);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_cmpuint (changes[0].update, ==, 3);
  g_assert_true (anm_schedule_equal (&changes[0].schedule, &hyperparameters.schedule));
  g_assert_cmpfloat (changes[0].learning_rate, ==, 0.01);
  g_assert_cmpfloat (changes[1].learning_rate, ==, 0.04);
  g_assert_cmpuint (changes[1].epochs, ==, 3);

  hyperparameters.schedule.minimum = 1.0;
  g_assert_false (anm_trainer_change (trainer, &hyperparameters, NULL));
}

/* One patient an update, some, or all: as many updates, and the mean gradient is the same. */
static void
test_batch_sizes (void)
{
  const guint sizes[] = { 1, 7, 0, 1000 }, n_updates[] = { 24, 4, 1, 1 };
  g_autoptr (AnmSequences) training = make_sequences (24, 1, 9, 1);
  g_autoptr (AnmNetwork) network = make_network ("lstm(4) > dense(1)", training);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree double *whole = g_new0 (double, n);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_SGD);
      g_autofree double *sum = g_new0 (double, n);
      g_autofree anm_real *before = g_new (anm_real, n);
      g_autoptr (AnmTrainer) trainer = NULL;
      double loss = 0.0;

      hyperparameters.batch_size = sizes[i];
      hyperparameters.learning_rate = 1e-4; /* so small that the gradient hardly changes within the epoch */
      trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
      g_assert_cmpuint (anm_trainer_get_n_updates_per_epoch (trainer), ==, n_updates[i]);
      for (guint k = 0; k < n_updates[i]; k++)
        {
          guint n_rows = sizes[i] == 0 ? 24 : MIN (sizes[i], 24 - k * sizes[i]);

          memcpy (before, anm_trainer_get_parameters (trainer), n * sizeof *before);
          g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_UPDATED);
          loss += n_rows / 24.0 * anm_trainer_get_update (trainer)->loss;
          for (gsize j = 0; j < n; j++)
            sum[j] += n_rows / 24.0 * ((double) before[j] - (double) anm_trainer_get_parameters (trainer)[j]) / 1e-4;
        }
      g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_EPOCH_ENDED);
      g_assert_cmpfloat_with_epsilon (anm_trainer_get_epoch (trainer)->training_loss, loss, 1e-9);
      if (i == 0)
        memcpy (whole, sum, n * sizeof *sum);
      for (gsize j = 0; j < n; j++)
        g_assert_cmpfloat_with_epsilon (sum[j], whole[j], 3e-3);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pool = anm_pool_new (2);
  g_test_add_func ("/trainer/settings/penalty", test_penalty);
  g_test_add_func ("/trainer/settings/frozen", test_frozen);
  g_test_add_func ("/trainer/settings/all-frozen", test_all_frozen);
  g_test_add_func ("/trainer/settings/class-weights", test_class_weights);
  g_test_add_func ("/trainer/settings/survival", test_survival);
  g_test_add_func ("/trainer/settings/schedule", test_schedule);
  g_test_add_func ("/trainer/settings/plateau", test_plateau);
  g_test_add_func ("/trainer/settings/change-of-schedule", test_change_of_schedule);
  g_test_add_func ("/trainer/settings/batch-sizes", test_batch_sizes);
  result = g_test_run ();
  anm_pool_unref (pool);
  return result;
}
