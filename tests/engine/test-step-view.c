/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an optimiser made of a gradient, against sums over the parameters before and
 * after, and against plain SGD with learning rate 1, whose step is the gradient.
 */
#include "trainer-cases.h"

#include "engine/step-view.h"

#include <math.h>
#include <string.h>

#define NETWORK "lstm(4, return_sequences) > gru(3) > dense(1)"

static AnmHyperparameters
make_hyperparameters (AnmOptimizerKind optimizer)
{
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, optimizer);
  hyperparameters.batch_size = 0;
  hyperparameters.epochs = 10;
  hyperparameters.clip_norm = 0.0;
  return hyperparameters;
}

static anm_real *
copy_parameters (const AnmTrainer *trainer)
{
  return g_memdup2 (anm_trainer_get_parameters (trainer), anm_network_get_n_parameters (anm_trainer_get_network (trainer)) * sizeof (anm_real));
}

/* The first update's gradient. */
static anm_real *
compute_gradient (AnmNetwork *network, AnmSequences *sequences, AnmPool *pool)
{
  AnmHyperparameters sgd = make_hyperparameters (ANM_OPTIMIZER_SGD);
  g_autoptr (AnmTrainer) trainer = NULL;
  anm_real *before, *after;

  sgd.learning_rate = 1.0;
  trainer = make_trainer (network, &sgd, sequences, NULL, pool);
  before = copy_parameters (trainer);
  g_assert_cmpint (make_step (trainer, NULL), ==, ANM_TRAINER_UPDATED);
  after = copy_parameters (trainer);
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    before[i] -= after[i];
  g_free (after);
  return before;
}

static void
assert_relative (double found, double wanted, double tolerance)
{
  g_assert_cmpfloat_with_epsilon (found, wanted, tolerance * fabs (wanted));
}

/* All figures of one layer from the vectors. */
static void
check_layer (const AnmLayerStep *layer, const AnmStepView *view, gsize first, gsize n, const anm_real *gradient, const anm_real *before,
             const anm_real *after, const AnmStepVectors *vectors)
{
  double gradients = 0.0, steps = 0.0, parameters = 0.0, product = 0.0;

  for (gsize i = first; i < first + n; i++)
    {
      double step = (double) after[i] - (double) before[i];

      gradients += (double) gradient[i] * (double) gradient[i];
      steps += step * step;
      parameters += (double) after[i] * (double) after[i];
      product -= step * (double) gradient[i];
    }
  g_assert_cmpuint (layer->n_parameters, ==, n);
  assert_relative (layer->gradient_norm, sqrt (gradients), 1e-4);
  assert_relative (layer->step_norm, sqrt (steps), 1e-9);
  assert_relative (layer->parameter_norm, sqrt (parameters), 1e-9);
  assert_relative (layer->rate, sqrt (steps) / sqrt (gradients), 1e-4);
  g_assert_cmpfloat_with_epsilon (layer->angle, acos (product / sqrt (steps * gradients)) * 180 / G_PI, 0.2);
  for (guint k = 0; k < view->n_moments; k++)
    {
      double squares = 0.0;

      for (gsize i = first; i < first + n; i++)
        squares += (double) vectors->moments[k][i] * (double) vectors->moments[k][i];
      assert_relative (layer->moment_norms[k], sqrt (squares), 1e-9);
      g_assert_cmpstr (view->moment_names[k], ==, vectors->moment_names[k]);
    }
}

static void
test_optimizers (void)
{
  static const struct
  {
    AnmOptimizerKind kind;
    const char      *moments;
    gboolean         momentum;
  } cases[] = {
    { ANM_OPTIMIZER_SGD, "", FALSE },
    { ANM_OPTIMIZER_SGD, "velocity", TRUE },
    { ANM_OPTIMIZER_RMSPROP, "v", FALSE },
    { ANM_OPTIMIZER_RMSPROP, "v velocity", TRUE },
    { ANM_OPTIMIZER_ADAM, "m v", FALSE },
    { ANM_OPTIMIZER_ADAMW, "m v", FALSE },
    { ANM_OPTIMIZER_ADAGRAD, "sum of squares", FALSE },
    { ANM_OPTIMIZER_ADADELTA, "v v of steps", FALSE },
    { ANM_OPTIMIZER_NADAM, "m v", FALSE },
  };
  g_autoptr (AnmSequences) sequences = make_sequences (20, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network (NETWORK, sequences);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autofree anm_real *gradient = compute_gradient (network, sequences, pool);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnmHyperparameters hyperparameters = make_hyperparameters (cases[i].kind);
      g_autoptr (AnmTrainer) trainer = NULL;
      g_autofree anm_real *before = NULL;
      g_autofree char *names = g_strdup ("");
      g_autoptr (AnmStepView) view = NULL;
      AnmStepVectors vectors;
      gsize first = 0;

      if (cases[i].momentum)
        hyperparameters.momentum = 0.9;
      trainer = make_trainer (network, &hyperparameters, sequences, NULL, pool);
      g_assert_null (anm_step_view_new (trainer));
      before = copy_parameters (trainer);
      make_step (trainer, NULL);
      view = anm_step_view_new (trainer);
      g_assert_true (anm_step_get_vectors (trainer, &vectors));
      g_assert_cmpuint (view->update, ==, 1);
      g_assert_cmpfloat (view->learning_rate, ==, hyperparameters.learning_rate);
      g_assert_cmpmem (vectors.before, vectors.n_parameters * sizeof *before, before, vectors.n_parameters * sizeof *before);
      for (gsize k = 0; k < vectors.n_parameters; k++)
        g_assert_cmpfloat_with_epsilon (vectors.gradient[k], gradient[k], 1e-6f);
      for (guint l = 0; l < view->n_layers; l++)
        {
          gsize n = anm_network_get_layer_n_parameters (network, l);

          check_layer (&view->layers[l], view, first, n, gradient, before, vectors.after, &vectors);
          first += n;
        }
      check_layer (&view->whole, view, 0, first, gradient, before, vectors.after, &vectors);
      for (guint k = 0; k < view->n_moments; k++)
        {
          char *more = g_strdup_printf ("%s%s%s", names, k > 0 ? " " : "", view->moment_names[k]);

          g_free (names);
          names = more;
        }
      g_assert_cmpstr (names, ==, cases[i].moments);
      if (cases[i].kind == ANM_OPTIMIZER_SGD)
        {
          g_assert_cmpfloat (view->whole.angle, <, 0.1);
          assert_relative (view->whole.rate, hyperparameters.learning_rate, 1e-4);
        }
      /* AdaGrad's sum begins far above these gradients' squares. */
      else if (cases[i].kind != ANM_OPTIMIZER_ADAGRAD)
        g_assert_cmpfloat (view->whole.angle, >, 5.0);
      if (cases[i].kind == ANM_OPTIMIZER_ADAM)
        assert_relative (view->whole.moment_norms[0], 0.1 * view->whole.gradient_norm, 1e-5);
    }
}

/* The gradient is the clipped one; a frozen layer takes no step. */
static void
test_clipped_and_frozen (void)
{
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmSequences) sequences = make_sequences (20, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network ("gru(3, frozen) > dense(1)", sequences);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (AnmStepView) view = NULL;

  hyperparameters.clip_norm = 1e-3;
  trainer = make_trainer (network, &hyperparameters, sequences, NULL, pool);
  make_step (trainer, NULL);
  view = anm_step_view_new (trainer);
  assert_relative (view->whole.gradient_norm, 1e-3, 1e-4);
  g_assert_cmpfloat (view->layers[0].step_norm, ==, 0.0);
  g_assert_cmpfloat (view->layers[0].gradient_norm, ==, 0.0);
  g_assert_true (isnan (view->layers[0].angle) && isnan (view->layers[0].rate));
  g_assert_cmpfloat (view->layers[1].step_norm, >, 0.0);
}

/* Not there before the first update, nor after another trainer's state was taken over, until the next. */
static void
test_restored (void)
{
  AnmHyperparameters hyperparameters = make_hyperparameters (ANM_OPTIMIZER_ADAM);
  g_autoptr (AnmSequences) sequences = make_sequences (20, 2, 6, 1);
  g_autoptr (AnmNetwork) network = make_network (NETWORK, sequences);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (AnmTrainer) restored = NULL;
  g_autoptr (GBytes) state = NULL;
  g_autoptr (AnmStepView) view = NULL;
  g_autoptr (AnmStepView) other = NULL;

  hyperparameters.batch_size = 7;
  trainer = make_trainer (network, &hyperparameters, sequences, NULL, pool);
  restored = make_trainer (network, &hyperparameters, sequences, NULL, pool);
  make_step (trainer, NULL);
  state = anm_trainer_save (trainer);
  g_assert_true (anm_trainer_restore (restored, state, NULL));
  g_assert_null (anm_step_view_new (restored));
  make_step (trainer, NULL);
  make_step (restored, NULL);
  view = anm_step_view_new (trainer);
  other = anm_step_view_new (restored);
  g_assert_cmpuint (view->update, ==, 2);
  g_assert_cmpuint (other->update, ==, 2);
  g_assert_cmpfloat (view->whole.angle, ==, other->whole.angle);
  g_assert_cmpfloat (view->whole.moment_norms[1], ==, other->whole.moment_norms[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/step-view/optimizers", test_optimizers);
  g_test_add_func ("/engine/step-view/clipped-and-frozen", test_clipped_and_frozen);
  g_test_add_func ("/engine/step-view/restored", test_restored);
  return g_test_run ();
}
