/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Losses of single rows, by the book: values, derivatives, and what becomes of
 * them where probabilities round to 0 or 1. (That they agree with Keras' and
 * PyTorch's is checked by the golden files.)
 */
#include "engine/loss-private.h"

#define MAX_OUTPUTS 5

#ifdef ANM_REAL_IS_DOUBLE
#define IS_DOUBLE TRUE
#else
#define IS_DOUBLE FALSE
#endif

static double
sigmoid (double y)
{
  return 1.0 / (1.0 + exp (-y));
}

/* The loss from its definition, over probabilities. */
static double
define (AnmLossKind loss, const AnmLossOptions *options, const AnmTargetShape *target, const double *y, const double *t)
{
  guint n = target->n_outputs;
  double sum = 0.0, total = 0.0, p;
  guint n_known = 0;

  for (guint k = 0; k < n; k++)
    total += exp (y[k]);
  if (loss == ANM_LOSS_CATEGORICAL_CROSS_ENTROPY || loss == ANM_LOSS_CATEGORICAL_FOCAL)
    {
      p = exp (y[(guint) t[0]]) / total;
      return loss == ANM_LOSS_CATEGORICAL_FOCAL ? -options->focal_alpha * pow (1.0 - p, options->focal_gamma) * log (p) : -log (p);
    }
  if (loss == ANM_LOSS_SURVIVAL)
    {
      for (guint k = 0; k < (guint) t[0]; k++)
        sum -= log (1.0 - sigmoid (y[k]));
      p = sigmoid (y[(guint) t[0]]);
      return sum - log (t[1] == 1.0 ? p : 1.0 - p);
    }
  for (guint k = 0; k < n; k++)
    {
      double wanted = target->kind == ANM_TARGET_CLASSES ? k == (guint) t[0] : t[k];
      double d = y[k] - wanted;

      if (isnan (wanted))
        continue;
      n_known++;
      p = wanted == 1.0 ? sigmoid (y[k]) : 1.0 - sigmoid (y[k]);
      if (loss == ANM_LOSS_MEAN_SQUARED_ERROR)
        sum += d * d;
      else if (loss == ANM_LOSS_MEAN_ABSOLUTE_ERROR)
        sum += fabs (d);
      else if (loss == ANM_LOSS_HUBER)
        sum += fabs (d) <= options->huber_delta ? 0.5 * d * d : options->huber_delta * (fabs (d) - 0.5 * options->huber_delta);
      else if (loss == ANM_LOSS_LOG_COSH)
        sum += log (cosh (d));
      else if (loss == ANM_LOSS_BINARY_CROSS_ENTROPY)
        sum -= log (p);
      else
        sum -= pow (1.0 - p, options->focal_gamma) * log (p)
               * (!options->focal_balanced ? 1.0 : wanted == 1.0 ? options->focal_alpha
                                                                 : 1.0 - options->focal_alpha);
    }
  return sum / n_known;
}

typedef struct
{
  AnmLossKind loss;
  AnmLossOptions options;
  AnmTargetShape target;
  double y[MAX_OUTPUTS];
  double t[MAX_OUTPUTS];
} Row;

#define PLAIN { 1.0, 2.0, 0.25, FALSE }
#define NUMBERS { ANM_TARGET_REGRESSION, 3, FALSE }
#define CLASSES { ANM_TARGET_CLASSES, 4, FALSE }
#define LABELS { ANM_TARGET_LABELS, 3, FALSE }
#define YES_OR_NO { ANM_TARGET_BINARY, 1, FALSE }
#define SURVIVAL { ANM_TARGET_SURVIVAL, 5, FALSE }

static const Row rows[] = {
  { ANM_LOSS_MEAN_SQUARED_ERROR, PLAIN, NUMBERS, { 0.5, -2, 3 }, { 1, 1, -1 } },
  { ANM_LOSS_MEAN_SQUARED_ERROR, PLAIN, CLASSES, { 0.5, -2, 3, 1 }, { 2 } },
  { ANM_LOSS_MEAN_ABSOLUTE_ERROR, PLAIN, NUMBERS, { 0.5, -2, 3 }, { 1, 1, -1 } },
  { ANM_LOSS_HUBER, PLAIN, NUMBERS, { 0.5, -2, 3 }, { 1, 1, 2.75 } },
  { ANM_LOSS_HUBER, { 0.3, 2, 0.25, FALSE }, NUMBERS, { 0.5, -2, 3 }, { 1, 1, 2.75 } },
  { ANM_LOSS_LOG_COSH, PLAIN, NUMBERS, { 0.5, -2, 3 }, { 1, 1, -1 } },
  { ANM_LOSS_BINARY_CROSS_ENTROPY, PLAIN, YES_OR_NO, { 0.7 }, { 1 } },
  { ANM_LOSS_BINARY_CROSS_ENTROPY, PLAIN, LABELS, { 0.7, -1, 2 }, { 1, 0, 0 } },
  { ANM_LOSS_BINARY_CROSS_ENTROPY, PLAIN, LABELS, { 0.7, -1, 2 }, { 1, NAN, 0 } },
  { ANM_LOSS_BINARY_FOCAL, PLAIN, YES_OR_NO, { 0.7 }, { 1 } },
  { ANM_LOSS_BINARY_FOCAL, PLAIN, YES_OR_NO, { 0.7 }, { 0 } },
  { ANM_LOSS_BINARY_FOCAL, { 1, 0, 0.25, FALSE }, YES_OR_NO, { -0.7 }, { 1 } },
  { ANM_LOSS_BINARY_FOCAL, { 1, 0.5, 0.8, TRUE }, YES_OR_NO, { -0.7 }, { 1 } },
  { ANM_LOSS_BINARY_FOCAL, { 1, 3, 0.8, TRUE }, LABELS, { 0.7, -1, 2 }, { NAN, 1, 0 } },
  { ANM_LOSS_CATEGORICAL_CROSS_ENTROPY, PLAIN, CLASSES, { 0.5, -2, 3, 1 }, { 0 } },
  { ANM_LOSS_CATEGORICAL_FOCAL, PLAIN, CLASSES, { 0.5, -2, 3, 1 }, { 0 } },
  { ANM_LOSS_CATEGORICAL_FOCAL, { 1, 0.5, 0.6, FALSE }, CLASSES, { 0.5, -2, 3, 1 }, { 2 } },
  { ANM_LOSS_CATEGORICAL_FOCAL, { 1, 0, 0.6, FALSE }, CLASSES, { 0.5, -2, 3, 1 }, { 1 } },
  { ANM_LOSS_SURVIVAL, PLAIN, SURVIVAL, { 0.5, -2, 1, -0.5, 0.25 }, { 3, 1 } },
  { ANM_LOSS_SURVIVAL, PLAIN, SURVIVAL, { 0.5, -2, 1, -0.5, 0.25 }, { 3, 0 } },
  { ANM_LOSS_SURVIVAL, PLAIN, SURVIVAL, { 0.5, -2, 1, -0.5, 0.25 }, { 0, 1 } },
  { ANM_LOSS_SURVIVAL, PLAIN, SURVIVAL, { 0.5, -2, 1, -0.5, 0.25 }, { 4, 0 } },
};

static double
compute (const Row *row, const double *y, anm_real *gradient)
{
  anm_real output[MAX_OUTPUTS], answer[MAX_OUTPUTS], wanted[MAX_OUTPUTS];

  for (guint k = 0; k < MAX_OUTPUTS; k++)
    {
      output[k] = (anm_real) y[k];
      wanted[k] = (anm_real) row->t[k];
    }
  _anm_loss_answer (row->loss, row->target.n_outputs, output, answer);
  return _anm_loss_row (row->loss, &row->options, &row->target, row->target.n_outputs, output, answer, wanted, gradient);
}

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double expected = define (rows[i].loss, &rows[i].options, &rows[i].target, rows[i].y, rows[i].t);
      double found = compute (&rows[i], rows[i].y, NULL);

      if (!(fabs (found - expected) <= (IS_DOUBLE ? 1e-14 : 2e-7) * (1.0 + expected)))
        g_error ("row %zu: %.17g instead of %.17g", i, found, expected);
    }
}

static void
test_derivatives (void)
{
  const double step = 1e-3;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint k = 0; k < rows[i].target.n_outputs; k++)
      {
        double losses[4], expected;
        const double offsets[] = { -2.0, -1.0, 1.0, 2.0 };
        anm_real gradient[MAX_OUTPUTS];

        for (guint j = 0; j < 4; j++)
          {
            double y[MAX_OUTPUTS];

            memcpy (y, rows[i].y, sizeof y);
            y[k] += offsets[j] * step;
            losses[j] = define (rows[i].loss, &rows[i].options, &rows[i].target, y, rows[i].t);
          }
        expected = (8.0 * (losses[2] - losses[1]) - (losses[3] - losses[0])) / (12.0 * step);
        compute (&rows[i], rows[i].y, gradient);
        if (!(fabs ((double) gradient[k] - expected) <= (IS_DOUBLE ? 1e-10 : 1e-6)))
          g_error ("row %zu, output %u: %.17g instead of %.17g", i, k, (double) gradient[k], expected);
      }
}

/* Far out nothing is lost and nothing overflows: the loss grows as a line, or is as small as it really is. */
static void
test_far_out (void)
{
  anm_real gradient[MAX_OUTPUTS];
  Row row = { ANM_LOSS_BINARY_FOCAL, PLAIN, YES_OR_NO, { 0 }, { 1 } };
  double loss;

  row.y[0] = -500;
  loss = compute (&row, row.y, gradient);
  g_assert_cmpfloat_with_epsilon (loss, 500.0, 1e-9);
  g_assert_cmpfloat_with_epsilon ((double) gradient[0], -1.0, 1e-9);
  row.y[0] = 30;
  loss = compute (&row, row.y, gradient);
  g_assert_cmpfloat_with_epsilon (loss / exp (-90.0), 1.0, 1e-5);
  g_assert_cmpfloat_with_epsilon ((double) gradient[0] / (-3.0 * exp (-90.0)), 1.0, 1e-5);
  row.y[0] = 800;
  g_assert_cmpfloat (compute (&row, row.y, gradient), ==, 0.0);
  g_assert_true (isfinite (gradient[0]));

  row = (Row){ ANM_LOSS_CATEGORICAL_FOCAL, { 1, 0.5, 0.5, FALSE }, CLASSES, { 900, 0, 0, 0 }, { 0 } };
  g_assert_cmpfloat (compute (&row, row.y, gradient), ==, 0.0);
  for (guint k = 0; k < 4; k++)
    g_assert_cmpfloat ((double) gradient[k], ==, 0.0);
  row.t[0] = 2;
  g_assert_cmpfloat_with_epsilon (compute (&row, row.y, gradient), 450.0, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) gradient[0], 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) gradient[2], -0.5, 1e-6);

  row = (Row){ ANM_LOSS_SURVIVAL, PLAIN, SURVIVAL, { -60, -60, 60, 700, -700 }, { 2, 1 } };
  g_assert_cmpfloat_with_epsilon (compute (&row, row.y, gradient) / (3.0 * exp (-60.0)), 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon ((double) gradient[2] / -exp (-60.0), 1.0, 1e-5);
  g_assert_cmpfloat ((double) gradient[3], ==, 0.0);
  row.t[1] = 0;
  g_assert_cmpfloat_with_epsilon (compute (&row, row.y, gradient), 60.0, 1e-9);

  row = (Row){ ANM_LOSS_LOG_COSH, PLAIN, NUMBERS, { 1e6, 0, 0 }, { 0, 0, 0 } };
  g_assert_cmpfloat_with_epsilon (3.0 * compute (&row, row.y, gradient), 1e6 - G_LN2, 1e-6);
}

/* Survival's answer is what is left after each interval. */
static void
test_survival_answer (void)
{
  const anm_real output[] = { 0, (anm_real) -1.5, 2, 40 };
  anm_real answer[4];
  double left = 1.0;

  _anm_loss_answer (ANM_LOSS_SURVIVAL, 4, output, answer);
  for (guint k = 0; k < 4; k++)
    {
      left *= 1.0 - sigmoid ((double) output[k]);
      if (k < 3)
        g_assert_cmpfloat_with_epsilon ((double) answer[k], left, 1e-7);
    }
  g_assert_cmpfloat ((double) answer[3], >, 0.0); /* 1 - hazard itself would have been 0 */
}

static void
test_known (void)
{
  const AnmTargetShape labels = LABELS, numbers = NUMBERS;
  const anm_real none[] = { (anm_real) NAN, (anm_real) NAN, (anm_real) NAN }, one[] = { (anm_real) NAN, 0, (anm_real) NAN };

  g_assert_false (_anm_target_is_known (&labels, none));
  g_assert_true (_anm_target_is_known (&labels, one));
  g_assert_true (_anm_target_is_known (&numbers, none));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loss/values", test_values);
  g_test_add_func ("/loss/derivatives", test_derivatives);
  g_test_add_func ("/loss/far-out", test_far_out);
  g_test_add_func ("/loss/survival-answer", test_survival_answer);
  g_test_add_func ("/loss/known", test_known);
  return g_test_run ();
}
