/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Losses of one target row; y the network's output, t the target, d = y - t.
 * The first six are means over the row's K outputs; labels that are missing
 * are left out of the mean.
 *
 *   mean squared error          d^2                                d/dy = 2 d
 *   mean absolute error         |d|                                d/dy = sign (d)
 *   Huber                       d^2 / 2, from |d| = delta on delta (|d| - delta / 2)
 *                                                                  d/dy = d held within +-delta
 *   log-cosh                    |d| + ln (1 + e^{-2 |d|}) - ln 2   d/dy = tanh (d)
 *   binary cross-entropy        max (y, 0) - y t + ln (1 + e^-|y|) d/dy = sigmoid (y) - t
 *   binary focal                a (1 - p)^gamma (-ln p)            d/dz = -a (1 - p)^gamma (1 - p - gamma p ln p)
 *                               p = sigmoid (z), z = y for t = 1, -y for t = 0; a = 1 or, balanced, alpha and 1 - alpha
 *
 *   categorical cross-entropy   ln sum_k e^{y_k} - y_t             d/dy = softmax (y) - onehot (t)
 *   categorical focal           alpha (1 - p)^gamma (-ln p)        d/dy = alpha ((1 - p)^gamma - gamma p (1 - p)^{gamma - 1} ln p)
 *                               p = softmax (y)_t                         (softmax (y) - onehot (t))
 *   survival                    sum_{i <= j} ln (1 + e^{y_i}) - e y_j
 *                                                                  d/dy_i = sigmoid (y_i) - [i = j] e, 0 for i > j
 *                               j the interval, e = 1 where the event happened in it, 0 where it was survived
 *
 * All from binary cross-entropy on take logits: a sigmoid or softmax that the last layer
 * asks for is folded into them, so nothing is clamped and the gradient stays
 * exact where the probability rounds to 0 or 1.
 *
 * Huber: P. J. Huber (1964): Robust estimation of a location parameter. Focal:
 * T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollar (2017): Focal loss for dense object
 * detection. ICCV. Equations 4 and 5; over classes and alpha as in Keras 3. Survival, the
 * outputs being logits of the hazard of each interval: M. F. Gensheimer, B. Narasimhan
 * (2019): A scalable discrete-time survival model for neural networks. PeerJ 7:e6257.
 * Equation 3; H. Kvamme, O. Borgan (2019): Continuous and discrete-time survival
 * prediction with neural networks. arXiv 1910.06724. Equation 3.
 */
#include "engine/loss-private.h"

#include "engine/kernels.h"

#include <string.h>

gboolean
_anm_loss_takes_logits (AnmLossKind loss)
{
  switch (loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
    case ANM_LOSS_SURVIVAL:
      return TRUE;
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
    case ANM_LOSS_HUBER:
    case ANM_LOSS_LOG_COSH:
    case ANM_LOSS_AUTO:
    default:
      return FALSE;
    }
}

/* ln (1 + e^y) */
static inline double
softplus (double y)
{
  return (y < 0 ? 0 : y) + log1p (exp (-fabs (y)));
}

static inline double
sigmoid (double y)
{
  return 1.0 / (1.0 + exp (-y));
}

/* What is left of 1 after each interval: the product of 1 - hazard so far. */
static void
answer_survival (guint n_outputs, const anm_real *output, anm_real *answer)
{
  double sum = 0.0;

  for (guint k = 0; k < n_outputs; k++)
    {
      sum += softplus ((double) output[k]);
      answer[k] = (anm_real) exp (-sum);
    }
}

void
_anm_loss_answer (AnmLossKind loss, guint n_outputs, const anm_real *output, anm_real *answer)
{
  switch (loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
    case ANM_LOSS_BINARY_FOCAL:
      for (guint k = 0; k < n_outputs; k++)
        answer[k] = (anm_real) sigmoid ((double) output[k]);
      break;
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      memcpy (answer, output, n_outputs * sizeof *answer);
      _anm_activate (ANM_ACTIVATION_SOFTMAX, n_outputs, answer);
      break;
    case ANM_LOSS_SURVIVAL:
      answer_survival (n_outputs, output, answer);
      break;
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
    case ANM_LOSS_HUBER:
    case ANM_LOSS_LOG_COSH:
    case ANM_LOSS_AUTO:
    default:
      memcpy (answer, output, n_outputs * sizeof *answer);
      break;
    }
}

/* What output @k should be: the target itself, or 0 or 1 for a class. */
static inline double
get_wanted (const AnmTargetShape *target, const anm_real *wanted, guint k)
{
  if (target->kind == ANM_TARGET_CLASSES)
    return k == (guint) wanted[0] ? 1.0 : 0.0;
  return (double) wanted[k];
}

static double
huber (double delta, double difference, double *slope)
{
  double size = fabs (difference);

  *slope = CLAMP (difference, -delta, delta);
  return size <= delta ? 0.5 * difference * difference : delta * (size - 0.5 * delta);
}

static double
binary_focal (const AnmLossOptions *options, double y, double t, double *slope)
{
  double sign = t > 0.5 ? 1.0 : -1.0;
  double weight = !options->focal_balanced ? 1.0 : t > 0.5 ? options->focal_alpha
                                                           : 1.0 - options->focal_alpha;
  double z = sign * y, miss = sigmoid (-z), surprise = softplus (-z);
  double focus = weight * pow (miss, options->focal_gamma);

  *slope = -sign * focus * (miss + options->focal_gamma * sigmoid (z) * surprise);
  return focus * surprise;
}

/* One output's share of a loss that is a mean over outputs. */
static double
measure_output (AnmLossKind loss, const AnmLossOptions *options, double y, double answer, double t, double *slope)
{
  double difference = y - t;

  switch (loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      *slope = t == 1.0 ? -1.0 / (1.0 + exp (y)) : answer - t;
      return (y < 0 ? 0 : y) - y * t + log1p (exp (-fabs (y)));
    case ANM_LOSS_BINARY_FOCAL:
      return binary_focal (options, y, t, slope);
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      *slope = (difference > 0.0) - (difference < 0.0);
      return fabs (difference);
    case ANM_LOSS_HUBER:
      return huber (options->huber_delta, difference, slope);
    case ANM_LOSS_LOG_COSH:
      *slope = tanh (difference);
      return fabs (difference) + log1p (exp (-2.0 * fabs (difference))) - G_LN2;
    case ANM_LOSS_MEAN_SQUARED_ERROR:
      *slope = 2.0 * difference;
      return difference * difference;
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
    case ANM_LOSS_CATEGORICAL_FOCAL:
    case ANM_LOSS_SURVIVAL:
    case ANM_LOSS_AUTO:
    default:
      g_assert_not_reached ();
    }
}

static double
mean_over_outputs (AnmLossKind loss, const AnmLossOptions *options, const AnmTargetShape *target, guint n_outputs,
                   const anm_real *output, const anm_real *answer, const anm_real *wanted, anm_real *gradient)
{
  double sum = 0.0;
  guint n_known = 0;

  for (guint k = 0; k < n_outputs; k++)
    n_known += !isnan (get_wanted (target, wanted, k));
  for (guint k = 0; k < n_outputs; k++)
    {
      double t = get_wanted (target, wanted, k);
      double slope = 0.0;

      if (!isnan (t))
        sum += measure_output (loss, options, (double) output[k], (double) answer[k], t, &slope);
      if (gradient != NULL)
        gradient[k] = (anm_real) (slope / MAX (n_known, 1));
    }
  return sum / MAX (n_known, 1);
}

/* With gamma and alpha of 0 and 1: the plain cross-entropy. */
static double
categorical_cross_entropy (double gamma, double alpha, guint n_outputs, const anm_real *output, const anm_real *answer,
                           const anm_real *wanted, anm_real *gradient)
{
  guint right = (guint) wanted[0];
  double largest = (double) output[0], sum = 0.0, others = 0.0;
  double surprise, miss, focus;

  for (guint k = 1; k < n_outputs; k++)
    largest = MAX (largest, (double) output[k]);
  for (guint k = 0; k < n_outputs; k++)
    {
      double e = exp ((double) output[k] - largest);

      sum += e;
      if (k != right)
        others += e;
    }
  surprise = log (sum) + largest - (double) output[right];
  miss = others / sum;
  focus = gamma == 0.0 ? alpha : alpha * pow (miss, gamma);
  if (gradient != NULL)
    {
      /* surprise / miss goes to 1 where both vanish. */
      double relative = miss > 0.0 ? surprise / miss : 1.0;
      double factor = focus * (1.0 + gamma * (1.0 - miss) * relative);

      memcpy (gradient, answer, n_outputs * sizeof *gradient);
      gradient[right] = (anm_real) -miss;
      for (guint k = 0; factor != 1.0 && k < n_outputs; k++)
        gradient[k] = (anm_real) (factor * (double) gradient[k]);
    }
  return focus * surprise;
}

/* Minus the log-likelihood of what is known: survived the intervals before @wanted[0], and in it
 * the event (@wanted[1] = 1), or survived it too. */
static double
survival (guint n_outputs, const anm_real *output, const anm_real *wanted, anm_real *gradient)
{
  guint last = (guint) wanted[0];
  double event = (double) wanted[1];
  double sum = 0.0;

  for (guint k = 0; k < last; k++)
    sum += softplus ((double) output[k]);
  sum += softplus (event > 0.5 ? -(double) output[last] : (double) output[last]);
  for (guint k = 0; gradient != NULL && k < n_outputs; k++)
    {
      double y = (double) output[k];

      gradient[k] = (anm_real) (k > last ? 0.0 : k == last && event > 0.5 ? -sigmoid (-y) : sigmoid (y));
    }
  return sum;
}

double
_anm_loss_row (AnmLossKind loss, const AnmLossOptions *options, const AnmTargetShape *target, guint n_outputs,
               const anm_real *output, const anm_real *answer, const anm_real *wanted, anm_real *gradient)
{
  switch (loss)
    {
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return categorical_cross_entropy (0.0, 1.0, n_outputs, output, answer, wanted, gradient);
    case ANM_LOSS_CATEGORICAL_FOCAL:
      return categorical_cross_entropy (options->focal_gamma, options->focal_alpha, n_outputs, output, answer, wanted, gradient);
    case ANM_LOSS_SURVIVAL:
      return survival (n_outputs, output, wanted, gradient);
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
    case ANM_LOSS_HUBER:
    case ANM_LOSS_LOG_COSH:
      return mean_over_outputs (loss, options, target, n_outputs, output, answer, wanted, gradient);
    case ANM_LOSS_AUTO:
    default:
      g_assert_not_reached ();
    }
}
