/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/rate-test.h"

#include "tests/engine/trainer-cases.h"

#include <math.h>

static AnmPool *pool;

static AnmHyperparameters
make_hyperparameters (void)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.epochs = 1; /* the test needs more */
  hyperparameters.patience = 1;
  hyperparameters.gradient_tolerance = 1e6;
  g_assert_true (anm_schedule_parse (&hyperparameters.schedule, "step(every=0.1)", NULL));
  return hyperparameters;
}

/* Rates grow geometrically; losses are those of a run whose rate is changed before every update; the rest by its rule. */
static void
test_by_the_book (void)
{
  g_autoptr (AnmSequences) training = make_sequences (100, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(6) > dense(1)", training);
  AnmHyperparameters hyperparameters = make_hyperparameters (), plain = hyperparameters;
  const AnmRateRange range = { 1e-5, 10.0, 61 };
  gsize n_bytes = anm_network_get_n_parameters (network) * sizeof (anm_real);
  g_autofree anm_real *parameters = g_malloc (n_bytes), *before = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmRateTest) test = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;
  double mean = 0.0, best = INFINITY;
  guint lowest = 0;

  anm_network_initialize (network, 7, parameters);
  before = g_memdup2 (parameters, n_bytes);
  test = anm_rate_test_run (network, &hyperparameters, training, parameters, pool, &range, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (parameters, n_bytes, before, n_bytes);
  g_assert_cmpuint (test->n_points, >, 30);

  plain.gradient_tolerance = 0.0;
  plain.patience = 0;
  plain.epochs = 1000;
  anm_schedule_init (&plain.schedule, ANM_SCHEDULE_CONSTANT);
  trainer = anm_trainer_new (network, &plain, training, NULL, parameters, pool, NULL);
  for (guint i = 0; i < test->n_points; i++)
    {
      g_assert_cmpfloat_with_epsilon (test->rates[i] / (1e-5 * pow (1e6, i / 60.0)), 1.0, 1e-12);
      plain.learning_rate = test->rates[i];
      g_assert_true (anm_trainer_change (trainer, &plain, NULL));
      while (make_step (trainer, NULL) != ANM_TRAINER_UPDATED)
        ;
      g_assert_cmpfloat (test->losses[i], ==, anm_trainer_get_update (trainer)->loss);
      mean = 0.9 * mean + 0.1 * test->losses[i];
      g_assert_cmpfloat_with_epsilon (test->smoothed[i], mean / (1.0 - pow (0.9, i + 1)), 1e-12);
      if (test->smoothed[i] < best)
        {
          best = test->smoothed[i];
          lowest = i;
        }
      if (i + 1 < test->n_points)
        g_assert_cmpfloat (test->smoothed[i], <=, 4.0 * best);
    }
  g_assert_cmpint (test->diverged, ==, test->n_points < 61 || test->smoothed[60] > 4.0 * best);
  {
    /* Ten points a decade: five on either side. */
    double fastest = 0.0;
    guint steepest = 0;

    for (guint i = 0; i <= lowest; i++)
      {
        guint first = i > 5 ? i - 5 : 0, last = MIN (i + 5, test->n_points - 1);
        double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, n = last - first + 1, slope;

        for (guint k = first; k <= last; k++)
          {
            x += k;
            y += test->smoothed[k];
            xx += (double) k * k;
            xy += k * test->smoothed[k];
          }
        slope = (n * xy - x * y) / (n * xx - x * x);
        if (slope < fastest - 1e-12)
          {
            fastest = slope;
            steepest = i;
          }
      }
    g_assert_cmpfloat (test->steepest, ==, test->rates[steepest]);
    g_assert_cmpfloat (test->suggestion, ==, MIN (test->rates[steepest], test->rates[lowest] / 10.0));
  }
}

/* A suggested rate learns, what is far above it doesn't. */
static void
test_suggestion (void)
{
  g_autoptr (AnmSequences) training = make_sequences (300, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(8) > dense(1)", training);
  AnmHyperparameters hyperparameters;
  const AnmRateRange range = ANM_RATE_RANGE_DEFAULT;
  g_autoptr (AnmRateTest) test = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  test = anm_rate_test_run (network, &hyperparameters, training, NULL, pool, &range, NULL, NULL, NULL, NULL);
  g_assert_cmpfloat (test->suggestion, >, 1e-3);
  g_assert_cmpfloat (test->suggestion, <, 0.5);
  hyperparameters.learning_rate = test->suggestion;
  trainer = make_trainer (network, &hyperparameters, training, NULL, pool);
  while (make_step (trainer, NULL) != ANM_TRAINER_DONE)
    ;
  g_assert_cmpfloat (anm_trainer_get_epoch (trainer)->training_loss, <, 0.3);
}

/* Rates that explode at once end the test, and those that only do harm have nothing to suggest. */
static void
test_diverges (void)
{
  g_autoptr (AnmSequences) training = make_sequences (100, 2, 6, 1);
  g_autoptr (AnmNetwork) network = NULL;
  AnmHyperparameters hyperparameters;
  const AnmRateRange range = { 1.0, 1e30, 50 };
  g_autoptr (AnmRateTest) test = NULL;

  training->target.kind = ANM_TARGET_REGRESSION;
  network = make_network ("dense(4) > simple_rnn(4) > dense(1)", training);
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  test = anm_rate_test_run (network, &hyperparameters, training, NULL, pool, &range, NULL, NULL, NULL, NULL);
  g_assert_true (test->diverged);
  g_assert_cmpuint (test->n_points, <, 50);
}

static void
count_cb (guint n_done, guint n_updates, gpointer data)
{
  g_assert_cmpuint (n_done, ==, ++*(guint *) data);
  g_assert_cmpuint (n_updates, ==, 10);
}

static void
test_stopped_and_refused (void)
{
  g_autoptr (AnmSequences) training = make_sequences (100, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(4) > dense(1)", training);
  AnmHyperparameters hyperparameters;
  const AnmRateRange good = { 1e-5, 1e-4, 10 };
  const AnmRateRange wrong[] = { { 0, 1, 100 }, { 1, 1, 100 }, { 1e-3, INFINITY, 100 }, { 1e-3, 1, 9 }, { NAN, 1, 100 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmRateTest) test = NULL;
  guint n_calls = 0;
  int stop = 1;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  test = anm_rate_test_run (network, &hyperparameters, training, NULL, pool, &good, count_cb, &n_calls, NULL, &error);
  g_assert_cmpuint (test->n_points, ==, 10);
  g_assert_cmpuint (n_calls, ==, 10);
  g_assert_false (test->diverged);
  g_assert_null (anm_rate_test_run (network, &hyperparameters, training, NULL, pool, &good, NULL, NULL, &stop, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (anm_rate_test_run (network, &hyperparameters, training, NULL, pool, &wrong[i], NULL, NULL, NULL, &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
      g_clear_error (&error);
    }
  hyperparameters.momentum = 2.0;
  g_assert_null (anm_rate_test_run (network, &hyperparameters, training, NULL, pool, &good, NULL, NULL, NULL, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pool = anm_pool_new (2);
  g_test_add_func ("/rate-test/by-the-book", test_by_the_book);
  g_test_add_func ("/rate-test/suggestion", test_suggestion);
  g_test_add_func ("/rate-test/diverges", test_diverges);
  g_test_add_func ("/rate-test/stopped-and-refused", test_stopped_and_refused);
  result = g_test_run ();
  anm_pool_unref (pool);
  return result;
}
